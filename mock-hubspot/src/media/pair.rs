//! Two channels side by side: how much of one is in the other, at once or a little later, upright or upside down.
//!
//! Correlation over the whole recording misses an echo and a mix of sum and difference, so the loudest half seconds are compared
//! at every shift within 50 ms. Of a fixed size, however long the recording is.

use super::{Leak, PairFacts};

/// Samples a second that are compared: the sound below 2 kHz tells enough.
const RATE: u32 = 4_000;
const WINDOW: usize = 2_000;
const MOST_SHIFT: usize = 200;
const MOST_WINDOWS: usize = 24;
/// 20 ms.
const HOP: usize = 80;
/// -45, -40 and -50 dBFS, as mean squares.
const LOUD_ENOUGH: f64 = 3.16e-5;
const LEVEL_FROM: f64 = 1e-4;
const HEARD: f64 = 1e-5;
/// Half a decibel a bin, from -100 to 0 dB.
const BINS: usize = 201;

/// Listens to the first two channels.
pub(super) struct PairListener {
    thin: [Thin; 2],
    window: [Vec<f32>; 2],
    hop_energy: [f64; 2],
    louder: [Louder; 2],
    both: u64,
    either: u64,
}

/// What is known of the other channel while this one is the louder.
struct Louder {
    windows: Vec<Loud>,
    levels: [u64; BINS],
}

struct Loud {
    energy: f64,
    this: Vec<f32>,
    other: Vec<f32>,
}

/// Thins samples out by averaging.
struct Thin {
    rate: u32,
    phase: u32,
    sum: f32,
    count: u16,
}

impl Thin {
    fn new(rate: u32) -> Self {
        Self { rate: rate.max(1), phase: 0, sum: 0.0, count: 0 }
    }

    fn next(&mut self, sample: f32) -> Option<f32> {
        self.sum += if sample.is_finite() { sample.clamp(-8.0, 8.0) } else { 0.0 };
        self.count += 1;
        self.phase += RATE;
        if self.phase < self.rate {
            return None;
        }
        self.phase = if self.rate < RATE { 0 } else { self.phase - self.rate };
        let mean = self.sum / f32::from(self.count);
        (self.sum, self.count) = (0.0, 0);
        Some(mean)
    }
}

impl PairListener {
    pub(super) fn new(rate: u32) -> Self {
        let louder = || Louder { windows: Vec::new(), levels: [0; BINS] };
        Self {
            thin: [Thin::new(rate), Thin::new(rate)],
            window: [Vec::with_capacity(WINDOW), Vec::with_capacity(WINDOW)],
            hop_energy: [0.0; 2],
            louder: [louder(), louder()],
            both: 0,
            either: 0,
        }
    }

    /// The next samples of both.
    pub(super) fn push(&mut self, first: &[f32], second: &[f32]) {
        for (a, b) in first.iter().zip(second) {
            if let (Some(a), Some(b)) = (self.thin[0].next(*a), self.thin[1].next(*b)) {
                self.take(a, b);
            }
        }
    }

    fn take(&mut self, a: f32, b: f32) {
        self.window[0].push(a);
        self.window[1].push(b);
        self.hop_energy[0] += f64::from(a) * f64::from(a);
        self.hop_energy[1] += f64::from(b) * f64::from(b);
        let length = self.window[0].len();
        if length.is_multiple_of(HOP) {
            self.hear_hop();
        }
        if length == WINDOW {
            self.hear_window();
            self.window.iter_mut().for_each(Vec::clear);
        }
    }

    fn hear_hop(&mut self) {
        let [a, b] = std::mem::take(&mut self.hop_energy).map(|energy| energy / HOP as f64);
        self.both += u64::from(a > HEARD && b > HEARD);
        self.either += u64::from(a > HEARD || b > HEARD);
        let (louder, quieter) = (a.max(b), a.min(b));
        if louder > LEVEL_FROM {
            let below = if quieter > 0.0 { 10.0 * (quieter / louder).log10() } else { -100.0 };
            let bin = ((below + 100.0) * 2.0).round().clamp(0.0, (BINS - 1) as f64) as usize;
            // Equally loud: each is in the other.
            if a >= b {
                self.louder[0].levels[bin] += 1;
            }
            if b >= a {
                self.louder[1].levels[bin] += 1;
            }
        }
    }

    fn hear_window(&mut self) {
        let energy = |of: &[f32]| of.iter().map(|x| f64::from(*x) * f64::from(*x)).sum::<f64>();
        let [a, b] = [energy(&self.window[0]), energy(&self.window[1])];
        if a.max(b) < LOUD_ENOUGH * WINDOW as f64 {
            return;
        }
        for (this, other, loud) in [(0, 1, a >= b), (1, 0, b >= a)] {
            if loud {
                self.louder[this].keep(a.max(b), &self.window[this], &self.window[other]);
            }
        }
    }

    /// What they have in common.
    pub(super) fn finish(self) -> PairFacts {
        let [first, second] = self.louder.map(Louder::leak);
        let overlap = self.both as f64 / self.either.max(1) as f64;
        PairFacts { first_in_second: first, second_in_first: second, overlap: rounded(overlap, 1000.0) }
    }
}

impl Louder {
    /// Keeps a window if it is among the loudest.
    fn keep(&mut self, energy: f64, this: &[f32], other: &[f32]) {
        let window = Loud { energy, this: this.to_vec(), other: other.to_vec() };
        if self.windows.len() < MOST_WINDOWS {
            self.windows.push(window);
            return;
        }
        if let Some(quietest) = self.windows.iter_mut().min_by(|a, b| a.energy.total_cmp(&b.energy))
            && quietest.energy < energy
        {
            *quietest = window;
        }
    }

    fn leak(self) -> Leak {
        let mut found: Vec<(f64, f64)> = self.windows.iter().map(Loud::most_alike).collect();
        found.sort_by(|a, b| a.0.abs().total_cmp(&b.0.abs()));
        let middle = found.get(found.len() / 2).copied().unwrap_or_default();
        let mut lags: Vec<f64> = found.iter().map(|(_, lag)| *lag).collect();
        lags.sort_by(f64::total_cmp);
        Leak {
            windows: found.len() as u32,
            likeness: rounded(middle.0.abs(), 1000.0),
            lag_ms: rounded(lags.get(lags.len() / 2).copied().unwrap_or_default(), 100.0),
            inverted: found.iter().filter(|(r, _)| *r < 0.0).count() * 2 > found.len(),
            level_db: self.level(),
        }
    }

    fn level(&self) -> Option<f64> {
        let count: u64 = self.levels.iter().sum();
        let mut seen = 0;
        let bin = self.levels.iter().position(|hops| {
            seen += hops;
            count > 0 && seen * 2 >= count
        })?;
        Some(bin as f64 / 2.0 - 100.0)
    }
}

impl Loud {
    /// The greatest correlation at any shift, and that shift in milliseconds: above 0 where the other comes later.
    fn most_alike(&self) -> (f64, f64) {
        let (this, other) = (level(&self.this), level(&self.other));
        let (sums_of_this, sums_of_other) = (running(&this), running(&other));
        let mut best = (0.0_f64, 0);
        for shift in -(MOST_SHIFT as i32)..=MOST_SHIFT as i32 {
            let (from_this, from_other) =
                if shift >= 0 { (0, shift as usize) } else { ((-shift) as usize, 0) };
            let count = WINDOW - shift.unsigned_abs() as usize;
            let product: f32 = this[from_this..from_this + count]
                .iter()
                .zip(&other[from_other..from_other + count])
                .map(|(a, b)| a * b)
                .sum();
            let energy = |sums: &[f64], from: usize| sums[from + count] - sums[from];
            let both = energy(&sums_of_this, from_this) * energy(&sums_of_other, from_other);
            let alike = if both > 1e-18 { f64::from(product) / both.sqrt() } else { 0.0 };
            if alike.abs() > best.0.abs() + 1e-4 {
                best = (alike, shift);
            }
        }
        (best.0.clamp(-1.0, 1.0), f64::from(best.1) * 1000.0 / f64::from(RATE))
    }
}

/// Without its offset.
fn level(samples: &[f32]) -> Vec<f32> {
    let mean = samples.iter().sum::<f32>() / samples.len().max(1) as f32;
    samples.iter().map(|sample| sample - mean).collect()
}

/// Sums of squares up to each sample.
fn running(samples: &[f32]) -> Vec<f64> {
    let mut sum = 0.0;
    let squares = samples.iter().map(|sample| {
        sum += f64::from(*sample) * f64::from(*sample);
        sum
    });
    std::iter::once(0.0).chain(squares).collect()
}

fn rounded(number: f64, to: f64) -> f64 {
    (number * to).round() / to
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECONDS: usize = 20;
    const SAMPLES_A_SECOND: usize = 8_000;

    /// A murmur like a voice's, below 1 kHz, loud in every other second: the even ones or the odd ones.
    fn voice(seed: u32, odd: usize) -> Vec<f32> {
        let (mut state, mut smooth) = (seed, 0.0_f32);
        (0..SECONDS * SAMPLES_A_SECOND)
            .map(|n| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let noise = (state >> 8) as f32 / 8_388_608.0 - 1.0;
                smooth += (noise - smooth) * 0.3;
                let loud = n / SAMPLES_A_SECOND % 2 == odd;
                smooth * if loud { 0.3 } else { 0.000_1 }
            })
            .collect()
    }

    fn mixed(a: &[f32], of_a: f32, b: &[f32], of_b: f32) -> Vec<f32> {
        a.iter().zip(b).map(|(a, b)| a * of_a + b * of_b).collect()
    }

    fn compared(first: &[f32], second: &[f32]) -> PairFacts {
        let mut pair = PairListener::new(SAMPLES_A_SECOND as u32);
        for (first, second) in first.chunks(1_152).zip(second.chunks(1_152)) {
            pair.push(first, second);
        }
        pair.finish()
    }

    #[test]
    fn two_voices_have_nothing_in_common() {
        let found = compared(&voice(1, 0), &voice(2, 1));
        for leak in [found.first_in_second, found.second_in_first] {
            assert!(leak.likeness < 0.3 && leak.windows == 20, "{leak:?}");
            assert!(leak.level_db.is_some_and(|level| level < -60.0), "{leak:?}");
        }
        assert!(found.overlap < 0.05, "{found:?}");
    }

    #[test]
    fn double_talk_and_noise_are_nothing_in_common() {
        let found = compared(&voice(1, 0), &mixed(&voice(3, 0), 1.0, &voice(2, 1), 1.0));
        assert!(found.first_in_second.likeness < 0.3, "{found:?}");
        let noisy = mixed(&voice(2, 1), 1.0, &voice(4, 0), 0.03);
        assert!(compared(&voice(1, 0), &noisy).first_in_second.likeness < 0.3);
    }

    #[test]
    fn the_same_mix_is_found_late_upside_down_and_as_sum_and_difference() {
        let mix = mixed(&voice(1, 0), 1.0, &voice(2, 1), 1.0);
        let same = compared(&mix, &mix);
        assert!(
            same.first_in_second.likeness > 0.99 && same.first_in_second.level_db == Some(0.0),
            "{same:?}"
        );
        let late: Vec<f32> =
            std::iter::repeat_n(0.0, 120).chain(mix.iter().copied()).take(mix.len()).collect();
        let found = compared(&mix, &late).first_in_second;
        assert!(found.likeness > 0.95 && (found.lag_ms - 15.0).abs() <= 0.5, "{found:?}");
        let upside_down: Vec<f32> = mix.iter().map(|sample| -sample).collect();
        let found = compared(&mix, &upside_down).first_in_second;
        assert!(found.likeness > 0.99 && found.inverted, "{found:?}");
        let (a, b) = (voice(1, 0), voice(2, 1));
        let found = compared(&mixed(&a, 1.0, &b, 1.0), &mixed(&a, 1.0, &b, -1.0));
        assert!(found.first_in_second.likeness > 0.9 || found.second_in_first.likeness > 0.9, "{found:?}");
    }

    #[test]
    fn crosstalk_is_measured_in_its_direction() {
        let (a, b) = (voice(1, 0), voice(2, 1));
        for (part, level) in [(0.25, -12.0), (0.02, -34.0)] {
            let found = compared(&a, &mixed(&b, 1.0, &a, part));
            assert!(found.first_in_second.likeness > 0.9, "{found:?}");
            assert!(found.first_in_second.level_db.is_some_and(|db| (db - level).abs() <= 1.0), "{found:?}");
            assert!(found.second_in_first.likeness < 0.3, "{found:?}");
        }
    }
}
