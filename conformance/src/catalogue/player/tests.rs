//! Playbacks made by hand, as Chromium showed them, and what is said of them.

use super::CHECKS;
use crate::catalogue::example::{answer, outbound};
use crate::check::Section;
use crate::evidence::{
    Content, End, Evidence, Exchange, MediaError, Moment, Outcome, Playback, Probe, ProbeOutcome, Reached,
    Timing,
};
use crate::judge::{Terms, judge};
use crate::verdict::Verdict;
use mock_hubspot::exchange::{Body, Request};

const DURATION: u64 = 300_000;

fn moment(name: &str, target_ms: u64) -> Moment {
    Moment {
        name: name.to_owned(),
        end: Reached::Reached,
        target_ms: Some(target_ms),
        at_ms: Some(target_ms + 20),
        took_ms: 60,
        listening: Some(Reached::Reached),
        moved_ms: Some(810),
        listened_ms: Some(900),
        duration_ms: Some(DURATION),
        seekable_ms: Some(DURATION),
        ..Moment::default()
    }
}

fn asked(evidence: &mut Evidence, case: &str, headers: &[(&str, &str)], outcome: Outcome) {
    let story = &mut evidence.stories[0];
    let headers = headers.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
    story.exchanges.push(Exchange {
        number: story.exchanges.len() as u32 + 1,
        call: 0,
        probe: Probe::Browser,
        case: case.to_owned(),
        step: None,
        request: Request {
            method: "GET".into(),
            target: "http://127.0.0.1:9/r".into(),
            headers,
            body: Body::Empty,
        },
        hops: Vec::new(),
        outcome,
        timing: Timing::default(),
    });
}

fn part(range: &str) -> Outcome {
    let mut outcome = answer(206, Content::Unseen, 500_000);
    let Outcome::Answered(answered) = &mut outcome else { panic!("an answer") };
    answered.headers.push(("Content-Range".into(), format!("bytes {range}/1000000").into()));
    answered.body.end = End::Abandoned;
    outcome
}

/// An honest recording as Chromium 156 plays it.
fn honest() -> Evidence {
    let mut evidence = outbound();
    let story = &mut evidence.stories[0];
    story.sections = vec![Section::Player];
    story.probes.insert(Probe::Browser, ProbeOutcome::Asked);
    let media = story.calls[0].media.as_mut().unwrap();
    (media.codec, media.declared_frames) = (Some("pcm_s16le".into()), Some(4_800_000));
    let moments = vec![moment("open", 0), moment("seek-80", 240_000), moment("seek-20", 60_000)];
    story.playback = Some(Playback { browser: "Chrome/156.0".into(), moments });
    asked(&mut evidence, "open", &[("Range", "bytes=0-")], part("0-999999"));
    let cached = [("Range", "bytes=800000-999999"), ("If-Range", "\"v1\"")];
    asked(&mut evidence, "seek-80", &cached, part("800000-999999"));
    asked(&mut evidence, "seek-20", &[("Range", "bytes=200000-799999")], part("200000-799999"));
    evidence
}

fn verdicts(evidence: &Evidence) -> Vec<(String, Verdict)> {
    let terms = Terms { profiles: crate::check::Profile::ALL.to_vec(), ..Terms::default() };
    let stories = judge(evidence, &terms).unwrap();
    stories[0].checks.iter().map(|check| (check.check.clone(), check.verdict.clone())).collect()
}

fn failing(evidence: &Evidence) -> Vec<String> {
    let failed = verdicts(evidence).into_iter().filter(|(_, v)| matches!(v, Verdict::Fail { .. }));
    failed.map(|(id, _)| id).collect()
}

fn spoilt(how: impl FnOnce(&mut Vec<Moment>)) -> Evidence {
    let mut evidence = honest();
    how(&mut evidence.stories[0].playback.as_mut().unwrap().moments);
    evidence
}

#[test]
fn an_honest_recording_passes_them_all() {
    let all = verdicts(&honest());
    assert_eq!(all.len(), CHECKS.len());
    assert!(all.iter().all(|(_, verdict)| *verdict == Verdict::Pass), "{all:?}");
}

#[test]
fn without_a_browser_nothing_is_judged() {
    let mut evidence = honest();
    evidence.stories[0].probes.insert(Probe::Browser, ProbeOutcome::Blocked("no Chromium was found".into()));
    assert!(verdicts(&evidence).iter().all(|(_, v)| matches!(v, Verdict::Unjudged { .. })));
}

#[test]
fn a_player_that_gives_up_at_once_does_not_play() {
    let mut evidence = spoilt(|moments| {
        moments.truncate(1);
        let error = Some(MediaError { code: 4, message: "MEDIA_ELEMENT_ERROR: Format error".into() });
        moments[0] =
            Moment { end: Reached::Error, listening: None, duration_ms: None, error, ..moments[0].clone() };
    });
    evidence.stories[0].exchanges.retain(|exchange| exchange.probe != Probe::Browser);
    let mut blocked = part("0-999999");
    let Outcome::Answered(answered) = &mut blocked else { panic!("an answer") };
    answered.body.end = End::CutShort("net::ERR_BLOCKED_BY_ORB".into());
    asked(&mut evidence, "open", &[("Range", "bytes=0-")], blocked);
    let all = verdicts(&evidence);
    assert_eq!(failing(&evidence), ["player/plays"]);
    let Verdict::Fail { finding } = &all[0].1 else { panic!("a finding") };
    assert!(
        finding.received.contains("error 4") && finding.received.contains("net::ERR_BLOCKED_BY_ORB"),
        "{finding:?}"
    );
    assert_eq!(finding.evidence, ["e14"]);

    // The same of a file that no browser plays is said of the file.
    evidence.stories[0].calls[0].media.as_mut().unwrap().codec = Some("adpcm_ima_wav".into());
    assert!(failing(&evidence).is_empty());
}

#[test]
fn a_playhead_that_starts_again_jumps_or_hangs_does_not_seek() {
    let restarts = spoilt(|moments| {
        moments[0].seekable_ms = Some(0);
        moments[1].at_ms = Some(15);
    });
    assert_eq!(failing(&restarts), ["player/seekable-to-the-end", "player/seeks"]);
    let jumps = spoilt(|moments| (moments[2].moved_ms, moments[2].ended) = (Some(240_000), true));
    assert_eq!(failing(&jumps), ["player/seeks"]);
    let hangs = spoilt(|moments| (moments[1].end, moments[1].listening) = (Reached::Nothing, None));
    assert_eq!(failing(&hangs), ["player/seeks"]);
    // A page that was kept from looking for three seconds saw the playhead later on its way.
    let late = spoilt(|moments| (moments[1].took_ms, moments[1].at_ms) = (3_000, Some(242_800)));
    assert!(failing(&late).is_empty());
}

#[test]
fn an_endless_recording_is_the_servers_fault_where_the_file_knows_its_length() {
    let endless = |declared| {
        let mut evidence = spoilt(|moments| {
            moments.truncate(1);
            (moments[0].duration_ms, moments[0].seekable_ms) = (None, None);
        });
        evidence.stories[0].calls[0].media.as_mut().unwrap().declared_frames = declared;
        evidence
    };
    assert_eq!(failing(&endless(Some(4_800_000))), ["player/seekable-to-the-end"]);
    assert!(failing(&endless(None)).is_empty());
}

#[test]
fn what_the_browser_asks_is_answered_with_206() {
    type Sent = &'static [(&'static str, &'static str)];
    let cases: [(Sent, Outcome, bool); 9] = [
        (&[("Range", "bytes=0-")], answer(200, Content::Unseen, 500), true),
        (&[("Range", "bytes=9-"), ("If-Range", "\"v1\"")], answer(200, Content::Unseen, 500), true),
        (
            &[("Range", "bytes=9-"), ("If-Range", "Mon, 01 Jan 2024 00:00:00 GMT")],
            answer(200, Content::Unseen, 500),
            false,
        ),
        (&[("Range", "bytes=9-"), ("If-Range", "W/\"v1\"")], answer(200, Content::Unseen, 500_000), false),
        // What the cache put together begins where the player wanted, not where the wire did.
        (&[("Range", "bytes=9-")], part("0-999999"), false),
        (&[("Range", "bytes=9-")], answer(410, Content::Empty, 0), true),
        (&[("Range", "bytes=1000000-")], answer(416, Content::Empty, 0), false),
        (&[("Range", "bytes=9-")], answer(503, Content::Empty, 0), false),
        (&[("Range", "bytes=9-")], Outcome::Failed("net::ERR_CONNECTION_RESET".into()), false),
    ];
    for (headers, outcome, fails) in cases {
        let mut evidence = honest();
        asked(&mut evidence, "seek-20", headers, outcome.clone());
        assert_eq!(!failing(&evidence).is_empty(), fails, "{headers:?} {outcome:?}");
    }
    let mut all = honest();
    asked(&mut all, "seek-80", &[("Range", "bytes=800000-")], answer(200, Content::Unseen, 1_000_000));
    assert_eq!(failing(&all), ["player/answers-ranges", "player/seek-costs"]);
}
