//! Certificates from strangers, and from partners who sign anew: never believed unless nothing was changed, and nothing that
//! stands in one stops whoever verifies it.
//!
//! The certificate is made here of the seeds of evidence, of which each tells a story or two: so it is refused as it stands,
//! for what is missing. A changed one must have other faults than that. What a whole one is worth is tried in
//! `full/certificate.rs`.

use super::evidence::{WORDS, long_body};
use super::folder;
use super::meddling::{Meddled, Seed, meddled, seeds};
use super::running::{Bounds, Target};
use conformance::certificate::archive::{self, Files};
use conformance::certificate::bundle::{self, MANIFEST, Run, STATEMENT};
use conformance::certificate::key::PrivateKey;
use conformance::certificate::verify::{Outcome, verify};
use conformance::certificate::{Fault, Publication};
use conformance::conclusion::{Premises, kit};
use conformance::config::Config;
use conformance::evidence::store;
use conformance::judge::Terms;
use conformance::requirements::RequirementSet;
use proptest::prelude::*;
use std::time::Duration;

const TARGET: Target =
    Target { name: "bundle", bounds: Bounds { memory: 96 << 20, time: Duration::from_secs(20) } };

/// Files of the bundle that say what the run was, and so what is missing of it.
const TERMS: [&str; 2] = ["evidence.ndjson", "premises.json"];

/// How a certificate was changed.
#[derive(Clone, Debug)]
enum Change {
    /// Somebody without the key changed bytes of the file.
    Archive(Meddled),
    /// A partner changed one file, and signed anew.
    Signed(Meddled),
    /// A partner changed what a run recorded, and made all the rest anew.
    Retold(Meddled),
}

impl Change {
    fn meddled(&self) -> &Meddled {
        let (Self::Archive(meddled) | Self::Signed(meddled) | Self::Retold(meddled)) = self;
        meddled
    }
}

struct Certificate {
    key: PrivateKey,
    run: Run,
    files: Files,
    bytes: Vec<u8>,
    faults: Vec<Fault>,
}

impl Certificate {
    /// Of the first story of each seed.
    fn new() -> Self {
        let key = PrivateKey::generate().unwrap();
        let configuration = std::fs::read_to_string(folder("config").join("complete.toml")).unwrap();
        let config = Config::parse(&configuration, "conformance.toml").unwrap();
        let mut told = seeds(&folder("evidence")).into_iter().filter(Seed::is_valid).map(|seed| {
            let text = String::from_utf8(seed.bytes).unwrap();
            store::decode(&text, long_body).unwrap_or_else(|why| panic!("{}: {why}", seed.name))
        });
        let mut evidence = told.next().expect("there is a seed");
        evidence.stories.extend(told.flat_map(|more| more.stories));
        let recording =
            std::fs::read(folder("../../../../../mock-hubspot/tests/it/fuzz/seeds/media/pcm16.wav")).unwrap();
        let premises = Premises {
            kit: kit(),
            integration: config.integration,
            cases: config.ranges.cases,
            terms: Terms {
                profiles: config.profiles.require,
                set: Some(RequirementSet::LATEST),
                ..Terms::default()
            },
            waivers: config.waivers,
            ..Premises::default()
        };
        let run = Run {
            evidence,
            premises,
            configuration,
            recordings: [(bundle::sha256(&recording), recording)].into(),
            publication: Publication::NotForPublication,
        };
        let results = run.results();
        let files = bundle::files(&run, &results);
        let bytes = bundle::seal(files.clone(), &results, (run.set(), run.publication), &key);
        let verification = verify(&bytes, &key.public());
        assert_eq!(verification.outcome, Outcome::Refused);
        let rendered =
            |fault: &Fault| files.contains_key(&fault.place) && !TERMS.contains(&fault.place.as_str());
        let wrong: Vec<_> = verification.faults.iter().filter(|fault| rendered(fault)).collect();
        assert!(wrong.is_empty(), "what was made here is not what is made again: {wrong:?}");
        let files = archive::unpack(&bytes).unwrap();
        Self { key, run, files, bytes, faults: verification.faults }
    }

    fn changes(&self) -> impl Strategy<Value = Change> + use<> {
        let seed = |(name, bytes): (&String, &Vec<u8>)| Seed { name: name.clone(), bytes: bytes.clone() };
        let whole = Seed { name: "certificate.tar".into(), bytes: self.bytes.clone() };
        let all: Vec<_> =
            self.files.iter().filter(|(name, _)| *name != STATEMENT && *name != MANIFEST).map(seed).collect();
        let premises = ["evidence.ndjson", "premises.json", "conformance.toml"];
        let recorded: Vec<_> =
            self.files.iter().filter(|(name, _)| premises.contains(&name.as_str())).map(seed).collect();
        prop_oneof![
            2 => meddled(vec![whole].into(), WORDS).prop_map(Change::Archive),
            1 => meddled(all.into(), WORDS).prop_map(Change::Signed),
            2 => meddled(recorded.into(), WORDS).prop_map(Change::Retold),
        ]
    }

    fn sealed(&self, run: &Run, mut files: Files) -> Vec<u8> {
        files.remove(STATEMENT);
        files.remove(MANIFEST);
        bundle::seal(files, &run.results(), (run.set(), run.publication), &self.key)
    }

    /// A byte in the middle of each file, changed by whoever signs anew: what follows from evidence is not theirs to write.
    fn holds_byte_by_byte(&self) {
        let theirs = |name: &str| name == "conformance.toml" || name == STATEMENT || name == MANIFEST;
        for (name, bytes) in self.files.iter().filter(|(name, _)| !theirs(name) && !name.contains('/')) {
            let mut files = self.files.clone();
            let mut bytes = bytes.clone();
            let middle = bytes.len() / 2;
            bytes[middle] ^= 1;
            files.insert(name.clone(), bytes);
            let verification = verify(&self.sealed(&self.run, files), &self.key.public());
            assert_ne!(verification.faults, self.faults, "nobody found out: {name}");
        }
    }

    fn holds(&self, change: &Change) {
        let Meddled { seed, bytes, .. } = change.meddled();
        let mut files = self.files.clone();
        files.insert(seed.clone(), bytes.clone());
        let (certificate, same) = match change {
            Change::Archive(_) => (bytes.clone(), *bytes == self.bytes),
            // How a configuration is laid out is the partner's own matter.
            Change::Signed(_) => {
                let same =
                    *bytes == self.files[seed] || seed == "conformance.toml" || is_of_another_run(&files);
                (self.sealed(&self.run, files), same)
            }
            Change::Retold(_) => {
                let Ok(run) = bundle::opened(&files) else { return };
                let results = run.results();
                let panicked = results.harness_faults.iter().find(|fault| fault.contains("panicked"));
                assert_eq!(panicked, None);
                (self.sealed(&run, bundle::files(&run, &results)), true)
            }
        };
        let verification = verify(&certificate, &self.key.public());
        assert_ne!(verification.outcome, Outcome::Verified);
        assert!(!verification.faults.is_empty());
        assert!(same || verification.faults != self.faults, "nobody found out");
        for fault in &verification.faults {
            assert!(!fault.place.chars().any(char::is_control), "it steers the terminal: {:?}", fault.place);
        }
    }
}

/// Whether these are the files of a run that could have been, such as one with another time in a header field: who signs that run
/// signs what was never seen, which no verification can find out.
fn is_of_another_run(files: &Files) -> bool {
    bundle::opened(files).is_ok_and(|run| {
        let follow = bundle::files(&run, &run.results());
        follow.iter().all(|(name, bytes)| files.get(name) == Some(bytes))
    })
}

#[test]
fn no_changed_certificate_is_believed_and_none_stops_who_verifies_it() {
    let certificate = Certificate::new();
    certificate.holds_byte_by_byte();
    let changes = certificate.changes();
    TARGET.run(&changes, |change| change.meddled().bytes.clone(), |change| certificate.holds(change));
}
