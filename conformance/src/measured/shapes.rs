//! Known shapes: times that tell what a server does wrong although every byte of it is right. Pure.
//!
//! Each compares the integration with itself, in one story, by medians and shares of many answers: a slow machine or a
//! distant server has none of these shapes. Where answers are few or too unlike each other nothing is said; a shape that is
//! there and not named is better than one that is named and not there.

use super::kinds::SMALL;
use super::{Kind, Sample, quantile, sorted};
use serde::{Deserialize, Serialize};

/// A shape that was seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShapeSeen {
    /// Which.
    pub shape: Shape,
    /// The stories that show it.
    pub stories: Vec<String>,
    /// What was measured, in the first of them.
    pub seen: String,
    /// What to do.
    pub advice: String,
}

/// The shapes that are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shape {
    /// The last bytes of small parts wait for the client's delayed acknowledgement of what came before them.
    DelayedAcknowledgement,
    /// Small parts are held back until the kernel's patience with a corked socket ends.
    CorkedSend,
    /// What stands before a part is read, or fetched, before the part is answered.
    ReadsUpToThePart,
}

impl Shape {
    /// Every shape.
    pub const ALL: [Self; 3] = [Self::DelayedAcknowledgement, Self::CorkedSend, Self::ReadsUpToThePart];

    /// In a sentence.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::DelayedAcknowledgement => "The end of small parts waits for a delayed acknowledgement",
            Self::CorkedSend => "Small parts are held back behind a corked send",
            Self::ReadsUpToThePart => {
                "The later a part stands, the later it is answered: what stands before it is read or fetched first"
            }
        }
    }

    /// What to do.
    pub fn advice(self) -> &'static str {
        match self {
            Self::DelayedAcknowledgement => {
                "Send with TCP_NODELAY (nginx: `tcp_nodelay on`, or `tcp_nopush on` beside `sendfile on`), or write the head and the \
                 body of an answer at once: the client acknowledges a lone head only after some 40 ms, and the kernel keeps the body \
                 until then."
            }
            Self::CorkedSend => {
                "Take the cork off (TCP_CORK, TCP_NOPUSH, MSG_MORE) when an answer is complete, and send with TCP_NODELAY: the kernel \
                 keeps what does not fill a segment for some 200 ms."
            }
            Self::ReadsUpToThePart => {
                "Seek in the file instead of reading up to the part, and forward the Range header to the store (`Range` in `GetObject`, \
                 `slice` with `proxy_cache` in nginx), or redirect the client there."
            }
        }
    }

    /// What shows it among the answers of one story.
    fn seen(self, samples: &[Sample]) -> Option<String> {
        match self {
            Self::DelayedAcknowledgement => delayed_acknowledgement(samples),
            Self::CorkedSend => corked_send(samples),
            Self::ReadsUpToThePart => reads_up_to_the_part(samples),
        }
    }
}

/// The shapes of these stories.
pub(super) fn of(told: &[(&str, Vec<Sample>)]) -> Vec<ShapeSeen> {
    let seen = |shape: Shape| {
        let mut showing = told.iter().filter_map(|(story, samples)| Some((story, shape.seen(samples)?)));
        let (first, seen) = showing.next()?;
        let stories = std::iter::once(first).chain(showing.map(|(story, _)| story));
        let stories = stories.map(|story| (*story).to_owned()).collect();
        Some(ShapeSeen { shape, stories, seen, advice: shape.advice().to_owned() })
    };
    Shape::ALL.into_iter().filter_map(seen).collect()
}

/// So many small and so many large answers are compared, at least.
const SMALL_ONES: usize = 16;
const LARGE_ONES: usize = 4;
/// An answer of so many bytes fills many segments: nothing holds its first ones back.
const LARGE: u64 = 128 << 10;
/// So many of the small ones wait for the timer: on a fresh connection Linux acknowledges at once for a while. And so few wait for
/// longer, or for half as long and more: a timer makes two heaps with nothing between them, and a slow machine a slope.
const MANY: f64 = 0.35;
const HARDLY_ANY: f64 = 0.1;

/// A wait that a kernel's timer makes: between these many milliseconds, and in nine of ten cases within so many of each other.
struct Timer {
    from: f64,
    to: f64,
    alike: f64,
}

/// Linux acknowledges after 40 ms, others after 50; the timer's own tick comes on top.
const ACKNOWLEDGEMENT: Timer = Timer { from: 38.0, to: 60.0, alike: 14.0 };
/// Linux uncorks after 200 ms.
const CORK: Timer = Timer { from: 198.0, to: 235.0, alike: 25.0 };

impl Timer {
    /// The median of the waits, where they are this timer's.
    fn median(&self, waits: &[f64]) -> Option<f64> {
        let own: Vec<f64> =
            waits.iter().copied().filter(|wait| (self.from..=self.to).contains(wait)).collect();
        let share = |count: usize| count as f64 / waits.len() as f64;
        let others =
            waits.iter().filter(|wait| **wait > self.to || (self.from / 2.0..self.from).contains(*wait));
        let spread = quantile(&own, 0.95)? - quantile(&own, 0.05)?;
        let is_own = share(own.len()) >= MANY && share(others.count()) <= HARDLY_ANY && spread <= self.alike;
        is_own.then(|| quantile(&own, 0.5)).flatten()
    }
}

/// What was measured of the small answers and of the large ones, sorted, where there are enough of both.
fn small_and_large(samples: &[Sample], measured: fn(&Sample) -> f64) -> Option<(Vec<f64>, Vec<f64>)> {
    let is_small = |s: &&Sample| s.kind != Kind::Whole && s.complete && (1..=SMALL).contains(&s.length);
    let small = sorted(samples.iter().filter(is_small).map(measured));
    let large = sorted(samples.iter().filter(|s| s.length >= LARGE).map(measured));
    (small.len() >= SMALL_ONES && large.len() >= LARGE_ONES).then_some((small, large))
}

/// The head comes at once and the body some 40 ms later, although a hundred times as much comes sooner. A server that is far
/// away is late with both; one that fetches the body from somewhere is late with large bodies too.
fn delayed_acknowledgement(samples: &[Sample]) -> Option<String> {
    let (small, large) = small_and_large(samples, Sample::rest_ms)?;
    let wait = ACKNOWLEDGEMENT.median(&small)?;
    let soon = quantile(&large, 0.25).filter(|rest| *rest < ACKNOWLEDGEMENT.from / 2.0)?;
    Some(format!(
        "the rest of {} parts of at most 1 KiB came {wait:.0} ms after their first byte (median), that of answers of 128 KiB and more \
         after as little as {soon:.0} ms",
        small.len()
    ))
}

/// Small answers begin some 200 ms late, and large ones do not: they fill a segment.
fn corked_send(samples: &[Sample]) -> Option<String> {
    let (small, large) = small_and_large(samples, |sample| sample.first_byte_ms)?;
    let wait = CORK.median(&small)?;
    let soon = quantile(&large, 0.25).filter(|first_byte| *first_byte < CORK.from / 4.0)?;
    Some(format!(
        "{} parts of at most 1 KiB began after {wait:.0} ms (median), answers of 128 KiB and more after as little as {soon:.0} ms",
        small.len()
    ))
}

/// So much later, in milliseconds, begins a part near the end than one near the start.
const LATER_MS: f64 = 20.0;
/// So many parts in each of the first quarter, the half in the middle, and the last quarter.
const PARTS: usize = 8;
/// The middle is as much later than the start, and the end than the middle, at least: a share of the whole growth. A cache that
/// holds nothing but the start makes a step instead.
const GROWS: f64 = 0.2;
/// Where the start ends: many random ranges stand there, and caches keep it.
const INNER: f64 = 0.05;
/// How well the order of the places tells the order of the times (Spearman's rank correlation).
const IN_ORDER: f64 = 0.7;

fn reads_up_to_the_part(samples: &[Sample]) -> Option<String> {
    let parts: Vec<&Sample> = samples.iter().filter(|sample| sample.kind != Kind::Whole).collect();
    let times = |from: f64, to: f64| {
        let times = parts.iter().filter(|s| (from..to).contains(&s.place)).map(|s| s.first_byte_ms);
        Some(sorted(times)).filter(|times| times.len() >= PARTS)
    };
    let (start, middle, end) = (times(0.0, 0.25)?, times(0.25, 0.75)?, times(0.75, 1.0)?);
    let median = |times: &[f64]| quantile(times, 0.5);
    let (early, between, late) = (median(&start)?, median(&middle)?, median(&end)?);
    let growth = late - early;
    let steady = between - early >= GROWS * growth && late - between >= GROWS * growth;
    let apart = quantile(&end, 0.25)? > quantile(&start, 0.75)?;
    let inner: Vec<_> =
        parts.iter().filter(|s| s.place >= INNER).map(|s| (s.place, s.first_byte_ms)).collect();
    let grows = growth >= LATER_MS && steady && apart && rank_correlation(&inner) >= IN_ORDER;
    grows.then(|| {
        format!(
            "parts of the first quarter began after {early:.0} ms, of the middle after {between:.0} ms, of the last quarter after \
             {late:.0} ms (medians of {} answers)",
            parts.len()
        )
    })
}

/// Spearman's rank correlation: 1 where both grow together, about 0 where they know nothing of each other.
fn rank_correlation(pairs: &[(f64, f64)]) -> f64 {
    let ranks = |of: fn(&(f64, f64)) -> f64| -> Vec<f64> {
        let all = sorted(pairs.iter().map(of));
        // Equal values share the mean of their ranks.
        let rank = |value: f64| {
            let below = all.partition_point(|other| *other < value);
            let upto = all.partition_point(|other| *other <= value);
            (below + upto) as f64 / 2.0
        };
        pairs.iter().map(|pair| rank(of(pair))).collect()
    };
    let (one, other) = (ranks(|pair| pair.0), ranks(|pair| pair.1));
    let mean = pairs.len() as f64 / 2.0;
    let product = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| (a - mean) * (b - mean)).sum::<f64>();
    let scale = (product(&one, &one) * product(&other, &other)).sqrt();
    if scale > 0.0 { product(&one, &other) / scale } else { 0.0 }
}
