//! The `fmt ` chunk of a WAV file: how its sound is stored, and a header with which it can be decoded.

use super::riff::UNKNOWN_SIZE;
use super::{Flaw, MediaFacts, le16, le32};

/// The last 14 bytes of the GUID of an extensible sub-format that is a format tag.
const GUID_OF_TAG: [u8; 14] = *b"\x00\x00\x00\x00\x10\x00\x80\x00\x00\xaa\x00\x38\x9b\x71";
const PCM: u16 = 1;
const MS_ADPCM: u16 = 2;
const FLOAT: u16 = 3;
const A_LAW: u16 = 6;
const MU_LAW: u16 = 7;
const IMA_ADPCM: u16 = 0x11;
const EXTENSIBLE: u16 = 0xfffe;

/// The content of a `fmt ` chunk.
pub(super) struct Format {
    /// The tag, resolved where it is extensible.
    pub(super) tag: u16,
    pub(super) channels: u16,
    pub(super) rate: u32,
    bytes_per_second: u32,
    block_align: u16,
    pub(super) bits: u16,
    /// The chunk as it stands.
    raw: Vec<u8>,
}

impl Format {
    pub(super) fn read(raw: Vec<u8>) -> Option<Self> {
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

    pub(super) fn codec(&self) -> String {
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
    pub(super) fn bytes_per_frame(&self) -> Option<u64> {
        let usual = match self.tag {
            PCM => matches!(self.bits, 8 | 16 | 24 | 32),
            FLOAT => matches!(self.bits, 32 | 64),
            A_LAW | MU_LAW => self.bits == 8,
            _ => false,
        };
        (usual && self.channels > 0).then(|| u64::from(self.channels) * u64::from(self.bits / 8))
    }

    pub(super) fn doubts(&self, facts: &mut MediaFacts) {
        if self.channels == 0 {
            facts.note(Flaw::FormatContradicts, "the `fmt ` chunk says 0 channels".to_owned());
        }
        if self.rate == 0 {
            facts.note(Flaw::FormatContradicts, "the `fmt ` chunk says a sample rate of 0 Hz".to_owned());
        }
        let Some(bytes) = self.bytes_per_frame() else { return };
        if u64::from(self.block_align) != bytes {
            facts.note(
                Flaw::FormatContradicts,
                format!("the `fmt ` chunk says {} bytes a frame, {bytes} it must be", self.block_align),
            );
        }
        let a_second = bytes * u64::from(self.rate);
        if u64::from(self.bytes_per_second) != a_second {
            facts.note(
                Flaw::FormatContradicts,
                format!(
                    "the `fmt ` chunk says {} bytes a second, {a_second} it must be",
                    self.bytes_per_second
                ),
            );
        }
    }

    /// A header for `present` bytes of this sound that every decoder takes, where it is a sound that ours decodes.
    pub(super) fn header(&self, present: u64) -> Option<Vec<u8>> {
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
