//! Proves that a calling integration works with HubSpot.

pub mod catalogue;
pub mod check;
pub mod clauses;
pub mod config;
pub mod evidence;
pub mod patience;
pub mod probe;
pub mod range;
pub mod report;
pub mod results;
pub mod scenario;
pub mod snapshot;
pub mod verdict;
