//! HubSpot's own side: after a recording was marked as ready, it asks the registered endpoint for the authenticated
//! URL (guide §1) and fetches the recording from there.
//!
//! Sends requests and writes them down; it does not judge the answers. Read next: `journal.rs`, `portal/`.

mod address;
mod allowed;
mod callback;
mod client;
mod waits;

pub use address::{callback_url, encode_segment};
pub(crate) use client::Client;
pub use waits::Waits;

use crate::exchange::Headers;
use crate::journal::{Direction, Journal, Outcome, RawRequest, Ticket};
use crate::portal::{CallRecord, Portal};
use crate::secrets::{LONGEST_TEXT, Secrets};
use crate::sounds::{self, Sounds};
use crate::switches::{CallbackAppId, CallbackRedirects, CallbackRetries, Switches};
use crate::transcription::{Spooled, Transcriber, Transcription};
use allowed::allowed;
use callback::Named;
use client::USER_AGENT;
use compact_str::CompactString;
use sha2::{Digest as _, Sha256};
use std::io::Write as _;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Semaphore;
use tokio::time::Instant;
use url::Url;

const MOST_REDIRECTS: usize = 5;
const AT_ONCE: usize = 8;

/// Who fetches the recordings of one portal.
#[derive(Clone)]
pub(crate) struct Retriever {
    client: Arc<Client>,
    portal: Portal,
    journal: Journal,
    secrets: Secrets,
    switches: Switches,
    waits: Waits,
    at_once: Arc<Semaphore>,
    sounds: Sounds,
    transcriber: Transcriber,
    /// Why nothing was asked, where that was told and nothing was asked since.
    told: Arc<Mutex<String>>,
}

/// An answer of the endpoint is read up to this length in bytes; HubSpot's own limit is not known.
const LONGEST_ANSWER: usize = 1 << 20;

/// Room is made for as much of an answer as is announced, but for no more than this: most recordings are shorter.
const MOST_EXPECTED: u64 = 2 << 20;

/// What came of one request.
struct Fetched {
    status: u16,
    /// As much of it as is kept.
    body: Vec<u8>,
    length: u64,
    /// All of it, of a recording.
    spooled: Option<Spooled>,
    ticket: Ticket,
}

/// How a response is taken in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Intake {
    /// Kept, up to 1 MiB.
    Short,
    /// Hashed, and kept as far as there is room.
    Streamed,
}

impl Retriever {
    pub(crate) fn new(
        client: Arc<Client>,
        portal: Portal,
        journal: Journal,
        secrets: Secrets,
        switches: Switches,
        waits: Waits,
    ) -> Self {
        let at_once = Arc::new(Semaphore::new(AT_ONCE));
        let transcriber = Transcriber::new(portal.clone(), switches);
        let sounds = Sounds::default();
        let told = Arc::default();
        Self { client, portal, journal, secrets, switches, waits, at_once, sounds, transcriber, told }
    }

    /// The recordings that were fetched.
    pub(crate) fn sounds(&self) -> &Sounds {
        &self.sounds
    }

    /// What became of them.
    pub(crate) fn transcriber(&self) -> &Transcriber {
        &self.transcriber
    }

    /// Fetches the recording of a call, and has it transcribed.
    pub(crate) async fn retrieve(self, call_id: u64) {
        let Some(call) = self.portal.call(call_id) else { return };
        let Some(fetched) = self.fetch(call_id).await else {
            let reason = "the recording could not be fetched".to_owned();
            return self.transcriber.settle(call_id, Transcription::Unknown { reason });
        };
        let Fetched { body, length, spooled, ticket, .. } = fetched;
        self.sounds.keep(call_id, body, length);
        let Some(recording) = spooled else {
            let reason = "the recording could not be kept on this machine".to_owned();
            return self.transcriber.settle(call_id, Transcription::Unknown { reason });
        };
        let transcription = self.transcriber.transcribe(&call, recording).await;
        self.journal.note(ticket, "transcription", &transcription.to_string());
    }

    /// Begins with the recording of a call: `false` where there is nobody to ask, which is all that becomes of it then.
    pub(crate) fn begin(&self, call_id: u64) -> bool {
        let Some(call) = self.portal.call(call_id) else { return false };
        let asked = self.to_ask(&call);
        if asked.is_err() {
            let reason = "the recording could not be fetched".to_owned();
            self.transcriber.settle(call_id, Transcription::Unknown { reason });
        }
        asked.is_ok()
    }

    async fn fetch(&self, call_id: u64) -> Option<Fetched> {
        let _turn = self.at_once.acquire().await.ok()?;
        let call = self.portal.call(call_id)?;
        let url = self.to_ask(&call).ok()?;
        let answer = self.follow(call_id, Direction::AskedForUrl, &url, Intake::Short).await?;
        let recording = authenticated_url(&answer).ok()?;
        self.follow(call_id, Direction::FetchedRecording, recording.as_str(), Intake::Streamed).await
    }

    /// Asks the registered endpoint where the recording of a call is, as HubSpot does when somebody presses play.
    pub(crate) async fn ask(&self, call: &CallRecord) -> Result<Url, String> {
        let url = self.to_ask(call)?;
        let asked = self.follow(call.id, Direction::AskedForUrl, &url, Intake::Short);
        let answer = asked.await.ok_or("the endpoint gave no usable answer")?;
        let recording = authenticated_url(&answer)?;
        // The browser goes there by itself, and what it may say of it must not show a secret.
        self.secrets.learn_url(recording.as_str());
        Ok(recording)
    }

    /// The URL to ask; where there is none, why is written down.
    fn to_ask(&self, call: &CallRecord) -> Result<String, String> {
        let endpoint = self.endpoint(call);
        match &endpoint {
            Ok(_) => self.told().clear(),
            Err(why) => self.not_asked(call.id, Direction::AskedForUrl, "", why),
        }
        endpoint
    }

    /// The URL to ask, if the call has everything that HubSpot needs for it.
    fn endpoint(&self, call: &CallRecord) -> Result<String, String> {
        let property = |name: &str| {
            let value = call.properties.get(name).filter(|v| !v.is_empty());
            value.ok_or_else(|| format!("the call has no {name}"))
        };
        let source = property("hs_call_source")?;
        if source != "INTEGRATIONS_PLATFORM" {
            return Err(format!("hs_call_source is {source} instead of INTEGRATIONS_PLATFORM"));
        }
        let logged = property("hs_call_app_id")?;
        let (owner, registered) =
            self.portal.endpoint_for(logged).ok_or("no app has registered a recording URL")?;
        let app_id = match self.switches.callback_app_id {
            CallbackAppId::Echo => logged,
            CallbackAppId::Registered => &owner,
        };
        let external_id = property("hs_call_external_id")?;
        let account_id = property("hs_call_external_account_id")?;
        callback::url(
            &self.switches,
            &registered,
            &Named { call: external_id, app: app_id, account: account_id },
        )
    }

    fn told(&self) -> MutexGuard<'_, String> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was not even asked stands in the journal too, so that nobody waits for it.
    fn not_asked(&self, call_id: u64, direction: Direction, url: &str, why: &str) {
        // The journal says it of each call; a log that repeated it would hide what else there is.
        let mut told = self.told();
        if *told != why {
            why.clone_into(&mut told);
            tracing::warn!(call_id, "HubSpot's side asks nothing: {why}");
        }
        drop(told);
        self.journal.not_asked(direction, url, call_id, why);
    }

    /// Asks, and asks the registered endpoint again where it got nothing and the switch says so.
    async fn follow(&self, call_id: u64, direction: Direction, url: &str, intake: Intake) -> Option<Fetched> {
        let fetched = self.follow_once(call_id, direction, url, intake).await;
        let again = direction == Direction::AskedForUrl
            && self.switches.callback_retries == CallbackRetries::Once
            && fetched.is_none();
        if again { self.follow_once(call_id, direction, url, intake).await } else { fetched }
    }

    /// One request after the other, as far as redirects lead; each is an entry of its own.
    async fn follow_once(
        &self,
        call_id: u64,
        direction: Direction,
        url: &str,
        intake: Intake,
    ) -> Option<Fetched> {
        let began = Instant::now();
        let mut target = url.to_owned();
        for _ in 0..=MOST_REDIRECTS {
            if direction == Direction::FetchedRecording {
                self.secrets.learn_url(&target);
            }
            let url = match allowed(&target) {
                Ok(url) => url,
                Err(why) => {
                    self.not_asked(call_id, direction, &target, &why);
                    return None;
                }
            };
            let headers = headers_for(direction, &url);
            let raw = RawRequest { method: "GET", target: &target, headers, body: b"" };
            let ticket = self.journal.open(direction, raw, Some(call_id));
            let response = match self.send(direction, url.clone()).await {
                Ok(response) => response,
                Err(why) => {
                    self.journal.fail(ticket, why);
                    return None;
                }
            };
            let location = self.leads_on(&response, intake);
            let fetched = self.take_in(ticket, response, intake, began).await?;
            let Some(location) = location else { return Some(fetched) };
            // What cannot be joined is kept as it is, and refused as an address.
            target = url.join(&location).map_or(location, String::from);
        }
        let why = format!("this would be redirect number {}", MOST_REDIRECTS + 1);
        self.not_asked(call_id, direction, &target, &why);
        None
    }

    /// Where a redirect leads, if it is one that HubSpot follows.
    fn leads_on(&self, response: &reqwest::Response, intake: Intake) -> Option<String> {
        let follows =
            intake == Intake::Streamed || self.switches.callback_redirects == CallbackRedirects::Followed;
        redirect_of(response).filter(|_| follows)
    }

    async fn send(&self, direction: Direction, url: Url) -> Result<reqwest::Response, String> {
        let client = self.client.get().map_err(|error| reasons(&error))?;
        let mut request = client.get(url);
        for (name, value) in accept(direction) {
            request = request.header(*name, *value);
        }
        let patience = match direction {
            Direction::AskedForUrl => self.switches.callback_timeout.duration().min(self.waits.first_byte),
            Direction::Arrived | Direction::FetchedRecording => self.waits.first_byte,
        };
        match tokio::time::timeout(patience, request.send()).await {
            Ok(Ok(response)) => Ok(response),
            Ok(Err(error)) => Err(reasons(&error)),
            Err(_) if patience.subsec_millis() > 0 => {
                Err(format!("no answer within {} ms", patience.as_millis()))
            }
            Err(_) => Err(format!("no answer within {} s", patience.as_secs())),
        }
    }

    /// Reads a response to its end and writes it down; `None` where HubSpot can do nothing with it.
    async fn take_in(
        &self,
        ticket: Ticket,
        mut response: reqwest::Response,
        intake: Intake,
        began: Instant,
    ) -> Option<Fetched> {
        let status = response.status().as_u16();
        let is_redirect = self.leads_on(&response, intake).is_some();
        let headers: Headers = response
            .headers()
            .iter()
            .map(|(n, v)| (n.as_str().into(), CompactString::from_utf8_lossy(v.as_bytes())))
            .collect();
        let expected = response.content_length().unwrap_or_default().min(MOST_EXPECTED);
        let (mut length, mut hash) = (0_u64, Sha256::new());
        let mut start = Vec::with_capacity(expected as usize);
        // What is too long to be kept in memory, as far as that is known beforehand, is kept on the disk alone.
        let longest = match intake {
            Intake::Short => LONGEST_ANSWER,
            Intake::Streamed if response.content_length().is_some_and(|n| n > sounds::LONGEST as u64) => {
                LONGEST_TEXT
            }
            Intake::Streamed => sounds::LONGEST,
        };
        let mut spooled = (intake == Intake::Streamed).then(|| tempfile::tempfile().ok()).flatten();
        let trouble = loop {
            let (deadline, late) = self.waits.next_piece(began, length);
            match tokio::time::timeout_at(deadline, response.chunk()).await {
                Ok(Ok(None)) => break None,
                Ok(Ok(Some(chunk))) => {
                    length += chunk.len() as u64;
                    hash.update(&chunk);
                    if spooled.as_mut().is_some_and(|file| file.write_all(&chunk).is_err()) {
                        spooled = None;
                    }
                    if length > longest as u64 {
                        start.truncate(LONGEST_TEXT + 1);
                        start.shrink_to_fit();
                    }
                    let longest = if length > longest as u64 { LONGEST_TEXT } else { longest };
                    let room = (longest + 1).saturating_sub(start.len());
                    start.extend_from_slice(&chunk[..chunk.len().min(room)]);
                    if intake == Intake::Short && length > LONGEST_ANSWER as u64 {
                        break Some(format!("the answer is longer than {LONGEST_ANSWER} bytes"));
                    }
                }
                Ok(Err(error)) => {
                    break Some(format!("the answer broke off after {length} bytes: {}", reasons(&error)));
                }
                Err(_) => break Some(late),
            }
        };
        let sha256 = hash.finalize().into();
        let body = if length == start.len() as u64 && start.len() <= LONGEST_TEXT {
            self.secrets.cut_body(&start)
        } else {
            self.secrets.body_of(length, sha256, &start)
        };
        let spooled = spooled.map(|file| Spooled { file, length, sha256 });
        let fetched = Fetched { status, body: start, length, spooled, ticket };
        let trouble = trouble.or_else(|| match intake {
            _ if is_redirect => None,
            Intake::Short => authenticated_url(&fetched).err(),
            Intake::Streamed => (status != 200).then(|| format!("the recording was answered with {status}")),
        });
        let failed = trouble.is_some();
        let outcome = trouble.map_or(Outcome::Served, Outcome::Failed);
        self.journal.close(ticket, Some((status, headers, body)), outcome, None);
        (!failed).then_some(fetched)
    }
}

fn accept(direction: Direction) -> &'static [(&'static str, &'static str)] {
    match direction {
        Direction::AskedForUrl => &[("accept", "application/json")],
        Direction::Arrived | Direction::FetchedRecording => &[("accept", "*/*")],
    }
}

/// The header fields as they are sent.
fn headers_for(direction: Direction, url: &Url) -> Headers {
    let host = url.host_str().map(|host| match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    });
    let fixed = accept(direction).iter().copied().chain([("user-agent", USER_AGENT)]);
    let mut headers: Headers = fixed.map(|(n, v)| (n.into(), v.into())).collect();
    headers.extend(host.map(|h| ("host".into(), h.into())));
    headers
}

fn redirect_of(response: &reqwest::Response) -> Option<String> {
    if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    let location = response.headers().get("location")?;
    Some(String::from_utf8_lossy(location.as_bytes()).into_owned())
}

fn authenticated_url(fetched: &Fetched) -> Result<Url, String> {
    if fetched.status != 200 {
        return Err(format!("the endpoint answered {}", fetched.status));
    }
    let json: serde_json::Value = serde_json::from_slice(&fetched.body)
        .map_err(|error| format!("the endpoint's answer is not JSON: {error}"))?;
    let url = match json.get("authenticatedUrl") {
        Some(serde_json::Value::String(url)) => url,
        Some(_) => return Err("authenticatedUrl is not text".into()),
        None => return Err("the endpoint's answer has no authenticatedUrl".into()),
    };
    allowed(url).map_err(|why| format!("authenticatedUrl: {why}"))
}

/// An error with what caused it; reqwest puts the URL into its own text, which may hold secrets.
fn reasons(error: &reqwest::Error) -> String {
    let mut text = match error {
        e if e.is_connect() => "could not connect".to_owned(),
        e if e.is_timeout() => "timed out".to_owned(),
        _ => "the request failed".to_owned(),
    };
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_external_id_is_one_segment_whatever_is_in_it() {
        assert_eq!(encode_segment("a b/c%d+é~-._"), "a%20b%2Fc%25d%2B%C3%A9~-._");
    }

    #[test]
    fn the_app_comes_first_and_the_account_second() {
        assert_eq!(
            callback_url("https://e.x/r/%s", "test-call-01", "app-101", "test account"),
            "https://e.x/r/test-call-01?appId=app-101&externalAccountId=test%20account"
        );
        assert_eq!(
            callback_url("https://e.x/r?id=%s#top", "1", "2", "3"),
            "https://e.x/r?id=1&appId=2&externalAccountId=3#top"
        );
    }
}
