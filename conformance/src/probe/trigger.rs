//! Makes the integration act: the trigger's request, and whether it is up at all.

use futures_util::StreamExt;
use std::sync::LazyLock;
use std::time::Duration;

/// Bytes of an answer that are read.
const LIMIT: usize = 16 << 10;

static CLIENT: LazyLock<reqwest::Client> = LazyLock::new(|| {
    // Whoever embeds us may have chosen a provider already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .expect("a client without options of its own can be built")
});

/// What the trigger answered: its status, and the beginning of its body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Triggered {
    /// The status code.
    pub status: u16,
    /// At most 16 KiB of the body.
    pub body: String,
}

/// Whether a URL answers 2xx within a second; else why not.
pub async fn is_up(url: &str) -> Result<(), String> {
    let answer = CLIENT.get(url).timeout(Duration::from_secs(1)).send().await.map_err(|e| reason(&e))?;
    if answer.status().is_success() { Ok(()) } else { Err(format!("it answered {}", answer.status())) }
}

/// Sends the trigger's request. An error means that no answer came: why.
pub async fn send(
    method: &str,
    url: &str,
    headers: &[(String, String)],
    body: Option<String>,
    json: bool,
    wait: Duration,
) -> Result<Triggered, String> {
    let method = method.parse().map_err(|_| format!("{method:?} is not a method"))?;
    let mut request = CLIENT.request(method, url).timeout(wait);
    if json {
        request = request.header("content-type", "application/json");
    }
    for (name, value) in headers {
        request = request.header(name, value);
    }
    if let Some(body) = body {
        request = request.body(body);
    }
    let answer = request.send().await.map_err(|e| reason(&e))?;
    let status = answer.status().as_u16();
    let mut body = Vec::new();
    let mut stream = answer.bytes_stream();
    while let Some(Ok(piece)) = stream.next().await {
        body.extend_from_slice(&piece[..piece.len().min(LIMIT - body.len())]);
        if body.len() == LIMIT {
            break;
        }
    }
    Ok(Triggered { status, body: String::from_utf8_lossy(&body).into_owned() })
}

/// The innermost reason of a client's error, without the URL.
pub(crate) fn reason(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "no answer in time".to_owned();
    }
    let mut inner: &dyn std::error::Error = error;
    while let Some(source) = inner.source() {
        inner = source;
    }
    inner.to_string()
}
