//! What the checks of the file answer: its format, its codec, whether it decodes. Pure functions of what was decoded.

use super::judging::{
    BROKEN_BOXES, HALF_A_SECOND_MS, each, flaw, found, is_allowed, is_parametric, is_wav, missing, named,
    not_a_recording, not_decodable, not_heard, rate_of, seconds,
};
use crate::catalogue::ranges::telling::clip;
use crate::check::Case;
use crate::verdict::{Finding, Verdict};
use mock_hubspot::media::{Flaw, MediaFacts};

/// About how many frames a packet holds, where errors are counted in packets.
const FRAMES_PER_PACKET: u64 = 1024;
/// A header that says less than this is no longer about a call.
const LOWEST_RATE: u32 = 8_000;
const USUAL_RATES: [u32; 8] = [8_000, 11_025, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000];
/// Brands of files that play everywhere.
const BRANDS: [&str; 12] =
    ["isom", "iso2", "iso3", "iso4", "iso5", "iso6", "mp41", "mp42", "M4A ", "dash", "msdh", "avc1"];
/// The longest file that a plain WAV header can describe.
const FOUR_GIB: u64 = 1 << 32;

pub(super) fn container(case: &Case) -> Verdict {
    each(case, |call, media| {
        if is_allowed(&media.container) && !media.flaws.contains_key(&Flaw::Mangled) {
            return Verdict::Pass;
        }
        let kind = if is_allowed(&media.container) { "mangled" } else { &media.container };
        let finding = found(call, "a WAV, FLAC or MP4 file", named(kind));
        Verdict::fail(match media.problems.first() {
            Some(problem) => finding.differing(clip(problem)),
            None => finding,
        })
    })
}

pub(super) fn codec(case: &Case) -> Verdict {
    each(case, |call, media| {
        let bare = (media.container == "mp3").then_some("mp3");
        let Some(codec) = media.codec.as_deref().or(bare) else {
            return not_a_recording(media).unwrap_or_else(|| {
                Verdict::not_applicable("no codec was recognised: media/decodes speaks of it")
            });
        };
        let in_mp4 = media.container == "mp4";
        let plays = if in_mp4 {
            // HE-AAC, Opus, FLAC and MP3 in MP4 play in browsers (measured); what HubSpot makes of them is not known.
            codec.starts_with("aac") && !is_parametric(Some(codec))
                || matches!(codec, "opus" | "flac" | "mp3")
        } else {
            codec.starts_with("pcm_") || codec == "flac"
        };
        if plays {
            return Verdict::Pass;
        }
        let got = if is_parametric(Some(codec)) {
            "HE-AAC v2: parametric stereo, one channel and hints for a second".to_owned()
        } else {
            format!("{} in {}", clip(codec), clip(&media.container))
        };
        Verdict::fail(found(call, "PCM, mu-law or A-law in WAV", got).or("FLAC").or("AAC-LC in MP4"))
    })
}

pub(super) fn common_codec(case: &Case) -> Verdict {
    each(case, |call, media| {
        if let Some(verdict) = not_a_recording(media) {
            return verdict;
        }
        let codec = match media.codec.as_deref() {
            Some(codec) if media.container == "mp4" => codec,
            _ => return Verdict::not_applicable("the recording is no MP4 file"),
        };
        match codec {
            "aac" => Verdict::Pass,
            "aac_he" | "opus" | "flac" | "mp3" => {
                Verdict::fail(found(call, "AAC-LC, which every player and decoder takes", clip(codec)))
            }
            _ => Verdict::not_applicable("media/codec speaks of it"),
        }
    })
}

pub(super) fn decodes(case: &Case) -> Verdict {
    each(case, |call, media| {
        if let Some(verdict) = not_decodable(media) {
            return verdict;
        }
        let differing = |finding: Finding| match media.problems.first() {
            Some(problem) => finding.differing(clip(problem)),
            None => finding,
        };
        if media.decoded_frames == 0 {
            return Verdict::fail(differing(found(call, "sound", "no sound could be decoded")));
        }
        let (errors, packets) = packets(media);
        if errors * 1000 > packets {
            let got = format!("{errors} packets of about {packets} do not decode");
            return Verdict::fail(found(call, "every packet decodes, or all but one in a thousand", got));
        }
        if media.checksum_ok == Some(false) && missing(media).is_none() {
            let finding =
                found(call, "the sound that the file's own checksum declares", "sound with another checksum");
            return Verdict::fail(
                finding.differing("the MD5 of the decoded sound is not the one in STREAMINFO"),
            );
        }
        Verdict::Pass
    })
}

/// Packets that do not decode, and all of them.
fn packets(media: &MediaFacts) -> (u64, u64) {
    let errors = u64::from(media.decode_errors);
    (errors, media.decoded_frames / FRAMES_PER_PACKET + errors)
}

pub(super) fn no_decode_errors(case: &Case) -> Verdict {
    each(case, |call, media| {
        if let Some(verdict) = not_heard(media) {
            return verdict;
        }
        match packets(media) {
            (0, _) => Verdict::Pass,
            (errors, packets) => {
                let got = format!("{errors} packets of about {packets} do not decode");
                Verdict::fail(found(call, "every packet decodes", got))
            }
        }
    })
}

pub(super) fn complete(case: &Case) -> Verdict {
    each(case, |call, media| {
        if let Some(verdict) = not_heard(media) {
            return verdict;
        }
        let Some(declared) = media.declared_frames else {
            return Verdict::not_applicable("the header declares no length");
        };
        let Some(missing) = missing(media) else { return Verdict::Pass };
        let rate = rate_of(media);
        Verdict::fail(
            found(
                call,
                format!("{} of sound, as the header declares", seconds(declared, rate)),
                format!("{} of sound", seconds(media.decoded_frames, rate)),
            )
            .differing(format!("the last {} are missing", seconds(missing, rate))),
        )
    })
}

/// Why nothing is said of a WAV header.
fn not_wav(media: &MediaFacts) -> Option<Verdict> {
    not_a_recording(media).or_else(|| {
        (!is_wav(&media.container)).then(|| Verdict::not_applicable("the recording is no WAV file"))
    })
}

/// Fails with the first of these flaws.
fn without(
    case: &Case,
    apart: fn(&MediaFacts) -> Option<Verdict>,
    expected: &str,
    flaws: &[Flaw],
) -> Verdict {
    each(case, |call, media| {
        if let Some(verdict) = apart(media) {
            return verdict;
        }
        match flaw(media, flaws) {
            None => Verdict::Pass,
            Some(sentence) => Verdict::fail(found(call, expected, clip(sentence))),
        }
    })
}

pub(super) fn wav_sizes(case: &Case) -> Verdict {
    const FLAWS: [Flaw; 4] =
        [Flaw::DataSizeZero, Flaw::DataSizeTooLarge, Flaw::TwoDataChunks, Flaw::TwoFormats];
    without(case, not_wav, "one data chunk with its size filled in", &FLAWS)
}

pub(super) fn wav_header(case: &Case) -> Verdict {
    const FLAWS: [Flaw; 5] =
        [Flaw::DataSizeUnknown, Flaw::StrayBytes, Flaw::ChunkTooLarge, Flaw::FormatAfterData, Flaw::RiffSize];
    let expected = "sizes that add up to the file: RIFF the whole of it less 8 bytes, data the samples";
    without(case, not_wav, expected, &FLAWS)
}

pub(super) fn wav_format(case: &Case) -> Verdict {
    each(case, |call, media| {
        if let Some(verdict) = not_wav(media) {
            return verdict;
        }
        if let Some(sentence) = flaw(media, &[Flaw::FormatContradicts, Flaw::NoFormat]) {
            return Verdict::fail(found(call, "a `fmt ` chunk that agrees with itself", clip(sentence)));
        }
        match media.sample_rate {
            Some(rate) if rate < LOWEST_RATE => {
                let got = format!("a sample rate of {rate} Hz");
                Verdict::fail(found(call, "a sample rate of 8000 Hz or more", got))
            }
            _ => Verdict::Pass,
        }
    })
}

pub(super) fn sample_rate(case: &Case) -> Verdict {
    each(case, |call, media| {
        if let Some(verdict) = not_a_recording(media) {
            return verdict;
        }
        match media.sample_rate {
            None => Verdict::not_applicable("no sample rate was found: media/decodes speaks of it"),
            Some(rate) if USUAL_RATES.contains(&rate) => Verdict::Pass,
            Some(rate) if rate < LOWEST_RATE && is_wav(&media.container) => {
                Verdict::not_applicable("media/wav-format speaks of it")
            }
            Some(rate) => {
                let usual: Vec<_> = USUAL_RATES.iter().map(u32::to_string).collect();
                Verdict::fail(found(call, format!("one of {} Hz", usual.join(", ")), format!("{rate} Hz")))
            }
        }
    })
}

pub(super) fn plain_wav(case: &Case) -> Verdict {
    each(case, |call, media| {
        if let Some(verdict) = not_wav(media) {
            return verdict;
        }
        let present = media.wav.as_ref().map_or(0, |wav| wav.data_present);
        match media.container.as_str() {
            "wav" => Verdict::Pass,
            _ if present + 1024 >= FOUR_GIB => {
                Verdict::not_applicable("no plain WAV header describes so long a file")
            }
            other => {
                let got = format!("{} of {present} bytes", clip(&other.to_ascii_uppercase()));
                Verdict::fail(found(call, "a plain WAV file (RIFF), as it is shorter than 4 GiB", got))
            }
        }
    })
}

pub(super) fn flac_header(case: &Case) -> Verdict {
    fn apart(media: &MediaFacts) -> Option<Verdict> {
        not_a_recording(media).or_else(|| {
            (media.container != "flac").then(|| Verdict::not_applicable("the recording is no FLAC file"))
        })
    }
    let expected = "STREAMINFO with the number of samples and their checksum";
    let flaws = [Flaw::NoTotal, Flaw::NoChecksum, Flaw::BadStreamInfo, Flaw::TagBeforeFlac];
    without(case, apart, expected, &flaws)
}

pub(super) fn long_enough(case: &Case) -> Verdict {
    each(case, |call, media| {
        match not_heard(media) {
            Some(verdict @ Verdict::Unjudged { .. }) if media.duration_ms == 0 => return verdict,
            Some(verdict) if !is_allowed(&media.container) => return verdict,
            Some(verdict) if flaw(media, &BROKEN_BOXES).is_some() => return verdict,
            _ => {}
        }
        if media.duration_ms >= HALF_A_SECOND_MS {
            return Verdict::Pass;
        }
        Verdict::fail(found(call, "at least 0.5 s of sound", format!("{} ms of sound", media.duration_ms)))
    })
}

/// Why nothing is said of the boxes of an MP4 file.
fn not_mp4(media: &MediaFacts) -> Option<Verdict> {
    not_a_recording(media)
        .or_else(|| media.mp4.is_none().then(|| Verdict::not_applicable("the recording is no MP4 file")))
}

pub(super) fn mp4_structure(case: &Case) -> Verdict {
    let flaws: Vec<Flaw> = BROKEN_BOXES
        .into_iter()
        .chain([Flaw::BoxTooLarge, Flaw::SoundBeyondEnd, Flaw::LateFileType])
        .collect();
    without(case, not_mp4, "ftyp, moov with a track of sound, and mdat, all within the file", &flaws)
}

/// Judges the layout of each MP4 file that has one.
fn layout(
    case: &Case,
    judge: impl Fn(&mock_hubspot::media::Mp4Facts) -> Result<(), (&'static str, String)>,
) -> Verdict {
    each(case, |call, media| {
        if let Some(verdict) = not_mp4(media) {
            return verdict;
        }
        if flaw(media, &BROKEN_BOXES).is_some() {
            return Verdict::not_applicable("the file is not whole: media/mp4-structure speaks of it");
        }
        let Some(mp4) = &media.mp4 else { return Verdict::not_applicable("the recording is no MP4 file") };
        match judge(mp4) {
            Ok(()) => Verdict::Pass,
            Err((expected, received)) => Verdict::fail(found(call, expected, received)),
        }
    })
}

pub(super) fn mp4_brand(case: &Case) -> Verdict {
    layout(case, |mp4| {
        let brand = mp4.brand.as_str();
        if BRANDS.contains(&brand) {
            return Ok(());
        }
        Err(("a brand of MP4: isom, iso2 to iso6, mp41, mp42, M4A or dash", format!("`{}`", clip(brand))))
    })
}

pub(super) fn moov_first(case: &Case) -> Verdict {
    layout(case, |mp4| match mp4.moov_first {
        Some(false) => Err(("moov before mdat", "moov at the end of the file".to_owned())),
        _ => Ok(()),
    })
}

pub(super) fn fragments_indexed(case: &Case) -> Verdict {
    layout(case, |mp4| {
        if mp4.fragmented && !mp4.fragments_indexed {
            let got = "fragments (moof) without sidx and mehd".to_owned();
            return Err((
                "one moov with all samples, or fragments whose length is told by sidx or mehd",
                got,
            ));
        }
        Ok(())
    })
}

pub(super) fn one_track(case: &Case) -> Verdict {
    layout(case, |mp4| match (mp4.audio_tracks, mp4.other_tracks) {
        (0 | 1, 0) => Ok(()),
        (sound, other) => Err((
            "one track of sound and nothing else",
            format!("{sound} of sound, {other} of something else"),
        )),
    })
}

pub(super) fn edit_list(case: &Case) -> Verdict {
    layout(case, |mp4| match mp4.edit_skips_ms {
        Some(ms) if ms > 1000 => {
            Err(("an edit list that skips at most 1 s", format!("an edit list that skips the first {ms} ms")))
        }
        Some(ms) if ms < 0 => {
            Err(("an edit list that skips at most 1 s", format!("an edit list that waits {} ms", -ms)))
        }
        _ => Ok(()),
    })
}
