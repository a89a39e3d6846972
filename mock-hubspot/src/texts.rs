//! A few texts by name: the parameters of a path, the values that are sent for an object's properties.
//!
//! One list in the order of the names; fixed names and short texts take no memory of their own.
//! Read next: `portal/properties.rs` (how values are kept), `routes.rs`.

use compact_str::CompactString;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A small map of texts, in the order of their names.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Texts(Vec<(CompactString, CompactString)>);

impl Texts {
    fn find(&self, name: &str) -> Result<usize, usize> {
        // What arrives in order goes to the end.
        match self.0.last() {
            Some((last, _)) if last.as_str() < name => Err(self.0.len()),
            _ => self.0.binary_search_by(|(other, _)| other.as_str().cmp(name)),
        }
    }

    /// The text of that name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.find(name).ok().map(|at| self.0[at].1.as_str())
    }

    /// Whether there is a text of that name.
    pub fn contains_key(&self, name: &str) -> bool {
        self.find(name).is_ok()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each name with its text, in the order of the names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Puts a text in, in place of the one of that name.
    pub fn insert(&mut self, name: impl Into<CompactString>, value: impl Into<CompactString>) {
        let (name, value) = (name.into(), value.into());
        match self.find(&name) {
            Ok(at) => self.0[at].1 = value,
            Err(at) => self.0.insert(at, (name, value)),
        }
    }

    /// Changes those for which another text is given.
    pub(crate) fn change(&mut self, other: impl Fn(&str) -> Option<CompactString>) {
        for (_, text) in &mut self.0 {
            if let Some(other) = other(text) {
                *text = other;
            }
        }
    }

    /// Takes a text out.
    pub fn remove(&mut self, name: &str) {
        if let Ok(at) = self.find(name) {
            self.0.remove(at);
        }
    }
}

impl std::fmt::Debug for Texts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

impl<N: Into<CompactString>, V: Into<CompactString>> Extend<(N, V)> for Texts {
    fn extend<I: IntoIterator<Item = (N, V)>>(&mut self, more: I) {
        let mut more: Vec<_> = more.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
        // All at once is less work than one by one; of those with one name the last counts.
        more.sort_by(|(one, _), (other, _)| one.as_str().cmp(other));
        more.dedup_by(|later, earlier| {
            let same = later.0 == earlier.0;
            if same {
                std::mem::swap(&mut later.1, &mut earlier.1);
            }
            same
        });
        let before = std::mem::take(&mut self.0);
        self.0.reserve_exact(before.len() + more.len());
        let mut more = more.into_iter().peekable();
        for old in before {
            while let Some(new) = more.next_if(|(name, _)| name.as_str() < old.0.as_str()) {
                self.0.push(new);
            }
            self.0.push(more.next_if(|(name, _)| *name == old.0).unwrap_or(old));
        }
        self.0.extend(more);
    }
}

impl<N: Into<CompactString>, V: Into<CompactString>> FromIterator<(N, V)> for Texts {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(all: I) -> Self {
        let mut texts = Self::default();
        texts.extend(all);
        texts
    }
}

impl IntoIterator for Texts {
    type Item = (CompactString, CompactString);
    type IntoIter = std::vec::IntoIter<Self::Item>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl Serialize for Texts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl<'de> Deserialize<'de> for Texts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;

        impl<'de> Visitor<'de> for Members {
            type Value = Texts;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("members with texts as values")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Texts, A::Error> {
                let mut all = Vec::with_capacity(16);
                while let Some(member) = members.next_entry::<CompactString, CompactString>()? {
                    all.push(member);
                }
                Ok(all.into_iter().collect())
            }
        }

        deserializer.deserialize_map(Members)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        #[test]
        fn they_are_a_map(steps in proptest::collection::vec(("[a-e]{1,2}", "[x-z]{0,30}", any::<bool>()), 0..40)) {
            let (mut values, mut map) = (Texts::default(), BTreeMap::new());
            for (name, value, removed) in &steps {
                if *removed {
                    values.remove(name);
                    map.remove(name);
                } else {
                    values.insert(name.as_str(), value.as_str());
                    map.insert(name.clone(), value.clone());
                }
            }
            let theirs: Vec<_> = map.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
            prop_assert_eq!(values.iter().collect::<Vec<_>>(), theirs);
            for name in ["a", "bb", "e", "zz"] {
                prop_assert_eq!(values.get(name), map.get(name).map(String::as_str));
            }
            let together: Texts = steps.iter().map(|(name, value, _)| (name.as_str(), value.as_str())).collect();
            let one_by_one: BTreeMap<_, _> = steps.iter().map(|(name, value, _)| (name.as_str(), value.as_str())).collect();
            prop_assert!(together.iter().eq(one_by_one));
            let mut extended = values.clone();
            extended.extend(steps.iter().map(|(name, value, _)| (name.as_str(), value.as_str())));
            let mut longer = map.clone();
            longer.extend(steps.iter().map(|(name, value, _)| (name.clone(), value.clone())));
            prop_assert!(extended.iter().eq(longer.iter().map(|(n, v)| (n.as_str(), v.as_str()))));
            let json = serde_json::to_string(&longer).expect("JSON");
            prop_assert_eq!(serde_json::from_str::<Texts>(&json).expect("it is read back"), extended);
        }
    }
}
