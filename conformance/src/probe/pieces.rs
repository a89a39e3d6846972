//! The recording in random pieces that cover it once, asked in random order, the largest of them twice: what a client that puts
//! parts together must be able to do.

use super::asking::{Asking, Recording, to_recording};
use super::manners;
use crate::evidence::{Probe, ProbeOutcome};
use crate::plan::random;
use futures_util::StreamExt;
use futures_util::stream;
use rand_chacha::rand_core::Rng;

/// Of a longer recording only this much, from a random place on, is asked for in pieces.
const AT_MOST: u64 = 16 << 20;
/// How many pieces are asked for twice.
const TWICE: usize = 2;

/// A piece: its number, and its first and last byte.
type Piece = (usize, u64, u64);

/// Chooses the pieces, and those that are asked for again; one seed gives the same ones everywhere. Together they cover the whole
/// of `length` bytes, or a part of it that is as long as may be asked for.
fn pieces(seed: u64, story: &str, length: u64) -> (Vec<Piece>, Vec<Piece>) {
    let mut random = random(seed, &format!("pieces of {story}"));
    let mut below = |n: u64| random.next_u64() % n.max(1);
    let size = length.min(AT_MOST);
    let start = below(length - size + 1);
    // The last piece is a third of it, or more: larger than what players read at once.
    let mut cuts: Vec<u64> = (0..=below(8)).map(|_| 1 + below((size - 1) * 2 / 3)).collect();
    cuts.extend([0, size]);
    cuts.sort_unstable();
    cuts.dedup();
    let ends = cuts.windows(2).map(|cut| (start + cut[0], start + cut[1] - 1));
    let mut all: Vec<Piece> = (1..).zip(ends).map(|(number, (first, last))| (number, first, last)).collect();
    for at in (1..all.len()).rev() {
        all.swap(at, below(at as u64 + 1) as usize);
    }
    let mut largest = all.clone();
    largest.sort_by_key(|(_, first, last)| std::cmp::Reverse(last - first));
    largest.truncate(TWICE);
    (all, largest)
}

/// Asks for every piece, and then for the largest ones again: what is asked for at the same time is not asked for again.
pub(super) async fn ask(asking: &mut Asking<'_>, url: &str, recording: &Recording) {
    if asking.is_silent(Probe::Pieces) {
        return;
    }
    let (once, again) = pieces(asking.ctx.ranges.seed, &asking.story.scenario, recording.spooled.length);
    for (pieces, suffix) in [(once, ""), (again, "-again")] {
        let client = asking.client;
        let requests: Vec<_> = pieces
            .iter()
            .map(|(number, first, last)| {
                let headers = manners::player(Some(&format!("bytes={first}-{last}")));
                let (case, limit) = (format!("piece-{number}{suffix}"), last - first + 2);
                client.ask_politely(to_recording(
                    Probe::Pieces,
                    case,
                    url,
                    headers,
                    Some(&recording.spooled),
                    limit,
                ))
            })
            .collect();
        let mut answers = stream::iter(requests).buffered(asking.ctx.ranges.in_flight.clamp(1, 4));
        while let Some(heard) = answers.next().await {
            let heard = asking.keep(heard);
            if heard.waited_in_vain || heard.is_throttled() {
                drop(answers);
                let reason =
                    "the integration asked for patience, or did not answer, while pieces were asked for";
                asking.settle(Probe::Pieces, ProbeOutcome::Blocked(reason.into()));
                return;
            }
        }
    }
    asking.settle(Probe::Pieces, ProbeOutcome::Asked);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pieces_cover_everything_once_and_two_are_asked_twice() {
        for seed in 0..200 {
            let (all, again) = pieces(seed, "any", 58_492);
            assert_eq!((&all, &again), (&pieces(seed, "any", 58_492).0, &pieces(seed, "any", 58_492).1));
            let mut once: Vec<_> = all.iter().map(|(_, first, last)| (*first, *last)).collect();
            once.sort_unstable();
            once.dedup();
            assert!((2..=9).contains(&once.len()) && all.len() == once.len(), "{all:?}");
            assert!(again.len() == 2 && again.iter().all(|piece| all.contains(piece)), "{again:?}");
            assert_eq!((once[0].0, once[once.len() - 1].1), (0, 58_491));
            assert!(once.windows(2).all(|pair| pair[0].1 + 1 == pair[1].0), "{once:?}");
        }
    }

    #[test]
    fn of_a_long_recording_a_part_is_asked() {
        let length = 5 << 30;
        let (all, _) = pieces(7, "any", length);
        let (first, last) = (all.iter().map(|p| p.1).min().unwrap(), all.iter().map(|p| p.2).max().unwrap());
        assert!(last < length && last - first + 1 == AT_MOST);
    }
}
