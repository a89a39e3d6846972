use super::*;
use crate::evidence::{Baseline, Call, Content, Outcome, Received, Timing};
use mock_hubspot::exchange::{Body, Headers, Request};

const LENGTH: u64 = 640_044;

fn answer(status: u16, length: u64) -> Answer {
    let body = Received { length, end: End::Complete, content: Content::Unseen };
    Answer { status, headers: Headers::new(), body }
}

/// A range that was answered: when its first byte came and its last, in milliseconds.
fn asked(range: &str, first_byte_ms: f64, total_ms: f64) -> Exchange {
    let Asked::One(spec) = oracle::parse(Some(range)) else { panic!("{range}") };
    let Wanted::Part(first, last) = oracle::wanted(spec, LENGTH) else { panic!("{range}") };
    Exchange {
        number: 1,
        call: 0,
        probe: Probe::RandomRanges,
        case: "random-1".into(),
        step: None,
        request: Request {
            method: "GET".into(),
            target: "http://127.0.0.1/recording".into(),
            headers: vec![("Range".into(), range.into())].into(),
            body: Body::Empty,
        },
        hops: Vec::new(),
        outcome: Outcome::Answered(answer(206, last - first + 1)),
        timing: Timing { first_byte_ms, total_ms },
    }
}

fn measured(exchanges: Vec<Exchange>) -> Measured {
    let baseline = Some(Baseline { length: LENGTH, ..Baseline::default() });
    let calls = vec![Call { baseline, ..Call::default() }];
    let story = Story { scenario: "outbound-call".into(), calls, exchanges, ..Story::default() };
    measure(&Evidence { stories: vec![story], ..Evidence::default() })
}

fn shapes(exchanges: Vec<Exchange>) -> Vec<Shape> {
    measured(exchanges).shapes.into_iter().map(|seen| seen.shape).collect()
}

/// Forty places, evenly over the recording and in no order.
fn places() -> impl Iterator<Item = (u64, f64)> {
    (0..40).map(|n| (n * 17 % 40, n)).map(|(at, n)| (at * (LENGTH / 41), f64::from(n as u32 % 5)))
}

/// Small parts and large ones with these first bytes and rests.
fn small_and_large(small: (f64, f64), large: (f64, f64)) -> Vec<Exchange> {
    let mut all: Vec<_> = places()
        .map(|(at, noise)| {
            asked(&format!("bytes={at}-{}", at + 99), small.0 + noise / 4.0, small.0 + noise / 2.0 + small.1)
        })
        .collect();
    all.extend((0..8).map(|_| asked("bytes=0-400000", large.0, large.0 + large.1)));
    all
}

#[test]
fn each_kind_has_its_figures() {
    let mut all: Vec<_> =
        (1..=100).map(|n| asked("bytes=100-199", f64::from(n), f64::from(n) + 1.0)).collect();
    all.push(asked("bytes=-500000", 10.0, 500.0));
    all.push(asked("bytes=0-0", 3.0, 3.0));
    let measured = measured(all);
    let [end, start, within] = measured.kinds.as_slice() else { panic!("{measured:?}") };
    assert_eq!((end.kind, end.count, end.bytes_per_second), (Kind::Suffix, 1, Some(1_000_000)));
    assert_eq!(
        (start.kind, start.first_byte_ms),
        (Kind::SmallFromStart, FirstByte { median: 3.0, p95: 3.0 })
    );
    assert_eq!((within.kind, within.count, within.bytes_per_second), (Kind::SmallFromWithin, 100, None));
    assert_eq!(within.first_byte_ms, FirstByte { median: 50.0, p95: 95.0 });
}

#[test]
fn what_is_not_answered_as_it_was_asked_is_no_sample() {
    let mut ignored = asked("bytes=100-199", 1.0, 2.0);
    ignored.outcome = Outcome::Answered(answer(200, LENGTH));
    let mut cut = asked("bytes=100-199", 1.0, 2.0);
    let Outcome::Answered(answer) = &mut cut.outcome else { panic!() };
    answer.body.end = End::CutShort("reset".into());
    let mut elsewhere = asked("bytes=100-199", 1.0, 2.0);
    elsewhere.probe = Probe::Http2;
    let mut unmeasured = asked("bytes=100-199", 1.0, 2.0);
    unmeasured.timing = Timing::default();
    assert!(measured(vec![ignored, cut, elsewhere, unmeasured]).is_empty());
}

#[test]
fn a_body_that_waits_for_an_acknowledgement_is_named() {
    assert_eq!(shapes(small_and_large((0.2, 43.0), (0.2, 3.0))), [Shape::DelayedAcknowledgement]);
}

#[test]
fn an_answer_that_waits_behind_a_cork_is_named() {
    assert_eq!(shapes(small_and_large((203.0, 0.1), (0.2, 3.0))), [Shape::CorkedSend]);
}

#[test]
fn nothing_is_named_where_a_server_is_only_slow_or_far_away() {
    for (small, large) in [
        ((0.2, 0.1), (0.2, 3.0)),
        // Far away: the head takes as long.
        ((43.0, 0.1), (43.0, 30.0)),
        ((205.0, 0.1), (205.0, 30.0)),
        // The body is fetched from somewhere, the large one too.
        ((1.0, 43.0), (1.0, 60.0)),
        // Slow in another way.
        ((1.0, 90.0), (1.0, 3.0)),
        ((90.0, 1.0), (1.0, 3.0)),
    ] {
        assert_eq!(shapes(small_and_large(small, large)), [], "{small:?} {large:?}");
    }
}

#[test]
fn few_waits_or_unlike_ones_are_no_shape() {
    let mut some = small_and_large((0.2, 43.0), (0.2, 3.0));
    for exchange in some.iter_mut().take(20) {
        exchange.timing.total_ms = 2.0;
    }
    assert_eq!(
        shapes(some.clone()),
        [Shape::DelayedAcknowledgement],
        "half of them are acknowledged at once"
    );
    for exchange in some.iter_mut().take(30) {
        exchange.timing.total_ms = 2.0;
    }
    assert_eq!(shapes(some), [], "three in four do not wait");
    let mut slope = small_and_large((0.2, 43.0), (0.2, 3.0));
    for (n, exchange) in slope.iter_mut().take(24).enumerate() {
        exchange.timing.total_ms = 1.2 + n as f64 * 1.6;
    }
    assert_eq!(shapes(slope), [], "a slope is no timer");
    let mut unlike = small_and_large((0.2, 43.0), (0.2, 3.0));
    for (n, exchange) in unlike.iter_mut().take(40).enumerate() {
        exchange.timing.total_ms = 38.5 + n as f64 / 2.0;
    }
    assert_eq!(shapes(unlike), [], "a timer is more exact");
    let few = small_and_large((0.2, 43.0), (0.2, 3.0)).split_off(30);
    assert_eq!(shapes(few), [], "ten small ones are few");
    let mut all = small_and_large((0.2, 43.0), (0.2, 3.0));
    all.truncate(42);
    assert_eq!(shapes(all), [], "two large ones are few");
}

/// Parts all over the recording, and a dozen at its start and its end; their first bytes by place, 0 to 1.
fn by_place(first_byte: impl Fn(f64, f64) -> f64) -> Vec<Exchange> {
    let edges = (0..12).flat_map(|n| [(n, 1.0), (LENGTH - 2 - n, 2.0)]);
    places()
        .chain(edges)
        .map(|(at, noise)| {
            let ms = first_byte(at as f64 / LENGTH as f64, noise);
            asked(&format!("bytes={at}-{at}"), ms, ms + 0.1)
        })
        .collect()
}

#[test]
fn a_server_that_reads_up_to_the_part_is_named() {
    assert_eq!(shapes(by_place(|place, noise| 1.0 + 80.0 * place + noise * 4.0)), [Shape::ReadsUpToThePart]);
}

#[test]
fn nothing_is_named_where_times_do_not_grow_with_the_place() {
    let named = |first_byte: &dyn Fn(f64, f64) -> f64| shapes(by_place(first_byte));
    assert_eq!(named(&|_, noise| 1.0 + noise), []);
    assert_eq!(named(&|_, noise| 5.0 + noise * noise * 30.0), [], "noise");
    assert_eq!(named(&|place, _| 1.0 + 10.0 * place), [], "nobody waits for that");
    assert_eq!(named(&|place, noise| 10.0 + 25.0 * place + noise * 40.0), [], "little in much noise");
    assert_eq!(named(&|place, noise| if place < 0.05 { 1.0 } else { 60.0 + noise }), [], "a warm start");
    assert_eq!(named(&|place, noise| if place < 0.9 { 60.0 + noise } else { 1.0 }), [], "a warm end");
    assert_eq!(named(&|place, noise| if place < 0.7 { 1.0 + noise } else { 60.0 }), [], "a cold end");
    assert_eq!(named(&|place, _| 1.0 + 80.0 * (1.0 - place)), [], "read from the end");
}
