//! What one portal has to keep, and when: everything that one request changed goes to the disk together.
//!
//! A turn is one request's time to change things. Rows are read at the end of a turn and put into the queue within it, so no
//! turn's rows hold half of another's, and the queue is in the order of the turns. Read next: `../portal/kept.rs`,
//! `../visit.rs` (who waits for the receipt).

use super::file::SECRET;
use super::{Lot, Message, Receipt, Store};
use crate::journal::Journal;
use crate::portal::Portal;
use crate::secrets::Secrets;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The rows that a portal puts into a store.
#[derive(Debug)]
pub(crate) struct Ledger {
    store: Store,
    portal: u32,
    next: Mutex<Next>,
}

/// What the next message says besides what was changed.
#[derive(Debug)]
struct Next {
    /// The epoch of the journal that was kept last.
    epoch: u64,
    /// That the portal comes, together with all that it holds.
    lot: Lot,
}

/// One request's time to change things.
pub(crate) struct Turn<'a>(MutexGuard<'a, Next>);

impl Ledger {
    /// A portal that the store does not keep yet: all of it is kept with the first turn.
    pub(crate) fn begin(
        store: &Store,
        id: u32,
        name: &str,
        portal: &Portal,
        journal: &Journal,
        secrets: &Secrets,
    ) -> Self {
        portal.watch();
        let lot = Lot::Comes {
            name: name.to_owned(),
            setup: serde_json::to_string(portal.setup()).unwrap_or_default(),
            began_ms: journal.began().as_millisecond(),
        };
        Self::of(store, id, journal, secrets, lot)
    }

    /// A portal that was read back from the store.
    pub(crate) fn resume(store: &Store, id: u32, journal: &Journal, secrets: &Secrets) -> Self {
        Self::of(store, id, journal, secrets, Lot::Stays)
    }

    fn of(store: &Store, id: u32, journal: &Journal, secrets: &Secrets, lot: Lot) -> Self {
        journal.watch();
        secrets.watch();
        let next = Next { epoch: journal.unsaved().0, lot };
        Self { store: store.clone(), portal: id, next: Mutex::new(next) }
    }

    pub(crate) fn turn(&self) -> Turn<'_> {
        Turn(self.next.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Hands over whatever was changed since the last time, and gives the receipt for all of it.
    pub(crate) fn settle(&self, portal: &Portal, journal: &Journal, secrets: &Secrets) -> Receipt {
        let mut turn = self.turn();
        let changes = portal.changes();
        let (epoch, exchanges) = journal.unsaved();
        let journal_anew = std::mem::replace(&mut turn.0.epoch, epoch) != epoch;
        let mut rows = changes.rows;
        rows.extend(
            secrets.fresh().into_iter().map(|(hash, n)| (format!("{SECRET}{hash}"), Some(n.to_string()))),
        );
        if !changes.anew && !journal_anew && rows.is_empty() && exchanges.is_empty() {
            return self.store.receipt();
        }
        // A portal that comes comes with the first of its changes, which is the whole.
        let (anew, portal, lot) = (changes.anew, self.portal, std::mem::take(&mut turn.0.lot));
        self.store.push(Message { portal, lot, anew, rows, journal_anew, exchanges })
    }

    /// Forgets the portal and everything that it kept.
    pub(crate) fn end(&self) -> Receipt {
        let _turn = self.turn();
        self.store.push(Message {
            portal: self.portal,
            lot: Lot::Goes,
            journal_anew: true,
            ..Message::default()
        })
    }

    /// The numbers of secrets among the rows of a store.
    pub(crate) fn secret<'a>((key, number): (&'a str, &'a str)) -> Option<(&'a str, usize)> {
        Some((key.strip_prefix(SECRET)?, number.parse().ok()?))
    }
}
