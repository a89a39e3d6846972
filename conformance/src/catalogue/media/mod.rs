//! What is in the recording: an allowed format, whole, and a voice on each channel. The judges stand in `judges`.

mod judges;
#[cfg(test)]
mod tests;

use crate::check::{Check, check};
use crate::clauses::{guide, players};

pub(super) static CHECKS: &[&Check] = &[
    &CONTAINER,
    &CODEC,
    &DECODES,
    &COMPLETE,
    &WAV_SIZES,
    &LONG_ENOUGH,
    &CHANNELS,
    &SILENT_CHANNEL,
    &HEARD_CHANNELS,
    &SAME_AUDIO,
    &ORDER,
];

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
        proof: &["media/mp3", "media/html", "media/base64"],
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
        proof: &["media/mp3"],
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
        proof: &["media/header-only"],
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
        proof: &["media/truncated"],
    }
}

check! {
    /// The sizes in a WAV header are filled in, and there is one data chunk.
    ///
    /// ## Why it matters
    /// With a data size of 0 Firefox refuses the file, and a decoder that believes the header hears nothing.
    ///
    /// ## How to fix
    /// Close the file through the library that opened it, which writes the sizes. A recorder that writes to a
    /// pipe cannot go back: convert the file once (`ffmpeg -i piped.wav -c copy out.wav`) or write the two
    /// sizes at offsets 4 and 40 yourself.
    static WAV_SIZES = {
        id: "media/wav-sizes", level: Required, profile: Playback, since: "0.1.0",
        clauses: &[guide::FORMATS],
        needs: &[Media],
        judge: judges::wav_sizes,
        proof: &["media/zero-sizes"],
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
        judge: judges::channels,
        proof: &["media/mono"],
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
        judge: judges::silent_channel,
        proof: &["media/silent-channel"],
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
        judge: judges::heard_channels,
        proof: &["media/silent-channel"],
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
    /// FreeSWITCH set `RECORD_STEREO=true` before `record_session`.
    static SAME_AUDIO = {
        id: "media/same-audio", level: Required, profile: Transcription, since: "0.1.0",
        clauses: &[guide::CHANNELS],
        needs: &[Media],
        judge: judges::same_audio,
        proof: &["media/dual-mono"],
    }
}

check! {
    /// The caller is on channel 1 and the recipient on channel 2, whichever way the call went.
    ///
    /// ## Why it matters
    /// Otherwise the transcript puts each sentence into the other person's mouth.
    ///
    /// ## How to fix
    /// The caller is who dialled: the agent in an outbound call, the customer in an inbound one. A recorder
    /// that always puts the agent left must swap inbound calls (`ffmpeg -i in.wav -filter_complex
    /// "channelmap=1|0" out.wav`; `RECORD_STEREO_SWAP` in FreeSWITCH).
    static ORDER = {
        id: "media/order", level: Required, profile: Transcription, since: "0.1.0",
        clauses: &[guide::CHANNELS, guide::CALLER_FIRST],
        needs: &[Media],
        judge: judges::order,
        proof: &["media/swapped", "media/swapped-inbound"],
    }
}
