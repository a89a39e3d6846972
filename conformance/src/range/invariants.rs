//! What an answer to a range request breaks, whatever row or random case asked it (checks.md 1.1). Pure.

use super::Invariant;
use crate::evidence::{Call, Exchange, Story};

/// What is known of the whole recording.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Whole {
    /// Its length in bytes.
    pub length: u64,
    /// Its ETag, as sent with the whole download.
    pub etag: Option<String>,
    /// Its Last-Modified, as sent with the whole download.
    pub last_modified: Option<String>,
}

impl Whole {
    /// What the baseline of this call says; `None` without one.
    pub fn of(story: &Story, call: &Call) -> Option<Self> {
        let baseline = call.baseline.as_ref()?;
        let answer = story.exchange(baseline.exchange)?.answer()?;
        Some(Self {
            length: baseline.length,
            etag: answer.header("etag").map(str::to_owned),
            last_modified: answer.header("last-modified").map(str::to_owned),
        })
    }
}

/// One broken invariant of one answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// Which.
    pub invariant: Invariant,
    /// What would have been right.
    pub expected: String,
    /// What came.
    pub received: String,
    /// Where they first differ.
    pub first_difference: Option<String>,
}

/// Everything that this exchange's answer breaks. The Range header is read from the exchange's request.
/// `Invariant::Class` speaks only of single, well-formed ranges (and of requests without Range: a 206 is broken).
pub fn broken(_exchange: &Exchange, _whole: &Whole) -> Vec<Broken> {
    Vec::new()
}
