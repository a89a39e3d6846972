//! Random ranges: the same seed asks the same, and an off-by-one is found by any seed and shrunk to almost nothing.

use crate::kit::{Kit, verdicts};
use conformance::evidence::{Probe, store};

/// (story, case, step, Range) of every exchange of the random walks, in order.
fn random_requests(kit: &Kit, out: &str) -> Vec<(String, String, Option<u32>, String)> {
    let evidence = store::read(&kit.path().join(out)).unwrap();
    let mut requests = Vec::new();
    for story in &evidence.stories {
        for exchange in story.of(Probe::RandomRanges) {
            requests.push((
                story.scenario.clone(),
                exchange.case.clone(),
                exchange.step.as_ref().map(|s| s.number),
                exchange.sent("range").unwrap_or_default().to_owned(),
            ));
        }
    }
    requests
}

#[test]
fn the_same_seed_asks_the_same_ranges() {
    let kit = Kit::new();
    for out in ["first", "second"] {
        let args =
            ["demo", "outbound-call", "flac-recording", "--seed", "0x5eed", "--json", "-", "--out", out];
        assert_eq!(kit.run(&args).exit, 0);
    }
    kit.run(&[
        "demo",
        "outbound-call",
        "flac-recording",
        "--seed",
        "0x5eee",
        "--json",
        "-",
        "--out",
        "third",
    ]);
    let first = random_requests(&kit, "first");
    assert!(first.len() >= 512, "{}", first.len());
    assert_eq!(first, random_requests(&kit, "second"));
    assert_ne!(first, random_requests(&kit, "third"), "another seed asks others");
}

#[test]
fn the_same_seed_shrinks_a_failure_by_the_same_requests() {
    let kit = Kit::new();
    for out in ["first", "second"] {
        kit.run(&[
            "demo",
            "--break",
            "ranges/garbled-past-64-kib",
            "--seed",
            "0x5eed",
            "--json",
            "-",
            "--out",
            out,
        ]);
    }
    assert_eq!(random_requests(&kit, "first"), random_requests(&kit, "second"));
}

#[test]
fn an_end_that_is_off_by_one_is_shrunk_to_two_bytes_at_most_whatever_the_seed() {
    for seed in ["0x1", "0xfeed", "0xffffffffffffffff", "0x123456789abcdef0", "0x7"] {
        let kit = Kit::new();
        let args = ["demo", "--break", "ranges/drops-the-last-byte", "--seed", seed, "--out", "out"];
        let (exit, results) = kit.results(&args);
        assert_eq!(exit, 1);
        let random =
            verdicts(&results).into_iter().filter(|v| v.1.starts_with("ranges/random-") && v.3 == "fail");
        assert!(random.count() >= 1, "seed {seed} found nothing");
        let evidence = store::read(&kit.path().join("out")).unwrap();
        let walk = evidence.stories[0].random.as_ref().unwrap();
        for failure in walk.failures.iter().filter(|f| f.satisfiable) {
            let range = failure.simplest.strip_prefix("bytes=").unwrap();
            let (first, last) = range.split_once('-').unwrap();
            let bytes = last.parse::<u64>().unwrap() - first.parse::<u64>().unwrap() + 1;
            assert!(bytes <= 2, "seed {seed}: {:?} shrunk to {}", failure.invariant, failure.simplest);
        }
        assert!(walk.extra_requests <= 60, "{}", walk.extra_requests);
    }
}
