//! What telling every lie showed: which checks saw it, which missed it, which blamed something else. Pure: weighs results,
//! asks nothing. `commands/self_test.rs` has the lies told.

use crate::catalogue;
use crate::check::{Check, Level, Section};
use crate::results::{CheckResult, Results};
use crate::verdict::{Finding, Verdict};
use reference_integration::sabotage::Sabotage;
use std::collections::BTreeSet;
use std::fmt::Write;

/// The proof of the kit.
#[derive(Clone, Debug, Default)]
pub struct Matrix {
    /// One for each lie, in the order of the list.
    pub rows: Vec<Row>,
    /// The scenarios in which the honest reference was examined.
    pub scenarios: usize,
    /// What the honest reference was blamed for.
    pub blamed: Vec<String>,
}

/// What one lie showed.
#[derive(Clone, Debug)]
pub struct Row {
    /// The lie.
    pub sabotage: &'static Sabotage,
    /// Checks that were to see it and did.
    pub caught_by: Vec<&'static str>,
    /// Checks that were to see it and did not, with what they answered.
    pub missed: Vec<String>,
    /// Required checks that blamed what is not wrong, with their finding.
    pub unrelated: Vec<String>,
    /// Checks below required that found something besides.
    pub beside: Vec<String>,
    /// What else is wrong with the run: its exit, its snapshot, a finding that lacks something.
    pub faults: Vec<String>,
}

/// Weighs the run in which one lie was told.
pub fn row(sabotage: &'static Sabotage, results: &Results) -> Row {
    let proves = |id: &str| catalogue::find(id).is_some_and(|check| check.proof.contains(&sabotage.name));
    let mut row = Row {
        sabotage,
        caught_by: Vec::new(),
        missed: Vec::new(),
        unrelated: Vec::new(),
        beside: Vec::new(),
        faults: Vec::new(),
    };
    let findings: Vec<_> = findings(results).collect();
    // What only a browser sees is proved where there is one: tests/full/browser.rs.
    let seen = |check: &&Check| check.section() != Section::Player && check.proof.contains(&sabotage.name);
    for check in catalogue::all().filter(seen) {
        if findings.iter().any(|(_, result, _)| result.check == check.id) {
            row.caught_by.push(check.id);
        } else {
            row.missed.push(format!("{} should fail: {}", check.id, answers(results, check.id)));
        }
    }
    let sections: BTreeSet<_> = row.caught_by.iter().filter_map(|id| id.split('/').next()).collect();
    let own = sections.iter().any(|section| sabotage.name.split('/').next() == Some(section));
    if row.missed.is_empty() && !own {
        row.faults.push(format!("no check of its own section saw it, only {}", row.caught_by.join(", ")));
    }
    let mut beside = BTreeSet::new();
    for (_, result, finding) in findings {
        let id = &result.check;
        if let Some(lacks) = incomplete(finding) {
            row.faults.push(format!("the finding of {id} lacks {lacks}"));
        }
        if proves(id) {
            continue;
        }
        if result.level == Level::Required {
            row.unrelated.push(format!("{id} fails and should not: {finding:?}"));
        } else {
            beside.insert(id.clone());
        }
    }
    row.beside.extend(beside);
    if results.standing.exit != 1 {
        row.faults.push(format!("exit {}: {}", results.standing.exit, results.standing.reasons.join("; ")));
    } else if results.standing.reasons.iter().any(|reason| reason.starts_with("snapshot reports")) {
        row.faults.push("reports/broken/ shows other findings; see `conformance snapshot`".to_owned());
    }
    row
}

/// What the honest reference is blamed for, or what could not be judged of it.
pub fn blamed(results: &Results) -> Vec<String> {
    let mut blamed: Vec<_> = results
        .stories
        .iter()
        .flat_map(|story| story.checks.iter().map(move |check| (story, check)))
        .filter(|(_, check)| matches!(check.verdict, Verdict::Fail { .. } | Verdict::Unjudged { .. }))
        .map(|(story, check)| format!("{} in {}: {:?}", check.check, story.scenario, check.verdict))
        .collect();
    if results.standing.exit != 0 {
        blamed.push(format!("exit {}: {}", results.standing.exit, results.standing.reasons.join("; ")));
    }
    blamed
}

fn findings(results: &Results) -> impl Iterator<Item = (&str, &CheckResult, &Finding)> {
    results.stories.iter().flat_map(|story| {
        story.checks.iter().filter_map(move |result| match &result.verdict {
            Verdict::Fail { finding } => Some((story.scenario.as_str(), result, finding)),
            _ => None,
        })
    })
}

fn answers(results: &Results, id: &str) -> String {
    let verdicts: Vec<_> = results
        .stories
        .iter()
        .flat_map(|story| &story.checks)
        .filter(|result| result.check == id)
        .map(|result| format!("{:?}", result.verdict))
        .collect();
    if verdicts.is_empty() { "it was not asked".to_owned() } else { verdicts.join(", ") }
}

/// What a finding lacks that its reader needs.
fn incomplete(finding: &Finding) -> Option<String> {
    let given = |text: &Option<String>| text.as_ref().is_some_and(|text| !text.is_empty());
    let lacks: Vec<_> = [
        ("its clause", !finding.clause.is_empty()),
        ("what was sent", !finding.sent.is_empty()),
        ("what was expected", !finding.expected.is_empty()),
        ("what was received", !finding.received.is_empty()),
        ("the first difference", given(&finding.first_difference)),
        ("the curl line", given(&finding.curl)),
    ]
    .into_iter()
    .filter_map(|(name, there)| (!there).then_some(name))
    .collect();
    (!lacks.is_empty()).then(|| lacks.join(", "))
}

impl Row {
    /// The level of the gravest check that caught it.
    fn weight(&self) -> &'static str {
        let levels = self.caught_by.iter().filter_map(|id| catalogue::find(id)).map(|check| check.level);
        levels.min().map_or("", Level::name)
    }

    /// Whether each check that was to see the lie did.
    pub fn caught(&self) -> bool {
        !self.caught_by.is_empty() && self.missed.is_empty()
    }
}

impl Matrix {
    /// How many lies were caught by every check that was to see them.
    pub fn caught(&self) -> usize {
        self.rows.iter().filter(|row| row.caught()).count()
    }

    /// How many required findings blamed what was not wrong.
    pub fn unrelated(&self) -> usize {
        self.rows.iter().map(|row| row.unrelated.len()).sum()
    }

    /// Everything that is wrong, one line each.
    pub fn faults(&self) -> Vec<String> {
        let of_row = |row: &Row| {
            let name = row.sabotage.name;
            let all = [&row.missed, &row.unrelated, &row.faults].into_iter().flatten();
            all.map(|fault| format!("{name}: {fault}")).collect::<Vec<_>>()
        };
        let honest = self.blamed.iter().map(|fault| format!("the honest reference: {fault}"));
        self.rows.iter().flat_map(of_row).chain(honest).collect()
    }

    /// The two rates, and what the honest reference was blamed for.
    pub fn summary(&self) -> String {
        let (caught, all) = (self.caught(), self.rows.len());
        let percent = if all == 0 { 0.0 } else { 100.0 * caught as f64 / all as f64 };
        format!(
            "caught      {caught} of {all} sabotages ({percent:.1} %), each by every check that was to see it\n\
             unrelated   {} required findings about what was not wrong, in {all} runs\n\
             honest      {} findings on the honest reference, in {} scenarios",
            self.unrelated(),
            self.blamed.len(),
            self.scenarios
        )
    }

    /// As Markdown: sabotage by sabotage, the checks that saw it.
    pub fn markdown(&self) -> String {
        let mut out = String::from(
            "# The matrix\n\nEvery sabotage, told in the story that shows it: the checks that caught it, and checks below required that saw it \
             besides.\nNo required check blamed anything else. Written by the kit:\n\n    cargo run --release -p conformance -- self-test --matrix \
             conformance/MATRIX.md\n\n| sabotage | story | weight | caught by | seen besides |\n| --- | --- | --- | --- | --- |\n",
        );
        for row in &self.rows {
            let _ = writeln!(
                out,
                "| `{}` | {} | {} | {} | {} |",
                row.sabotage.name,
                row.sabotage.story,
                row.weight(),
                code(&row.caught_by),
                code(&row.beside)
            );
        }
        out
    }
}

fn code(ids: &[impl AsRef<str>]) -> String {
    ids.iter().map(|id| format!("`{}`", id.as_ref())).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::{Matrix, row};
    use crate::check::{Level, Profile, Section};
    use crate::results::{CheckResult, Results, StoryResult};
    use crate::verdict::{Finding, Verdict};
    use reference_integration::sabotage;

    fn finding() -> Finding {
        Finding {
            clause: "RFC 9110 §15.3.7".to_owned(),
            ..Finding::new("sent", "expected", "received").differing("here").curl("curl")
        }
    }

    /// A run in which these checks answered so.
    fn results(exit: u8, checks: &[(&str, Level, Verdict)]) -> Results {
        let check = |(id, level, verdict): &(&str, Level, Verdict)| CheckResult {
            check: (*id).to_owned(),
            section: Section::Ranges,
            level: *level,
            profile: Profile::Seek,
            title: String::new(),
            verdict: verdict.clone(),
        };
        let story = StoryResult {
            scenario: "outbound-call".to_owned(),
            title: String::new(),
            not_told: None,
            checks: checks.iter().map(check).collect(),
            requests: 0,
            random_cases: 0,
            took_ms: 0,
        };
        let mut results = crate::report::sample::results(vec![story], exit, "");
        results.standing.reasons.clear();
        results
    }

    #[test]
    fn a_lie_that_all_its_checks_see_is_caught() {
        let lie = sabotage::find("calls/wrong-app-id").unwrap();
        let fail = Verdict::fail(finding());
        let seen = row(lie, &results(1, &[("calls/app-id-matches", Level::Required, fail.clone())]));
        assert!(seen.caught() && seen.faults.is_empty() && seen.unrelated.is_empty(), "{seen:?}");
        let matrix = Matrix { rows: vec![seen], ..Matrix::default() };
        assert_eq!((matrix.caught(), matrix.unrelated()), (1, 0));
        assert!(
            matrix
                .markdown()
                .contains("| `calls/wrong-app-id` | outbound-call | required | `calls/app-id-matches` |  |")
        );

        let passed = row(lie, &results(0, &[("calls/app-id-matches", Level::Required, Verdict::Pass)]));
        assert!(!passed.caught(), "{passed:?}");
        assert!(passed.missed[0].contains("Pass") && passed.faults[0].contains("exit 0"), "{passed:?}");
    }

    #[test]
    fn what_is_blamed_besides_counts_when_it_is_required() {
        let lie = sabotage::find("calls/wrong-app-id").unwrap();
        let fail = || Verdict::fail(finding());
        let seen = row(
            lie,
            &results(
                1,
                &[
                    ("calls/app-id-matches", Level::Required, fail()),
                    ("calls/logged", Level::Required, fail()),
                    ("calls/duration", Level::Recommended, fail()),
                ],
            ),
        );
        assert_eq!((seen.unrelated.len(), seen.beside.as_slice()), (1, &["calls/duration".to_owned()][..]));
        let bare = Verdict::fail(Finding::new("", "expected", "received"));
        let lacking = row(lie, &results(1, &[("calls/app-id-matches", Level::Required, bare)]));
        assert!(lacking.faults[0].contains("its clause, what was sent"), "{lacking:?}");
    }
}
