//! What was measured, in words: shared by the formats. Pure.

use super::text::line;
use crate::measured::{Kind, KindMeasured, Measured, ShapeSeen};

/// What all of it is.
pub(super) const LEAD: &str =
    "Information alone: times differ from run to run, and no verdict knows of them.";

/// The columns of the table.
pub(super) const COLUMNS: [&str; 5] =
    ["What was asked for", "Answers", "First byte, median", "First byte, 95 of 100 within", "Throughput"];

/// One row of the table.
pub(super) fn row(measured: &KindMeasured) -> [String; 5] {
    let first_byte = measured.first_byte_ms;
    let rate = measured.bytes_per_second.map_or_else(String::new, rate);
    let words = measured.kind.words().to_owned();
    [words, measured.count.to_string(), ms(first_byte.median), ms(first_byte.p95), rate]
}

/// All of it in one sentence; `None` where nothing was measured of either.
pub(super) fn sentence(measured: &Measured) -> Option<String> {
    let of = |kind: Kind| measured.kinds.iter().find(|measured| measured.kind == kind);
    let small = of(Kind::SmallFromWithin).map(|small| {
        let (median, p95) = (ms(small.first_byte_ms.median), ms(small.first_byte_ms.p95));
        format!("a small part begins after {median} (95 of 100 within {p95})")
    });
    let whole = of(Kind::Whole).and_then(|whole| whole.bytes_per_second);
    let whole = whole.map(|per_second| format!("the whole comes at {}", rate(per_second)));
    let said: Vec<_> = small.into_iter().chain(whole).collect();
    (!said.is_empty()).then(|| said.join(", "))
}

/// The stories that show a shape.
pub(super) fn stories(shape: &ShapeSeen) -> String {
    shape.stories.iter().map(|story| line(story, 100)).collect::<Vec<_>>().join(", ")
}

/// Milliseconds: a tenth of one is told below ten.
fn ms(ms: f64) -> String {
    if ms < 10.0 { format!("{ms:.1} ms") } else { format!("{ms:.0} ms") }
}

fn rate(bytes_per_second: u64) -> String {
    match bytes_per_second as f64 / 1e6 {
        mb if mb < 10.0 => format!("{mb:.1} MB/s"),
        mb => format!("{mb:.0} MB/s"),
    }
}
