//! Where the mock is reached, whether it is about to stop, and what all its portals have in common.

use super::address::Address;
use crate::auth::Strictness;
use crate::connections::Connections;
use crate::handout::Handouts;
use crate::isolated::Isolated;
use crate::journal::Bounds;
use crate::retrieval::{Client, Waits};
use crate::store::Store;
use std::sync::Arc;
use tokio::sync::watch;

/// What the control plane knows of the server.
pub(crate) struct Site {
    pub(crate) address: Address,
    pub(crate) connections: Connections,
    pub(crate) stopping: watch::Receiver<bool>,
    pub(crate) strictness: Strictness,
    pub(crate) bounds: Bounds,
    pub(crate) waits: Waits,
    /// HubSpot's own client; `None` where recordings are not fetched.
    pub(crate) client: Option<Arc<Client>>,
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
        self.connections.open()
    }
}
