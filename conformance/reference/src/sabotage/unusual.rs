//! Lies about requests that are seldom sent: large numbers, odd spellings, several ranges, conditions, HEAD, codings, and
//! about clients that are not Chromium.

use bytes::Bytes;
use http::{
    HeaderMap, HeaderName, Method, StatusCode,
    header::{
        ACCEPT, ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE,
        CONTENT_TYPE, IF_MATCH, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE, IF_UNMODIFIED_SINCE, RANGE, VARY,
    },
};

use super::Lie;
use crate::{
    answer::{Answer, Segment, Slice},
    byte_range::{ByteRange, Reading},
    library::{Recording, Validators},
    recording::{described, part, slice, unsatisfiable, whole},
    server::App,
};

const BOUNDARY: &str = "7d2f1c5e90";
/// The beginning of a gzip stream (RFC 1952 §2.3).
const GZIP: &[u8] = &[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
const WRAP: u64 = 1 << 32;
/// No player reads a closed range further than this at once.
const DEEP: u64 = 300 << 10;

/// Answers in place of the honest code.
pub(crate) fn instead(
    app: &App,
    recording: &Recording,
    method: &Method,
    headers: &HeaderMap,
    validators: &Validators,
) -> Option<Answer> {
    let lie = app.config.lie?;
    let header = headers.get(RANGE).and_then(|value| value.to_str().ok());
    let failure = || Some(Answer::refusal(StatusCode::INTERNAL_SERVER_ERROR, "something went wrong"));
    let about_head = matches!(lie, Lie::RangesHead206 | Lie::RangesHeadLengthZero);
    if *method != Method::GET && !(about_head && *method == Method::HEAD) {
        return None;
    }
    let answer = match lie {
        Lie::RangesHead206 if *method == Method::HEAD => ranged(recording, header?),
        Lie::RangesHeadLengthZero if *method == Method::HEAD => {
            let mut answer = whole(recording);
            answer.body.clear();
            answer.set(CONTENT_LENGTH, "0");
            answer
        }
        Lie::RangesWrapsAt32Bits => ranged_as(recording, wrapped(ByteRange::parse(header?)?)?),
        Lie::Ranges500Beyond32Bits if largest(header?) > u128::from(u32::MAX) => return failure(),
        Lie::Ranges500Beyond64Bits if largest(header?) > u128::from(u64::MAX) => return failure(),
        Lie::Ranges500OnOddSpellings if is_odd(header?) => return failure(),
        Lie::RangesReadsOctal => ranged_as(recording, octal(header?)?),
        Lie::Ranges500OnTwoRanges if headers.get_all(RANGE).iter().count() > 1 => return failure(),
        Lie::Ranges500OnSeveral if header?.contains(',') => return failure(),
        Lie::RangesRefusesOneBeyond if beyond(header?, recording.length) => unsatisfiable(recording),
        _ if header.is_some_and(|header| header.contains(',')) => several(lie, recording, header?)?,
        _ => conditional(lie, recording, headers, validators).or_else(|| coded(lie, recording, headers))?,
    };
    let kind = answer.headers.get(CONTENT_TYPE).cloned();
    let mut answer = described(answer, validators);
    if let Some(kind) = kind.filter(|_| answer.status == StatusCode::PARTIAL_CONTENT) {
        answer.headers.insert(CONTENT_TYPE, kind);
    }
    Some(answer)
}

fn ranged(recording: &Recording, header: &str) -> Answer {
    ByteRange::parse(header).map_or_else(|| whole(recording), |range| ranged_as(recording, range))
}

fn ranged_as(recording: &Recording, range: ByteRange) -> Answer {
    match range.of(recording.length) {
        Reading::Whole => whole(recording),
        Reading::Part { first, last } => part(recording, first, last),
        Reading::Unsatisfiable => unsatisfiable(recording),
    }
}

/// The same numbers, kept in 32 bits.
fn wrapped(range: ByteRange) -> Option<ByteRange> {
    match range {
        ByteRange::FromTo(first, last) if last >= WRAP => {
            let (first, last) = (first % WRAP, last % WRAP);
            (first <= last).then_some(ByteRange::FromTo(first, last))
        }
        ByteRange::From(first) if first >= WRAP => Some(ByteRange::From(first % WRAP)),
        _ => None,
    }
}

fn largest(header: &str) -> u128 {
    let runs = header.split(|c: char| !c.is_ascii_digit()).filter(|run| !run.is_empty());
    runs.map(|run| run.parse().unwrap_or(u128::MAX)).max().unwrap_or(0)
}

/// A unit in another case, or blanks.
fn is_odd(header: &str) -> bool {
    header.contains(' ') && header.contains('=') && !header.contains(',')
        || header.get(..6).is_some_and(|unit| unit != "bytes=" && unit.eq_ignore_ascii_case("bytes="))
}

/// Numbers with a zero before them, read as octal ones.
fn octal(header: &str) -> Option<ByteRange> {
    let (first, last) = header.strip_prefix("bytes=")?.split_once('-')?;
    let read = |text: &str| u64::from_str_radix(text, 8).ok();
    (last.starts_with('0') && last.len() > 1).then(|| Some(ByteRange::FromTo(read(first)?, read(last)?)))?
}

/// Whether one of several ranges lies beyond the recording.
fn beyond(header: &str, length: u64) -> bool {
    header.contains(',')
        && specs(header).iter().any(|range| matches!(range.of(length), Reading::Unsatisfiable))
}

fn specs(header: &str) -> Vec<ByteRange> {
    let set = header.strip_prefix("bytes=").unwrap_or_default();
    set.split(',').filter_map(|spec| ByteRange::parse(&format!("bytes={}", spec.trim()))).collect()
}

/// Several ranges at once.
fn several(lie: Lie, recording: &Recording, header: &str) -> Option<Answer> {
    let parts: Vec<(u64, u64)> = specs(header)
        .into_iter()
        .filter_map(|range| match range.of(recording.length) {
            Reading::Part { first, last } => Some((first, last)),
            _ => None,
        })
        .collect();
    let (&(first, _), &(_, last)) = (parts.first()?, parts.last()?);
    let total = recording.length;
    let mut answer = Answer::empty(StatusCode::PARTIAL_CONTENT);
    match lie {
        Lie::RangesConcatenatesSlices => {
            let (first, last) = (first.min(last), first.max(last));
            answer.set(CONTENT_RANGE, format!("bytes {first}-{last}/{total}"));
            answer.body = parts.iter().map(|(a, b)| slice(recording, *a, b - a + 1)).collect();
        }
        // Large sums are what this one is told for; small ones stay whole.
        Lie::RangesReturnsManyTimesTheFile
            if parts.len() > 4 && parts.iter().all(|(a, b)| b - a + 1 == total) =>
        {
            multipart(&mut answer, recording, &parts, "\r\n", |_| total);
        }
        Lie::RangesMultipartAsAudio => {
            multipart(&mut answer, recording, &parts, "\r\n", |_| total);
            answer.set(CONTENT_TYPE, "application/octet-stream");
            answer.set(CONTENT_RANGE, "multipart/byteranges");
        }
        Lie::RangesMultipartTotals => multipart(&mut answer, recording, &parts, "\r\n", |length| length),
        Lie::RangesMultipartLineFeeds => multipart(&mut answer, recording, &parts, "\n", |_| total),
        _ => return None,
    }
    Some(answer)
}

fn multipart(
    answer: &mut Answer,
    recording: &Recording,
    parts: &[(u64, u64)],
    line: &str,
    total: impl Fn(u64) -> u64,
) {
    answer.set(CONTENT_TYPE, format!("multipart/byteranges; boundary={BOUNDARY}"));
    for (number, (first, last)) in parts.iter().enumerate() {
        let length = last - first + 1;
        let before = if number == 0 { "" } else { line };
        let head = format!(
            "{before}--{BOUNDARY}{line}Content-Type: application/octet-stream{line}Content-Range: bytes {first}-{last}/{}{line}{line}",
            total(length)
        );
        answer.body.push(Segment::Bytes(head.into()));
        answer.body.push(slice(recording, *first, length));
    }
    answer.body.push(Segment::Bytes(format!("{line}--{BOUNDARY}--{line}").into()));
}

/// Conditions, misunderstood.
fn conditional(
    lie: Lie,
    recording: &Recording,
    headers: &HeaderMap,
    validators: &Validators,
) -> Option<Answer> {
    let text = |name: HeaderName| headers.get(name)?.to_str().ok();
    let header = text(RANGE);
    let refusal = |status, why| Some(Answer::refusal(status, why));
    let if_range = text(IF_RANGE);
    let inner = validators.etag.trim_matches('"');
    match lie {
        Lie::RangesIfRangeSubstring if if_range?.contains(inner) && !if_range?.starts_with("W/") => {
            Some(ranged(recording, header?))
        }
        Lie::RangesIfRangeWeakMatches if if_range?.trim_start_matches("W/") == validators.etag => {
            Some(ranged(recording, header?))
        }
        Lie::RangesIfRangeAnyDate if httpdate::parse_http_date(if_range?).is_ok() => {
            Some(ranged(recording, header?))
        }
        Lie::RangesIfRangeFails412 if if_range?.starts_with('"') && if_range? != validators.etag => {
            refusal(StatusCode::PRECONDITION_FAILED, "the recording is another one")
        }
        Lie::RangesIfRangeJunk500 if if_range? == "junk" => {
            refusal(StatusCode::INTERNAL_SERVER_ERROR, "junk is no date")
        }
        Lie::RangesIgnoresIfNoneMatch if headers.contains_key(IF_NONE_MATCH) => {
            Some(ranged(recording, header?))
        }
        Lie::RangesPreconditions416
            if [IF_MATCH, IF_UNMODIFIED_SINCE].into_iter().any(|name| headers.contains_key(name)) =>
        {
            refusal(StatusCode::RANGE_NOT_SATISFIABLE, "the recording is another one")
        }
        Lie::RangesIfModifiedSince500 if headers.contains_key(IF_MODIFIED_SINCE) => {
            refusal(StatusCode::INTERNAL_SERVER_ERROR, "dates are not supported with ranges")
        }
        _ => None,
    }
}

/// Codings, and clients that are treated otherwise than Chromium.
fn coded(lie: Lie, recording: &Recording, headers: &HeaderMap) -> Option<Answer> {
    let header = headers.get(RANGE)?.to_str().ok()?;
    let accepted = headers.get(ACCEPT_ENCODING).map_or("", |value| value.to_str().unwrap_or_default());
    let gzip = accepted.contains("gzip");
    let Reading::Part { first, last } = ByteRange::parse(header)?.of(recording.length) else { return None };
    match lie {
        Lie::Ranges406ForOlderChrome if accepted.contains("*;q=0") => {
            Some(Answer::refusal(StatusCode::NOT_ACCEPTABLE, "no coding is acceptable"))
        }
        Lie::RangesGzipsTheSlice if gzip => {
            let mut answer = part(recording, first, last);
            answer.set(CONTENT_ENCODING, "gzip");
            answer.body =
                vec![Segment::Bytes(Bytes::from_static(GZIP)), slice(recording, first, last - first + 1)];
            Some(answer)
        }
        Lie::RangesSlicesTheGzip if gzip => {
            let mut answer = part(recording, first, last);
            let rest = (last - first + 1).saturating_sub(GZIP.len() as u64);
            answer.body = vec![Segment::Bytes(Bytes::from_static(GZIP)), slice(recording, first, rest)];
            Some(answer)
        }
        Lie::RangesOneTagTwoSizes if gzip => {
            let mut answer = part(recording, first, last);
            answer.set(CONTENT_ENCODING, "gzip");
            answer.set(CONTENT_RANGE, format!("bytes {first}-{last}/{}", recording.length / 2));
            let rest = (last - first + 1).saturating_sub(GZIP.len() as u64);
            answer.body = vec![Segment::Bytes(Bytes::from_static(GZIP)), slice(recording, first, rest)];
            Some(answer)
        }
        Lie::RangesWholeForGzip if gzip => Some(whole(recording)),
        Lie::RangesRefusesSafari if headers.contains_key("x-playback-session-id") => Some(whole(recording)),
        Lie::RangesRefusesFirefox
            if headers.get(ACCEPT).is_some_and(|accept| accept.as_bytes().starts_with(b"audio/webm")) =>
        {
            Some(Answer::refusal(StatusCode::NOT_ACCEPTABLE, "application/octet-stream is all there is"))
        }
        Lie::RangesRefusesOlderChrome
            if accepted.contains("*;q=0") && headers.contains_key("sec-fetch-dest") =>
        {
            Some(whole(recording))
        }
        Lie::RangesRefusesReferers if headers.contains_key("sec-ch-ua") && headers.contains_key(IF_RANGE) => {
            Some(whole(recording))
        }
        _ => None,
    }
}

fn is_closed(headers: &HeaderMap) -> bool {
    let range = headers.get(RANGE).map_or("", |range| range.to_str().unwrap_or_default());
    !range.is_empty() && !range.ends_with('-') && !range.contains("=-")
}

/// Spoils an honest answer.
pub(crate) fn spoil_answer(
    app: &App,
    mut answer: Answer,
    headers: &HeaderMap,
    recording: &Recording,
) -> Answer {
    let is_part = answer.status == StatusCode::PARTIAL_CONTENT;
    match app.config.lie {
        Some(Lie::RangesPartLosesHeaders) if is_part => {
            answer.headers.remove(CACHE_CONTROL);
            answer.headers.remove(CONTENT_TYPE);
        }
        Some(Lie::RangesVaryStar) if is_part => answer.set(VARY, "*"),
        Some(Lie::RangesWrongPiece) if is_part && is_closed(headers) => {
            if let [Segment::Slice(part)] = answer.body.as_slice()
                && part.start > 0
                && part.length > DEEP
            {
                let rest = Slice {
                    start: part.start + DEEP,
                    length: part.length - DEEP,
                    inverted: true,
                    ..part.clone()
                };
                answer.body = vec![slice(recording, part.start, DEEP), Segment::Slice(rest)];
            }
        }
        Some(Lie::RangesWrongOnRepeat) if is_part && answer.length() > 4096 => {
            let range = headers.get(RANGE).map_or("", |range| range.to_str().unwrap_or_default());
            if let ([Segment::Slice(part)], true) = (answer.body.as_mut_slice(), is_closed(headers))
                && part.length < recording.length
                && app.tally.was_lately(range)
            {
                part.inverted = true;
            }
        }
        _ => {}
    }
    answer
}
