//! How a browser played a recording: what its player said of itself. Pure data; the requests that it sent are exchanges.

use serde::{Deserialize, Serialize};

/// One recording in one browser.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Playback {
    /// The browser and its version, as it calls itself.
    pub browser: String,
    /// What its player showed, in order: `open`, `seek-80`, `seek-20`. Where one failed, those after it are not there.
    pub moments: Vec<Moment>,
}

/// The player was told to do something.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moment {
    /// `open`, `seek-80` or `seek-20`; the exchanges that belong to it have it as their case.
    #[serde(default)]
    pub name: String,
    /// Whether it came to be: the metadata was there, or `seeked` was heard.
    pub end: Reached,
    /// Where the playhead was to be, in milliseconds.
    #[serde(default)]
    pub target_ms: Option<u64>,
    /// Where it was then, in milliseconds.
    #[serde(default)]
    pub at_ms: Option<u64>,
    /// How long that took, in milliseconds.
    #[serde(default)]
    pub took_ms: u64,
    /// Whether it played on from there; nothing where it never came to that.
    #[serde(default)]
    pub listening: Option<Reached>,
    /// How far the playhead moved while it was listened to, in milliseconds.
    #[serde(default)]
    pub moved_ms: Option<i64>,
    /// How long it was listened to, in milliseconds.
    #[serde(default)]
    pub listened_ms: Option<u64>,
    /// Whether the recording was over by then.
    #[serde(default)]
    pub ended: bool,
    /// The duration that the player knows, in milliseconds; nothing where it knows none, or takes it for endless.
    #[serde(default)]
    pub duration_ms: Option<u64>,
    /// How far the player can seek, in milliseconds.
    #[serde(default)]
    pub seekable_ms: Option<u64>,
    /// Why it was not allowed to play.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
    /// The error that ended it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<MediaError>,
}

/// What came of waiting for a player.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reached {
    /// What was awaited came.
    Reached,
    /// The player gave up.
    Error,
    /// Nothing was heard of the player for as long as `[waits] player` says.
    #[default]
    Nothing,
}

/// The error of an audio element.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MediaError {
    /// 1 aborted, 2 network, 3 decoding, 4 not supported.
    pub code: u8,
    /// The browser's words.
    pub message: String,
}
