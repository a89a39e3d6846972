//! Asks for a range as clients do that accept other codings than identity, or say nothing of codings.

use super::asking::{Asking, Recording, to_recording};
use super::manners;
use crate::evidence::{Probe, ProbeOutcome};
use crate::range::walk::READ_AT_MOST;

/// Asks each way once.
pub(super) async fn ask(asking: &mut Asking<'_>, url: &str, recording: &Recording) {
    let cases = [
        ("older-chrome", Some("identity;q=1, *;q=0")),
        ("accepts-gzip", Some("gzip, deflate, br, zstd")),
        ("says-nothing", None),
    ];
    for (case, accepted) in cases {
        if asking.is_silent(Probe::Encodings) {
            return;
        }
        let mut headers = manners::player(None);
        headers.retain(|(name, _)| *name != "Accept-Encoding");
        headers.extend(accepted.map(|accepted| ("Accept-Encoding", accepted.into())));
        headers.push(("Range", "bytes=0-999".into()));
        let ask = to_recording(Probe::Encodings, case, url, headers, Some(&recording.spooled), READ_AT_MOST);
        let heard = asking.client.ask_politely(ask).await;
        asking.keep(heard);
    }
    asking.settle(Probe::Encodings, ProbeOutcome::Asked);
}
