//! What becomes of a body while it is read: compared with the spooled recording, written to a file, hashed, or kept where
//! it is small text. It never holds more than a small piece.

use crate::evidence::{Content, Difference};
use mock_hubspot::secrets::Secrets;
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, Write as _};
use std::os::unix::fs::FileExt;
use std::sync::Mutex;

/// Text up to this length is kept as evidence.
const SMALL: usize = 64 << 10;
/// How many first bytes are kept of what is hashed.
const HEAD: usize = 64;
/// How much of the recording is read at once to compare.
const PIECE: usize = 64 << 10;

/// Buffers that are used again.
pub(super) type Buffers = Mutex<Vec<Vec<u8>>>;

/// So much of a recording's beginning is compared without asking the disk; most recordings of tests are shorter.
const START: u64 = 4 << 20;

/// A recording on disk.
#[derive(Debug)]
pub(super) struct Spooled {
    /// The file.
    pub(super) file: File,
    /// Its length in bytes.
    pub(super) length: u64,
    /// As much of its beginning as is in memory.
    start: Vec<u8>,
}

impl Spooled {
    /// A recording of so many bytes that was written to this file.
    pub(super) fn of(file: File, length: u64) -> Self {
        Self::with_start(file, length, START)
    }

    fn with_start(file: File, length: u64, start: u64) -> Self {
        let mut bytes = vec![0; length.min(start) as usize];
        // What cannot be read now is read, or told of, when it is compared.
        if file.read_exact_at(&mut bytes, 0).is_err() {
            bytes.clear();
        }
        Self { file, length, start: bytes }
    }

    /// So many bytes from there on, by way of the buffer where they are not in memory.
    fn piece<'a>(&'a self, at: u64, count: usize, buffer: &'a mut [u8]) -> io::Result<&'a [u8]> {
        let from = usize::try_from(at).unwrap_or(usize::MAX);
        if let Some(piece) = self.start.get(from..from.saturating_add(count)) {
            return Ok(piece);
        }
        self.file.read_exact_at(&mut buffer[..count], at)?;
        Ok(&buffer[..count])
    }
}

/// Lower-case hex.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut all, b| {
        let _ = write!(all, "{b:02x}");
        all
    })
}

/// Compares what arrives with the recording from an offset on.
struct Comparison<'a> {
    recording: &'a Spooled,
    offset: u64,
    equal: u64,
    difference: Option<(String, String)>,
    buffer: Vec<u8>,
}

impl Comparison<'_> {
    fn take(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() && self.difference.is_none() {
            let at = self.offset.saturating_add(self.equal);
            let room = usize::try_from(self.recording.length.saturating_sub(at)).unwrap_or(PIECE);
            let count = bytes.len().min(PIECE).min(room);
            let mine = self.recording.piece(at, count, &mut self.buffer)?;
            let (theirs, rest) = bytes.split_at(count);
            if mine == theirs && count > 0 {
                self.equal += count as u64;
                bytes = rest;
                continue;
            }
            let same = mine.iter().zip(theirs).take_while(|(a, b)| a == b).count();
            self.equal += same as u64;
            let came = &bytes[same..bytes.len().min(same + 16)];
            let mut due = [0; 16];
            let left = self.recording.length.saturating_sub(at + same as u64).min(16) as usize;
            self.recording.file.read_exact_at(&mut due[..left], at + same as u64)?;
            self.difference = Some((hex(&due[..left]), hex(came)));
        }
        Ok(())
    }
}

/// Where a body goes.
pub(super) struct Sink<'a> {
    length: u64,
    head: Vec<u8>,
    kept: Vec<u8>,
    keep: usize,
    comparison: Option<Comparison<'a>>,
    /// A difference is evidence only of an answer that claims to be the recording.
    claims_recording: bool,
    hasher: Option<Sha256>,
    spool: Option<&'a File>,
    buffers: &'a Buffers,
}

impl<'a> Sink<'a> {
    /// A body that is hashed, and kept while it is no longer than this.
    pub(super) fn hashing(keep: usize, buffers: &'a Buffers) -> Self {
        Self {
            length: 0,
            head: Vec::new(),
            kept: Vec::new(),
            keep,
            comparison: None,
            claims_recording: false,
            hasher: Some(Sha256::new()),
            spool: None,
            buffers,
        }
    }
    /// A body that claims to be the recording from `offset` on.
    pub(super) fn comparing(recording: &'a Spooled, offset: u64, buffers: &'a Buffers) -> Self {
        let mut sink = Self::hashing(0, buffers).also_comparing(recording, offset);
        sink.claims_recording = true;
        sink.hasher = None;
        sink
    }
    /// Also looks whether it is the recording.
    pub(super) fn also_comparing(mut self, recording: &'a Spooled, offset: u64) -> Self {
        let pooled = self.buffers.lock().ok().and_then(|mut pool| pool.pop());
        let buffer = pooled.unwrap_or_else(|| vec![0; PIECE]);
        self.comparison = Some(Comparison { recording, offset, equal: 0, difference: None, buffer });
        self
    }
    /// Also writes it to a file.
    pub(super) fn also_writing(mut self, file: &'a File) -> Self {
        self.spool = Some(file);
        self
    }
    /// Text of a small body is kept.
    pub(super) const SMALL: usize = SMALL;

    /// Takes the next bytes.
    pub(super) fn take(&mut self, bytes: &[u8]) -> io::Result<()> {
        let first = bytes.len().min(HEAD - self.head.len());
        self.head.extend_from_slice(&bytes[..first]);
        let room = (self.keep + 1).saturating_sub(self.kept.len());
        if self.keep > 0 {
            self.kept.extend_from_slice(&bytes[..bytes.len().min(room)]);
        }
        self.length += bytes.len() as u64;
        if let Some(hasher) = &mut self.hasher {
            hasher.update(bytes);
        }
        if let Some(mut file) = self.spool {
            file.write_all(bytes)?;
        }
        self.comparison.as_mut().map_or(Ok(()), |comparison| comparison.take(bytes))
    }

    /// What was kept so far.
    pub(super) fn kept(&self) -> &[u8] {
        &self.kept
    }

    /// What the bytes were; the whole body where it was kept; its hash where it was made.
    pub(super) fn finish(mut self, secrets: &Secrets) -> Finished {
        let sha256 = self.hasher.take().map(|hasher| hex(&hasher.finalize()));
        let kept = if self.kept.len() <= self.keep { std::mem::take(&mut self.kept) } else { Vec::new() };
        let content = self.content(&kept, sha256.as_deref(), secrets);
        if let Some(comparison) = self.comparison
            && let Ok(mut pool) = self.buffers.lock()
        {
            pool.push(comparison.buffer);
        }
        Finished { length: self.length, content, kept, sha256 }
    }

    fn content(&self, kept: &[u8], sha256: Option<&str>, secrets: &Secrets) -> Content {
        if self.length == 0 {
            return Content::Empty;
        }
        if let Some(Comparison { offset, equal, difference, .. }) = &self.comparison {
            match difference {
                None if self.claims_recording || self.length > 1024 => {
                    return Content::Equal { offset: *offset };
                }
                Some((expected, received)) if self.claims_recording => {
                    return Content::Differs(Difference {
                        offset: *offset,
                        equal: *equal,
                        expected: expected.clone(),
                        received: received.clone(),
                        head: hex(&self.head[..self.head.len().min(32)]),
                    });
                }
                _ => {}
            }
        }
        let text = std::str::from_utf8(kept).ok().filter(|text| !text.is_empty() && !text.contains('\0'));
        match text {
            Some(text) if kept.len() <= SMALL => Content::Text(secrets.cut_text(text)),
            // Too long to keep: not even its first bytes may show a secret.
            Some(text) => Content::Hashed {
                sha256: sha256.unwrap_or_default().into(),
                head: hex(secrets.cut_text(text).bytes().take(HEAD).collect::<Vec<_>>().as_slice()),
            },
            None => Content::Hashed { sha256: sha256.unwrap_or_default().into(), head: hex(&self.head) },
        }
    }
}

/// A body that was read.
pub(super) struct Finished {
    /// Bytes received.
    pub(super) length: u64,
    /// What they were.
    pub(super) content: Content,
    /// The body itself, where it was to be kept and is small enough. Never evidence: its secrets are not cut.
    pub(super) kept: Vec<u8>,
    /// Its SHA-256, where it was made.
    pub(super) sha256: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn spooled(bytes: &[u8], in_memory: u64) -> Spooled {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        Spooled::with_start(file, bytes.len() as u64, in_memory)
    }

    fn compared(recording: &Spooled, offset: u64, pieces: &[&[u8]]) -> Content {
        let buffers = Buffers::default();
        let mut sink = Sink::comparing(recording, offset, &buffers);
        for piece in pieces {
            sink.take(piece).unwrap();
        }
        sink.finish(&Secrets::default()).content
    }

    #[test]
    fn bytes_past_the_end_differ_from_nothing() {
        let recording = spooled(b"0123456789", START);
        let Content::Differs(found) = compared(&recording, 8, &[b"89", b"ab"]) else { panic!("it differs") };
        assert_eq!((found.equal, found.expected.as_str(), found.received.as_str()), (2, "", "6162"));
        let Content::Differs(found) = compared(&recording, u64::MAX, &[b"x"]) else { panic!("it differs") };
        assert_eq!((found.equal, found.expected.as_str()), (0, ""));
    }

    #[test]
    fn long_text_is_not_kept_and_a_kept_body_is_whole_or_empty() {
        let buffers = Buffers::default();
        let mut sink = Sink::hashing(10, &buffers);
        sink.take(b"0123456789a").unwrap();
        let finished = sink.finish(&Secrets::default());
        assert!(finished.kept.is_empty());
        assert!(matches!(finished.content, Content::Hashed { .. }));
    }

    proptest! {
        #[test]
        fn the_first_difference_is_found_wherever_it_is(
            offset in 0_usize..3000, count in 1_usize..150_000, at in 0_usize..150_000, cut in 1_usize..70_000,
            in_memory in prop_oneof![Just(0), Just(START), 0_u64..160_000]
        ) {
            let recording: Vec<u8> = (0..160_000_u32).map(|i| (i * 7 % 251) as u8).collect();
            let file = spooled(&recording, in_memory);
            let mut body = recording[offset..offset + count].to_vec();
            let wrong = at < count;
            if wrong {
                body[at] ^= 0xff;
            }
            let pieces: Vec<&[u8]> = body.chunks(cut).collect();
            match compared(&file, offset as u64, &pieces) {
                Content::Equal { offset: from } => prop_assert!(!wrong && from == offset as u64),
                Content::Differs(found) => {
                    prop_assert!(wrong);
                    prop_assert_eq!(found.equal, at as u64);
                    prop_assert_eq!(&found.expected[..2], hex(&recording[offset + at..=offset + at]));
                }
                other => prop_assert!(false, "{:?}", other),
            }
        }
    }
}
