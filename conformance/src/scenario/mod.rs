//! Scenarios: one TOML file is one story. Facts and conditions, never assertions.
//!
//! Knows no clock and no socket. Read next: `file.rs` (what a file may say), `shelf.rs` (where the files are).

mod file;
mod shelf;

#[cfg(test)]
mod tests;

pub(crate) use shelf::is_kebab;
pub use shelf::{embedded, load, select};

use crate::check::Section;
use crate::config::located::Located;
use mock_hubspot::operation::Operation;
use mock_hubspot::versions::ApiVersion;
use serde::Deserialize;
use std::time::Duration;

/// One story, before it is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scenario {
    /// The name of its file, without `.toml`.
    pub name: String,
    /// Its title.
    pub title: String,
    /// Why it is told, in a sentence.
    pub why: String,
    /// The sections of the catalogue that it asks, in the order of the journey.
    pub sections: Vec<Section>,
    /// The calls that are made; at least one. More than one without [`Scenario::at_once`]: one after the other.
    pub calls: Vec<CallPlan>,
    /// Whether the calls are made at once (`calls = 10`).
    pub at_once: bool,
    /// How HubSpot misbehaves.
    pub weather: Vec<Strike>,
    /// Whether the registration is moved to another URL while the story is told.
    pub move_registration: bool,
    /// The API version that the integration is asked to use; `None`: any.
    pub api_version: Option<ApiVersion>,
    /// Whether it is told only where it is asked for by name: it takes long, or needs much room.
    pub on_request: bool,
}

/// One call that is to be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CallPlan {
    /// Who calls whom.
    pub direction: Direction,
    /// The format of the recording.
    pub recording: Recording,
    /// The account it belongs to.
    pub account: Account,
    /// The kind of external id it is given.
    pub external_id: ExternalId,
    /// Whether the owner has a paid Sales or Service seat.
    pub seat: bool,
}

impl Default for CallPlan {
    fn default() -> Self {
        Self {
            direction: Direction::Outbound,
            recording: Recording::Wav,
            account: Account::A,
            external_id: ExternalId::Plain,
            seat: true,
        }
    }
}

/// Who calls whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// The owner calls the contact.
    Outbound,
    /// The contact calls the owner.
    Inbound,
}

impl Direction {
    /// As HubSpot writes it in `hs_call_direction`.
    pub fn property(self) -> &'static str {
        match self {
            Self::Outbound => "OUTBOUND",
            Self::Inbound => "INBOUND",
        }
    }
}

/// The format of a recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Recording {
    /// PCM in WAV.
    Wav,
    /// FLAC.
    Flac,
    /// AAC in MP4.
    Mp4,
    /// PCM in WAV, five minutes: too long for a browser to hold it all.
    Long,
    /// PCM in WAV, three voices.
    Conference,
    /// PCM in RF64, 4.5 GiB.
    Vast,
}

impl Recording {
    /// The ending of its file's name.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Wav | Self::Long | Self::Conference | Self::Vast => "wav",
            Self::Flac => "flac",
            Self::Mp4 => "mp4",
        }
    }
}

/// One of the two accounts of the portal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Account {
    /// The first one.
    A,
    /// The second one.
    B,
}

/// The kind of external id that a call is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ExternalId {
    /// Letters, digits and hyphens.
    Plain,
    /// With a space, `%`, `+` and `é`.
    Awkward,
    /// With a `/`.
    Slash,
    /// The same for every call of the story that asks for it.
    Shared,
}

/// Weather that a scenario orders. It strikes before the operation has any effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Strike {
    /// The operation it strikes.
    pub operation: Operation,
    /// What happens.
    pub kind: StrikeKind,
    /// How often.
    pub times: u32,
}

/// A kind of weather.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StrikeKind {
    /// 429, by the secondly policy.
    Throttled,
    /// This status, 500 to 599.
    Failing(u16),
    /// The answer comes this much later.
    Slow(Duration),
    /// The connection is cut without an answer.
    Cut,
    /// 401: the access token has expired.
    ExpiredToken,
}

impl StrikeKind {
    /// Its name in scenarios and in the journal.
    pub fn name(self) -> &'static str {
        match self {
            Self::Throttled => "throttled",
            Self::Failing(_) => "failing",
            Self::Slow(_) => "slow",
            Self::Cut => "cut",
            Self::ExpiredToken => "expired-token",
        }
    }
}

/// What is wrong with scenarios.
#[derive(Debug, thiserror::Error)]
pub enum ScenarioError {
    /// A folder or file cannot be read.
    #[error("{path} cannot be read: {why}\nhelp: --scenarios names a folder of scenario files (*.toml)")]
    Unreadable {
        /// Which.
        path: String,
        /// Why not.
        why: String,
    },
    /// Something in a file is wrong.
    #[error(transparent)]
    Mistake(#[from] Box<Located>),
    /// A file whose name cannot be a scenario's.
    #[error(
        "{path} cannot be a scenario: its name is not in kebab-case\nhelp: lower-case letters, digits and hyphens: my-story.toml"
    )]
    Name {
        /// The file.
        path: String,
    },
    /// Two scenarios with one name.
    #[error("{path}: the kit has a scenario {name} of its own\nhelp: give the file another name")]
    Taken {
        /// The file.
        path: String,
        /// The name.
        name: String,
    },
    /// A scenario that does not exist.
    #[error("there is no scenario `{name}`\nhelp: {help}")]
    Unknown {
        /// The name.
        name: String,
        /// The nearest one, and all of them.
        help: String,
    },
}
