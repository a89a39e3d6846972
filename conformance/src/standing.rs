//! The roll-up of a run, and its exit code. Pure.

use crate::check::Level;
use crate::results::{Standing, StoryResult};
use crate::shard::Shard;
use crate::waiver::Waived;
use std::collections::BTreeMap;

/// What ended a run besides its verdicts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Circumstances {
    /// The kit itself failed.
    pub harness_faults: Vec<String>,
    /// Somebody pressed Ctrl-C.
    pub interrupted: bool,
    /// The integration did not start, or a side could not reach the other.
    pub setup_faults: Vec<String>,
    /// Snapshots that differ or are pending.
    pub snapshots: Vec<String>,
    /// Recommended findings count.
    pub strict: bool,
    /// Only a part of the stories was told.
    pub shard: Option<Shard>,
    /// Known failures, and what became of them.
    pub waivers: Vec<Waived>,
}

/// Rolls a run up. When several reasons hold, the order is 70, 130, 4, 1, 3, 5, 6.
pub fn standing(stories: &[StoryResult], circumstances: &Circumstances) -> Standing {
    let mut counts: BTreeMap<String, usize> =
        ["pass", "fail", "not applicable", "unjudged"].into_iter().map(|w| (w.to_owned(), 0)).collect();
    let (mut failed, mut unjudged) = (Vec::new(), Vec::new());
    let excused =
        |check: &str| circumstances.waivers.iter().any(|w| w.waiver.covers(check) && w.state.excuses());
    let mut waived = Vec::new();
    for story in stories {
        for check in &story.checks {
            let word = check.verdict.word();
            *counts.entry(word.to_owned()).or_default() += 1;
            let counts_here = match check.level {
                Level::Required => true,
                Level::Recommended => circumstances.strict,
                Level::Informational => false,
            };
            let name = format!("{} in {}", check.check, story.scenario);
            match word {
                "fail" if counts_here && excused(&check.check) => waived.push(name),
                "fail" if counts_here => failed.push(name),
                "unjudged" if counts_here => unjudged.push(name),
                _ => {}
            }
        }
    }
    let mut reasons: Vec<(u8, String)> = Vec::new();
    reasons.extend(circumstances.harness_faults.iter().map(|f| (70, f.clone())));
    if circumstances.interrupted {
        reasons.push((130, "interrupted; what was done so far is in the reports".to_owned()));
    }
    reasons.extend(circumstances.setup_faults.iter().map(|f| (4, f.clone())));
    if !failed.is_empty() {
        reasons
            .push((1, format!("{} failed: {}", checks(failed.len(), circumstances.strict), list(&failed))));
    }
    let verdicts: usize = counts.values().sum();
    if verdicts == 0 {
        reasons.push((3, "nothing was judged".to_owned()));
    }
    if !unjudged.is_empty() {
        reasons.push((
            3,
            format!(
                "{} could not be judged: {}",
                checks(unjudged.len(), circumstances.strict),
                list(&unjudged)
            ),
        ));
    }
    let amiss = circumstances.waivers.iter().filter(|w| w.state.is_amiss());
    reasons.extend(amiss.map(|waived| (5, format!("a waiver: {}", waived.sentence()))));
    if !circumstances.snapshots.is_empty() {
        reasons.push((6, format!("snapshot reports to review: {}", list(&circumstances.snapshots))));
    }
    let exit = reasons.first().map_or(0, |(code, _)| *code);
    if !waived.is_empty() {
        let known = if waived.len() == 1 { "known failure is" } else { "known failures are" };
        reasons.push((0, format!("{} {known} waived: {}", waived.len(), list(&waived))));
    }
    Standing {
        exit,
        sentence: if exit == 3 && verdicts == 0 {
            "incomplete: nothing was judged".to_owned()
        } else {
            let sentence = sentence(exit, failed.len(), unjudged.len(), waived.len(), circumstances.strict);
            match circumstances.shard {
                Some(shard) => format!("shard {shard}, to be merged with the others: {sentence}"),
                None => sentence,
            }
        },
        reasons: reasons.into_iter().map(|(_, reason)| reason).collect(),
        counts,
    }
}

fn sentence(exit: u8, failed: usize, unjudged: usize, waived: usize, strict: bool) -> String {
    match exit {
        0 if waived == 1 => "conformant but for 1 known failure that is waived".to_owned(),
        0 if waived > 1 => format!("conformant but for {waived} known failures that are waived"),
        0 if strict => "conformant: every required and every recommended check ran and passed".to_owned(),
        0 => "conformant: every required check ran and passed".to_owned(),
        1 => format!("not conformant: {} failed", checks(failed, strict)),
        3 => format!("incomplete: {} could not be judged", checks(unjudged, strict)),
        5 => "no check failed unexpectedly, but a waiver is stale, expired or unmatched".to_owned(),
        4 => "set-up failed: nothing can be said about the integration".to_owned(),
        6 => "conformant, but the snapshot reports are to be reviewed".to_owned(),
        70 => "the kit itself failed".to_owned(),
        130 => "interrupted".to_owned(),
        other => format!("exit {other}"),
    }
}

/// So many checks that count.
fn checks(n: usize, strict: bool) -> String {
    let weighed = if strict { "required or recommended" } else { "required" };
    format!("{n} {weighed} {}", if n == 1 { "check" } else { "checks" })
}

fn list(names: &[String]) -> String {
    const SHOWN: usize = 6;
    let shown = names.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
    if names.len() > SHOWN { format!("{shown} and {} more", names.len() - SHOWN) } else { shown }
}
