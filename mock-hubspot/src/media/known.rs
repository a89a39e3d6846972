//! Recordings that were examined before: the same bytes have the same facts, so they are decoded once.
//!
//! HubSpot's side and whoever asks it for its recordings come by with the same file, one soon after the other, and several calls
//! may share one. Read next: `decode` (what is not done again).

use super::{Halt, MediaFacts, examine_until};
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// So many are remembered, the last ones.
const MOST: usize = 16;

/// The facts of one recording, as soon as they are known.
type Known = Arc<Mutex<Option<MediaFacts>>>;

static KNOWN: Mutex<Vec<([u8; 32], Known)>> = Mutex::new(Vec::new());

/// As [`examine_until`], but a recording whose bytes were examined before, or are at this moment, is not decoded again.
///
/// The hash is the SHA-256 of all of its bytes: whoever received them has made it.
pub fn examine_once<R>(source: R, hash: [u8; 32], halt: &Halt) -> MediaFacts
where
    R: Read + Seek + Send + Sync + 'static,
{
    let known = known(hash);
    // Whoever comes while it is examined waits here.
    let mut facts = known.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(facts) = &*facts {
        return facts.clone();
    }
    let failed = Arc::new(AtomicBool::new(false));
    let found = examine_until(Noted { source, failed: Arc::clone(&failed) }, halt);
    // What was not read to its end says nothing of the bytes.
    if !halt.is_called() && !failed.load(Ordering::Relaxed) {
        *facts = Some(found.clone());
    }
    found
}

fn known(hash: [u8; 32]) -> Known {
    let mut all = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, known)) = all.iter().find(|(one, _)| *one == hash) {
        return Arc::clone(known);
    }
    if all.len() == MOST {
        all.remove(0);
    }
    let known = Known::default();
    all.push((hash, Arc::clone(&known)));
    known
}

/// Notes whether anything could not be read.
struct Noted<R> {
    source: R,
    failed: Arc<AtomicBool>,
}

impl<R> Noted<R> {
    fn note<T>(&self, result: io::Result<T>) -> io::Result<T> {
        result.inspect_err(|_| self.failed.store(true, Ordering::Relaxed))
    }
}

impl<R: Read> Read for Noted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.source.read(buffer);
        self.note(read)
    }
}

impl<R: Seek> Seek for Noted<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = self.source.seek(to);
        self.note(at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    /// Counts the pieces that are read, and fails from so many on.
    struct Counted {
        bytes: Cursor<&'static str>,
        reads: Arc<Mutex<usize>>,
        until: usize,
    }

    impl Read for Counted {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let mut reads = self.reads.lock().unwrap();
            *reads += 1;
            if *reads > self.until { Err(io::Error::other("a bad disk")) } else { self.bytes.read(buffer) }
        }
    }

    impl Seek for Counted {
        fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
            self.bytes.seek(to)
        }
    }

    /// Examines a page that bears this number; tells how often it was read.
    fn examined(number: u8, until: usize, halt: &Halt) -> (MediaFacts, usize) {
        let reads = Arc::default();
        let source = Counted { bytes: Cursor::new("<!doctype html>"), reads: Arc::clone(&reads), until };
        let facts = examine_once(source, [number; 32], halt);
        let reads = *reads.lock().unwrap();
        (facts, reads)
    }

    #[test]
    fn the_same_bytes_are_examined_once_and_others_again() {
        let (facts, reads) = examined(1, usize::MAX, &Halt::default());
        assert!(facts.container == "html" && reads > 0, "{facts:?}");
        assert_eq!(examined(1, usize::MAX, &Halt::default()), (facts.clone(), 0));
        assert_eq!(examined(2, usize::MAX, &Halt::default()), (facts, reads));
    }

    #[test]
    fn what_was_ended_or_could_not_be_read_is_examined_again() {
        let halt = Halt::default();
        halt.call();
        assert_ne!(examined(3, usize::MAX, &halt).1, 0);
        let (unread, reads) = examined(3, 0, &Halt::default());
        assert!(reads > 0 && !unread.problems.is_empty(), "{unread:?}");
        let (facts, reads) = examined(3, usize::MAX, &Halt::default());
        assert!(reads > 0 && facts.problems.is_empty(), "{facts:?}");
    }
}
