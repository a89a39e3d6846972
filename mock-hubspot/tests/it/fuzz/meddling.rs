//! Valid inputs, meddled with: bits turned, numbers at their extremes, pieces cut out, doubled, or put in from another input.
//!
//! Knows nothing of what it spoils. The changes are a proptest strategy, so a failure is shrunk to the few that it takes.
//! The fuzz targets of both crates share it. Read next: `running.rs`.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use std::fmt;
use std::path::Path;
use std::sync::Arc;

/// A valid input, and what it is called; one that failed once, and need not be valid, is called `found-…`.
pub(crate) struct Seed {
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
}

impl Seed {
    /// Whether it must be what a reader takes.
    pub(crate) fn is_valid(&self) -> bool {
        !self.name.starts_with("found-")
    }
}

/// Every file of a folder, by name.
pub(crate) fn seeds(folder: &Path) -> Vec<Seed> {
    let read = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut seeds: Vec<Seed> = read
        .map(|entry| entry.expect("a folder that can be read").path())
        .map(|path| Seed {
            name: path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            bytes: std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())),
        })
        .collect();
    assert!(!seeds.is_empty(), "{} holds no seed", folder.display());
    seeds.sort_by(|one, other| one.name.cmp(&other.name));
    seeds
}

/// A seed after its changes.
#[derive(Clone)]
pub(crate) struct Meddled {
    pub(crate) seed: String,
    changes: Vec<Change>,
    pub(crate) bytes: Vec<u8>,
}

impl fmt::Debug for Meddled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} after {:?}", self.seed, self.changes)
    }
}

/// Numbers at which readers stumble.
const EXTREMES: [u64; 14] = [
    0,
    1,
    2,
    7,
    0x7f,
    0xff,
    0x7fff,
    0xffff,
    0x7fff_ffff,
    0x8000_0000,
    0xffff_fff8,
    0xffff_ffff,
    0x7fff_ffff_ffff_ffff,
    0xffff_ffff_ffff_ffff,
];

/// The same as text, and what no number is.
const DIGITS: [&str; 12] = [
    "0",
    "-1",
    "-0",
    "007",
    "4294967296",
    "9223372036854775807",
    "18446744073709551615",
    "18446744073709551616",
    "99999999999999999999999999999999999999999",
    "1e308",
    "0.1e-400",
    "1e999",
];

/// A place in bytes: mostly near their start, where headers are.
#[derive(Clone, Copy, Debug)]
struct Place(bool, Index);

impl Place {
    fn of(self, length: usize) -> usize {
        let most = if self.0 { length.min(256) } else { length };
        self.1.index(most + 1)
    }
}

fn place() -> impl Strategy<Value = Place> {
    (any::<bool>(), any::<Index>()).prop_map(|(near, index)| Place(near, index))
}

#[derive(Clone, Debug)]
enum Change {
    Bit(Place, u8),
    Byte(Place, u8),
    /// A binary number of so many bytes.
    Number {
        at: Place,
        width: usize,
        big_endian: bool,
        value: u64,
        less: u8,
    },
    /// A number that is written in digits.
    Digits(Index, &'static str),
    /// A quoted text takes the place of another.
    Quoted(Index, Index),
    /// A word stands in quotes, or at a place.
    Word(Index, bool, &'static str),
    /// Everything behind a place is gone.
    Cut(Place),
    Remove(Place, usize),
    Double(Place, usize),
    /// A piece of any seed goes in, over what is there or between it.
    Splice {
        seed: Index,
        from: Index,
        length: usize,
        at: Place,
        over: bool,
    },
    /// A line goes to another place; the same place takes it out.
    Line(Index, Index),
}

fn change(words: &'static [&'static str]) -> impl Strategy<Value = Change> {
    let length = || prop_oneof![4 => 1..40_usize, 1 => 40..3_000_usize];
    prop_oneof![
        3 => (place(), 0..8_u8).prop_map(|(at, bit)| Change::Bit(at, bit)),
        2 => (place(), any::<u8>()).prop_map(|(at, byte)| Change::Byte(at, byte)),
        4 => (place(), select(vec![1, 2, 4, 8_usize]), any::<bool>(), select(EXTREMES.to_vec()), 0..3_u8).prop_map(
            |(at, width, big_endian, value, less)| Change::Number { at, width, big_endian, value, less }
        ),
        2 => (any::<Index>(), select(DIGITS.to_vec())).prop_map(|(nth, digits)| Change::Digits(nth, digits)),
        2 => (any::<Index>(), any::<Index>()).prop_map(|(to, from)| Change::Quoted(to, from)),
        2 => (any::<Index>(), any::<bool>(), select(words.to_vec())).prop_map(|(at, quoted, word)| Change::Word(at, quoted, word)),
        1 => place().prop_map(Change::Cut),
        2 => (place(), length()).prop_map(|(at, length)| Change::Remove(at, length)),
        1 => (place(), length()).prop_map(|(at, length)| Change::Double(at, length)),
        2 => (any::<Index>(), any::<Index>(), length(), place(), any::<bool>()).prop_map(
            |(seed, from, length, at, over)| Change::Splice { seed, from, length, at, over }
        ),
        1 => (any::<Index>(), any::<Index>()).prop_map(|(from, to)| Change::Line(from, to)),
    ]
}

/// Puts `new` where so many bytes stand.
fn put(bytes: &mut Vec<u8>, at: usize, old: usize, new: &[u8]) {
    let end = at.saturating_add(old).min(bytes.len());
    bytes.splice(at.min(end)..end, new.iter().copied());
}

/// Where runs of bytes of one kind begin and end.
fn runs(bytes: &[u8], kind: impl Fn(u8) -> bool) -> Vec<(usize, usize)> {
    let mut runs = Vec::new();
    let mut begun = None;
    for (at, byte) in bytes.iter().copied().chain([0]).enumerate() {
        match begun {
            None if kind(byte) => begun = Some(at),
            Some(from) if !kind(byte) => {
                runs.push((from, at));
                begun = None;
            }
            _ => {}
        }
    }
    runs
}

/// What stands between one quotation mark and the next.
fn quoted(bytes: &[u8]) -> Vec<(usize, usize)> {
    let marks: Vec<usize> = (0..bytes.len()).filter(|at| bytes[*at] == b'"').collect();
    marks.windows(2).map(|pair| (pair[0] + 1, pair[1])).collect()
}

impl Change {
    fn apply(&self, bytes: &mut Vec<u8>, seeds: &[Seed]) {
        match *self {
            Self::Bit(at, bit) => {
                let at = at.of(bytes.len());
                bytes.get_mut(at).into_iter().for_each(|byte| *byte ^= 1 << bit);
            }
            Self::Byte(at, value) => {
                let at = at.of(bytes.len());
                bytes.get_mut(at).into_iter().for_each(|byte| *byte = value);
            }
            Self::Number { at, width, big_endian, value, less } => {
                let value = value.wrapping_sub(u64::from(less));
                let (big, little) = (value.to_be_bytes(), value.to_le_bytes());
                let number = if big_endian { &big[8 - width..] } else { &little[..width] };
                put(bytes, at.of(bytes.len()), width, number);
            }
            Self::Digits(nth, digits) => {
                let runs = runs(bytes, |byte| byte.is_ascii_digit());
                if let Some((from, to)) = (!runs.is_empty()).then(|| *nth.get(&runs)) {
                    put(bytes, from, to - from, digits.as_bytes());
                }
            }
            Self::Quoted(to, from) => {
                let all = quoted(bytes);
                if !all.is_empty() {
                    let (to, from) = (*to.get(&all), *from.get(&all));
                    let text = bytes[from.0..from.1].to_vec();
                    put(bytes, to.0, to.1 - to.0, &text);
                }
            }
            Self::Word(at, within, word) => {
                let all = quoted(bytes);
                if within && !all.is_empty() {
                    let (from, to) = *at.get(&all);
                    put(bytes, from, to - from, word.as_bytes());
                } else {
                    put(bytes, at.index(bytes.len() + 1), 0, word.as_bytes());
                }
            }
            Self::Cut(at) => bytes.truncate(at.of(bytes.len())),
            Self::Remove(at, length) => put(bytes, at.of(bytes.len()), length, &[]),
            Self::Double(at, length) => {
                let at = at.of(bytes.len());
                let piece = bytes[at..at.saturating_add(length).min(bytes.len())].to_vec();
                put(bytes, at, 0, &piece);
            }
            Self::Splice { seed, from, length, at, over } => {
                let other = &seed.get(seeds).bytes;
                let from = from.index(other.len() + 1);
                let piece = &other[from..from.saturating_add(length).min(other.len())];
                put(bytes, at.of(bytes.len()), if over { piece.len() } else { 0 }, piece);
            }
            Self::Line(from, to) => {
                let mut lines: Vec<Vec<u8>> = bytes.split(|b| *b == b'\n').map(<[u8]>::to_vec).collect();
                let (from, to) = (from.index(lines.len()), to.index(lines.len()));
                let line = lines.remove(from);
                if from != to {
                    lines.insert(to, line);
                }
                *bytes = lines.join(&b'\n');
            }
        }
    }
}

/// Seeds with up to eight changes; `words` are those that mean something to the reader.
pub(crate) fn meddled(seeds: Arc<[Seed]>, words: &'static [&'static str]) -> impl Strategy<Value = Meddled> {
    (any::<Index>(), vec(change(words), 0..8)).prop_map(move |(seed, changes)| {
        let seed = seed.get(&seeds);
        let mut bytes = seed.bytes.clone();
        for change in &changes {
            change.apply(&mut bytes, &seeds);
        }
        Meddled { seed: seed.name.clone(), changes, bytes }
    })
}
