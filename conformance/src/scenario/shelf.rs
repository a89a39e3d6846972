//! Where scenarios are: those that the binary carries, and a partner's own folder.

use super::file::parse;
use super::{Scenario, ScenarioError};
use crate::check::Section;
use crate::config::located::suggestion;
use std::path::Path;

macro_rules! shelf {
    ($($name:literal)+) => {
        /// The scenarios that the binary carries, in the order in which stories are planned.
        static SHELF: &[(&str, &str)] =
            &[$(($name, include_str!(concat!("../../../scenarios/", $name, ".toml")))),+];
    };
}

shelf! {
    "outbound-call"
    "inbound-call"
    "flac-recording"
    "mp4-recording"
    "shared-external-id"
    "awkward-external-id"
    "slash-in-external-id"
    "registration-moved"
    "dated-api-version"
    "throttled"
    "failing-once"
    "slow-hubspot"
    "expired-token"
    "ten-calls-at-once"
    "several-calls"
    "conference"
    "vast-recording"
    "in-a-browser"
}

/// The kit's own scenarios.
pub fn embedded() -> Vec<Scenario> {
    let read = |(name, text): &(&str, &str)| {
        parse(text, name, &format!("scenarios/{name}.toml")).expect("a test reads every scenario of the kit")
    };
    SHELF.iter().map(read).collect()
}

/// The kit's own scenarios, and those of a folder after them, by name.
pub fn load(folder: Option<&Path>) -> Result<Vec<Scenario>, ScenarioError> {
    let mut all = embedded();
    let Some(folder) = folder else { return Ok(all) };
    let unreadable = |path: &Path, error: std::io::Error| ScenarioError::Unreadable {
        path: path.display().to_string(),
        why: error.to_string(),
    };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(|error| unreadable(folder, error))? {
        let path = entry.map_err(|error| unreadable(folder, error))?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            files.push(path);
        }
    }
    files.sort();
    for path in files {
        let origin = path.display().to_string();
        let name = path.file_stem().and_then(|stem| stem.to_str()).filter(|name| is_kebab(name));
        let Some(name) = name else { return Err(ScenarioError::Name { path: origin }) };
        if all.iter().any(|scenario| scenario.name == name) {
            return Err(ScenarioError::Taken { path: origin, name: name.to_owned() });
        }
        let text = std::fs::read_to_string(&path).map_err(|error| unreadable(&path, error))?;
        all.push(parse(&text, name, &origin)?);
    }
    Ok(all)
}

/// Those with these names, in the order of the shelf; where no name is given all but those that are told on request.
///
/// Where a browser is asked for (`--browser`), each named story has it play its recording, or else the one that is there for
/// that is told besides. Where none is, a browser is started only by a story that is told on request.
pub fn select(all: Vec<Scenario>, names: &[String], browser: bool) -> Result<Vec<Scenario>, ScenarioError> {
    if let Some(name) = names.iter().find(|name| !all.iter().any(|s| s.name == **name)) {
        let known: Vec<_> = all.iter().map(|s| s.name.as_str()).collect();
        let help = suggestion(name, &known, "scenarios");
        return Err(ScenarioError::Unknown { name: name.clone(), help });
    }
    let plays = |s: &Scenario| s.sections.contains(&Section::Player);
    let mut chosen: Vec<_> = all
        .into_iter()
        .filter(|s| match names {
            [] => !s.on_request || (browser && plays(s)),
            names => names.contains(&s.name),
        })
        .collect();
    for story in &mut chosen {
        if browser && !names.is_empty() && !plays(story) {
            story.sections.push(Section::Player);
            story.sections.sort_unstable();
        }
        if !browser && !story.on_request {
            story.sections.retain(|section| *section != Section::Player);
        }
    }
    chosen.retain(|story| !story.sections.is_empty());
    Ok(chosen)
}

/// Lower-case letters, digits and hyphens, a letter or digit first: also a safe file name.
pub(crate) fn is_kebab(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}
