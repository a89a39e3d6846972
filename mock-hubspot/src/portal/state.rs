//! What changes in a portal. Every look-up is by id; ids are counters.

use super::clock::Clock;
use super::computed::computed;
use super::definitions::Definition;
use super::extensions::Extensions;
use super::kept::{Counters, Row, Touched};
use super::labels::Labels;
use super::moment::written;
use super::shelf::Shelf;
use super::tokens::Tokens;
use super::write::Prepared;
use super::{CallRecord, Key, Link, OwnerSetup, PortalSetup, RecordSetup};
use crate::texts::Texts;
use crate::wire::{Category, ObjectType};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// Sorts before every other link.
const LEAST_LINK: Link = Link { category: Category::HubspotDefined, type_id: 0 };
/// The first id that is handed out.
const FIRST_ID: u64 = 1001;

pub(crate) struct State {
    shelves: BTreeMap<ObjectType, Shelf>,
    links: HashMap<Key, BTreeSet<(Key, Link)>>,
    next_id: u64,
    pub(super) owners: BTreeMap<u64, OwnerSetup>,
    pub(super) registered: BTreeMap<String, String>,
    pub(super) tokens: Tokens,
    pub(super) extensions: Extensions,
    pub(super) labels: Labels,
    pub(super) clock: Clock,
    pub(super) touched: Touched,
}

/// A value that another object has already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Taken {
    pub(crate) property: String,
    pub(crate) value: String,
    /// The other object; `None` where it is one that is to be written together with this one.
    pub(crate) by: Option<u64>,
}

impl State {
    /// A portal that holds nothing but the tokens that it was set up with.
    pub(super) fn bare(setup: &PortalSetup, clock: Clock) -> Self {
        Self {
            shelves: ObjectType::ALL.into_iter().map(|kind| (kind, Shelf::new(kind))).collect(),
            links: HashMap::new(),
            next_id: FIRST_ID,
            owners: BTreeMap::new(),
            registered: BTreeMap::new(),
            tokens: Tokens::new(setup),
            extensions: Extensions::default(),
            labels: Labels::default(),
            clock,
            touched: Touched::Unwatched,
        }
    }

    pub(super) fn new(setup: &PortalSetup, clock: Clock) -> Self {
        let mut state = Self::bare(setup, clock);
        if !setup.kept.is_empty() {
            state.import(&setup.kept);
            return state;
        }
        state.owners = setup.owners.iter().map(|o| (o.id, o.clone())).collect();
        let given = [
            (ObjectType::Contacts, &setup.contacts),
            (ObjectType::Companies, &setup.companies),
            (ObjectType::Deals, &setup.deals),
            (ObjectType::Tickets, &setup.tickets),
        ];
        for (kind, records) in given {
            for record in records {
                state.put(kind, record.clone());
            }
        }
        state
    }

    pub(crate) fn shelf(&self, kind: ObjectType) -> &Shelf {
        &self.shelves[&kind]
    }

    fn shelf_mut(&mut self, kind: ObjectType) -> &mut Shelf {
        self.shelves.entry(kind).or_insert_with(|| Shelf::new(kind))
    }

    /// A record of the setup or of a runner: taken as it is. What no portal has by itself becomes a property.
    pub(super) fn put(&mut self, kind: ObjectType, record: RecordSetup) {
        self.next_id = self.next_id.max(record.id.saturating_add(1));
        let now = self.clock.now();
        let mut values = Texts::from_iter(record.properties);
        for (name, value) in
            computed(kind, |name| values.get(name), |_| true, |id| user_of(&self.owners, id), &written(now))
        {
            if !values.contains_key(name) {
                values.insert(name, value);
            }
        }
        let objects = self.shelf_mut(kind);
        let mut defined = Vec::new();
        for (name, _) in values.iter().filter(|(_, value)| !value.is_empty()) {
            if objects.schema.any(name).is_none() {
                objects.schema.define(Definition::text(kind, name, now));
                defined.push(name.to_owned());
            }
        }
        objects.insert(CallRecord::new(kind, record.id, values, [], now));
        self.touch(|| Row::Record(kind, record.id));
        self.touch(|| Row::Counters);
        for name in defined {
            self.touch(|| Row::Definition(kind, name));
        }
    }

    /// Writes all of them, or none where a unique value is taken. `None` where there is no object to change.
    pub(super) fn write(
        &mut self,
        kind: ObjectType,
        writes: Vec<Prepared>,
    ) -> Result<Vec<Option<Arc<CallRecord>>>, Taken> {
        self.check_unique(kind, &writes)?;
        let written = writes.into_iter().map(|write| match write {
            Prepared::Make(record, links) => Some(self.create(kind, *record, &links)),
            Prepared::Change(id, values) => self.update((kind, id), values),
        });
        Ok(written.collect())
    }

    fn check_unique(&self, kind: ObjectType, writes: &[Prepared]) -> Result<(), Taken> {
        let objects = self.shelf(kind);
        let mut together: HashMap<(&str, String), Option<u64>> = HashMap::new();
        for write in writes {
            let value_of = |name: &str| match write {
                Prepared::Make(record, _) => record.properties.get(name),
                Prepared::Change(_, values) => values.get(name),
            };
            let own = if let Prepared::Change(id, _) = write { Some(*id) } else { None };
            for (property, value) in objects.unique_of(value_of) {
                let taken = |by| Taken { property: property.to_owned(), value: value.to_owned(), by };
                if let Some(holder) = objects.holder(property, value).filter(|holder| Some(*holder) != own) {
                    return Err(taken(Some(holder)));
                }
                let other = together.insert((property, objects.key(property, value)), own);
                if other.is_some_and(|other| other.is_none() || other != own) {
                    return Err(taken(None));
                }
            }
        }
        Ok(())
    }

    fn create(
        &mut self,
        kind: ObjectType,
        mut record: CallRecord,
        links: &[(Key, Vec<Link>)],
    ) -> Arc<CallRecord> {
        let id = self.next_id;
        self.next_id = self.next_id.saturating_add(1);
        record.number(id);
        let record = self.shelf_mut(kind).insert(record);
        self.touch(|| Row::Record(kind, id));
        self.touch(|| Row::Counters);
        for (to, links) in links {
            self.link((kind, id), *to, links);
        }
        record
    }

    fn update(&mut self, (kind, id): Key, values: Texts) -> Option<Arc<CallRecord>> {
        let now = self.clock.now();
        let moment = written(now);
        self.touch(|| Row::Record(kind, id));
        let objects = self.shelves.get_mut(&kind)?;
        let user_of = |id| user_of(&self.owners, id);
        let changed = objects.change(id, |record| {
            let differs =
                |(name, value): &(&str, &str)| record.properties.get(name).unwrap_or_default() != *value;
            let names: BTreeSet<String> =
                values.iter().filter(differs).map(|(name, _)| name.to_owned()).collect();
            for (name, value) in values {
                record.set(&name, &value, now);
            }
            let computed = computed(
                kind,
                |name| record.properties.get(name),
                |name| names.contains(name),
                user_of,
                &moment,
            );
            for (name, value) in computed {
                record.set(name, &value, now);
            }
            record.set(kind.clock_properties().1, &moment, now);
            record.updated_at = now;
        });
        changed.cloned()
    }

    /// Archives an object; `None` where there never was one, `false` where it was archived before.
    pub(super) fn archive(&mut self, (kind, id): Key) -> Option<bool> {
        let now = self.clock.now();
        self.touch(|| Row::Record(kind, id));
        let objects = self.shelf_mut(kind);
        if objects.archive(id, now) { Some(true) } else { objects.any(id).map(|_| false) }
    }

    /// Makes one object of two: what the first does not say the second says, and all links are the first's.
    pub(super) fn merge(&mut self, kind: ObjectType, first: u64, second: u64) -> Option<Arc<CallRecord>> {
        let objects = self.shelf(kind);
        let kept = objects.live(first)?;
        let gone = objects.live(second).filter(|_| first != second)?.clone();
        let own = |(name, _): &(&str, &str)| !kept.properties.contains_key(name);
        let mut values: Texts = gone.properties.iter().filter(own).collect();
        let append = |name: &str, more: &str| match kept.properties.get(name) {
            Some(old) => format!("{old};{more}"),
            None => more.to_owned(),
        };
        values.insert("hs_merged_object_ids", append("hs_merged_object_ids", &second.to_string()));
        if let (ObjectType::Contacts, Some(email), true) =
            (kind, gone.properties.get("email"), kept.properties.contains_key("email"))
        {
            values.insert("hs_additional_emails", append("hs_additional_emails", email));
        }
        self.archive((kind, second));
        for (to, link) in self.cut_all((kind, second)) {
            if to != (kind, first) {
                self.link((kind, first), to, &[link]);
            }
        }
        self.update((kind, first), values)
    }

    /// Removes an object and every trace of it.
    pub(super) fn forget(&mut self, (kind, id): Key) -> bool {
        self.cut_all((kind, id));
        self.touch(|| Row::Record(kind, id));
        self.shelf_mut(kind).remove(id).is_some()
    }

    fn cut_all(&mut self, key: Key) -> Vec<(Key, Link)> {
        let links: Vec<(Key, Link)> = self.links.remove(&key).into_iter().flatten().collect();
        for (to, link) in &links {
            let mirror = self.labels.mirror(key.0, to.0, *link);
            if let Some(others) = self.links.get_mut(to) {
                others.remove(&(key, mirror));
            }
            self.touch(|| Row::link(key, *to, *link));
            self.touch(|| Row::link(*to, key, mirror));
        }
        links
    }

    /// Defines a property, or changes its definition.
    pub(super) fn define(&mut self, definition: Definition, kind: ObjectType) {
        let (name, unique) = (definition.name.clone(), definition.unique && definition.archived_at.is_none());
        self.touch(|| Row::Definition(kind, name.to_string()));
        let objects = self.shelf_mut(kind);
        let before = objects.schema.get(&name).is_some_and(|d| d.unique);
        objects.schema.define(definition);
        match (before, unique) {
            (false, true) => objects.index_by(&name),
            (true, false) => objects.no_longer_index_by(&name),
            _ => {}
        }
    }

    /// Every link of an object, sorted.
    pub(crate) fn links(&self, from: Key) -> impl Iterator<Item = (Key, Link)> {
        self.links.get(&from).into_iter().flatten().copied()
    }

    /// The links of an object that lead to one type, from the object with that id on, sorted.
    pub(crate) fn links_from(
        &self,
        from: Key,
        (kind, id): Key,
    ) -> impl Iterator<Item = (u64, Link)> + use<'_> {
        let rest = self.links.get(&from).into_iter().flat_map(move |l| l.range(((kind, id), LEAST_LINK)..));
        rest.take_while(move |((other, _), _)| *other == kind).map(|((_, id), link)| (*id, *link))
    }

    /// Whether two objects are linked in any way.
    pub(crate) fn linked(&self, from: Key, to: Key) -> bool {
        self.links_from(from, to).next().is_some_and(|(other, _)| other == to.1)
    }

    /// Links both ways: what was made from one side is seen from the other.
    pub(super) fn link(&mut self, from: Key, to: Key, links: &[Link]) {
        for link in links {
            let mirror = self.labels.mirror(from.0, to.0, *link);
            self.put_link(from, to, *link);
            self.put_link(to, from, mirror);
            self.touch(|| Row::link(from, to, *link));
            self.touch(|| Row::link(to, from, mirror));
        }
    }

    pub(super) fn unlink(&mut self, from: Key, to: Key, link: Option<Link>) {
        let mirror = link.map(|link| self.labels.mirror(from.0, to.0, link));
        for (from, to, link) in [(from, to, link), (to, from, mirror)] {
            let between = self.links_from(from, to).take_while(|(other, _)| *other == to.1);
            let gone: Vec<Link> =
                between.map(|(_, l)| l).filter(|l| link.is_none_or(|gone| gone == *l)).collect();
            for gone in gone {
                self.links.get_mut(&from).map(|links| links.remove(&(to, gone)));
                self.touch(|| Row::link(from, to, gone));
            }
        }
    }

    /// Removes a link wherever it leads from one type to another.
    pub(super) fn drop_links(&mut self, from: ObjectType, to: ObjectType, gone: Link) {
        let mut dropped = Vec::new();
        for (key, links) in self.links.iter_mut().filter(|((kind, _), _)| *kind == from) {
            links.retain(|(other, link)| {
                let stays = other.0 != to || *link != gone;
                dropped.extend((!stays).then_some((*key, *other)));
                stays
            });
        }
        for (key, other) in dropped {
            self.touch(|| Row::link(key, other, gone));
        }
    }

    /// One direction of a link.
    pub(super) fn put_link(&mut self, from: Key, to: Key, link: Link) {
        self.links.entry(from).or_default().insert((to, link));
    }

    pub(super) fn has_link(&self, from: Key, to: Key, link: Link) -> bool {
        self.links.get(&from).is_some_and(|links| links.contains(&(to, link)))
    }

    /// Both directions of every link.
    pub(super) fn all_links(&self) -> impl Iterator<Item = (Key, Key, Link)> {
        self.links.iter().flat_map(|(from, links)| links.iter().map(|(to, link)| (*from, *to, *link)))
    }

    /// A record that was kept.
    pub(super) fn put_back(&mut self, kind: ObjectType, record: CallRecord) {
        self.shelf_mut(kind).put_back(record);
    }

    pub(super) fn counters(&self) -> Counters {
        Counters {
            next_id: self.next_id,
            handed_in: self.extensions.handed_in,
            own: self.extensions.own,
            tokens: self.tokens.issued(),
            current: self.tokens.current().to_owned(),
            labels: self.labels.made,
        }
    }

    pub(super) fn set_counters(&mut self, kept: Counters) {
        self.next_id = kept.next_id;
        (self.extensions.handed_in, self.extensions.own) = (kept.handed_in, kept.own);
        self.tokens.set_issued(kept.tokens, kept.current);
        self.labels.made = kept.labels;
    }

    pub(super) fn mark_ready(&mut self, id: u64) -> bool {
        self.touch(|| Row::Record(ObjectType::Calls, id));
        self.shelf_mut(ObjectType::Calls).note(id, |call| {
            call.marked_ready = call.marked_ready.saturating_add(1);
        })
    }
}

fn user_of(owners: &BTreeMap<u64, OwnerSetup>, owner: u64) -> Option<u64> {
    owners.get(&owner).map(|owner| owner.user_id)
}

#[cfg(test)]
mod tests {
    use super::super::{Draft, Write};
    use super::*;
    use crate::wire::Category::HubspotDefined;

    const CALL: Key = (ObjectType::Calls, 1001);
    const CONTACT: Key = (ObjectType::Contacts, 101);
    const TO_CONTACT: Link = Link { category: HubspotDefined, type_id: 194 };

    fn state() -> State {
        let mut state = State::new(&PortalSetup::default(), Clock::default());
        let written = state.write(ObjectType::Calls, vec![make(Texts::default())]);
        assert!(written.is_ok_and(|all| all[0].is_some()));
        state
    }

    #[test]
    fn a_link_is_seen_from_both_sides_under_its_own_type() {
        let mut state = state();
        state.link(CALL, CONTACT, &[TO_CONTACT]);
        state.link(CALL, CONTACT, &[TO_CONTACT]);
        assert_eq!(state.links(CALL).collect::<Vec<_>>(), [(CONTACT, TO_CONTACT)]);
        assert_eq!(state.links(CONTACT).map(|(to, l)| (to, l.type_id)).collect::<Vec<_>>(), [(CALL, 193)]);
    }

    #[test]
    fn unlinking_from_one_side_unlinks_from_the_other() {
        let mut state = state();
        state.link(CALL, CONTACT, &[TO_CONTACT]);
        state.unlink(CONTACT, CALL, None);
        assert_eq!((state.links(CALL).count(), state.links(CONTACT).count()), (0, 0));
    }

    #[test]
    fn ids_never_collide_with_those_of_the_setup() {
        let mut setup = PortalSetup::default();
        setup.contacts.push(RecordSetup::new(5000, []));
        let mut state = State::new(&setup, Clock::default());
        let written = state.write(ObjectType::Calls, vec![make(Texts::default())]).expect("nothing is taken");
        let call = written[0].as_ref().expect("it was made");
        assert_eq!((call.id, &call.properties["hs_object_id"]), (5001, "5001"));
    }

    fn email(text: &str) -> Texts {
        Texts::from_iter([("email", text)])
    }

    fn make(properties: Texts) -> Prepared {
        let write = Write::Make(Draft { properties, links: Vec::new() });
        Prepared::of(write, ObjectType::Contacts, "1", jiff::Timestamp::UNIX_EPOCH, |_| None)
    }

    #[test]
    fn nothing_is_written_where_one_value_is_taken() {
        let mut state = state();
        let taken = |property: &str, value: &str, by| {
            Some(Taken { property: property.to_owned(), value: value.to_owned(), by })
        };
        let both = vec![make(email("new@x.example")), make(email("ADA@customer.example"))];
        let refused = state.write(ObjectType::Contacts, both).err();
        assert_eq!(refused, taken("email", "ADA@customer.example", Some(101)));
        let twins = vec![make(email("new@x.example")), make(email("New@x.example"))];
        assert_eq!(state.write(ObjectType::Contacts, twins).err(), taken("email", "New@x.example", None));
        assert_eq!(state.shelf(ObjectType::Contacts).side(false).len(), 2);
        let own = vec![
            Prepared::Change(101, email("ada@customer.example")),
            Prepared::Change(9, email("n@x.example")),
        ];
        let written = state.write(ObjectType::Contacts, own).expect("its own value is not taken");
        assert!(written[0].is_some() && written[1].is_none());
    }

    #[test]
    fn a_merged_object_has_what_both_had() {
        let mut state = state();
        state.link(CALL, (ObjectType::Contacts, 102), &[TO_CONTACT]);
        let merged = state.merge(ObjectType::Contacts, 101, 102).expect("both are there");
        assert_eq!(&merged.properties["email"], "ada@customer.example");
        assert_eq!(&merged.properties["hs_merged_object_ids"], "102");
        assert_eq!(&merged.properties["hs_additional_emails"], "ben@customer.example");
        assert!(state.linked(CALL, CONTACT) && !state.linked(CALL, (ObjectType::Contacts, 102)));
        assert!(state.merge(ObjectType::Contacts, 101, 102).is_none());
        assert!(state.forget(CONTACT) && !state.forget(CONTACT));
        assert_eq!(state.links(CALL).count(), 0);
    }
}
