//! Exchanges as an HTTP archive (HAR 1.2), which browsers and other tools open.
//!
//! Pure. Durations are not measured, so they are 0 and say so. Read next: `curl.rs`.

use super::Address;
use super::curl::url_of;
use crate::exchange::{Body, Headers, header};
use crate::journal::Entry;
use jiff::Timestamp;
use serde_json::{Value, json};
use std::sync::Arc;

/// The archive; `moment` says when an exchange began.
pub(crate) fn archive(entries: &[Arc<Entry>], here: &Address, moment: impl Fn(&Entry) -> Timestamp) -> Value {
    let entries: Vec<Value> = entries.iter().map(|entry| one(entry, here, moment(entry))).collect();
    json!({ "log": {
        "version": "1.2",
        "creator": { "name": "mock-hubspot", "version": env!("CARGO_PKG_VERSION") },
        "comment": "secrets are cut; durations are not measured",
        "entries": entries,
    }})
}

fn one(entry: &Entry, here: &Address, began: Timestamp) -> Value {
    let url = url_of(entry, here);
    let query: Vec<Value> = url
        .split_once('?')
        .map(|(_, query)| url::form_urlencoded::parse(query.as_bytes()).into_owned().collect::<Vec<_>>())
        .unwrap_or_default()
        .into_iter()
        .map(|(name, value)| json!({ "name": name, "value": value }))
        .collect();
    let mut request = json!({
        "method": entry.request.method,
        "url": url,
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": fields(&entry.request.headers),
        "queryString": query,
        "headersSize": -1,
        "bodySize": size(&entry.request.body),
    });
    if !matches!(entry.request.body, Body::Empty) {
        let (text, comment) = content(&entry.request.body);
        let media_type = header(&entry.request.headers, "content-type").unwrap_or_default();
        request["postData"] =
            json!({ "mimeType": media_type, "params": [], "text": text, "comment": comment });
    }
    json!({
        "startedDateTime": format!("{began:.3}"),
        "time": 0,
        "request": request,
        "response": response(entry),
        "cache": {},
        "timings": { "send": 0, "wait": 0, "receive": 0, "comment": "not measured" },
        "comment": format!("exchange {}", entry.number),
    })
}

fn response(entry: &Entry) -> Value {
    let Some(reply) = &entry.reply else {
        // What browsers write for a request that got no answer.
        return json!({
            "status": 0, "statusText": "", "httpVersion": "", "cookies": [], "headers": [],
            "content": { "size": 0, "mimeType": "x-unknown" },
            "redirectURL": "", "headersSize": -1, "bodySize": -1,
        });
    };
    let (text, comment) = content(&reply.body);
    let reason = http::StatusCode::from_u16(reply.status).ok().and_then(|s| s.canonical_reason());
    json!({
        "status": reply.status,
        "statusText": reason.unwrap_or_default(),
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": fields(&reply.headers),
        "content": {
            "size": size(&reply.body),
            "mimeType": header(&reply.headers, "content-type").unwrap_or("x-unknown"),
            "text": text,
            "comment": comment,
        },
        "redirectURL": header(&reply.headers, "location").unwrap_or_default(),
        "headersSize": -1,
        "bodySize": size(&reply.body),
    })
}

fn fields(headers: &Headers) -> Vec<Value> {
    headers.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect()
}

fn size(body: &Body) -> u64 {
    match body {
        Body::Empty => 0,
        Body::Text(text) => text.len() as u64,
        Body::Bytes { length, .. } => *length,
    }
}

/// The text, and what to say where there is none.
fn content(body: &Body) -> (&str, String) {
    match body {
        Body::Empty => ("", String::new()),
        Body::Text(text) => (text, String::new()),
        Body::Bytes { length, sha256, .. } => ("", format!("{length} bytes, SHA-256 {sha256}; not kept")),
    }
}
