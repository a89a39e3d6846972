//! The client of both: plain HTTP/1.1 over connections that stay open, one request at a time on each.

use crate::Served;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::runtime::{Builder, Runtime};

/// Connections that ask at the same time.
const CONNECTIONS: usize = 32;
/// How long a turn lasts.
const TURN: Duration = Duration::from_millis(1500);
/// Calls that reading, associating and marking go round among.
const AMONG: u64 = 1000;
/// A call with what integrations usually log.
pub(crate) const BODY: &str = r#"{"properties":{"hs_timestamp":"2026-10-27T10:00:00Z","hs_call_title":"Quarterly review with Example GmbH","hs_call_body":"Discussed the renewal, agreed on a follow-up next week. Recording attached.","hs_call_duration":"60000","hs_call_direction":"OUTBOUND","hs_call_from_number":"+15551234567","hs_call_to_number":"+15557654321","hs_call_source":"INTEGRATIONS_PLATFORM","hs_call_status":"COMPLETED","hs_call_app_id":"987654","hs_call_external_id":"test-call-01","hs_call_external_account_id":"test-account-01"}}"#;

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    Create,
    Read,
    Associate,
    Ready,
}

impl Asked {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Read => "read",
            Self::Associate => "associate",
            Self::Ready => "ready",
        }
    }

    fn request(self, id: u64) -> String {
        let (line, body) = match self {
            Self::Create => ("POST /crm/v3/objects/calls".to_owned(), BODY.to_owned()),
            Self::Read => (format!("GET /crm/v3/objects/calls/{id}"), String::new()),
            Self::Associate => {
                (format!("PUT /crm/v3/objects/calls/{id}/associations/contact/101/194"), String::new())
            }
            Self::Ready => (
                "POST /crm/v3/extensions/calling/recordings/ready".to_owned(),
                format!("{{\"engagementId\":{id}}}"),
            ),
        };
        format!(
            "{line} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer mock-access-token-2f9c\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\n\r\n{body}",
            body.len()
        )
    }
}

/// What a turn showed.
pub(crate) struct Round {
    pub(crate) a_second: f64,
    pub(crate) p99_us: f64,
}

/// One server under one kind of request.
pub(crate) struct Load {
    pub(crate) served: Served,
    runtime: Runtime,
    asked: Asked,
    /// Calls that exist.
    ids: Vec<u64>,
}

impl Load {
    pub(crate) fn new(asked: Asked, served: Served) -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
        let ids = runtime.block_on(made(&served.address));
        Self { served, runtime, asked, ids }
    }

    /// A turn: as many requests as can be answered.
    pub(crate) fn round(&self) -> Round {
        let until = Instant::now() + TURN;
        let begun = Instant::now();
        let mut all = self.runtime.block_on(async {
            let asking = (0..CONNECTIONS).map(|number| self.ask(number as u64, until));
            futures_util::future::join_all(asking).await.concat()
        });
        let a_second = all.len() as f64 / begun.elapsed().as_secs_f64();
        all.sort_unstable();
        let p99_us = all.get(all.len() * 99 / 100).copied().unwrap_or(0).into();
        Round { a_second, p99_us }
    }

    /// Microseconds that each answer took.
    async fn ask(&self, number: u64, until: Instant) -> Vec<u32> {
        let mut connection = Connection::open(&self.served.address).await;
        let mut taken = Vec::with_capacity(1 << 14);
        let mut turn = number;
        while Instant::now() < until {
            let id = self.ids[(turn % self.ids.len() as u64) as usize];
            let request = self.asked.request(id);
            let begun = Instant::now();
            let (status, _) = connection.ask(&request).await;
            taken.push(begun.elapsed().as_micros() as u32);
            assert!((200..300).contains(&status), "{status} to {request}");
            turn += CONNECTIONS as u64;
        }
        taken
    }

    /// Makes so many calls.
    pub(crate) fn fill(&self, calls: u64) {
        self.runtime.block_on(async {
            let filling = (0..CONNECTIONS as u64).map(|_| async {
                let mut connection = Connection::open(&self.served.address).await;
                for _ in 0..calls / CONNECTIONS as u64 {
                    connection.ask(&Asked::Create.request(0)).await;
                }
            });
            futures_util::future::join_all(filling).await;
        });
    }
}

/// Some calls, and their ids.
async fn made(address: &str) -> Vec<u64> {
    let mut connection = Connection::open(address).await;
    let mut ids = Vec::new();
    for _ in 0..AMONG {
        let (_, body) = connection.ask(&Asked::Create.request(0)).await;
        let value: serde_json::Value = serde_json::from_slice(&body).expect("JSON");
        ids.push(value["id"].as_str().and_then(|id| id.parse().ok()).expect("an id"));
    }
    ids
}

/// Asks once, on a connection of its own.
pub(crate) fn ask_once(address: &str, path: &str) {
    let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let mut connection = Connection::open(address).await;
        let (status, _) = connection.ask(&format!("GET {path} HTTP/1.1\r\nHost: {address}\r\n\r\n")).await;
        assert_eq!(status, 200, "{path}");
    });
}

pub(crate) struct Connection {
    stream: TcpStream,
    read: Vec<u8>,
}

impl Connection {
    pub(crate) async fn open(address: &str) -> Self {
        let stream = TcpStream::connect(address).await.expect("it listens");
        stream.set_nodelay(true).expect("a socket");
        Self { stream, read: Vec::with_capacity(8 << 10) }
    }

    /// The status and the body of the answer.
    pub(crate) async fn ask(&mut self, request: &str) -> (u16, Vec<u8>) {
        self.stream.write_all(request.as_bytes()).await.expect("it reads");
        let (head, length) = loop {
            if let Some(at) = self.read.windows(4).position(|four| four == b"\r\n\r\n") {
                let head = String::from_utf8_lossy(&self.read[..at]).to_ascii_lowercase();
                let length = head.split("content-length: ").nth(1);
                let length = length.and_then(|text| text.lines().next()?.trim().parse().ok()).unwrap_or(0);
                break (at + 4, length);
            }
            assert!(self.stream.read_buf(&mut self.read).await.expect("an answer") > 0, "it was closed");
        };
        let status = std::str::from_utf8(&self.read[9..12]).ok().and_then(|code| code.parse().ok());
        while self.read.len() < head + length {
            assert!(self.stream.read_buf(&mut self.read).await.expect("a body") > 0, "it was closed");
        }
        let body = self.read[head..head + length].to_vec();
        self.read.drain(..head + length);
        (status.expect("a status"), body)
    }
}
