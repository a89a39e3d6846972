//! How the sound of an MP4 file is coded: the sample entry (ISO/IEC 14496-12 §12.2.3) and what AAC says of itself
//! (`AudioSpecificConfig`, ISO/IEC 14496-3 §1.6.2.1).

use super::be16;
use super::mp4::child;

const RATES: [u32; 13] =
    [96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350];
const SBR: u32 = 5;
const PS: u32 = 29;

/// Enters what the sample entry of that kind says.
pub(super) fn describe(
    kind: [u8; 4],
    entry: &[u8],
    codec: &mut Option<String>,
    rate: &mut Option<u32>,
    channels: &mut Option<u32>,
) {
    *channels = be16(entry, 16).map(u32::from).filter(|channels| *channels > 0);
    *rate = be16(entry, 24).map(u32::from).filter(|rate| *rate > 0);
    // QuickTime's versions 1 and 2 are longer before their own boxes begin.
    let fixed = match be16(entry, 8) {
        Some(1) => 44,
        Some(2) => 64,
        _ => 28,
    };
    let inside = entry.get(fixed..).unwrap_or_default();
    *codec = Some(match &kind {
        b"mp4a" => {
            let esds = child(inside, *b"esds").or_else(|| child(child(inside, *b"wave")?, *b"esds"));
            esds.map_or("mp4a".to_owned(), |esds| elementary(esds, *rate, *channels))
        }
        b"alac" => "alac".to_owned(),
        b"fLaC" => "flac".to_owned(),
        b"Opus" => "opus".to_owned(),
        b"ac-3" => "ac3".to_owned(),
        b"ec-3" => "eac3".to_owned(),
        b".mp3" => "mp3".to_owned(),
        b"ulaw" => "pcm_mulaw".to_owned(),
        b"alaw" => "pcm_alaw".to_owned(),
        b"samr" => "amr_nb".to_owned(),
        b"sawb" => "amr_wb".to_owned(),
        other => other.escape_ascii().to_string(),
    });
}

/// The codec that an elementary stream descriptor names.
fn elementary(esds: &[u8], rate: Option<u32>, channels: Option<u32>) -> String {
    let Some((object, config)) = esds.get(4..).and_then(decoder_config) else { return "mp4a".to_owned() };
    match object {
        0x40 | 0x66..=0x68 => aac(config, rate, channels).to_owned(),
        0x69 | 0x6b => "mp3".to_owned(),
        0xa5 => "ac3".to_owned(),
        0xa6 => "eac3".to_owned(),
        0xad => "opus".to_owned(),
        other => format!("mp4a_0x{other:02x}"),
    }
}

/// LC, or with SBR (`aac_he`), or with parametric stereo as well (`aac_he_v2`), told or silent: a sample entry at twice the
/// rate of the core is SBR, and two channels over a core of one then parametric stereo.
fn aac(config: &[u8], rate: Option<u32>, channels: Option<u32>) -> &'static str {
    let mut bits = Bits { bytes: config, at: 0 };
    let Some((object, core_rate, core_channels)) = bits.audio_specific() else { return "aac" };
    let doubled = rate.is_some_and(|rate| u64::from(rate) == 2 * u64::from(core_rate));
    match object {
        PS => "aac_he_v2",
        SBR => "aac_he",
        _ if doubled && core_channels == 1 && channels == Some(2) => "aac_he_v2",
        _ if doubled => "aac_he",
        _ => "aac",
    }
}

/// The object type and the specific part of a decoder configuration, from inside the outer descriptor.
fn decoder_config(descriptors: &[u8]) -> Option<(u8, &[u8])> {
    let (tag, stream) = descriptor(descriptors)?;
    let flags = *stream.get(2).filter(|_| tag == 3)?;
    let mut skip = 3;
    if flags & 0x80 != 0 {
        skip += 2;
    }
    if flags & 0x40 != 0 {
        skip += 1 + usize::from(*stream.get(skip)?);
    }
    if flags & 0x20 != 0 {
        skip += 2;
    }
    let (tag, config) = descriptor(stream.get(skip..)?)?;
    let object = *config.first().filter(|_| tag == 4)?;
    let specific = config.get(13..).and_then(descriptor).filter(|(tag, _)| *tag == 5);
    Some((object, specific.map_or(&[][..], |(_, specific)| specific)))
}

/// The tag and content of one descriptor: a length of up to four bytes, seven bits each.
fn descriptor(bytes: &[u8]) -> Option<(u8, &[u8])> {
    let tag = *bytes.first()?;
    let mut length = 0;
    for nth in 1..=4 {
        let byte = *bytes.get(nth)?;
        length = (length << 7) | usize::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            let content = bytes.get(nth + 1..)?;
            return Some((tag, content.get(..length).unwrap_or(content)));
        }
    }
    None
}

struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Bits<'_> {
    fn take(&mut self, count: usize) -> Option<u32> {
        let mut value = 0;
        for _ in 0..count {
            let byte = *self.bytes.get(self.at / 8)?;
            value = (value << 1) | u32::from((byte >> (7 - self.at % 8)) & 1);
            self.at += 1;
        }
        Some(value)
    }

    /// Object type, sample rate and channels of the core.
    fn audio_specific(&mut self) -> Option<(u32, u32, u32)> {
        let object = match self.take(5)? {
            31 => 32 + self.take(6)?,
            object => object,
        };
        let rate = match self.take(4)? {
            15 => self.take(24)?,
            index => *RATES.get(index as usize)?,
        };
        Some((object, rate, self.take(4)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parametric_stereo_is_told_from_two_channels() {
        for (config, expected) in
            [([0x12, 0x90], "aac"), ([0x14, 0x10], "aac_he"), ([0x14, 0x08], "aac_he_v2")]
        {
            assert_eq!(aac(&config, Some(32_000), Some(2)), expected);
        }
        assert_eq!(aac(&[0x14, 0x08], Some(16_000), Some(2)), "aac", "one channel, declared as two");
    }

    #[test]
    fn lengths_of_descriptors_may_be_stretched() {
        assert_eq!(descriptor(&[5, 0x80, 0x80, 0x80, 2, 0x12, 0x90]).unwrap(), (5, &[0x12, 0x90][..]));
    }
}
