//! `conformance.toml`: the one file that a partner writes and shares.
//!
//! Knows no clock and no environment, but for secrets, which are fetched only when asked for. Read next:
//! `sections.rs` (its tables), `template.rs` (the names in braces), `trigger.rs`, `overrides.rs` (flags and environment), `located.rs` (mistakes).

pub mod located;
pub mod overrides;
mod sections;
pub mod template;
pub mod trigger;
pub mod value;
mod waivers;

#[cfg(test)]
mod tests;

pub use sections::{HubSpot, Network, Profiles, Ranges, ReadyUrl, Recording, Speaker, Start, Turn};

use crate::patience::Patience;
use crate::results::Identity;
use crate::waiver::Waiver;
use located::Located;
use overrides::Overrides;
use serde::de::{self, Deserialize, Deserializer};
use std::path::{Path, PathBuf};
use trigger::Trigger;
use value::SecretSource;

/// The version of the schema of `conformance.toml`.
pub const SCHEMA: u32 = 1;

/// What is wrong with the configuration.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("{path} cannot be read: {why}\nhelp: {help}")]
    Unreadable {
        /// The file.
        path: String,
        /// Why not.
        why: String,
        /// What to do.
        help: String,
    },
    /// Something in it is wrong.
    #[error(transparent)]
    Mistake(#[from] Box<Located>),
    /// A flag or environment variable is wrong.
    #[error("{name}: {message}")]
    Override {
        /// The flag or variable.
        name: String,
        /// What is wrong, and help.
        message: String,
    },
    /// A secret is not where the configuration says.
    #[error("the secret in {source_name} cannot be used: {why}\nhelp: {help}")]
    Secret {
        /// Where it was looked for.
        source_name: String,
        /// Why it cannot be used.
        why: String,
        /// What to do.
        help: String,
    },
}

/// The whole configuration.
#[derive(Clone, Debug, PartialEq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Always [`SCHEMA`].
    #[serde(deserialize_with = "read_schema")]
    pub schema: u32,
    /// Who is examined.
    #[serde(default)]
    pub integration: Identity,
    /// What is examined.
    #[serde(default)]
    pub profiles: Profiles,
    /// How it is started; `None`: it already runs.
    #[serde(default)]
    pub start: Option<Start>,
    /// How one call is made to happen; `None`: nothing triggers one.
    #[serde(default)]
    pub trigger: Option<Trigger>,
    /// The fake HubSpot.
    #[serde(default)]
    pub hubspot: HubSpot,
    /// The way to the integration.
    #[serde(default)]
    pub network: Network,
    /// Every wait.
    #[serde(default, deserialize_with = "sections::read_waits")]
    pub waits: Patience,
    /// Random ranges.
    #[serde(default)]
    pub ranges: Ranges,
    /// The integration's own recordings.
    #[serde(default)]
    pub recording: Recording,
    /// The folder that the file stands in: commands start there and paths are relative to it.
    #[serde(skip)]
    pub folder: PathBuf,
    /// Known failures.
    #[serde(default, rename = "waiver", deserialize_with = "waivers::read_waivers")]
    pub waivers: Vec<Waiver>,
}

impl Config {
    /// Reads a file.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path).map_err(|error| ConfigError::Unreadable {
            path: path.display().to_string(),
            why: if error.kind() == std::io::ErrorKind::NotFound {
                "it does not exist".into()
            } else {
                error.to_string()
            },
            help: "`conformance init` writes a commented one; --config names another".into(),
        })?;
        Self::parse(&text, &path.display().to_string())
    }

    /// Reads the text of a file; `origin` is how messages name it, and paths are relative to its folder.
    pub fn parse(text: &str, origin: &str) -> Result<Self, ConfigError> {
        let mut config: Self =
            toml::from_str(text).map_err(|error| Box::new(Located::toml(origin, text, &error)))?;
        config.folder = Path::new(origin).parent().map(Path::to_owned).unwrap_or_default();
        let HubSpot { access_token, developer_key, refresh_token, client_secret, .. } = &mut config.hubspot;
        for secret in [access_token, developer_key, refresh_token, client_secret] {
            if let Some(SecretSource::File(path)) = secret {
                *path = config.folder.join(&*path);
            }
        }
        Ok(config)
    }

    /// The configuration with what flags and environment say instead.
    #[must_use]
    pub fn with(mut self, overrides: Overrides) -> Self {
        fn set<T>(place: &mut T, value: Option<T>) {
            if let Some(value) = value {
                *place = value;
            }
        }
        let Overrides { profiles, seed, cases, api, advertise_url, inbound, first_byte } = overrides;
        set(&mut self.profiles.require, profiles);
        set(&mut self.ranges.seed, seed);
        set(&mut self.ranges.cases, cases);
        set(&mut self.hubspot.api, api);
        set(&mut self.hubspot.advertise_url, advertise_url.map(Some));
        set(&mut self.waits.inbound, inbound);
        set(&mut self.waits.first_byte, first_byte);
        self
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            schema: SCHEMA,
            integration: Identity::default(),
            profiles: Profiles::default(),
            start: None,
            trigger: None,
            hubspot: HubSpot::default(),
            network: Network::default(),
            waits: Patience::default(),
            ranges: Ranges::default(),
            recording: Recording::default(),
            folder: PathBuf::new(),
            waivers: Vec::new(),
        }
    }
}

fn read_schema<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    match i64::deserialize(deserializer)? {
        1 => Ok(SCHEMA),
        other => Err(de::Error::custom(format!(
            "schema `{other}` is not known to this kit\nhelp: write schema = 1"
        ))),
    }
}
