//! What flags and `CONFORMANCE_*` say instead of the file: flag, then environment, then file, then default.

use super::ConfigError;
use super::template::{Name, StartTemplate, Template, TemplateError};
use super::value::{Seed, duration};
use crate::check::Profile;
use crate::config::located::suggestion;
use mock_hubspot::versions::ApiVersion;
use std::time::Duration;

/// What is said instead; `None`: nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Overrides {
    /// The profiles that are examined.
    pub profiles: Option<Vec<Profile>>,
    /// The seed.
    pub seed: Option<Seed>,
    /// How many random cases.
    pub cases: Option<u32>,
    /// The API version that is expected.
    pub api: Option<ApiVersion>,
    /// Where the integration sees the mock.
    pub advertise_url: Option<StartTemplate>,
    /// `[waits] inbound`
    pub inbound: Option<Duration>,
    /// `[waits] first_byte`
    pub first_byte: Option<Duration>,
}

impl Overrides {
    /// What the environment says; `lookup` finds a variable.
    pub fn from_env(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        fn read<T>(
            lookup: &impl Fn(&str) -> Option<String>,
            name: &str,
            parse: impl Fn(&str) -> Result<T, String>,
        ) -> Result<Option<T>, ConfigError> {
            let wrong = |message| ConfigError::Override { name: name.to_owned(), message };
            lookup(name).filter(|text| !text.is_empty()).map(|text| parse(&text).map_err(wrong)).transpose()
        }
        Ok(Self {
            profiles: read(&lookup, "CONFORMANCE_PROFILES", profiles)?,
            seed: read(&lookup, "CONFORMANCE_SEED", str::parse)?,
            cases: read(&lookup, "CONFORMANCE_CASES", cases)?,
            api: read(&lookup, "CONFORMANCE_API", api_version)?,
            advertise_url: read(&lookup, "CONFORMANCE_ADVERTISE_URL", advertise_url)?,
            inbound: read(&lookup, "CONFORMANCE_INBOUND", duration)?,
            first_byte: read(&lookup, "CONFORMANCE_FIRST_BYTE", duration)?,
        })
    }

    /// These, and where they say nothing the lower ones.
    #[must_use]
    pub fn or(self, lower: Self) -> Self {
        Self {
            profiles: self.profiles.or(lower.profiles),
            seed: self.seed.or(lower.seed),
            cases: self.cases.or(lower.cases),
            api: self.api.or(lower.api),
            advertise_url: self.advertise_url.or(lower.advertise_url),
            inbound: self.inbound.or(lower.inbound),
            first_byte: self.first_byte.or(lower.first_byte),
        }
    }
}

/// Reads profiles with commas between them, in the order of reports.
pub fn profiles(text: &str) -> Result<Vec<Profile>, String> {
    let known: Vec<_> = Profile::ALL.iter().map(|p| p.name()).collect();
    let read = |word: &str| {
        let found = Profile::ALL.into_iter().find(|p| p.name() == word);
        found.ok_or_else(|| {
            format!("unknown profile `{word}`\nhelp: {}", suggestion(word, &known, "profiles"))
        })
    };
    let mut all = text.split(',').map(|word| read(word.trim())).collect::<Result<Vec<_>, _>>()?;
    all.sort();
    all.dedup();
    Ok(all)
}

/// Reads the name of an API version that has calls.
pub fn api_version(text: &str) -> Result<ApiVersion, String> {
    match text {
        "v3" => Ok(ApiVersion::V3),
        "2025-09" => Ok(ApiVersion::V2025_09),
        "2026-03" => Ok(ApiVersion::V2026_03),
        "2026-09" => Ok(ApiVersion::V2026_09),
        _ => Err(format!("unknown API version `{text}`\nhelp: use v3, 2025-09, 2026-03 or 2026-09")),
    }
}

fn cases(text: &str) -> Result<u32, String> {
    text.parse().map_err(|_| format!("`{text}` is no number of cases\nhelp: write a whole number, 256 say"))
}

/// Reads a URL that may use `{mock_port}`.
pub fn advertise_url(text: &str) -> Result<StartTemplate, String> {
    let template = Template::parse(text).map_err(|error| error.to_string())?;
    let stranger = template.names().find(|name| *name != Name::MockPort);
    match stranger {
        Some(name) => Err(TemplateError::Circular(name.word()).to_string()),
        None => Ok(StartTemplate(template)),
    }
}
