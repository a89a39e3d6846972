//! An integration that is right, from memory: an endpoint, and a recording with ranges (RFC 9110 §14). A process's own thread.

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::response::Response;
use conformance::range::oracle::{self, Asked, Wanted};
use http::{StatusCode, header};
use std::net::SocketAddr;

/// A server; it ends with the process.
pub(crate) struct Served {
    pub(crate) address: SocketAddr,
    pub(crate) recording: Bytes,
}

impl Served {
    pub(crate) fn start(recording: Vec<u8>) -> Self {
        let recording = Bytes::from(recording);
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        listener.set_nonblocking(true).expect("a socket");
        let address = listener.local_addr().expect("an address");
        let bytes = recording.clone();
        std::thread::spawn(move || super::runtime().block_on(serve(listener, address, bytes)));
        Self { address, recording }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

async fn serve(listener: std::net::TcpListener, address: SocketAddr, recording: Bytes) {
    let listener = tokio::net::TcpListener::from_std(listener).expect("it listens");
    let json = format!(r#"{{"authenticatedUrl":"http://{address}/recording?signature=0123456789abcdef"}}"#);
    let answer = move |request: Request| {
        let response = if request.uri().path().starts_with("/endpoint/") {
            let reply = Response::builder().header(header::CONTENT_TYPE, "application/json");
            reply.body(Body::from(json.clone()))
        } else {
            part(&recording, &request)
        };
        std::future::ready(response.expect("it is one"))
    };
    axum::serve(listener, Router::new().fallback(answer)).await.expect("it serves");
}

fn part(recording: &Bytes, request: &Request) -> Result<Response, http::Error> {
    let length = recording.len() as u64;
    let range = request.headers().get(header::RANGE).and_then(|range| range.to_str().ok());
    let reply = Response::builder()
        .header(header::CONTENT_TYPE, "application/octet-stream")
        .header(header::ACCEPT_RANGES, "bytes");
    match oracle::parse(range) {
        Asked::One(spec) => match oracle::wanted(spec, length) {
            Wanted::Part(first, last) => reply
                .status(StatusCode::PARTIAL_CONTENT)
                .header(header::CONTENT_RANGE, format!("bytes {first}-{last}/{length}"))
                .body(Body::from(recording.slice(first as usize..=last as usize))),
            Wanted::Unsatisfiable => reply
                .status(StatusCode::RANGE_NOT_SATISFIABLE)
                .header(header::CONTENT_RANGE, format!("bytes */{length}"))
                .body(Body::empty()),
        },
        // Whoever cannot be understood, or asks for several at once, may have everything.
        _ => reply.body(Body::from(recording.clone())),
    }
}
