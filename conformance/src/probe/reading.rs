//! How an answer is read: how far, for how long, and compared with what.
//!
//! Read next: `body.rs` (what becomes of the bytes).

use super::body::{Finished, Sink};
use super::client::{Ask, Client, Reading};
use super::reply::Arriving;
use super::words;
use crate::evidence::End;
use crate::range::oracle::place_of;
use reqwest::header::{self, HeaderMap, HeaderValue};
use std::io;
use tokio::time::{Instant, timeout_at};

/// An endpoint's answer is read no further than this.
const ENDPOINT_AT_MOST: u64 = 1 << 20;
/// A recording is read no further than this: days of audio.
const RECORDING_AT_MOST: u64 = 16 << 30;
/// A refusal instead of a recording is read no further than this.
const REFUSAL_AT_MOST: u64 = 256 << 10;
/// Answers up to this size have the time of a small one, larger ones that of a download.
const SMALL_DOWNLOAD: u64 = 1 << 20;

impl Client {
    /// Reads the body. The error is ours: the spooled file.
    pub(super) async fn read(
        &self,
        ask: &Ask<'_>,
        (status, fields): (u16, &HeaderMap),
        mut body: Arriving,
        begun: Instant,
    ) -> io::Result<(Finished, End, bool)> {
        let (mut sink, limit) = self.sink(ask, status, fields);
        let announced = body.announced();
        let time = match ask.reading {
            Reading::Spool(_) | Reading::Compare(..) if limit > SMALL_DOWNLOAD => self.patience.download,
            _ => self.patience.download.min(self.patience.first_byte + self.patience.stall),
        };
        let deadline = begun + time;
        // To ask what time it is takes as long as many a small answer's bytes: once for each piece.
        let mut now = begun;
        let mut length = 0;
        let (end, waited) = loop {
            let Some(left) = deadline.checked_duration_since(now).filter(|left| !left.is_zero()) else {
                break (End::Abandoned, true);
            };
            match timeout_at(now + self.patience.stall.min(left), body.next()).await {
                Err(_) if left < self.patience.stall => break (End::Abandoned, true),
                Err(_) => break (End::Stalled(self.patience.stall.as_millis() as u64), true),
                Ok(Err(error)) => break (End::CutShort(self.secrets.cut_text(&words::of(&*error))), false),
                Ok(Ok(None)) => break (End::Complete, false),
                Ok(Ok(Some(bytes))) => {
                    // Cut at the limit, so that the same answer gives the same evidence however it arrives.
                    let count = bytes.len().min(usize::try_from(limit - length).unwrap_or(usize::MAX));
                    sink.take(&bytes[..count])?;
                    length += count as u64;
                    if count < bytes.len() || (length == limit && announced != Some(length)) {
                        break (End::Abandoned, false);
                    }
                    now = Instant::now();
                }
            }
        };
        self.learn(ask, &sink);
        Ok((sink.finish(&self.secrets), end, waited))
    }

    /// The endpoint's answer holds a credential, which must be known before the answer is written down.
    fn learn(&self, ask: &Ask<'_>, sink: &Sink<'_>) {
        if matches!(ask.reading, Reading::Endpoint)
            && let Some(url) = super::authenticated_url::url_in(sink.kept())
        {
            self.secrets.learn_url(&url);
        }
    }

    /// Where this answer's body goes, and how much of it is read.
    fn sink<'a>(&'a self, ask: &Ask<'a>, status: u16, fields: &HeaderMap) -> (Sink<'a>, u64) {
        let claims_recording = matches!(status, 200 | 206);
        let multipart = is_type(fields, &["multipart/"]);
        let textual = is_type(fields, &["text/", "application/json", "application/xml", "application/xhtml"]);
        let keep = if textual || !claims_recording { Sink::SMALL } else { 0 };
        match ask.reading {
            Reading::Endpoint => (Sink::hashing(ENDPOINT_AT_MOST as usize, &self.buffers), ENDPOINT_AT_MOST),
            Reading::Hash(limit) => (Sink::hashing(keep, &self.buffers), limit),
            Reading::Spool(file) if claims_recording => {
                (Sink::hashing(keep, &self.buffers).also_writing(file), RECORDING_AT_MOST)
            }
            Reading::Spool(_) => (Sink::hashing(keep, &self.buffers), REFUSAL_AT_MOST),
            Reading::Compare(recording, limit) if claims_recording && !multipart => {
                let offset = offset_of(ask, (status, fields), recording.length);
                (Sink::comparing(recording, offset, &self.buffers), limit)
            }
            Reading::Compare(_, limit) if multipart => (Sink::hashing(Sink::SMALL, &self.buffers), limit),
            Reading::Compare(recording, limit) => {
                let sink = Sink::hashing(keep, &self.buffers).also_comparing(recording, 0);
                (sink, limit.max(REFUSAL_AT_MOST))
            }
        }
    }
}

/// Where in the recording an answer belongs.
fn offset_of(ask: &Ask<'_>, (status, fields): (u16, &HeaderMap), length: u64) -> u64 {
    let claimed = fields.get(header::CONTENT_RANGE).and_then(|v| v.to_str().ok());
    let range = ask.headers.iter().find(|(name, _)| *name == "Range").map(|(_, value)| value.as_ref());
    place_of(status, claimed, range, length)
}

fn is_type(fields: &HeaderMap, kinds: &[&str]) -> bool {
    let value = fields.get(header::CONTENT_TYPE).map(HeaderValue::as_bytes).unwrap_or_default();
    let value = String::from_utf8_lossy(value);
    let value = value.trim_start();
    kinds.iter().any(|kind| value.get(..kind.len()).is_some_and(|start| start.eq_ignore_ascii_case(kind)))
}
