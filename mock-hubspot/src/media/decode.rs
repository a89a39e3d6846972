//! Decodes a recording from start to end, a packet at a time, and listens to each channel. Knows nothing of headers: whoever
//! walked them hands over a source that can be decoded.

use std::io::{self, Cursor, ErrorKind, Read, Seek, SeekFrom};
use std::panic::{self, AssertUnwindSafe};

use symphonia::core::audio::GenericAudioBufferRef;
use symphonia::core::codecs::audio::{AudioDecoder, AudioDecoderOptions};
use symphonia::core::errors::Error;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, FormatReader, TrackType};
use symphonia::core::io::{MediaSource, MediaSourceStream, MediaSourceStreamOptions, ReadOnlySource};
use symphonia::core::meta::MetadataOptions;

use super::channel::Listener;
use super::pair::PairListener;
use super::{Flaw, Halt, MediaFacts};

/// Samples of all channels together: six hours of two channels at 48 kHz. A few bytes of FLAC can declare more than a day; a file
/// that is longer than this in bytes may hold a sample in each.
const MOST_SAMPLES: u64 = 1 << 31;
/// Packets in a row without a frame: a small file can declare billions of them.
const MOST_BARREN: u32 = 2_000;
/// Packets in a row that belong to another track.
const MOST_FOREIGN: u32 = 1_000_000;

/// What is decoded.
pub(super) struct Source {
    media: Box<dyn MediaSource>,
    /// Whether the length is unknown, so that an end in the middle is the end.
    open_ended: bool,
    bytes: u64,
    halt: Halt,
}

impl Source {
    /// A whole file, in which the decoder may seek.
    pub(super) fn whole<R: Read + Seek + Send + Sync + 'static>(
        inner: R,
        length: u64,
        halt: &Halt,
    ) -> io::Result<Self> {
        Self::mended(inner, length, halt, None)
    }

    /// A whole file in which a few bytes are others.
    pub(super) fn mended<R: Read + Seek + Send + Sync + 'static>(
        mut inner: R,
        length: u64,
        halt: &Halt,
        mended: Option<Mended>,
    ) -> io::Result<Self> {
        inner.seek(SeekFrom::Start(0))?;
        let whole = Whole { inner, length, halt: halt.clone(), position: 0, mended };
        Ok(Self { media: Box::new(whole), open_ended: false, bytes: length, halt: halt.clone() })
    }

    /// A new header, then `count` bytes of the file from `at`.
    pub(super) fn repaired<R>(
        header: Vec<u8>,
        mut inner: R,
        at: u64,
        count: u64,
        halt: &Halt,
    ) -> io::Result<Self>
    where
        R: Read + Seek + Send + Sync + 'static,
    {
        inner.seek(SeekFrom::Start(at))?;
        let rest = Whole { inner, length: count, halt: halt.clone(), position: 0, mended: None };
        let stream = Cursor::new(header).chain(rest.take(count));
        Ok(Self {
            media: Box::new(ReadOnlySource::new(stream)),
            open_ended: count >= u64::from(u32::MAX),
            bytes: count,
            halt: halt.clone(),
        })
    }
}

struct Whole<R> {
    inner: R,
    length: u64,
    halt: Halt,
    position: u64,
    mended: Option<Mended>,
}

/// Bytes that are read instead of those that stand there.
#[derive(Clone, Copy)]
pub(super) struct Mended {
    pub(super) at: u64,
    pub(super) bytes: [u8; 4],
}

impl Mended {
    /// Writes them over what was read from `position` on.
    fn over(&self, read: &mut [u8], position: u64) {
        for (at, byte) in (self.at..).zip(self.bytes) {
            let place = at.checked_sub(position).and_then(|place| read.get_mut(place as usize));
            if let Some(place) = place {
                *place = byte;
            }
        }
    }
}

impl<R: Read> Read for Whole<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.halt.is_called() {
            return Err(io::Error::other("nobody waits for it any more"));
        }
        let count = self.inner.read(buffer)?;
        if let Some(mended) = &self.mended {
            mended.over(&mut buffer[..count], self.position);
        }
        self.position += count as u64;
        Ok(count)
    }
}

impl<R: Seek> Seek for Whole<R> {
    fn seek(&mut self, position: SeekFrom) -> io::Result<u64> {
        self.position = self.inner.seek(position)?;
        Ok(self.position)
    }
}

impl<R: Read + Seek + Send + Sync> MediaSource for Whole<R> {
    fn is_seekable(&self) -> bool {
        true
    }

    fn byte_len(&self) -> Option<u64> {
        Some(self.length)
    }
}

/// Decodes all of `source`, and enters what was found. A panic of the decoder becomes a problem; what was heard until then stays.
pub(super) fn decode(source: Source, extension: &str, facts: &mut MediaFacts) {
    let mut hearing = Hearing::default();
    let outcome = panic::catch_unwind(AssertUnwindSafe(|| hearing.hear(source, extension)));
    match outcome {
        Ok(Ok(())) => {}
        Ok(Err(problem)) => facts.note(Flaw::DecodingStopped, problem),
        Err(_) => facts.note(Flaw::DecodingStopped, "the decoder gave up on these bytes (it panicked)"),
    }
    hearing.enter(facts);
}

/// How far decoding goes.
struct Limits {
    open_ended: bool,
    most_samples: u64,
    halt: Halt,
}

#[derive(Default)]
struct Hearing {
    codec: Option<String>,
    rate: Option<u32>,
    channels: Option<u32>,
    declared_frames: Option<u64>,
    frames: u64,
    errors: u32,
    undecodable: bool,
    checksum_ok: Option<bool>,
    listeners: Vec<Listener>,
    pair: Option<PairListener>,
    planes: Vec<Vec<f32>>,
    problems: Vec<String>,
}

impl Hearing {
    fn hear(&mut self, source: Source, extension: &str) -> Result<(), String> {
        let stream = MediaSourceStream::new(source.media, MediaSourceStreamOptions::default());
        let mut hint = Hint::new();
        hint.with_extension(extension);
        let mut format = symphonia::default::get_probe()
            .probe(&hint, stream, FormatOptions::default(), MetadataOptions::default())
            .map_err(|error| format!("the file cannot be opened: {error}"))?;
        let track = format.default_track(TrackType::Audio).ok_or("there is no track of sound")?;
        let parameters = track.codec_params.as_ref().and_then(|parameters| parameters.audio());
        let parameters = parameters.ok_or("the track does not say how its sound is coded")?;
        self.rate = parameters.sample_rate;
        self.channels = parameters.channels.as_ref().map(|channels| channels.count() as u32);
        self.declared_frames = track.num_frames.filter(|frames| *frames > 0);
        let options = AudioDecoderOptions::default().verify(true);
        let mut decoder = match symphonia::default::get_codecs().make_audio_decoder(parameters, &options) {
            Ok(decoder) => decoder,
            Err(Error::Unsupported(_)) => {
                self.undecodable = true;
                return Ok(());
            }
            Err(error) => return Err(format!("the sound cannot be decoded: {error}")),
        };
        self.codec = Some(decoder.codec_info().short_name.to_owned());
        let track = track.id;
        let most_samples = MOST_SAMPLES.max(source.bytes);
        let limits = Limits { open_ended: source.open_ended, most_samples, halt: source.halt };
        let outcome = self.packets(format.as_mut(), decoder.as_mut(), track, &limits);
        self.checksum_ok = decoder.finalize().verify_ok;
        if self.checksum_ok == Some(false) {
            self.problems.push("the decoded sound has another checksum than the file declares".to_owned());
        }
        outcome
    }

    fn packets(
        &mut self,
        format: &mut dyn FormatReader,
        decoder: &mut dyn AudioDecoder,
        track: u32,
        limits: &Limits,
    ) -> Result<(), String> {
        let (mut barren, mut foreign) = (0, 0);
        loop {
            if limits.halt.is_called() {
                return Err(format!("decoding stopped after {} frames: it took too long", self.frames));
            }
            let packet = match format.next_packet() {
                Ok(Some(packet)) => packet,
                Ok(None) => return Ok(()),
                Err(Error::IoError(error)) if error.kind() == ErrorKind::UnexpectedEof => {
                    return if limits.open_ended {
                        Ok(())
                    } else {
                        Err("the file ends in the middle of its sound".to_owned())
                    };
                }
                Err(error) => return Err(format!("reading stopped after {} frames: {error}", self.frames)),
            };
            if packet.track_id != track {
                foreign += 1;
                if foreign > MOST_FOREIGN {
                    return Err(format!(
                        "decoding stopped: {foreign} packets in a row belong to another track"
                    ));
                }
                continue;
            }
            foreign = 0;
            let before = self.frames;
            match decoder.decode(&packet) {
                Ok(sound) => self.listen(&sound, limits.most_samples)?,
                Err(Error::Unsupported(_)) if self.frames == 0 => {
                    self.undecodable = true;
                    return Ok(());
                }
                // What was understood until now and is not any more is broken, not unknown.
                Err(Error::DecodeError(_) | Error::IoError(_) | Error::Unsupported(_)) => {
                    self.errors = self.errors.saturating_add(1);
                }
                Err(error) => return Err(format!("decoding stopped after {} frames: {error}", self.frames)),
            }
            barren = if self.frames > before { 0 } else { barren + 1 };
            if barren > MOST_BARREN {
                return Err(format!("decoding stopped: {barren} packets in a row hold no sound"));
            }
        }
    }

    fn listen(&mut self, sound: &GenericAudioBufferRef<'_>, most_samples: u64) -> Result<(), String> {
        if sound.frames() == 0 || sound.num_planes() == 0 {
            return Ok(());
        }
        let (rate, channels) = (sound.spec().rate(), sound.num_planes() as u32);
        if self.listeners.is_empty() {
            self.rate = Some(rate);
            self.channels = Some(channels);
            self.listeners = (0..channels).map(|_| Listener::new(rate)).collect();
            self.pair = (channels >= 2).then(|| PairListener::new(rate));
        } else if (self.rate, self.channels) != (Some(rate), Some(channels)) {
            return Err(format!(
                "after {} frames the sound changes to {channels} channels at {rate} Hz",
                self.frames
            ));
        }
        sound.copy_to_vecs_planar(&mut self.planes);
        for (listener, plane) in self.listeners.iter_mut().zip(&self.planes) {
            listener.push(plane);
        }
        if let (Some(pair), [first, second, ..]) = (&mut self.pair, self.planes.as_slice()) {
            pair.push(first, second);
        }
        self.frames += sound.frames() as u64;
        if self.frames * u64::from(channels) > most_samples {
            return Err(format!("decoding stopped after {} frames: the recording is too long", self.frames));
        }
        Ok(())
    }

    fn enter(self, facts: &mut MediaFacts) {
        facts.problems.extend(self.problems);
        if facts.codec.is_none() {
            facts.codec = self.codec;
        }
        facts.sample_rate = self.rate.or(facts.sample_rate);
        facts.channels = self.channels.or(facts.channels);
        facts.declared_frames = facts.declared_frames.or(self.declared_frames);
        facts.decoded_frames = self.frames;
        facts.decode_errors = self.errors;
        facts.undecodable = self.undecodable;
        facts.checksum_ok = self.checksum_ok;
        facts.pair = self.pair.map(PairListener::finish);
        facts.per_channel = self.listeners.into_iter().map(Listener::finish).collect();
        if let Some(rate) = facts.sample_rate.map(u64::from).filter(|rate| *rate > 0) {
            facts.duration_ms = self.frames * 1000 / rate;
        }
    }
}

/// Says so where the headers declare more than was decoded: 250 ms or 0.5 %, whichever is more, may be missing.
pub(super) fn compare_with_declared(facts: &mut MediaFacts) {
    let Some(declared) = facts.declared_frames.filter(|_| !facts.undecodable) else { return };
    let slack = (u64::from(facts.sample_rate.unwrap_or_default()) / 4).max(declared / 200);
    if facts.decoded_frames.saturating_add(slack) < declared {
        facts.problems.push(format!(
            "the headers declare {declared} frames, {} could be decoded",
            facts.decoded_frames
        ));
    }
}
