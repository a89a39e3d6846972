//! `evidence.har`: every exchange as HTTP Archive 1.2, which browsers' developer tools and many others open. Pure.
//!
//! A page is a story. When something happened is known to the millisecond for the journal; the kit's own questions carry
//! only how long they took, and stand at their story's end.

use crate::evidence::{Content, Evidence, Exchange, Outcome, Received, Story};
use crate::results::Results;
use mock_hubspot::exchange::{Body, Headers, header};
use mock_hubspot::journal::{Direction, Entry};
use serde::{Serialize, Serializer};
use std::borrow::Cow;

/// Renders the archive.
pub fn render(results: &Results, evidence: &Evidence) -> String {
    let clock = Clock::of(&results.timing.started);
    let mut pages = vec![page("common", "Outside the stories", &clock, 0)];
    let mut entries: Vec<Row<'_>> =
        evidence.common.iter().map(|entry| of_journal(evidence, &clock, "common", entry)).collect();
    for story in &evidence.stories {
        let began = story.journal.first().map_or(0, |entry| entry.at_ms);
        pages.push(page(&story.scenario, &story.title, &clock, began));
        entries
            .extend(story.journal.iter().map(|entry| of_journal(evidence, &clock, &story.scenario, entry)));
        entries.extend(story.exchanges.iter().map(|exchange| of_probe(&clock, story, exchange)));
    }
    let log = Log {
        version: "1.2",
        creator: Creator { name: &results.kit.name, version: &results.kit.version },
        pages,
        entries,
        comment: "secrets were cut when the exchanges were captured",
    };
    let mut text =
        serde_json::to_string(&Archive { log }).expect("an archive holds nothing that JSON has no word for");
    text.push('\n');
    text
}

// What the archive consists of, as its format names it. Thousands of exchanges stand in it: nothing of them is copied.

#[derive(Serialize)]
struct Archive<'a> {
    log: Log<'a>,
}

#[derive(Serialize)]
struct Log<'a> {
    version: &'a str,
    creator: Creator<'a>,
    pages: Vec<Page<'a>>,
    entries: Vec<Row<'a>>,
    comment: &'a str,
}

#[derive(Serialize)]
struct Creator<'a> {
    name: &'a str,
    version: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Page<'a> {
    id: &'a str,
    title: &'a str,
    started_date_time: String,
    #[serde(rename = "pageTimings")]
    timings: Nothing,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row<'a> {
    pageref: &'a str,
    started_date_time: String,
    time: Ms,
    request: Asked<'a>,
    response: Answer<'a>,
    cache: Nothing,
    timings: Timings,
    comment: String,
}

#[derive(Serialize)]
struct Nothing {}

#[derive(Serialize)]
struct Timings {
    send: Ms,
    wait: Ms,
    receive: Ms,
}

/// Milliseconds, where they were measured.
#[derive(Serialize)]
#[serde(untagged)]
enum Ms {
    Unknown(u8),
    Measured(f64),
}

const UNKNOWN: Ms = Ms::Unknown(0);

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Asked<'a> {
    method: &'a str,
    url: Cow<'a, str>,
    http_version: &'a str,
    cookies: [(); 0],
    headers: Fields<'a>,
    query_string: Vec<Pair<String>>,
    headers_size: i8,
    body_size: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    post_data: Option<PostData<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PostData<'a> {
    mime_type: &'a str,
    text: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Answer<'a> {
    status: u16,
    status_text: &'a str,
    http_version: &'a str,
    cookies: [(); 0],
    headers: Fields<'a>,
    content: Came<'a>,
    #[serde(rename = "redirectURL")]
    redirect_url: &'a str,
    headers_size: i8,
    body_size: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Came<'a> {
    size: u64,
    mime_type: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<String>,
}

#[derive(Serialize)]
struct Pair<T> {
    name: T,
    value: T,
}

struct Fields<'a>(&'a Headers);

impl Serialize for Fields<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(
            self.0.iter().map(|(name, value)| Pair { name: name.as_str(), value: value.as_str() }),
        )
    }
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

fn page<'a>(id: &'a str, title: &'a str, clock: &Clock, began: u64) -> Page<'a> {
    Page { id, title, started_date_time: clock.at(began), timings: Nothing {} }
}

fn of_journal<'a>(evidence: &Evidence, clock: &Clock, page: &'a str, entry: &'a Entry) -> Row<'a> {
    let request = &entry.request;
    let url = match entry.direction {
        Direction::Arrived => format!("{}{}", evidence.run.mock_url, request.target).into(),
        Direction::AskedForUrl | Direction::FetchedRecording => request.target.as_str().into(),
    };
    let response = entry.reply.as_ref().map_or_else(
        || no_answer("no answer"),
        |reply| {
            let (size, content) = content(&reply.body, &reply.headers);
            answer(reply.status, &reply.headers, size, content)
        },
    );
    Row {
        pageref: page,
        started_date_time: clock.at(entry.at_ms),
        time: UNKNOWN,
        request: asked(&request.method, url, &request.headers, &request.body),
        response,
        cache: Nothing {},
        timings: Timings { send: UNKNOWN, wait: UNKNOWN, receive: UNKNOWN },
        comment: format!("j{}", entry.number),
    }
}

fn of_probe<'a>(clock: &Clock, story: &'a Story, exchange: &'a Exchange) -> Row<'a> {
    let request = &exchange.request;
    let response = match &exchange.outcome {
        Outcome::Answered(came) => {
            let content = received(&came.body, came.header("content-type").unwrap_or_default());
            answer(came.status, &came.headers, came.body.length, content)
        }
        Outcome::Failed(why) => no_answer(why),
    };
    let after = story.journal.last().map_or(0, |entry| entry.at_ms);
    let (first, total) = (exchange.timing.first_byte_ms, exchange.timing.total_ms);
    Row {
        pageref: &story.scenario,
        started_date_time: clock.at(after),
        time: Ms::Measured(total),
        request: asked(&request.method, request.target.as_str().into(), &request.headers, &request.body),
        response,
        cache: Nothing {},
        timings: Timings {
            send: UNKNOWN,
            wait: Ms::Measured(first),
            receive: Ms::Measured((total - first).max(0.0)),
        },
        comment: format!("{} {}", exchange.id(), exchange.case),
    }
}

fn asked<'a>(method: &'a str, url: Cow<'a, str>, headers: &'a Headers, body: &'a Body) -> Asked<'a> {
    let post_data = match body {
        Body::Text(text) => {
            Some(PostData { mime_type: header(headers, "content-type").unwrap_or_default(), text })
        }
        Body::Empty | Body::Bytes { .. } => None,
    };
    let query_string = query(&url);
    Asked {
        method,
        url,
        http_version: "HTTP/1.1",
        cookies: [],
        headers: Fields(headers),
        query_string,
        headers_size: -1,
        body_size: size(body),
        post_data,
    }
}

fn answer<'a>(status: u16, headers: &'a Headers, size: u64, content: Came<'a>) -> Answer<'a> {
    let name = http::StatusCode::from_u16(status).ok();
    Answer {
        status,
        status_text: name.and_then(|name| name.canonical_reason()).unwrap_or_default(),
        http_version: "HTTP/1.1",
        cookies: [],
        headers: Fields(headers),
        content,
        redirect_url: header(headers, "location").unwrap_or_default(),
        headers_size: -1,
        body_size: size,
        comment: None,
    }
}

fn no_answer(why: &str) -> Answer<'_> {
    const NO_FIELDS: &Headers = &Headers::new();
    let nothing = Came { size: 0, mime_type: "", text: None, comment: None };
    Answer { comment: Some(why), ..answer(0, NO_FIELDS, 0, nothing) }
}

fn query(url: &str) -> Vec<Pair<String>> {
    let Some((_, query)) = url.split_once('?') else { return Vec::new() };
    let pair = |(name, value): (Cow<str>, Cow<str>)| Pair { name: name.into(), value: value.into() };
    url::form_urlencoded::parse(query.as_bytes()).map(pair).collect()
}

fn size(body: &Body) -> u64 {
    match body {
        Body::Empty => 0,
        Body::Text(text) => text.len() as u64,
        Body::Bytes { length, .. } => *length,
    }
}

fn content<'a>(body: &'a Body, headers: &'a Headers) -> (u64, Came<'a>) {
    let size = size(body);
    let mime_type = header(headers, "content-type").unwrap_or_default();
    let (text, comment) = match body {
        Body::Empty => (None, None),
        Body::Text(text) => (Some(&**text), None),
        Body::Bytes { sha256, .. } => (None, Some(format!("SHA-256 {sha256}"))),
    };
    (size, Came { size, mime_type, text, comment })
}

fn received<'a>(body: &'a Received, mime_type: &'a str) -> Came<'a> {
    let said = |comment: String| (None, Some(comment));
    let (text, comment) = match &body.content {
        Content::Empty => (None, None),
        Content::Text(text) => (Some(text.as_str()), None),
        Content::Equal { offset } => said(format!("equal to the recording from byte {offset} on")),
        Content::Differs(difference) => {
            said(format!("differs from the recording at byte {}", difference.offset + difference.equal))
        }
        Content::Unseen => said("received by a browser, not kept".to_owned()),
        Content::Hashed { sha256, .. } => said(format!("SHA-256 {sha256}")),
    };
    Came { size: body.length, mime_type, text, comment }
}
