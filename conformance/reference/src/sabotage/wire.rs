//! Lies on the wire itself: bytes after the end, an answer's length told wrongly. No HTTP library would send them, so these
//! recordings are served by a few lines that write HTTP/1.1 themselves, on a port of their own.

use std::{io, net::Ipv4Addr, sync::Arc, time::Duration};

use axum::http::Uri;
use bytes::Bytes;
use futures_util::StreamExt as _;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Version, header::CONTENT_LENGTH};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpSocket, TcpStream},
    time::timeout,
};

use super::Lie;
use crate::{
    answer::{Answer, Segment, stream},
    recording,
    server::App,
};

/// A request's head is no longer than this.
const HEAD_AT_MOST: usize = 64 * 1024;
/// Connections that wait to be accepted.
const BACKLOG: u32 = 64;
/// A send buffer so small, in bytes, that a reader who rests is noticed.
const NARROW: u32 = 32 * 1024;
/// How long a reader may rest.
const IMPATIENT: Duration = Duration::from_millis(1500);

/// A length that nobody can check in HTTP/1.1, for it is right there.
pub(crate) fn spoil_http2(lie: Option<Lie>, version: Version, mut answer: Answer) -> Answer {
    if lie == Some(Lie::RangesHttp2Length)
        && version == Version::HTTP_2
        && answer.status == StatusCode::PARTIAL_CONTENT
    {
        let length = answer.length() + 1;
        answer.headers.insert(CONTENT_LENGTH, length.into());
    }
    answer
}

/// The port that a lie on the wire is told on.
pub(crate) fn listen(lie: Option<Lie>) -> io::Result<Option<TcpListener>> {
    let tells = matches!(
        lie,
        Some(
            Lie::RangesWholeFileUnderAPart
                | Lie::RangesStreamsToTheEnd
                | Lie::RangesBodyAfterARefusal
                | Lie::RangesHeadWritesABody
                | Lie::RangesTwoFramings
                | Lie::RangesUnendedChunks
                | Lie::RangesLengthOfTheWhole
                | Lie::RangesChunked206
                | Lie::RangesHttp10Chunks
                | Lie::DownloadCutsSlowReaders
        )
    );
    if !tells {
        return Ok(None);
    }
    let socket = TcpSocket::new_v4()?;
    if lie == Some(Lie::DownloadCutsSlowReaders) {
        socket.set_send_buffer_size(NARROW)?;
    }
    socket.bind((Ipv4Addr::LOCALHOST, 0).into())?;
    socket.listen(BACKLOG).map(Some)
}

/// Serves recordings on this port.
pub(crate) async fn serve(listener: TcpListener, app: Arc<App>) {
    while let Ok((socket, _)) = listener.accept().await {
        let app = Arc::clone(&app);
        tokio::spawn(async move {
            // A client that went away is nobody's fault.
            let _ = converse(socket, &app).await;
        });
    }
}

async fn converse(mut socket: TcpStream, app: &App) -> io::Result<()> {
    socket.set_nodelay(true)?;
    let mut read = Vec::new();
    loop {
        let end = loop {
            if let Some(at) = read.windows(4).position(|four| four == b"\r\n\r\n") {
                break at;
            }
            if read.len() > HEAD_AT_MOST || socket.read_buf(&mut read).await? == 0 {
                return Ok(());
            }
        };
        let Some(request) = request(&read[..end]) else { return Ok(()) };
        read.drain(..end + 4);
        if answer(&mut socket, app, request).await? {
            return socket.shutdown().await;
        }
    }
}

struct Request {
    method: Method,
    uri: Uri,
    old: bool,
    headers: HeaderMap,
}

fn request(head: &[u8]) -> Option<Request> {
    let text = std::str::from_utf8(head).ok()?;
    let mut lines = text.split("\r\n");
    let mut line = lines.next()?.split(' ');
    let (method, uri, version) = (line.next()?.parse().ok()?, line.next()?.parse().ok()?, line.next()?);
    let mut headers = HeaderMap::new();
    for (name, value) in lines.filter_map(|line| line.split_once(':')) {
        headers.append(name.parse::<HeaderName>().ok()?, HeaderValue::from_str(value.trim()).ok()?);
    }
    Some(Request { method, uri, old: version == "HTTP/1.0", headers })
}

/// Answers; true where the connection is to be closed.
async fn answer(socket: &mut TcpStream, app: &App, request: Request) -> io::Result<bool> {
    let Some(lie) = app.config.lie else { return Ok(true) };
    let mut answer = recording::answer(app, &request.method, &request.uri, &request.headers);
    let is_part = answer.status == StatusCode::PARTIAL_CONTENT;
    let mut length = match answer.headers.get(CONTENT_LENGTH) {
        Some(length) => length.to_str().ok().and_then(|length| length.parse().ok()).unwrap_or(0),
        None => answer.length(),
    };
    let mut chunks = Chunks::None;
    let mut closes = request.old;
    let mut announced = true;
    match lie {
        Lie::RangesWholeFileUnderAPart if is_part => from(&mut answer, 0),
        Lie::RangesStreamsToTheEnd if is_part => {
            let first = first(&answer);
            from(&mut answer, first);
            closes = true;
        }
        Lie::RangesBodyAfterARefusal if answer.status == StatusCode::RANGE_NOT_SATISFIABLE => length = 0,
        Lie::RangesHeadWritesABody if request.method == Method::HEAD => {
            answer.body =
                vec![Segment::Bytes(Bytes::from(vec![0; usize::try_from(length.min(10)).unwrap_or(10)]))];
        }
        Lie::RangesTwoFramings if is_part => chunks = Chunks::Right,
        Lie::RangesUnendedChunks if is_part && alone_at_the_end(app, &request) => {
            (chunks, announced, closes) = (Chunks::Unended, false, true);
        }
        Lie::RangesLengthOfTheWhole if is_part => {
            length = total(&answer).unwrap_or(length);
            closes = true;
        }
        Lie::RangesChunked206 if is_part => (chunks, announced) = (Chunks::Right, false),
        Lie::RangesHttp10Chunks if request.old => (chunks, announced) = (Chunks::Right, false),
        _ => {}
    }
    let mut head = format!("HTTP/1.1 {}\r\n", answer.status);
    for (name, value) in answer.headers.iter().filter(|(name, _)| *name != CONTENT_LENGTH) {
        head.extend([name.as_str(), ": ", value.to_str().unwrap_or_default(), "\r\n"]);
    }
    if announced {
        head.extend(["Content-Length: ", &length.to_string(), "\r\n"]);
    }
    if !matches!(chunks, Chunks::None) {
        head += "Transfer-Encoding: chunked\r\n";
    }
    if closes {
        head += "Connection: close\r\n";
    }
    head += "\r\n";
    let patience = (lie == Lie::DownloadCutsSlowReaders).then_some(IMPATIENT);
    write(socket, head.into_bytes(), answer.body, chunks, patience).await?;
    Ok(closes)
}

#[derive(Clone, Copy)]
enum Chunks {
    None,
    Right,
    Unended,
}

/// Head and beginning of the body leave together, so that what is too much comes with what is right.
async fn write(
    socket: &mut TcpStream,
    head: Vec<u8>,
    body: Vec<Segment>,
    chunks: Chunks,
    patience: Option<Duration>,
) -> io::Result<()> {
    let mut pending = head;
    let mut pieces = std::pin::pin!(stream(body));
    while let Some(piece) = pieces.next().await {
        let piece = piece?;
        match chunks {
            Chunks::None => pending.extend_from_slice(&piece),
            Chunks::Right | Chunks::Unended => {
                pending.extend_from_slice(format!("{:x}\r\n", piece.len()).as_bytes());
                pending.extend_from_slice(&piece);
                pending.extend_from_slice(b"\r\n");
            }
        }
        match patience {
            None => socket.write_all(&pending).await?,
            Some(patience) => timeout(patience, socket.write_all(&pending)).await??,
        }
        pending.clear();
    }
    if matches!(chunks, Chunks::Right) {
        pending.extend_from_slice(b"0\r\n\r\n");
    }
    socket.write_all(&pending).await
}

/// The file from this byte on, to its end.
fn from(answer: &mut Answer, first: u64) {
    if let (Some(total), [Segment::Slice(slice)]) = (total(answer), answer.body.as_mut_slice()) {
        (slice.start, slice.length) = (first, total - first);
    }
}

fn first(answer: &Answer) -> u64 {
    match answer.body.as_slice() {
        [Segment::Slice(slice)] => slice.start,
        _ => 0,
    }
}

/// The complete length that Content-Range names.
fn total(answer: &Answer) -> Option<u64> {
    let value = answer.headers.get(http::header::CONTENT_RANGE)?.to_str().ok()?;
    value.rsplit_once('/')?.1.parse().ok()
}

/// Whether the last byte alone is asked for, as a closed range.
fn alone_at_the_end(app: &App, request: &Request) -> bool {
    let key = request.uri.path().rsplit('/').next().unwrap_or_default();
    let Some(recording) = app.library.with_key(key) else { return false };
    let last = recording.length.saturating_sub(1);
    request.headers.get(http::header::RANGE).is_some_and(|range| *range == format!("bytes={last}-{last}"))
}
