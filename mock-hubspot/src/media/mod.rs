//! Bytes to facts: container, codec, channels, duration, and who is heard on which channel.
//!
//! Pure: reads from what it is given, no clock, no network, no environment. It decides nothing.

use serde::{Deserialize, Serialize};

/// What a recording is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct MediaFacts {
    /// `wav`, `flac`, `mp4`, or the name of what was found instead (`mp3`, `ogg`, `html`, `json`, `base64`, `empty`, `unknown`, …).
    pub container: String,
    /// The codec's name (`pcm_s16le`, `pcm_mulaw`, `flac`, `aac`, …), where it was recognised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub codec: Option<String>,
    /// Samples per second of one channel, in Hz.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sample_rate: Option<u32>,
    /// Channels as decoded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channels: Option<u32>,
    /// Frames (samples of one channel) that the headers declare.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub declared_frames: Option<u64>,
    /// Frames that were decoded.
    pub decoded_frames: u64,
    /// Duration as decoded, in milliseconds.
    pub duration_ms: u64,
    /// Packets that could not be decoded.
    pub decode_errors: u32,
    /// What is wrong with the file, in a sentence each (`data chunk says 0 bytes`, `no moov box`, …).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<String>,
    /// One for each channel, in order.
    #[serde(default)]
    pub per_channel: Vec<ChannelFacts>,
}

/// What one channel holds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ChannelFacts {
    /// Root mean square over the whole channel, in dBFS; -120 for digital silence.
    pub rms_dbfs: f64,
    /// Milliseconds in which the channel is louder than -50 dBFS.
    pub active_ms: u64,
    /// Milliseconds in which the caller's marker (697 + 1209 Hz) was heard.
    pub caller_marker_ms: u64,
    /// Milliseconds in which the recipient's marker (852 + 1477 Hz) was heard.
    pub recipient_marker_ms: u64,
}
