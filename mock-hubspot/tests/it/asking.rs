//! A client without a socket: JSON in, status and JSON out.

use bytes::Bytes;
use http::{Request, Response};
use mock_hubspot::{MockHubSpot, Switches};
use serde_json::{Value, json};

pub(crate) const CALLS: &str = "/crm/v3/objects/calls";
pub(crate) const CONTACTS: &str = "/crm/v3/objects/contacts";

/// A mock of its own, and the way to ask it.
pub(crate) struct Asking(pub(crate) MockHubSpot);

impl Asking {
    pub(crate) async fn start() -> Self {
        Self::with(Switches::default()).await
    }

    pub(crate) async fn with(switches: Switches) -> Self {
        let builder = MockHubSpot::builder().retrieval(false).switches(switches);
        Self(builder.start().await.expect("it starts"))
    }

    pub(crate) async fn raw(&self, request: Request<Bytes>) -> Response<Bytes> {
        self.0.ask(request).await.expect("no weather was ordered")
    }

    pub(crate) async fn whole(&self, method: &str, path: &str, body: &Value) -> Response<Bytes> {
        let body = if body.is_null() { Bytes::new() } else { Bytes::from(body.to_string()) };
        let request = Request::builder().method(method).uri(path).header("content-type", "application/json");
        self.raw(request.body(body).expect("a request")).await
    }

    /// What is no JSON is `null`.
    pub(crate) async fn send(&self, method: &str, path: &str, body: Value) -> (u16, Value) {
        let response = self.whole(method, path, &body).await;
        (response.status().as_u16(), serde_json::from_slice(response.body()).unwrap_or_default())
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        let (status, reply) = self.send("GET", path, Value::Null).await;
        assert_eq!(status, 200, "{path}: {reply}");
        reply
    }

    /// Sends what must succeed.
    pub(crate) async fn post(&self, path: &str, body: Value) -> Value {
        let (status, reply) = self.send("POST", path, body).await;
        assert!((200..300).contains(&status), "{path}: {status} {reply}");
        reply
    }

    /// Makes an object and gives its id.
    pub(crate) async fn make(&self, collection: &str, properties: Value) -> String {
        let made = self.post(collection, json!({ "properties": properties })).await;
        made["id"].as_str().expect("an id").to_owned()
    }

    /// The ids that a search finds.
    pub(crate) async fn found(&self, collection: &str, search: Value) -> Vec<String> {
        ids(&self.post(&format!("{collection}/search"), search).await)
    }
}

/// The ids of a reply's results, in order.
pub(crate) fn ids(reply: &Value) -> Vec<String> {
    let results = reply["results"].as_array().expect("results");
    results.iter().map(|r| r["id"].as_str().expect("an id").to_owned()).collect()
}
