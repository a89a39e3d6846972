//! The time of one portal: the machine's, unless somebody froze it or put it forward.
//!
//! Time never goes back: where the machine's clock is set back, this one runs on, ahead of it by as much. Where it is set forward
//! time has passed, as after a night's sleep, unless the clock was told to be steady.
//!
//! Timestamps, the life of tokens, the windows of rate limits: all of it asks here. What takes real time (a delay, a long poll,
//! the journal's own record of when) does not. Read next: `moment.rs` (how moments are written), `../control/clock.rs`.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// The farthest that a clock can be put forward in one step: ten years.
pub(crate) const FARTHEST: SignedDuration = SignedDuration::from_hours(24 * 3653);

/// A handle on the clock; cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Clock(Arc<Mutex<Works>>);

/// What a clock is made of.
#[derive(Debug, Default)]
struct Works {
    hands: Hands,
    machine: Machine,
}

/// The machine's time, made up for what was done to its clock.
#[derive(Debug, Default)]
struct Machine {
    /// What the machine's clock showed last, in milliseconds since 1970, and when that was by the one that nobody sets.
    seen: Option<(i64, Instant)>,
    /// Milliseconds that are added to it.
    made_up_ms: i64,
    /// Whether it is made up for steps forward too.
    steady: bool,
}

/// Less is how clocks are adjusted, not a step.
const STEP_MS: i64 = 1000;

impl Machine {
    /// Milliseconds since 1970; HubSpot counts in them.
    fn read(&mut self) -> i64 {
        self.follow(Timestamp::now().as_millisecond(), Instant::now())
    }

    /// The time, where the machine's clock shows this now.
    fn follow(&mut self, shows: i64, now: Instant) -> i64 {
        if let Some((showed, then)) = self.seen.replace((shows, now)) {
            let passed = i64::try_from(now.duration_since(then).as_millis()).unwrap_or(i64::MAX);
            let step = (shows - showed).saturating_sub(passed);
            if step < -STEP_MS || self.steady && step > STEP_MS {
                self.made_up_ms -= step;
            }
        }
        shows + self.made_up_ms
    }
}

/// How the clock differs from the machine's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Hands {
    /// Milliseconds before the machine's time.
    ahead_ms: i64,
    /// Where it stands still, in milliseconds since 1970.
    frozen_ms: Option<i64>,
}

impl Works {
    fn read(&mut self) -> Timestamp {
        let Hands { ahead_ms, frozen_ms } = self.hands;
        let ms = frozen_ms.unwrap_or_else(|| self.machine.read().saturating_add(ahead_ms));
        Timestamp::from_millisecond(ms).unwrap_or(Timestamp::MAX)
    }
}

impl Clock {
    fn works(&self) -> MutexGuard<'_, Works> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What it shows, in whole milliseconds.
    pub fn now(&self) -> Timestamp {
        self.works().read()
    }

    /// From now on no time passes where the machine's clock is set forward: for a run that ends before the machine sleeps.
    pub fn hold_steady(&self) {
        let mut works = self.works();
        works.machine.read();
        works.machine.steady = true;
    }

    /// Whether it stands still.
    pub fn is_frozen(&self) -> bool {
        self.works().hands.frozen_ms.is_some()
    }

    /// How far it is before the machine's time, in milliseconds.
    pub fn ahead_ms(&self) -> i64 {
        let mut works = self.works();
        // Asked once: between two looks time passes.
        let made_up = works.machine.read();
        let machine = made_up - works.machine.made_up_ms;
        let Hands { ahead_ms, frozen_ms } = works.hands;
        frozen_ms.unwrap_or(made_up.saturating_add(ahead_ms)).saturating_sub(machine)
    }

    /// Stands still from now on.
    pub fn freeze(&self) {
        let mut works = self.works();
        works.hands.frozen_ms = Some(works.read().as_millisecond());
    }

    /// Goes forward, whether it stands still or not; as far as there are moments.
    pub fn advance(&self, by: SignedDuration) {
        let ms = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        let mut works = self.works();
        let room = Timestamp::MAX.as_millisecond() - works.read().as_millisecond();
        let ms = ms.clamp(0, room.max(0));
        match &mut works.hands.frozen_ms {
            Some(at) => *at += ms,
            None => works.hands.ahead_ms += ms,
        }
    }

    /// Runs on from where it stands.
    pub fn resume(&self) {
        let mut works = self.works();
        if let Some(at) = works.hands.frozen_ms.take() {
            works.hands.ahead_ms = at - works.machine.read();
        }
    }

    /// The machine's time again.
    pub(crate) fn reset(&self) {
        self.works().hands = Hands::default();
    }

    /// How it differs from the machine's, to be kept.
    pub(crate) fn kept(&self) -> Hands {
        self.works().hands
    }

    /// As it was kept.
    pub(crate) fn set(&self, hands: Hands) {
        self.works().hands = hands;
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
    fn how_far_it_is_ahead_is_exact_while_it_runs() {
        let clock = Clock::default();
        clock.advance(SignedDuration::from_secs(60));
        assert_eq!(clock.ahead_ms(), 60_000);
    }

    #[test]
    fn where_the_machines_clock_is_set_back_time_runs_on() {
        let (mut machine, start) = (Machine::default(), Instant::now());
        let later = |seconds| start + std::time::Duration::from_secs(seconds);
        assert_eq!(machine.follow(10_000_000, start), 10_000_000);
        assert_eq!(machine.follow(10_005_100, later(5)), 10_005_100, "a clock that is adjusted is followed");
        assert_eq!(machine.follow(6_406_100, later(6)), 10_006_100, "an hour back is none");
        assert_eq!(machine.follow(6_407_100, later(7)), 10_007_100);
        assert_eq!(machine.follow(10_008_100, later(8)), 13_608_100, "an hour forward has passed");
        machine.steady = true;
        assert_eq!(machine.follow(13_609_100, later(9)), 13_609_100, "unless it is steady");
        assert_eq!(machine.follow(10_010_100, later(10)), 13_610_100);
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
