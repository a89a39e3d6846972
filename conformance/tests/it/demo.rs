//! `demo`: the first thing that anybody sees.

use crate::kit::Kit;
use crate::probe::Held;
use std::process::Command;

#[test]
fn the_seed_comes_first_and_every_scenario_has_a_line_with_its_counts() {
    let kit = Kit::new();
    let ran = kit.run(&["demo", "--cases", "16"]);
    assert_eq!(ran.exit, 0, "{}\n{}", ran.stdout, ran.stderr);
    assert!(ran.stdout.starts_with("seed 0x"), "{}", ran.stdout);
    for scenario in conformance::scenario::embedded().into_iter().filter(|s| !s.on_request) {
        let line = ran.stdout.lines().find(|l| l.split_whitespace().next() == Some(&scenario.name));
        let line = line.unwrap_or_else(|| panic!("no line for {}:\n{}", scenario.name, ran.stdout));
        assert!(line.contains("pass"), "{line}");
    }
    let reports = ran.stdout.lines().find(|l| l.starts_with("reports: ")).unwrap();
    for path in reports.split_whitespace().skip(1) {
        assert!(kit.path().join(path).is_file(), "{path}");
    }
    assert!(ran.stdout.contains("there is no reports/reference/ here"), "{}", ran.stdout);
}

#[test]
fn a_snapshot_is_pending_then_accepted_then_equal_then_different() {
    let kit = Kit::new();
    std::fs::create_dir_all(kit.path().join("reports/reference")).unwrap();
    let first = kit.run(&["demo", "--cases", "16"]);
    assert_eq!(first.exit, 6, "{}", first.stdout);
    assert_eq!(kit.run(&["snapshot", "pending"]).exit, 6);
    assert_eq!(kit.run(&["snapshot", "accept"]).exit, 0);
    let second = kit.run(&["demo", "--cases", "16"]);
    assert_eq!(second.exit, 0, "{}", second.stdout);
    let file = kit.path().join("reports/reference/outbound-call.md");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replacen("pass", "fail", 1)).unwrap();
    let third = kit.run(&["demo", "--cases", "16"]);
    assert_eq!(third.exit, 6, "{}", third.stdout);
    assert!(third.stdout.contains("outbound-call"), "{}", third.stdout);
    assert_eq!(kit.run(&["snapshot", "reject"]).exit, 0);
    assert_eq!(kit.run(&["snapshot", "pending"]).exit, 0);
    let in_ci = crate::kit::ran(kit.command(&["demo", "--cases", "16"]).env("CI", "true").output().unwrap());
    assert_eq!(in_ci.exit, 6);
    assert!(!kit.path().join("reports/reference/outbound-call.new.md").exists(), "CI writes no snapshot");
}

#[test]
fn a_lie_that_does_not_exist_is_refused_with_a_suggestion() {
    let kit = Kit::new();
    let ran = kit.run(&["demo", "--break", "none-such"]);
    assert_eq!(ran.exit, 2);
    assert!(ran.stderr.contains("there is no sabotage `none-such`"), "{}", ran.stderr);
    assert!(ran.stderr.contains("help: "), "{}", ran.stderr);
    let near = kit.run(&["demo", "--break", "ranges/drop-the-last-byte"]);
    assert!(near.stderr.contains("did you mean `ranges/drops-the-last-byte`?"), "{}", near.stderr);
}

#[test]
fn the_curl_line_of_a_finding_shows_the_fault_again() {
    for (lie, check, shows) in [
        ("ranges/answers-200-with-everything", "ranges/first-byte", "200 OK"),
        ("ranges/drops-the-last-byte", "ranges/first-byte", "206 Partial Content"),
        ("ranges/no-content-range", "ranges/content-range", "206 Partial Content"),
        ("authenticated-url/snake-case-member", "authenticated-url/member", "authenticated_url"),
        ("calls/wrong-source", "calls/source", "INTEGRATION"),
        ("ready/twice", "ready/once", "recordings/ready"),
    ] {
        let held = Held::start(&["--break", lie]);
        let verdict = crate::kit::verdicts(&held.results).into_iter().find(|v| v.1 == check && v.3 == "fail");
        let finding = verdict.unwrap_or_else(|| panic!("{lie}: {check} does not fail")).4;
        let line = finding["finding"]["curl"].as_str().unwrap();
        let shown = Command::new("sh").args(["-c", line]).output().unwrap();
        // Headers are shown on stderr, so that bytes can be cut short on stdout.
        let text = String::from_utf8_lossy(&[shown.stdout, shown.stderr].concat()).into_owned();
        assert!(text.contains(shows), "{lie}: {line}\nshows\n{text}");
        if lie == "ranges/no-content-range" {
            assert!(!text.to_lowercase().contains("content-range:"), "{text}");
        }
        held.end();
    }
}

#[test]
fn stdout_holds_only_the_results_when_they_are_asked_for_as_json() {
    let kit = Kit::new();
    let ran = kit.run(&["demo", "outbound-call", "--cases", "8", "--json", "-"]);
    let value: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(value["schema"], "conformance-results/1");
    let written = std::fs::read_to_string(kit.path().join("reports/latest/results.json")).unwrap();
    assert_eq!(serde_json::from_str::<serde_json::Value>(&written).unwrap(), value);
}

#[test]
fn a_machine_that_trusts_no_authority_is_no_hindrance() {
    let kit = Kit::new();
    let mut command = kit.command(&["demo", "outbound-call", "--cases", "8"]);
    command.env("SSL_CERT_FILE", "/dev/null").env("SSL_CERT_DIR", "/dev/null");
    let ran = crate::kit::ran(command.output().unwrap());
    assert_eq!(ran.exit, 0, "{}{}", ran.stdout, ran.stderr);
}

#[test]
fn a_folder_that_cannot_be_written_is_refused_before_anything_is_sent() {
    let kit = Kit::new();
    kit.write("occupied", "a file");
    let ran = kit.run(&["demo", "--out", "occupied/run"]);
    assert_eq!(ran.exit, 2);
    assert!(ran.stderr.contains("cannot be written") && ran.stderr.contains("--out"), "{}", ran.stderr);
}
