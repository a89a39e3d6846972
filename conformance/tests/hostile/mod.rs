//! Hostile and broken integrations: whatever a peer sends, the run ends within its waits and within its memory, says what
//! happened, writes valid reports, and leaves no process behind.
//!
//! A hostility is a row of `rows.rs`. `HOSTILE=words` examines only the rows whose titles hold these words, and shows their findings.
//! Read next: `peer.rs` (the integration), `strikes.rs` (the malice), `examination.rs` (what is asked of every run).

mod examination;
mod honest;
mod peer;
pub(crate) mod processes;
mod reports;
mod rows;
mod strikes;
mod tls;
mod told;

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Rows that are examined at the same time: most of them wait.
const AT_ONCE: usize = 6;

/// Examines rows, some at a time; what was wrong.
fn examined(rows: &[&rows::Row], show: bool) -> Vec<String> {
    let (next, wrong) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(row) = rows.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let complaints = examination::examine(row, show);
                    let complaints = complaints.into_iter().map(|c| format!("{}: {c}", row.title()));
                    wrong.lock().unwrap().extend(complaints);
                }
            });
        }
    });
    wrong.into_inner().unwrap()
}

#[test]
fn every_hostility_is_survived_and_named() {
    let only = std::env::var("HOSTILE").unwrap_or_default();
    let rows: Vec<_> = rows::all().into_iter().filter(|row| row.title().contains(&only)).collect();
    assert!(!rows.is_empty(), "no row is named {only}");
    let wrong = examined(&rows, !only.is_empty());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_connection_that_is_torn_at_any_byte_is_named() {
    // Longer than the endpoint's whole answer, and than the head and first bytes of a part.
    const ENOUGH: usize = 300;
    let torn = || strikes::TORN_AT.each_ref().map(|at| at.load(Ordering::Relaxed));
    let [endpoint, parts] = &rows::TORN;
    // A run asks the endpoint less often than it asks for parts.
    let rows = [endpoint, endpoint, endpoint, endpoint, parts];
    while torn().iter().any(|at| *at < ENOUGH) {
        let wrong = examined(&rows, false);
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}
