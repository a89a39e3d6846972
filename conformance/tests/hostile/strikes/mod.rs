//! The malice: what a peer sends instead of an answer, byte for byte. Most of it serves at the endpoint and at the recording alike.

mod endless;
mod framing;
mod json;
mod redirects;
mod words;

pub(crate) use endless::*;
pub(crate) use framing::*;
pub(crate) use json::*;
pub(crate) use redirects::*;
pub(crate) use words::*;

use super::honest;
use super::peer::Visit;

const JSON: &str = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";
const AUDIO: &str = "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\n";

/// A piece of what never ends.
fn piece() -> Vec<u8> {
    vec![b' '; 64 << 10]
}

/// What an honest peer would answer here: the head, and the body.
pub(crate) fn honest_answer(visit: &Visit) -> (String, Vec<u8>) {
    if visit.target().starts_with("/get/") {
        let body = visit.url_json().into_bytes();
        return (format!("{JSON}Content-Length: {}\r\n\r\n", body.len()), body);
    }
    honest::answer(visit)
}
