//! A recording of 4.5 GiB: judged without a required finding, and without needing memory for it.
//!
//! It takes minutes and 15 GB of disk, so it is told on request:
//!
//! ```text
//! CONFORMANCE_VAST=1 cargo test --release -p conformance --test full a_recording_of_more_than_four_gib -- --nocapture
//! ```
//!
//! By hand: `/usr/bin/time -v conformance demo vast-recording`.

use crate::kit::{Kit, verdicts};
use std::path::Path;

/// In KiB, as `/usr/bin/time` counts.
const PEAK_BELOW: u64 = 96 * 1024;
const TIME: &str = "/usr/bin/time";

#[test]
fn a_recording_of_more_than_four_gib_is_judged_in_little_memory() {
    if std::env::var_os("CONFORMANCE_VAST").is_none() {
        eprintln!("not told: set CONFORMANCE_VAST=1 to examine a recording of 4.5 GiB");
        return;
    }
    if !Path::new(TIME).exists() {
        assert!(std::env::var_os("CI").is_none(), "{TIME} is not installed");
        eprintln!("not told: {TIME} is not installed");
        return;
    }
    let kit = Kit::new();
    let told = kit.command(&["demo", "vast-recording", "--json", "-", "--out", "out"]);
    let mut command = std::process::Command::new(TIME);
    command.args(["-f", "%M %e", "-o", "peak"]).arg(told.get_program()).args(told.get_args());
    command.current_dir(kit.path()).env_remove("CI");
    let ran = crate::kit::ran(command.output().unwrap());
    let results: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    let required: Vec<_> = verdicts(&results)
        .into_iter()
        .filter(|(_, _, level, verdict, _)| {
            level == "required" && (verdict == "fail" || verdict == "unjudged")
        })
        .map(|(.., whole)| whole.to_string())
        .collect();
    assert!(required.is_empty(), "{}", required.join("\n"));
    let measured = std::fs::read_to_string(kit.path().join("peak")).unwrap();
    let last = measured.lines().last().unwrap();
    let (peak, seconds) = last.split_once(' ').unwrap();
    eprintln!("peak {peak} KiB, {seconds} s");
    assert!(peak.parse::<u64>().unwrap() < PEAK_BELOW, "{measured}");
    for passed in ["download/succeeds", "ranges/bytes", "media/decodes", "media/complete", "media/order"] {
        assert!(verdicts(&results).iter().any(|v| v.1 == passed && v.3 == "pass"), "{passed} did not pass");
    }
}
