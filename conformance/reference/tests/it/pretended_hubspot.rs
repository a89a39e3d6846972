//! As much of HubSpot as the integration speaks to: it answers, writes down, and misbehaves when it is told to.

use std::{
    collections::VecDeque,
    io,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, Method, Uri},
    response::Response,
};
use futures_util::{StreamExt as _, stream};
use serde_json::{Value, json};
use tokio::{net::TcpListener, sync::Semaphore};

pub(crate) const ACCESS_TOKEN: &str = "token-1";
const NEXT_TOKEN: &str = "token-2";

/// One request, as it came.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Seen {
    pub(crate) request: String,
    pub(crate) bearer: Option<String>,
    pub(crate) body: Value,
}

/// How a request is met instead of being served.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Weather {
    Throttled,
    Failing,
    Cut,
    Expired,
}

#[derive(Clone, Default)]
pub(crate) struct PretendedHubSpot {
    pub(crate) url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
    weather: Arc<Mutex<VecDeque<(&'static str, Weather)>>>,
    /// While it is closed, no call is logged.
    gate: Option<Arc<Semaphore>>,
}

impl PretendedHubSpot {
    pub(crate) async fn start() -> Self {
        Self::default().listen().await
    }

    /// One that logs no call before it is let.
    pub(crate) async fn gated() -> (Self, Arc<Semaphore>) {
        let gate = Arc::new(Semaphore::new(0));
        (Self { gate: Some(Arc::clone(&gate)), ..Self::default() }.listen().await, gate)
    }

    async fn listen(mut self) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        self.url = format!("http://{}", listener.local_addr().unwrap());
        let routes = Router::new().fallback(answer).with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        self
    }

    /// The next request whose path contains this meets that weather.
    pub(crate) fn expect(&self, path: &'static str, weather: Weather) {
        self.weather.lock().unwrap().push_back((path, weather));
    }

    /// Everything that came.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// Method and path of everything that came.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.seen().into_iter().map(|seen| seen.request).collect()
    }

    fn weather_over(&self, path: &str) -> Option<Weather> {
        let mut weather = self.weather.lock().unwrap();
        let place = weather.iter().position(|(part, _)| path.contains(part))?;
        weather.remove(place).map(|(_, weather)| weather)
    }
}

async fn answer(
    State(hubspot): State<PretendedHubSpot>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let path = uri.path().to_owned();
    let bearer = headers.get("authorization").map(|value| value.to_str().unwrap().to_owned());
    let body = serde_json::from_slice(&body)
        .unwrap_or_else(|_| Value::from(String::from_utf8_lossy(&body).into_owned()));
    let number = {
        let mut seen = hubspot.seen.lock().unwrap();
        seen.push(Seen { request: format!("{method} {uri}"), bearer: bearer.clone(), body });
        seen.iter().filter(|seen| seen.request.ends_with("/calls")).count()
    };
    match hubspot.weather_over(&path) {
        Some(Weather::Throttled) => {
            let mut throttled = json_answer(429, &json!({ "policyName": "SECONDLY" }));
            throttled.headers_mut().insert("retry-after", "0".parse().unwrap());
            return throttled;
        }
        Some(Weather::Failing) => return json_answer(503, &json!({})),
        Some(Weather::Cut) => {
            let cut = stream::iter([Err::<Bytes, _>(io::Error::other("cut"))]).boxed();
            return Response::builder().header("content-length", "100").body(Body::from_stream(cut)).unwrap();
        }
        Some(Weather::Expired) if bearer.as_deref() == Some("Bearer token-1") => {
            return json_answer(
                401,
                &json!({ "category": "EXPIRED_AUTHENTICATION", "message": "The OAuth token expired." }),
            );
        }
        Some(Weather::Expired) | None => {}
    }
    if let (Some(gate), true) = (&hubspot.gate, path.ends_with("/calls")) {
        gate.acquire().await.unwrap().forget();
    }
    if path.ends_with("/calls") {
        json_answer(201, &json!({ "id": (1000 + number).to_string(), "properties": {} }))
    } else if path == "/oauth/v1/token" {
        json_answer(200, &json!({ "access_token": NEXT_TOKEN, "expires_in": 1800 }))
    } else if path.ends_with("/ready") {
        Response::builder().status(204).body(Body::empty()).unwrap()
    } else {
        json_answer(200, &json!({}))
    }
}

fn json_answer(status: u16, value: &Value) -> Response {
    Response::builder()
        .status(status)
        .header("content-type", "application/json")
        .body(Body::from(value.to_string()))
        .unwrap()
}
