//! The results of a run: what every report renders, and `results.json` on disk. Pure data.

use crate::check::{Level, Profile, Section};
use crate::measured::Measured;
use crate::shard::Shard;
use crate::verdict::Verdict;
use crate::waiver::Waived;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The version of the schema of `results.json`.
pub const SCHEMA: &str = "conformance-results/1";

/// The results of one run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Results {
    /// Always [`SCHEMA`].
    pub schema: String,
    /// The kit that judged.
    pub kit: Kit,
    /// Who was examined.
    pub integration: Identity,
    /// The seed, `0x` and 16 hex digits.
    pub seed: String,
    /// How many random ranges each asking story was to send.
    pub cases: u32,
    /// The profiles that were declared.
    pub profiles: Vec<Profile>,
    /// Whether recommended findings count.
    pub strict: bool,
    /// Whether the run was narrowed by scenario names or `--only`.
    pub filtered: bool,
    /// Which part of a run it was, `1/4` say, where it was not the whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shard: Option<Shard>,
    /// The roll-up.
    pub standing: Standing,
    /// Known failures, and what became of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waivers: Vec<Waived>,
    /// One for each story, in the order of the plan.
    pub stories: Vec<StoryResult>,
    /// Set-up faults: what happened, and `help:` what to do.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub setup_faults: Vec<String>,
    /// What the kit itself failed at.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub harness_faults: Vec<String>,
    /// Volatile: how soon and how fast recordings were answered, as information.
    #[serde(default, skip_serializing_if = "Measured::is_empty")]
    pub measured: Measured,
    /// Volatile: when and how long. Left out when two results are compared.
    pub timing: RunTiming,
}

/// The kit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kit {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// Who is examined (`[integration]` of the configuration).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identity {
    /// The organisation.
    #[serde(default)]
    pub organization: String,
    /// The product.
    #[serde(default)]
    pub product: String,
    /// A tag or commit.
    #[serde(default)]
    pub version: String,
    /// Where to write to.
    #[serde(default)]
    pub contact: String,
}

/// The roll-up of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// The exit code.
    pub exit: u8,
    /// In one sentence.
    pub sentence: String,
    /// Every reason that holds, the deciding one first.
    pub reasons: Vec<String>,
    /// Verdicts by word, over all stories: `pass`, `fail`, `not applicable`, `unjudged`.
    pub counts: BTreeMap<String, usize>,
}

/// One story's results.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StoryResult {
    /// The scenario's name.
    pub scenario: String,
    /// Its title.
    pub title: String,
    /// Why the story was not told at all, where it was not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_told: Option<String>,
    /// One for each check that the story asks, in the order of the catalogue.
    pub checks: Vec<CheckResult>,
    /// Requests the probes sent.
    pub requests: usize,
    /// Random range cases sent.
    pub random_cases: u32,
    /// Volatile: how long it took, in milliseconds.
    pub took_ms: u64,
}

/// One verdict: of one check about one story.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckResult {
    /// The check's id.
    pub check: String,
    /// Its section.
    pub section: Section,
    /// Its level.
    pub level: Level,
    /// Its profile.
    pub profile: Profile,
    /// What it asks, in a sentence.
    pub title: String,
    /// What it answered.
    #[serde(flatten)]
    pub verdict: Verdict,
}

/// When and how long.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunTiming {
    /// RFC 3339, UTC.
    pub started: String,
    /// Milliseconds.
    pub took_ms: u64,
}

impl Results {
    /// Whether a failure of this check is a known one.
    pub fn excuses(&self, check: &str) -> bool {
        self.waivers.iter().any(|w| w.waiver.covers(check) && w.state.excuses())
    }
}

impl StoryResult {
    /// How many checks answered with this word.
    pub fn count(&self, word: &str) -> usize {
        self.checks.iter().filter(|c| c.verdict.word() == word).count()
    }
}
