//! The ceiling: connections that stay open, each asks one range after the other and compares what comes with the recording.

use crate::served::Served;
use bytes::Bytes;
use futures_util::future::join_all;
use http::{Request, StatusCode, header};
use http_body_util::{BodyExt as _, Empty};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use std::time::{Duration, Instant};
use tokio::net::TcpStream;

/// How long it takes to ask for all of them, by so many at once.
pub(crate) async fn walk(served: &Served, headers: &[String], in_flight: usize) -> Duration {
    let begun = Instant::now();
    let workers = (0..in_flight).map(|worker| ask(served, headers.iter().skip(worker).step_by(in_flight)));
    join_all(workers).await;
    begun.elapsed()
}

async fn ask(served: &Served, headers: impl Iterator<Item = &String>) {
    let stream = TcpStream::connect(served.address).await.expect("it listens");
    stream.set_nodelay(true).expect("a socket");
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.expect("a connection");
    tokio::spawn(connection);
    for range in headers {
        let request = Request::get("/recording?signature=0123456789abcdef")
            .header(header::HOST, served.address.to_string())
            .header(header::RANGE, range)
            .body(Empty::<Bytes>::new())
            .expect("it is one");
        sender.ready().await.expect("it stays open");
        let response = sender.send_request(request).await.expect("an answer");
        let from = if response.status() == StatusCode::PARTIAL_CONTENT {
            let named = response.headers().get(header::CONTENT_RANGE).and_then(|value| value.to_str().ok());
            let first = named.and_then(|named| named.strip_prefix("bytes ")?.split('-').next()?.parse().ok());
            first.expect("it says which bytes")
        } else {
            0
        };
        let mut at: usize = from;
        let mut body = response.into_body();
        while let Some(frame) = body.frame().await {
            if let Ok(data) = frame.expect("a body").into_data() {
                assert!(served.recording[at..at + data.len()] == data[..], "the recording's bytes");
                at += data.len();
            }
        }
    }
}
