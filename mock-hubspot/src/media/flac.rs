//! What STREAMINFO, the first block of a FLAC file, says (RFC 9639 §8.2). Reads the head only.

use super::{MediaFacts, be32, be64};

const STREAMINFO_LENGTH: usize = 34;

/// Enters what STREAMINFO declares, and what is wrong with it.
pub(super) fn examine(head: &[u8], facts: &mut MediaFacts) {
    facts.codec = Some("flac".to_owned());
    let Some(at) = head.windows(4).position(|window| window == b"fLaC") else { return };
    if at > 0 {
        facts.problems.push(format!("an ID3 tag of {at} bytes stands before `fLaC`"));
    }
    let Some(block) = head.get(at + 8..at + 8 + STREAMINFO_LENGTH) else {
        facts.problems.push("the file ends within STREAMINFO".to_owned());
        return;
    };
    if be32(head, at + 4).is_none_or(|header| header & 0x7fff_ffff != STREAMINFO_LENGTH as u32) {
        facts.problems.push("the first metadata block is not STREAMINFO".to_owned());
        return;
    }
    // 20 bits of sample rate, 3 of channels less one, 5 of bits per sample less one, 36 of total samples.
    let packed = be64(block, 10).unwrap_or_default();
    let rate = (packed >> 44) as u32;
    if rate == 0 {
        facts.problems.push("STREAMINFO says a sample rate of 0 Hz".to_owned());
    } else {
        facts.sample_rate = Some(rate);
    }
    facts.channels = Some(((packed >> 41) & 7) as u32 + 1);
    match packed & 0xf_ffff_ffff {
        0 => facts.problems.push("STREAMINFO does not say how many samples there are".to_owned()),
        total => facts.declared_frames = Some(total),
    }
    if block[18..].iter().all(|byte| *byte == 0) {
        facts.problems.push("STREAMINFO carries no MD5 of the sound".to_owned());
    }
}
