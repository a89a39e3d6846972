//! Asks the plainest ranges once more over HTTP/2, where the server of the recording offers it.
//!
//! Browsers take HTTP/2 wherever it is offered, so this is how a recording behind a load balancer is played.

use super::asking::{Asking, Recording, to_recording};
use super::client::{Client, Protocol};
use super::manners;
use crate::evidence::{End, Probe, ProbeOutcome};
use crate::range::table::TABLE;
use crate::range::walk::READ_AT_MOST;

/// The rows of the table that are asked again.
pub const CASES: [&str; 6] =
    ["first-byte", "open-from-start", "middle", "last-byte-closed", "end-beyond", "start-at-length"];

/// Asks each of them, and once more what did not come whole.
pub(super) async fn ask(asking: &mut Asking<'_>, recording: &Recording) {
    if !recording.at.starts_with("https:") {
        let reason = "the recording is not served over HTTPS, and HTTP/2 is offered there alone";
        asking.settle(Probe::Http2, ProbeOutcome::NotAsked(reason.into()));
        return;
    }
    if asking.is_silent(Probe::Http2) {
        return;
    }
    let client = match Client::speaking(asking.ctx, Protocol::Http2) {
        Ok(client) => client,
        Err(reason) => return asking.settle(Probe::Http2, ProbeOutcome::Blocked(reason)),
    };
    let length = recording.spooled.length;
    for row in TABLE.iter().filter(|row| CASES.contains(&row.case)) {
        for _ in 0..2 {
            let range = (row.range)(length);
            let headers = manners::player(range.as_deref());
            let spooled = Some(&recording.spooled);
            let ask = to_recording(Probe::Http2, row.case, &recording.at, headers, spooled, READ_AT_MOST);
            let heard = client.ask_politely(ask).await;
            if heard.exchange.answer().is_some() && !heard.http2 {
                let reason = "the server of the recording does not offer HTTP/2";
                asking.settle(Probe::Http2, ProbeOutcome::NotAsked(reason.into()));
                return;
            }
            let heard = asking.keep(heard);
            let whole =
                heard.exchange.answer().is_some_and(|a| matches!(a.body.end, End::Complete | End::Abandoned));
            if whole || heard.waited_in_vain {
                break;
            }
        }
    }
    asking.settle(Probe::Http2, ProbeOutcome::Asked);
}
