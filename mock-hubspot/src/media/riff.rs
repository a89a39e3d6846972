//! Walks the chunks of a WAV file, says what is wrong with them, and makes a header with which the sound can still be decoded.
//!
//! Real recordings carry sizes of 0 or 0xFFFFFFFF (written to a pipe), stop early, or declare their codec in a chunk that is
//! too short: all that is named here, and none of it keeps the sound from being heard.

use std::io::{self, Read, Seek};

use super::decode::{self, Source};
use super::riff_format::Format;
use super::{Flaw, Halt, MediaFacts, WavFacts, le32, read_at};

/// A size that says: unknown when this was written.
pub(super) const UNKNOWN_SIZE: u32 = u32::MAX;
const MOST_CHUNKS: u32 = 4096;

/// Enters what the chunks say and what the sound holds.
pub(super) fn examine<R>(mut source: R, length: u64, facts: &mut MediaFacts, halt: &Halt)
where
    R: Read + Seek + Send + Sync + 'static,
{
    let walk = match Walk::new(&mut source, length) {
        Ok(walk) => walk,
        Err(error) => {
            facts.problems.push(format!("the file could not be read: {error}"));
            return;
        }
    };
    for (flaw, sentence) in walk.problems {
        facts.note(flaw, sentence);
    }
    let Some(format) = walk.format else { return };
    facts.codec = Some(format.codec());
    facts.channels = Some(u32::from(format.channels)).filter(|channels| *channels > 0);
    facts.sample_rate = Some(format.rate).filter(|rate| *rate > 0);
    format.doubts(facts);
    let Some(data) = walk.data else { return };
    let declared_frames = match (format.bytes_per_frame(), walk.fact_frames) {
        (Some(bytes), _) => data.declared.map(|declared| declared / bytes),
        (None, frames) => frames.map(u64::from),
    };
    facts.wav = Some(WavFacts {
        format_tag: format.tag,
        bits_per_sample: format.bits,
        riff_declared: walk.riff_declared,
        data_declared: data.declared,
        data_present: data.present,
        data_at: data.at,
    });
    match format
        .header(data.present)
        .map(|header| Source::repaired(header, source, data.at, data.present, halt))
    {
        None => facts.undecodable = true,
        Some(Ok(source)) if data.present > 0 => decode::decode(source, "wav", facts),
        Some(Ok(_)) => {}
        Some(Err(error)) => facts.problems.push(format!("the file could not be read: {error}")),
    }
    // The decoder has it from our own header.
    facts.declared_frames = declared_frames;
    decode::compare_with_declared(facts);
}

#[derive(Default)]
struct Walk {
    format: Option<Format>,
    data: Option<Data>,
    fact_frames: Option<u32>,
    long_data: Option<u64>,
    riff_declared: Option<u64>,
    problems: Vec<(Flaw, String)>,
}

#[derive(Clone, Copy)]
struct Data {
    at: u64,
    declared: Option<u64>,
    present: u64,
}

impl Walk {
    fn say(&mut self, flaw: Flaw, sentence: impl Into<String>) {
        self.problems.push((flaw, sentence.into()));
    }

    fn new<R: Read + Seek>(source: &mut R, length: u64) -> io::Result<Self> {
        let mut walk = Self::default();
        let top = read_at(source, 0, 12)?;
        walk.riff_size(le32(&top, 4).unwrap_or_default(), top.starts_with(b"RIFF"), length);
        let mut at = 12;
        for _ in 0..MOST_CHUNKS {
            let header = read_at(source, at, 8)?;
            let (Some(id), Some(size)) = (header.first_chunk::<4>().copied(), le32(&header, 4)) else {
                if header.len() > 1 {
                    walk.say(Flaw::StrayBytes, format!("{} stray bytes stand at the end", header.len()));
                }
                break;
            };
            if !id.iter().all(|byte| (0x20..0x7f).contains(byte)) {
                walk.say(Flaw::StrayBytes, format!(
                    "{} bytes at offset {at} are no chunk: the chunk before says too little, or something was appended",
                    length - at
                ));
                break;
            }
            let rest = length - at - 8;
            let used = walk.chunk(source, id, size, at + 8, rest)?;
            at += 8 + used + (used & 1);
            if at >= length {
                break;
            }
        }
        if walk.format.is_none() {
            walk.say(Flaw::NoFormat, "there is no readable `fmt ` chunk".to_owned());
        }
        if walk.data.is_none() {
            walk.say(Flaw::NoDataChunk, "there is no data chunk".to_owned());
        }
        Ok(walk)
    }

    fn riff_size(&mut self, declared: u32, is_riff: bool, length: u64) {
        let there = length.saturating_sub(8);
        self.riff_declared = Some(u64::from(declared));
        match declared {
            UNKNOWN_SIZE if is_riff => {
                self.say(
                    Flaw::RiffSize,
                    "RIFF size is 0xFFFFFFFF: the header was written before the length was known".to_owned(),
                );
            }
            UNKNOWN_SIZE => {}
            0 => self.say(Flaw::RiffSize, format!("RIFF size says 0 bytes, {there} are there")),
            _ if u64::from(declared).abs_diff(there) > 1 => {
                self.say(Flaw::RiffSize, format!("RIFF size says {declared} bytes, {there} are there"));
            }
            _ => {}
        }
    }

    /// Reads one chunk whose content begins at `at`, with `rest` bytes up to the end of the file; how many belong to it.
    fn chunk<R: Read + Seek>(
        &mut self,
        source: &mut R,
        id: [u8; 4],
        size: u32,
        at: u64,
        rest: u64,
    ) -> io::Result<u64> {
        let here = u64::from(size).min(rest);
        match &id {
            b"data" => return self.data(source, size, at, rest),
            b"fmt " if self.format.is_some() => {
                self.say(Flaw::TwoFormats, "there is more than one `fmt ` chunk".to_owned());
            }
            b"fmt " => {
                self.format = Format::read(read_at(source, at, here.min(256))?);
                if self.data.is_some() {
                    self.say(Flaw::FormatAfterData, "the `fmt ` chunk stands after the data".to_owned());
                }
            }
            b"fact" => self.fact_frames = le32(&read_at(source, at, here.min(4))?, 0),
            b"ds64" => {
                let sizes = read_at(source, at, here.min(16))?;
                self.long_data =
                    sizes.get(8..16).and_then(|bytes| bytes.first_chunk().copied()).map(u64::from_le_bytes);
            }
            _ => {}
        }
        if u64::from(size) > rest {
            self.say(
                Flaw::ChunkTooLarge,
                format!("the `{}` chunk says {size} bytes, only {rest} are there", id.escape_ascii()),
            );
        }
        Ok(here)
    }

    fn data<R: Read + Seek>(&mut self, source: &mut R, size: u32, at: u64, rest: u64) -> io::Result<u64> {
        let (declared, present) = match (size, self.long_data) {
            (UNKNOWN_SIZE, Some(long)) => (Some(long), long.min(rest)),
            (UNKNOWN_SIZE, None) => {
                self.say(Flaw::DataSizeUnknown, format!(
                    "data chunk says 0xFFFFFFFF bytes (unknown when the header was written), {rest} are there"
                ));
                (None, rest)
            }
            (0, _) if rest == 0 => {
                self.say(
                    Flaw::NoSamples,
                    "data chunk says 0 bytes and the file ends there: a header without sound".to_owned(),
                );
                (Some(0), 0)
            }
            (0, _) if is_known_chunk(&read_at(source, at, 4)?) => {
                self.say(
                    Flaw::NoSamples,
                    "data chunk says 0 bytes: no sound before the next chunk".to_owned(),
                );
                (Some(0), 0)
            }
            (0, _) => {
                self.say(Flaw::DataSizeZero, format!("data chunk says 0 bytes, {rest} are there"));
                (Some(0), rest)
            }
            _ => (Some(u64::from(size)), u64::from(size).min(rest)),
        };
        if let Some(declared) = declared.filter(|declared| *declared > rest) {
            self.say(Flaw::DataSizeTooLarge, format!(
                "data chunk says {declared} bytes, only {rest} are there: the file is cut off, or its header is wrong"
            ));
        }
        if self.data.is_some() {
            self.say(Flaw::TwoDataChunks, "there is more than one data chunk".to_owned());
        } else {
            self.data = Some(Data { at, declared, present });
        }
        Ok(present)
    }
}

fn is_known_chunk(id: &[u8]) -> bool {
    matches!(
        id,
        b"LIST"
            | b"fact"
            | b"cue "
            | b"smpl"
            | b"id3 "
            | b"ID3 "
            | b"bext"
            | b"iXML"
            | b"fmt "
            | b"JUNK"
            | b"PEAK"
    )
}
