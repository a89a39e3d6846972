//! The probes: everything the kit asks the integration, as HubSpot or its player would. The only sockets to the integration.
//!
//! A probe asks and writes down; it never judges. It may consult the pure oracle to choose its next request.
//! Read next: one file per kind of asking.

use crate::patience::Patience;
use mock_hubspot::secrets::Secrets;
use std::path::PathBuf;

/// What every probe needs to know.
#[derive(Clone, Debug)]
pub struct ProbeContext {
    /// The registered recording URL, with its `%s`.
    pub registered_url: String,
    /// The app's id.
    pub app_id: String,
    /// Cuts secrets at capture.
    pub secrets: Secrets,
    /// Every wait.
    pub patience: Patience,
    /// How random ranges are asked.
    pub ranges: RangeSettings,
    /// Where recordings are spooled to; one file for each (story, call).
    pub spool: PathBuf,
}

/// How random ranges are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RangeSettings {
    /// How many cases.
    pub cases: u32,
    /// The run's seed; each story derives its own from it and its name.
    pub seed: u64,
    /// How many requests are under way at once, 1 to 32.
    pub in_flight: usize,
    /// Bytes that random answers may cost, besides the baseline.
    pub byte_budget: u64,
    /// Requests that confirming, shrinking and normalising may take together.
    pub shrink_budget: u32,
}

impl Default for RangeSettings {
    fn default() -> Self {
        Self { cases: 256, seed: 0, in_flight: 4, byte_budget: 64 << 20, shrink_budget: 60 }
    }
}
