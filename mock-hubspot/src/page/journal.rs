//! The journal with its filters.

use super::shell::{self, View};
use super::{HOME, help, parts, story};
use crate::control::journal::{DIRECTIONS, Filter, OUTCOMES, cut_of};
use crate::journal::{Direction, Entry};
use crate::leniency;
use crate::operation::Operation;
use crate::routes::Query;
use crate::server::Shared;
use crate::versions::routes;
use http::StatusCode;
use maud::{Markup, html};
use std::collections::BTreeSet;
use std::sync::Arc;

const PAGE: usize = 200;

pub(super) fn page(shared: &Shared, query: &Query) -> (StatusCode, Markup) {
    let (status, filter, trouble) = match Filter::of(query) {
        Ok(filter) => (StatusCode::OK, filter, None),
        Err(why) => (StatusCode::BAD_REQUEST, Filter::default(), Some(why)),
    };
    let before = query.first("before").and_then(|number| number.parse().ok()).unwrap_or(u64::MAX);
    let entries = shared.journal.read();
    let all = shared.journal.len();
    let cut = cut_of(shared);
    let mut taken = entries.into_iter().rev().filter(|e| e.number < before && filter.takes(e));
    let shown: Vec<Arc<Entry>> = taken.by_ref().take(PAGE).collect();
    let more = taken.next().is_some();
    let content = html! {
        div.heading { h1 { "Journal" } a.download href={ "/_mock/journal.har?" (filter.query()) } { "Download as HAR" } }
        (form(&filter))
        @if let Some(why) = trouble { p.problem role="alert" { (why) } }
        section id="journal" data-live data-news={ (all) " exchanges" } aria-label="Exchanges" {
            @if shown.is_empty() {
                p.empty { @if all == 0 { "Nothing has arrived yet." } @else { "None of " (all) " exchanges fits." } }
            } @else { (table(shared, &shown)) }
            @if let (Some(cut), false) = (cut, more) { p.note { "Before these, " (cut) "." } }
            @if more { @if let Some(last) = shown.last() {
                p { a href={ (HOME) "/journal?" (filter.query()) "&before=" (last.number) } { "Earlier exchanges" } }
            } }
        }
    };
    (status, shell::page(Some(View::Journal), "Journal", &content))
}

/// Every operation that is answered, by name.
pub(super) fn operations() -> BTreeSet<(&'static str, Operation)> {
    routes().map(|route| (route.operation.name(), route.operation)).collect()
}

fn form(filter: &Filter) -> Markup {
    let direction = DIRECTIONS.iter().find(|d| Some(d.1) == filter.direction).map(|d| d.0);
    html! {
        form.filters method="get" action={ (HOME) "/journal" } role="search" aria-label="Filter the journal" {
            label { "Contains" input type="search" name="text" value=(filter.text) placeholder="/recordings/ready"; }
            label { "Operation" select name="operation" {
                option value="" { "any" }
                @for (name, operation) in operations() { option value=(name) selected[filter.operation == Some(operation)] { (story::words(operation)) } }
            } }
            label { "Outcome" select name="outcome" {
                option value="" { "any" }
                @for name in OUTCOMES { option value=(name) selected[filter.outcome == Some(name)] { (name) } }
            } }
            label { "Who asked whom" select name="direction" {
                option value="" { "any" }
                @for (name, d) in DIRECTIONS { option value=(name) selected[direction == Some(name)] { (parts::direction(d)) } }
            } }
            label { "Call" input.short name="call_id" inputmode="numeric" value=[filter.call_id]; }
            button { "Filter" }
            @if *filter != Filter::default() { a href={ (HOME) "/journal" } { "Clear" } }
        }
    }
}

fn table(shared: &Shared, entries: &[Arc<Entry>]) -> Markup {
    html! {
        table.rows.journal {
            caption.unseen { "Exchanges, the newest first" }
            thead { tr {
                th.number scope="col" { "No." }
                th scope="col" { "Request" }
                th.wide scope="col" { "Operation" }
                th.wide scope="col" { "Call" }
                th scope="col" { "Outcome" }
                th.wide.number scope="col" { "When" }
            } }
            tbody { @for entry in entries {
                tr {
                    td.number { a href={ (HOME) "/journal/" (entry.number) } aria-label={ "Exchange " (entry.number) } { (entry.number) } }
                    td { div.mono { (parts::line(entry)) } @if let Some(help) = help::of(entry) { div.problem { (help) } } @if let Some(warnings) = help::stricter(entry).and_then(leniency::beside_credential) { div.warned { (warnings) "." } } }
                    td.wide { (operation(entry)) }
                    td.wide { @if let Some(call) = entry.call_id { a href={ (HOME) "/calls/" (call) } { (call) } } }
                    td { (parts::outcome(entry)) }
                    td.wide.number { (parts::time(shared.journal.moment(entry))) }
                }
            } }
        }
    }
}

fn operation(entry: &Entry) -> Markup {
    html! {
        @match entry.operation {
            Some(operation) => { (story::words(operation)) @if let Some(version) = entry.version { div.under { (version.segment()) } } },
            None => span.quiet { @match entry.direction {
                Direction::Arrived => "none",
                Direction::AskedForUrl => "asked for URL",
                Direction::FetchedRecording => "fetched recording",
            } },
        }
    }
}
