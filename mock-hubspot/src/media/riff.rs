//! Walks the chunks of a WAV file, says what is wrong with them, and makes a header with which the sound can still be decoded.
//!
//! Real recordings carry sizes of 0 or 0xFFFFFFFF (written to a pipe), stop early, or declare their codec in a chunk that is
//! too short: all that is named here, and none of it keeps the sound from being heard.

use std::io::{self, Read, Seek};

use super::decode::{self, Source};
use super::{MediaFacts, WavFacts, le16, le32, read_at};

/// A size that says: unknown when this was written.
const UNKNOWN_SIZE: u32 = u32::MAX;
const MOST_CHUNKS: u32 = 4096;
/// The last 14 bytes of the GUID of an extensible sub-format that is a format tag.
const GUID_OF_TAG: [u8; 14] = *b"\x00\x00\x00\x00\x10\x00\x80\x00\x00\xaa\x00\x38\x9b\x71";
const PCM: u16 = 1;
const MS_ADPCM: u16 = 2;
const FLOAT: u16 = 3;
const A_LAW: u16 = 6;
const MU_LAW: u16 = 7;
const IMA_ADPCM: u16 = 0x11;
const EXTENSIBLE: u16 = 0xfffe;

/// Enters what the chunks say and what the sound holds.
pub(super) fn examine<R>(mut source: R, length: u64, facts: &mut MediaFacts)
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
    facts.problems.extend(walk.problems);
    let Some(format) = walk.format else { return };
    facts.codec = Some(format.codec());
    facts.channels = Some(u32::from(format.channels)).filter(|channels| *channels > 0);
    facts.sample_rate = Some(format.rate).filter(|rate| *rate > 0);
    format.doubts(&mut facts.problems);
    let Some(data) = walk.data else { return };
    facts.declared_frames = match (format.bytes_per_frame(), walk.fact_frames) {
        (Some(bytes), _) => data.declared.map(|declared| declared / bytes),
        (None, frames) => frames.map(u64::from),
    };
    facts.wav = Some(WavFacts {
        format_tag: format.tag,
        bits_per_sample: format.bits,
        data_declared: data.declared,
        data_present: data.present,
        data_at: data.at,
    });
    let Some(header) = format.header(data.present) else {
        facts.problems.push(format!("the sound is {} and cannot be decoded here", format.codec()));
        return;
    };
    match Source::repaired(header, source, data.at, data.present) {
        Ok(source) if data.present > 0 => decode::decode(source, "wav", facts),
        Ok(_) => {}
        Err(error) => facts.problems.push(format!("the file could not be read: {error}")),
    }
    decode::compare_with_declared(facts);
}

#[derive(Default)]
struct Walk {
    format: Option<Format>,
    data: Option<Data>,
    fact_frames: Option<u32>,
    long_data: Option<u64>,
    problems: Vec<String>,
}

#[derive(Clone, Copy)]
struct Data {
    at: u64,
    declared: Option<u64>,
    present: u64,
}

impl Walk {
    fn new<R: Read + Seek>(source: &mut R, length: u64) -> io::Result<Self> {
        let mut walk = Self::default();
        let top = read_at(source, 0, 12)?;
        walk.riff_size(le32(&top, 4).unwrap_or_default(), top.starts_with(b"RIFF"), length);
        let mut at = 12;
        for _ in 0..MOST_CHUNKS {
            let header = read_at(source, at, 8)?;
            let (Some(id), Some(size)) = (header.first_chunk::<4>().copied(), le32(&header, 4)) else {
                if header.len() > 1 {
                    walk.problems.push(format!("{} stray bytes stand at the end", header.len()));
                }
                break;
            };
            if !id.iter().all(|byte| (0x20..0x7f).contains(byte)) {
                walk.problems.push(format!(
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
            walk.problems.push("there is no readable `fmt ` chunk".to_owned());
        }
        if walk.data.is_none() {
            walk.problems.push("there is no data chunk".to_owned());
        }
        Ok(walk)
    }

    fn riff_size(&mut self, declared: u32, is_riff: bool, length: u64) {
        let there = length.saturating_sub(8);
        match declared {
            UNKNOWN_SIZE if is_riff => {
                self.problems.push(
                    "RIFF size is 0xFFFFFFFF: the header was written before the length was known".to_owned(),
                );
            }
            UNKNOWN_SIZE => {}
            0 => self.problems.push(format!("RIFF size says 0 bytes, {there} are there")),
            _ if u64::from(declared).abs_diff(there) > 1 => {
                self.problems.push(format!("RIFF size says {declared} bytes, {there} are there"));
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
                self.problems.push("there is more than one `fmt ` chunk".to_owned())
            }
            b"fmt " => {
                self.format = Format::read(read_at(source, at, here.min(256))?);
                if self.data.is_some() {
                    self.problems.push("the `fmt ` chunk stands after the data".to_owned());
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
            self.problems
                .push(format!("the `{}` chunk says {size} bytes, only {rest} are there", id.escape_ascii()));
        }
        Ok(here)
    }

    fn data<R: Read + Seek>(&mut self, source: &mut R, size: u32, at: u64, rest: u64) -> io::Result<u64> {
        let (declared, present) = match (size, self.long_data) {
            (UNKNOWN_SIZE, Some(long)) => (Some(long), long.min(rest)),
            (UNKNOWN_SIZE, None) => {
                self.problems.push(format!(
                    "data chunk says 0xFFFFFFFF bytes (unknown when the header was written), {rest} are there"
                ));
                (None, rest)
            }
            (0, _) if rest == 0 => {
                self.problems.push(
                    "data chunk says 0 bytes and the file ends there: a header without sound".to_owned(),
                );
                (Some(0), 0)
            }
            (0, _) if is_known_chunk(&read_at(source, at, 4)?) => {
                self.problems.push("data chunk says 0 bytes: no sound before the next chunk".to_owned());
                (Some(0), 0)
            }
            (0, _) => {
                self.problems.push(format!("data chunk says 0 bytes, {rest} are there"));
                (Some(0), rest)
            }
            _ => (Some(u64::from(size)), u64::from(size).min(rest)),
        };
        if let Some(declared) = declared.filter(|declared| *declared > rest) {
            self.problems.push(format!(
                "data chunk says {declared} bytes, only {rest} are there: the file is cut off, or its header is wrong"
            ));
        }
        if self.data.is_some() {
            self.problems.push("there is more than one data chunk".to_owned());
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

struct Format {
    /// The tag, resolved where it is extensible.
    tag: u16,
    channels: u16,
    rate: u32,
    bytes_per_second: u32,
    block_align: u16,
    bits: u16,
    /// The chunk as it stands.
    raw: Vec<u8>,
}

impl Format {
    fn read(raw: Vec<u8>) -> Option<Self> {
        let written = le16(&raw, 0)?;
        let tag = match raw.get(24..40) {
            Some(guid) if written == EXTENSIBLE && guid[2..] == GUID_OF_TAG => le16(guid, 0)?,
            _ => written,
        };
        Some(Self {
            tag,
            channels: le16(&raw, 2)?,
            rate: le32(&raw, 4)?,
            bytes_per_second: le32(&raw, 8)?,
            block_align: le16(&raw, 12)?,
            bits: le16(&raw, 14)?,
            raw,
        })
    }

    fn codec(&self) -> String {
        match (self.tag, self.bits) {
            (PCM, 8) => "pcm_u8".to_owned(),
            (PCM, bits) => format!("pcm_s{bits}le"),
            (FLOAT, bits) => format!("pcm_f{bits}le"),
            (A_LAW, _) => "pcm_alaw".to_owned(),
            (MU_LAW, _) => "pcm_mulaw".to_owned(),
            (MS_ADPCM, _) => "adpcm_ms".to_owned(),
            (IMA_ADPCM, _) => "adpcm_ima_wav".to_owned(),
            (0x31, _) => "gsm_ms".to_owned(),
            (0x45 | 0x64, _) => "adpcm_g726".to_owned(),
            (0x28f, _) => "adpcm_g722".to_owned(),
            (0x50, _) => "mp2".to_owned(),
            (0x55, _) => "mp3".to_owned(),
            (tag, _) => format!("wav_tag_0x{tag:04x}"),
        }
    }

    /// Bytes of one frame, where every frame has its own.
    fn bytes_per_frame(&self) -> Option<u64> {
        let usual = match self.tag {
            PCM => matches!(self.bits, 8 | 16 | 24 | 32),
            FLOAT => matches!(self.bits, 32 | 64),
            A_LAW | MU_LAW => self.bits == 8,
            _ => false,
        };
        (usual && self.channels > 0).then(|| u64::from(self.channels) * u64::from(self.bits / 8))
    }

    fn doubts(&self, problems: &mut Vec<String>) {
        if self.channels == 0 {
            problems.push("the `fmt ` chunk says 0 channels".to_owned());
        }
        if self.rate == 0 {
            problems.push("the `fmt ` chunk says a sample rate of 0 Hz".to_owned());
        }
        let Some(bytes) = self.bytes_per_frame() else { return };
        if u64::from(self.block_align) != bytes {
            problems.push(format!(
                "the `fmt ` chunk says {} bytes a frame, {bytes} it must be",
                self.block_align
            ));
        }
        let a_second = bytes * u64::from(self.rate);
        if u64::from(self.bytes_per_second) != a_second {
            problems.push(format!(
                "the `fmt ` chunk says {} bytes a second, {a_second} it must be",
                self.bytes_per_second
            ));
        }
    }

    /// A header for `present` bytes of this sound that every decoder takes, where it is a sound that ours decodes.
    fn header(&self, present: u64) -> Option<Vec<u8>> {
        let format = match self.bytes_per_frame() {
            _ if self.channels == 0 || self.rate == 0 => return None,
            Some(bytes) => {
                let mut format = Vec::from(self.tag.to_le_bytes());
                format.extend(self.channels.to_le_bytes());
                format.extend(self.rate.to_le_bytes());
                format.extend(self.rate.saturating_mul(bytes as u32).to_le_bytes());
                format.extend(u16::try_from(bytes).ok()?.to_le_bytes());
                format.extend(self.bits.to_le_bytes());
                if matches!(self.tag, A_LAW | MU_LAW) {
                    format.extend([0, 0]);
                }
                format
            }
            None if matches!(self.tag, MS_ADPCM | IMA_ADPCM) => self.raw.clone(),
            None => return None,
        };
        let size = |size: u64| u32::try_from(size).unwrap_or(UNKNOWN_SIZE).to_le_bytes();
        let mut header = Vec::from(*b"RIFF");
        header.extend(size(4 + 8 + format.len() as u64 + 8 + present));
        header.extend(b"WAVEfmt ");
        header.extend(size(format.len() as u64));
        header.extend(&format);
        header.extend(b"data");
        header.extend(size(present));
        Some(header)
    }
}
