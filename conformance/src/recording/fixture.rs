//! The one MP4 recording, made once and committed.
//!
//! It is `make(Format::Wav, 1, USUAL_MS)`, coded with ffmpeg 5.1.9. To make it again, write that WAV to `two-voices.wav` and run
//!
//! ```text
//! ffmpeg -i two-voices.wav -map_metadata -1 -fflags +bitexact -flags:a +bitexact -c:a aac -profile:a aac_low -b:a 64k -movflags +faststart two-voices.mp4
//! ```
//!
//! AAC begins with 64 ms of its own, which an edit list tells players to skip: a decoder that does not heed it finds 20.096 s.

use super::{Format, Recording, Turn};

const BYTES: &[u8] = include_bytes!("two-voices.mp4");
const DURATION_MS: u64 = 20_000;
const TURNS: [Turn; 8] = [
    turn(1, 1200, 2101),
    turn(2, 2316, 4201),
    turn(1, 4387, 6920),
    turn(2, 7104, 9855),
    turn(1, 10185, 12720),
    turn(2, 12920, 14001),
    turn(1, 14404, 16795),
    turn(2, 17056, 18800),
];

const fn turn(channel: u32, from_ms: u64, to_ms: u64) -> Turn {
    Turn { channel, from_ms, to_ms }
}

pub(super) fn recording() -> Recording {
    Recording {
        bytes: BYTES.to_vec(),
        format: Format::Mp4,
        duration_ms: DURATION_MS,
        turns: TURNS.to_vec(),
        parties: 2,
    }
}
