//! How much of a window's energy is found at a frequency: Hann's weights, and the transform at any one frequency.

use std::f64::consts::TAU;

/// Sums that grow side by side, so that one need not wait for the other.
const LANES: usize = 8;

/// Hann's weights for windows of one size.
pub(super) struct Hann {
    weights: Vec<f64>,
    /// Of the weights.
    pub(super) sum: f64,
    /// Of their squares.
    pub(super) energy: f64,
}

impl Hann {
    pub(super) fn new(size: usize) -> Self {
        let weight = |n: usize| 0.5 - 0.5 * (TAU * (n as f64 + 0.5) / size as f64).cos();
        let weights: Vec<f64> = (0..size).map(weight).collect();
        Self {
            sum: weights.iter().sum(),
            energy: weights.iter().map(|weight| weight * weight).sum(),
            weights,
        }
    }

    /// Each sample with its weight.
    pub(super) fn weigh(&self, samples: impl Iterator<Item = f64>) -> impl Iterator<Item = f64> {
        samples.zip(&self.weights).map(|(sample, weight)| sample * weight)
    }

    /// What turns the power at a frequency into the part of the energy that a sine of this frequency holds.
    pub(super) fn to_share(&self, energy: f64) -> f64 {
        2.0 * self.energy / (self.sum * self.sum * energy)
    }
}

/// The sum of all squares.
pub(super) fn energy(samples: &[f64]) -> f64 {
    let (blocks, rest) = samples.as_chunks::<LANES>();
    let mut sums = [0.0; LANES];
    for block in blocks {
        for (sum, sample) in sums.iter_mut().zip(block) {
            *sum += sample * sample;
        }
    }
    sums.iter().sum::<f64>() + rest.iter().map(|sample| sample * sample).sum::<f64>()
}

/// The power at one frequency.
pub(super) fn power(samples: &[f64], hertz: f64, rate: f64) -> f64 {
    let (re, im) = transform(samples, hertz, rate);
    re * re + im * im
}

/// The spectrum at one frequency, its phase that of the first sample.
///
/// Every eighth sample goes to the same sum, which turns by eight samples at once; at the end each sum is turned by how far it
/// is behind the first.
pub(super) fn transform(samples: &[f64], hertz: f64, rate: f64) -> (f64, f64) {
    let angle = TAU * hertz / rate;
    let (turn_im, turn_re) = (angle * LANES as f64).sin_cos();
    let (mut res, mut ims) = ([0.0; LANES], [0.0; LANES]);
    let (mut cosine, mut sine) = (1.0, 0.0);
    let (blocks, rest) = samples.as_chunks::<LANES>();
    for block in blocks {
        add(&mut res, block, cosine);
        add(&mut ims, block, -sine);
        (cosine, sine) = (cosine * turn_re - sine * turn_im, sine * turn_re + cosine * turn_im);
    }
    add(&mut res, rest, cosine);
    add(&mut ims, rest, -sine);
    let (step_im, step_re) = angle.sin_cos();
    let (mut re, mut im) = (0.0, 0.0);
    (cosine, sine) = (1.0, 0.0);
    for lane in 0..LANES {
        re += res[lane] * cosine + ims[lane] * sine;
        im += ims[lane] * cosine - res[lane] * sine;
        (cosine, sine) = (cosine * step_re - sine * step_im, sine * step_re + cosine * step_im);
    }
    (re, im)
}

fn add(sums: &mut [f64], samples: &[f64], factor: f64) {
    for (sum, sample) in sums.iter_mut().zip(samples) {
        *sum += sample * factor;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_transform_is_the_sum_that_defines_it() {
        let samples: Vec<f64> = (0..643).map(|n| f64::from(n * 7_919 % 1_000) / 500.0 - 1.0).collect();
        for (count, hertz) in [(0, 440.0), (5, 440.0), (640, 697.0), (643, 7_000.5)] {
            let (re, im) = transform(&samples[..count], hertz, 16_000.0);
            let at = |n: usize| TAU * hertz / 16_000.0 * n as f64;
            let wanted = samples[..count]
                .iter()
                .enumerate()
                .fold((0.0, 0.0), |(re, im), (n, x)| (re + x * at(n).cos(), im - x * at(n).sin()));
            assert!((re - wanted.0).abs() < 1e-9 && (im - wanted.1).abs() < 1e-9, "{re} {im} {wanted:?}");
        }
    }

    #[test]
    fn a_sine_holds_all_of_its_own_energy() {
        let hann = Hann::new(640);
        let sine = (0..640).map(|n| (TAU * 697.0 * f64::from(n) / 16_000.0).sin());
        let weighted: Vec<f64> = hann.weigh(sine).collect();
        let to_share = hann.to_share(energy(&weighted));
        assert!((power(&weighted, 697.0, 16_000.0) * to_share - 1.0).abs() < 0.01);
        assert!(power(&weighted, 1209.0, 16_000.0) * to_share < 0.01);
    }
}
