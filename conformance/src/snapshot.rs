//! Snapshots on disk: compared, proposed, accepted, rejected. The only writer of snapshots.
//!
//! `<dir>/<slug>/<scenario>.md` is accepted; `<scenario>.new.md` beside it is a proposal, an empty one the proposal to
//! remove it. What they say is rendered by `report/snapshot.rs`.

use crate::check::Section;
use crate::config::located::suggestion;
use crate::report::snapshot::render;
use crate::results::{Results, StoryResult};
use crate::scenario::is_kebab;
use similar::TextDiff;
use std::fmt::{self, Display, Formatter};
use std::path::{Path, PathBuf};
use std::{fs, io};

const PROPOSED: &str = ".new.md";
const ACCEPTED: &str = ".md";

/// Whether this is CI, where nothing is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ci {
    /// It is.
    Yes,
    /// It is not: somebody can review what is proposed.
    No,
}

/// How a story differs from its accepted snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The scenario.
    pub scenario: String,
    /// How.
    pub kind: Kind,
    /// The accepted file, there or not.
    pub accepted: PathBuf,
    /// A unified diff, from what is accepted to what came.
    pub diff: String,
}

/// The kind of a difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Nothing was ever accepted.
    Pending,
    /// Something else was accepted.
    Changed,
    /// Something was accepted and the story is gone.
    Vanished,
}

impl Display for Difference {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let accepted = self.accepted.display();
        match self.kind {
            Kind::Pending => write!(f, "snapshot: {accepted} was never accepted"),
            Kind::Changed => write!(f, "snapshot: {accepted} differs\n{}", self.diff.trim_end()),
            Kind::Vanished => write!(f, "snapshot: {accepted} has no story any more"),
        }
    }
}

/// What is said of these differences, and what to do about them.
pub fn told(differences: &[Difference], dir: &Path, ci: Ci) -> Vec<String> {
    let (pending, others): (Vec<_>, Vec<_>) = differences.iter().partition(|it| it.kind == Kind::Pending);
    let mut lines: Vec<_> = others.iter().map(ToString::to_string).collect();
    if others.iter().any(|it| it.kind == Kind::Changed) {
        lines.push(
            "a rare answer may come and go with the random ranges: [ranges] seed asks the same in each run"
                .to_owned(),
        );
    }
    match pending[..] {
        [] => {}
        [one] => lines.push(one.to_string()),
        [one, ..] => {
            let folder = one.accepted.parent().unwrap_or(dir).display();
            lines.push(format!("snapshots: {} reports of {folder} were never accepted", pending.len()));
        }
    }
    let which =
        if dir == Path::new("reports") { String::new() } else { format!("--snapshots {} ", dir.display()) };
    lines.push(match ci {
        Ci::No => format!(
            "next: read the .new.md files, say `conformance snapshot {which}accept`, and keep them in version control"
        ),
        Ci::Yes => "next: run the same where you work, which proposes them; in CI nothing is written".to_owned(),
    });
    lines
}

/// A proposal that awaits its review.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// The folder: the slug of the product.
    pub slug: String,
    /// The scenario.
    pub scenario: String,
    /// What it would do.
    pub kind: Kind,
    /// The proposal.
    pub proposed: PathBuf,
    /// The file that it would replace, create or remove.
    pub accepted: PathBuf,
}

/// What went wrong with snapshots.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// A file or folder cannot be used.
    #[error("{path}: {source}\nhelp: --snapshots names the folder")]
    Io {
        /// Which.
        path: String,
        /// Why not.
        source: io::Error,
    },
    /// A scenario whose name is no file name.
    #[error("`{0}` cannot be the name of a snapshot\nhelp: scenarios are named in kebab-case")]
    Name(String),
    /// A name that no proposal has.
    #[error("no proposal is called `{name}`\nhelp: {help}")]
    Unknown {
        /// The name.
        name: String,
        /// The nearest one, and all of them.
        help: String,
    },
}

fn io_error(path: &Path) -> impl FnOnce(io::Error) -> SnapshotError {
    let path = path.display().to_string();
    move |source| SnapshotError::Io { path, source }
}

/// The folder's name for a product: its letters and digits in lower case, with hyphens between.
pub fn slug(product: &str) -> String {
    let words = product.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let slug = words.map(str::to_ascii_lowercase).collect::<Vec<_>>().join("-");
    if slug.is_empty() { "integration".into() } else { slug }
}

/// Compares a run with what was accepted, and proposes what differs, except in CI.
///
/// A filtered run, and one that could not be set up, is not compared: it says nothing of what it did not ask.
pub fn compare(results: &Results, dir: &Path, slug: &str, ci: Ci) -> Result<Vec<Difference>, SnapshotError> {
    if results.filtered || !results.setup_faults.is_empty() {
        return Ok(Vec::new());
    }
    if !is_kebab(slug) {
        return Err(SnapshotError::Name(slug.to_owned()));
    }
    let folder = dir.join(slug);
    let mut differences = Vec::new();
    // A story that a browser plays is told only where there is one: it can neither be missing nor be new.
    let played = |story: &&StoryResult| story.checks.iter().any(|check| check.section == Section::Player);
    for story in results.stories.iter().filter(|story| !played(story)) {
        differences.extend(compare_story(story, &folder, ci)?);
    }
    for scenario in scenarios(&folder, ACCEPTED)? {
        if results.stories.iter().any(|story| story.scenario == scenario) {
            continue;
        }
        let accepted = folder.join(format!("{scenario}{ACCEPTED}"));
        let before = read(&accepted)?.unwrap_or_default();
        if ci == Ci::No {
            write(&folder.join(format!("{scenario}{PROPOSED}")), "")?;
        }
        let diff = unified(&scenario, &before, "");
        differences.push(Difference { scenario, kind: Kind::Vanished, accepted, diff });
    }
    Ok(differences)
}

/// Compares what one lie was found out by with `broken/<name>.md`: the checks that failed, and their findings.
pub fn compare_broken(
    results: &Results,
    dir: &Path,
    name: &str,
    ci: Ci,
) -> Result<Vec<Difference>, SnapshotError> {
    let mut differences = Vec::new();
    for story in &results.stories {
        let mut story = story.clone();
        story.title = format!("{name}, told in {}", story.scenario);
        name.clone_into(&mut story.scenario);
        story.checks.retain(|check| check.verdict.word() == "fail");
        differences.extend(compare_story(&story, &dir.join("broken"), ci)?);
    }
    Ok(differences)
}

/// Compares one story with `<folder>/<scenario>.md`, and proposes what differs, except in CI.
fn compare_story(story: &StoryResult, folder: &Path, ci: Ci) -> Result<Option<Difference>, SnapshotError> {
    if !is_kebab(&story.scenario) {
        return Err(SnapshotError::Name(story.scenario.clone()));
    }
    let accepted = folder.join(format!("{}{ACCEPTED}", story.scenario));
    let proposed = folder.join(format!("{}{PROPOSED}", story.scenario));
    let now = render(story);
    let before = read(&accepted)?;
    if before.as_ref() == Some(&now) {
        if ci == Ci::No {
            remove(&proposed)?;
        }
        return Ok(None);
    }
    if ci == Ci::No {
        write(&proposed, &now)?;
    }
    Ok(Some(Difference {
        scenario: story.scenario.clone(),
        kind: if before.is_some() { Kind::Changed } else { Kind::Pending },
        diff: unified(&story.scenario, before.as_deref().unwrap_or(""), &now),
        accepted,
    }))
}

/// Every proposal that awaits its review, sorted.
pub fn pending(dir: &Path) -> Result<Vec<Proposal>, SnapshotError> {
    let mut proposals = Vec::new();
    for folder in entries(dir)?.into_iter().filter(|path| path.is_dir()) {
        let Some(slug) = folder.file_name().and_then(|name| name.to_str()).filter(|s| is_kebab(s)) else {
            continue;
        };
        for scenario in scenarios(&folder, PROPOSED)? {
            let proposed = folder.join(format!("{scenario}{PROPOSED}"));
            let accepted = folder.join(format!("{scenario}{ACCEPTED}"));
            let kind = if read(&proposed)?.is_none_or(|text| text.is_empty()) {
                Kind::Vanished
            } else if accepted.exists() {
                Kind::Changed
            } else {
                Kind::Pending
            };
            proposals.push(Proposal { slug: slug.to_owned(), scenario, kind, proposed, accepted });
        }
    }
    Ok(proposals)
}

/// Accepts the proposals with these names, `scenario` or `slug/scenario`; all of them where no name is given.
pub fn accept(dir: &Path, names: &[String]) -> Result<Vec<Proposal>, SnapshotError> {
    let chosen = choose(pending(dir)?, names)?;
    for proposal in &chosen {
        if proposal.kind == Kind::Vanished {
            remove(&proposal.accepted)?;
            remove(&proposal.proposed)?;
        } else {
            fs::rename(&proposal.proposed, &proposal.accepted).map_err(io_error(&proposal.proposed))?;
        }
    }
    Ok(chosen)
}

/// Removes the proposals with these names, `scenario` or `slug/scenario`; all of them where no name is given.
pub fn reject(dir: &Path, names: &[String]) -> Result<Vec<Proposal>, SnapshotError> {
    let chosen = choose(pending(dir)?, names)?;
    for proposal in &chosen {
        remove(&proposal.proposed)?;
    }
    Ok(chosen)
}

impl Proposal {
    /// `slug/scenario`
    pub fn name(&self) -> String {
        format!("{}/{}", self.slug, self.scenario)
    }
    /// A unified diff, from what is accepted to what is proposed.
    pub fn diff(&self) -> Result<String, SnapshotError> {
        let before = read(&self.accepted)?.unwrap_or_default();
        let after = read(&self.proposed)?.unwrap_or_default();
        Ok(unified(&self.scenario, &before, &after))
    }
    fn is_called(&self, name: &str) -> bool {
        self.scenario == name || self.name() == name
    }
}

fn choose(proposals: Vec<Proposal>, names: &[String]) -> Result<Vec<Proposal>, SnapshotError> {
    if let Some(name) = names.iter().find(|name| !proposals.iter().any(|p| p.is_called(name))) {
        let all: Vec<_> = proposals.iter().map(Proposal::name).collect();
        let known: Vec<_> = all.iter().map(String::as_str).collect();
        return Err(SnapshotError::Unknown {
            name: name.clone(),
            help: suggestion(name, &known, "proposals"),
        });
    }
    let chosen = |proposal: &Proposal| names.is_empty() || names.iter().any(|name| proposal.is_called(name));
    Ok(proposals.into_iter().filter(chosen).collect())
}

fn unified(scenario: &str, before: &str, after: &str) -> String {
    let (from, to) = (format!("{scenario}{ACCEPTED}"), format!("{scenario}{PROPOSED}"));
    TextDiff::from_lines(before, after).unified_diff().header(&from, &to).to_string()
}

/// The entries of a folder, sorted; none where there is no folder.
fn entries(folder: &Path) -> Result<Vec<PathBuf>, SnapshotError> {
    let listing = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        listing => listing.map_err(io_error(folder))?,
    };
    let paths = listing.map(|entry| entry.map(|e| e.path())).collect::<Result<Vec<_>, _>>();
    let mut paths = paths.map_err(io_error(folder))?;
    paths.sort();
    Ok(paths)
}

/// The scenarios of a folder whose files end so. A proposal's own ending is not taken for `.md`.
fn scenarios(folder: &Path, ending: &str) -> Result<Vec<String>, SnapshotError> {
    let scenario = |path: PathBuf| {
        let stem = path.file_name()?.to_str()?.strip_suffix(ending)?;
        is_kebab(stem).then(|| stem.to_owned())
    };
    Ok(entries(folder)?.into_iter().filter_map(scenario).collect())
}

/// A file with its line ends as we write them; `None` where there is none.
fn read(path: &Path) -> Result<Option<String>, SnapshotError> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text.replace("\r\n", "\n"))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(io_error(path)(error)),
    }
}

/// Writes beside the file and renames, so that nobody reads half of it.
fn write(path: &Path, text: &str) -> Result<(), SnapshotError> {
    let beside = path.with_extension(format!("{}.tmp", std::process::id()));
    path.parent().map_or(Ok(()), fs::create_dir_all).map_err(io_error(path))?;
    fs::write(&beside, text).and_then(|()| fs::rename(&beside, path)).map_err(io_error(path))
}

fn remove(path: &Path) -> Result<(), SnapshotError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(io_error(path)(error)),
        _ => Ok(()),
    }
}

impl Display for Kind {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Pending => "pending",
            Self::Changed => "changed",
            Self::Vanished => "vanished",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Ci, Kind, accept, compare, pending, reject, slug};
    use crate::report::sample;
    use std::fs;
    use std::path::Path;

    fn kinds(dir: &Path, results: &crate::results::Results, ci: Ci) -> Vec<(String, Kind)> {
        let found = compare(results, dir, "acme", ci).unwrap();
        found.into_iter().map(|d| (d.scenario, d.kind)).collect()
    }

    #[test]
    fn a_snapshot_is_proposed_accepted_changed_and_rejected() {
        let dir = tempfile::tempdir().unwrap();
        let dir = dir.path();
        let mut results = sample::green();
        let pending_first = [("outbound-call".to_owned(), Kind::Pending)];
        assert_eq!(kinds(dir, &results, Ci::No), pending_first);
        assert_eq!(kinds(dir, &results, Ci::No), pending_first, "a proposal is no acceptance");
        assert_eq!(accept(dir, &[]).unwrap()[0].name(), "acme/outbound-call");
        assert_eq!(kinds(dir, &results, Ci::No), []);

        results.stories[0].checks.remove(0);
        let differences = compare(&results, dir, "acme", Ci::No).unwrap();
        assert_eq!(differences[0].kind, Kind::Changed);
        insta::assert_snapshot!(differences[0].diff, @r#"
            --- outbound-call.md
            +++ outbound-call.new.md
            @@ -1,7 +1,7 @@
             ---
             scenario: "outbound-call"
             title: "The story of outbound-call"
            -pass: 1
            +pass: 0
             fail: 0
             not-applicable: 1
             unjudged: 0
            @@ -9,5 +9,4 @@
             
             # The story of outbound-call
             
            -- `calls/logged` required: pass
             - `security/neighbour` recommended: not applicable, `the profile security was not declared`
            "#);
        assert_eq!(pending(dir).unwrap()[0].diff().unwrap(), differences[0].diff);
        reject(dir, &["acme/outbound-call".into()]).unwrap();
        assert_eq!(pending(dir).unwrap(), []);
    }

    #[test]
    fn a_proposal_goes_when_the_story_is_as_it_was() {
        let dir = tempfile::tempdir().unwrap();
        let mut results = sample::green();
        kinds(dir.path(), &results, Ci::No);
        accept(dir.path(), &[]).unwrap();
        results.stories[0].title.push('!');
        assert_eq!(kinds(dir.path(), &results, Ci::No).len(), 1);
        assert_eq!(kinds(dir.path(), &sample::green(), Ci::No), []);
        assert_eq!(pending(dir.path()).unwrap(), []);
    }

    #[test]
    fn a_story_that_vanished_is_a_difference_until_its_removal_is_accepted() {
        let dir = tempfile::tempdir().unwrap();
        kinds(dir.path(), &sample::mixed(), Ci::No);
        accept(dir.path(), &[]).unwrap();
        let mut fewer = sample::mixed();
        fewer.stories.remove(1);
        let vanished = [("inbound-call".to_owned(), Kind::Vanished)];
        assert_eq!(kinds(dir.path(), &fewer, Ci::No), vanished);
        assert_eq!(kinds(dir.path(), &fewer, Ci::Yes), vanished);
        assert_eq!(pending(dir.path()).unwrap()[0].kind, Kind::Vanished);
        accept(dir.path(), &["inbound-call".into()]).unwrap();
        assert!(!dir.path().join("acme/inbound-call.md").exists());
        assert_eq!(kinds(dir.path(), &fewer, Ci::No), []);
    }

    #[test]
    fn ci_writes_nothing() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(kinds(dir.path(), &sample::mixed(), Ci::Yes).len(), 3);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_run_that_did_not_ask_everything_is_not_compared() {
        let dir = tempfile::tempdir().unwrap();
        let mut results = sample::mixed();
        results.filtered = true;
        assert_eq!(kinds(dir.path(), &results, Ci::No), []);
        assert_eq!(kinds(dir.path(), &sample::not_set_up(), Ci::No), []);
    }

    #[test]
    fn foreign_line_ends_are_no_difference() {
        let dir = tempfile::tempdir().unwrap();
        kinds(dir.path(), &sample::green(), Ci::No);
        let accepted = accept(dir.path(), &[]).unwrap().remove(0).accepted;
        fs::write(&accepted, fs::read_to_string(&accepted).unwrap().replace('\n', "\r\n")).unwrap();
        assert_eq!(kinds(dir.path(), &sample::green(), Ci::No), []);
    }

    #[test]
    fn an_unknown_name_changes_nothing() {
        let dir = tempfile::tempdir().unwrap();
        kinds(dir.path(), &sample::mixed(), Ci::No);
        let names = ["outbound-call".into(), "inbound-cal".into()];
        let error = accept(dir.path(), &names).unwrap_err().to_string();
        assert!(error.contains("no proposal is called `inbound-cal`"), "{error}");
        assert_eq!(pending(dir.path()).unwrap().len(), 3);
    }

    #[test]
    fn a_name_never_leads_out_of_the_folder() {
        let dir = tempfile::tempdir().unwrap();
        let mut results = sample::green();
        results.stories[0].scenario = "../outside".into();
        assert!(compare(&results, dir.path(), "acme", Ci::No).is_err());
        assert!(compare(&sample::green(), dir.path(), "..", Ci::No).is_err());
        assert_eq!(slug("../Acme Dialer für HubSpot!"), "acme-dialer-f-r-hubspot");
        assert_eq!(slug(" "), "integration");
    }
}
