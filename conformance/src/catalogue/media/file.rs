//! How the file is laid out: the chunks of a WAV, the header of a FLAC, the boxes of an MP4. The judges stand in `judges`.

use super::judges;
use crate::check::{Check, check};
use crate::clauses::{guide, players};

pub(in crate::catalogue) static CHECKS: &[&Check] = &[
    &WAV_SIZES,
    &WAV_HEADER,
    &WAV_FORMAT,
    &SAMPLE_RATE,
    &PLAIN_WAV,
    &FLAC_HEADER,
    &MP4_STRUCTURE,
    &MP4_BRAND,
    &MOOV_FIRST,
    &FRAGMENTS_INDEXED,
    &ONE_TRACK,
    &EDIT_LIST,
];

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
        proof: &[
            "media/zero-sizes",
            "media/data-size-of-file",
            "media/data-size-doubled",
            "media/two-data-chunks",
            "media/truncated",
        ],
    }
}

check! {
    /// The sizes in a WAV header add up to the file, and nothing stands outside its chunks.
    ///
    /// ## Why it matters
    /// Players guess where the header says "unknown"; decoders that do not guess stop early or play the tags
    /// after the sound as a crackle.
    ///
    /// ## How to fix
    /// Write the file to a disk, not to a pipe, or convert it once: `ffmpeg -i piped.wav -c copy out.wav`. The
    /// RIFF size at offset 4 is the length of the file less 8.
    static WAV_HEADER = {
        id: "media/wav-header", level: Recommended, profile: Playback, since: "0.1.0",
        clauses: &[guide::FORMATS],
        needs: &[Media],
        judge: judges::wav_header,
        proof: &["media/unknown-sizes", "media/riff-size-of-file"],
    }
}

check! {
    /// The `fmt ` chunk of a WAV file agrees with itself, and the sample rate is at least 8000 Hz.
    ///
    /// ## Why it matters
    /// A frame size that does not belong to the channels turns speech into noise in one player and is corrected
    /// in another.
    ///
    /// ## How to fix
    /// Bytes of a frame are channels × bits / 8; bytes of a second are sample rate × bytes of a frame. Whoever
    /// joins two mono files must change both, besides the number of channels.
    static WAV_FORMAT = {
        id: "media/wav-format", level: Required, profile: Playback, since: "0.1.0",
        clauses: &[guide::FORMATS],
        needs: &[Media],
        judge: judges::wav_format,
        proof: &["media/wrong-frame-size"],
    }
}

check! {
    /// The sample rate is one that telephony and players use.
    ///
    /// ## Why it matters
    /// An unusual rate is most often a wrong one; transcribers and browsers resample it, or refuse.
    ///
    /// ## How to fix
    /// 8000 Hz for narrowband and 16000 Hz for wideband speech are best: `ffmpeg -i in.wav -ar 16000 out.wav`.
    static SAMPLE_RATE = {
        id: "media/sample-rate", level: Recommended, profile: Playback, since: "0.1.0",
        clauses: &[guide::FORMATS],
        needs: &[Media],
        judge: judges::sample_rate,
        proof: &["media/plays-fast"],
    }
}

check! {
    /// A WAV file shorter than 4 GiB is a plain one: RIFF, not RF64 or BW64.
    ///
    /// ## Why it matters
    /// Firefox does not play RF64, and many decoders do not know it.
    ///
    /// ## How to fix
    /// Tell the writer so: `ffmpeg -rf64 never` (or `auto`), `sox` and libsndfile write RIFF unless asked. A call
    /// that needs more than 4 GiB is better as FLAC or MP4.
    static PLAIN_WAV = {
        id: "media/plain-wav", level: Recommended, profile: Playback, since: "0.1.0",
        clauses: &[players::CODECS, guide::FORMATS],
        needs: &[Media],
        judge: judges::plain_wav,
        proof: &["media/needless-rf64"],
    }
}

check! {
    /// A FLAC file says how many samples it holds, and their checksum.
    ///
    /// ## Why it matters
    /// Without the number of samples Chromium shows an endless recording and Firefox cannot seek; without the
    /// checksum nobody notices changed sound.
    ///
    /// ## How to fix
    /// An encoder that writes to a pipe cannot go back and fill them in: encode to a file, or write it anew
    /// (`flac --force -o out.flac in.flac`).
    static FLAC_HEADER = {
        id: "media/flac-header", level: Recommended, profile: Playback, since: "0.1.0",
        clauses: &[players::CODECS, guide::FORMATS],
        needs: &[Media],
        judge: judges::flac_header,
        proof: &["media/flac-piped"],
    }
}

check! {
    /// An MP4 file has its boxes: ftyp, moov with a track of sound, and mdat, all within the file.
    ///
    /// ## Why it matters
    /// Without `moov` nobody knows where the sound lies; a recorder that was killed leaves such a file behind.
    ///
    /// ## How to fix
    /// Close the recorder properly, and upload after it has ended. To survive a crash record in fragments
    /// (`-movflags frag_keyframe+empty_moov`) and write one file at the end. A track of video alone is no
    /// recording of a call.
    static MP4_STRUCTURE = {
        id: "media/mp4-structure", level: Required, profile: Playback, since: "0.1.0",
        clauses: &[guide::FORMATS],
        needs: &[Media],
        judge: judges::mp4_structure,
        proof: &["media/without-moov", "media/video-only", "media/truncated-mp4"],
    }
}

check! {
    /// The brand of an MP4 file is one of MP4.
    ///
    /// ## Why it matters
    /// QuickTime and 3GP files are cousins: some players refuse them by their brand alone.
    ///
    /// ## How to fix
    /// Write MP4 instead of renaming the file: `ffmpeg -i in.mov -c copy out.mp4`.
    static MP4_BRAND = {
        id: "media/mp4-brand", level: Recommended, profile: Playback, since: "0.1.0",
        clauses: &[guide::FORMATS],
        needs: &[Media],
        judge: judges::mp4_brand,
        proof: &["media/quicktime"],
    }
}

check! {
    /// An MP4 file has `moov` before the sound.
    ///
    /// ## Why it matters
    /// With `moov` at the end a player needs one more range before it can start; it is legal, and slower.
    ///
    /// ## How to fix
    /// `ffmpeg -i in.mp4 -c copy -movflags +faststart out.mp4`.
    static MOOV_FIRST = {
        id: "media/moov-first", level: Informational, profile: Playback, since: "0.1.0",
        clauses: &[players::CODECS],
        needs: &[Media],
        judge: judges::moov_first,
        proof: &["media/screen-recording"],
    }
}

check! {
    /// A fragmented MP4 file tells its length beforehand.
    ///
    /// ## Why it matters
    /// Without `sidx` or `mehd` Firefox shows a duration that grows while it plays, and offers a part of it for
    /// seeking.
    ///
    /// ## How to fix
    /// Join the fragments when the call has ended: `ffmpeg -i in.mp4 -c copy -movflags +faststart out.mp4`.
    static FRAGMENTS_INDEXED = {
        id: "media/fragments-indexed", level: Recommended, profile: Playback, since: "0.1.0",
        clauses: &[players::CODECS],
        needs: &[Media],
        judge: judges::fragments_indexed,
        proof: &["media/fragmented"],
    }
}

check! {
    /// An MP4 file has one track: the sound.
    ///
    /// ## Why it matters
    /// A video track is downloaded and never shown; of several tracks of sound players and transcribers take one.
    ///
    /// ## How to fix
    /// `ffmpeg -i in.mp4 -map 0:a:0 -c copy out.mp4`; to join two mono tracks `-filter_complex amerge=inputs=2`.
    static ONE_TRACK = {
        id: "media/one-track", level: Recommended, profile: Playback, since: "0.1.0",
        clauses: &[guide::FORMATS],
        needs: &[Media],
        judge: judges::one_track,
        proof: &["media/screen-recording", "media/two-mono-tracks"],
    }
}

check! {
    /// The edit list of an MP4 file leaves the beginning as it is.
    ///
    /// ## Why it matters
    /// Players skip or wait as the edit list says, transcribers mostly do not: then the times of a transcript are
    /// off.
    ///
    /// ## How to fix
    /// Cut the file instead of hiding a part of it: `ffmpeg -ss 2 -i in.mp4 out.mp4` without `-c copy`.
    static EDIT_LIST = {
        id: "media/edit-list", level: Informational, profile: Playback, since: "0.1.0",
        clauses: &[players::CODECS],
        needs: &[Media],
        judge: judges::edit_list,
        proof: &["media/screen-recording"],
    }
}
