//! A real Chromium plays the recording: an honest integration passes, and each lie that breaks a player is found, by the
//! checks of the section `player`. What Chromium makes of each was observed here, not assumed.

use crate::foreign;
use crate::kit::{Kit, verdicts};
use crate::partners;
use conformance::catalogue;
use conformance::check::{Level, Section};
use reference_integration::variant;
use serde_json::Value;
use std::collections::BTreeSet;

const CHROMIUM: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// What failed of the section `player`.
fn failed(results: &Value) -> BTreeSet<String> {
    let failed = verdicts(results).into_iter().filter(|v| v.3 == "fail" && v.1.starts_with("player/"));
    failed.map(|v| v.1).collect()
}

fn assert_plays_and_seeks(results: &Value) {
    let of_player = |v: &(String, String, String, String, Value)| v.1.starts_with("player/");
    let all: Vec<_> = verdicts(results).into_iter().filter(of_player).collect();
    assert_eq!(all.len(), catalogue::all().filter(|c| c.section() == Section::Player).count());
    let others: Vec<_> = all.iter().filter(|v| v.3 != "pass").map(|v| &v.4).collect();
    assert!(others.is_empty(), "{others:#?}");
}

#[test]
fn the_reference_plays_and_seeks_in_chromium_and_its_requests_are_evidence() {
    if foreign::program(&CHROMIUM).is_none() {
        return;
    }
    let kit = Kit::new();
    let (exit, results) = kit.results(&["demo", "--browser", "in-a-browser", "--out", "out"]);
    assert_eq!(exit, 0, "{}", results["standing"]);
    assert_plays_and_seeks(&results);
    let har = std::fs::read_to_string(kit.path().join("out/evidence.har")).unwrap();
    assert!(har.contains("bytes=0-") && har.contains("received by a browser, not kept"));
    let report = std::fs::read_to_string(kit.path().join("out/report.html")).unwrap();
    assert!(report.contains("received by the browser"));
    let evidence = std::fs::read_to_string(kit.path().join("out/evidence.ndjson")).unwrap();
    assert!(evidence.contains("\"seek-80\"") && evidence.contains("If-Range"));
}

#[test]
fn a_short_recording_plays_and_seeks_too_and_so_does_one_of_each_format() {
    if foreign::program(&CHROMIUM).is_none() {
        return;
    }
    let stories = ["outbound-call", "flac-recording", "mp4-recording"];
    for story in stories {
        let (exit, results) = Kit::new().results(&["demo", "--browser", story, "--only", "player/"]);
        assert_eq!(exit, 0, "{story}: {}", results["standing"]);
        assert_plays_and_seeks(&results);
    }
}

#[test]
fn the_flask_partner_plays_and_seeks_in_chromium() {
    if foreign::program(&CHROMIUM).is_none() {
        return;
    }
    let Some((path, config)) = partners::flask() else { return };
    let kit = Kit::new();
    let args = ["run", "--browser", "in-a-browser", "--config", &config, "--json", "-", "--out", "out"];
    let ran = crate::kit::ran(kit.command(&args).env("PATH", path).output().unwrap());
    let results: Value = serde_json::from_str(&ran.stdout).unwrap_or_else(|e| panic!("{e}\n{}", ran.stderr));
    assert_eq!(ran.exit, 0, "{}", results["standing"]);
    assert_plays_and_seeks(&results);
}

#[test]
fn no_legal_variant_of_serving_is_blamed() {
    if foreign::program(&CHROMIUM).is_none() {
        return;
    }
    let mut blamed = Vec::new();
    for variant in variant::ALL.iter().filter(|variant| variant.story == "outbound-call") {
        let (exit, results) =
            Kit::new().results(&["demo", "--browser", "--variant", variant.name, "--strict"]);
        let others = verdicts(&results).into_iter().filter(|v| v.3 != "pass");
        blamed.extend(others.map(|v| format!("{}: {}", variant.name, v.4)));
        if exit != 0 {
            blamed.push(format!("{}: exit {exit}, {}", variant.name, results["standing"]));
        }
    }
    assert!(blamed.is_empty(), "{blamed:#?}");
}

#[test]
fn each_lie_that_breaks_a_player_is_found_by_the_checks_that_say_so_and_by_no_others() {
    if foreign::program(&CHROMIUM).is_none() {
        return;
    }
    let mut wrong = Vec::new();
    let of_player = || catalogue::all().filter(|check| check.section() == Section::Player);
    let lies: BTreeSet<_> = of_player().flat_map(|check| check.proof).collect();
    for lie in lies {
        let (exit, results) = Kit::new().results(&["demo", "--browser", "--break", lie]);
        let failed = failed(&results);
        for check in of_player() {
            let proves = check.proof.contains(lie);
            // An informational finding besides says nothing wrong.
            if failed.contains(check.id) != proves && (proves || check.level != Level::Informational) {
                wrong.push(format!("{lie}: {} {}", check.id, if proves { "does not fail" } else { "fails" }));
            }
        }
        if exit != 1 {
            wrong.push(format!("{lie}: exit {exit}, {}", results["standing"]));
        }
        eprintln!("{lie}: {}", failed.into_iter().collect::<Vec<_>>().join(" "));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_browser_that_is_not_there_leaves_its_checks_open_and_says_what_to_install() {
    let (exit, results) = Kit::new().results(&["demo", "--browser=/nowhere/chromium", "in-a-browser"]);
    assert_eq!(exit, 3, "{}", results["standing"]);
    let all = verdicts(&results);
    assert!(!all.is_empty() && all.iter().all(|v| v.3 == "unjudged"), "{all:#?}");
    assert!(
        all[0].4["reason"].as_str().unwrap().contains("/nowhere/chromium could not be started"),
        "{}",
        all[0].4
    );

    let kit = Kit::new();
    let empty = kit.path().join("empty");
    std::fs::create_dir(&empty).unwrap();
    let args = ["demo", "--browser", "in-a-browser", "--json", "-"];
    let ran = crate::kit::ran(kit.command(&args).env("PATH", &empty).output().unwrap());
    assert_eq!(ran.exit, 3, "{}", ran.stderr);
    assert!(ran.stdout.contains("apt-get install chromium"), "{}", ran.stdout);
}
