//! One channel, listened to from start to end with 40 ms of memory: how loud it is, when, and whose marker it carries.

use super::envelope::Outline;
use super::tone::{Detector, Marker};
use super::{ChannelFacts, Stretch};

/// -50 dBFS, as a mean square.
const ACTIVE: f64 = 1e-5;
const SILENCE_DBFS: f64 = -120.0;
const GAP_MS: u64 = 400;
const SHORTEST_MS: u64 = 100;
/// More than a day of alternating speakers; only a hostile file has more.
const MOST_STRETCHES: usize = 10_000;
/// Rates for which 20 ms and the highest tone make sense.
const RATES: std::ops::RangeInclusive<u32> = 4_000..=384_000;

/// Listens to one channel.
pub(super) struct Listener {
    rate: u64,
    /// Samples in 20 ms.
    hop: usize,
    /// The last 20 ms that were listened to, then what has come since.
    window: Vec<f32>,
    detector: Option<Detector>,
    frames: u64,
    energy: f64,
    active_hops: u64,
    hops: u64,
    caller: Heard,
    recipient: Heard,
    stretches: Vec<Stretch>,
    outline: Outline,
}

#[derive(Default)]
struct Heard {
    hops: u64,
    energy: f64,
}

impl Listener {
    pub(super) fn new(rate: u32) -> Self {
        let usual = RATES.contains(&rate);
        let hop = (rate.clamp(*RATES.start(), *RATES.end()) / 50) as usize;
        Self {
            rate: u64::from(rate.max(1)),
            hop,
            window: vec![0.0; hop],
            detector: usual.then(|| Detector::new(f64::from(rate), 2 * hop)),
            frames: 0,
            energy: 0.0,
            active_hops: 0,
            hops: 0,
            caller: Heard::default(),
            recipient: Heard::default(),
            stretches: Vec::new(),
            outline: Outline::default(),
        }
    }

    /// The next samples. What is no number, or far out of range, counts as silence or is clipped.
    pub(super) fn push(&mut self, samples: &[f32]) {
        self.frames += samples.len() as u64;
        for sample in samples {
            self.window.push(if sample.is_finite() { sample.clamp(-8.0, 8.0) } else { 0.0 });
            if self.window.len() == 2 * self.hop {
                self.hear();
            }
        }
    }

    /// Listens to a full window, then moves on by 20 ms.
    fn hear(&mut self) {
        let energy = sum_of_squares(&self.window[self.hop..]);
        self.energy += energy;
        self.outline.push(&self.window[self.hop..]);
        if energy / self.hop as f64 > ACTIVE {
            self.active_hops += 1;
            self.note_active();
            self.listen_for_markers();
        }
        self.hops += 1;
        self.window.drain(..self.hop);
    }

    fn listen_for_markers(&mut self) {
        let Some((marker, energy)) =
            self.detector.as_ref().and_then(|detector| detector.marker(self.window.iter()))
        else {
            return;
        };
        let heard = match marker {
            Marker::Caller => &mut self.caller,
            Marker::Recipient => &mut self.recipient,
        };
        heard.hops += 1;
        heard.energy += energy;
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
        self.energy += sum_of_squares(&self.window[self.hop..]);
        self.stretches.retain(|stretch| stretch.to_ms - stretch.from_ms >= SHORTEST_MS);
        let level = |heard: &Heard| (heard.hops > 0).then(|| dbfs(heard.energy / heard.hops as f64));
        ChannelFacts {
            rms_dbfs: dbfs(self.energy / self.frames.max(1) as f64),
            active_ms: self.hops_in_ms(self.active_hops),
            caller_marker_ms: self.hops_in_ms(self.caller.hops),
            recipient_marker_ms: self.hops_in_ms(self.recipient.hops),
            caller_marker_dbfs: level(&self.caller),
            recipient_marker_dbfs: level(&self.recipient),
            stretches: self.stretches,
            envelope: self.outline.finish(),
        }
    }
}

fn sum_of_squares(samples: &[f32]) -> f64 {
    samples.iter().map(|sample| f64::from(*sample) * f64::from(*sample)).sum()
}

/// To two decimals, so that every machine writes the same number.
fn dbfs(mean_square: f64) -> f64 {
    let level = if mean_square > 0.0 { 10.0 * mean_square.log10() } else { SILENCE_DBFS };
    (level.max(SILENCE_DBFS) * 100.0).round() / 100.0
}
