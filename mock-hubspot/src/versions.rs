//! The versions of HubSpot's API, and which path each operation has in each: the one place for a new version.

use serde::{Deserialize, Serialize};

/// A version of HubSpot's API, by the segment that stands in its paths.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum ApiVersion {
    /// `v3`, which the guide and the SDKs use.
    #[serde(rename = "v3")]
    V3,
    /// `v4`: associations only.
    #[serde(rename = "v4")]
    V4,
    /// `2025-09`.
    #[serde(rename = "2025-09")]
    V2025_09,
    /// `2026-03`.
    #[serde(rename = "2026-03")]
    V2026_03,
    /// `2026-09`.
    #[serde(rename = "2026-09")]
    V2026_09,
}
