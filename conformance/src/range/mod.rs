//! RFC 9110 §14 as pure functions: what a range asks for, what may answer it, what an answer breaks.
//!
//! No socket, no clock. Shares no code with the reference integration: an oracle is not examined by itself.
//! Read next: `oracle.rs`, `invariants.rs`, `table.rs`, `strategy.rs`, `walk.rs`, `normalise.rs`.

pub mod content_range;
pub mod invariants;
pub mod multipart;
pub mod normalise;
pub mod oracle;
mod partial;
#[cfg(test)]
mod rules;
pub mod strategy;
pub mod table;
pub mod walk;

use serde::{Deserialize, Serialize};

/// A rule that holds for every answer to a range request of some class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Invariant {
    /// A satisfiable range is answered with 206; the class of the answer is one that the oracle allows.
    Class,
    /// 206 carries exactly one well-formed Content-Range (§14.4).
    ContentRange,
    /// The complete length is there and equals the recording's.
    Total,
    /// The first byte is the one that was asked for.
    Start,
    /// The last byte is not beyond the asked one, and the answer is not shorter than min(asked, 16 KiB).
    End,
    /// The body has as many bytes as Content-Range and Content-Length say.
    Length,
    /// The bytes are the recording's at that place.
    Bytes,
    /// No Content-Encoding when identity was asked for.
    Encoding,
    /// One range is not answered as multipart.
    Single,
    /// A 200 has no Content-Range and encloses everything.
    Whole,
    /// 416 names the length as `bytes */L`.
    Unsatisfied,
    /// The body of a 416 is small.
    RefusalBody,
    /// The validators equal those of the whole download.
    Validators,
}
