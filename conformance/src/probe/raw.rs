//! A small reader of raw HTTP/1.1 (RFC 9112) over TCP or TLS: it shows what client libraries hide, namely bytes after the
//! announced end, what such bytes do to the next answer, and how the length of a body is told.
//!
//! It reads bounded amounts in bounded time and follows no redirect. Read next: `wire.rs` (what is asked with it).

use super::Way;
use super::body::{Buffers, Sink, Spooled};
use super::dial::{self, Room, Socket};
use super::manners::Fields;
use crate::evidence::{Answer, End, Outcome, Received, Timing, WireFacts};
use crate::patience::Patience;
use crate::range::oracle::place_of;
use mock_hubspot::exchange::Headers;
use mock_hubspot::secrets::Secrets;
use std::io;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::{Instant, timeout, timeout_at};
use url::{Position, Url};

/// The head of an answer is no longer than this.
const HEAD_AT_MOST: usize = 64 << 10;
/// Surplus bytes are counted up to this.
const SURPLUS_AT_MOST: u64 = 64 << 10;
/// How much is read at once.
const PIECE: usize = 16 << 10;

/// One request, as it is written.
#[derive(Clone, Debug)]
pub(super) struct RawRequest {
    pub(super) method: &'static str,
    pub(super) version: &'static str,
    pub(super) headers: Fields,
}

/// What came of one request.
pub(super) struct RawHeard {
    pub(super) outcome: Outcome,
    pub(super) facts: WireFacts,
    pub(super) timing: Timing,
    /// Whether the connection may carry another request.
    pub(super) stays: bool,
}

/// What answers are compared with and cut by.
#[derive(Clone, Copy)]
pub(super) struct Terms<'a> {
    pub(super) patience: Patience,
    pub(super) secrets: &'a Secrets,
    pub(super) way: &'a Way,
    pub(super) buffers: &'a Buffers,
    pub(super) recording: &'a Spooled,
    /// At most so many bytes of a body are read.
    pub(super) limit: u64,
    /// How long bytes after the end are awaited; `None` looks only at what is there.
    pub(super) linger: Option<Duration>,
    /// Reading rests once in the middle of the body.
    pub(super) rest: Option<Rest>,
}

/// A reader that stops reading for a while, as a player does whose buffer is full.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rest {
    /// After so many bytes of the body.
    pub(super) after: u64,
    pub(super) during: Duration,
}

/// One connection, and what was read of it and not used yet.
pub(super) struct Connection {
    socket: Box<dyn Socket>,
    read: Vec<u8>,
    host: String,
    target: String,
    answers: u32,
}

/// Connects to the server of this address.
pub(super) async fn connect(url: &str, terms: &Terms<'_>, room: Room) -> Result<Connection, String> {
    let opened = timeout(terms.patience.first_byte, open(url, terms, room)).await;
    opened.unwrap_or_else(|_| Err("no connection in time".into()))
}

async fn open(url: &str, terms: &Terms<'_>, room: Room) -> Result<Connection, String> {
    let parsed = Url::parse(url).map_err(|e| format!("not an address that can be asked: {e}"))?;
    // Whatever has no host is refused here.
    let socket = dial::open(&parsed, terms.way, room).await?;
    let host = parsed[Position::BeforeHost..Position::AfterPort].to_owned();
    let target = parsed[Position::BeforePath..Position::AfterQuery].to_owned();
    Ok(Connection { socket, read: Vec::new(), host, target, answers: 0 })
}

/// How the length of a body is told (RFC 9112 §6.3).
enum Framing {
    Nothing,
    Length(u64),
    Chunked,
    UntilClosed,
}

struct Head {
    status: u16,
    headers: Headers,
}

impl Head {
    fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.headers
            .iter()
            .filter(move |(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, v)| v.as_str())
    }
    fn says(&self, name: &str, word: &str) -> bool {
        self.all(name).any(|value| value.split(',').any(|w| w.trim().eq_ignore_ascii_case(word)))
    }
}

impl Connection {
    /// Sends a request and reads its answer.
    pub(super) async fn ask(&mut self, request: &RawRequest, terms: &Terms<'_>) -> RawHeard {
        let sent = Instant::now();
        let mut facts = WireFacts { reused: self.answers > 0, ..WireFacts::default() };
        let mut timing = Timing::default();
        let heard = self.exchange(request, terms, &mut facts, &mut timing, sent).await;
        timing.total_ms = ms(sent.elapsed());
        let (outcome, stays) = match heard {
            Ok((answer, stays)) => (Outcome::Answered(answer), stays),
            Err(reason) => (Outcome::Failed(terms.secrets.cut_text(&reason)), false),
        };
        self.answers += 1;
        RawHeard { outcome, facts, timing, stays }
    }

    async fn exchange(
        &mut self,
        request: &RawRequest,
        terms: &Terms<'_>,
        facts: &mut WireFacts,
        timing: &mut Timing,
        sent: Instant,
    ) -> Result<(Answer, bool), String> {
        let mut text =
            format!("{} {} {}\r\nHost: {}\r\n", request.method, self.target, request.version, self.host);
        for (name, value) in &request.headers {
            text.extend([name, ": ", value, "\r\n"]);
        }
        text.push_str("\r\n");
        let deadline = sent + terms.patience.first_byte;
        let written = timeout_at(deadline, self.socket.write_all(text.as_bytes())).await;
        written
            .map_err(|_| "the request could not be sent in time")?
            .map_err(|e| format!("not sent: {}", e.kind()))?;
        let mut head = self.head(deadline).await?;
        // Interim answers announce the final one (RFC 9110 §15.2).
        while matches!(head.status, 100..=199) {
            head = self.head(deadline).await?;
        }
        timing.first_byte_ms = ms(sent.elapsed());
        let framing = framing(request, &head, facts);
        let closes = head.says("connection", "close") || request.version == "HTTP/1.0";
        let until_closed = matches!(framing, Framing::UntilClosed);
        let (body, end) = self.body(request, &head, framing, terms, facts).await?;
        if end == End::Complete && !until_closed {
            self.surplus(terms, facts).await;
        }
        let headers = terms.secrets.cut_headers(head.headers);
        let stays = end == End::Complete && !closes && !until_closed;
        let (length, content) = body;
        Ok((Answer { status: head.status, headers, body: Received { length, end, content } }, stays))
    }

    /// Reads the status line and the header fields.
    async fn head(&mut self, deadline: Instant) -> Result<Head, String> {
        let end = loop {
            if let Some(at) = self.read.windows(4).position(|w| w == b"\r\n\r\n") {
                break at;
            }
            let start = &self.read[..self.read.len().min(5)];
            if !b"HTTP/".starts_with(start) {
                return Err(format!("not an answer: it begins with {}", shown(&self.read)));
            }
            if self.read.len() > HEAD_AT_MOST {
                return Err("the head of the answer is too large".into());
            }
            match timeout_at(deadline, self.more()).await {
                Err(_) => return Err("no answer in time".into()),
                Ok(Err(error)) => return Err(error),
                Ok(Ok(0)) if self.read.is_empty() => {
                    return Err("the connection was closed without an answer".into());
                }
                Ok(Ok(0)) => return Err("the connection was closed within the head of the answer".into()),
                Ok(Ok(_)) => {}
            }
        };
        let text = String::from_utf8_lossy(&self.read[..end]).into_owned();
        self.read.drain(..end + 4);
        let mut lines = text.split("\r\n");
        let line = lines.next().unwrap_or_default();
        let status = line
            .strip_prefix("HTTP/1.")
            .and_then(|rest| rest.split(' ').nth(1))
            .and_then(|code| code.parse().ok())
            .filter(|code| (100..=599).contains(code))
            .ok_or_else(|| format!("not an answer: it begins with {}", shown(line.as_bytes())))?;
        let headers = lines.filter_map(|line| line.split_once(':'));
        let headers = headers.map(|(name, value)| (name.trim().into(), value.trim().into())).collect();
        Ok(Head { status, headers })
    }

    /// Reads the next bytes; 0 when the connection was closed.
    async fn more(&mut self) -> Result<usize, String> {
        self.read.reserve(PIECE);
        let count = self
            .socket
            .read_buf(&mut self.read)
            .await
            .map_err(|e| format!("the connection broke: {}", e.kind()))?;
        Ok(count)
    }

    async fn body(
        &mut self,
        request: &RawRequest,
        head: &Head,
        framing: Framing,
        terms: &Terms<'_>,
        facts: &mut WireFacts,
    ) -> Result<((u64, crate::evidence::Content), End), String> {
        let mut sink = match head.status {
            200 | 206 if !head.all("content-type").any(|kind| kind.starts_with("multipart/")) => {
                let range = request.headers.iter().find(|(name, _)| *name == "Range");
                let range = range.map(|(_, value)| value.as_ref());
                let claimed = head.all("content-range").next();
                let place = place_of(head.status, claimed, range, terms.recording.length);
                Sink::comparing(terms.recording, place, terms.buffers)
            }
            _ => Sink::hashing(Sink::SMALL, terms.buffers),
        };
        let mut deadline = Instant::now() + terms.patience.stall;
        let mut rest = terms.rest;
        let mut body = Body { left: 0, taken: 0, limit: terms.limit };
        let end = loop {
            let step = match framing {
                Framing::Nothing => break End::Complete,
                Framing::Length(length) => {
                    body.left = length - body.taken;
                    body.take(&mut self.read, &mut sink)
                }
                Framing::UntilClosed => {
                    body.left = u64::MAX;
                    body.take(&mut self.read, &mut sink)
                }
                Framing::Chunked => match body.chunks(&mut self.read, &mut sink) {
                    Ok(step) => step,
                    Err(reason) => {
                        facts.framing.get_or_insert_with(|| reason.clone());
                        break End::CutShort(reason);
                    }
                },
            };
            match step.map_err(|e| format!("the spooled recording cannot be used: {e}"))? {
                Step::Done => break End::Complete,
                Step::Enough => break End::Abandoned,
                Step::More => {}
            }
            if let Some(Rest { during, .. }) = rest.take_if(|rest| body.taken >= rest.after) {
                tokio::time::sleep(during).await;
                deadline += during;
            }
            match timeout_at(deadline, self.more()).await {
                Err(_) => break End::Stalled(terms.patience.stall.as_millis() as u64),
                Ok(Ok(0)) if matches!(framing, Framing::UntilClosed) => break End::Complete,
                Ok(Ok(0)) => {
                    if matches!(framing, Framing::Chunked) {
                        facts.framing.get_or_insert_with(|| "the last chunk, of size 0, never came".into());
                    }
                    break End::CutShort("closed before the announced end".into());
                }
                Ok(Err(error)) => break End::CutShort(error),
                Ok(Ok(_)) => {}
            }
        };
        let finished = sink.finish(terms.secrets);
        Ok(((finished.length, finished.content), end))
    }

    /// Counts what comes after the announced end.
    async fn surplus(&mut self, terms: &Terms<'_>, facts: &mut WireFacts) {
        if let Some(linger) = terms.linger {
            let deadline = Instant::now() + linger;
            while (self.read.len() as u64) < SURPLUS_AT_MOST {
                match timeout_at(deadline, self.more()).await {
                    Ok(Ok(count)) if count > 0 => {}
                    _ => break,
                }
            }
        }
        // A server that says goodbye on its own account (408) begins another answer; it does not prolong this one.
        if self.read.starts_with(b"HTTP/") {
            return;
        }
        // How much more came is chance once it is this much.
        facts.surplus = (self.read.len() as u64).min(SURPLUS_AT_MOST);
        facts.surplus_head = super::body::hex(&self.read[..self.read.len().min(16)]);
    }
}

enum Step {
    Done,
    Enough,
    More,
}

/// How much of a body was taken. For chunks `left` is what the chunk at hand still owes, its CRLF included.
struct Body {
    left: u64,
    taken: u64,
    limit: u64,
}

impl Body {
    fn take(&mut self, read: &mut Vec<u8>, sink: &mut Sink<'_>) -> io::Result<Step> {
        let room = self.left.min(self.limit - self.taken);
        let count = read.len().min(usize::try_from(room).unwrap_or(usize::MAX));
        sink.take(&read[..count])?;
        read.drain(..count);
        self.taken += count as u64;
        self.left -= count as u64;
        Ok(if self.left == 0 {
            Step::Done
        } else if self.taken == self.limit {
            Step::Enough
        } else {
            Step::More
        })
    }

    /// Takes chunks (RFC 9112 §7.1). The outer error is what is wrong with them.
    fn chunks(&mut self, read: &mut Vec<u8>, sink: &mut Sink<'_>) -> Result<io::Result<Step>, String> {
        loop {
            if self.left > 2 {
                let mut data = std::mem::take(read);
                let keep =
                    data.split_off(data.len().min(usize::try_from(self.left - 2).unwrap_or(usize::MAX)));
                if self.taken + data.len() as u64 > self.limit {
                    return Ok(Ok(Step::Enough));
                }
                if let Err(error) = sink.take(&data) {
                    return Ok(Err(error));
                }
                self.taken += data.len() as u64;
                self.left -= data.len() as u64;
                *read = keep;
            }
            if self.left == 2 {
                match read.as_slice() {
                    [b'\r', b'\n', ..] => {
                        read.drain(..2);
                        self.left = 0;
                    }
                    [_, _, ..] => return Err("a chunk is longer than its size says".into()),
                    _ => return Ok(Ok(Step::More)),
                }
            }
            if self.left > 2 {
                return Ok(Ok(Step::More));
            }
            let Some(end) = read.windows(2).position(|w| w == b"\r\n") else {
                return if read.len() > 1024 {
                    Err("a chunk has no size".into())
                } else {
                    Ok(Ok(Step::More))
                };
            };
            let line = String::from_utf8_lossy(&read[..end]).into_owned();
            let digits = line.split(';').next().unwrap_or_default().trim();
            let size = u64::from_str_radix(digits, 16);
            let size = size.map_err(|_| format!("{} is no size of a chunk", shown(line.as_bytes())))?;
            if size == 0 {
                // Trailer fields, if any, end with an empty line.
                let trailer = &read[end..];
                let Some(at) = trailer.windows(4).position(|w| w == b"\r\n\r\n") else {
                    return Ok(Ok(Step::More));
                };
                read.drain(..end + at + 4);
                return Ok(Ok(Step::Done));
            }
            read.drain(..end + 2);
            self.left = size.saturating_add(2);
        }
    }
}

/// How the body's length is told, and what is wrong with that.
fn framing(request: &RawRequest, head: &Head, facts: &mut WireFacts) -> Framing {
    if request.method == "HEAD" || matches!(head.status, 204 | 304) {
        return Framing::Nothing;
    }
    let mut lengths: Vec<&str> = head.all("content-length").collect();
    lengths.dedup();
    let chunked = head.says("transfer-encoding", "chunked");
    if chunked {
        if let Some(length) = lengths.first() {
            facts.framing = Some(format!(
                "both Transfer-Encoding: chunked and Content-Length: {}",
                shown(length.as_bytes())
            ));
        }
        return Framing::Chunked;
    }
    match lengths.as_slice() {
        [] => Framing::UntilClosed,
        [one] => {
            if let Ok(length) = one.parse() {
                return Framing::Length(length);
            }
            facts.framing = Some(format!("Content-Length: {}", shown(one.as_bytes())));
            Framing::UntilClosed
        }
        several => {
            facts.framing = Some(format!("{} different values of Content-Length", several.len()));
            Framing::UntilClosed
        }
    }
}

/// Foreign bytes, made safe for a sentence.
fn shown(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(24)]).into_owned();
    if text.chars().all(|c| !c.is_control() && c != '\u{fffd}') {
        format!("`{text}`")
    } else {
        format!("the bytes {}", super::body::hex(&bytes[..bytes.len().min(16)]))
    }
}

fn ms(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1e6).round() / 1e3
}
