//! One channel, listened to from start to end with 40 ms of memory: how loud it is, when, and whose marker it carries.

use super::envelope::Outline;
use super::levels::Levels;
use super::tone::{Detector, Marker};
use super::two_tone::Finder;
use super::{ChannelFacts, MarkerRun, Owner, Stretch, TwoTone};

/// -50 dBFS, as a mean square: the markers are never quieter.
const ACTIVE: f64 = 1e-5;
const SILENCE_DBFS: f64 = -120.0;
const GAP_MS: u64 = 400;
const SHORTEST_MS: u64 = 100;
/// More than a day of alternating speakers; only a hostile file has more.
const MOST_STRETCHES: usize = 10_000;
/// -1 dBFS.
const NEAR_FULL_SCALE: f32 = 0.891;
/// A gap within a marker, and the shortest stretch of tones that counts: a marker at six times its speed.
const TONE_GAP_MS: u64 = 60;
const SHORTEST_TONES_MS: u64 = 60;
/// So many of the first and of the last are kept.
const KEPT_AT_EACH_END: usize = 16;
/// Rates for which 20 ms and the highest tone make sense.
const RATES: std::ops::RangeInclusive<u32> = 4_000..=384_000;

/// Listens to one channel.
pub(super) struct Listener {
    rate: u64,
    /// Samples in 20 ms.
    hop: usize,
    /// The last 20 ms that were listened to, then what has come since.
    window: Vec<f32>,
    detectors: Option<(Detector, Finder)>,
    frames: u64,
    energy: f64,
    sum: f64,
    peak: f32,
    near_full_scale: u64,
    levels: Levels,
    active: Heard,
    hops: u64,
    caller: Heard,
    recipient: Heard,
    markers: Vec<(Owner, Run)>,
    tones: Vec<(Run, f64, f64)>,
    stretches: Vec<Stretch>,
    outline: Outline,
}

#[derive(Clone, Copy, Default)]
struct Heard {
    hops: u64,
    energy: f64,
}

/// A stretch with what was heard in it.
#[derive(Clone, Copy)]
struct Run {
    from_ms: u64,
    to_ms: u64,
    heard: Heard,
}

impl Heard {
    fn add(&mut self, energy: f64) {
        self.hops += 1;
        self.energy += energy;
    }

    fn dbfs(&self) -> Option<f64> {
        (self.hops > 0).then(|| dbfs(self.energy / self.hops as f64))
    }
}

impl Listener {
    pub(super) fn new(rate: u32) -> Self {
        let usual = RATES.contains(&rate);
        let hop = (rate.clamp(*RATES.start(), *RATES.end()) / 50) as usize;
        let mut window = Vec::with_capacity(2 * hop);
        window.resize(hop, 0.0);
        Self {
            rate: u64::from(rate.max(1)),
            hop,
            window,
            detectors: usual
                .then(|| (Detector::new(f64::from(rate), 2 * hop), Finder::new(f64::from(rate), 2 * hop))),
            frames: 0,
            energy: 0.0,
            sum: 0.0,
            peak: 0.0,
            near_full_scale: 0,
            levels: Levels::default(),
            active: Heard::default(),
            hops: 0,
            caller: Heard::default(),
            recipient: Heard::default(),
            markers: Vec::new(),
            tones: Vec::new(),
            stretches: Vec::new(),
            outline: Outline::new(hop),
        }
    }

    /// The next samples. What is no number, or far out of range, counts as silence or is clipped.
    pub(super) fn push(&mut self, mut samples: &[f32]) {
        self.frames += samples.len() as u64;
        while !samples.is_empty() {
            let (now, later) = samples.split_at(samples.len().min(2 * self.hop - self.window.len()));
            let finite = |sample: &f32| if sample.is_finite() { sample.clamp(-8.0, 8.0) } else { 0.0 };
            self.window.extend(now.iter().map(finite));
            self.outline.extend(now);
            if self.window.len() == 2 * self.hop {
                self.hear();
            }
            samples = later;
        }
    }

    /// Listens to a full window, then moves on by 20 ms.
    fn hear(&mut self) {
        let energy = self.measure();
        let mean_square = energy / self.hop as f64;
        if self.levels.enter(mean_square) {
            self.active.add(mean_square);
            self.note_active();
        }
        if mean_square > ACTIVE {
            self.listen_for_tones();
        }
        self.hops += 1;
        self.window.copy_within(self.hop.., 0);
        self.window.truncate(self.hop);
    }

    /// Measures what is new in the window; its energy.
    fn measure(&mut self) -> f64 {
        const LANES: usize = 8;
        let (mut energy, mut sum) = ([0.0_f64; LANES], [0.0_f64; LANES]);
        let (mut peak, mut near) = ([0.0_f32; LANES], [0_u32; LANES]);
        let mut add = |lane: usize, sample: f32| {
            let wide = f64::from(sample);
            energy[lane] += wide * wide;
            sum[lane] += wide;
            peak[lane] = if sample.abs() > peak[lane] { sample.abs() } else { peak[lane] };
            near[lane] += u32::from(sample.abs() > NEAR_FULL_SCALE);
        };
        let (blocks, rest) = self.window[self.hop..].as_chunks::<LANES>();
        for block in blocks {
            for (lane, sample) in block.iter().enumerate() {
                add(lane, *sample);
            }
        }
        for (lane, sample) in rest.iter().enumerate() {
            add(lane, *sample);
        }
        let energy = energy.iter().sum();
        self.energy += energy;
        self.sum += sum.iter().sum::<f64>();
        self.peak = peak.into_iter().fold(self.peak, f32::max);
        self.near_full_scale += near.into_iter().map(u64::from).sum::<u64>();
        energy
    }

    fn listen_for_tones(&mut self) {
        let (from_ms, to_ms) = (self.hops_in_ms(self.hops.saturating_sub(1)), self.hops_in_ms(self.hops + 1));
        let Some((detector, finder)) = &mut self.detectors else { return };
        let marker = detector.marker(&self.window);
        if let Some((marker, energy)) = marker {
            let (owner, heard) = match marker {
                Marker::Caller => (Owner::Caller, &mut self.caller),
                Marker::Recipient => (Owner::Recipient, &mut self.recipient),
            };
            heard.add(energy);
            let run = Run::new(from_ms, to_ms, energy);
            match self.markers.last_mut() {
                Some((last, before)) if *last == owner && before.is_near(from_ms) => before.join(&run),
                _ => keep_ends(&mut self.markers, (owner, run), |(_, run)| run.ms() >= SHORTEST_MS),
            }
        }
        if let Some((low, high)) = finder.frequencies(&self.window, marker.map(|(m, _)| m.hertz())) {
            let energy = sum_of_squares(&self.window) / self.window.len() as f64;
            let run = Run::new(from_ms, to_ms, energy);
            match self.tones.last_mut() {
                Some((before, sum_of_low, sum_of_high))
                    if before.is_near(from_ms)
                        && (*sum_of_low / before.heard.hops as f64 / low - 1.0).abs() < 0.02 =>
                {
                    before.join(&run);
                    *sum_of_low += low;
                    *sum_of_high += high;
                }
                _ => keep_ends(&mut self.tones, (run, low, high), |(run, ..)| run.ms() >= SHORTEST_TONES_MS),
            }
        }
    }

    fn note_active(&mut self) {
        let (from_ms, to_ms) = (self.hops_in_ms(self.hops), self.hops_in_ms(self.hops + 1));
        match self.stretches.last_mut() {
            Some(last) if from_ms - last.to_ms < GAP_MS => last.to_ms = to_ms,
            last => {
                if last.is_some_and(|last| last.to_ms - last.from_ms < SHORTEST_MS) {
                    self.stretches.pop();
                }
                if self.stretches.len() < MOST_STRETCHES {
                    self.stretches.push(Stretch { from_ms, to_ms });
                }
            }
        }
    }

    fn hops_in_ms(&self, hops: u64) -> u64 {
        hops * self.hop as u64 * 1000 / self.rate
    }

    /// What was heard.
    pub(super) fn finish(mut self) -> ChannelFacts {
        let rest = self.window.split_off(self.hop);
        self.energy += sum_of_squares(&rest);
        self.stretches.retain(|stretch| stretch.to_ms - stretch.from_ms >= SHORTEST_MS);
        self.markers.retain(|(_, run)| run.ms() >= SHORTEST_MS);
        self.tones.retain(|(run, ..)| run.ms() >= SHORTEST_TONES_MS);
        let frames = self.frames.max(1) as f64;
        let (mean_square, mean) = (self.energy / frames, self.sum / frames);
        let known = |level: f64| (!self.levels.is_empty()).then_some(level);
        let per_million = self.near_full_scale * 1_000_000 / self.frames.max(1);
        ChannelFacts {
            rms_dbfs: dbfs(mean_square),
            active_ms: self.hops_in_ms(self.active.hops),
            active_dbfs: self.active.dbfs(),
            floor_dbfs: known(self.levels.below(0.1)),
            spread_db: known(self.levels.below(0.95) - self.levels.below(0.05)),
            peak_dbfs: known(dbfs(f64::from(self.peak) * f64::from(self.peak))),
            near_full_scale_ppm: per_million,
            offset_percent: (mean * mean / mean_square.max(1e-30) * 100.0).round() as u64,
            caller_marker_ms: self.hops_in_ms(self.caller.hops),
            recipient_marker_ms: self.hops_in_ms(self.recipient.hops),
            caller_marker_dbfs: self.caller.dbfs(),
            recipient_marker_dbfs: self.recipient.dbfs(),
            markers: self.markers.iter().filter_map(|(owner, run)| run.marker(*owner)).collect(),
            two_tones: self.tones.iter().filter_map(|(run, low, high)| run.tones(*low, *high)).collect(),
            stretches: self.stretches,
            envelope: self.outline.finish(),
        }
    }
}

impl Run {
    fn new(from_ms: u64, to_ms: u64, energy: f64) -> Self {
        Self { from_ms, to_ms, heard: Heard { hops: 1, energy } }
    }

    fn is_near(&self, from_ms: u64) -> bool {
        from_ms <= self.to_ms + TONE_GAP_MS
    }

    fn join(&mut self, later: &Self) {
        self.to_ms = later.to_ms;
        self.heard.hops += later.heard.hops;
        self.heard.energy += later.heard.energy;
    }

    fn ms(&self) -> u64 {
        self.to_ms - self.from_ms
    }

    fn marker(&self, owner: Owner) -> Option<MarkerRun> {
        Some(MarkerRun { owner, from_ms: self.from_ms, to_ms: self.to_ms, dbfs: self.heard.dbfs()? })
    }

    fn tones(&self, sum_of_low: f64, sum_of_high: f64) -> Option<TwoTone> {
        let mean = |sum: f64| (sum / self.heard.hops as f64 * 10.0).round() / 10.0;
        Some(TwoTone {
            from_ms: self.from_ms,
            to_ms: self.to_ms,
            low_hz: mean(sum_of_low),
            high_hz: mean(sum_of_high),
            dbfs: self.heard.dbfs()?,
        })
    }
}

/// Adds one; what was too short goes, and of many the ones in the middle.
fn keep_ends<T>(all: &mut Vec<T>, one: T, is_long: impl Fn(&T) -> bool) {
    if all.last().is_some_and(|last| !is_long(last)) {
        all.pop();
    }
    if all.len() >= 2 * KEPT_AT_EACH_END {
        all.remove(KEPT_AT_EACH_END);
    }
    all.push(one);
}

fn sum_of_squares(samples: &[f32]) -> f64 {
    samples.iter().map(|sample| f64::from(*sample) * f64::from(*sample)).sum()
}

/// To two decimals, so that every machine writes the same number.
fn dbfs(mean_square: f64) -> f64 {
    let level = if mean_square > 0.0 { 10.0 * mean_square.log10() } else { SILENCE_DBFS };
    (level.max(SILENCE_DBFS) * 100.0).round() / 100.0
}
