//! What happened to one call, in order: what the integration asked of HubSpot, and what HubSpot asked of the integration.

use super::{HOME, help, parts};
use crate::exchange::Body;
use crate::journal::{Direction, Entry, Outcome};
use crate::operation::Operation;
use crate::server::Shared;
use maud::{Markup, html};
use std::sync::Arc;

const MOST: usize = 200;

pub(super) fn section(shared: &Shared, entries: &[Arc<Entry>], call: u64) -> Markup {
    let own: Vec<&Arc<Entry>> = entries.iter().filter(|e| e.call_id == Some(call)).collect();
    let left_out = own.len().saturating_sub(MOST);
    html! {
        section id="story" data-live aria-labelledby="story-title" {
            h2 id="story-title" { "What happened" }
            @if own.is_empty() { p.quiet { "The journal knows nothing of this call; it may have been reset." } }
            @if left_out > 0 { p { a href={ (HOME) "/journal?call_id=" (call) } { (left_out) " earlier exchanges" } } }
            ol.story {
                @for entry in own.into_iter().skip(left_out) {
                    li data-side=(side(entry)) {
                        span.when { (parts::time(shared.journal.moment(entry))) }
                        div {
                            span.side { (parts::direction(entry.direction)) } " "
                            a.what href={ (HOME) "/journal/" (entry.number) } { (what(entry)) } " " (parts::outcome(entry))
                            div.under.mono { (parts::line(entry)) }
                            @if let Some(help) = help::of(entry) { p.problem { (help) } } @if let Some(warnings) = help::stricter(entry) { p.warned { (warnings) "." } }
                        }
                    }
                }
            }
        }
    }
}

const fn side(entry: &Entry) -> &'static str {
    match entry.direction {
        Direction::Arrived => "integration",
        Direction::AskedForUrl | Direction::FetchedRecording => "hubspot",
    }
}

/// The exchange in a few words.
pub(super) fn what(entry: &Entry) -> String {
    match entry.direction {
        Direction::Arrived => entry.operation.map_or_else(|| "no such operation".to_owned(), words),
        Direction::AskedForUrl => match (&entry.outcome, &entry.reply) {
            (Outcome::Served, Some(reply)) if (300..400).contains(&reply.status) => {
                "asked for the authenticated URL, was sent on".into()
            }
            _ => "asked for the authenticated URL".into(),
        },
        Direction::FetchedRecording => match entry.reply.as_ref().map(|reply| (&reply.body, reply.status)) {
            Some((Body::Bytes { length, .. }, 200)) => {
                format!("fetched the recording, {}", parts::size(*length))
            }
            Some((Body::Text(text), 200)) => {
                format!("fetched the recording, {} of text", parts::size(text.len() as u64))
            }
            _ => "fetched the recording".into(),
        },
    }
}

/// An operation's name as words.
pub(super) fn words(operation: Operation) -> String {
    operation.name().replace('-', " ")
}
