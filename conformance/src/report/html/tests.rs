//! The page is harmless, whole, and the same for the same results.

use super::render;
use crate::evidence::{
    Answer, Baseline, Call, Content, End, Evidence, Exchange, Hop, Missed, Outcome, Probe, Received, Story,
    Timing,
};
use crate::report::sample::{self, HOSTILE};
use crate::results::Results;
use crate::waiver::{State, Waived, Waiver};
use mock_hubspot::exchange::{Body, Headers, Reply, Request};
use mock_hubspot::journal::{Credential, Direction, Entry, Outcome as Became};
use mock_hubspot::media::{ChannelFacts, Envelope, MediaFacts, Stretch};
use mock_hubspot::operation::Operation;

fn request(range: Option<&str>) -> Request {
    let mut headers = vec![(format!("X-{HOSTILE}").into(), HOSTILE.into())];
    headers.extend(range.map(|range| ("Range".into(), range.into())));
    Request {
        method: "GET".into(),
        target: format!("http://h/\"'{HOSTILE}"),
        headers: headers.into(),
        body: Body::Text(HOSTILE.into()),
    }
}

fn exchange(number: u32, probe: Probe, range: Option<&str>, content_range: &str, length: u64) -> Exchange {
    let body =
        Received { length, end: End::CutShort(HOSTILE.into()), content: Content::Text(HOSTILE.into()) };
    let status = if content_range.is_empty() { 200 } else { 206 };
    let headers = vec![("Content-Range".into(), content_range.into()), ("A".into(), HOSTILE.into())];
    Exchange {
        number,
        call: 0,
        probe,
        case: HOSTILE.into(),
        step: None,
        request: request(range),
        hops: vec![Hop { url: HOSTILE.into(), status: 302, location: HOSTILE.into() }],
        outcome: Outcome::Answered(Answer { status, headers: headers.into(), body }),
        timing: Timing::default(),
    }
}

fn entry(number: u64) -> Entry {
    Entry {
        number,
        at_ms: 7,
        direction: Direction::Arrived,
        operation: Some(Operation::LogCall),
        version: None,
        params: mock_hubspot::texts::Texts::default(),
        credential: Credential::None,
        request: request(None),
        reply: Some(Reply { status: 400, headers: Headers::new(), body: Body::Text(HOSTILE.into()) }),
        outcome: Became::Refused(HOSTILE.into()),
        call_id: None,
    }
}

fn media() -> MediaFacts {
    let channel = ChannelFacts {
        stretches: vec![Stretch { from_ms: 10, to_ms: 500 }],
        envelope: Envelope { step_frames: 80, peaks: vec![0, 255, 128] },
        ..ChannelFacts::default()
    };
    MediaFacts {
        container: HOSTILE.into(),
        codec: Some(HOSTILE.into()),
        sample_rate: Some(8000),
        duration_ms: 1000,
        problems: vec![HOSTILE.into()],
        per_channel: vec![channel.clone(), channel],
        ..MediaFacts::default()
    }
}

/// Evidence that fits `sample::mixed`, each string of an integration hostile.
fn evidence() -> Evidence {
    let call = Call {
        external_id: HOSTILE.into(),
        baseline: Some(Baseline { exchange: 1, length: 1000, sha256: "00".repeat(32) }),
        media: Some(media()),
        missed: vec![Missed {
            awaited: Operation::MarkReady,
            waited_ms: 30_000,
            nearest: Some(HOSTILE.into()),
        }],
        ..Call::default()
    };
    let mut exchanges = vec![exchange(1, Probe::Download, None, "", 1000)];
    exchanges.push(exchange(12, Probe::RangeTable, Some("bytes=0-0"), "bytes 0-0/1000", 0));
    exchanges.extend(
        (13..600).map(|n| exchange(n, Probe::RandomRanges, Some("bytes=10-19"), "bytes 10-19/1000", 10)),
    );
    exchanges.push(exchange(600, Probe::RandomRanges, Some("bytes=1000-"), "", 5));
    exchanges.push(exchange(601, Probe::RandomRanges, Some(HOSTILE), "", 5));
    let story =
        |scenario: &str| Story { scenario: scenario.into(), title: HOSTILE.into(), ..Story::default() };
    let told = Story { calls: vec![call], journal: vec![entry(7)], exchanges, ..story("outbound-call") };
    Evidence {
        stories: vec![told, story("inbound-call"), story("registration-moved")],
        common: vec![entry(1)],
        ..Evidence::default()
    }
}

fn all() -> Vec<(Results, Evidence)> {
    let mut known = sample::mixed();
    let waiver = Waiver {
        check: "ranges/single".into(),
        reason: HOSTILE.into(),
        ticket: HOSTILE.into(),
        expires: "2027-01-01".into(),
    };
    known.waivers = vec![Waived { waiver, state: State::Holds, stories: vec!["outbound-call".into()] }];
    let mut hostile = sample::mixed();
    hostile.integration.product = HOSTILE.into();
    hostile.integration.organization = HOSTILE.into();
    hostile.stories[0].title = HOSTILE.into();
    hostile.stories[0].checks[0].title = HOSTILE.into();
    vec![
        (sample::mixed(), evidence()),
        (known, evidence()),
        (hostile, evidence()),
        (sample::green(), Evidence::default()),
        (sample::not_set_up(), Evidence::default()),
    ]
}

#[test]
fn nothing_that_was_received_becomes_markup() {
    for (results, evidence) in all() {
        let page = render(&results, &evidence);
        assert!(!page.contains("<script"), "a script was let in");
        assert!(!page.contains(['\0', '\x1b', '\u{202e}']));
        for tag in page.split('<').skip(1).filter_map(|rest| rest.split('>').next()) {
            assert!(!tag.contains("alert("), "{tag}");
        }
    }
    let (results, evidence) = all().swap_remove(2);
    assert!(render(&results, &evidence).contains("&lt;script&gt;alert("), "what was received is shown");
}

#[test]
fn it_needs_nothing_from_elsewhere_and_runs_nothing() {
    for (results, evidence) in all() {
        let page = render(&results, &evidence);
        for needs in [
            "<script", "<iframe", "<object", "<embed", "<form", "src=", "@import", "url(", " style=",
            " onclick",
        ] {
            assert!(!page.to_lowercase().contains(needs), "{needs}");
        }
        assert!(page.contains("default-src 'none'; style-src 'sha256-"));
    }
}

/// Values of one attribute.
fn values<'a>(page: &'a str, attribute: &str) -> Vec<&'a str> {
    let start = format!(" {attribute}=\"");
    page.match_indices(&start).filter_map(|(at, _)| page[at + start.len()..].split('"').next()).collect()
}

#[test]
fn every_link_leads_somewhere_and_every_place_is_there_once() {
    for (results, evidence) in all() {
        let page = render(&results, &evidence);
        let mut ids = values(&page, "id");
        ids.sort_unstable();
        let mut unique = ids.clone();
        unique.dedup();
        assert_eq!(ids, unique, "an id stands twice");
        let links: Vec<_> =
            values(&page, "href").into_iter().filter_map(|href| href.strip_prefix('#')).collect();
        for link in links.iter().copied().chain(values(&page, "aria-labelledby")) {
            assert!(ids.binary_search(&link).is_ok(), "#{link} leads nowhere");
        }
    }
    let page = render(&sample::mixed(), &evidence());
    for place in ["s1-e12", "j7", "f-ranges-single"] {
        assert!(values(&page, "href").contains(&format!("#{place}").as_str()), "{place}");
    }
}

#[test]
fn the_same_results_give_the_same_bytes() {
    for (results, evidence) in all() {
        assert_eq!(render(&results, &evidence), render(&results.clone(), &evidence.clone()));
    }
}

#[test]
fn however_much_was_asked_the_page_stays_small_and_says_what_it_left_out() {
    let mut evidence = evidence();
    let many = (1000..40_000).map(|n| exchange(n, Probe::RangeTable, Some("bytes=1-2"), "bytes 1-2/1000", 2));
    evidence.stories[0].exchanges.extend(many);
    let page = render(&sample::mixed(), &evidence);
    assert!(page.len() < 6 << 20, "{} bytes", page.len());
    assert!(page.contains("more, which stand in <code>evidence.ndjson</code>"));
    assert!(page.contains("id=\"s1-e12\""), "what a finding names is shown however much there is");
}

#[test]
fn the_verdict_stands_before_what_to_fix_and_that_before_everything_else() {
    let page = render(&sample::mixed(), &evidence());
    let at = |words: &str| page.find(words).unwrap_or_else(|| panic!("{words} is missing"));
    let order = [
        "not conformant: 1 required check",
        "What to fix first",
        "Who, what, how",
        "By profile",
        "id=\"findings\"",
        "id=\"s1-sequence\"",
        "id=\"s1-ranges-1\"",
        "id=\"s1-media-1\"",
    ];
    let places: Vec<_> = order.map(at).into();
    assert!(places.is_sorted(), "{places:?}");
    assert!(page.contains("mark ready never came"), "what was awaited and did not come is drawn");
}
