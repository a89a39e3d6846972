//! Asks the fixed table of ranges, then what If-Range does to one.

use super::asking::{Asking, Recording, to_recording};
use super::manners;
use crate::evidence::{Probe, ProbeOutcome, Step};
use crate::range::invariants::broken;
use crate::range::oracle::{self, Asked, Wanted, plainly_satisfiable};
use crate::range::table::TABLE;
use crate::range::walk::READ_AT_MOST;
use std::time::Duration;

/// Recordings shorter than this are not asked for ranges.
pub const SHORTEST: u64 = 2 << 10;
/// After so many answers that stalled nothing more is asked.
pub(super) const STALLS: u32 = 3;
/// No more rows than this are asked again.
const FEW: usize = 3;
/// How often.
const AGAIN: u32 = 2;
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
        let wanted = wanted_bytes(range.as_deref(), length);
        // Of an odd range the beginning says enough.
        let limit =
            if row.case.starts_with("number-") { READ_AT_MOST } else { wanted.saturating_add(READ_AT_MOST) };
        let headers = manners::player(range.as_deref());
        let ask = to_recording(Probe::RangeTable, row.case, url, headers, Some(&recording.spooled), limit);
        let heard = asking.client.ask_politely(ask).await;
        let heard = asking.keep(heard);
        stalls += u32::from(heard.waited_in_vain);
    }
    confirm(asking, url, recording).await;
    asking.settle(Probe::RangeTable, ProbeOutcome::Asked);
}

/// Rows that break something are asked twice more where they are few: a fault that comes and goes is another kind of
/// fault, and one that is everywhere needs no confirming.
async fn confirm(asking: &mut Asking<'_>, url: &str, recording: &Recording) {
    let length = recording.spooled.length;
    let rows = asking.story.of(Probe::RangeTable).filter(|exchange| {
        plainly_satisfiable(exchange.sent("range"), length) && !broken(exchange, &recording.whole).is_empty()
    });
    let rows: Vec<_> =
        rows.map(|exchange| (exchange.case.clone(), exchange.sent("range").map(str::to_owned))).collect();
    if rows.len() > FEW {
        return;
    }
    for (case, range) in rows {
        for number in 1..=AGAIN {
            let limit = wanted_bytes(range.as_deref(), length).saturating_add(READ_AT_MOST);
            let headers = manners::player(range.as_deref());
            let name = format!("confirm-{case}");
            let mut ask =
                to_recording(Probe::RangeTable, name, url, headers, Some(&recording.spooled), limit);
            ask.step = Some(Step { number, reason: "confirm".into() });
            let heard = asking.client.ask_politely(ask).await;
            if asking.keep(heard).waited_in_vain {
                return;
            }
        }
    }
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

/// Asks for one range under conditions: If-Range, as Chromium's cache does, and others. What does not apply is not asked.
pub(super) async fn validators(asking: &mut Asking<'_>, url: &str, recording: &Recording) {
    let strong = recording.etag.clone().filter(|etag| etag.starts_with('"'));
    let inner = strong.as_deref().map(|etag| etag.trim_matches('"'));
    let weak = recording.etag.as_deref().map(|etag| format!("W/{}", etag.trim_start_matches("W/")));
    let date = strong_date(recording);
    let older = date.as_deref().and_then(a_day_before);
    let newer = date.as_deref().and_then(a_second_later);
    let some = |value: &str| Some(value.to_owned());
    let cases = [
        ("if-range-match", "If-Range", strong.clone()),
        ("if-range-other", "If-Range", some("\"never-issued-1\"")),
        ("if-range-substring", "If-Range", inner.map(|inner| format!("\"x{inner}x\""))),
        ("if-range-weak", "If-Range", weak),
        ("if-range-date", "If-Range", date),
        ("if-range-date-older", "If-Range", older),
        ("if-range-date-newer", "If-Range", newer),
        ("if-range-junk", "If-Range", some("junk")),
        ("if-none-match", "If-None-Match", recording.etag.clone()),
        ("if-modified-since", "If-Modified-Since", recording.last_modified.clone()),
        ("if-match-other", "If-Match", some("\"never-issued-1\"")),
        ("if-unmodified-since-old", "If-Unmodified-Since", some("Fri, 31 Dec 1999 23:59:59 GMT")),
    ];
    for (case, field, value) in cases {
        let Some(value) = value else { continue };
        if asking.is_silent(Probe::Validators) {
            return;
        }
        let mut headers = manners::player(Some("bytes=100-199"));
        headers.push((field, value.into()));
        let spooled = Some(&recording.spooled);
        let ask = to_recording(Probe::Validators, case, url, headers, spooled, READ_AT_MOST);
        let heard = asking.client.ask_politely(ask).await;
        asking.keep(heard);
    }
    let mut headers = manners::player(None);
    headers.push(("If-Range", "\"never-issued-1\"".into()));
    let alone = to_recording(
        Probe::Validators,
        "if-range-alone",
        url,
        headers,
        Some(&recording.spooled),
        READ_AT_MOST,
    );
    asking.ask(alone).await;
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

fn a_day_before(date: &str) -> Option<String> {
    let before = httpdate::parse_http_date(date).ok()?.checked_sub(Duration::from_hours(24))?;
    Some(httpdate::fmt_http_date(before))
}

fn a_second_later(date: &str) -> Option<String> {
    let later = httpdate::parse_http_date(date).ok()?.checked_add(Duration::from_secs(1))?;
    Some(httpdate::fmt_http_date(later))
}
