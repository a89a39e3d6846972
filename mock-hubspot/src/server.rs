//! The fake HubSpot as a server: it binds, accepts, takes bodies in, stops.
//!
//! The only place that knows its sockets. Read next: `visit.rs` (the way of a request), `control.rs`.

use crate::auth::Strictness;
use crate::control::{self, Address, MOST_CONNECTIONS, Site};
use crate::journal::Journal;
use crate::portal::{Portal, PortalSetup};
use crate::refusal::Refusal;
use crate::retrieval::{Retriever, Waits};
use crate::secrets::Secrets;
use crate::spoken::{speak, with_host};
use crate::switches::Switches;
use crate::tls::{self, Tls};
use crate::transcription::Transcription;
use crate::visit::{Cut, attend};
use crate::weather::Weather;
use axum::response::Response;
use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use hyper::body::{Body as _, Incoming};
use hyper::service::service_fn;
use rustls::pki_types::CertificateDer;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::{JoinHandle, JoinSet};
use tokio_rustls::TlsAcceptor;
use url::Url;

/// The longest body that is taken in.
const LONGEST_BODY: usize = 1024 * 1024;
const BODY_WITHIN: Duration = Duration::from_secs(30);
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
    portal: PortalSetup,
    strict: bool,
    switches: Option<Switches>,
    listen: SocketAddr,
    secrets: Secrets,
    retrieval: bool,
    waits: Waits,
    trusted: Vec<CertificateDer<'static>>,
    public_url: Option<Url>,
    tls: Option<Tls>,
}

pub(crate) struct Shared {
    pub(crate) portal: Portal,
    pub(crate) journal: Journal,
    pub(crate) weather: Weather,
    pub(crate) secrets: Secrets,
    pub(crate) switches: Switches,
    pub(crate) strictness: Strictness,
    pub(crate) retriever: Option<Retriever>,
    retrievals: Mutex<JoinSet<()>>,
    pub(crate) site: Site,
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

    /// Binds and serves.
    pub async fn start(self) -> std::io::Result<MockHubSpot> {
        let listener = TcpListener::bind(self.listen).await?;
        let address = listener.local_addr()?;
        for credential in self.portal.credentials() {
            self.secrets.know(credential);
        }
        let switches = self.switches.unwrap_or(self.portal.switches);
        let portal = Portal::new(self.portal);
        let journal = Journal::new(self.secrets.clone());
        let retriever = if self.retrieval {
            let (portal, journal) = (portal.clone(), journal.clone());
            Some(Retriever::new(portal, journal, self.secrets.clone(), switches, self.waits, &self.trusted)?)
        } else {
            None
        };
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        let whereabouts = Address { bound: address, scheme, public_url: self.public_url };
        let prepared = self.tls.map(|tls| tls::prepare(&tls, whereabouts.names())).transpose();
        let (secure, authority) = prepared.map_err(std::io::Error::other)?.unzip();
        let secure = secure.map(TlsAcceptor::from);
        let stop = watch::Sender::new(false);
        let room = Arc::new(Semaphore::new(MOST_CONNECTIONS));
        let shared = Arc::new(Shared {
            weather: Weather::new(portal.clone()),
            portal,
            journal,
            secrets: self.secrets,
            switches,
            strictness: if self.strict { Strictness::Strict } else { Strictness::Friendly },
            retriever,
            retrievals: Mutex::default(),
            site: Site { address: whereabouts, room, stopping: stop.subscribe() },
        });
        let accepting = tokio::spawn(accept(listener, secure, Arc::clone(&shared), stop.subscribe()));
        Ok(MockHubSpot {
            address,
            url: shared.site.address.url(),
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
            portal: PortalSetup::default(),
            strict: false,
            switches: None,
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            secrets: Secrets::new(),
            retrieval: true,
            waits: Waits::default(),
            trusted: Vec::new(),
            public_url: None,
            tls: None,
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

    /// What it knows to be secret.
    pub fn secrets(&self) -> &Secrets {
        &self.shared.secrets
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
async fn accept(
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    shared: Arc<Shared>,
    mut stop: watch::Receiver<bool>,
) {
    let mut connections = JoinSet::new();
    let room = Arc::clone(&shared.site.room);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stop.changed() => break,
            Some(_) = connections.join_next() => continue,
        };
        match accepted {
            Ok((stream, _)) => {
                let Ok(place) = Arc::clone(&room).acquire_owned().await else { break };
                let (tls, shared, stop) = (tls.clone(), Arc::clone(&shared), stop.clone());
                connections.spawn(async move {
                    connection(stream, tls, shared, stop).await;
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

async fn connection(
    stream: TcpStream,
    tls: Option<TlsAcceptor>,
    shared: Arc<Shared>,
    stop: watch::Receiver<bool>,
) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!("TCP_NODELAY: {error}");
    }
    let service = service_fn(move |request| serve(Arc::clone(&shared), with_host(request)));
    speak(stream, tls, service, stop).await;
}

async fn serve(shared: Arc<Shared>, request: Request<Incoming>) -> Result<Response, Cut> {
    if control::is_meant(&request) {
        return Ok(control::answer(shared, request).await);
    }
    let (parts, body) = request.into_parts();
    let (body, trouble) = take_in(body).await;
    attend(shared, &parts, &body, trouble).await
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

impl Shared {
    fn retrievals(&self) -> std::sync::MutexGuard<'_, JoinSet<()>> {
        self.retrievals.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// HubSpot fetches the recording of a call, in the background.
    pub(crate) fn fetch_recording(&self, call_id: u64) {
        let Some(retriever) = self.retriever.clone() else { return };
        let mut running = self.retrievals();
        while running.try_join_next().is_some() {}
        running.spawn(retriever.retrieve(call_id));
    }

    /// The portal back to the beginning.
    pub(crate) fn reset_state(&self) {
        self.retrievals().abort_all();
        self.portal.reset();
        self.retriever.iter().for_each(|retriever| {
            retriever.sounds().reset();
            retriever.transcriber().reset();
        });
    }
}
