//! A small client, as an integration would write it.

use mock_hubspot::{MockHubSpot, PortalSetup};
use reqwest::Method;
use serde_json::Value;

/// A reply, read to its end.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) media_type: String,
    pub(crate) correlation_id: String,
    pub(crate) headers: http::HeaderMap,
    pub(crate) text: String,
}

impl Reply {
    /// A header field, empty where it is absent.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("not JSON: {}", self.text))
    }

    pub(crate) fn message(&self) -> String {
        self.json()["message"].as_str().unwrap_or_default().to_owned()
    }
}

/// A client with one access token.
#[derive(Clone)]
pub(crate) struct Client {
    http: reqwest::Client,
    base: String,
    token: String,
}

impl Client {
    pub(crate) fn of(mock: &MockHubSpot) -> Self {
        Self { http: http(), base: mock.url().to_owned(), token: mock.portal().access_token() }
    }

    /// Of a friendly one in a process of its own.
    #[allow(dead_code, reason = "one of the two test programs starts none")]
    pub(crate) fn at(base: &str) -> Self {
        Self { http: http(), base: base.to_owned(), token: "any".into() }
    }

    pub(crate) fn with_token(&self, token: &str) -> Self {
        Self { token: token.to_owned(), ..self.clone() }
    }

    /// Sends; an empty body is none, an empty token no header.
    pub(crate) async fn try_send(
        &self,
        method: &str,
        path: &str,
        media_type: &str,
        body: &str,
    ) -> Result<Reply, reqwest::Error> {
        let method: Method = method.parse().expect("a method");
        let mut request = self.http.request(method, format!("{}{path}", self.base));
        if !self.token.is_empty() {
            request = request.header("Authorization", format!("Bearer {}", self.token));
        }
        if !body.is_empty() {
            request = request.header("Content-Type", media_type).body(body.to_owned());
        }
        let response = request.send().await?;
        let header = |name: &str| {
            let value = response.headers().get(name).map(|v| v.to_str().expect("text").to_owned());
            value.unwrap_or_default()
        };
        let (media_type, correlation_id) = (header("content-type"), header("x-hubspot-correlation-id"));
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Ok(Reply { status, media_type, correlation_id, headers, text: response.text().await? })
    }

    pub(crate) async fn send(&self, method: &str, path: &str, body: &str) -> Reply {
        self.try_send(method, path, "application/json", body).await.expect("an answer")
    }

    /// Sends a form, as OAuth wants it.
    pub(crate) async fn form(&self, path: &str, form: &str) -> Reply {
        self.try_send("POST", path, "application/x-www-form-urlencoded", form).await.expect("an answer")
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.send("GET", path, "").await
    }

    /// Logs a call as the guide does and gives its id.
    pub(crate) async fn log_call(&self, external_id: &str) -> u64 {
        let reply = self.send("POST", "/crm/v3/objects/calls", &call(external_id)).await;
        assert_eq!(reply.status, 201, "{}", reply.text);
        reply.json()["id"].as_str().expect("an id").parse().expect("a number")
    }
}

pub(crate) fn http() -> reqwest::Client {
    // The mock chooses the same provider; whoever comes first.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().build().expect("a client")
}

/// The body of the guide, §3.
pub(crate) fn call(external_id: &str) -> String {
    serde_json::json!({
        "properties": {
            "hs_timestamp": "2023-10-27T10:00:00Z",
            "hs_call_title": "Example Call",
            "hubspot_owner_id": "71",
            "hs_call_body": "Call summary",
            "hs_call_duration": "60000",
            "hs_call_from_number": "+15551234567",
            "hs_call_to_number": "+15557654321",
            "hs_call_direction": "OUTBOUND",
            "hs_call_source": "INTEGRATIONS_PLATFORM",
            "hs_call_status": "COMPLETED",
            "hs_call_app_id": "12345",
            "hs_call_external_id": external_id,
            "hs_call_external_account_id": "test-account-01",
        }
    })
    .to_string()
}

pub(crate) async fn mock() -> MockHubSpot {
    MockHubSpot::builder().retrieval(false).start().await.expect("it starts")
}

pub(crate) async fn strict() -> MockHubSpot {
    MockHubSpot::builder().retrieval(false).strict(true).start().await.expect("it starts")
}

/// The settings' path with the developer key.
pub(crate) fn settings(setup: &PortalSetup) -> String {
    format!("/crm/v3/extensions/calling/{}/settings/recording?hapikey={}", setup.app_id, setup.developer_key)
}
