//! One answer, planned as data: a status, headers, and the segments of its body. Nothing is read from the disk before
//! the answer is on its way, and then never more than a piece at a time.

use std::{
    fs::File,
    io::{self, Read as _, Seek as _, SeekFrom},
    path::Path,
    sync::Arc,
    time::Duration,
};

use axum::{
    body::Body,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use futures_util::{
    Stream, StreamExt as _, TryStreamExt as _,
    stream::{self, BoxStream},
};
use http::{
    HeaderMap, HeaderName, HeaderValue, StatusCode,
    header::{CONTENT_LENGTH, CONTENT_TYPE, TRANSFER_ENCODING},
};
use serde_json::Value;
use tokio::task::spawn_blocking;

/// How much of a file is in memory at a time.
const PIECE: u64 = 256 * 1024;
/// The same where pieces leave at a pace.
const PACED: u64 = 64 * 1024;
/// How long the bytes before a cut have to leave.
const FLUSH: Duration = Duration::from_millis(100);

/// What is sent back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<Segment>,
}

/// A part of a body.
#[derive(Clone, Debug)]
pub(crate) enum Segment {
    /// Bytes at hand.
    Bytes(Bytes),
    /// Bytes of a file.
    Slice(Slice),
    /// The connection breaks here.
    Cut,
}

/// Some bytes of a file.
#[derive(Clone, Debug)]
pub(crate) struct Slice {
    pub(crate) file: Arc<Path>,
    pub(crate) start: u64,
    pub(crate) length: u64,
    /// Every byte is sent with all of its bits turned.
    pub(crate) inverted: bool,
    /// How long each piece takes to leave, besides what the network takes.
    pub(crate) pace: Option<Duration>,
}

impl Answer {
    /// An answer without a body.
    pub(crate) fn empty(status: StatusCode) -> Self {
        Self { status, headers: HeaderMap::new(), body: Vec::new() }
    }

    /// A JSON answer.
    pub(crate) fn json(status: StatusCode, value: &Value) -> Self {
        Self::text(status, "application/json", value.to_string())
    }

    /// A refusal that says why.
    pub(crate) fn refusal(status: StatusCode, why: &str) -> Self {
        Self::json(status, &serde_json::json!({ "error": why }))
    }

    /// A short text.
    pub(crate) fn text(status: StatusCode, media_type: &'static str, text: impl Into<Bytes>) -> Self {
        let mut answer = Self::empty(status);
        answer.headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
        answer.body = vec![Segment::Bytes(text.into())];
        answer
    }

    /// Sets a header whose value is made of what a header may hold.
    pub(crate) fn set(&mut self, name: HeaderName, value: impl AsRef<str>) {
        if let Ok(value) = HeaderValue::from_str(value.as_ref()) {
            self.headers.insert(name, value);
        }
    }

    /// How many bytes the body has.
    pub(crate) fn length(&self) -> u64 {
        self.body.iter().map(Segment::length).sum()
    }
}

impl Segment {
    fn length(&self) -> u64 {
        match self {
            Self::Bytes(bytes) => bytes.len() as u64,
            Self::Slice(slice) => slice.length,
            Self::Cut => 0,
        }
    }

    async fn open(self) -> io::Result<BoxStream<'static, io::Result<Bytes>>> {
        Ok(match self {
            Self::Bytes(bytes) => stream::once(async { Ok(bytes) }).boxed(),
            Self::Cut => {
                // What came before must have left, or the connection breaks without an answer.
                tokio::time::sleep(FLUSH).await;
                stream::once(async { Err(io::Error::other("cut off on purpose")) }).boxed()
            }
            Self::Slice(slice) => {
                let pieces = read(slice.file, slice.start, slice.length, slice.pace.map_or(PIECE, |_| PACED));
                let pieces = if slice.inverted {
                    pieces.map_ok(|piece| invert(&piece)).boxed()
                } else {
                    pieces.boxed()
                };
                match slice.pace {
                    None => pieces,
                    Some(pace) => pieces
                        .then(move |piece| async move {
                            tokio::time::sleep(pace).await;
                            piece
                        })
                        .boxed(),
                }
            }
        })
    }
}

/// So many bytes of a file from there on. Files block, so each piece is read on a thread that may wait; the first one with the
/// opening, for most answers are no longer.
fn read(
    path: Arc<Path>,
    start: u64,
    length: u64,
    piece: u64,
) -> impl Stream<Item = io::Result<Bytes>> + Send {
    stream::try_unfold((None, length), move |(file, left)| {
        let path = Arc::clone(&path);
        let next = move || {
            let file = if let Some(file) = file {
                file
            } else {
                let mut file = File::open(path)?;
                file.seek(SeekFrom::Start(start))?;
                file
            };
            let mut bytes = Vec::with_capacity(left.min(piece) as usize);
            (&file).take(left.min(piece)).read_to_end(&mut bytes)?;
            let left = left - bytes.len() as u64;
            // A file that ends too early ends the answer.
            Ok((!bytes.is_empty()).then(|| (bytes.into(), (Some(file), left))))
        };
        async move { if left == 0 { Ok(None) } else { spawn_blocking(next).await? } }
    })
}

/// The bytes of a body, piece by piece.
pub(crate) fn stream(body: Vec<Segment>) -> impl Stream<Item = io::Result<Bytes>> + Send {
    stream::iter(body).then(Segment::open).try_flatten()
}

fn invert(piece: &[u8]) -> Bytes {
    piece.iter().map(|byte| !byte).collect()
}

impl IntoResponse for Answer {
    fn into_response(mut self) -> Response {
        let length = self.length();
        // RFC 9110 §15.4.5: a 304 speaks of a body that it does not send.
        let framed =
            self.headers.contains_key(CONTENT_LENGTH) || self.headers.contains_key(TRANSFER_ENCODING);
        if self.status != StatusCode::NOT_MODIFIED && !framed {
            self.headers.insert(CONTENT_LENGTH, length.into());
        }
        let body = if self.body.is_empty() { Body::empty() } else { Body::from_stream(stream(self.body)) };
        (self.status, self.headers, body).into_response()
    }
}
