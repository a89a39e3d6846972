//! Asks with the raw reader: a few ranges each on a connection of its own, four on one connection, HEAD, and headers that
//! client libraries do not send. It runs beside other probes, for most of its time is spent waiting for bytes that must
//! not come.

use super::ProbeContext;
use super::asking::Recording;
use super::client::Client;
use super::dial::Room;
use super::manners::{self, Fields};
use super::raw::{RawHeard, RawRequest, Rest, Terms, connect};
use crate::evidence::{Exchange, Outcome, Probe, Timing, WireFacts};
use crate::range::walk::READ_AT_MOST;
use futures_util::StreamExt;
use futures_util::stream;
use mock_hubspot::exchange::{Body, Request};
use std::time::Duration;

/// How long bytes after an answer's end are awaited.
const LINGER: Duration = Duration::from_millis(250);
/// Connections that are open at the same time.
const AT_ONCE: usize = 3;
/// How much of a recording is read before reading rests.
const BEFORE_A_REST: u64 = 64 << 10;
/// And how much is enough in all: more than what was on its way meanwhile.
const AFTER_A_REST: u64 = 1 << 20;

/// One exchange and what the wire showed of it.
pub(super) type Told = (Exchange, WireFacts);

struct Case {
    name: &'static str,
    request: RawRequest,
}

fn get(name: &'static str, range: &str) -> Case {
    Case {
        name,
        request: RawRequest { method: "GET", version: "HTTP/1.1", headers: manners::player(Some(range)) },
    }
}

fn with(name: &'static str, method: &'static str, headers: Fields) -> Case {
    Case { name, request: RawRequest { method, version: "HTTP/1.1", headers } }
}

/// Each on a connection of its own, with a wait for surplus bytes.
fn apart(length: u64) -> Vec<Case> {
    let twice = {
        let mut fields = manners::player(Some("bytes=0-0"));
        fields.push(("Range", "bytes=5-5".into()));
        fields
    };
    let long = format!("bytes=0-{}", "9".repeat(8 << 10));
    vec![
        get("first-byte", "bytes=0-0"),
        get("header", "bytes=0-43"),
        get("middle", &format!("bytes={}-{}", length / 2, length / 2 + 999)),
        get("last-byte-closed", &format!("bytes={0}-{0}", length - 1)),
        get("suffix", "bytes=-500"),
        get("start-at-length", &format!("bytes={length}-")),
        with("head", "HEAD", manners::player(None)),
        with("head-with-range", "HEAD", manners::player(Some("bytes=0-9"))),
        with("range-twice", "GET", twice),
        with("long-header", "GET", manners::player(Some(&long))),
        Case {
            name: "http-1-0",
            request: RawRequest {
                method: "GET",
                version: "HTTP/1.0",
                headers: manners::player(Some("bytes=0-9")),
            },
        },
    ]
}

/// One after another on one connection.
fn in_sequence(length: u64) -> Vec<Case> {
    vec![
        get("first-byte", "bytes=0-0"),
        get("middle", &format!("bytes={}-{}", length / 2, length / 2 + 999)),
        get("start-at-length", &format!("bytes={length}-")),
        get("last-byte-closed", &format!("bytes={0}-{0}", length - 1)),
    ]
}

/// Asks all of it; exchanges have no numbers yet.
pub(super) async fn ask(ctx: &ProbeContext, client: &Client, url: &str, recording: &Recording) -> Vec<Told> {
    let length = recording.spooled.length;
    let terms = Terms { linger: Some(LINGER), ..plain(ctx, client, recording) };
    let alone = stream::iter(apart(length)).map(|case| async move {
        let heard = once(url, &case, &terms).await;
        told(client, url, case.name.to_owned(), &case.request, heard)
    });
    let (mut all, sequence): (Vec<Told>, _) =
        tokio::join!(alone.buffered(AT_ONCE).collect(), sequence(client, url, terms, length));
    all.extend(sequence);
    all
}

async fn once(url: &str, case: &Case, terms: &Terms<'_>) -> RawHeard {
    let room = if terms.rest.is_some() { Room::Narrow } else { Room::Usual };
    match connect(url, terms, room).await {
        Ok(mut connection) => connection.ask(&case.request, terms).await,
        Err(reason) => silent(reason),
    }
}

async fn sequence(client: &Client, url: &str, terms: Terms<'_>, length: u64) -> Vec<Told> {
    let terms = Terms { linger: None, ..terms };
    let mut all = Vec::new();
    let mut open = None;
    for case in in_sequence(length) {
        let mut connection = match open.take() {
            Some(connection) => Ok(connection),
            None => connect(url, &terms, Room::Usual).await,
        };
        let heard = match &mut connection {
            Ok(connection) => connection.ask(&case.request, &terms).await,
            Err(reason) => silent(std::mem::take(reason)),
        };
        if heard.stays {
            open = connection.ok();
        }
        all.push(told(client, url, format!("keep-alive-{}", case.name), &case.request, heard));
    }
    all
}

/// Asks once with any method: for what the other client does not send.
pub(super) async fn once_with(
    ctx: &ProbeContext,
    client: &Client,
    url: &str,
    recording: &Recording,
    (name, method, headers): (&'static str, &'static str, Fields),
) -> Told {
    alone(client, url, with(name, method, headers), plain(ctx, client, recording)).await
}

/// Asks for everything, reads a little, rests, and reads all of the rest: a player whose buffer is full.
pub(super) async fn slowly(
    ctx: &ProbeContext,
    client: &Client,
    url: &str,
    recording: &Recording,
    name: &'static str,
) -> Told {
    let rest = Some(Rest { after: BEFORE_A_REST, during: ctx.patience.idle / 2 });
    let terms = Terms { limit: AFTER_A_REST, rest, ..plain(ctx, client, recording) };
    alone(client, url, get(name, "bytes=0-"), terms).await
}

/// The usual terms: as much of an answer as any probe reads, and no waiting after it.
fn plain<'a>(ctx: &ProbeContext, client: &'a Client, recording: &'a Recording) -> Terms<'a> {
    Terms {
        patience: ctx.patience,
        secrets: &client.secrets,
        way: &client.way,
        buffers: &client.buffers,
        recording: &recording.spooled,
        limit: READ_AT_MOST,
        linger: None,
        rest: None,
    }
}

async fn alone(client: &Client, url: &str, case: Case, terms: Terms<'_>) -> Told {
    let heard = once(url, &case, &terms).await;
    told(client, url, case.name.to_owned(), &case.request, heard)
}

fn silent(reason: String) -> RawHeard {
    RawHeard {
        outcome: Outcome::Failed(reason),
        facts: WireFacts::default(),
        timing: Timing::default(),
        stays: false,
    }
}

fn told(client: &Client, url: &str, case: String, request: &RawRequest, heard: RawHeard) -> Told {
    let headers = request.headers.iter().cloned().map(manners::kept);
    let exchange = Exchange {
        number: 0,
        call: 0,
        probe: Probe::Wire,
        case,
        step: None,
        request: Request {
            method: request.method.into(),
            target: client.secrets.cut_recording_url(url),
            headers: client.secrets.cut_headers(headers),
            body: Body::Empty,
        },
        hops: Vec::new(),
        outcome: heard.outcome,
        timing: heard.timing,
    };
    (exchange, heard.facts)
}
