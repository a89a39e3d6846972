//! Ranges that are none: reversed, garbled, in another unit or not sent at all; and what Accept-Ranges says of them.

use super::ends::no_part;
use super::telling::{clip, count, first, received, received_with, sent};
use super::{is_throttled, named, row, whole};
use crate::check::{Case, Check, check};
use crate::clauses::{guide, rfc9110};
use crate::evidence::{Exchange, Outcome, Probe};
use crate::range::oracle::{Class, classify};
use crate::range::table::TABLE;
use crate::verdict::{Finding, Verdict};

pub(in crate::catalogue) static CHECKS: &[&Check] = &[
    &REVERSED,
    &GARBAGE,
    &UNKNOWN_UNIT,
    &NO_UNASKED_PARTIAL,
    &ACCEPT_RANGES_TRUTHFUL,
    &ACCEPT_RANGES_VALUE,
    &ACCEPT_RANGES_PRESENT,
];

check! {
    /// A reversed range, `bytes=500-100`, is not answered with a part.
    ///
    /// ## Why it matters
    /// Such a header is invalid; a server that swaps the ends or computes a negative length has other
    /// surprises for players.
    ///
    /// ## How to fix
    /// Test `first <= last` right after parsing, and ignore the header (200) or refuse it (400, 416)
    /// otherwise.
    static REVERSED = {
        id: "ranges/reversed", level: Recommended, profile: Seek, since: "0.1.0",
        clauses: &[rfc9110::S14_1_1],
        needs: &[RangeTable],
        judge: reversed,
        proof: &["ranges/swaps-reversed"],
    }
}
fn reversed(case: &Case) -> Verdict {
    no_part(case, "reversed")
}

check! {
    /// A Range header that does not follow the grammar is ignored or refused.
    ///
    /// ## Why it matters
    /// A parser that finds a number in `bytes=abc` will find wrong ones elsewhere; one that answers 500 can
    /// be made to fail by any client.
    ///
    /// ## How to fix
    /// Match the whole value against `^bytes=(\d+)-(\d*)$` or `^bytes=-(\d+)$`; where it does not match,
    /// behave as if no Range had come. Do not use `parseInt`, which stops at the first letter. Reading
    /// `bytes=+0-5` as `0-5` is lenient and passes.
    static GARBAGE = {
        id: "ranges/garbage", level: Recommended, profile: Seek, since: "0.1.0",
        clauses: &[rfc9110::S14_1_1, rfc9110::S14_2],
        needs: &[RangeTable],
        judge: garbage,
        proof: &["ranges/reads-garbage"],
    }
}
fn garbage(case: &Case) -> Verdict {
    let rows = TABLE.iter().map(|row| row.case).filter(|name| name.starts_with("garbage-"));
    each_ignored(case, rows, lenient)
}

check! {
    /// A range in a unit that nobody knows is ignored.
    ///
    /// ## Why it matters
    /// `seconds=1-2` is not a request for bytes; a server that takes it for one does not read the header at
    /// all.
    ///
    /// ## How to fix
    /// Compare the unit with `bytes` before you look for numbers, and answer 200 with everything to any other
    /// unit.
    static UNKNOWN_UNIT = {
        id: "ranges/unknown-unit", level: Recommended, profile: Seek, since: "0.1.0",
        clauses: &[rfc9110::S14_2],
        needs: &[RangeTable],
        judge: unknown_unit,
        proof: &["ranges/unknown-unit-as-bytes"],
    }
}
fn unknown_unit(case: &Case) -> Verdict {
    each_ignored(case, ["unit-items", "unit-seconds"], |_, _| false)
}

check! {
    /// A request without Range is answered with everything, not with a part.
    ///
    /// ## Why it matters
    /// HubSpot's transcriber downloads the recording as a whole. A client that asked for no part may refuse a
    /// 206, or take what is enclosed for all there is.
    ///
    /// ## How to fix
    /// Set 206 and `Content-Range` only where a `Range` header came. In Express do not set `res.status(206)`
    /// unconditionally; at a CDN let the origin's status pass; with S3 do not add a Range of your own when
    /// you proxy.
    static NO_UNASKED_PARTIAL = {
        id: "ranges/no-unasked-partial", level: Required, profile: Seek, since: "0.1.0",
        clauses: &[rfc9110::S15_3_7, rfc9110::S14_4],
        needs: &[Download],
        judge: no_unasked_partial,
        proof: &["ranges/always-206"],
    }
}
fn no_unasked_partial(case: &Case) -> Verdict {
    let asked: Vec<_> = unasked(case).filter(|exchange| exchange.answer().is_some()).collect();
    if asked.is_empty() {
        return Verdict::unjudged("the recording was not downloaded: see download/succeeds");
    }
    first(asked.into_iter().filter_map(|exchange| {
        let answer = exchange.answer()?;
        let partial =
            answer.status == 206 || answer.status == 200 && answer.header("content-range").is_some();
        partial.then(|| {
            let sent = format!("{}, without Range", sent(exchange));
            Finding::new(sent, "200 OK without Content-Range", received(exchange)).seen_in(exchange.id())
        })
    }))
}
fn unasked<'a>(case: &Case<'a>) -> impl Iterator<Item = &'a Exchange> + use<'a> {
    case.story.asked(Probe::Download, "whole").chain(case.story.asked(Probe::RangeTable, "no-range"))
}

check! {
    /// `Accept-Ranges: bytes` is said only where ranges are answered with 206.
    ///
    /// ## Why it matters
    /// Chromium believes it: the recording looks seekable, and every drag of the playhead downloads it again
    /// from the start.
    ///
    /// ## How to fix
    /// Answer ranges with 206, which is needed anyway; else take the header away. A framework or CDN may add
    /// it on its own (nginx, Express `res.sendFile`, CloudFront) in front of a handler that ignores Range:
    /// forward the header, or serve the file by the framework itself.
    static ACCEPT_RANGES_TRUTHFUL = {
        id: "ranges/accept-ranges-truthful", level: Required, profile: Seek, since: "0.1.0",
        clauses: &[rfc9110::S14_3, guide::RANGE_206],
        needs: &[RangeTable],
        judge: accept_ranges_truthful,
        proof: &["ranges/accept-ranges-lies", "ranges/opens-with-200", "ranges/200-with-a-slice"],
    }
}
fn accept_ranges_truthful(case: &Case) -> Verdict {
    let (exchange, whole) = match row(case, "open-from-start").and_then(|row| Ok((row, whole(case)?))) {
        Ok(both) => both,
        Err(reason) => return Verdict::unjudged(reason),
    };
    let Some(answer) = exchange.answer() else {
        return Verdict::not_applicable("bytes=0- was not answered: ranges/open-from-start speaks of it");
    };
    let advertised = answer.headers("accept-ranges").any(says_bytes);
    if !advertised || classify(answer, whole.length) != Class::Full {
        return Verdict::Pass;
    }
    Verdict::fail(
        Finding::new(
            sent(exchange),
            "206 Partial Content",
            received_with(exchange, &["Accept-Ranges", "Content-Range"]),
        )
        .or("200 OK without Accept-Ranges: bytes")
        .seen_in(exchange.id()),
    )
}
fn says_bytes(value: &str) -> bool {
    value.split(',').any(|unit| unit.trim().eq_ignore_ascii_case("bytes"))
}

check! {
    /// Accept-Ranges, where it is sent, says `bytes`, or `none` where ranges do not work.
    ///
    /// ## Why it matters
    /// Chromium looks for the word `bytes`; anything else is read as "no ranges", and its cache is not used.
    ///
    /// ## How to fix
    /// Send `Accept-Ranges: bytes`, nothing else: the header names a unit, not a range.
    static ACCEPT_RANGES_VALUE = {
        id: "ranges/accept-ranges-value", level: Recommended, profile: Seek, since: "0.1.0",
        clauses: &[rfc9110::S14_3],
        needs: &[Download],
        judge: accept_ranges_value,
        proof: &["ranges/accept-ranges-garbage", "ranges/accept-ranges-none"],
    }
}
fn accept_ranges_value(case: &Case) -> Verdict {
    let works = row(case, "open-from-start")
        .ok()
        .and_then(Exchange::answer)
        .is_some_and(|answer| matches!(answer.status, 206));
    accept_ranges(case, |values| {
        values.iter().all(|value| says_bytes(value) || (!works && value.trim().eq_ignore_ascii_case("none")))
    })
}

check! {
    /// Accept-Ranges says that ranges work.
    ///
    /// ## Why it matters
    /// Players find out by asking, so nothing breaks; with it Chromium can fill holes from its cache and asks
    /// less.
    ///
    /// ## How to fix
    /// Send `Accept-Ranges: bytes` with 200 and 206.
    static ACCEPT_RANGES_PRESENT = {
        id: "ranges/accept-ranges-present", level: Informational, profile: Seek, since: "0.1.0",
        clauses: &[rfc9110::S14_3],
        needs: &[Download],
        judge: accept_ranges_present,
        proof: &["ranges/accept-ranges-none"],
    }
}
fn accept_ranges_present(case: &Case) -> Verdict {
    accept_ranges(case, |values| {
        !values.is_empty() && values.iter().all(|value| !value.trim().eq_ignore_ascii_case("none"))
    })
}

/// Judges the Accept-Ranges of the whole download and of the first range.
fn accept_ranges(case: &Case, right: impl Fn(&[&str]) -> bool) -> Verdict {
    let exchanges =
        case.asked(Probe::Download, "whole").chain(case.asked(Probe::RangeTable, "open-from-start"));
    first(exchanges.filter_map(|exchange| {
        let answer = exchange.answer().filter(|answer| matches!(answer.status, 200 | 206))?;
        let values: Vec<_> = answer.headers("accept-ranges").collect();
        let said = match values.first() {
            Some(value) => format!("Accept-Ranges: {}", clip(value)),
            None => "no Accept-Ranges".to_owned(),
        };
        (!right(&values))
            .then(|| Finding::new(sent(exchange), "Accept-Ranges: bytes", said).seen_in(exchange.id()))
    }))
}

/// Judges rows that must be ignored or refused; a part passes only where `forgiven` says so.
fn each_ignored(
    case: &Case,
    rows: impl IntoIterator<Item = &'static str>,
    forgiven: fn(&str, &Exchange) -> bool,
) -> Verdict {
    let length = match whole(case) {
        Ok(whole) => whole.length,
        Err(reason) => return Verdict::unjudged(reason),
    };
    let exchanges: Vec<_> = rows.into_iter().filter_map(|name| Some((name, row(case, name).ok()?))).collect();
    if exchanges.is_empty() {
        return Verdict::unjudged("none of these cases was asked");
    }
    first(exchanges.into_iter().filter_map(|(name, exchange)| {
        let fine = match &exchange.outcome {
            Outcome::Failed(_) => false,
            Outcome::Answered(answer) => {
                is_throttled(answer)
                    || matches!(
                        classify(answer, length),
                        Class::Full | Class::Rejected | Class::Unsatisfiable
                    )
                    || forgiven(name, exchange)
            }
        };
        (!fine).then(|| {
            Finding::new(sent(exchange), format!("200 OK with all {}", count(length)), received(exchange))
                .or("400 Bad Request")
                .or("416 Range Not Satisfiable")
                .seen_in(exchange.id())
        })
    }))
}

/// Whether a part is what a lenient reader would take the garbled header for.
fn lenient(case: &str, exchange: &Exchange) -> bool {
    let read = match case {
        "garbage-sign" | "garbage-parameter" | "garbage-decimal" | "garbage-no-equals"
        | "garbage-no-unit" | "garbage-hex" => (0, 5),
        "garbage-three" => (1, 2),
        _ => return false,
    };
    exchange.answer().is_some_and(|answer| {
        answer.status == 206
            && named(answer).is_some_and(|named| (named.first, named.last) == read)
            && answer.body.length == read.1 - read.0 + 1
    })
}

#[cfg(test)]
mod tests {
    use super::super::sample::{LENGTH, answer, judge, partial, row_story, story};
    use super::*;

    #[test]
    fn reversed_is_not_swapped() {
        assert_eq!(judge(&REVERSED, &row_story("reversed", answer(200, LENGTH, &[]))), Verdict::Pass);
        assert_eq!(judge(&REVERSED, &row_story("reversed", partial(100, 500))).word(), "fail");
    }

    #[test]
    fn garbage_is_ignored_refused_or_read_leniently() {
        for honest in [answer(200, LENGTH, &[]), answer(400, 0, &[]), answer(416, 0, &[])] {
            assert_eq!(judge(&GARBAGE, &row_story("garbage-letters", honest)), Verdict::Pass);
        }
        assert_eq!(judge(&GARBAGE, &row_story("garbage-sign", partial(0, 5))), Verdict::Pass);
        assert_eq!(judge(&GARBAGE, &row_story("garbage-sign", partial(0, 4))).word(), "fail");
        assert_eq!(judge(&GARBAGE, &row_story("garbage-letters", partial(0, 0))).word(), "fail");
        assert_eq!(judge(&GARBAGE, &row_story("garbage-dash", answer(500, 0, &[]))).word(), "fail");
        assert_eq!(judge(&GARBAGE, &story(Vec::new())).word(), "unjudged");
    }

    #[test]
    fn another_unit_is_not_bytes() {
        assert_eq!(judge(&UNKNOWN_UNIT, &row_story("unit-items", answer(200, LENGTH, &[]))), Verdict::Pass);
        assert_eq!(judge(&UNKNOWN_UNIT, &row_story("unit-items", partial(0, 5))).word(), "fail");
    }

    #[test]
    fn nobody_gets_a_part_unasked() {
        assert_eq!(judge(&NO_UNASKED_PARTIAL, &story(Vec::new())), Verdict::Pass);
        let always = row_story("no-range", partial(0, LENGTH - 1));
        assert_eq!(judge(&NO_UNASKED_PARTIAL, &always).word(), "fail");
        let named = row_story("no-range", answer(200, LENGTH, &[("Content-Range", "bytes 0-(null)/(null)")]));
        assert_eq!(judge(&NO_UNASKED_PARTIAL, &named).word(), "fail");
        let mut nothing = story(Vec::new());
        nothing.exchanges.clear();
        assert_eq!(judge(&NO_UNASKED_PARTIAL, &nothing).word(), "unjudged");
    }

    #[test]
    fn accept_ranges_is_believed() {
        let row = "open-from-start";
        let lying = answer(200, LENGTH, &[("accept-ranges", "bytes")]);
        assert_eq!(judge(&ACCEPT_RANGES_TRUTHFUL, &row_story(row, lying)).word(), "fail");
        let silent = answer(200, LENGTH, &[]);
        assert_eq!(judge(&ACCEPT_RANGES_TRUTHFUL, &row_story(row, silent)), Verdict::Pass);
        let honest = partial(0, LENGTH - 1);
        assert_eq!(judge(&ACCEPT_RANGES_TRUTHFUL, &row_story(row, honest)), Verdict::Pass);
    }

    #[test]
    fn accept_ranges_names_a_unit() {
        let judged = |value: &str| {
            let story = row_story("open-from-start", answer(206, 9, &[("Accept-Ranges", value)]));
            (judge(&ACCEPT_RANGES_VALUE, &story).word(), judge(&ACCEPT_RANGES_PRESENT, &story).word())
        };
        assert_eq!(judged("bytes"), ("pass", "pass"));
        assert_eq!(judged("none"), ("fail", "fail"), "ranges work, so the header lies");
        let modest = row_story("open-from-start", answer(200, LENGTH, &[("Accept-Ranges", "none")]));
        assert_eq!(judge(&ACCEPT_RANGES_VALUE, &modest), Verdict::Pass);
        assert_eq!(judged("0-640044"), ("fail", "pass"));
        let silent = row_story("open-from-start", answer(206, 9, &[]));
        assert_eq!(judge(&ACCEPT_RANGES_VALUE, &silent), Verdict::Pass);
        assert_eq!(judge(&ACCEPT_RANGES_PRESENT, &silent).word(), "fail");
    }
}
