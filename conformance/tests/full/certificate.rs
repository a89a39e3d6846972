//! Certificates that were meddled with: by somebody without the key, and by a dishonest partner who signs anew.

use crate::kit::Kit;
use crate::partner::{CERTIFICATE, certified, partner};
use conformance::certificate::Publication;
use conformance::certificate::archive::{self, Files};
use conformance::certificate::bundle::{self, MANIFEST, Run, STATEMENT};
use conformance::certificate::key::PrivateKey;
use conformance::certificate::verify::{Outcome, Verification, verify};
use conformance::check::{OctetStream, Profile};
use conformance::evidence::store;
use conformance::evidence::{Answer, Content, Difference, Outcome as Came, Probe, ProbeOutcome};
use conformance::verdict::{Finding, Verdict};
use conformance::waiver::Waiver;
use std::fmt::Write;
use std::sync::OnceLock;

struct Honest {
    key: PrivateKey,
    bytes: Vec<u8>,
    files: Files,
    run: Run,
    #[expect(dead_code, reason = "its folder lives as long as the tests")]
    kit: Kit,
}

fn honest() -> &'static Honest {
    static MADE: OnceLock<Honest> = OnceLock::new();
    MADE.get_or_init(|| {
        let kit = certified();
        let key = std::fs::read_to_string(kit.path().join("conformance.key")).unwrap();
        let bytes = std::fs::read(kit.path().join(CERTIFICATE)).unwrap();
        let files = archive::unpack(&bytes).unwrap();
        let run = bundle::opened(&files).unwrap();
        Honest { key: PrivateKey::from_pem(&key).unwrap(), bytes, files, run, kit }
    })
}

/// Numbers that are the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % most
    }
}

fn places(verification: &Verification) -> String {
    verification.faults.iter().fold(String::new(), |mut all, fault| {
        let _ = writeln!(all, "{}: {}", fault.place, fault.what);
        all
    })
}

#[test]
fn whatever_is_changed_without_the_key_is_refused_and_its_place_named() {
    let honest = honest();
    let public = honest.key.public();
    let mut dice = Dice(1);
    let mut tried = 0;
    let mut refused = |bytes: &[u8], place: &str, what: &str| {
        let verification = verify(bytes, &public);
        assert_eq!(verification.outcome, Outcome::Refused, "{what}");
        assert!(
            places(&verification).contains(place),
            "{what}: {place} is not named: {}",
            places(&verification)
        );
        tried += 1;
    };
    for (name, content) in &honest.files {
        // Any byte of any file.
        for _ in 0..24 {
            let mut files = honest.files.clone();
            let at = dice.below(content.len());
            files.get_mut(name).unwrap()[at] ^= 1 << dice.below(8);
            // A changed manifest is one that does not fit a file: which of the two was changed nobody can say.
            let place = if name == MANIFEST { "manifest" } else { name.as_str() };
            refused(&archive::pack(&files), place, &format!("byte {at} of {name}"));
        }
        // A file less, a longer one, a shorter one, and one under another name.
        let mut files = honest.files.clone();
        let taken = files.remove(name).unwrap();
        refused(&archive::pack(&files), name, &format!("{name} taken out"));
        for other in [[taken.as_slice(), b" "].concat(), taken[..taken.len() - 1].to_vec()] {
            let mut files = honest.files.clone();
            files.insert(name.clone(), other);
            let place = if name == MANIFEST { "manifest" } else { name.as_str() };
            refused(&archive::pack(&files), place, &format!("{name} of another length"));
        }
        files.insert("other".into(), taken);
        refused(&archive::pack(&files), name, &format!("{name} renamed"));
    }
    // Any line of the manifest.
    let manifest = String::from_utf8(honest.files[MANIFEST].clone()).unwrap();
    for line in manifest.lines() {
        let name = line.split("  ").nth(1).unwrap();
        let mut swapped = line.to_owned();
        let digit = if line.starts_with('0') { "1" } else { "0" };
        swapped.replace_range(..1, digit);
        for other in [String::new(), format!("{line}\n{line}\n"), format!("{swapped}\n")] {
            let mut files = honest.files.clone();
            let text = manifest.replace(&format!("{line}\n"), &other);
            files.insert(MANIFEST.into(), text.into_bytes());
            let place = if other.matches('\n').count() == 2 { MANIFEST } else { name };
            refused(&archive::pack(&files), place, &format!("manifest line of {name}"));
        }
    }
    // Any byte of the archive, its headers and its padding too.
    for _ in 0..150 {
        let mut bytes = honest.bytes.clone();
        let at = dice.below(bytes.len());
        bytes[at] ^= 1 << dice.below(8);
        refused(&bytes, "", &format!("byte {at} of the archive"));
    }
    refused(&honest.bytes[..honest.bytes.len() / 2], "archive", "half of it");
    println!("{tried} changed certificates, every one refused");
    assert!(tried >= 500, "only {tried}");
}

/// A certificate that a partner makes of this run and these files, with a manifest and a signature that fit.
fn signed_anew(run: &Run, change: impl FnOnce(&mut Files)) -> Verification {
    let key = &honest().key;
    let results = run.results();
    let mut files = bundle::files(run, &results);
    change(&mut files);
    files.remove(MANIFEST);
    files.remove(STATEMENT);
    verify(&bundle::seal(files, &results, (run.set(), run.publication), key), &key.public())
}

#[track_caller]
fn finds_out(verification: &Verification, place: &str) {
    assert_eq!(verification.outcome, Outcome::Refused, "nobody found out: {place}");
    assert!(places(verification).contains(place), "{place} is not named: {}", places(verification));
}

#[test]
fn a_partner_who_signs_anew_is_found_out_file_by_file() {
    let run = &honest().run;
    assert_eq!(signed_anew(run, |_| {}).outcome, Outcome::Verified);
    let mut dice = Dice(2);
    let names: Vec<_> = bundle::files(run, &run.results()).into_keys().collect();
    for name in &names {
        if name == "conformance.toml" {
            // The partner's own: what it says is compared with the run (below), how it is laid out is theirs.
            finds_out(&signed_anew(run, |files| drop(files.remove(name))), name);
            continue;
        }
        // A byte of a file, where that leaves it readable or not.
        let content = signed_anew(run, |files| {
            let content = files.get_mut(name).unwrap();
            let at = dice.below(content.len());
            content[at] ^= 1;
        });
        // Evidence that changed is told by what no longer follows from it.
        let place = if name == "evidence.ndjson" || name == "premises.json" { "" } else { name.as_str() };
        finds_out(&content, place);
        finds_out(&signed_anew(run, |files| drop(files.remove(name))), name);
        if !name.starts_with("bodies/") {
            finds_out(&signed_anew(run, |files| files.get_mut(name).unwrap().push(b'\n')), name);
        }
    }
    for name in [
        "more.txt",
        "bodies/0000000000000000000000000000000000000000000000000000000000000000",
        "cases/x.json",
    ] {
        finds_out(&signed_anew(run, |files| drop(files.insert(name.into(), b"{}".to_vec()))), name);
    }
    let replaced = |name: &str, from: &str, to: &str| {
        signed_anew(run, |files| {
            let text = String::from_utf8(files[name].clone()).unwrap();
            assert!(text.contains(from), "{name} has no {from}");
            files.insert(name.into(), text.replacen(from, to, 1).into_bytes());
        })
    };
    finds_out(&replaced("evidence.ndjson", "{\"record\"", "{\"unknown\":1,\"record\""), "evidence.ndjson");
    finds_out(&replaced("evidence.ndjson", "{\"record\"", " {\"record\""), "evidence.ndjson");
    finds_out(&replaced("identity.json", "\"2026-1\"", "\"2026-1\" "), "identity.json");
    let set = run.set().sha256();
    finds_out(&replaced("identity.json", &set, &"0".repeat(64)), "another SHA-256 than that set has");
    for (from, to, word) in [
        (
            "\"version\": \"0.1.0\"\n  },\n  \"set\"",
            "\"version\": \"9.9.9\"\n  },\n  \"set\"",
            "with conformance 9.9.9",
        ),
        ("\"2026-1\"", "\"2031-1\"", "no requirement set 2031-1"),
    ] {
        let other = replaced("identity.json", from, to);
        assert_eq!(other.outcome, Outcome::OtherKit, "{}", places(&other));
        assert!(places(&other).contains(word), "{}", places(&other));
    }
}

#[test]
fn verdicts_that_do_not_follow_from_the_evidence_are_named_one_by_one() {
    let honest = honest();
    let (run, key) = (&honest.run, &honest.key);
    let found = run.results();
    let forged = |claimed: &conformance::results::Results| {
        // All reports are rendered from what is claimed, so that nothing but the evidence speaks against it.
        let files = bundle::files(run, claimed);
        verify(&bundle::seal(files, claimed, (run.set(), run.publication), key), &key.public())
    };
    let mut dice = Dice(3);
    for lie in 0..12 {
        let mut claimed = found.clone();
        let story = dice.below(claimed.stories.len());
        let story = &mut claimed.stories[story];
        let at = dice.below(story.checks.len());
        let check = &mut story.checks[at];
        check.verdict = match (lie % 4, &check.verdict) {
            (0, Verdict::Pass) | (1, Verdict::NotApplicable { .. }) => Verdict::unjudged("no"),
            (2, _) => Verdict::fail(Finding::new("a", "b", "c")),
            (_, Verdict::Pass) => Verdict::not_applicable("no"),
            _ => Verdict::Pass,
        };
        let place = format!("{} in {}", check.check, story.scenario);
        finds_out(&forged(&claimed), &place);
    }
    let mut fewer = found.clone();
    let gone = fewer.stories[0].checks.remove(3);
    finds_out(&forged(&fewer), &format!("{} in {}", gone.check, fewer.stories[0].scenario));
    let mut twice = found.clone();
    let again = twice.stories[0].checks[3].clone();
    twice.stories[0].checks.push(again);
    finds_out(&forged(&twice), "is in the results twice");
    let mut lighter = found.clone();
    lighter.stories[0].checks[0].level = conformance::check::Level::Informational;
    finds_out(&forged(&lighter), &lighter.stories[0].checks[0].check);
}

#[test]
fn evidence_and_terms_that_are_not_what_a_certificate_demands_are_found_out() {
    let honest = &honest().run;
    let changed = |place: &str, change: &dyn Fn(&mut Run)| {
        let mut run = honest.clone();
        change(&mut run);
        finds_out(&signed_anew(&run, |_| {}), place);
    };
    // Terms.
    let waiver = Waiver { check: "ranges/first-byte".into(), ..Waiver::default() };
    changed("ranges/first-byte is waived", &|run| run.premises.waivers.push(waiver.clone()));
    changed("the run was filtered", &|run| run.premises.filtered = true);
    changed("the run was filtered", &|run| run.premises.terms.only = vec!["calls".into()]);
    changed("leniently", &|run| run.premises.terms.octet_stream = OctetStream::Lenient);
    changed("profile security", &|run| run.premises.terms.profiles = vec![Profile::Playback, Profile::Seek]);
    changed("the profiles", &|run| run.premises.terms.profiles.truncate(4));
    changed("cases is 8", &|run| run.premises.cases = 8);
    changed("requirement set", &|run| run.premises.terms.set = None);
    changed("shards", &|run| run.premises.shard = "1/2".parse().ok());
    changed("interrupted", &|run| run.premises.interrupted = true);
    changed("it did not start", &|run| run.premises.setup_faults = vec!["it did not start".into()]);
    changed("who was examined", &|run| run.premises.integration.product = "Another".into());
    changed("branch", &|run| run.premises.integration.version = "main".into());
    changed("http://", &|run| run.publication = Publication::Published);
    changed("conformance.toml", &|run| run.configuration.push_str("unknown = 1\n"));
    // Stories.
    changed("evidence.ndjson: it tells", &|run| drop(run.evidence.stories.remove(3)));
    changed("evidence.ndjson: it tells", &|run| run.evidence.stories.swap(0, 1));
    changed("the sections", &|run| run.evidence.stories[0].sections.truncate(2));
    changed("whether it can be told", &|run| run.evidence.stories[0].not_told = Some("not today".into()));
    changed("what its probes asked", &|run| {
        let story = &mut run.evidence.stories[0];
        story.probes.insert(Probe::Refusals, ProbeOutcome::NotAsked("not today".into()));
    });
    changed("what its probes asked", &|run| drop(run.evidence.stories[0].probes.remove(&Probe::Origins)));
    changed("what its probes asked", &|run| run.evidence.stories[0].random = None);
    changed("who registers", &|run| run.evidence.run.registration_expected = false);
    changed("the hosts without TLS", &|run| run.evidence.run.insecure_hosts.push("acme.example".into()));
    changed("its weather", &|run| {
        run.evidence.stories.iter_mut().filter(|s| s.scenario == "throttled").for_each(|s| s.weather.clear());
    });
    changed("how many calls", &|run| {
        run.evidence.stories.iter_mut().filter(|s| s.calls.len() > 1).for_each(|s| s.calls.truncate(1));
    });
    // Exchanges: an answer that was none of the integration's fails what it failed.
    changed("ranges/", &|run| {
        let ranged = run.evidence.stories[0].exchanges.iter_mut();
        for exchange in ranged.filter(|e| e.probe == Probe::RangeTable) {
            if let Came::Answered(answer) = &mut exchange.outcome
                && answer.status == 206
            {
                answer.status = 200;
            }
        }
    });
    changed("numbers of its exchanges", &|run| drop(run.evidence.stories[0].exchanges.remove(40)));
    // Random ranges.
    changed("the random ranges of outbound-call: e", &|run| run.evidence.run.seed ^= 1);
    changed("the random ranges of outbound-call: e", &|run| {
        let of_walk = run.evidence.stories[0].exchanges.iter_mut();
        let mut of_walk = of_walk.filter(|e| e.probe == Probe::RandomRanges && e.step.is_none());
        let range = of_walk
            .nth(17)
            .unwrap()
            .request
            .headers
            .to_mut()
            .iter_mut()
            .find(|(n, _)| n.eq_ignore_ascii_case("range"));
        range.unwrap().1 = "bytes=0-0".into();
    });
    let of_a_case = |run: &mut Run, change: &dyn Fn(&mut Answer)| {
        let of_walk = run.evidence.stories[0].exchanges.iter_mut();
        let mut of_walk = of_walk.filter(|e| e.probe == Probe::RandomRanges && e.step.is_none());
        let equal = of_walk.find_map(|e| match &mut e.outcome {
            Came::Answered(answer) if matches!(answer.body.content, Content::Equal { offset: 1.. }) => {
                Some(answer)
            }
            _ => None,
        });
        change(equal.unwrap());
    };
    changed("what they broke is not what is told", &|run| of_a_case(run, &|answer| answer.status = 404));
    changed("not the recording at the place where it belongs", &|run| {
        of_a_case(run, &|answer| answer.body.content = Content::Equal { offset: 0 });
    });
    changed("not the recording at the place where it belongs", &|run| {
        of_a_case(run, &|answer| {
            let Content::Equal { offset } = answer.body.content else { unreachable!() };
            let (expected, received, head) = ("00".into(), "01".into(), String::new());
            answer.body.content = Content::Differs(Difference { offset, equal: 0, expected, received, head });
        });
    });
    changed("nothing stopped them", &|run| {
        let story = &mut run.evidence.stories[0];
        let last = story.exchanges.iter().rposition(|e| e.probe == Probe::RandomRanges).unwrap();
        story.exchanges.remove(last);
        story.exchanges.iter_mut().skip(last).for_each(|e| e.number -= 1);
        story.random.as_mut().unwrap().cases -= 1;
    });
    // Recordings.
    changed(
        "recording of call 1 in outbound-call: what is told of it is not what is in it: channels",
        &|run| {
            run.evidence.stories[0].calls[0].media.as_mut().unwrap().channels = Some(7);
        },
    );
    changed("its name is not its SHA-256", &|run| run.recordings.values_mut().next().unwrap()[99] ^= 1);
    changed("a recording that the kit made is missing", &|run| drop(run.recordings.pop_first()));
    // Secrets.
    changed("evidence.ndjson: a secret of the run's portal", &|run| {
        let token = conformance::plan::portal(run.evidence.run.seed).access_token;
        run.evidence.stories[0].exchanges[0].request.headers.push(("X".into(), token.into()));
    });
}

#[test]
fn a_live_integration_is_asked_the_same_again() {
    let kit = certified();
    let args = ["verify", CERTIFICATE, "--key", "conformance.key.pub", "--rerun"];
    let again = kit.run(&args);
    assert_eq!(again.exit, 0, "{}\n{}", again.stdout, again.stderr);
    assert!(again.stdout.contains("verdicts are the same"), "{}", again.stdout);
    // The integration behind the same configuration got worse.
    let config = crate::partner::configuration();
    let worse = config.replace("[start.env]", "[start.env]\nSABOTAGE = \"ranges/drops-the-last-byte\"");
    kit.write("conformance.toml", &worse);
    let again = kit.run(&args);
    assert_eq!(again.exit, 1, "{}\n{}", again.stdout, again.stderr);
    assert!(again.stdout.contains("pass (required) is claimed; the evidence says fail"), "{}", again.stdout);
}

#[test]
fn a_certificate_of_an_integration_over_tls_may_be_shown_around() {
    // The endpoint of the reference integration speaks HTTP alone; here its evidence says otherwise.
    let mut run = honest().run.clone();
    let written = store::encode(&run.evidence);
    let lines = written.lines.replace("http://127.0.0.1", "https://127.0.0.1");
    run.evidence = store::decode(&lines, |hash| Ok(written.bodies[hash].clone())).unwrap();
    run.publication = Publication::Published;
    let verification = signed_anew(&run, |files| {
        for name in ["readme.md", "identity.json"] {
            let text = String::from_utf8_lossy(&files[name]).to_lowercase();
            assert!(!text.contains("not for publication") && !text.contains("not-for-"), "{name}: {text}");
        }
    });
    assert_eq!(verification.outcome, Outcome::Verified, "{}", places(&verification));
}

#[test]
fn own_recordings_are_taken_in_with_consent_alone() {
    let kit = partner();
    let own = conformance::recording::make(conformance::recording::Format::Wav, 7, 20_000);
    let path = kit.path().join("own.wav");
    std::fs::write(&path, &own.bytes).unwrap();
    let config = crate::partner::configuration()
        .replace("\"transcription\", \"resilience\", ", "")
        .replace("{recording_file}", path.to_str().unwrap());
    kit.write("conformance.toml", &config);
    let certify = |out: &str, consent: &[&str]| {
        let args = [&["certify", "--not-for-publication", "--out", out][..], consent].concat();
        let made = kit.run(&args);
        assert_eq!(made.exit, 0, "{}\n{}", made.stdout, made.stderr);
        let verified = kit.run(&["verify", out, "--key", "conformance.key.pub"]);
        assert_eq!(verified.exit, 0, "{}", verified.stdout);
        let files = archive::unpack(&std::fs::read(kit.path().join(out)).unwrap()).unwrap();
        (verified.stdout, files.contains_key(&format!("bodies/{}", bundle::sha256(&own.bytes))))
    };
    let (said, inside) = certify("without.tar", &[]);
    assert!(!inside, "nobody agreed to it");
    assert!(said.contains("attested: outbound-call, call 1: what is in the recording"), "{said}");
    let (said, inside) = certify("with.tar", &["--include-recordings"]);
    assert!(inside && !said.contains("attested: "), "{said}");
}

#[test]
fn an_integration_that_breaks_a_required_clause_gets_no_certificate() {
    let kit = partner();
    let config = crate::partner::configuration();
    kit.write(
        "conformance.toml",
        &config.replace("[start.env]", "[start.env]\nSABOTAGE = \"calls/without-timestamp\""),
    );
    let refused = kit.run(&["certify", "--not-for-publication", "--out", CERTIFICATE]);
    assert_eq!(refused.exit, 1, "{}\n{}", refused.stdout, refused.stderr);
    assert!(
        refused.stderr.contains("no certificate")
            && refused.stderr.contains("required checks failed: calls/timestamp"),
        "{}",
        refused.stderr
    );
    assert!(!kit.path().join(CERTIFICATE).exists());
}
