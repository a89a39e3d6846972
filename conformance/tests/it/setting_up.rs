//! From nothing to a first run: what helps before anything is judged, and what helps when something is amiss.

use crate::kit::Kit;
use serde_json::Value;

/// `demo`'s configuration for `run`, its parts replaced.
fn configuration(replaced: &[(&str, &str)]) -> String {
    let kit = crate::kit::program();
    let demo = include_str!("../../src/commands/demo.toml");
    let demo = demo.replace("[\"conformance\", \"reference\"]", &format!("['{kit}', 'reference']"));
    let demo = demo.replace("done = \"reply\"\n", "");
    let text = replaced.iter().fold(demo, |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replace(from, to)
    });
    format!("{text}\n[waits]\ninbound = \"2s\"\n")
}

/// A trigger that logs a call at a path that HubSpot does not have.
const MISSPELT: &str = r#"command = ["curl", "-s", "-H", "content-type: application/json", "-d", "{{\"properties\":{{\"hs_call_to_number\":\"{to}\"}}}}", "{mock_url}/crm/v3/object/calls"]"#;

#[test]
fn init_writes_what_can_be_read_and_never_overwrites() {
    for (ci, file) in [
        ("github", ".github/workflows/conformance.yml"),
        ("gitlab", ".gitlab/conformance.yml"),
        ("jenkins", "Jenkinsfile.conformance"),
    ] {
        let kit = Kit::new();
        let first = kit.run(&["init", "--ci", ci]);
        assert_eq!(first.exit, 0, "{}{}", first.stdout, first.stderr);
        assert!(kit.path().join(file).is_file(), "{file}");
        kit.write("conformance.toml", "mine");
        let again = kit.run(&["init", "--ci", ci]);
        assert_eq!(again.exit, 2, "{}", again.stdout);
        assert!(again.stdout.contains("conformance.toml is there already"), "{}", again.stdout);
        assert_eq!(std::fs::read_to_string(kit.path().join("conformance.toml")).unwrap(), "mine");
    }
    let kit = Kit::new();
    kit.run(&["init", "--ci", "none"]);
    let planned = kit.run(&["run", "--dry-run"]);
    assert_eq!(planned.exit, 0, "{}{}", planned.stdout, planned.stderr);
}

#[test]
fn a_dry_run_says_what_would_be_done_and_does_nothing() {
    let kit = Kit::new();
    kit.write("conformance.toml", &configuration(&[("['", "['/no/such/program', '")]));
    let ran = kit.run(&["run", "--dry-run", "--seed", "0x5"]);
    assert_eq!(ran.exit, 0, "{}{}", ran.stdout, ran.stderr);
    for words in [
        "seed 0x0000000000000005",
        "outbound-call: ",
        "POST http://127.0.0.1:",
        "weather: throttled",
        "checks of settings",
    ] {
        assert!(ran.stdout.contains(words), "{words}: {}", ran.stdout);
    }
    assert!(!kit.path().join("reports").exists(), "nothing is written");
    assert_eq!(kit.run(&["run", "--dry-run", "throttled", "--only", "media/"]).exit, 3);
}

#[test]
fn doctor_finds_both_directions_sound() {
    let kit = Kit::new();
    kit.write("conformance.toml", &configuration(&[]));
    let ran = kit.run(&["doctor"]);
    assert_eq!(ran.exit, 0, "{}{}", ran.stdout, ran.stderr);
    for words in
        ["integration → HubSpot: requests arrive", "HubSpot → integration: ", "both sides reach each other"]
    {
        assert!(ran.stdout.contains(words), "{words}: {}", ran.stdout);
    }
    assert!(!kit.path().join("reports").exists(), "nothing is judged and nothing is written");
}

#[test]
fn doctor_tells_faults_of_the_configuration_from_faults_of_the_integration() {
    let alone = |trigger: &str| format!("schema = 1\n[trigger]\n{trigger}\n[waits]\ninbound = \"1s\"\n");
    for (text, whose, says) in [
        (configuration(&[("['", "['/no/such/program', '")]), "CONFIGURATION", "could not be started"),
        (
            configuration(&[("http://127.0.0.1:{port}/simulate-call", "http://127.0.0.1:9/simulate-call")]),
            "CONFIGURATION",
            "could not be reached",
        ),
        (
            configuration(&[("{access_token}", "pat-another")]),
            "CONFIGURATION",
            "a credential that this portal never gave",
        ),
        (alone("command = [\"true\"]"), "CONFIGURATION", "nothing arrived at http://127.0.0.1:"),
        (
            configuration(&[("[start.env]", "[start.env]\nSABOTAGE = \"calls/never-logged\"")]),
            "INTEGRATION",
            "no call was logged",
        ),
        (alone(MISSPELT), "INTEGRATION", "did you mean /crm/v3/objects/calls?"),
    ] {
        let kit = Kit::new();
        kit.write("conformance.toml", &text);
        let ran = kit.run(&["doctor"]);
        assert_eq!(ran.exit, 4, "{says}: {}{}", ran.stdout, ran.stderr);
        let line = ran.stdout.lines().find(|line| line.contains(says));
        let line = line.unwrap_or_else(|| panic!("{says}: {}{}", ran.stdout, ran.stderr));
        assert!(line.starts_with(whose), "{line}");
    }
}

#[test]
fn a_smoke_test_is_one_story_and_what_failed_is_asked_again() {
    let kit = Kit::new();
    kit.write(
        "conformance.toml",
        &configuration(&[("[start.env]", "[start.env]\nSABOTAGE = \"ranges/drops-the-last-byte\"")]),
    );
    let smoke = kit.run(&["run", "--smoke"]);
    assert_eq!(smoke.exit, 1, "{}{}", smoke.stdout, smoke.stderr);
    assert!(smoke.stdout.contains("16 random ranges"), "{}", smoke.stdout);
    let again = kit.run(&["run", "--rerun-failed", "--cases", "16", "--json", "-", "--out", "again"]);
    let results: Value = serde_json::from_str(&again.stdout).unwrap();
    assert_eq!(results["stories"].as_array().unwrap().len(), 1);
    let checks = results["stories"][0]["checks"].as_array().unwrap();
    assert!(checks.len() < 20 && checks.iter().any(|c| c["check"] == "ranges/first-byte"), "{checks:#?}");
    kit.write("conformance.toml", &configuration(&[]));
    let mended = kit.run(&["run", "--rerun-failed=again", "--cases", "16", "--out", "mended"]);
    assert_eq!(mended.exit, 0, "{}{}", mended.stdout, mended.stderr);
    let nothing = kit.run(&["run", "--rerun-failed=mended"]);
    assert_eq!(nothing.exit, 3, "{}", nothing.stdout);
}

#[test]
fn three_setup_faults_in_a_row_end_the_run() {
    let kit = Kit::new();
    // Calls that cannot be told apart are made one after the other; a program that is not there is a fault of each.
    let text = "schema = 1\n[profiles]\nrequire = [\"playback\", \"resilience\"]\n[trigger]\ncommand = [\"/no/such/program\"]\n";
    kit.write("conformance.toml", text);
    let ran = kit.run(&["run", "--json", "-", "--out", "out"]);
    assert_eq!(ran.exit, 4, "{}{}", ran.stdout, ran.stderr);
    let results: Value = serde_json::from_str(&ran.stdout).unwrap();
    let faults = results["setup_faults"].to_string();
    assert!(faults.contains("3 set-up faults in a row ended the run"), "{faults}");
    assert!(faults.contains("conformance doctor"), "{faults}");
}

#[test]
fn whoever_waits_is_told_for_what_how_long_and_what_came_closest() {
    let kit = Kit::new();
    kit.write("conformance.toml", &format!("schema = 1\n[trigger]\n{MISSPELT}\n[waits]\ninbound = \"3s\"\n"));
    let ran = kit.run(&["run", "outbound-call", "--cases", "4"]);
    assert_eq!(ran.exit, 1, "{}{}", ran.stdout, ran.stderr);
    let line = ran.stderr.lines().find(|l| l.contains("waiting for your integration to log the call"));
    let line = line.unwrap_or_else(|| panic!("{}", ran.stderr));
    assert!(line.contains(" s left; last seen: POST /crm/v3/object/calls "), "{line}");
    assert!(line.ends_with("did you mean /crm/v3/objects/calls?"), "{line}");
}

#[test]
fn completions_and_the_manual_are_printed() {
    let kit = Kit::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let ran = kit.run(&["completions", shell]);
        assert_eq!(ran.exit, 0, "{}", ran.stderr);
        assert!(ran.stdout.contains("rerun-failed"), "{shell}");
    }
    let manual = kit.run(&["man"]);
    assert_eq!(manual.exit, 0, "{}", manual.stderr);
    assert!(manual.stdout.contains(".TH conformance 1"), "{}", manual.stdout);
    for words in ["doctor", "Exit codes", "rerun"] {
        assert!(manual.stdout.contains(words), "{words}");
    }
}

#[test]
fn both_sides_may_speak_https_with_certificates_of_the_kit() {
    let kit = Kit::new();
    let secure = "PORT = \"{port}\"\nSSL_CERT_FILE = \"{ca_file}\"\nTLS_CERT = \"{tls_cert}\"\nTLS_KEY = \"{tls_key}\"";
    let replaced = [("[start]\n", "[hubspot]\ntls = true\n\n[start]\n"), ("PORT = \"{port}\"", secure)];
    kit.write("conformance.toml", &configuration(&replaced));
    let (exit, results) = kit.results(&["run", "outbound-call", "--cases", "8", "--out", "out"]);
    assert_eq!(exit, 0, "{}", results["standing"]);
    let evidence = std::fs::read_to_string(kit.path().join("out/evidence.ndjson")).unwrap();
    assert!(evidence.contains("\"mock_url\":\"https://127.0.0.1:"), "the fake HubSpot was asked by HTTPS");
    assert!(kit.path().join("out/tls/hubspot.pem").is_file());

    // Whoever is not told to trust it logs no call.
    let untold = [("[start]\n", "[hubspot]\ntls = true\n\n[start]\n")];
    kit.write("conformance.toml", &configuration(&untold));
    let (exit, _) = kit.results(&["run", "outbound-call", "--only", "calls/logged", "--out", "untold"]);
    assert_eq!(exit, 1);
}

#[test]
fn an_authority_that_nobody_made_is_told() {
    let kit = Kit::new();
    let replaced = [("PORT = \"{port}\"", "PORT = \"{port}\"\nSSL_CERT_FILE = \"{ca_file}\"")];
    kit.write("conformance.toml", &configuration(&replaced));
    let ran = kit.run(&["run", "outbound-call"]);
    assert_eq!(ran.exit, 4, "{}", ran.stderr);
    assert!(ran.stdout.contains("help: set [hubspot] tls = true"), "{}{}", ran.stdout, ran.stderr);
}
