//! Server-sent events: that something changed, at most ten times a second. The page then asks for itself again.

use crate::journal::Journal;
use crate::server::Shared;
use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use futures_util::{Stream, stream};
use serde_json::json;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

const AT_MOST_EVERY: Duration = Duration::from_millis(100);
const ALIVE: Duration = Duration::from_secs(15);

pub(super) async fn events(State(shared): State<Arc<Shared>>) -> Response {
    let alive = KeepAlive::new().interval(ALIVE);
    Sse::new(changes(shared)).keep_alive(alive).into_response()
}

/// One event at once, so that nothing between the page and the stream is missed, then one after each change.
fn changes(shared: Arc<Shared>) -> impl Stream<Item = Result<Event, Infallible>> {
    let receiver = shared.journal.changes();
    stream::unfold((shared, receiver, true), |(shared, mut receiver, first)| async move {
        if !first {
            next(&shared, &mut receiver).await?;
        }
        receiver.borrow_and_update();
        let event = Event::default().event("change").data(told(&shared.journal));
        Some((Ok(event), (shared, receiver, false)))
    })
}

/// Waits for a change; `None` where the mock stops.
async fn next(shared: &Shared, receiver: &mut watch::Receiver<u64>) -> Option<()> {
    tokio::time::sleep(AT_MOST_EVERY).await;
    tokio::select! {
        changed = receiver.changed() => changed.ok(),
        () = shared.site.stopped() => None,
    }
}

fn told(journal: &Journal) -> String {
    json!({ "exchanges": journal.len(), "at": journal.end().to_string() }).to_string()
}
