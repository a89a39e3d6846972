//! `/_mock/portals`: isolated portals, made, listed and ended; `/_mock/portal.toml`: a portal as a portal file.
//!
//! Whatever `/_mock/…` is to the first portal, `/_mock/portals/NAME/…` is to that one. Read next: `../isolated.rs`.

use super::{Endpoint, Mistake, absent, bad, mistake, reply};
use crate::isolated::IsolationError;
use crate::portal::{PortalSetup, file};
use crate::server::Shared;
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{delete, get, post};
use bytes::Bytes;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use http::{StatusCode, Uri};
use serde_json::{Value, json};
use std::sync::Arc;

const HERE: &str = "/_mock/portals/";
const NO_PORTAL: &str = "there is no such isolated portal; GET /_mock/portals lists them, POST makes one";

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![
        ("GET", "/_mock/portal.toml", get(export)),
        ("GET", "/_mock/portals", get(list)),
        ("POST", "/_mock/portals", post(make)),
        ("DELETE", "/_mock/portals/{name}", delete(end)),
    ]
}

/// The isolated portal that a path is about, and the path without it.
pub(super) fn meant(first: &Arc<Shared>, uri: &Uri) -> Result<Option<(Arc<Shared>, Uri)>, Mistake> {
    let Some(rest) = uri.path().strip_prefix(HERE) else { return Ok(None) };
    let Some((name, rest)) = rest.split_once('/') else { return Ok(None) };
    let shared = first.site.isolated.named(name).ok_or_else(|| absent(NO_PORTAL))?;
    if rest.starts_with("ui") || rest.starts_with("portals") {
        return Err(absent(
            "the page and the list of portals are the mock's, not a portal's: /_mock/ui, /_mock/portals",
        ));
    }
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    let inner = format!("/_mock/{rest}{query}").parse().map_err(|_| absent(NO_PORTAL))?;
    Ok(Some((shared, inner)))
}

/// What whoever made it needs.
fn told(shared: &Shared) -> Value {
    let setup = shared.portal.setup();
    json!({
        "name": shared.name,
        "control": format!("{}{HERE}{}", shared.site.address.url(), shared.name),
        "portal_id": setup.portal_id,
        "app_id": setup.app_id,
        "access_token": setup.access_token,
        "developer_key": setup.developer_key,
        "client_id": setup.client_id,
        "client_secret": setup.client_secret,
        "refresh_token": setup.refresh_token,
        "authorization_code": setup.authorization_code,
        "tokens": setup.tokens,
    })
}

async fn list(State(shared): State<Arc<Shared>>) -> Response {
    let told = |portal: &Arc<Shared>| {
        json!({
            "name": portal.name,
            "control": format!("{}{HERE}{}", portal.site.address.url(), portal.name),
            "portal_id": portal.portal.setup().portal_id,
            "app_id": portal.portal.setup().app_id,
            "exchanges": portal.journal.len(),
        })
    };
    let all: Vec<Value> = shared.site.isolated.all().iter().map(told).collect();
    reply(StatusCode::OK, &all)
}

async fn export(State(shared): State<Arc<Shared>>) -> Response {
    let headers = [
        (CONTENT_TYPE, "application/toml; charset=utf-8"),
        (CONTENT_DISPOSITION, "attachment; filename=\"portal.toml\""),
    ];
    (headers, file::written(&shared.portal)).into_response()
}

async fn make(State(shared): State<Arc<Shared>>, body: Bytes) -> Result<Response, Mistake> {
    let given = file::read_members(&body).map_err(bad)?;
    let isolated = &shared.site.isolated;
    let made = isolated.make(&shared, |own: PortalSetup| given.over(own)).map_err(|error| refused(&error))?;
    made.shared.settled().await.map_err(|error| refused(&error.into()))?;
    Ok(reply(StatusCode::CREATED, &told(&made.shared)))
}

fn refused(error: &IsolationError) -> Mistake {
    let status = match error {
        IsolationError::TooMany | IsolationError::Taken { .. } => StatusCode::CONFLICT,
        IsolationError::Store(_) => StatusCode::INTERNAL_SERVER_ERROR,
    };
    mistake(status, error.to_string())
}

async fn end(State(shared): State<Arc<Shared>>, Path(name): Path<String>) -> Result<StatusCode, Mistake> {
    match shared.site.isolated.end(&name).await {
        Ok(true) => Ok(StatusCode::NO_CONTENT),
        Ok(false) => Err(absent(NO_PORTAL)),
        Err(error) => Err(refused(&error.into())),
    }
}
