//! The journal: every exchange the mock took part in, refused ones included, recorded raw before it is matched.
//!
//! Append-only; knows nothing of what is right or wrong. Read next: `exchange.rs`, `secrets.rs`.

use crate::exchange::{Reply, Request};
use crate::operation::Operation;
use crate::versions::ApiVersion;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One exchange in the journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Counts from 1 in order of arrival.
    pub number: u64,
    /// Milliseconds since the mock started.
    pub at_ms: u64,
    /// Who asked whom.
    pub direction: Direction,
    /// The operation that the request was matched to; `None` where it matched no route.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<Operation>,
    /// The API version of the path that was matched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<ApiVersion>,
    /// Path parameters, percent-decoded, by their name in the template (`appId`, `callId`, `toObjectType`, …).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub params: BTreeMap<String, String>,
    /// The kind of credential that came with it.
    pub credential: Credential,
    /// What was asked, secrets cut.
    pub request: Request,
    /// What was answered, secrets cut; `None` while it is being answered, or when the connection was cut.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply: Option<Reply>,
    /// What became of it.
    pub outcome: Outcome,
    /// The id of the call that it concerns, where that is known: for `LogCall` the id that was created.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call_id: Option<u64>,
}

/// Who asked whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// The integration asked HubSpot.
    Arrived,
    /// HubSpot asked the registered endpoint for the authenticated URL.
    AskedForUrl,
    /// HubSpot fetched the recording from the authenticated URL.
    FetchedRecording,
}

/// The kind of credential a request carried; never its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Credential {
    /// None at all.
    None,
    /// A developer API key in `?hapikey=`.
    DeveloperKey,
    /// A bearer token with developer scopes.
    DeveloperToken,
    /// A bearer token of the portal (OAuth or private app).
    AccessToken,
    /// A bearer token that was valid once.
    ExpiredToken,
    /// Something that this portal never issued.
    Unknown,
}

/// What became of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It has not been answered yet.
    Pending,
    /// It was served.
    Served,
    /// It was refused, as HubSpot would refuse it: HubSpot's message.
    Refused(String),
    /// It matched no route.
    Unmatched,
    /// Weather struck before it had any effect: the strike's name (`throttled`, `failing`, `cut`, `expired-token`).
    Weather(String),
    /// HubSpot's side asked and got no usable answer: why.
    Failed(String),
}
