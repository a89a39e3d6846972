//! Who speaks when: markers at both ends, turns between them. Milliseconds only; knows nothing of sound.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::{MARKER_MS, Turn};

/// From the edge of the recording to the caller's marker, from marker to marker, from marker to speech.
const LEAD_MS: u64 = 100;
const BETWEEN_MS: u64 = 50;
const SETTLE_MS: u64 = 250;
/// How long a turn lasts, and how long nobody speaks after it. While one speaks, the other is silent for longer than the gaps
/// that a listener closes.
const TURN_MS: std::ops::Range<u64> = 900..3_000;
const PAUSE_MS: std::ops::Range<u64> = 120..420;

/// When the markers sound at both ends: the channel, and when it begins.
pub(super) fn markers(duration_ms: u64) -> [(u32, u64); 4] {
    let recipient = LEAD_MS + MARKER_MS + BETWEEN_MS;
    let last = duration_ms - LEAD_MS - MARKER_MS;
    [(1, LEAD_MS), (2, recipient), (1, last - MARKER_MS - BETWEEN_MS), (2, last)]
}

/// Turns that fill the time between the markers, the caller first; the last is as short as need be, or is left out.
pub(super) fn turns(seed: u64, duration_ms: u64) -> Vec<Turn> {
    let mut random = random(seed, 0);
    let [_, (_, opening), (_, closing), _] = markers(duration_ms);
    let (mut at, end) = (opening + MARKER_MS + SETTLE_MS, closing - SETTLE_MS);
    let mut turns = Vec::new();
    while at + TURN_MS.start <= end {
        let to_ms = (at + between(&mut random, TURN_MS)).min(end);
        turns.push(Turn { channel: 1 + turns.len() as u32 % 2, from_ms: at, to_ms });
        at = to_ms + between(&mut random, PAUSE_MS);
    }
    turns
}

/// One of several independent sources of randomness that belong to a seed.
pub(super) fn random(seed: u64, stream: u64) -> ChaCha8Rng {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    random.set_stream(stream);
    random
}

/// A number of that range; the bias of the remainder does not matter here.
pub(super) fn between(random: &mut ChaCha8Rng, range: std::ops::Range<u64>) -> u64 {
    range.start + random.next_u64() % (range.end - range.start)
}
