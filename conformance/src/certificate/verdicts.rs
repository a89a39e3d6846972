//! Two results compared, verdict by verdict: what was claimed, and what was found out. Pure.

use super::Fault;
use crate::results::{CheckResult, Results};
use std::collections::BTreeMap;

type Key<'a> = (&'a str, &'a str);

/// How a verdict is named.
pub(super) fn place(scenario: &str, check: &str) -> String {
    format!("{check} in {scenario}")
}

/// Each verdict that the two do not share, by story and check.
pub(super) fn differing(claimed: &Results, found: &Results) -> Vec<Fault> {
    let (theirs, twice) = by_name(claimed);
    let (ours, _) = by_name(found);
    let place = |(scenario, check): &Key| place(scenario, check);
    let mut faults: Vec<_> =
        twice.iter().map(|key| Fault::new(place(key), "it is in the results twice")).collect();
    for (key, found) in &ours {
        match theirs.get(key) {
            None => faults.push(Fault::new(place(key), format!("it is missing; it is {}", said(found)))),
            Some(claimed) if claimed != found => faults.push(Fault::new(place(key), told(claimed, found))),
            Some(_) => {}
        }
    }
    let added = theirs.keys().filter(|key| !ours.contains_key(*key));
    faults.extend(added.map(|key| Fault::new(place(key), "it was never asked")));
    faults
}

/// The same, but only kinds of verdicts: what a second run can be expected to share with the first.
pub(super) fn differing_in_kind(before: &Results, now: &Results) -> Vec<Fault> {
    let kinds = |results: &Results| {
        let mut results = results.clone();
        for check in results.stories.iter_mut().flat_map(|story| &mut story.checks) {
            check.verdict = match check.verdict.word() {
                "pass" => crate::verdict::Verdict::Pass,
                "fail" => crate::verdict::Verdict::fail(crate::verdict::Finding::default()),
                "unjudged" => crate::verdict::Verdict::unjudged(""),
                _ => crate::verdict::Verdict::not_applicable(""),
            };
        }
        results
    };
    differing(&kinds(before), &kinds(now))
}

fn by_name(results: &Results) -> (BTreeMap<Key<'_>, &CheckResult>, Vec<Key<'_>>) {
    let (mut all, mut twice) = (BTreeMap::new(), Vec::new());
    for story in &results.stories {
        for check in &story.checks {
            let key = (story.scenario.as_str(), check.check.as_str());
            if all.insert(key, check).is_some() {
                twice.push(key);
            }
        }
    }
    (all, twice)
}

fn said(check: &CheckResult) -> String {
    format!("{} ({})", check.verdict.word(), check.level.name())
}

fn told(claimed: &CheckResult, found: &CheckResult) -> String {
    if said(claimed) == said(found) {
        return format!("{}, but with another finding, reason or title than the evidence gives", said(found));
    }
    format!("{} is claimed; the evidence says {}", said(claimed), said(found))
}

#[cfg(test)]
mod tests {
    use super::{differing, differing_in_kind};
    use crate::report::sample;
    use crate::verdict::Verdict;

    #[test]
    fn each_verdict_that_differs_is_named() {
        let found = sample::mixed();
        assert!(differing(&found, &found).is_empty());
        let mut claimed = found.clone();
        let check =
            claimed.stories.iter_mut().flat_map(|s| &mut s.checks).find(|c| c.check == "ranges/single");
        check.unwrap().verdict = Verdict::Pass;
        let faults = differing(&claimed, &found);
        assert_eq!(faults.len(), 1, "{faults:?}");
        assert!(faults[0].place.starts_with("ranges/single in "), "{faults:?}");
        assert!(faults[0].what.contains("pass (required) is claimed; the evidence says fail"), "{faults:?}");
        assert_eq!(differing_in_kind(&claimed, &found).len(), 1);
    }

    #[test]
    fn a_verdict_that_is_missing_added_or_there_twice_is_named() {
        let found = sample::mixed();
        let mut claimed = found.clone();
        let gone = claimed.stories[0].checks.remove(0);
        let twice = claimed.stories[0].checks[0].clone();
        claimed.stories[0].checks.push(twice);
        claimed.stories[0].checks.push(crate::results::CheckResult { check: "calls/other".into(), ..gone });
        let said: Vec<_> = differing(&claimed, &found).into_iter().map(|fault| fault.what).collect();
        assert!(said.iter().any(|what| what.contains("twice")), "{said:?}");
        assert!(said.iter().any(|what| what.contains("missing")), "{said:?}");
        assert!(said.iter().any(|what| what.contains("never asked")), "{said:?}");
    }
}
