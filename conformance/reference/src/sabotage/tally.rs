//! What a liar must remember: how often something was asked, and what was done already.

use std::{
    collections::{HashMap, VecDeque},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

/// Counts, per process.
#[derive(Default)]
pub(crate) struct Tally {
    under_way: Arc<()>,
    registered: AtomicBool,
    answers: AtomicU64,
    recordings: AtomicU64,
    asks: Mutex<HashMap<String, u64>>,
    fetches: Mutex<HashMap<String, u64>>,
    twins: Mutex<HashMap<String, String>>,
    seen: Mutex<HashMap<String, u64>>,
    lately: Mutex<VecDeque<String>>,
    cold: AtomicBool,
    last: Mutex<Option<Instant>>,
}

/// One call whose story is being told.
pub(crate) struct UnderWay(Arc<()>);

impl UnderWay {
    /// How many other calls were under way.
    pub(crate) fn others(&self) -> usize {
        // The tally holds one, this call another.
        Arc::strong_count(&self.0).saturating_sub(2)
    }
}

impl Tally {
    /// Counts a call for as long as the result lives.
    pub(crate) fn begin_call(&self) -> UnderWay {
        UnderWay(Arc::clone(&self.under_way))
    }

    /// True once.
    pub(crate) fn registers_now(&self) -> bool {
        !self.registered.swap(true, Ordering::Relaxed)
    }

    /// Another number each time.
    pub(crate) fn number(&self) -> u64 {
        self.answers.fetch_add(1, Ordering::Relaxed)
    }

    /// How many recordings came before this one.
    pub(crate) fn recording(&self) -> u64 {
        self.recordings.fetch_add(1, Ordering::Relaxed)
    }

    /// How often the endpoint was asked for this recording, now included.
    pub(crate) fn ask(&self, key: &str) -> u64 {
        count(&self.asks, key)
    }

    /// How often this recording was fetched, now included.
    pub(crate) fn fetch(&self, key: &str) -> u64 {
        count(&self.fetches, key)
    }

    /// How often this was seen, now included.
    pub(crate) fn seen(&self, what: &str) -> u64 {
        count(&self.seen, what)
    }

    /// Whether this was among the last ones that were asked about here.
    pub(crate) fn was_lately(&self, what: &str) -> bool {
        const REMEMBERED: usize = 10;
        let mut lately = self.lately.lock().unwrap_or_else(PoisonError::into_inner);
        let was = lately.iter().any(|other| other == what);
        lately.push_back(what.to_owned());
        if lately.len() > REMEMBERED {
            lately.pop_front();
        }
        was
    }

    /// Whatever is asked next was not asked before.
    pub(crate) fn cool(&self) {
        self.cold.store(true, Ordering::Relaxed);
    }

    /// True once after each cooling.
    pub(crate) fn is_cold(&self) -> bool {
        self.cold.swap(false, Ordering::Relaxed)
    }

    /// How long nothing was asked before this.
    pub(crate) fn pause(&self) -> Duration {
        let now = Instant::now();
        let before = self.last.lock().unwrap_or_else(PoisonError::into_inner).replace(now);
        before.map_or(Duration::ZERO, |before| now - before)
    }

    /// Names the recording that is given in place of this one.
    pub(crate) fn pair(&self, key: &str, twin: &str) {
        self.twins.lock().unwrap_or_else(PoisonError::into_inner).insert(key.to_owned(), twin.to_owned());
    }

    /// The recording that is given in place of this one.
    pub(crate) fn twin(&self, key: &str) -> Option<String> {
        self.twins.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
    }
}

fn count(counts: &Mutex<HashMap<String, u64>>, key: &str) -> u64 {
    let mut counts = counts.lock().unwrap_or_else(PoisonError::into_inner);
    let count = counts.entry(key.to_owned()).or_default();
    *count += 1;
    *count
}
