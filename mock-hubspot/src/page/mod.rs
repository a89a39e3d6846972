//! The web page: what arrived, what became of it, what it sounds like. Rendered here, offline, without a build step.
//!
//! Whatever an integration sent is text: `maud` escapes it, nothing here is `PreEscaped`, and the policy below lets no script
//! run but `script.js`. Read next: `shell.rs` (the frame), `calls.rs`, `call.rs`, `journal.rs`; `script.js` (live updates).

mod acts;
mod call;
mod calls;
mod exchange;
mod help;
mod journal;
mod live;
mod parts;
mod player;
mod records;
mod registered;
mod settings;
mod shell;
mod story;
mod time;
mod transcript;
mod waves;
mod weather;

use crate::control::Endpoint;
use crate::routes::Query;
use crate::server::Shared;
use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use http::{HeaderValue, StatusCode};
use maud::Markup;
use std::sync::Arc;

/// Where the page begins.
pub(crate) const HOME: &str = "/_mock/ui";

/// Nothing but what this binary carries; recordings come from wherever the integration keeps them.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
    media-src 'self' http: https:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

pub(crate) fn endpoints() -> Vec<Endpoint> {
    let home = || get(|| async { Redirect::to(HOME) });
    vec![
        ("GET", "/", home()),
        ("GET", "/_mock", home()),
        ("GET", "/_mock/", home()),
        ("GET", "/_mock/ui", get(calls_view)),
        ("GET", "/_mock/ui/calls/{call}", get(call_view)),
        ("POST", "/_mock/ui/calls/{call}/retrieve", post(acts::retrieve)),
        ("GET", "/_mock/ui/records", get(records_view)),
        ("GET", "/_mock/ui/records/{kind}/{record}", get(record_view)),
        ("GET", "/_mock/ui/journal", get(journal_view)),
        ("GET", "/_mock/ui/journal/{number}", get(exchange_view)),
        ("GET", "/_mock/ui/settings", get(settings_view)),
        ("GET", "/_mock/ui/weather", get(weather_view)),
        ("POST", "/_mock/ui/weather", post(acts::order)),
        ("POST", "/_mock/ui/weather/{rule}/end", post(acts::end)),
        ("POST", "/_mock/ui/tokens/expire", post(acts::expire)),
        ("POST", "/_mock/ui/clock", post(acts::clock)),
        ("POST", "/_mock/ui/reset", post(acts::reset)),
        ("GET", "/_mock/ui/events", get(live::events)),
        ("GET", "/_mock/ui/style.css", asset("text/css; charset=utf-8", include_str!("style.css"))),
        ("GET", "/_mock/ui/script.js", asset("text/javascript; charset=utf-8", include_str!("script.js"))),
        ("GET", "/_mock/ui/icon.svg", asset("image/svg+xml", include_str!("icon.svg"))),
    ]
}

fn asset(media_type: &'static str, text: &'static str) -> axum::routing::MethodRouter<Arc<Shared>> {
    get(move || async move { ([(CONTENT_TYPE, media_type)], text) })
}

fn shown(status: StatusCode, page: Markup) -> Response {
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
    ];
    (status, headers, page.into_string()).into_response()
}

/// A page, or that there is no such thing.
fn found(page: Option<Markup>, what: &str) -> Response {
    match page {
        Some(page) => shown(StatusCode::OK, page),
        None => shown(StatusCode::NOT_FOUND, shell::missing(what)),
    }
}

fn read(query: Option<String>) -> Query {
    Query::parse(&query.unwrap_or_default())
}

async fn calls_view(State(shared): State<Arc<Shared>>, RawQuery(query): RawQuery) -> Response {
    shown(StatusCode::OK, calls::page(&shared, &read(query)))
}

async fn call_view(State(shared): State<Arc<Shared>>, Path(id): Path<String>) -> Response {
    found(call::page(&shared, &id).await, "call")
}

async fn records_view(State(shared): State<Arc<Shared>>) -> Response {
    shown(StatusCode::OK, records::page(&shared))
}

async fn record_view(
    State(shared): State<Arc<Shared>>,
    Path((kind, id)): Path<(String, String)>,
) -> Response {
    found(records::one(&shared, &kind, &id), "record")
}

async fn journal_view(State(shared): State<Arc<Shared>>, RawQuery(query): RawQuery) -> Response {
    let (status, page) = journal::page(&shared, &read(query));
    shown(status, page)
}

async fn exchange_view(State(shared): State<Arc<Shared>>, Path(number): Path<String>) -> Response {
    found(exchange::page(&shared, &number), "exchange")
}

async fn settings_view(State(shared): State<Arc<Shared>>) -> Response {
    shown(StatusCode::OK, settings::page(&shared))
}

async fn weather_view(State(shared): State<Arc<Shared>>) -> Response {
    shown(StatusCode::OK, weather::page(&shared, None))
}
