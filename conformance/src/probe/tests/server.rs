//! A tiny integration: an endpoint and a recording, with one fault.

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream::{self, StreamExt};
use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// What is wrong with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    None,
    /// The end of a closed range is taken as exclusive.
    EndExclusive,
    /// Bytes after a 64 KiB boundary that a range crosses are wrong.
    GarbledPast64KiB,
    /// The whole download never ends.
    NeverEnds,
    /// Range answers stop after a byte.
    Stalls,
    /// The recording redirects to itself.
    RedirectLoop,
    /// The recording redirects to a link-local address.
    LinkLocal,
    /// The recording redirects to a file.
    OtherScheme,
    /// The recording redirects twice, and then comes.
    Redirects,
    /// The endpoint answers with a page.
    NoJson,
    /// The endpoint's answer never ends.
    EndlessJson,
    /// The endpoint never answers.
    SilentEndpoint,
    /// The recording comes a byte at a time, without end.
    Drips,
    /// After sixty ranges it asks for patience.
    Throttles,
    /// Every third range is answered 200.
    Fickle,
    /// Suffixes are read as `0-n`.
    SuffixFromStart,
}

pub(super) struct Server {
    /// With its `%s`.
    pub(super) registered_url: String,
    /// Range headers in order of arrival.
    ranges: Arc<Mutex<Vec<String>>>,
    task: JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Server {
    pub(super) async fn start(fault: Fault, recording: Vec<u8>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let ranges = Arc::new(Mutex::new(Vec::new()));
        let (recording, seen, url) = (Bytes::from(recording), Arc::clone(&ranges), base.clone());
        let answer = move |request: Request| {
            let (recording, seen, url) = (recording.clone(), Arc::clone(&seen), url.clone());
            async move {
                let range = request.headers().get(header::RANGE).and_then(|v| v.to_str().ok());
                let count = {
                    let mut seen = seen.lock().unwrap();
                    seen.extend(range.map(str::to_owned));
                    seen.len()
                };
                match request.uri().path() {
                    path if fault == Fault::SilentEndpoint && path.starts_with("/endpoint/") => {
                        std::future::pending().await
                    }
                    path if path.starts_with("/endpoint/") => endpoint(fault, &url, &request),
                    _ if request.uri().query() != Some("signature=0123456789abcdef") => {
                        StatusCode::FORBIDDEN.into_response()
                    }
                    path => file(fault, path, &recording, request.headers(), count),
                }
            }
        };
        let task = tokio::spawn(async move {
            axum::serve(listener, Router::new().fallback(answer)).await.unwrap();
        });
        Self { registered_url: format!("{base}/endpoint/%s"), ranges, task }
    }

    pub(super) fn ranges(&self) -> Vec<String> {
        self.ranges.lock().unwrap().clone()
    }
}

fn endless(piece: &'static [u8]) -> Body {
    Body::from_stream(stream::repeat_with(move || Ok::<_, Infallible>(Bytes::from_static(piece))))
}

fn endpoint(fault: Fault, url: &str, request: &Request) -> Response {
    if fault == Fault::NoJson {
        return "<html>hello</html>".into_response();
    }
    if fault == Fault::EndlessJson {
        return endless(&[b' '; 4096]).into_response();
    }
    let known = request.uri().path() == "/endpoint/call%201"
        && request
            .uri()
            .query()
            .is_some_and(|q| q.contains("appId=101") && q.contains("externalAccountId=acc-1"));
    if !known {
        return StatusCode::NOT_FOUND.into_response();
    }
    let body = format!(r#"{{"authenticatedUrl":"{url}/recording?signature=0123456789abcdef"}}"#);
    ([(header::CONTENT_TYPE, "application/json")], body).into_response()
}

fn redirect(to: &str) -> Response {
    (StatusCode::FOUND, [(header::LOCATION, to.to_owned())]).into_response()
}

fn file(fault: Fault, path: &str, recording: &Bytes, headers: &HeaderMap, count: usize) -> Response {
    match (fault, path) {
        (Fault::RedirectLoop, _) => return redirect("/recording?signature=0123456789abcdef"),
        (Fault::LinkLocal, _) => return redirect("http://169.254.169.254/latest"),
        (Fault::OtherScheme, _) => return redirect("file:///etc/passwd"),
        (Fault::Redirects, "/recording") => return redirect("/second?signature=0123456789abcdef"),
        (Fault::Redirects, "/second") => return redirect("third?signature=0123456789abcdef"),
        _ => {}
    }
    let range = headers.get(header::RANGE).and_then(|v| v.to_str().ok());
    let other = headers.get(header::IF_RANGE).is_some_and(|tag| tag != "\"v1\"");
    let length = recording.len() as u64;
    let kind = (header::CONTENT_TYPE, "application/octet-stream".to_owned());
    let tag = (header::ETAG, "\"v1\"".to_owned());
    let Some(spec) = range.filter(|_| !other).and_then(|r| r.strip_prefix("bytes=")) else {
        if fault == Fault::NeverEnds {
            return endless(&[7; 16_384]).into_response();
        }
        return ([kind, tag], recording.clone()).into_response();
    };
    let Some((first, last)) = resolve(fault, spec, length) else {
        let claim = (header::CONTENT_RANGE, format!("bytes */{length}"));
        return (StatusCode::RANGE_NOT_SATISFIABLE, [claim]).into_response();
    };
    if fault == Fault::Throttles && count > 60 {
        return (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, "0")]).into_response();
    }
    if first == u64::MAX || (fault == Fault::Fickle && count.is_multiple_of(3)) {
        return ([kind, tag], recording.clone()).into_response();
    }
    let claim = (header::CONTENT_RANGE, format!("bytes {first}-{last}/{length}"));
    let mut body = recording.slice(first as usize..=last as usize);
    let boundary = (first / 65_536 + 1) * 65_536;
    if fault == Fault::GarbledPast64KiB && last >= boundary {
        let right = (boundary - first) as usize;
        body = body.iter().enumerate().map(|(at, b)| if at < right { *b } else { b ^ 0x55 }).collect();
    }
    let body = match fault {
        Fault::Stalls => {
            let first = body.slice(..1);
            Body::from_stream(stream::iter([Ok::<_, Infallible>(first)]).chain(stream::pending()))
        }
        Fault::Drips => {
            let pace = tokio::time::interval(Duration::from_millis(5));
            let piece = body.slice(..1);
            Body::from_stream(stream::unfold((pace, piece), |(mut pace, piece)| async move {
                pace.tick().await;
                Some((Ok::<_, Infallible>(piece.clone()), (pace, piece)))
            }))
        }
        _ => Body::from(body),
    };
    (StatusCode::PARTIAL_CONTENT, [kind, tag, claim], body).into_response()
}

/// `None` is 416; a first byte of `u64::MAX` is a header to ignore.
fn resolve(fault: Fault, spec: &str, length: u64) -> Option<(u64, u64)> {
    const IGNORED: Option<(u64, u64)> = Some((u64::MAX, 0));
    let Some((a, b)) = spec.split_once('-') else { return IGNORED };
    let plain = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if !plain(a) || !plain(b) || (a.is_empty() && b.is_empty()) {
        return IGNORED;
    }
    let (first, last) = match (a.parse::<u64>(), b.parse::<u64>()) {
        (Err(_), Ok(0)) => return None,
        (Err(_), Ok(n)) if fault == Fault::SuffixFromStart => (0, n),
        (Err(_), Ok(n)) => (length.saturating_sub(n), length - 1),
        (Ok(first), Err(_)) => (first, length - 1),
        (Ok(first), Ok(last)) if first > last => return IGNORED,
        (Ok(first), Ok(last)) if fault == Fault::EndExclusive && last > first => (first, last - 1),
        (Ok(first), Ok(last)) => (first, last),
        _ => return IGNORED,
    };
    (first < length).then(|| (first, last.min(length - 1)))
}
