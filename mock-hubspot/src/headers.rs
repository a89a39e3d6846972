//! Header fields as evidence: in order, and those that come with every message kept once for all of them.
//!
//! A client sends the same fields with every request, and a server with every reply; a journal that kept them each time would
//! consist of little else. Read next: `exchange.rs`, `recurring.rs` (who keeps them once).

use compact_str::CompactString;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::iter::Chain;
use std::slice::Iter;
use std::sync::Arc;

/// A header field: its name as sent, its value; most take no memory of their own.
pub type Field = (CompactString, CompactString);

/// Header fields in the order they arrived.
#[derive(Clone, Default)]
pub struct Headers {
    own: Vec<Field>,
    /// How many of its own come before the common ones.
    lead: usize,
    common: Option<Arc<Common>>,
}

/// Fields that many messages have in common.
#[derive(Debug)]
pub(crate) struct Common {
    fields: Box<[Field]>,
    weight: usize,
}

/// What a field costs besides its text, in bytes.
const FIELD: usize = 48;

fn weight(fields: &[Field]) -> usize {
    fields.iter().map(|(name, value)| FIELD + name.len() + value.len()).sum()
}

impl Common {
    pub(crate) fn of(fields: impl IntoIterator<Item = Field>) -> Arc<Self> {
        let fields: Box<[Field]> = fields.into_iter().collect();
        Arc::new(Self { weight: weight(&fields), fields })
    }
}

/// The first value of a header field, by a name in any case.
pub fn header<'a>(headers: &'a Headers, name: &str) -> Option<&'a str> {
    headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str())
}

impl Headers {
    /// None at all.
    pub const fn new() -> Self {
        Self { own: Vec::new(), lead: 0, common: None }
    }

    /// The common ones after the first so many of its own, as far as there are so many.
    pub(crate) fn with_common(own: Vec<Field>, lead: usize, common: Arc<Common>) -> Self {
        Self { lead: lead.min(own.len()), own, common: Some(common) }
    }

    /// Each field, in order.
    pub fn iter(&self) -> Chain<Chain<Iter<'_, Field>, Iter<'_, Field>>, Iter<'_, Field>> {
        let (first, last) = self.own.split_at(self.lead);
        let common = self.common.as_ref().map_or(&[][..], |common| &common.fields);
        first.iter().chain(common).chain(last)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.own.len() + self.common.as_ref().map_or(0, |common| common.fields.len())
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Adds one at the end.
    pub fn push(&mut self, field: Field) {
        self.own.push(field);
    }

    /// The fields, to be changed: none of them is common any more.
    pub fn to_mut(&mut self) -> &mut Vec<Field> {
        if let Some(common) = self.common.take() {
            self.own.splice(self.lead..self.lead, common.fields.iter().cloned());
        }
        self.lead = 0;
        &mut self.own
    }

    /// Their text and what they cost besides, in bytes.
    pub(crate) fn weight(&self) -> usize {
        weight(&self.own) + self.common.as_ref().map_or(0, |common| common.weight)
    }
}

impl PartialEq for Headers {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl Eq for Headers {}

impl std::fmt::Debug for Headers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl From<Vec<Field>> for Headers {
    fn from(own: Vec<Field>) -> Self {
        Self { own, ..Self::new() }
    }
}

impl FromIterator<Field> for Headers {
    fn from_iter<I: IntoIterator<Item = Field>>(fields: I) -> Self {
        fields.into_iter().collect::<Vec<_>>().into()
    }
}

impl Extend<Field> for Headers {
    fn extend<I: IntoIterator<Item = Field>>(&mut self, fields: I) {
        self.own.extend(fields);
    }
}

impl<'a> IntoIterator for &'a Headers {
    type Item = &'a Field;
    type IntoIter = Chain<Chain<Iter<'a, Field>, Iter<'a, Field>>, Iter<'a, Field>>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl IntoIterator for Headers {
    type Item = Field;
    type IntoIter = std::vec::IntoIter<Field>;

    fn into_iter(mut self) -> Self::IntoIter {
        std::mem::take(self.to_mut()).into_iter()
    }
}

impl Serialize for Headers {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<'de> Deserialize<'de> for Headers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Vec::deserialize(deserializer).map(Self::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(names: &[&'static str]) -> Vec<Field> {
        names.iter().map(|name| (CompactString::const_new(name), "1".into())).collect()
    }

    #[test]
    fn common_fields_stand_where_they_came_and_nobody_else_sees_them_change() {
        let common = Common::of(fields(&["b", "c"]));
        let headers = Headers::with_common(fields(&["a", "d"]), 1, Arc::clone(&common));
        assert_eq!(headers, fields(&["a", "b", "c", "d"]).into());
        assert_eq!((headers.len(), headers.weight()), (4, 4 * (FIELD + 2)));
        assert_eq!(header(&headers, "C"), Some("1"));
        let mut changed = headers.clone();
        changed.to_mut().iter_mut().for_each(|(_, value)| *value = "2".into());
        changed.to_mut().retain(|(name, _)| name != "b");
        changed.push(("e".into(), "2".into()));
        let names: Vec<_> = changed.into_iter().map(|(name, value)| format!("{name}{value}")).collect();
        assert_eq!(names, ["a2", "c2", "d2", "e2"]);
        assert_eq!(headers, fields(&["a", "b", "c", "d"]).into());
        let text = serde_json::to_string(&headers).expect("it is plain");
        assert_eq!(text, r#"[["a","1"],["b","1"],["c","1"],["d","1"]]"#);
        assert_eq!(serde_json::from_str::<Headers>(&text).expect("it is what was written"), headers);
    }
}
