//! The properties of one object: looked up by name, and there are as many of these as there are objects, so they are small.
//!
//! One list in the order of the names; names that HubSpot gave and short values take no memory of their own.
//! Read next: `record.rs`.

use compact_str::CompactString;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::ops::Index;

/// The properties of an object by name, every value as text.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Properties(Vec<(CompactString, CompactString)>);

impl Properties {
    fn find(&self, name: &str) -> Result<usize, usize> {
        // What arrives in order goes to the end.
        match self.0.last() {
            Some((last, _)) if last.as_str() < name => Err(self.0.len()),
            _ => self.0.binary_search_by(|(other, _)| other.as_str().cmp(name)),
        }
    }

    /// The value of a property, where it is set.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.find(name).ok().map(|at| self.0[at].1.as_str())
    }

    /// Whether a property is set.
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

    /// Each name with its value, in the order of the names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Sets a property.
    pub(crate) fn insert(&mut self, name: impl Into<CompactString>, value: impl Into<CompactString>) {
        let (name, value) = (name.into(), value.into());
        match self.find(&name) {
            Ok(at) => self.0[at].1 = value,
            Err(at) => self.0.insert(at, (name, value)),
        }
    }

    pub(crate) fn remove(&mut self, name: &str) {
        if let Ok(at) = self.find(name) {
            self.0.remove(at);
        }
    }

    /// Takes out those that are set to nothing, and the room that nothing is in.
    pub(super) fn settle(&mut self) {
        self.0.retain(|(_, value)| !value.is_empty());
        self.0.shrink_to_fit();
    }
}

impl Index<&str> for Properties {
    type Output = str;

    fn index(&self, name: &str) -> &str {
        self.get(name).unwrap_or_else(|| panic!("no property `{name}` is set"))
    }
}

impl std::fmt::Debug for Properties {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

impl<N: Into<CompactString>, V: Into<CompactString>> Extend<(N, V)> for Properties {
    fn extend<I: IntoIterator<Item = (N, V)>>(&mut self, more: I) {
        self.0.extend(more.into_iter().map(|(name, value)| (name.into(), value.into())));
        // All at once is less work than one by one; of those with one name the last counts.
        self.0.sort_by(|(one, _), (other, _)| one.cmp(other));
        self.0.dedup_by(|later, earlier| {
            let same = later.0 == earlier.0;
            if same {
                std::mem::swap(&mut later.1, &mut earlier.1);
            }
            same
        });
    }
}

impl<N: Into<CompactString>, V: Into<CompactString>> FromIterator<(N, V)> for Properties {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(all: I) -> Self {
        let mut properties = Self::default();
        properties.extend(all);
        properties
    }
}

impl IntoIterator for Properties {
    type Item = (CompactString, CompactString);
    type IntoIter = std::vec::IntoIter<Self::Item>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl Serialize for Properties {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl<'de> Deserialize<'de> for Properties {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;

        impl<'de> Visitor<'de> for Members {
            type Value = Properties;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("properties with texts as values")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Properties, A::Error> {
                let mut properties = Properties::default();
                while let Some((name, value)) = members.next_entry::<CompactString, CompactString>()? {
                    properties.insert(name, value);
                }
                properties.settle();
                Ok(properties)
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
            let (mut properties, mut map) = (Properties::default(), BTreeMap::new());
            for (name, value, removed) in &steps {
                if *removed {
                    properties.remove(name);
                    map.remove(name);
                } else {
                    properties.insert(name.as_str(), value.as_str());
                    map.insert(name.clone(), value.clone());
                }
            }
            let theirs: Vec<_> = map.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
            prop_assert_eq!(properties.iter().collect::<Vec<_>>(), theirs);
            for name in ["a", "bb", "e", "zz"] {
                prop_assert_eq!(properties.get(name), map.get(name).map(String::as_str));
            }
            let json = serde_json::to_string(&properties).expect("JSON");
            prop_assert_eq!(&json, &serde_json::to_string(&map).expect("JSON"));
            let together: Properties = steps.iter().map(|(name, value, _)| (name.as_str(), value.as_str())).collect();
            let one_by_one: BTreeMap<_, _> = steps.iter().map(|(name, value, _)| (name.as_str(), value.as_str())).collect();
            prop_assert!(together.iter().eq(one_by_one));
            let mut settled = properties.clone();
            settled.settle();
            prop_assert_eq!(serde_json::from_str::<Properties>(&json).expect("it is read back"), settled);
        }
    }
}
