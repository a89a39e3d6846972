//! A certificate's verdicts beside those of a second run against the live integration. Pure.

use super::{Fault, verdicts};
use crate::check::Level;
use crate::results::{CheckResult, Results};
use serde::Serialize;
use std::collections::BTreeSet;

/// What the two do not share.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Comparison {
    /// How many verdicts were compared.
    pub verdicts: usize,
    /// Required verdicts that differ.
    pub counted: Vec<Fault>,
    /// Others that differ.
    pub noted: Vec<Fault>,
}

/// Compares kinds of verdicts; findings name ports and times, and those are others each time.
pub fn compare(before: &Results, now: &Results) -> Comparison {
    let all = |results: &Results| results.stories.iter().map(|story| story.checks.len()).sum();
    let required: BTreeSet<String> = [before, now].into_iter().flat_map(required).collect();
    let (counted, noted) =
        verdicts::differing_in_kind(before, now).into_iter().partition(|f| required.contains(&f.place));
    Comparison { verdicts: all(before), counted, noted }
}

fn required(results: &Results) -> impl Iterator<Item = String> {
    results.stories.iter().flat_map(|story| {
        let weighs = |check: &&CheckResult| check.level == Level::Required;
        story.checks.iter().filter(weighs).map(|check| verdicts::place(&story.scenario, &check.check))
    })
}

impl Comparison {
    /// In a sentence.
    pub fn sentence(&self) -> String {
        let Self { verdicts, counted, noted } = self;
        match (counted.len(), noted.len()) {
            (0, 0) => format!("asked again: all {verdicts} verdicts are the same"),
            (c, n) => format!("asked again: of {verdicts} verdicts {c} required and {n} others differ"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::compare;
    use crate::report::sample;
    use crate::verdict::Verdict;

    #[test]
    fn required_verdicts_that_differ_are_told_from_others() {
        let before = sample::mixed();
        let same = compare(&before, &before);
        assert!(same.sentence().contains("are the same"));
        let mut now = before.clone();
        for check in now.stories.iter_mut().flat_map(|story| &mut story.checks) {
            check.verdict = Verdict::unjudged("gone");
        }
        let comparison = compare(&before, &now);
        assert!(!comparison.counted.is_empty() && !comparison.noted.is_empty(), "{comparison:?}");
        assert!(comparison.counted.iter().any(|fault| fault.place.starts_with("ranges/single in ")));
    }
}
