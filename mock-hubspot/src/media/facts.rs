//! What is said of a recording: plain data, as it stands in evidence.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::flaw::Flaw;

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde asks for")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// What a recording is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct MediaFacts {
    /// `wav`, `flac`, `mp4`, or the name of what was found instead (`rf64`, `w64`, `mp3`, `adts`, `ogg`, `webm`, `aiff`, `amr`,
    /// `au`, `wavpack`, `gzip`, `html`, `xml`, `json`, `base64`, `text`, `mangled`, `zeros`, `empty`, `unknown`).
    pub container: String,
    /// The codec's name (`pcm_s16le`, `pcm_mulaw`, `flac`, `aac`, `aac_he`, `aac_he_v2`, …), where it was recognised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub codec: Option<String>,
    /// Samples per second of one channel, in Hz.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sample_rate: Option<u32>,
    /// Channels as decoded; as the headers declare where nothing could be decoded.
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
    /// Whether the codec is one that nobody here can decode: then nothing is known of the sound, and nothing said against it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub undecodable: bool,
    /// What is wrong with the file, in a sentence each (`data chunk says 0 bytes`, `no moov box`, …).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<String>,
    /// The same by kind, where it has one; the first sentence of each.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub flaws: BTreeMap<Flaw, String>,
    /// Whether the decoded sound has the checksum that the file declares; nothing where it declares none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checksum_ok: Option<bool>,
    /// One for each channel, in order.
    #[serde(default)]
    pub per_channel: Vec<ChannelFacts>,
    /// What the first two channels have in common.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pair: Option<PairFacts>,
    /// What the headers of a WAV file say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wav: Option<WavFacts>,
    /// What the headers of a FLAC file say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flac: Option<FlacFacts>,
    /// How an MP4 file is laid out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mp4: Option<Mp4Facts>,
}

impl MediaFacts {
    /// Says what is wrong.
    pub(super) fn note(&mut self, flaw: Flaw, sentence: impl Into<String>) {
        let sentence = sentence.into();
        self.flaws.entry(flaw).or_insert_with(|| sentence.clone());
        self.problems.push(sentence);
    }
}

/// What one channel holds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ChannelFacts {
    /// Root mean square over the whole channel, in dBFS; -120 for digital silence.
    pub rms_dbfs: f64,
    /// Milliseconds in which somebody or something is heard: louder than -50 dBFS, and 12 dB above the noise of the line.
    pub active_ms: u64,
    /// Root mean square over those milliseconds, in dBFS.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub active_dbfs: Option<f64>,
    /// The level below which the quietest tenth of the channel lies, in dBFS.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub floor_dbfs: Option<f64>,
    /// How far the quietest and the loudest twentieth of the channel lie apart, in dB: next to nothing for a tone, much for speech.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spread_db: Option<f64>,
    /// The highest sample, in dBFS.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub peak_dbfs: Option<f64>,
    /// Samples above -1 dBFS, of a million.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub near_full_scale_ppm: u64,
    /// The part of the energy that does not swing at all (an offset), in per cent.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub offset_percent: u64,
    /// Milliseconds in which the caller's marker (697 + 1209 Hz) was heard.
    pub caller_marker_ms: u64,
    /// Milliseconds in which the recipient's marker (852 + 1477 Hz) was heard.
    pub recipient_marker_ms: u64,
    /// How loud the caller's marker was, in dBFS: tells a marker from its crosstalk.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caller_marker_dbfs: Option<f64>,
    /// How loud the recipient's marker was, in dBFS.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recipient_marker_dbfs: Option<f64>,
    /// When each marker was heard, at least 100 ms of it; where there are many, the first and the last ones.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub markers: Vec<MarkerRun>,
    /// When two pure tones and nothing else were heard for at least 60 ms, whatever their frequencies: tells the speed of markers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub two_tones: Vec<TwoTone>,
    /// When somebody or something is heard: gaps under 400 ms closed, stretches under 100 ms left out, markers included.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stretches: Vec<Stretch>,
    /// The outline of the channel, for drawing.
    #[serde(default, skip_serializing_if = "Envelope::is_empty")]
    pub envelope: Envelope,
}

/// The outline of a channel: its loudest sample in each of at most 512 equal pieces.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Envelope {
    /// Frames in one piece; the last may be shorter.
    pub step_frames: u64,
    /// The loudest sample of each piece: 255 is full scale.
    pub peaks: Vec<u8>,
}

impl Envelope {
    fn is_empty(&self) -> bool {
        self.peaks.is_empty()
    }
}

/// A stretch of time in a recording.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stretch {
    /// Where it begins, in milliseconds.
    pub from_ms: u64,
    /// Where it ends, in milliseconds.
    pub to_ms: u64,
}

/// What the headers of a WAV file say.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WavFacts {
    /// The format tag, resolved where it is extensible (1 PCM, 3 float, 6 A-law, 7 µ-law, …).
    pub format_tag: u16,
    /// Bits of one stored sample.
    pub bits_per_sample: u16,
    /// Bytes that the RIFF header declares.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub riff_declared: Option<u64>,
    /// Bytes that the data chunk declares.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data_declared: Option<u64>,
    /// Bytes of the data chunk that are there.
    pub data_present: u64,
    /// Where the data begins, in bytes from the start of the file.
    pub data_at: u64,
}

/// How an MP4 file is laid out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mp4Facts {
    /// The major brand, four characters.
    pub brand: String,
    /// Whether `moov` comes before the sound; where either is missing, nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moov_first: Option<bool>,
    /// Whether the file consists of fragments (`moof`).
    pub fragmented: bool,
    /// Whether a fragmented file tells its length beforehand (`sidx` or `mehd`).
    pub fragments_indexed: bool,
    /// Sound tracks.
    pub audio_tracks: u32,
    /// Tracks that are no sound.
    pub other_tracks: u32,
    /// Milliseconds that an edit list skips at the start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edit_skips_ms: Option<i64>,
}

/// What the headers of a FLAC file say.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlacFacts {
    /// Whether STREAMINFO says how many samples there are.
    pub has_total: bool,
    /// Whether STREAMINFO carries a checksum of the sound.
    pub has_checksum: bool,
}

/// Whose marker it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Owner {
    /// 697 + 1209 Hz.
    Caller,
    /// 852 + 1477 Hz.
    Recipient,
}

/// One marker as it was heard.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct MarkerRun {
    /// Whose it is.
    pub owner: Owner,
    /// Where it begins, in milliseconds.
    pub from_ms: u64,
    /// Where it ends, in milliseconds.
    pub to_ms: u64,
    /// How loud it is, in dBFS.
    pub dbfs: f64,
}

/// Two pure tones at once.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct TwoTone {
    /// Where they begin, in milliseconds.
    pub from_ms: u64,
    /// Where they end, in milliseconds.
    pub to_ms: u64,
    /// The lower frequency, in Hz.
    pub low_hz: f64,
    /// The higher frequency, in Hz.
    pub high_hz: f64,
    /// How loud they are, in dBFS.
    pub dbfs: f64,
}

/// What the first two channels have in common.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PairFacts {
    /// The first channel's sound in the second.
    pub first_in_second: Leak,
    /// The second channel's sound in the first.
    pub second_in_first: Leak,
    /// How much of the time in which either is heard both are, from 0 to 1.
    pub overlap: f64,
}

/// How much of one channel's sound is in another, where the first is the louder one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Leak {
    /// Windows of half a second that were compared: the loudest ones, 24 at most.
    pub windows: u32,
    /// How alike the two are at the best shift within 50 ms: the median of the correlations, from 0 to 1.
    pub likeness: f64,
    /// That shift, in milliseconds: how much later the sound comes in the other channel.
    pub lag_ms: f64,
    /// Whether it comes upside down.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub inverted: bool,
    /// How much louder (above 0) or quieter (below 0) the other channel is meanwhile, in dB: the median.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level_db: Option<f64>,
}
