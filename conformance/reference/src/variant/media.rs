//! Variants of the recording itself.

use std::io;

use super::Choice;
use crate::{library::Source, sabotage::media::copy};

/// A WAV file's header, when it has nothing but the format and the data.
const HEADER: usize = 44;

/// The recording that is kept instead.
pub(crate) fn shape(choice: Option<Choice>, source: Source) -> io::Result<Source> {
    let (Some(choice), Source::File(path)) = (choice, &source) else { return Ok(source) };
    let shaped = match choice {
        Choice::ThreeChannels => three_channels(&std::fs::read(path)?),
        Choice::MoovAtTheEnd => moov_at_the_end(&std::fs::read(path)?),
        _ => return Ok(source),
    };
    shaped.map_or(Ok(source), |bytes| copy(&bytes))
}

/// Adds a channel to 16-bit stereo: what the second one says, backwards, and nothing in the first and last two seconds.
fn three_channels(bytes: &[u8]) -> Option<Vec<u8>> {
    let (header, data) = bytes.split_at_checked(HEADER)?;
    if header[22..24] != [2, 0] || &header[36..40] != b"data" {
        return None;
    }
    let rate = u32::from_le_bytes(header[24..28].try_into().ok()?);
    let frames: Vec<_> = data.chunks_exact(4).collect();
    let quiet = 2 * rate as usize;
    let mut out = header.to_vec();
    for (place, frame) in frames.iter().enumerate() {
        out.extend_from_slice(frame);
        let voiced = (quiet..frames.len().saturating_sub(quiet)).contains(&place);
        out.extend_from_slice(if voiced { &frames[frames.len() - 1 - place][2..] } else { &[0, 0] });
    }
    let size = (out.len() - HEADER) as u32;
    out[22] = 3;
    out[28..32].copy_from_slice(&(rate * 6).to_le_bytes());
    out[32] = 6;
    out[40..44].copy_from_slice(&size.to_le_bytes());
    out[4..8].copy_from_slice(&(size + HEADER as u32 - 8).to_le_bytes());
    Some(out)
}

/// Moves the index of an MP4 file behind the sound, as most recorders write it.
fn moov_at_the_end(bytes: &[u8]) -> Option<Vec<u8>> {
    let boxes = boxes(bytes)?;
    let moov = boxes.iter().find(|b| b.kind == *b"moov")?;
    if boxes.last()?.kind == *b"moov" {
        return None;
    }
    let mut index = bytes[moov.start..moov.end].to_vec();
    let length = (moov.end - moov.start) as u32;
    move_offsets(&mut index[8..], length)?;
    let mut out = [&bytes[..moov.start], &bytes[moov.end..]].concat();
    out.extend(index);
    Some(out)
}

/// One box: its kind, and where it starts and ends.
struct Mp4Box {
    kind: [u8; 4],
    start: usize,
    end: usize,
}

fn boxes(bytes: &[u8]) -> Option<Vec<Mp4Box>> {
    let (mut boxes, mut start) = (Vec::new(), 0);
    while start < bytes.len() {
        let size = u32::from_be_bytes(bytes.get(start..start + 4)?.try_into().ok()?) as usize;
        let end = start.checked_add(size).filter(|end| size >= 8 && *end <= bytes.len())?;
        boxes.push(Mp4Box { kind: bytes.get(start + 4..start + 8)?.try_into().ok()?, start, end });
        start = end;
    }
    Some(boxes)
}

/// Where chunks of sound lie, seen from the start of the file: that much earlier.
fn move_offsets(bytes: &mut [u8], by: u32) -> Option<()> {
    for found in boxes(bytes)? {
        let body = &mut bytes[found.start + 8..found.end];
        match &found.kind {
            b"trak" | b"mdia" | b"minf" | b"stbl" => move_offsets(body, by)?,
            b"stco" => {
                for entry in body.get_mut(8..)?.chunks_exact_mut(4) {
                    let offset = u32::from_be_bytes(entry.try_into().ok()?);
                    entry.copy_from_slice(&offset.checked_sub(by)?.to_be_bytes());
                }
            }
            _ => {}
        }
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_third_channel_is_written_between_the_frames() {
        let mut wav =
            b"RIFF\x2C\0\0\0WAVEfmt \x10\0\0\0\x01\0\x02\0\x01\0\0\0\x04\0\0\0\x04\0\x10\0data\x14\0\0\0"
                .to_vec();
        for frame in 0..5_u8 {
            wav.extend([frame, 0, frame + 10, 0]);
        }
        let three = three_channels(&wav).unwrap_or_default();
        assert_eq!(three.len(), 44 + 30);
        assert_eq!((three[22], three[28], three[32], three[40]), (3, 6, 6, 30));
        assert_eq!(three[44 + 12..44 + 18], [2, 0, 12, 0, 12, 0]);
    }

    #[test]
    fn the_index_moves_behind_the_sound_and_its_offsets_with_it() {
        let mp4_box =
            |kind: &[u8; 4], body: &[u8]| [&(body.len() as u32 + 8).to_be_bytes()[..], kind, body].concat();
        let stco = mp4_box(b"stco", &[0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 100]);
        let moov =
            [b"trak", b"mdia", b"minf", b"stbl"].iter().rev().fold(stco, |body, kind| mp4_box(kind, &body));
        let moov = mp4_box(b"moov", &moov);
        let whole = [mp4_box(b"ftyp", b"isom"), moov.clone(), mp4_box(b"mdat", b"sound")].concat();
        let moved = moov_at_the_end(&whole).unwrap_or_default();
        assert_eq!(moved.len(), whole.len());
        assert_eq!(moved.last().copied(), Some(100 - moov.len() as u8));
        assert_eq!(moved[12..20], *b"\0\0\0\x0dmdat");
    }
}
