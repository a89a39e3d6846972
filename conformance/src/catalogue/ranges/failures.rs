//! What a random walk found, judged: which failures weigh, which the fixed table shows already, and how a finding tells
//! the way from the case that met a fault to the simplest request that shows it.

use super::invariants::own_check;
use super::seen::{Seen, seen};
use super::telling::{clip, received, sent, status};
use super::validators::{Weight, drifted, drifts};
use super::{Ignored, classify, ends, part_of, plain, whole};
use crate::check::Case;
use crate::evidence::{RandomFailure, RandomWalk};
use crate::range::Invariant;
use crate::range::invariants::{Whole, broken};
use crate::range::oracle::{Class, Spec};
use crate::verdict::{Finding, Verdict};

/// A fault that strikes fewer cases than one in this many is left to the fixed table, where that shows it already:
/// another seed may not meet it, and one fault makes one finding.
const RARE: u32 = 40;

/// Judges the confirmed failures of one kind that weigh as much as a required row.
pub(super) fn required(case: &Case, invariant: Invariant) -> Verdict {
    let (walk, whole) = match walk(case) {
        Ok(both) => both,
        Err(reason) => return Verdict::unjudged(reason),
    };
    let mine = |failure: &&RandomFailure| kind(case, failure, &whole) == Some(invariant);
    let rare =
        walk.failures.iter().filter(mine).find_map(|failure| shown_by_the_table(case, walk, failure, &whole));
    let verdict = judged(case, |told, weighty| weighty && told == Some(invariant));
    match (verdict, rare) {
        (Verdict::Pass, Some(check)) => Verdict::not_applicable(format!(
            "fewer than one case in {RARE} broke it, and {check} shows it already"
        )),
        (verdict, _) => verdict,
    }
}

/// Judges the failures that weigh less than any required row.
pub(super) fn unusual(case: &Case) -> Verdict {
    judged(case, |_, weighty| !weighty)
}

fn walk<'a>(case: &Case<'a>) -> Result<(&'a RandomWalk, Whole), String> {
    let walk = case.story.random.as_ref().ok_or("no random range was sent")?;
    if walk.cases == 0 {
        let why = walk.stopped.as_deref().unwrap_or("none was ordered");
        return Err(format!("no random range was sent: {}", clip(why)));
    }
    Ok((walk, whole(case)?))
}

fn judged(case: &Case, counts: impl Fn(Option<Invariant>, bool) -> bool) -> Verdict {
    let (walk, whole) = match walk(case) {
        Ok(both) => both,
        Err(reason) => return Verdict::unjudged(reason),
    };
    let mut unstable = None;
    let mut confirmed = Vec::new();
    for failure in &walk.failures {
        let told = kind(case, failure, &whole);
        let weighty = is_weighty(case, failure, &whole);
        if !counts(told, weighty) || weighty && shown_by_the_table(case, walk, failure, &whole).is_some() {
            continue;
        }
        match failure.confirmed {
            (failed, of) if failed == of => confirmed.push(finding(case, failure, &whole)),
            (failed, of) => {
                unstable =
                    Some(format!("unstable: failed {failed} of {of}: Range: {}", clip(&failure.simplest)));
            }
        }
    }
    match (super::telling::first(confirmed), unstable) {
        (Verdict::Pass, Some(reason)) => Verdict::unjudged(reason),
        (verdict, _) => verdict,
    }
}

/// What kind of fault its exchange shows: a consequence of another fault is no kind of its own.
fn kind(case: &Case, failure: &RandomFailure, whole: &Whole) -> Option<Invariant> {
    let Some(exchange) = case.story.exchange(failure.exchange) else { return Some(failure.invariant) };
    let all = broken(exchange, whole);
    if !all.iter().any(|broken| broken.invariant == failure.invariant) {
        return Some(failure.invariant);
    }
    let seen = Seen::of(exchange, whole, all);
    if seen.breaks(failure.invariant).is_some() {
        Some(failure.invariant)
    } else if failure.invariant == Invariant::ContentRange && seen.breaks(Invariant::Total).is_some() {
        Some(Invariant::Total)
    } else {
        None
    }
}

/// Whether the simplest request weighs as much as a required row (decision 3): plainly spelt, satisfiable, of usual size.
fn is_weighty(case: &Case, failure: &RandomFailure, whole: &Whole) -> bool {
    let Some(spec) = plain(&failure.simplest).filter(|_| failure.satisfiable) else { return false };
    let answer = case.story.exchange(failure.exchange).and_then(|exchange| exchange.answer());
    let ignored = answer.is_some_and(|answer| classify(answer, whole.length) == Class::Full);
    let usual = match spec {
        Spec::From(_) => true,
        Spec::Suffix(count) => count <= whole.length && !ignored,
        Spec::FromTo(_, last) if last < whole.length => true,
        Spec::FromTo(_, last) => !ignored && last < u64::from(u32::MAX).max(whole.length.saturating_mul(2)),
    };
    let decides = failure.invariant != Invariant::Validators
        || answer.is_none_or(|answer| drifts(answer, whole).iter().any(|(_, w)| *w == Weight::Decides));
    usual && decides && ends(spec, whole.length).is_some()
}

/// The check of a fixed row that fails for the same kind of range, where the failure is rare.
fn shown_by_the_table(
    case: &Case,
    walk: &RandomWalk,
    failure: &RandomFailure,
    whole: &Whole,
) -> Option<&'static str> {
    if failure.cases_broken.saturating_mul(RARE) > walk.cases {
        return None;
    }
    let spec = plain(&failure.simplest)?;
    seen(case, whole).into_iter().find_map(|seen| {
        let row = plain(seen.exchange.sent("range")?)?;
        let alike = std::mem::discriminant(&row) == std::mem::discriminant(&spec);
        let fails = part_of(seen.exchange, whole.length, Ignored::Breaks).word() == "fail";
        own_check(seen.exchange).filter(|_| alike && fails)
    })
}

fn finding(case: &Case, failure: &RandomFailure, whole: &Whole) -> Finding {
    let simplest = clip(&failure.simplest);
    let Some(exchange) = case.story.exchange(failure.exchange) else {
        let sent = format!("GET recording, Range: {simplest}");
        return with_origin(
            Finding::new(sent, expected(failure, whole), "an answer that breaks it"),
            failure,
        );
    };
    let told = broken(exchange, whole).into_iter().find(|broken| broken.invariant == failure.invariant);
    let mut finding = match (failure.invariant, told) {
        (Invariant::Validators, _) => {
            let drift = exchange.answer().and_then(|answer| drifts(answer, whole).into_iter().next());
            drifted(exchange, drift.map_or("ETag", |(field, _)| field), whole)
        }
        (_, Some(told)) => {
            let finding =
                Finding::new(sent(exchange), clip(&told.expected), received(exchange)).seen_in(exchange.id());
            match told.first_difference {
                Some(at) => finding.differing(clip(&at)),
                None => finding,
            }
        }
        (_, None) => {
            Finding::new(sent(exchange), expected(failure, whole), received(exchange)).seen_in(exchange.id())
        }
    };
    if let Some(offset) = failure.first_wrong_offset {
        let near = failure.nearest_boundary.as_deref().map(|b| format!(", near {}", clip(b)));
        finding =
            finding.differing(format!("first wrong byte at offset {offset}{}", near.unwrap_or_default()));
    }
    with_origin(finding, failure)
}

/// Adds the case that met the fault first, and how many others did.
fn with_origin(mut finding: Finding, failure: &RandomFailure) -> Finding {
    let origin = format!(" (found by case {}, Range: {})", failure.case, clip(&failure.found));
    finding.sent += &origin;
    finding.more = failure.cases_broken.saturating_sub(1) as usize;
    finding
}

fn expected(failure: &RandomFailure, whole: &Whole) -> String {
    match plain(&failure.simplest).and_then(|spec| ends(spec, whole.length)) {
        Some((first, last)) => {
            format!("{}, Content-Range: bytes {first}-{last}/{}", status(206), whole.length)
        }
        None => format!("{}, Content-Range: bytes */{}", status(416), whole.length),
    }
}
