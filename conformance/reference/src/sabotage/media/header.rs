//! The chunks of a WAV file and the header of a FLAC file, spoilt.

use std::ops::Range;

use crate::sabotage::Lie;

/// Where things stand in a WAV file of 16-bit PCM.
pub(super) struct Chunks {
    pub(super) format: usize,
    pub(super) data_header: usize,
    pub(super) data: Range<usize>,
    pub(super) channels: u16,
    pub(super) rate: u32,
}

impl Chunks {
    /// Finds the chunks of a file that has two or three channels of 16-bit PCM.
    pub(super) fn find(bytes: &[u8]) -> Option<Self> {
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
                    let channels = u16::from_le_bytes(bytes.get(format + 2..format + 4)?.try_into().ok()?);
                    let rate = u32::from_le_bytes(bytes.get(format + 4..format + 8)?.try_into().ok()?);
                    let is_pcm16 = bytes.get(format + 14..format + 16)? == [16, 0];
                    let data = at + 8..(at + 8 + size).min(bytes.len());
                    let known = is_pcm16 && matches!(channels, 2 | 3);
                    return known.then_some(Self { format, data_header: at, data, channels, rate });
                }
                _ => {}
            }
            at += 8 + size + size % 2;
        }
    }
}

/// A RIFF file of these chunks.
pub(super) fn riff(chunks: &[([u8; 4], &[u8])]) -> Vec<u8> {
    let mut bytes = b"RIFF\0\0\0\0WAVE".to_vec();
    for (id, content) in chunks {
        bytes.extend(id);
        bytes.extend((content.len() as u32).to_le_bytes());
        bytes.extend(*content);
        bytes.resize(bytes.len() + bytes.len() % 2, 0);
    }
    set_riff_size(&mut bytes);
    bytes
}

fn set_riff_size(bytes: &mut [u8]) {
    let size = (bytes.len() - 8) as u32;
    bytes[4..8].copy_from_slice(&size.to_le_bytes());
}

/// The file with its header spoilt, where this lie does that.
pub(super) fn spoil(lie: Lie, bytes: &[u8]) -> Option<Vec<u8>> {
    if bytes.starts_with(b"fLaC") {
        return flac(lie, bytes.to_vec());
    }
    let chunks = Chunks::find(bytes)?;
    let (length, sound) = (bytes.len() as u32, chunks.data.len() as u32);
    let mut spoilt = bytes.to_vec();
    let mut put = |at: usize, number: u32| spoilt[at..at + 4].copy_from_slice(&number.to_le_bytes());
    let (riff_size, data_size) = (4, chunks.data_header + 4);
    let (rate, a_second) = (chunks.format + 4, chunks.format + 8);
    match lie {
        Lie::MediaTruncated => spoilt.truncate(bytes.len() / 2),
        Lie::MediaZeroSizes => {
            put(riff_size, 0);
            put(data_size, 0);
        }
        Lie::MediaUnknownSizes => {
            put(riff_size, u32::MAX);
            put(data_size, u32::MAX);
        }
        Lie::MediaDataSizeOfFile => put(data_size, length),
        Lie::MediaDataSizeDoubled => put(data_size, 2 * sound),
        Lie::MediaRiffSizeOfFile => put(riff_size, length),
        Lie::MediaPlaysSlow => {
            put(rate, chunks.rate / 2);
            put(a_second, chunks.rate * 2);
        }
        Lie::MediaPlaysFast => {
            put(rate, chunks.rate * 6);
            put(a_second, chunks.rate * 24);
        }
        Lie::MediaWrongFrameSize => spoilt[chunks.format + 12] = 2,
        Lie::MediaHeaderOnly => {
            put(data_size, 0);
            spoilt.truncate(chunks.data.start);
            set_riff_size(&mut spoilt);
        }
        Lie::MediaTwoDataChunks => {
            // A fifth of a second is written as another chunk.
            let (sound, more) = bytes[chunks.data.clone()].split_at(chunks.data.len() - 12_800);
            let format = &bytes[chunks.format..chunks.format + 16];
            return Some(riff(&[(*b"fmt ", format), (*b"data", sound), (*b"data", more)]));
        }
        Lie::MediaNeedlessRf64 => {
            return Some(rf64(&bytes[chunks.format..chunks.format + 16], &bytes[chunks.data]));
        }
        _ => return None,
    }
    Some(spoilt)
}

/// The same sound as RF64 (EBU Tech 3306), which it is too short to need.
fn rf64(format: &[u8], data: &[u8]) -> Vec<u8> {
    let mut sizes = (72 + data.len() as u64).to_le_bytes().to_vec();
    sizes.extend((data.len() as u64).to_le_bytes());
    sizes.extend((data.len() as u64 / 4).to_le_bytes());
    sizes.extend([0; 4]);
    let mut bytes = riff(&[(*b"ds64", &sizes), (*b"fmt ", format), (*b"data", data)]);
    bytes[..8].copy_from_slice(b"RF64\xff\xff\xff\xff");
    bytes[76..80].fill(0xff);
    bytes
}

/// STREAMINFO follows `fLaC` and the block's four bytes: the number of samples in its 36 bits from 13.5 on, the MD5 from 18 on.
fn flac(lie: Lie, mut bytes: Vec<u8>) -> Option<Vec<u8>> {
    const STREAMINFO: usize = 8;
    let checksum = STREAMINFO + 18..STREAMINFO + 34;
    if bytes.len() < checksum.end {
        return None;
    }
    match lie {
        Lie::MediaTruncatedFlac => bytes.truncate(bytes.len() / 2),
        Lie::MediaFlacPiped => {
            bytes[STREAMINFO + 13] &= 0xf0;
            bytes[STREAMINFO + 14..checksum.end].fill(0);
        }
        Lie::MediaFlacWrongChecksum => bytes[checksum].iter_mut().for_each(|byte| *byte = !*byte),
        _ => return None,
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::super::wave::write;
    use super::*;

    fn stereo() -> Vec<u8> {
        write(16_000, 2, &[100, -50, 300, 7])
    }

    #[test]
    fn sizes_and_ends_are_spoilt_where_they_stand() {
        let spoilt = |lie| spoil(lie, &stereo()).unwrap();
        assert_eq!(spoilt(Lie::MediaZeroSizes)[40..44], [0; 4]);
        assert_eq!(spoilt(Lie::MediaUnknownSizes)[40..44], [0xff; 4]);
        assert_eq!(spoilt(Lie::MediaDataSizeOfFile)[40], 52);
        assert_eq!(spoilt(Lie::MediaDataSizeDoubled)[40], 16);
        assert_eq!(spoilt(Lie::MediaHeaderOnly).len(), 44);
        assert_eq!(spoilt(Lie::MediaTruncated).len(), 26);
        assert_eq!(spoilt(Lie::MediaNeedlessRf64).len(), 88);
    }
}
