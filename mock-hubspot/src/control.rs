//! `/_mock/…`: what a person or a script asks the mock itself. Never in the journal.
//!
//! Reads and resets; it does not change how HubSpot answers. Read next: `journal.rs`.

use crate::operation::Operation;
use crate::routes::Query;
use crate::server::Shared;
use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use http::{StatusCode, header::CONTENT_TYPE};
use serde::Serialize;
use serde_json::json;
use std::sync::Arc;

/// Whether a path is the mock's own.
pub(crate) fn is_meant(path: &str) -> bool {
    path == "/_mock" || path.starts_with("/_mock/")
}

pub(crate) fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/_mock/health", get(health))
        .route("/_mock/journal", get(journal))
        .route("/_mock/journal/{number}", get(entry))
        .route("/_mock/reset", post(reset))
        .with_state(shared)
}

fn reply(status: StatusCode, body: &impl Serialize) -> Response {
    let text = serde_json::to_string(body).unwrap_or_default();
    (status, [(CONTENT_TYPE, "application/json")], text).into_response()
}

fn mistake(status: StatusCode, message: &str) -> Response {
    reply(status, &json!({ "error": message }))
}

async fn health(State(shared): State<Arc<Shared>>) -> Response {
    let version = env!("CARGO_PKG_VERSION");
    reply(StatusCode::OK, &json!({ "status": "ok", "version": version, "exchanges": shared.journal.len() }))
}

async fn journal(State(shared): State<Arc<Shared>>, RawQuery(query): RawQuery) -> Response {
    let query = Query::parse(query.as_deref().unwrap_or_default());
    let number = |name: &str| query.first(name).map(str::parse::<u64>).transpose();
    let (Ok(since), Ok(call_id)) = (number("since"), number("call_id")) else {
        return mistake(StatusCode::BAD_REQUEST, "`since` and `call_id` are numbers");
    };
    let operation = match query.first("operation").map(str::parse::<Operation>).transpose() {
        Ok(operation) => operation,
        Err(error) => return mistake(StatusCode::BAD_REQUEST, &error.to_string()),
    };
    let mut entries = shared.journal.since(since.unwrap_or(0));
    entries.retain(|entry| {
        operation.is_none_or(|o| entry.operation == Some(o))
            && call_id.is_none_or(|id| entry.call_id == Some(id))
    });
    reply(StatusCode::OK, &entries)
}

async fn entry(State(shared): State<Arc<Shared>>, Path(number): Path<u64>) -> Response {
    match shared.journal.entry(number) {
        Some(entry) => reply(StatusCode::OK, &entry),
        None => mistake(StatusCode::NOT_FOUND, "there is no such entry yet"),
    }
}

async fn reset(State(shared): State<Arc<Shared>>) -> StatusCode {
    shared.reset();
    StatusCode::NO_CONTENT
}
