//! How many channels there are, and who or what is heard on each.

use super::judging::{
    HALF_A_SECOND_MS, common, each, found, is_parametric, is_silent, is_steady, loudness, not_a_recording,
    pair, worse,
};
use crate::catalogue::ranges::telling::clip;
use crate::check::{Case, Check, check};
use crate::clauses::guide;
use crate::evidence::Call;
use crate::verdict::{Finding, Verdict};
use mock_hubspot::media::{ChannelFacts, Leak, MediaFacts};
use mock_hubspot::transcription::Transcription;

pub(in crate::catalogue) static CHECKS: &[&Check] = &[
    &CHANNELS,
    &PARTIES,
    &SILENT_CHANNEL,
    &HEARD_CHANNELS,
    &VOICE,
    &SAME_AUDIO,
    &CROSSTALK,
    &FAINT_CROSSTALK,
    &LEVEL,
    &TRANSCRIBED,
];

check! {
    /// Each speaker has a channel: there are two or more.
    ///
    /// ## Why it matters
    /// HubSpot tells the speakers apart by channel. From a mono recording its transcript cannot say who said
    /// what.
    ///
    /// ## How to fix
    /// Ask for dual-channel recording: Twilio `RecordingChannels=dual`, and `RequestedChannels=2` in the
    /// download URL; Vonage `split: conversation` with `channels: 2`; Telnyx `channels: dual`; Asterisk
    /// `MixMonitor(…,r(rx.wav)t(tx.wav))` and merge; FreeSWITCH `RECORD_STEREO=true`. Two mono tracks in one
    /// MP4 are not two channels.
    static CHANNELS = {
        id: "media/channels", level: Required, profile: Transcription, since: "0.1.0",
        clauses: &[guide::CHANNELS],
        needs: &[Media],
        judge: channels,
        proof: &["media/mono", "media/two-mono-tracks"],
    }
}

check! {
    /// In a call of three or more each speaker has a channel.
    ///
    /// ## Why it matters
    /// Everybody who shares a channel becomes one speaker in the transcript.
    ///
    /// ## How to fix
    /// Record each leg of the conference on its own and merge them (`ffmpeg -i 1.wav -i 2.wav -i 3.wav
    /// -filter_complex amerge=inputs=3 out.wav`), the caller first, the first recipient second. Where the
    /// provider offers two channels only, keep the customer apart from everybody else.
    static PARTIES = {
        id: "media/parties", level: Recommended, profile: Transcription, since: "0.1.0",
        clauses: &[guide::CHANNELS],
        needs: &[Media],
        judge: parties,
        proof: &["media/conference-mixed"],
    }
}

check! {
    /// In a recording whose voices are known, each of the first two channels is heard.
    ///
    /// ## Why it matters
    /// Half of the conversation is missing from the transcript.
    ///
    /// ## How to fix
    /// Look at which leg is recorded: often only the agent's. Check that both streams reach the mixer, with
    /// the codec that it expects, before they are joined (`ffmpeg -i a.wav -i b.wav -filter_complex
    /// amerge=inputs=2 out.wav`).
    static SILENT_CHANNEL = {
        id: "media/silent-channel", level: Required, profile: Transcription, since: "0.1.0",
        clauses: &[guide::CHANNELS],
        needs: &[Media],
        judge: silent_channel,
        proof: &["media/silent-channel", "media/faint-channel"],
    }
}

check! {
    /// Somebody is heard on each of the first two channels, whoever made the recording.
    ///
    /// ## Why it matters
    /// A person may have been silent; more often a leg was not recorded.
    ///
    /// ## How to fix
    /// Look for the leg in the recorder first. `conformance explain media/silent-channel` says more.
    static HEARD_CHANNELS = {
        id: "media/heard-channels", level: Recommended, profile: Transcription, since: "0.1.0",
        clauses: &[guide::CHANNELS],
        needs: &[Media],
        judge: heard,
        proof: &["media/silent-channel", "media/faint-channel"],
    }
}

check! {
    /// What is heard on a channel is more than a tone, noise or an offset.
    ///
    /// ## Why it matters
    /// A leg that carries the hold tone from start to end is a leg whose speaker was not recorded.
    ///
    /// ## How to fix
    /// Record the leg of the person, not that of the music-on-hold source or of the conference bridge's beep.
    /// An offset without sound comes from a microphone input that is not connected.
    static VOICE = {
        id: "media/voice", level: Recommended, profile: Transcription, since: "0.1.0",
        clauses: &[guide::CHANNELS],
        needs: &[Media],
        judge: voice,
        proof: &["media/hold-tone"],
    }
}

check! {
    /// The channels do not carry the same audio.
    ///
    /// ## Why it matters
    /// A mono mix copied to two channels makes HubSpot transcribe every sentence twice, once for each
    /// speaker.
    ///
    /// ## How to fix
    /// Take the two legs from where they are still apart; `ffmpeg -ac 2` and `sox -c 2` only copy a mix. In
    /// FreeSWITCH set `RECORD_STEREO=true` before `record_session`. A mix that comes a little later or upside
    /// down on one side is still the same mix.
    static SAME_AUDIO = {
        id: "media/same-audio", level: Required, profile: Transcription, since: "0.1.0",
        clauses: &[guide::CHANNELS],
        needs: &[Media],
        judge: same_audio,
        proof: &[
            "media/dual-mono",
            "media/dual-mono-late",
            "media/dual-mono-inverted",
            "media/sum-and-difference",
        ],
    }
}

check! {
    /// One speaker is not heard loudly on the other's channel.
    ///
    /// ## Why it matters
    /// A sentence that stands on both channels is transcribed twice, under two names.
    ///
    /// ## How to fix
    /// Record the legs before they are mixed. A handset or a gateway that sends back what it hears needs echo
    /// cancellation (`echocan` in DAHDI, `WebRtcAec` in browsers).
    static CROSSTALK = {
        id: "media/crosstalk", level: Required, profile: Transcription, since: "0.1.0",
        clauses: &[guide::CHANNELS],
        needs: &[Media],
        judge: crosstalk,
        proof: &["media/crosstalk"],
    }
}

check! {
    /// One speaker is not heard faintly on the other's channel.
    ///
    /// ## Why it matters
    /// A faint copy is often transcribed while the other person is silent.
    ///
    /// ## How to fix
    /// Encode the channels apart from each other: joint stereo at low bit rates leaks (`-joint_stereo 0`, or
    /// more bits). Otherwise it is an echo: see `media/crosstalk`.
    static FAINT_CROSSTALK = {
        id: "media/faint-crosstalk", level: Recommended, profile: Transcription, since: "0.1.0",
        clauses: &[guide::CHANNELS],
        needs: &[Media],
        judge: faint_crosstalk,
        proof: &["media/faint-crosstalk"],
    }
}

check! {
    /// The channels are neither clipped nor faint, and about equally loud.
    ///
    /// ## Why it matters
    /// Clipped speech is transcribed badly, and who listens to one loud and one faint voice keeps a hand on the
    /// volume.
    ///
    /// ## How to fix
    /// Let the recorder's automatic gain work on each leg, or normalise each channel once
    /// (`ffmpeg -af loudnorm`). Peaks at full scale point at a gain that is applied twice.
    static LEVEL = {
        id: "media/level", level: Informational, profile: Transcription, since: "0.1.0",
        clauses: &[guide::CHANNELS],
        needs: &[Media],
        judge: level,
        proof: &["media/faint-channel"],
    }
}

check! {
    /// HubSpot's transcriber finds turns of the caller and of the recipient.
    ///
    /// ## Why it matters
    /// The transcript is what Sales and Service look at; when it does not come, HubSpot does not say why.
    ///
    /// ## How to fix
    /// The reason names the cause: no paid seat, no channel for each speaker, a format that is not transcribed.
    /// The checks of that cause say more (`calls/owner-seat`, `media/channels`, `media/container`).
    static TRANSCRIBED = {
        id: "media/transcribed", level: Recommended, profile: Transcription, since: "0.1.0",
        clauses: &[guide::SEATS, guide::CHANNELS],
        needs: &[Ready, Retrieval],
        judge: transcribed,
        proof: &["media/mono", "media/mp3", "media/silent-channel", "calls/owner-without-seat"],
    }
}

/// Above this two windows hold the same sound (checks.md 4.4).
const ALIKE: f64 = 0.9;
/// In dB, from one channel to the other: the same audio, loud crosstalk, faint crosstalk.
const SAME: f64 = -10.0;
const LOUD: f64 = -20.0;
const FAINT: f64 = -40.0;
/// Samples above -1 dBFS, of a million; a level that is too faint, in dBFS; a difference that is too great, in dB.
const CLIPPED_PPM: u64 = 1_000;
const FAINT_DBFS: f64 = -45.0;
const UNEQUAL_DB: f64 = 20.0;

fn channels(case: &Case) -> Verdict {
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
                let tracks = media.mp4.as_ref().map_or(1, |mp4| mp4.audio_tracks);
                let got = match (count, tracks) {
                    (1, 2..) => format!("{tracks} tracks of sound, 1 channel in the first"),
                    (1, _) => "1 channel".to_owned(),
                    (count, _) => format!("{count} channels"),
                };
                let expected = "2 channels or more in one track: the caller on 1, the recipient on 2";
                Verdict::fail(found(call, expected, got))
            }
        }
    })
}

fn parties(case: &Case) -> Verdict {
    each(case, |call, media| {
        let Some(parties) = call.recording.as_ref().map(|recording| recording.parties).filter(|n| *n > 2)
        else {
            return Verdict::not_applicable("nobody says that more than two spoke");
        };
        match media.channels {
            None => Verdict::not_applicable("nothing was decoded: media/decodes speaks of it"),
            Some(channels) if channels >= parties => Verdict::Pass,
            Some(channels) => {
                let expected = format!("{parties} channels for {parties} speakers");
                Verdict::fail(found(call, expected, format!("{channels} channels")))
            }
        }
    })
}

fn silent_channel(case: &Case) -> Verdict {
    each(case, |call, media| match call.recording {
        Some(_) => is_heard(call, media),
        None => Verdict::not_applicable("nobody knows whether both spoke: media/heard-channels speaks of it"),
    })
}

fn heard(case: &Case) -> Verdict {
    each(case, is_heard)
}

fn is_heard(call: &Call, media: &MediaFacts) -> Verdict {
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

fn voice(case: &Case) -> Verdict {
    each(case, |call, media| {
        let (first, second) = match pair(media) {
            Ok(both) => both,
            Err(verdict) => return *verdict,
        };
        if is_silent(first) && is_silent(second) {
            return Verdict::not_applicable("the channels are silent: media/heard-channels speaks of it");
        }
        let Some((number, channel)) = [(1, first), (2, second)].into_iter().find(|(_, c)| is_steady(c))
        else {
            return Verdict::Pass;
        };
        let got = format!(
            "channel {number} sounds the same from start to end: {:.0} dBFS, its levels {:.1} dB apart",
            channel.rms_dbfs,
            channel.spread_db.unwrap_or_default()
        );
        Verdict::fail(found(call, "a voice, with pauses, on each channel", got))
    })
}

/// How much louder or quieter the same sound is in the other channel, where it is there.
fn leak(leak: &Leak) -> Option<f64> {
    leak.level_db.filter(|_| leak.windows > 0 && leak.likeness > ALIKE)
}

fn is_same(first: &Leak, second: &Leak) -> bool {
    let both = [first, second].map(|one| match leak(one) {
        Some(level) => level > SAME,
        // Never the louder one: the other direction tells.
        None => one.windows == 0,
    });
    both == [true, true]
}

fn told(leak: &Leak, from: &str, to: &str) -> String {
    let upside_down = if leak.inverted { ", upside down" } else { "" };
    format!(
        "{from} is in {to}: {:.0} dB, {:.1} ms later, alike by {:.2}{upside_down}",
        leak.level_db.unwrap_or_default(),
        leak.lag_ms,
        leak.likeness
    )
}

fn same_audio(case: &Case) -> Verdict {
    each(case, |call, media| {
        let pair = match common(media) {
            Ok(pair) => pair,
            Err(verdict) => return *verdict,
        };
        if !is_same(&pair.first_in_second, &pair.second_in_first) {
            return Verdict::Pass;
        }
        let louder = if pair.first_in_second.windows > 0 {
            told(&pair.first_in_second, "channel 1", "channel 2")
        } else {
            told(&pair.second_in_first, "channel 2", "channel 1")
        };
        Verdict::fail(found(call, "each speaker on a channel of their own", louder))
    })
}

fn crosstalk(case: &Case) -> Verdict {
    leaking(case, LOUD, f64::INFINITY, "the other speaker at least 20 dB quieter on each channel")
}

fn faint_crosstalk(case: &Case) -> Verdict {
    leaking(case, FAINT, LOUD, "the other speaker at least 40 dB quieter on each channel")
}

/// Fails where one channel is in the other at a level above `from` and up to `to`.
fn leaking(case: &Case, from: f64, to: f64, expected: &str) -> Verdict {
    each(case, |call, media| {
        let pair = match common(media) {
            Ok(pair) => pair,
            Err(verdict) => return *verdict,
        };
        let (first, second) = (&pair.first_in_second, &pair.second_in_first);
        if is_same(first, second) {
            return Verdict::not_applicable("the channels are the same: media/same-audio speaks of it");
        }
        let loudest = [(first, "channel 1", "channel 2"), (second, "channel 2", "channel 1")]
            .into_iter()
            .filter_map(|(one, from, to)| Some((leak(one)?, told(one, from, to))))
            .max_by(|a, b| a.0.total_cmp(&b.0));
        match loudest {
            Some((level, told)) if level > from && level <= to => Verdict::fail(found(call, expected, told)),
            Some((level, _)) if level > to => {
                Verdict::not_applicable("it is louder than faint: media/crosstalk speaks of it")
            }
            _ => Verdict::Pass,
        }
    })
}

fn level(case: &Case) -> Verdict {
    each(case, |call, media| {
        let (first, second) = match pair(media) {
            Ok(both) => both,
            Err(verdict) => return *verdict,
        };
        if media.duration_ms < HALF_A_SECOND_MS {
            return Verdict::not_applicable("too short to tell: media/long-enough speaks of it");
        }
        for (number, channel) in [(1, first), (2, second)] {
            if channel.near_full_scale_ppm > CLIPPED_PPM {
                let got =
                    format!("channel {number}: {} samples of a million are", channel.near_full_scale_ppm);
                return Verdict::fail(found(call, "at most 1000 samples of a million above -1 dBFS", got));
            }
            if loudness(channel) < FAINT_DBFS {
                let got = format!("channel {number}: {:.0} dBFS", loudness(channel));
                return Verdict::fail(found(call, "each channel louder than -45 dBFS", got));
            }
        }
        let apart = first.active_dbfs.zip(second.active_dbfs).map(|(a, b)| (a - b).abs());
        match apart {
            Some(apart) if apart > UNEQUAL_DB => {
                let got = format!("the channels are {apart:.0} dB apart");
                Verdict::fail(found(call, "channels about equally loud: at most 20 dB apart", got))
            }
            _ => Verdict::Pass,
        }
    })
}

fn transcribed(case: &Case) -> Verdict {
    let mut answer = None;
    for call in &case.story.calls {
        let expected = "a transcript with turns of the caller and of the recipient";
        let sent = format!("ready for call {}", clip(&call.external_id));
        let verdict = match &call.transcription {
            None => Verdict::unjudged("the recording was not transcribed within the waits"),
            Some(Transcription::Unknown { reason }) => Verdict::unjudged(clip(reason)),
            Some(Transcription::Refused { reason }) => {
                Verdict::fail(Finding::new(sent, expected, format!("no transcript: {}", clip(reason))))
            }
            Some(Transcription::Transcribed { turns, .. }) => match turns.as_slice() {
                [first, second, ..] if *first > 0 && *second > 0 => Verdict::Pass,
                turns => {
                    let told: Vec<_> = turns.iter().map(u32::to_string).collect();
                    let got = format!("turns of each channel: {}", told.join(", "));
                    Verdict::fail(Finding::new(sent, expected, got))
                }
            },
        };
        answer = Some(match answer {
            None => verdict,
            Some(before) => worse(before, verdict),
        });
    }
    answer.unwrap_or_else(|| Verdict::unjudged("there is no call"))
}
