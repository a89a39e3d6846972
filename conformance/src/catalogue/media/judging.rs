//! What the judges of the recording share: one verdict of many calls, and why nothing is said of a sound.

use crate::catalogue::ranges::telling::clip;
use crate::check::Case;
use crate::evidence::Call;
use crate::verdict::{Finding, Verdict};
use mock_hubspot::media::{ChannelFacts, Flaw, MediaFacts, PairFacts};

pub(super) const HALF_A_SECOND_MS: u64 = 500;
/// A level below which nobody is heard, in dBFS.
const SILENT_DBFS: f64 = -60.0;
/// A channel whose levels lie closer together than this, and above that level, sounds the same from start to end.
const STEADY_DB: f64 = 3.0;
const STEADY_ABOVE_DBFS: f64 = -50.0;
const MOSTLY_OFFSET_PERCENT: u64 = 90;

/// Judges the recording of each call; the worst verdict stands.
pub(super) fn each(case: &Case, judge: impl Fn(&Call, &MediaFacts) -> Verdict) -> Verdict {
    let mut worst = None;
    for call in &case.story.calls {
        let Some(media) = &call.media else { continue };
        let verdict = judge(call, media);
        worst = Some(match worst {
            None => verdict,
            Some(before) => worse(before, verdict),
        });
    }
    worst.unwrap_or_else(|| Verdict::unjudged("the recording was not examined"))
}

pub(super) fn worse(before: Verdict, after: Verdict) -> Verdict {
    let weight = |verdict: &Verdict| match verdict {
        Verdict::Fail { .. } => 3,
        Verdict::Unjudged { .. } => 2,
        Verdict::Pass => 1,
        Verdict::NotApplicable { .. } => 0,
    };
    match (before, after) {
        (Verdict::Fail { mut finding }, Verdict::Fail { .. }) => {
            finding.more += 1;
            Verdict::fail(finding)
        }
        (before, after) if weight(&after) > weight(&before) => after,
        (before, _) => before,
    }
}

pub(super) fn found(call: &Call, expected: impl Into<String>, received: impl Into<String>) -> Finding {
    let sent = format!("GET recording of call {}", clip(&call.external_id));
    let finding = Finding::new(sent, expected, received);
    match &call.baseline {
        Some(baseline) => finding.seen_in(format!("e{}", baseline.exchange)),
        None => finding,
    }
}

/// The sentence that belongs to the first of these flaws that the file has.
pub(super) fn flaw<'a>(media: &'a MediaFacts, of: &[Flaw]) -> Option<&'a str> {
    of.iter().find_map(|flaw| media.flaws.get(flaw)).map(String::as_str)
}

pub(super) fn is_allowed(container: &str) -> bool {
    // RF64 and BW64 are WAV beyond 4 GiB.
    matches!(container, "wav" | "rf64" | "bw64" | "flac" | "mp4")
}

pub(super) fn is_wav(container: &str) -> bool {
    is_allowed(container) && !matches!(container, "flac" | "mp4")
}

pub(super) fn named(container: &str) -> String {
    match container {
        "empty" => "no bytes at all".to_owned(),
        "unknown" => "a file that begins like no known format".to_owned(),
        "zeros" => "zeros only".to_owned(),
        "html" => "an HTML page".to_owned(),
        "base64" => "base64 text".to_owned(),
        "mangled" => "bytes that went through a text encoding".to_owned(),
        other => format!("{} data", clip(other)),
    }
}

/// Why nothing more is said of what is no recording.
pub(super) fn not_a_recording(media: &MediaFacts) -> Option<Verdict> {
    (!is_allowed(&media.container)).then(|| {
        Verdict::not_applicable(format!(
            "what came is {}: media/container speaks of it",
            named(&media.container)
        ))
    })
}

/// What keeps every player from an MP4 file.
pub(super) const BROKEN_BOXES: [Flaw; 7] = [
    Flaw::NoFileType,
    Flaw::NoMoov,
    Flaw::TwoMoov,
    Flaw::NoSoundTrack,
    Flaw::NoMediaData,
    Flaw::MoovLacks,
    Flaw::BoxTooSmall,
];

/// HE-AAC, of which only the core is decoded.
pub(super) fn is_he_aac(codec: Option<&str>) -> bool {
    codec.is_some_and(|codec| codec.starts_with("aac_he"))
}

pub(super) fn is_parametric(codec: Option<&str>) -> bool {
    codec.is_some_and(|codec| codec.starts_with("aac_he_v2") || codec.starts_with("aac_ps"))
}

/// Why nothing is said of what was decoded (decision 9 among them).
pub(super) fn not_decodable(media: &MediaFacts) -> Option<Verdict> {
    if let Some(verdict) = not_a_recording(media) {
        return Some(verdict);
    }
    if is_he_aac(media.codec.as_deref()) {
        return Some(Verdict::unjudged("only the core of HE-AAC is decoded by the kit"));
    }
    if media.undecodable {
        let codec = clip(media.codec.as_deref().unwrap_or("this codec"));
        return Some(Verdict::unjudged(format!("the kit does not decode {codec}")));
    }
    if media.container == "mp4" && flaw(media, &BROKEN_BOXES).is_some() {
        return Some(Verdict::not_applicable("the file is not whole: media/mp4-structure speaks of it"));
    }
    None
}

/// Why nothing is said of the sound.
pub(super) fn not_heard(media: &MediaFacts) -> Option<Verdict> {
    not_decodable(media).or_else(|| {
        (media.decoded_frames == 0)
            .then(|| Verdict::not_applicable("nothing was decoded: media/decodes speaks of it"))
    })
}

pub(super) fn seconds(frames: u64, rate: u64) -> String {
    format!("{:.2} s", frames as f64 / rate.max(1) as f64)
}

pub(super) fn rate_of(media: &MediaFacts) -> u64 {
    u64::from(media.sample_rate.unwrap_or(8000)).max(1)
}

/// Frames that the headers declare and that were not decoded, where they are more than a quarter of a second and 0.5 %.
pub(super) fn missing(media: &MediaFacts) -> Option<u64> {
    let declared = media.declared_frames?;
    let missing = declared.saturating_sub(media.decoded_frames);
    (missing > (rate_of(media) / 4).max(declared / 200)).then_some(missing)
}

/// The first two channels, or why nothing can be said of them.
pub(super) fn pair(media: &MediaFacts) -> Result<(&ChannelFacts, &ChannelFacts), Box<Verdict>> {
    if let Some(verdict) = not_heard(media) {
        return Err(Box::new(verdict));
    }
    if let [first, second, ..] = media.per_channel.as_slice() {
        return Ok((first, second));
    }
    let reason = "there are not two channels: media/channels speaks of it";
    Err(Box::new(Verdict::not_applicable(reason)))
}

/// What two channels have in common, or why nothing can be said of it.
pub(super) fn common(media: &MediaFacts) -> Result<&PairFacts, Box<Verdict>> {
    let (first, second) = pair(media)?;
    if is_silent(first) || is_silent(second) {
        let reason = "a channel is silent: media/heard-channels speaks of it";
        return Err(Box::new(Verdict::not_applicable(reason)));
    }
    match &media.pair {
        Some(pair) if pair.first_in_second.windows + pair.second_in_first.windows > 0 => Ok(pair),
        _ => Err(Box::new(Verdict::unjudged("there is too little sound to compare the channels"))),
    }
}

/// Hours on hold make the whole channel quiet, and nobody silent: what counts is how loud it is while something is heard.
pub(super) fn loudness(channel: &ChannelFacts) -> f64 {
    channel.active_dbfs.unwrap_or(channel.rms_dbfs)
}

pub(super) fn is_silent(channel: &ChannelFacts) -> bool {
    loudness(channel) <= SILENT_DBFS || channel.active_ms < HALF_A_SECOND_MS
}

/// Whether a channel sounds the same from start to end, or is an offset and no sound: no voice does that.
pub(super) fn is_steady(channel: &ChannelFacts) -> bool {
    let spread = channel.spread_db.zip(channel.floor_dbfs);
    !is_silent(channel)
        && (spread.is_some_and(|(spread, floor)| spread < STEADY_DB && floor > STEADY_ABOVE_DBFS)
            || channel.offset_percent > MOSTLY_OFFSET_PERCENT)
}
