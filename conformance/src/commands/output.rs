//! The run's own folder: everything volatile goes there, and nowhere else.

use crate::conclusion::Premises;
use crate::evidence::{Evidence, store};
use crate::report;
use crate::results::Results;
use std::fs;
use std::io;
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

    /// Writes every report.
    pub(super) fn write(
        &self,
        results: &Results,
        evidence: &Evidence,
        premises: &Premises,
    ) -> io::Result<()> {
        let file = |name: &str, text: String| fs::write(self.path.join(name), text);
        file("results.json", report::json::render(results))?;
        file("summary.md", report::markdown::render(results))?;
        file("junit.xml", report::junit::render(results))?;
        file("report.txt", report::terminal::render(results, report::terminal::Colour::Never))?;
        file("premises.json", premises.text())?;
        store::write(evidence, &self.path)
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
