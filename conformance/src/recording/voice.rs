//! How it sounds: harmonics weighted as vowels weight them, a swell for each syllable, markers, and noise under all of it.
//!
//! One period of each vowel is computed once; playing it costs a look-up and an interpolation a sample.

use rand_chacha::rand_core::Rng;

use super::score::{between, markers, random};
use super::{MARKER_MS, SAMPLE_RATE, Turn};

/// Frames of two samples: caller, recipient.
pub(super) type Samples = Vec<[i16; 2]>;

const PER_MS: u64 = SAMPLE_RATE as u64 / 1000;
const TABLE: usize = 1024;
/// The first three formants of five vowels, in Hz.
const VOWELS: [[f64; 3]; 5] = [
    [730.0, 1090.0, 2440.0],
    [530.0, 1840.0, 2480.0],
    [270.0, 2290.0, 3010.0],
    [570.0, 840.0, 2410.0],
    [300.0, 870.0, 2240.0],
];
const PITCHES: [f64; 2] = [110.0, 210.0];
const MARKERS: [[f64; 2]; 2] = [[697.0, 1209.0], [852.0, 1477.0]];
const HIGHEST_HARMONIC: f64 = 3_800.0;
/// Peaks, of 32767: about -10 dBFS for a voice, and -9 dBFS for each of a marker's tones.
const LOUDNESS: f64 = 10_000.0;
const TONE: f64 = 8_000.0;
/// Half the width of the noise: uniform over 2·18 steps is about -70 dBFS.
const NOISE: i32 = 18;

/// The sound of a score, with the markers.
pub(super) fn sing(seed: u64, duration_ms: u64, turns: &[Turn]) -> Samples {
    let mut samples = speak(seed, duration_ms, turns);
    for (channel, at_ms) in markers(duration_ms) {
        mark(&mut samples, index(channel), at_ms * PER_MS);
    }
    samples
}

/// The sound of a score, without them.
pub(super) fn speak(seed: u64, duration_ms: u64, turns: &[Turn]) -> Samples {
    let mut samples = noise(seed, (duration_ms * PER_MS) as usize);
    let mut random = random(seed, 2);
    let voices = PITCHES.map(|pitch| VOWELS.map(|formants| period(pitch, formants)));
    for turn in turns {
        let channel = index(turn.channel);
        let (mut at, end) = (turn.from_ms * PER_MS, turn.to_ms * PER_MS);
        let mut phase = 0.0;
        while at < end {
            let length = (between(&mut random, 110..260) * PER_MS).min(end - at);
            let vowel = &voices[channel][between(&mut random, 0..5) as usize];
            let stress = 0.55 + between(&mut random, 0..450) as f64 / 1000.0;
            let from = PITCHES[channel] * (0.9 + between(&mut random, 0..200) as f64 / 1000.0);
            let glide =
                PITCHES[channel] * (between(&mut random, 0..160) as f64 / 1000.0 - 0.08) / length as f64;
            for n in 0..length {
                let sound = play(vowel, phase) * swell(n, length) * stress * LOUDNESS;
                add(&mut samples, at + n, channel, sound);
                phase += (from + glide * n as f64) / f64::from(SAMPLE_RATE);
                phase -= phase.floor();
            }
            at += length;
        }
    }
    samples
}

fn index(channel: u32) -> usize {
    usize::from(channel == 2)
}

fn mark(samples: &mut Samples, channel: usize, at: u64) {
    let length = MARKER_MS * PER_MS;
    let ramp = 5 * PER_MS;
    for n in 0..length {
        let edge = (n.min(length - 1 - n) as f64 / ramp as f64).min(1.0);
        let turns = n as f64 / f64::from(SAMPLE_RATE);
        let tones: f64 = MARKERS[channel].iter().map(|frequency| sine(frequency * turns)).sum();
        add(samples, at + n, channel, tones * edge * TONE);
    }
}

fn add(samples: &mut Samples, at: u64, channel: usize, sound: f64) {
    if let Some(frame) = samples.get_mut(at as usize) {
        frame[channel] = frame[channel].saturating_add(sound.round() as i16);
    }
}

fn noise(seed: u64, frames: usize) -> Samples {
    let mut random = random(seed, 1);
    let width = (2 * NOISE + 1) as u32;
    // The upper bits of a product: a number below `width` without a division.
    let step = |bits: u32| (((bits & 0xffff) * width) >> 16) as i16 - NOISE as i16;
    (0..frames)
        .map(|_| {
            let bits = random.next_u32();
            [step(bits), step(bits >> 16)]
        })
        .collect()
}

/// One period of a vowel at that pitch, its highest peak at 1; the first sample again at the end, for interpolation.
fn period(pitch: f64, formants: [f64; 3]) -> Vec<f64> {
    let harmonics = (HIGHEST_HARMONIC / pitch) as u32;
    let weights: Vec<f64> =
        (1..=harmonics).map(|n| weight(f64::from(n) * pitch, formants) / f64::from(n).sqrt()).collect();
    let mut table: Vec<f64> = (0..=TABLE)
        .map(|at| {
            let turn = at as f64 / TABLE as f64;
            // Each harmonic starts elsewhere, so that the peaks do not pile up.
            (1_u32..)
                .zip(&weights)
                .map(|(n, weight)| weight * sine(f64::from(n) * turn + f64::from(n * n) * 0.037))
                .sum()
        })
        .collect();
    let peak = table.iter().fold(0.0_f64, |peak, sample| peak.max(sample.abs()));
    for sample in &mut table {
        *sample /= peak;
    }
    table
}

/// How much of a frequency passes: a bell around each formant, the higher ones weaker.
fn weight(frequency: f64, formants: [f64; 3]) -> f64 {
    let bell = |centre: f64, width: f64, height: f64| {
        let distance = (frequency - centre) / width;
        height / (1.0 + distance * distance)
    };
    0.05 + bell(formants[0], 90.0, 1.0) + bell(formants[1], 110.0, 0.5) + bell(formants[2], 160.0, 0.25)
}

fn play(table: &[f64], phase: f64) -> f64 {
    let at = phase * TABLE as f64;
    let below = (at as usize).min(TABLE - 1);
    let part = at - below as f64;
    table[below] + (table[below + 1] - table[below]) * part
}

/// From nothing to full and back within a syllable: up in its first fifth, down in its last two fifths.
fn swell(n: u64, length: u64) -> f64 {
    let at = n as f64 / length as f64;
    let line = if at < 0.2 { at / 0.2 } else { ((1.0 - at) / 0.4).min(1.0) };
    0.12 + 0.88 * line * line * (3.0 - 2.0 * line)
}

/// The sine of so many turns, by additions and multiplications alone; off by less than 0.0002.
fn sine(turns: f64) -> f64 {
    let turns = turns - (turns + 0.5).floor();
    // Folded into the quarter turns beside zero, then Taylor's series up to the seventh power.
    let folded = if turns > 0.25 {
        0.5 - turns
    } else if turns < -0.25 {
        -0.5 - turns
    } else {
        turns
    };
    let x = folded * std::f64::consts::TAU;
    let square = x * x;
    x * (1.0 - square / 6.0 * (1.0 - square / 20.0 * (1.0 - square / 42.0)))
}
