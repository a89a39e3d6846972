//! The model: two lists of objects and a set of links.

use super::{Given, Wanted};
use crate::asking::{CALLS, CONTACTS};
use std::collections::{BTreeMap, BTreeSet};

/// Unique, a text and a number, of calls and of contacts.
pub(super) fn names(call: bool) -> [&'static str; 3] {
    if call {
        ["hs_unique_creation_key", "hs_call_title", "hs_call_duration"]
    } else {
        ["email", "firstname", "associatedcompanyid"]
    }
}

pub(super) fn collection(call: bool) -> &'static str {
    if call { CALLS } else { CONTACTS }
}

pub(super) fn key(call: bool, n: u8) -> String {
    // Case does not make a value another one.
    let name = if n.is_multiple_of(2) { "key" } else { "KEY" };
    let n = n / 2;
    if call { format!("{name}-{n}") } else { format!("{name}{n}@x.example") }
}

pub(super) fn value(call: bool, place: usize, n: u8) -> String {
    match (place, n) {
        (_, 0) => String::new(),
        (0, n) => key(call, n),
        (1, n) => format!("word{n} Common"),
        (_, n) => (u32::from(n) * 7).to_string(),
    }
}

pub(super) fn properties(call: bool, given: Given, making: bool) -> BTreeMap<&'static str, String> {
    let values = [given.0, given.1, given.2];
    let mut properties = BTreeMap::new();
    for (place, name) in names(call).into_iter().enumerate() {
        // A call's key is set when it is made, or never.
        let fixed = call && place == 0 && !making;
        if let Some(n) = values[place].filter(|n| !(fixed || making && *n == 0)) {
            properties.insert(name, value(call, place, n));
        }
    }
    properties
}

/// What a portal ought to hold.
#[derive(Default)]
pub(super) struct Model {
    pub(super) calls: Vec<Object>,
    pub(super) contacts: Vec<Object>,
    pub(super) links: BTreeSet<(usize, usize)>,
}

#[derive(Clone, Debug)]
pub(super) struct Object {
    pub(super) id: u64,
    pub(super) properties: BTreeMap<&'static str, String>,
    pub(super) past: BTreeMap<&'static str, Vec<String>>,
    pub(super) archived: bool,
}

impl Object {
    pub(super) fn set_all(&mut self, values: BTreeMap<&'static str, String>) {
        for (name, value) in values {
            self.set(name, value);
        }
    }

    fn set(&mut self, name: &'static str, value: String) {
        let old = self.properties.get(name).cloned().unwrap_or_default();
        if old != value {
            self.past.entry(name).or_default().push(value.clone());
        }
        if value.is_empty() {
            self.properties.remove(name);
        } else {
            self.properties.insert(name, value);
        }
    }
}

impl Model {
    pub(super) fn all(&mut self, call: bool) -> &mut Vec<Object> {
        if call { &mut self.calls } else { &mut self.contacts }
    }

    pub(super) fn place(&mut self, call: bool, n: usize) -> Option<usize> {
        let count = self.all(call).len();
        (count > 0).then(|| n % count)
    }

    pub(super) fn holder(&mut self, call: bool, key: &str) -> Option<usize> {
        let unique = names(call)[0];
        self.all(call).iter().position(|o| {
            !o.archived && o.properties.get(unique).is_some_and(|k| k.eq_ignore_ascii_case(key))
        })
    }

    pub(super) fn make(&mut self, call: bool, id: u64, properties: BTreeMap<&'static str, String>) {
        let mut object = Object { id, properties: BTreeMap::new(), past: BTreeMap::new(), archived: false };
        object.set_all(properties);
        self.all(call).push(object);
    }

    pub(super) fn expected(&mut self, call: bool, wanted: &Wanted) -> Vec<String> {
        let [unique, text, number] = names(call);
        let contact = match wanted {
            Wanted::LinkedTo(n) => self.place(false, *n),
            _ => None,
        };
        let links = self.links.clone();
        let contact_live = contact.is_some();
        let fits = |(place, o): &(usize, &Object)| {
            let is = |name: &str| o.properties.get(name).cloned();
            !o.archived
                && match wanted {
                    Wanted::All => true,
                    Wanted::Key(n) => is(unique).is_some_and(|k| k.eq_ignore_ascii_case(&key(call, *n))),
                    Wanted::Word(n) => is(text).is_some_and(|t| t.starts_with(&format!("word{n} "))),
                    Wanted::AtLeast(n) => {
                        is(number).is_some_and(|v| v.parse::<u32>().is_ok_and(|v| v >= u32::from(*n) * 7))
                    }
                    Wanted::Unset => is(text).is_none(),
                    Wanted::Not(n) => is(text) != Some(value(call, 1, (*n).max(1))),
                    Wanted::LinkedTo(_) => {
                        contact_live && call && contact.is_some_and(|c| links.contains(&(*place, c)))
                    }
                }
        };
        self.all(call).iter().enumerate().filter(fits).map(|(_, o)| o.id.to_string()).collect()
    }
}
