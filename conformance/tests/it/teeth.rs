//! Every check can fail: each lie of the reference integration is caught by every check that says so, and by no other
//! required one; and the honest reference is blamed for nothing.

use crate::kit::{Kit, verdicts};
use conformance::catalogue;
use reference_integration::sabotage::{self, Sabotage};
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::Mutex;

/// Runs that go on at the same time.
const AT_ONCE: usize = 3;

#[test]
fn every_lie_is_caught_by_its_checks_and_by_nothing_unrelated() {
    let waiting = Mutex::new(sabotage::ALL.iter());
    let wrong = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                loop {
                    let Some(lie) = waiting.lock().unwrap().next() else { return };
                    let faults = tell(lie);
                    wrong.lock().unwrap().extend(faults);
                }
            });
        }
    });
    let mut wrong = wrong.into_inner().unwrap();
    wrong.sort();
    assert!(wrong.is_empty(), "{} faults:\n{}", wrong.len(), wrong.join("\n"));
}

/// What is wrong with how one lie was caught.
fn tell(lie: &Sabotage) -> Vec<String> {
    let kit = Kit::new();
    let (exit, results) = kit.results_with_accepted(&["demo", "--break", lie.name, "--out", "out"]);
    let mut wrong = Vec::new();
    if exit != 1 {
        wrong.push(format!("{}: exit {exit}, {}", lie.name, results["standing"]["reasons"]));
    }
    if results["standing"]["reasons"].to_string().contains("snapshot reports") {
        wrong.push(format!("{}: reports/broken/ shows other findings; see `conformance snapshot`", lie.name));
    }
    let verdicts = verdicts(&results);
    let failed: BTreeSet<_> = verdicts.iter().filter(|v| v.3 == "fail").map(|v| v.1.as_str()).collect();
    let expected: BTreeSet<_> =
        catalogue::all().filter(|c| c.proof.contains(&lie.name)).map(|c| c.id).collect();
    for missed in expected.difference(&failed) {
        let answered = verdicts.iter().find(|v| v.1 == *missed).map(|v| v.4.to_string()).unwrap_or_default();
        wrong.push(format!("{}: {missed} should fail: {answered}", lie.name));
    }
    for (_, check, level, verdict, whole) in &verdicts {
        if verdict == "fail" && level == "required" && !expected.contains(check.as_str()) {
            wrong.push(format!("{}: {check} fails and should not: {}", lie.name, whole["finding"]));
        }
        if verdict == "fail" {
            wrong.extend(incomplete(lie.name, check, &whole["finding"]));
        }
    }
    wrong
}

/// What a finding lacks.
fn incomplete(lie: &str, check: &str, finding: &Value) -> Option<String> {
    let empty: Vec<_> = ["clause", "sent", "received", "first_difference", "curl"]
        .into_iter()
        .filter(|member| finding[*member].as_str().is_none_or(str::is_empty))
        .chain(finding["expected"].as_array().is_none_or(Vec::is_empty).then_some("expected"))
        .collect();
    (!empty.is_empty()).then(|| format!("{lie}: the finding of {check} lacks {empty:?}"))
}

#[test]
fn the_honest_reference_is_blamed_for_nothing() {
    let kit = Kit::new();
    let (exit, results) = kit.results_with_accepted(&["demo", "--strict", "--out", "out"]);
    let blamed: Vec<_> = verdicts(&results)
        .into_iter()
        .filter(|(.., verdict, _)| verdict == "fail" || verdict == "unjudged")
        .map(|(story, .., whole)| format!("{story}: {whole}"))
        .collect();
    assert!(blamed.is_empty(), "{}", blamed.join("\n"));
    assert_eq!(exit, 0, "{}", results["standing"]);
}
