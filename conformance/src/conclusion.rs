//! From a run's evidence and its premises to its results: the same function for `run`, and for whoever renders or judges
//! what a run recorded again. Pure.
//!
//! Read next: `judge.rs`, `waiver.rs`, `standing.rs`.

use crate::evidence::Evidence;
use crate::judge::{self, Terms};
use crate::measured;
use crate::results::{Identity, Kit, Results, RunTiming, SCHEMA, Standing};
use crate::shard::Shard;
use crate::standing::{self, Circumstances};
use crate::waiver::{self, Waiver};
use serde::{Deserialize, Serialize};

/// What results are made of besides evidence: who was examined on which terms, and how the run went. `premises.json`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Premises {
    /// The kit that recorded.
    pub kit: Kit,
    /// Who was examined.
    pub integration: Identity,
    /// How many random ranges each asking story was to send.
    pub cases: u32,
    /// On which terms it is judged.
    pub terms: Terms,
    /// Whether recommended findings count.
    pub strict: bool,
    /// Whether the run was narrowed.
    pub filtered: bool,
    /// Which part of a run it was, where it was not the whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shard: Option<Shard>,
    /// Known failures.
    pub waivers: Vec<Waiver>,
    /// What kept stories from being told.
    pub setup_faults: Vec<String>,
    /// What the kit itself failed at.
    pub harness_faults: Vec<String>,
    /// Whether somebody ended the run early.
    pub interrupted: bool,
    /// Snapshots that differ or are pending.
    pub snapshots: Vec<String>,
    /// When, and how long.
    pub timing: RunTiming,
    /// How long each story of the evidence took, in milliseconds.
    pub took_ms: Vec<u64>,
}

impl Premises {
    /// As they are written.
    pub fn text(&self) -> String {
        let mut text =
            serde_json::to_string_pretty(self).expect("premises hold nothing that JSON has no word for");
        text.push('\n');
        text
    }
}

/// This kit.
pub fn kit() -> Kit {
    Kit { name: env!("CARGO_PKG_NAME").to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() }
}

/// Judges the evidence, and rolls it up.
pub fn conclude(evidence: &Evidence, premises: &Premises) -> Results {
    let mut faults = premises.harness_faults.clone();
    let mut stories = judge::judge(evidence, &premises.terms).unwrap_or_else(|panicked| {
        faults.push(panicked.to_string());
        Vec::new()
    });
    for (story, took) in stories.iter_mut().zip(&premises.took_ms) {
        story.took_ms = *took;
    }
    let today = premises.timing.started.get(..10).unwrap_or_default();
    let narrowed = premises.filtered
        || premises.shard.is_some()
        || premises.interrupted
        || !premises.setup_faults.is_empty();
    let mut results = Results {
        schema: SCHEMA.to_owned(),
        kit: kit(),
        integration: premises.integration.clone(),
        seed: format!("{:#018x}", evidence.run.seed),
        cases: premises.cases,
        profiles: premises.terms.profiles.clone(),
        strict: premises.strict,
        filtered: premises.filtered,
        shard: premises.shard,
        standing: Standing::default(),
        waivers: waiver::review(&premises.waivers, &stories, today, narrowed),
        stories,
        setup_faults: premises.setup_faults.clone(),
        harness_faults: faults,
        measured: measured::measure(evidence),
        timing: premises.timing.clone(),
    };
    restate(&mut results, premises);
    results
}

/// Rolls results up again: what the snapshots say is known only after there are results to compare.
pub fn restate(results: &mut Results, premises: &Premises) {
    for fault in &premises.harness_faults {
        if !results.harness_faults.contains(fault) {
            results.harness_faults.push(fault.clone());
        }
    }
    let circumstances = Circumstances {
        harness_faults: results.harness_faults.clone(),
        interrupted: premises.interrupted,
        setup_faults: premises.setup_faults.clone(),
        snapshots: premises.snapshots.clone(),
        strict: premises.strict,
        shard: premises.shard,
        waivers: results.waivers.clone(),
    };
    results.standing = standing::standing(&results.stories, &circumstances);
}
