//! What is legal is not blamed: the reference integration does one thing after the other in another way that is as right,
//! and not even `--strict` finds anything. The variants stand in `reference/src/variant/`.

use crate::kit::{Kit, verdicts};
use reference_integration::variant::{self, Variant};
use std::sync::Mutex;

/// Runs that go on at the same time.
const AT_ONCE: usize = 3;

#[test]
fn no_legal_variant_is_blamed() {
    let waiting = Mutex::new(variant::ALL.iter());
    let blamed = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                loop {
                    let Some(variant) = waiting.lock().unwrap().next() else { return };
                    let findings = examine(variant);
                    blamed.lock().unwrap().extend(findings);
                }
            });
        }
    });
    let mut blamed = blamed.into_inner().unwrap();
    blamed.sort();
    assert!(blamed.is_empty(), "{} findings:\n{}", blamed.len(), blamed.join("\n"));
}

fn examine(variant: &Variant) -> Vec<String> {
    let kit = Kit::new();
    let args = ["demo", "--strict", "--variant", variant.name, "--seed", "0x5eed", "--out", "out"];
    let (exit, results) = kit.results(&args);
    let mut blamed: Vec<_> = verdicts(&results)
        .into_iter()
        // What is informational is told and counts nowhere: a capped 206 costs requests, say, and that may be known.
        .filter(|(_, _, level, verdict, _)| {
            level != "informational" && (verdict == "fail" || verdict == "unjudged")
        })
        .map(|(_, check, level, _, whole)| {
            let why = if whole["finding"].is_null() { &whole["reason"] } else { &whole["finding"] };
            format!("{}: {check} ({level}): {why}", variant.name)
        })
        .collect();
    if exit != 0 && blamed.is_empty() {
        blamed.push(format!("{}: exit {exit}: {}", variant.name, results["standing"]));
    }
    let passed = verdicts(&results).iter().filter(|v| v.3 == "pass").count();
    if passed < 20 {
        blamed.push(format!("{}: only {passed} checks passed", variant.name));
    }
    blamed
}

#[test]
fn every_variant_has_a_name_and_a_story_of_its_own() {
    for (place, variant) in variant::ALL.iter().enumerate() {
        assert!(variant::ALL[place + 1..].iter().all(|other| other.name != variant.name), "{}", variant.name);
        let stories = conformance::scenario::embedded();
        assert!(stories.iter().any(|story| story.name == variant.story), "{}", variant.name);
        assert!(reference_integration::sabotage::find(variant.name).is_none());
    }
    assert!(variant::ALL.len() >= 20);
}
