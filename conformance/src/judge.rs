//! From evidence to verdicts: one pure function for `run`, and for whoever judges the same evidence again.
//!
//! Asks nothing, reads no clock. Read next: `check.rs`, `standing.rs`.

use crate::catalogue;
use crate::check::{Case, Check, OctetStream, Profile};
use crate::evidence::{Evidence, Probe, ProbeOutcome, Story, curl};
use crate::results::{CheckResult, StoryResult};
use crate::verdict::{Finding, Verdict};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// On which terms evidence is judged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Terms {
    /// The declared profiles; a check of another one is not applicable.
    pub profiles: Vec<Profile>,
    /// How strictly octet-stream is read.
    pub octet_stream: OctetStream,
    /// Only checks whose id starts with one of these; empty for all.
    pub only: Vec<String>,
}

/// A check that panicked: our fault, never theirs.
#[derive(Debug, thiserror::Error)]
#[error("the check {check} panicked about the story {scenario}; this is a defect of the kit")]
pub struct JudgePanicked {
    /// The check's id.
    pub check: &'static str,
    /// The story's name.
    pub scenario: String,
}

impl Terms {
    /// Whether a check is selected by `--only`.
    pub fn selects(&self, id: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|prefix| id.starts_with(prefix.as_str()))
    }
}

/// Judges every story.
pub fn judge(evidence: &Evidence, terms: &Terms) -> Result<Vec<StoryResult>, JudgePanicked> {
    evidence.stories.iter().map(|story| judge_story(evidence, story, terms)).collect()
}

/// Judges one story.
pub fn judge_story(evidence: &Evidence, story: &Story, terms: &Terms) -> Result<StoryResult, JudgePanicked> {
    let case = Case::new(evidence, story, terms.octet_stream);
    let mut checks = Vec::new();
    for check in catalogue::all() {
        if !story.sections.contains(&check.section()) || !terms.selects(check.id) {
            continue;
        }
        let verdict = catch_unwind(AssertUnwindSafe(|| answer(check, &case, terms)))
            .map_err(|_| JudgePanicked { check: check.id, scenario: story.scenario.clone() })?;
        checks.push(CheckResult {
            check: check.id.to_owned(),
            section: check.section(),
            level: check.level,
            profile: check.profile,
            title: check.sentence(),
            verdict,
        });
    }
    Ok(StoryResult {
        scenario: story.scenario.clone(),
        title: story.title.clone(),
        not_told: story.not_told.clone(),
        checks,
        requests: story.exchanges.len(),
        random_cases: story.random.as_ref().map_or(0, |walk| walk.cases),
        took_ms: 0,
    })
}

fn answer(check: &Check, case: &Case, terms: &Terms) -> Verdict {
    if let Some(reason) = &case.story.not_told {
        return Verdict::not_applicable(reason.clone());
    }
    if !terms.profiles.contains(&check.profile) {
        return Verdict::not_applicable(format!("the profile {} is not declared", check.profile.name()));
    }
    if let Some(verdict) = check.needs.iter().find_map(|probe| blocked(case.story, *probe)) {
        return verdict;
    }
    match (check.judge)(case) {
        Verdict::Fail { finding } => Verdict::fail(complete(finding, check, case)),
        other => other,
    }
}

/// No check passes because nobody looked.
fn blocked(story: &Story, probe: Probe) -> Option<Verdict> {
    match story.probes.get(&probe) {
        Some(ProbeOutcome::Asked) => None,
        Some(ProbeOutcome::NotAsked(reason)) => Some(Verdict::not_applicable(reason.clone())),
        Some(ProbeOutcome::Blocked(reason)) => Some(Verdict::unjudged(reason.clone())),
        None => Some(Verdict::unjudged("it was not asked")),
    }
}

/// Adds what every finding has: its clause, and a line that shows it again.
fn complete(mut finding: Finding, check: &Check, case: &Case) -> Finding {
    if let Some(clause) = check.clauses.first() {
        finding.clause = format!("{}: {}", clause.name, clause.text);
    }
    if finding.first_difference.is_none() {
        finding.first_difference = Some(difference(&finding));
    }
    if finding.curl.is_none() {
        finding.curl = Some(shell_line(&finding, case));
    }
    finding
}

/// Where nothing was compared byte by byte, the difference is between what was expected and what came.
fn difference(finding: &Finding) -> String {
    let expected = finding.expected.first().map_or("", String::as_str);
    let common = expected.chars().zip(finding.received.chars()).take_while(|(a, b)| a == b).count();
    if common == 0 {
        return "from the start: nothing of what was expected came".to_owned();
    }
    format!("after {:?}", expected.chars().take(common).collect::<String>())
}

fn shell_line(finding: &Finding, case: &Case) -> String {
    let exchange = finding.evidence.iter().find_map(|id| {
        let number = id.strip_prefix('e')?.parse().ok()?;
        case.story.exchange(number)
    });
    if let Some(exchange) = exchange {
        let call = case.story.calls.get(exchange.call).unwrap_or_else(|| case.call());
        let endpoint = mock_hubspot::retrieval::callback_url(
            &case.run.registered_url,
            &call.external_id,
            &case.run.app_id,
            &call.account_id,
        );
        return curl::line(exchange, &endpoint);
    }
    let journal = finding.evidence.iter().find_map(|id| id.strip_prefix('j')?.parse::<u64>().ok());
    match journal {
        Some(number) => format!("curl -s '{}/_mock/journal/{number}'", case.run.mock_url),
        None => format!("curl -s '{}/_mock/journal'", case.run.mock_url),
    }
}
