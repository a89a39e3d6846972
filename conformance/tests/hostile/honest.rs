//! The peer's honest side: an endpoint and a recording as HubSpot wants them, so that whatever a run finds is the strike.

use super::peer::{Then, Visit};
use std::io;

/// The right URL for the right call, account and app; 404 for others.
pub(crate) fn endpoint(visit: &mut Visit) -> io::Result<Then> {
    let told = visit.told();
    let target = visit.target();
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let asked = |name: &str, value: &str| query.split('&').any(|pair| pair == format!("{name}={value}"));
    let known = path == format!("/get/{}", told.text("id"))
        && asked("externalAccountId", told.text("account"))
        && asked("appId", told.text("app"));
    if !known {
        visit.send("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")?;
        return Ok(Then::Keep);
    }
    let body = visit.url_json();
    let body = if visit.is_head() { String::new() } else { body };
    let length = body.len();
    let head =
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nCache-Control: no-store\r\nContent-Length:";
    visit.send(format!("{head} {length}\r\n\r\n{body}"))?;
    Ok(Then::Keep)
}

/// The trigger's answer.
pub(crate) fn trigger(visit: &mut Visit) -> io::Result<Then> {
    visit.send("HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n")?;
    Ok(Then::Keep)
}

/// The recording, or the part of it that is asked for (RFC 9110 §14).
pub(crate) fn recording(visit: &mut Visit) -> io::Result<Then> {
    if !visit.is_signed() {
        visit.send("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")?;
        return Ok(Then::Keep);
    }
    let (head, body) = answer(visit);
    visit.send(head)?;
    visit.send(body)?;
    Ok(Then::Keep)
}

/// The honest answer: its head, and its body.
pub(crate) fn answer(visit: &Visit) -> (String, Vec<u8>) {
    let all = visit.told().recording;
    let length = all.len();
    let same = |tag: &str| tag.trim() == "\"v1\"";
    let fields = "Content-Type: application/octet-stream\r\nAccept-Ranges: bytes\r\nETag: \"v1\"\r\nAccess-Control-Allow-Origin: *\r\n";
    if visit
        .field("if-none-match")
        .is_some_and(|tags| tags.split(',').any(|tag| same(tag) || tag.trim() == "*"))
    {
        return (format!("HTTP/1.1 304 Not Modified\r\n{fields}\r\n"), Vec::new());
    }
    let range = visit.field("range").filter(|_| !visit.is_head() && visit.field("if-range").is_none_or(same));
    let (status, more, part) = match range.map(|value| resolve(value, length)) {
        None | Some(Part::Whole) => ("200 OK", String::new(), 0..length),
        Some(Part::Beyond) => {
            ("416 Range Not Satisfiable", format!("Content-Range: bytes */{length}\r\n"), 0..0)
        }
        Some(Part::Bytes(first, last)) => (
            "206 Partial Content",
            format!("Content-Range: bytes {first}-{last}/{length}\r\n"),
            first..last + 1,
        ),
    };
    let head = format!("HTTP/1.1 {status}\r\n{fields}{more}Content-Length: {}\r\n\r\n", part.len());
    (head, if visit.is_head() { Vec::new() } else { all[part].to_vec() })
}

/// What a Range header asks for.
enum Part {
    /// It is to be ignored.
    Whole,
    /// Nothing that there is.
    Beyond,
    /// From the first to the last byte.
    Bytes(usize, usize),
}

fn resolve(value: &str, length: usize) -> Part {
    let Some(("bytes", spec)) = value.split_once('=') else { return Part::Whole };
    let Some((a, b)) = spec.trim().split_once('-') else { return Part::Whole };
    let number = |text: &str| {
        let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        // More than fits is beyond any end.
        digits.then(|| text.parse::<usize>().unwrap_or(usize::MAX))
    };
    match (number(a), number(b)) {
        (None, Some(0)) if a.is_empty() => Part::Beyond,
        (None, Some(count)) if a.is_empty() => Part::Bytes(length.saturating_sub(count), length - 1),
        (Some(first), None) if b.is_empty() && first < length => Part::Bytes(first, length - 1),
        (Some(first), Some(last)) if first <= last && first < length => {
            Part::Bytes(first, last.min(length - 1))
        }
        (Some(_), None) if b.is_empty() => Part::Beyond,
        (Some(first), Some(last)) if first <= last => Part::Beyond,
        _ => Part::Whole,
    }
}
