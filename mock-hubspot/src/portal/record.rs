//! One object as it is now, and what each of its properties was before.

use super::Properties;
use crate::texts::Texts;
use crate::wire::ObjectType;
use compact_str::{CompactString, ToCompactString as _};
use jiff::Timestamp;
use jiff::fmt::serde::timestamp::millisecond;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How many versions of one property are kept.
const MOST_VERSIONS: usize = 100;

/// A call, or any other record, as it is now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallRecord {
    /// Its id.
    pub id: u64,
    /// Its properties, computed ones included.
    pub properties: Properties,
    /// When it was archived.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "millisecond::optional")]
    pub archived_at: Option<Timestamp>,
    /// Whether it was archived.
    pub archived: bool,
    /// When it was made.
    #[serde(with = "millisecond::required")]
    pub created_at: Timestamp,
    /// When it was last changed.
    #[serde(with = "millisecond::required")]
    pub updated_at: Timestamp,
    /// How often its recording was marked as ready.
    pub marked_ready: u32,
    /// The versions of properties that changed after it was made, oldest first.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    history: BTreeMap<String, Vec<Version>>,
}

/// What a property was from one moment on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Version {
    pub(crate) value: String,
    #[serde(with = "millisecond::required")]
    pub(crate) at: Timestamp,
}

impl CallRecord {
    /// Of values that were given, and others that were computed.
    pub(super) fn new(
        kind: ObjectType,
        id: u64,
        mut values: Texts,
        computed: impl IntoIterator<Item = (&'static str, CompactString)>,
        now: Timestamp,
    ) -> Self {
        let (created, changed) = kind.clock_properties();
        let moment = CompactString::from(super::moment::written(now));
        let own = [("hs_object_id", id.to_compact_string()), (created, moment.clone()), (changed, moment)];
        let more = computed.into_iter().chain(own);
        values.extend(more.map(|(name, value)| (CompactString::const_new(name), value)));
        Self {
            id,
            properties: values.into(),
            archived_at: None,
            archived: false,
            created_at: now,
            updated_at: now,
            marked_ready: 0,
            history: BTreeMap::new(),
        }
    }

    /// Gives it its id.
    pub(super) fn number(&mut self, id: u64) {
        self.id = id;
        self.properties.set("hs_object_id", &id.to_compact_string());
    }

    /// Sets a property, an empty value clearing it; a value that it has already is no change.
    pub(super) fn set(&mut self, name: &str, value: &str, at: Timestamp) {
        let old = self.properties.get(name);
        if old.unwrap_or_default() == value {
            return;
        }
        if !self.history.contains_key(name) {
            let first = old.map(|value| Version { value: value.to_owned(), at: self.created_at });
            self.history.insert(name.to_owned(), first.into_iter().collect());
        }
        if let Some(versions) = self.history.get_mut(name) {
            versions.push(Version { value: value.to_owned(), at });
            if versions.len() > MOST_VERSIONS {
                versions.remove(0);
            }
        }
        self.properties.set(name, value);
    }

    /// Everything that a property was, the newest first.
    pub(crate) fn versions(&self, name: &str) -> Vec<Version> {
        if let Some(versions) = self.history.get(name) {
            return versions.iter().rev().cloned().collect();
        }
        let only = self.properties.get(name);
        only.map(|value| Version { value: value.to_owned(), at: self.created_at }).into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_value_that_a_property_had_is_kept_with_its_moment() {
        let at = |s| Timestamp::from_second(s).expect("a moment");
        let given = Texts::from_iter([("hs_call_title", "a")]);
        let mut call = CallRecord::new(ObjectType::Calls, 1, given, [], at(1));
        call.set("hs_call_title", "b", at(2));
        call.set("hs_call_title", "b", at(3));
        call.set("hs_call_title", "", at(4));
        call.set("hs_call_body", "x", at(5));
        let shown = |name| -> Vec<(String, i64)> {
            call.versions(name).into_iter().map(|v| (v.value, v.at.as_second())).collect()
        };
        assert_eq!(shown("hs_call_title"), [(String::new(), 4), ("b".into(), 2), ("a".into(), 1)]);
        assert_eq!(shown("hs_call_body"), [("x".into(), 5)]);
        assert_eq!(shown("hs_object_id"), [("1".into(), 1)]);
        assert!(shown("hs_call_status").is_empty());
    }

    #[test]
    fn a_property_that_changes_for_ever_keeps_its_newest_versions() {
        let mut call = CallRecord::new(ObjectType::Calls, 1, Texts::default(), [], Timestamp::UNIX_EPOCH);
        for i in 0..1000 {
            call.set("hs_call_title", &i.to_string(), Timestamp::UNIX_EPOCH);
        }
        assert_eq!(call.versions("hs_call_title").len(), MOST_VERSIONS);
        assert_eq!(call.versions("hs_call_title")[0].value, "999");
    }
}
