//! The certificate: one signed file that holds the evidence of a whole run, and what follows from it.
//!
//! Pure over bytes: `commands/certify.rs` makes a run and writes the file, `commands/verify.rs` reads one. Whatever can be
//! computed from the evidence is computed, when a certificate is made and again when it is verified, by the same functions.
//! Read next: `bundle.rs` (what is in it), `admission.rs` (who gets one), `verify.rs` (who is believed), and
//! `conformance/CERTIFIERS.md` (what it says, and what it does not say).

pub mod admission;
pub mod archive;
pub mod bundle;
mod face;
pub mod key;
mod recompute;
pub mod rerun;
pub mod secrets;
mod statement;
mod verdicts;
pub mod verify;

pub use face::{Face, Publication};

use serde::Serialize;

/// What is wrong with a certificate: where, and what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// A file of the bundle, a verdict, or the archive.
    pub place: String,
    /// What is wrong there, in a sentence.
    pub what: String,
}

impl Fault {
    fn new(place: impl Into<String>, what: impl Into<String>) -> Self {
        Self { place: place.into(), what: what.into() }
    }
}

/// Kits whose certificates this one can judge: its own version, and released ones that judge alike. A certificate of another
/// one is judged by that one.
pub const KITS: &[&str] = &[env!("CARGO_PKG_VERSION")];
