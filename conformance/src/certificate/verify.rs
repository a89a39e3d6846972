//! Who is believed: nobody. A certificate is taken apart, and whatever follows from its evidence is computed again. Pure.
//!
//! In this order: the archive, the signature, the sums; then everything is rendered anew from evidence and premises and
//! compared byte by byte, verdicts first; then what evidence must be (`recompute.rs`), who gets a certificate
//! (`admission.rs`), and the look for secrets. Where an earlier step fails, the later ones would only repeat it.

use super::archive::{self, Files};
use super::bundle::{self, IDENTITY, MANIFEST, RESULTS, Run, STATEMENT};
use super::face::{Face, SetName};
use super::key::PublicKey;
use super::{Fault, KITS, admission, recompute, secrets, statement, verdicts};
use crate::requirements::RequirementSet;
use crate::results::{Kit, Results};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What came of verifying.
#[derive(Clone, Debug, Serialize)]
pub struct Verification {
    /// What became of it.
    pub outcome: Outcome,
    /// Everything that is wrong.
    pub faults: Vec<Fault>,
    /// The SHA-256 of the archive.
    pub archive_sha256: String,
    /// Who was examined, on which terms: as it claims, unless it is verified.
    pub certificate: Option<Face>,
    /// The results, recomputed.
    #[serde(skip)]
    pub results: Option<Results>,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Everything holds.
    Verified,
    /// Something does not.
    Refused,
    /// Another kit must say.
    OtherKit,
}

/// Verifies a certificate against the public key of whoever made it.
pub fn verify(bytes: &[u8], key: &PublicKey) -> Verification {
    let mut verification = Verification {
        outcome: Outcome::Refused,
        faults: Vec::new(),
        archive_sha256: bundle::sha256(bytes),
        certificate: None,
        results: None,
    };
    let faults = match archive::unpack(bytes) {
        Err(fault) => vec![Fault::new(fault.place(), fault.to_string())],
        Ok(files) => taken_apart(&files, key, &mut verification),
    };
    if faults.is_empty() {
        verification.outcome = Outcome::Verified;
    }
    verification.faults = faults;
    verification
}

fn taken_apart(files: &Files, key: &PublicKey, verification: &mut Verification) -> Vec<Fault> {
    verification.certificate =
        files.get(IDENTITY).and_then(|bytes| serde_json::from_slice::<Face>(bytes).ok());
    let statement = match files.get(STATEMENT) {
        None => Err("it is missing".to_owned()),
        Some(envelope) => statement::opened(envelope, key),
    };
    let statement = match statement {
        Ok(statement) => statement,
        Err(what) => return with_sums(files, Fault::new(STATEMENT, what)),
    };
    let faults = sums(files);
    if !faults.is_empty() {
        return faults;
    }
    let made = files.get(IDENTITY).and_then(|bytes| serde_json::from_slice::<Made>(bytes).ok());
    let Some(made) = made else {
        return vec![Fault::new(IDENTITY, "it is missing, or does not say which kit and which set it is of")];
    };
    if let Some(fault) = other_kit(&made) {
        verification.outcome = Outcome::OtherKit;
        return vec![fault];
    }
    if RequirementSet::find(&made.set.name).is_some_and(|set| set.sha256() != made.set.sha256) {
        let what = format!("it names the set {} with another SHA-256 than that set has", made.set.name);
        return vec![Fault::new(IDENTITY, what)];
    }
    let run = match bundle::opened(files) {
        Ok(run) => run,
        Err(fault) => return vec![fault],
    };
    let results = run.results();
    let mut faults = recomputed(files, &run, &results);
    if bundle::stated(files, &results, (run.set(), run.publication)) != statement {
        faults.push(Fault::new(STATEMENT, "it says something else than what follows from the evidence"));
    }
    faults.extend(recompute::faults(&run));
    let reasons = admission::afterwards(&run.evidence, &run.premises, &results, run.publication);
    faults.extend(reasons.into_iter().map(|why| Fault::new("admission", why)));
    let hits = secrets::scan(files, run.evidence.run.seed);
    faults.extend(hits.into_iter().map(|hit| Fault::new(hit.file, format!("{} stands in it", hit.kind))));
    verification.results = Some(results);
    faults
}

/// A signature that does not fit says nothing of the files; the sums may say where they were changed.
fn with_sums(files: &Files, fault: Fault) -> Vec<Fault> {
    let mut faults = vec![fault];
    faults.extend(sums(files));
    faults
}

/// The manifest names every file with its sum, and no other.
fn sums(files: &Files) -> Vec<Fault> {
    let Some(manifest) = files.get(MANIFEST) else { return vec![Fault::new(MANIFEST, "it is missing")] };
    let ours = bundle::manifest(files);
    if ours.as_bytes() == manifest.as_slice() {
        return Vec::new();
    }
    let theirs = String::from_utf8_lossy(manifest);
    let named = |text: &str| -> Vec<(String, String)> {
        let pair = |line: &str| line.split_once("  ").map(|(sum, name)| (name.to_owned(), sum.to_owned()));
        text.lines().filter_map(pair).collect()
    };
    let (theirs, ours) = (named(&theirs), named(&ours));
    let mut faults = Vec::new();
    for (name, sum) in &ours {
        match theirs.iter().find(|(theirs, _)| theirs == name) {
            None => faults.push(Fault::new(name, "it is not in the manifest: it was added")),
            Some((_, theirs)) if theirs != sum => {
                faults.push(Fault::new(
                    name,
                    "it has another sum than in the manifest: one of the two was changed",
                ));
            }
            Some(_) => {}
        }
    }
    for (name, _) in theirs.iter().filter(|(name, _)| !ours.iter().any(|(ours, _)| ours == name)) {
        let shown: String = name.escape_debug().take(120).collect();
        faults.push(Fault::new(shown, "the manifest names it, and it is missing"));
    }
    if faults.is_empty() {
        faults.push(Fault::new(MANIFEST, "it differs from the one form of a manifest: it was changed"));
    }
    faults
}

/// By which kit and for which set: as much of an identity as every kit can read.
#[derive(Deserialize)]
struct Made {
    kit: Kit,
    set: SetName,
}

fn other_kit(made: &Made) -> Option<Fault> {
    let shown = |text: &str| -> String { text.escape_debug().take(60).collect() };
    let (kit, set) = (shown(&made.kit.version), shown(&made.set.name));
    let ours = env!("CARGO_PKG_VERSION");
    if !KITS.contains(&made.kit.version.as_str()) {
        let what = format!(
            "it was made by conformance {kit}, and this is {ours}\nhelp: verify it with conformance {kit}"
        );
        return Some(Fault::new(IDENTITY, what));
    }
    if RequirementSet::find(&made.set.name).is_none() {
        let what = format!(
            "conformance {ours} has no requirement set {set}\nhelp: `conformance list --set NAME` shows one; a newer kit may have it"
        );
        return Some(Fault::new(IDENTITY, what));
    }
    None
}

/// Every file, rendered again from evidence and premises.
fn recomputed(files: &Files, run: &Run, results: &Results) -> Vec<Fault> {
    let ours = bundle::files(run, results);
    let mut faults = Vec::new();
    let claimed = files.get(RESULTS).and_then(|bytes| serde_json::from_slice::<Results>(bytes).ok());
    match claimed {
        None => faults.push(Fault::new(RESULTS, "it is missing, or holds no results")),
        Some(claimed) => faults.extend(verdicts::differing(&claimed, results)),
    }
    let names: BTreeSet<_> = files.keys().chain(ours.keys()).collect();
    for name in names.into_iter().filter(|name| *name != MANIFEST && *name != STATEMENT) {
        match (files.get(name), ours.get(name)) {
            (Some(theirs), Some(ours)) if theirs == ours => {}
            (Some(theirs), Some(ours)) => faults.push(Fault::new(name, where_they_differ(theirs, ours))),
            (Some(_), None) => {
                faults.push(Fault::new(name, "nothing in the evidence speaks of it: it was added"));
            }
            (None, _) => faults.push(Fault::new(name, "it is missing")),
        }
    }
    faults
}

fn where_they_differ(theirs: &[u8], ours: &[u8]) -> String {
    let at = theirs.iter().zip(ours).position(|(a, b)| a != b).unwrap_or(theirs.len().min(ours.len()));
    let line = theirs[..at].split(|b| *b == b'\n').count();
    format!("line {line} is not what follows from the evidence (byte {at})")
}
