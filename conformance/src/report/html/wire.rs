//! The exchanges, numbered: those that a finding names and as many others as there is room for in full, the rest in one line
//! each, and what was left out said.

use super::findings::place;
use super::{Page, Room, count, exchange_anchor, finding_anchor, number, story_anchor};
use crate::evidence::{Content, End, Exchange, Outcome, Probe, Received, Story};
use crate::report::text::{block, line};
use maud::{Markup, html};
use mock_hubspot::exchange::{Body, Headers};
use mock_hubspot::journal::{Direction, Entry, Outcome as Became};

/// Characters of a header field, and of a body, that are shown.
const FIELD: usize = 300;
const BODY: usize = 2_000;
/// Header fields that are shown of one message.
const FIELDS: usize = 60;

pub(super) fn exchanges(page: &Page, index: usize, story: &Story, room: &mut Room) -> Markup {
    html! {
        @if !story.journal.is_empty() {
            details.exchanges {
                summary { h4 { (count(story.journal.len(), "exchange", "exchanges")) " with HubSpot" } }
                div.rows { (journal(page, index, &story.journal, room)) }
            }
        }
        @if !story.exchanges.is_empty() {
            details.exchanges {
                summary { h4 { (count(story.exchanges.len(), "question", "questions")) " of the kit, as HubSpot and its player ask" } }
                div.rows { (asked(page, index, story, room)) }
            }
        }
    }
}

/// Journal entries that belong to no story.
pub(super) fn common(page: &Page, room: &mut Room) -> Markup {
    let entries = &page.evidence.common;
    html! {
        @if !entries.is_empty() {
            section aria-labelledby="common" {
                h2 #common { "Outside the stories" }
                p { "Registration, tokens, and what could not be told apart: " (count(entries.len(), "exchange", "exchanges")) " with HubSpot that belong to no story." }
                div.rows { (journal(page, usize::MAX - 1, entries, room)) }
            }
        }
    }
}

fn journal(page: &Page, index: usize, entries: &[Entry], room: &mut Room) -> Markup {
    let mut left_out = 0;
    let mut rows = Vec::new();
    for entry in entries {
        let id = format!("j{}", entry.number);
        let checks = page.named.get(&place(index, &id)).map_or(&[][..], Vec::as_slice);
        match shown(room, checks, true) {
            Shown::InFull => {
                rows.push(row(&head_of_entry(&id, entry), &id, checks, Some(&entry_in_full(entry))));
            }
            Shown::Line => rows.push(row(&head_of_entry(&id, entry), &id, checks, None)),
            Shown::Not => left_out += 1,
        }
    }
    html! { @for row in rows { (row) } (omitted(left_out)) }
}

fn asked(page: &Page, index: usize, story: &Story, room: &mut Room) -> Markup {
    let mut left_out = 0;
    let mut rows = Vec::new();
    for exchange in &story.exchanges {
        let id = exchange.id();
        let checks = page.named.get(&place(index, &id)).map_or(&[][..], Vec::as_slice);
        let anchor = exchange_anchor(index, &id);
        match shown(room, checks, exchange.probe != Probe::RandomRanges) {
            Shown::InFull => {
                rows.push(row(
                    &head_of_exchange(&id, exchange),
                    &anchor,
                    checks,
                    Some(&exchange_in_full(exchange)),
                ));
            }
            Shown::Line => rows.push(row(&head_of_exchange(&id, exchange), &anchor, checks, None)),
            Shown::Not => left_out += 1,
        }
    }
    html! { @for row in rows { (row) } (omitted(left_out)) p.note { a href={"#" (story_anchor(index))} { "Back to the story" } } }
}

enum Shown {
    InFull,
    Line,
    Not,
}

/// What a finding names is always shown in full; what is one of many alike in one line.
fn shown(room: &mut Room, checks: &[&str], in_full: bool) -> Shown {
    if !checks.is_empty() {
        return Shown::InFull;
    }
    if in_full && room.in_full > 0 {
        room.in_full -= 1;
        return Shown::InFull;
    }
    if room.lines > 0 {
        room.lines -= 1;
        return Shown::Line;
    }
    Shown::Not
}

fn omitted(left_out: usize) -> Markup {
    html! {
        @if left_out > 0 {
            p.note { "and " (number(left_out as u64)) " more, which stand in " code { "evidence.ndjson" } }
        }
    }
}

/// What one line says of an exchange.
struct Head {
    id: String,
    kind: String,
    asked: String,
    came: String,
    good: bool,
}

fn row(head: &Head, anchor: &str, checks: &[&str], in_full: Option<&Markup>) -> Markup {
    let class = if checks.is_empty() { "x" } else { "x named" };
    let line_of_it = html! {
        span.id { (head.id) }
        span.kind { (head.kind) }
        span.asked { (head.asked) }
        span.came.{ @if head.good { "ok" } @else { "amiss" } } { (head.came) }
    };
    html! {
        @if let Some(in_full) = in_full {
            details.(class) id=(anchor) {
                summary { (line_of_it) }
                div.full {
                    @if !checks.is_empty() {
                        p { "Named by " @for (n, check) in checks.iter().enumerate() { @if n > 0 { ", " } a href={"#" (finding_anchor(check))} { code { (line(check, 100)) } } } }
                    }
                    (in_full)
                }
            }
        } @else {
            div.(class) id=(anchor) { (line_of_it) }
        }
    }
}

fn head_of_entry(id: &str, entry: &Entry) -> Head {
    let kind = match (entry.direction, entry.operation) {
        (Direction::AskedForUrl, _) => "HubSpot asks for the URL".to_owned(),
        (Direction::FetchedRecording, _) => "HubSpot fetches the recording".to_owned(),
        (Direction::Arrived, Some(operation)) => super::sequence::words(operation),
        (Direction::Arrived, None) => "unknown path".to_owned(),
    };
    let status =
        entry.reply.as_ref().map_or_else(|| "no answer".to_owned(), |reply| reply.status.to_string());
    let came = match &entry.outcome {
        Became::Served | Became::Pending => status,
        Became::Refused(why) => format!("{status} {why}"),
        Became::Unmatched => format!("{status} no such path"),
        Became::Weather(strike) => format!("{status} {strike}"),
        Became::Failed(why) => why.clone(),
    };
    Head {
        id: id.to_owned(),
        kind,
        asked: line(&format!("{} {}", entry.request.method, entry.request.target), 200),
        came: line(&came, 120),
        good: entry.outcome == Became::Served,
    }
}

fn head_of_exchange(id: &str, exchange: &Exchange) -> Head {
    let mut kind = format!("{} · {}", super::sequence::words(exchange.probe), exchange.case);
    if let Some(step) = &exchange.step {
        kind = format!("{kind} · {} {}", step.reason, step.number);
    }
    let request = &exchange.request;
    let asked = match exchange.sent("range") {
        Some(range) => format!("{} Range: {range}", request.method),
        None => format!("{} {}", request.method, request.target),
    };
    let (came, good) = match &exchange.outcome {
        Outcome::Answered(answer) => {
            let range = answer.header("content-range").map(|range| format!(" · {range}")).unwrap_or_default();
            (format!("{}{range} · {} B", answer.status, number(answer.body.length)), true)
        }
        Outcome::Failed(why) => (why.clone(), false),
    };
    Head { id: id.to_owned(), kind: line(&kind, 100), asked: line(&asked, 200), came: line(&came, 120), good }
}

fn entry_in_full(entry: &Entry) -> Markup {
    html! {
        p.meta { (format!("{}.{:03}", entry.at_ms / 1000, entry.at_ms % 1000)) " s after the fake HubSpot started" }
        (message(&format!("{} {}", entry.request.method, entry.request.target), &entry.request.headers, &body(&entry.request.body)))
        @if let Some(reply) = &entry.reply {
            (message(&reply.status.to_string(), &reply.headers, &body(&reply.body)))
        } @else {
            p.note { "There was no answer." }
        }
    }
}

fn exchange_in_full(exchange: &Exchange) -> Markup {
    let request = &exchange.request;
    html! {
        (message(&format!("{} {}", request.method, request.target), &request.headers, &body(&request.body)))
        @for hop in exchange.hops.iter().take(20) {
            p.note { "redirected with " (hop.status) " to " code { (line(&hop.location, FIELD)) } }
        }
        @match &exchange.outcome {
            Outcome::Answered(answer) => (message(&answer.status.to_string(), &answer.headers, &received(&answer.body))),
            Outcome::Failed(why) => p.note { "No answer: " (line(why, FIELD)) },
        }
    }
}

fn message(first: &str, headers: &Headers, body: &str) -> Markup {
    html! {
        pre tabindex="0" {
            strong { (line(first, 1_000)) } "\n"
            @for (name, value) in headers.iter().take(FIELDS) { (line(name, FIELD)) ": " (line(value, FIELD)) "\n" }
            @if headers.len() > FIELDS { "… and " (headers.len() - FIELDS) " more header fields\n" }
            @if !body.is_empty() { "\n" (body) }
        }
    }
}

fn body(body: &Body) -> String {
    match body {
        Body::Empty => String::new(),
        Body::Text(text) => clipped(text),
        Body::Bytes { length, sha256, head } => {
            format!("[{} bytes, SHA-256 {}…, beginning {head}]", number(*length), super::short_hash(sha256))
        }
    }
}

fn received(body: &Received) -> String {
    let what = match &body.content {
        Content::Empty => String::new(),
        Content::Text(text) => clipped(text),
        Content::Equal { offset } => {
            format!(
                "[{} bytes, equal to the recording from byte {} on]",
                number(body.length),
                number(*offset)
            )
        }
        Content::Differs(difference) => format!(
            "[{} bytes, compared with the recording from byte {} on: after {} equal bytes comes {} instead of {}]",
            number(body.length),
            number(difference.offset),
            number(difference.equal),
            bytes(&difference.received),
            bytes(&difference.expected),
        ),
        Content::Unseen => format!("[{} bytes, received by the browser]", number(body.length)),
        Content::Hashed { sha256, head } => {
            format!(
                "[{} bytes, SHA-256 {}…, beginning {head}]",
                number(body.length),
                super::short_hash(sha256)
            )
        }
    };
    let end = match &body.end {
        End::Complete => String::new(),
        End::Abandoned => "\n[we stopped reading here, as players do]".to_owned(),
        End::CutShort(why) => format!("\n[cut short: {}]", line(why, FIELD)),
        End::Stalled(ms) => format!("\n[nothing came for {ms} ms]"),
    };
    what + &end
}

fn bytes(hex: &str) -> &str {
    if hex.is_empty() { "nothing" } else { hex }
}

fn clipped(text: &str) -> String {
    let shown: String = text.chars().take(BODY).collect();
    let left = text.chars().count() - shown.chars().count();
    let more = if left > 0 { format!("\n… ({left} more characters)") } else { String::new() };
    block(&shown, BODY) + &more
}
