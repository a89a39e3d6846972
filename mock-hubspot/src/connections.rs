//! How many connections are open. Where all the room is taken, the one that has idled longest makes room for whoever comes, so
//! that nobody is kept waiting by those who only hold connections open.
//!
//! Knows nothing of what is spoken. Read next: `server.rs` (who accepts), `spoken.rs` (how a connection goes).

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// Connections that may be open at once.
const MOST: usize = 512;

/// The open connections; cheap to clone.
#[derive(Clone, Default)]
pub(crate) struct Connections {
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    inner: Mutex<Inner>,
    freed: Notify,
}

#[derive(Default)]
struct Inner {
    open: usize,
    /// Counts how often anybody fell idle.
    count: u64,
    /// Those at which nothing is asked; the longest first.
    idle: BTreeMap<u64, Arc<Notify>>,
}

/// The place of one connection; it is free again when this is dropped.
pub(crate) struct Place {
    shared: Arc<Shared>,
    /// Since when it idles, in its order.
    idle: Mutex<Option<u64>>,
    /// Requests that are not answered yet: HTTP/2 may have several.
    asked: AtomicUsize,
    was_asked: AtomicBool,
    leave: Arc<Notify>,
}

impl Shared {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn falls_idle(&mut self, leave: &Arc<Notify>) -> u64 {
        self.count += 1;
        self.idle.insert(self.count, Arc::clone(leave));
        self.count
    }
}

impl Connections {
    /// How many are open.
    pub(crate) fn open(&self) -> usize {
        self.shared.inner().open
    }

    /// A place for one more; waits for one where nobody idles.
    pub(crate) async fn enter(&self) -> Place {
        loop {
            {
                let mut inner = self.shared.inner();
                if inner.open < MOST {
                    inner.open += 1;
                    let leave = Arc::new(Notify::new());
                    let idle = Mutex::new(Some(inner.falls_idle(&leave)));
                    let (asked, was_asked) = (AtomicUsize::new(0), AtomicBool::new(false));
                    return Place { shared: Arc::clone(&self.shared), idle, asked, was_asked, leave };
                }
                if let Some((_, longest)) = inner.idle.pop_first() {
                    longest.notify_one();
                }
            }
            self.shared.freed.notified().await;
        }
    }
}

impl Place {
    fn begin(&self) {
        self.asked.fetch_add(1, Ordering::Relaxed);
        self.was_asked.store(true, Ordering::Relaxed);
        if let Some(number) = self.idle().take() {
            self.shared.inner().idle.remove(&number);
        }
    }

    fn end(&self) {
        let mut idle = self.idle();
        if self.asked.fetch_sub(1, Ordering::Relaxed) == 1 {
            *idle = Some(self.shared.inner().falls_idle(&self.leave));
        }
    }

    /// Ends when others need the place.
    pub(crate) async fn is_needed(&self) {
        self.leave.notified().await;
    }

    /// Whether anything was ever asked here.
    pub(crate) fn was_asked(&self) -> bool {
        self.was_asked.load(Ordering::Relaxed)
    }

    fn idle(&self) -> MutexGuard<'_, Option<u64>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
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
        let number = self.idle().take();
        let mut inner = self.shared.inner();
        inner.open -= 1;
        if let Some(number) = number {
            inner.idle.remove(&number);
        }
        drop(inner);
        self.shared.freed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

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
        tokio::time::timeout(Duration::from_secs(5), places[2].is_needed())
            .await
            .expect("the third is asked to go");
        assert!(!places[2].was_asked() && places[1].was_asked());
        drop(places.remove(2));
        let _place = tokio::time::timeout(Duration::from_secs(5), entering).await.expect("there is room");
        assert_eq!(connections.open(), MOST);
    }
}
