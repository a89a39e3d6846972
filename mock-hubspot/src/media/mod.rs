//! Bytes to facts: container, codec, channels, duration, and who is heard on which channel.
//!
//! Pure: reads from what it is given, no clock, no network, no environment. It decides nothing: whether a fact is allowed is
//! for others to say. Read on in `sniff` (what it is), `riff`, `flac` and `mp4` (what its headers say), `decode` (what is
//! really in it), `channel` and `tone` (what is heard).

mod channel;
mod decode;
mod envelope;
mod flac;
mod mp4;
mod mp4_sound;
mod riff;
mod riff_format;
mod sniff;
mod tone;

#[cfg(test)]
mod tests;

use std::io::{self, Read, Seek, SeekFrom};

use serde::{Deserialize, Serialize};

use decode::Source;
pub use envelope::Envelope;

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
    /// One for each channel, in order.
    #[serde(default)]
    pub per_channel: Vec<ChannelFacts>,
    /// What the headers of a WAV file say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wav: Option<WavFacts>,
    /// How an MP4 file is laid out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mp4: Option<Mp4Facts>,
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
    /// How loud the caller's marker was, in dBFS: tells a marker from its crosstalk.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caller_marker_dbfs: Option<f64>,
    /// How loud the recipient's marker was, in dBFS.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recipient_marker_dbfs: Option<f64>,
    /// When the channel is louder than -50 dBFS: gaps under 400 ms closed, stretches under 100 ms left out, markers included.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stretches: Vec<Stretch>,
    /// How loud it is over time, for drawing.
    #[serde(skip)]
    pub envelope: Envelope,
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

/// Reads a recording and says what it is. Blocks; memory stays flat however long the recording is; never panics.
///
/// The whole source is looked at, wherever its position stands.
pub fn examine<R>(mut source: R) -> MediaFacts
where
    R: Read + Seek + Send + Sync + 'static,
{
    let mut facts = MediaFacts::default();
    let (head, length) = match head(&mut source) {
        Ok(read) => read,
        Err(error) => {
            sniff::UNKNOWN.clone_into(&mut facts.container);
            facts.problems.push(format!("the file could not be read: {error}"));
            return facts;
        }
    };
    let container = sniff::name(&head, length);
    container.clone_into(&mut facts.container);
    if sniff::is_mangled(&head) {
        facts.problems.push(
            "the bytes went through a text encoding: they are full of U+FFFD replacement characters"
                .to_owned(),
        );
    }
    match container {
        "wav" | "rf64" => riff::examine(source, length, &mut facts),
        "mp4" => mp4::examine(source, length, &mut facts),
        "flac" => flac::examine(source, &head, length, &mut facts),
        // Decoded to say what they hold, though nobody allows them.
        "mp3" | "ogg" | "adts" => match Source::whole(source, length) {
            Ok(source) => decode::decode(source, container, &mut facts),
            Err(error) => facts.problems.push(format!("the file could not be read: {error}")),
        },
        _ => {}
    }
    facts
}

/// The first bytes and the length; leaves the source at its start.
fn head<R: Read + Seek>(source: &mut R) -> io::Result<(Vec<u8>, u64)> {
    let length = source.seek(SeekFrom::End(0))?;
    let head = read_at(source, 0, sniff::HEAD)?;
    source.seek(SeekFrom::Start(0))?;
    Ok((head, length))
}

/// Up to `count` bytes from `at`; fewer where the source ends.
fn read_at<R: Read + Seek>(source: &mut R, at: u64, count: u64) -> io::Result<Vec<u8>> {
    source.seek(SeekFrom::Start(at))?;
    let mut bytes = Vec::new();
    source.by_ref().take(count).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Little-endian `u16` at `at`, where there are so many bytes.
fn le16(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().copied().map(u16::from_le_bytes)
}

/// Little-endian `u32` at `at`, where there are so many bytes.
fn le32(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().copied().map(u32::from_le_bytes)
}

/// Big-endian `u16` at `at`, where there are so many bytes.
fn be16(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().copied().map(u16::from_be_bytes)
}

/// Big-endian `u32` at `at`, where there are so many bytes.
fn be32(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().copied().map(u32::from_be_bytes)
}

/// Big-endian `u64` at `at`, where there are so many bytes.
fn be64(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..)?.first_chunk().copied().map(u64::from_be_bytes)
}
