//! What is known of a call beforehand: the recording that the kit made for it, and who speaks when.

use serde::{Deserialize, Serialize};

/// A recording that the kit made.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordingFacts {
    /// Its file name.
    pub file: String,
    /// SHA-256 of the file, lower-case hex.
    pub sha256: String,
    /// Its length in bytes.
    pub bytes: u64,
    /// Its duration in milliseconds.
    pub duration_ms: u64,
    /// How many speak.
    #[serde(default = "two")]
    pub parties: u32,
}

fn two() -> u32 {
    2
}

/// One party speaks, and nobody else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpokenTurn {
    /// 1 for the caller, 2 for the recipient, more for others.
    pub party: u32,
    /// From when on, in milliseconds.
    pub from_ms: u64,
    /// Until when, in milliseconds.
    pub to_ms: u64,
}
