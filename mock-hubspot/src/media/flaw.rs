//! Kinds of what can be wrong with a file, for whoever decides about them; the sentences are for people.

use serde::{Deserialize, Serialize};

/// What is wrong with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Flaw {
    /// The RIFF header's size is not that of the file.
    RiffSize,
    /// The data chunk says 0 bytes, and there is sound.
    DataSizeZero,
    /// The data chunk says 0xFFFFFFFF bytes.
    DataSizeUnknown,
    /// The data chunk says more bytes than there are.
    DataSizeTooLarge,
    /// There are no samples after the header.
    NoSamples,
    /// Bytes that belong to no chunk or box.
    StrayBytes,
    /// A chunk other than the data says more bytes than there are.
    ChunkTooLarge,
    /// There is more than one `fmt ` chunk.
    TwoFormats,
    /// There is more than one data chunk.
    TwoDataChunks,
    /// The `fmt ` chunk stands after the data.
    FormatAfterData,
    /// There is no readable `fmt ` chunk.
    NoFormat,
    /// There is no data chunk.
    NoDataChunk,
    /// The `fmt ` chunk contradicts itself.
    FormatContradicts,
    /// A box says that it is smaller than its own head.
    BoxTooSmall,
    /// A box ends beyond the end of the file.
    BoxTooLarge,
    /// `ftyp` is not the first box.
    LateFileType,
    /// There is no `ftyp` box.
    NoFileType,
    /// There is no `moov` box.
    NoMoov,
    /// There is more than one `moov` box.
    TwoMoov,
    /// There is no track of sound.
    NoSoundTrack,
    /// There is no `mdat` box.
    NoMediaData,
    /// Sound is said to lie beyond the end of the file.
    SoundBeyondEnd,
    /// A box that players need is missing in `moov`.
    MoovLacks,
    /// STREAMINFO is missing, too short or nonsense.
    BadStreamInfo,
    /// STREAMINFO does not say how many samples there are.
    NoTotal,
    /// STREAMINFO carries no checksum of the sound.
    NoChecksum,
    /// An ID3 tag stands before `fLaC`.
    TagBeforeFlac,
    /// Bytes went through a text encoding.
    Mangled,
    /// The decoder stopped before the end.
    DecodingStopped,
}
