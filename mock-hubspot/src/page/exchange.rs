//! One exchange in full.

use super::shell::{self, View};
use super::{HOME, help, parts, story};
use crate::control::curl;
use crate::exchange::{Body, Headers};
use crate::journal::Credential;
use crate::server::Shared;
use maud::{Markup, html};

pub(super) fn page(shared: &Shared, number: &str) -> Option<Markup> {
    let entry = shared.journal.entry(number.parse().ok()?)?;
    let title = format!("Exchange {}", entry.number);
    let (before, after) = (entry.number.checked_sub(1).filter(|n| *n > 0), entry.number + 1);
    let content = html! {
        p.crumbs { a href={ (HOME) "/journal" } { "Journal" } " / " (entry.number) }
        div id="exchange" data-live {
            div.heading { h1 { (title) } (parts::outcome(&entry)) }
            p.line.mono { (parts::line(&entry)) }
            @if let Some(help) = help::of(&entry) { p.problem { (help) } }
            dl.facts {
                div { dt { "What" } dd { (story::what(&entry)) div.under { (parts::direction(entry.direction)) } } }
                @if let Some(version) = entry.version { div { dt { "Version" } dd { (version.segment()) } } }
                div { dt { "Credential" } dd { (credential(entry.credential)) } }
                @if let Some(call) = entry.call_id { div { dt { "Call" } dd { a href={ (HOME) "/calls/" (call) } { (call) } } } }
                div { dt { "When" } dd { (parts::time(shared.journal.moment(&entry))) } }
            }
            @if let Some(warnings) = help::stricter(&entry) { p.note { (warnings) "." } }
            section aria-labelledby="request-title" {
                h2 id="request-title" { "Request" }
                (fields("Header fields of the request", &entry.request.headers))
                (body(&entry.request.body, "request-body"))
            }
            section aria-labelledby="reply-title" {
                h2 id="reply-title" { "Reply" }
                @match &entry.reply {
                    Some(reply) => {
                        p { strong { (reply.status) } " " (reason(reply.status)) }
                        (fields("Header fields of the reply", &reply.headers))
                        (body(&reply.body, "reply-body"))
                    },
                    None => p.quiet { "None." },
                }
            }
            section aria-labelledby="again-title" {
                h2 id="again-title" { "Send it again" }
                div.copyable { pre id="curl" tabindex="0" aria-label="curl command" { (curl::command(&entry, &shared.site.address)) } button type="button" data-copy="curl" { "Copy" } }
                p { a.download href={ "/_mock/journal/" (entry.number) "/har" } { "Download as HAR" } }
            }
        }
        nav.pages aria-label="Exchanges" {
            @if let Some(before) = before { a rel="prev" href={ (HOME) "/journal/" (before) } { "← " (before) } }
            @if after <= shared.journal.len() { a rel="next" href={ (HOME) "/journal/" (after) } { (after) " →" } }
        }
    };
    Some(shell::page(Some(View::Journal), &title, &content))
}

fn reason(status: u16) -> &'static str {
    http::StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason()).unwrap_or_default()
}

const fn credential(credential: Credential) -> &'static str {
    match credential {
        Credential::None => "none",
        Credential::DeveloperKey => "developer key",
        Credential::DeveloperToken => "developer token",
        Credential::AccessToken => "access token",
        Credential::ExpiredToken => "expired token",
        Credential::Unknown => "one that this portal never issued",
    }
}

fn fields(caption: &str, headers: &Headers) -> Markup {
    html! {
        @if !headers.is_empty() {
            table.rows.properties.dense {
                caption.unseen { (caption) }
                tbody { @for (name, value) in headers { tr { th scope="row" { span.mono { (name) } } td { span.value.mono { (value) } } } } }
            }
        }
    }
}

fn body(body: &Body, id: &str) -> Markup {
    html! {
        @match body {
            Body::Empty => p.quiet { "No body." },
            Body::Text(text) => {
                div.copyable { pre id=(id) tabindex="0" aria-label="Body" { (pretty(text)) } button type="button" data-copy=(id) { "Copy" } }
            },
            Body::Bytes { length, sha256, head } => {
                p { (parts::size(*length)) ", not kept" }
                dl.facts { div { dt { "SHA-256" } dd.mono { (sha256) } } div { dt { "Begins with" } dd.mono { (head) } } }
            },
        }
    }
}

/// JSON with its lines broken; anything else as it is.
fn pretty(text: &str) -> String {
    let json = serde_json::from_str::<serde_json::Value>(text).ok();
    json.and_then(|json| serde_json::to_string_pretty(&json).ok()).unwrap_or_else(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_indented_and_other_text_is_left_alone() {
        assert_eq!(pretty("{\"b\":1,\"a\":2}"), "{\n  \"b\": 1,\n  \"a\": 2\n}");
        assert_eq!(pretty("a=1&b=2"), "a=1&b=2");
    }
}
