//! The time of one portal: the machine's, unless somebody froze it or put it forward.
//!
//! Timestamps, the life of tokens, the windows of rate limits: all of it asks here. What takes real time (a delay, a long poll,
//! the journal's own record of when) does not. Read next: `moment.rs` (how moments are written), `../control/clock.rs`.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The farthest that a clock can be put forward in one step: ten years.
pub(crate) const FARTHEST: SignedDuration = SignedDuration::from_hours(24 * 3653);

/// A handle on the clock; cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Clock(Arc<Mutex<Hands>>);

/// How the clock differs from the machine's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Hands {
    /// Milliseconds before the machine's time.
    ahead_ms: i64,
    /// Where it stands still, in milliseconds since 1970.
    frozen_ms: Option<i64>,
}

impl Hands {
    fn read(self) -> Timestamp {
        let ms = self.frozen_ms.unwrap_or_else(|| machine_ms().saturating_add(self.ahead_ms));
        Timestamp::from_millisecond(ms).unwrap_or(Timestamp::MAX)
    }
}

/// HubSpot counts in milliseconds.
fn machine_ms() -> i64 {
    Timestamp::now().as_millisecond()
}

impl Clock {
    fn hands(&self) -> MutexGuard<'_, Hands> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What it shows, in whole milliseconds.
    pub fn now(&self) -> Timestamp {
        self.hands().read()
    }

    /// Whether it stands still.
    pub fn is_frozen(&self) -> bool {
        self.hands().frozen_ms.is_some()
    }

    /// How far it is before the machine's time, in milliseconds.
    pub fn ahead_ms(&self) -> i64 {
        let hands = *self.hands();
        hands.frozen_ms.map_or(hands.ahead_ms, |at| at.saturating_sub(machine_ms()))
    }

    /// Stands still from now on.
    pub fn freeze(&self) {
        let mut hands = self.hands();
        hands.frozen_ms = Some(hands.read().as_millisecond());
    }

    /// Goes forward, whether it stands still or not; as far as there are moments.
    pub fn advance(&self, by: SignedDuration) {
        let ms = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        let mut hands = self.hands();
        let room = Timestamp::MAX.as_millisecond() - hands.read().as_millisecond();
        let ms = ms.clamp(0, room.max(0));
        match &mut hands.frozen_ms {
            Some(at) => *at += ms,
            None => hands.ahead_ms += ms,
        }
    }

    /// Runs on from where it stands.
    pub fn resume(&self) {
        let mut hands = self.hands();
        if let Some(at) = hands.frozen_ms.take() {
            hands.ahead_ms = at - machine_ms();
        }
    }

    /// The machine's time again.
    pub(crate) fn reset(&self) {
        *self.hands() = Hands::default();
    }

    /// How it differs from the machine's, to be kept.
    pub(crate) fn kept(&self) -> Hands {
        *self.hands()
    }

    /// As it was kept.
    pub(crate) fn set(&self, hands: Hands) {
        *self.hands() = hands;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frozen_clock_moves_only_when_it_is_advanced_and_runs_on_from_there() {
        let clock = Clock::default();
        clock.freeze();
        let stood = clock.now();
        clock.advance(SignedDuration::from_hours(2));
        assert_eq!(clock.now().duration_since(stood), SignedDuration::from_hours(2));
        assert!(clock.is_frozen() && clock.ahead_ms() > 7_100_000);
        clock.resume();
        let ran = clock.now().duration_since(stood);
        assert!(ran >= SignedDuration::from_hours(2) && ran < SignedDuration::from_hours(3), "{ran:?}");
        clock.reset();
        assert!(clock.now().duration_since(stood) < SignedDuration::from_hours(1));
    }

    #[test]
    fn there_is_no_moment_after_the_last_one() {
        let clock = Clock::default();
        clock.advance(SignedDuration::MAX);
        clock.advance(SignedDuration::MAX);
        clock.freeze();
        clock.advance(SignedDuration::MAX);
        assert!(clock.now() <= Timestamp::MAX);
    }
}
