//! What is in a certificate: everything that a run recorded, and everything that follows from it. Pure.
//!
//! | file | what it is |
//! | --- | --- |
//! | `readme.md`, `identity.json` | who was examined, on which terms, what it says and does not say, how to see it again |
//! | `evidence.ndjson`, `bodies/` | every exchange; long bodies and recordings by their SHA-256 |
//! | `premises.json`, `conformance.toml` | the terms of the run; the configuration without secrets |
//! | `results.json`, the reports, `cases/` | what follows |
//! | `manifest.sha256`, `statement.dsse.json` | the sums of all that, and the signed statement about them |

use super::archive::{self, Files};
use super::face::{self, Face, Publication};
use super::key::PrivateKey;
use super::{Fault, statement};
use crate::conclusion::{self, Premises};
use crate::evidence::Evidence;
use crate::evidence::store::{self, hex};
use crate::report;
use crate::requirements::RequirementSet;
use crate::results::Results;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write;

/// The sums of every other file but the statement.
pub const MANIFEST: &str = "manifest.sha256";
/// The signed statement.
pub const STATEMENT: &str = "statement.dsse.json";
/// Who was examined, on which terms.
pub const IDENTITY: &str = "identity.json";
pub(super) const README: &str = "readme.md";
pub(super) const EVIDENCE: &str = "evidence.ndjson";
pub(super) const PREMISES: &str = "premises.json";
pub(super) const CONFIGURATION: &str = "conformance.toml";
pub(super) const RESULTS: &str = "results.json";
pub(super) const BODIES: &str = "bodies/";
/// A recording that the kit did not make goes into a bundle up to this many bytes, and only with consent.
pub const LONGEST_RECORDING: u64 = 16 << 20;

/// What a certificate is made from. All the rest follows.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// Everything it saw.
    pub evidence: Evidence,
    /// On which terms.
    pub premises: Premises,
    /// The configuration, secrets cut.
    pub configuration: String,
    /// Recordings by their SHA-256, lower-case hex: those that the kit made, and others with consent.
    pub recordings: BTreeMap<String, Vec<u8>>,
    /// Whether it may be shown around.
    pub publication: Publication,
}

impl Run {
    /// The results, judged by this kit for the kit that recorded.
    pub fn results(&self) -> Results {
        let mut results = conclusion::conclude(&self.evidence, &self.premises);
        results.kit = self.premises.kit.clone();
        results
    }

    /// The set that it was examined by.
    pub fn set(&self) -> RequirementSet {
        self.premises.terms.set.unwrap_or(RequirementSet::LATEST)
    }
}

/// Every file of the certificate but its manifest and its statement.
pub fn files(run: &Run, results: &Results) -> Files {
    let face = Face::of(run, results);
    let written = store::encode(&run.evidence);
    let mut files: Files = report::files(results, &run.evidence)
        .into_iter()
        .map(|(name, text)| (name, text.into_bytes()))
        .collect();
    for (name, text) in [
        (README, face::readme(&face, results)),
        (IDENTITY, face.text()),
        (EVIDENCE, written.lines),
        (PREMISES, run.premises.text()),
        (CONFIGURATION, run.configuration.clone()),
    ] {
        files.insert(name.to_owned(), text.into_bytes());
    }
    let texts = written.bodies.into_iter().map(|(hash, text)| (hash, text.into_bytes()));
    let recordings = run.recordings.iter().map(|(hash, bytes)| (hash.clone(), bytes.clone()));
    for (hash, bytes) in texts.chain(recordings) {
        files.insert(format!("{BODIES}{hash}"), bytes);
    }
    files
}

/// The manifest: a line a file, as `sha256sum -c` reads it.
pub fn manifest(files: &Files) -> String {
    files.iter().filter(|(name, _)| *name != MANIFEST && *name != STATEMENT).fold(
        String::new(),
        |mut text, (name, bytes)| {
            let _ = writeln!(text, "{}  {name}", sha256(bytes));
            text
        },
    )
}

/// What the statement says of these files.
pub(super) fn stated(files: &Files, results: &Results, of_run: (RequirementSet, Publication)) -> String {
    let of = |name: &str| sha256(files.get(name).map_or(&[][..], Vec::as_slice));
    let (set, publication) = of_run;
    statement::statement(results, set, publication, &of(MANIFEST), &of(CONFIGURATION))
}

/// Adds manifest and statement, and makes the one file of them. The same files and the same key give the same bytes.
pub fn seal(
    mut files: Files,
    results: &Results,
    of_run: (RequirementSet, Publication),
    key: &PrivateKey,
) -> Vec<u8> {
    files.insert(MANIFEST.to_owned(), manifest(&files).into_bytes());
    let statement = stated(&files, results, of_run);
    files.insert(STATEMENT.to_owned(), statement::sealed(&statement, key).into_bytes());
    archive::pack(&files)
}

/// What a bundle was made from.
pub fn opened(files: &Files) -> Result<Run, Fault> {
    let text = |name: &str| {
        let bytes = files.get(name).ok_or_else(|| Fault::new(name, "it is missing"))?;
        std::str::from_utf8(bytes).map_err(|_| Fault::new(name, "it is not UTF-8"))
    };
    let unreadable =
        |name: &'static str| move |e: serde_json::Error| Fault::new(name, format!("it cannot be read: {e}"));
    let face: Face = serde_json::from_str(text(IDENTITY)?).map_err(unreadable(IDENTITY))?;
    let premises: Premises = serde_json::from_str(text(PREMISES)?).map_err(unreadable(PREMISES))?;
    let body = |hash: &str| text(&format!("{BODIES}{hash}")).map(str::to_owned).map_err(|fault| fault.what);
    let evidence = store::decode(text(EVIDENCE)?, body).map_err(|what| Fault::new(EVIDENCE, what))?;
    let recordings = wanted(&evidence)
        .filter_map(|hash| Some((hash.to_owned(), files.get(&format!("{BODIES}{hash}"))?.clone())))
        .collect();
    let configuration = text(CONFIGURATION)?.to_owned();
    Ok(Run { evidence, premises, configuration, recordings, publication: face.publication })
}

/// The recordings that a bundle may hold: those that the evidence speaks of, by their SHA-256.
pub fn wanted(evidence: &Evidence) -> impl Iterator<Item = &str> {
    evidence.stories.iter().flat_map(|story| &story.calls).flat_map(|call| {
        let made = call.recording.as_ref().map(|made| made.sha256.as_str());
        let came = call.baseline.as_ref().map(|came| came.sha256.as_str());
        made.into_iter().chain(came).filter(|hash| !hash.is_empty())
    })
}

/// The SHA-256 of bytes, lower-case hex.
pub fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}
