//! A running integration, a pretended HubSpot, a recording on the disk, and a client that asks.

use std::{io::Write as _, path::Path};

use http::{HeaderMap, Method, StatusCode};
use reference_integration::{
    config::{Config, RefreshCredentials, Secret},
    sabotage::Lie,
    server::serve,
};
use serde_json::{Value, json};
use tempfile::NamedTempFile;
use tokio::net::TcpListener;

use crate::pretended_hubspot::{ACCESS_TOKEN, PretendedHubSpot};

pub(crate) const APP: &str = "12345";

pub(crate) struct Stage {
    pub(crate) hubspot: PretendedHubSpot,
    pub(crate) url: String,
    pub(crate) bytes: Vec<u8>,
    recording: NamedTempFile,
    client: reqwest::Client,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

impl Stage {
    pub(crate) async fn set() -> Self {
        Self::with(None).await
    }

    pub(crate) async fn with(lie: Option<Lie>) -> Self {
        Self::before(PretendedHubSpot::start().await, lie).await
    }

    pub(crate) async fn before(hubspot: PretendedHubSpot, lie: Option<Lie>) -> Self {
        rustls::crypto::ring::default_provider().install_default().ok();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let config = Config {
            hubspot_base_url: hubspot.url.clone(),
            access_token: Secret::new(ACCESS_TOKEN),
            refresh: Some(RefreshCredentials {
                refresh_token: Secret::new("refresh-1"),
                client_id: "client-1".to_owned(),
                client_secret: Secret::new("secret-1"),
            }),
            developer_key: Secret::new("key 1"),
            app_id: APP.to_owned(),
            public_url: None,
            tls: None,
            lie,
            variant: None,
        };
        tokio::spawn(serve(listener, config, std::future::pending()));
        let bytes = wav();
        let mut recording = NamedTempFile::new().unwrap();
        recording.write_all(&bytes).unwrap();
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        let stage = Self { hubspot, url, bytes, recording, client };
        while stage.ask("/healthz", &[]).await.status != StatusCode::OK {
            tokio::task::yield_now().await;
        }
        stage
    }

    pub(crate) fn recording(&self) -> &Path {
        self.recording.path()
    }

    /// Asks for a path of the integration, or for a whole URL.
    pub(crate) async fn ask(&self, target: &str, headers: &[(&str, &str)]) -> Reply {
        self.send(Method::GET, target, headers, String::new()).await
    }

    pub(crate) async fn send(
        &self,
        method: Method,
        target: &str,
        headers: &[(&str, &str)],
        body: String,
    ) -> Reply {
        let url = if target.starts_with('/') { format!("{}{target}", self.url) } else { target.to_owned() };
        let mut request = self.client.request(method, url).body(body);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        Reply { status, headers, body: response.bytes().await.unwrap().into() }
    }

    /// Makes a call happen.
    pub(crate) async fn call(&self, external_id: &str, account_id: &str, changes: Value) -> Reply {
        let mut call = json!({
            "externalId": external_id, "externalAccountId": account_id, "contactId": "101", "ownerId": 301,
            "recording": self.recording(), "durationMs": "60000", "direction": "OUTBOUND",
            "fromNumber": "+15551234567", "toNumber": "+15557654321",
        });
        if let Value::Object(changes) = changes {
            call.as_object_mut().unwrap().extend(changes);
        }
        self.send(Method::POST, "/simulate-call", &[], call.to_string()).await
    }

    /// The authenticated URL of a call, asked for as HubSpot does.
    pub(crate) async fn authenticated_url(&self, external_id: &str, account_id: &str) -> String {
        let target = format!("/retrieve/recording/{external_id}?appId={APP}&externalAccountId={account_id}");
        self.ask(&target, &[]).await.json()["authenticatedUrl"].as_str().unwrap().to_owned()
    }
}

/// 60 000 frames of two channels, no two parts alike.
fn wav() -> Vec<u8> {
    let size: u32 = 240_000;
    let mut bytes = b"RIFF".to_vec();
    bytes.extend((size + 36).to_le_bytes());
    bytes.extend(b"WAVEfmt \x10\0\0\0\x01\0\x02\0\x80\x3E\0\0\0\xFA\0\0\x04\0\x10\0data");
    bytes.extend(size.to_le_bytes());
    for frame in 0..size / 4 {
        bytes.extend((frame as u16).to_le_bytes());
        bytes.extend((frame.wrapping_mul(7) as u16).to_le_bytes());
    }
    bytes
}
