//! Every wait, by name. No other file invents a duration that a verdict may depend on.

use mock_hubspot::retrieval::Waits;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How long each thing is awaited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Patience {
    /// For a request that the integration is to send to HubSpot.
    pub inbound: Duration,
    /// For the head of an answer of the integration.
    pub first_byte: Duration,
    /// Between two pieces of a body.
    pub stall: Duration,
    /// For one whole download.
    pub download: Duration,
    /// For the integration to be up after it was started.
    pub start: Duration,
    /// For the integration to go after it was told to.
    pub stop: Duration,
    /// For confirming and shrinking what random ranges found.
    pub shrink: Duration,
    /// For the answer to the trigger.
    pub trigger: Duration,
    /// The pause after which a thorough run asks for the recording once more, as a listener would who comes back.
    pub idle: Duration,
    /// For any sign of life of a browser's player: an event, or bytes.
    pub player: Duration,
}

impl Patience {
    /// The same for HubSpot's own fetch: it waits no longer for the integration than the probes do.
    pub fn of_hubspot(&self) -> Waits {
        Waits { first_byte: self.first_byte, stall: self.stall, whole: self.download }
    }
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            inbound: Duration::from_secs(30),
            first_byte: Duration::from_secs(30),
            stall: Duration::from_secs(10),
            download: Duration::from_mins(10),
            start: Duration::from_secs(20),
            stop: Duration::from_secs(5),
            shrink: Duration::from_mins(1),
            trigger: Duration::from_mins(1),
            idle: Duration::from_secs(30),
            player: Duration::from_secs(15),
        }
    }
}
