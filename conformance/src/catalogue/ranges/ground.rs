//! What the rarer checks stand on: ranges that work. Where the fixed table breaks already, its checks speak, and what
//! builds on it is not judged: one fault makes few findings.

use super::invariants::own_check;
use super::seen::seen;
use super::validators::{Weight, drifts};
use super::{Ignored, is_throttled, part_of, whole};
use crate::check::Case;
use crate::evidence::{Answer, Content, Exchange, Outcome, Probe};
use crate::range::Invariant;
use crate::range::invariants::Whole;
use crate::verdict::Verdict;

/// The whole recording, where every required row of the fixed table is right; else the verdict.
#[expect(clippy::result_large_err, reason = "a verdict is returned once a check, and read at once")]
pub(in crate::catalogue) fn ground(case: &Case) -> Result<Whole, Verdict> {
    let whole = whole(case).map_err(Verdict::unjudged)?;
    let unanswered = case
        .story
        .of(Probe::RangeTable)
        .find(|exchange| own_check(exchange).is_some() && exchange.answer().is_none_or(is_throttled));
    let broken = seen(case, &whole).into_iter().find(|seen| {
        let drift = || seen.exchange.answer().is_some_and(|answer| decides(answer, &whole));
        own_check(seen.exchange).is_some()
            && seen.broken.iter().any(|broken| broken.invariant != Invariant::Validators || drift())
    });
    match unanswered.or(broken.map(|seen| seen.exchange)).and_then(own_check) {
        Some(check) => {
            Err(Verdict::not_applicable(format!("ranges are broken before this is asked: see {check}")))
        }
        None => Ok(whole),
    }
}

fn decides(answer: &Answer, whole: &Whole) -> bool {
    drifts(answer, whole).iter().any(|(_, weight)| *weight == Weight::Decides)
}

/// Whether a plain range was answered with the right part and the right bytes.
pub(in crate::catalogue) fn is_right(exchange: &Exchange, length: u64) -> bool {
    part_of(exchange, length, Ignored::Breaks) == Verdict::Pass && !is_wrong(exchange)
}

/// Whether bytes came that are not the recording's.
pub(in crate::catalogue) fn is_wrong(exchange: &Exchange) -> bool {
    exchange.answer().is_some_and(|answer| matches!(answer.body.content, Content::Differs(_)))
}

/// The answer's status; `None` without one.
pub(in crate::catalogue) fn status_of(exchange: &Exchange) -> Option<u16> {
    match &exchange.outcome {
        Outcome::Answered(answer) => Some(answer.status),
        Outcome::Failed(_) => None,
    }
}
