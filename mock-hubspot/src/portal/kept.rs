//! The state of a portal as rows: what is kept is what is there, each thing for itself.
//!
//! Whoever changes something touches its row; what the row says is read only when it is to be kept, so the newest always
//! wins. Knows no file. Read next: `state.rs` (who touches), `../store/` (who keeps).

use super::clock::{Clock, Hands};
use super::definitions::Definition;
use super::state::State;
use super::{CallRecord, KeptRow, Link, OwnerSetup, PortalSetup, Slot, Transcript};
use crate::wire::{Category, ObjectType};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// One thing that a portal holds; as JSON it is the row's key.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Row {
    Clock,
    /// Numbers that only grow, and the token that was issued last.
    Counters,
    /// A property that the portal defined itself.
    Definition(ObjectType, String),
    /// All of them: there are few.
    Labels,
    /// One direction of one link.
    Link(ObjectType, u64, ObjectType, u64, Category, u32),
    Owner(u64),
    Record(ObjectType, u64),
    Registered(String),
    Revoked(String),
    Settings(Slot, String),
    Token(String),
    Transcript(u64),
    UsedCode(String),
}

/// The rows that were changed since they were kept last; nothing is noted where nobody keeps.
#[derive(Debug, Default)]
pub(super) enum Touched {
    #[default]
    Unwatched,
    Rows(HashSet<Row>),
    /// It is a new state as a whole.
    Everything,
}

/// What is to be kept of a portal.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    /// Nothing that was kept before is true any more.
    pub(crate) anew: bool,
    /// Key and value; what has none is there no more.
    pub(crate) rows: Vec<(String, Option<String>)>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Counters {
    pub(super) next_id: u64,
    pub(super) handed_in: u64,
    pub(super) own: u64,
    pub(super) tokens: u64,
    pub(super) current: String,
    pub(super) labels: u32,
}

impl Row {
    pub(super) fn link((from, from_id): super::Key, (to, to_id): super::Key, link: Link) -> Self {
        Self::Link(from, from_id, to, to_id, link.category, link.type_id)
    }
}

impl State {
    /// Notes that a row is no longer as it was kept.
    pub(super) fn touch(&mut self, row: impl FnOnce() -> Row) {
        if let Touched::Rows(rows) = &mut self.touched {
            rows.insert(row());
        }
    }

    /// From now on changes are noted; the first of them is the whole.
    pub(super) fn watch(&mut self) {
        self.touched = Touched::Everything;
    }

    /// From now on changes are noted; what is there now is kept already.
    pub(super) fn watch_from_here(&mut self) {
        self.touched = Touched::Rows(HashSet::new());
    }

    /// What was changed since this was asked last.
    pub(super) fn changes(&mut self) -> Changes {
        match &mut self.touched {
            Touched::Unwatched => Changes::default(),
            Touched::Rows(rows) if rows.is_empty() => Changes::default(),
            Touched::Rows(rows) => {
                let rows = std::mem::take(rows);
                Changes { anew: false, rows: rows.iter().map(|row| (key(row), self.value(row))).collect() }
            }
            Touched::Everything => {
                self.watch_from_here();
                let rows = self.rows();
                Changes { anew: true, rows: rows.iter().map(|row| (key(row), self.value(row))).collect() }
            }
        }
    }

    /// Everything that there is, for a portal file.
    pub(super) fn export(&self) -> Vec<KeptRow> {
        let rows = self.rows();
        rows.iter().filter_map(|row| Some(KeptRow { row: key(row), value: self.value(row)? })).collect()
    }

    /// What an exported portal held; its clock is left alone.
    pub(super) fn import(&mut self, kept: &[KeptRow]) {
        let clock = self.clock.kept();
        for row in kept {
            // They were looked at when they were read.
            let _ = self.restore(&row.row, &row.value);
        }
        self.clock.set(clock);
    }

    /// Every row that there is.
    pub(super) fn rows(&self) -> Vec<Row> {
        let mut rows = vec![Row::Clock, Row::Counters, Row::Labels];
        for kind in ObjectType::ALL {
            let objects = self.shelf(kind);
            rows.extend(objects.schema.own().map(|d| Row::Definition(kind, d.name.to_string())));
            let ids = [false, true].into_iter().flat_map(|archived| objects.side(archived).keys());
            rows.extend(ids.map(|id| Row::Record(kind, *id)));
        }
        rows.extend(self.all_links().map(|(from, to, link)| Row::link(from, to, link)));
        rows.extend(self.owners.keys().map(|id| Row::Owner(*id)));
        rows.extend(self.registered.keys().cloned().map(Row::Registered));
        rows.extend(self.extensions.settings.keys().map(|(slot, app)| Row::Settings(*slot, app.clone())));
        rows.extend(self.extensions.all().map(|transcript| Row::Transcript(transcript.id)));
        rows.extend(self.tokens.rows());
        rows
    }

    /// What a row says; `None` where there is no such thing.
    fn value(&self, row: &Row) -> Option<String> {
        match row {
            Row::Clock => json(&self.clock.kept()),
            Row::Counters => json(&self.counters()),
            Row::Definition(kind, name) => json(self.shelf(*kind).schema.any(name)?),
            Row::Labels => json(self.labels.defined()),
            Row::Link(from, from_id, to, to_id, category, type_id) => {
                let link = Link { category: *category, type_id: *type_id };
                self.has_link((*from, *from_id), (*to, *to_id), link).then(String::new)
            }
            Row::Owner(id) => json(self.owners.get(id)?),
            Row::Record(kind, id) => json(self.shelf(*kind).any(*id)?),
            Row::Registered(app) => self.registered.get(app).cloned(),
            Row::Revoked(token) => self.tokens.is_revoked(token).then(String::new),
            Row::Settings(slot, app) => json(self.extensions.settings.get(&(*slot, app.clone()))?),
            Row::Token(token) => json(&self.tokens.kept(token)?),
            Row::Transcript(id) => json(self.extensions.transcript(*id)?),
            Row::UsedCode(code) => self.tokens.was_used(code).then(String::new),
        }
    }

    /// Puts in what was kept.
    pub(super) fn restore(&mut self, key: &str, value: &str) -> serde_json::Result<()> {
        match serde_json::from_str::<Row>(key)? {
            Row::Clock => self.clock.set(serde_json::from_str::<Hands>(value)?),
            Row::Counters => self.set_counters(serde_json::from_str(value)?),
            Row::Definition(kind, _) => self.define(serde_json::from_str::<Definition>(value)?, kind),
            Row::Labels => self.labels.set(serde_json::from_str(value)?),
            Row::Link(from, from_id, to, to_id, category, type_id) => {
                self.put_link((from, from_id), (to, to_id), Link { category, type_id });
            }
            Row::Owner(id) => {
                self.owners.insert(id, serde_json::from_str::<OwnerSetup>(value)?);
            }
            Row::Record(kind, _) => self.put_back(kind, serde_json::from_str::<CallRecord>(value)?),
            Row::Registered(app) => {
                self.registered.insert(app, value.to_owned());
            }
            Row::Revoked(token) => self.tokens.revoke(&token),
            Row::Settings(slot, app) => {
                self.extensions.settings.insert((slot, app), serde_json::from_str(value)?);
            }
            Row::Token(token) => self.tokens.restore(token, serde_json::from_str(value)?),
            Row::Transcript(_) => self.extensions.put_back(serde_json::from_str::<Transcript>(value)?),
            Row::UsedCode(code) => {
                self.tokens.use_code(&code);
            }
        }
        Ok(())
    }
}

/// What a row of an exported portal says of the clock.
pub(super) fn hands_of(kept: &KeptRow) -> Option<Hands> {
    let is_clock = matches!(serde_json::from_str(&kept.row), Ok(Row::Clock));
    is_clock.then(|| serde_json::from_str(&kept.value).ok()).flatten()
}

/// Says what is wrong with the rows of an exported portal: which of them, and why.
pub(crate) fn mistake(setup: &PortalSetup) -> Option<(&KeptRow, String)> {
    let mut state = State::bare(setup, Clock::default());
    setup.kept.iter().find_map(|kept| Some((kept, state.restore(&kept.row, &kept.value).err()?.to_string())))
}

/// A row's key; rows are made of words and numbers, which JSON always holds.
fn key(row: &Row) -> String {
    serde_json::to_string(row).unwrap_or_default()
}

fn json(value: &(impl Serialize + ?Sized)) -> Option<String> {
    serde_json::to_string(value).ok()
}
