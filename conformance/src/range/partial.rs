//! The rules of a 206 with one part (RFC 9110 §15.3.7.1). Pure.

use super::Invariant;
use super::content_range::{self, ContentRange};
use super::invariants::{Found, SHORTEST_CAP, Whole, bytes, content_length, describe, is_encoded};
use super::oracle::{self, Asked, Wanted};
use crate::evidence::{Answer, Content, Difference, End, Exchange};

/// Judges a 206 that is not multipart.
pub(super) fn judge(exchange: &Exchange, asked: &Asked, answer: &Answer, whole: &Whole, found: &mut Found) {
    let wanted = match asked {
        Asked::One(spec) => match oracle::wanted(*spec, whole.length) {
            Wanted::Part(first, last) => Some((first, last)),
            Wanted::Unsatisfiable => None,
        },
        _ => None,
    };
    let claimed = judge_content_range(answer, wanted, whole, found);
    if let (Some((first, last)), Some(wanted)) = (claimed, wanted) {
        judge_place((first, last), wanted, found);
    }
    judge_length(answer, claimed, found);
    let identity = exchange.sent("accept-encoding").is_some_and(|v| v.trim_start().starts_with("identity"));
    if let Content::Differs(difference) = &answer.body.content
        && !(identity && is_encoded(answer))
        && claimed.is_none_or(|(_, last)| difference.offset.saturating_add(difference.equal) <= last)
    {
        judge_bytes(difference, whole, found);
    }
}

/// Exactly one, well-formed, with the recording's length (RFC 9110 §14.4). Gives the range that it claims.
fn judge_content_range(
    answer: &Answer,
    wanted: Option<(u64, u64)>,
    whole: &Whole,
    found: &mut Found,
) -> Option<(u64, u64)> {
    let length = whole.length;
    let expected = || match wanted {
        Some((first, last)) => format!("one `Content-Range: bytes {first}-{last}/{length}`"),
        None => format!("one `Content-Range: bytes a-b/{length}`"),
    };
    let values: Vec<_> = answer.headers("content-range").collect();
    let value = match values.as_slice() {
        [] => {
            found.add(Invariant::ContentRange, expected(), "206 without Content-Range");
            return None;
        }
        [one] => *one,
        several => {
            let all = several.join("`, `");
            found.add(Invariant::ContentRange, expected(), format!("{} of them: `{all}`", several.len()));
            return None;
        }
    };
    let received = || format!("`Content-Range: {value}`");
    match content_range::parse(value) {
        Err(reason) => {
            found.add_at(Invariant::ContentRange, expected(), received(), Some(reason));
            None
        }
        Ok(ContentRange::Unsatisfied { .. }) => {
            let reason = "`*` in place of the range belongs to 416".to_owned();
            found.add_at(Invariant::ContentRange, expected(), received(), Some(reason));
            None
        }
        // Chromium shows an infinite duration without the complete length.
        Ok(ContentRange::Part { first, last, complete }) => {
            if complete != Some(length) {
                found.add(Invariant::Total, format!("the complete length {length}"), received());
            }
            if complete.is_none() && last >= length {
                let reason = format!("byte {last} does not exist");
                found.add_at(Invariant::ContentRange, expected(), received(), Some(reason));
            }
            Some((first, last))
        }
    }
}

/// It starts where it was asked to, and ends there or earlier: "a server might want to send only a subset"
/// (RFC 9110 §15.3.7), but a tiny one is an off-by-one.
fn judge_place((first, last): (u64, u64), (from, to): (u64, u64), found: &mut Found) {
    if first != from {
        found.add(Invariant::Start, format!("byte {from} first"), format!("byte {first} first"));
    }
    let (asked, came) = (to - from + 1, last.saturating_sub(first).saturating_add(1));
    if last > to {
        found.add(Invariant::End, format!("byte {to} last"), format!("byte {last} last"));
    } else if first == from && came < asked.min(SHORTEST_CAP) {
        let or_cap =
            if asked <= SHORTEST_CAP { String::new() } else { format!(", or at least {SHORTEST_CAP} bytes") };
        found.add(
            Invariant::End,
            format!("byte {to} last ({}){or_cap}", bytes(asked)),
            format!("byte {last} last ({})", bytes(came)),
        );
    }
}

/// The body has as many bytes as Content-Range and Content-Length say (RFC 9110 §8.6, §15.3.7). What was not read to its
/// end is judged on what came.
fn judge_length(answer: &Answer, claimed: Option<(u64, u64)>, found: &mut Found) {
    let came = answer.body.length;
    let wrong = |said: u64| match answer.body.end {
        End::Complete => came != said,
        _ => came > said,
    };
    let announced = content_length(answer);
    if let Some(size) = claimed.map(|(first, last)| (last - first).saturating_add(1)) {
        if let Some(length) = announced.filter(|length| *length != size) {
            found.add(
                Invariant::Length,
                format!("{}, as Content-Range says", bytes(size)),
                format!("`Content-Length: {length}`"),
            );
        } else if wrong(size) {
            found.add(Invariant::Length, format!("{}, as Content-Range says", bytes(size)), describe(answer));
        }
    } else if let Some(length) = announced.filter(|length| wrong(*length)) {
        found.add(Invariant::Length, format!("{}, as Content-Length says", bytes(length)), describe(answer));
    }
}

/// The bytes are the recording's at that place (RFC 9110 §14.1.2). Bytes past its end are a matter of lengths.
pub(super) fn judge_bytes(difference: &Difference, whole: &Whole, found: &mut Found) {
    let at = difference.offset.saturating_add(difference.equal);
    if at >= whole.length {
        return;
    }
    let Difference { expected, received, equal, .. } = difference;
    found.add_at(
        Invariant::Bytes,
        format!("the recording's bytes from {} on", difference.offset),
        format!("other bytes from {at} on"),
        Some(format!(
            "at byte {at} of the recording (byte {equal} of the body): expected {}, received {}",
            spaced(expected),
            spaced(received)
        )),
    );
}

/// Hex in pairs.
fn spaced(hex: &str) -> String {
    let pairs: Vec<_> = hex.as_bytes().chunks(2).map(String::from_utf8_lossy).collect();
    pairs.join(" ")
}
