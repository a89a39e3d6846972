//! Walks the boxes of an MP4 file (ISO/IEC 14496-12 §4.2): what is missing, what lies beyond the end, which tracks there are.

use std::io::{self, Read, Seek};

use super::decode::{self, Mended, Source};
use super::{Flaw, Halt, MediaFacts, Mp4Facts, be32, be64, read_at};

/// More than a day's sample tables.
const LARGEST_MOOV: u64 = 64 << 20;
const MOST_BOXES: u32 = 100_000;

/// Enters what the boxes say and what the sound holds.
pub(super) fn examine<R>(mut source: R, length: u64, facts: &mut MediaFacts, halt: &Halt)
where
    R: Read + Seek + Send + Sync + 'static,
{
    let walk = match Walk::new(&mut source, length) {
        Ok(walk) => walk,
        Err(error) => {
            facts.problems.push(format!("the file could not be read: {error}"));
            return;
        }
    };
    for (flaw, sentence) in walk.problems {
        facts.note(flaw, sentence);
    }
    facts.mp4 = Some(walk.facts);
    let sound = walk.sound.unwrap_or_default();
    facts.codec.clone_from(&sound.codec);
    facts.sample_rate = sound.rate;
    facts.channels = sound.channels;
    match Source::mended(source, length, halt, walk.cut_off) {
        Ok(source) => decode::decode(source, "mp4", facts),
        Err(error) => facts.problems.push(format!("the file could not be read: {error}")),
    }
    if facts.declared_frames.is_none_or(|frames| frames == 0) || sound.duration > 0 {
        facts.declared_frames = sound.declared_frames(facts.sample_rate);
    }
    decode::compare_with_declared(facts);
}

#[derive(Default)]
struct Walk {
    facts: Mp4Facts,
    sound: Option<Sound>,
    /// The size that a last box can have which says more, so that the sound in it is decoded as far as it goes.
    cut_off: Option<Mended>,
    problems: Vec<(Flaw, String)>,
}

/// What the first sound track says of itself.
#[derive(Default)]
struct Sound {
    codec: Option<String>,
    rate: Option<u32>,
    channels: Option<u32>,
    timescale: u32,
    duration: u64,
    furthest_chunk: u64,
}

impl Sound {
    fn declared_frames(&self, rate: Option<u32>) -> Option<u64> {
        let frames = u128::from(self.duration) * u128::from(rate?);
        let frames = frames.checked_div(u128::from(self.timescale))?;
        u64::try_from(frames).ok().filter(|frames| *frames > 0)
    }
}

impl Walk {
    fn say(&mut self, flaw: Flaw, sentence: impl Into<String>) {
        self.problems.push((flaw, sentence.into()));
    }

    fn new<R: Read + Seek>(source: &mut R, length: u64) -> io::Result<Self> {
        let mut walk = Self::default();
        let (mut moov, mut sound_at, mut at) = (None, None, 0);
        for nth in 0..MOST_BOXES {
            let header = read_at(source, at, 16)?;
            let (Some(size), Some(kind)) = (be32(&header, 0), header.get(4..8)) else {
                if !header.is_empty() {
                    walk.say(Flaw::StrayBytes, format!("{} stray bytes stand at the end", header.len()));
                }
                break;
            };
            let (head, size) = match size {
                0 => (8, length - at),
                1 => (16, be64(&header, 8).unwrap_or(0)),
                size => (8, u64::from(size)),
            };
            let name = kind.escape_ascii().to_string();
            if size < head {
                walk.say(
                    Flaw::BoxTooSmall,
                    format!("the `{name}` box at offset {at} says {size} bytes: no box is so small"),
                );
                break;
            }
            let end = at.saturating_add(size);
            if end > length {
                walk.say(
                    Flaw::BoxTooLarge,
                    format!("the `{name}` box says it ends at byte {end}, the file ends at {length}"),
                );
                if head == 8
                    && let Ok(left) = u32::try_from(length - at)
                {
                    walk.cut_off = Some(Mended { at, bytes: left.to_be_bytes() });
                }
            }
            match kind {
                b"ftyp" => {
                    let brand = read_at(source, at + head, 4)?;
                    walk.facts.brand = brand.escape_ascii().to_string();
                    if nth > 0 {
                        walk.say(Flaw::LateFileType, "the `ftyp` box is not the first one".to_owned());
                    }
                }
                b"moov" if moov.is_some() => {
                    walk.say(Flaw::TwoMoov, "there is more than one `moov` box".to_owned());
                }
                b"moov" => {
                    moov = Some(at);
                    walk.moov(&read_at(source, at + head, (size - head).min(LARGEST_MOOV))?);
                }
                b"moof" => {
                    walk.facts.fragmented = true;
                    sound_at = sound_at.or(Some(at));
                }
                b"mdat" => sound_at = sound_at.or(Some(at)),
                b"sidx" => walk.facts.fragments_indexed = true,
                _ => {}
            }
            at = end;
            if at >= length {
                break;
            }
        }
        walk.facts.moov_first = moov.zip(sound_at).map(|(moov, sound)| moov < sound);
        walk.missing(moov.is_some(), sound_at.is_some(), length);
        Ok(walk)
    }

    fn missing(&mut self, has_moov: bool, has_sound: bool, length: u64) {
        if self.facts.brand.is_empty() {
            self.say(Flaw::NoFileType, "there is no `ftyp` box".to_owned());
        }
        if !has_moov {
            self.say(
                Flaw::NoMoov,
                "no moov box: without it nothing can be played (is the file complete?)".to_owned(),
            );
        } else if self.facts.audio_tracks == 0 {
            self.say(Flaw::NoSoundTrack, "there is no track of sound".to_owned());
        }
        if !has_sound {
            self.say(Flaw::NoMediaData, "no mdat box: there is no sound in the file".to_owned());
        }
        if let Some(at) = self.sound.as_ref().map(|sound| sound.furthest_chunk).filter(|at| *at >= length) {
            self.say(
                Flaw::SoundBeyondEnd,
                format!("sound is said to lie at byte {at}, the file ends at {length}"),
            );
        }
    }

    fn moov(&mut self, moov: &[u8]) {
        let scale = child(moov, *b"mvhd").map(|mvhd| times(mvhd).0);
        if scale.is_none() {
            self.say(Flaw::MoovLacks, "no mvhd box in moov".to_owned());
        }
        if let Some(mvex) = child(moov, *b"mvex") {
            self.facts.fragmented = true;
            self.facts.fragments_indexed |= child(mvex, *b"mehd").is_some();
        }
        for (_, trak) in boxes(moov).filter(|(kind, _)| kind == b"trak") {
            let mdia = child(trak, *b"mdia").unwrap_or_default();
            let handler = child(mdia, *b"hdlr").and_then(|hdlr| hdlr.get(8..12));
            if handler != Some(b"soun") {
                self.facts.other_tracks += 1;
                if handler.is_none() {
                    self.say(Flaw::MoovLacks, "a track does not say what it holds (no hdlr box)".to_owned());
                }
                continue;
            }
            self.facts.audio_tracks += 1;
            if self.facts.audio_tracks == 1 {
                self.sound_track(trak, mdia, scale);
            }
        }
    }

    fn sound_track(&mut self, trak: &[u8], mdia: &[u8], movie_scale: Option<u32>) {
        let mut sound = Sound::default();
        match child(mdia, *b"mdhd") {
            Some(mdhd) => (sound.timescale, sound.duration) = times(mdhd),
            None => self.say(Flaw::MoovLacks, "no mdhd box in the track of sound".to_owned()),
        }
        let tables = child(mdia, *b"minf").and_then(|minf| child(minf, *b"stbl")).unwrap_or_default();
        match child(tables, *b"stsd").and_then(|stsd| boxes(stsd.get(8..)?).next()) {
            Some((kind, entry)) => super::mp4_sound::describe(
                kind,
                entry,
                &mut sound.codec,
                &mut sound.rate,
                &mut sound.channels,
            ),
            None => self.say(Flaw::MoovLacks, "no stsd box: nothing says how the sound is coded".to_owned()),
        }
        let short = child(tables, *b"stco")
            .into_iter()
            .flat_map(|table| table.get(8..).unwrap_or_default().chunks_exact(4));
        let long = child(tables, *b"co64")
            .into_iter()
            .flat_map(|table| table.get(8..).unwrap_or_default().chunks_exact(8));
        let offsets =
            short.filter_map(|at| be32(at, 0)).map(u64::from).chain(long.filter_map(|at| be64(at, 0)));
        sound.furthest_chunk = offsets.max().unwrap_or_default();
        self.facts.edit_skips_ms =
            child(trak, *b"edts").and_then(|edts| child(edts, *b"elst")).and_then(|elst| {
                let media_time = match elst.first()? {
                    0 => i64::from(be32(elst, 12)?.cast_signed()),
                    _ => be64(elst, 16)?.cast_signed(),
                };
                let (time, scale) = if media_time == -1 {
                    // An empty edit: silence before the sound, in the time of the whole file.
                    let length = if elst.first()? == &0 { u64::from(be32(elst, 8)?) } else { be64(elst, 8)? };
                    (-i64::try_from(length).ok()?, movie_scale?)
                } else {
                    (media_time, sound.timescale)
                };
                i64::try_from((i128::from(time) * 1000).checked_div(i128::from(scale))?).ok()
            });
        self.sound = Some(sound);
    }
}

/// Time scale and duration of `mvhd` or `mdhd`, which begin alike.
fn times(header: &[u8]) -> (u32, u64) {
    let (scale, duration) = match header.first() {
        Some(1) => (be32(header, 20), be64(header, 24)),
        _ => (be32(header, 12), be32(header, 16).map(u64::from)),
    };
    // All ones: unknown.
    let duration = duration.filter(|duration| *duration != u64::from(u32::MAX) && *duration != u64::MAX);
    (scale.unwrap_or_default(), duration.unwrap_or_default())
}

/// The content of the first box of that kind.
pub(super) fn child(content: &[u8], kind: [u8; 4]) -> Option<&[u8]> {
    boxes(content).find(|(found, _)| *found == kind).map(|(_, content)| content)
}

/// The boxes side by side in `content`; ends where they stop making sense.
pub(super) fn boxes(mut content: &[u8]) -> impl Iterator<Item = ([u8; 4], &[u8])> {
    std::iter::from_fn(move || {
        let kind = *content.get(4..)?.first_chunk()?;
        let (head, size) = match be32(content, 0)? {
            0 => (8, content.len()),
            1 => (16, usize::try_from(be64(content, 8)?).ok()?),
            size => (8, size as usize),
        };
        let end = size.min(content.len());
        let inner = content.get(head..end)?;
        content = &content[end..];
        Some((kind, inner))
    })
}
