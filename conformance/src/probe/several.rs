//! Asks for several ranges in one header. Honest servers differ here: everything, one part, or a multipart body.

use super::asking::{Asking, Recording, to_recording};
use super::body::Spooled;
use super::client::Heard;
use super::manners;
use crate::evidence::{Content, Difference, Multipart, Part, Probe, ProbeOutcome};
use crate::range::content_range::{self, ContentRange};
use crate::range::multipart;
use crate::range::walk::READ_AT_MOST;
use std::os::unix::fs::FileExt;

/// Answers to headers that ask for much are read no further than this.
const MUCH_AT_MOST: u64 = 64 << 20;
/// A part of a body that is kept is compared in one piece.
const PART_AT_MOST: usize = 64 << 10;

/// Every case, with its header.
fn cases(length: u64) -> Vec<(&'static str, String)> {
    vec![
        ("far", format!("bytes=0-9,{}-{}", length - 10, length - 1)),
        ("reversed-order", format!("bytes={}-,0-9", length - 10)),
        ("adjacent", "bytes=0-9,10-19".into()),
        ("overlapping", "bytes=0-99,50-149".into()),
        ("one-beyond", format!("bytes=0-9,{}-", length + 5)),
        ("one-invalid", "bytes=0-9,9-3".into()),
        ("empty-elements", "bytes=0-9, ,20-29,".into()),
    ]
}

/// What a server may be made to do much work with; asked only where it was ordered.
fn much() -> [(&'static str, String); 2] {
    let small: Vec<_> = (0..200).rev().map(|at| format!("{0}-{0}", at * 2)).collect();
    [("many-small", format!("bytes={}", small.join(","))), ("whole-again", "bytes=0-,0-,0-,0-,0-".into())]
}

/// Asks each of them once.
pub(super) async fn ask(asking: &mut Asking<'_>, url: &str, recording: &Recording) {
    let length = recording.spooled.length;
    for (case, range) in cases(length) {
        if asking.is_silent(Probe::Several) {
            return;
        }
        one(asking, url, recording, (case, &range), READ_AT_MOST).await;
    }
    if asking.ctx.ranges.dos_hygiene {
        for (case, range) in much() {
            if asking.is_silent(Probe::Several) {
                return;
            }
            let limit = length.saturating_mul(2).saturating_add(1).min(MUCH_AT_MOST);
            one(asking, url, recording, (case, &range), limit).await;
        }
    }
    asking.settle(Probe::Several, ProbeOutcome::Asked);
}

async fn one(
    asking: &mut Asking<'_>,
    url: &str,
    recording: &Recording,
    (case, range): (&'static str, &str),
    limit: u64,
) {
    let headers = manners::player(Some(range));
    let ask = to_recording(Probe::Several, case, url, headers, Some(&recording.spooled), limit);
    let heard = asking.client.ask_politely(ask).await;
    let heard = asking.keep(heard);
    if let Some(told) = taken_apart(&heard, &recording.spooled) {
        asking.story.multiparts.push(told);
    }
}

fn taken_apart(heard: &Heard, recording: &Spooled) -> Option<Multipart> {
    let answer = heard.exchange.answer().filter(|answer| answer.status == 206)?;
    let kind = answer.header("content-type").unwrap_or_default();
    if !kind.trim_start().to_ascii_lowercase().starts_with("multipart/") {
        return None;
    }
    let exchange = heard.exchange.number;
    let malformed = |why: &str| Some(Multipart { exchange, malformed: Some(why.into()), parts: Vec::new() });
    let Some(boundary) = multipart::boundary(kind) else {
        return malformed("Content-Type names no boundary");
    };
    if heard.kept.is_empty() {
        return malformed("the body is longer than 64 KiB");
    }
    let (pieces, malformed) = multipart::parts(&heard.kept, &boundary);
    let parts = pieces.into_iter().map(|piece| {
        let claimed = piece.header("content-range").map(str::to_owned);
        let body = &heard.kept[piece.body.clone()];
        Part {
            content_type: piece.header("content-type").map(str::to_owned),
            length: body.len() as u64,
            content: compared(body, claimed.as_deref(), recording),
            content_range: claimed,
        }
    });
    Some(Multipart { exchange, malformed, parts: parts.collect() })
}

fn compared(body: &[u8], claimed: Option<&str>, recording: &Spooled) -> Content {
    if body.is_empty() {
        return Content::Empty;
    }
    let offset = match claimed.map(content_range::parse) {
        Some(Ok(ContentRange::Part { first, .. })) => first,
        _ => 0,
    };
    let room = usize::try_from(recording.length.saturating_sub(offset)).unwrap_or(PART_AT_MOST);
    let mut due = vec![0; body.len().min(room).min(PART_AT_MOST)];
    if recording.file.read_exact_at(&mut due, offset).is_err() {
        due.clear();
    }
    let equal = due.iter().zip(body).take_while(|(a, b)| a == b).count();
    if equal == body.len() {
        return Content::Equal { offset };
    }
    let hex = |bytes: &[u8]| super::body::hex(&bytes[equal.min(bytes.len())..bytes.len().min(equal + 16)]);
    Content::Differs(Difference {
        offset,
        equal: equal as u64,
        expected: hex(&due),
        received: hex(body),
        head: super::body::hex(&body[..body.len().min(32)]),
    })
}
