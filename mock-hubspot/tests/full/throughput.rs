//! How many calls a second are logged with a store, next to what a bare axum with a `HashMap` does on the same machine.
//!
//! The figures are printed; they are held to only in a release build:
//!
//! ```text
//! cargo test -p mock-hubspot --release --test full throughput -- --nocapture
//! ```

use axum::Router;
use axum::extract::State;
use axum::routing::post;
use bytes::Bytes;
use mock_hubspot::{Bounds, MockHubSpot, Store};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

const CALLS: &str = "/crm/v3/objects/calls";
const CONNECTIONS: usize = 256;
const WHILE: Duration = Duration::from_secs(2);
/// What a store may cost at most, of what is possible at all.
const LEAST: f64 = 0.40;

type Map = Arc<Mutex<HashMap<u64, Value>>>;

async fn keep(State(map): State<Map>, body: Bytes) -> (http::StatusCode, String) {
    let value: Value = serde_json::from_slice(&body).expect("JSON");
    let mut map = map.lock().expect("nobody panicked");
    let id = map.len() as u64;
    let reply = json!({ "id": id.to_string(), "properties": value["properties"] }).to_string();
    map.insert(id, value);
    (http::StatusCode::CREATED, reply)
}

async fn bare() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let router = Router::new().route(CALLS, post(keep)).with_state(Map::default());
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

fn request(i: usize) -> String {
    let body = json!({
        "properties": {
            "hs_timestamp": "2023-10-27T10:00:00Z",
            "hs_call_title": format!("Call {i}"),
            "hubspot_owner_id": "71",
            "hs_call_body": "Call summary",
            "hs_call_duration": "60000",
            "hs_call_from_number": "+15551234567",
            "hs_call_to_number": "+15557654321",
            "hs_call_direction": "OUTBOUND",
            "hs_call_status": "COMPLETED",
            "hs_call_external_id": format!("ext-{i}"),
        },
        "associations": [{ "to": { "id": "101" }, "types": [{ "associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 194 }] }],
    })
    .to_string();
    format!(
        "POST {CALLS} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer mock-access-token-2f9c\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// Logs calls on one connection, and counts them.
async fn log(address: SocketAddr, connection: usize, until: Instant) -> usize {
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    stream.set_nodelay(true).expect("a socket");
    let mut received = Vec::with_capacity(8192);
    let mut count = 0;
    while Instant::now() < until {
        stream.write_all(request(connection * 1_000_000 + count).as_bytes()).await.expect("written");
        received.clear();
        loop {
            assert_ne!(stream.read_buf(&mut received).await.expect("an answer"), 0);
            let text = String::from_utf8_lossy(&received);
            let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
            let length = head
                .to_ascii_lowercase()
                .split("content-length: ")
                .nth(1)
                .and_then(|l| l.lines().next()?.parse().ok());
            if length.is_some_and(|length: usize| body.len() >= length) {
                assert!(head.starts_with("HTTP/1.1 201"), "{text}");
                break;
            }
        }
        count += 1;
    }
    count
}

/// Calls in a second.
async fn rate(address: SocketAddr) -> f64 {
    let begun = Instant::now();
    let connections = (0..CONNECTIONS).map(|c| tokio::spawn(log(address, c, begun + WHILE)));
    let mut all = 0;
    for connection in connections.collect::<Vec<_>>() {
        all += connection.await.expect("no panic");
    }
    all as f64 / begun.elapsed().as_secs_f64()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_costs_less_than_it_keeps() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(&folder.path().join("portal.db"), Bounds::default()).expect("a store");
    let builder = || MockHubSpot::builder().retrieval(false);
    let kept = builder().store(store).start().await.expect("it starts");
    let fleeting = builder().start().await.expect("it starts");
    let bare = bare().await;
    let (mut ceiling, mut without, mut with) = (0.0_f64, 0.0_f64, 0.0_f64);
    for _ in 0..3 {
        ceiling = ceiling.max(rate(bare).await);
        without = without.max(rate(fleeting.addr()).await);
        with = with.max(rate(kept.addr()).await);
    }
    eprintln!(
        "calls a second: {ceiling:.0} by a bare axum, {without:.0} without a store ({:.2}), {with:.0} with one ({:.2})",
        without / ceiling,
        with / ceiling
    );
    kept.stop().await;
    assert!(cfg!(debug_assertions) || with >= LEAST * ceiling, "{with:.0} of {ceiling:.0}");
}
