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
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
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

type Sender = SendRequest<Empty<Bytes>>;

/// The connections that nobody uses at the moment.
#[derive(Clone, Default)]
pub(super) struct Connections {
    idle: Arc<Mutex<HashMap<SocketAddr, Vec<Sender>>>>,
}

impl Connections {
    /// Asks with these header fields, by a connection that there is or by a new one.
    pub(super) async fn get(
        &self,
        place: &Place,
        fields: &Fields,
    ) -> Result<Reply, Box<dyn std::error::Error + Send + Sync>> {
        loop {
            let (mut sender, is_new) = match self.take(place.address) {
                Some(sender) => (sender, false),
                None => (connect(place.address).await?, true),
            };
            // One that was closed while it was idle is let go of.
            if let Err(closed) = sender.ready().await {
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
            match sender.try_send_request(request).await {
                Ok(response) => {
                    let idle = Some((self.clone(), place.address, sender));
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

    fn take(&self, address: SocketAddr) -> Option<Sender> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.get_mut(&address)?.pop()
    }

    fn put(&self, address: SocketAddr, sender: Sender) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.entry(address).or_default().push(sender);
    }
}

async fn connect(address: SocketAddr) -> Result<Sender, Box<dyn std::error::Error + Send + Sync>> {
    let stream = dial::dial(&[address], Room::Usual).await?;
    stream.set_nodelay(true)?;
    let mut builder = http1::Builder::new();
    let (sender, connection) = builder.title_case_headers(true).handshake(TokioIo::new(stream)).await?;
    // It ends when both the sender and the body that is read are gone.
    tokio::spawn(connection);
    Ok(sender)
}

/// The body of an answer; the connection is idle again once all of it was read.
pub(super) struct Read {
    body: Incoming,
    idle: Option<(Connections, SocketAddr, Sender)>,
}

impl Body for Read {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(cx));
        if frame.is_none()
            && let Some((connections, address, sender)) = self.idle.take()
        {
            connections.put(address, sender);
        }
        Poll::Ready(frame)
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
