//! The calls, the newest first, as they arrive.

use super::shell::{self, View};
use super::{HOME, parts};
use crate::auth::Strictness;
use crate::portal::{CallRecord, Portal};
use crate::progress::{self, Stage};
use crate::routes::Query;
use crate::server::Shared;
use crate::wire::ObjectType;
use maud::{Markup, html};
use std::collections::HashMap;
use std::sync::Arc;

/// How many are shown at once.
const PAGE: usize = 100;

pub(super) fn page(shared: &Shared, query: &Query) -> Markup {
    let mut calls = shared.portal.calls();
    let all = calls.len();
    if let Some(before) = query.first("before").and_then(|id| id.parse::<u64>().ok()) {
        calls.retain(|call| call.id < before);
    }
    calls.reverse();
    let rest = calls.len() > PAGE;
    calls.truncate(PAGE);
    let stages = progress::of_all(&shared.journal.read());
    let newest = calls.first().map(|call| format!("{all} calls; the newest is {}", title(call)));
    let content = html! {
        div.heading { h1 { "Calls" } }
        section id="calls" data-live data-news=[newest] aria-label="Calls" {
            @if calls.is_empty() { (none(shared)) } @else { (table(&shared.portal, &calls, &stages)) }
            @if rest {
                @if let Some(last) = calls.last() {
                    p { a href={ (HOME) "?before=" (last.id) } { "Older calls" } }
                }
            }
        }
    };
    shell::page(Some(View::Calls), "Calls", &content)
}

fn table(portal: &Portal, calls: &[Arc<CallRecord>], stages: &HashMap<u64, Stage>) -> Markup {
    html! {
        table.rows {
            caption.unseen { "Calls, the newest first" }
            thead { tr {
                th scope="col" { "Call" }
                th.wide scope="col" { "From and to" }
                th.number scope="col" { "Length" }
                th.wide scope="col" { "On the records of" }
                th scope="col" { "Recording" }
                th.wide.number scope="col" { "Logged" }
            } }
            tbody {
                @for call in calls {
                    tr {
                        td {
                            a.name href={ (HOME) "/calls/" (call.id) } { (title(call)) }
                            div.under { (call.id) @if let Some(id) = call.properties.get("hs_call_external_id") { " · " span.mono { (id) } } }
                        }
                        td.wide { (numbers(call)) }
                        td.number { (length(call)) }
                        td.wide { (records(portal, call.id)) }
                        td {
                            (parts::stage(stages.get(&call.id).unwrap_or(&Stage::Logged)))
                            @if call.archived { " " (parts::pill("idle", "archived")) }
                        }
                        td.wide.number { (parts::time(call.created_at)) }
                    }
                }
            }
        }
    }
}

/// What a call is called.
pub(super) fn title(call: &CallRecord) -> String {
    let given = call.properties.get("hs_call_title").filter(|title| !title.trim().is_empty());
    given.map_or_else(|| format!("Call {}", call.id), str::to_owned)
}

/// From which number to which.
pub(super) fn line(call: &CallRecord) -> Markup {
    let property = |name: &str| call.properties.get(name).unwrap_or("?");
    html! { span.mono { (property("hs_call_from_number")) " → " (property("hs_call_to_number")) } }
}

/// Who called whom.
pub(super) fn numbers(call: &CallRecord) -> Markup {
    html! {
        (line(call))
        @if let Some(direction) = call.properties.get("hs_call_direction") {
            div.under { (direction.to_lowercase()) }
        }
    }
}

/// How long it was, as the integration says; its milliseconds are in the properties.
pub(super) fn length(call: &CallRecord) -> String {
    let ms = call.properties.get("hs_call_duration").and_then(|ms| ms.parse::<f64>().ok());
    ms.filter(|ms| *ms >= 0.0).map_or_else(|| "–".to_owned(), |ms| parts::clock(ms as u64))
}

/// The records on whose timeline it is.
pub(super) fn records(portal: &Portal, call: u64) -> Markup {
    let mut links = portal.associations_of_call(call);
    links.dedup_by(|a, b| (&a.0, a.1) == (&b.0, b.1));
    html! {
        @if links.is_empty() { span.quiet { "none" } }
        @for (i, (kind, id, _, _)) in links.iter().enumerate() {
            @if i > 0 { ", " }
            a href={ (HOME) "/records/" (kind) "/" (id) } { (name_of(portal, kind, *id)) }
        }
    }
}

/// What a record is called.
pub(super) fn name_of(portal: &Portal, kind: &str, id: u64) -> String {
    let record = ObjectType::infer(kind).and_then(|kind| portal.record((kind, id)));
    record.map_or_else(|| format!("{kind} {id}"), |record| name(&record))
}

/// What an object is called, whatever it is.
pub(super) fn name(record: &CallRecord) -> String {
    let property = |name: &str| record.properties.get(name).unwrap_or_default();
    let person = format!("{} {}", property("firstname"), property("lastname"));
    let names = [
        person.trim(),
        property("name"),
        property("dealname"),
        property("subject"),
        property("hs_call_title"),
        property("email"),
    ];
    names.into_iter().find(|name| !name.is_empty()).map_or_else(|| record.id.to_string(), str::to_owned)
}

fn none(shared: &Shared) -> Markup {
    let setup = shared.portal.setup();
    let url = shared.site.address.url();
    let first = format!(
        "curl -X POST {url}/crm/v3/extensions/calling/{app}/settings/recording \\\n  -H 'Content-Type: application/json' \\\n  -d '{{\"urlToRetrieveAuthedRecording\":\"https://your.app/recording/%s\"}}'",
        app = setup.app_id
    );
    html! {
        div.empty {
            p { strong { "No calls yet." } " This page shows them as they arrive." }
            p { "Point your app's HubSpot base URL at " code { (url) } ". "
                @if shared.strictness == Strictness::Friendly { "Any access token will do, or none." } @else { "Credentials are checked as HubSpot checks them." } }
            p { "Register where recordings are found, log a call, associate it, mark its recording as ready:" }
            div.copyable { pre id="first" tabindex="0" { (first) } button type="button" data-copy="first" { "Copy" } }
        }
    }
}
