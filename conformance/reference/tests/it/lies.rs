//! A lie that changes nothing proves nothing: told each lie in turn, the integration must differ from its honest self.

use std::fmt::Write as _;

use http::Method;
use reference_integration::sabotage::{ALL, Lie};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::{
    pretended_hubspot::{PretendedHubSpot, Weather},
    stage::{Reply, Stage},
};

/// Lies about time and crowds, which a transcript does not show; they are examined one by one.
const NOT_IN_A_TRANSCRIPT: &[&str] = &[
    "authenticated-url/slow",
    "resilience/storms",
    "resilience/gives-up-when-slow",
    "resilience/loses-calls-in-a-burst",
];

/// Everything that the integration does when it is asked all sorts of things.
async fn transcript(lie: Option<Lie>) -> String {
    let stage = Stage::with(lie).await;
    stage.hubspot.expect("/calls", Weather::Throttled);
    stage.hubspot.expect("/calls", Weather::Expired);
    stage.hubspot.expect("/associations/", Weather::Failing);
    stage.hubspot.expect("/ready", Weather::Cut);
    let mut text = String::new();
    for (id, account, direction) in [
        ("call-1", "account-1", "OUTBOUND"),
        ("call-1", "account-2", "INBOUND"),
        ("a/b", "account-1", "OUTBOUND"),
        ("50%25", "account-1", "OUTBOUND"),
    ] {
        let reply = stage.call(id, account, json!({ "direction": direction })).await;
        note(&mut text, id, &reply);
    }
    let moved = stage.send(Method::POST, "/move-registration", &[], String::new()).await;
    note(&mut text, "move", &moved);
    for target in [
        "/retrieve/recording/call-1?appId=12345&externalAccountId=account-1",
        "/retrieve/recording/call-1?externalAccountId=account-1&appId=12345",
        "/retrieve/recording/call-1?externalAccountId=account-2&appId=12345",
        "/retrieve/recording/call-1?externalAccountId=account-1&appId=12345&more=1",
        "/retrieve/recording/call-1?externalAccountId=account-1&appId=1",
        "/retrieve/recording/call-1?externalAccountId=account-1",
        "/retrieve/recording/unknown?externalAccountId=account-1&appId=12345",
        "/retrieve/recording/a%2Fb?externalAccountId=account-1&appId=12345",
        "/retrieve/recording/50%2525?externalAccountId=account-1&appId=12345",
        "/v2/retrieve/recording/call-1?externalAccountId=account-1&appId=12345",
    ] {
        let reply = stage.ask(target, &[]).await;
        let url = serde_json::from_slice(&reply.body).unwrap_or(Value::Null)["authenticatedUrl"].clone();
        note(&mut text, target, &reply);
        if let Some(url) = url.as_str().filter(|url| url.starts_with("http")) {
            listen(&mut text, &stage, url).await;
        }
    }
    for seen in stage.hubspot.seen() {
        let mut body = seen.body;
        if let Some(timestamp) = body.pointer_mut("/properties/hs_timestamp") {
            *timestamp = json!("now");
        }
        writeln!(text, "{} {:?} {body}", seen.request, seen.bearer).unwrap();
    }
    text.replace(&stage.url, "<integration>").replace(stage.url.trim_start_matches("http://"), "<host>")
}

/// Asks for a recording in many ways.
async fn listen(text: &mut String, stage: &Stage, url: &str) {
    let length = stage.bytes.len();
    let whole = stage.ask(url, &[]).await;
    let (tag, date) = (whole.header("etag").to_owned(), whole.header("last-modified").to_owned());
    note(text, "whole", &whole);
    note(text, "unsigned", &stage.ask(url.split('?').next().unwrap(), &[]).await);
    note(text, "forged", &stage.ask(&format!("{}{}", &url[..url.len() - 60], "x".repeat(60)), &[]).await);
    for range in [
        "bytes=0-0".to_owned(),
        "bytes=0-1".to_owned(),
        "bytes=0-".to_owned(),
        "bytes=70001-140000".to_owned(),
        format!("bytes={}-{0}", length - 1),
        format!("bytes={}-{}", length - 10, length + 10),
        format!("bytes={length}-"),
        format!("bytes={}-", length + 1),
        "bytes=-500".to_owned(),
        format!("bytes=-{}", length + 1),
        "bytes=-0".to_owned(),
        "bytes=500-100".to_owned(),
        "bytes=abc".to_owned(),
        "items=0-5".to_owned(),
    ] {
        note(text, &range, &stage.ask(url, &[("range", &range)]).await);
    }
    for validator in [tag.as_str(), date.as_str(), "\"other\""] {
        let headers = [("range", "bytes=5-9"), ("if-range", validator)];
        if !validator.is_empty() {
            note(text, "if-range", &stage.ask(url, &headers).await);
        }
    }
}

fn note(text: &mut String, asked: &str, reply: &Reply) {
    let mut headers: Vec<_> = reply
        .headers
        .iter()
        .filter(|(name, _)| !["date", "last-modified", "etag", "content-length"].contains(&name.as_str()))
        .map(|(name, value)| format!("{name}: {value:?}"))
        .collect();
    headers.sort();
    let small = if reply.body.len() < 600 { without_signature(&reply.body) } else { String::new() };
    let sum: u64 = reply.body.iter().zip(1_u64..).map(|(byte, place)| u64::from(*byte) * place).sum();
    let sum = if small.is_empty() { sum } else { 0 };
    let tag = reply.header("etag");
    let plain_tag = tag.starts_with('"') && tag.contains("3a9ac-");
    let modified = httpdate::parse_http_date(reply.header("last-modified"));
    let future = modified.is_ok_and(|modified| modified > std::time::SystemTime::now());
    writeln!(
        text,
        "{asked}: {} {headers:?} {plain_tag} {future} {} {} {sum} {small}",
        reply.status,
        reply.complete,
        reply.body.len(),
    )
    .unwrap();
}

fn without_signature(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    match text.split_once("?expires=") {
        Some((before, after)) => {
            let end: String = after.chars().skip_while(|char| *char != '"').collect();
            format!("{before}{end}")
        }
        None => text.into_owned(),
    }
}

/// They need what this transcript has not: other formats, several calls, requests at once, a pause, HEAD, `Origin`, the bytes
/// behind an answer. The kit's self-test tells each of them in its story, and sees it.
const SEEN_BY_THE_KIT_ALONE: &[&str] = &[
    "download/busy-after-a-break",
    "download/echoes-origin",
    "download/forgets-after-a-pause",
    "download/lives-16-seconds",
    "download/lives-60-seconds",
    "download/lives-700-seconds",
    "download/mixes-parallel",
    "download/preflight-needs-login",
    "download/refuses-parallel",
    "download/slow-in-the-middle",
    "media/ac3",
    "media/conference-mixed",
    "media/corrupt-packets",
    "media/flac-piped",
    "media/flac-wrong-checksum",
    "media/fragmented",
    "media/half-the-duration",
    "media/he-aac",
    "media/he-aac-v2",
    "media/quicktime",
    "media/screen-recording",
    "media/truncated-flac",
    "media/truncated-mp4",
    "media/video-only",
    "media/without-moov",
    "ranges/406-for-older-chrome",
    "ranges/500-beyond-32-bits",
    "ranges/500-beyond-64-bits",
    "ranges/500-on-odd-spellings",
    "ranges/500-on-several",
    "ranges/500-on-two-ranges",
    "ranges/concatenates-slices",
    "ranges/gzips-the-slice",
    "ranges/head-206",
    "ranges/head-length-zero",
    "ranges/if-modified-since-500",
    "ranges/if-range-any-date",
    "ranges/if-range-junk-500",
    "ranges/if-range-substring",
    "ranges/if-range-weak-matches",
    "ranges/ignores-if-none-match",
    "ranges/multipart-as-audio",
    "ranges/multipart-line-feeds",
    "ranges/multipart-totals",
    "ranges/one-tag-two-sizes",
    "ranges/preconditions-416",
    "ranges/reads-octal",
    "ranges/refuses-chromium-cache",
    "ranges/refuses-firefox",
    "ranges/refuses-older-chrome",
    "ranges/refuses-one-beyond",
    "ranges/refuses-safari",
    "ranges/returns-many-times-the-file",
    "ranges/slices-the-gzip",
    "ranges/whole-for-gzip",
    "ranges/wraps-at-32-bits",
    "ranges/wrong-piece",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_lie_changes_what_is_seen() {
    let honest = transcript(None).await;
    assert!(!honest.contains("502 Bad Gateway") && honest.contains("206 Partial Content"));
    assert_eq!(honest, transcript(None).await);
    let mut told = JoinSet::new();
    for sabotage in ALL.iter().filter(|sabotage| !NOT_IN_A_TRANSCRIPT.contains(&sabotage.name)) {
        let lie = Lie::from_name(sabotage.name);
        told.spawn(async move { (sabotage.name, transcript(lie).await) });
    }
    let mut without_effect: Vec<_> = told
        .join_all()
        .await
        .into_iter()
        .filter_map(|(name, transcript)| (transcript == honest).then_some(name))
        .collect();
    without_effect.sort_unstable();
    assert_eq!(without_effect, SEEN_BY_THE_KIT_ALONE);
}

#[tokio::test]
async fn a_crowd_loses_the_call_that_comes_fourth() {
    let (hubspot, gate) = PretendedHubSpot::gated().await;
    let stage = Stage::before(hubspot, Some(Lie::ResilienceLosesCallsInABurst)).await;
    let three = ["call-1", "call-2", "call-3"].map(|id| stage.call(id, "account-1", Value::Null));
    let fourth = async {
        while stage.hubspot.requests().iter().filter(|request| request.ends_with("/calls")).count() < 3 {
            tokio::task::yield_now().await;
        }
        let reply = stage.call("call-4", "account-1", Value::Null).await;
        gate.add_permits(3);
        reply
    };
    let (three, fourth) = futures_util::future::join(futures_util::future::join_all(three), fourth).await;
    assert!(three.iter().all(|reply| reply.json()["callId"].is_string()));
    assert_eq!(fourth.json(), json!({ "callId": null }));
}
