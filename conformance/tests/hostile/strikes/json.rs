//! JSON of the endpoint that is deep, broken, or would be obeyed where it is shown.

use super::JSON;
use super::words::{ESCAPED, MARKUP, OBEYED};
use crate::hostile::peer::{Then, Visit};
use std::io;

/// Arrays in arrays, a hundred thousand deep.
pub(crate) fn deep_json(visit: &mut Visit) -> io::Result<Then> {
    json(visit, format!("{}{}", "[".repeat(100_000), "]".repeat(100_000)).as_bytes())
}

/// Objects in objects, beyond what parsers take, and the URL among them.
pub(crate) fn nested_json_with_a_url(visit: &mut Visit) -> io::Result<Then> {
    let url = visit.url_json();
    let body = format!("{{\"a\":{}1{},{}", "{\"a\":".repeat(5000), "}".repeat(5000), &url[1..]);
    json(visit, body.as_bytes())
}

/// The same in a megabyte.
pub(crate) fn deep_json_with_a_url(visit: &mut Visit) -> io::Result<Then> {
    let url = visit.url_json();
    let body = format!("{}1{},{}", "{\"a\":".repeat(200_000), "}".repeat(199_999), &url[1..]);
    json(visit, body.as_bytes())
}

/// The URL with bytes that are no UTF-8.
pub(crate) fn invalid_utf8(visit: &mut Visit) -> io::Result<Then> {
    json(visit, b"{\"authenticatedUrl\":\"http://127.0.0.1/\xff\xfe\xc3\x28\"}")
}

/// Raw control characters in a body that says it is JSON.
pub(crate) fn control_characters_in_json(visit: &mut Visit) -> io::Result<Then> {
    let body = format!("{{\"{OBEYED}\":\"{OBEYED}\",\"authenticatedUrl\":\"{OBEYED}\"}}");
    json(visit, body.as_bytes())
}

/// The same, but for the NUL that makes it no text.
pub(crate) fn terminal_codes_in_json(visit: &mut Visit) -> io::Result<Then> {
    let obeyed = OBEYED.replace('\0', "");
    json(visit, format!("{{\"{obeyed}\":\"{obeyed}\",\"authenticatedUrl\":\"{obeyed}\"}}").as_bytes())
}

/// Escaped control characters in every member, and in the URL.
pub(crate) fn control_characters_in_every_member(visit: &mut Visit) -> io::Result<Then> {
    let body =
        format!("{{\"{ESCAPED}\":\"{ESCAPED}\",\"authenticatedUrl\":\"{ESCAPED}\",\"x\":[\"{ESCAPED}\"]}}");
    json(visit, body.as_bytes())
}

/// The same in a URL that can be asked.
pub(crate) fn control_characters_behind_the_url(visit: &mut Visit) -> io::Result<Then> {
    let url = visit.recording_url();
    json(visit, format!("{{\"authenticatedUrl\":\"{url}#{ESCAPED}\"}}").as_bytes())
}

/// A member that is almost the right one, and is shown.
pub(crate) fn markup_in_every_member(visit: &mut Visit) -> io::Result<Then> {
    let markup = serde_json::Value::from(MARKUP).to_string();
    let name = serde_json::Value::from(format!("authenticatedUrl{MARKUP}")).to_string();
    json(visit, format!("{{{name}:{markup},{markup}:{markup}}}").as_bytes())
}

/// The URL, whoever asks.
pub(crate) fn any_call(visit: &mut Visit) -> io::Result<Then> {
    let url = visit.url_json();
    json(visit, url.as_bytes())
}

fn json(visit: &mut Visit, body: &[u8]) -> io::Result<Then> {
    visit.send(format!("{JSON}Content-Length: {}\r\n\r\n", body.len()))?;
    visit.send(body)?;
    Ok(Then::Keep)
}
