//! Lies about the recording itself. The file is spoilt once, when its call is told, into a copy.

use std::{
    io::{self, Write as _},
    ops::Range,
    path::Path,
};

use super::Lie;
use crate::{flow::Direction, library::Source};

/// How many bytes in its middle tell a recording from its twin.
const TWIN: usize = 4096;
/// An MPEG-1 layer III frame of 128 kbit/s at 44.1 kHz: so many bytes, starting with these.
const MP3_FRAME: (usize, [u8; 4]) = (417, [0xFF, 0xFB, 0x90, 0x00]);
const MP3_FRAMES: usize = 400;

/// The recording that is kept instead of the honest one.
pub(crate) fn spoil(lie: Option<Lie>, direction: Direction, source: Source) -> io::Result<Source> {
    let (Some(lie), Source::File(path)) = (lie, &source) else { return Ok(source) };
    let spoilt = match lie {
        Lie::MediaMp3 => mp3(),
        Lie::MediaHtml => html(),
        Lie::MediaBase64 => base64(&std::fs::read(path)?),
        Lie::MediaSwappedInbound if direction == Direction::Outbound => return Ok(source),
        Lie::MediaMono
        | Lie::MediaDualMono
        | Lie::MediaSilentChannel
        | Lie::MediaSwapped
        | Lie::MediaSwappedInbound
        | Lie::MediaTruncated
        | Lie::MediaZeroSizes
        | Lie::MediaHeaderOnly => wav(lie, std::fs::read(path)?),
        _ => return Ok(source),
    };
    copy(&spoilt)
}

/// A recording of the same length with other bytes in its middle.
pub(crate) fn twin(file: &Path) -> io::Result<Source> {
    let mut bytes = std::fs::read(file)?;
    let middle = bytes.len() / 2;
    for byte in bytes.iter_mut().skip(middle).take(TWIN) {
        *byte = !*byte;
    }
    copy(&bytes)
}

pub(crate) fn copy(bytes: &[u8]) -> io::Result<Source> {
    let mut file = tempfile::NamedTempFile::new()?;
    file.write_all(bytes)?;
    file.flush()?;
    Ok(Source::Copy(file.into_temp_path()))
}

fn mp3() -> Vec<u8> {
    let (length, header) = MP3_FRAME;
    let mut frame = vec![0; length];
    frame[..header.len()].copy_from_slice(&header);
    frame.repeat(MP3_FRAMES)
}

fn html() -> Vec<u8> {
    let line = "<p>The recording could not be found. Please sign in and try again.</p>\n";
    format!("<!doctype html>\n<title>Not found</title>\n{}", line.repeat(64)).into_bytes()
}

fn base64(bytes: &[u8]) -> Vec<u8> {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = Vec::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let mut bits = 0_usize;
        for place in 0..3 {
            bits = bits << 8 | usize::from(group.get(place).copied().unwrap_or(0));
        }
        for place in 0..4 {
            let padding = place > group.len();
            text.push(if padding { b'=' } else { ALPHABET[bits >> (18 - 6 * place) & 63] });
        }
    }
    text
}

/// Where things stand in a WAV file.
struct Wav {
    format: usize,
    data_header: usize,
    data: Range<usize>,
}

impl Wav {
    /// Finds the chunks of a file that has two channels of 16-bit PCM.
    fn find(bytes: &[u8]) -> Option<Self> {
        if bytes.get(..4)? != b"RIFF" || bytes.get(8..12)? != b"WAVE" {
            return None;
        }
        let (mut at, mut format) = (12, None);
        loop {
            let size = u32::from_le_bytes(bytes.get(at + 4..at + 8)?.try_into().ok()?) as usize;
            match bytes.get(at..at + 4)? {
                b"fmt " => format = Some(at + 8),
                b"data" => {
                    let format = format?;
                    let stereo_pcm16 = bytes.get(format + 2..format + 4)? == [2, 0]
                        && bytes.get(format + 14..format + 16)? == [16, 0];
                    let data = at + 8..(at + 8 + size).min(bytes.len());
                    return stereo_pcm16.then_some(Self { format, data_header: at, data });
                }
                _ => {}
            }
            at += 8 + size + size % 2;
        }
    }
}

/// Spoils a WAV file; one that is not of the kind looked for stays as it is.
fn wav(lie: Lie, mut bytes: Vec<u8>) -> Vec<u8> {
    let Some(wav) = Wav::find(&bytes) else { return bytes };
    match lie {
        Lie::MediaMono => mono(&bytes, &wav),
        Lie::MediaTruncated => {
            bytes.truncate(bytes.len() / 2);
            bytes
        }
        Lie::MediaZeroSizes => {
            bytes[4..8].fill(0);
            bytes[wav.data_header + 4..wav.data_header + 8].fill(0);
            bytes
        }
        Lie::MediaHeaderOnly => {
            bytes.truncate(wav.data.start);
            bytes[wav.data_header + 4..wav.data_header + 8].fill(0);
            set_riff_size(&mut bytes);
            bytes
        }
        _ => {
            for frame in bytes[wav.data].chunks_exact_mut(4) {
                let (left, right) = ([frame[0], frame[1]], [frame[2], frame[3]]);
                let (left, right) = match lie {
                    Lie::MediaDualMono => (mix(left, right), mix(left, right)),
                    Lie::MediaSilentChannel => (left, [0, 0]),
                    _ => (right, left),
                };
                frame[..2].copy_from_slice(&left);
                frame[2..].copy_from_slice(&right);
            }
            bytes
        }
    }
}

/// One channel in place of two: half of the data, half of the rate of bytes, frames of half the size.
fn mono(bytes: &[u8], wav: &Wav) -> Vec<u8> {
    let mut spoilt = bytes[..wav.data.start].to_vec();
    for frame in bytes[wav.data.clone()].chunks_exact(4) {
        spoilt.extend(mix([frame[0], frame[1]], [frame[2], frame[3]]));
    }
    let size = (spoilt.len() - wav.data.start) as u32;
    spoilt[wav.data_header + 4..wav.data_header + 8].copy_from_slice(&size.to_le_bytes());
    let format = &mut spoilt[wav.format..];
    format[2] = 1;
    let rate = u32::from_le_bytes([format[4], format[5], format[6], format[7]]);
    format[8..12].copy_from_slice(&rate.saturating_mul(2).to_le_bytes());
    format[12..14].copy_from_slice(&2_u16.to_le_bytes());
    set_riff_size(&mut spoilt);
    spoilt
}

fn set_riff_size(bytes: &mut [u8]) {
    let size = (bytes.len() - 8) as u32;
    bytes[4..8].copy_from_slice(&size.to_le_bytes());
}

fn mix(left: [u8; 2], right: [u8; 2]) -> [u8; 2] {
    let sum = i32::from(i16::from_le_bytes(left)) + i32::from(i16::from_le_bytes(right));
    ((sum / 2) as i16).to_le_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two frames: left 100 and 300, right -50 and 7.
    fn stereo() -> Vec<u8> {
        let mut bytes =
            b"RIFF\x2C\0\0\0WAVEfmt \x10\0\0\0\x01\0\x02\0\x80\x3E\0\0\0\xFA\0\0\x04\0\x10\0data\x08\0\0\0"
                .to_vec();
        for sample in [100_i16, -50, 300, 7] {
            bytes.extend(sample.to_le_bytes());
        }
        bytes
    }

    fn samples(bytes: &[u8]) -> Vec<i16> {
        bytes[44..].chunks(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect()
    }

    #[test]
    fn channels_are_swapped_silenced_or_mixed() {
        assert_eq!(samples(&wav(Lie::MediaSwapped, stereo())), [-50, 100, 7, 300]);
        assert_eq!(samples(&wav(Lie::MediaSilentChannel, stereo())), [100, 0, 300, 0]);
        assert_eq!(samples(&wav(Lie::MediaDualMono, stereo())), [25, 25, 153, 153]);
    }

    #[test]
    fn a_mono_file_says_that_it_is_one() {
        let mono = wav(Lie::MediaMono, stereo());
        assert_eq!(samples(&mono), [25, 153]);
        assert_eq!((mono[22], mono[32], mono[40], mono.len()), (1, 2, 4, 48));
        assert_eq!(mono[4], 40);
        assert_eq!(mono[28..32], 32_000_u32.to_le_bytes());
    }

    #[test]
    fn sizes_and_ends_are_spoilt_where_they_stand() {
        assert_eq!(wav(Lie::MediaZeroSizes, stereo())[40..44], [0; 4]);
        assert_eq!(wav(Lie::MediaHeaderOnly, stereo()).len(), 44);
        assert_eq!(wav(Lie::MediaTruncated, stereo()).len(), 26);
    }

    #[test]
    fn base64_is_padded() {
        assert_eq!(base64(b"RIFF"), b"UklGRg==");
        assert_eq!(base64(b"RIF"), b"UklG");
        assert_eq!(base64(b"RI"), b"Ukk=");
    }
}
