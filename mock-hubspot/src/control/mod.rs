//! `/_mock/…`: what a person or a script asks the mock itself, the web page included. Never in the journal.
//!
//! Reads, resets, orders the weather; each endpoint stands in a table, which `openapi.json` describes.
//! Read next: `guard.rs` (who may ask), `journal.rs`, `calls.rs`, `weather.rs`, `../page/`.

mod address;
mod calls;
pub(crate) mod clock;
pub(crate) mod curl;
mod guard;
pub(crate) mod har;
pub(crate) mod journal;
mod metrics;
mod openapi;
mod portals;
mod reset;
mod site;
mod waiting;
mod weather;

pub(crate) use address::Address;
pub(crate) use reset::Scope;
pub(crate) use site::Site;
pub(crate) use weather::Order;

use crate::page;
use crate::server::Shared;
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use http::header::{self, HeaderValue};
use http::{Method, Request, StatusCode};
use hyper::body::Incoming;
use hyper::service::Service as _;
use hyper_util::service::TowerToHyperService;
use serde::Serialize;
use serde_json::json;
use std::sync::Arc;

/// One endpoint: method, path, and who answers.
pub(crate) type Endpoint = (&'static str, &'static str, MethodRouter<Arc<Shared>>);

/// Whether a request is for the mock itself: by its path, or because a person opened the address in a browser.
pub(crate) fn is_meant<B>(request: &Request<B>) -> bool {
    let path = request.uri().path();
    let wants_page = || {
        let accept = request.headers().get(header::ACCEPT).and_then(|accept| accept.to_str().ok());
        request.method() == Method::GET && accept.is_some_and(|accept| accept.contains("text/html"))
    };
    path == "/_mock" || path.starts_with("/_mock/") || (path == "/" && wants_page())
}

/// Answers whoever may ask.
pub(crate) async fn answer(shared: Arc<Shared>, mut request: Request<Incoming>) -> Response {
    let mut response = match guard::admit(&request, &shared.site.address) {
        Err(refusal) => refusal.into_response(),
        Ok(()) => match portals::meant(&shared, request.uri()) {
            Err(refusal) => refusal.into_response(),
            Ok(None) => ask(shared, request).await,
            Ok(Some((isolated, uri))) => {
                *request.uri_mut() = uri;
                ask(isolated, request).await
            }
        },
    };
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::CACHE_CONTROL, "no-store"),
        (header::HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (header::HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ] {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

async fn ask(shared: Arc<Shared>, request: Request<Incoming>) -> Response {
    let changes = !matches!(*request.method(), Method::GET | Method::HEAD);
    let response = match TowerToHyperService::new(router(Arc::clone(&shared))).call(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    };
    match shared.settled().await {
        Err(error) if changes => {
            mistake(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response()
        }
        _ => response,
    }
}

/// What scripts ask.
fn endpoints() -> Vec<Endpoint> {
    let mut all: Vec<Endpoint> =
        vec![("GET", "/_mock/health", get(health)), ("GET", "/_mock/openapi.json", get(openapi::document))];
    all.extend(journal::endpoints());
    all.extend(calls::endpoints());
    all.extend(metrics::endpoints());
    all.extend(weather::endpoints());
    all.extend(reset::endpoints());
    all.extend(clock::endpoints());
    all.extend(portals::endpoints());
    all
}

fn router(shared: Arc<Shared>) -> Router {
    let all = endpoints().into_iter().chain(page::endpoints());
    let router = all.fold(Router::new(), |router, (_, path, handler)| router.route(path, handler));
    router.fallback(unknown).with_state(shared)
}

fn reply(status: StatusCode, body: &impl Serialize) -> Response {
    let text = serde_json::to_string(body).unwrap_or_default();
    (status, [(header::CONTENT_TYPE, "application/json")], text).into_response()
}

/// Why a request to the mock itself was not answered.
#[derive(Debug)]
struct Mistake {
    status: StatusCode,
    message: String,
}

fn mistake(status: StatusCode, message: impl Into<String>) -> Mistake {
    Mistake { status, message: message.into() }
}

fn bad(message: impl Into<String>) -> Mistake {
    mistake(StatusCode::BAD_REQUEST, message)
}

fn absent(message: &str) -> Mistake {
    mistake(StatusCode::NOT_FOUND, message)
}

impl IntoResponse for Mistake {
    fn into_response(self) -> Response {
        reply(self.status, &json!({ "error": self.message }))
    }
}

async fn unknown() -> Mistake {
    absent("the mock has no such page; /_mock/openapi.json lists what it has, /_mock/ui shows it")
}

async fn health(State(shared): State<Arc<Shared>>) -> Response {
    let version = env!("CARGO_PKG_VERSION");
    let (exchanges, cut) = (shared.journal.len(), shared.journal.cut());
    reply(StatusCode::OK, &json!({ "status": "ok", "version": version, "exchanges": exchanges, "cut": cut }))
}
