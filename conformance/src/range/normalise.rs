//! Simpler requests for a failure, step by step, after proptest has shrunk it: shrinking alone can end in an open range,
//! or far from the first wrong byte. Pure: it proposes, and is told what came.

use super::Invariant;
use super::oracle::{self, Asked, Wanted};
use super::strategy::{RandomCase, edges};
use std::collections::{BTreeMap, VecDeque};

/// What a tried request showed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// It does not break the invariant.
    Passes,
    /// It breaks it; for wrong bytes, from this offset of the recording on.
    Fails(Option<u64>),
}

/// Proposes simpler requests until there is none.
#[derive(Debug)]
pub struct Normaliser {
    length: u64,
    invariant: Invariant,
    satisfiable: bool,
    best: RandomCase,
    first_wrong: Option<u64>,
    stage: Stage,
    queue: VecDeque<RandomCase>,
    pool: Vec<u64>,
    /// The last start that passed, where the bisection of starts begins.
    passes_at: u64,
    seen: BTreeMap<String, Seen>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Rewrite,
    Tiny,
    /// Among the odd edges: those before `low` pass, the one at `high` fails.
    Edges {
        low: usize,
        high: usize,
    },
    Length {
        passes: u64,
    },
    First {
        passes: u64,
    },
    Done,
}

impl Normaliser {
    /// Starts from a request that breaks the invariant; `seen` holds what other requests showed already.
    pub fn new(
        best: RandomCase,
        first_wrong: Option<u64>,
        invariant: Invariant,
        length: u64,
        seen: BTreeMap<String, Seen>,
    ) -> Self {
        let satisfiable = oracle::plainly_satisfiable(Some(&best.header()), length);
        let (stage, queue) = (Stage::Rewrite, VecDeque::new());
        let (pool, passes_at) = (Vec::new(), 0);
        let mut all =
            Self { length, invariant, satisfiable, best, first_wrong, stage, queue, pool, passes_at, seen };
        all.queue = all.rewrites();
        all
    }

    /// The simplest request so far, and the first wrong offset that it showed.
    pub fn best(&self) -> (&RandomCase, Option<u64>) {
        (&self.best, self.first_wrong)
    }

    /// The next request worth sending; `None` when nothing simpler is left to try.
    pub fn next_candidate(&mut self) -> Option<RandomCase> {
        while self.stage != Stage::Done {
            let Some(candidate) = self.candidate() else {
                self.advance();
                continue;
            };
            let header = candidate.header();
            if header == self.best.header()
                || oracle::plainly_satisfiable(Some(&header), self.length) != self.satisfiable
            {
                self.pass(&candidate);
                continue;
            }
            match self.seen.get(&header) {
                None => return Some(candidate),
                Some(&seen) => self.tell(candidate, seen),
            }
        }
        None
    }

    /// What a request showed that [`Self::next_candidate`] gave.
    pub fn tell(&mut self, candidate: RandomCase, seen: Seen) {
        self.seen.insert(candidate.header(), seen);
        match seen {
            Seen::Passes => self.pass(&candidate),
            Seen::Fails(first_wrong) => {
                self.best = candidate;
                self.first_wrong = first_wrong.or(self.first_wrong);
                self.succeed();
            }
        }
    }

    fn pass(&mut self, candidate: &RandomCase) {
        match (&mut self.stage, candidate) {
            (Stage::Edges { low, high }, _) => {
                let middle = *low + (*high - *low) / 2;
                if let Some(edge) = self.pool.get(middle) {
                    self.passes_at = *edge;
                }
                *low = middle + 1;
            }
            (Stage::Length { passes }, _) => *passes = size(candidate).unwrap_or(*passes),
            (Stage::First { passes }, _) => *passes = first(candidate).unwrap_or(*passes),
            _ => {
                self.queue.pop_front();
            }
        }
    }

    /// A simpler one was found: each stage but the bisections has then done what it can.
    fn succeed(&mut self) {
        match &mut self.stage {
            Stage::Edges { low, high } => *high = *low + (*high - *low) / 2,
            Stage::Length { .. } | Stage::First { .. } => {}
            _ => self.advance(),
        }
    }

    fn candidate(&self) -> Option<RandomCase> {
        match self.stage {
            Stage::Edges { low, high } if low < high => {
                moved(&self.best, *self.pool.get(low + (high - low) / 2)?)
            }
            Stage::Length { passes } => {
                let fails = size(&self.best)?;
                let middle = passes + fails.checked_sub(passes)? / 2;
                (middle > passes).then(|| resized(&self.best, middle))?
            }
            Stage::First { passes } => {
                let fails = first(&self.best)?;
                let middle = passes + fails.checked_sub(passes)? / 2;
                (middle > passes).then(|| moved(&self.best, middle))?
            }
            Stage::Done | Stage::Edges { .. } => None,
            Stage::Rewrite | Stage::Tiny => self.queue.front().cloned(),
        }
    }

    fn advance(&mut self) {
        self.stage = match self.stage {
            Stage::Rewrite => Stage::Tiny,
            // The first wrong byte says more than a request for other bytes could.
            Stage::Tiny if self.shows_the_first_wrong_byte() => {
                self.pool = self.ends_of_pieces();
                Stage::Edges { low: 0, high: self.pool.len() }
            }
            Stage::Edges { .. } if self.shows_the_first_wrong_byte() => Stage::Done,
            Stage::Tiny => {
                self.pool = self.odd_edges();
                Stage::Edges { low: 0, high: self.pool.len() }
            }
            Stage::Edges { .. } => Stage::Length { passes: 0 },
            Stage::Length { .. } if first(&self.best).is_some_and(|f| f > self.passes_at) => {
                Stage::First { passes: self.passes_at }
            }
            Stage::Length { .. } | Stage::First { .. } | Stage::Done => Stage::Done,
        };
        self.queue = match self.stage {
            Stage::Tiny => self.tiny(),
            _ => VecDeque::new(),
        };
    }

    fn shows_the_first_wrong_byte(&self) -> bool {
        self.invariant == Invariant::Bytes && size(&self.best).is_some_and(|size| size <= 2)
    }

    /// The same bytes as a closed range.
    fn rewrites(&self) -> VecDeque<RandomCase> {
        let header = self.best.header();
        let (Asked::One(spec), false) =
            (oracle::parse(Some(&header)), matches!(self.best, RandomCase::Closed { .. }))
        else {
            return VecDeque::new();
        };
        match oracle::wanted(spec, self.length) {
            Wanted::Part(first, last) => [RandomCase::Closed { first, last }].into(),
            Wanted::Unsatisfiable => VecDeque::new(),
        }
    }

    /// One or two bytes: at the start, around the first wrong one, where the range starts, where it crosses the end.
    fn tiny(&self) -> VecDeque<RandomCase> {
        let closed = |first, last| RandomCase::Closed { first, last };
        let end = self.length.saturating_sub(1);
        let mut all = VecDeque::new();
        match self.best {
            RandomCase::Closed { first, .. } if first > end => {
                all.extend([closed(self.length, self.length), closed(first, first)]);
            }
            RandomCase::Closed { first, last } | RandomCase::Padded { first, last, .. } => {
                all.extend([closed(0, 0), closed(0, 1), closed(1, 1)]);
                if let Some(wrong) = self.first_wrong {
                    all.extend([closed(wrong, wrong), closed(wrong.saturating_sub(1), wrong)]);
                }
                if last > end {
                    all.push_back(closed(end, self.length));
                }
                all.extend([closed(first, first), closed(first, first.saturating_add(1))]);
            }
            RandomCase::Open { first } if first > end => {
                all.push_back(RandomCase::Open { first: self.length });
            }
            RandomCase::Open { .. } => {
                all.extend([RandomCase::Open { first: end }, RandomCase::Open { first: 0 }]);
            }
            RandomCase::Suffix { .. } => all.extend([1, 2].map(|length| RandomCase::Suffix { length })),
            RandomCase::Misspelt { how, .. } => {
                all.push_back(RandomCase::Misspelt { how, first: 0, last: 0 });
            }
        }
        // Nothing that asks for more is simpler.
        all.retain(|candidate| match (size(candidate), size(&self.best)) {
            (Some(candidate), Some(best)) => candidate <= best,
            _ => true,
        });
        all
    }

    /// The last bytes of pieces before where two bytes cross a boundary: the smallest boundary names the size of a piece.
    fn ends_of_pieces(&self) -> Vec<u64> {
        match (first(&self.best), size(&self.best)) {
            (Some(from), Some(2)) => {
                let ends = edges(self.length)
                    .into_iter()
                    .filter(|edge| *edge > 4000 && (edge + 1).is_power_of_two());
                ends.filter(|edge| *edge < from).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The start, and the edges before where it starts that are odd: many a fault spares what is aligned.
    fn odd_edges(&self) -> Vec<u64> {
        match first(&self.best) {
            Some(from) if from < self.length => {
                let odd = edges(self.length).into_iter().filter(|edge| edge % 2 == 1);
                [0].into_iter().chain(odd).filter(|edge| *edge < from).collect()
            }
            _ => Vec::new(),
        }
    }
}

fn first(case: &RandomCase) -> Option<u64> {
    match *case {
        RandomCase::Closed { first, .. } | RandomCase::Open { first } => Some(first),
        _ => None,
    }
}

fn size(case: &RandomCase) -> Option<u64> {
    match *case {
        RandomCase::Closed { first, last } => Some((last - first).saturating_add(1)),
        RandomCase::Suffix { length } => Some(length),
        _ => None,
    }
}

fn resized(case: &RandomCase, size: u64) -> Option<RandomCase> {
    match *case {
        RandomCase::Closed { first, .. } => {
            Some(RandomCase::Closed { first, last: first.saturating_add(size.checked_sub(1)?) })
        }
        RandomCase::Suffix { .. } => Some(RandomCase::Suffix { length: size }),
        _ => None,
    }
}

fn moved(case: &RandomCase, to: u64) -> Option<RandomCase> {
    match *case {
        RandomCase::Closed { first, last } => {
            Some(RandomCase::Closed { first: to, last: to + (last - first) })
        }
        RandomCase::Open { .. } => Some(RandomCase::Open { first: to }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LENGTH: u64 = 58_492_878;

    /// Normalises against a fault: gives the simplest header and how many requests it took.
    fn simplest(
        start: RandomCase,
        invariant: Invariant,
        first_wrong: Option<u64>,
        fault: impl Fn(u64, u64) -> Seen,
    ) -> (String, u32) {
        let mut normaliser = Normaliser::new(start, first_wrong, invariant, LENGTH, BTreeMap::new());
        let mut requests = 0;
        while let Some(candidate) = normaliser.next_candidate() {
            requests += 1;
            let Asked::One(spec) = oracle::parse(Some(&candidate.header())) else { continue };
            let seen = match oracle::wanted(spec, LENGTH) {
                Wanted::Part(first, last) => fault(first, last),
                Wanted::Unsatisfiable => Seen::Passes,
            };
            normaliser.tell(candidate, seen);
        }
        (normaliser.best().0.header(), requests)
    }

    fn when(fails: bool) -> Seen {
        if fails { Seen::Fails(None) } else { Seen::Passes }
    }

    #[test]
    fn an_open_range_becomes_one_byte() {
        let found = simplest(RandomCase::Open { first: 7000 }, Invariant::End, None, |_, _| when(true));
        assert_eq!(found, ("bytes=0-0".into(), 2));
    }

    #[test]
    fn wrong_bytes_past_a_boundary_become_the_two_around_it() {
        let fault = |first, last| match 65_536 {
            piece if first < piece && last >= piece => Seen::Fails(Some(piece)),
            _ => Seen::Passes,
        };
        let start = RandomCase::Closed { first: 432, last: 99_999 };
        let found = simplest(start, Invariant::Bytes, Some(65_536), fault);
        assert_eq!(found.0, "bytes=65535-65536");
        assert!(found.1 < 10, "{}", found.1);
        let fault = |first: u64, last: u64| match (first / 65_536 + 1) * 65_536 {
            piece if last >= piece => Seen::Fails(Some(piece)),
            _ => Seen::Passes,
        };
        let far = RandomCase::Closed { first: 1_245_183, last: 1_280_043 };
        assert_eq!(simplest(far, Invariant::Bytes, Some(1_245_184), fault).0, "bytes=65535-65536");
    }

    #[test]
    fn a_start_is_bisected_to_the_first_that_fails() {
        let start = RandomCase::Closed { first: 40_000_001, last: 40_000_900 };
        let (header, requests) = simplest(start, Invariant::Start, None, |first, _| when(first > 1 << 20));
        assert_eq!(header, "bytes=1048577-1048577");
        assert!(requests < 45, "{requests}");
    }

    #[test]
    fn a_fault_that_spares_what_is_aligned_is_followed_to_its_first_byte() {
        let fault = |first: u64, _| when(first >= 65_536 && !first.is_multiple_of(16));
        for start in [83_690, 847_491, 1_113_903, 40_000_001] {
            let start = RandomCase::Closed { first: start, last: start + 50 };
            let (header, requests) = simplest(start, Invariant::Start, None, fault);
            assert_eq!(header, "bytes=65537-65537");
            assert!(requests < 20, "{requests}");
        }
    }

    #[test]
    fn wrong_bytes_everywhere_but_at_the_start_become_the_second_byte() {
        let start = RandomCase::Closed { first: 847_491, last: 847_541 };
        let fault = |first, _| if first > 0 { Seen::Fails(Some(first)) } else { Seen::Passes };
        assert_eq!(simplest(start, Invariant::Bytes, Some(847_491), fault).0, "bytes=1-1");
    }

    #[test]
    fn a_length_is_bisected() {
        let start = RandomCase::Closed { first: 500, last: 90_000 };
        let found = simplest(start, Invariant::End, None, |first, last| when(last - first + 1 > 1000));
        assert_eq!(found.0, "bytes=0-1000");
    }

    proptest::proptest! {
        #[test]
        fn it_ends_whatever_comes(seed: u64, answers: u64) {
            for tree in super::super::strategy::cases(seed, "any", 5000).take(20) {
                let mut normaliser = Normaliser::new(tree.current(), Some(answers), Invariant::Bytes, 5000, BTreeMap::new());
                let mut requests = 0_u32;
                while let Some(candidate) = normaliser.next_candidate() {
                    requests += 1;
                    proptest::prop_assert!(requests < 500);
                    normaliser.tell(candidate, when(answers >> (requests % 64) & 1 == 1));
                }
            }
        }
    }
}
