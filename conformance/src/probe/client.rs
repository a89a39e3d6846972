//! One request and all that comes of it: redirects, waits, the body, secrets. Nothing that an integration sends may hang
//! it, stop it, or fill its memory.
//!
//! It writes down and judges nothing. Read next: `reading.rs` (how an answer is read), `address.rs` (what is never asked).

use super::body::{Buffers, Finished, Spooled};
use super::manners::Fields;
use super::{ProbeContext, Way, address, words};
use crate::evidence::{Answer, Exchange, Hop, Outcome, Probe, Received, Step, Timing};
use crate::patience::Patience;
use mock_hubspot::exchange::{Body, Headers, Request};
use mock_hubspot::secrets::Secrets;
use reqwest::Response;
use reqwest::header::{self, HeaderMap, HeaderName, HeaderValue};
use std::fs::File;
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout_at};
use url::Url;

/// Redirects that are followed.
const REDIRECTS: usize = 5;
/// Header fields are kept up to this many bytes together.
const HEADERS_AT_MOST: usize = 64 << 10;
/// How often an integration that asks for patience is asked again.
const POLITE_TRIES: u32 = 3;

/// What to ask.
#[derive(Clone)]
pub(super) struct Ask<'a> {
    pub(super) probe: Probe,
    pub(super) case: String,
    pub(super) step: Option<Step>,
    pub(super) url: &'a str,
    pub(super) headers: Fields,
    pub(super) reading: Reading<'a>,
}

/// What to do with the body.
#[derive(Clone, Copy)]
pub(super) enum Reading<'a> {
    /// The endpoint's answer: kept.
    Endpoint,
    /// Compared with the recording, up to a limit.
    Compare(&'a Spooled, u64),
    /// Written to a file.
    Spool(&'a File),
    /// Hashed, up to a limit.
    Hash(u64),
}

/// What came of asking. Only `exchange` is evidence: the other members hold secrets.
pub(super) struct Heard {
    /// The evidence, without its number.
    pub(super) exchange: Exchange,
    /// The endpoint's answer itself.
    pub(super) kept: Vec<u8>,
    /// The SHA-256 of a body that was hashed.
    pub(super) sha256: Option<String>,
    /// The answer's header fields as they came.
    pub(super) fields: HeaderMap,
    /// The address that answered, after redirects.
    pub(super) url: String,
    /// Whether a wait expired.
    pub(super) waited_in_vain: bool,
    /// Whether the answer came over HTTP/2.
    pub(super) http2: bool,
    /// What kept us from taking the answer in, where that was our own disk: nothing is to be judged by it.
    pub(super) our_fault: Option<String>,
}

impl Heard {
    /// Whether the integration asked not to be asked so often: 429, or 503 that says when to come back.
    pub(super) fn is_throttled(&self) -> bool {
        match self.exchange.answer().map(|answer| answer.status) {
            Some(429) => true,
            Some(503) => self.fields.contains_key(header::RETRY_AFTER),
            _ => false,
        }
    }
    /// A header field as it came, if it is text.
    pub(super) fn field(&self, name: HeaderName) -> Option<&str> {
        self.fields.get(name)?.to_str().ok()
    }
}

/// The protocol that is offered to the integration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Protocol {
    Http1,
    /// By ALPN, so over TLS alone.
    Http2,
}

/// Asks the integration.
pub(super) struct Client {
    http: reqwest::Client,
    /// For the raw reader.
    pub(super) way: Way,
    pub(super) secrets: Secrets,
    pub(super) patience: Patience,
    pub(super) buffers: Buffers,
}

/// Why there is no answer.
struct Silence {
    reason: String,
    waited: bool,
}

impl Silence {
    fn because(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), waited: false }
    }
}

impl Client {
    /// A client with the waits and secrets of this context.
    pub(super) fn new(ctx: &ProbeContext) -> Result<Self, String> {
        Self::speaking(ctx, Protocol::Http1)
    }

    /// One that speaks this protocol, where it is offered.
    pub(super) fn speaking(ctx: &ProbeContext, protocol: Protocol) -> Result<Self, String> {
        let builder = || {
            let builder = match protocol {
                Protocol::Http1 => ctx.way.client().http1_only().http1_title_case_headers(),
                Protocol::Http2 => ctx.way.client(),
            };
            builder
                .redirect(reqwest::redirect::Policy::none())
                .referer(false)
                .tcp_nodelay(true)
                .dns_resolver(address::Resolver)
        };
        // Without any certificates on this machine http:// can still be asked.
        let http = builder().build().or_else(|_| builder().tls_certs_only(std::iter::empty()).build());
        let http = http.map_err(|e| format!("no HTTP client can be made: {}", words::of(&e)))?;
        Ok(Self {
            http,
            way: ctx.way.clone(),
            secrets: ctx.secrets.clone(),
            patience: ctx.patience,
            buffers: Buffers::default(),
        })
    }

    /// Asks, and asks again while the integration asks for patience.
    pub(super) async fn ask_politely(&self, ask: Ask<'_>) -> Heard {
        for _ in 1..POLITE_TRIES {
            let heard = self.ask(ask.clone()).await;
            if !heard.is_throttled() {
                return heard;
            }
            let asked_for = heard.field(header::RETRY_AFTER).and_then(|v| v.trim().parse().ok());
            let pause = Duration::from_secs(asked_for.unwrap_or(1));
            sleep(pause.min(self.patience.stall)).await;
        }
        self.ask(ask).await
    }

    /// Asks once, follows redirects, and reads the answer.
    pub(super) async fn ask(&self, ask: Ask<'_>) -> Heard {
        let sent = Instant::now();
        let mut url = ask.url.to_owned();
        let mut hops = Vec::new();
        let answered = self.follow(&ask, &mut url, &mut hops).await;
        let first_byte = sent.elapsed();
        let (mut kept, mut sha256, mut fields, mut waited_in_vain) =
            (Vec::new(), None, HeaderMap::new(), false);
        let (mut http2, mut our_fault) = (false, None);
        let outcome = match answered {
            Err(silence) => {
                waited_in_vain = silence.waited;
                Outcome::Failed(self.secrets.cut_text(&silence.reason))
            }
            Ok(response) => {
                let status = response.status().as_u16();
                fields = response.headers().clone();
                http2 = response.version() == reqwest::Version::HTTP_2;
                match self.read(&ask, response).await {
                    Err(error) => {
                        let reason = super::download::unspooled(&error);
                        our_fault = Some(reason.clone());
                        Outcome::Failed(reason)
                    }
                    Ok((finished, end, waited)) => {
                        waited_in_vain = waited;
                        let Finished { length, content, kept: body, sha256: hash } = finished;
                        (kept, sha256) = (body, hash);
                        let headers = self.secrets.cut_headers(bounded(&fields));
                        let headers = self.cut_locations(headers);
                        Outcome::Answered(Answer { status, headers, body: Received { length, end, content } })
                    }
                }
            }
        };
        let is_endpoint = matches!(ask.reading, Reading::Endpoint) && hops.is_empty();
        let target =
            if is_endpoint { self.secrets.cut_url(&url) } else { self.secrets.cut_recording_url(&url) };
        let headers = ask.headers.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
        let exchange = Exchange {
            number: 0,
            call: 0,
            probe: ask.probe,
            case: ask.case,
            step: ask.step,
            request: Request {
                method: "GET".into(),
                target,
                headers: self.secrets.cut_headers(headers),
                body: Body::Empty,
            },
            hops,
            outcome,
            timing: Timing { first_byte_ms: ms(first_byte), total_ms: ms(sent.elapsed()) },
        };
        Heard { exchange, kept, sha256, fields, url, waited_in_vain, http2, our_fault }
    }

    fn cut_locations(&self, mut headers: Headers) -> Headers {
        let is_url = |name: &str| {
            name.eq_ignore_ascii_case("location") || name.eq_ignore_ascii_case("content-location")
        };
        for (_, value) in headers.iter_mut().filter(|(name, _)| is_url(name)) {
            *value = self.secrets.cut_recording_url(value).into();
        }
        headers
    }

    /// Sends the request, and again wherever it is redirected: the same header fields each time (RFC 9110 §15.4). None
    /// of them is a credential.
    async fn follow(
        &self,
        ask: &Ask<'_>,
        url: &mut String,
        hops: &mut Vec<Hop>,
    ) -> Result<Response, Silence> {
        let headers = header_map(&ask.headers);
        let mut visited = vec![url.clone()];
        loop {
            let parsed = Url::parse(url)
                .map_err(|e| Silence::because(format!("not an address that can be asked: {e}")))?;
            if !matches!(parsed.scheme(), "http" | "https") {
                return Err(Silence::because(format!(
                    "not an http address: its scheme is `{}`",
                    parsed.scheme()
                )));
            }
            if let Some(refusal) = address::refusal(&parsed) {
                return Err(Silence::because(refusal));
            }
            let response = self.send(&parsed, &headers).await?;
            let status = response.status().as_u16();
            let location = response.headers().get(header::LOCATION).cloned();
            let (301 | 302 | 303 | 307 | 308, Some(location)) = (status, location) else {
                return Ok(response);
            };
            let location = String::from_utf8_lossy(location.as_bytes()).into_owned();
            self.secrets.learn_url(&location);
            let cut = if hops.is_empty() && matches!(ask.reading, Reading::Endpoint) {
                self.secrets.cut_url(url)
            } else {
                self.secrets.cut_recording_url(url)
            };
            let hop = Hop { url: cut, status, location: self.secrets.cut_recording_url(&clipped(&location)) };
            hops.push(hop);
            let next = parsed
                .join(&location)
                .map_err(|_| Silence::because("redirect to something that is no address".to_owned()))?;
            if !matches!(next.scheme(), "http" | "https") {
                return Err(Silence::because(format!("redirect to another scheme: `{}`", next.scheme())));
            }
            *url = next.into();
            if visited.contains(url) {
                return Err(Silence::because("redirect loop: an address that was asked already comes again"));
            }
            if hops.len() > REDIRECTS {
                return Err(Silence::because(format!("redirect loop: more than {REDIRECTS} redirects")));
            }
            visited.push(url.clone());
        }
    }

    /// Sends one request. A connection that was closed before a byte of the answer came is tried once more, as browsers
    /// do: it may have been closed while it was idle.
    async fn send(&self, url: &Url, headers: &HeaderMap) -> Result<Response, Silence> {
        let wait = self.patience.first_byte;
        let late = || Silence { reason: format!("no answer within {}", words::duration(wait)), waited: true };
        let deadline = Instant::now() + wait;
        let mut again = true;
        loop {
            let sending = self.http.get(url.clone()).headers(headers.clone()).send();
            match timeout_at(deadline, sending).await {
                Err(_) => return Err(late()),
                Ok(Ok(response)) => return Ok(response),
                Ok(Err(error)) if again && words::is_closed(&error) => again = false,
                Ok(Err(error)) => return Err(Silence::because(words::of(&error))),
            }
        }
    }
}

fn header_map(fields: &Fields) -> HeaderMap {
    let pairs = fields.iter().filter_map(|(name, value)| {
        Some((HeaderName::try_from(*name).ok()?, HeaderValue::try_from(value).ok()?))
    });
    pairs.collect()
}

/// Header fields as text, not more than a bounded amount of them.
fn bounded(fields: &HeaderMap) -> Headers {
    let mut left = HEADERS_AT_MOST;
    let mut all = Headers::new();
    for (name, value) in fields {
        let value = clipped(&String::from_utf8_lossy(value.as_bytes()));
        let Some(rest) = left.checked_sub(name.as_str().len() + value.len()) else { break };
        left = rest;
        all.push((name.as_str().into(), value.into()));
    }
    all
}

/// At most 8 KiB of a value.
fn clipped(value: &str) -> String {
    const AT_MOST: usize = 8 << 10;
    match value.char_indices().find(|(at, _)| *at >= AT_MOST) {
        Some((at, _)) => format!("{}… ({} bytes)", &value[..at], value.len()),
        None => value.to_owned(),
    }
}

fn ms(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1e6).round() / 1e3
}
