//! `snapshot pending|accept|reject`: the approval of snapshot reports, without a terminal.

use crate::cli::{SnapshotAction, SnapshotArgs};
use crate::snapshot;
use std::process::ExitCode;

/// Snapshot reports wait for a decision.
const PENDING: u8 = 6;

pub(super) fn snapshot(args: &SnapshotArgs) -> ExitCode {
    let dir = &args.snapshots;
    let (word, names) = match &args.action {
        SnapshotAction::Pending => ("pending", snapshot::pending(dir)),
        SnapshotAction::Accept { names } => ("accepted", snapshot::accept(dir, names)),
        SnapshotAction::Reject { names } => ("rejected", snapshot::reject(dir, names)),
    };
    match names {
        Err(error) => {
            eprintln!("conformance: {error}");
            ExitCode::from(super::USAGE)
        }
        Ok(names) => {
            for name in &names {
                println!("{word} {}", name.name());
            }
            if names.is_empty() {
                println!("no snapshot report waits for a decision");
            }
            let waits = matches!(args.action, SnapshotAction::Pending) && !names.is_empty();
            if waits { ExitCode::from(PENDING) } else { ExitCode::SUCCESS }
        }
    }
}
