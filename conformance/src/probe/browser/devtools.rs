//! Speaks the browser's `DevTools` protocol: orders and their replies, and the events that come between them.
//!
//! Knows nothing of players. Read next: `network.rs` (what the events say).

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// An event, and what was under way when it came.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Event {
    pub(super) during: String,
    pub(super) method: String,
    pub(super) params: Value,
}

/// One tab of a browser.
pub(super) struct Tab {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    session: Option<String>,
    last: u64,
    during: String,
    /// Everything that happened so far.
    pub(super) events: Vec<Event>,
}

impl Tab {
    /// Opens an empty tab whose network is watched.
    pub(super) async fn open(address: &str) -> Result<Self, String> {
        let (socket, _) =
            connect_async(address).await.map_err(|e| format!("the browser does not listen: {e}"))?;
        let mut tab = Self { socket, session: None, last: 0, during: String::new(), events: Vec::new() };
        let target = tab.order("Target.createTarget", json!({ "url": "about:blank" })).await?;
        let attach = json!({ "targetId": target["targetId"], "flatten": true });
        let attached = tab.order("Target.attachToTarget", attach).await?;
        tab.session = attached["sessionId"].as_str().map(str::to_owned);
        tab.order("Page.enable", json!({})).await?;
        tab.order("Network.enable", json!({})).await?;
        Ok(tab)
    }

    /// The browser's name and version.
    pub(super) async fn version(&mut self) -> Result<String, String> {
        let version = self.order("Browser.getVersion", json!({})).await?;
        Ok(version["product"].as_str().unwrap_or("an unknown browser").to_owned())
    }

    /// Opens a page and waits until it is there.
    pub(super) async fn go(&mut self, url: &str) -> Result<(), String> {
        self.order("Page.navigate", json!({ "url": url })).await?;
        while !self.events.iter().any(|event| event.method == "Page.loadEventFired") {
            let message = self.next().await?;
            self.note(message);
        }
        Ok(())
    }

    /// The value of an expression in the page, awaited; what happens meanwhile is noted under this name.
    pub(super) async fn value(&mut self, during: &str, expression: &str) -> Result<Value, String> {
        during.clone_into(&mut self.during);
        let evaluate = json!({ "expression": expression, "awaitPromise": true, "returnByValue": true });
        let mut reply = self.order("Runtime.evaluate", evaluate).await?;
        match reply.get("exceptionDetails") {
            Some(exception) => Err(format!("our own page failed: {exception}")),
            None => Ok(reply["result"]["value"].take()),
        }
    }

    async fn order(&mut self, method: &str, params: Value) -> Result<Value, String> {
        self.last += 1;
        let mut order = json!({ "id": self.last, "method": method, "params": params });
        if let Some(session) = &self.session {
            order["sessionId"] = json!(session);
        }
        self.socket.send(Message::text(order.to_string())).await.map_err(|e| gone(&e))?;
        loop {
            let mut message = self.next().await?;
            if message["id"] == self.last {
                return match message.get("error") {
                    Some(error) => Err(format!("the browser refused {method}: {}", error["message"])),
                    None => Ok(message["result"].take()),
                };
            }
            self.note(message);
        }
    }

    fn note(&mut self, mut message: Value) {
        if let Some(method) = message["method"].as_str() {
            let (during, method) = (self.during.clone(), method.to_owned());
            self.events.push(Event { during, method, params: message["params"].take() });
        }
    }

    async fn next(&mut self) -> Result<Value, String> {
        loop {
            let Some(message) = self.socket.next().await else {
                return Err("the browser is gone".to_owned());
            };
            if let Message::Text(text) = message.map_err(|e| gone(&e))? {
                return serde_json::from_str(&text)
                    .map_err(|e| format!("the browser does not speak JSON: {e}"));
            }
        }
    }
}

fn gone(error: &tokio_tungstenite::tungstenite::Error) -> String {
    format!("the browser is gone: {error}")
}
