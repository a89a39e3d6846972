//! How many connections are open. Where all the room is taken, the one that has idled longest makes room for whoever comes, so
//! that nobody is kept waiting by those who only hold connections open; and whoever idles too long goes anyway.
//!
//! Knows nothing of what is spoken. Read next: `server.rs` (who accepts), `spoken.rs` (how a connection goes).

use futures_util::task::AtomicWaker;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::sync::Notify;

/// Connections that may be open at once.
const MOST: usize = 512;
/// How long a connection may idle, or take to say what it wants; whoever does goes before twice as long is over.
pub(crate) const IDLES_WITHIN: Duration = Duration::from_mins(2);

/// The open connections; cheap to clone.
#[derive(Clone, Default)]
pub(crate) struct Connections {
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    seats: Mutex<Seats>,
    freed: Notify,
    /// Counts how often anybody fell idle.
    count: AtomicU64,
}

#[derive(Default)]
struct Seats {
    next: u64,
    taken: BTreeMap<u64, Arc<Seat>>,
    /// When idlers were asked to go last.
    cleared: u64,
}

/// What is known of one connection. Only who makes room looks at those of others: a request touches none but its own.
#[derive(Default)]
struct Seat {
    state: Mutex<State>,
    was_asked: AtomicBool,
    urge: AtomicU8,
    /// Who is to be told.
    holder: AtomicWaker,
}

/// How much somebody is asked to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Urge {
    /// Once everything that was asked is answered to its end, however long that takes.
    Done = 1,
    /// Soon: others wait for the place.
    Needed = 2,
}

#[derive(Default)]
struct State {
    /// Requests that are not answered yet: HTTP/2 may have several.
    asked: usize,
    /// Since when it idles, in the order of all; `None` where it does not, or was asked to go.
    idle: Option<u64>,
}

/// The place of one connection; it is free again when this is dropped.
pub(crate) struct Place {
    shared: Arc<Shared>,
    number: u64,
    seat: Arc<Seat>,
}

impl Shared {
    fn seats(&self) -> MutexGuard<'_, Seats> {
        self.seats.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next moment at which somebody falls idle.
    fn moment(&self) -> u64 {
        self.count.fetch_add(1, Ordering::Relaxed)
    }
}

impl Seat {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ask_to_go(&self, urge: Urge) {
        self.urge.fetch_max(urge as u8, Ordering::AcqRel);
        self.holder.wake();
    }
}

impl Seats {
    /// Asks whoever has idled longest to go.
    fn make_room(&self) {
        let idle = self.taken.values().filter_map(|seat| Some((seat.state().idle?, seat)));
        if let Some((_, longest)) = idle.min_by_key(|(since, _)| *since) {
            longest.state().idle = None;
            longest.ask_to_go(Urge::Needed);
        }
    }
}

impl Connections {
    /// How many are open.
    pub(crate) fn open(&self) -> usize {
        self.shared.seats().taken.len()
    }

    /// Asks everybody to go who has idled since this was called last. One clock for all: a timer of its own for each request
    /// would be a good part of its work.
    pub(crate) fn let_idlers_go(&self) {
        let mut seats = self.shared.seats();
        let cleared = std::mem::replace(&mut seats.cleared, self.shared.moment());
        let idles = |seat: &&Arc<Seat>| seat.state().idle.is_some_and(|since| since < cleared);
        seats.taken.values().filter(idles).for_each(|seat| seat.ask_to_go(Urge::Done));
    }

    /// Asks everybody to go, once what was asked is answered.
    pub(crate) fn let_all_go(&self) {
        self.shared.seats().taken.values().for_each(|seat| seat.ask_to_go(Urge::Done));
    }

    /// A place for one more; waits for one where nobody idles.
    pub(crate) async fn enter(&self) -> Place {
        loop {
            {
                let mut seats = self.shared.seats();
                if seats.taken.len() < MOST {
                    let seat = Arc::new(Seat::default());
                    seat.state().idle = Some(self.shared.moment());
                    let number = seats.next;
                    seats.next += 1;
                    seats.taken.insert(number, Arc::clone(&seat));
                    return Place { shared: Arc::clone(&self.shared), number, seat };
                }
                seats.make_room();
            }
            self.shared.freed.notified().await;
        }
    }
}

impl Place {
    fn begin(&self) {
        let mut state = self.seat.state();
        state.asked += 1;
        state.idle = None;
        self.seat.was_asked.store(true, Ordering::Relaxed);
    }

    fn end(&self) {
        let mut state = self.seat.state();
        state.asked -= 1;
        if state.asked == 0 {
            state.idle = Some(self.shared.moment());
        }
    }

    /// Ready once it is asked to go at least so much: others need the place, it was held for nothing too long, or the server
    /// stops. One task asks.
    pub(crate) fn poll_asked_to_go(&self, least: Urge, context: &mut Context<'_>) -> Poll<()> {
        let is_asked = || self.seat.urge.load(Ordering::Acquire) >= least as u8;
        if is_asked() {
            return Poll::Ready(());
        }
        self.seat.holder.register(context.waker());
        // Who said so in between may have found nobody to tell.
        if is_asked() { Poll::Ready(()) } else { Poll::Pending }
    }

    /// The same, to be waited for.
    pub(crate) async fn asked_to_go(&self, least: Urge) {
        std::future::poll_fn(|context| self.poll_asked_to_go(least, context)).await;
    }

    /// Whether anything was ever asked here.
    pub(crate) fn was_asked(&self) -> bool {
        self.seat.was_asked.load(Ordering::Relaxed)
    }
}

/// A request that is being answered; dropped, it is, or nobody waits for it any more.
pub(crate) struct Busy(Arc<Place>);

impl Busy {
    pub(crate) fn with(place: &Arc<Place>) -> Self {
        place.begin();
        Self(Arc::clone(place))
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.end();
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.shared.seats().taken.remove(&self.number);
        self.shared.freed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn whoever_idles_too_long_is_asked_to_go() {
        let connections = Connections::default();
        let (idle, busy, asks) =
            (connections.enter().await, connections.enter().await, connections.enter().await);
        busy.begin();
        connections.let_idlers_go();
        asks.begin();
        asks.end();
        connections.let_idlers_go();
        let urge = |place: &Place| place.seat.urge.load(Ordering::Relaxed);
        assert_eq!([&idle, &busy, &asks].map(urge), [Urge::Done as u8, 0, 0]);
        tokio::time::timeout(Duration::from_secs(5), idle.asked_to_go(Urge::Done)).await.expect("it is");
        busy.end();
        connections.let_idlers_go();
        connections.let_idlers_go();
        assert_eq!([&idle, &busy, &asks].map(urge), [Urge::Done as u8; 3]);
        connections.shared.seats().make_room();
        assert_eq!(
            [&idle, &busy, &asks].map(urge)[0],
            Urge::Needed as u8,
            "who was asked before can be needed"
        );
    }

    #[tokio::test]
    async fn whoever_has_idled_longest_makes_room() {
        let connections = Connections::default();
        let mut places = Vec::new();
        for _ in 0..MOST {
            places.push(connections.enter().await);
        }
        // The first is busy, the second was busy and idles since.
        places[0].begin();
        places[1].begin();
        places[1].end();
        let mut entering = std::pin::pin!(connections.enter());
        let waits = tokio::time::timeout(Duration::from_millis(20), entering.as_mut()).await;
        assert!(waits.is_err(), "all the room is taken");
        tokio::time::timeout(Duration::from_secs(5), places[2].asked_to_go(Urge::Needed))
            .await
            .expect("the third is asked to go");
        assert!(!places[2].was_asked() && places[1].was_asked());
        drop(places.remove(2));
        let _place = tokio::time::timeout(Duration::from_secs(5), entering).await.expect("there is room");
        assert_eq!(connections.open(), MOST);
    }
}
