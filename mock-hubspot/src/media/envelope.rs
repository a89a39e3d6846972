//! The outline of a channel: its loudest sample in each of a bounded number of equal pieces.
//!
//! Whole numbers only, so that every machine draws the same line; memory stays flat, for pieces are joined when there are
//! too many.

use super::Envelope;

/// Pieces at most; an odd one is joined with what follows it.
const MOST: usize = 512;

/// Draws one channel.
pub(super) struct Outline {
    step: u64,
    filled: u64,
    /// As a sample has it, without its sign: in this order of bits what is no number comes after all numbers.
    loudest: u32,
    peaks: Vec<u8>,
}

impl Outline {
    /// Begins with pieces of so many samples.
    pub(super) fn new(step: usize) -> Self {
        Self { step: step.max(1) as u64, filled: 0, loudest: 0, peaks: Vec::new() }
    }

    /// The next samples, numbers between -1 and 1; what is louder, or no number, counts as 1.
    pub(super) fn extend(&mut self, mut samples: &[f32]) {
        while !samples.is_empty() {
            let room = usize::try_from(self.step - self.filled).unwrap_or(usize::MAX);
            let (now, later) = samples.split_at(samples.len().min(room));
            let bits = now.iter().map(|sample| sample.abs().to_bits());
            self.loudest = bits.fold(self.loudest, u32::max);
            self.filled += now.len() as u64;
            if self.filled == self.step {
                self.close();
            }
            samples = later;
        }
    }

    /// The loudest sample of the piece at hand, 255 for full scale.
    fn peak(&self) -> u8 {
        (f32::from_bits(self.loudest).min(1.0) * 255.0).round() as u8
    }

    fn close(&mut self) {
        if self.peaks.len() == MOST {
            self.peaks = self.peaks.chunks(2).map(|pair| pair.iter().copied().max().unwrap_or(0)).collect();
            self.step *= 2;
            // The piece that just filled is the first half of a longer one.
            return;
        }
        self.peaks.push(self.peak());
        (self.filled, self.loudest) = (0, 0);
    }

    pub(super) fn finish(mut self) -> Envelope {
        if self.filled > 0 {
            self.close();
            if self.filled > 0 {
                self.peaks.push(self.peak());
            }
        }
        Envelope { step_frames: self.step, peaks: self.peaks }
    }
}

#[cfg(test)]
mod tests {
    use super::{MOST, Outline};

    fn outline(step: usize, samples: impl IntoIterator<Item = f32>) -> super::Envelope {
        let mut outline = Outline::new(step);
        let samples: Vec<f32> = samples.into_iter().collect();
        samples.chunks(7).for_each(|some| outline.extend(some));
        outline.finish()
    }

    #[test]
    fn each_piece_has_its_loudest_sample() {
        let it = outline(2, [0.0, -0.5, 1.0, 0.25, 0.1]);
        assert_eq!((it.step_frames, it.peaks), (2, vec![128, 255, 26]));
        let louder_than_full = outline(1, [-7.0]);
        assert_eq!(louder_than_full.peaks, [255]);
        assert!(outline(4, []).peaks.is_empty());
    }

    #[test]
    fn however_long_the_channel_the_outline_stays_short_and_covers_it() {
        for length in [MOST, MOST + 1, MOST * 2, MOST * 2 + 1, MOST * 100 + 7] {
            let mut samples = vec![0.0; length];
            samples[length - 1] = 1.0;
            let it = outline(1, samples);
            assert!(it.peaks.len() <= MOST, "{length}: {}", it.peaks.len());
            let covered = it.step_frames * it.peaks.len() as u64;
            assert!(
                (length as u64..length as u64 + it.step_frames).contains(&covered),
                "{length}: {covered}"
            );
            assert_eq!(it.peaks.last(), Some(&255), "{length}");
        }
    }
}
