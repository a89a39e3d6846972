//! Connections of plain HTTP/1.1 to an address that needs no looking up: those of integrations on this machine, which are asked
//! thousands of times. They are kept, and asked again.
//!
//! `client.rs` asks by them where it can, for what a general client does for each request takes longer than such an answer.
//! Read next: `dial.rs`.

use super::Way;
use super::dial::{self, Room};
use super::manners::{self, Fields};
use super::reply::Reply;
use bytes::Bytes;
use http::uri::PathAndQuery;
use http::{HeaderValue, Request, Uri, header};
use http_body_util::Empty;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use hyper::client::conn::http1::{self, Connection, SendRequest};
use hyper_util::rt::TokioIo;
use std::future::poll_fn;
use std::net::{IpAddr, SocketAddr};
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker, ready};
use tokio::net::TcpStream;
use tokio::task::coop::unconstrained;
use url::{Host, Position, Url};

/// Where such a server is, and what is asked of it.
#[derive(Clone, Debug)]
pub(super) struct Place {
    address: SocketAddr,
    host: HeaderValue,
    target: Uri,
}

impl Place {
    /// `None` where more has to be done than to connect: a name looked up, TLS, a proxy, credentials in the address.
    pub(super) fn of(url: &Url, way: &Way) -> Option<Self> {
        let address = match url.host()? {
            Host::Ipv4(address) => IpAddr::V4(address),
            Host::Ipv6(address) => IpAddr::V6(address),
            Host::Domain(_) => return None,
        };
        let plain = url.scheme() == "http" && url.username().is_empty() && url.password().is_none();
        if !plain || way.proxy.as_ref().is_some_and(|proxy| proxy.takes(url)) {
            return None;
        }
        Some(Self {
            address: SocketAddr::new(address, url.port_or_known_default()?),
            host: url[Position::BeforeHost..Position::AfterPort].try_into().ok()?,
            target: PathAndQuery::try_from(&url[Position::BeforePath..Position::AfterQuery]).ok()?.into(),
        })
    }
}

/// A connection, and where it leads.
type Kept = (SocketAddr, Box<Open>);

/// The connections that nobody uses at the moment. There are as few as requests at once.
#[derive(Clone, Default)]
pub(super) struct Connections {
    idle: Arc<Mutex<Vec<Kept>>>,
}

impl Connections {
    /// Asks with these header fields, by a connection that there is or by a new one.
    pub(super) async fn get(
        &self,
        place: &Place,
        fields: &Fields,
    ) -> Result<Reply, Box<dyn std::error::Error + Send + Sync>> {
        loop {
            let (mut open, is_new) = match self.take(place.address) {
                Some(open) => (open, false),
                None => (connect(place.address).await?, true),
            };
            // One that was closed while it was idle is let go of.
            if let Err(closed) = poll_fn(|cx| open.poll_ready(cx)).await {
                if is_new {
                    return Err(closed.into());
                }
                continue;
            }
            let mut request = Request::new(Empty::new());
            request.uri_mut().clone_from(&place.target);
            let headers = request.headers_mut();
            headers.reserve(fields.len() + 1);
            headers.insert(header::HOST, place.host.clone());
            for (name, value) in manners::pairs(fields) {
                headers.append(name, value);
            }
            // Unconstrained: it is never put off, for it would not be looked for again.
            let mut answer = pin!(unconstrained(open.sender.try_send_request(request)));
            let look = |cx: &mut Context<'_>| open.line.poll_with(cx, |cx| answer.as_mut().poll(cx));
            match poll_fn(look).await {
                Ok(response) => {
                    let idle = Some((self.clone(), place.address, open));
                    return Ok(Reply::straight(response.map(|body| Read { body, idle })));
                }
                // It was closed before anything of the request was sent.
                Err(mut unsent) => {
                    if is_new || unsent.take_message().is_none() {
                        return Err(unsent.into_error().into());
                    }
                }
            }
        }
    }

    fn take(&self, address: SocketAddr) -> Option<Box<Open>> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let at = idle.iter().rposition(|(of, _)| *of == address)?;
        Some(idle.swap_remove(at).1)
    }

    fn put(&self, address: SocketAddr, open: Box<Open>) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.push((address, open));
    }
}

/// A connection. Whoever asks by it moves it on as well: as a task of its own it would have to be woken for each request, and to
/// wake whoever asks for each answer.
struct Open {
    sender: SendRequest<Empty<Bytes>>,
    line: Line,
}

impl Open {
    /// Until it takes another request; the error is that it never will.
    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<hyper::Result<()>> {
        // It may have been closed meanwhile, and nobody has looked.
        self.line.go_on(cx);
        self.line.poll_with(cx, |cx| self.sender.poll_ready(cx))
    }
}

/// What reads and writes; `None` once it is at its end.
struct Line(Option<Connection<TokioIo<TcpStream>, Empty<Bytes>>>);

impl Line {
    /// Writes and reads what can be.
    fn go_on(&mut self, cx: &mut Context<'_>) {
        // What becomes of it is told to whoever waits for an answer.
        if self.0.as_mut().is_some_and(|connection| Pin::new(connection).poll(cx).is_ready()) {
            self.0 = None;
        }
    }

    /// Looks for something that only this connection brings, and goes on where it is not there yet. Whatever waits need not be
    /// woken by it, as it is looked for again right away.
    fn poll_with<T>(
        &mut self,
        cx: &mut Context<'_>,
        mut look: impl FnMut(&mut Context<'_>) -> Poll<T>,
    ) -> Poll<T> {
        let mut unwoken = Context::from_waker(Waker::noop());
        let seen = look(&mut unwoken);
        if seen.is_ready() {
            return seen;
        }
        self.go_on(cx);
        look(&mut unwoken)
    }
}

async fn connect(address: SocketAddr) -> Result<Box<Open>, Box<dyn std::error::Error + Send + Sync>> {
    let stream = dial::dial(&[address], Room::Usual).await?;
    stream.set_nodelay(true)?;
    let mut builder = http1::Builder::new();
    let (sender, connection) = builder.title_case_headers(true).handshake(TokioIo::new(stream)).await?;
    Ok(Box::new(Open { sender, line: Line(Some(connection)) }))
}

/// The body of an answer; the connection is idle again once all of it was read, and closed where that never comes.
pub(super) struct Read {
    body: Incoming,
    idle: Option<(Connections, SocketAddr, Box<Open>)>,
}

impl Body for Read {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let Self { body, idle } = &mut *self;
        let mut body = Pin::new(body);
        let Some((_, _, open)) = idle else { return body.poll_frame(cx) };
        let frame = ready!(open.line.poll_with(cx, |cx| body.as_mut().poll_frame(cx)));
        if frame.is_none()
            && let Some((connections, address, open)) = idle.take()
            // One that the answer closed is of no more use.
            && open.line.0.is_some()
        {
            connections.put(address, open);
        }
        Poll::Ready(frame)
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
