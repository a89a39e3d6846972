//! What a run measured of the integration: how soon and how fast it answers each kind of range, and known shapes in that.
//! Information alone: times differ from run to run, so that no verdict, no exit code and no snapshot knows of them.
//!
//! Pure: reads the times that evidence holds, and knows no clock. Read next: `kinds.rs` (the figures), `shapes.rs` (what they
//! look like).

mod kinds;
mod shapes;

#[cfg(test)]
mod tests;

pub use kinds::{FirstByte, Kind, KindMeasured};
pub use shapes::{Shape, ShapeSeen};

use crate::evidence::{Answer, End, Evidence, Exchange, Probe, Story};
use crate::range::oracle::{self, Asked, Spec, Wanted};
use serde::{Deserialize, Serialize};

/// What was measured in one run. Volatile, as timing is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    /// One for each kind of request that was answered as it should be, in the order of [`Kind::ALL`].
    pub kinds: Vec<KindMeasured>,
    /// The known shapes that the times have.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shapes: Vec<ShapeSeen>,
}

impl Measured {
    /// Whether there is nothing to tell.
    pub fn is_empty(&self) -> bool {
        self.kinds.is_empty() && self.shapes.is_empty()
    }
}

/// Measures what the probes asked of recordings.
pub fn measure(evidence: &Evidence) -> Measured {
    let told: Vec<(&str, Vec<Sample>)> =
        evidence.stories.iter().map(|story| (story.scenario.as_str(), samples(story))).collect();
    let all: Vec<&Sample> = told.iter().flat_map(|(_, samples)| samples).collect();
    Measured { kinds: kinds::of(&all), shapes: shapes::of(&told) }
}

/// The probes that ask plainly, over HTTP/1.1, on connections that are kept.
const PLAIN: [Probe; 4] = [Probe::Download, Probe::RangeTable, Probe::RandomRanges, Probe::Pieces];

/// One answer, as far as its times tell something.
#[derive(Clone, Copy, Debug)]
struct Sample {
    kind: Kind,
    /// Its first byte's place in the recording: 0 is the start, 1 the end.
    place: f64,
    /// Bytes received.
    length: u64,
    /// Whether all of them were read; else the kit stopped, as players do.
    complete: bool,
    first_byte_ms: f64,
    total_ms: f64,
}

impl Sample {
    /// From the first byte to the last one, in milliseconds.
    fn rest_ms(&self) -> f64 {
        (self.total_ms - self.first_byte_ms).max(0.0)
    }
}

/// The answers of a story that are what was asked for. What is repeated to confirm something is no sample of its own.
fn samples(story: &Story) -> Vec<Sample> {
    let plain = |e: &&Exchange| PLAIN.contains(&e.probe) && e.step.is_none() && e.timing.total_ms > 0.0;
    story.exchanges.iter().filter(plain).filter_map(|exchange| sample(story, exchange)).collect()
}

fn sample(story: &Story, exchange: &Exchange) -> Option<Sample> {
    let length = story.calls.get(exchange.call)?.baseline.as_ref()?.length;
    let answer = exchange.answer()?;
    let complete = match answer.body.end {
        End::Complete => true,
        End::Abandoned => false,
        End::CutShort(_) | End::Stalled(_) => return None,
    };
    let (kind, first) = match oracle::parse(exchange.sent("range")) {
        Asked::Nothing => (is_whole(answer, length).then_some(Kind::Whole)?, 0),
        Asked::One(spec) => part(spec, answer, length)?,
        _ => return None,
    };
    Some(Sample {
        kind,
        place: first as f64 / length as f64,
        length: answer.body.length,
        complete,
        first_byte_ms: exchange.timing.first_byte_ms,
        total_ms: exchange.timing.total_ms,
    })
}

fn is_whole(answer: &Answer, length: u64) -> bool {
    answer.status == 200 && answer.body.length == length
}

/// The kind of a range, and the first byte that it means; `None` where it was not answered with a part.
fn part(spec: Spec, answer: &Answer, length: u64) -> Option<(Kind, u64)> {
    let Wanted::Part(first, last) = oracle::wanted(spec, length) else { return None };
    let kind = match spec {
        Spec::Suffix(_) => Kind::Suffix,
        Spec::From(0) => Kind::OpenFromStart,
        Spec::From(_) => Kind::OpenFromWithin,
        Spec::FromTo(0, _) if last < kinds::SMALL => Kind::SmallFromStart,
        Spec::FromTo(..) if last - first < kinds::SMALL => Kind::SmallFromWithin,
        Spec::FromTo(..) => Kind::Larger,
    };
    (answer.status == 206).then_some((kind, first))
}

/// The value below which this share of the sorted values lies (nearest rank).
fn quantile(sorted: &[f64], share: f64) -> Option<f64> {
    let rank = (share * sorted.len() as f64).ceil() as usize;
    sorted.get(rank.clamp(1, sorted.len().max(1)) - 1).copied()
}

fn sorted(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut sorted: Vec<_> = values.collect();
    sorted.sort_by(f64::total_cmp);
    sorted
}
