//! Where the mock is reached, and whether it is about to stop.

use std::net::SocketAddr;
use tokio::sync::watch;

/// What the control plane knows of the server.
pub(crate) struct Site {
    pub(crate) address: SocketAddr,
    pub(crate) stopping: watch::Receiver<bool>,
}

impl Site {
    /// Ends when the server is told to stop, so that nobody who waits keeps it.
    pub(crate) async fn stopped(&self) {
        let mut stopping = self.stopping.clone();
        // An error is a server that is gone.
        let _ = stopping.wait_for(|stop| *stop).await;
    }

    /// `http://127.0.0.1:4600`
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}
