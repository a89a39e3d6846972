//! Where the mock is reached, whether it is about to stop, and what all its portals have in common.

use super::address::Address;
use crate::auth::Strictness;
use crate::handout::Handouts;
use crate::isolated::Isolated;
use crate::journal::Bounds;
use crate::retrieval::Waits;
use crate::store::Store;
use std::sync::Arc;
use tokio::sync::{Semaphore, watch};

/// Connections that may be open at once.
pub(crate) const MOST_CONNECTIONS: usize = 512;

/// What the control plane knows of the server.
pub(crate) struct Site {
    pub(crate) address: Address,
    /// A place for each connection that may still be opened.
    pub(crate) room: Arc<Semaphore>,
    pub(crate) stopping: watch::Receiver<bool>,
    pub(crate) strictness: Strictness,
    pub(crate) bounds: Bounds,
    pub(crate) waits: Waits,
    /// HubSpot's own client; `None` where recordings are not fetched.
    pub(crate) client: Option<reqwest::Client>,
    pub(crate) store: Option<Store>,
    /// The portals besides the first.
    pub(crate) isolated: Isolated,
    /// Recordings for integrations that share no disk with whoever examines them.
    pub(crate) handouts: Handouts,
}

impl Site {
    /// Ends when the server is told to stop, so that nobody who waits keeps it.
    pub(crate) async fn stopped(&self) {
        let mut stopping = self.stopping.clone();
        // An error is a server that is gone.
        let _ = stopping.wait_for(|stop| *stop).await;
    }

    /// How many connections are open.
    pub(crate) fn connections(&self) -> usize {
        MOST_CONNECTIONS - self.room.available_permits()
    }
}
