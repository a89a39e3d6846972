//! Two pure tones at once, whatever their frequencies: a marker that plays at another speed is found all the same.
//!
//! Two undamped sines satisfy `x[n] + x[n-4] = p (x[n-1] + x[n-3]) + q x[n-2]`; least squares give `p` and `q`, and those the two
//! frequencies. They are then sharpened where the window holds most power, and last by how far the phase moves in half a window.

use std::f64::consts::TAU;

use super::spectrum::{self, Hann, transform};

/// The part of a window's energy that both tones hold together, and each of them at least.
const SHARE: f64 = 0.7;
const SHARE_OF_EACH: f64 = 0.05;
/// Next to a peak there is hardly more than at it: certainly not twice as much.
const AT_MOST_NEXT_TO_A_PEAK: f64 = 2.0;
/// What two sines leave unexplained, of the energy: much less than this.
const UNEXPLAINED: f64 = 0.05;
/// About how many samples a second are enough.
const ENOUGH: f64 = 16_000.0;
/// Frequencies that telephony carries; a marker at six times its speed is no tone of a call.
const USUAL_HZ: std::ops::Range<f64> = 50.0..7_600.0;
const STEP_HZ: f64 = 8.0;
const MOST_STEPS: u32 = 24;
/// How far the centres of the two halves of a Hann window lie apart, of half its length: 4/π² less than the whole.
const BETWEEN_CENTRES: f64 = 0.594_715;

/// Listens for two tones in windows of one size.
pub(super) struct Finder {
    /// So many samples become one.
    fold: usize,
    /// After that.
    rate: f64,
    hann: Hann,
}

impl Finder {
    /// For windows of `size` samples taken at `rate` Hz.
    pub(super) fn new(rate: f64, size: usize) -> Self {
        let fold = ((rate / ENOUGH).round() as usize).max(1);
        Self { fold, rate: rate / fold as f64, hann: Hann::new(size / fold) }
    }

    /// The two frequencies that a window holds, the lower one first, if it holds two and nothing else. A guess helps under
    /// noise.
    pub(super) fn frequencies(&self, samples: &[f32], guess: Option<(f64, f64)>) -> Option<(f64, f64)> {
        let rate = self.rate;
        let samples = folded(samples, self.fold);
        // Low tones are told apart better at half the rate; high ones are there only at the whole one.
        let halved = || roughly(&folded(&samples, 2), rate / 2.0);
        let guesses = [guess, (rate > 12_000.0).then(halved).flatten(), roughly(&samples, rate)];
        if guesses.iter().all(Option::is_none) {
            return None;
        }
        let window = Window::new(&samples, self);
        guesses.into_iter().flatten().find_map(|(low, high)| {
            let (low, most_of_low) = window.climb(low);
            let (high, most_of_high) = window.climb(high);
            if most_of_low < SHARE_OF_EACH || most_of_low + most_of_high < SHARE {
                return None;
            }
            let (low, high) = (window.sharpen(low)?, window.sharpen(high)?);
            let (of_low, of_high) = (window.share(low), window.share(high));
            let is_pair = of_low >= SHARE_OF_EACH && of_high >= SHARE_OF_EACH && of_low + of_high >= SHARE;
            // Tones nearer than this share one peak.
            (is_pair && high - low > 100.0).then_some((low, high))
        })
    }
}

/// The means of so many samples each.
fn folded<T: Copy + Into<f64>>(samples: &[T], fold: usize) -> Vec<f64> {
    let mean = |some: &[T]| some.iter().fold(0.0, |sum, sample| sum + (*sample).into()) / fold as f64;
    samples.chunks_exact(fold).map(mean).collect()
}

/// The frequencies by least squares, unless the window holds something else.
fn roughly(x: &[f64], rate: f64) -> Option<(f64, f64)> {
    let [uu, uv, vv, uy, vy, yy] = products(x);
    let determinant = uu * vv - uv * uv;
    if determinant <= 1e-12 * uu * vv || yy <= 0.0 {
        return None;
    }
    let p = (uy * vv - vy * uv) / determinant;
    let q = (vy * uu - uy * uv) / determinant;
    let unexplained = yy - p * uy - q * vy;
    if unexplained > UNEXPLAINED * vv {
        return None;
    }
    // p = 2 (cos a + cos b), q = -(2 + 4 cos a cos b).
    let (half_sum, product) = (p / 4.0, (-q - 2.0) / 4.0);
    let root = (half_sum * half_sum - product).max(0.0).sqrt();
    let hertz = |cosine: f64| (-1.0..=1.0).contains(&cosine).then(|| cosine.acos() * rate / TAU);
    Some((hertz(half_sum + root)?, hertz(half_sum - root)?))
}

/// Sums of what five samples in a row give: `y` of the outer two, `u` of those next to the middle, `v` of the middle.
fn products(x: &[f64]) -> [f64; 6] {
    const LANES: usize = 4;
    let count = x.len().saturating_sub(4);
    let mut sums = [[0.0; LANES]; 6];
    let mut add = |from: usize, lane: usize| {
        let (y, u, v) = (x[from] + x[from + 4], x[from + 1] + x[from + 3], x[from + 2]);
        for (sum, product) in sums.iter_mut().zip([u * u, u * v, v * v, u * y, v * y, y * y]) {
            sum[lane] += product;
        }
    };
    let whole = count - count % LANES;
    for from in (0..whole).step_by(LANES) {
        for lane in 0..LANES {
            add(from + lane, lane);
        }
    }
    (whole..count).for_each(|from| add(from, 0));
    sums.map(|lanes| lanes.iter().sum())
}

struct Window {
    weighted: Vec<f64>,
    rate: f64,
    to_share: f64,
}

impl Window {
    fn new(samples: &[f64], Finder { rate, hann, .. }: &Finder) -> Self {
        let weighted: Vec<f64> = hann.weigh(samples.iter().copied()).collect();
        let energy = spectrum::energy(&weighted);
        Self { weighted, rate: *rate, to_share: hann.to_share(energy.max(1e-30)) }
    }

    /// The part of the energy that a sine of this frequency holds.
    fn share(&self, hertz: f64) -> f64 {
        spectrum::power(&self.weighted, hertz, self.rate) * self.to_share
    }

    /// Climbs to a peak; the frequency, and the greatest share that may be found next to it.
    fn climb(&self, mut hertz: f64) -> (f64, f64) {
        let mut share = self.share(hertz);
        let (below, above) = (self.share(hertz - STEP_HZ), self.share(hertz + STEP_HZ));
        let (mut next, step) = if above > below { (above, STEP_HZ) } else { (below, -STEP_HZ) };
        for _ in 0..MOST_STEPS {
            if next <= share {
                break;
            }
            (hertz, share) = (hertz + step, next);
            next = self.share(hertz + step);
        }
        (hertz, if next <= share { share * AT_MOST_NEXT_TO_A_PEAK } else { 1.0 })
    }

    /// At a peak the phase of the two halves tells the rest.
    fn sharpen(&self, peak: f64) -> Option<f64> {
        let (mut hertz, rate) = (peak, self.rate);
        let half = self.weighted.len() / 2;
        let seconds = half as f64 / rate;
        for _ in 0..2 {
            let phase = |part: &[f64]| {
                let (re, im) = transform(part, hertz, rate);
                im.atan2(re)
            };
            let turned =
                phase(&self.weighted[half..2 * half]) - phase(&self.weighted[..half]) - TAU * hertz * seconds;
            let turned = turned - TAU * (turned / TAU).round();
            hertz += turned / (TAU * seconds * BETWEEN_CENTRES);
        }
        let near = (hertz - peak).abs() <= 2.0 * STEP_HZ && USUAL_HZ.contains(&hertz);
        near.then_some(hertz)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frequencies(samples: &[f32], rate: f64, guess: Option<(f64, f64)>) -> Option<(f64, f64)> {
        Finder::new(rate, samples.len()).frequencies(samples, guess)
    }

    fn tones(pairs: &[(f64, f64)], rate: f64) -> Vec<f32> {
        (0..(rate / 25.0) as usize)
            .map(|n| {
                let at = TAU * n as f64 / rate;
                pairs.iter().map(|(hertz, height)| (hertz * at + hertz).sin() * height).sum::<f64>() as f32
            })
            .collect()
    }

    #[test]
    fn two_tones_are_found_at_any_speed_within_a_window() {
        for rate in [8_000.0, 16_000.0, 44_100.0, 48_000.0] {
            for factor in [0.5, 0.98, 1.0, 1.006, 2.0] {
                let (low, high) = (697.0 * factor, 1209.0 * factor);
                let found = frequencies(&tones(&[(low, 0.3), (high, 0.3)], rate), rate, None);
                let (a, b) = found.unwrap_or_else(|| panic!("{factor} at {rate}"));
                let within = if factor < 0.9 { 0.006 } else { 0.002 };
                assert!((a / low - 1.0).abs() < within, "{a} for {low} at {rate}");
                assert!((b / high - 1.0).abs() < within, "{b} for {high} at {rate}");
            }
        }
    }

    #[test]
    fn noise_of_a_codec_does_not_bend_them() {
        let mut samples = tones(&[(852.0, 0.2), (1477.0, 0.2)], 16_000.0);
        for (n, sample) in samples.iter_mut().enumerate() {
            // About 38 dB below the tones, as mu-law leaves it.
            *sample += ((n * 7_919 % 1_000) as f32 / 1_000.0 - 0.5) * 0.0087;
        }
        let (low, high) = frequencies(&samples, 16_000.0, None).expect("they are loud enough");
        assert!((low - 852.0).abs() < 2.5 && (high - 1477.0).abs() < 4.0, "{low} {high}");
    }

    #[test]
    fn one_tone_and_a_chord_are_not_two_tones() {
        for pairs in [&[(440.0, 0.5)][..], &[(300.0, 0.3), (900.0, 0.3), (1500.0, 0.3)]] {
            assert_eq!(frequencies(&tones(pairs, 16_000.0), 16_000.0, None), None);
        }
    }
}
