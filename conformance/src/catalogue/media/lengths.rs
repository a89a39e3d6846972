//! How long the recording is: by its header, by its sound, and by the story that it belongs to.

use super::judging::{HALF_A_SECOND_MS, each, found, missing, not_heard, rate_of, seconds};
use crate::check::{Case, Check, check};
use crate::clauses::{guide, players};
use crate::verdict::Verdict;

pub(in crate::catalogue) static CHECKS: &[&Check] = &[&THREE_SECONDS, &DECLARED_LENGTH, &LENGTH, &BITRATE];

check! {
    /// The recording holds at least three seconds of sound.
    ///
    /// ## Why it matters
    /// A call that ended before anybody spoke has nothing to play and nothing to transcribe; a list full of them
    /// hides the calls that matter.
    ///
    /// ## How to fix
    /// Send `ready` only for calls that were answered. If the call was longer, look for a recorder that stops at
    /// the first pause.
    static THREE_SECONDS = {
        id: "media/three-seconds", level: Recommended, profile: Playback, since: "0.1.0",
        clauses: &[guide::FORMATS],
        needs: &[Media],
        judge: three_seconds,
        proof: &["media/header-only"],
    }
}

check! {
    /// The recording is no longer than its header declares.
    ///
    /// ## Why it matters
    /// Players show the declared length and stop there, or let the playhead run past the end of the bar; seeking
    /// lands in the wrong place.
    ///
    /// ## How to fix
    /// Let the library that wrote the file close it, or write it anew: `ffmpeg -i in.mp4 -c copy out.mp4`. A
    /// recorder that pauses on hold must count what it wrote, not what the clock says.
    static DECLARED_LENGTH = {
        id: "media/declared-length", level: Required, profile: Playback, since: "0.1.0",
        clauses: &[players::CODECS, guide::FORMATS],
        needs: &[Media],
        judge: declared_length,
        proof: &["media/half-the-duration"],
    }
}

check! {
    /// The recording is as long as the conversation was.
    ///
    /// ## Why it matters
    /// A recording at half or twice its speed is understood by nobody, and the times of a transcript are wrong.
    ///
    /// ## How to fix
    /// Compare the sample rate in the header with the rate of the samples: telephony delivers 8000 Hz, wideband
    /// codecs 16000 Hz. Resample before mixing legs of different rates (`sox -r`, `ffmpeg -ar`). If the beginning
    /// or the end is missing, look at when the recorder is started and stopped.
    static LENGTH = {
        id: "media/length", level: Required, profile: Playback, since: "0.1.0",
        clauses: &[guide::FORMATS],
        needs: &[Media],
        judge: length,
        proof: &["media/plays-slow", "media/plays-fast"],
    }
}

check! {
    /// The recording has about as many bytes as sound of its length needs.
    ///
    /// ## Why it matters
    /// Far more bytes than sound is padding or a picture that every listener downloads; far fewer is not speech
    /// any more.
    ///
    /// ## How to fix
    /// Telephone speech needs 8 kbit/s to 3 Mbit/s. Look at the sample rate in the header, and at what else is in
    /// the file (`ffprobe -show_streams`).
    static BITRATE = {
        id: "media/bitrate", level: Informational, profile: Playback, since: "0.1.0",
        clauses: &[guide::FORMATS],
        needs: &[Media],
        judge: bitrate,
        proof: &["media/plays-fast"],
    }
}

/// In milliseconds; the bit rates in bits a second.
const TELLING_MS: u64 = 3_000;
const LOWEST_BITRATE: u64 = 8_000;
const HIGHEST_BITRATE: u64 = 3_000_000;

fn three_seconds(case: &Case) -> Verdict {
    each(case, |call, media| {
        if media.decoded_frames == 0 && media.declared_frames == Some(0) && !media.undecodable {
            return Verdict::fail(found(call, "at least 3 s of sound", "no sound"));
        }
        if let Some(verdict) = not_heard(media) {
            return verdict;
        }
        if media.duration_ms >= TELLING_MS {
            return Verdict::Pass;
        }
        Verdict::fail(found(call, "at least 3 s of sound", format!("{} ms of sound", media.duration_ms)))
    })
}

fn declared_length(case: &Case) -> Verdict {
    each(case, |call, media| {
        if let Some(verdict) = not_heard(media) {
            return verdict;
        }
        let Some(declared) = media.declared_frames.filter(|frames| *frames > 0) else {
            return Verdict::not_applicable("the header declares no length");
        };
        let rate = rate_of(media);
        // Coders add a frame or two at either end; 0.3 s, 4096 frames or 1 % beyond is no mistake.
        let slack = (rate * 3 / 10).max(4096).max(declared / 100);
        if media.decoded_frames <= declared + slack {
            return Verdict::Pass;
        }
        Verdict::fail(found(
            call,
            format!("{} of sound, as the header declares", seconds(declared, rate)),
            format!("{} of sound", seconds(media.decoded_frames, rate)),
        ))
    })
}

fn length(case: &Case) -> Verdict {
    each(case, |call, media| {
        let Some(wanted) =
            call.recording.as_ref().map(|recording| recording.duration_ms).filter(|ms| *ms > 0)
        else {
            return Verdict::not_applicable("nobody knows how long the conversation was");
        };
        if let Some(verdict) = not_heard(media) {
            return verdict;
        }
        if missing(media).is_some() {
            return Verdict::not_applicable("the file is cut off: media/complete speaks of it");
        }
        if media.duration_ms < HALF_A_SECOND_MS {
            return Verdict::not_applicable("too short to tell: media/long-enough speaks of it");
        }
        let within = (wanted * 3 / 100).max(1000);
        if media.duration_ms.abs_diff(wanted) <= within {
            return Verdict::Pass;
        }
        let told = |ms: u64| seconds(ms, 1000);
        Verdict::fail(found(
            call,
            format!("{} of sound, within {}", told(wanted), told(within)),
            format!("{} of sound", told(media.duration_ms)),
        ))
    })
}

fn bitrate(case: &Case) -> Verdict {
    each(case, |call, media| {
        if let Some(verdict) = not_heard(media) {
            return verdict;
        }
        let Some(bytes) = call.baseline.as_ref().map(|baseline| baseline.length) else {
            return Verdict::unjudged("the recording was not downloaded whole");
        };
        if media.duration_ms < HALF_A_SECOND_MS {
            return Verdict::not_applicable("too short to tell: media/long-enough speaks of it");
        }
        let bitrate = bytes.saturating_mul(8_000) / media.duration_ms;
        if (LOWEST_BITRATE..=HIGHEST_BITRATE).contains(&bitrate) {
            return Verdict::Pass;
        }
        Verdict::fail(found(call, "8 kbit/s to 3 Mbit/s", format!("{} kbit/s", bitrate / 1000)))
    })
}
