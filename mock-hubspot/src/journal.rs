//! The journal: every exchange the mock took part in, refused ones included, recorded raw before it is matched.
//!
//! Append-only; knows nothing of what is right or wrong. Whatever enters passes through `Secrets` here.
//! Read next: `exchange.rs`, `secrets/`, `nearest_miss.rs`.

mod handed;
mod pages;
mod reading;

use crate::exchange::{Body, Headers, Reply, Request};
use crate::operation::Operation;
use crate::recurring::Came;
use crate::secrets::{LONGEST_TEXT, Secrets};
use crate::texts::Texts;
use crate::versions::ApiVersion;
use bytestring::ByteString;
use compact_str::CompactString;
use http::request::Parts;
use pages::Pages;
use serde::{Deserialize, Serialize};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::watch;

pub use crate::nearest_miss::{StoryKey, nearest_miss};
pub(crate) use handed::{RawRequest, Recognised};
pub use pages::Bounds;
pub(crate) use reading::Cursor;

const LONGEST_MESSAGE: usize = 2000;

/// One exchange in the journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Counts from 1 in order of arrival.
    pub number: u64,
    /// Milliseconds since the mock started.
    pub at_ms: u64,
    /// Who asked whom.
    pub direction: Direction,
    /// The operation that the request was matched to; `None` where it matched no route.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<Operation>,
    /// The API version of the path that was matched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<ApiVersion>,
    /// Path parameters, percent-decoded, by their name in the template (`appId`, `callId`, `toObjectType`, …); of a recording
    /// that HubSpot fetched `transcription`: what became of it.
    #[serde(default, skip_serializing_if = "Texts::is_empty")]
    pub params: Texts,
    /// The kind of credential that came with it.
    pub credential: Credential,
    /// What was asked, secrets cut.
    pub request: Request,
    /// What was answered, secrets cut; `None` while it is being answered, or when the connection was cut.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply: Option<Reply>,
    /// What became of it.
    pub outcome: Outcome,
    /// The id of the call that it concerns, where that is known: for `LogCall` the id that was created.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call_id: Option<u64>,
}

/// Who asked whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// The integration asked HubSpot.
    Arrived,
    /// HubSpot asked the registered endpoint for the authenticated URL.
    AskedForUrl,
    /// HubSpot fetched the recording from the authenticated URL.
    FetchedRecording,
}

/// The kind of credential a request carried; never its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Credential {
    /// None at all.
    None,
    /// A developer API key in `?hapikey=`.
    DeveloperKey,
    /// A bearer token with developer scopes.
    DeveloperToken,
    /// A bearer token of the portal (OAuth or private app).
    AccessToken,
    /// A bearer token that was valid once.
    ExpiredToken,
    /// Something that this portal never issued.
    Unknown,
}

/// What became of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It has not been answered yet.
    Pending,
    /// It was served.
    Served,
    /// It was refused, as HubSpot would refuse it: HubSpot's message.
    Refused(String),
    /// It matched no route.
    Unmatched,
    /// Weather struck before it had any effect: the strike's name (`throttled`, `failing`, `cut`, `reset`, `stalled`,
    /// `expired-token`). Only `truncated` had its effect: its answer broke off.
    Weather(String),
    /// HubSpot's side asked and got no usable answer: why.
    Failed(String),
}

/// The journal of one mock: a cheap handle on what is shared.
#[derive(Clone, Debug)]
pub struct Journal {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    secrets: Secrets,
    started: Instant,
    /// How many milliseconds before that the journal was begun, by an earlier run.
    earlier_ms: AtomicU64,
    began: jiff::Timestamp,
    pages: Mutex<Pages>,
    changes: watch::Sender<u64>,
    came: Came,
}

impl Shared {
    /// How many milliseconds ago the journal was begun.
    fn elapsed_ms(&self) -> u64 {
        self.earlier_ms.load(Ordering::Relaxed) + self.started.elapsed().as_millis() as u64
    }
}

/// The right to fill in one entry.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ticket {
    epoch: u64,
    pub(crate) number: u64,
}

/// A wait that ended without what was waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waited {
    /// How long.
    pub waited: Duration,
    /// How many entries were looked at.
    pub seen: u64,
}

impl std::fmt::Display for Waited {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "waited {:?} and saw {} exchanges, none of them the awaited one", self.waited, self.seen)
    }
}

impl std::error::Error for Waited {}

impl Journal {
    #[cfg(test)]
    pub(crate) fn new(secrets: Secrets) -> Self {
        Self::bounded(secrets, Bounds::default())
    }

    pub(crate) fn bounded(secrets: Secrets, bounds: Bounds) -> Self {
        Self::begun(secrets, bounds, jiff::Timestamp::now())
    }

    /// A journal that an earlier run began.
    pub(crate) fn begun(secrets: Secrets, bounds: Bounds, began: jiff::Timestamp) -> Self {
        let earlier_ms = jiff::Timestamp::now().duration_since(began).as_millis().max(0) as u64;
        let shared = Shared {
            secrets,
            started: Instant::now(),
            earlier_ms: AtomicU64::new(earlier_ms),
            began,
            pages: Mutex::new(Pages::bounded(bounds)),
            changes: watch::Sender::new(0),
            came: Came::default(),
        };
        Self { shared: Arc::new(shared) }
    }

    fn pages(&self) -> MutexGuard<'_, Pages> {
        self.shared.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Every entry, by number.
    pub fn entries(&self) -> Vec<Entry> {
        self.since(0)
    }

    /// The entries with a number greater than this one.
    pub fn since(&self, number: u64) -> Vec<Entry> {
        let entries: Vec<Arc<Entry>> = self.pages().since(number).cloned().collect();
        entries.iter().map(|e| Entry::clone(e)).collect()
    }

    /// One entry.
    pub fn entry(&self, number: u64) -> Option<Entry> {
        self.pages().get(number).map(|e| Entry::clone(e))
    }

    /// How many exchanges there were; also the number of the last one.
    pub fn len(&self) -> u64 {
        self.pages().last()
    }

    /// How many of them are here no more, because there was no room.
    pub fn cut(&self) -> u64 {
        self.pages().cut()
    }

    /// Whether nothing has happened yet.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The first entry for which the predicate holds: one that is there, or one that comes before the deadline.
    ///
    /// The predicate is asked again about an entry whenever something in it was filled in.
    pub async fn wait_for(
        &self,
        predicate: impl Fn(&Entry) -> bool + Send,
        deadline: Duration,
    ) -> Result<Entry, Waited> {
        let started = Instant::now();
        let mut changes = self.shared.changes.subscribe();
        let (mut epoch, mut cursor) = (0, 0);
        let search = async {
            loop {
                changes.borrow_and_update();
                for entry in self.news(&mut epoch, &mut cursor) {
                    if predicate(&entry) {
                        return Some(Entry::clone(&entry));
                    }
                }
                if changes.changed().await.is_err() {
                    return None;
                }
            }
        };
        match tokio::time::timeout(deadline, search).await {
            Ok(Some(entry)) => Ok(entry),
            _ => Err(Waited { waited: started.elapsed(), seen: self.len() }),
        }
    }

    /// Entries that were opened or changed since the cursor.
    fn news(&self, epoch: &mut u64, cursor: &mut usize) -> Vec<Arc<Entry>> {
        let pages = self.pages();
        if *epoch != pages.epoch {
            (*epoch, *cursor) = (pages.epoch, 0);
        }
        let news = pages.changed_since(*cursor).into_iter().cloned().collect();
        *cursor = pages.changes();
        news
    }

    /// Forgets everything; numbers start at 1 again.
    pub(crate) fn reset(&self) {
        self.pages().reset();
        self.announce();
    }

    fn announce(&self) {
        // Who begins to listen later looks at what is there first.
        if self.shared.changes.receiver_count() > 0 {
            self.shared.changes.send_modify(|n| *n += 1);
        }
    }

    /// Writes a request that arrived down, before anything is made of it.
    pub(crate) fn arrived(&self, parts: &Parts, target: &str, body: &[u8]) -> Ticket {
        let headers = self.shared.came.written(&parts.headers, &self.shared.secrets);
        let asked = (parts.method.as_str(), target, body);
        self.enter(Direction::Arrived, asked, headers, None, Outcome::Pending)
    }

    /// Writes a request down, before anything is made of it.
    pub(crate) fn open(&self, direction: Direction, request: RawRequest<'_>, call_id: Option<u64>) -> Ticket {
        let RawRequest { method, target, headers, body } = request;
        let headers = self.shared.secrets.cut_headers(headers);
        self.enter(direction, (method, target, body), headers, call_id, Outcome::Pending)
    }

    /// Writes down what HubSpot's side did not even ask, and why.
    pub(crate) fn not_asked(&self, direction: Direction, target: &str, call_id: u64, why: &str) {
        let outcome = self.written(Outcome::Failed(format!("not asked: {why}")));
        self.enter(direction, ("GET", target, b""), Headers::new(), Some(call_id), outcome);
    }

    /// The header fields and the outcome are cut already.
    fn enter(
        &self,
        direction: Direction,
        (method, target, body): (&str, &str, &[u8]),
        headers: Headers,
        call_id: Option<u64>,
        outcome: Outcome,
    ) -> Ticket {
        let secrets = &self.shared.secrets;
        let target = match direction {
            Direction::FetchedRecording => secrets.cut_recording_url(target),
            Direction::Arrived | Direction::AskedForUrl => secrets.cut_url(target),
        };
        let entry = Entry {
            number: 0,
            at_ms: self.shared.elapsed_ms(),
            direction,
            operation: None,
            version: None,
            params: Texts::default(),
            credential: Credential::None,
            request: Request {
                method: secrets.changed(method).map_or_else(|| method.into(), CompactString::from),
                target,
                headers,
                body: secrets.cut_body(body),
            },
            reply: None,
            outcome,
            call_id,
        };
        // Nobody waits while memory is found for it.
        let weight = pages::weight(&entry);
        let entry = Arc::new(entry);
        let mut pages = self.pages();
        let number = pages.open(entry, weight);
        let ticket = Ticket { epoch: pages.epoch, number };
        let gone = pages.gone();
        drop(pages);
        drop(gone);
        self.announce();
        ticket
    }

    fn amend(&self, ticket: Ticket, change: impl FnOnce(&mut Entry)) {
        let mut pages = self.pages();
        if pages.epoch != ticket.epoch {
            return;
        }
        pages.amend(ticket.number, change);
        let gone = pages.gone();
        drop(pages);
        drop(gone);
        self.announce();
    }

    /// What the request was recognised as.
    pub(crate) fn recognise(&self, ticket: Ticket, recognised: Recognised) {
        let recognised = recognised.cut(&self.shared.secrets);
        self.amend(ticket, |entry| recognised.write(entry));
    }

    /// The kind of credential that came with it.
    pub(crate) fn note_credential(&self, ticket: Ticket, credential: Credential) {
        self.amend(ticket, |entry| entry.credential = credential);
    }

    /// How it was answered, and what it had been recognised as; the header fields are cut already.
    pub(crate) fn answer(
        &self,
        ticket: Ticket,
        recognised: Option<Recognised>,
        (status, headers, body): (u16, Headers, &ByteString),
        outcome: Outcome,
        call_id: Option<u64>,
    ) {
        let secrets = &self.shared.secrets;
        let recognised = recognised.map(|recognised| recognised.cut(secrets));
        let reply = Reply { status, headers, body: secrets.cut_sent(body) };
        self.settle(ticket, recognised, Some(reply), outcome, call_id);
    }

    /// HubSpot's side got no answer at all.
    pub(crate) fn fail(&self, ticket: Ticket, why: impl Into<String>) {
        self.close(ticket, None, Outcome::Failed(why.into()), None);
    }

    /// Adds a word about what became of what was fetched.
    pub(crate) fn note(&self, ticket: Ticket, name: &str, words: &str) {
        self.amend(ticket, |entry| {
            entry.params.insert(name, words);
        });
    }

    /// How it ended; the body is cut already.
    pub(crate) fn close(
        &self,
        ticket: Ticket,
        reply: Option<(u16, Headers, Body)>,
        outcome: Outcome,
        call_id: Option<u64>,
    ) {
        let secrets = &self.shared.secrets;
        let cut = |headers| secrets.cut_headers(headers);
        let reply = reply.map(|(status, headers, body)| Reply { status, headers: cut(headers), body });
        self.settle(ticket, None, reply, outcome, call_id);
    }

    /// How it ended; the reply is cut already.
    fn settle(
        &self,
        ticket: Ticket,
        recognised: Option<Recognised>,
        reply: Option<Reply>,
        outcome: Outcome,
        call_id: Option<u64>,
    ) {
        let outcome = self.written(outcome);
        self.amend(ticket, |entry| {
            if let Some(recognised) = recognised {
                recognised.write(entry);
            }
            entry.reply = reply;
            entry.outcome = outcome;
            entry.call_id = call_id.or(entry.call_id);
        });
    }

    fn written(&self, outcome: Outcome) -> Outcome {
        // Cut before it is shortened for good: half a token is no longer recognised as one.
        let cut = |why: &str| self.shared.secrets.cut_text(shortened(why, LONGEST_TEXT));
        let written = |why: &str| shortened(&cut(why), LONGEST_MESSAGE).to_owned();
        match outcome {
            Outcome::Refused(why) => Outcome::Refused(written(&why)),
            Outcome::Failed(why) => Outcome::Failed(written(&why)),
            other => other,
        }
    }
}

/// The beginning of a message; all of it stands in the reply.
fn shortened(message: &str, characters: usize) -> &str {
    match message.char_indices().nth(characters) {
        Some((end, _)) => &message[..end],
        None => message,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn journal() -> Journal {
        Journal::new(Secrets::new())
    }

    fn open(journal: &Journal, target: &str) -> Ticket {
        let request = RawRequest { method: "GET", target, headers: Headers::new(), body: b"" };
        journal.open(Direction::Arrived, request, None)
    }

    #[tokio::test]
    async fn an_entry_is_seen_again_when_its_reply_is_filled_in() {
        let journal = journal();
        let ticket = open(&journal, "/x");
        let waiting = {
            let journal = journal.clone();
            tokio::spawn(async move { journal.wait_for(|e| e.reply.is_some(), Duration::from_secs(5)).await })
        };
        tokio::task::yield_now().await;
        journal.answer(ticket, None, (200, Headers::new(), &"ok".into()), Outcome::Served, Some(7));
        let entry = waiting.await.expect("no panic").expect("it was answered");
        assert_eq!((entry.number, entry.call_id), (1, Some(7)));
    }

    #[tokio::test]
    async fn a_wait_that_ends_says_how_much_it_saw() {
        let journal = journal();
        open(&journal, "/x");
        let waited =
            journal.wait_for(|e| e.number > 1, Duration::from_millis(1)).await.expect_err("nothing came");
        assert_eq!(waited.seen, 1);
    }

    #[test]
    fn an_answer_to_a_request_from_before_a_reset_is_dropped() {
        let journal = journal();
        let old = open(&journal, "/old");
        journal.reset();
        open(&journal, "/new");
        journal.answer(old, None, (200, Headers::new(), &"".into()), Outcome::Served, None);
        assert_eq!(journal.entries()[0].outcome, Outcome::Pending);
    }
}
