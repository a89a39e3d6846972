//! Asks as a page of another origin would that reads the recording itself (Fetch, CORS): with Origin, and a preflight.

use super::asking::{Asking, Recording, to_recording};
use super::{manners, wire};
use crate::evidence::{Probe, ProbeOutcome};

/// Where HubSpot's pages come from.
const ORIGIN: &str = "https://app.hubspot.com";

/// Asks for a part, for the whole, for a part that is not there, and for leave.
pub(super) async fn ask(asking: &mut Asking<'_>, url: &str, at: &str, recording: &Recording) {
    let length = recording.spooled.length;
    let beyond = format!("bytes={length}-");
    for (case, range) in [("part", Some("bytes=0-9")), ("whole", None), ("beyond", Some(beyond.as_str()))] {
        if asking.is_silent(Probe::Origins) {
            return;
        }
        let mut headers = manners::player(range);
        headers.push(("Origin", ORIGIN.into()));
        asking.ask(to_recording(Probe::Origins, case, url, headers, Some(&recording.spooled), 4096)).await;
    }
    let headers = vec![
        ("Origin", ORIGIN.into()),
        ("Access-Control-Request-Method", "GET".into()),
        ("Access-Control-Request-Headers", "range".into()),
    ];
    let (mut exchange, _) =
        wire::once_with(asking.ctx, asking.client, at, recording, ("preflight", "OPTIONS", headers)).await;
    exchange.probe = Probe::Origins;
    asking.keep_exchange(exchange);
    asking.settle(Probe::Origins, ProbeOutcome::Asked);
}
