//! Two results, verdict by verdict. Pure.

use crate::check::Level;
use crate::results::{CheckResult, Results};
use crate::verdict::Verdict;
use serde::Serialize;
use std::collections::BTreeMap;

/// What became of one verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// It fails, and did not fail before.
    NewlyFailing,
    /// It failed before, and passes.
    Fixed,
    /// It was asked before, and is not any more.
    Vanished,
    /// It was not asked before; it does not fail.
    New,
    /// It fails as before with another finding, or its verdict changed in another way.
    Changed,
}

impl Change {
    /// Every kind, the worst first.
    pub const ALL: [Self; 5] = [Self::NewlyFailing, Self::Fixed, Self::Vanished, Self::New, Self::Changed];
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::NewlyFailing => "newly failing",
            Self::Fixed => "fixed",
            Self::Vanished => "vanished",
            Self::New => "new",
            Self::Changed => "changed",
        }
    }
}

/// One verdict that is not as it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Row {
    /// What became of it.
    pub change: Change,
    /// The story.
    pub scenario: String,
    /// The check.
    pub check: String,
    /// How much it weighs.
    pub level: Level,
    /// The verdict before, in a word; none where it was not asked.
    pub before: Option<String>,
    /// The verdict now.
    pub after: Option<String>,
    /// What is received now, or was received before where nothing is now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub said: Option<String>,
}

/// What is not as it was, and how much is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Comparison {
    /// In the order of [`Change::ALL`], then by story and check.
    pub rows: Vec<Row>,
    /// Verdicts that are the same.
    pub same: usize,
}

impl Comparison {
    /// The rows of one kind.
    pub fn of(&self, change: Change) -> impl Iterator<Item = &Row> {
        self.rows.iter().filter(move |row| row.change == change)
    }
}

/// Compares two results.
pub fn compare(before: &Results, after: &Results) -> Comparison {
    let (old, new) = (by_place(before), by_place(after));
    let mut comparison = Comparison { rows: Vec::new(), same: 0 };
    for (place, check) in &new {
        match change(old.get(place).copied(), check) {
            Some(kind) => comparison.rows.push(row(kind, place, old.get(place).copied(), Some(check))),
            None => comparison.same += 1,
        }
    }
    for (place, check) in old.iter().filter(|(place, _)| !new.contains_key(*place)) {
        comparison.rows.push(row(Change::Vanished, place, Some(check), None));
    }
    comparison.rows.sort_by(|a, b| (a.change, &a.scenario, &a.check).cmp(&(b.change, &b.scenario, &b.check)));
    comparison
}

type Place<'a> = (&'a str, &'a str);

fn by_place(results: &Results) -> BTreeMap<Place<'_>, &CheckResult> {
    let stories = results.stories.iter();
    stories.flat_map(|s| s.checks.iter().map(|c| ((s.scenario.as_str(), c.check.as_str()), c))).collect()
}

fn change(old: Option<&CheckResult>, new: &CheckResult) -> Option<Change> {
    let fails = |check: &CheckResult| matches!(check.verdict, Verdict::Fail { .. });
    let Some(old) = old else {
        return Some(if fails(new) { Change::NewlyFailing } else { Change::New });
    };
    match (&old.verdict, &new.verdict) {
        (Verdict::Fail { finding: was }, Verdict::Fail { finding: is }) => {
            // Numbers of exchanges and addresses of ports differ from run to run.
            let same = was.clause == is.clause && was.expected == is.expected && was.received == is.received;
            (!same).then_some(Change::Changed)
        }
        (_, Verdict::Fail { .. }) => Some(Change::NewlyFailing),
        (Verdict::Fail { .. }, Verdict::Pass) => Some(Change::Fixed),
        (was, is) => (was.word() != is.word()).then_some(Change::Changed),
    }
}

fn row(
    change: Change,
    (scenario, check): &Place,
    old: Option<&CheckResult>,
    new: Option<&CheckResult>,
) -> Row {
    let word = |check: Option<&CheckResult>| check.map(|c| c.verdict.word().to_owned());
    let said = |check: &CheckResult| match &check.verdict {
        Verdict::Pass => None,
        Verdict::Fail { finding } => Some(finding.received.clone()),
        Verdict::NotApplicable { reason } | Verdict::Unjudged { reason } => Some(reason.clone()),
    };
    Row {
        change,
        scenario: (*scenario).to_owned(),
        check: (*check).to_owned(),
        level: new.or(old).map_or(Level::Informational, |c| c.level),
        before: word(old),
        after: word(new),
        said: new.and_then(said).or_else(|| old.filter(|_| new.is_none()).and_then(said)),
    }
}

#[cfg(test)]
mod tests {
    use super::{Change, compare};
    use crate::report::sample;
    use crate::verdict::Verdict;

    #[test]
    fn each_verdict_is_put_where_it_belongs() {
        let before = sample::mixed();
        let mut after = before.clone();
        assert_eq!(compare(&before, &after).rows, [], "nothing changed");
        let checks = &mut after.stories[0].checks;
        checks[0].verdict = Verdict::unjudged("gone");
        checks[1].verdict = Verdict::Pass;
        checks[3].verdict = Verdict::fail(sample::single());
        checks[5].check = "security/another".into();
        let Verdict::Fail { finding } = &mut checks[2].verdict else { panic!("ranges/single fails") };
        finding.received = "204".into();
        let it = compare(&before, &after);
        let told: Vec<_> = it.rows.iter().map(|r| (r.change, r.check.as_str())).collect();
        assert_eq!(
            told,
            [
                (Change::NewlyFailing, "media/channels"),
                (Change::Fixed, "authenticated-url/lifetime"),
                (Change::Vanished, "security/neighbour"),
                (Change::New, "security/another"),
                (Change::Changed, "calls/logged"),
                (Change::Changed, "ranges/single"),
            ]
        );
        assert_eq!(it.same, 3);
    }
}
