//! One call: its recording, its transcript, what happened, what it holds.

use super::shell::{self, View};
use super::{HOME, calls, parts, player, story, transcript};
use crate::portal::{CallRecord, Portal, moment};
use crate::progress;
use crate::server::Shared;
use crate::wire::{ObjectType, type_by_id};
use maud::{Markup, html};

pub(super) async fn page(shared: &Shared, id: &str) -> Option<Markup> {
    let call = shared.portal.call(id.parse().ok()?)?;
    let entries = shared.journal.read();
    let stage = progress::of_call(&entries, call.id, 0);
    let sound = shared.retriever.as_ref().and_then(|retriever| retriever.sounds().of(call.id));
    let facts = match &sound {
        Some(sound) => sound.facts().await,
        None => None,
    };
    let title = calls::title(&call);
    let content = html! {
        p.crumbs { a href=(HOME) { "Calls" } " / " (call.id) }
        div.heading id="heading" data-live {
            h1 { (title) }
            (parts::stage(&stage))
            @if call.archived { (parts::pill("idle", "archived")) }
        }
        dl.facts id="facts" data-live {
            div { dt { "From and to" } dd { (calls::numbers(&call)) } }
            div { dt { "Length" } dd { (calls::length(&call)) } }
            div { dt { "Owner" } dd { (owner(&shared.portal, &call)) } }
            div { dt { "On the records of" } dd { (calls::records(&shared.portal, call.id)) } }
            div { dt { "Logged" } dd { (parts::time(call.created_at)) } }
        }
        (player::section(shared, &call, &stage, sound.as_deref(), facts.as_deref()))
        (transcript::section(shared, &call))
        (story::section(shared, &entries, call.id))
        (associations(&shared.portal, &call))
        (properties(&shared.portal, &call))
    };
    Some(shell::page(Some(View::Calls), &title, &content))
}

fn owner(portal: &Portal, call: &CallRecord) -> Markup {
    let Some(id) = call.properties.get("hubspot_owner_id") else {
        return html! { span.quiet { "none" } };
    };
    let owner = id.parse().ok().and_then(|id| portal.owner(id));
    html! {
        @if let Some(owner) = owner {
            (owner.first_name) " " (owner.last_name) div.under { (super::settings::seat(owner.seat)) }
        } @else { (id) div.under { "no owner of this portal" } }
    }
}

fn associations(portal: &Portal, call: &CallRecord) -> Markup {
    let links = portal.associations_of_call(call.id);
    html! {
        section id="associations" data-live aria-labelledby="associations-title" {
            h2 id="associations-title" { "Associations" }
            @if links.is_empty() {
                p.quiet { "None: the call is on nobody's timeline. " code { "PUT …/calls/" (call.id) "/associations/contact/{contactId}/194" } " puts it there." }
            } @else {
                table.rows {
                    thead { tr { th scope="col" { "Record" } th scope="col" { "Type" } } }
                    tbody {
                        @for (kind, id, category, type_id) in &links {
                            tr {
                                td { a href={ (HOME) "/records/" (kind) "/" (id) } { (calls::name_of(portal, kind, *id)) } div.under { (kind) " " (id) } }
                                td { span.mono { (type_id) } div.under { (category) @if let Some(known) = type_by_id(*type_id) { " · " (known.name()) } } }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// What the integration said first; what HubSpot computed below.
fn properties(portal: &Portal, call: &CallRecord) -> Markup {
    let schema = portal.schema(ObjectType::Calls);
    let computed = |name: &str| {
        schema.any(name).is_some_and(|d| d.access == crate::portal::definitions::Access::HubSpot)
    };
    let (theirs, given): (Vec<_>, Vec<_>) = call.properties.iter().partition(|(name, _)| computed(name));
    let rows = |properties: &[(&str, &str)]| {
        html! {
            table.rows.properties {
                thead.unseen { tr { th scope="col" { "Property" } th scope="col" { "Value" } } }
                tbody {
                    @for (name, value) in properties {
                        tr {
                            th scope="row" { span.mono { (name) } @if let Some(d) = schema.any(name) { div.under { (d.label) } } }
                            td { span.value { (value) } (history(call, name)) }
                        }
                    }
                }
            }
        }
    };
    html! {
        section id="properties" data-live aria-labelledby="properties-title" {
            h2 id="properties-title" { "Properties" }
            (rows(&given))
            details id="computed" { summary { (theirs.len()) " more that HubSpot sets itself" } (rows(&theirs)) }
        }
    }
}

fn history(call: &CallRecord, name: &str) -> Markup {
    let versions = call.versions(name);
    html! {
        @if versions.len() > 1 {
            details.history id={ "history-" (name) } {
                summary { (versions.len()) " versions" }
                ol { @for version in &versions {
                    li { span.value { @if version.value.is_empty() { "(cleared)" } @else { (version.value) } } " " span.under { (moment::written(version.at)) } }
                } }
            }
        }
    }
}
