//! The kit's own recordings: two synthetic voices, each on its own channel, with markers that tell who is who.
//!
//! Channel 1 is the caller, channel 2 the recipient. Each channel carries its marker for 400 ms near the start and near the
//! end (caller 697 + 1209 Hz, recipient 852 + 1477 Hz), the caller's first; between them the voices take turns. Noise at about
//! -70 dBFS lies under everything, so that no two stretches of bytes are alike and a wrong offset always shows.
//!
//! The same seed gives the same bytes on every machine: randomness is `ChaCha8`, and all sound is made from additions and
//! multiplications alone, which IEEE 754 defines to the last bit; no sine of a platform's library is asked.
//!
//! WAV and FLAC are made anew for each seed. MP4 is one committed file, for want of an AAC encoder in Rust: see `fixture`.
//! Read on in `score` (who speaks when), `voice` (how they sound), `container` (how it is written down); `conference` has three
//! voices, `vast` more than 4 GiB.

mod conference;
mod container;
mod fixture;
mod score;
mod vast;
mod voice;

#[cfg(test)]
mod tests;

pub use conference::make as make_conference;
pub use vast::{Vast, write as write_vast};

/// Samples of one channel in a second.
pub const SAMPLE_RATE: u32 = 16_000;
/// The usual length of a recording, in milliseconds.
pub const USUAL_MS: u64 = 20_000;
/// The length of a long recording, in milliseconds: 19 MB, several times what Chromium holds of one.
pub const LONG_MS: u64 = 300_000;
/// How long each marker sounds, in milliseconds.
pub const MARKER_MS: u64 = 400;
/// The shortest and the longest recording that is made, in milliseconds.
pub const LENGTHS_MS: std::ops::RangeInclusive<u64> = 4_000..=4 * 3_600_000;

/// How a recording is written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// 16-bit PCM behind a header of 44 bytes.
    Wav,
    /// The same samples without loss, in less space.
    Flac,
    /// AAC-LC in an MP4 file with `moov` first.
    Mp4,
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Wav, Self::Flac, Self::Mp4];

    /// The usual ending of a file's name, and the name of the container in `MediaFacts`.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Wav => "wav",
            Self::Flac => "flac",
            Self::Mp4 => "mp4",
        }
    }
}

/// A recording, and what is true of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recording {
    /// The file.
    pub bytes: Vec<u8>,
    /// How it is written down.
    pub format: Format,
    /// How long it is, in milliseconds.
    pub duration_ms: u64,
    /// Who speaks when, in order; markers not included.
    pub turns: Vec<Turn>,
    /// How many speak, each on a channel.
    pub parties: u32,
}

/// One of the two speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turn {
    /// The channel: 1 for the caller, 2 for the recipient, 3 for whoever else is there.
    pub channel: u32,
    /// When it begins, in milliseconds.
    pub from_ms: u64,
    /// When it ends, in milliseconds.
    pub to_ms: u64,
}

/// Makes a recording of about `length_ms` (within [`LENGTHS_MS`]). An MP4 is always the same one: it has neither seed nor length.
pub fn make(format: Format, seed: u64, length_ms: u64) -> Recording {
    if format == Format::Mp4 {
        return fixture::recording();
    }
    let duration_ms = length_ms.clamp(*LENGTHS_MS.start(), *LENGTHS_MS.end());
    let turns = score::turns(seed, duration_ms);
    let samples = voice::sing(seed, duration_ms, &turns);
    let bytes = match format {
        Format::Flac => container::flac(&samples),
        Format::Wav | Format::Mp4 => container::wav(&samples),
    };
    Recording { bytes, format, duration_ms, turns, parties: 2 }
}
