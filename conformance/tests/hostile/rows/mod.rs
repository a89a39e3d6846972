//! The hostilities, one a row: what a peer does, and what a run must say of it.

mod endpoint;
mod recording;
mod sides;

use super::peer::{HONEST, Ways};

/// Which required checks fail.
#[derive(Clone, Copy)]
pub(crate) enum Fails {
    /// These and no others.
    Just(&'static [&'static str]),
    /// These at least: which others do depends on the moment.
    Among(&'static [&'static str]),
    /// Just one of these, which one depends on the moment.
    OneOf(&'static [&'static str]),
}

/// One hostility.
pub(crate) struct Row {
    /// Where it strikes.
    pub(crate) at: &'static str,
    /// What it does.
    pub(crate) name: &'static str,
    pub(crate) ways: Ways,
    /// A script that is started beside it as the integration's process.
    pub(crate) process: Option<&'static str>,
    /// The path that says whether it is up.
    pub(crate) up: &'static str,
    /// The run's exit code.
    pub(crate) exit: i32,
    /// The required checks that fail.
    pub(crate) fails: Fails,
    /// Words that stand in the results.
    pub(crate) says: &'static [&'static str],
}

impl Row {
    pub(crate) fn title(&self) -> String {
        format!("{}: {}", self.at, self.name)
    }
}

/// Honest in everything: whatever else is found is a strike's doing.
const ROW: Row = row("peer", "honest in everything", HONEST, &[], &[]);

/// A row whose run fails these required checks, and is conformant where there are none.
const fn row(
    at: &'static str,
    name: &'static str,
    ways: Ways,
    fails: &'static [&'static str],
    says: &'static [&'static str],
) -> Row {
    let exit = if fails.is_empty() { 0 } else { 1 };
    Row { at, name, ways, process: None, up: "/up", exit, fails: Fails::Just(fails), says }
}

const ANSWERS: &str = "authenticated-url/answers";
const JSON: &str = "authenticated-url/json";
const SUCCEEDS: &str = "download/succeeds";
const OCTET: &str = "download/octet-stream";
const TOO_LARGE: &str = "the head of the answer, or its Content-Length, is too large";
const NO_LENGTH: &str = "its Content-Length is no length, or there are several that differ";

/// Every answer is torn a byte later than the one before.
pub(crate) static TORN: [Row; 2] = [
    Row {
        exit: 1,
        fails: Fails::OneOf(&[ANSWERS, JSON]),
        ..row(
            "endpoint",
            "torn",
            Ways { endpoint: super::strikes::torn_at_the_next_byte, ..HONEST },
            &[],
            &[],
        )
    },
    Row {
        exit: 1,
        fails: Fails::Among(&["ranges/first-byte", "ranges/last-byte"]),
        ..row("parts", "torn", Ways { recording: super::strikes::torn_at_the_next_byte, ..HONEST }, &[], &[])
    },
];

/// Every row.
pub(crate) fn all() -> Vec<&'static Row> {
    [endpoint::ROWS, recording::ROWS, sides::ROWS].into_iter().flatten().collect()
}
