//! Makes the integration act: the trigger's request, and whether it is up at all.

use super::Way;
use crate::tls;
use futures_util::StreamExt;
use std::time::Duration;

/// Bytes of an answer that are read.
const LIMIT: usize = 16 << 10;

/// Asks the integration for what belongs to no examination.
#[derive(Clone, Debug)]
pub struct Caller {
    http: reqwest::Client,
}

/// What the trigger answered: its status, and the beginning of its body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Triggered {
    /// The status code.
    pub status: u16,
    /// At most 16 KiB of the body.
    pub body: String,
}

impl Caller {
    /// One that goes this way. The error says why there is none.
    pub fn new(way: &Way) -> Result<Self, String> {
        let builder = || way.client(&[tls::HTTP_2, tls::HTTP_1]).redirect(reqwest::redirect::Policy::none());
        // Without any certificates on this machine http:// can still be asked.
        let http = builder().build().or_else(|_| builder().tls_certs_only(std::iter::empty()).build());
        Ok(Self { http: http.map_err(|e| format!("no HTTP client can be made: {}", reason(&e)))? })
    }

    /// Whether a URL answers 2xx within a second; else why not.
    pub async fn is_up(&self, url: &str) -> Result<(), String> {
        let request = self.http.get(url).timeout(Duration::from_secs(1));
        let answer = request.send().await.map_err(|e| reason(&e))?;
        if answer.status().is_success() { Ok(()) } else { Err(format!("it answered {}", answer.status())) }
    }

    /// Sends the trigger's request. An error means that no answer came: why.
    pub async fn send(
        &self,
        method: &str,
        url: &str,
        headers: &[(String, String)],
        body: Option<String>,
        json: bool,
        wait: Duration,
    ) -> Result<Triggered, String> {
        let method = method.parse().map_err(|_| format!("{method:?} is not a method"))?;
        let mut request = self.http.request(method, url).timeout(wait);
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
}

/// The innermost reason of a client's error, without the URL; where the two sides disagree about TLS, what to do.
pub(crate) fn reason(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "no answer in time".to_owned();
    }
    let mut inner: &dyn std::error::Error = error;
    while let Some(source) = inner.source() {
        inner = source;
    }
    let inner = inner.to_string();
    let plain = error.url().is_some_and(|url| url.scheme() == "http");
    if inner.contains("InvalidContentType") {
        "no TLS is spoken there (write http://, or give the integration {tls_cert} and {tls_key})".to_owned()
    } else if plain
        && ["connection closed before", "invalid HTTP version"].iter().any(|it| inner.contains(it))
    {
        format!("{inner} (does it speak https:// there?)")
    } else if inner.contains("CaUsedAsEndEntity") {
        "its certificate is one of an authority (CA:TRUE), and no server may show such a one; {tls_cert} and {tls_key} are sound"
            .to_owned()
    } else if inner.contains("invalid peer certificate") {
        format!(
            "{inner} ([network] ca_file names who signed it; or give the integration {{tls_cert}} and {{tls_key}})"
        )
    } else {
        inner
    }
}
