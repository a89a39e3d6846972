//! From a key to a verified certificate, and every reason against one.

use crate::kit::Kit;
use crate::partner::{CERTIFICATE, certified, configuration, partner};
use conformance::certificate::archive;
use conformance::certificate::bundle::{self, Run};
use conformance::certificate::key::{PrivateKey, PublicKey};
use conformance::certificate::verify::{Outcome, verify};
use serde_json::Value;

const KEY: [&str; 2] = ["--key", "conformance.key.pub"];

fn read(kit: &Kit, name: &str) -> Vec<u8> {
    std::fs::read(kit.path().join(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
}

fn text(kit: &Kit, name: &str) -> String {
    String::from_utf8(read(kit, name)).unwrap()
}

#[test]
fn a_key_pair_is_made_once_and_is_the_owners_alone() {
    let kit = partner();
    let (private, public) = (text(&kit, "conformance.key"), text(&kit, "conformance.key.pub"));
    let key = PrivateKey::from_pem(&private).unwrap();
    assert_eq!(PublicKey::from_pem(&public).unwrap(), key.public());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(kit.path().join("conformance.key")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let again = kit.run(&["keygen"]);
    assert_eq!((again.exit, text(&kit, "conformance.key")), (2, private.clone()));
    assert!(again.stderr.contains("never overwritten"), "{}", again.stderr);
    std::fs::remove_file(kit.path().join("conformance.key.pub")).unwrap();
    assert_eq!(kit.run(&["keygen"]).exit, 2, "the private one alone is not overwritten either");
    assert_eq!(text(&kit, "conformance.key"), private);
    assert_eq!(kit.run(&["keygen", "other.key"]).exit, 0);
}

#[test]
fn a_certificate_that_was_made_here_is_verified_anywhere() {
    let kit = certified();
    let verified = kit.run(&[&["verify", CERTIFICATE][..], &KEY].concat());
    assert_eq!(verified.exit, 0, "{}", verified.stdout);
    for part in ["verified", "NOT FOR PUBLICATION", "every required check ran and passed", "set 2026-1"] {
        assert!(verified.stdout.contains(part), "{part}: {}", verified.stdout);
    }
    let json = kit.run(&[&["verify", CERTIFICATE, "--json"][..], &KEY].concat());
    let json: Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!((&json["outcome"], json["faults"].as_array().map(Vec::len)), (&"verified".into(), Some(0)));
    assert_eq!(json["certificate"]["attested"], Value::Array(vec![]), "recordings of the kit are recomputed");

    // The same run gives the same file, to the last byte.
    let (bytes, key) =
        (read(&kit, CERTIFICATE), PrivateKey::from_pem(&text(&kit, "conformance.key")).unwrap());
    let files = archive::unpack(&bytes).unwrap();
    let run: Run = bundle::opened(&files).unwrap();
    let sealed = || {
        let results = run.results();
        bundle::seal(bundle::files(&run, &results), &results, (run.set(), run.publication), &key)
    };
    assert!(sealed() == bytes && sealed() == bytes, "a certificate has one form");

    // What the run left in its folder is what stands in the bundle.
    for name in
        ["results.json", "report.html", "evidence.ndjson", "junit.xml", "premises.json", "evidence.har"]
    {
        assert!(files[name] == read(&kit, &format!("run/{name}")), "{name}");
    }
    assert!(!kit.path().join("run/spool").exists());

    // Another key, and one wrong byte.
    kit.run(&["keygen", "other.key"]);
    let stranger = kit.run(&["verify", CERTIFICATE, "--key", "other.key.pub"]);
    assert_eq!(stranger.exit, 1);
    assert!(stranger.stdout.contains("signed with another key"), "{}", stranger.stdout);
    let mut changed = files.clone();
    changed.get_mut("results.json").unwrap()[100] ^= 1;
    std::fs::write(kit.path().join("changed.tar"), archive::pack(&changed)).unwrap();
    let refused = kit.run(&[&["verify", "changed.tar"][..], &KEY].concat());
    assert_eq!(refused.exit, 1);
    assert!(
        refused.stdout.contains("REFUSED") && refused.stdout.contains("results.json"),
        "{}",
        refused.stdout
    );
    // A dishonest partner, who makes manifest and signature anew.
    let mut claimed = run.results();
    claimed.stories[0].checks[0].verdict = conformance::verdict::Verdict::not_applicable("not today");
    let forged = bundle::seal(bundle::files(&run, &claimed), &claimed, (run.set(), run.publication), &key);
    let verification = verify(&forged, &key.public());
    let place = format!("{} in {}", claimed.stories[0].checks[0].check, claimed.stories[0].scenario);
    assert_eq!(verification.outcome, Outcome::Refused);
    assert_eq!(verification.faults[0].place, place, "{:?}", verification.faults);
}

#[test]
fn every_reason_against_a_certificate_is_told_at_once_and_nothing_is_sent() {
    let kit = partner();
    let spoiled = configuration()
        .replace("version = \"0.1.0\"", "version = \"main\"")
        .replace("contact = \"partner@example.test\"\n", "")
        .replace(", \"security\"]", "]");
    let waiver = "[[waiver]]\ncheck = \"ranges/first-byte\"\nreason = \"r\"\nticket = \"T-1\"\nexpires = \"2099-01-01\"\n";
    kit.write("conformance.toml", &format!("{spoiled}\n[ranges]\ncases = 16\n{waiver}"));
    let refused = kit.run(&["certify", "--not-for-publication"]);
    assert_eq!(refused.exit, 2, "{}", refused.stderr);
    for reason in [
        "no certificate, for 5 reasons",
        "contact is missing",
        "`main` is the name of a branch",
        "the profile security",
        "cases is 16",
        "ranges/first-byte is waived (T-1)",
    ] {
        assert!(refused.stderr.contains(reason), "{reason}: {}", refused.stderr);
    }
    assert!(!kit.path().join("reports").exists(), "nothing was examined");
    assert!(kit.run(&["certify", "--set", "2025-1"]).stderr.contains("there is no requirement set `2025-1`"));
    assert!(kit.run(&["certify", "--key", "none.key"]).stderr.contains("keygen"));
}

#[test]
fn a_set_is_listed_with_the_hash_that_identifies_it() {
    let kit = Kit::new();
    let listed = kit.run(&["list", "--set", "2026-1"]);
    assert_eq!(listed.exit, 0);
    let hash = conformance::requirements::RequirementSet::LATEST.sha256();
    assert!(
        listed.stdout.contains("ranges/first-byte") && listed.stdout.contains(&hash),
        "{}",
        listed.stdout
    );
    assert_eq!(kit.run(&["list", "--set", "2026-2"]).exit, 2);
}

#[test]
fn what_is_no_certificate_is_refused_with_a_sentence() {
    let kit = partner();
    for (bytes, words) in [(&b"\x1f\x8b123"[..], "gzip"), (b"", "empty"), (&[0; 2048], "no file in it")] {
        std::fs::write(kit.path().join("x.tar"), bytes).unwrap();
        let refused = kit.run(&[&["verify", "x.tar"][..], &KEY].concat());
        assert_eq!(refused.exit, 1, "{}", refused.stderr);
        assert!(refused.stdout.contains(words), "{words}: {}", refused.stdout);
    }
    assert_eq!(kit.run(&[&["verify", "none.tar"][..], &KEY].concat()).exit, 2);
    assert_eq!(kit.run(&["verify", "x.tar", "--key", "conformance.key"]).exit, 2, "that is the private one");
}
