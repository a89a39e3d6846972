//! From evidence to verdicts: one pure function for `run`, and for whoever judges the same evidence again.
//!
//! Asks nothing, reads no clock. Read next: `check.rs`, `standing.rs`.

use crate::catalogue;
use crate::check::{Case, Check, OctetStream, Profile};
use crate::evidence::{Evidence, Probe, ProbeOutcome, Story, curl};
use crate::requirements::{RequirementSet, Weight};
use crate::results::{CheckResult, StoryResult};
use crate::verdict::{Finding, Verdict};
use serde::{Deserialize, Serialize};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// On which terms evidence is judged.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Terms {
    /// The declared profiles; a check of another one is not applicable.
    pub profiles: Vec<Profile>,
    /// How strictly octet-stream is read.
    pub octet_stream: OctetStream,
    /// Only checks whose id starts with one of these; empty for all.
    pub only: Vec<String>,
    /// The requirement set that levels and profiles come from; `None`: the catalogue, as it is today.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub set: Option<RequirementSet>,
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

    /// What a check weighs on these terms.
    pub fn weight(&self, check: &Check) -> Weight {
        let of_today = Weight { level: check.level, profile: check.profile };
        self.set.map_or(of_today, |set| set.weight(check))
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
        let Weight { level, profile } = terms.weight(check);
        let verdict = catch_unwind(AssertUnwindSafe(|| answer(check, &case, terms, profile)))
            .map_err(|_| JudgePanicked { check: check.id, scenario: story.scenario.clone() })?;
        checks.push(CheckResult {
            check: check.id.to_owned(),
            section: check.section(),
            level,
            profile,
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

fn answer(check: &Check, case: &Case, terms: &Terms, profile: Profile) -> Verdict {
    if let Some(reason) = &case.story.not_told {
        return Verdict::not_applicable(reason.clone());
    }
    if !terms.profiles.contains(&profile) {
        return Verdict::not_applicable(format!("the profile {} is not declared", profile.name()));
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

/// Where nothing was compared byte by byte, the first thing that the answer says otherwise than what was expected.
fn difference(finding: &Finding) -> String {
    let expected = finding.expected.first().map_or("", String::as_str);
    let received = &finding.received;
    if received.starts_with("no answer") {
        return "nothing was answered".to_owned();
    }
    if let (Some(wanted), Some(came)) = (status(expected), status(received))
        && wanted != came
    {
        return format!("status {came} instead of {wanted}");
    }
    for wanted in expected.split(", ").filter(|part| !received.contains(*part)) {
        if let Some(came) = received.split(", ").find(|part| comparable(part, wanted)) {
            return format!("{came} instead of {wanted}");
        }
    }
    format!("{received} instead of {expected}")
}

/// The status code that a sentence begins with.
fn status(sentence: &str) -> Option<&str> {
    let code = sentence.split([' ', ',']).next()?;
    (code.len() == 3 && code.bytes().all(|b| b.is_ascii_digit())).then_some(code)
}

/// Whether two parts of sentences speak of the same thing: a header field of the same name, or a number of bytes.
fn comparable(one: &str, other: &str) -> bool {
    let is_length = |part: &str| {
        part.split_once(' ').is_some_and(|(n, unit)| n.parse::<u64>().is_ok() && unit.starts_with("byte"))
    };
    match (one.split_once(": "), other.split_once(": ")) {
        (Some((a, _)), Some((b, _))) => {
            a.trim_start_matches('`').eq_ignore_ascii_case(b.trim_start_matches('`'))
        }
        (None, None) => is_length(one) && is_length(other),
        _ => false,
    }
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
        return curl::line(exchange, &endpoint, case.run.ca_file.as_deref(), case.run.proxy.as_deref());
    }
    let journal = finding.evidence.iter().find_map(|id| id.strip_prefix('j')?.parse::<u64>().ok());
    // The authority of a fake HubSpot that serves HTTPS is known to the integration alone.
    let curl = if case.run.mock_url.starts_with("https:") { "curl -sk" } else { "curl -s" };
    match journal {
        Some(number) => format!("{curl} '{}/_mock/journal/{number}'", case.run.mock_url),
        None => format!("{curl} '{}/_mock/journal'", case.run.mock_url),
    }
}

#[cfg(test)]
mod tests {
    use super::{Finding, Terms, difference, judge};
    use crate::check::{Level, Profile};
    use crate::evidence::{Evidence, Story};
    use crate::requirements::RequirementSet;

    #[test]
    fn the_first_difference_is_the_first_thing_said_otherwise() {
        for (expected, received, difference_) in [
            ("206 Partial Content", "200 OK, 7 bytes", "status 200 instead of 206"),
            (
                "Content-Type: application/octet-stream",
                "200 OK, Content-Type: text/html, 7 bytes",
                "Content-Type: text/html instead of Content-Type: application/octet-stream",
            ),
            ("1 byte, as Content-Range says", "206 Partial Content, 0 bytes", "0 bytes instead of 1 byte"),
            ("a WAV, FLAC or MP4 file", "mp3 data", "mp3 data instead of a WAV, FLAC or MP4 file"),
        ] {
            assert_eq!(difference(&Finding::new("", expected, received)), difference_);
        }
    }

    #[test]
    fn levels_and_profiles_come_from_the_set_where_one_is_named() {
        let story = Story { sections: vec![crate::check::Section::Ranges], ..Story::default() };
        let evidence = Evidence { stories: vec![story], ..Evidence::default() };
        let set = Some(RequirementSet::LATEST);
        let judged = judge(&evidence, &Terms { set, profiles: Profile::ALL.to_vec(), ..Terms::default() });
        for check in &judged.unwrap()[0].checks {
            let row = RequirementSet::LATEST.checks().get(&check.check);
            assert_eq!(check.level, row.map_or(Level::Informational, |row| row.level), "{}", check.check);
        }
    }
}
