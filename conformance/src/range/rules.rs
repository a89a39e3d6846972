//! Each rule of an answer, broken once and kept once.

use super::Invariant;
use super::invariants::{Broken, Whole, broken};
use crate::evidence::{Answer, Content, Difference, End, Exchange, Outcome, Probe, Received, Timing};
use mock_hubspot::exchange::{Body, Headers, Request};

const L: u64 = 100_000;

fn whole() -> Whole {
    Whole { length: L, etag: Some("\"v1\"".into()), last_modified: None }
}

fn pairs(list: &[(&str, &str)]) -> Headers {
    list.iter().map(|(n, v)| ((*n).into(), (*v).into())).collect()
}

fn asked(range: Option<&str>, outcome: Outcome) -> Exchange {
    let mut headers = pairs(&[("Accept-Encoding", "identity")]);
    headers.extend(range.map(|r| ("Range".into(), r.into())));
    Exchange {
        number: 1,
        call: 0,
        probe: Probe::RangeTable,
        case: "row".into(),
        step: None,
        request: Request {
            method: "GET".into(),
            target: "http://127.0.0.1/r".into(),
            headers,
            body: Body::Empty,
        },
        hops: Vec::new(),
        outcome,
        timing: Timing::default(),
    }
}

fn answer(status: u16, headers: &[(&str, &str)], length: u64) -> Answer {
    let body = Received { length, end: End::Complete, content: Content::Equal { offset: 0 } };
    Answer { status, headers: pairs(headers), body }
}

fn found(range: Option<&str>, answer: Answer) -> Vec<Broken> {
    broken(&asked(range, Outcome::Answered(answer)), &whole())
}

fn names(range: &str, answer: Answer) -> Vec<Invariant> {
    found(Some(range), answer).into_iter().map(|b| b.invariant).collect()
}

#[test]
fn honest_answers_break_nothing() {
    let part =
        |range: &str, claim: &str, length| names(range, answer(206, &[("content-range", claim)], length));
    assert_eq!(part("bytes=0-99", "bytes 0-99/100000", 100), []);
    assert_eq!(part("bytes=-1", "bytes 99999-99999/100000", 1), []);
    assert_eq!(part("bytes=99990-200000", "bytes 99990-99999/100000", 10), []);
    assert_eq!(part("bytes=0-", "bytes 0-16383/100000", 16_384), [], "a cap is legal");
    let unsatisfied = answer(416, &[("content-range", "bytes */100000")], 0);
    assert_eq!(names("bytes=100000-", unsatisfied), []);
    for range in
        ["bytes=-200000", "bytes=-5", "bytes=5-200000", "bytes=05-9", "bytes=abc", "items=0-5", "bytes=-0"]
    {
        assert_eq!(names(range, answer(200, &[], L)), [], "{range}");
    }
}

#[test]
fn two_hundred_is_not_the_answer_to_a_plain_range() {
    let list = found(Some("bytes=0-99"), answer(200, &[], L));
    assert_eq!(list.len(), 1);
    assert_eq!(list[0].expected, "206 with bytes 0-99/100000");
    assert_eq!(list[0].received, "200 and 100000 bytes");
    assert_eq!(
        found(None, answer(206, &[("content-range", "bytes 0-99999/100000")], L))[0].invariant,
        Invariant::Class
    );
    assert_eq!(
        names("bytes=0-99", answer(416, &[("content-range", "bytes */100000")], 0)),
        [Invariant::Class]
    );
    assert_eq!(names("bytes=100000-", answer(500, &[], 0)), [Invariant::Class]);
    let silent = broken(&asked(Some("bytes=0-1"), Outcome::Failed("no answer within 30 s".into())), &whole());
    assert_eq!(silent[0].received, "no answer: no answer within 30 s");
}

#[test]
fn if_range_allows_everything() {
    let mut exchange = asked(Some("bytes=0-99"), Outcome::Answered(answer(200, &[], L)));
    exchange.request.headers.push(("If-Range".into(), "\"other\"".into()));
    assert_eq!(broken(&exchange, &whole()), []);
}

#[test]
fn each_rule_of_a_part_can_be_broken() {
    let part = |claim: &str, length| names("bytes=100-199", answer(206, &[("content-range", claim)], length));
    assert_eq!(names("bytes=100-199", answer(206, &[], 100)), [Invariant::ContentRange]);
    assert_eq!(part("bytes=100-199/100000", 100), [Invariant::ContentRange]);
    assert_eq!(part("bytes 100-100000/100000", 99_900), [Invariant::ContentRange]);
    assert_eq!(part("bytes */100000", 0), [Invariant::ContentRange]);
    assert_eq!(part("bytes 100-199/*", 100), [Invariant::Total]);
    assert_eq!(part("bytes 100-199/200", 100), [Invariant::Total]);
    assert_eq!(part("bytes 96-199/100000", 104), [Invariant::Start]);
    assert_eq!(part("bytes 100-198/100000", 99), [Invariant::End]);
    assert_eq!(part("bytes 100-200/100000", 101), [Invariant::End]);
    assert_eq!(part("bytes 100-199/100000", 99), [Invariant::Length]);
    let claims = [("content-range", "bytes 100-199/100000"), ("content-length", "200")];
    assert_eq!(names("bytes=100-199", answer(206, &claims, 200)), [Invariant::Length]);
    let twice = [("content-range", "bytes 100-199/100000"), ("Content-Range", "bytes 100-199/100000")];
    assert_eq!(names("bytes=100-199", answer(206, &twice, 100)), [Invariant::ContentRange]);
    let tagged = [("content-range", "bytes 100-199/100000"), ("etag", "\"v2\"")];
    assert_eq!(names("bytes=100-199", answer(206, &tagged, 100)), [Invariant::Validators]);
    let packed = [("content-range", "bytes 100-199/100000"), ("content-encoding", "gzip")];
    assert_eq!(names("bytes=100-199", answer(206, &packed, 100)), [Invariant::Encoding]);
    let multi = [("content-type", "multipart/byteranges; boundary=x")];
    assert_eq!(names("bytes=100-199", answer(206, &multi, 300)), [Invariant::Single]);
}

#[test]
fn a_body_is_judged_on_what_was_read() {
    let ending = |length, end| {
        let mut it = answer(206, &[("content-range", "bytes 0-99999/100000")], length);
        it.body.end = end;
        names("bytes=0-", it)
    };
    assert_eq!(ending(70_000, End::Abandoned), []);
    assert_eq!(ending(70_000, End::CutShort("reset".into())), [Invariant::Length]);
    assert_eq!(ending(70_000, End::Stalled(10_000)), [Invariant::Length]);
}

#[test]
fn wrong_bytes_are_shown_where_they_begin() {
    let mut it = answer(206, &[("content-range", "bytes 65000-65999/100000")], 1000);
    let (expected, received) = ("5249".to_owned(), "0001".to_owned());
    it.body.content =
        Content::Differs(Difference { offset: 65_000, equal: 536, expected, received, head: "00".into() });
    let list = found(Some("bytes=65000-65999"), it);
    assert_eq!(list.len(), 1);
    let said = list[0].first_difference.as_deref();
    assert_eq!(
        said,
        Some("at byte 65536 of the recording (byte 536 of the body): expected 52 49, received 00 01")
    );
}

#[test]
fn whole_answers_and_refusals_have_rules_too() {
    let slice = answer(200, &[("content-range", "bytes 0-99/100000")], 100);
    assert_eq!(names("bytes=0-99", slice), [Invariant::Class, Invariant::Whole]);
    assert_eq!(names("bytes=abc", answer(200, &[], 100)), [Invariant::Whole]);
    assert_eq!(names("bytes=100000-", answer(416, &[], 0)), [Invariant::Unsatisfied]);
    assert_eq!(
        names("bytes=100000-", answer(416, &[("content-range", "*/100000")], 0)),
        [Invariant::Unsatisfied]
    );
    let large = answer(416, &[("content-range", "bytes */100000")], 70_000);
    assert_eq!(names("bytes=100000-", large), [Invariant::RefusalBody]);
}
