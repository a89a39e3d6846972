//! Files of other kinds in place of the recording.

use std::io;

use super::wave::{Wave, mu_law};
use crate::sabotage::Lie;

/// An MPEG-1 layer III frame of 128 kbit/s at 44.1 kHz: so many bytes, starting with these.
const MP3_FRAME: (usize, [u8; 4]) = (417, [0xFF, 0xFB, 0x90, 0x00]);
const MP3_FRAMES: usize = 400;
/// Bytes of something that is no sound to anybody.
const FILLING: usize = 40_000;

/// What is sent instead, where this lie sends something else.
pub(super) fn instead(lie: Lie, honest: impl Fn() -> io::Result<Vec<u8>>) -> Option<io::Result<Vec<u8>>> {
    Some(match lie {
        Lie::MediaMp3 => Ok(mp3()),
        Lie::MediaOggOpus => Ok(ogg_opus()),
        Lie::MediaWebm => Ok(webm()),
        Lie::MediaAmr => Ok(filled(b"#!AMR\n\x3c", 3)),
        Lie::MediaHtml => Ok(html()),
        Lie::MediaJsonError => {
            Ok(br#"{"error":{"code":404,"message":"The recording is not available yet. Try again later."}}"#
                .to_vec())
        }
        Lie::MediaXmlError => Ok(xml()),
        Lie::MediaBase64 => honest().map(|bytes| base64(&bytes)),
        Lie::MediaMangled => honest().map(|bytes| String::from_utf8_lossy(&bytes).into_owned().into_bytes()),
        Lie::MediaRawMulaw => honest().map(|bytes| Wave::read(&bytes).map_or(bytes, |wave| raw(&wave))),
        _ => return None,
    })
}

fn mp3() -> Vec<u8> {
    let (length, header) = MP3_FRAME;
    let mut frame = vec![0; length];
    frame[..header.len()].copy_from_slice(&header);
    frame.repeat(MP3_FRAMES)
}

/// So many bytes after the first ones, none of them alike for long.
fn filled(start: &[u8], seed: u32) -> Vec<u8> {
    let mut state = seed;
    let more = std::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    });
    start.iter().copied().chain(more.take(FILLING)).collect()
}

/// The first page of an Ogg stream with an Opus header (RFC 7845 §5.1), then rubbish.
fn ogg_opus() -> Vec<u8> {
    let mut page = b"OggS\0\x02".to_vec();
    page.extend([0; 8]);
    page.extend(*b"call\0\0\0\0\0\0\0\0\x01\x13");
    page.extend(*b"OpusHead\x01\x02\x38\x01\x80\xbb\0\0\0\0\0");
    filled(&page, 1)
}

/// The EBML header of a `WebM` file, then rubbish.
fn webm() -> Vec<u8> {
    filled(b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\xf7\x81\x01\x42\xf2\x81\x04\x42\xf3\x81\x08\x42\x82\x84webm", 2)
}

fn html() -> Vec<u8> {
    let line = "<p>The recording could not be found. Please sign in and try again.</p>\n";
    format!("<!doctype html>\n<title>Not found</title>\n{}", line.repeat(64)).into_bytes()
}

fn xml() -> Vec<u8> {
    let error = "<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message></Error>\n";
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{error}").into_bytes()
}

/// Both channels as mu-law, without any header, after 20 ms of a telephone line's silence.
fn raw(wave: &Wave) -> Vec<u8> {
    let silence = std::iter::repeat_n(0x7f, 640);
    silence.chain(wave.frames.iter().flatten().map(|sample| mu_law(*sample))).collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_padded() {
        assert_eq!(base64(b"RIFF"), b"UklGRg==");
        assert_eq!(base64(b"RIF"), b"UklG");
        assert_eq!(base64(b"RI"), b"Ukk=");
    }
}
