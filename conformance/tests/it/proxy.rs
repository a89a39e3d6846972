//! A proxy that others go through.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A forward proxy (RFC 9110 §7.6, §9.3.6) on a runtime of its own; it ends with the test.
pub(crate) struct Proxy {
    port: u16,
    /// Tunnels that were asked for.
    pub(crate) tunnels: Arc<AtomicUsize>,
    _runtime: tokio::runtime::Runtime,
}

/// What it answers who asks for a tunnel.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Tunnels {
    Given,
    Refused,
}

pub(crate) fn proxy(manner: Tunnels) -> Proxy {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
    let port = listener.local_addr().unwrap().port();
    let tunnels = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&tunnels);
    runtime.spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let tunnels = Arc::clone(&counted);
            // Whoever goes away in the middle has gone.
            tokio::spawn(async move { pass(client, manner, &tunnels).await.ok() });
        }
    });
    Proxy { port, tunnels, _runtime: runtime }
}

impl Proxy {
    /// How `[network]` tells of it.
    pub(crate) fn told(&self) -> String {
        format!("proxy = \"http://127.0.0.1:{}\"\nproxy_loopback = true", self.port)
    }
}

async fn pass(mut client: TcpStream, manner: Tunnels, tunnels: &AtomicUsize) -> std::io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(client.read_u8().await?);
    }
    let text = String::from_utf8_lossy(&head).into_owned();
    let target = text.split(' ').nth(1).unwrap();
    if !text.starts_with("CONNECT ") {
        let authority = target.strip_prefix("http://").unwrap().split('/').next().unwrap();
        let mut server = TcpStream::connect(authority).await?;
        // Every server takes the absolute form (RFC 9112 §3.2.2).
        server.write_all(&head).await?;
        tokio::io::copy_bidirectional(&mut client, &mut server).await?;
        return Ok(());
    }
    tunnels.fetch_add(1, Ordering::Relaxed);
    if manner == Tunnels::Refused {
        return client.write_all(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n").await;
    }
    let mut server = TcpStream::connect(target).await?;
    client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await?;
    tokio::io::copy_bidirectional(&mut client, &mut server).await?;
    Ok(())
}
