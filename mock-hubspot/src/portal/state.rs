//! What changes in a portal. Every look-up is by id; ids are counters.

use super::extensions::Extensions;
use super::labels::Labels;
use super::tokens::Tokens;
use super::{CallRecord, Draft, Key, Link, OwnerSetup, PortalSetup, RecordSetup, properties};
use crate::wire::ObjectType;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The first id that is handed out.
const FIRST_ID: u64 = 1001;

pub(super) struct State {
    objects: HashMap<ObjectType, BTreeMap<u64, CallRecord>>,
    links: HashMap<Key, BTreeSet<(Key, Link)>>,
    emails: HashMap<String, u64>,
    next_id: u64,
    pub(super) owners: BTreeMap<u64, OwnerSetup>,
    pub(super) registered: BTreeMap<String, String>,
    pub(super) tokens: Tokens,
    pub(super) extensions: Extensions,
    pub(super) labels: Labels,
}

impl State {
    pub(super) fn new(setup: &PortalSetup) -> Self {
        let mut state = Self {
            objects: ObjectType::ALL.into_iter().map(|kind| (kind, BTreeMap::new())).collect(),
            links: HashMap::new(),
            emails: HashMap::new(),
            next_id: FIRST_ID,
            owners: setup.owners.iter().map(|o| (o.id, o.clone())).collect(),
            registered: BTreeMap::new(),
            tokens: Tokens::new(setup),
            extensions: Extensions::default(),
            labels: Labels::default(),
        };
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

    pub(super) fn objects(&self, kind: ObjectType) -> &BTreeMap<u64, CallRecord> {
        &self.objects[&kind]
    }

    fn record(&mut self, (kind, id): Key) -> Option<&mut CallRecord> {
        self.objects.get_mut(&kind)?.get_mut(&id)
    }

    fn insert(&mut self, kind: ObjectType, id: u64, mut properties: BTreeMap<String, String>) -> CallRecord {
        let now = now();
        let (created, changed) = kind.clock_properties();
        properties.insert("hs_object_id".into(), id.to_string());
        properties.insert(created.into(), now.to_string());
        properties.insert(changed.into(), now.to_string());
        if let Some(email) = properties.get("email").filter(|_| kind == ObjectType::Contacts) {
            self.emails.insert(email.to_lowercase(), id);
        }
        let record = CallRecord {
            id,
            properties,
            archived: false,
            archived_at: None,
            created_at: now,
            updated_at: now,
            marked_ready: 0,
        };
        self.objects.entry(kind).or_default().insert(id, record.clone());
        record
    }

    pub(super) fn put(&mut self, kind: ObjectType, record: RecordSetup) {
        self.next_id = self.next_id.max(record.id.saturating_add(1));
        self.insert(kind, record.id, record.properties);
    }

    pub(super) fn create(&mut self, kind: ObjectType, draft: Draft, app_id: &str) -> CallRecord {
        let id = self.next_id;
        self.next_id = self.next_id.saturating_add(1);
        let mut properties = draft.properties;
        properties.retain(|_, value| !value.is_empty());
        properties.insert("hs_object_source".into(), "INTEGRATION".into());
        properties.insert("hs_object_source_id".into(), app_id.to_owned());
        if kind == ObjectType::Calls {
            derive(&mut properties);
        }
        let record = self.insert(kind, id, properties);
        for (to, links) in draft.links {
            self.link((kind, id), to, &links);
        }
        record
    }

    pub(super) fn update(&mut self, key: Key, properties: BTreeMap<String, String>) -> Option<CallRecord> {
        let record = self.record(key).filter(|r| !r.archived)?;
        let old_email = record.properties.get("email").map(|e| e.to_lowercase());
        for (name, value) in properties {
            if value.is_empty() {
                record.properties.remove(&name);
            } else {
                record.properties.insert(name, value);
            }
        }
        record.updated_at = now();
        let changed = record.updated_at.to_string();
        record.properties.insert(key.0.clock_properties().1.into(), changed);
        if key.0 == ObjectType::Calls {
            derive(&mut record.properties);
        }
        let record = record.clone();
        if key.0 == ObjectType::Contacts {
            if let Some(old) = old_email {
                self.emails.remove(&old);
            }
            if let Some(email) = record.properties.get("email") {
                self.emails.insert(email.to_lowercase(), key.1);
            }
        }
        Some(record)
    }

    pub(super) fn archive(&mut self, key: Key) -> bool {
        let Some(record) = self.record(key) else { return false };
        if !record.archived {
            record.archived = true;
            record.archived_at = Some(now());
            if let Some(email) = record.properties.get("email").map(|e| e.to_lowercase()) {
                self.emails.remove(&email);
            }
        }
        true
    }

    pub(super) fn contact_with_email(&self, email: &str) -> Option<u64> {
        self.emails.get(&email.to_lowercase()).copied()
    }

    /// Every link of an object, sorted.
    pub(super) fn links(&self, from: Key) -> impl Iterator<Item = (Key, Link)> {
        self.links.get(&from).into_iter().flatten().copied()
    }

    /// Links both ways: what was made from one side is seen from the other.
    pub(super) fn link(&mut self, from: Key, to: Key, links: &[Link]) {
        for link in links {
            let mirror = self.labels.mirror(from.0, to.0, *link);
            self.links.entry(from).or_default().insert((to, *link));
            self.links.entry(to).or_default().insert((from, mirror));
        }
    }

    pub(super) fn unlink(&mut self, from: Key, to: Key, link: Option<Link>) {
        let mirror = link.map(|link| self.labels.mirror(from.0, to.0, link));
        for (from, to, link) in [(from, to, link), (to, from, mirror)] {
            if let Some(links) = self.links.get_mut(&from) {
                links.retain(|(other, l)| *other != to || link.is_some_and(|gone| gone != *l));
            }
        }
    }

    /// Removes a link wherever it leads from one type to another.
    pub(super) fn drop_links(&mut self, from: ObjectType, to: ObjectType, gone: Link) {
        for (_, links) in self.links.iter_mut().filter(|((kind, _), _)| *kind == from) {
            links.retain(|((kind, _), link)| *kind != to || *link != gone);
        }
    }

    pub(super) fn mark_ready(&mut self, id: u64) -> bool {
        let Some(call) = self.record((ObjectType::Calls, id)).filter(|r| !r.archived) else { return false };
        call.marked_ready = call.marked_ready.saturating_add(1);
        true
    }
}

/// HubSpot counts in milliseconds.
pub(super) fn now() -> Timestamp {
    Timestamp::from_millisecond(Timestamp::now().as_millisecond()).unwrap_or_default()
}

/// The properties of a call that HubSpot computes from the others.
fn derive(properties: &mut BTreeMap<String, String>) {
    match properties.get("hs_call_body").map(|body| properties::preview(body)) {
        Some(preview) => properties.insert("hs_body_preview".into(), preview),
        None => properties.remove("hs_body_preview"),
    };
    match properties.get("hubspot_owner_id").cloned() {
        Some(owner) => properties.insert("hs_all_owner_ids".into(), owner),
        None => properties.remove("hs_all_owner_ids"),
    };
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Category::HubspotDefined;

    const CALL: Key = (ObjectType::Calls, 1001);
    const CONTACT: Key = (ObjectType::Contacts, 101);
    const TO_CONTACT: Link = Link { category: HubspotDefined, type_id: 194 };

    fn state() -> State {
        let mut state = State::new(&PortalSetup::default());
        state.create(ObjectType::Calls, Draft { properties: BTreeMap::new(), links: Vec::new() }, "1");
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
        let mut state = State::new(&setup);
        let call =
            state.create(ObjectType::Calls, Draft { properties: BTreeMap::new(), links: Vec::new() }, "1");
        assert_eq!(call.id, 5001);
    }
}
