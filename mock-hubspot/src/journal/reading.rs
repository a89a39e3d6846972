//! Reading the journal without copying it: for the page, for long polls, for exports.
//!
//! A cursor counts changes, not entries: a request that is answered late is not missed. Read next: `control/journal.rs`.

use super::{Entry, Journal, Outcome};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use tokio::sync::watch;

/// How far somebody has read; a reset of the journal starts it anew.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cursor {
    epoch: u64,
    changes: usize,
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{}", self.epoch, self.changes)
    }
}

impl std::str::FromStr for Cursor {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (epoch, changes) = text.split_once('-').ok_or(())?;
        Ok(Self { epoch: epoch.parse().map_err(drop)?, changes: changes.parse().map_err(drop)? })
    }
}

impl Journal {
    /// Every entry, by number, not copied.
    pub(crate) fn read(&self) -> Vec<Arc<Entry>> {
        self.read_since(0)
    }

    /// The entries with a number greater than this one, not copied; however many there are before them.
    pub(crate) fn read_since(&self, number: u64) -> Vec<Arc<Entry>> {
        self.pages().since(number).cloned().collect()
    }

    /// What was settled since the cursor, by number, and how far that is.
    pub(crate) fn settled_since(&self, cursor: Cursor) -> (Vec<Arc<Entry>>, Cursor) {
        let pages = self.pages();
        let from = if cursor.epoch == pages.epoch { cursor.changes } else { 0 };
        let entries = pages.changed_since(from).into_iter();
        let settled = entries.filter(|e| e.outcome != Outcome::Pending).cloned().collect();
        (settled, Cursor { epoch: pages.epoch, changes: pages.changes() })
    }

    /// Where everything that is there has been read.
    pub(crate) fn end(&self) -> Cursor {
        let pages = self.pages();
        Cursor { epoch: pages.epoch, changes: pages.changes() }
    }

    /// From now on, what is settled waits to be kept on disk.
    pub(crate) fn watch(&self) {
        self.pages().watch();
    }

    /// What was settled since this was asked last, and the count of resets.
    pub(crate) fn unsaved(&self) -> (u64, BTreeMap<u64, Arc<Entry>>) {
        let mut pages = self.pages();
        (pages.epoch, pages.unsaved())
    }

    /// The entries of an earlier run, by number; so many older ones are on disk alone.
    pub(crate) fn put_back(&self, entries: Vec<Entry>, older: u64) {
        let mut pages = self.pages();
        // No cursor of an earlier run means anything now.
        pages.epoch = Timestamp::now().as_millisecond().unsigned_abs();
        // Time never goes back, though the machine's clock was set back in between.
        let latest = entries.iter().map(|entry| entry.at_ms).max().unwrap_or_default();
        self.shared.earlier_ms.fetch_max(latest, Ordering::Relaxed);
        pages.leave_out(older);
        for entry in entries {
            pages.put_back(entry);
        }
        pages.gone();
    }

    /// When it was begun.
    pub(crate) fn began(&self) -> Timestamp {
        self.shared.began
    }

    /// Rings whenever something is written down.
    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.shared.changes.subscribe()
    }

    /// When an exchange began.
    pub(crate) fn moment(&self, entry: &Entry) -> Timestamp {
        let after = SignedDuration::from_millis(i64::try_from(entry.at_ms).unwrap_or(i64::MAX));
        self.shared.began.checked_add(after).unwrap_or(self.shared.began)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Direction, RawRequest};
    use super::*;
    use crate::exchange::Headers;
    use crate::secrets::Secrets;

    #[test]
    fn what_is_answered_late_is_told_once_it_is() {
        let journal = Journal::new(Secrets::new());
        let open = |target| {
            let raw = RawRequest { method: "GET", target, headers: Headers::new(), body: b"" };
            journal.open(Direction::Arrived, raw, None)
        };
        let (slow, quick) = (open("/slow"), open("/quick"));
        journal.answer(quick, None, (200, Headers::new(), &"".into()), Outcome::Served, None);
        let (first, cursor) = journal.settled_since(Cursor::default());
        assert_eq!(first.iter().map(|e| e.number).collect::<Vec<_>>(), [2]);
        journal.answer(slow, None, (200, Headers::new(), &"".into()), Outcome::Served, None);
        let (second, cursor) = journal.settled_since(cursor);
        assert_eq!(second.iter().map(|e| e.number).collect::<Vec<_>>(), [1]);
        assert_eq!(cursor, journal.end());
        journal.reset();
        assert!(journal.settled_since(cursor).0.is_empty());
        assert_eq!("0-4".parse::<Cursor>().map(|c| c.to_string()), Ok("0-4".to_owned()));
        assert!("x".parse::<Cursor>().is_err());
        let far = "1-999".parse().expect("a cursor");
        assert!(journal.settled_since(far).0.is_empty());
    }
}
