//! Lies about the recording itself. The file is spoilt once, when its call is told, into a copy. `formats` are files of other
//! kinds, `wave` and `header` spoil the sound and the chunks of a WAV, `codec` codes it otherwise, `boxes` spoil an MP4.

mod boxes;
mod codec;
mod formats;
mod header;
mod wave;

use std::{
    io::{self, Write as _},
    path::Path,
};

use super::{Lie, Tally};
use crate::{flow::Direction, library::Source};

/// How many bytes in its middle tell a recording from its twin.
const TWIN: usize = 4096;

/// The recording that is kept instead of the honest one.
pub(crate) fn spoil(
    lie: Option<Lie>,
    tally: &Tally,
    direction: Direction,
    source: Source,
) -> io::Result<Source> {
    let (Some(lie), Source::File(path)) = (lie, &source) else { return Ok(source) };
    let is_inbound = direction == Direction::Inbound;
    let lie = match lie {
        Lie::MediaSwappedInbound | Lie::MediaAgentAlwaysFirst if !is_inbound => return Ok(source),
        // The third call of the process, whichever way it goes.
        Lie::MediaSwappedNowAndThen if tally.recording() != 2 => return Ok(source),
        lie => lie,
    };
    let honest = || std::fs::read(path);
    let spoilt = match lie {
        Lie::DownloadEmpty => Some(Vec::new()),
        Lie::MediaTwoMonoTracks => Some(boxes::TWO_MONO_TRACKS.to_vec()),
        _ => match formats::instead(lie, honest) {
            Some(other) => Some(other?),
            None if is_media(lie) => {
                let bytes = honest()?;
                header::spoil(lie, &bytes)
                    .or_else(|| wave::spoil(lie, &bytes))
                    .or_else(|| codec::spoil(lie, &bytes))
                    .or_else(|| boxes::spoil(lie, &bytes))
            }
            None => None,
        },
    };
    spoilt.map_or(Ok(source), |spoilt| copy(&spoilt))
}

/// Only these need the recording in memory, which may be very long.
fn is_media(lie: Lie) -> bool {
    lie.name().starts_with("media/")
}

/// A recording of the same length with other bytes in its middle.
pub(crate) fn twin(file: &Path) -> io::Result<Source> {
    let mut bytes = std::fs::read(file)?;
    let middle = bytes.len() / 2;
    for byte in bytes.iter_mut().skip(middle).take(TWIN) {
        *byte = !*byte;
    }
    copy(&bytes)
}

pub(crate) fn copy(bytes: &[u8]) -> io::Result<Source> {
    let mut file = tempfile::NamedTempFile::new()?;
    file.write_all(bytes)?;
    file.flush()?;
    Ok(Source::Copy(file.into_temp_path()))
}
