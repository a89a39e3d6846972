//! Every check can fail: each lie of the reference integration is caught by every check that says so, and by no other
//! required one; and the honest reference is blamed for nothing. `self-test` has all of it told, on the seed of the accepted
//! reports, and is compared with them.

use crate::kit::{Kit, ran};
use std::path::Path;

#[test]
fn every_lie_is_caught_by_its_checks_and_the_honest_reference_is_blamed_for_nothing() {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let reports = repository.join("reports");
    let kit = Kit::new();
    let args = ["self-test", "--matrix", "MATRIX.md", "--snapshots", reports.to_str().unwrap()];
    // In CI no accepted report is written anew.
    let ran = ran(kit.command(&args).env("CI", "true").output().unwrap());
    assert_eq!(ran.exit, 0, "{}\n{}", ran.stdout, ran.stderr);
    assert!(ran.stdout.contains("(100.0 %)"), "{}", ran.stdout);
    let matrix = std::fs::read_to_string(kit.path().join("MATRIX.md")).unwrap();
    let accepted = std::fs::read_to_string(repository.join("conformance/MATRIX.md")).unwrap_or_default();
    assert!(
        matrix == accepted,
        "conformance/MATRIX.md is stale; write it again with:\n  cargo run --release -p conformance -- self-test --matrix conformance/MATRIX.md\n{matrix}"
    );
}
