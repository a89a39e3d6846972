//! Usage and configuration: exit 2, before anything is sent, with a place and a suggestion.

use crate::kit::Kit;

fn refused(kit: &Kit, args: &[&str], wanted: &[&str]) {
    let ran = kit.run(args);
    assert_eq!(ran.exit, 2, "{args:?}: {}\n{}", ran.stdout, ran.stderr);
    assert!(ran.stdout.is_empty(), "{}", ran.stdout);
    for words in wanted {
        assert!(ran.stderr.contains(words), "{args:?}: {words:?} is not in\n{}", ran.stderr);
    }
    assert!(!kit.path().join("reports").exists(), "nothing was begun");
}

#[test]
fn mistakes_in_the_configuration_are_shown_where_they_stand() {
    for (text, wanted) in [
        (
            "schema = 1\n[integratoin]\n",
            &["conformance.toml:2:2", "integratoin", "did you mean `integration`?"][..],
        ),
        ("schema = 1\n[waits]\ninbund = \"1s\"\n", &["conformance.toml:3:1", "did you mean `inbound`?"][..]),
        (
            "schema = 1\n[start]\ncommand = [\"x\", \"{prot}\"]\n",
            &["conformance.toml:3:", "{prot}", "did you mean `port`?"][..],
        ),
        ("schema = 1\n[profiles]\nrequire = [\"playbak\"]\n", &["conformance.toml:3:", "playback"][..]),
        ("schema = 1\n[hubspot]\naccess_token = \"pat-secret\"\n", &["conformance.toml:3:", "env"][..]),
        ("schema = 1\n", &["[trigger] is missing", "help:"][..]),
        ("schema = ", &["conformance.toml:1:"][..]),
    ] {
        let kit = Kit::new();
        kit.write("conformance.toml", text);
        refused(&kit, &["run"], wanted);
        assert!(!kit.run(&["run"]).stderr.contains("pat-secret"), "a secret is not repeated");
    }
}

#[test]
fn a_configuration_that_is_not_there_is_named() {
    refused(&Kit::new(), &["run", "--config", "nowhere.toml"], &["nowhere.toml", "does not exist"]);
}

#[test]
fn unknown_names_are_refused_with_the_nearest_one() {
    let kit = Kit::new();
    refused(
        &kit,
        &["demo", "outbond-call"],
        &["there is no scenario `outbond-call`", "did you mean `outbound-call`?"],
    );
    refused(&kit, &["demo", "--only", "rangs/"], &["no check's id starts with `rangs/`"]);
    refused(
        &kit,
        &["explain", "ranges/frist-byte"],
        &["there is no check", "did you mean `ranges/first-byte`?"],
    );
    refused(&kit, &["demo", "--seed", "0xzz"], &["0xzz"]);
}

#[test]
fn a_filter_that_leaves_nothing_is_incomplete() {
    let kit = Kit::new();
    let ran = kit.run(&["demo", "throttled", "--only", "media/"]);
    assert_eq!(ran.exit, 3, "{}\n{}", ran.stdout, ran.stderr);
    assert!(ran.stdout.contains("nothing was judged"), "{}", ran.stdout);
}

#[test]
fn every_check_explains_itself() {
    let kit = Kit::new();
    let ran = kit.run(&["explain", "ranges/first-byte"]);
    assert_eq!(ran.exit, 0);
    for words in ["ranges/first-byte", "Why it matters", "How to fix", "RFC 9110"] {
        assert!(ran.stdout.contains(words), "{words}: {}", ran.stdout);
    }
}

#[test]
fn the_lists_are_text_or_json() {
    let kit = Kit::new();
    for (args, at_least) in
        [(&["list"][..], 60), (&["list", "--sabotages"], 100), (&["list", "--scenarios"], 12)]
    {
        let text = kit.run(args);
        assert!(text.exit == 0 && text.stdout.lines().count() >= at_least, "{args:?}");
        let json = kit.run(&[args, &["--json"]].concat());
        let rows: Vec<serde_json::Value> = serde_json::from_str(&json.stdout).unwrap();
        assert_eq!(rows.len(), text.stdout.lines().count());
    }
}

#[test]
fn whoever_reads_no_further_is_no_fault() {
    for args in [&["list"][..], &["list", "--schema"], &["coverage"], &["explain", "--help"]] {
        let mut child = std::process::Command::new(crate::kit::program())
            .args(args)
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let ended = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&ended.stderr);
        assert!(ended.status.success() && said.is_empty(), "{args:?}: {} {said}", ended.status);
    }
}
