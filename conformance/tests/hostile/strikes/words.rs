//! Words that a terminal, a log or a page might obey, in header fields, bodies, and what is told to HubSpot.

use super::honest_answer;
use crate::hostile::peer::{Then, Visit};
use crate::hostile::told::Telling;
use std::io;

/// What a terminal, a log or a page might obey.
pub(super) const OBEYED: &str =
    "\u{1b}]0;owned\u{7}\u{1b}[2J\u{1b}[31mred\u{0}\r\u{8}\u{9b}31m\u{202e}<script>alert(7351)</script>";
/// The same as JSON writes it.
pub(super) const ESCAPED: &str =
    r"\u001b]0;owned\u0007\u001b[2J\u001b[31mred\u0000\r\b\u009b31m\u202e<script>alert(7351)</script>";
/// Markup in every way that something might be shown.
pub(super) const MARKUP: &str = "\"'><script>alert(7351)</script><img src=x onerror=alert(7351)><svg onload=alert(7351)>]]>&lt;|`*_[x](javascript:alert(7351))";

/// Raw control characters in a header field.
pub(crate) fn control_characters_in_a_header(visit: &mut Visit) -> io::Result<Then> {
    let (head, body) = honest_answer(visit);
    visit.send(head.replacen("\r\n", "\r\nX-Odd: a\u{1b}[31m\u{0}b\r\n", 1))?;
    visit.send(body)?;
    Ok(Then::Close)
}

/// Bytes beyond ASCII, and no UTF-8, in every header field that may have them.
pub(crate) fn no_utf8_in_headers(visit: &mut Visit) -> io::Result<Then> {
    let (head, body) = honest_answer(visit);
    let odd = b"X-Odd: \xff\xfe\xc3\x28\x9b31m\xe2\x80\xae\r\nServer: \x80\x9b2J\r\nETag: \"\x9b31m\"\r\n";
    let (line, fields) = head.split_once("\r\n").expect("a status line");
    let fields: Vec<_> = fields.split("\r\n").filter(|field| !field.starts_with("ETag")).collect();
    visit.send([line.as_bytes(), b"\r\n", odd, fields.join("\r\n").as_bytes(), &body].concat())?;
    Ok(Then::Keep)
}

/// A page with a script, and markup in whatever a report shows: the reason phrase, header fields, the body.
pub(crate) fn markup_everywhere(visit: &mut Visit) -> io::Result<Then> {
    let body = format!("<html><script>alert(7351)</script>{MARKUP}</html>");
    let fields = format!(
        "Content-Type: audio/{MARKUP}\r\nETag: \"{MARKUP}\"\r\nLast-Modified: {MARKUP}\r\nAccept-Ranges: {MARKUP}\r\nContent-Disposition: attachment; filename={MARKUP}\r\nServer: {MARKUP}\r\nVary: {MARKUP}\r\nX-Odd: {MARKUP}\r\nAccess-Control-Allow-Origin: {MARKUP}\r\nCross-Origin-Resource-Policy: {MARKUP}\r\n"
    );
    visit.send(format!("HTTP/1.1 200 {MARKUP}\r\n{fields}Content-Length: {}\r\n\r\n{body}", body.len()))?;
    Ok(Then::Keep)
}

/// The whole recording, honest, and markup in whatever a report shows of parts.
pub(crate) fn markup_in_parts(visit: &mut Visit) -> io::Result<Then> {
    let (head, body) = honest_answer(visit);
    if visit.field("range").is_none() || visit.target().starts_with("/get/") {
        visit.send(head)?;
    } else {
        let head = head.replacen("Content-Range: bytes", &format!("Content-Range: {MARKUP}"), 1);
        visit.send(head.replacen("Content-Type: application", &format!("Content-Type: {MARKUP}"), 1))?;
    }
    visit.send(body)?;
    Ok(Then::Keep)
}

/// A refusal whose body says what would be obeyed.
pub(crate) fn refusal_with_markup(visit: &mut Visit) -> io::Result<Then> {
    let body = format!("{OBEYED}{MARKUP}").replace('\0', "");
    let head = "HTTP/1.1 500 Internal Server Error\r\nContent-Type: text/plain\r\nContent-Length:";
    visit.send(format!("{head} {}\r\n\r\n{body}", body.len()))?;
    Ok(Then::Keep)
}

/// What is told to HubSpot with markup and control characters in every string that may hold them.
pub(crate) fn tells_markup(telling: &mut Telling) {
    let odd = format!("{OBEYED}{MARKUP}");
    telling.fields = [
        b"User-Agent: \xff\xfe\x9b31m".as_slice(),
        MARKUP.as_bytes(),
        b"\r\nX-Odd: ",
        MARKUP.as_bytes(),
        b"\r\n",
    ]
    .concat();
    for name in ["hs_call_title", "hs_call_body", "hs_call_direction", "hs_call_status"] {
        telling.properties[name] = odd.as_str().into();
    }
    telling.properties[odd.as_str()] = odd.as_str().into();
    telling.url = format!("{}?x={MARKUP}", telling.url);
}

/// An external id that is markup.
pub(crate) fn tells_an_id_of_markup(telling: &mut Telling) {
    telling.properties["hs_call_external_id"] = MARKUP.into();
}

/// Rubbish of every kind, posted as calls before the right one.
pub(crate) fn tells_rubbish(telling: &mut Telling) {
    telling.rubbish = vec![
        b"{\"properties\":{\"hs_call_title\":\"\xff\xfe\xc3\x28\"}}".to_vec(),
        format!("{{\"properties\":{{\"hs_call_title\":\"{OBEYED}\"}}}}").into_bytes(),
        format!("{{\"properties\":{{\"{ESCAPED}\":\"{ESCAPED}\"}}}}").into_bytes(),
        format!("{}{}", "[".repeat(200_000), "]".repeat(200_000)).into_bytes(),
        "{\"a\":".repeat(150_000).into_bytes(),
        format!("{{\"properties\":{{\"hs_call_duration\":{}}}}}", "9".repeat(100_000)).into_bytes(),
        b"{\"properties\":{\"hs_call_duration\":1e999999999}}".to_vec(),
        format!("{{\"properties\":{{\"hs_call_title\":\"{}\"}}}}", "x".repeat(1 << 20)).into_bytes(),
        MARKUP.as_bytes().to_vec(),
        vec![0; 4096],
    ];
}

/// Header fields that no server takes.
pub(crate) fn tells_control_characters_in_headers(telling: &mut Telling) {
    telling.fields = b"User-Agent: \x1b[31mred\0\r\n".to_vec();
}
