//! Random Range requests as proptest strategies, from what is known of the recording. Pure.
//!
//! The weights come from measurements (which mix hit which fault soonest). The same seed gives the same requests on every
//! machine. Read next: `walk.rs` (what is done with a case that failed).

use super::oracle::Spec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::{NewTree, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use sha2::{Digest, Sha256};

/// One random request: a single range, in some spelling.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum RandomCase {
    /// `bytes=a-b`
    Closed {
        /// The first byte.
        first: u64,
        /// The last byte, inclusive.
        last: u64,
    },
    /// `bytes=a-`
    Open {
        /// The first byte.
        first: u64,
    },
    /// `bytes=-n`
    Suffix {
        /// How many bytes from the end.
        length: u64,
    },
    /// `bytes=a-b` with zeros before its numbers: odd and legal (`1*DIGIT`, RFC 9110 §14.1.1).
    Padded {
        /// The first byte.
        first: u64,
        /// The last byte, inclusive.
        last: u64,
        /// How many zeros stand before each number.
        zeros: u8,
    },
    /// What the grammar does not allow.
    Misspelt {
        /// How it is misspelt.
        how: Misspelling,
        /// The first byte that it seems to ask for.
        first: u64,
        /// The last one.
        last: u64,
    },
}

/// A way not to spell a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Misspelling {
    /// The end stands before the start.
    Reversed,
    /// A sign before the first number.
    Sign,
    /// Three numbers.
    Three,
    /// Something after the range.
    Parameter,
    /// No unit.
    NoUnit,
}

impl RandomCase {
    /// The value of the Range header.
    pub fn header(&self) -> String {
        match *self {
            Self::Closed { first, last } => format!("bytes={}", Spec::FromTo(first, last)),
            Self::Open { first } => format!("bytes={}", Spec::From(first)),
            Self::Suffix { length } => format!("bytes={}", Spec::Suffix(length)),
            Self::Padded { first, last, zeros } => {
                let zeros = "0".repeat(usize::from(zeros));
                format!("bytes={zeros}{first}-{zeros}{last}")
            }
            Self::Misspelt { how, first, last } => match how {
                Misspelling::Reversed => format!("bytes={}-{first}", last.saturating_add(1)),
                Misspelling::Sign => format!("bytes=+{first}-{last}"),
                Misspelling::Three => format!("bytes={first}-{last}-{last}"),
                Misspelling::Parameter => format!("bytes={first}-{last};q=1"),
                Misspelling::NoUnit => format!("{first}-{last}"),
            },
        }
    }
}

/// A case that can be made simpler.
pub type Tree = Sent<RandomCase>;

/// A tree behind a pointer that may go to another thread; proptest's own boxes may not.
type Sent<V> = Box<dyn ValueTree<Value = V> + Send>;

/// A strategy whose trees are behind a pointer. A union's tree has room for every arm, each with a generator of its own: without
/// this, generating a case moves tens of kilobytes about.
#[derive(Debug)]
struct Apart<S>(S);

impl<S: Strategy<Tree: Send + 'static>> Strategy for Apart<S> {
    type Tree = Sent<S::Value>;
    type Value = S::Value;

    fn new_tree(&self, runner: &mut TestRunner) -> NewTree<Self> {
        Ok(Box::new(self.0.new_tree(runner)?))
    }
}

/// The cases of a story for a recording of `length` bytes, without end; none for an empty one. A tree is large: whoever needs
/// many cases keeps their [`RandomCase`], not their trees.
pub fn cases(seed: u64, story: &str, length: u64) -> impl Iterator<Item = Tree> + use<> {
    let bytes = Sha256::new().chain_update(seed.to_be_bytes()).chain_update(story).finalize();
    let config = Config { failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes));
    let strategy = (length > 0).then(|| case(length));
    std::iter::from_fn(move || {
        let tree = strategy.as_ref()?.new_tree(&mut runner);
        Some(tree.expect("no strategy here rejects what it generated"))
    })
}

/// Offsets at which servers go wrong: around headers of recordings, powers of two, pieces of 64 KiB, and the end.
pub fn edges(length: u64) -> Vec<u64> {
    let powers = [4 << 10, 8 << 10, 16 << 10, 32 << 10, 64 << 10, 128 << 10, 1 << 20];
    let around = powers.into_iter().flat_map(|p: u64| [p - 1, p, p + 1]);
    let near_end = [length / 2, length.saturating_sub(2), length.saturating_sub(1)];
    let mut all: Vec<u64> = [0, 1, 2, 43, 44, 45, 5 << 20]
        .into_iter()
        .chain(around)
        .chain(near_end)
        .filter(|&e| e < length)
        .collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// Lengths: mostly small, some of a player's size, a few large.
fn size() -> impl Strategy<Value = u64, Tree: Send> + Send + Sync + use<> {
    prop_oneof![43 => 1_u64..=64, 43 => 1_u64..=70_000, 14 => 1_u64..=2_000_000]
}

/// Boundaries that a range may cross: after a header of 44 bytes, and between pieces.
fn boundaries(length: u64) -> Vec<u64> {
    let pieces = (1..=64).map(|i| i * (64 << 10));
    let all = [44, 4 << 10, 8 << 10, 16 << 10, 32 << 10].into_iter().chain(pieces);
    let mut inside: Vec<u64> = all.filter(|&b| b < length).collect();
    inside.push(length / 2);
    inside.sort_unstable();
    inside.dedup();
    inside
}

/// The mix. `length` is at least 1. Simpler kinds come first: shrinking moves towards them.
fn case(length: u64) -> impl Strategy<Value = RandomCase, Tree = Tree> + use<> {
    let end = length - 1;
    let start = move || prop_oneof![40 => select(edges(length)), 60 => 0..length];
    let single = start().prop_map(|first| RandomCase::Closed { first, last: first });
    let closed = (start(), size())
        .prop_map(move |(first, size)| RandomCase::Closed { first, last: (first + size - 1).min(end) });
    let across =
        (select(boundaries(length)), 1_u64..=600, 0_u64..=600).prop_map(move |(at, before, after)| {
            RandomCase::Closed { first: at.saturating_sub(before), last: (at + after).min(end) }
        });
    let crossing_end = (prop_oneof![1_u64..=64, 1_u64..=70_000], prop_oneof![0_u64..=64, 0_u64..=2_000_000])
        .prop_map(move |(before, beyond)| RandomCase::Closed {
            first: length.saturating_sub(before),
            last: length + beyond,
        });
    let open = start().prop_map(|first| RandomCase::Open { first });
    let suffix = prop_oneof![60 => 1_u64..=64, 30 => 1_u64..=70_000, 10 => 1..=length]
        .prop_map(move |n| RandomCase::Suffix { length: n.min(length) });
    let padded = (start(), size(), 1_u8..=8).prop_map(move |(first, size, zeros)| RandomCase::Padded {
        first,
        last: (first + size - 1).min(end),
        zeros,
    });
    let nothing = prop_oneof![
        4 => (0_u64..=70_000, 0_u64..=70_000)
            .prop_map(move |(past, more)| RandomCase::Closed { first: length + past, last: length + past + more }),
        3 => (0_u64..=70_000).prop_map(move |past| RandomCase::Open { first: length + past }),
        1 => Just(RandomCase::Suffix { length: 0 }),
        1 => (1_u64..=70_000).prop_map(move |more| RandomCase::Suffix { length: length + more }),
    ];
    let ways = [
        Misspelling::Reversed,
        Misspelling::Sign,
        Misspelling::Three,
        Misspelling::Parameter,
        Misspelling::NoUnit,
    ];
    let misspelt = (select(ways.to_vec()), start(), 0_u64..=64).prop_map(move |(how, first, more)| {
        RandomCase::Misspelt { how, first, last: (first + more).min(end) }
    });
    Apart(prop_oneof![
        10 => Apart(single),
        50 => Apart(closed),
        10 => Apart(across),
        10 => Apart(crossing_end),
        10 => Apart(open),
        20 => Apart(suffix),
        3 => Apart(padded),
        5 => Apart(nothing),
        4 => Apart(misspelt),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::range::oracle::{Asked, Wanted, parse, plainly_satisfiable, wanted};

    fn headers(seed: u64, story: &str, length: u64, n: u32) -> Vec<String> {
        cases(seed, story, length).take(n as usize).map(|tree| tree.current().header()).collect()
    }

    #[test]
    fn one_seed_gives_one_list_and_a_longer_list_begins_with_it() {
        let list = headers(7, "outbound-call", 58_492_878, 256);
        assert_eq!(list, headers(7, "outbound-call", 58_492_878, 256));
        assert_eq!(list[..100], headers(7, "outbound-call", 58_492_878, 100));
        assert_ne!(list, headers(8, "outbound-call", 58_492_878, 256));
        assert_ne!(list, headers(7, "inbound-call", 58_492_878, 256));
        // Written down, so that another machine, or a new version of a library, cannot change them unseen.
        let first: Vec<_> = list.iter().take(6).map(String::as_str).collect();
        assert_eq!(first, FIRST_SIX);
    }

    const FIRST_SIX: [&str; 6] = [
        "bytes=6310484-6310484",
        "bytes=5242880-5242924",
        "bytes=4097-",
        "bytes=1048577-1048595",
        "bytes=32767-44279",
        "bytes=26399513-26399539",
    ];

    #[test]
    fn most_cases_can_be_satisfied_and_few_are_illegal() {
        for length in [2048, 1_460_000, 58_492_878] {
            let list = headers(1, "any", length, 2000);
            let share =
                |test: &dyn Fn(&str) -> bool| list.iter().filter(|h| test(h)).count() * 100 / list.len();
            let illegal = share(&|h| matches!(parse(Some(h)), Asked::Invalid(_)));
            let satisfiable = share(
                &|h| matches!(parse(Some(h)), Asked::One(s) if wanted(s, length) != Wanted::Unsatisfiable),
            );
            assert!((1..=5).contains(&illegal), "{illegal} % illegal");
            assert!((88..=97).contains(&satisfiable), "{satisfiable} % satisfiable");
            assert!(share(&|h| plainly_satisfiable(Some(h), length)) >= 85);
        }
    }

    #[test]
    fn tiny_recordings_have_cases_too() {
        assert!(headers(1, "any", 0, 9).is_empty());
        for length in 1..50 {
            assert_eq!(headers(length, "any", length, 50).len(), 50);
        }
    }
}
