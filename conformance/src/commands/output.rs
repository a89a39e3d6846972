//! The run's own folder: everything volatile goes there, and nowhere else.

use crate::conclusion::Premises;
use crate::evidence::Evidence;
use crate::evidence::store::{self, Told};
use crate::report::{self, terminal::Colour};
use crate::results::Results;
use crate::whole;
use std::fs;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

/// The folder of one run.
#[derive(Clone, Debug)]
pub(super) struct RunDir {
    /// Its path, as it is printed.
    pub(super) path: PathBuf,
}

impl RunDir {
    /// Makes the folder: the one that was named, or a new one under `reports/runs/`, with `reports/latest` pointing to it.
    /// A folder that cannot be written fails here, before anything is sent.
    pub(super) fn create(named: Option<&Path>, run_id: &str) -> Result<Self, String> {
        let path = named.map_or_else(|| Path::new("reports/runs").join(run_id), Path::to_owned);
        let unwritable = |error: io::Error| {
            format!("the folder {} cannot be written: {error}\nhelp: --out names another one", path.display())
        };
        fs::create_dir_all(&path).map_err(unwritable)?;
        let trial = path.join(".writable");
        fs::write(&trial, b"").and_then(|()| fs::remove_file(&trial)).map_err(unwritable)?;
        if named.is_none() {
            point_to(Path::new("reports/latest"), &Path::new("runs").join(run_id));
        }
        Ok(Self { path })
    }

    /// A folder that is there already: what a run recorded.
    pub(super) fn existing(path: &Path) -> Self {
        Self { path: path.to_owned() }
    }

    /// Why the reports of a run that is over are not there, and how they can still be had.
    pub(super) fn unwritable(&self, error: &io::Error) -> String {
        let path = self.path.display();
        format!(
            "the reports cannot all be written to {path}: {error}\nhelp: make room there, then `conformance report {path}` renders them from what was recorded; or run again with --out and another folder"
        )
    }

    /// Writes every report.
    pub(super) fn write_reports(&self, results: &Results, evidence: &Evidence) -> io::Result<()> {
        let _ = fs::remove_dir_all(self.path.join(report::CASES));
        for (name, text) in report::files(results, evidence) {
            if name.starts_with(report::CASES) {
                fs::create_dir_all(self.path.join(report::CASES))?;
            }
            whole::write(&self.path.join(name), text)?;
        }
        Ok(())
    }

    /// Writes what the reports are made from.
    pub(super) fn record(&self, evidence: &Evidence, premises: &Premises) -> io::Result<()> {
        store::write(evidence, &self.path)?;
        // Last, so that whoever finds it finds the evidence too.
        whole::write(&self.path.join("premises.json"), premises.text())
    }

    /// The same, while stories are still being told.
    pub(super) fn record_so_far(
        &self,
        evidence: &Evidence,
        premises: &Premises,
        told: &mut Told,
    ) -> io::Result<()> {
        store::write_so_far(evidence, &self.path, told)?;
        whole::write(&self.path.join("premises.json"), premises.text())
    }
}

/// Colours where people see them.
pub(super) fn colour(stdout_is_for_json: bool) -> Colour {
    let people = !stdout_is_for_json && io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    if people { Colour::Always } else { Colour::Never }
}

/// Where the reports are, in a line.
pub(super) fn places(dir: &RunDir) -> String {
    let files = ["report.html", "results.json", "summary.md", "junit.xml", "evidence.ndjson", "evidence.har"];
    let files = files.map(|file| dir.path.join(file).display().to_string());
    format!("reports: {}", files.join(" "))
}

/// Tells GitHub, where the run is one of its jobs: annotations on stdout, the summary in the file that it names.
pub(super) fn tell_github(results: &Results, say: impl Fn(&str)) {
    if std::env::var_os("GITHUB_ACTIONS").is_some_and(|value| value == "true") {
        let annotations = report::github::annotations(results);
        if !annotations.is_empty() {
            say(annotations.trim_end());
        }
    }
    let Some(path) = std::env::var_os("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty()) else { return };
    let summary = report::markdown::render(results);
    let appended = fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(&path)
        .and_then(|mut file| io::Write::write_all(&mut file, summary.as_bytes()));
    if let Err(error) = appended {
        eprintln!("conformance: the job summary {} cannot be written: {error}", Path::new(&path).display());
    }
}

#[cfg(unix)]
fn point_to(link: &Path, target: &Path) {
    // A convenience; a file system without links does without it.
    let _ = fs::remove_file(link);
    let _ = std::os::unix::fs::symlink(target, link);
}

#[cfg(not(unix))]
fn point_to(_link: &Path, _target: &Path) {}
