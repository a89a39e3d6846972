//! Bytes to facts: container, codec, channels, duration, and who is heard on which channel.
//!
//! Pure: reads from what it is given, no clock, no network, no environment. It decides nothing: whether a fact is allowed is
//! for others to say. Read on in `sniff` (what it is), `riff`, `flac` and `mp4` (what its headers say), `decode` (what is
//! really in it), `channel` and `tone` (what is heard), `known` (what was examined before).

mod channel;
mod decode;
mod envelope;
mod facts;
mod flac;
mod flaw;
mod known;
mod levels;
mod mp4;
mod mp4_sound;
mod pair;
mod riff;
mod riff_format;
mod sniff;
mod spectrum;
mod tone;
mod two_tone;

#[cfg(test)]
mod tests;

use std::io::{self, Read, Seek, SeekFrom};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

pub use facts::{
    ChannelFacts, Envelope, FlacFacts, Leak, MarkerRun, MediaFacts, Mp4Facts, Owner, PairFacts, Stretch,
    TwoTone, WavFacts,
};
pub use flaw::Flaw;
pub use known::examine_once;

use decode::Source;

/// Ends an examination from outside; clones call the same one.
#[derive(Clone, Debug, Default)]
pub struct Halt(Arc<AtomicBool>);

impl Halt {
    /// Ends it.
    pub fn call(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    fn is_called(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Reads a recording and says what it is. Blocks; memory stays flat however long the recording is; never panics.
///
/// The whole source is looked at, wherever its position stands.
pub fn examine<R>(source: R) -> MediaFacts
where
    R: Read + Seek + Send + Sync + 'static,
{
    examine_until(source, &Halt::default())
}

/// The same, for as long as somebody waits for it: soon after the halt is called it returns with what it found until then.
pub fn examine_until<R>(mut source: R, halt: &Halt) -> MediaFacts
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
        facts.note(
            Flaw::Mangled,
            "the bytes went through a text encoding: they are full of U+FFFD replacement characters",
        );
    }
    match container {
        "wav" | "rf64" => riff::examine(source, length, &mut facts, halt),
        "mp4" => mp4::examine(source, length, &mut facts, halt),
        "flac" => flac::examine(source, &head, length, &mut facts, halt),
        // Decoded to say what they hold, though nobody allows them.
        "mp3" | "ogg" | "adts" => match Source::whole(source, length, halt) {
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
