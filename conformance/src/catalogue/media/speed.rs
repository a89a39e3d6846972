//! Whether the sound plays at its own speed: the pitch of the markers, the time between them, and who speaks how often.

use super::judging::{each, found, is_silent, pair};
use crate::check::{Case, Check, check};
use crate::clauses::guide;
use crate::evidence::{Call, SpokenTurn};
use crate::verdict::Verdict;
use mock_hubspot::media::{ChannelFacts, MarkerRun, MediaFacts, TwoTone};

pub(in crate::catalogue) static CHECKS: &[&Check] = &[&SPEED, &DRIFT, &TURNS];

check! {
    /// Each channel plays at the speed at which it was recorded.
    ///
    /// ## Why it matters
    /// Speech at half or twice its speed is transcribed as nothing at all.
    ///
    /// ## How to fix
    /// Legs of different sample rates (8 kHz µ-law and 16 kHz wideband) must be resampled to one rate before they
    /// are joined; interleaving their samples plays one of them twice as fast. If both are wrong, the rate in
    /// the header is not that of the samples.
    static SPEED = {
        id: "media/speed", level: Required, profile: Transcription, since: "0.1.0",
        clauses: &[guide::CHANNELS],
        needs: &[Media],
        judge: speed,
        proof: &["media/leg-at-double-speed", "media/plays-slow", "media/plays-fast"],
    }
}

check! {
    /// The channels stay together from start to end.
    ///
    /// ## Why it matters
    /// Where one leg runs ahead, answers come before their questions in the transcript.
    ///
    /// ## How to fix
    /// Fill what was lost on the way with silence instead of leaving it out (RTP timestamps tell how much), and
    /// take both legs from one clock.
    static DRIFT = {
        id: "media/drift", level: Recommended, profile: Transcription, since: "0.1.0",
        clauses: &[guide::CHANNELS],
        needs: &[Media],
        judge: drift,
        proof: &["media/drifting-leg"],
    }
}

check! {
    /// Each speaker is heard about as often as they spoke.
    ///
    /// ## Why it matters
    /// Turns that are missing or doubled point at a gate that cuts speech off, or at two speakers on one channel.
    ///
    /// ## How to fix
    /// Record before voice activity detection and comfort noise. `conformance explain media/same-audio` and
    /// `media/crosstalk` say more of doubled turns.
    static TURNS = {
        id: "media/turns", level: Informational, profile: Transcription, since: "0.1.0",
        clauses: &[guide::CHANNELS],
        needs: &[Media],
        judge: turns,
        proof: &["media/dual-mono"],
    }
}

/// The lower tone of each marker, in Hz, the ratio of its two tones, and how far they may be off.
const LOW_TONES: [(f64, &str); 2] = [(697.0, "the caller's"), (852.0, "the recipient's")];
const RATIO: f64 = 1.734;
const RATIO_WITHIN: f64 = 0.01;
const SPEED_WITHIN: f64 = 0.005;
const DRIFT_MS: u64 = 100;
/// Two tones that last so long are no accident of speech.
const LONG_MS: u64 = 200;

/// What is off, where a channel's markers sound higher or lower than they are.
pub(super) fn off_speed(call: &Call, media: &MediaFacts) -> Option<String> {
    call.recording.as_ref()?;
    (1..).zip(media.per_channel.iter().take(2)).find_map(|(number, channel)| {
        let pairs: Vec<_> = channel
            .two_tones
            .iter()
            .filter(|tones| (tones.high_hz / tones.low_hz / RATIO - 1.0).abs() <= RATIO_WITHIN)
            .collect();
        let (own, whose) = LOW_TONES.get(number - 1)?;
        let is_usual = |hz: f64| LOW_TONES.iter().any(|(low, _)| (hz / low - 1.0).abs() <= SPEED_WITHIN);
        // A marker at its own pitch anywhere: whatever else is heard is no marker at another speed.
        if pairs.iter().any(|tones| is_usual(tones.low_hz)) {
            return None;
        }
        // Speech sounds like two tones for a moment; a marker does so for longer, or twice at one pitch.
        let first = pairs.iter().find(|tones| {
            let alike = |other: &&&TwoTone| (other.low_hz / tones.low_hz - 1.0).abs() <= RATIO_WITHIN;
            tones.to_ms - tones.from_ms >= LONG_MS || pairs.iter().filter(alike).count() > 1
        })?;
        Some(format!(
            "channel {number}: {:.1} and {:.1} Hz, {whose} marker at {:.3} times its speed",
            first.low_hz,
            first.high_hz,
            first.low_hz / own
        ))
    })
}

fn speed(case: &Case) -> Verdict {
    each(case, |call, media| {
        if call.recording.is_none() {
            return Verdict::not_applicable("nobody knows the pitch of what was said");
        }
        let (first, second) = match pair(media) {
            Ok(both) => both,
            Err(verdict) => return *verdict,
        };
        if let Some(off) = off_speed(call, media) {
            let expected = "the caller's marker at 697 and 1209 Hz, the recipient's at 852 and 1477 Hz";
            return Verdict::fail(found(call, expected, off));
        }
        if first.two_tones.is_empty() || second.two_tones.is_empty() {
            return Verdict::not_applicable("a channel carries no marker: media/order speaks of it");
        }
        Verdict::Pass
    })
}

fn drift(case: &Case) -> Verdict {
    each(case, |call, media| {
        let (first, second) = match pair(media) {
            Ok(both) => both,
            Err(verdict) => return *verdict,
        };
        if off_speed(call, media).is_some() {
            return Verdict::not_applicable("a channel plays at another speed: media/speed speaks of it");
        }
        let (Some(one), Some(other)) = (between(&first.markers), between(&second.markers)) else {
            return Verdict::not_applicable("there are not two markers on each channel");
        };
        if one.abs_diff(other) <= DRIFT_MS {
            return Verdict::Pass;
        }
        Verdict::fail(found(
            call,
            "the same time between the first and the last marker of each channel, within 100 ms",
            format!("{one} ms on channel 1, {other} ms on channel 2"),
        ))
    })
}

/// The time from the first marker of a channel to its last: of the loudest owner, so that crosstalk counts nothing.
fn between(markers: &[MarkerRun]) -> Option<u64> {
    let owner = markers.iter().max_by(|a, b| a.dbfs.total_cmp(&b.dbfs))?.owner;
    let mut own = markers.iter().filter(|run| run.owner == owner);
    let first = own.next()?;
    let last = own.next_back()?;
    // The middle of a run is more certain than its ends.
    Some((last.from_ms + last.to_ms - first.from_ms - first.to_ms) / 2)
}

fn turns(case: &Case) -> Verdict {
    each(case, |call, media| {
        if call.turns.is_empty() {
            return Verdict::not_applicable("nobody says who spoke when");
        }
        let (first, second) = match pair(media) {
            Ok(both) => both,
            Err(verdict) => return *verdict,
        };
        let channels = [(1, first), (2, second)];
        if channels.iter().any(|(_, channel)| is_silent(channel)) {
            return Verdict::not_applicable("a channel is silent: media/heard-channels speaks of it");
        }
        let off: Vec<_> = channels
            .map(|(party, channel)| {
                let spoken =
                    call.turns.iter().filter(|turn| turn.party == party && alone(call, turn, None) > 0);
                let heard = call.turns.iter().filter(|turn| is_heard(call, turn, channel));
                (party, spoken.count(), heard.count())
            })
            .into_iter()
            .filter(|(_, spoken, heard)| spoken != heard)
            .collect();
        // One may be too faint, or fall into a pause; both channels do not lack a turn.
        let both_lack = off.len() > 1 && off.iter().all(|(_, spoken, heard)| heard < spoken);
        let wrong = off.iter().find(|(_, spoken, heard)| both_lack || spoken.abs_diff(*heard) > 1);
        if let Some((party, spoken, heard)) = wrong {
            let expected =
                format!("{spoken} turns on channel {party}; one more or less on one channel will do");
            return Verdict::fail(found(call, expected, format!("{heard} turns")));
        }
        Verdict::Pass
    })
}

/// Whether a channel has sound for half of a turn or more, whosever turn it is; where both speak nobody can tell.
fn is_heard(call: &Call, turn: &SpokenTurn, channel: &ChannelFacts) -> bool {
    let heard: u64 = channel.stretches.iter().map(|it| alone(call, turn, Some((it.from_ms, it.to_ms)))).sum();
    heard > 0 && heard * 2 >= alone(call, turn, None)
}

/// For how many milliseconds of a turn, or of a part of it, the other party does not speak.
fn alone(call: &Call, turn: &SpokenTurn, part: Option<(u64, u64)>) -> u64 {
    let (from, to) = part.unwrap_or((turn.from_ms, turn.to_ms));
    let (from, to) = (from.max(turn.from_ms), to.min(turn.to_ms));
    let others = call.turns.iter().filter(|other| other.party != turn.party);
    let shared = others.map(|other| to.min(other.to_ms).saturating_sub(from.max(other.from_ms)));
    to.saturating_sub(from).saturating_sub(shared.sum())
}
