//! The markers: two tones at once that speech and codecs leave alone, found by the Goertzel algorithm. Read on in `spectrum`.

use std::f64::consts::TAU;

use super::spectrum::{self, Hann};

/// The frequencies of DTMF: four low ones, four high ones.
const BINS: [f64; 8] = [697.0, 770.0, 852.0, 941.0, 1209.0, 1336.0, 1477.0, 1633.0];
/// How far a marker's tones stand above the other bins of their group: 15 dB, as a ratio of powers.
const ABOVE_NEIGHBOURS: f64 = 31.6;
/// The part of a window's energy that both tones hold together.
const SHARE: f64 = 0.7;
/// The part of a window's energy that each tone holds at least.
const SHARE_OF_EACH: f64 = 0.05;

/// Whose marker is heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Marker {
    /// 697 + 1209 Hz.
    Caller,
    /// 852 + 1477 Hz.
    Recipient,
}

impl Marker {
    /// Its tones, in Hz.
    pub(super) fn hertz(self) -> (f64, f64) {
        match self {
            Self::Caller => (BINS[0], BINS[4]),
            Self::Recipient => (BINS[2], BINS[6]),
        }
    }
}

/// What is nearer to a marker than this is looked at closely: shares are summed up in another order at first.
const NEARLY: f64 = 0.99;

/// Listens for markers in windows of one size.
pub(super) struct Detector {
    rate: f64,
    hann: Hann,
    coefficients: [f64; 8],
    weighted: Vec<f64>,
}

impl Detector {
    /// For windows of `size` samples taken at `rate` Hz. Windows of 40 ms tell neighbouring bins (73 Hz apart) well apart.
    pub(super) fn new(rate: f64, size: usize) -> Self {
        Self {
            rate,
            hann: Hann::new(size),
            coefficients: BINS.map(|frequency| 2.0 * (TAU * frequency / rate).cos()),
            weighted: Vec::with_capacity(size),
        }
    }

    /// The marker that dominates the window, and its mean square.
    pub(super) fn marker(&mut self, window: &[f32]) -> Option<(Marker, f64)> {
        self.weighted.clear();
        self.weighted.extend(self.hann.weigh(window.iter().map(|sample| f64::from(*sample))));
        if !self.may_be_one() {
            return None;
        }
        let (mut before, mut last, mut energy) = ([0.0; 8], [0.0; 8], 0.0);
        for weighted in &self.weighted {
            energy += weighted * weighted;
            for bin in 0..8 {
                let next = weighted + self.coefficients[bin] * last[bin] - before[bin];
                before[bin] = last[bin];
                last[bin] = next;
            }
        }
        let to_share = self.hann.to_share(energy);
        let shares: [f64; 8] = std::array::from_fn(|bin| {
            let power = last[bin] * last[bin] + before[bin] * before[bin]
                - self.coefficients[bin] * last[bin] * before[bin];
            power * to_share
        });
        let marker = if is_pair(&shares, 0, 4) {
            Marker::Caller
        } else if is_pair(&shares, 2, 6) {
            Marker::Recipient
        } else {
            return None;
        };
        Some((marker, energy / self.hann.energy))
    }

    /// Whether either pair of tones holds about as much as a marker's: speech seldom gets past this, and it costs little.
    fn may_be_one(&self) -> bool {
        let energy = spectrum::energy(&self.weighted);
        if energy <= 0.0 {
            return false;
        }
        let to_share = self.hann.to_share(energy);
        let share = |hertz| spectrum::power(&self.weighted, hertz, self.rate) * to_share;
        [Marker::Caller, Marker::Recipient].map(Marker::hertz).into_iter().any(|(low, high)| {
            let low = share(low);
            low >= SHARE_OF_EACH * NEARLY && low + share(high) >= SHARE * NEARLY
        })
    }
}

fn is_pair(shares: &[f64; 8], low: usize, high: usize) -> bool {
    let stands_out = |bin: usize, group: std::ops::Range<usize>| {
        group.filter(|other| *other != bin).all(|other| shares[bin] >= ABOVE_NEIGHBOURS * shares[other])
    };
    shares[low] >= SHARE_OF_EACH
        && shares[high] >= SHARE_OF_EACH
        && shares[low] + shares[high] >= SHARE
        && stands_out(low, 0..4)
        && stands_out(high, 4..8)
}
