//! Recordings that were examined before: the same bytes have the same facts, so they are decoded once.
//!
//! HubSpot's side and whoever asks it for its recordings come by with the same file, one soon after the other, and several calls
//! may share one. Read next: `decode` (what is not done again).

use super::{Halt, MediaFacts, examine_until};
use sha2::{Digest as _, Sha256};
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Longer ones are examined each time: to read them twice would take long too.
const LONGEST: u64 = 64 << 20;
/// So many are remembered, the last ones.
const MOST: usize = 16;

/// The facts of one recording, as soon as they are known.
type Known = Arc<Mutex<Option<MediaFacts>>>;

static KNOWN: Mutex<Vec<([u8; 32], Known)>> = Mutex::new(Vec::new());

/// As [`examine_until`], but a recording whose bytes were examined before, or are at this moment, is not decoded again.
pub fn examine_once<R>(mut source: R, halt: &Halt) -> MediaFacts
where
    R: Read + Seek + Send + Sync + 'static,
{
    let Ok(Some(hash)) = hash(&mut source) else { return examine_until(source, halt) };
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

/// The hash of all of it; `None` where it is long.
fn hash<R: Read + Seek>(source: &mut R) -> io::Result<Option<[u8; 32]>> {
    if source.seek(SeekFrom::End(0))? > LONGEST {
        return Ok(None);
    }
    source.seek(SeekFrom::Start(0))?;
    let mut hasher = Sha256::new();
    let mut piece = vec![0; 64 << 10];
    loop {
        match source.read(&mut piece)? {
            0 => return Ok(Some(hasher.finalize().into())),
            count => hasher.update(&piece[..count]),
        }
    }
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
        bytes: Cursor<Vec<u8>>,
        reads: Arc<Mutex<usize>>,
        until: usize,
    }

    impl Read for Counted {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let mut reads = self.reads.lock().unwrap();
            *reads += 1;
            if *reads > self.until { Err(io::ErrorKind::Other.into()) } else { self.bytes.read(buffer) }
        }
    }

    impl Seek for Counted {
        fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
            self.bytes.seek(to)
        }
    }

    fn counted(content: &str, until: usize) -> (Counted, Arc<Mutex<usize>>) {
        let reads = Arc::default();
        (Counted { bytes: Cursor::new(content.into()), reads: Arc::clone(&reads), until }, reads)
    }

    #[test]
    fn the_same_bytes_are_examined_once_and_others_again() {
        let examined = |content: &str| {
            let (source, reads) = counted(content, usize::MAX);
            let facts = examine_once(source, &Halt::default());
            assert_eq!(facts, super::super::examine(Cursor::new(content.as_bytes().to_vec())));
            *reads.lock().unwrap()
        };
        let (first, second, other) = (examined("<p>1</p>"), examined("<p>1</p>"), examined("<p>2</p>"));
        assert!(second < first, "hashed alone: {second} reads after {first}");
        assert_eq!(other, first);
    }

    #[test]
    fn what_was_ended_or_could_not_be_read_is_examined_again() {
        let content = "<p>once more</p>";
        let halt = Halt::default();
        halt.call();
        let hashing = {
            let (source, reads) = counted(content, usize::MAX);
            examine_once(source, &halt);
            let whole = *reads.lock().unwrap();
            let (mut source, reads) = counted(content, usize::MAX);
            hash(&mut source).unwrap();
            assert!(whole > *reads.lock().unwrap());
            *reads.lock().unwrap()
        };
        let (source, _) = counted(content, hashing);
        let unread = examine_once(source, &Halt::default());
        let (source, _) = counted(content, usize::MAX);
        let read = examine_once(source, &Halt::default());
        assert!(unread != read && read == super::super::examine(Cursor::new(content.as_bytes().to_vec())));
    }
}
