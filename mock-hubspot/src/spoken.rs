//! What is spoken on one connection: HTTP/1.1 in the clear; over TLS that, or HTTP/2 where the client would rather.
//!
//! Knows neither portal nor journal. Read next: `server.rs` (who answers), `tls.rs`.

use crate::connections::{Place, Urge};
use crate::visit::Cut;
use axum::response::Response;
use http::header::{HOST, HeaderValue};
use http::{Request, Version};
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::Service;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulConnection;
use std::future::poll_fn;
use std::task::Poll;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsAcceptor;

const HEADER_LIMIT: usize = 64 * 1024;
const HANDSHAKE_WITHIN: Duration = Duration::from_secs(30);
/// How long the rest of an answer may take once its connection is needed by others.
const LEAVES_WITHIN: Duration = Duration::from_secs(30);

/// Serves one connection until it ends, or until it has to go and what was asked is answered.
pub(crate) async fn speak<I, S>(stream: I, tls: Option<TlsAcceptor>, service: S, place: &Place)
where
    I: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    S: Service<Request<Incoming>, Response = Response, Error = Cut> + Send + 'static,
    S::Future: Send + 'static,
{
    let ended = match tls {
        None => one(stream, service, place).await,
        Some(acceptor) => match tokio::select! {
            shaken = tokio::time::timeout(HANDSHAKE_WITHIN, acceptor.accept(stream)) => shaken,
            () = place.asked_to_go(Urge::Done) => return,
        } {
            Ok(Ok(stream)) if stream.get_ref().1.alpn_protocol() == Some(b"h2") => {
                two(stream, service, place).await
            }
            Ok(Ok(stream)) => one(stream, service, place).await,
            // Whoever does not trust us goes away in the middle of it: the likeliest mistake, so it is told by default.
            Ok(Err(error)) => return tracing::warn!("no TLS with a client: {error}"),
            Err(_) => return tracing::debug!("a client did not end its TLS handshake"),
        },
    };
    if let Err(error) = ended {
        tracing::debug!("a connection ended: {error}");
    }
}

async fn one<I, S>(stream: I, service: S, place: &Place) -> hyper::Result<()>
where
    I: AsyncRead + AsyncWrite + Unpin + 'static,
    S: Service<Request<Incoming>, Response = Response, Error = Cut>,
{
    let connection =
        http1::Builder::new().max_buf_size(HEADER_LIMIT).serve_connection(TokioIo::new(stream), service);
    until_the_end(connection, place).await
}

async fn two<I, S>(stream: I, service: S, place: &Place) -> hyper::Result<()>
where
    I: AsyncRead + AsyncWrite + Unpin + 'static,
    S: Service<Request<Incoming>, Response = Response, Error = Cut>,
    S::Future: Send + 'static,
{
    let connection = http2::Builder::new(TokioExecutor::new())
        .timer(TokioTimer::new())
        .max_header_list_size(HEADER_LIMIT as u32)
        .serve_connection(TokioIo::new(stream), service);
    until_the_end(connection, place).await
}

/// HTTP/2 tells the host in `:authority`; whoever reads a request looks for it in `Host` (RFC 9113 §8.3.1).
pub(crate) fn with_host<B>(mut request: Request<B>) -> Request<B> {
    let host = request.uri().authority().and_then(|authority| HeaderValue::from_str(authority.as_str()).ok());
    if let Some(host) = host.filter(|_| request.version() == Version::HTTP_2) {
        request.headers_mut().entry(HOST).or_insert(host);
    }
    request
}

/// Serves until the client goes, or until the connection has to: then what was asked is answered, and who asked is told that it
/// was the last.
async fn until_the_end<C>(connection: C, place: &Place) -> hyper::Result<()>
where
    C: GracefulConnection<Error = hyper::Error>,
{
    let mut connection = std::pin::pin!(connection);
    for urge in [Urge::Done, Urge::Needed] {
        // By hand, as it is woken for each request: nothing is registered anew, and no lock is taken.
        let ended = poll_fn(|context| match connection.as_mut().poll(context) {
            Poll::Ready(ended) => Poll::Ready(Some(ended)),
            Poll::Pending => place.poll_asked_to_go(urge, context).map(|()| None),
        });
        if let Some(ended) = ended.await {
            return ended;
        }
        // Where nothing was asked nobody waits for an answer.
        if !place.was_asked() {
            return Ok(());
        }
        connection.as_mut().graceful_shutdown();
    }
    tokio::time::timeout(LEAVES_WITHIN, connection).await.unwrap_or(Ok(()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connections::{Busy, Connections};
    use axum::body::Body;
    use bytes::Bytes;
    use futures_util::stream;
    use hyper::service::service_fn;
    use std::sync::Arc;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::sync::watch;

    /// Speaks with somebody who asks once and then idles, as the server takes it, while the answer is still on its way: its end
    /// comes when that is said.
    #[tokio::test]
    async fn an_answer_that_takes_long_is_not_taken_for_idling() {
        let (connections, (end, ends)) = (Connections::default(), watch::channel(false));
        let place = Arc::new(connections.enter().await);
        let (mut client, server) = tokio::io::duplex(1 << 10);
        let busy = Arc::clone(&place);
        let service = service_fn(move |_| {
            let (busy, mut ends) = (Busy::with(&busy), ends.clone());
            async move {
                drop(busy);
                let rest = async move { ends.wait_for(|end| *end).await.map(|_| Bytes::from_static(b"end")) };
                Ok(Response::new(Body::from_stream(stream::once(rest))))
            }
        });
        let speaking = speak(server, None, service, &place);
        let asking = async {
            client.write_all(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n").await.expect("it reads");
            let mut heard = vec![0; 17];
            client.read_exact(&mut heard).await.expect("the answer begins");
            connections.let_idlers_go();
            connections.let_idlers_go();
            tokio::task::yield_now().await;
            end.send_replace(true);
            client.read_to_end(&mut heard).await.expect("the connection ends");
            String::from_utf8(heard).expect("it is text")
        };
        let both = async { tokio::join!(speaking, asking).1 };
        let heard =
            tokio::time::timeout(Duration::from_secs(5), Box::pin(both)).await.expect("it is let go of");
        assert!(heard.starts_with("HTTP/1.1 200 OK") && heard.ends_with("end\r\n0\r\n\r\n"), "{heard}");
    }
}
