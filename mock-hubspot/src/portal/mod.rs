//! The pretended HubSpot account: owners, records, calls, their links, the registered endpoint, its tokens.
//!
//! State only: it accepts what it is given and knows no HTTP; `handlers/` decide what may be given.
//! Read next: `setup.rs`, `state.rs`, `tokens.rs`.

mod extensions;
mod grants;
mod labels;
pub(crate) mod properties;
mod setup;
mod state;
mod tokens;

use crate::wire::{Category, ObjectType, type_by_id};
pub(crate) use extensions::{Slot, Transcript};
use jiff::Timestamp;
pub(crate) use labels::Label;
pub use setup::{OwnerSetup, PortalSetup, RecordSetup, Seat, TokenSetup};
use state::State;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
pub use tokens::TokenKind;
pub(crate) use tokens::{Bearer, Grant, LIFETIME as TOKEN_LIFETIME};

/// A handle on the portal; cheap to clone.
#[derive(Clone)]
pub struct Portal {
    setup: Arc<PortalSetup>,
    state: Arc<Mutex<State>>,
}

/// A call, or any other record, as it is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallRecord {
    /// Its id.
    pub id: u64,
    /// Its properties, computed ones included.
    pub properties: BTreeMap<String, String>,
    /// When it was archived.
    pub archived_at: Option<Timestamp>,
    /// Whether it was archived.
    pub archived: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// How often its recording was marked as ready.
    pub marked_ready: u32,
}

/// One end of a link, as seen from the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Link {
    pub(crate) category: Category,
    pub(crate) type_id: u32,
}

impl Link {
    /// The same link seen from the other end. Labels that nobody made are taken to be the same from both.
    pub(crate) fn mirror(self) -> Self {
        match (self.category, type_by_id(self.type_id)) {
            (Category::HubspotDefined, Some(known)) => Self { type_id: known.mirror, ..self },
            _ => self,
        }
    }
}

/// An object by its type and id.
pub(crate) type Key = (ObjectType, u64);

/// A new record, validated.
pub(crate) struct Draft {
    pub(crate) properties: BTreeMap<String, String>,
    pub(crate) links: Vec<(Key, Vec<Link>)>,
}

impl std::fmt::Debug for Portal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Portal").field(&self.setup).finish()
    }
}

impl Portal {
    pub(crate) fn new(setup: PortalSetup) -> Self {
        let state = Arc::new(Mutex::new(State::new(&setup)));
        Self { setup: Arc::new(setup), state }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What it was set up with.
    pub fn setup(&self) -> &PortalSetup {
        &self.setup
    }

    /// A call, archived ones included.
    pub fn call(&self, id: u64) -> Option<CallRecord> {
        self.record((ObjectType::Calls, id))
    }

    /// Every call, by id, archived ones included.
    pub fn calls(&self) -> Vec<CallRecord> {
        self.state().objects(ObjectType::Calls).values().cloned().collect()
    }

    /// What a call is linked to: plural object type, id, category and type id, seen from the call.
    pub fn associations_of_call(&self, id: u64) -> Vec<(String, u64, String, u32)> {
        let state = self.state();
        let links = state.links((ObjectType::Calls, id));
        links
            .map(|((kind, to), link)| {
                (kind.plural().to_owned(), to, link.category.name().to_owned(), link.type_id)
            })
            .collect()
    }

    /// The calls that a record is linked to; the type by any of its names.
    pub fn calls_of_record(&self, object_type: &str, id: u64) -> Vec<u64> {
        let Some(kind) = ObjectType::infer(object_type) else { return Vec::new() };
        let state = self.state();
        let mut calls: Vec<u64> = state
            .links((kind, id))
            .filter(|((kind, _), _)| *kind == ObjectType::Calls)
            .map(|((_, call), _)| call)
            .collect();
        calls.dedup();
        calls
    }

    /// The endpoint that an app registered.
    pub fn registered_url(&self, app_id: &str) -> Option<String> {
        self.state().registered.get(app_id).cloned()
    }

    /// Adds a contact, or replaces the one with that id.
    pub fn add_contact(&self, record: RecordSetup) {
        self.state().put(ObjectType::Contacts, record);
    }

    /// Adds a company, or replaces the one with that id.
    pub fn add_company(&self, record: RecordSetup) {
        self.state().put(ObjectType::Companies, record);
    }

    /// Adds a deal, or replaces the one with that id.
    pub fn add_deal(&self, record: RecordSetup) {
        self.state().put(ObjectType::Deals, record);
    }

    /// Adds a ticket, or replaces the one with that id.
    pub fn add_ticket(&self, record: RecordSetup) {
        self.state().put(ObjectType::Tickets, record);
    }

    /// Adds an owner, or replaces the one with that id.
    pub fn add_owner(&self, owner: OwnerSetup) {
        self.state().owners.insert(owner.id, owner);
    }

    /// The owners, by id.
    pub fn owners(&self) -> Vec<OwnerSetup> {
        self.state().owners.values().cloned().collect()
    }

    /// The access token that was issued last.
    pub fn access_token(&self) -> String {
        self.state().tokens.current().to_owned()
    }

    pub(crate) fn owner(&self, id: u64) -> Option<OwnerSetup> {
        self.state().owners.get(&id).cloned()
    }

    /// Owners who left.
    pub(crate) fn archived_owners(&self) -> &[OwnerSetup] {
        &self.setup.archived_owners
    }

    pub(crate) fn owner_of_user(&self, user_id: u64) -> Option<OwnerSetup> {
        self.state().owners.values().find(|o| o.user_id == user_id).cloned()
    }

    /// Registers an endpoint; says which one was registered before.
    pub(crate) fn register(&self, app_id: &str, url: &str) -> Option<String> {
        self.state().registered.insert(app_id.to_owned(), url.to_owned())
    }

    /// The app and the endpoint that serve a call which names this app: its own, else the portal's, else the only one.
    pub(crate) fn endpoint_for(&self, app_id: &str) -> Option<(String, String)> {
        let state = self.state();
        let own = state.registered.get_key_value(app_id);
        let fallback = || state.registered.get_key_value(&self.setup.app_id);
        let only = || state.registered.iter().next().filter(|_| state.registered.len() == 1);
        own.or_else(fallback).or_else(only).map(|(app, url)| (app.clone(), url.clone()))
    }

    pub(crate) fn record(&self, (kind, id): Key) -> Option<CallRecord> {
        self.state().objects(kind).get(&id).cloned()
    }

    /// Whether there is such a record that is not archived.
    pub(crate) fn has(&self, (kind, id): Key) -> bool {
        self.state().objects(kind).get(&id).is_some_and(|r| !r.archived)
    }

    pub(crate) fn contact_with_email(&self, email: &str) -> Option<u64> {
        self.state().contact_with_email(email)
    }

    pub(crate) fn create(&self, kind: ObjectType, draft: Draft) -> CallRecord {
        self.state().create(kind, draft, &self.setup.app_id)
    }

    /// Sets properties, empty values clearing them; `None` where there is no such record or it is archived.
    pub(crate) fn update(&self, key: Key, properties: BTreeMap<String, String>) -> Option<CallRecord> {
        self.state().update(key, properties)
    }

    /// Says whether there was such a record, archived or not.
    pub(crate) fn archive(&self, key: Key) -> bool {
        self.state().archive(key)
    }

    /// A page of records from `after` on, and where the next page begins.
    pub(crate) fn list(
        &self,
        kind: ObjectType,
        archived: bool,
        after: u64,
        limit: usize,
    ) -> (Vec<CallRecord>, Option<u64>) {
        let state = self.state();
        let mut fitting = state.objects(kind).range(after..).filter(|(_, r)| r.archived == archived);
        let page: Vec<CallRecord> = fitting.by_ref().take(limit).map(|(_, r)| r.clone()).collect();
        let next = fitting.next().map(|(id, _)| *id);
        (page, next)
    }

    pub(crate) fn links(&self, from: Key, to: ObjectType) -> Vec<(u64, Link)> {
        let state = self.state();
        state.links(from).filter(|((kind, _), _)| *kind == to).map(|((_, id), link)| (id, link)).collect()
    }

    pub(crate) fn link(&self, from: Key, to: Key, links: &[Link]) {
        self.state().link(from, to, links);
    }

    /// Removes one link, or all of them.
    pub(crate) fn unlink(&self, from: Key, to: Key, link: Option<Link>) {
        self.state().unlink(from, to, link);
    }

    /// Notes that a recording is ready; `false` where there is no such call.
    pub(crate) fn mark_ready(&self, id: u64) -> bool {
        self.state().mark_ready(id)
    }

    /// Back to how it was set up.
    pub(crate) fn reset(&self) {
        *self.state() = State::new(&self.setup);
    }
}
