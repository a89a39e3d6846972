//! Several ranges in one header. Neither HubSpot nor browsers are known to send them, so nothing here is required; a
//! server may ignore them, and what it answers instead must be honest.

use super::ground::{ground, is_wrong};
use super::telling::{clip, count, first, received, received_with, sent};
use super::{ends, is_throttled, named};
use crate::check::{Case, Check, check};
use crate::clauses::rfc9110;
use crate::evidence::{Content, End, Exchange, Multipart, Probe};
use crate::range::content_range::{self, ContentRange};
use crate::range::oracle::{self, Asked, Class, classify};
use crate::verdict::{Finding, Verdict};

pub(in crate::catalogue) static CHECKS: &[&Check] =
    &[&SEVERAL_RANGES, &MULTIPART, &ONE_OF_SEVERAL_BEYOND, &MANY_RANGES];

/// The cases that `--dos-hygiene` adds.
const MUCH: [&str; 2] = ["many-small", "whole-again"];
/// What a part of a multipart body costs besides its bytes.
const SMALL_GAP: u64 = 128;
/// After so long a server was busy with it.
const BUSY_MS: f64 = 5000.0;

check! {
    /// Several ranges are answered with everything, with one of them, or with a multipart body.
    ///
    /// ## Why it matters
    /// A client that gets pieces glued together under one Content-Range puts them where they do not belong,
    /// and plays noise.
    ///
    /// ## How to fix
    /// The simplest right answer is 200 with everything: ignore a Range header with a comma. Else send
    /// `multipart/byteranges`, or the first range alone as an ordinary 206. Never write two slices into one
    /// body.
    static SEVERAL_RANGES = {
        id: "ranges/several", level: Recommended, profile: Seek, since: "0.1.0",
        clauses: &[rfc9110::S14_2, rfc9110::S15_3_7_2],
        needs: &[RangeTable, Several],
        judge: several_ranges,
        proof: &["ranges/concatenates-slices", "ranges/500-on-several", "ranges/multipart-as-audio"],
    }
}
fn several_ranges(case: &Case) -> Verdict {
    each(
        case,
        |name| !MUCH.contains(&name),
        |exchange, length| {
            let Some(answer) = exchange.answer() else { return Some("no answer") };
            match classify(answer, length) {
                Class::Full | Class::Multi | Class::Unsatisfiable | Class::Rejected => None,
                Class::Part if is_one_of_them(exchange, length) => None,
                Class::Part => Some("a part that was not asked for"),
                Class::Other => Some("a failure"),
            }
        },
    )
}

/// Whether a 206 with one part is one of the asked ranges, or several of them that touch.
fn is_one_of_them(exchange: &Exchange, length: u64) -> bool {
    let (Some(answer), Some(header)) = (exchange.answer(), exchange.sent("range")) else { return false };
    let Some(named) = named(answer) else { return false };
    let set = header.strip_prefix("bytes=").unwrap_or_default();
    let mut asked: Vec<(u64, u64)> = set
        .split(',')
        .filter_map(|spec| match oracle::parse(Some(&format!("bytes={}", spec.trim()))) {
            Asked::One(spec) => ends(spec, length),
            _ => None,
        })
        .collect();
    asked.sort_unstable();
    let mut joined: Vec<(u64, u64)> = Vec::new();
    for (first, last) in &asked {
        match joined.last_mut() {
            // A gap that is smaller than what a part of its own would cost may be filled (RFC 9110 §15.3.7.2).
            Some(before) if *first <= before.1.saturating_add(SMALL_GAP) => before.1 = before.1.max(*last),
            _ => joined.push((*first, *last)),
        }
    }
    let fits = asked.iter().chain(&joined).any(|range| *range == (named.first, named.last));
    let complete = answer.body.end != End::Complete || answer.body.length == named.last + 1 - named.first;
    fits && complete && !is_wrong(exchange)
}

check! {
    /// A multipart body names its boundary, and each part its place, the recording's length, and the bytes
    /// there.
    ///
    /// ## Why it matters
    /// Whoever asks for several ranges reads the parts by this form alone; a wrong total or line end makes
    /// the answer unreadable.
    ///
    /// ## How to fix
    /// `Content-Type: multipart/byteranges; boundary=b` and no Content-Range at the top; before each part
    /// `--b` CRLF, its Content-Type and `Content-Range: bytes a-b/L` with the whole length, an empty line;
    /// after the last one `--b--`. Or ignore several ranges altogether.
    static MULTIPART = {
        id: "ranges/multipart", level: Recommended, profile: Seek, since: "0.1.0",
        clauses: &[rfc9110::S14_6, rfc9110::S15_3_7_2],
        needs: &[RangeTable, Several],
        judge: multipart,
        proof: &["ranges/multipart-totals", "ranges/multipart-line-feeds", "ranges/multipart-as-audio"],
    }
}
fn multipart(case: &Case) -> Verdict {
    let length = match ground(case) {
        Ok(whole) => whole.length,
        Err(verdict) => return verdict,
    };
    let asked: Vec<_> = case.story.of(Probe::Several).filter(|e| !MUCH.contains(&e.case.as_str())).collect();
    first(asked.into_iter().filter_map(|exchange| {
        let parts = case.story.multiparts.iter().find(|parts| parts.exchange == exchange.number);
        let wrong = match parts {
            Some(parts) => malformed(exchange, parts, length)?,
            None => unmarked(exchange)?,
        };
        let expected = format!("multipart/byteranges with parts of {}", count(length));
        Some(
            Finding::new(
                sent(exchange),
                expected,
                received_with(exchange, &["Content-Type", "Content-Range"]),
            )
            .or(format!("200 OK with all {}", count(length)))
            .differing(wrong)
            .seen_in(exchange.id()),
        )
    }))
}

/// A multipart body under another type.
fn unmarked(exchange: &Exchange) -> Option<String> {
    let answer = exchange.answer().filter(|answer| answer.status == 206)?;
    let Content::Differs(difference) = &answer.body.content else { return None };
    let is_multipart = difference.head.starts_with("2d2d") && named(answer).is_none();
    is_multipart.then(|| "a multipart body whose Content-Type does not say so".to_owned())
}

fn malformed(exchange: &Exchange, body: &Multipart, length: u64) -> Option<String> {
    if let Some(why) = &body.malformed {
        return Some(clip(why));
    }
    if let Some(range) = exchange.answer().and_then(|answer| answer.header("content-range")) {
        return Some(format!("Content-Range: {} at the top", clip(range)));
    }
    (1..).zip(&body.parts).find_map(|(number, part)| {
        let claimed = part.content_range.as_deref().unwrap_or_default();
        let (first, last) = match content_range::parse(claimed) {
            Ok(ContentRange::Part { first, last, complete: Some(complete) }) if complete == length => {
                (first, last)
            }
            _ => return Some(format!("part {number} says Content-Range: {}", clip(claimed))),
        };
        if part.length != (last - first).saturating_add(1) {
            return Some(format!(
                "part {number} has {} instead of {}",
                count(part.length),
                count(last + 1 - first)
            ));
        }
        matches!(part.content, Content::Differs(_)).then(|| format!("part {number} has other bytes"))
    })
}

check! {
    /// Of several ranges, one beyond the end does not spoil the others.
    ///
    /// ## Why it matters
    /// A set of ranges can be satisfied as soon as one of them can; a client that guessed the length too
    /// large would get nothing.
    ///
    /// ## How to fix
    /// Leave out the ranges that lie beyond the end, and answer 416 only when none is left. Or ignore several
    /// ranges altogether.
    static ONE_OF_SEVERAL_BEYOND = {
        id: "ranges/one-of-several-beyond", level: Recommended, profile: Seek, since: "0.1.0",
        clauses: &[rfc9110::S14_1_1, rfc9110::S15_5_17],
        needs: &[RangeTable, Several],
        judge: one_of_several_beyond,
        proof: &["ranges/refuses-one-beyond"],
    }
}
fn one_of_several_beyond(case: &Case) -> Verdict {
    each(
        case,
        |name| name == "one-beyond",
        |exchange, length| {
            let answer = exchange.answer()?;
            (classify(answer, length) == Class::Unsatisfiable).then_some("a refusal of what can be satisfied")
        },
    )
}

check! {
    /// Two hundred tiny ranges, or the whole recording five times, cost no more than the recording twice.
    ///
    /// ## Why it matters
    /// One small request that makes a server send or compute many times the file can bring it down. It is
    /// asked only with `--dos-hygiene`.
    ///
    /// ## How to fix
    /// Limit the number of ranges (`max_ranges 4` in nginx, `MaxRanges 4` in Apache httpd), and ignore a set
    /// whose sum is larger than the file. Upgrade Starlette beyond 0.49: older versions take quadratic time.
    static MANY_RANGES = {
        id: "ranges/many", level: Recommended, profile: Seek, since: "0.1.0",
        clauses: &[rfc9110::S17_15, rfc9110::S14_2],
        needs: &[RangeTable, Several],
        judge: many_ranges,
        proof: &["ranges/returns-many-times-the-file"],
    }
}
fn many_ranges(case: &Case) -> Verdict {
    if !case.story.of(Probe::Several).any(|exchange| MUCH.contains(&exchange.case.as_str())) {
        return Verdict::not_applicable("it is asked only with --dos-hygiene");
    }
    each(
        case,
        |name| MUCH.contains(&name),
        |exchange, length| {
            let Some(answer) = exchange.answer() else { return Some("no answer") };
            if answer.status >= 500 {
                Some("a failure")
            } else if answer.body.length > length.saturating_mul(2) {
                Some("more than twice the recording")
            } else {
                (exchange.timing.total_ms > BUSY_MS).then_some("more than 5 seconds")
            }
        },
    )
}

fn each(
    case: &Case,
    chosen: impl Fn(&str) -> bool,
    wrong: impl Fn(&Exchange, u64) -> Option<&'static str>,
) -> Verdict {
    let length = match ground(case) {
        Ok(whole) => whole.length,
        Err(verdict) => return verdict,
    };
    let asked = case.story.of(Probe::Several).filter(|exchange| chosen(&exchange.case));
    let asked = asked.filter(|exchange| exchange.answer().is_none_or(|answer| !is_throttled(answer)));
    first(asked.filter_map(|exchange| {
        let wrong = wrong(exchange, length)?;
        let expected = format!("200 OK with all {}", count(length));
        Some(
            Finding::new(sent(exchange), expected, received(exchange))
                .or("206 Partial Content, multipart/byteranges")
                .or("206 Partial Content with one of the ranges")
                .differing(wrong)
                .seen_in(exchange.id()),
        )
    }))
}
