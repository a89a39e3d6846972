//! Values of the configuration that TOML has no word for: durations, the seed, secrets, the API version. Pure but for
//! [`SecretSource::read`].

use super::ConfigError;
use mock_hubspot::versions::ApiVersion;
use serde::de::{self, Deserialize, Deserializer, MapAccess, Visitor};
use std::fmt::{self, Display, Formatter};
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

/// Reads `500ms`, `30s`, `2m`.
pub fn duration(text: &str) -> Result<Duration, String> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let wrong =
        || format!("`{text}` is no duration\nhelp: write a whole number and its unit: 500ms, 30s, 2m");
    let number: u64 = text[..digits].parse().map_err(|_| wrong())?;
    let seconds = match &text[digits..] {
        "ms" => return Ok(Duration::from_millis(number)),
        "s" => 1,
        "m" => 60,
        _ => return Err(wrong()),
    };
    number.checked_mul(seconds).map(Duration::from_secs).ok_or_else(wrong)
}

/// [`duration`] for serde.
pub fn read_duration<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    duration(&String::deserialize(deserializer)?).map_err(de::Error::custom)
}

/// [`duration`] for serde, where the key may be left out.
pub fn read_optional_duration<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Duration>, D::Error> {
    read_duration(deserializer).map(Some)
}

/// An API version that has the whole calling API.
pub fn read_api_version<'de, D: Deserializer<'de>>(deserializer: D) -> Result<ApiVersion, D::Error> {
    match ApiVersion::deserialize(deserializer)? {
        ApiVersion::V4 => Err(de::Error::custom(
            "`v4` has associations only, no calls\nhelp: use v3, 2025-09, 2026-03 or 2026-09",
        )),
        version => Ok(version),
    }
}

/// Where the random choices of a run come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Seed {
    /// Chosen anew for each run, then printed and stored.
    #[default]
    Random,
    /// This one.
    Fixed(u64),
}

impl FromStr for Seed {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "random" {
            return Ok(Self::Random);
        }
        let digits = text.strip_prefix("0x").filter(|d| d.chars().all(|c| c.is_ascii_hexdigit()));
        digits.and_then(|d| u64::from_str_radix(d, 16).ok()).map(Self::Fixed).ok_or_else(|| {
            format!("`{text}` is no seed\nhelp: write \"random\", or 0x and at most 16 hex digits")
        })
    }
}

impl Display for Seed {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Random => f.write_str("random"),
            Self::Fixed(seed) => write!(f, "{seed:#018x}"),
        }
    }
}

impl<'de> Deserialize<'de> for Seed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

/// Where a secret is found; never the secret itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretSource {
    /// `{ env = "NAME" }`
    Env(String),
    /// `{ file = "…" }`, its last line break dropped.
    File(PathBuf),
}

impl SecretSource {
    /// Fetches the secret.
    pub fn read(&self) -> Result<String, ConfigError> {
        let value = match self {
            Self::Env(name) => std::env::var(name).map_err(|_| self.missing("it is not set"))?,
            Self::File(path) => {
                std::fs::read_to_string(path).map_err(|error| self.missing(&error.to_string()))?
            }
        };
        let value = value.trim_end_matches(['\r', '\n']);
        if value.is_empty() { Err(self.missing("it is empty")) } else { Ok(value.to_owned()) }
    }

    fn missing(&self, why: &str) -> ConfigError {
        let (source, help) = match self {
            Self::Env(name) => (format!("the environment variable {name}"), format!("export {name}=…")),
            Self::File(path) => (format!("the file {}", path.display()), "write the secret into it".into()),
        };
        ConfigError::Secret { source_name: source, why: why.to_owned(), help }
    }
}

impl<'de> Deserialize<'de> for SecretSource {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(SecretVisitor)
    }
}

const HOW: &str =
    "a secret is never written into this file\nhelp: write { env = \"NAME\" } or { file = \"PATH\" }";

struct SecretVisitor;

impl<'de> Visitor<'de> for SecretVisitor {
    type Value = SecretSource;

    fn expecting(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("{ env = \"NAME\" } or { file = \"PATH\" }")
    }
    fn visit_str<E: de::Error>(self, _secret: &str) -> Result<SecretSource, E> {
        Err(E::custom(HOW))
    }
    // A number would be quoted in serde's own message.
    fn visit_i64<E: de::Error>(self, _secret: i64) -> Result<SecretSource, E> {
        Err(E::custom(HOW))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<SecretSource, A::Error> {
        let both = || de::Error::custom("a secret has one source\nhelp: write either env or file");
        let mut source = None;
        while let Some(key) = map.next_key::<String>()? {
            let next = match key.as_str() {
                "env" => SecretSource::Env(map.next_value()?),
                "file" => SecretSource::File(map.next_value()?),
                _ => return Err(de::Error::unknown_field(&key, &["env", "file"])),
            };
            if source.replace(next).is_some() {
                return Err(both());
            }
        }
        source.ok_or_else(both)
    }
}
