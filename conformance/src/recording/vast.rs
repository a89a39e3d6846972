//! A recording of 4.5 GiB as RF64: two voices at either end, and hours of silence between them, which take no room on the disk.

use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};

use super::{SAMPLE_RATE, Turn, USUAL_MS, container, score, voice};

/// Bytes of samples.
const DATA: u64 = 4_831_838_208;
const FRAME: u64 = 4;

/// What is true of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vast {
    /// How long it is, in milliseconds.
    pub duration_ms: u64,
    /// Its length in bytes.
    pub bytes: u64,
    /// Who speaks when.
    pub turns: Vec<Turn>,
}

/// Writes it to an empty file. The first half of the usual recording stands at its start, the second at its end.
pub fn write(file: &mut File, seed: u64) -> io::Result<Vast> {
    let turns = score::turns(seed, USUAL_MS);
    let sound = voice::sing(seed, USUAL_MS, &turns);
    // A turn that goes on beyond the middle is cut in two.
    let middle_ms = USUAL_MS / 2;
    let (first, last) = sound.split_at(sound.len() / 2);
    let bytes = |samples: &[[i16; 2]]| -> Vec<u8> {
        samples.iter().flatten().flat_map(|s| s.to_le_bytes()).collect()
    };
    let length = container::RF64_HEADER + DATA;
    file.write_all(&container::rf64_header(DATA))?;
    file.write_all(&bytes(first))?;
    let last = bytes(last);
    file.set_len(length)?;
    file.seek(SeekFrom::Start(length - last.len() as u64))?;
    file.write_all(&last)?;
    file.flush()?;
    let duration_ms = DATA / FRAME * 1000 / u64::from(SAMPLE_RATE);
    let later = duration_ms - USUAL_MS;
    let turns = turns.into_iter().flat_map(|turn| {
        let before = Turn { to_ms: turn.to_ms.min(middle_ms), ..turn };
        let after = Turn { from_ms: turn.from_ms.max(middle_ms) + later, to_ms: turn.to_ms + later, ..turn };
        [before, after].into_iter().filter(|turn| turn.to_ms > turn.from_ms)
    });
    Ok(Vast { duration_ms, bytes: length, turns: turns.collect() })
}
