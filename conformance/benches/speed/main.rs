//! The runner beside a ceiling: random ranges with every byte compared, against a bare hyper client that asks the same ranges of
//! the same server and compares; and what recordings take to be decoded and analysed, and the whole demo.
//!
//! ```text
//! cargo bench -p conformance --bench speed                    # or only some of it: -- probing analysis demo
//! ```
//!
//! What counts is the ratio of both, asked in turns; a figure alone says little. Nothing here is a test, and nothing asserts a time.

mod analysis;
mod bare;
mod demo;
mod loops;
mod served;

use conformance::check::Section;
use conformance::evidence::{Call, Probe, Story};
use conformance::patience::Patience;
use conformance::probe::{ProbeContext, Progress, RangeSettings, Way, ask_endpoint_and_recording};
use conformance::range::walk::READ_AT_MOST;
use conformance::recording::{self, Format};
use mock_hubspot::Secrets;
use served::Served;
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// Turns of each side.
const ROUNDS: usize = 5;
/// Random ranges of a turn.
const CASES: u32 = 4000;
const SEED: u64 = 0x5eed;
/// Bytes of the recording whose ranges are asked: no more than what is read of one answer, so that both sides read whole ones.
const LENGTH: usize = 250_000;

fn main() {
    if let Some(file) = analysis::asked() {
        return analysis::examine(&file);
    }
    let named: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let is_wanted = |part: &str| named.is_empty() || named.iter().any(|name| name == part);
    if is_wanted("probing") {
        println!("{:<22} {:>26} {:>26} {:>18}", "", "ours", "ceiling", "ratio (wanted)");
        let mut recording = recording::make(Format::Wav, SEED, 0).bytes;
        assert!(recording.len() > LENGTH && LENGTH as u64 <= READ_AT_MOST);
        recording.truncate(LENGTH);
        let served = Served::start(recording);
        for in_flight in [1, 8, 32] {
            probing(&served, in_flight);
        }
    }
    if is_wanted("analysis") {
        analysis::table();
    }
    if is_wanted("demo") {
        demo::lines();
    }
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
    // The last answer before the random ranges, and the last of theirs.
    let span: Mutex<(Instant, Option<Instant>)> = Mutex::new((Instant::now(), None));
    ask_endpoint_and_recording(&ctx, &mut story, 0, &|progress| {
        let mut span = span.lock().expect("nobody panicked");
        match progress {
            Progress::Asked { probe: Probe::RandomRanges, .. } | Progress::RandomCase { .. } => {
                span.1 = Some(Instant::now());
            }
            Progress::Asked { .. } if span.1.is_none() => span.0 = Instant::now(),
            // The raw reader's answers are told after the random ones.
            Progress::Asked { .. } => {}
        }
    })
    .await;
    let walked = story.random.as_ref().expect("it was walked");
    assert!(walked.failures.is_empty(), "the server is right: {:?}", walked.failures);
    let asked = story.of(Probe::RandomRanges);
    let headers = asked.filter_map(|exchange| exchange.sent("range").map(str::to_owned)).collect();
    let (from, to) = *span.lock().expect("nobody panicked");
    (to.expect("they were asked") - from, headers)
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
