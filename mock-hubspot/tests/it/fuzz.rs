//! What nobody sends on purpose: each module is one target. A short run is part of the usual suite; `FUZZ_SECONDS=600` makes it
//! ten minutes for each, and says how many inputs were tried.
//!
//! Inputs are valid ones of `seeds/`, meddled with (`meddling.rs`), or questions out of the table of paths (`router.rs`).
//! Whatever fails is shrunk, kept in a file and named: among the seeds, as `found-…`, it is tried every time.

mod meddling;
mod media;
mod question;
mod router;
mod running;
mod sense;
