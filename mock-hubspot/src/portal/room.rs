//! Where the state of a portal lives: the one of today, and those from before a reset that somebody is still busy with.
//!
//! A request that is under way when the portal is reset ends on the state on which it began. Read next: `state.rs`, `mod.rs`.

use super::clock::Hands;
use super::kept::{Changes, Row, Touched};
use super::state::State;
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, MutexGuard};

/// Which state a request began on.
pub(super) type Age = Arc<()>;

pub(super) struct Room {
    state: State,
    age: Age,
    /// States from before a reset, as long as somebody has their age.
    old: Vec<(Age, State)>,
    /// The clock as it was kept last.
    clock: Hands,
}

impl Room {
    pub(super) fn new(state: State) -> Self {
        let clock = state.clock.kept();
        Self { state, age: Age::default(), old: Vec::new(), clock }
    }

    pub(super) fn age(&self) -> Age {
        Arc::clone(&self.age)
    }

    /// Another state from now on.
    pub(super) fn replace(&mut self, mut state: State) {
        if !matches!(self.state.touched, Touched::Unwatched) {
            state.watch();
        }
        let age = std::mem::take(&mut self.age);
        let before = std::mem::replace(&mut self.state, state);
        self.old.push((age, before));
        self.old.retain(|(age, _)| Arc::strong_count(age) > 1);
    }

    /// What was changed since this was asked last.
    pub(super) fn changes(&mut self) -> Changes {
        let clock = self.state.clock.kept();
        if std::mem::replace(&mut self.clock, clock) != clock {
            self.state.touch(|| Row::Clock);
        }
        self.state.changes()
    }
}

/// The state of one age, locked.
pub(super) struct Held<'a> {
    room: MutexGuard<'a, Room>,
    /// Its place among the old ones; `None` for the one of today.
    old: Option<usize>,
}

impl<'a> Held<'a> {
    pub(super) fn of(room: MutexGuard<'a, Room>, age: Option<&Age>) -> Self {
        let old = age.filter(|age| !Arc::ptr_eq(age, &room.age));
        let old = old.and_then(|age| room.old.iter().position(|(other, _)| Arc::ptr_eq(age, other)));
        Self { room, old }
    }
}

impl Deref for Held<'_> {
    type Target = State;

    fn deref(&self) -> &State {
        match self.old {
            Some(index) => &self.room.old[index].1,
            None => &self.room.state,
        }
    }
}

impl DerefMut for Held<'_> {
    fn deref_mut(&mut self) -> &mut State {
        match self.old {
            Some(index) => &mut self.room.old[index].1,
            None => &mut self.room.state,
        }
    }
}
