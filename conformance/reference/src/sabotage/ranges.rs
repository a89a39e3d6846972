//! Lies about ranges: how a `Range` header is read, and how the planned answer is spoilt.

use bytes::Bytes;
use http::{
    HeaderMap, StatusCode,
    header::{ACCEPT_RANGES, CONTENT_ENCODING, CONTENT_RANGE, CONTENT_TYPE, ETAG, IF_RANGE},
};

use super::Lie;
use crate::{
    answer::{Answer, Segment, Slice},
    byte_range::{ByteRange, Reading},
    library::{Recording, Validators},
    recording::slice,
    server::App,
};

const BLOCK: u64 = 64 * 1024;
const TINY: u64 = 1000;
const BOUNDARY: &str = "3d6b6a416f9b5";

/// Another entity-tag in every answer. The conditions of the request are compared with it, too.
pub(crate) fn spoil_validators(app: &App, honest: &Validators) -> Validators {
    let mut validators = honest.clone();
    if app.config.lie == Some(Lie::RangesEtagEachTime) {
        validators.etag = format!("\"{:x}\"", app.tally.number());
    }
    validators
}

/// Whether the range applies, whatever `If-Range` says.
pub(crate) fn spoil_if_range(lie: Option<Lie>, headers: &HeaderMap, honest: bool) -> bool {
    let Some(validator) = headers.get(IF_RANGE) else { return honest };
    let is_tag = validator.as_bytes().contains(&b'"');
    match lie {
        Some(Lie::RangesIfRangeIgnored) => true,
        Some(Lie::RangesIfRangeNeverMatches) if is_tag => false,
        Some(Lie::RangesIfRangeDateNeverMatches) if !is_tag => false,
        _ => honest,
    }
}

/// Misreads a header that was sent.
pub(crate) fn spoil_reading(
    lie: Option<Lie>,
    header: Option<&str>,
    asked: Option<ByteRange>,
    honest: Reading,
    length: u64,
) -> Reading {
    let (Some(lie), Some(header)) = (lie, header) else { return honest };
    let end = length.saturating_sub(1);
    match (lie, asked) {
        (Lie::RangesAnswers200WithEverything | Lie::RangesAcceptRangesLies, _)
        | (Lie::RangesOpensWith200, Some(ByteRange::From(0))) => Reading::Whole,
        (Lie::RangesZeroIsFalsy, Some(ByteRange::FromTo(0, 0))) => Reading::Part { first: 0, last: end },
        (Lie::RangesRefuses01, Some(ByteRange::FromTo(0, 1)))
        | (Lie::RangesRefusesSuffix, Some(ByteRange::Suffix(_))) => Reading::Unsatisfiable,
        (Lie::RangesRefusesEndBeyond, Some(ByteRange::FromTo(_, last))) if last >= length => {
            Reading::Unsatisfiable
        }
        (Lie::RangesRefusesLongSuffix, Some(ByteRange::Suffix(count))) if count > length => {
            Reading::Unsatisfiable
        }
        (Lie::RangesSuffixFromTheStart, Some(ByteRange::Suffix(count))) => {
            Reading::Part { first: 0, last: count.min(end) }
        }
        (Lie::RangesSwapsReversed, None) => swapped(header).map_or(honest, |range| range.of(length)),
        (Lie::RangesReadsGarbage, None) if is_garbage(header) => Reading::Part { first: 0, last: 0 },
        (Lie::RangesUnknownUnitAsBytes, None) => {
            let set = header.split_once('=').map_or("", |(_, set)| set);
            ByteRange::parse(&format!("bytes={set}")).map_or(honest, |range| range.of(length))
        }
        (Lie::RangesStartsAtABlock, _) => match honest {
            Reading::Part { first, last } if first >= BLOCK => Reading::Part { first: first & !15, last },
            _ => honest,
        },
        (Lie::RangesTinyPieces, _) => match honest {
            Reading::Part { first, last } => Reading::Part { first, last: last.min(first + TINY - 1) },
            _ => honest,
        },
        _ => honest,
    }
}

/// `bytes=500-100` as `bytes=100-500`.
fn swapped(header: &str) -> Option<ByteRange> {
    let (last, first) = header.strip_prefix("bytes=")?.split_once('-')?;
    ByteRange::parse(&format!("bytes={first}-{last}")).filter(|_| !first.is_empty() && !last.is_empty())
}

/// A set of bytes that is no list and no pair of numbers.
fn is_garbage(header: &str) -> bool {
    header.strip_prefix("bytes=").is_some_and(|set| !set.contains(',') && swapped(header).is_none())
}

/// Spoils an honest answer. It is `unasked` when no range was asked for at all.
pub(crate) fn spoil_answer(
    lie: Option<Lie>,
    mut answer: Answer,
    asked: Option<ByteRange>,
    unasked: bool,
    recording: &Recording,
) -> Answer {
    let Some(lie) = lie else { return answer };
    spoil_accept_ranges(lie, &mut answer, recording.length);
    match (answer.status, answer.body.as_slice()) {
        (StatusCode::OK, _) if lie == Lie::RangesAlways206 && unasked => {
            answer.status = StatusCode::PARTIAL_CONTENT;
            answer.set(CONTENT_RANGE, whole_range(recording.length));
        }
        (StatusCode::PARTIAL_CONTENT, [Segment::Slice(part)]) => {
            let part = part.clone();
            spoil_part(lie, &mut answer, asked, recording, part);
        }
        (StatusCode::RANGE_NOT_SATISFIABLE, _) => spoil_unsatisfiable(lie, &mut answer, asked, recording),
        _ => {}
    }
    answer
}

fn spoil_accept_ranges(lie: Lie, answer: &mut Answer, length: u64) {
    match lie {
        Lie::RangesAnswers200WithEverything => {
            answer.headers.remove(ACCEPT_RANGES);
        }
        Lie::RangesAcceptRangesGarbage => answer.set(ACCEPT_RANGES, format!("0-{length}")),
        Lie::RangesAcceptRangesNone => answer.set(ACCEPT_RANGES, "none"),
        _ => {}
    }
}

fn whole_range(length: u64) -> String {
    format!("bytes 0-{}/{length}", length.saturating_sub(1))
}

fn spoil_part(lie: Lie, answer: &mut Answer, asked: Option<ByteRange>, recording: &Recording, part: Slice) {
    let total = recording.length;
    let (first, last) = (part.start, part.start + part.length - 1);
    let mut range = |text: String| answer.set(CONTENT_RANGE, text);
    match (lie, asked) {
        (Lie::RangesDropsTheLastByte, Some(ByteRange::FromTo(_, end))) if end < total => {
            answer.body = vec![slice(recording, first, part.length - 1)];
        }
        (Lie::RangesOpenRangeDropsTheLastByte, Some(ByteRange::From(_))) => {
            answer.body = vec![slice(recording, first, part.length - 1)];
        }
        (Lie::RangesLastByteEmpty, Some(ByteRange::FromTo(start, end)))
            if start == end && end == total - 1 =>
        {
            answer.body.clear();
        }
        (Lie::RangesContentRangeEndsAtLength, Some(ByteRange::From(_))) => {
            range(format!("bytes {first}-{total}/{total}"));
        }
        (Lie::RangesDoesNotClamp, Some(ByteRange::FromTo(_, end))) => {
            range(format!("bytes {first}-{end}/{total}"));
        }
        (Lie::RangesBytesFromTheStart, _) => answer.body = vec![slice(recording, 0, part.length)],
        (Lie::RangesGarbledPast64Kib, _) => answer.body = garbled(part),
        (Lie::RangesNoContentRange, _) => {
            answer.headers.remove(CONTENT_RANGE);
        }
        (Lie::RangesConstantContentRange, _) => range(whole_range(total)),
        (Lie::RangesContentRangeMisspelt, _) => range(format!("bytes={first}-{last}/{total}")),
        (Lie::RangesTotalOfTheSlice, _) => range(format!("bytes {first}-{last}/{}", part.length)),
        (Lie::RangesTotalUnknown, _) => range(format!("bytes {first}-{last}/*")),
        (Lie::Ranges200WithASlice, _) => answer.status = StatusCode::OK,
        (Lie::RangesMultipartForOne, _) => multipart(answer, part, total),
        (Lie::RangesGzip206, _) => answer.set(CONTENT_ENCODING, "gzip"),
        (Lie::RangesEtagOfTheSlice, _) => answer.set(ETAG, format!("\"{first:x}-{last:x}\"")),
        _ => {}
    }
}

/// The bytes from the next block on have all of their bits turned.
fn garbled(part: Slice) -> Vec<Segment> {
    let boundary = (part.start / BLOCK + 1) * BLOCK;
    let right = boundary.saturating_sub(part.start).min(part.length);
    let wrong = Slice { start: boundary, length: part.length - right, inverted: true, ..part.clone() };
    let mut body = vec![Segment::Slice(Slice { length: right, ..part })];
    if wrong.length > 0 {
        body.push(Segment::Slice(wrong));
    }
    body
}

fn multipart(answer: &mut Answer, part: Slice, total: u64) {
    let last = part.start + part.length - 1;
    let head = format!(
        "--{BOUNDARY}\r\nContent-Type: application/octet-stream\r\nContent-Range: bytes {}-{last}/{total}\r\n\r\n",
        part.start
    );
    answer.headers.remove(CONTENT_RANGE);
    answer.set(CONTENT_TYPE, format!("multipart/byteranges; boundary={BOUNDARY}"));
    answer.body = vec![
        Segment::Bytes(head.into()),
        Segment::Slice(part),
        Segment::Bytes(Bytes::from(format!("\r\n--{BOUNDARY}--\r\n"))),
    ];
}

fn spoil_unsatisfiable(lie: Lie, answer: &mut Answer, asked: Option<ByteRange>, recording: &Recording) {
    let total = recording.length;
    let start = match asked {
        Some(ByteRange::FromTo(first, _) | ByteRange::From(first)) => Some(first),
        Some(ByteRange::Suffix(_)) | None => None,
    };
    match (lie, asked) {
        (Lie::RangesPartialAtTheEnd, _) if start == Some(total) => partial_of_nothing(answer, total),
        (Lie::RangesZeroSuffixPartial, Some(ByteRange::Suffix(0))) => partial_of_nothing(answer, total),
        (Lie::Ranges500BeyondTheEnd, _) if start > Some(total) => {
            *answer = Answer::refusal(StatusCode::INTERNAL_SERVER_ERROR, "start out of bounds");
        }
        (Lie::Ranges404BeyondTheEnd, _) if start > Some(total) => {
            *answer = Answer::refusal(StatusCode::NOT_FOUND, "no such part");
        }
        (Lie::RangesWholeFileWith416, _) => {
            answer.set(CONTENT_TYPE, "application/octet-stream");
            answer.body = vec![slice(recording, 0, total)];
        }
        (Lie::Ranges416WithoutLength, _) => {
            answer.headers.remove(CONTENT_RANGE);
        }
        (Lie::Ranges416WithoutUnit, _) => answer.set(CONTENT_RANGE, format!("*/{total}")),
        _ => {}
    }
}

fn partial_of_nothing(answer: &mut Answer, total: u64) {
    answer.status = StatusCode::PARTIAL_CONTENT;
    answer.set(CONTENT_RANGE, format!("bytes {total}-{}/{total}", total.saturating_sub(1)));
    answer.set(CONTENT_TYPE, "application/octet-stream");
    answer.body.clear();
}
