//! Contacts, companies, deals and tickets, and the timeline of each with its calls.

use super::shell::{self, View};
use super::{HOME, calls, parts, player};
use crate::portal::CallRecord;
use crate::progress::{self, Stage};
use crate::server::Shared;
use crate::wire::ObjectType;
use maud::{Markup, html};
use std::sync::Arc;

const KINDS: [ObjectType; 4] =
    [ObjectType::Contacts, ObjectType::Companies, ObjectType::Deals, ObjectType::Tickets];
const MOST: usize = 100;

/// The types' names, as a heading has them.
fn heading(kind: ObjectType) -> String {
    let name = kind.plural();
    name[..1].to_uppercase() + &name[1..]
}

pub(super) fn page(shared: &Shared) -> Markup {
    let content = html! {
        div.heading { h1 { "Records" } }
        @for kind in KINDS {
            @let (records, all) = shared.portal.newest(kind, MOST);
            section id=(kind.plural()) data-live aria-labelledby={ (kind.plural()) "-title" } {
                h2 id={ (kind.plural()) "-title" } { (heading(kind)) }
                @if records.is_empty() { p.quiet { "None." } } @else { (table(shared, kind, &records)) }
                @if all > records.len() { p.under { "The newest " (records.len()) " of " (all) "." } }
            }
        }
    };
    shell::page(Some(View::Records), "Records", &content)
}

fn table(shared: &Shared, kind: ObjectType, records: &[Arc<CallRecord>]) -> Markup {
    html! {
        table.rows {
            caption.unseen { (heading(kind)) }
            thead { tr { th scope="col" { "Name" } th scope="col" { "" span.unseen { "Address or amount" } } th.number scope="col" { "Calls" } } }
            tbody { @for record in records {
                tr {
                    td { a.name href={ (HOME) "/records/" (kind.plural()) "/" (record.id) } { (calls::name(record)) } div.under { (record.id) } }
                    td { (detail(record)) }
                    td.number { (shared.portal.calls_of_record(kind.plural(), record.id).len()) }
                }
            } }
        }
    }
}

fn detail(record: &CallRecord) -> Markup {
    let property = |name: &str| record.properties.get(name);
    html! {
        @if let Some(phone) = property("phone") { span.mono { (phone) } }
        @for name in ["email", "domain", "amount", "hs_ticket_priority"] {
            @if let Some(value) = property(name) { div.under { (value) } }
        }
    }
}

pub(super) fn one(shared: &Shared, kind: &str, id: &str) -> Option<Markup> {
    let kind = ObjectType::infer(kind).filter(|kind| *kind != ObjectType::Calls)?;
    let record = shared.portal.record((kind, id.parse().ok()?))?;
    let name = calls::name(&record);
    let content = html! {
        p.crumbs { a href={ (HOME) "/records" } { "Records" } " / " (kind.singular()) " " (record.id) }
        div.heading { h1 { (name) } @if record.archived { (parts::pill("idle", "archived")) } }
        (timeline(shared, kind, record.id))
        section id="properties" data-live aria-labelledby="properties-title" {
            h2 id="properties-title" { "Properties" }
            table.rows.properties.dense { tbody { @for (name, value) in record.properties.iter() {
                tr { th scope="row" { span.mono { (name) } } td { span.value { (value) } } }
            } } }
        }
    };
    Some(shell::page(Some(View::Records), &name, &content))
}

/// The calls as HubSpot shows them on a record: the newest first, with a bar that plays.
fn timeline(shared: &Shared, kind: ObjectType, id: u64) -> Markup {
    let mut ids = shared.portal.calls_of_record(kind.plural(), id);
    let all = ids.len();
    ids.sort_unstable_by_key(|id| std::cmp::Reverse(*id));
    ids.truncate(MOST);
    let on_it: Vec<_> = ids.into_iter().filter_map(|id| shared.portal.call(id)).collect();
    let stages = progress::of_all(&shared.journal.read());
    html! {
        section id="timeline" data-live aria-labelledby="timeline-title" {
            h2 id="timeline-title" { "Timeline" }
            @if on_it.is_empty() { p.quiet { "No call is associated with this record." } }
            @if all > MOST { p.under { "The newest " (MOST) " of " (all) "." } }
            ol.timeline { @for call in &on_it {
                @let stage = stages.get(&call.id).unwrap_or(&Stage::Logged);
                li id={ "call-" (call.id) } {
                    article aria-labelledby={ "title-" (call.id) } {
                        div.heading {
                            h3 id={ "title-" (call.id) } { a href={ (HOME) "/calls/" (call.id) } { (calls::title(call)) } }
                            (parts::stage(stage))
                            @if call.archived { (parts::pill("idle", "archived")) }
                        }
                        p.under { (calls::length(call)) " · " (parts::time(call.created_at)) " · " (calls::line(call)) @if let Some(direction) = call.properties.get("hs_call_direction") { " · " (direction.to_lowercase()) } }
                        @if let Some(body) = call.properties.get("hs_call_body") { p.value { (body) } }
                        // A bar stands here once the recording is ready, whether or not it can be played: so does HubSpot's.
                        @if call.marked_ready > 0 && shared.retriever.is_some() {
                            audio controls preload="none" aria-label={ "Recording of " (calls::title(call)) } src=(player::source(call.id)) {}
                        }
                    }
                }
            } }
        }
    }
}
