//! The face of a certificate: `identity.json` for machines, `readme.md` for people. Both follow from the run. Pure.

use super::bundle::Run;
use crate::check::{Level, Profile};
use crate::results::{Identity, Kit, Results};
use crate::verdict::Verdict;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt::Write;

const SCHEMA: &str = "conformance-certificate/1";
const WRITES: &str = "writing into a string cannot fail";

/// Whether a certificate may be shown around.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Publication {
    /// It may.
    Published,
    /// It was made to try the way, against an address without TLS: it certifies nothing.
    NotForPublication,
}

/// Who was examined, by whom, on which terms.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Face {
    /// The version of this form.
    pub schema: String,
    /// Whether it may be shown around.
    pub publication: Publication,
    /// Who was examined.
    pub integration: Identity,
    /// The kit that examined.
    pub kit: Kit,
    /// The requirement set: its name, and the SHA-256 of its file.
    pub set: SetName,
    /// The seed, `0x` and 16 hex digits.
    pub seed: String,
    /// Random ranges of each story that asks for ranges.
    pub cases: u32,
    /// The profiles that were examined.
    pub profiles: Vec<Profile>,
    /// When the run started, RFC 3339.
    pub examined: String,
    /// Verdicts by word, over all stories.
    pub verdicts: BTreeMap<String, usize>,
    /// Required checks that concern this integration in no story, with the reasons.
    pub not_applicable: BTreeMap<String, Vec<String>>,
    /// Known failures of checks that are not required.
    pub waived: Vec<String>,
    /// What rests on the word of the kit that recorded it, and is not recomputed.
    pub attested: Vec<String>,
}

/// A requirement set, as it is named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetName {
    /// Its name.
    pub name: String,
    /// The SHA-256 of its file, lower-case hex.
    pub sha256: String,
}

impl Face {
    pub(super) fn of(run: &Run, results: &Results) -> Self {
        let set = run.set();
        Self {
            schema: SCHEMA.to_owned(),
            publication: run.publication,
            integration: results.integration.clone(),
            kit: results.kit.clone(),
            set: SetName { name: set.name().to_owned(), sha256: set.sha256() },
            seed: results.seed.clone(),
            cases: results.cases,
            profiles: results.profiles.clone(),
            examined: results.timing.started.clone(),
            verdicts: results.standing.counts.clone(),
            not_applicable: not_applicable(results),
            waived: results.waivers.iter().map(crate::waiver::Waived::sentence).collect(),
            attested: attested(run),
        }
    }

    pub(super) fn text(&self) -> String {
        serde_json::to_string_pretty(self).expect("a face holds nothing that JSON has no word for") + "\n"
    }
}

/// Required checks that were not applicable wherever they were asked.
fn not_applicable(results: &Results) -> BTreeMap<String, Vec<String>> {
    let mut reasons: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut answered = Vec::new();
    for check in results.stories.iter().flat_map(|story| &story.checks) {
        match &check.verdict {
            Verdict::NotApplicable { reason } if check.level == Level::Required => {
                let known = reasons.entry(check.check.clone()).or_default();
                if !known.contains(reason) {
                    known.push(reason.clone());
                }
            }
            _ => answered.push(&check.check),
        }
    }
    reasons.retain(|check, _| !answered.contains(&check));
    reasons
}

/// What cannot be computed again from what is in the bundle.
fn attested(run: &Run) -> Vec<String> {
    let mut sentences = Vec::new();
    for story in &run.evidence.stories {
        for (number, call) in story.calls.iter().enumerate() {
            let Some(baseline) = &call.baseline else { continue };
            if call.media.is_some() && !run.recordings.contains_key(&baseline.sha256) {
                sentences.push(format!(
                    "{}, call {}: what is in the recording (SHA-256 {}) is attested by the kit, not recomputed",
                    story.scenario,
                    number + 1,
                    baseline.sha256
                ));
            }
        }
    }
    sentences
}

/// What a person reads first.
pub(super) fn readme(face: &Face, results: &Results) -> String {
    let mut text = String::new();
    let Identity { organization, product, version, contact } = &face.integration;
    let profiles: Vec<_> = face.profiles.iter().map(|profile| profile.name()).collect();
    let mut line = |words: &str| writeln!(text, "{words}").expect(WRITES);
    line(&format!("# {product} {version}: conformance, set {}\n", face.set.name));
    if face.publication == Publication::NotForPublication {
        line(
            "**NOT FOR PUBLICATION.** Made with `--not-for-publication`, to try the way. It certifies nothing.\n",
        );
    }
    line(&format!("{}.\n", results.standing.sentence));
    line(&format!("- Integration: {product} {version}, {organization}, {contact}"));
    line(&format!("- Profiles examined: {}", profiles.join(", ")));
    line(&format!("- Requirement set: {}, SHA-256 {}", face.set.name, face.set.sha256));
    line(&format!("- Kit: {} {}, seed {}, {}\n", face.kit.name, face.kit.version, face.seed, face.examined));
    line("## What it says, and what it does not say\n");
    line(
        "The evidence in this archive is complete, and the verdicts follow from it: `conformance verify` computes them again.",
    );
    line(
        "It does not say that whoever ran the kit was honest. For that, have the certifier run it, or ask the live",
    );
    line("integration again with `conformance verify --rerun`.");
    if face.attested.len() + face.not_applicable.len() + face.waived.len() > 0 {
        line("");
    }
    for sentence in &face.attested {
        line(&format!("- {sentence}"));
    }
    for (check, reasons) in &face.not_applicable {
        line(&format!("- the required check {check} is not applicable: {}", reasons.join("; ")));
    }
    for sentence in &face.waived {
        line(&format!("- waived: {sentence}"));
    }
    line("\n## How to see it again\n");
    line(
        "Every byte of this archive: `conformance verify ARCHIVE --key PUBLIC-KEY`, with the kit of the version above.",
    );
    line(
        "The same requests to the integration, with its secrets in the environment that `conformance.toml` names:\n",
    );
    line(&format!(
        "    conformance run --config conformance.toml --thorough --seed {} --cases {}",
        face.seed, face.cases
    ));
    text
}
