//! Three voices, each on its own channel: every third turn is a third person's.

use super::{Format, LENGTHS_MS, Recording, Turn, container, score, voice};

/// The third voice has noise and syllables of its own.
const ANOTHER: u64 = 0x9e37_79b9_7f4a_7c15;

/// Makes a WAV recording of about `length_ms` (within [`LENGTHS_MS`]); the first two channels carry the markers.
pub fn make(seed: u64, length_ms: u64) -> Recording {
    let duration_ms = length_ms.clamp(*LENGTHS_MS.start(), *LENGTHS_MS.end());
    let mut turns = score::turns(seed, duration_ms);
    for turn in turns.iter_mut().skip(2).step_by(3) {
        turn.channel = 3;
    }
    let (third, first_two): (Vec<Turn>, Vec<Turn>) = turns.iter().partition(|turn| turn.channel == 3);
    let two = voice::sing(seed, duration_ms, &first_two);
    let third: Vec<Turn> = third.into_iter().map(|turn| Turn { channel: 2, ..turn }).collect();
    let third = voice::speak(seed ^ ANOTHER, duration_ms, &third);
    let samples: Vec<[i16; 3]> = two.iter().zip(&third).map(|([a, b], [_, c])| [*a, *b, *c]).collect();
    Recording { bytes: container::wav(&samples), format: Format::Wav, duration_ms, turns, parties: 3 }
}
