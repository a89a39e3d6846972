//! The pretended HubSpot account: owners, records, calls, their links, the registered endpoint, its tokens.
//!
//! State only: it accepts what it is given and knows no HTTP; `handlers/` decide what may be given.
//! Read next: `setup.rs`, `state.rs`, `tokens.rs`.

mod clock;
mod computed;
pub(crate) mod definitions;
mod extensions;
pub(crate) mod file;
mod grants;
mod kept;
mod labels;
pub(crate) mod moment;
mod properties;
mod record;
mod room;
pub(crate) mod search;
mod seen;
mod setup;
mod shelf;
mod state;
pub(crate) mod token_pattern;
mod tokens;
pub(crate) mod validation;
mod write;

use crate::wire::{Category, ObjectType, type_by_id};
pub use clock::Clock;
pub(crate) use clock::FARTHEST;
use definitions::{Definition, Schema};
pub(crate) use extensions::{Slot, Transcript, TranscriptSource};
use jiff::Timestamp;
pub(crate) use kept::Changes;
use kept::Row;
pub(crate) use labels::Label;
pub use properties::Properties;
pub use record::CallRecord;
pub(crate) use record::Version;
use room::{Age, Held, Room};
pub(crate) use search::{Found, Search};
pub use setup::TokenSetup;
pub use setup::{KeptRow, OwnerSetup, PortalSetup, RecordSetup, Seat};
pub(crate) use state::{State, Taken};
use std::sync::{Arc, Mutex, PoisonError};
pub use tokens::TokenKind;
pub(crate) use tokens::{Bearer, Grant, LIFETIME as TOKEN_LIFETIME};
use write::Prepared;
pub(crate) use write::{Draft, Write};

/// A handle on the portal; cheap to clone.
#[derive(Clone)]
pub struct Portal {
    base: Arc<Base>,
    /// The state that it speaks of, whatever becomes of the portal; `None` for the one of today.
    age: Option<Age>,
}

/// What all handles on a portal share.
struct Base {
    setup: PortalSetup,
    room: Mutex<Room>,
    clock: Clock,
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

impl std::fmt::Debug for Portal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Portal").field(&self.base.setup).finish()
    }
}

impl Portal {
    pub(crate) fn new(setup: PortalSetup) -> Self {
        let clock = Clock::default();
        let state = State::new(&setup, clock.clone());
        // A reset does not come back here: the clock is another matter then.
        setup.kept.iter().filter_map(kept::hands_of).for_each(|hands| clock.set(hands));
        Self::of(setup, state, clock)
    }

    /// A setup that starts the portal again as it is now.
    pub(crate) fn export(&self) -> PortalSetup {
        let state = self.state();
        let mut kept: Vec<KeptRow> = state.export();
        kept.sort_unstable_by(|a, b| a.row.cmp(&b.row));
        let setup = PortalSetup::clone(&self.base.setup);
        let none = Vec::new;
        PortalSetup {
            owners: Vec::new(),
            contacts: none(),
            companies: none(),
            deals: none(),
            tickets: none(),
            kept,
            ..setup
        }
    }

    fn of(setup: PortalSetup, state: State, clock: Clock) -> Self {
        Self { base: Arc::new(Base { setup, room: Mutex::new(Room::new(state)), clock }), age: None }
    }

    /// The portal as it was kept; from now on its changes are noted.
    pub(crate) fn restore<'a>(
        setup: PortalSetup,
        rows: impl Iterator<Item = (&'a str, &'a str)>,
    ) -> serde_json::Result<Self> {
        let clock = Clock::default();
        let mut state = State::bare(&setup, clock.clone());
        for (key, value) in rows {
            state.restore(key, value)?;
        }
        state.watch_from_here();
        Ok(Self::of(setup, state, clock))
    }

    fn state(&self) -> Held<'_> {
        Held::of(self.base.room.lock().unwrap_or_else(PoisonError::into_inner), self.age.as_ref())
    }

    /// The portal as it is now, and stays for whoever holds it, whatever is reset.
    pub(crate) fn of_today(&self) -> Self {
        let age = self.base.room.lock().unwrap_or_else(PoisonError::into_inner).age();
        Self { age: Some(age), ..self.clone() }
    }

    /// From now on its changes are noted; the first of them is the whole.
    pub(crate) fn watch(&self) {
        self.state().watch();
    }

    /// What was changed since this was asked last.
    pub(crate) fn changes(&self) -> Changes {
        self.base.room.lock().unwrap_or_else(PoisonError::into_inner).changes()
    }

    /// Its clock.
    pub fn clock(&self) -> &Clock {
        &self.base.clock
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.base.clock.now()
    }

    /// What it was set up with.
    pub fn setup(&self) -> &PortalSetup {
        &self.base.setup
    }

    /// A call, archived ones included.
    pub fn call(&self, id: u64) -> Option<Arc<CallRecord>> {
        self.record((ObjectType::Calls, id))
    }

    /// What these properties of a call say, as far as it has them.
    pub(crate) fn texts_of_call(&self, id: u64, names: [&str; 2]) -> Vec<String> {
        let state = self.state();
        let call = state.shelf(ObjectType::Calls).any(id);
        call.iter()
            .flat_map(|call| names.iter().filter_map(|name| call.properties.get(name)))
            .map(str::to_owned)
            .collect()
    }

    /// Every call, by id, archived ones included.
    pub fn calls(&self) -> Vec<Arc<CallRecord>> {
        let state = self.state();
        let objects = state.shelf(ObjectType::Calls);
        let mut calls: Vec<Arc<CallRecord>> =
            [false, true].iter().flat_map(|a| objects.side(*a).values().cloned()).collect();
        calls.sort_unstable_by_key(|call| call.id);
        calls
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
        let mut calls: Vec<u64> =
            state.links_from((kind, id), (ObjectType::Calls, 0)).map(|(call, _)| call).collect();
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
        let mut state = self.state();
        state.touch(|| Row::Owner(owner.id));
        state.owners.insert(owner.id, owner);
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
        &self.base.setup.archived_owners
    }

    pub(crate) fn owner_of_user(&self, user_id: u64) -> Option<OwnerSetup> {
        self.state().owners.values().find(|o| o.user_id == user_id).cloned()
    }

    /// Registers an endpoint; says which one was registered before.
    pub(crate) fn register(&self, app_id: &str, url: &str) -> Option<String> {
        let mut state = self.state();
        state.touch(|| Row::Registered(app_id.to_owned()));
        state.registered.insert(app_id.to_owned(), url.to_owned())
    }

    /// The app and the endpoint that serve a call which names this app: its own, else the portal's, else the only one.
    pub(crate) fn endpoint_for(&self, app_id: &str) -> Option<(String, String)> {
        let state = self.state();
        let own = state.registered.get_key_value(app_id);
        let fallback = || state.registered.get_key_value(&self.base.setup.app_id);
        let only = || state.registered.iter().next().filter(|_| state.registered.len() == 1);
        own.or_else(fallback).or_else(only).map(|(app, url)| (app.clone(), url.clone()))
    }

    pub(crate) fn record(&self, (kind, id): Key) -> Option<Arc<CallRecord>> {
        self.state().shelf(kind).any(id).cloned()
    }

    /// Whether there is such a record that is not archived.
    pub(crate) fn has(&self, (kind, id): Key) -> bool {
        self.state().shelf(kind).live(id).is_some()
    }

    /// The properties that objects of this type have.
    pub(crate) fn schema(&self, kind: ObjectType) -> Schema {
        self.state().shelf(kind).schema.clone()
    }

    /// Defines a property, or changes its definition.
    pub(crate) fn define(&self, kind: ObjectType, definition: Definition) {
        self.state().define(definition, kind);
    }

    /// The object with this value of a unique property.
    pub(crate) fn holder(&self, kind: ObjectType, property: &str, value: &str) -> Option<u64> {
        self.state().shelf(kind).holder(property, value)
    }

    /// Writes all of them, or none where a unique value is taken. `None` where there is no object to change.
    pub(crate) fn write(
        &self,
        kind: ObjectType,
        writes: Vec<Write>,
    ) -> Result<Vec<Option<Arc<CallRecord>>>, Taken> {
        let now = self.base.clock.now();
        let user_of = |owner| self.owner(owner).map(|owner| owner.user_id);
        let prepare = |write| Prepared::of(write, kind, &self.base.setup.app_id, now, user_of);
        let prepared = writes.into_iter().map(prepare).collect();
        self.state().write(kind, prepared)
    }

    /// Archives an object; `None` where there never was one, `false` where it was archived before.
    pub(crate) fn archive(&self, key: Key) -> Option<bool> {
        self.state().archive(key)
    }

    /// Makes one object of two; `None` where one of them is not there.
    pub(crate) fn merge(&self, kind: ObjectType, first: u64, second: u64) -> Option<Arc<CallRecord>> {
        self.state().merge(kind, first, second)
    }

    /// Removes an object and every trace of it; says whether there was one.
    pub(crate) fn forget(&self, key: Key) -> bool {
        self.state().forget(key)
    }

    /// A page of records from `after` on, and where the next page begins.
    pub(crate) fn list(
        &self,
        kind: ObjectType,
        archived: bool,
        after: u64,
        limit: usize,
    ) -> (Vec<Arc<CallRecord>>, Option<u64>) {
        let state = self.state();
        let mut from = state.shelf(kind).side(archived).range(after..);
        let page = from.by_ref().take(limit).map(|(_, r)| Arc::clone(r)).collect();
        let next = from.next().map(|(id, _)| *id);
        (page, next)
    }

    /// What a search finds.
    pub(crate) fn search(&self, kind: ObjectType, search: &Search) -> Found {
        search::run(&self.state(), kind, search)
    }

    /// The links to so many objects of one type that are not archived, beginning with the id `after`; and the id with
    /// which the next page begins.
    pub(crate) fn links(
        &self,
        from: Key,
        to: ObjectType,
        after: u64,
        most: usize,
    ) -> (Vec<(u64, Link)>, Option<u64>) {
        let state = self.state();
        let objects = state.shelf(to);
        let (mut page, mut objects_in_it): (Vec<(u64, Link)>, usize) = (Vec::new(), 0);
        for (id, link) in state.links_from(from, (to, after)).filter(|(id, _)| objects.live(*id).is_some()) {
            if page.last().is_none_or(|(last, _)| *last != id) {
                if objects_in_it == most {
                    return (page, Some(id));
                }
                objects_in_it += 1;
            }
            page.push((id, link));
        }
        (page, None)
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
        let state = State::new(&self.base.setup, self.base.clock.clone());
        self.base.room.lock().unwrap_or_else(PoisonError::into_inner).replace(state);
    }
}
