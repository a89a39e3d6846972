//! When an examination began: the time of day, which is written, and the clock that nobody sets, by which all durations are
//! measured. Times of day within a run are told as the first of them and what passed since, so that they stay in order.

use std::time::{Duration, Instant};

/// When it began.
#[derive(Clone, Copy, Debug)]
pub(super) struct Started {
    /// By the machine's clock.
    pub(super) at: jiff::Timestamp,
    /// By the clock that nobody sets.
    since: Instant,
}

/// Less is how clocks are adjusted, and nothing that is signed ends for it.
const STEP: Duration = Duration::from_secs(5);

impl Started {
    /// Now.
    pub(super) fn now() -> Self {
        Self { at: jiff::Timestamp::now(), since: Instant::now() }
    }

    /// Milliseconds since then.
    pub(super) fn elapsed_ms(&self) -> u64 {
        self.since.elapsed().as_millis() as u64
    }

    /// What is to be said where the machine's clock was set since then.
    pub(super) fn clock_was_set(&self) -> Option<String> {
        let shown = jiff::Timestamp::now().as_millisecond() - self.at.as_millisecond();
        was_set(shown - self.since.elapsed().as_millis() as i64)
    }
}

/// The same, where it shows so many milliseconds more than passed.
fn was_set(by_ms: i64) -> Option<String> {
    let by = Duration::from_millis(by_ms.unsigned_abs());
    let seconds = by.as_secs_f64().round();
    (by >= STEP).then(|| {
        if by_ms < 0 {
            format!("the machine's clock was set back by {seconds} s during the run")
        } else {
            format!("the machine's clock was set forward by {seconds} s during the run, or the machine slept")
        }
    })
}

#[cfg(test)]
mod tests {
    use super::was_set;

    #[test]
    fn a_clock_that_was_set_is_told_of_and_one_that_was_adjusted_is_not() {
        let back = "the machine's clock was set back by 3600 s during the run";
        assert_eq!(was_set(-3_600_400).as_deref(), Some(back));
        assert!(was_set(7_200_000).is_some_and(|told| told.contains("forward by 7200 s")));
        assert_eq!([was_set(0), was_set(900), was_set(-4_999)], [None, None, None]);
    }
}
