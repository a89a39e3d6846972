//! The recordings that HubSpot's side fetched, kept for a while so that they can be looked at.
//!
//! Bounded: the oldest ones go first, and what is longer than `LONGEST` is not kept. Read next: `media/`, `page/waves.rs`.

use crate::media::{self, MediaFacts};
use bytes::Bytes;
use std::collections::VecDeque;
use std::io::Cursor;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::OnceCell;

/// The longest recording that is kept, in bytes.
pub(crate) const LONGEST: usize = 32 * 1024 * 1024;
/// How much all of them may take.
const MOST: usize = 3 * LONGEST;

/// A handle on them; cheap to clone.
#[derive(Clone, Default)]
pub(crate) struct Sounds(Arc<Mutex<VecDeque<Arc<Sound>>>>);

/// The recording of one call, as it was fetched last.
pub(crate) struct Sound {
    call_id: u64,
    /// `None` where it was too long to be kept.
    bytes: Option<Bytes>,
    pub(crate) length: u64,
    facts: OnceCell<Arc<MediaFacts>>,
}

impl Sounds {
    fn all(&self) -> MutexGuard<'_, VecDeque<Arc<Sound>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a recording in place of the one that the call had before; `length` is that of the whole.
    pub(crate) fn keep(&self, call_id: u64, bytes: Vec<u8>, length: u64) {
        let whole = bytes.len() as u64 == length && bytes.len() <= LONGEST;
        let bytes = whole.then(|| Bytes::from(bytes));
        let mut all = self.all();
        all.retain(|sound| sound.call_id != call_id);
        all.push_back(Arc::new(Sound { call_id, bytes, length, facts: OnceCell::new() }));
        while all.iter().map(|sound| sound.size()).sum::<usize>() > MOST {
            all.pop_front();
        }
    }

    /// The recording of a call.
    pub(crate) fn of(&self, call_id: u64) -> Option<Arc<Sound>> {
        self.all().iter().find(|sound| sound.call_id == call_id).cloned()
    }

    pub(crate) fn reset(&self) {
        self.all().clear();
    }
}

impl Sound {
    /// What it costs, the small ones included.
    fn size(&self) -> usize {
        self.bytes.as_ref().map_or(0, Bytes::len) + 1024
    }

    /// What is heard in it; `None` where it was too long to be kept.
    pub(crate) async fn facts(&self) -> Option<Arc<MediaFacts>> {
        let bytes = self.bytes.clone()?;
        let examine = || async move {
            let examined = tokio::task::spawn_blocking(move || media::examine(Cursor::new(bytes)));
            Arc::new(examined.await.unwrap_or_default())
        };
        Some(Arc::clone(self.facts.get_or_init(examine).await))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_oldest_recordings_go_first_and_long_ones_are_not_kept() {
        let sounds = Sounds::default();
        for call_id in 1..=4 {
            sounds.keep(call_id, vec![0; LONGEST - 1024], (LONGEST - 1024) as u64);
        }
        assert!(sounds.of(1).is_none() && sounds.of(2).is_some());
        sounds.keep(2, vec![0; 10], 1_000_000_000);
        let long = sounds.of(2).expect("it is named");
        assert_eq!(long.length, 1_000_000_000);
        assert!(long.facts().await.is_none());
        sounds.keep(5, b"<!doctype html>".to_vec(), 15);
        let facts = sounds.of(5).expect("it is kept").facts().await.expect("facts");
        assert_eq!(facts.container, "html");
        sounds.reset();
        assert!(sounds.of(5).is_none());
    }
}
