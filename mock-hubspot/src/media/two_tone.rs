//! Two pure tones at once, whatever their frequencies: a marker that plays at another speed is found all the same.
//!
//! Two undamped sines satisfy `x[n] + x[n-4] = p (x[n-1] + x[n-3]) + q x[n-2]`; least squares give `p` and `q`, and those the two
//! frequencies. They are then sharpened where the window holds most power, and last by how far the phase moves in half a window.

use std::f64::consts::TAU;

/// The part of a window's energy that both tones hold together, and each of them at least.
const SHARE: f64 = 0.7;
const SHARE_OF_EACH: f64 = 0.05;
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

/// The two frequencies that a window holds, the lower one first, if it holds two and nothing else. A guess helps under noise.
pub(super) fn frequencies(samples: &[f32], rate: f64, guess: Option<(f64, f64)>) -> Option<(f64, f64)> {
    let fold = ((rate / ENOUGH).round() as usize).max(1);
    let rate = rate / fold as f64;
    let samples = folded(samples.iter().map(|sample| f64::from(*sample)), fold);
    // Low tones are told apart better at half the rate; high ones are there only at the whole one.
    let halved = || roughly(&folded(samples.iter().copied(), 2), rate / 2.0);
    let guesses = [guess, (rate > 12_000.0).then(halved).flatten(), roughly(&samples, rate)];
    guesses.into_iter().flatten().find_map(|(low, high)| {
        let window = Window::new(&samples);
        let (low, high) = (window.sharpen(low, rate)?, window.sharpen(high, rate)?);
        let (of_low, of_high) = (window.share(low, rate), window.share(high, rate));
        let is_pair = of_low >= SHARE_OF_EACH && of_high >= SHARE_OF_EACH && of_low + of_high >= SHARE;
        // Tones nearer than this share one peak.
        (is_pair && high - low > 100.0).then_some((low, high))
    })
}

/// The means of so many samples each.
fn folded(samples: impl Iterator<Item = f64>, fold: usize) -> Vec<f64> {
    let (mut sum, mut all) = (0.0, Vec::new());
    for (n, sample) in samples.enumerate() {
        sum += sample;
        if (n + 1).is_multiple_of(fold) {
            all.push(sum / fold as f64);
            sum = 0.0;
        }
    }
    all
}

fn roughly(x: &[f64], rate: f64) -> Option<(f64, f64)> {
    let (mut uu, mut uv, mut vv, mut uy, mut vy, mut yy) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0);
    for w in x.windows(5) {
        let (y, u, v) = (w[0] + w[4], w[1] + w[3], w[2]);
        uu += u * u;
        uv += u * v;
        vv += v * v;
        uy += u * y;
        vy += v * y;
        yy += y * y;
    }
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

struct Window {
    weighted: Vec<f64>,
    energy: f64,
    weights: f64,
    weights_squared: f64,
}

impl Window {
    fn new(samples: &[f64]) -> Self {
        let size = samples.len() as f64;
        let weight = |n: usize| 0.5 - 0.5 * (TAU * (n as f64 + 0.5) / size).cos();
        let weighted: Vec<f64> = samples.iter().enumerate().map(|(n, x)| x * weight(n)).collect();
        let energy = weighted.iter().map(|x| x * x).sum();
        let (weights, weights_squared) =
            (0..samples.len()).map(weight).fold((0.0, 0.0), |(sum, squares), w| (sum + w, squares + w * w));
        Self { weighted, energy, weights, weights_squared }
    }

    fn power(&self, hertz: f64, rate: f64) -> f64 {
        let (re, im) = transform(&self.weighted, hertz, rate);
        re * re + im * im
    }

    /// The part of the energy that a sine of this frequency holds.
    fn share(&self, hertz: f64, rate: f64) -> f64 {
        let unit = 2.0 * self.weights_squared / (self.weights * self.weights * self.energy.max(1e-30));
        self.power(hertz, rate) * unit
    }

    /// Climbs to the peak, then lets the phase of the two halves tell the rest.
    fn sharpen(&self, mut hertz: f64, rate: f64) -> Option<f64> {
        let mut power = self.power(hertz, rate);
        for _ in 0..MOST_STEPS {
            let (below, above) = (self.power(hertz - STEP_HZ, rate), self.power(hertz + STEP_HZ, rate));
            if below <= power && above <= power {
                break;
            }
            (hertz, power) = if above > below { (hertz + STEP_HZ, above) } else { (hertz - STEP_HZ, below) };
        }
        let half = self.weighted.len() / 2;
        let seconds = half as f64 / rate;
        let peak = hertz;
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

/// The spectrum at one frequency, its phase that of the first sample.
fn transform(samples: &[f64], hertz: f64, rate: f64) -> (f64, f64) {
    let (step_im, step_re) = (TAU * hertz / rate).sin_cos();
    let (mut re, mut im) = (0.0, 0.0);
    let (mut cosine, mut sine) = (1.0, 0.0);
    for sample in samples {
        re += sample * cosine;
        im -= sample * sine;
        (cosine, sine) = (cosine * step_re - sine * step_im, sine * step_re + cosine * step_im);
    }
    (re, im)
}

#[cfg(test)]
mod tests {
    use super::*;

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
