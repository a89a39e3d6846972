//! The probes against tiny integrations, each with one fault.

mod dial;
mod hostile;
mod letters;
mod raw;
mod server;
mod straight;
mod trigger;

use super::{ProbeContext, Progress, RangeSettings, Way, ask_endpoint_and_recording};
use crate::check::Section;
use crate::evidence::{Answer, Call, Content, Probe, ProbeOutcome, Story};
use crate::patience::Patience;
use crate::range::Invariant;
use crate::range::invariants::{Whole, broken};
use mock_hubspot::secrets::Secrets;
use server::{Fault, Server};
use std::sync::Mutex;

const ALL: [Section; 4] = [Section::AuthenticatedUrl, Section::Download, Section::Ranges, Section::Media];

fn recording(length: usize) -> Vec<u8> {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let next = std::iter::repeat_with(move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state as u8
    });
    next.take(length).collect()
}

fn story(sections: &[Section]) -> Story {
    let call = Call { external_id: "call 1".into(), account_id: "acc-1".into(), ..Call::default() };
    Story {
        scenario: "outbound-call".into(),
        sections: sections.to_vec(),
        calls: vec![call],
        ..Story::default()
    }
}

/// Asks a server with this fault; gives the story and the server.
async fn asked(
    fault: Fault,
    sections: &[Section],
    seed: u64,
    hurry: impl Fn(&mut Patience),
) -> (Story, Server) {
    let server = Server::start(fault, recording(300_000)).await;
    let story = asked_of(&server, sections, seed, hurry).await;
    (story, server)
}

async fn asked_of(server: &Server, sections: &[Section], seed: u64, hurry: impl Fn(&mut Patience)) -> Story {
    let spool = tempfile::tempdir().unwrap();
    let mut patience = Patience::default();
    hurry(&mut patience);
    let ctx = ProbeContext {
        registered_url: server.registered_url.clone(),
        app_id: "101".into(),
        secrets: Secrets::default(),
        patience,
        ranges: RangeSettings { cases: 100, seed, ..RangeSettings::default() },
        spool: spool.path().into(),
        way: Way::default(),
        browser: None,
    };
    let mut story = story(sections);
    // As the runner will: on another thread, and so the future can be sent to one.
    tokio::spawn(async move {
        ask_endpoint_and_recording(&ctx, &mut story, 0, &|_| {}).await;
        story
    })
    .await
    .unwrap()
}

fn breaks(story: &Story) -> Vec<(String, Invariant)> {
    let whole = Whole::of(story, &story.calls[0]).unwrap();
    let ranged = story.exchanges.iter().filter(|e| {
        matches!(e.probe, Probe::RangeTable | Probe::Validators | Probe::RandomRanges | Probe::Download)
    });
    ranged.flat_map(|e| broken(e, &whole).into_iter().map(|b| (e.case.clone(), b.invariant))).collect()
}

fn answer<'a>(story: &'a Story, probe: Probe, case: &'a str) -> &'a Answer {
    let exchange = story.asked(probe, case).next().unwrap_or_else(|| panic!("{case} was asked"));
    exchange.answer().unwrap_or_else(|| panic!("{case} was answered"))
}

fn blocked(story: &Story, probe: Probe) -> &str {
    match &story.probes[&probe] {
        ProbeOutcome::Blocked(reason) => reason,
        other => panic!("{probe:?} is {other:?}"),
    }
}

#[tokio::test]
async fn an_honest_integration_breaks_nothing_and_everything_is_asked() {
    let (story, _server) = asked(Fault::None, &ALL, 1, |_| {}).await;
    assert_eq!(breaks(&story), []);
    for (probe, outcome) in &story.probes {
        // Until recordings are decoded; it does not speak TLS, and no browser is asked for.
        if !matches!(probe, Probe::Media | Probe::Http2 | Probe::Browser) {
            assert_eq!(*outcome, ProbeOutcome::Asked, "{probe:?}");
        }
    }
    let random = story.random.as_ref().unwrap();
    assert_eq!((random.cases, random.extra_requests, &random.stopped), (100, 0, &None));
    assert_eq!(story.calls[0].baseline.as_ref().unwrap().length, 300_000);
    let numbers: Vec<_> = story.exchanges.iter().map(|e| e.number).collect();
    assert_eq!(numbers, (1..=numbers.len() as u32).collect::<Vec<_>>());
    for case in ["stock", "guide-order", "unknown-parameters", "bare-client", "again"] {
        assert_eq!(answer(&story, Probe::AuthenticatedUrl, case).status, 200, "{case}");
    }
    for case in ["unknown-id", "foreign-account", "foreign-app", "missing-app"] {
        assert_eq!(answer(&story, Probe::Refusals, case).status, 404, "{case}");
    }
    assert!(
        story.wire.len() > 10 && story.wire.iter().all(|facts| facts.surplus == 0 && facts.framing.is_none())
    );
    assert_eq!(
        story.wire.iter().filter(|facts| facts.reused).count(),
        3,
        "one connection carried four answers"
    );
    for case in ["signature-removed", "signature-altered"] {
        assert_eq!(answer(&story, Probe::Token, case).status, 403, "{case}");
    }
    for case in ["second-url", "browser", "bare-client"] {
        let body = &answer(&story, Probe::Download, case).body;
        assert_eq!(body.content, Content::Equal { offset: 0 }, "{case}");
    }
    assert_eq!(answer(&story, Probe::Validators, "if-range-match").status, 206);
    assert_eq!(answer(&story, Probe::Validators, "if-range-other").status, 200);
}

#[tokio::test]
async fn an_end_taken_as_exclusive_shrinks_to_two_bytes_whatever_the_seed() {
    for seed in 0..6 {
        let (story, _server) = asked(Fault::EndExclusive, &[Section::Ranges], seed, |_| {}).await;
        let random = story.random.unwrap();
        let failure = random.failures.iter().find(|f| f.invariant == Invariant::End).unwrap();
        assert_eq!((failure.simplest.as_str(), failure.confirmed), ("bytes=0-1", (3, 3)), "seed {seed}");
        let shown = story.exchanges.iter().find(|e| e.number == failure.exchange).unwrap();
        assert_eq!(shown.sent("range"), Some("bytes=0-1"));
        assert!(random.extra_requests <= 60);
    }
}

#[tokio::test]
async fn wrong_bytes_are_followed_to_the_boundary_where_they_begin() {
    for seed in 0..6 {
        let (story, _server) = asked(Fault::GarbledPast64KiB, &[Section::Ranges], seed, |_| {}).await;
        let failures = story.random.unwrap().failures;
        let failure = failures.iter().find(|f| f.invariant == Invariant::Bytes).unwrap();
        let wrong = failure.first_wrong_offset.unwrap();
        assert_eq!(wrong % 65_536, 0, "seed {seed}");
        assert_eq!(failure.nearest_boundary.as_deref(), Some(&*format!("at {wrong} ({} KiB)", wrong >> 10)));
        assert_eq!(failure.simplest, format!("bytes={}-{wrong}", wrong - 1), "seed {seed}");
    }
}

#[tokio::test]
async fn a_suffix_read_from_the_start_stays_a_suffix() {
    let (story, _server) = asked(Fault::SuffixFromStart, &[Section::Ranges], 3, |_| {}).await;
    let failures = story.random.unwrap().failures;
    let failure = failures.iter().find(|f| f.invariant == Invariant::Start).unwrap();
    assert_eq!(failure.simplest, "bytes=-1");
}

#[tokio::test]
async fn one_seed_asks_the_same_twice_and_another_does_not() {
    let random = |story: &Story| -> Vec<String> {
        let all = story.of(Probe::RandomRanges).map(|e| format!("{} {}", e.case, e.sent("range").unwrap()));
        all.collect()
    };
    let (first, server) = asked(Fault::EndExclusive, &[Section::Ranges], 5, |_| {}).await;
    let second = asked_of(&server, &[Section::Ranges], 5, |_| {}).await;
    let other = asked_of(&server, &[Section::Ranges], 6, |_| {}).await;
    assert_eq!(random(&first), random(&second));
    assert_ne!(random(&first), random(&other));
    assert_eq!(first.random, second.random);
    assert!(server.ranges().len() > 300);
}

#[tokio::test]
async fn later_calls_are_asked_for_their_url_and_recording_alone() {
    let server = Server::start(Fault::None, recording(5000)).await;
    let spool = tempfile::tempdir().unwrap();
    let ctx = ProbeContext {
        registered_url: server.registered_url.clone(),
        app_id: "101".into(),
        secrets: Secrets::default(),
        patience: Patience::default(),
        ranges: RangeSettings { cases: 5, ..RangeSettings::default() },
        spool: spool.path().into(),
        way: Way::default(),
        browser: None,
    };
    let mut story = story(&ALL);
    story.calls.push(story.calls[0].clone());
    story.calls.push(Call { external_id: "another".into(), ..story.calls[0].clone() });
    for call in 0..3 {
        ask_endpoint_and_recording(&ctx, &mut story, call, &|_| {}).await;
    }
    let later: Vec<_> =
        story.exchanges.iter().filter(|e| e.call > 0).map(|e| (e.call, e.case.as_str())).collect();
    assert_eq!(later, [(1, "stock"), (1, "whole"), (2, "stock")]);
    assert_eq!(
        story.calls[0].baseline.as_ref().unwrap().sha256,
        story.calls[1].baseline.as_ref().unwrap().sha256
    );
    assert!(story.calls[2].baseline.is_none());
    assert_eq!(story.probes[&Probe::RangeTable], ProbeOutcome::Asked, "the first call was asked");
    assert!(
        blocked(&story, Probe::Download).starts_with("the endpoint answered 404"),
        "blocked wins over asked"
    );
    let numbers: Vec<_> = story.exchanges.iter().map(|e| e.number).collect();
    assert_eq!(numbers, (1..=numbers.len() as u32).collect::<Vec<_>>());
}

#[tokio::test]
async fn what_comes_and_goes_is_not_shrunk() {
    let (story, _server) = asked(Fault::Fickle, &[Section::Ranges], 2, |_| {}).await;
    let failures = story.random.unwrap().failures;
    let failure = failures.iter().find(|f| f.invariant == Invariant::Class && f.satisfiable).unwrap();
    assert!(failure.confirmed.0 < failure.confirmed.1, "{failure:?}");
    assert_eq!(failure.simplest, failure.found);
}

#[tokio::test]
async fn a_registration_without_a_place_for_the_id_blocks_everything() {
    let server = Server::start(Fault::None, recording(3000)).await;
    let ctx = ProbeContext {
        registered_url: server.registered_url.replace("%s", "{externalId}"),
        app_id: "101".into(),
        secrets: Secrets::default(),
        patience: Patience::default(),
        ranges: RangeSettings::default(),
        spool: std::path::PathBuf::new(),
        way: Way::default(),
        browser: None,
    };
    let mut story = story(&[Section::Ranges]);
    let heard = Mutex::new(Vec::<Progress>::new());
    ask_endpoint_and_recording(&ctx, &mut story, 0, &|progress| heard.lock().unwrap().push(progress)).await;
    assert!(blocked(&story, Probe::Download).contains("has no `%s`"));
    assert!(matches!(story.probes[&Probe::Refusals], ProbeOutcome::NotAsked(_)));
    assert!(story.exchanges.is_empty() && heard.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_plea_for_patience_is_no_failure() {
    let (story, _server) = asked(Fault::Throttles, &[Section::Ranges], 2, |_| {}).await;
    let random = story.random.unwrap();
    assert!(random.cases < 100 && random.failures.is_empty());
    assert!(random.stopped.unwrap().ends_with("was answered with a plea for patience several times"));
}
