//! Proves that a calling integration works with HubSpot before a customer finds out that it does not.
//!
//! One direction: scenarios → plan → run → evidence → judge → results → reports. A probe asks, a check judges, a report
//! renders. The map of the rooms is in the README; what may know what is enforced by `tests/architecture.rs`.

pub mod advice;
pub mod attribution;
pub mod cases;
pub mod catalogue;
pub mod certificate;
pub mod check;
pub mod clauses;
pub mod cli;
pub mod commands;
pub mod comparison;
pub mod conclusion;
pub mod config;
pub mod coverage;
pub mod drive;
pub mod evidence;
pub mod judge;
pub mod matrix;
pub mod measured;
pub mod patience;
pub mod plan;
pub mod probe;
pub mod range;
pub mod recording;
pub mod report;
pub mod requirements;
pub mod results;
pub mod run;
pub mod scenario;
pub mod shard;
pub mod signed_url;
pub mod snapshot;
pub mod standing;
pub mod tls;
pub mod verdict;
pub mod waiver;
mod whole;
