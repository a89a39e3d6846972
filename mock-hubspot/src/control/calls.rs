//! `/_mock/calls`: what became of a call; its recording, as HubSpot's player gets it; the recording once more.

use super::{Endpoint, Mistake, absent, bad, mistake, reply, waiting};
use crate::journal::Entry;
use crate::portal::{CallRecord, moment};
use crate::progress::{self, Stage};
use crate::routes::Query;
use crate::server::Shared;
use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use http::StatusCode;
use http::header::{LOCATION, REFERRER_POLICY};
use serde_json::{Value, json};
use std::sync::Arc;

const NO_CALL: &str = "there is no such call; /_mock/calls lists them";

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![
        ("GET", "/_mock/calls", get(list)),
        ("GET", "/_mock/calls/{call}", get(one)),
        ("GET", "/_mock/calls/{call}/recording", get(recording)),
        ("POST", "/_mock/calls/{call}/retrieve", post(retrieve)),
    ]
}

async fn list(State(shared): State<Arc<Shared>>, RawQuery(query): RawQuery) -> Result<Response, Mistake> {
    let query = Query::parse(query.as_deref().unwrap_or_default());
    let wait = waiting::asked_for(&query)?;
    let wanted = query.first("external_id");
    let calls = waiting::until(&shared, wait, || {
        let mut calls = shared.portal.calls();
        calls.retain(|call| {
            let external_id = call.properties.get("hs_call_external_id");
            wanted.is_none_or(|wanted| external_id == Some(wanted))
        });
        (!calls.is_empty(), calls)
    })
    .await;
    let entries = shared.journal.read();
    let stages = progress::of_all(&entries);
    let shown = |call: &Arc<CallRecord>| {
        json!({
            "id": call.id,
            "external_id": call.properties.get("hs_call_external_id"),
            "title": call.properties.get("hs_call_title"),
            "archived": call.archived,
            "created_at": moment::written(call.created_at),
            "recording": stages.get(&call.id).unwrap_or(&Stage::Logged),
        })
    };
    Ok(reply(StatusCode::OK, &calls.iter().map(shown).collect::<Vec<Value>>()))
}

/// The call that a path names.
fn find(shared: &Shared, id: &str) -> Result<Arc<CallRecord>, Mistake> {
    let call = id.parse().ok().and_then(|id| shared.portal.call(id));
    call.ok_or_else(|| absent(NO_CALL))
}

async fn one(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Mistake> {
    let query = Query::parse(query.as_deref().unwrap_or_default());
    let wait = waiting::asked_for(&query)?;
    let after = query.first("after").map_or(Ok(0), str::parse);
    let after = after.map_err(|_| bad("`after` is the number of an exchange"))?;
    let id = id.parse();
    let id = id.map_err(|_| absent("a call's id is a number; /_mock/calls?external_id=… finds others"))?;
    let (call, entries, stage) = waiting::until(&shared, wait, || {
        let (call, entries) = (shared.portal.call(id), shared.journal.read());
        let stage = progress::of_call(&entries, id, after);
        (call.is_some() && stage.is_settled(), (call, entries, stage))
    })
    .await;
    let call = call.ok_or_else(|| absent(NO_CALL))?;
    Ok(reply(StatusCode::OK, &told(&shared, &call, &entries, &stage)))
}

fn told(shared: &Shared, call: &CallRecord, entries: &[Arc<Entry>], stage: &Stage) -> Value {
    let linked = shared.portal.associations_of_call(call.id);
    let links: Vec<Value> = linked
        .into_iter()
        .map(|(kind, id, category, type_id)| {
            json!({ "object_type": kind, "id": id, "category": category, "type_id": type_id })
        })
        .collect();
    let own = entries.iter().filter(|e| e.call_id == Some(call.id)).map(|e| e.number);
    json!({
        "id": call.id,
        "properties": call.properties,
        "archived": call.archived,
        "created_at": moment::written(call.created_at),
        "updated_at": moment::written(call.updated_at),
        "associations": links,
        "marked_ready": call.marked_ready,
        "recording": stage,
        "transcript_id": shared.portal.transcript_of_call(call.id),
        "exchanges": own.collect::<Vec<u64>>(),
    })
}

/// Asks the registered endpoint, then sends the player to the authenticated URL: what HubSpot's own retriever does when
/// somebody presses play. Where that fails, HubSpot says "internal error"; here the reason follows.
async fn recording(State(shared): State<Arc<Shared>>, Path(id): Path<String>) -> Result<Response, Mistake> {
    let call = find(&shared, &id)?;
    let retriever = shared.retriever.clone().ok_or_else(no_side)?;
    // A task of its own: a player that goes away must not leave a request without an end in the journal.
    let asked = tokio::spawn(async move { retriever.ask(&call).await }).await;
    Ok(match asked.unwrap_or_else(|error| Err(error.to_string())) {
        Ok(url) => {
            let headers = [(LOCATION, url.as_str()), (REFERRER_POLICY, "no-referrer")];
            (StatusCode::FOUND, headers).into_response()
        }
        Err(why) => {
            let body = json!({ "status": "error", "message": "internal error", "error": why });
            reply(StatusCode::INTERNAL_SERVER_ERROR, &body)
        }
    })
}

fn no_side() -> Mistake {
    mistake(StatusCode::SERVICE_UNAVAILABLE, "this mock was started without HubSpot's own side")
}

async fn retrieve(State(shared): State<Arc<Shared>>, Path(id): Path<String>) -> Result<Response, Mistake> {
    let call = find(&shared, &id)?;
    shared.retriever.as_ref().ok_or_else(no_side)?;
    let after = shared.journal.len();
    shared.fetch_recording(call.id);
    Ok(reply(StatusCode::ACCEPTED, &json!({ "after": after })))
}
