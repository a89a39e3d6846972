//! Each lie about ranges, told by a small model of a server: exactly the required checks that name it as their proof fail.

use super::sample::{LENGTH, answer, asked, exchange, judge, story, walked};
use super::{ends, invariants, plain, random, rows, spelling, validators};
use crate::check::{Check, Level};
use crate::evidence::{Answer, Content, Difference, Exchange, Outcome, Probe, RandomFailure, Story};
use crate::range::invariants::{Whole, broken};
use crate::range::oracle::plainly_satisfiable;
use crate::range::table::TABLE;

const BLOCK: u64 = 64 << 10;
const SECTIONS: [&[&Check]; 6] =
    [rows::CHECKS, ends::CHECKS, spelling::CHECKS, invariants::CHECKS, validators::CHECKS, random::CHECKS];

/// What the model makes of a request: first byte, last byte, or a status without a part.
enum Plan {
    Part(u64, u64),
    Status(u16),
}

fn header(answer: &mut Answer, name: &str, value: Option<String>) {
    answer.headers.to_mut().retain(|(known, _)| !known.eq_ignore_ascii_case(name));
    answer.headers.extend(value.map(|value| (name.into(), value.into())));
}

fn read(lie: &str, range: &str) -> Plan {
    let spec = plain(range).and_then(|spec| super::ends(spec, LENGTH));
    let numbers = range.strip_prefix("bytes=").and_then(|set| set.split_once('-'));
    let (from, to) = numbers.unwrap_or(("x", "x"));
    let closed_to: Option<u64> = to.parse().ok().filter(|_| !from.is_empty());
    let suffix: Option<u64> = to.parse().ok().filter(|_| from.is_empty());
    match (lie, spec) {
        ("answers-200-with-everything" | "accept-ranges-lies", _) => Plan::Status(200),
        ("opens-with-200", _) if range == "bytes=0-" => Plan::Status(200),
        ("zero-is-falsy", _) if range == "bytes=0-0" => Plan::Part(0, LENGTH - 1),
        ("refuses-0-1", _) if range == "bytes=0-1" => Plan::Status(416),
        ("refuses-end-beyond", _) if closed_to >= Some(LENGTH) => Plan::Status(416),
        ("refuses-suffix", _) if suffix.is_some() => Plan::Status(416),
        ("refuses-long-suffix", _) if suffix > Some(LENGTH) => Plan::Status(416),
        ("suffix-from-the-start", _) if suffix.is_some() => {
            Plan::Part(0, suffix.unwrap_or_default().min(LENGTH - 1))
        }
        ("starts-at-a-block", Some((first, last))) if first >= BLOCK => Plan::Part(first & !15, last),
        ("tiny-pieces", Some((first, last))) => Plan::Part(first, last.min(first + 999)),
        ("partial-at-the-end", None) if from.parse() == Ok(LENGTH) => Plan::Part(LENGTH, LENGTH - 1),
        ("zero-suffix-partial", None) if suffix == Some(0) => Plan::Part(LENGTH, LENGTH - 1),
        ("500-beyond-the-end", None) if from.parse().is_ok_and(|from: u64| from > LENGTH) => {
            Plan::Status(500)
        }
        ("404-beyond-the-end", None) if from.parse().is_ok_and(|from: u64| from > LENGTH) => {
            Plan::Status(404)
        }
        ("swaps-reversed", _) if range == "bytes=500-100" => Plan::Part(100, 500),
        ("reads-garbage", _) if range == "bytes=abc" => Plan::Part(0, 0),
        ("unknown-unit-as-bytes", _) if range == "items=0-5" => Plan::Part(0, 5),
        (_, Some((first, last))) => Plan::Part(first, last),
        (_, None) if plain(range).is_some() => Plan::Status(416),
        (_, None) => Plan::Status(200),
    }
}

fn serve(lie: &str, range: Option<&str>, if_range: Option<&str>, number: u64) -> Answer {
    let etag = if lie == "etag-each-time" { format!("\"{number}\"") } else { "\"v1\"".to_owned() };
    let applies = match if_range {
        None => true,
        Some(_) if lie == "if-range-ignored" => true,
        Some(tag) if tag.starts_with('"') => tag == etag && lie != "if-range-never-matches",
        Some(_) => lie != "if-range-date-never-matches",
    };
    let plan = match range.filter(|_| applies) {
        Some(range) => read(lie, range),
        None if lie == "always-206" => Plan::Part(0, LENGTH - 1),
        None => Plan::Status(200),
    };
    let mut served = match plan {
        Plan::Part(first, last) => part(lie, range.unwrap_or_default(), first, last),
        Plan::Status(200) => answer(200, LENGTH, &[]),
        Plan::Status(status) => refusal(lie, status),
    };
    let accept = match lie {
        "answers-200-with-everything" => None,
        "accept-ranges-garbage" => Some(format!("0-{LENGTH}")),
        "accept-ranges-none" => Some("none".to_owned()),
        _ => Some("bytes".to_owned()),
    };
    header(&mut served, "Accept-Ranges", accept);
    if served.header("etag").is_none() {
        header(&mut served, "ETag", Some(etag));
    }
    let length = served.body.length.to_string();
    header(&mut served, "Content-Length", Some(length));
    served
}

fn refusal(lie: &str, status: u16) -> Answer {
    let mut refused =
        answer(status, if lie == "whole-file-with-416" && status == 416 { LENGTH } else { 40 }, &[]);
    let named = match lie {
        _ if status != 416 => None,
        "416-without-length" => None,
        "416-without-unit" => Some(format!("*/{LENGTH}")),
        _ => Some(format!("bytes */{LENGTH}")),
    };
    header(&mut refused, "Content-Range", named);
    refused
}

fn part(lie: &str, range: &str, first: u64, last: u64) -> Answer {
    let length = last + 1 - first;
    let mut served = answer(206, length, &[]);
    served.body.content = Content::Equal { offset: first };
    let closed_to: Option<u64> = range.rsplit_once('-').and_then(|(_, to)| to.parse().ok());
    let is_suffix = range.starts_with("bytes=-");
    let is_open = range.ends_with('-') && !is_suffix;
    let mut named = Some(format!("bytes {first}-{last}/{LENGTH}"));
    match lie {
        "drops-the-last-byte" if !is_suffix && closed_to < Some(LENGTH) && closed_to.is_some() => {
            served.body.length -= 1;
        }
        "open-range-drops-the-last-byte" if is_open => served.body.length -= 1,
        "last-byte-empty" if range == format!("bytes={0}-{0}", LENGTH - 1) => served.body.length = 0,
        "content-range-ends-at-length" if is_open => named = Some(format!("bytes {first}-{LENGTH}/{LENGTH}")),
        "does-not-clamp" if !is_suffix && !is_open => {
            named = closed_to.map(|to| format!("bytes {first}-{to}/{LENGTH}"));
        }
        "bytes-from-the-start" if first > 0 => served.body.content = wrong(first, 0),
        "garbled-past-64-kib" if last / BLOCK > first / BLOCK => {
            served.body.content = wrong(first, BLOCK - first % BLOCK);
        }
        "no-content-range" => named = None,
        "constant-content-range" => named = Some(format!("bytes 0-{}/{LENGTH}", LENGTH - 1)),
        "content-range-misspelt" => named = Some(format!("bytes={first}-{last}/{LENGTH}")),
        "total-of-the-slice" => named = Some(format!("bytes {first}-{last}/{length}")),
        "total-unknown" => named = Some(format!("bytes {first}-{last}/*")),
        "200-with-a-slice" => served.status = 200,
        "multipart-for-one" => {
            named = None;
            served.body.length += 150;
            served.body.content = wrong(first, 0);
            header(&mut served, "Content-Type", Some("multipart/byteranges; boundary=b".to_owned()));
        }
        "gzip-206" => header(&mut served, "Content-Encoding", Some("gzip".to_owned())),
        "etag-of-the-slice" => header(&mut served, "ETag", Some(format!("\"{first}-{last}\""))),
        _ => {}
    }
    header(&mut served, "Content-Range", named);
    served
}

fn wrong(offset: u64, equal: u64) -> Content {
    let bytes = |hex: &str| hex.to_owned();
    Content::Differs(Difference {
        offset,
        equal,
        expected: bytes("00"),
        received: bytes("ff"),
        head: bytes("ff"),
    })
}

/// Everything that the probes would ask of a server that tells this lie.
fn told(lie: &str) -> Story {
    let identity = ("Accept-Encoding", "identity");
    let mut exchanges = Vec::new();
    for row in TABLE {
        let range = (row.range)(LENGTH);
        let served = serve(lie, range.as_deref(), None, exchanges.len() as u64 + 2);
        exchanges.push(exchange(row.case, range.as_deref().unwrap_or_default(), served));
    }
    let etag = if lie == "etag-each-time" { "\"1\"" } else { "\"v1\"" };
    let date = "Sat, 21 Nov 2026 10:00:00 GMT";
    for (case, condition) in [("if-range-match", etag), ("if-range-other", "\"x\""), ("if-range-date", date)]
    {
        let served = serve(lie, Some("bytes=100-199"), Some(condition), exchanges.len() as u64 + 2);
        let fields = [("Range", "bytes=100-199"), ("If-Range", condition)];
        exchanges.push(asked(Probe::Validators, case, &fields, Outcome::Answered(served)));
    }
    let seen = exchanges.len();
    let ranges = walk();
    for range in &ranges {
        let served = serve(lie, Some(range), None, exchanges.len() as u64 + 2);
        exchanges.push(asked(Probe::RandomRanges, "random", &[("Range", range)], Outcome::Answered(served)));
    }
    for exchange in &mut exchanges {
        exchange.request.headers.push((identity.0.into(), identity.1.into()));
    }
    let mut story = story(exchanges);
    story.exchanges[0].outcome = Outcome::Answered(serve(lie, None, None, 1));
    let whole = Whole::of(&story, &story.calls[0]).expect("the whole is there");
    let failures = failures(&story.exchanges[seen + 1..], &whole);
    let mut story = walked(story, failures);
    story.random.as_mut().expect("it was just walked").cases = ranges.len() as u32;
    story
}

/// Ranges of every kind, spread by a fixed stride; `bytes=0-0` and `bytes=0-` among them, once.
fn walk() -> Vec<String> {
    let mut ranges = vec!["bytes=0-0".to_owned(), "bytes=0-".to_owned()];
    for step in 1..=60_u64 {
        let at = step * 7919 * 31 % (LENGTH - 80_000);
        ranges.push(format!("bytes={at}-{}", at + step * 3));
        ranges.push(format!("bytes={at}-{}", at + 70_000));
        ranges.push(format!("bytes={}-", LENGTH - step * 11));
        ranges.push(format!("bytes=-{}", step * 5));
        ranges.push(format!("bytes={}-{}", LENGTH - step * 13, LENGTH + step));
        ranges.push(format!("bytes={}-", LENGTH + step));
        ranges.push(format!("bytes=0-{}", step * 17));
    }
    ranges
}

fn failures(exchanges: &[Exchange], whole: &Whole) -> Vec<RandomFailure> {
    let mut failures: Vec<RandomFailure> = Vec::new();
    for exchange in exchanges {
        let range = exchange.sent("range").unwrap_or_default().to_owned();
        let satisfiable = plainly_satisfiable(Some(&range), whole.length);
        for broken in broken(exchange, whole) {
            let known = failures
                .iter_mut()
                .find(|failure| failure.invariant == broken.invariant && failure.satisfiable == satisfiable);
            match known {
                Some(failure) => {
                    failure.cases_broken += 1;
                    // As shrinking does: the smaller range from the start is simpler.
                    if range.starts_with("bytes=0-") && !failure.simplest.starts_with("bytes=0-") {
                        (failure.simplest, failure.exchange) = (range.clone(), exchange.number);
                    }
                }
                None => failures.push(RandomFailure {
                    satisfiable,
                    exchange: exchange.number,
                    cases_broken: 1,
                    ..super::sample::failure(broken.invariant, &range)
                }),
            }
        }
    }
    failures
}

/// Lies that this model cannot tell: on the wire, or about requests that it does not know.
const NOT_MODELLED: [&str; 4] =
    ["whole-file-under-a-part", "unended-chunks", "length-of-the-whole", "if-range-fails-412"];

/// The lies that the checks of this model prove something by.
fn lies() -> impl Iterator<Item = &'static str> {
    let names = reference_integration::sabotage::ALL.iter().map(|lie| lie.name);
    let proves = |name: &str| SECTIONS.into_iter().flatten().any(|check| check.proof.contains(&name));
    names
        .filter(move |name| proves(name))
        .filter_map(|name| name.strip_prefix("ranges/"))
        .filter(|name| !NOT_MODELLED.contains(name))
}

fn failing(story: &Story, level: Level) -> Vec<&'static str> {
    let checks = SECTIONS.into_iter().flatten().filter(|check| check.level == level);
    checks.filter(|check| judge(check, story).word() == "fail").map(|check| check.id).collect()
}

#[test]
fn the_honest_model_passes_everything() {
    let honest = told("none");
    for check in SECTIONS.into_iter().flatten() {
        assert_eq!(judge(check, &honest).word(), "pass", "{}", check.id);
    }
}

#[test]
fn each_lie_fails_exactly_the_required_checks_that_it_proves() {
    for lie in lies() {
        let name = format!("ranges/{lie}");
        let proven = |check: &&&Check| check.level == Level::Required && check.proof.contains(&name.as_str());
        let expected: Vec<_> = SECTIONS.into_iter().flatten().filter(proven).map(|check| check.id).collect();
        assert_eq!(failing(&told(lie), Level::Required), expected, "{lie}");
    }
}

#[test]
fn each_lie_fails_the_other_checks_that_it_proves() {
    for lie in lies() {
        let name = format!("ranges/{lie}");
        let story = told(lie);
        let mut checks =
            SECTIONS.into_iter().flatten().filter(|check| check.proof.contains(&name.as_str())).peekable();
        assert!(checks.peek().is_some(), "{lie} proves nothing");
        for check in checks {
            assert_eq!(judge(check, &story).word(), "fail", "{lie} {}", check.id);
        }
    }
}
