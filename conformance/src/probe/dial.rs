//! A connection of our own to the server of an address: straight, or by a tunnel through a proxy (RFC 9110 §9.3.6).
//!
//! Whether a proxy can be gone through is found out here as well, before anything is asked through it. Read next: `raw.rs`.

use super::{Way, address};
use crate::patience::Patience;
use crate::tls;
use mock_hubspot::Proxy;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;
use url::Url;

/// How much may arrive that nobody has read yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Room {
    /// As much as the system likes.
    Usual,
    /// So little that a sender notices when nobody reads.
    Narrow,
}

/// The receive buffer of a narrow connection, in bytes; the system may double it.
const NARROW: u32 = 32 << 10;
/// What a proxy says before the tunnel is there is no longer than this.
const PROXY_HEAD_AT_MOST: usize = 16 << 10;

pub(super) trait Socket: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Socket for T {}

/// Connects to the server of this address, by TLS where the address says so.
pub(super) async fn open(url: &Url, way: &Way, room: Room) -> Result<Box<dyn Socket>, String> {
    if let Some(refusal) = address::refusal(url) {
        return Err(refusal);
    }
    let (host, port) = place(url)?;
    let stream = match way.proxy.as_ref().filter(|proxy| proxy.takes(url)) {
        Some(proxy) => tunnel(proxy, url, room).await?,
        None => straight(host, port, room).await?,
    };
    stream.set_nodelay(true).map_err(|e| failed(&e))?;
    if url.scheme() != "https" {
        return Ok(Box::new(stream));
    }
    let name = ServerName::try_from(host.to_owned()).map_err(|e| format!("no TLS: {e}"))?;
    let config = tls::client(&way.trusted, &[tls::HTTP_1])?;
    Ok(Box::new(TlsConnector::from(Arc::new(config)).connect(name, stream).await.map_err(|e| failed(&e))?))
}

async fn straight(host: &str, port: u16, room: Room) -> Result<TcpStream, String> {
    let found: Vec<_> = tokio::net::lookup_host((host, port)).await.map_err(|e| failed(&e))?.collect();
    if let Some(refusal) = found.iter().find_map(|found| address::refusal_of(found.ip())) {
        return Err(refusal);
    }
    dial(&found, room).await.map_err(|e| failed(&e))
}

/// Why nothing can be said of what is asked there through the proxy; `None` where there is none, or a tunnel through it.
pub(super) async fn obstacle(url: &str, way: &Way, patience: Patience) -> Option<String> {
    let proxy = way.proxy_to(url)?;
    let url = Url::parse(url).ok()?;
    if url.scheme() != "https" {
        let reason = "not verifiable through [network] proxy: over http:// its answers cannot be told from the integration's";
        return Some(reason.into());
    }
    let tried = timeout(patience.first_byte, tunnel(proxy, &url, Room::Usual)).await;
    match tried.unwrap_or_else(|_| Err("no answer in time".into())) {
        Ok(_) => None,
        Err(reason) => Some(format!("not verifiable through [network] proxy {}: {reason}", proxy.url())),
    }
}

/// Asks the proxy for a tunnel to the server of this address.
async fn tunnel(proxy: &Proxy, url: &Url, room: Room) -> Result<TcpStream, String> {
    let (host, port) = place(proxy.url())?;
    let found: Vec<_> = tokio::net::lookup_host((host, port)).await.map_err(|e| failed(&e))?.collect();
    let mut stream = dial(&found, room).await.map_err(|e| failed(&e))?;
    let target = format!("{}:{}", url.host_str().unwrap_or_default(), place(url)?.1);
    let request = format!("CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n");
    stream.write_all(request.as_bytes()).await.map_err(|e| failed(&e))?;
    let mut head = Vec::new();
    // A byte at a time: what comes after the head is not the proxy's.
    while !head.ends_with(b"\r\n\r\n") {
        if head.len() == PROXY_HEAD_AT_MOST {
            return Err("the proxy's answer is too long".into());
        }
        head.push(stream.read_u8().await.map_err(|e| failed(&e))?);
    }
    let line = String::from_utf8_lossy(&head).lines().next().unwrap_or_default().to_owned();
    let status = line.strip_prefix("HTTP/1.").and_then(|rest| rest.split(' ').nth(1));
    match status {
        Some(status) if status.len() == 3 && status.starts_with('2') => Ok(stream),
        _ => Err(format!("the proxy gives no tunnel to {target}: {}", line.escape_debug())),
    }
}

/// The host as it is looked up, and the port.
fn place(url: &Url) -> Result<(&str, u16), String> {
    let host = url.host_str().ok_or("an address without a host")?;
    let port = url.port_or_known_default().ok_or("an address without a port")?;
    Ok((host.trim_start_matches('[').trim_end_matches(']'), port))
}

fn failed(error: &io::Error) -> String {
    format!("no connection: {}", error.kind())
}

/// Connects to the first of these addresses that answers.
pub(super) async fn dial(addresses: &[SocketAddr], room: Room) -> io::Result<TcpStream> {
    let mut failed = io::Error::from(io::ErrorKind::AddrNotAvailable);
    for address in addresses {
        let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
        if room == Room::Narrow {
            socket.set_recv_buffer_size(NARROW)?;
        }
        match socket.connect(*address).await {
            Ok(stream) => return Ok(stream),
            Err(error) => failed = error,
        }
    }
    Err(failed)
}
