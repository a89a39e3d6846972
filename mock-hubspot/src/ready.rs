//! What a mock that is up says of itself to whoever started it: one line of JSON, the same on stdout and in a file.
//!
//! Read next: `cli.rs`, `recipes/`.

use crate::server::MockHubSpot;
use serde::{Deserialize, Serialize};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// Where a mock is. Members are only ever added.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ready {
    /// Its base URL, for the integration.
    pub url: String,
    /// Its page, for people.
    pub ui: String,
    /// Its process.
    pub pid: u32,
    /// Its version.
    pub version: String,
    /// The authority that signed its certificate, where it made that itself: a PEM file for clients to trust.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca_file: Option<PathBuf>,
}

impl Ready {
    /// Of a mock that is up, in this process.
    pub fn of(mock: &MockHubSpot) -> Self {
        let url = mock.url().to_owned();
        let ui = format!("{url}/_mock/ui");
        Self {
            url,
            ui,
            pid: std::process::id(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            ca_file: None,
        }
    }

    /// On one line.
    pub fn line(&self) -> String {
        serde_json::to_string(self).expect("text and numbers")
    }

    /// Writes the line to a file. Whoever sees the file sees all of it: it is written beside its place and then put there.
    pub fn write(&self, file: &Path) -> io::Result<()> {
        // Put in the place of a device or a pipe it would take that away.
        if std::fs::metadata(file).is_ok_and(|there| !there.is_file()) {
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, "something is there that is no file"));
        }
        let folder = match file.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
            _ => PathBuf::from("."),
        };
        let mut beside = tempfile::NamedTempFile::new_in(folder)?;
        writeln!(beside, "{}", self.line())?;
        beside.persist(file)?;
        Ok(())
    }
}
