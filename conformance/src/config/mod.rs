//! `conformance.toml`: the one file that a partner writes and shares.
//!
//! Knows no clock and no environment, but for secrets, which are fetched only when asked for. Read next:
//! `template.rs` (the names in braces), `trigger.rs`, `overrides.rs` (flags and environment), `located.rs` (mistakes).

pub mod located;
pub mod overrides;
pub mod template;
pub mod trigger;
pub mod value;

#[cfg(test)]
mod tests;

use crate::check::Profile;
use crate::patience::Patience;
use crate::results::Identity;
use located::Located;
use mock_hubspot::versions::ApiVersion;
use overrides::Overrides;
use serde::de::{self, Deserialize, Deserializer};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;
use template::{Name, StartTemplate, TemplateError};
use trigger::Trigger;
use value::{SecretSource, Seed};

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
    /// Every wait.
    #[serde(default, deserialize_with = "read_waits")]
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
    /// Waivers are refused until they exist.
    #[serde(default, rename = "waiver")]
    _waiver: NotBuilt,
}

/// `[profiles]`
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profiles {
    /// Declared, and so examined; in the order of reports.
    #[serde(deserialize_with = "read_profiles")]
    pub require: Vec<Profile>,
}

/// `[start]`
#[derive(Clone, Debug, PartialEq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Start {
    /// The program and its arguments.
    #[serde(deserialize_with = "read_command")]
    pub command: Vec<StartTemplate>,
    /// Variables of its environment, besides those that the kit has itself.
    #[serde(default)]
    pub env: BTreeMap<String, StartTemplate>,
    /// When it is up; `None`: as soon as it runs.
    #[serde(default)]
    pub ready: Option<ReadyUrl>,
}

/// `[start] ready`
#[derive(Clone, Debug, PartialEq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReadyUrl {
    /// Answers once the integration is up.
    pub url: StartTemplate,
    /// How long that may take; `None`: `[waits] start`.
    #[serde(default, deserialize_with = "value::read_optional_duration")]
    pub within: Option<Duration>,
}

/// `[hubspot]`
#[derive(Clone, Debug, PartialEq, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct HubSpot {
    /// The version that is expected; any is answered.
    #[serde(deserialize_with = "value::read_api_version")]
    pub api: ApiVersion,
    /// Where the integration sees the mock, when that differs from where it binds. May use `{mock_port}`.
    #[serde(deserialize_with = "read_advertise_url")]
    pub advertise_url: Option<StartTemplate>,
    /// The recording URL with its `%s`, for an integration that is registered by hand.
    pub registered_url: Option<StartTemplate>,
    /// Hosts whose `http://` is noted, not failed.
    pub insecure_hosts: Vec<String>,
    /// The portal's access token, instead of one that the kit makes.
    pub access_token: Option<SecretSource>,
    /// The developer API key, likewise.
    pub developer_key: Option<SecretSource>,
    /// The refresh token, likewise.
    pub refresh_token: Option<SecretSource>,
    /// The OAuth client secret, likewise.
    pub client_secret: Option<SecretSource>,
}

/// `[ranges]`
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Ranges {
    /// How many random cases each asking story sends.
    pub cases: u32,
    /// Where they come from.
    pub seed: Seed,
}

/// `[recording]`: who speaks when, for recordings that the kit did not make.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Recording {
    /// Turns in which one party speaks alone; empty: the order of channels is not judged.
    pub turns: Vec<Turn>,
}

/// A turn.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Turn {
    /// Who speaks.
    pub speaker: Speaker,
    /// From when on.
    #[serde(deserialize_with = "value::read_duration")]
    pub from: Duration,
    /// Until when.
    #[serde(deserialize_with = "value::read_duration")]
    pub to: Duration,
}

/// A party of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Speaker {
    /// Who calls.
    Caller,
    /// Who is called.
    Recipient,
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
        config.folder = Path::new(origin).parent().unwrap_or(Path::new("")).to_owned();
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
        let Overrides { profiles, seed, cases, api, advertise_url, inbound, first_byte } = overrides;
        fn set<T>(place: &mut T, value: Option<T>) {
            if let Some(value) = value {
                *place = value;
            }
        }
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
            waits: Patience::default(),
            ranges: Ranges::default(),
            recording: Recording::default(),
            folder: PathBuf::new(),
            _waiver: NotBuilt,
        }
    }
}

impl Default for Profiles {
    fn default() -> Self {
        Self { require: vec![Profile::Playback, Profile::Seek, Profile::Transcription] }
    }
}

impl Default for HubSpot {
    fn default() -> Self {
        Self {
            api: ApiVersion::V3,
            advertise_url: None,
            registered_url: None,
            insecure_hosts: Vec::new(),
            access_token: None,
            developer_key: None,
            refresh_token: None,
            client_secret: None,
        }
    }
}

impl Default for Ranges {
    fn default() -> Self {
        Self { cases: 256, seed: Seed::Random }
    }
}

/// A table that product and documentation name and that does not exist yet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct NotBuilt;

impl<'de> Deserialize<'de> for NotBuilt {
    fn deserialize<D: Deserializer<'de>>(_deserializer: D) -> Result<Self, D::Error> {
        Err(de::Error::custom("waivers are not built yet\nhelp: take the [[waiver]] tables out"))
    }
}

fn read_schema<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    match i64::deserialize(deserializer)? {
        1 => Ok(SCHEMA),
        other => {
            Err(de::Error::custom(format!("schema `{other}` is not known to this kit\nhelp: write schema = 1")))
        }
    }
}

fn read_profiles<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Profile>, D::Error> {
    let mut profiles = Vec::<Profile>::deserialize(deserializer)?;
    profiles.sort();
    profiles.dedup();
    if profiles.is_empty() {
        return Err(de::Error::custom("no profile is declared, so nothing would be examined\nhelp: name at least one, or leave [profiles] out for playback, seek and transcription"));
    }
    Ok(profiles)
}

fn read_command<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<StartTemplate>, D::Error> {
    let command = Vec::<StartTemplate>::deserialize(deserializer)?;
    if command.is_empty() { Err(de::Error::custom(trigger::NO_PROGRAM)) } else { Ok(command) }
}

fn read_advertise_url<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<StartTemplate>, D::Error> {
    let template = StartTemplate::deserialize(deserializer)?;
    let stranger = template.0.names().find(|name| *name != Name::MockPort);
    match stranger {
        Some(name) => Err(de::Error::custom(TemplateError::Circular(name.word()))),
        None => Ok(Some(template).filter(|t| !t.0.is_empty())),
    }
}

fn read_waits<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Patience, D::Error> {
    #[derive(Default, serde::Deserialize)]
    #[serde(default, deny_unknown_fields)]
    struct Waits {
        inbound: Wait,
        first_byte: Wait,
        stall: Wait,
        download: Wait,
        start: Wait,
        stop: Wait,
        shrink: Wait,
        trigger: Wait,
    }
    #[derive(Default, serde::Deserialize)]
    struct Wait(#[serde(deserialize_with = "value::read_optional_duration")] Option<Duration>);

    let waits = Waits::deserialize(deserializer)?;
    let usual = Patience::default();
    Ok(Patience {
        inbound: waits.inbound.0.unwrap_or(usual.inbound),
        first_byte: waits.first_byte.0.unwrap_or(usual.first_byte),
        stall: waits.stall.0.unwrap_or(usual.stall),
        download: waits.download.0.unwrap_or(usual.download),
        start: waits.start.0.unwrap_or(usual.start),
        stop: waits.stop.0.unwrap_or(usual.stop),
        shrink: waits.shrink.0.unwrap_or(usual.shrink),
        trigger: waits.trigger.0.unwrap_or(usual.trigger),
    })
}
