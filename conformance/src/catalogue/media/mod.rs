//! What is in the recording: an allowed format, whole, and a voice on each channel. Read next: `file` (how it is laid out),
//! `lengths`, `channels`, `order` and `timeline` (who is on which), `speed`; `judges` and `judging` answer.

pub(super) mod channels;
pub(super) mod file;
mod judges;
mod judging;
pub(super) mod lengths;
pub(super) mod order;
pub(super) mod speed;
#[cfg(test)]
mod tests;
mod timeline;

use crate::check::{Check, check};
use crate::clauses::{guide, players};

pub(super) static CHECKS: &[&Check] =
    &[&CONTAINER, &CODEC, &COMMON_CODEC, &DECODES, &NO_DECODE_ERRORS, &COMPLETE, &LONG_ENOUGH];

check! {
    /// The recording is a WAV, FLAC or MP4 file.
    ///
    /// ## Why it matters
    /// HubSpot takes no other format. That a browser plays it proves nothing: an MP3 called `.wav` plays
    /// everywhere and is never transcribed.
    ///
    /// ## How to fix
    /// Look at the first bytes (`xxd file | head -1`): `RIFF….WAVE`, `fLaC`, or `ftyp` at offset 4. Ask the
    /// telephony provider for WAV (many default to MP3), or convert with `ffmpeg -i in.mp3 out.wav`. A page
    /// or JSON under an audio name is an error answer sent with status 200; base64 comes from an API Gateway
    /// without `binaryMediaTypes`.
    static CONTAINER = {
        id: "media/container", level: Required, profile: Playback, since: "0.1.0",
        clauses: &[guide::FORMATS],
        needs: &[Media],
        judge: judges::container,
        proof: &[
            "media/mp3",
            "media/ogg-opus",
            "media/webm",
            "media/amr",
            "media/raw-mulaw",
            "media/html",
            "media/json-error",
            "media/xml-error",
            "media/base64",
            "media/mangled",
        ],
    }
}

check! {
    /// The codec is one that browsers play.
    ///
    /// ## Why it matters
    /// ADPCM and GSM in WAV, ALAC and AC-3 in MP4 stop Chromium and Firefox with an error; HE-AAC v2 mixes
    /// the speakers into one channel.
    ///
    /// ## How to fix
    /// Record as PCM, µ-law or A-law in WAV, as FLAC, or as AAC-LC in MP4: `ffmpeg -i in -c:a pcm_s16le
    /// out.wav`, `-c:a aac -profile:a aac_low out.mp4`. In Asterisk use `wav`, not `wav49`.
    static CODEC = {
        id: "media/codec", level: Required, profile: Playback, since: "0.1.0",
        clauses: &[players::CODECS, guide::FORMATS],
        needs: &[Media],
        judge: judges::codec,
        proof: &["media/mp3", "media/adpcm", "media/gsm", "media/alac", "media/ac3", "media/he-aac-v2"],
    }
}

check! {
    /// The recording can be decoded from start to end.
    ///
    /// ## Why it matters
    /// A player stops at the first packet that it cannot decode, and a transcript ends there.
    ///
    /// ## How to fix
    /// Try `ffmpeg -v error -i file -f null -`. Upload the file only after the recorder has closed it; an MP4
    /// of a killed recorder has no `moov`. Move files as bytes: a text encoding on the way (`toString()`,
    /// `response.text`) destroys them.
    static DECODES = {
        id: "media/decodes", level: Required, profile: Playback, since: "0.1.0",
        clauses: &[guide::FORMATS],
        needs: &[Media],
        judge: judges::decodes,
        proof: &["media/header-only", "media/corrupt-packets", "media/flac-wrong-checksum"],
    }
}

check! {
    /// The recording is as long as its header declares.
    ///
    /// ## Why it matters
    /// A file that was cut off shows its full duration and stops in the middle; the rest of the call is lost
    /// to the transcript.
    ///
    /// ## How to fix
    /// Compare the stored size with the recorder's. Wait for the end of the upload before `ready` is sent;
    /// look for a size limit on the way (6 MB at API Gateway and Lambda) and for streams that are closed by a
    /// time-out.
    static COMPLETE = {
        id: "media/complete", level: Required, profile: Playback, since: "0.1.0",
        clauses: &[guide::FORMATS],
        needs: &[Media],
        judge: judges::complete,
        proof: &[
            "media/truncated",
            "media/truncated-flac",
            "media/truncated-mp4",
            "media/data-size-doubled",
        ],
    }
}

check! {
    /// The recording holds at least half a second of sound.
    ///
    /// ## Why it matters
    /// A call with an empty recording shows a player that plays nothing.
    ///
    /// ## How to fix
    /// Do not send `ready` for calls that were not answered or not recorded; wait until the provider reports
    /// the recording as completed.
    static LONG_ENOUGH = {
        id: "media/long-enough", level: Required, profile: Playback, since: "0.1.0",
        clauses: &[guide::FORMATS],
        needs: &[Media],
        judge: judges::long_enough,
        proof: &["media/header-only"],
    }
}

check! {
    /// The codec is one that every player and decoder takes: AAC-LC, where the recording is an MP4 file.
    ///
    /// ## Why it matters
    /// HE-AAC, Opus, FLAC and MP3 in MP4 play in today's browsers; what HubSpot's transcriber makes of them is not
    /// known.
    ///
    /// ## How to fix
    /// `ffmpeg -i in.mp4 -c:a aac -profile:a aac_low out.mp4`, or send WAV or FLAC.
    static COMMON_CODEC = {
        id: "media/common-codec", level: Recommended, profile: Playback, since: "0.1.0",
        clauses: &[players::CODECS, guide::FORMATS],
        needs: &[Media],
        judge: judges::common_codec,
        proof: &["media/he-aac"],
    }
}

check! {
    /// Every packet of the recording can be decoded.
    ///
    /// ## Why it matters
    /// One packet in a thousand is a click or a gap; it is also the first sign of bytes that were changed on the
    /// way.
    ///
    /// ## How to fix
    /// Compare the stored file with the recorder's byte by byte. `ffmpeg -v error -i file -f null -` names the
    /// packets.
    static NO_DECODE_ERRORS = {
        id: "media/no-decode-errors", level: Recommended, profile: Playback, since: "0.1.0",
        clauses: &[guide::FORMATS],
        needs: &[Media],
        judge: judges::no_decode_errors,
        proof: &["media/corrupt-packets"],
    }
}
