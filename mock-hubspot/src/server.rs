//! The fake HubSpot as a server: it binds, accepts, takes bodies in, stops.
//!
//! The only place that knows its sockets. Read next: `visit.rs` (the way of a request), `control.rs`.

use crate::auth::Strictness;
use crate::connections::{Busy, Connections, IDLES_WITHIN, Place};
use crate::control::{self, Address, Site};
use crate::handout::Handouts;
use crate::isolated::{Isolated, IsolatedPortal, IsolationError};
use crate::journal::{Bounds, Journal};
use crate::line::Line;
use crate::portal::{Clock, Portal, PortalSetup};
use crate::proxy::Proxy;
use crate::refusal::Refusal;
use crate::retrieval::{Client, Waits};
use crate::secrets::Secrets;
pub(crate) use crate::shared::Shared;
use crate::shared::{FIRST, Manners};
use crate::spoken::{speak, with_host};
use crate::store::Store;
use crate::switches::Switches;
use crate::tls::{self, Tls};
use crate::transcription::Transcription;
use crate::visit::{Cut, attend};
use crate::weather::Weather;
use axum::response::Response;
use bytes::Bytes;
use futures_util::FutureExt as _;
use http::request::Parts;
use http::{Request, header};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use hyper::body::{Body as _, Incoming};
use hyper::service::service_fn;
use rustls::pki_types::CertificateDer;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::MissedTickBehavior;
use tokio_rustls::TlsAcceptor;
use url::Url;

/// The longest body that is taken in.
const LONGEST_BODY: usize = 1024 * 1024;
const BODY_WITHIN: Duration = Duration::from_secs(30);
/// So many bytes of a body that is too long are still read, and for so long.
const UNWANTED_BODY: usize = 4 * LONGEST_BODY;
const UNWANTED_WITHIN: Duration = Duration::from_secs(5);
const FAREWELL: Duration = Duration::from_secs(5);

/// A running fake HubSpot; it stops when it is dropped.
#[derive(Debug)]
pub struct MockHubSpot {
    address: SocketAddr,
    url: String,
    authority: Option<String>,
    shared: Arc<Shared>,
    stop: watch::Sender<bool>,
    accepting: JoinHandle<()>,
}

/// How a fake HubSpot is to be started.
#[derive(Debug)]
pub struct Builder {
    portal: Option<PortalSetup>,
    strict: bool,
    switches: Option<Switches>,
    listen: SocketAddr,
    secrets: Secrets,
    retrieval: bool,
    waits: Waits,
    trusted: Vec<CertificateDer<'static>>,
    proxy: Option<Proxy>,
    public_url: Option<Url>,
    tls: Option<Tls>,
    bounds: Bounds,
    store: Option<Store>,
}

impl Builder {
    /// The portal that is pretended.
    #[must_use]
    pub fn portal(mut self, portal: PortalSetup) -> Self {
        self.portal = Some(portal);
        self
    }

    /// Whether credentials are taken as HubSpot takes them, or any will do.
    #[must_use]
    pub fn strict(mut self, strict: bool) -> Self {
        self.strict = strict;
        self
    }

    /// What is done where HubSpot's behaviour is not known, whatever the portal says.
    #[must_use]
    pub fn switches(mut self, switches: Switches) -> Self {
        self.switches = Some(switches);
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

    /// How long its own side waits for the endpoint and the recording.
    #[must_use]
    pub fn waits(mut self, waits: Waits) -> Self {
        self.waits = waits;
        self
    }

    /// Certificates that its own side trusts besides those of this machine, when it asks the endpoint and the recording.
    #[must_use]
    pub fn trust(mut self, certificates: Vec<CertificateDer<'static>>) -> Self {
        self.trusted = certificates;
        self
    }

    /// The proxy through which its own side asks the endpoint and the recording; the environment's are never used.
    #[must_use]
    pub fn proxy(mut self, proxy: Option<Proxy>) -> Self {
        self.proxy = proxy;
        self
    }

    /// The base URL under which it is seen, where that is another one than where it listens: behind a proxy, in a container.
    #[must_use]
    pub fn public_url(mut self, url: Url) -> Self {
        self.public_url = Some(url);
        self
    }

    /// Serves HTTPS, by HTTP/2 or HTTP/1.1 as the client likes, instead of HTTP.
    #[must_use]
    pub fn tls(mut self, tls: Tls) -> Self {
        self.tls = Some(tls);
        self
    }

    /// How much the journal of each portal holds in memory.
    #[must_use]
    pub fn journal_bounds(mut self, bounds: Bounds) -> Self {
        self.bounds = bounds;
        self
    }

    /// Where everything is kept. What the store keeps already goes on from there; a portal that is given must be the one that
    /// it keeps.
    #[must_use]
    pub fn store(mut self, store: Store) -> Self {
        self.store = Some(store);
        self
    }

    /// Binds and serves.
    pub async fn start(self) -> std::io::Result<MockHubSpot> {
        let listener = TcpListener::bind(self.listen).await?;
        let address = listener.local_addr()?;
        let setup = match &self.store {
            Some(store) => store.setup_for(self.portal).map_err(std::io::Error::other)?,
            None => self.portal.unwrap_or_default(),
        };
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        let whereabouts = Address { bound: address, scheme, public_url: self.public_url };
        let prepared = self.tls.map(|tls| tls::prepare(&tls, whereabouts.names())).transpose();
        let (secure, authority) = prepared.map_err(std::io::Error::other)?.unzip();
        let secure = secure.map(TlsAcceptor::from);
        let kept = self.store.as_ref().map(Store::take_kept).unwrap_or_default();
        let strictness = if self.strict { Strictness::Strict } else { Strictness::Friendly };
        let client = self.retrieval.then(|| Client::new(self.waits, self.trusted, self.proxy)).transpose()?;
        let stop = watch::Sender::new(false);
        let site = Arc::new(Site {
            address: whereabouts,
            connections: Connections::default(),
            stopping: stop.subscribe(),
            strictness,
            bounds: self.bounds,
            waits: self.waits,
            client: client.map(Arc::new),
            store: self.store,
            isolated: Isolated::default(),
            handouts: Handouts::default(),
        });
        let manners = Manners { strictness, switches: self.switches, secrets: self.secrets };
        let mut kept = kept.into_iter();
        let shared = match kept.next() {
            Some(first) => Shared::resume(first, manners, Arc::clone(&site))?,
            None => Shared::begin(0, FIRST, setup, manners, Arc::clone(&site)),
        };
        for other in kept {
            site.isolated.resume(other, &site)?;
        }
        shared.settled().await.map_err(std::io::Error::other)?;
        let shared = Arc::new(shared);
        let accepting = tokio::spawn(accept(listener, secure, Arc::clone(&shared), stop.subscribe()));
        Ok(MockHubSpot {
            address,
            url: site.address.url(),
            authority: authority.flatten(),
            shared,
            stop,
            accepting,
        })
    }
}

impl MockHubSpot {
    /// The default portal, friendly, on any free port of the loopback.
    pub fn builder() -> Builder {
        Builder {
            portal: None,
            strict: false,
            switches: None,
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            secrets: Secrets::new(),
            retrieval: true,
            waits: Waits::default(),
            trusted: Vec::new(),
            proxy: None,
            public_url: None,
            tls: None,
            bounds: Bounds::default(),
            store: None,
        }
    }

    /// Starts with the defaults.
    pub async fn start() -> std::io::Result<Self> {
        Self::builder().start().await
    }

    /// `http://127.0.0.1:PORT`, `https://…` with TLS, or the URL that it was given to be seen under.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The authority that signed its certificate, in PEM, where it made that itself: whom clients are to trust.
    pub fn authority(&self) -> Option<&str> {
        self.authority.as_deref()
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

    /// The clock of its portal.
    pub fn clock(&self) -> &Clock {
        self.shared.portal.clock()
    }

    /// Makes a portal of its own: other credentials, ids, journal, weather and clock in the same process. A setup that is given
    /// needs credentials that no other portal has.
    pub async fn isolate(&self, setup: Option<PortalSetup>) -> Result<IsolatedPortal, IsolationError> {
        let isolated = self.shared.site.isolated.make(&self.shared, |own| setup.unwrap_or(own))?;
        isolated.shared.settled().await?;
        Ok(isolated)
    }

    /// What it knows to be secret.
    pub fn secrets(&self) -> &Secrets {
        &self.shared.secrets
    }

    /// Hands out the recordings of a folder, at [`handout::PATH`](crate::handout::PATH) and their names.
    pub fn hand_out(&self, folder: &std::path::Path) {
        self.shared.site.handouts.hand_out(folder);
    }

    /// What HubSpot's transcriber made of the recording of a call, as soon as that is known; it always ends, once the recording
    /// was marked as ready.
    pub async fn transcription(&self, call_id: u64, deadline: Duration) -> Option<Transcription> {
        self.shared.retriever.as_ref()?.transcriber().wait(call_id, deadline).await
    }

    /// Asks without a socket, as whoever has a hundred thousand questions; the mock's own `/_mock` is not to be had here.
    ///
    /// `None` where the weather cut the connection.
    pub async fn ask(&self, request: Request<Bytes>) -> Option<http::Response<Bytes>> {
        let (parts, body) = request.into_parts();
        let trouble = (body.len() > LONGEST_BODY).then(Refusal::too_large);
        let shared = of_request(Arc::clone(&self.shared), &parts, &body);
        let response = attend(shared, &parts, &body, trouble).await.ok()?;
        let (parts, body) = response.into_parts();
        let body = body.collect().await.ok()?.to_bytes();
        Some(http::Response::from_parts(parts, body))
    }

    /// Answers what has arrived, then stops.
    pub async fn stop(mut self) {
        self.stop.send_replace(true);
        let _ = tokio::time::timeout(FAREWELL, &mut self.accepting).await;
        self.shared.fetch_no_more();
        if let Some(store) = &self.shared.site.store {
            for shared in self.shared.site.isolated.all().iter().chain([&self.shared]) {
                // What fails now was told to whoever waited for it.
                let _ = shared.settled().await;
            }
            store.close().await;
        }
    }
}

impl Drop for MockHubSpot {
    fn drop(&mut self) {
        self.accepting.abort();
        self.shared.fetch_no_more();
        self.shared.site.isolated.clear();
    }
}

/// Accepts until told to stop, then waits for the connections that are open.
async fn accept(
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    shared: Arc<Shared>,
    mut stop: watch::Receiver<bool>,
) {
    let mut connections = JoinSet::new();
    let open = shared.site.connections.clone();
    let mut idling = tokio::time::interval(IDLES_WITHIN);
    idling.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stop.changed() => break,
            Some(_) = connections.join_next() => continue,
            _ = idling.tick() => {
                open.let_idlers_go();
                continue;
            }
        };
        match accepted {
            Ok((stream, _)) => {
                let place = tokio::select! {
                    place = open.enter() => Arc::new(place),
                    _ = stop.changed() => break,
                };
                connections.spawn(connection(stream, tls.clone(), Arc::clone(&shared), place));
            }
            Err(error) => {
                tracing::warn!("a connection could not be accepted: {error}");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
    drop(listener);
    open.let_all_go();
    while connections.join_next().await.is_some() {}
}

async fn connection(stream: TcpStream, tls: Option<TlsAcceptor>, shared: Arc<Shared>, place: Arc<Place>) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!("TCP_NODELAY: {error}");
    }
    let (line, doom) = Line::new(stream);
    let busy = Arc::clone(&place);
    let service = service_fn(move |request| {
        let answer = serve(Arc::clone(&shared), with_host(request));
        let (doom, busy) = (doom.clone(), Busy::with(&busy));
        async move {
            let answer = answer.await;
            drop(busy);
            if matches!(answer, Err(Cut::Reset)) {
                doom.pronounce();
            }
            answer
        }
    });
    speak(line, tls, service, &place).await;
}

async fn serve(shared: Arc<Shared>, request: Request<Incoming>) -> Result<Response, Cut> {
    if let Some(response) = shared.site.handouts.answer(&request).await {
        return Ok(response);
    }
    if control::is_meant(&request) {
        return Ok(control::answer(shared, request).await);
    }
    let (parts, body) = request.into_parts();
    let (body, trouble) = take_in(body, parts.headers.contains_key(header::EXPECT)).await;
    attend(of_request(shared, &parts, &body), &parts, &body, trouble).await
}

/// The portal to which a request belongs.
fn of_request(first: Arc<Shared>, parts: &Parts, body: &Bytes) -> Arc<Shared> {
    first.site.isolated.of(parts, body).unwrap_or(first)
}

/// Reads on for a while what nobody wants, beside the answer: closing upon a client that is still sending would reset its
/// connection, and it would never read why (RFC 9112 §9.6).
fn read_off(mut body: Incoming) {
    let reading = async move {
        let mut left = UNWANTED_BODY;
        while let Some(Ok(frame)) = body.frame().await {
            let Some(rest) = left.checked_sub(frame.data_ref().map_or(0, Bytes::len)) else { break };
            left = rest;
        }
    };
    tokio::spawn(tokio::time::timeout(UNWANTED_WITHIN, reading));
}

/// The body, or as much of it as came, and why it is not all.
async fn take_in(mut body: Incoming, asks_first: bool) -> (Bytes, Option<Refusal>) {
    // Who says beforehand that it is too much need not send it; but who did not ask is sending it already.
    if body.size_hint().lower() > LONGEST_BODY as u64 {
        if !asks_first {
            read_off(body);
        }
        return (Bytes::new(), Some(Refusal::too_large()));
    }
    let whole = {
        let mut coming = std::pin::pin!(Limited::new(&mut body, LONGEST_BODY).collect());
        // Most bodies are there with their header fields, and need no clock.
        match coming.as_mut().now_or_never() {
            Some(whole) => Ok(whole),
            None => tokio::time::timeout(BODY_WITHIN, coming).await,
        }
    };
    match whole {
        Ok(Ok(whole)) => (whole.to_bytes(), None),
        Ok(Err(error)) if error.is::<LengthLimitError>() => {
            read_off(body);
            (Bytes::new(), Some(Refusal::too_large()))
        }
        Ok(Err(_)) => (Bytes::new(), Some(Refusal::new(400, "the request's body broke off"))),
        Err(_) => (Bytes::new(), Some(Refusal::too_slow())),
    }
}
