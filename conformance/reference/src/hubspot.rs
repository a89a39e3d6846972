//! HubSpot's side of the wire: one request at a time, tried again while that makes sense.
//!
//! What is tried again: 429 after the wait that HubSpot names, 5xx and lost connections after a growing pause. An
//! expired token is refreshed once. Everything else is an answer, and goes back to whoever asked.

use std::time::Duration;

use http::{
    Method, StatusCode,
    header::{CONTENT_TYPE, RETRY_AFTER},
};
use serde_json::Value;
use tokio::sync::Mutex;

use crate::{
    config::{Config, RefreshCredentials, Secret},
    sabotage,
    sabotage::Lie,
    variant,
};

/// How long one answer may take.
const ATTEMPT: Duration = Duration::from_secs(15);
/// How often a request is tried while HubSpot fails or cannot be reached.
const ATTEMPTS: u32 = 5;
/// The first pause after a failure; each further one is twice as long.
const PAUSE: Duration = Duration::from_millis(100);
/// How often a request is throttled before it is given up.
const THROTTLES: u32 = 10;
/// The longest wait that is waited.
const LONGEST_WAIT: Duration = Duration::from_mins(1);

/// What is asked of HubSpot.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) credential: Credential,
    pub(crate) body: Option<Value>,
}

/// Whose request it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Credential {
    /// The portal's: a bearer token.
    AccessToken,
    /// The developer account's: a key in the query.
    DeveloperKey,
}

/// Why a request came to nothing.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HubSpotError {
    #[error("HubSpot answered {status}: {message}")]
    Refused { status: u16, category: String, message: String },
    #[error("HubSpot answered 429: {message}")]
    Throttled { wait: Option<Duration>, message: String },
    #[error("HubSpot answered {status}")]
    Failed { status: u16 },
    #[error("HubSpot did not answer in time")]
    TimedOut,
    #[error("the connection to HubSpot was lost: {0}")]
    Lost(reqwest::Error),
    #[error("HubSpot's answer lacks {0}")]
    Lacking(&'static str),
}

/// A client for one portal and one app.
pub(crate) struct HubSpot {
    http: reqwest::Client,
    base_url: String,
    developer_key: Secret,
    access_token: Mutex<Secret>,
    refresh: Option<RefreshCredentials>,
    lie: Option<Lie>,
}

impl HubSpot {
    pub(crate) fn new(config: &Config) -> Result<Self, reqwest::Error> {
        // A program that embeds this one may have chosen a provider already.
        rustls::crypto::ring::default_provider().install_default().ok();
        let timeout = sabotage::resilience::spoil_timeout(config.lie, ATTEMPT);
        let client = || {
            let client = reqwest::Client::builder().timeout(timeout);
            let client = client.default_headers(variant::talkative::of_requests(config.variant));
            // No proxy leads to this machine, whatever the environment says of proxies.
            if is_on_this_machine(&config.hubspot_base_url) { client.no_proxy() } else { client }
        };
        // On a machine that trusts no authority, a HubSpot at http:// can still be asked.
        let untrusting = |error| client().tls_certs_only([]).build().map_err(|_| error);
        Ok(Self {
            http: client().build().or_else(untrusting)?,
            base_url: config.hubspot_base_url.clone(),
            developer_key: config.developer_key.clone(),
            access_token: Mutex::new(config.access_token.clone()),
            refresh: config.refresh.clone(),
            lie: config.lie,
        })
    }

    /// Sends a request until it is answered, or until there is no sense in trying again.
    pub(crate) async fn send(&self, request: &Request) -> Result<Value, HubSpotError> {
        let token = self.access_token.lock().await.clone();
        let outcome = self.persist(|| self.attempt(request, &token)).await;
        match (&self.refresh, outcome) {
            (Some(refresh), Err(error)) if error.is_expired_token() => {
                let refresh = sabotage::resilience::spoil_refresh(self.lie, refresh).ok_or(error)?;
                let token = self.refreshed(&token, refresh).await?;
                self.persist(|| self.attempt(request, &token)).await
            }
            (_, outcome) => outcome,
        }
    }

    /// Sends a request once.
    pub(crate) async fn send_once(&self, request: &Request) -> Result<Value, HubSpotError> {
        let token = self.access_token.lock().await.clone();
        self.attempt(request, &token).await
    }

    /// A newer token than this one. Of many requests that meet the same expired token, the first refreshes it; the
    /// others wait at the lock and find it done.
    async fn refreshed(&self, old: &Secret, refresh: &RefreshCredentials) -> Result<Secret, HubSpotError> {
        let mut current = self.access_token.lock().await;
        if *current == *old {
            let answer = self.persist(|| self.ask_for_token(refresh)).await?;
            let token = answer["access_token"].as_str().ok_or(HubSpotError::Lacking("access_token"))?;
            *current = Secret::new(token);
        }
        Ok(current.clone())
    }

    async fn ask_for_token(&self, refresh: &RefreshCredentials) -> Result<Value, HubSpotError> {
        let form = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("grant_type", "refresh_token")
            .append_pair("refresh_token", refresh.refresh_token.expose())
            .append_pair("client_id", &refresh.client_id)
            .append_pair("client_secret", refresh.client_secret.expose())
            .finish();
        let request = self
            .http
            .post(format!("{}/oauth/v1/token", self.base_url))
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(form);
        answer_to(request).await
    }

    async fn attempt(&self, request: &Request, token: &Secret) -> Result<Value, HubSpotError> {
        let url = format!("{}{}", self.base_url, request.path);
        let mut sent = match request.credential {
            Credential::AccessToken => {
                self.http.request(request.method.clone(), url).bearer_auth(token.expose())
            }
            Credential::DeveloperKey => {
                let key = self.developer_key.expose().as_bytes();
                let key: String = url::form_urlencoded::byte_serialize(key).collect();
                self.http.request(request.method.clone(), format!("{url}?hapikey={key}"))
            }
        };
        if let Some(body) = &request.body {
            sent = sent.header(CONTENT_TYPE, "application/json").body(body.to_string());
        }
        answer_to(sent).await
    }

    async fn persist<A, F>(&self, mut attempt: A) -> Result<Value, HubSpotError>
    where
        A: FnMut() -> F,
        F: Future<Output = Result<Value, HubSpotError>>,
    {
        let mut patience = Patience::default();
        loop {
            let error = match attempt().await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            let wait = patience.after(&error);
            match sabotage::resilience::spoil_wait(self.lie, &error, patience.throttles, wait) {
                Some(wait) => {
                    tracing::info!("{error}; trying again in {} ms", wait.as_millis());
                    tokio::time::sleep(wait).await;
                }
                None => return Err(error),
            }
        }
    }
}

/// What one request has met so far.
#[derive(Default)]
struct Patience {
    failures: u32,
    throttles: u32,
}

impl Patience {
    /// How long to wait before the next attempt; `None`: there is none.
    fn after(&mut self, error: &HubSpotError) -> Option<Duration> {
        match error {
            HubSpotError::Throttled { wait, .. } => {
                self.throttles += 1;
                wait.filter(|wait| *wait <= LONGEST_WAIT && self.throttles <= THROTTLES)
            }
            HubSpotError::Failed { .. } | HubSpotError::TimedOut | HubSpotError::Lost(_) => {
                self.failures += 1;
                (self.failures < ATTEMPTS).then(|| PAUSE * 2_u32.pow(self.failures - 1))
            }
            HubSpotError::Refused { .. } | HubSpotError::Lacking(_) => None,
        }
    }
}

impl HubSpotError {
    fn is_expired_token(&self) -> bool {
        matches!(self, Self::Refused { status: 401, category, .. } if category == "EXPIRED_AUTHENTICATION")
    }
}

impl From<reqwest::Error> for HubSpotError {
    fn from(error: reqwest::Error) -> Self {
        // The URL may carry the developer key, and an error is printed.
        if error.is_timeout() { Self::TimedOut } else { Self::Lost(error.without_url()) }
    }
}

async fn answer_to(request: reqwest::RequestBuilder) -> Result<Value, HubSpotError> {
    let response = request.send().await?;
    let status = response.status();
    let retry_after = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
    let body = response.bytes().await?;
    // A 204 has no body, and a proxy's error page is no JSON.
    let answer: Value = serde_json::from_slice(&body).unwrap_or_default();
    if status.is_success() {
        return Ok(answer);
    }
    let text = |member: &str| answer[member].as_str().unwrap_or_default().to_owned();
    let message = text("message");
    Err(match status {
        StatusCode::TOO_MANY_REQUESTS => {
            let wait =
                retry_after.map(Duration::from_secs).or_else(|| named_wait(&text("policyName"), &message));
            HubSpotError::Throttled { wait, message }
        }
        _ if status.is_server_error() => HubSpotError::Failed { status: status.as_u16() },
        _ => HubSpotError::Refused { status: status.as_u16(), category: text("category"), message },
    })
}

fn is_on_this_machine(base_url: &str) -> bool {
    match url::Url::parse(base_url).ok().as_ref().and_then(url::Url::host) {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// How long a limit lasts. The daily one is not waited for.
fn named_wait(policy: &str, message: &str) -> Option<Duration> {
    let limit = format!("{policy} {message}").to_ascii_lowercase();
    if limit.contains("daily") {
        None
    } else if limit.contains("ten_secondly") {
        Some(Duration::from_secs(10))
    } else {
        Some(Duration::from_secs(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_limit_is_waited_out_except_the_daily_one() {
        assert_eq!(
            named_wait("SECONDLY", "You have reached your secondly limit."),
            Some(Duration::from_secs(1))
        );
        assert_eq!(
            named_wait("", "You have reached your ten_secondly_rolling limit."),
            Some(Duration::from_secs(10))
        );
        assert_eq!(named_wait("DAILY", "You have reached your daily limit."), None);
    }

    #[test]
    fn a_failing_hubspot_is_asked_five_times_with_growing_pauses() {
        let mut patience = Patience::default();
        let pauses: Vec<_> = std::iter::from_fn(|| patience.after(&HubSpotError::Failed { status: 503 }))
            .map(|pause| pause.as_millis())
            .collect();
        assert_eq!(pauses, [100, 200, 400, 800]);
    }
}
