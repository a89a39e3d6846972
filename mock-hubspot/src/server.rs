//! The way of a request: written down raw, recognised, struck by the weather, let in, answered.
//!
//! The only place that knows sockets of the fake HubSpot. Read next: `routes.rs`, `handlers/mod.rs`, `control.rs`.

use crate::auth::{Identity, Strictness};
use crate::control;
use crate::exchange::{Headers, header};
use crate::handlers::{self, Answer, Asked};
use crate::journal::{Credential, Direction, Journal, Outcome, RawRequest, Ticket};
use crate::limits::{Counted, Quota};
use crate::portal::{Portal, PortalSetup};
use crate::refusal::{JSON, Refusal};
use crate::retrieval::Retriever;
use crate::routes::{self, Matched, Query};
use crate::scopes::{self, Need};
use crate::secrets::Secrets;
use crate::switches::{Presence, Switches, UntypedPut, WrongMethod};
use crate::weather::{Strike, Weather};
use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderName, HeaderValue, Request, StatusCode};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use hyper::body::{Body as _, Incoming};
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::{JoinHandle, JoinSet};

/// The longest body that is taken in.
const LONGEST_BODY: usize = 1024 * 1024;
const HEADER_LIMIT: usize = 64 * 1024;
/// Also how long a connection may idle between requests.
const HEADERS_WITHIN: Duration = Duration::from_mins(2);
const BODY_WITHIN: Duration = Duration::from_secs(30);
const FAREWELL: Duration = Duration::from_secs(5);
const MOST_CONNECTIONS: usize = 512;

/// A running fake HubSpot; it stops when it is dropped.
#[derive(Debug)]
pub struct MockHubSpot {
    address: SocketAddr,
    url: String,
    shared: Arc<Shared>,
    stop: watch::Sender<bool>,
    accepting: JoinHandle<()>,
}

/// How a fake HubSpot is to be started.
#[derive(Debug)]
pub struct Builder {
    portal: PortalSetup,
    strict: bool,
    switches: Switches,
    listen: SocketAddr,
    secrets: Secrets,
    retrieval: bool,
}

pub(crate) struct Shared {
    pub(crate) portal: Portal,
    pub(crate) journal: Journal,
    pub(crate) weather: Weather,
    secrets: Secrets,
    switches: Switches,
    strictness: Strictness,
    retriever: Option<Retriever>,
    retrievals: Mutex<JoinSet<()>>,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared").field("portal", &self.portal).finish_non_exhaustive()
    }
}

impl Builder {
    /// The portal that is pretended.
    #[must_use]
    pub fn portal(mut self, portal: PortalSetup) -> Self {
        self.portal = portal;
        self
    }

    /// Whether credentials are taken as HubSpot takes them, or any will do.
    #[must_use]
    pub fn strict(mut self, strict: bool) -> Self {
        self.strict = strict;
        self
    }

    /// What is done where HubSpot's behaviour is not known.
    #[must_use]
    pub fn switches(mut self, switches: Switches) -> Self {
        self.switches = switches;
        self
    }

    /// Where to listen; port 0 is any free one.
    #[must_use]
    pub fn listen(mut self, address: SocketAddr) -> Self {
        self.listen = address;
        self
    }

    /// Secrets that others know of; shared from now on.
    #[must_use]
    pub fn secrets(mut self, secrets: Secrets) -> Self {
        self.secrets = secrets;
        self
    }

    /// Whether recordings are fetched when they are marked as ready.
    #[must_use]
    pub fn retrieval(mut self, retrieval: bool) -> Self {
        self.retrieval = retrieval;
        self
    }

    /// Binds and serves.
    pub async fn start(self) -> std::io::Result<MockHubSpot> {
        let listener = TcpListener::bind(self.listen).await?;
        let address = listener.local_addr()?;
        for credential in self.portal.credentials() {
            self.secrets.know(credential);
        }
        let portal = Portal::new(self.portal);
        let journal = Journal::new(self.secrets.clone());
        let retriever = if self.retrieval {
            let (portal, journal) = (portal.clone(), journal.clone());
            Some(Retriever::new(portal, journal, self.secrets.clone(), self.switches)?)
        } else {
            None
        };
        let shared = Arc::new(Shared {
            weather: Weather::new(portal.clone()),
            portal,
            journal,
            secrets: self.secrets,
            switches: self.switches,
            strictness: if self.strict { Strictness::Strict } else { Strictness::Friendly },
            retriever,
            retrievals: Mutex::default(),
        });
        let stop = watch::Sender::new(false);
        let accepting = tokio::spawn(accept(listener, Arc::clone(&shared), stop.subscribe()));
        Ok(MockHubSpot { address, url: format!("http://{address}"), shared, stop, accepting })
    }
}

impl MockHubSpot {
    /// The default portal, friendly, on any free port of the loopback.
    pub fn builder() -> Builder {
        Builder {
            portal: PortalSetup::default(),
            strict: false,
            switches: Switches::default(),
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            secrets: Secrets::new(),
            retrieval: true,
        }
    }

    /// Starts with the defaults.
    pub async fn start() -> std::io::Result<Self> {
        Self::builder().start().await
    }

    /// `http://127.0.0.1:PORT`
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.address
    }

    /// Its portal.
    pub fn portal(&self) -> &Portal {
        &self.shared.portal
    }

    /// Its journal.
    pub fn journal(&self) -> &Journal {
        &self.shared.journal
    }

    /// Its weather.
    pub fn weather(&self) -> &Weather {
        &self.shared.weather
    }

    /// What it knows to be secret.
    pub fn secrets(&self) -> &Secrets {
        &self.shared.secrets
    }

    /// Asks without a socket, as whoever has a hundred thousand questions; the mock's own `/_mock` is not to be had here.
    ///
    /// `None` where the weather cut the connection.
    pub async fn ask(&self, request: Request<Bytes>) -> Option<http::Response<Bytes>> {
        let (parts, body) = request.into_parts();
        let trouble = (body.len() > LONGEST_BODY).then(Refusal::too_large);
        let response = attend(Arc::clone(&self.shared), &parts, &body, trouble).await.ok()?;
        let (parts, body) = response.into_parts();
        let body = body.collect().await.ok()?.to_bytes();
        Some(http::Response::from_parts(parts, body))
    }

    /// Answers what has arrived, then stops.
    pub async fn stop(mut self) {
        self.stop.send_replace(true);
        let _ = tokio::time::timeout(FAREWELL, &mut self.accepting).await;
        self.shared.retrievals().abort_all();
    }
}

impl Drop for MockHubSpot {
    fn drop(&mut self) {
        self.accepting.abort();
        self.shared.retrievals().abort_all();
    }
}

/// Accepts until told to stop, then waits for the connections that are open.
async fn accept(listener: TcpListener, shared: Arc<Shared>, mut stop: watch::Receiver<bool>) {
    let mut connections = JoinSet::new();
    let room = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stop.changed() => break,
            Some(_) = connections.join_next() => continue,
        };
        match accepted {
            Ok((stream, _)) => {
                let Ok(place) = Arc::clone(&room).acquire_owned().await else { break };
                let (shared, stop) = (Arc::clone(&shared), stop.clone());
                connections.spawn(async move {
                    connection(stream, shared, stop).await;
                    drop(place);
                });
            }
            Err(error) => {
                tracing::warn!("a connection could not be accepted: {error}");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
    drop(listener);
    while connections.join_next().await.is_some() {}
}

async fn connection(stream: TcpStream, shared: Arc<Shared>, mut stop: watch::Receiver<bool>) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!("TCP_NODELAY: {error}");
    }
    let service = service_fn(move |request| serve(Arc::clone(&shared), request));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADERS_WITHIN)
        .max_buf_size(HEADER_LIMIT)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = std::pin::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        _ = stop.changed() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!("a connection ended: {error}");
    }
}

/// The weather cut the connection: hyper closes it without a byte.
#[derive(Debug)]
struct Cut;

impl std::fmt::Display for Cut {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the weather cut the connection")
    }
}

impl std::error::Error for Cut {}

async fn serve(shared: Arc<Shared>, request: Request<Incoming>) -> Result<Response, Cut> {
    if control::is_meant(request.uri().path()) {
        let router = TowerToHyperService::new(control::router(shared));
        return match router.call(request).await {
            Ok(response) => Ok(response),
            Err(never) => match never {},
        };
    }
    let (parts, body) = request.into_parts();
    let (body, trouble) = take_in(body).await;
    attend(shared, &parts, &body, trouble).await
}

async fn attend(
    shared: Arc<Shared>,
    parts: &Parts,
    body: &[u8],
    trouble: Option<Refusal>,
) -> Result<Response, Cut> {
    let target = parts.uri.path_and_query().map_or_else(|| parts.uri.to_string(), ToString::to_string);
    let headers: Headers = parts
        .headers
        .iter()
        .map(|(n, v)| (n.as_str().to_owned(), String::from_utf8_lossy(v.as_bytes()).into_owned()))
        .collect();
    let raw = RawRequest { method: parts.method.as_str(), target: &target, headers: headers.clone(), body };
    let ticket = shared.journal.open(Direction::Arrived, raw, None);
    let mut visit = Visit { shared, ticket };
    if let Some(refusal) = trouble {
        return Ok(visit.refuse(&refusal, Outcome::Refused(refusal.message.clone())));
    }
    visit.answer(parts.method.as_str(), &parts.uri, &headers, body).await
}

/// The body, or as much of it as came, and why it is not all.
async fn take_in(body: Incoming) -> (Bytes, Option<Refusal>) {
    // Who says beforehand that it is too much need not send it.
    if body.size_hint().lower() > LONGEST_BODY as u64 {
        return (Bytes::new(), Some(Refusal::too_large()));
    }
    match tokio::time::timeout(BODY_WITHIN, Limited::new(body, LONGEST_BODY).collect()).await {
        Ok(Ok(whole)) => (whole.to_bytes(), None),
        Ok(Err(error)) if error.is::<LengthLimitError>() => (Bytes::new(), Some(Refusal::too_large())),
        Ok(Err(_)) => (Bytes::new(), Some(Refusal::new(400, "the request's body broke off"))),
        Err(_) => (Bytes::new(), Some(Refusal::too_slow())),
    }
}

/// One request that is written down and waits for its answer.
struct Visit {
    shared: Arc<Shared>,
    ticket: Ticket,
}

impl Visit {
    async fn answer(
        &mut self,
        method: &str,
        uri: &http::Uri,
        headers: &Headers,
        body: &[u8],
    ) -> Result<Response, Cut> {
        let shared = Arc::clone(&self.shared);
        let query = Query::parse(uri.query().unwrap_or_default());
        let identity = Identity::of(headers, &query, &shared.portal);
        shared.journal.note_credential(self.ticket, identity.credential);
        let (route, params) = match routes::find(method, uri.path()) {
            Matched::Found(route, params) => (route, params),
            Matched::WrongMethod(allowed) => {
                let refusal = match shared.switches.wrong_method {
                    WrongMethod::MethodNotAllowed => Refusal::wrong_method(&allowed),
                    WrongMethod::NotFound => Refusal::no_route(),
                };
                return Ok(self.refuse(&refusal, Outcome::Unmatched));
            }
            Matched::Miss => {
                let refusal = match shared.switches.untyped_put {
                    UntypedPut::MethodNotAllowed if routes::is_untyped_link(method, uri.path()) => {
                        Refusal::wrong_method(&["GET"])
                    }
                    UntypedPut::BadRequest if routes::is_untyped_link(method, uri.path()) => {
                        Refusal::no_body()
                    }
                    _ => Refusal::no_route(),
                };
                return Ok(self.refuse(&refusal, Outcome::Unmatched));
            }
        };
        let host = header(headers, "host").unwrap_or("api.hubapi.com");
        let asked = Asked {
            route,
            params: &params,
            query: &query,
            content_type: header(headers, "content-type"),
            body,
            url: &format!("http://{host}{}", uri.path()),
            portal: &shared.portal,
            switches: &shared.switches,
            strictness: shared.strictness,
        };
        let subject = asked.subject();
        shared.journal.recognise(self.ticket, route.operation, route.version, &params, subject.call_id);
        match shared.weather.strike(route.operation, &subject, &identity) {
            None => {}
            Some(Strike::Delayed { ms }) => tokio::time::sleep(Duration::from_millis(ms)).await,
            Some(strike) => return self.strike(strike),
        }
        let need = scopes::need(route, &params);
        let allowed = match shared.strictness {
            Strictness::Strict => identity.allows(&need, method, &shared.switches),
            Strictness::Friendly => Ok(()),
        };
        let counted = match need {
            Need::Nothing => Counted::Free,
            _ if route.template.ends_with("/search") => Counted::Search,
            _ => Counted::Call,
        };
        let counting = || shared.weather.count(&identity, counted, shared.switches.rate_limit_headers);
        let answer = allowed.and_then(|()| counting()).and_then(|quota| match handlers::answer(&asked) {
            Ok(answer) => Ok((answer, quota)),
            Err(refusal) => Err(quota.into_iter().fold(refusal, |r, (name, value)| r.header(name, value))),
        });
        Ok(match answer {
            Ok((answer, quota)) => self.serve(answer, quota),
            Err(refusal) => self.refuse(&refusal, Outcome::Refused(refusal.message.clone())),
        })
    }

    fn strike(&self, strike: Strike) -> Result<Response, Cut> {
        let outcome = Outcome::Weather(strike.name().to_owned());
        if strike == Strike::ExpiredToken {
            self.shared.journal.note_credential(self.ticket, Credential::ExpiredToken);
        }
        if let Some(refusal) = strike.refusal() {
            return Ok(self.refuse(&refusal, outcome));
        }
        self.shared.journal.close(self.ticket, None, outcome, None);
        Err(Cut)
    }

    fn serve(&self, answer: Answer, mut quota: Quota) -> Response {
        if let Some(call) = answer.call_id.and_then(|id| self.shared.portal.call(id)) {
            // They come back as a segment of a path, where they could be mistaken for tokens.
            for name in ["hs_call_external_id", "hs_call_external_account_id"] {
                call.properties.get(name).inspect(|id| self.shared.secrets.spare(id));
            }
        }
        if let Some(call_id) = answer.ready {
            self.shared.fetch_recording(call_id);
        }
        if let Some(token) = answer.body.as_ref().and_then(|b| b["access_token"].as_str()) {
            self.shared.secrets.know(token);
        }
        quota.extend(answer.headers);
        let body = answer.body.map(|json| (JSON, json.to_string()));
        self.reply(answer.status, body, quota, Outcome::Served, answer.call_id)
    }

    fn refuse(&self, refusal: &Refusal, outcome: Outcome) -> Response {
        let body = refusal.write(&correlation_id(self.ticket.number));
        let mut headers = refusal.headers.clone();
        if refusal.status == 429 && self.shared.switches.retry_after == Presence::Present {
            let wait = if refusal.message.contains("ten_secondly") { "10" } else { "1" };
            headers.push(("Retry-After", wait.into()));
        }
        self.reply(refusal.status, Some(body), headers, outcome, None)
    }

    /// Writes the reply down, then sends it.
    fn reply(
        &self,
        status: u16,
        body: Option<(&'static str, String)>,
        more: Vec<(&'static str, String)>,
        outcome: Outcome,
        call_id: Option<u64>,
    ) -> Response {
        let mut headers: Headers =
            vec![("x-hubspot-correlation-id".into(), correlation_id(self.ticket.number))];
        headers.extend(body.iter().map(|(media_type, _)| ("content-type".into(), (*media_type).into())));
        headers.extend(more.into_iter().map(|(name, value)| (name.to_lowercase(), value)));
        let text = body.map(|(_, text)| text).unwrap_or_default();
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        for (name, value) in &headers {
            if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), HeaderValue::from_str(value)) {
                response.headers_mut().append(name, value);
            }
        }
        self.shared.journal.answer(self.ticket, status, headers, text.as_bytes(), outcome, call_id);
        *response.body_mut() = Body::from(text);
        response
    }
}

impl Shared {
    fn retrievals(&self) -> std::sync::MutexGuard<'_, JoinSet<()>> {
        self.retrievals.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn fetch_recording(&self, call_id: u64) {
        let Some(retriever) = self.retriever.clone() else { return };
        let mut running = self.retrievals();
        while running.try_join_next().is_some() {}
        running.spawn(retriever.retrieve(call_id));
    }

    /// Back to the beginning: portal, journal and weather.
    pub(crate) fn reset(&self) {
        self.retrievals().abort_all();
        self.portal.reset();
        self.weather.reset();
        self.journal.reset();
    }
}

/// A UUID that says which exchange it belongs to, the same in every run.
fn correlation_id(number: u64) -> String {
    format!("0190c0de-0000-7000-8000-{:012x}", number & 0xffff_ffff_ffff)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_correlation_id_is_a_uuid_of_the_exchange_s_number() {
        assert_eq!(correlation_id(26), "0190c0de-0000-7000-8000-00000000001a");
    }
}
