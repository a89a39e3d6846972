//! The properties of one object as it is kept: there are as many of these as there are objects, so they are small.
//!
//! All values stand in one text, one after the other in the order of their names. Most objects have properties of the same
//! names, and those that do share the list of them. Read next: `record.rs`, `../texts.rs` (what they are made of).

use crate::texts::Texts;
use compact_str::CompactString;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::ops::{Index, Range};
use std::sync::Arc;

/// The properties of an object by name, every value as text and none of them empty.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Properties {
    names: Arc<[CompactString]>,
    text: Box<str>,
    /// Where each value ends in the text, which is never as long as 4 GiB.
    ends: Box<[u32]>,
}

impl Properties {
    fn find(&self, name: &str) -> Result<usize, usize> {
        self.names.binary_search_by(|other| other.as_str().cmp(name))
    }

    fn range(&self, at: usize) -> Range<usize> {
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        start as usize..self.ends[at] as usize
    }

    /// The value of a property, where it is set.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.find(name).ok().map(|at| &self.text[self.range(at)])
    }

    /// Whether a property is set.
    pub fn contains_key(&self, name: &str) -> bool {
        self.find(name).is_ok()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// Each name with its value, in the order of the names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.names.iter().enumerate().map(|(at, name)| (name.as_str(), &self.text[self.range(at)]))
    }

    /// Sets a property; an empty value clears it.
    pub(super) fn set(&mut self, name: &str, value: &str) {
        let (at, old, new) = match self.find(name) {
            Ok(at) => (at, 1, usize::from(!value.is_empty())),
            Err(_) if value.is_empty() => return,
            Err(at) => (at, 0, 1),
        };
        if old != new {
            let added = (new == 1).then(|| name.into());
            let (before, after) = (&self.names[..at], &self.names[at + old..]);
            self.names = before.iter().cloned().chain(added).chain(after.iter().cloned()).collect();
        }
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before]) as usize;
        let end = if old == 1 { self.ends[at] as usize } else { start };
        self.text = [&self.text[..start], value, &self.text[end..]].concat().into();
        let moved = |later: &u32| later - (end - start) as u32 + value.len() as u32;
        let own = (new == 1).then_some((start + value.len()) as u32);
        let after = self.ends[at + old..].iter().map(moved);
        self.ends = self.ends[..at].iter().copied().chain(own).chain(after).collect();
    }
}

/// Lists of names that objects had lately, for others to share.
#[derive(Default)]
pub(super) struct Shapes(Vec<Arc<[CompactString]>>);

impl Shapes {
    /// Objects of one kind seldom have more different ones at a time.
    const MOST: usize = 16;

    /// From now on the list of names is the one that others have.
    pub(super) fn share(&mut self, properties: &mut Properties) {
        if let Some(at) = self.0.iter().position(|names| *names == properties.names) {
            properties.names = Arc::clone(&self.0[at]);
            self.0.swap(at, 0);
        } else {
            self.0.truncate(Self::MOST - 1);
            self.0.insert(0, Arc::clone(&properties.names));
        }
    }
}

impl From<Texts> for Properties {
    fn from(values: Texts) -> Self {
        let length = values.iter().map(|(_, value)| value.len()).sum();
        let (mut text, mut ends) = (String::with_capacity(length), Vec::with_capacity(values.len()));
        let mut names = Vec::with_capacity(values.len());
        for (name, value) in values.into_iter().filter(|(_, value)| !value.is_empty()) {
            text.push_str(&value);
            ends.push(text.len() as u32);
            names.push(name);
        }
        Self { names: names.into(), text: text.into(), ends: ends.into() }
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

impl Serialize for Properties {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl<'de> Deserialize<'de> for Properties {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Texts::deserialize(deserializer).map(Self::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn they_are_a_map_without_empty_values(
            first in proptest::collection::btree_map("[a-e]{1,2}", "[x-z\u{e4}]{0,30}", 0..20),
            steps in proptest::collection::vec(("[a-e]{1,2}", "[x-z\u{e4}]{0,30}"), 0..20),
        ) {
            let mut properties = Properties::from(first.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect::<Texts>());
            let (mut map, mut shapes) = (first, Shapes::default());
            map.retain(|_, value| !value.is_empty());
            for (name, value) in &steps {
                properties.set(name, value);
                shapes.share(&mut properties);
                if value.is_empty() {
                    map.remove(name);
                } else {
                    map.insert(name.clone(), value.clone());
                }
                prop_assert!(properties.iter().eq(map.iter().map(|(n, v)| (n.as_str(), v.as_str()))));
            }
            for name in ["a", "bb", "e", "zz"] {
                prop_assert_eq!(properties.get(name), map.get(name).map(String::as_str));
            }
            let json = serde_json::to_string(&properties).expect("JSON");
            prop_assert_eq!(&json, &serde_json::to_string(&map).expect("JSON"));
            prop_assert_eq!(serde_json::from_str::<Properties>(&json).expect("it is read back"), properties);
        }
    }

    #[test]
    fn objects_with_the_same_names_share_them() {
        let made = |value: &str| Properties::from(Texts::from_iter([("a", value), ("b", "x")]));
        let (mut shapes, mut one, mut other) = (Shapes::default(), made("1"), made("2"));
        shapes.share(&mut one);
        shapes.share(&mut other);
        assert!(Arc::ptr_eq(&one.names, &other.names));
        other.set("c", "3");
        assert_eq!((one.len(), other.len(), one.get("a"), other.get("a")), (2, 3, Some("1"), Some("2")));
        for number in 0..100 {
            let mut odd = made("1");
            odd.set(&format!("c{number}"), "3");
            shapes.share(&mut odd);
        }
        assert!(shapes.0.len() <= Shapes::MOST && one.iter().next() == Some(("a", "1")));
    }
}
