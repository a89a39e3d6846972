//! Lies about the recording's URL: how long it lives, how often it works, where it leads, and what pages of other origins
//! may see of its answers.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::http::Uri;
use http::{
    HeaderMap, HeaderValue, Method, StatusCode,
    header::{
        ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, COOKIE, ETAG, IF_MATCH, IF_NONE_MATCH,
        IF_RANGE, LOCATION, ORIGIN, RANGE, SET_COOKIE,
    },
};

use super::Lie;
use crate::{answer::Answer, library::Recording, recording, server::App};

/// How long the middle takes that is fetched from afar.
const SLOW: Duration = Duration::from_millis(5500);
/// After so long without a request a session is forgotten.
const FORGETS: Duration = Duration::from_secs(4);

/// Whether the recordings' addresses say nothing of the kind of file.
pub(crate) fn is_nameless(lie: Option<Lie>) -> bool {
    lie == Some(Lie::DownloadMpegType)
}

/// A URL is handed out.
pub(crate) fn hand_out(app: &App) {
    app.tally.cool();
}

/// Spoils what a URL says of itself.
pub(crate) fn spoil_query(app: &App, honest: String, key: &str) -> String {
    let lives = |seconds: u64| {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        let expires = now + seconds;
        format!("expires={expires}&signature={}", app.signer.sign(key, expires))
    };
    match app.config.lie {
        Some(Lie::DownloadLives16Seconds) => lives(16),
        Some(Lie::DownloadLives60Seconds) => lives(60),
        Some(Lie::DownloadLives700Seconds) => lives(700),
        Some(Lie::DownloadOneTimeUrl | Lie::DownloadEtagOfTheUrl) => {
            format!("{honest}&once={}", app.tally.number())
        }
        Some(Lie::DownloadSignsTheRange) => {
            format!("{honest}&X-Amz-SignedHeaders=host%3Brange&X-Amz-Signature={}", app.signer.sign(key, 0))
        }
        _ => honest,
    }
}

/// Whether a URL works that says that it lives shortly: its end is all that is wrong with it.
pub(crate) fn spoil_allowed(app: &App, honest: bool, genuine: &str, given: &str) -> bool {
    let short = matches!(app.config.lie, Some(Lie::DownloadLives16Seconds | Lie::DownloadLives60Seconds));
    honest || short && genuine == given
}

/// How a URL is refused that is not signed, or has expired.
pub(crate) fn spoil_refusal(app: &App, honest: Answer) -> Answer {
    match app.config.lie {
        Some(Lie::DownloadRefusesWith200) => {
            let page = "<!doctype html>\n<title>Expired</title>\n<p>This link has expired.</p>\n";
            Answer::text(StatusCode::OK, "text/html", page)
        }
        _ => honest,
    }
}

/// Takes its time.
pub(crate) async fn delay(app: &App, uri: &Uri, headers: &HeaderMap) {
    if app.config.lie == Some(Lie::DownloadSlowInTheMiddle)
        && let Some(recording) = app.library.with_key(uri.path().rsplit('/').next().unwrap_or_default())
        && range(headers) == format!("bytes={}-", recording.length / 2)
    {
        tokio::time::sleep(SLOW).await;
    }
}

fn range(headers: &HeaderMap) -> &str {
    headers.get(RANGE).map_or("", |range| range.to_str().unwrap_or_default())
}

/// Answers in place of the honest code.
pub(crate) fn instead(
    app: &App,
    recording: &Recording,
    method: &Method,
    uri: &Uri,
    headers: &HeaderMap,
) -> Option<Answer> {
    let refusal = |status, why| Some(Answer::refusal(status, why));
    let redirect = |to: String| {
        let mut answer = Answer::empty(StatusCode::FOUND);
        answer.set(LOCATION, to);
        answer
    };
    let range = range(headers);
    let quarter = recording.length / 4;
    match app.config.lie? {
        Lie::DownloadOneTimeUrl if app.tally.seen(uri.query().unwrap_or_default()) > 1 => {
            refusal(StatusCode::GONE, "this URL was used before")
        }
        Lie::DownloadSignsTheRange if range != "bytes=0-" => {
            refusal(StatusCode::FORBIDDEN, "SignatureDoesNotMatch")
        }
        Lie::DownloadBrokenLocation => Some(redirect(format!("storage/{}", recording.key))),
        Lie::DownloadProxy400 => {
            let why = "<Error><Code>InvalidArgument</Code><Message>Only one auth mechanism allowed</Message></Error>";
            Some(Answer::text(StatusCode::BAD_REQUEST, "application/xml", why))
        }
        Lie::DownloadNeedsACookie if !headers.contains_key(COOKIE) => {
            let mut answer = redirect(uri.to_string());
            answer.set(SET_COOKIE, "session=1; Path=/");
            Some(answer)
        }
        Lie::DownloadBusyAfterABreak if range == "bytes=65536-131071" => {
            refusal(StatusCode::SERVICE_UNAVAILABLE, "another download is under way")
        }
        Lie::DownloadRefusesParallel
            if range.starts_with(&format!("bytes={}-", quarter * 2)) && is_quarter(range) =>
        {
            refusal(StatusCode::SERVICE_UNAVAILABLE, "too many downloads")
        }
        Lie::DownloadMixesParallel
            if range.starts_with(&format!("bytes={}-", quarter * 3)) && is_quarter(range) =>
        {
            let mut answer = recording::plan(app, recording, method, headers);
            let length = answer.length();
            answer.body = vec![recording::slice(recording, quarter * 2, length)];
            Some(answer)
        }
        Lie::DownloadColdCache if !range.is_empty() && app.tally.is_cold() => {
            Some(recording::plan(app, recording, method, &HeaderMap::new()))
        }
        Lie::DownloadEtagOfTheUrl => {
            let (own, mut headers) = (tag_of(uri), headers.clone());
            for name in [IF_RANGE, IF_NONE_MATCH, IF_MATCH] {
                if headers.get(&name).is_some_and(|tag| *tag == own) {
                    headers.insert(name, HeaderValue::from_str(&recording.validators.etag).ok()?);
                }
            }
            let mut answer = recording::plan(app, recording, method, &headers);
            answer.set(ETAG, own);
            Some(answer)
        }
        Lie::DownloadForgetsAfterAPause if app.tally.pause() >= FORGETS => {
            refusal(StatusCode::FORBIDDEN, "the session has ended")
        }
        _ => None,
    }
}

/// An entity-tag that belongs to one URL.
fn tag_of(uri: &Uri) -> String {
    let once = uri.query().and_then(|query| query.rsplit_once("once=")).map_or("", |(_, once)| once);
    format!("\"{once}\"")
}

/// Whether a range is as long as those that are asked for at once.
fn is_quarter(range: &str) -> bool {
    let ends = range.strip_prefix("bytes=").and_then(|set| set.split_once('-'));
    let ends = ends.and_then(|(first, last)| Some((first.parse::<u64>().ok()?, last.parse::<u64>().ok()?)));
    ends.is_some_and(|(first, last)| last + 1 - first == 64 << 10)
}

/// Spoils what an answer says to pages of other origins.
pub(crate) fn spoil_answer(app: &App, mut answer: Answer, headers: &HeaderMap) -> Answer {
    match app.config.lie {
        Some(Lie::DownloadNoCors) => {
            answer.headers.remove(ACCESS_CONTROL_ALLOW_ORIGIN);
            answer.headers.remove(ACCESS_CONTROL_EXPOSE_HEADERS);
        }
        Some(Lie::DownloadHidesContentRange) => {
            answer.headers.remove(ACCESS_CONTROL_EXPOSE_HEADERS);
        }
        Some(Lie::DownloadCorsOnlyOn200) if answer.status != StatusCode::OK => {
            answer.headers.remove(ACCESS_CONTROL_ALLOW_ORIGIN);
        }
        Some(Lie::DownloadEchoesOrigin) => {
            if let Some(origin) = headers.get(ORIGIN) {
                answer.headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
            }
        }
        _ => {}
    }
    answer
}

/// Whether a page of another origin is asked to sign in before it may ask.
pub(crate) fn refuses_preflight(app: &App) -> bool {
    app.config.lie == Some(Lie::DownloadPreflightNeedsLogin)
}
