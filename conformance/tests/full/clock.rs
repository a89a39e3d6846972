//! The machine's clock is set by an hour while a run goes on: durations are right, times stay in order, HubSpot's limits and
//! tokens end as if nothing had happened, and what an integration does wrong for that alone is not called its fault.

use crate::foreign::program;
use crate::kit::Kit;
use conformance::results::Results;
use jiff::Timestamp;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::Stdio;

#[test]
fn a_clock_that_is_set_back_in_the_midst_of_a_run_makes_no_wrong_verdict() {
    set_by("-3600", "set back by 3600 s");
}

#[test]
fn a_clock_that_is_set_forward_in_the_midst_of_a_run_makes_no_wrong_verdict() {
    set_by("+3600", "set forward by 3600 s");
}

/// The library that tells a process another time of day, where it is installed: beside the program that brings it.
fn library() -> Option<PathBuf> {
    program(&["faketime"])?;
    let machine = format!("{}-linux-gnu", std::env::consts::ARCH);
    let places = [format!("/usr/lib/{machine}/faketime"), "/usr/lib/faketime".to_owned()];
    let found = places.iter().map(|place| Path::new(place).join("libfaketimeMT.so.1")).find(|it| it.exists());
    assert!(found.is_some(), "faketime is installed, and its library is in none of {places:?}");
    found
}

fn set_by(seconds: &str, told: &str) {
    let Some(library) = library() else { return };
    let kit = Kit::new();
    kit.write("time", "+0");
    let mut command = kit.command(&["demo", "--out", "out", "--seed", "0x5eed"]);
    command.env("LD_PRELOAD", library).env("FAKETIME_TIMESTAMP_FILE", kit.path().join("time"));
    // Only the time of day is another: the clock that nobody sets goes on, as it does when somebody sets the other.
    command.env("FAKETIME_NO_CACHE", "1").env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok);
    assert!(lines.any(|line| line.ends_with(": started")), "no story began");
    // Written beside its place and moved there, so that it is never read half-written.
    kit.write("later", seconds);
    std::fs::rename(kit.path().join("later"), kit.path().join("time")).unwrap();
    let drain = std::thread::spawn(move || lines.collect::<Vec<_>>());
    let output = child.wait_with_output().unwrap();
    let (stdout, exit) = (String::from_utf8(output.stdout).unwrap(), output.status.code());
    let stderr = drain.join().unwrap();

    let results = std::fs::read_to_string(kit.path().join("out/results.json")).unwrap();
    let results: Results = serde_json::from_str(&results).unwrap();
    let failed: Vec<_> = results.stories.iter().flat_map(|story| &story.checks).collect();
    let failed: Vec<_> = failed.iter().filter(|check| check.verdict.word() == "fail").collect();
    let all = format!("{stdout}\n{}\n{failed:#?}", stderr.join("\n"));
    assert!(stdout.contains(told), "{all}");
    assert!(failed.is_empty() || stdout.contains("\nKIT the machine's clock was"), "{all}");
    // By the integration's own clock a URL may end before its time, and a recording be made later than it is sent; nothing else
    // is wrong, and that is no verdict.
    let of_clock = |name: &str| name.ends_with("lifetime") || name == "download/modified-not-in-future";
    assert!(failed.iter().all(|check| of_clock(&check.check)), "{all}");
    assert!(matches!((exit, failed.is_empty()), (Some(0), true) | (Some(70), false)), "{exit:?}\n{all}");
    assert!((1_000..600_000).contains(&results.timing.took_ms), "{}", results.timing.took_ms);
    assert!(results.stories.iter().all(|story| story.took_ms < 600_000));

    let archive = std::fs::read_to_string(kit.path().join("out/evidence.har")).unwrap();
    let archive: serde_json::Value = serde_json::from_str(&archive).unwrap();
    let entries = archive["log"]["entries"].as_array().unwrap();
    let number =
        |entry: &serde_json::Value| entry["comment"].as_str()?.strip_prefix('j')?.parse::<u64>().ok();
    let moment = |entry: &serde_json::Value| entry["startedDateTime"].as_str()?.parse::<Timestamp>().ok();
    let mut journal: Vec<_> =
        entries.iter().filter_map(|entry| Some((number(entry)?, moment(entry)?.as_second()))).collect();
    journal.sort_unstable();
    // What arrives at the same time may be written down a moment later.
    let in_order = journal.windows(2).all(|pair| (-1..600).contains(&(pair[1].1 - pair[0].1)));
    assert!(journal.len() > 50 && in_order, "{journal:?}");
}
