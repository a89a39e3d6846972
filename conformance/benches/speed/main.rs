//! The runner beside a ceiling: random ranges with every byte compared, against a bare hyper client that asks the same ranges of
//! the same server and compares; and what an hour of WAV takes to be decoded and analysed, and the whole demo.
//!
//! ```text
//! cargo bench -p conformance --bench speed
//! ```
//!
//! What counts is the ratio of both, asked in turns; a figure alone says little. Nothing here is a test, and nothing asserts a time.

mod bare;
mod served;

use conformance::check::Section;
use conformance::evidence::{Call, Probe, Story};
use conformance::patience::Patience;
use conformance::probe::{ProbeContext, Progress, RangeSettings, Way, ask_endpoint_and_recording};
use conformance::recording::{self, Format};
use mock_hubspot::Secrets;
use mock_hubspot::media;
use served::Served;
use std::io::{Seek as _, Write as _};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// Turns of each side.
const ROUNDS: usize = 5;
/// Random ranges of a turn.
const CASES: u32 = 4000;
const SEED: u64 = 0x5eed;
/// Milliseconds of the recording: 32 bytes each, and no more than what is read of one answer, so that both sides read whole ones.
const LENGTH_MS: u64 = 8000;

fn main() {
    println!("{:<22} {:>26} {:>26} {:>18}", "", "ours", "ceiling", "ratio (wanted)");
    let served = Served::start(recording::make(Format::Wav, SEED, LENGTH_MS).bytes);
    for in_flight in [1, 8, 32] {
        probing(&served, in_flight);
    }
    analysis();
    demo();
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime")
}

/// Asks by both in turns, and prints a line.
fn probing(served: &Served, in_flight: usize) {
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let (taken, headers) = runtime().block_on(walk(served, in_flight));
        ours.push(headers.len() as f64 / taken.as_secs_f64());
        let taken = runtime().block_on(bare::walk(served, &headers, in_flight));
        theirs.push(headers.len() as f64 / taken.as_secs_f64());
    }
    let ratio = median(&mut ours) / median(&mut theirs);
    let verdict = if ratio >= 0.85 { "" } else { "  falls short" };
    println!(
        "{:<22} {:>26} {:>26} {:>18}{verdict}",
        format!("probing, {in_flight} in flight"),
        three(&ours),
        three(&theirs),
        format!("{ratio:.2} (0.85)")
    );
}

/// How long the random ranges took, from the last answer before them to the last of theirs; and what was asked.
async fn walk(served: &Served, in_flight: usize) -> (Duration, Vec<String>) {
    let spool = tempfile::tempdir().expect("a folder");
    let ctx = ProbeContext {
        registered_url: format!("{}/endpoint/%s", served.url()),
        app_id: "101".into(),
        secrets: Secrets::default(),
        patience: Patience::default(),
        ranges: RangeSettings {
            cases: CASES,
            seed: SEED,
            in_flight,
            byte_budget: u64::MAX,
            ..RangeSettings::default()
        },
        spool: spool.path().into(),
        way: Way::default(),
        browser: None,
    };
    let mut story = Story {
        scenario: "outbound-call".into(),
        sections: vec![Section::Ranges],
        calls: vec![Call { external_id: "call-1".into(), account_id: "acc-1".into(), ..Call::default() }],
        ..Story::default()
    };
    let span: Mutex<(Instant, Instant)> = Mutex::new((Instant::now(), Instant::now()));
    ask_endpoint_and_recording(&ctx, &mut story, 0, &|progress| {
        let mut span = span.lock().expect("nobody panicked");
        match progress {
            Progress::Asked { probe: Probe::RandomRanges, .. } | Progress::RandomCase { .. } => {
                span.1 = Instant::now();
            }
            Progress::Asked { .. } if span.1 <= span.0 => *span = (Instant::now(), Instant::now()),
            Progress::Asked { .. } => {}
        }
    })
    .await;
    let walked = story.random.as_ref().expect("it was walked");
    assert!(walked.failures.is_empty(), "the server is right: {:?}", walked.failures);
    let asked = story.of(Probe::RandomRanges);
    let headers = asked.filter_map(|exchange| exchange.sent("range").map(str::to_owned)).collect();
    let (from, to) = *span.lock().expect("nobody panicked");
    (to - from, headers)
}

/// An hour of two voices, as PCM.
fn analysis() {
    const HOUR: u32 = 3600;
    let minute = recording::make(Format::Wav, SEED, 60_000);
    let (header, samples) = minute.bytes.split_at(44);
    let mut file = tempfile::tempfile().expect("a file");
    let size = (samples.len() as u32) * 60;
    let mut header = header.to_vec();
    header[4..8].copy_from_slice(&(size + 36).to_le_bytes());
    header[40..44].copy_from_slice(&size.to_le_bytes());
    file.write_all(&header).expect("room");
    (0..60).for_each(|_| file.write_all(samples).expect("room"));
    file.rewind().expect("a file");
    let begun = Instant::now();
    let facts = media::examine(file);
    let taken = begun.elapsed();
    assert!(facts.problems.is_empty(), "{:?}", facts.problems);
    let times = f64::from(HOUR) / taken.as_secs_f64();
    let verdict = if times >= 1500.0 { "" } else { "  falls short" };
    println!(
        "{:<22} {times:.0} times real time, {:.2} s (wanted 1500){verdict}",
        "an hour of WAV",
        taken.as_secs_f64()
    );
}

fn demo() {
    let mut all: Vec<f64> = (0..3)
        .map(|_| {
            let folder = tempfile::tempdir().expect("a folder");
            let mut command = Command::new(env!("CARGO_BIN_EXE_conformance"));
            command.args(["demo", "--out"]).arg(folder.path()).stdout(Stdio::null()).stderr(Stdio::null());
            let begun = Instant::now();
            command.status().expect("it starts");
            begun.elapsed().as_secs_f64()
        })
        .collect();
    let middle = median(&mut all);
    let verdict = if middle <= 5.0 { "" } else { "  falls short" };
    println!("{:<22} {middle:.1} s (wanted 5 s){verdict}", "the demo");
}

/// The middle one; sorts.
fn median(all: &mut [f64]) -> f64 {
    all.sort_by(f64::total_cmp);
    all[all.len() / 2]
}

/// Minimum, median and maximum of sorted requests a second.
fn three(all: &[f64]) -> String {
    format!("{:.0} {:.0} {:.0} /s", all[0], all[all.len() / 2], all[all.len() - 1])
}
