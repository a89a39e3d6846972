//! Asks the fixed table of ranges, then what If-Range does to one.

use super::asking::{Asking, Recording, to_recording};
use super::manners;
use crate::evidence::{Probe, ProbeOutcome};
use crate::range::oracle::{self, Asked, Wanted};
use crate::range::table::TABLE;
use crate::range::walk::READ_AT_MOST;
use std::time::Duration;

/// Recordings shorter than this are not asked for ranges.
pub(super) const SHORTEST: u64 = 2 << 10;
/// After so many answers that stalled nothing more is asked.
pub(super) const STALLS: u32 = 3;
/// A Last-Modified is a strong validator when it is this much older than the answer (RFC 9110 §8.8.2.2).
const STRONG_AFTER: Duration = Duration::from_mins(1);

/// Asks every row of the table, one after another.
pub(super) async fn table(asking: &mut Asking<'_>, url: &str, recording: &Recording) {
    let length = recording.spooled.length;
    let mut stalls = 0;
    for row in TABLE {
        if stalls == STALLS {
            let reason = format!("{STALLS} answers to ranges stalled; from `{}` on none was asked", row.case);
            asking.settle(Probe::RangeTable, ProbeOutcome::Blocked(reason));
            return;
        }
        let range = (row.range)(length);
        let limit = wanted_bytes(range.as_deref(), length).saturating_add(READ_AT_MOST);
        let headers = manners::player(range.as_deref());
        let ask = to_recording(Probe::RangeTable, row.case, url, headers, Some(&recording.spooled), limit);
        let heard = asking.client.ask_politely(ask).await;
        let heard = asking.keep(heard);
        stalls += u32::from(heard.waited_in_vain);
    }
    asking.settle(Probe::RangeTable, ProbeOutcome::Asked);
}

/// How many bytes an honest 206 or 200 carries, as far as the oracle knows.
fn wanted_bytes(range: Option<&str>, length: u64) -> u64 {
    match oracle::parse(range) {
        Asked::Nothing => length,
        Asked::One(spec) => match oracle::wanted(spec, length) {
            Wanted::Part(first, last) => last - first + 1,
            Wanted::Unsatisfiable => 0,
        },
        _ => 0,
    }
}

/// Asks for one range under If-Range, as Chromium's cache does. What does not apply is not asked.
pub(super) async fn validators(asking: &mut Asking<'_>, url: &str, recording: &Recording) {
    let strong = recording.etag.clone().filter(|etag| etag.starts_with('"'));
    let cases = [
        ("if-range-match", strong),
        ("if-range-other", Some("\"never-issued-1\"".to_owned())),
        ("if-range-date", strong_date(recording)),
    ];
    for (case, value) in cases {
        let Some(value) = value else { continue };
        let mut headers = manners::player(Some("bytes=100-199"));
        headers.push(("If-Range", value));
        let spooled = Some(&recording.spooled);
        let ask = to_recording(Probe::Validators, case, url, headers, spooled, READ_AT_MOST);
        let heard = asking.client.ask_politely(ask).await;
        asking.keep(heard);
    }
    asking.settle(Probe::Validators, ProbeOutcome::Asked);
}

/// The Last-Modified, if it is old enough to be a strong validator.
fn strong_date(recording: &Recording) -> Option<String> {
    let modified = recording.last_modified.as_deref()?;
    let age = httpdate::parse_http_date(recording.date.as_deref()?)
        .ok()?
        .duration_since(httpdate::parse_http_date(modified).ok()?)
        .ok()?;
    (age >= STRONG_AFTER).then(|| modified.to_owned())
}
