//! `init`: a commented conformance.toml and a CI recipe. What is there already is left as it is.

use super::Usage;
use crate::cli::{InitArgs, Recipe};
use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// The configuration that is written.
const CONFIGURATION: &str = include_str!("init.toml");

impl Recipe {
    /// Where it goes, and what it is.
    fn file(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::Github => {
                Some((".github/workflows/conformance.yml", include_str!("../../ci/github-actions.yml")))
            }
            Self::Gitlab => Some((".gitlab/conformance.yml", include_str!("../../ci/gitlab-ci.yml"))),
            Self::Jenkins => Some(("Jenkinsfile.conformance", include_str!("../../ci/Jenkinsfile"))),
            Self::None => None,
        }
    }
}

pub(super) fn init(args: &InitArgs) -> Result<ExitCode, Usage> {
    let mut files = vec![("conformance.toml", CONFIGURATION)];
    files.extend(args.ci.file());
    let mut written = 0;
    for (name, text) in &files {
        let path = args.dir.join(name);
        match write_new(&path, text) {
            Ok(()) => {
                written += 1;
                println!("wrote {}", path.display());
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                println!("{} is there already, and stays as it is", path.display());
            }
            Err(error) => return Err(Usage(format!("{} cannot be written: {error}", path.display()))),
        }
    }
    if written == 0 {
        return Err(Usage(
            "nothing was written\nhelp: take the old files away, or name another folder with --dir".into(),
        ));
    }
    if args.ci == Recipe::Gitlab {
        println!("in .gitlab-ci.yml: include: {{ local: .gitlab/conformance.yml }}");
    }
    println!("next: edit conformance.toml, then `conformance doctor`, then `conformance run --smoke`");
    Ok(ExitCode::SUCCESS)
}

/// Writes a file that is not there yet; a link to nowhere counts as there.
fn write_new(path: &PathBuf, text: &str) -> std::io::Result<()> {
    if let Some(parent) = path.parent().filter(|parent| *parent != Path::new("")) {
        std::fs::create_dir_all(parent)?;
    }
    OpenOptions::new().write(true).create_new(true).open(path)?.write_all(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::CONFIGURATION;
    use crate::config::Config;

    #[test]
    fn what_is_written_is_read_and_so_is_what_it_shows_in_comments() {
        let config = Config::parse(CONFIGURATION, "conformance.toml").unwrap();
        assert!(config.start.is_some() && config.trigger.is_some());
        let uncommented: String = CONFIGURATION
            .lines()
            .map(|line| match line.strip_prefix("# ") {
                Some(code) if code.contains(" = ") || code.starts_with('[') => format!("{code}\n"),
                _ => format!("{line}\n"),
            })
            .collect();
        let config = Config::parse(&uncommented, "conformance.toml").unwrap();
        assert!(config.hubspot.registered_url.is_some() && config.waivers.len() == 1);
    }
}
