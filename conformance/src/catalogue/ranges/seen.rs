//! What an answer breaks, told once: a consequence of another fault of the same answer is left out.

use super::telling::clip;
use super::{is_throttled, named};
use crate::check::Case;
use crate::evidence::{Answer, Exchange, Probe};
use crate::range::Invariant;
use crate::range::invariants::{Broken, Whole, broken};

/// One answer, and what it breaks.
pub(super) struct Seen<'a> {
    pub(super) exchange: &'a Exchange,
    pub(super) broken: Vec<Broken>,
}

impl<'a> Seen<'a> {
    /// One fault is named once: what follows from another fault of the same answer is left out.
    pub(super) fn of(exchange: &'a Exchange, whole: &Whole, broken: Vec<Broken>) -> Self {
        let mut all = broken;
        if let Some(answer) = exchange.answer().filter(|answer| only_total_is_wrong(answer, whole.length)) {
            retell_as_total(&mut all, answer, whole.length);
        }
        let kinds: Vec<_> = all.iter().map(|broken| broken.invariant).collect();
        all.retain(|broken| !follows(broken.invariant, &kinds));
        Self { exchange, broken: all }
    }
    /// The first thing that it breaks of this kind.
    pub(super) fn breaks(&self, invariant: Invariant) -> Option<&Broken> {
        self.broken.iter().find(|broken| broken.invariant == invariant)
    }
}

/// Whether a Content-Range is wrong only because its complete length is.
fn only_total_is_wrong(answer: &Answer, length: u64) -> bool {
    answer.status == 206
        && named(answer).is_some_and(|named| {
            named.first <= named.last
                && named.last < length
                && named.total.is_some_and(|total| total != length)
        })
}

fn retell_as_total(all: &mut Vec<Broken>, answer: &Answer, length: u64) {
    let malformed = all.len();
    all.retain(|broken| broken.invariant != Invariant::ContentRange);
    if all.len() < malformed && !all.iter().any(|broken| broken.invariant == Invariant::Total) {
        all.push(Broken {
            invariant: Invariant::Total,
            expected: format!("a complete length of {length}"),
            received: format!("Content-Range: {}", clip(answer.header("content-range").unwrap_or_default())),
            first_difference: None,
        });
    }
}

/// Whether breaking this is only a consequence of something else that the same answer breaks.
fn follows(invariant: Invariant, broken: &[Invariant]) -> bool {
    use Invariant::{Bytes, Class, ContentRange, End, Length, Single, Start, Total, Whole};
    let causes: &[Invariant] = match invariant {
        Class | ContentRange => &[Single],
        Total | Start | Length => &[Single, ContentRange, Whole],
        End => &[Single, ContentRange, Whole, Start],
        Bytes => &[Single, ContentRange, Whole, Start, Length],
        _ => &[],
    };
    causes.iter().any(|cause| broken.contains(cause))
}

/// The answers of the fixed table, and what each breaks.
pub(super) fn seen<'a>(case: &Case<'a>, whole: &Whole) -> Vec<Seen<'a>> {
    case.story
        .of(Probe::RangeTable)
        .filter(|exchange| exchange.answer().is_some_and(|answer| !is_throttled(answer)))
        .map(|exchange| Seen::of(exchange, whole, broken(exchange, whole)))
        .collect()
}
