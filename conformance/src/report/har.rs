//! `evidence.har`: every exchange as HTTP Archive 1.2, which browsers' developer tools and many others open. Pure.
//!
//! A page is a story. When something happened is known to the millisecond for the journal; the kit's own questions carry
//! only how long they took, and stand at their story's end.

use crate::evidence::{Content, Evidence, Exchange, Outcome, Received, Story};
use crate::results::Results;
use mock_hubspot::exchange::{Body, Headers};
use mock_hubspot::journal::{Direction, Entry};
use serde_json::{Value, json};

/// Renders the archive.
pub fn render(results: &Results, evidence: &Evidence) -> String {
    let clock = Clock::of(&results.timing.started);
    let mut pages = vec![page("common", "Outside the stories", &clock.at(0))];
    let mut entries: Vec<Value> =
        evidence.common.iter().map(|entry| of_journal(evidence, &clock, "common", entry)).collect();
    for story in &evidence.stories {
        let began = story.journal.first().map_or(0, |entry| entry.at_ms);
        pages.push(page(&story.scenario, &story.title, &clock.at(began)));
        entries
            .extend(story.journal.iter().map(|entry| of_journal(evidence, &clock, &story.scenario, entry)));
        entries.extend(story.exchanges.iter().map(|exchange| of_probe(&clock, story, exchange)));
    }
    let har = json!({ "log": {
        "version": "1.2",
        "creator": { "name": results.kit.name, "version": results.kit.version },
        "pages": pages,
        "entries": entries,
        "comment": "secrets were cut when the exchanges were captured",
    }});
    let mut text = serde_json::to_string(&har).expect("an archive holds nothing that JSON has no word for");
    text.push('\n');
    text
}

/// Turns milliseconds of a run into times of day.
struct Clock(Option<jiff::Timestamp>);

impl Clock {
    fn of(started: &str) -> Self {
        Self(started.parse().ok())
    }
    fn at(&self, ms: u64) -> String {
        let after = jiff::SignedDuration::from_millis(i64::try_from(ms).unwrap_or(i64::MAX));
        let time = self.0.and_then(|started| started.checked_add(after).ok());
        time.unwrap_or(jiff::Timestamp::UNIX_EPOCH).strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
    }
}

fn page(id: &str, title: &str, began: &str) -> Value {
    json!({ "id": id, "title": title, "startedDateTime": began, "pageTimings": {} })
}

fn of_journal(evidence: &Evidence, clock: &Clock, page: &str, entry: &Entry) -> Value {
    let request = &entry.request;
    let url = match entry.direction {
        Direction::Arrived => format!("{}{}", evidence.run.mock_url, request.target),
        Direction::AskedForUrl | Direction::FetchedRecording => request.target.clone(),
    };
    let response = entry.reply.as_ref().map_or_else(
        || no_answer("no answer"),
        |reply| {
            let (size, content) = content(&reply.body, &reply.headers);
            answer(reply.status, &reply.headers, size, &content)
        },
    );
    json!({
        "pageref": page,
        "startedDateTime": clock.at(entry.at_ms),
        "time": 0,
        "request": asked(&request.method, &url, &request.headers, &request.body),
        "response": response,
        "cache": {},
        "timings": { "send": 0, "wait": 0, "receive": 0 },
        "comment": format!("j{}", entry.number),
    })
}

fn of_probe(clock: &Clock, story: &Story, exchange: &Exchange) -> Value {
    let request = &exchange.request;
    let response = match &exchange.outcome {
        Outcome::Answered(came) => {
            let content = received(&came.body, came.header("content-type").unwrap_or_default());
            answer(came.status, &came.headers, came.body.length, &content)
        }
        Outcome::Failed(why) => no_answer(why),
    };
    let after = story.journal.last().map_or(0, |entry| entry.at_ms);
    let (first, total) = (exchange.timing.first_byte_ms, exchange.timing.total_ms);
    json!({
        "pageref": story.scenario,
        "startedDateTime": clock.at(after),
        "time": total,
        "request": asked(&request.method, &request.target, &request.headers, &request.body),
        "response": response,
        "cache": {},
        "timings": { "send": 0, "wait": first, "receive": (total - first).max(0.0) },
        "comment": format!("{} {}", exchange.id(), exchange.case),
    })
}

fn asked(method: &str, url: &str, headers: &Headers, body: &Body) -> Value {
    let mut request = json!({
        "method": method,
        "url": url,
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": fields(headers),
        "queryString": query(url),
        "headersSize": -1,
        "bodySize": size(body),
    });
    if let Body::Text(text) = body {
        let kind = mock_hubspot::exchange::header(headers, "content-type").unwrap_or_default();
        request["postData"] = json!({ "mimeType": kind, "text": text });
    }
    request
}

fn answer(status: u16, headers: &Headers, size: u64, content: &Value) -> Value {
    let name = http::StatusCode::from_u16(status).ok().and_then(|s| s.canonical_reason());
    json!({
        "status": status,
        "statusText": name.unwrap_or_default(),
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": fields(headers),
        "content": content,
        "redirectURL": mock_hubspot::exchange::header(headers, "location").unwrap_or_default(),
        "headersSize": -1,
        "bodySize": size,
    })
}

fn no_answer(why: &str) -> Value {
    let mut response = answer(0, &Vec::new(), 0, &json!({ "size": 0, "mimeType": "" }));
    response["comment"] = Value::from(why);
    response
}

fn fields(headers: &Headers) -> Vec<Value> {
    headers.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect()
}

fn query(url: &str) -> Vec<Value> {
    let Some((_, query)) = url.split_once('?') else { return Vec::new() };
    let pair = |(name, value): (std::borrow::Cow<str>, std::borrow::Cow<str>)| json!({ "name": name, "value": value });
    url::form_urlencoded::parse(query.as_bytes()).map(pair).collect()
}

fn size(body: &Body) -> u64 {
    match body {
        Body::Empty => 0,
        Body::Text(text) => text.len() as u64,
        Body::Bytes { length, .. } => *length,
    }
}

fn content(body: &Body, headers: &Headers) -> (u64, Value) {
    let kind = mock_hubspot::exchange::header(headers, "content-type").unwrap_or_default();
    let size = size(body);
    let content = match body {
        Body::Empty => json!({ "size": 0, "mimeType": kind }),
        Body::Text(text) => json!({ "size": size, "mimeType": kind, "text": text }),
        Body::Bytes { sha256, .. } => {
            json!({ "size": size, "mimeType": kind, "comment": format!("SHA-256 {sha256}") })
        }
    };
    (size, content)
}

fn received(body: &Received, kind: &str) -> Value {
    let mut content = json!({ "size": body.length, "mimeType": kind });
    match &body.content {
        Content::Empty => {}
        Content::Text(text) => content["text"] = Value::from(text.as_str()),
        Content::Equal { offset } => {
            content["comment"] = Value::from(format!("equal to the recording from byte {offset} on"));
        }
        Content::Differs(difference) => {
            let said = format!("differs from the recording at byte {}", difference.offset + difference.equal);
            content["comment"] = Value::from(said);
        }
        Content::Unseen => content["comment"] = Value::from("received by a browser, not kept"),
        Content::Hashed { sha256, .. } => content["comment"] = Value::from(format!("SHA-256 {sha256}")),
    }
    content
}
