//! Ranges: what a player needs to seek.
//!
//! The fixed table comes first, a check a row (`rows`, `ends`, `spelling`); then what must hold for every answer
//! (`invariants`), If-Range (`validators`) and random ranges (`random`). One fault makes few findings: a fault that an
//! invariant names is not named again by each row. Here stands what they share: reading an answer, judging one part.

pub(super) mod clients;
pub(super) mod conditions;
pub(super) mod ends;
mod failures;
pub(super) mod ground;
pub(super) mod http2;
pub(super) mod invariants;
pub(super) mod numbers;
#[cfg(test)]
mod proof;
pub(super) mod random;
pub(super) mod rows;
#[cfg(test)]
pub(super) mod sample;
mod seen;
pub(super) mod several;
pub(super) mod spelling;
pub(super) mod telling;
pub(super) mod validators;
pub(super) mod wire;

use crate::check::Case;
use crate::evidence::{Answer, End, Exchange, Outcome, Probe};
use crate::range::invariants::{SHORTEST_CAP, Whole};
use crate::range::oracle::{self, Asked, Class, Spec, Wanted, classify};
use crate::verdict::{Finding, Verdict};
use telling::{count, received, sent};

/// What is known of the whole recording; else the reason why nothing is judged.
fn whole(case: &Case) -> Result<Whole, String> {
    Whole::of(case.story, case.call())
        .ok_or_else(|| "the whole recording is not known: see download/succeeds".to_owned())
}

/// The exchange of one row of the fixed table; else the reason why nothing is judged.
fn row<'a>(case: &Case<'a>, name: &'static str) -> Result<&'a Exchange, String> {
    case.asked(Probe::RangeTable, name).next().ok_or_else(|| format!("the case {name} was not asked"))
}

/// Whether the server only asked us to slow down.
fn is_throttled(answer: &Answer) -> bool {
    answer.status == 429 || answer.status == 503 && answer.header("retry-after").is_some()
}

/// What a Content-Range names, as far as it can be read at all; whether it makes sense is for the checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Named {
    first: u64,
    last: u64,
    total: Option<u64>,
}

/// Reads `bytes a-b/total` or `bytes a-b/*` (RFC 9110 §14.4).
fn named(answer: &Answer) -> Option<Named> {
    let mut values = answer.headers("content-range");
    let (Some(value), None) = (values.next(), values.next()) else { return None };
    let (unit, rest) = value.trim().split_once(' ')?;
    let (range, total) = rest.split_once('/')?;
    let (first, last) = range.split_once('-')?;
    let total = if total == "*" { None } else { Some(digits(total)?) };
    unit.eq_ignore_ascii_case("bytes").then_some(Named { first: digits(first)?, last: digits(last)?, total })
}

fn digits(text: &str) -> Option<u64> {
    let all_digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    all_digits.then(|| text.parse().ok()).flatten()
}

/// What a plainly spelt single range asks for; an odd spelling is nobody's promise.
fn plain(header: &str) -> Option<Spec> {
    match oracle::parse(Some(header)) {
        Asked::One(spec) if header == format!("bytes={spec}") => Some(spec),
        _ => None,
    }
}

/// First and last byte of what a range means; `None` where it cannot be satisfied.
fn ends(spec: Spec, length: u64) -> Option<(u64, u64)> {
    match oracle::wanted(spec, length) {
        Wanted::Part(first, last) => Some((first, last)),
        Wanted::Unsatisfiable => None,
    }
}

/// What a 200 with everything means for a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ignored {
    /// The part is needed.
    Breaks,
    /// Another check speaks of it.
    SpokenOfBy(&'static str),
}

/// Judges one row that must be answered with the part it asks for.
fn part(case: &Case, name: &'static str, ignored: Ignored) -> Verdict {
    match row(case, name).and_then(|exchange| Ok((exchange, whole(case)?))) {
        Ok((exchange, whole)) => match part_of(exchange, whole.length, ignored) {
            Verdict::Fail { finding } => confirmed(case, name, whole.length, ignored, finding),
            other => other,
        },
        Err(reason) => Verdict::unjudged(reason),
    }
}

/// A failure that shows every time; else what came and went (decision 6).
fn confirmed(case: &Case, name: &str, length: u64, ignored: Ignored, finding: Finding) -> Verdict {
    let again = case.story.of(Probe::RangeTable).filter(|e| e.case.strip_prefix("confirm-") == Some(name));
    let again: Vec<_> = again.map(|exchange| part_of(exchange, length, ignored).word() == "fail").collect();
    let (failed, of) = (1 + again.iter().filter(|failed| **failed).count(), 1 + again.len());
    if failed == of {
        return Verdict::fail(finding);
    }
    let (sent, ids) = (finding.sent, finding.evidence.join(" "));
    Verdict::unjudged(format!("unstable: failed {failed} of {of}: {sent} ({ids})"))
}

fn part_of(exchange: &Exchange, length: u64, ignored: Ignored) -> Verdict {
    let Some((first, last)) = exchange.sent("range").and_then(plain).and_then(|spec| ends(spec, length))
    else {
        return Verdict::unjudged("the range that was sent cannot be satisfied");
    };
    let asked = last - first + 1;
    let expected =
        format!("206 Partial Content, Content-Range: bytes {first}-{last}/{length}, {}", count(asked));
    let finding = || Finding::new(sent(exchange), expected, received(exchange)).seen_in(exchange.id());
    let answer = match &exchange.outcome {
        Outcome::Answered(answer) => answer,
        Outcome::Failed(_) => return Verdict::fail(finding()),
    };
    if is_throttled(answer) {
        return Verdict::unjudged(format!("the server asked us to slow down ({})", answer.status));
    }
    match (classify(answer, length), ignored) {
        (Class::Part, _) => match difference(answer, first, last) {
            None => Verdict::Pass,
            Some(at) => Verdict::fail(finding().differing(at)),
        },
        (Class::Multi, _) => {
            Verdict::not_applicable("answered as multipart: ranges/single-part speaks of it")
        }
        (Class::Full, Ignored::SpokenOfBy(check)) => {
            Verdict::not_applicable(format!("Range was ignored: {check} speaks of it"))
        }
        (Class::Full, Ignored::Breaks) => Verdict::fail(
            finding().differing(format!("status 200 and all {} instead of the part", count(length))),
        ),
        _ => Verdict::fail(finding().differing(format!("status {} instead of 206", answer.status))),
    }
}

/// Where a 206 differs from the part that was asked for. A Content-Range that cannot be read is left to
/// ranges/content-range; then the number of bytes decides.
fn difference(answer: &Answer, first: u64, last: u64) -> Option<String> {
    let asked = last - first + 1;
    let at_least = asked.min(SHORTEST_CAP);
    let enclosed = match named(answer) {
        Some(named) if named.first != first => {
            return Some(format!("first byte {} instead of {first}", named.first));
        }
        Some(named) if named.last > last => {
            return Some(format!("last byte {} instead of {last}", named.last));
        }
        Some(named) => (named.last + 1).saturating_sub(first),
        None => answer.body.length.min(asked),
    };
    if enclosed < at_least {
        return Some(format!("{} instead of {}", count(enclosed), count(asked)));
    }
    match &answer.body.end {
        End::Complete if answer.body.length != enclosed => {
            Some(format!("the body has {} instead of {}", count(answer.body.length), count(enclosed)))
        }
        End::CutShort(_) | End::Stalled(_) => {
            Some(format!("the body ended after {} of {}", count(answer.body.length), count(enclosed)))
        }
        End::Complete | End::Abandoned => None,
    }
}

#[cfg(test)]
mod tests {
    use super::sample::answer;
    use super::{Named, Spec, named, plain};

    #[test]
    fn a_content_range_is_read_only_as_it_may_be_spelt() {
        let read = |value| named(&answer(206, 1, &[("content-range", value)]));
        assert_eq!(read("bytes 0-0/9"), Some(Named { first: 0, last: 0, total: Some(9) }));
        assert_eq!(read("bytes 0-9/9"), Some(Named { first: 0, last: 9, total: Some(9) }));
        assert_eq!(read("bytes 0-0/*"), Some(Named { first: 0, last: 0, total: None }));
        for misspelt in ["bytes=0-0/9", "bytes 0-/9", "0-0/9", "bytes 0-0", "bytes 0--1/9", "bytes */9", ""] {
            assert_eq!(read(misspelt), None, "{misspelt}");
        }
    }

    #[test]
    fn only_plain_spellings_are_read() {
        assert_eq!(plain("bytes=0-9"), Some(Spec::FromTo(0, 9)));
        assert_eq!(plain("bytes=7-"), Some(Spec::From(7)));
        assert_eq!(plain("bytes=-5"), Some(Spec::Suffix(5)));
        for odd in
            ["Bytes=0-9", "bytes=00-9", "bytes= 0-9", "bytes=9-0", "bytes=0-1,3-4", "bytes=-", "items=0-1"]
        {
            assert_eq!(plain(odd), None, "{odd}");
        }
    }
}
