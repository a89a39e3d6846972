//! What STREAMINFO, the first block of a FLAC file, says (RFC 9639 §8.2), and the way to decode what it says askew.

use std::io::{self, Read, Seek};

use super::decode::{self, Source};
use super::{FlacFacts, Flaw, Halt, MediaFacts, be16, be32, be64, read_at};

const STREAMINFO_LENGTH: usize = 34;
const MOST_BLOCKS: u32 = 1_000;

/// Enters what STREAMINFO says and what the sound holds.
pub(super) fn examine<R>(mut source: R, head: &[u8], length: u64, facts: &mut MediaFacts, halt: &Halt)
where
    R: Read + Seek + Send + Sync + 'static,
{
    declared(head, facts);
    let source = match mended(&mut source, head) {
        Ok(Some((header, at))) => Source::repaired(header, source, at, length.saturating_sub(at), halt),
        Ok(None) => Source::whole(source, length, halt),
        Err(error) => Err(error),
    };
    match source {
        Ok(source) => decode::decode(source, "flac", facts),
        Err(error) => facts.problems.push(format!("the file could not be read: {error}")),
    }
    decode::compare_with_declared(facts);
}

/// Our decoder takes blocks for fixed where the smallest and the largest are equal. Encoders that count the last, shorter block
/// as the smallest (RFC 9639 §8.2 leaves it out) are played everywhere, so they are mended: a header that agrees with the first
/// frame, and where the rest of the file goes on.
fn mended<R: Read + Seek>(source: &mut R, head: &[u8]) -> io::Result<Option<(Vec<u8>, u64)>> {
    let Some(start) = head.windows(4).position(|window| window == b"fLaC") else { return Ok(None) };
    let Some(mut header) = head.get(start..start + 8 + STREAMINFO_LENGTH).map(<[u8]>::to_vec) else {
        return Ok(None);
    };
    let mut at = start as u64 + 4;
    for _ in 0..MOST_BLOCKS {
        let Some(block) = be32(&read_at(source, at, 4)?, 0) else { return Ok(None) };
        at += 4 + u64::from(block & 0x00ff_ffff);
        if block >> 31 == 1 {
            break;
        }
    }
    let first_frame = be16(&read_at(source, at, 2)?, 0);
    let (smallest, largest) = (be16(&header, 8), be16(&header, 10).unwrap_or_default());
    let mended = match first_frame {
        Some(0xfff8) if smallest != Some(largest) => largest,
        Some(0xfff9) if smallest == Some(largest) && largest > 16 => 16,
        _ => return Ok(None),
    };
    header[8..10].copy_from_slice(&mended.to_be_bytes());
    Ok(Some((header, (start + 8 + STREAMINFO_LENGTH) as u64)))
}

/// Enters what STREAMINFO declares, and what is wrong with it.
fn declared(head: &[u8], facts: &mut MediaFacts) {
    facts.codec = Some("flac".to_owned());
    let Some(at) = head.windows(4).position(|window| window == b"fLaC") else { return };
    if at > 0 {
        facts.note(Flaw::TagBeforeFlac, format!("an ID3 tag of {at} bytes stands before `fLaC`"));
    }
    let Some(block) = head.get(at + 8..at + 8 + STREAMINFO_LENGTH) else {
        facts.note(Flaw::BadStreamInfo, "the file ends within STREAMINFO");
        return;
    };
    if be32(head, at + 4).is_none_or(|header| header & 0x7fff_ffff != STREAMINFO_LENGTH as u32) {
        facts.note(Flaw::BadStreamInfo, "the first metadata block is not STREAMINFO");
        return;
    }
    // 20 bits of sample rate, 3 of channels less one, 5 of bits per sample less one, 36 of total samples.
    let packed = be64(block, 10).unwrap_or_default();
    let rate = (packed >> 44) as u32;
    if rate == 0 {
        facts.note(Flaw::BadStreamInfo, "STREAMINFO says a sample rate of 0 Hz");
    } else {
        facts.sample_rate = Some(rate);
    }
    facts.channels = Some(((packed >> 41) & 7) as u32 + 1);
    facts.flac = Some(FlacFacts {
        has_total: packed & 0xf_ffff_ffff > 0,
        has_checksum: block[18..].iter().any(|byte| *byte != 0),
    });
    match packed & 0xf_ffff_ffff {
        0 => facts.note(Flaw::NoTotal, "STREAMINFO does not say how many samples there are"),
        total => facts.declared_frames = Some(total),
    }
    if block[18..].iter().all(|byte| *byte == 0) {
        facts.note(Flaw::NoChecksum, "STREAMINFO carries no MD5 of the sound");
    }
}
