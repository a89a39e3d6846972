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
    thin: Thin,
    window: [Vec<f32>; 2],
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

/// Thins both channels out by averaging.
struct Thin {
    rate: u64,
    phase: u64,
    sums: [f32; 2],
    count: u32,
}

impl Thin {
    /// How many samples are still to come until there is a mean.
    fn wanted(&self) -> usize {
        (self.rate - self.phase).div_ceil(u64::from(RATE)) as usize
    }

    /// Adds as many of both; what is no number, or far out of range, counts as silence or is clipped.
    fn add(&mut self, first: &[f32], second: &[f32]) {
        let finite = |sample: f32| if sample.is_finite() { sample.clamp(-8.0, 8.0) } else { 0.0 };
        for (a, b) in first.iter().zip(second) {
            self.sums[0] += finite(*a);
            self.sums[1] += finite(*b);
        }
        self.count += first.len() as u32;
        self.phase += first.len() as u64 * u64::from(RATE);
    }

    /// The means, once all that were wanted have come.
    fn means(&mut self) -> [f32; 2] {
        self.phase = self.phase.saturating_sub(self.rate.max(u64::from(RATE)));
        let count = std::mem::take(&mut self.count) as f32;
        std::mem::take(&mut self.sums).map(|sum| sum / count)
    }
}

impl PairListener {
    pub(super) fn new(rate: u32) -> Self {
        let louder = || Louder { windows: Vec::new(), levels: [0; BINS] };
        Self {
            thin: Thin { rate: u64::from(rate.max(1)), phase: 0, sums: [0.0; 2], count: 0 },
            window: [Vec::with_capacity(WINDOW), Vec::with_capacity(WINDOW)],
            louder: [louder(), louder()],
            both: 0,
            either: 0,
        }
    }

    /// The next samples of both.
    pub(super) fn push(&mut self, mut first: &[f32], mut second: &[f32]) {
        while !first.is_empty() && !second.is_empty() {
            let wanted = self.thin.wanted();
            let count = wanted.min(first.len()).min(second.len());
            let (now, later) = (first.split_at(count), second.split_at(count));
            self.thin.add(now.0, later.0);
            if count == wanted {
                self.take();
            }
            (first, second) = (now.1, later.1);
        }
    }

    fn take(&mut self) {
        for (window, mean) in self.window.iter_mut().zip(self.thin.means()) {
            window.push(mean);
        }
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
        let [a, b] = self.window.each_ref().map(|of| energy(&of[of.len() - HOP..]) / HOP as f64);
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
        let [a, b] = self.window.each_ref().map(|of| energy(of));
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
        let window = || Loud { energy, this: this.to_vec(), other: other.to_vec() };
        if self.windows.len() < MOST_WINDOWS {
            self.windows.push(window());
            return;
        }
        if let Some(quietest) = self.windows.iter_mut().min_by(|a, b| a.energy.total_cmp(&b.energy))
            && quietest.energy < energy
        {
            *quietest = window();
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
        let (earlier, later) = (products(&other, &this), products(&this, &other));
        let mut best = (0.0_f64, 0);
        for shift in -(MOST_SHIFT as i32)..=MOST_SHIFT as i32 {
            let by = shift.unsigned_abs() as usize;
            let (from_this, from_other) = if shift >= 0 { (0, by) } else { (by, 0) };
            let count = WINDOW - by;
            let product = if shift >= 0 { later[by] } else { earlier[by] };
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

/// The sum of products at each shift of `late` up to the greatest one. The sums of several shifts grow side by side, each in the
/// order of its samples.
fn products(early: &[f32], late: &[f32]) -> [f32; MOST_SHIFT + 1] {
    const LANES: usize = 16;
    let mut all = [0.0; MOST_SHIFT + 1];
    for (shifts, sums) in all.chunks_mut(LANES).enumerate().map(|(nth, sums)| (nth * LANES, sums)) {
        let mut lanes = [0.0_f32; LANES];
        let late = &late[shifts..];
        let (windows, common) = (late.windows(LANES), late.len().saturating_sub(LANES - 1));
        for (window, sample) in windows.zip(early) {
            for (lane, later) in lanes.iter_mut().zip(window) {
                *lane += sample * later;
            }
        }
        for (lane, sum) in sums.iter_mut().enumerate() {
            let rest = early[common..].iter().zip(&late[lane + common..]);
            *sum = rest.fold(lanes[lane], |sum, (sample, later)| sum + sample * later);
        }
    }
    all
}

fn energy(samples: &[f32]) -> f64 {
    samples.iter().map(|x| f64::from(*x) * f64::from(*x)).sum()
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
    fn products_are_the_same_side_by_side_as_one_after_the_other() {
        let (early, late) = (voice(1, 0), voice(2, 0));
        let (early, late) = (&early[..WINDOW], &late[..WINDOW]);
        let found = products(early, late);
        for (shift, sum) in found.iter().enumerate() {
            let wanted = early.iter().zip(&late[shift..]).fold(0.0_f32, |sum, (a, b)| sum + a * b);
            assert_eq!(sum.to_bits(), wanted.to_bits(), "{shift}");
        }
    }

    #[test]
    fn channels_are_thinned_out_to_means_at_any_rate_and_in_any_pieces() {
        for (rate, means) in
            [(8_000, vec![1.5, 3.5]), (10_000, vec![2.0, 4.5]), (3_000, vec![1.0, 2.0, 3.0, 4.0, 5.0])]
        {
            for piece in 1..=5 {
                let mut pair = PairListener::new(rate);
                [1.0_f32, 2.0, 3.0, 4.0, 5.0].chunks(piece).for_each(|some| pair.push(some, some));
                assert_eq!(pair.window, [means.clone(), means.clone()], "{rate} Hz, {piece} at once");
            }
        }
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
