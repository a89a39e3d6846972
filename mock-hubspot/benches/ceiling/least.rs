//! The ceiling: the least that could be called the same job. It parses the same JSON, keeps it in a map, and answers the same
//! bytes under the same header fields; it checks nothing, counts nothing and writes nothing down.

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::{get, post, put};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};

#[derive(Deserialize)]
struct Given {
    properties: BTreeMap<String, String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown<'a> {
    id: String,
    properties: BTreeMap<&'a str, Option<&'a str>>,
    created_at: &'a str,
    updated_at: &'a str,
    archived: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    associations: Option<serde_json::Value>,
}

type Properties = Arc<BTreeMap<String, String>>;
type Kept = Arc<Mutex<HashMap<u64, Properties>>>;

/// What the mock sends with every answer.
const FIELDS: [(&str, &str); 7] = [
    ("x-hubspot-correlation-id", "0190c0de-0000-7000-8000-000000000001"),
    ("content-type", "application/json;charset=utf-8"),
    ("x-hubspot-ratelimit-interval-milliseconds", "10000"),
    ("x-hubspot-ratelimit-max", "110"),
    ("x-hubspot-ratelimit-remaining", "109"),
    ("x-hubspot-ratelimit-secondly", "11"),
    ("x-hubspot-ratelimit-secondly-remaining", "10"),
];
const NOW: &str = "2026-10-27T10:00:00.123Z";
/// What a call shows when nobody says what.
const DEFAULTS: [&str; 3] = ["hs_createdate", "hs_lastmodifieddate", "hs_object_id"];

/// Serves until the process is ended.
pub(crate) fn serve() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        println!("http://{}", listener.local_addr().expect("an address"));
        let routes = Router::new()
            .route("/crm/v3/objects/calls", post(create))
            .route("/crm/v3/objects/calls/{id}", get(read))
            .route("/crm/v3/objects/calls/{id}/associations/contact/{to}/{kind}", put(associate))
            .route("/crm/v3/extensions/calling/recordings/ready", post(ready))
            .with_state(Kept::default());
        axum::serve(listener, routes).await.expect("it serves");
    });
}

fn answer(status: StatusCode, body: Vec<u8>) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let fields = FIELDS.map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
    *response.headers_mut() = HeaderMap::from_iter(fields);
    response
}

fn shown<'a>(id: u64, properties: BTreeMap<&'a str, Option<&'a str>>) -> Shown<'a> {
    let id = id.to_string();
    Shown { id, properties, created_at: NOW, updated_at: NOW, archived: false, associations: None }
}

async fn create(State(kept): State<Kept>, body: Bytes) -> Response {
    let mut properties = serde_json::from_slice::<Given>(&body).expect("JSON").properties;
    let notes = properties.get("hs_call_body").cloned().unwrap_or_default();
    let computed = [
        ("hs_body_preview", notes.clone()),
        ("hs_body_preview_html", notes),
        ("hs_body_preview_is_truncated", "false".to_owned()),
        ("hs_object_source", "INTEGRATION".to_owned()),
        ("hs_object_source_id", "12345".to_owned()),
        ("hs_createdate", NOW.to_owned()),
        ("hs_lastmodifieddate", NOW.to_owned()),
    ];
    properties.extend(computed.map(|(name, value)| (name.to_owned(), value)));
    let (id, properties) = {
        let mut kept = kept.lock().expect("nobody panicked");
        let id = kept.len() as u64 + 1;
        properties.insert("hs_object_id".to_owned(), id.to_string());
        let properties = Properties::new(properties);
        kept.insert(id, Arc::clone(&properties));
        (id, properties)
    };
    let all = properties.iter().map(|(name, value)| (name.as_str(), Some(value.as_str()))).collect();
    answer(StatusCode::CREATED, serde_json::to_vec(&shown(id, all)).expect("JSON"))
}

fn find(kept: &Kept, id: u64) -> Properties {
    kept.lock().expect("nobody panicked").get(&id).cloned().expect("it was made")
}

fn defaults(properties: &Properties) -> BTreeMap<&str, Option<&str>> {
    DEFAULTS.iter().map(|name| (*name, properties.get(*name).map(String::as_str))).collect()
}

async fn read(State(kept): State<Kept>, Path(id): Path<u64>) -> Response {
    let properties = find(&kept, id);
    answer(StatusCode::OK, serde_json::to_vec(&shown(id, defaults(&properties))).expect("JSON"))
}

async fn associate(State(kept): State<Kept>, Path((id, to, _)): Path<(u64, u64, u32)>) -> Response {
    let properties = find(&kept, id);
    let mut shown = shown(id, defaults(&properties));
    let results = serde_json::json!([
        { "id": to.to_string(), "type": "call_to_contact" },
        { "id": to.to_string(), "type": "call_to_contact_unlabeled" },
    ]);
    shown.associations = Some(serde_json::json!({ "contacts": { "results": results } }));
    answer(StatusCode::OK, serde_json::to_vec(&shown).expect("JSON"))
}

async fn ready(State(kept): State<Kept>, body: Bytes) -> Response {
    let value: serde_json::Value = serde_json::from_slice(&body).expect("JSON");
    find(&kept, value["engagementId"].as_u64().expect("an id"));
    answer(StatusCode::NO_CONTENT, Vec::new())
}
