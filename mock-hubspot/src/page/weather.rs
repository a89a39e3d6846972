//! How HubSpot misbehaves from now on, and what can be forgotten.

use super::shell::{self, View};
use super::{HOME, journal, parts, story, time};
use crate::control::Scope;
use crate::operation::Operation;
use crate::server::Shared;
use crate::weather::{Listed, Policy, Strike};
use maud::{Markup, html};

/// What the form can order, by its name there.
const STRIKES: [(&str, &str); 14] = [
    ("throttled-secondly", "429, for a second"),
    ("throttled-ten-secondly", "429, for ten seconds"),
    ("throttled-daily", "429, the day's limit"),
    ("failing-500", "500"),
    ("failing-502", "502"),
    ("failing-503", "503"),
    ("failing-504", "504"),
    ("delayed", "answered late, by …"),
    ("cut", "connection cut"),
    ("reset", "connection reset"),
    ("stalled", "never answered"),
    ("truncated", "answer breaks off after … bytes"),
    ("dripping", "answer drips, … bytes a second"),
    ("expired-token", "token expired, until refreshed"),
];

pub(super) fn page(shared: &Shared, trouble: Option<&str>) -> Markup {
    let content = html! {
        div.heading { h1 { "Weather" } }
        p.under { "How HubSpot misbehaves: the next requests of an operation are struck before they have any effect. Only an answer that is late, drips or breaks off is the answer to what was done." }
        @if let Some(why) = trouble { p.problem role="alert" { (why) } }
        (form())
        (rules(shared))
        section aria-labelledby="tokens-title" {
            h2 id="tokens-title" { "Access tokens" }
            p.under { "Every token that was issued until now is refused with 401, until the app refreshes it." }
            (parts::act(&format!("{HOME}/tokens/expire"), "Expire all tokens"))
        }
        (time::section(shared.portal.clock()))
        (resets())
    };
    shell::page(Some(View::Weather), "Weather", &content)
}

fn form() -> Markup {
    html! {
        form.filters method="post" action={ (HOME) "/weather" } aria-label="Order weather" {
            label { "Operation" select name="operation" {
                @for (name, operation) in journal::operations() { option value=(name) selected[operation == Operation::LogCall] { (story::words(operation)) } }
            } }
            label { "What happens" select name="strike" { @for (name, words) in STRIKES { option value=(name) { (words) } } } }
            label { "Milliseconds, if late" input.short type="number" name="milliseconds" min="0" max="600000" value="2000"; }
            label { "Bytes, if slow or broken off" input.short type="number" name="bytes" min="0" max="1000000" value="10"; }
            label { "Percent of requests" input.short type="number" name="percent" min="0" max="100" placeholder="all"; }
            label { "Times" input.short type="number" name="times" min="1" max="1000000" value="1" required; }
            button { "Order" }
        }
    }
}

fn rules(shared: &Shared) -> Markup {
    let rules = shared.weather.listed();
    let expiry = shared.weather.expiry();
    html! {
        section id="rules" data-live aria-labelledby="rules-title" {
            h2 id="rules-title" { "Ordered" }
            @if rules.is_empty() && expiry.is_none() { p.quiet { "Fine weather." } } @else {
                table.rows {
                    thead { tr { th scope="col" { "Operation" } th scope="col" { "What happens" } th.number scope="col" { "Hits" } th scope="col" { "State" } th scope="col" { span.unseen { "End" } } } }
                    tbody {
                        @if let Some(expiry) = expiry {
                            tr { td { "any" } td { "tokens expired" } td.number { (expiry.struck) } td { (parts::pill("warn", "on")) } td.act {} }
                        }
                        @for listed in rules.iter().rev() {
                            tr {
                                td { (story::words(listed.rule.operation)) @if listed.rule.story.is_some() { div.under { "of one call" } } }
                                td { (words(listed.rule.strike)) }
                                td.number { (hits(listed)) }
                                td { @if listed.spent { (parts::pill("idle", "spent")) } @else { (parts::pill("warn", "on")) } }
                                td.act { (parts::act(&format!("{HOME}/weather/{}/end", listed.id), "End")) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn hits(listed: &Listed) -> String {
    match listed.rule.strike {
        Strike::ExpiredToken | Strike::Throttled { .. } => listed.struck.to_string(),
        _ if listed.odds.is_some() => format!("{} of {} that came by", listed.struck, listed.seen),
        _ => format!("{} of {}", listed.struck, listed.rule.times),
    }
}

fn words(strike: Strike) -> String {
    match strike {
        Strike::Throttled { policy: Policy::Secondly } => "429, for a second".into(),
        Strike::Throttled { policy: Policy::TenSecondly } => "429, for ten seconds".into(),
        Strike::Throttled { policy: Policy::Daily } => "429, the day's limit".into(),
        Strike::Failing { status } => status.to_string(),
        Strike::Delayed { ms } => format!("answered {ms} ms late"),
        Strike::Cut => "connection cut".into(),
        Strike::Reset => "connection reset".into(),
        Strike::Stalled => "never answered".into(),
        Strike::Truncated { bytes } => format!("answer breaks off after {bytes} bytes"),
        Strike::Dripping { bytes_per_second } => format!("answer drips, {bytes_per_second} bytes a second"),
        Strike::ExpiredToken => "token expired".into(),
    }
}

fn resets() -> Markup {
    html! {
        section aria-labelledby="reset-title" {
            h2 id="reset-title" { "Forget" }
            form.filters method="post" action={ (HOME) "/reset" } aria-label="Forget" {
                fieldset {
                    legend.unseen { "What to forget" }
                    @for (scope, words) in Scope::ALL.iter().zip(["calls, records, registrations, tokens", "the journal", "the weather", "the clock"]) {
                        label.check { input type="checkbox" name="scope" value=(scope.name()) checked; (words) }
                    }
                }
                button { "Forget" }
            }
        }
    }
}
