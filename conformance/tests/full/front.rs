//! A partner's endpoint in its smallest form: it hands out the URL of a file on the server under test.
//!
//! Plain file servers check no signature, so nothing here speaks of security: only playback and seek are examined.

use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::http::{StatusCode, header::CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use std::collections::HashMap;
use std::sync::Arc;
use url::form_urlencoded;

/// The account whose recordings these are.
pub(crate) const ACCOUNT: &str = "account-1";
/// The app that may ask for them.
pub(crate) const APP: &str = "710001";

/// The endpoint, on a runtime of its own; it ends when this is dropped.
pub(crate) struct Front {
    pub(crate) template: String,
    _runtime: tokio::runtime::Runtime,
}

/// Recordings by external id.
type Urls = Arc<HashMap<String, String>>;

impl Front {
    pub(crate) fn start(urls: HashMap<String, String>) -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let template = format!("http://{}/retrieve/recording/%s", listener.local_addr().unwrap());
        let router = Router::new().route("/retrieve/recording/{id}", get(answer)).with_state(Arc::new(urls));
        runtime.spawn(async move { axum::serve(listener, router).await });
        Self { template, _runtime: runtime }
    }
}

async fn answer(State(urls): State<Urls>, Path(id): Path<String>, RawQuery(asked): RawQuery) -> Response {
    let asked = asked.unwrap_or_default();
    let asked: HashMap<_, _> = form_urlencoded::parse(asked.as_bytes()).collect();
    let is = |name: &str, value: &str| asked.get(name).is_some_and(|given| *given == value);
    match urls.get(&id) {
        Some(url) if is("externalAccountId", ACCOUNT) && is("appId", APP) => {
            let json = serde_json::json!({ "authenticatedUrl": url }).to_string();
            ([(CONTENT_TYPE, "application/json")], json).into_response()
        }
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}
