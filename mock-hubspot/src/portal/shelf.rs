//! All objects of one type, those that are archived apart, with an index of what they are found by.
//!
//! No operation on one object costs more because there are many. Read next: `state.rs`, `search.rs`.

use super::definitions::{Kind, Schema};
use super::properties::Shapes;
use super::record::CallRecord;
use super::search::member;
use crate::wire::ObjectType;
use compact_str::CompactString;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// What a call's recording is asked for by; not unique, but looked for all the time.
const EXTERNAL_ID: &str = "hs_call_external_id";

pub(crate) struct Shelf {
    pub(crate) schema: Schema,
    live: BTreeMap<u64, Arc<CallRecord>>,
    archived: BTreeMap<u64, Arc<CallRecord>>,
    /// By property: the objects that are not archived.
    index: Index,
    shapes: Shapes,
}

type Index = BTreeMap<CompactString, ByValue>;

/// The objects with each value of one property.
struct ByValue {
    kind: Kind,
    ids: HashMap<String, BTreeSet<u64>>,
}

impl ByValue {
    fn of(kind: Kind) -> Self {
        Self { kind, ids: HashMap::new() }
    }

    /// Values that are the same have the same key: text in any case, numbers in any spelling.
    fn key(&self, value: &str) -> String {
        match self.kind {
            kind if kind.is_number() => member(self.kind, value).unwrap_or_else(|| value.to_owned()),
            _ => value.to_lowercase(),
        }
    }
}

impl Shelf {
    pub(super) fn new(kind: ObjectType) -> Self {
        let schema = Schema::new(kind);
        let mut index: BTreeMap<_, _> =
            schema.all().filter(|d| d.unique).map(|d| (d.name.clone(), ByValue::of(d.kind))).collect();
        if kind == ObjectType::Calls {
            index.insert(CompactString::const_new(EXTERNAL_ID), ByValue::of(Kind::Text));
        }
        Self { schema, live: BTreeMap::new(), archived: BTreeMap::new(), index, shapes: Shapes::default() }
    }

    /// An object that is not archived.
    pub(crate) fn live(&self, id: u64) -> Option<&Arc<CallRecord>> {
        self.live.get(&id)
    }

    pub(crate) fn any(&self, id: u64) -> Option<&Arc<CallRecord>> {
        self.live.get(&id).or_else(|| self.archived.get(&id))
    }

    /// The archived ones, or the others, by id.
    pub(crate) fn side(&self, archived: bool) -> &BTreeMap<u64, Arc<CallRecord>> {
        if archived { &self.archived } else { &self.live }
    }

    /// The objects with this value, where the property is one that objects are found by.
    pub(crate) fn found_by(
        &self,
        property: &str,
        value: &str,
    ) -> Option<impl Iterator<Item = u64> + use<'_>> {
        let values = self.index.get(property)?;
        Some(values.ids.get(&values.key(value)).into_iter().flatten().copied())
    }

    /// The object with this value of a unique property.
    pub(crate) fn holder(&self, property: &str, value: &str) -> Option<u64> {
        self.found_by(property, value)?.next()
    }

    /// What two values of a property that objects are found by have in common where they are the same.
    pub(super) fn key(&self, property: &str, value: &str) -> String {
        self.index.get(property).map_or_else(|| value.to_owned(), |values| values.key(value))
    }

    /// The unique properties among these.
    pub(super) fn unique_of<'a>(
        &'a self,
        value_of: impl Fn(&str) -> Option<&'a str> + 'a,
    ) -> impl Iterator<Item = (&'a str, &'a str)> {
        let named = self.index.keys().filter(|name| self.schema.get(name).is_some_and(|d| d.unique));
        named.filter_map(move |name| Some((name.as_str(), value_of(name)?)).filter(|(_, v)| !v.is_empty()))
    }

    /// Puts an object in, in place of the one with its id.
    pub(super) fn insert(&mut self, mut record: CallRecord) -> Arc<CallRecord> {
        self.remove(record.id);
        self.shapes.share(&mut record.properties);
        enter(&mut self.index, &record);
        let record = Arc::new(record);
        self.live.insert(record.id, Arc::clone(&record));
        record
    }

    /// Puts back an object that was kept, on the side where it was.
    pub(super) fn put_back(&mut self, mut record: CallRecord) {
        if record.archived {
            self.remove(record.id);
            self.shapes.share(&mut record.properties);
            self.archived.insert(record.id, Arc::new(record));
        } else {
            self.insert(record);
        }
    }

    /// Changes something of an object that is not archived, but none of its properties.
    pub(super) fn note(&mut self, id: u64, note: impl FnOnce(&mut CallRecord)) -> bool {
        self.live.get_mut(&id).map(|shared| note(Arc::make_mut(shared))).is_some()
    }

    /// Changes an object that is not archived.
    pub(super) fn change(
        &mut self,
        id: u64,
        change: impl FnOnce(&mut CallRecord),
    ) -> Option<&Arc<CallRecord>> {
        let shared = self.live.get_mut(&id)?;
        let record = Arc::make_mut(shared);
        leave(&mut self.index, record);
        change(record);
        self.shapes.share(&mut record.properties);
        enter(&mut self.index, record);
        Some(shared)
    }

    /// Archives an object; `false` where there is none that was not archived before.
    pub(super) fn archive(&mut self, id: u64, now: jiff::Timestamp) -> bool {
        let Some(mut shared) = self.live.remove(&id) else { return false };
        leave(&mut self.index, &shared);
        let record = Arc::make_mut(&mut shared);
        record.archived = true;
        record.archived_at = Some(now);
        self.archived.insert(id, shared);
        true
    }

    /// Takes an object out for good.
    pub(super) fn remove(&mut self, id: u64) -> Option<Arc<CallRecord>> {
        let record = self.live.remove(&id).or_else(|| self.archived.remove(&id))?;
        leave(&mut self.index, &record);
        Some(record)
    }

    /// From now on objects are found by this property. Costs as much as there are objects, once.
    pub(super) fn index_by(&mut self, property: &str) {
        let kind = self.schema.get(property).map_or(Kind::Text, |d| d.kind);
        let mut fresh = BTreeMap::from([(property.into(), ByValue::of(kind))]);
        self.live.values().for_each(|record| enter(&mut fresh, record));
        self.index.append(&mut fresh);
    }

    pub(super) fn no_longer_index_by(&mut self, property: &str) {
        self.index.remove(property);
    }
}

fn enter(index: &mut Index, record: &CallRecord) {
    for (name, values) in index {
        if let Some(value) = record.properties.get(name) {
            values.ids.entry(values.key(value)).or_default().insert(record.id);
        }
    }
}

fn leave(index: &mut Index, record: &CallRecord) {
    for (name, values) in index {
        let Some(key) = record.properties.get(name).map(|v| values.key(v)) else { continue };
        if let Some(ids) = values.ids.get_mut(&key) {
            ids.remove(&record.id);
            if ids.is_empty() {
                values.ids.remove(&key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::portal::definitions::Definition;
    use jiff::Timestamp;

    fn contact(id: u64, email: &str) -> CallRecord {
        let given = crate::texts::Texts::from_iter([("email", email)]);
        CallRecord::new(ObjectType::Contacts, id, given, [], Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn an_object_is_found_by_what_it_is_now() {
        let mut shelf = Shelf::new(ObjectType::Contacts);
        shelf.insert(contact(1, "Ada@x.example"));
        assert_eq!(shelf.holder("email", "ada@X.example"), Some(1));
        shelf.change(1, |c| c.set("email", "b@x.example", Timestamp::UNIX_EPOCH));
        assert_eq!(shelf.holder("email", "ada@x.example"), None);
        assert_eq!(shelf.holder("email", "b@x.example"), Some(1));
        assert!(shelf.archive(1, Timestamp::UNIX_EPOCH) && !shelf.archive(1, Timestamp::UNIX_EPOCH));
        assert_eq!(shelf.holder("email", "b@x.example"), None);
        assert!(shelf.any(1).is_some() && shelf.live(1).is_none());
        shelf.insert(contact(1, "c@x.example"));
        assert_eq!((shelf.side(true).len(), shelf.side(false).len()), (0, 1));
        assert!(shelf.found_by("firstname", "x").is_none());
    }

    #[test]
    fn numbers_are_found_in_any_spelling() {
        let mut shelf = Shelf::new(ObjectType::Contacts);
        let mut badge = Definition::text(ObjectType::Contacts, "badge", Timestamp::UNIX_EPOCH);
        (badge.kind, badge.unique) = (Kind::Number, true);
        shelf.schema.define(badge);
        shelf.index_by("badge");
        let mut ada = contact(1, "a@x.example");
        ada.set("badge", "7.0", Timestamp::UNIX_EPOCH);
        shelf.insert(ada);
        assert_eq!((shelf.holder("badge", "7"), shelf.holder("badge", "7.5")), (Some(1), None));
        shelf.change(1, |c| c.set("badge", "", Timestamp::UNIX_EPOCH));
        assert_eq!(shelf.holder("badge", "7"), None);
    }

    #[test]
    fn a_property_that_became_unique_finds_older_objects() {
        let mut shelf = Shelf::new(ObjectType::Contacts);
        let mut ada = contact(1, "a@x.example");
        ada.set("badge", "B-7", Timestamp::UNIX_EPOCH);
        shelf.insert(ada);
        shelf.index_by("badge");
        assert_eq!(shelf.holder("badge", "b-7"), Some(1));
        shelf.no_longer_index_by("badge");
        assert_eq!(shelf.holder("badge", "b-7"), None);
    }
}
