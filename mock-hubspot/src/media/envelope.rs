//! How loud a channel is over time, in a fixed number of steps however long it is: what a waveform is drawn from.

/// How many steps there are at most; when they are used up, two become one.
const MOST: usize = 2048;

/// The loudest sample of each step of equal length, from 0 to 255. No fact of the recording: two are always equal.
#[derive(Clone, Default)]
pub struct Envelope(Vec<u8>);

impl PartialEq for Envelope {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl std::fmt::Debug for Envelope {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Envelope")
    }
}

impl Envelope {
    /// The steps, in order.
    pub fn steps(&self) -> &[u8] {
        &self.0
    }
}

/// Takes peaks in and thins them out.
pub(super) struct Outline {
    steps: Vec<f32>,
    /// How many peaks make a step, and how many the last one has.
    per_step: usize,
    in_last: usize,
}

impl Default for Outline {
    fn default() -> Self {
        Self { steps: Vec::new(), per_step: 1, in_last: 1 }
    }
}

impl Outline {
    pub(super) fn push(&mut self, samples: &[f32]) {
        let peak = samples.iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
        match self.steps.last_mut() {
            Some(last) if self.in_last < self.per_step => {
                *last = last.max(peak);
                self.in_last += 1;
            }
            _ => {
                if self.steps.len() == MOST {
                    self.steps = self.steps.chunks(2).map(|two| two[0].max(two[1])).collect();
                    self.per_step *= 2;
                }
                self.steps.push(peak);
                self.in_last = 1;
            }
        }
    }

    pub(super) fn finish(self) -> Envelope {
        Envelope(self.steps.into_iter().map(|peak| (peak.min(1.0) * 255.0).round() as u8).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_halved_when_they_are_used_up() {
        let mut outline = Outline::default();
        for n in 0..=MOST {
            outline.push(&[if n < MOST / 2 { 0.5 } else { -2.0 }]);
        }
        let envelope = outline.finish();
        assert_eq!(envelope.steps().len(), MOST / 2 + 1);
        assert_eq!((envelope.steps()[0], envelope.steps()[MOST / 2 - 1]), (128, 255));
    }

    #[test]
    fn every_step_stands_for_the_same_time() {
        let mut outline = Outline::default();
        for _ in 0..5 * MOST {
            outline.push(&[0.1]);
        }
        assert_eq!(outline.per_step, 8);
        assert_eq!(outline.finish().steps().len(), 5 * MOST / 8);
    }
}
