//! What the trigger tells the peer, and what the peer tells HubSpot: registration, call, association, ready, on raw sockets.

use serde_json::{Value, json};
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;

/// What the trigger told.
#[derive(Clone)]
pub(crate) struct Told {
    json: Value,
    /// The recording's bytes.
    pub(crate) recording: Arc<Vec<u8>>,
}

impl Told {
    pub(crate) fn read(body: &[u8]) -> Self {
        let json: Value = serde_json::from_slice(body).unwrap();
        let recording = std::fs::read(json["recording"].as_str().unwrap()).unwrap();
        Self { json, recording: Arc::new(recording) }
    }

    pub(crate) fn text(&self, name: &str) -> &str {
        self.json[name].as_str().unwrap_or_default()
    }
}

/// What is about to be told to HubSpot.
pub(crate) struct Telling {
    pub(crate) told: Told,
    /// The URL that is registered.
    pub(crate) url: String,
    /// The call's properties.
    pub(crate) properties: Value,
    /// Header fields that every request has besides those it needs, each ended by CRLF.
    pub(crate) fields: Vec<u8>,
    /// Bodies that are posted as calls before the right one, whatever they are.
    pub(crate) rubbish: Vec<Vec<u8>>,
}

impl Telling {
    pub(crate) fn of(told: Told, url: String) -> Self {
        let text = |name| told.text(name).to_owned();
        let properties = json!({
            "hs_timestamp": "2026-01-15T09:30:00Z",
            "hs_call_title": format!("Call to {}", text("to")),
            "hubspot_owner_id": text("owner"),
            "hs_call_body": "Logged by the peer.",
            "hs_call_duration": text("duration"),
            "hs_call_from_number": text("from"),
            "hs_call_to_number": text("to"),
            "hs_call_direction": text("direction"),
            "hs_call_source": "INTEGRATIONS_PLATFORM",
            "hs_call_status": "COMPLETED",
            "hs_call_app_id": text("app"),
            "hs_call_external_id": text("id"),
            "hs_call_external_account_id": text("account"),
        });
        Self { told, url, properties, fields: Vec::new(), rubbish: Vec::new() }
    }

    /// The whole journey.
    pub(crate) fn tell(&self) -> io::Result<()> {
        let (app, key, contact) = (self.told.text("app"), self.told.text("key"), self.told.text("contact"));
        let settings = format!("/crm/v3/extensions/calling/{app}/settings/recording?hapikey={key}");
        let registration = json!({ "urlToRetrieveAuthedRecording": self.url }).to_string();
        self.request("POST", &settings, registration.as_bytes())?;
        for body in &self.rubbish {
            self.request("POST", "/crm/v3/objects/calls", body)?;
        }
        let call = json!({ "properties": self.properties }).to_string();
        let made = self.request("POST", "/crm/v3/objects/calls", call.as_bytes())?;
        let Some(id) = made["id"].as_str() else { return Ok(()) };
        self.request("PUT", &format!("/crm/v3/objects/calls/{id}/associations/contact/{contact}/194"), b"")?;
        let ready = json!({ "engagementId": id.parse::<u64>().unwrap() }).to_string();
        self.request("POST", "/crm/v3/extensions/calling/recordings/ready", ready.as_bytes())?;
        Ok(())
    }

    /// Sends one request; the answer's JSON, where it has any.
    fn request(&self, method: &str, path: &str, body: &[u8]) -> io::Result<Value> {
        let host = self.told.text("hubspot").trim_start_matches("http://");
        let mut stream = TcpStream::connect(host)?;
        let token = self.told.text("token");
        let mut request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n",
            body.len()
        )
        .into_bytes();
        for part in [&self.fields, b"\r\n".as_slice(), body] {
            request.extend_from_slice(part);
        }
        stream.write_all(&request)?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        let text = String::from_utf8_lossy(&answer);
        let body = text.split_once("\r\n\r\n").map_or("", |(_, body)| body);
        Ok(serde_json::from_str(body).unwrap_or_default())
    }
}
