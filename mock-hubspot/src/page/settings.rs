//! What is registered, with what stands out in it; what the portal holds; how it was told to behave.

use super::registered::{example, remarks};
use super::shell::{self, View};
use super::{HOME, parts};
use crate::auth::Strictness;
use crate::portal::{Seat, Slot};
use crate::server::Shared;
use crate::switches::{DESCRIBED, Switches};
use maud::{Markup, html};

pub(super) fn page(shared: &Shared) -> Markup {
    let content = html! {
        div.heading { h1 { "Settings" } }
        (endpoints(shared))
        (extensions(shared))
        (portal(shared))
        (switches(shared.switches))
    };
    shell::page(Some(View::Settings), "Settings", &content)
}

fn endpoints(shared: &Shared) -> Markup {
    let registrations = shared.portal.registrations();
    html! {
        section id="endpoints" data-live aria-labelledby="endpoints-title" {
            h2 id="endpoints-title" { "Recording endpoint" }
            @if registrations.is_empty() {
                p.quiet { "None is registered: no recording can be fetched. " code { "POST /crm/v3/extensions/calling/" (shared.portal.setup().app_id) "/settings/recording" } " registers one." }
            }
            @for (app, url) in &registrations {
                @let url = shared.secrets.cut_url(url);
                article.endpoint {
                    p.registered.mono { (url) }
                    p.under { "app " (app) @if *app != shared.portal.setup().app_id { " (not the portal's own, " (shared.portal.setup().app_id) ")" } }
                    ul.remarks {
                        @for remark in remarks(&url) {
                            li { @if remark.is_fault { (parts::pill("bad", "fault")) } @else { (parts::pill("warn", "note")) } " " (remark.text) }
                        }
                        @if remarks(&url).is_empty() { li { (parts::pill("good", "good")) " HubSpot could ask this." } }
                    }
                    p.under { "HubSpot asks " span.mono { (example(&url, app)) } }
                }
            }
        }
    }
}

fn extensions(shared: &Shared) -> Markup {
    let all = shared.portal.all_settings();
    html! {
        section id="extensions" data-live aria-labelledby="extensions-title" {
            h2 id="extensions-title" { "Calling app" }
            @if all.is_empty() { p.quiet { "No settings of a calling widget or channel were made." } }
            @for (slot, app, members) in &all {
                h3 { @match slot { Slot::Widget => "Widget", Slot::Channel => "Third-party channel" } " of app " (app) }
                table.rows.properties { tbody { @for (name, value) in members {
                    tr { th scope="row" { span.mono { (name) } } td { span.value { (plain(value)) } } }
                } } }
            }
        }
    }
}

fn plain(value: &serde_json::Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Which seat, as people say it.
pub(super) const fn seat(seat: Seat) -> &'static str {
    match seat {
        Seat::Sales => "paid Sales seat",
        Seat::Service => "paid Service seat",
        Seat::None => "no paid seat",
    }
}

fn portal(shared: &Shared) -> Markup {
    let setup = shared.portal.setup();
    let strict = shared.strictness == Strictness::Strict;
    html! {
        section id="portal" data-live aria-labelledby="portal-title" {
            h2 id="portal-title" { "Portal" }
            dl.facts {
                div { dt { "Portal" } dd { (setup.portal_id) } }
                div { dt { "App" } dd { (setup.app_id) } }
                div { dt { "Credentials" } dd { @if strict { "checked as HubSpot checks them" } @else { "any or none" } } }
            }
            table.rows {
                caption.unseen { "Owners" }
                thead { tr { th scope="col" { "Owner" } th scope="col" { "Seat" } th.number scope="col" { "Id" } } }
                tbody { @for owner in shared.portal.owners() {
                    tr { td { (owner.first_name) " " (owner.last_name) div.under { (owner.email) } } td { (seat(owner.seat)) } td.number { (owner.id) } }
                } }
            }
            p.under { a href={ (HOME) "/records" } { "Contacts, companies, deals and tickets" } }
        }
    }
}

fn switches(switches: Switches) -> Markup {
    let values = serde_json::to_value(switches).unwrap_or_default();
    html! {
        section id="switches" aria-labelledby="switches-title" {
            h2 id="switches-title" { "Where HubSpot's behaviour is not known" }
            details id="all-switches" { summary { (DESCRIBED.len()) " switches; " code { "--switch NAME=VALUE" } " sets them" }
                table.rows {
                    thead { tr { th scope="col" { "Switch" } th scope="col" { "Value" } } }
                    tbody { @for switch in DESCRIBED {
                        tr {
                            td { span.mono { (switch.name) } div.under { (switch.about) } }
                            td { span.mono { (plain(&values[switch.name])) } }
                        }
                    } }
                }
            }
        }
    }
}
