//! The walkers of RIFF and MP4, and the decoders behind them: whatever the bytes are, there are facts, in flat memory, soon.
//!
//! A small file may hold a long sound (one FLAC frame of a few bytes is 65 536 samples), so the time is one of seconds. A decoder
//! that somebody else wrote may give up with a panic, for sums that overflow say: that is caught, and told as a problem. What
//! walks and listens is ours, and does not.

use super::meddling::{meddled, seeds};
use super::running::{Bounds, Target};
use mock_hubspot::media::{MediaFacts, examine};
use std::cell::RefCell;
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::panic;
use std::path::Path;
use std::time::Duration;

const TARGET: Target =
    Target { name: "media", bounds: Bounds { memory: 48 << 20, time: Duration::from_secs(20) } };

/// Names of chunks and boxes, and the words of headers.
const WORDS: &[&str] = &[
    "RIFF",
    "RF64",
    "WAVE",
    "fmt ",
    "data",
    "fact",
    "ds64",
    "LIST",
    "ftyp",
    "moov",
    "mvhd",
    "trak",
    "tkhd",
    "mdia",
    "mdhd",
    "hdlr",
    "soun",
    "minf",
    "stbl",
    "stsd",
    "stts",
    "stsc",
    "stsz",
    "stco",
    "co64",
    "mp4a",
    "esds",
    "wave",
    "elst",
    "edts",
    "mvex",
    "mehd",
    "trex",
    "moof",
    "mfhd",
    "traf",
    "tfhd",
    "tfdt",
    "trun",
    "mdat",
    "sidx",
    "fLaC",
    "ID3\u{4}",
    "OggS",
    "alac",
    "Opus",
    "ulaw",
    "\0\0\0\0",
    "\0\0\0\u{1}",
    "\0\0\0\u{8}",
];

/// A file that is read in crumbs.
struct Crumbs(Cursor<Vec<u8>>);

impl Read for Crumbs {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = buffer.len().min(7);
        self.0.read(&mut buffer[..most])
    }
}

impl Seek for Crumbs {
    fn seek(&mut self, position: SeekFrom) -> io::Result<u64> {
        self.0.seek(position)
    }
}

thread_local! {
    /// Where this thread panicked last.
    static LAST_PANIC: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Notes where panics come from; those of decoders are caught and need no more words.
fn note_panics() {
    let usual = panic::take_hook();
    panic::set_hook(Box::new(move |panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        if !place.contains("symphonia") {
            usual(panic);
        }
        LAST_PANIC.set(place);
    }));
}

fn holds(bytes: &[u8]) -> MediaFacts {
    let facts = examine(Cursor::new(bytes.to_vec()));
    let length = bytes.len() as u64;
    assert!(!facts.container.is_empty());
    if facts.problems.iter().any(|problem| problem.contains("panicked")) {
        let place = LAST_PANIC.take();
        assert!(place.contains("symphonia"), "a panic at {place}");
    }
    if let Some(wav) = &facts.wav {
        let end = wav.data_at.checked_add(wav.data_present).expect("a place in the file");
        assert!(end <= length, "sound is said to lie at {end} of {length} bytes");
    }
    assert!(facts.decoded_frames == 0 || facts.channels == Some(facts.per_channel.len() as u32));
    let outlines = facts.per_channel.iter().map(|channel| channel.envelope.peaks.len());
    assert!(outlines.into_iter().all(|pieces| pieces <= 512));
    // It stands in evidence, and is compared there to the last bit.
    let text = serde_json::to_string(&facts).expect("JSON");
    let again: MediaFacts = serde_json::from_str(&text).expect("what was written is read");
    assert_eq!(again, facts);
    // How the file arrives makes no difference; a few are enough to see it.
    if bytes.iter().fold(0_u8, |sum, byte| sum.wrapping_add(*byte)) < 16 {
        let crumbs = examine(Crumbs(Cursor::new(bytes.to_vec())));
        assert_eq!(crumbs, facts, "read in crumbs it is something else");
    }
    facts
}

#[test]
fn any_file_gives_facts_in_flat_memory() {
    note_panics();
    let seeds = seeds(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/fuzz/seeds/media"));
    for seed in &seeds {
        let facts = holds(&seed.bytes);
        if !seed.is_valid() {
            continue;
        }
        let named = seed.name.rsplit('.').next();
        assert_eq!(named, Some(facts.container.as_str()), "{} is a seed no more", seed.name);
        let heard = facts.decoded_frames > 0 || facts.undecodable;
        assert!(heard, "{}: {:?}", seed.name, facts.problems);
    }
    let inputs = meddled(seeds.into(), WORDS);
    TARGET.run(&inputs, |input| input.bytes.clone(), |input| drop(holds(&input.bytes)));
}
