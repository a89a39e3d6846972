//! The decisions of the random walk: what it may cost, which failure is looked at, what is simpler. Pure.
//!
//! `probe/random.rs` sends what this chooses. Read next: `normalise.rs` (simpler requests, step by step).

use super::Invariant;
use super::oracle::{self, Asked, Wanted};
use std::collections::BTreeMap;

/// At most so many bytes of one answer are read, as players do.
pub const READ_AT_MOST: u64 = 256 << 10;

/// Bytes that an honest answer to this header costs.
pub fn planned(header: &str, length: u64) -> u64 {
    match oracle::parse(Some(header)) {
        Asked::One(spec) => match oracle::wanted(spec, length) {
            Wanted::Part(first, last) => (last - first + 1).min(READ_AT_MOST),
            Wanted::Unsatisfiable => 0,
        },
        // Everything may come, and is read no further than any other answer.
        _ => length.min(READ_AT_MOST),
    }
}

/// How many of these headers the budget of bytes covers, in their order: computed, so that one seed gives one number.
pub fn affordable<'a>(headers: impl IntoIterator<Item = &'a str>, length: u64, budget: u64) -> usize {
    let mut left = budget;
    headers
        .into_iter()
        .take_while(|header| match left.checked_sub(planned(header, length)) {
            Some(rest) => {
                left = rest;
                true
            }
            None => false,
        })
        .count()
}

/// What one case broke.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseBroke {
    /// Its number.
    pub case: u32,
    /// Whether its range can plainly be satisfied ([`oracle::plainly_satisfiable`]).
    pub satisfiable: bool,
    /// What it broke.
    pub invariants: Vec<Invariant>,
}

/// Cases that broke the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Group {
    /// The invariant.
    pub invariant: Invariant,
    /// Whether their ranges can be satisfied.
    pub satisfiable: bool,
    /// The lowest-numbered case, whichever answered first.
    pub case: u32,
    /// How many there are.
    pub cases: u32,
}

/// One group for each invariant, satisfiable and not apart: an off-by-one is one finding, not ninety. Those that weigh
/// most come first.
pub fn groups(broke: &[CaseBroke]) -> Vec<Group> {
    let mut found: BTreeMap<(bool, Invariant), Group> = BTreeMap::new();
    for one in broke {
        for &invariant in &one.invariants {
            let CaseBroke { case, satisfiable, .. } = *one;
            let group = found.entry((!satisfiable, invariant)).or_insert(Group {
                invariant,
                satisfiable,
                case,
                cases: 0,
            });
            group.case = group.case.min(case);
            group.cases += 1;
        }
    }
    found.into_values().collect()
}

/// A power of two from 1 KiB on, or a multiple of 64 KiB, within 64 bytes of this offset, in words.
pub fn nearest_boundary(offset: u64) -> Option<String> {
    const NEAR: u64 = 64;
    const PIECE: u64 = 64 << 10;
    let powers = (10..63).map(|bit| 1_u64 << bit);
    let piece = offset / PIECE * PIECE;
    let boundary = powers
        .chain([piece])
        .chain(piece.checked_add(PIECE))
        .filter(|&b| b > 0 && b.abs_diff(offset) <= NEAR)
        .min_by_key(|&b| b.abs_diff(offset))?;
    let name = if boundary % (1 << 20) == 0 {
        format!("{boundary} ({} MiB)", boundary >> 20)
    } else {
        format!("{boundary} ({} KiB)", boundary >> 10)
    };
    let bytes = match boundary.abs_diff(offset) {
        1 => "1 byte".to_owned(),
        n => format!("{n} bytes"),
    };
    Some(match offset.cmp(&boundary) {
        std::cmp::Ordering::Equal => format!("at {name}"),
        std::cmp::Ordering::Less => format!("{bytes} before {name}"),
        std::cmp::Ordering::Greater => format!("{bytes} after {name}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_budget_is_planned_from_the_oracle() {
        let headers = ["bytes=0-99", "bytes=0-", "bytes=-10", "bytes=5000000-"];
        assert_eq!(affordable(headers, 1 << 20, 100), 1);
        assert_eq!(affordable(headers, 1 << 20, 100 + READ_AT_MOST), 2);
        assert_eq!(affordable(headers, 1 << 20, 110 + READ_AT_MOST), 4);
    }

    #[test]
    fn a_group_is_named_by_its_lowest_case_and_weighty_ones_come_first() {
        let one = |case, satisfiable, invariants: &[Invariant]| CaseBroke {
            case,
            satisfiable,
            invariants: invariants.to_vec(),
        };
        let broke = [
            one(9, true, &[Invariant::End, Invariant::Bytes]),
            one(3, true, &[Invariant::End]),
            one(1, false, &[Invariant::Class]),
        ];
        let found: Vec<_> =
            groups(&broke).iter().map(|g| (g.invariant, g.satisfiable, g.case, g.cases)).collect();
        let expected =
            [(Invariant::End, true, 3, 2), (Invariant::Bytes, true, 9, 1), (Invariant::Class, false, 1, 1)];
        assert_eq!(found, expected);
    }

    #[test]
    fn boundaries_are_named_when_they_are_near() {
        let named = |offset| nearest_boundary(offset).unwrap_or_default();
        assert_eq!(named(65_536), "at 65536 (64 KiB)");
        assert_eq!(named(65_537), "1 byte after 65536 (64 KiB)");
        assert_eq!(named(196_600), "8 bytes before 196608 (192 KiB)");
        assert_eq!(named(33_554_432), "at 33554432 (32 MiB)");
        assert_eq!(named(4_099), "3 bytes after 4096 (4 KiB)");
        assert_eq!(named(44), "");
        assert_eq!(named(70_000), "");
        assert_eq!(named(u64::MAX), "");
    }
}
