//! The tables of `conformance.toml`, each with its defaults.

use super::template::{Name, StartTemplate, TemplateError};
use super::trigger::NO_PROGRAM;
use super::value::{self, SecretSource, Seed};
use crate::check::Profile;
use crate::patience::Patience;
use mock_hubspot::Proxy;
use mock_hubspot::versions::ApiVersion;
use serde::de::{self, Deserialize, Deserializer};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

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
    /// Whether the fake HubSpot serves HTTPS, by a certificate that `{ca_file}` tells to trust.
    pub tls: bool,
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

/// `[network]`: the way to the integration.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Network {
    /// A PEM file of certificates that are trusted besides those of this machine, relative to the configuration.
    pub ca_file: Option<PathBuf>,
    /// The proxy through which the integration is asked, `http://host:port`.
    #[serde(deserialize_with = "read_proxy")]
    pub proxy: Option<String>,
    /// Whether addresses of this machine go through it too.
    pub proxy_loopback: bool,
}

impl Network {
    /// The proxy, where there is one.
    pub fn proxy(&self) -> Option<Proxy> {
        self.proxy.as_ref().and_then(|address| Proxy::new(address, self.proxy_loopback).ok())
    }
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
            tls: false,
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

fn read_profiles<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Profile>, D::Error> {
    let mut profiles = Vec::<Profile>::deserialize(deserializer)?;
    profiles.sort();
    profiles.dedup();
    if profiles.is_empty() {
        return Err(de::Error::custom(
            "no profile is declared, so nothing would be examined\nhelp: name at least one, or leave [profiles] out for playback, seek and transcription",
        ));
    }
    Ok(profiles)
}

fn read_command<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<StartTemplate>, D::Error> {
    let command = Vec::<StartTemplate>::deserialize(deserializer)?;
    if command.is_empty() { Err(de::Error::custom(NO_PROGRAM)) } else { Ok(command) }
}

fn read_proxy<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let address = String::deserialize(deserializer)?;
    Proxy::new(&address, false).map_err(de::Error::custom)?;
    Ok(Some(address))
}

fn read_advertise_url<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<StartTemplate>, D::Error> {
    let template = StartTemplate::deserialize(deserializer)?;
    let stranger = template.0.names().find(|name| *name != Name::MockPort);
    match stranger {
        Some(name) => Err(de::Error::custom(TemplateError::Circular(name.word()))),
        None => Ok(Some(template).filter(|t| !t.0.is_empty())),
    }
}

pub(super) fn read_waits<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Patience, D::Error> {
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
        idle: Wait,
        trigger: Wait,
        player: Wait,
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
        idle: waits.idle.0.unwrap_or(usual.idle),
        player: waits.player.0.unwrap_or(usual.player),
    })
}
