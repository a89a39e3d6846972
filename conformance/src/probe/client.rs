//! One request and all that comes of it: redirects, waits, the body, secrets. Nothing that an integration sends may hang
//! it, stop it, or fill its memory.
//!
//! It writes down and judges nothing. Read next: `reading.rs` (how an answer is read), `address.rs` (what is never asked).

use super::body::{Buffers, Finished, Spooled};
use super::manners::{self, Fields};
use super::reply::Reply;
use super::straight::{Connections, Place};
use super::{ProbeContext, Way, address, words};
use crate::evidence::{Answer, End, Exchange, Hop, Outcome, Probe, Received, Step, Timing};
use crate::patience::Patience;
use crate::tls;
use mock_hubspot::exchange::{Body, Headers, Request};
use mock_hubspot::secrets::Secrets;
use reqwest::header::{self, HeaderMap, HeaderName};
use std::borrow::Cow;
use std::error::Error;
use std::fs::File;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
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
    /// Whether the integration asked not to be asked so often.
    pub(super) fn is_throttled(&self) -> bool {
        self.exchange.answer().is_some_and(|answer| pleads(answer.status, &self.fields))
    }
    /// A header field as it came, if it is text.
    pub(super) fn field(&self, name: HeaderName) -> Option<&str> {
        self.fields.get(name)?.to_str().ok()
    }
}

/// Whether an answer asks for patience: 429, or 503 that says when to come back.
fn pleads(status: u16, fields: &HeaderMap) -> bool {
    status == 429 || (status == 503 && fields.contains_key(header::RETRY_AFTER))
}

/// What came of asking, as it came. It holds secrets.
pub(super) struct Came {
    /// The address that answered, after redirects.
    url: String,
    hops: Vec<Hop>,
    answered: Result<Answered, Silence>,
    first_byte: Duration,
    total: Duration,
}

/// An answer whose body was read; the error is ours.
struct Answered {
    status: u16,
    fields: HeaderMap,
    http2: bool,
    read: io::Result<(Finished, End, bool)>,
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
    /// Where nothing more is needed than a connection; `None` where HTTP/2 is offered.
    straight: Option<Connections>,
    /// What was asked last, for it is often asked again.
    last: Mutex<Option<Arc<Target>>>,
    /// For the raw reader.
    pub(super) way: Way,
    pub(super) secrets: Secrets,
    pub(super) patience: Patience,
    pub(super) buffers: Buffers,
}

/// An address that is asked, taken apart.
struct Target {
    written: String,
    url: Url,
    /// Where it is, if it can be asked straight away.
    place: Option<Place>,
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
                Protocol::Http1 => ctx.way.client(&[tls::HTTP_1]).http1_only().http1_title_case_headers(),
                Protocol::Http2 => ctx.way.client(&[tls::HTTP_2, tls::HTTP_1]),
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
            straight: (protocol == Protocol::Http1).then(Connections::default),
            last: Mutex::default(),
            way: ctx.way.clone(),
            secrets: ctx.secrets.clone(),
            patience: ctx.patience,
            buffers: Buffers::default(),
        })
    }

    /// Asks, and asks again while the integration asks for patience.
    pub(super) async fn ask_politely(&self, ask: Ask<'_>) -> Heard {
        let came = self.fetch_politely(&ask).await;
        self.told(ask, came)
    }

    /// Asks once, follows redirects, and reads the answer.
    pub(super) async fn ask(&self, ask: Ask<'_>) -> Heard {
        let came = self.fetch(&ask).await;
        self.told(ask, came)
    }

    /// The same as [`Self::ask_politely`], for whoever has something to do before it is told.
    pub(super) async fn fetch_politely(&self, ask: &Ask<'_>) -> Came {
        for _ in 1..POLITE_TRIES {
            let came = self.fetch(ask).await;
            let Ok(Answered { status, fields, .. }) = &came.answered else { return came };
            if !pleads(*status, fields) {
                return came;
            }
            let asked_for =
                fields.get(header::RETRY_AFTER).and_then(|v| v.to_str().ok()?.trim().parse().ok());
            let pause = Duration::from_secs(asked_for.unwrap_or(1));
            sleep(pause.min(self.patience.stall)).await;
        }
        self.fetch(ask).await
    }

    async fn fetch(&self, ask: &Ask<'_>) -> Came {
        let sent = Instant::now();
        let mut url = ask.url.to_owned();
        let mut hops = Vec::new();
        let answered = self.follow(ask, &mut url, &mut hops).await;
        let came = Instant::now();
        let answered = match answered {
            Ok(Reply { status, http2, fields, body }) => {
                let read = self.read(ask, (status, &fields), body, came).await;
                Ok(Answered { status, fields, http2, read })
            }
            Err(silence) => Err(silence),
        };
        Came { url, hops, answered, first_byte: came - sent, total: sent.elapsed() }
    }

    /// Tells what came, secrets cut.
    pub(super) fn told(&self, ask: Ask<'_>, came: Came) -> Heard {
        let Came { url, hops, answered, first_byte, total } = came;
        let (mut kept, mut sha256, mut fields, mut waited_in_vain) =
            (Vec::new(), None, HeaderMap::new(), false);
        let (mut http2, mut our_fault) = (false, None);
        let outcome = match answered {
            Err(silence) => {
                waited_in_vain = silence.waited;
                Outcome::Failed(self.secrets.cut_text(&silence.reason))
            }
            Ok(answered) => {
                (fields, http2) = (answered.fields, answered.http2);
                match answered.read {
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
                        let body = Received { length, end, content };
                        Outcome::Answered(Answer { status: answered.status, headers, body })
                    }
                }
            }
        };
        let is_endpoint = matches!(ask.reading, Reading::Endpoint) && hops.is_empty();
        let target =
            if is_endpoint { self.secrets.cut_url(&url) } else { self.secrets.cut_recording_url(&url) };
        let headers = ask.headers.into_iter().map(manners::kept);
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
            timing: Timing { first_byte_ms: ms(first_byte), total_ms: ms(total) },
        };
        Heard { exchange, kept, sha256, fields, url, waited_in_vain, http2, our_fault }
    }

    fn cut_locations(&self, mut headers: Headers) -> Headers {
        let is_url = |name: &str| {
            name.eq_ignore_ascii_case("location") || name.eq_ignore_ascii_case("content-location")
        };
        for (_, value) in headers.to_mut().iter_mut().filter(|(name, _)| is_url(name)) {
            *value = self.secrets.cut_recording_url(value).into();
        }
        headers
    }

    /// Sends the request, and again wherever it is redirected: the same header fields each time (RFC 9110 §15.4). None
    /// of them is a credential.
    async fn follow(&self, ask: &Ask<'_>, url: &mut String, hops: &mut Vec<Hop>) -> Result<Reply, Silence> {
        let mut visited = Vec::new();
        loop {
            let target = self.target(url)?;
            let parsed = &target.url;
            if !matches!(parsed.scheme(), "http" | "https") {
                return Err(Silence::because(format!(
                    "not an http address: its scheme is `{}`",
                    parsed.scheme()
                )));
            }
            if let Some(refusal) = address::refusal(parsed) {
                return Err(Silence::because(refusal));
            }
            let reply = self.send(&target, &ask.headers).await?;
            let status = reply.status;
            let location = reply.fields.get(header::LOCATION).cloned();
            let (301 | 302 | 303 | 307 | 308, Some(location)) = (status, location) else {
                return Ok(reply);
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
            visited.push(std::mem::replace(url, next.into()));
            if visited.contains(url) {
                return Err(Silence::because("redirect loop: an address that was asked already comes again"));
            }
            if hops.len() > REDIRECTS {
                return Err(Silence::because(format!("redirect loop: more than {REDIRECTS} redirects")));
            }
        }
    }

    /// Sends one request. A connection that was closed before a byte of the answer came is tried once more, as browsers
    /// do: it may have been closed while it was idle.
    async fn send(&self, target: &Target, headers: &Fields) -> Result<Reply, Silence> {
        let wait = self.patience.first_byte;
        let late = || Silence { reason: format!("no answer within {}", words::duration(wait)), waited: true };
        let deadline = Instant::now() + wait;
        let mut again = true;
        loop {
            match timeout_at(deadline, self.get(target, headers)).await {
                Err(_) => return Err(late()),
                Ok(Ok(response)) => return Ok(response),
                Ok(Err(error)) if again && words::is_closed(&*error) => again = false,
                Ok(Err(error)) => return Err(Silence::because(words::of(&*error))),
            }
        }
    }

    async fn get(&self, target: &Target, headers: &Fields) -> Result<Reply, Box<dyn Error + Send + Sync>> {
        if let (Some(connections), Some(place)) = (&self.straight, &target.place) {
            return connections.get(place, headers).await;
        }
        let headers = manners::pairs(headers).collect();
        Ok(Reply::general(self.http.get(target.url.clone()).headers(headers).send().await?))
    }

    fn target(&self, written: &str) -> Result<Arc<Target>, Silence> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(target) = last.as_ref().filter(|target| target.written == written) {
            return Ok(Arc::clone(target));
        }
        let url = Url::parse(written)
            .map_err(|e| Silence::because(format!("not an address that can be asked: {e}")))?;
        let place = Place::of(&url, &self.way);
        let target = Arc::new(Target { written: written.to_owned(), url, place });
        *last = Some(Arc::clone(&target));
        Ok(target)
    }
}

/// Header fields as text, not more than a bounded amount of them.
fn bounded(fields: &HeaderMap) -> Headers {
    let mut left = HEADERS_AT_MOST;
    let mut all = Vec::with_capacity(fields.len());
    for (name, value) in fields {
        let value = match std::str::from_utf8(value.as_bytes()) {
            Ok(value) if value.len() <= VALUE_AT_MOST => Cow::Borrowed(value),
            _ => clipped(&String::from_utf8_lossy(value.as_bytes())).into(),
        };
        let Some(rest) = left.checked_sub(name.as_str().len() + value.len()) else { break };
        left = rest;
        all.push((name.as_str().into(), value.into()));
    }
    all.into()
}

/// So many bytes of a value are kept.
const VALUE_AT_MOST: usize = 8 << 10;

fn clipped(value: &str) -> String {
    match value.char_indices().find(|(at, _)| *at >= VALUE_AT_MOST) {
        Some((at, _)) => format!("{}… ({} bytes)", &value[..at], value.len()),
        None => value.to_owned(),
    }
}

fn ms(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1e6).round() / 1e3
}
