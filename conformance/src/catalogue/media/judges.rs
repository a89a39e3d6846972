//! What the checks of the recording answer. Pure functions of what was decoded.

use crate::catalogue::ranges::telling::clip;
use crate::check::Case;
use crate::evidence::Call;
use crate::verdict::{Finding, Verdict};
use mock_hubspot::media::{ChannelFacts, MediaFacts};

/// How long a marker must be heard, in milliseconds (checks.md 4.4).
const MARKER_MS: u64 = 200;
const SILENT_DBFS: f64 = -60.0;
const HALF_A_SECOND_MS: u64 = 500;
/// About how many frames a packet holds, where errors are counted in packets.
const FRAMES_PER_PACKET: u64 = 1024;

/// Judges the recording of each call; the worst verdict stands.
fn each(case: &Case, judge: impl Fn(&Call, &MediaFacts) -> Verdict) -> Verdict {
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

fn worse(before: Verdict, after: Verdict) -> Verdict {
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

fn found(call: &Call, expected: impl Into<String>, received: impl Into<String>) -> Finding {
    let sent = format!("GET recording of call {}", clip(&call.external_id));
    let finding = Finding::new(sent, expected, received);
    match &call.baseline {
        Some(baseline) => finding.seen_in(format!("e{}", baseline.exchange)),
        None => finding,
    }
}

fn is_allowed(container: &str) -> bool {
    // RF64 and BW64 are WAV beyond 4 GiB.
    matches!(container, "wav" | "rf64" | "bw64" | "flac" | "mp4")
}

pub(super) fn container(case: &Case) -> Verdict {
    each(case, |call, media| {
        if is_allowed(&media.container) {
            return Verdict::Pass;
        }
        let finding = found(call, "a WAV, FLAC or MP4 file", named(&media.container));
        Verdict::fail(match media.problems.first() {
            Some(problem) => finding.differing(clip(problem)),
            None => finding,
        })
    })
}

fn named(container: &str) -> String {
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
fn not_a_recording(media: &MediaFacts) -> Option<Verdict> {
    (!is_allowed(&media.container)).then(|| {
        Verdict::not_applicable(format!(
            "what came is {}: media/container speaks of it",
            named(&media.container)
        ))
    })
}

/// Codecs that are legal and that the kit does not decode (decision 9).
fn is_beyond_us(codec: Option<&str>) -> bool {
    codec.is_some_and(|codec| {
        ["opus", "ac3", "ac-3", "eac3", "ec-3", "ac4", "gsm", "g72", "amr"]
            .iter()
            .any(|name| codec.contains(name))
    })
}

/// HE-AAC, of which only the core is decoded.
fn is_he_aac(codec: Option<&str>) -> bool {
    codec.is_some_and(|codec| codec.starts_with("aac_he"))
}

fn is_parametric(codec: Option<&str>) -> bool {
    codec.is_some_and(|codec| codec.starts_with("aac_he_v2") || codec.starts_with("aac_ps"))
}

/// Why nothing is said of the sound.
fn not_heard(media: &MediaFacts) -> Option<Verdict> {
    if let Some(verdict) = not_a_recording(media) {
        return Some(verdict);
    }
    let codec = media.codec.as_deref();
    if is_he_aac(codec) {
        return Some(Verdict::unjudged("only the core of HE-AAC is decoded by the kit"));
    }
    if media.decoded_frames > 0 {
        return None;
    }
    Some(match codec {
        Some(codec) if is_beyond_us(Some(codec)) => {
            Verdict::unjudged(format!("the kit does not decode {}", clip(codec)))
        }
        _ => Verdict::not_applicable("nothing was decoded: media/decodes speaks of it"),
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

pub(super) fn decodes(case: &Case) -> Verdict {
    each(case, |call, media| {
        if let Some(verdict) = not_a_recording(media) {
            return verdict;
        }
        if media.decoded_frames == 0 {
            if is_beyond_us(media.codec.as_deref()) {
                return Verdict::unjudged(format!(
                    "the kit does not decode {}",
                    clip(media.codec.as_deref().unwrap_or_default())
                ));
            }
            let finding = found(call, "sound", "no sound could be decoded");
            return Verdict::fail(match media.problems.first() {
                Some(problem) => finding.differing(clip(problem)),
                None => finding,
            });
        }
        let errors = u64::from(media.decode_errors);
        let packets = media.decoded_frames / FRAMES_PER_PACKET + errors;
        if errors * 1000 <= packets {
            return Verdict::Pass;
        }
        Verdict::fail(found(
            call,
            "every packet decodes, or all but one in a thousand",
            format!("{errors} packets of about {packets} do not decode"),
        ))
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
        let rate = u64::from(media.sample_rate.unwrap_or(8000)).max(1);
        let missing = declared.saturating_sub(media.decoded_frames);
        if missing <= (rate / 4).max(declared / 200) {
            return Verdict::Pass;
        }
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

fn seconds(frames: u64, rate: u64) -> String {
    format!("{:.2} s", frames as f64 / rate as f64)
}

pub(super) fn wav_sizes(case: &Case) -> Verdict {
    each(case, |call, media| {
        if let Some(verdict) = not_a_recording(media) {
            return verdict;
        }
        if media.container == "flac" || media.container == "mp4" {
            return Verdict::not_applicable("the recording is no WAV file");
        }
        let sound = media.decoded_frames > 0;
        let wrong = media.problems.iter().find(|problem| {
            sound && problem.contains("data chunk says 0 bytes")
                || problem.contains("more than one data chunk")
        });
        match wrong {
            None => Verdict::Pass,
            Some(problem) => {
                Verdict::fail(found(call, "one data chunk with its size filled in", clip(problem)))
            }
        }
    })
}

pub(super) fn long_enough(case: &Case) -> Verdict {
    each(case, |call, media| {
        match not_heard(media) {
            Some(verdict @ Verdict::Unjudged { .. }) if media.duration_ms == 0 => return verdict,
            Some(verdict) if !is_allowed(&media.container) => return verdict,
            _ => {}
        }
        if media.duration_ms >= HALF_A_SECOND_MS {
            return Verdict::Pass;
        }
        Verdict::fail(found(call, "at least 0.5 s of sound", format!("{} ms of sound", media.duration_ms)))
    })
}

pub(super) fn channels(case: &Case) -> Verdict {
    each(case, |call, media| {
        if let Some(verdict) = not_a_recording(media) {
            return verdict;
        }
        match media.channels {
            None => Verdict::not_applicable("nothing was decoded: media/decodes speaks of it"),
            Some(2..) => Verdict::Pass,
            Some(_) if is_parametric(media.codec.as_deref()) => {
                Verdict::not_applicable("HE-AAC v2 holds one channel and hints: media/codec speaks of it")
            }
            Some(count) => {
                let got = if count == 1 { "1 channel".to_owned() } else { format!("{count} channels") };
                Verdict::fail(found(call, "2 channels or more: the caller on 1, the recipient on 2", got))
            }
        }
    })
}

/// The first two channels, or why nothing can be said of them.
fn pair(media: &MediaFacts) -> Result<(&ChannelFacts, &ChannelFacts), Box<Verdict>> {
    if let Some(verdict) = not_heard(media) {
        return Err(Box::new(verdict));
    }
    if let [first, second, ..] = media.per_channel.as_slice() {
        return Ok((first, second));
    }
    let reason = "there are not two channels: media/channels speaks of it";
    Err(Box::new(Verdict::not_applicable(reason)))
}

fn is_silent(channel: &ChannelFacts) -> bool {
    channel.rms_dbfs <= SILENT_DBFS || channel.active_ms < HALF_A_SECOND_MS
}

pub(super) fn silent_channel(case: &Case) -> Verdict {
    each(case, |call, media| match call.recording {
        Some(_) => heard(call, media),
        None => Verdict::not_applicable("nobody knows whether both spoke: media/heard-channels speaks of it"),
    })
}

pub(super) fn heard_channels(case: &Case) -> Verdict {
    each(case, heard)
}

fn heard(call: &Call, media: &MediaFacts) -> Verdict {
    let (first, second) = match pair(media) {
        Ok(both) => both,
        Err(verdict) => return *verdict,
    };
    if media.duration_ms < HALF_A_SECOND_MS {
        return Verdict::not_applicable("too short to tell: media/long-enough speaks of it");
    }
    let level = |number: u8, channel: &ChannelFacts| {
        format!("channel {number}: {:.0} dBFS, {} ms of sound", channel.rms_dbfs, channel.active_ms)
    };
    if !is_silent(first) && !is_silent(second) {
        return Verdict::Pass;
    }
    Verdict::fail(found(
        call,
        "each channel louder than -60 dBFS, and heard for at least 0.5 s",
        format!("{}; {}", level(1, first), level(2, second)),
    ))
}

/// Which marker is heard on which of two channels.
struct Markers {
    caller: (bool, bool),
    recipient: (bool, bool),
}

impl Markers {
    fn of(first: &ChannelFacts, second: &ChannelFacts) -> Self {
        let heard = |ms: u64| ms >= MARKER_MS;
        Self {
            caller: (heard(first.caller_marker_ms), heard(second.caller_marker_ms)),
            recipient: (heard(first.recipient_marker_ms), heard(second.recipient_marker_ms)),
        }
    }
    fn any(&self) -> bool {
        self.caller.0 || self.caller.1 || self.recipient.0 || self.recipient.1
    }
    /// Caller on 1, recipient on 2.
    fn right(&self) -> bool {
        self.caller.0 && self.recipient.1
    }
    /// Recipient on 1, caller on 2.
    fn swapped(&self) -> bool {
        self.recipient.0 && self.caller.1
    }
    fn told(&self) -> String {
        let on = |(first, second): (bool, bool)| match (first, second) {
            (true, true) => "on both channels",
            (true, false) => "on channel 1",
            (false, true) => "on channel 2",
            (false, false) => "nowhere",
        };
        format!("the caller's marker {}, the recipient's {}", on(self.caller), on(self.recipient))
    }
}

pub(super) fn same_audio(case: &Case) -> Verdict {
    each(case, |call, media| {
        let (first, second) = match pair(media) {
            Ok(both) => both,
            Err(verdict) => return *verdict,
        };
        if is_silent(first) || is_silent(second) {
            return Verdict::not_applicable("a channel is silent: media/heard-channels speaks of it");
        }
        let markers = Markers::of(first, second);
        let expected = "each speaker on a channel of their own";
        if markers.right() && markers.swapped() {
            return Verdict::fail(found(call, expected, markers.told()));
        }
        if first == second {
            let got = format!(
                "two equal channels: {:.2} dBFS and {} ms of sound each",
                first.rms_dbfs, first.active_ms
            );
            return Verdict::fail(found(call, expected, got));
        }
        let differ = (first.rms_dbfs - second.rms_dbfs).abs() >= 1.0
            || first.active_ms.abs_diff(second.active_ms) >= HALF_A_SECOND_MS;
        if markers.any() || differ {
            Verdict::Pass
        } else {
            Verdict::unjudged("whether the channels differ is not verifiable without markers")
        }
    })
}

pub(super) fn order(case: &Case) -> Verdict {
    each(case, |call, media| {
        let (first, second) = match pair(media) {
            Ok(both) => both,
            Err(verdict) => return *verdict,
        };
        let markers = Markers::of(first, second);
        match (markers.right(), markers.swapped()) {
            (true, false) => return Verdict::Pass,
            (true, true) => {
                return Verdict::not_applicable(
                    "both are heard on both channels: media/same-audio speaks of it",
                );
            }
            _ => {}
        }
        if !markers.any() && call.recording.is_none() {
            return Verdict::unjudged("order of channels not verifiable without markers");
        }
        if !markers.swapped() && (is_silent(first) || is_silent(second)) {
            return Verdict::not_applicable("a channel is silent: media/heard-channels speaks of it");
        }
        let direction = if call.direction.is_empty() {
            String::new()
        } else {
            format!(" ({} call)", clip(&call.direction.to_ascii_lowercase()))
        };
        let finding = found(
            call,
            "the caller's marker on channel 1, the recipient's on channel 2",
            format!("{}{direction}", markers.told()),
        );
        Verdict::fail(if markers.swapped() { finding.differing("the channels are swapped") } else { finding })
    })
}
