//! What no honest side sends or writes: each module is one target. A short run is part of the usual suite; `FUZZ_SECONDS=600`
//! makes it ten minutes for each, and says how many inputs were tried.
//!
//! Inputs are valid ones of `seeds/`, meddled with. Whatever fails is shrunk, kept in a file and named: among the seeds, as `found-…`,
//! it is tried every time. Read next: `meddling.rs` and `running.rs`, which the fake HubSpot's targets use as well.

mod bundle;
mod config;
mod evidence;
#[path = "../../../mock-hubspot/tests/it/fuzz/meddling.rs"]
mod meddling;
mod ranges;
#[path = "../../../mock-hubspot/tests/it/fuzz/running.rs"]
mod running;

use std::path::PathBuf;

/// A folder of seeds.
fn folder(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/it/fuzz/seeds").join(name)
}
