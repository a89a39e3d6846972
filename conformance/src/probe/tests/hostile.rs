//! What must not hang the probes, stop them, or fill memory.

use super::server::Fault;
use super::{ALL, answer, asked, blocked, breaks, story};
use crate::check::Section;
use crate::evidence::{End, Exchange, Outcome, Probe, ProbeOutcome};
use crate::patience::Patience;
use crate::probe::{ProbeContext, RangeSettings, Way, ask_endpoint_and_recording};
use mock_hubspot::secrets::Secrets;
use std::time::Duration;

#[tokio::test]
async fn a_download_that_never_ends_is_left_and_blocks_what_needs_it() {
    let hurry = |p: &mut Patience| p.download = Duration::from_millis(200);
    let (story, _server) = asked(Fault::NeverEnds, &ALL, 1, hurry).await;
    assert!(matches!(answer(&story, Probe::Download, "whole").body.end, End::Abandoned));
    assert_eq!(story.probes[&Probe::Download], ProbeOutcome::Asked);
    for probe in [Probe::RangeTable, Probe::Validators, Probe::RandomRanges, Probe::Media] {
        assert!(
            blocked(&story, probe)
                .starts_with("the recording could not be downloaded whole: it was not complete")
        );
    }
    assert!(story.calls[0].baseline.is_none());
}

#[tokio::test]
async fn answers_that_stall_end_the_table() {
    let hurry = |p: &mut Patience| p.stall = Duration::from_millis(50);
    let (story, _server) = asked(Fault::Stalls, &[Section::Ranges], 1, hurry).await;
    let stalled = story.of(Probe::RangeTable).filter_map(Exchange::answer);
    assert_eq!(stalled.filter(|a| a.body.end == End::Stalled(50)).count(), 3);
    assert!(blocked(&story, Probe::RangeTable).contains("3 answers to ranges stalled"));
    assert!(story.random.is_none());
}

#[tokio::test]
async fn a_recording_that_drips_is_left_in_time() {
    let hurry =
        |p: &mut Patience| (p.first_byte, p.stall) = (Duration::from_millis(40), Duration::from_millis(40));
    let (story, _server) = asked(Fault::Drips, &[Section::Ranges], 1, hurry).await;
    let left: Vec<_> = story.of(Probe::RangeTable).filter_map(Exchange::answer).collect();
    assert_eq!(left.iter().filter(|a| a.body.end != End::Complete).count(), 3);
    assert!(left.iter().all(|a| a.body.length < 1000 || a.status == 200));
    assert!(blocked(&story, Probe::RandomRanges).contains("3 answers to ranges stalled"));
}

#[tokio::test]
async fn a_silent_endpoint_is_not_asked_for_ever() {
    let hurry = |p: &mut Patience| p.first_byte = Duration::from_millis(30);
    let (story, _server) = asked(Fault::SilentEndpoint, &ALL, 1, hurry).await;
    let stock = story.asked(Probe::AuthenticatedUrl, "stock").next().unwrap();
    assert_eq!(stock.outcome, Outcome::Failed("no answer within 30 ms".into()));
    assert_eq!(story.probes[&Probe::AuthenticatedUrl], ProbeOutcome::Asked);
    for probe in [Probe::Refusals, Probe::Download, Probe::RandomRanges] {
        assert_eq!(blocked(&story, probe), "the endpoint gave no answer (e1)");
    }
    assert_eq!(story.exchanges.len(), 1);
}

#[tokio::test]
async fn redirects_are_followed_but_not_everywhere() {
    let (story, _server) = asked(Fault::Redirects, &[Section::Download, Section::Ranges], 1, |_| {}).await;
    assert_eq!(breaks(&story), []);
    let whole = story.asked(Probe::Download, "whole").next().unwrap();
    assert_eq!(whole.hops.iter().map(|h| h.status).collect::<Vec<_>>(), [302, 302]);
    assert!(whole.request.target.contains("/third"));
    for (fault, words) in [
        (Fault::RedirectLoop, "redirect loop"),
        (Fault::LinkLocal, "refused: link-local address 169.254.169.254"),
        (Fault::OtherScheme, "redirect to another scheme"),
    ] {
        let (story, _server) = asked(fault, &[Section::Download], 1, |_| {}).await;
        let whole = story.asked(Probe::Download, "whole").next().unwrap();
        assert_eq!(whole.hops.len(), 1);
        assert!(
            matches!(&whole.outcome, Outcome::Failed(reason) if reason.starts_with(words)),
            "{:?}",
            whole.outcome
        );
    }
}

#[tokio::test]
async fn an_endpoint_without_a_url_blocks_the_recording() {
    for (fault, words) in [
        (Fault::NoJson, "no absolute http(s) `authenticatedUrl`"),
        (Fault::EndlessJson, "did not come to its end"),
    ] {
        let (story, _server) = asked(fault, &ALL, 1, |_| {}).await;
        assert_eq!(story.probes[&Probe::AuthenticatedUrl], ProbeOutcome::Asked);
        assert_eq!(story.probes[&Probe::Refusals], ProbeOutcome::Asked);
        for probe in [Probe::Token, Probe::Download, Probe::RangeTable, Probe::RandomRanges, Probe::Media] {
            assert!(blocked(&story, probe).contains(words));
        }
        let body = &answer(&story, Probe::AuthenticatedUrl, "stock").body;
        assert_eq!(body.end == End::Abandoned, fault == Fault::EndlessJson);
    }
}

/// What becomes of asking an endpoint that sends these bytes and closes.
async fn raw(sent: Vec<u8>) -> Outcome {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let registered_url = format!("http://{}/%s", listener.local_addr().unwrap());
    let serving = tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = [0; 4096];
            if stream.read(&mut request).await.unwrap() == 0 {
                continue;
            }
            stream.write_all(&sent).await.ok();
        }
    });
    let ctx = ProbeContext {
        registered_url,
        app_id: "101".into(),
        secrets: Secrets::default(),
        patience: Patience::default(),
        ranges: RangeSettings::default(),
        spool: std::path::PathBuf::new(),
        way: Way::default(),
        browser: None,
    };
    let mut story = story(&[Section::Media]);
    ask_endpoint_and_recording(&ctx, &mut story, 0, &|_| {}).await;
    serving.abort();
    story.exchanges.swap_remove(0).outcome
}

#[tokio::test]
async fn what_is_not_http_is_said_in_words() {
    let failed = |outcome| match outcome {
        Outcome::Failed(reason) => reason,
        Outcome::Answered(answer) => panic!("{answer:?}"),
    };
    assert_eq!(failed(raw(Vec::new()).await), "the connection was closed without an answer");
    assert!(failed(raw(b"SSH-2.0-OpenSSH_9.2\r\n".to_vec()).await).starts_with("not HTTP: "));
    let endless_head = [b"HTTP/1.1 200 OK\r\nX: ".to_vec(), vec![b'x'; 1 << 20]].concat();
    assert_eq!(
        failed(raw(endless_head).await),
        "the head of the answer, or its Content-Length, is too large"
    );
    let too_many = format!("HTTP/1.1 200 OK\r\n{}\r\n", "a: b\r\n".repeat(5000));
    assert_eq!(
        failed(raw(too_many.into_bytes()).await),
        "the head of the answer, or its Content-Length, is too large"
    );
    let overflow = b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\n{}".to_vec();
    assert!(failed(raw(overflow).await).starts_with("not HTTP: "));
    let short = b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{}".to_vec();
    let Outcome::Answered(answer) = raw(short).await else { panic!("it answered") };
    assert_eq!(answer.body.end, End::CutShort("closed before the announced end".into()));
}
