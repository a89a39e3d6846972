//! The map of byte ranges: which bytes of a recording were asked for, how often, and where the answers were wrong.
//!
//! What is wrong is said by the same pure rules that the checks use.

use super::{MOST, count, number, story_anchor};
use crate::evidence::{Call, Exchange, Probe, Story};
use crate::range::invariants::{Whole, broken};
use crate::range::oracle::{self, Asked, Wanted};
use crate::report::text::line;
use maud::{Markup, html};
use std::fmt::Write as _;

/// Pieces in which the coverage is counted.
const PIECES: u64 = 240;
/// Units across: a range is never drawn thinner than four.
const WIDTH: u64 = 1_200;
const THINNEST: u64 = 4;
/// Lanes of failed ranges, and of others.
const LANES: [usize; 2] = [30, 30];
const LANE: u64 = 6;
const COVERAGE: u64 = 60;

/// One range that was asked for.
struct Range {
    first: u64,
    last: u64,
    failed: bool,
}

pub(super) fn map(index: usize, story: &Story, nth: usize, call: &Call) -> Markup {
    let Some(whole) = Whole::of(story, call).filter(|whole| whole.length > 0) else { return html! {} };
    let mine = |e: &&Exchange| {
        e.call == nth
            && matches!(e.probe, Probe::RangeTable | Probe::RandomRanges)
            && e.sent("range").is_some()
    };
    let (mut ranges, mut beyond, mut unusual) = (Vec::new(), (0, 0), (0, 0));
    for exchange in story.exchanges.iter().filter(mine) {
        let failed = !broken(exchange, &whole).is_empty();
        let tally = |counts: &mut (usize, usize)| {
            counts.0 += 1;
            counts.1 += usize::from(failed);
        };
        match oracle::parse(exchange.sent("range")) {
            Asked::One(spec) => match oracle::wanted(spec, whole.length) {
                Wanted::Part(first, last) => ranges.push(Range { first, last, failed }),
                Wanted::Unsatisfiable => tally(&mut beyond),
            },
            _ => tally(&mut unusual),
        }
    }
    if ranges.is_empty() && beyond.0 + unusual.0 == 0 {
        return html! {};
    }
    let anchor = format!("{}-ranges-{}", story_anchor(index), nth + 1);
    let failed = ranges.iter().filter(|r| r.failed).count();
    html! {
        section.picture aria-labelledby=(anchor) {
            h4 id=(anchor) {
                "Which bytes were asked for"
                @if story.calls.len() > 1 { " in call " (line(&call.external_id, 80)) }
            }
            p.meta {
                (count(ranges.len(), "range", "ranges")) " of " (number(whole.length)) " bytes: "
                @if failed > 0 { strong.bad { (number(failed as u64)) " answered wrongly" } } @else { "every one answered as the RFC says" }
                (aside(beyond, "beyond the end"))
                (aside(unusual, "in a spelling or number that may be ignored"))
                (failures(index, story))
            }
            (drawn(&anchor, &ranges, whole.length))
            div.axis aria-hidden="true" {
                @for quarter in 0..=4 { span { (number(whole.length * quarter / 4)) } }
            }
            p.legend aria-hidden="true" {
                span { span.{"key good"} {} " answered as the RFC says" } " "
                span { span.{"key bad"} {} " answered wrongly" } " "
                span { "above: how often each byte was asked for; below: a line for each range" }
            }
        }
    }
}

fn aside((all, failed): (usize, usize), what: &str) -> Markup {
    html! {
        @if all > 0 {
            " · " (number(all as u64)) " " (what)
            @if failed > 0 { ", " strong.bad { (number(failed as u64)) " answered wrongly" } }
        }
    }
}

/// The simplest requests that show what the random ranges found.
fn failures(index: usize, story: &Story) -> Markup {
    let failures = story.random.as_ref().map_or(&[][..], |walk| &walk.failures);
    html! {
        @for failure in failures.iter().take(5) {
            br;
            "The simplest that fails: "
            a href={"#" (super::exchange_anchor(index, &format!("e{}", failure.exchange)))} { code { (line(&failure.simplest, MOST)) } }
            " (found by " code { (line(&failure.found, MOST)) } "; "
            (number(u64::from(failure.cases_broken))) " of " (number(u64::from(story.random.as_ref().map_or(0, |w| w.cases)))) " cases"
            @if let Some(offset) = failure.first_wrong_offset { "; wrong from byte " (number(offset)) }
            @if let Some(near) = &failure.nearest_boundary { ", near " (line(near, MOST)) }
            ")"
        }
    }
}

fn drawn(anchor: &str, ranges: &[Range], length: u64) -> Markup {
    let bad = packed(ranges.iter().filter(|r| r.failed), length, LANES[0]);
    let good = packed(ranges.iter().filter(|r| !r.failed), length, LANES[1]);
    let lanes = (bad.lanes + good.lanes) as u64;
    let height = COVERAGE + 8 + lanes * LANE;
    let title = format!("{anchor}-map");
    html! {
        svg.map viewBox={"0 0 " (WIDTH) " " (height)} width=(WIDTH) height=(height) preserveAspectRatio="none" role="img" aria-labelledby=(title) {
            title id=(title) { (told(ranges, length)) }
            path.cover d=(coverage(ranges, length, false)) {}
            path.cover.bad d=(coverage(ranges, length, true)) {}
            line.zero x1="0" x2=(WIDTH) y1=(COVERAGE) y2=(COVERAGE) {}
            path.good d=(good.path(COVERAGE + 8 + bad.lanes as u64 * LANE)) {}
            path.bad d=(bad.path(COVERAGE + 8)) {}
        }
        @if bad.left + good.left > 0 {
            p.note { (count(bad.left + good.left, "range has", "ranges have")) " no line below; all are counted above." }
        }
    }
}

/// The picture in a sentence.
fn told(ranges: &[Range], length: u64) -> String {
    let failed: Vec<_> = ranges.iter().filter(|r| r.failed).collect();
    let Some(first) = failed.iter().map(|r| r.first).min() else {
        return format!("{} ranges of {length} bytes, none answered wrongly", ranges.len());
    };
    let last = failed.iter().map(|r| r.last).max().unwrap_or(first);
    format!(
        "{} ranges of {length} bytes, {} answered wrongly, between byte {first} and byte {last}",
        ranges.len(),
        failed.len()
    )
}

/// Ranges laid into lanes so that none covers another.
struct Packed {
    drawn: Vec<(usize, u64, u64)>,
    lanes: usize,
    left: usize,
}

impl Packed {
    fn path(&self, top: u64) -> String {
        let mut path = String::new();
        for (lane, x, width) in &self.drawn {
            let y = top + *lane as u64 * LANE;
            let _ = write!(path, "M{x} {y}h{width}v{}h-{width}Z", LANE - 2);
        }
        path
    }
}

fn scaled(byte: u64, length: u64) -> u64 {
    (u128::from(byte) * u128::from(WIDTH) / u128::from(length)) as u64
}

fn packed<'a>(ranges: impl Iterator<Item = &'a Range>, length: u64, most: usize) -> Packed {
    let mut sorted: Vec<_> = ranges
        .map(|range| {
            let from = scaled(range.first, length).min(WIDTH - THINNEST);
            let to = scaled(range.last.saturating_add(1), length).clamp(from + THINNEST, WIDTH);
            (from, to)
        })
        .collect();
    // The short ones first: they would be lost among the long ones.
    sorted.sort_by_key(|(from, to)| (to - from, *from));
    sorted.dedup();
    let mut lanes: Vec<Vec<(u64, u64)>> = Vec::new();
    let mut packed = Packed { drawn: Vec::new(), lanes: 0, left: 0 };
    for (from, to) in sorted {
        let free = |lane: &Vec<(u64, u64)>| lane.iter().all(|(a, b)| to < *a || *b < from);
        let lane = match lanes.iter().position(free) {
            Some(lane) => lane,
            None if lanes.len() < most => {
                lanes.push(Vec::new());
                lanes.len() - 1
            }
            None => {
                packed.left += 1;
                continue;
            }
        };
        lanes[lane].push((from, to));
        packed.drawn.push((lane, from, to - from));
    }
    packed.lanes = lanes.len();
    packed
}

/// How often each piece of the recording was asked for, as a closed path; the highest piece fills the height.
fn coverage(ranges: &[Range], length: u64, failed_only: bool) -> String {
    let piece = |byte: u64| (u128::from(byte) * u128::from(PIECES) / u128::from(length)) as usize;
    let count = |wanted: &dyn Fn(&Range) -> bool| {
        let mut counts = vec![0_u64; PIECES as usize];
        for range in ranges.iter().filter(|r| wanted(r)) {
            let last = piece(range.last).min(counts.len() - 1);
            counts[piece(range.first).min(last)..=last].iter_mut().for_each(|n| *n += 1);
        }
        counts
    };
    let highest = count(&|_| true).into_iter().max().unwrap_or(0).max(1);
    let counts = count(&|range| !failed_only || range.failed);
    if counts.iter().all(|n| *n == 0) {
        return String::new();
    }
    let mut path = format!("M0 {COVERAGE}");
    for (n, count) in counts.iter().enumerate() {
        let y = COVERAGE - count * (COVERAGE - 2) / highest;
        let (from, to) = (n as u64 * WIDTH / PIECES, (n as u64 + 1) * WIDTH / PIECES);
        let _ = write!(path, "L{from} {y}H{to}");
    }
    let _ = write!(path, "V{COVERAGE}Z");
    path
}
