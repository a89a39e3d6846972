//! The sound of a recording, spoilt: who is on which channel, how loud, how fast.

use crate::sabotage::Lie;

/// Half of the distance between two channels that are mixed.
const HALF: i32 = 2;
/// 15 ms of 16 kHz.
const LATE: usize = 240;
/// The A of a hold tone, a quarter of an hour of it if need be: 440 Hz at a tenth of full scale.
const HOLD_HZ: f64 = 440.0;
const HOLD_HEIGHT: f64 = 3_300.0;
/// Packets of 20 ms that are lost, and from where to where (in parts of the recording).
const LOST: usize = 15;

/// Frames of 16 bits; the first two channels are the call's.
pub(super) struct Wave {
    pub(super) rate: u32,
    pub(super) frames: Vec<[i16; 2]>,
    /// A third channel, where there is one.
    pub(super) third: Vec<i16>,
}

impl Wave {
    /// Reads a WAV file of 16-bit PCM with two or three channels, as its header promises.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let chunks = super::header::Chunks::find(bytes)?;
        let channels = usize::from(chunks.channels);
        let samples: Vec<i16> = bytes
            .get(chunks.data.clone())?
            .chunks_exact(2)
            .map(|pair| i16::from_le_bytes([pair[0], pair[1]]))
            .collect();
        let frames = samples.chunks_exact(channels).map(|frame| [frame[0], frame[1]]).collect();
        let third = if channels > 2 {
            samples.chunks_exact(channels).map(|frame| frame[2]).collect()
        } else {
            Vec::new()
        };
        Some(Self { rate: chunks.rate, frames, third })
    }

    /// Writes it as a WAV file.
    fn write(&self) -> Vec<u8> {
        let samples: Vec<i16> = self.frames.iter().flatten().copied().collect();
        write(self.rate, 2, &samples)
    }

    fn mixed(&self) -> Vec<i16> {
        self.frames.iter().map(|[a, b]| mix(*a, *b)).collect()
    }
}

/// A WAV file of 16-bit PCM.
pub(super) fn write(rate: u32, channels: u16, samples: &[i16]) -> Vec<u8> {
    let data: Vec<u8> = samples.iter().flat_map(|sample| sample.to_le_bytes()).collect();
    let mut format = 1_u16.to_le_bytes().to_vec();
    format.extend(channels.to_le_bytes());
    format.extend(rate.to_le_bytes());
    format.extend((rate * u32::from(channels) * 2).to_le_bytes());
    format.extend((channels * 2).to_le_bytes());
    format.extend(16_u16.to_le_bytes());
    super::header::riff(&[(*b"fmt ", &format), (*b"data", &data)])
}

/// The file with its sound spoilt, where this lie does that.
pub(super) fn spoil(lie: Lie, bytes: &[u8]) -> Option<Vec<u8>> {
    let mut wave = Wave::read(bytes)?;
    let count = wave.frames.len();
    match lie {
        Lie::MediaMono => return Some(write(wave.rate, 1, &wave.mixed())),
        Lie::MediaDualMono => wave.each(|_, [a, b]| [mix(a, b); 2]),
        Lie::MediaDualMonoLate => {
            let mix = wave.mixed();
            wave.each(|n, _| [mix[n], n.checked_sub(LATE).map_or(0, |n| mix[n])]);
        }
        Lie::MediaDualMonoInverted => wave.each(|_, [a, b]| [mix(a, b), mix(a, b).saturating_neg()]),
        Lie::MediaSumAndDifference => wave.each(|_, [a, b]| [mix(a, b), mix(a, b.saturating_neg())]),
        Lie::MediaSilentChannel => wave.each(|_, [a, _]| [a, 0]),
        Lie::MediaFaintChannel => wave.each(|_, [a, b]| [a, scaled(b, 0.0056)]),
        Lie::MediaSwapped
        | Lie::MediaSwappedInbound
        | Lie::MediaAgentAlwaysFirst
        | Lie::MediaSwappedNowAndThen => wave.each(|_, [a, b]| [b, a]),
        Lie::MediaSwappedMidway => wave.each(|n, [a, b]| if n < count / 2 { [a, b] } else { [b, a] }),
        Lie::MediaCrosstalk => wave.each(|_, [a, b]| [plus(a, b, 0.25), plus(b, a, 0.25)]),
        Lie::MediaFaintCrosstalk => wave.each(|_, [a, b]| [plus(a, b, 0.03), plus(b, a, 0.03)]),
        Lie::MediaHoldTone => {
            let step = std::f64::consts::TAU * HOLD_HZ / f64::from(wave.rate);
            wave.each(|n, [a, _]| [a, ((n as f64 * step).sin() * HOLD_HEIGHT) as i16]);
        }
        Lie::MediaLegAtDoubleSpeed => {
            let honest = wave.frames.clone();
            wave.each(|n, [a, _]| [a, honest.get(2 * n).map_or(0, |[_, b]| *b)]);
        }
        Lie::MediaDriftingLeg => {
            let packet = wave.rate as usize / 50;
            let honest = wave.frames.clone();
            // Spread evenly over the middle: each loss moves the rest of the leg forward.
            wave.each(|n, [a, _]| {
                let lost = (n * (LOST + 2) / count).saturating_sub(1).min(LOST);
                [a, honest.get(n + lost * packet).map_or(0, |[_, b]| *b)]
            });
        }
        Lie::MediaConferenceMixed => {
            let third = std::mem::take(&mut wave.third);
            wave.each(|n, [a, b]| [a, plus(b, third.get(n).copied().unwrap_or(0), 1.0)]);
        }
        _ => return None,
    }
    Some(wave.write())
}

impl Wave {
    fn each(&mut self, change: impl Fn(usize, [i16; 2]) -> [i16; 2]) {
        for (n, frame) in self.frames.iter_mut().enumerate() {
            *frame = change(n, *frame);
        }
    }
}

fn mix(a: i16, b: i16) -> i16 {
    ((i32::from(a) + i32::from(b)) / HALF) as i16
}

fn scaled(sample: i16, by: f64) -> i16 {
    (f64::from(sample) * by) as i16
}

fn plus(sample: i16, other: i16, by: f64) -> i16 {
    sample.saturating_add(scaled(other, by))
}

/// One sample as mu-law (ITU-T G.711).
pub(super) fn mu_law(sample: i16) -> u8 {
    let sign = if sample < 0 { 0x80 } else { 0 };
    let height = i32::from(sample).abs().min(32_635) + 132;
    let exponent = (7..=14).rev().find(|bit| height >> bit & 1 == 1).unwrap_or(7) - 7;
    let mantissa = height >> (exponent + 3) & 15;
    !(sign | (exponent << 4 | mantissa) as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two frames: left 100 and 300, right -50 and 7.
    fn stereo() -> Vec<u8> {
        write(16_000, 2, &[100, -50, 300, 7])
    }

    fn samples(bytes: &[u8]) -> Vec<i16> {
        bytes[44..].chunks(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect()
    }

    #[test]
    fn channels_are_swapped_silenced_or_mixed() {
        let spoilt = |lie| samples(&spoil(lie, &stereo()).unwrap());
        assert_eq!(spoilt(Lie::MediaSwapped), [-50, 100, 7, 300]);
        assert_eq!(spoilt(Lie::MediaSilentChannel), [100, 0, 300, 0]);
        assert_eq!(spoilt(Lie::MediaDualMono), [25, 25, 153, 153]);
        assert_eq!(spoilt(Lie::MediaDualMonoInverted), [25, -25, 153, -153]);
        assert_eq!(spoilt(Lie::MediaSwappedMidway), [100, -50, 7, 300]);
        assert_eq!(spoilt(Lie::MediaLegAtDoubleSpeed), [100, -50, 300, 0]);
    }

    #[test]
    fn a_mono_file_says_that_it_is_one() {
        let mono = spoil(Lie::MediaMono, &stereo()).unwrap();
        assert_eq!(samples(&mono), [25, 153]);
        assert_eq!((mono[22], mono[32], mono[40], mono.len()), (1, 2, 4, 48));
        assert_eq!(mono[4], 40);
        assert_eq!(mono[28..32], 32_000_u32.to_le_bytes());
    }

    #[test]
    fn mu_law_is_that_of_the_table() {
        for (sample, byte) in [(0, 0xff), (-1, 0x7f), (32_767, 0x80), (-32_768, 0x00), (1_000, 0xce)] {
            assert_eq!(mu_law(sample), byte, "{sample}");
        }
    }
}
