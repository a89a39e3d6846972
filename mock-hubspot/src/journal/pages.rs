//! What the journal holds in memory: the newest exchanges, within bounds, and in which order they changed.
//!
//! Numbers are never given twice; where older exchanges were cut, or a restart left a gap, the others keep theirs.
//! Read next: `reading.rs`.

use super::{Entry, Outcome};
use crate::exchange::Body;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

/// How much the journal holds in memory; beyond it the oldest exchanges go first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// The most exchanges.
    pub exchanges: usize,
    /// The most bytes of all of them together, as far as they are text.
    pub bytes: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { exchanges: 1_000_000, bytes: 512 * 1024 * 1024 }
    }
}

/// What an exchange costs besides its text, in bytes.
const ENTRY: usize = 512;

#[derive(Debug, Default)]
pub(super) struct Pages {
    /// Counts resets: a ticket of an earlier epoch writes nowhere.
    pub(super) epoch: u64,
    entries: VecDeque<Arc<Entry>>,
    /// The numbers of entries in the order in which they were opened or changed.
    changed: VecDeque<u64>,
    /// How many changes came before those.
    before: usize,
    last: u64,
    bytes: usize,
    bounds: Bounds,
    /// How many exchanges were cut.
    cut: u64,
    /// Those that were cut last, for whoever holds the lock to let go of when it is open again.
    gone: Vec<Arc<Entry>>,
    /// What is still to be kept on disk; `None` where nothing is.
    unsaved: Option<BTreeMap<u64, Arc<Entry>>>,
}

impl Pages {
    pub(super) fn bounded(bounds: Bounds) -> Self {
        Self { bounds, ..Self::default() }
    }

    /// From now on, what is settled waits to be kept.
    pub(super) fn watch(&mut self) {
        self.unsaved = Some(BTreeMap::new());
    }

    /// What was settled since this was asked last.
    pub(super) fn unsaved(&mut self) -> BTreeMap<u64, Arc<Entry>> {
        self.unsaved.as_mut().map(std::mem::take).unwrap_or_default()
    }

    pub(super) fn last(&self) -> u64 {
        self.last
    }

    pub(super) fn cut(&self) -> u64 {
        self.cut
    }

    /// What was cut since this was asked last.
    pub(super) fn gone(&mut self) -> Vec<Arc<Entry>> {
        std::mem::take(&mut self.gone)
    }

    /// Forgets everything; numbers start at 1 again.
    pub(super) fn reset(&mut self) {
        let unsaved = self.unsaved.as_ref().map(|_| BTreeMap::new());
        *self = Self { epoch: self.epoch + 1, bounds: self.bounds, unsaved, ..Self::default() };
    }

    fn index(&self, number: u64) -> Option<usize> {
        // Where nothing is missing in between, it is where it should be.
        let likely = number.checked_sub(self.entries.front()?.number)? as usize;
        if self.entries.get(likely).is_some_and(|e| e.number == number) {
            return Some(likely);
        }
        self.entries.binary_search_by_key(&number, |e| e.number).ok()
    }

    pub(super) fn get(&self, number: u64) -> Option<&Arc<Entry>> {
        self.entries.get(self.index(number)?)
    }

    /// The entries with a greater number.
    pub(super) fn since(&self, number: u64) -> impl Iterator<Item = &Arc<Entry>> {
        self.entries.range(self.entries.partition_point(|e| e.number <= number)..)
    }

    /// The entries that were opened or changed after so many changes, by number.
    pub(super) fn changed_since(&self, changes: usize) -> Vec<&Arc<Entry>> {
        let from = changes.saturating_sub(self.before).min(self.changed.len());
        let mut numbers: Vec<u64> = self.changed.range(from..).copied().collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers.iter().filter_map(|number| self.get(*number)).collect()
    }

    /// How many changes there were.
    pub(super) fn changes(&self) -> usize {
        self.before + self.changed.len()
    }

    /// Gives the entry the next number.
    pub(super) fn open(&mut self, mut entry: Arc<Entry>, weight: usize) -> u64 {
        self.last += 1;
        Arc::make_mut(&mut entry).number = self.last;
        if let Some(unsaved) = self.unsaved.as_mut().filter(|_| entry.outcome != Outcome::Pending) {
            unsaved.insert(self.last, Arc::clone(&entry));
        }
        self.bytes += weight;
        self.entries.push_back(entry);
        self.changed.push_back(self.last);
        self.shrink();
        self.last
    }

    /// An entry of an earlier run; they come by number.
    pub(super) fn put_back(&mut self, entry: Entry) {
        self.last = entry.number;
        self.bytes += weight(&entry);
        self.changed.push_back(entry.number);
        self.entries.push_back(Arc::new(entry));
        self.shrink();
    }

    /// So many were left out because there was no room.
    pub(super) fn leave_out(&mut self, count: u64) {
        self.cut += count;
    }

    pub(super) fn amend(&mut self, number: u64, change: impl FnOnce(&mut Entry)) {
        let Some(index) = self.index(number) else { return };
        let entry = &mut self.entries[index];
        let before = reply_weight(entry);
        change(Arc::make_mut(entry));
        self.bytes += reply_weight(entry) - before;
        if let Some(unsaved) = self.unsaved.as_mut().filter(|_| entry.outcome != Outcome::Pending) {
            unsaved.insert(number, Arc::clone(entry));
        }
        self.changed.push_back(number);
        self.shrink();
    }

    /// Cuts the oldest that have been settled.
    fn shrink(&mut self) {
        while (self.entries.len() > self.bounds.exchanges || self.bytes > self.bounds.bytes)
            && self.entries.len() > 1
        {
            let settled = self.entries.iter().position(|e| e.outcome != Outcome::Pending).unwrap_or(0);
            if let Some(entry) = self.entries.remove(settled) {
                self.bytes -= weight(&entry);
                self.cut += 1;
                self.gone.push(entry);
            }
            while self.changed.front().is_some_and(|number| self.get(*number).is_none()) {
                self.changed.pop_front();
                self.before += 1;
            }
        }
    }
}

pub(super) fn weight(entry: &Entry) -> usize {
    let request = &entry.request;
    ENTRY + request.target.len() + request.headers.weight() + text(&request.body) + reply_weight(entry)
}

fn reply_weight(entry: &Entry) -> usize {
    entry.reply.as_ref().map_or(0, |reply| reply.headers.weight() + text(&reply.body))
}

fn text(body: &Body) -> usize {
    body.text().map_or(0, str::len)
}

#[cfg(test)]
mod tests {
    use super::super::{Direction, Journal, RawRequest};
    use super::*;
    use crate::exchange::Headers;
    use crate::secrets::Secrets;

    fn journal(exchanges: usize, bytes: usize) -> Journal {
        Journal::bounded(Secrets::new(), Bounds { exchanges, bytes })
    }

    fn exchange(journal: &Journal, body: &[u8]) {
        let raw = RawRequest { method: "POST", target: "/x", headers: Headers::new(), body };
        let ticket = journal.open(Direction::Arrived, raw, None);
        journal.answer(ticket, None, (200, Headers::new(), &"ok".into()), Outcome::Served, None);
    }

    fn numbers(journal: &Journal) -> Vec<u64> {
        journal.entries().iter().map(|e| e.number).collect()
    }

    #[test]
    fn the_oldest_exchanges_are_cut_and_the_others_keep_their_numbers() {
        let journal = journal(3, usize::MAX);
        let begun = journal.end();
        (0..5).for_each(|_| exchange(&journal, b""));
        assert_eq!((numbers(&journal), journal.cut(), journal.len()), (vec![3, 4, 5], 2, 5));
        assert!(journal.entry(2).is_none() && journal.entry(5).is_some());
        assert_eq!(journal.since(4).len(), 1);
        let (settled, end) = journal.settled_since(begun);
        assert_eq!(settled.iter().map(|e| e.number).collect::<Vec<_>>(), [3, 4, 5]);
        exchange(&journal, b"");
        assert_eq!(journal.settled_since(end).0.len(), 1, "a cursor counts what was cut too");
    }

    #[test]
    fn much_text_is_cut_as_many_exchanges_are() {
        let journal = journal(usize::MAX, 100_000);
        (0..10).for_each(|_| exchange(&journal, &vec![b'a'; 30_000]));
        assert_eq!((numbers(&journal), journal.cut()), (vec![8, 9, 10], 7));
    }

    #[test]
    fn what_has_no_answer_yet_is_not_cut() {
        let journal = journal(2, usize::MAX);
        let raw = RawRequest { method: "GET", target: "/slow", headers: Headers::new(), body: b"" };
        let slow = journal.open(Direction::Arrived, raw, None);
        (0..5).for_each(|_| exchange(&journal, b""));
        assert_eq!(numbers(&journal), [1, 6]);
        journal.answer(slow, None, (200, Headers::new(), &"".into()), Outcome::Served, None);
        exchange(&journal, b"");
        assert_eq!(numbers(&journal), [6, 7]);
    }
}
