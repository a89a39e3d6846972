//! How loud a channel is over time: a histogram of levels, from which the noise of the line and the swing of the voice are read.
//! Of a fixed size, however long the recording is.

/// Half a decibel a bin, from -120 dBFS to above full scale.
const BINS: usize = 260;
const LOWEST: f64 = -120.0;
const A_BIN: f64 = 0.5;
/// -50 dBFS: what is quieter is heard by nobody.
const AUDIBLE_DBFS: f64 = -50.0;
/// How far what is heard stands above the noise of the line.
const ABOVE_NOISE_DB: f64 = 12.0;
/// A line noisier than this is something else: a tone, or music that never pauses.
const NOISIEST_DBFS: f64 = -45.0;
/// Before so many levels were seen (5 s) nothing is known of the noise; then it is read anew once a second.
const KNOWN_AFTER: u64 = 250;
const READ_EACH: u64 = 50;

/// The levels of one channel, 20 ms each.
pub(super) struct Levels {
    bins: [u64; BINS],
    count: u64,
    /// As a mean square: what is louder is heard.
    threshold: f64,
}

impl Default for Levels {
    fn default() -> Self {
        Self { bins: [0; BINS], count: 0, threshold: power(AUDIBLE_DBFS) }
    }
}

impl Levels {
    /// Enters a level, given as a mean square; says whether it is heard.
    pub(super) fn enter(&mut self, mean_square: f64) -> bool {
        let level = if mean_square > 0.0 { 10.0 * mean_square.log10() } else { LOWEST };
        self.bins[(((level - LOWEST) / A_BIN).max(0.0) as usize).min(BINS - 1)] += 1;
        self.count += 1;
        if self.count >= KNOWN_AFTER && self.count.is_multiple_of(READ_EACH) {
            let floor = self.below(0.1).min(NOISIEST_DBFS);
            self.threshold = power((floor + ABOVE_NOISE_DB).max(AUDIBLE_DBFS));
        }
        mean_square > self.threshold
    }

    /// The level below which this part of all levels lies, in dBFS.
    pub(super) fn below(&self, part: f64) -> f64 {
        let wanted = (self.count as f64 * part).ceil().max(1.0) as u64;
        let mut seen = 0;
        for (bin, count) in self.bins.iter().enumerate() {
            seen += count;
            if seen >= wanted {
                return LOWEST + bin as f64 * A_BIN;
            }
        }
        LOWEST
    }

    /// Whether there were any.
    pub(super) fn is_empty(&self) -> bool {
        self.count == 0
    }
}

fn power(dbfs: f64) -> f64 {
    10_f64.powf(dbfs / 10.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noise_of_the_line_is_not_heard_once_it_is_known() {
        let mut levels = Levels::default();
        let heard = |levels: &mut Levels, dbfs| levels.enter(power(dbfs));
        for _ in 0..1_000 {
            heard(&mut levels, -47.0);
        }
        assert!(!heard(&mut levels, -40.0), "7 dB above the noise");
        assert!(heard(&mut levels, -30.0));
        assert!((levels.below(0.1) + 47.0).abs() <= 0.5);
    }

    #[test]
    fn a_tone_without_a_pause_is_heard_all_the_time() {
        let mut levels = Levels::default();
        assert!((0..1_000).all(|_| levels.enter(power(-20.0))));
        assert!(levels.below(0.95) - levels.below(0.05) < 1.0);
    }
}
