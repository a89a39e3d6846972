//! The figures: time to the first byte, and throughput, for each kind of request. Pure.

use super::{Sample, quantile, sorted};
use serde::{Deserialize, Serialize};

/// A part of at most so many bytes is small: it fits into one segment with its head, or nearly so.
pub(super) const SMALL: u64 = 1 << 10;
/// Of shorter answers the throughput says nothing.
const TELLING: u64 = 64 << 10;

/// A kind of request for a recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// No Range.
    Whole,
    /// `bytes=0-`
    OpenFromStart,
    /// `bytes=N-`
    OpenFromWithin,
    /// `bytes=-N`
    Suffix,
    /// `bytes=0-N`, at most 1 KiB.
    SmallFromStart,
    /// `bytes=M-N`, at most 1 KiB.
    SmallFromWithin,
    /// `bytes=M-N`, more than that.
    Larger,
}

impl Kind {
    /// Every kind, in the order of reports.
    pub const ALL: [Self; 7] = [
        Self::Whole,
        Self::OpenFromStart,
        Self::OpenFromWithin,
        Self::Suffix,
        Self::SmallFromStart,
        Self::SmallFromWithin,
        Self::Larger,
    ];

    /// In a few words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Whole => "the whole, without Range",
            Self::OpenFromStart => "from the start on (0-)",
            Self::OpenFromWithin => "from within on (N-)",
            Self::Suffix => "the end (-N)",
            Self::SmallFromStart => "the start, at most 1 KiB",
            Self::SmallFromWithin => "within, at most 1 KiB",
            Self::Larger => "a part of more than 1 KiB",
        }
    }
}

/// What was measured of one kind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KindMeasured {
    /// Which.
    pub kind: Kind,
    /// How many answers were measured.
    pub count: usize,
    /// How soon they began.
    pub first_byte_ms: FirstByte,
    /// How fast they came: the median over answers of 64 KiB and more, from sending the request to the last byte; `None` where
    /// there were none. Several were under way at a time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes_per_second: Option<u64>,
}

/// Milliseconds from sending a request, redirects included, to the head of its answer.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct FirstByte {
    /// Half of the answers began so soon.
    pub median: f64,
    /// 95 of 100 did.
    pub p95: f64,
}

/// The figures of each kind that occurs.
pub(super) fn of(samples: &[&Sample]) -> Vec<KindMeasured> {
    Kind::ALL
        .into_iter()
        .filter_map(|kind| {
            let own = samples.iter().filter(|sample| sample.kind == kind);
            let first_bytes = sorted(own.clone().map(|sample| sample.first_byte_ms));
            let rate = |sample: &Sample| sample.length as f64 / sample.total_ms * 1e3;
            let rates = sorted(own.filter(|sample| sample.length >= TELLING).map(|sample| rate(sample)));
            Some(KindMeasured {
                kind,
                count: first_bytes.len(),
                first_byte_ms: FirstByte {
                    median: quantile(&first_bytes, 0.5)?,
                    p95: quantile(&first_bytes, 0.95)?,
                },
                bytes_per_second: quantile(&rates, 0.5).map(|rate| rate.round() as u64),
            })
        })
        .collect()
}
