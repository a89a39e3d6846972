//! The reports: pure renderings of one [`Results`], one format a file. No clock, no environment, no decision.
//!
//! What an integration sent is hostile until it went through `text.rs`. Read next: `terminal.rs`, `markdown.rs`,
//! `junit.rs`, `json.rs`, `html/`, `har.rs`, `measured.rs`, `snapshot.rs` with `tokens.rs`, and `progress.rs`, which listens while the run goes on.

pub mod difference;
pub mod github;
pub mod har;
pub mod html;
pub mod json;
pub mod junit;
pub mod markdown;
mod measured;
pub mod progress;
pub mod snapshot;
pub mod terminal;
mod text;
mod tokens;

#[cfg(test)]
pub(crate) mod sample;

use crate::cases;
use crate::check::Level;
use crate::evidence::Evidence;
use crate::results::{CheckResult, Results};
use crate::verdict::{Finding, Verdict};
use std::collections::BTreeMap;

/// The folder of failing cases among the files of a run.
pub const CASES: &str = "cases/";

/// Every file that is rendered from results and evidence, by its name in the folder of a run.
pub fn files(results: &Results, evidence: &Evidence) -> BTreeMap<String, String> {
    let mut files = BTreeMap::from([
        ("results.json".to_owned(), json::render(results)),
        ("summary.md".to_owned(), markdown::render(results)),
        ("junit.xml".to_owned(), junit::render(results)),
        ("report.html".to_owned(), html::render(results, evidence)),
        ("report.txt".to_owned(), terminal::render(results, terminal::Colour::Never)),
        ("evidence.har".to_owned(), har::render(results, evidence)),
    ]);
    for (name, case) in cases::of(evidence, &results.stories) {
        let text =
            serde_json::to_string_pretty(&case).expect("a case holds nothing that JSON has no word for");
        files.insert(format!("{CASES}{name}"), text + "\n");
    }
    files
}

/// Why what is written into a string is never an error.
const WRITES: &str = "writing into a string cannot fail";

/// One broken check, with the stories that broke it.
struct Broken<'a> {
    /// The result of the first of them.
    result: &'a CheckResult,
    /// Its finding.
    finding: &'a Finding,
    /// That story.
    story: &'a str,
    /// The other stories.
    also: Vec<&'a str>,
    /// Whether it makes the run fail.
    counts: bool,
    /// What is to be added where it does not.
    weight: &'static str,
}

/// One check that could not be judged, for one reason.
struct Open<'a> {
    result: &'a CheckResult,
    reason: &'a str,
    stories: Vec<&'a str>,
    counts: bool,
}

/// Whether a failed or unjudged check makes the run fail.
fn counts(results: &Results, check: &CheckResult) -> bool {
    let weighs = check.level == Level::Required || (results.strict && check.level == Level::Recommended);
    weighs && !waived(results, check)
}

/// Whether it is a failure that is known.
fn waived(results: &Results, check: &CheckResult) -> bool {
    matches!(check.verdict, Verdict::Fail { .. }) && results.excuses(&check.check)
}

/// Why a failure does not count, where it does not.
fn weight(results: &Results, check: &CheckResult) -> &'static str {
    if waived(results, check) {
        ": known, waived"
    } else if counts(results, check) {
        ""
    } else {
        ": reported, does not count"
    }
}

/// Every verdict, with the name of its story.
fn verdicts(results: &Results) -> impl Iterator<Item = (&str, &CheckResult)> {
    results.stories.iter().flat_map(|story| story.checks.iter().map(|check| (story.scenario.as_str(), check)))
}

/// What is broken, in the order in which it is to be mended: what counts first, then by weight and by the journey.
fn broken(results: &Results) -> Vec<Broken<'_>> {
    let mut all: Vec<Broken> = Vec::new();
    for (story, result) in verdicts(results) {
        let Verdict::Fail { finding } = &result.verdict else { continue };
        if let Some(known) = all.iter_mut().find(|broken| broken.result.check == result.check) {
            known.also.push(story);
        } else {
            let (counts, weight) = (counts(results, result), weight(results, result));
            all.push(Broken { result, finding, story, also: Vec::new(), counts, weight });
        }
    }
    all.sort_by_key(|broken| (!broken.counts, broken.result.level, broken.result.section));
    all
}

/// What could not be judged, in the same order.
fn open(results: &Results) -> Vec<Open<'_>> {
    let mut all: Vec<Open> = Vec::new();
    for (story, result) in verdicts(results) {
        let Verdict::Unjudged { reason } = &result.verdict else { continue };
        let known = all.iter_mut().find(|open| open.result.check == result.check && open.reason == reason);
        if let Some(known) = known {
            known.stories.push(story);
        } else {
            let counts = counts(results, result);
            all.push(Open { result, reason, stories: vec![story], counts });
        }
    }
    all.sort_by_key(|open| (!open.counts, open.result.level, open.result.section));
    all
}

/// A finding as labelled lines, harmless, in the order in which it always reads. A curl line may be several lines.
fn labelled(finding: &Finding, most: usize) -> Vec<(&'static str, String)> {
    let mut lines =
        vec![("clause", text::line(&finding.clause, most)), ("sent", text::line(&finding.sent, most))];
    for (n, expected) in finding.expected.iter().enumerate() {
        lines.push((if n == 0 { "expected" } else { "or" }, text::line(expected, most)));
    }
    lines.push(("received", text::line(&finding.received, most)));
    if let Some(difference) = &finding.first_difference {
        lines.push(("first difference", text::line(difference, most)));
    }
    if let Some(curl) = &finding.curl {
        lines.push(("curl", text::block(curl, text::CURL)));
    }
    if !finding.evidence.is_empty() {
        lines.push(("evidence", text::line(&finding.evidence.join(", "), most)));
    }
    if finding.more > 0 {
        lines.push(("more", format!("{} more like it in this story", finding.more)));
    }
    lines
}

/// Labelled lines as text, the labels in a column, further lines of a value under its first.
fn columns(lines: &[(&str, String)], indent: &str) -> String {
    const WIDTH: usize = "first difference".len() + 2;
    let mut text = String::new();
    for (label, value) in lines {
        for (n, line) in value.lines().enumerate() {
            let label = if n == 0 { *label } else { "" };
            text.push_str(format!("{indent}{label:<WIDTH$}{line}").trim_end());
            text.push('\n');
        }
    }
    text
}
