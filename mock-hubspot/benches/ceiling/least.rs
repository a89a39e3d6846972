//! The ceiling: the least that could be called the same job.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::routing::{get, post, put};
use http::{StatusCode, header};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

type Map = Arc<Mutex<HashMap<u64, Bytes>>>;
type Answer = (StatusCode, [(header::HeaderName, &'static str); 1], Bytes);

const JSON: [(header::HeaderName, &str); 1] = [(header::CONTENT_TYPE, "application/json;charset=utf-8")];

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
            .with_state(Map::default());
        axum::serve(listener, routes).await.expect("it serves");
    });
}

async fn create(State(map): State<Map>, body: Bytes) -> Answer {
    let mut value: Value = serde_json::from_slice(&body).expect("JSON");
    let mut map = map.lock().expect("nobody panicked");
    let id = map.len() as u64 + 1;
    value["id"] = json!(id.to_string());
    value["createdAt"] = json!("2026-10-27T10:00:00.000Z");
    value["updatedAt"] = json!("2026-10-27T10:00:00.000Z");
    value["archived"] = json!(false);
    let reply = Bytes::from(value.to_string());
    map.insert(id, reply.clone());
    (StatusCode::CREATED, JSON, reply)
}

async fn read(State(map): State<Map>, Path(id): Path<u64>) -> Answer {
    let map = map.lock().expect("nobody panicked");
    match map.get(&id) {
        Some(reply) => (StatusCode::OK, JSON, reply.clone()),
        None => (StatusCode::NOT_FOUND, JSON, Bytes::new()),
    }
}

async fn associate(State(map): State<Map>, Path((id, to, kind)): Path<(u64, u64, u32)>) -> Answer {
    let reply = json!({ "id": id.to_string(), "to": to, "kind": kind });
    let map = map.lock().expect("nobody panicked");
    let reply = map.get(&id).cloned().unwrap_or_else(|| Bytes::from(reply.to_string()));
    (StatusCode::OK, JSON, reply)
}

async fn ready(body: Bytes) -> StatusCode {
    let value: Value = serde_json::from_slice(&body).expect("JSON");
    if value["engagementId"].is_u64() { StatusCode::NO_CONTENT } else { StatusCode::BAD_REQUEST }
}
