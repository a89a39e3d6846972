//! Conditions beside a range that are sent seldom, and what a part says of the whole.

use super::ground::{ground, status_of};
use super::telling::{clip, count, first, received, received_with, sent};
use super::validators::if_range;
use super::{is_throttled, row};
use crate::check::{Case, Check, check};
use crate::clauses::rfc9110;
use crate::evidence::{Exchange, Probe};
use crate::range::oracle::{Class, classify};
use crate::verdict::{Finding, Verdict};

pub(in crate::catalogue) static CHECKS: &[&Check] = &[
    &IF_RANGE_SUBSTRING,
    &IF_RANGE_WEAK,
    &IF_RANGE_OLDER_DATE,
    &IF_RANGE_NEWER_DATE,
    &IF_RANGE_SURVIVES,
    &NOT_MODIFIED,
    &PRECONDITIONS,
    &PART_HEADERS,
    &VARY,
];

check! {
    /// If-Range with a tag that only contains the recording's is answered with everything.
    ///
    /// ## Why it matters
    /// Tags are equal or they are not. A server that searches one in the other takes a new version of a
    /// recording for the old one, and clients glue the two together.
    ///
    /// ## How to fix
    /// Compare the whole value, quotes included: `===`, `equals`, `==`; not `indexOf`, `includes` or `in`.
    static IF_RANGE_SUBSTRING = {
        id: "ranges/if-range-substring", level: Recommended, profile: Seek, since: "0.1.0",
        clauses: &[rfc9110::S13_1_5, rfc9110::S8_8_3],
        needs: &[RangeTable, Validators],
        judge: if_range_substring,
        proof: &["ranges/if-range-substring"],
    }
}
fn if_range_substring(case: &Case) -> Verdict {
    on_ground(case, |case| {
        if_range(case, "if-range-substring", Class::Full, "the recording has no strong ETag")
    })
}

check! {
    /// If-Range with a weak form of the ETag is answered with everything.
    ///
    /// ## Why it matters
    /// A weak tag says that two versions mean the same, not that their bytes are the same; only equal bytes
    /// may be put together.
    ///
    /// ## How to fix
    /// Do not strip `W/` before the comparison in If-Range: a weak tag never matches there. In Werkzeug and
    /// Express's `send` a newer version does it right.
    static IF_RANGE_WEAK = {
        id: "ranges/if-range-weak", level: Recommended, profile: Seek, since: "0.1.0",
        clauses: &[rfc9110::S13_1_5, rfc9110::S8_8_3],
        needs: &[RangeTable, Validators],
        judge: if_range_weak,
        proof: &["ranges/if-range-weak-matches"],
    }
}
fn if_range_weak(case: &Case) -> Verdict {
    on_ground(case, |case| if_range(case, "if-range-weak", Class::Full, "the recording has no ETag"))
}

check! {
    /// If-Range with an older date than Last-Modified is answered with everything.
    ///
    /// ## Why it matters
    /// The client holds a part of an older version. A part of the newer one does not belong to it.
    ///
    /// ## How to fix
    /// The date must be exactly the one of Last-Modified, to the second; anything else means 200 with
    /// everything.
    static IF_RANGE_OLDER_DATE = {
        id: "ranges/if-range-older-date", level: Recommended, profile: Seek, since: "0.1.0",
        clauses: &[rfc9110::S13_1_5],
        needs: &[RangeTable, Validators],
        judge: if_range_older_date,
        proof: &["ranges/if-range-any-date"],
    }
}
fn if_range_older_date(case: &Case) -> Verdict {
    let otherwise = "the recording has no Last-Modified that is a minute old";
    on_ground(case, |case| if_range(case, "if-range-date-older", Class::Full, otherwise))
}

check! {
    /// If-Range with a newer date than Last-Modified is answered with everything.
    ///
    /// ## Why it matters
    /// The date must match exactly; a newer one belongs to a version that this server does not have. Many
    /// servers take "not older" for a match, and with recordings that never change nobody is hurt.
    ///
    /// ## How to fix
    /// Compare with `==`, to the second, not with `<=`.
    static IF_RANGE_NEWER_DATE = {
        id: "ranges/if-range-newer-date", level: Informational, profile: Seek, since: "0.1.0",
        clauses: &[rfc9110::S13_1_5],
        needs: &[RangeTable, Validators],
        judge: if_range_newer_date,
        proof: &["ranges/if-range-any-date"],
    }
}
fn if_range_newer_date(case: &Case) -> Verdict {
    let otherwise = "the recording has no Last-Modified that is a minute old";
    on_ground(case, |case| if_range(case, "if-range-date-newer", Class::Full, otherwise))
}

check! {
    /// If-Range that is garbled, or stands without Range, is answered with the recording.
    ///
    /// ## Why it matters
    /// If-Range is no condition for an answer, only for a part of it. A client that sends it must get the
    /// recording, whole or in part, never an error.
    ///
    /// ## How to fix
    /// Look at If-Range only where Range is there, and ignore Range where the value does not match. Do not
    /// hand it to the code for If-Match, which answers 412.
    static IF_RANGE_SURVIVES = {
        id: "ranges/if-range-survives", level: Recommended, profile: Seek, since: "0.1.0",
        clauses: &[rfc9110::S13_1_5],
        needs: &[RangeTable, Validators],
        judge: if_range_survives,
        proof: &["ranges/if-range-fails-412", "ranges/if-range-junk-500"],
    }
}
fn if_range_survives(case: &Case) -> Verdict {
    each(case, &["if-range-junk", "if-range-alone"], &[200, 206], |length| {
        vec![format!("200 OK with all {}", count(length)), "206 Partial Content".to_owned()]
    })
}

check! {
    /// If-None-Match with the recording's tag is answered 304, or with everything: Range comes after it.
    ///
    /// ## Why it matters
    /// A cache that asks "only if it has changed" must not get a part that it did not ask to keep.
    ///
    /// ## How to fix
    /// Evaluate the conditions in the order of RFC 9110 §13.2.2: If-Match, If-None-Match, then Range and
    /// If-Range. Most frameworks do (`res.sendFile`, `http.ServeContent`, Spring's `ResourceHttpRequestHandler`).
    static NOT_MODIFIED = {
        id: "ranges/not-modified", level: Recommended, profile: Seek, since: "0.1.0",
        clauses: &[rfc9110::S13_1_2, rfc9110::S13_2_2],
        needs: &[RangeTable, Validators],
        judge: not_modified,
        proof: &["ranges/ignores-if-none-match"],
    }
}
fn not_modified(case: &Case) -> Verdict {
    if case.asked(Probe::Validators, "if-none-match").next().is_none() {
        return Verdict::not_applicable("the recording has no ETag");
    }
    each(case, &["if-none-match"], &[200, 304], |_| vec!["304 Not Modified".to_owned()])
}

check! {
    /// Conditions that do not hold are answered 412 or 304, or ignored; never with 416 or a failure.
    ///
    /// ## Why it matters
    /// 416 says that the range is wrong, and a client that believes it asks for other ranges of a recording
    /// that is another one.
    ///
    /// ## How to fix
    /// If-Match and If-Unmodified-Since that do not hold: 412. If-Modified-Since that does not: 304. Evaluate
    /// them before the range.
    static PRECONDITIONS = {
        id: "ranges/preconditions", level: Recommended, profile: Seek, since: "0.1.0",
        clauses: &[rfc9110::S13_1],
        needs: &[RangeTable, Validators],
        judge: preconditions,
        proof: &["ranges/preconditions-416", "ranges/if-modified-since-500"],
    }
}
fn preconditions(case: &Case) -> Verdict {
    let cases = ["if-match-other", "if-unmodified-since-old", "if-modified-since"];
    each(case, &cases, &[200, 206, 304, 412], |_| {
        vec!["412 Precondition Failed".to_owned(), "304 Not Modified".to_owned()]
    })
}

check! {
    /// A part carries the header fields that the whole recording carries.
    ///
    /// ## Why it matters
    /// Caches and players go by them: a part without its type or its caching rules is treated otherwise than
    /// the rest of the same recording.
    ///
    /// ## How to fix
    /// Set Content-Type, Cache-Control, Expires, Vary, ETag and Last-Modified in one place, before the code
    /// that decides between 200 and 206. Some proxies drop them from 206: look at `proxy_hide_header` and at
    /// the header policy of your CDN.
    static PART_HEADERS = {
        id: "ranges/part-headers", level: Recommended, profile: Seek, since: "0.1.0",
        clauses: &[rfc9110::S15_3_7],
        needs: &[RangeTable, Download],
        judge: part_headers,
        proof: &["ranges/part-loses-headers"],
    }
}
fn part_headers(case: &Case) -> Verdict {
    const FIELDS: [&str; 8] = [
        "Date",
        "Cache-Control",
        "ETag",
        "Expires",
        "Content-Location",
        "Vary",
        "Content-Type",
        "Last-Modified",
    ];
    with_whole(case, |whole, part| {
        let lost = FIELDS.into_iter().find(|f| whole.header(f).is_some() && part.header(f).is_none())?;
        let before = clip(whole.header(lost).unwrap_or_default());
        Some((
            format!("{lost}: {before}, as with the whole recording"),
            format!("206 Partial Content without {lost}"),
        ))
    })
}

check! {
    /// Vary is the same for the whole recording and for its parts, and never `*`.
    ///
    /// ## Why it matters
    /// A cache keeps whole and parts under what Vary names; where they differ, or with `*`, it keeps nothing,
    /// and every seek goes to your server.
    ///
    /// ## How to fix
    /// Leave Vary out for recordings, or set the same value (`Vary: Origin` with CORS) on 200 and 206.
    static VARY = {
        id: "ranges/vary", level: Recommended, profile: Seek, since: "0.1.0",
        clauses: &[rfc9110::S12_5_5],
        needs: &[RangeTable, Download],
        judge: vary,
        proof: &["ranges/vary-star"],
    }
}
fn vary(case: &Case) -> Verdict {
    with_whole(case, |whole, part| {
        let (before, now) = (whole.header("vary"), part.header("vary"));
        let star = now.is_some_and(|value| value.split(',').any(|name| name.trim() == "*"));
        let told = |value: Option<&str>| {
            value.map_or("no Vary".to_owned(), |value| format!("Vary: {}", clip(value)))
        };
        // What is lost altogether is ranges/part-headers'.
        (star || now.is_some() && before != now).then(|| (told(before.filter(|v| *v != "*")), told(now)))
    })
}

/// Compares the whole download's header with that of the middle part: what was expected, and what came.
fn with_whole(
    case: &Case,
    differs: impl Fn(&crate::evidence::Answer, &crate::evidence::Answer) -> Option<(String, String)>,
) -> Verdict {
    if let Err(verdict) = ground(case) {
        return verdict;
    }
    let whole = case.asked(Probe::Download, "whole").next().and_then(Exchange::answer);
    let (Some(whole), Ok(part)) = (whole, row(case, "middle")) else {
        return Verdict::unjudged("the whole recording or its middle was not answered");
    };
    let Some(answer) = part.answer() else { return Verdict::unjudged("the middle was not answered") };
    match differs(whole, answer) {
        None => Verdict::Pass,
        Some((expected, arrived)) => {
            Verdict::fail(Finding::new(sent(part), expected, arrived).seen_in(part.id()))
        }
    }
}

fn on_ground(case: &Case, judge: impl Fn(&Case) -> Verdict) -> Verdict {
    match ground(case) {
        Ok(_) => judge(case),
        Err(verdict) => verdict,
    }
}

/// Judges cases by their status; a 200 must be everything.
fn each(
    case: &Case,
    names: &[&'static str],
    right: &[u16],
    expected: impl Fn(u64) -> Vec<String>,
) -> Verdict {
    let length = match ground(case) {
        Ok(whole) => whole.length,
        Err(verdict) => return verdict,
    };
    let asked = names.iter().filter_map(|name| case.asked(Probe::Validators, name).next());
    let asked = asked.filter(|exchange| exchange.answer().is_none_or(|answer| !is_throttled(answer)));
    first(asked.filter_map(|exchange| {
        let fine = exchange.answer().is_some_and(|answer| {
            right.contains(&answer.status)
                && (answer.status != 200 || classify(answer, length) == Class::Full)
        });
        (!fine).then(|| {
            let mut finding = Finding::new(sent(exchange), String::new(), received_with(exchange, &[]));
            finding.expected = expected(length);
            if status_of(exchange).is_none() {
                finding.received = received(exchange);
            }
            finding.seen_in(exchange.id())
        })
    }))
}
