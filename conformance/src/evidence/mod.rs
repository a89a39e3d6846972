//! What one run saw, numbered: the journal, the probes' exchanges, facts about the recordings, and waits that expired.
//!
//! Pure data that checks judge and `verify` can judge again. Knows no clock and no socket. Read next: `record.rs`
//! (as NDJSON), `curl.rs` (a finding as a line for a shell).

pub mod curl;
mod delivery;
mod known;
mod missed;
mod playback;
mod shard;
pub mod store;

pub use delivery::{Multipart, Part, SignedUrl, WireFacts};
pub use known::{RecordingFacts, SpokenTurn};
pub use missed::Missed;
pub use playback::{MediaError, Moment, Playback, Reached};
pub use shard::Shard;

use crate::check::Section;
use mock_hubspot::exchange::{Headers, Request};
use mock_hubspot::journal::Entry;
use mock_hubspot::media::MediaFacts;
use mock_hubspot::transcription::Transcription;
use mock_hubspot::versions::ApiVersion;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Everything one run saw.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// Facts of the run.
    pub run: RunFacts,
    /// One for each story, in the order of the plan.
    pub stories: Vec<Story>,
    /// Journal entries that belong to no story: registration, tokens, and what could not be attributed.
    pub common: Vec<Entry>,
    /// Where shards were merged: what each of them was, and which stories are its. Empty otherwise.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shards: Vec<Shard>,
}

/// Facts of the run that checks may need.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RunFacts {
    /// The seed that every random choice derives from.
    pub seed: u64,
    /// The app's id, as HubSpot knows it.
    pub app_id: String,
    /// The base URL of the mock.
    pub mock_url: String,
    /// The registered recording URL, with its `%s`; empty where none was registered.
    pub registered_url: String,
    /// Hosts whose `http://` is noted, not failed, besides loopback and private addresses.
    #[serde(default)]
    pub insecure_hosts: Vec<String>,
    /// Whether the mock saw the registration (`false` for `probe`, and for `[hubspot] registered_url`).
    pub registration_expected: bool,
    /// A PEM file of certificates that were trusted besides those of the machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca_file: Option<String>,
    /// The proxy that the integration was asked through.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proxy: Option<String>,
}

/// One story as it went.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Story {
    /// The scenario's name.
    pub scenario: String,
    /// Its title.
    pub title: String,
    /// The sections of the catalogue that it asks, in order.
    pub sections: Vec<Section>,
    /// The weather it was told under: names of strikes, with the operation they strike.
    pub weather: Vec<Weather>,
    /// Whether the registration was to be moved in this story, and to which URL.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moved_to: Option<String>,
    /// Why the story was not told, where it was not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_told: Option<String>,
    /// The API version that the integration was asked to use; `None` where any will do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub api_version: Option<ApiVersion>,
    /// The calls that it makes.
    pub calls: Vec<Call>,
    /// The journal's entries that belong to this story's calls, in order.
    pub journal: Vec<Entry>,
    /// What the probes asked and what came, in order.
    pub exchanges: Vec<Exchange>,
    /// Which probes ran, and why others did not.
    pub probes: BTreeMap<Probe, ProbeOutcome>,
    /// What the random ranges found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub random: Option<RandomWalk>,
    /// What the reader of raw HTTP/1.1 saw besides the answers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub wire: Vec<WireFacts>,
    /// What stood in multipart answers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub multiparts: Vec<Multipart>,
    /// The signed URLs on the way to the recording.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub signed: Vec<SignedUrl>,
    /// How a browser played the recording.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub playback: Option<Playback>,
}

/// Weather that a story ordered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Weather {
    /// The operation it strikes.
    pub operation: mock_hubspot::operation::Operation,
    /// The strike's name as in the journal: `throttled`, `failing`, `cut`, `slow`, `expired-token`.
    pub strike: String,
    /// How often it was to strike.
    pub times: u32,
    /// How often it did.
    pub struck: u32,
}

/// One call of a story.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Call {
    /// The external id that the integration was given, or, where it chose its own, the one it logged.
    pub external_id: String,
    /// The external account id.
    pub account_id: String,
    /// The record to associate: its object type, plural (`contacts`), and its id.
    pub record: (String, u64),
    /// The owner's id.
    pub owner_id: String,
    /// Whether that owner has a paid Sales or Service seat.
    pub owner_has_seat: bool,
    /// `OUTBOUND` or `INBOUND`.
    pub direction: String,
    /// The customer's phone number, which no other call of the run has.
    #[serde(default)]
    pub number: String,
    /// The recording that was to be used, where the kit made it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recording: Option<RecordingFacts>,
    /// The id that HubSpot gave the call; `None` where none was logged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call_id: Option<u64>,
    /// The properties of the call as HubSpot holds them at the end of the story.
    #[serde(default)]
    pub properties: BTreeMap<String, String>,
    /// The call's associations as HubSpot holds them at the end: read from the call's side.
    #[serde(default)]
    pub associations: Vec<Association>,
    /// The same, read from the record's side.
    #[serde(default)]
    pub seen_from_record: bool,
    /// What was awaited and did not come: which, and the nearest miss.
    #[serde(default)]
    pub missed: Vec<Missed>,
    /// The whole recording as the download probe received it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub baseline: Option<Baseline>,
    /// What the downloaded recording is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media: Option<MediaFacts>,
    /// What HubSpot's transcriber made of the recording; `None` where it was not asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transcription: Option<Transcription>,
    /// Who is known to speak when: as the kit made it, or as `[recording] turns` declares.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub turns: Vec<SpokenTurn>,
}

/// An association of a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Association {
    /// Plural object type of the other record.
    pub object_type: String,
    /// Its id.
    pub id: u64,
    /// `HUBSPOT_DEFINED`, `USER_DEFINED`, …
    pub category: String,
    /// The association type id.
    pub type_id: u32,
}

/// The whole recording as it was received without a Range.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Baseline {
    /// The number of the exchange that fetched it.
    pub exchange: u32,
    /// Its length in bytes.
    pub length: u64,
    /// Its SHA-256, lower-case hex.
    pub sha256: String,
}

/// The kinds of asking; one file of `probe/` each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Probe {
    /// The registration was awaited.
    Registration,
    /// The logged call was awaited, and read back from the portal.
    LoggedCall,
    /// The association was awaited, and read back.
    Association,
    /// The ready notification was awaited.
    Ready,
    /// HubSpot's own fetch at the moment of ready (journal entries sent by the mock).
    Retrieval,
    /// The authenticated-URL endpoint as HubSpot asks it, in variants that must make no difference.
    AuthenticatedUrl,
    /// The endpoint asked for what it must not give: unknown and foreign ids.
    Refusals,
    /// The recording's URL without its token.
    Token,
    /// The whole recording.
    Download,
    /// The fixed table of ranges.
    RangeTable,
    /// If-Range.
    Validators,
    /// Random ranges.
    RandomRanges,
    /// What client libraries hide: asked by a reader of raw HTTP/1.1.
    Wire,
    /// The same ranges over HTTP/2, where it is offered.
    Http2,
    /// Several ranges in one header.
    Several,
    /// Clients that accept other codings than identity.
    Encodings,
    /// The recording in random pieces, some of them twice.
    Pieces,
    /// The requests of the players, in their order and with their header fields.
    Players,
    /// How the recording's URL behaves while it is used: again, in parallel, broken off, fresh.
    Delivery,
    /// What a page of another origin may read.
    Origins,
    /// The decoded recording.
    Media,
    /// A real browser that plays the recording.
    Browser,
}

/// What became of a probe.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProbeOutcome {
    /// It asked what it had to ask.
    Asked,
    /// This story does not ask it: why.
    NotAsked(String),
    /// It could not ask: what blocked it.
    Blocked(String),
}

/// One probe exchange.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Exchange {
    /// Counts from 1 within the story.
    pub number: u32,
    /// Which call of the story, from 0.
    pub call: usize,
    /// The kind of asking.
    pub probe: Probe,
    /// The case within it: `first-byte`, `stock`, `random-17`, …
    pub case: String,
    /// For an adaptive probe the step, and why it was taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<Step>,
    /// What was asked: the target is an absolute URL, secrets cut. After redirects: the last hop.
    pub request: Request,
    /// The redirects that led there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hops: Vec<Hop>,
    /// What came.
    pub outcome: Outcome,
    /// Milliseconds from sending to the first byte of the answer, and to its end. Never part of a verdict but for named waits.
    #[serde(default)]
    pub timing: Timing,
}

/// A step of an adaptive probe.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Counts from 1 within the case.
    pub number: u32,
    /// `confirm`, `shrink`, `normalise`.
    pub reason: String,
}

/// A redirect.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hop {
    /// The URL that redirected, secrets cut.
    pub url: String,
    /// 301, 302, 303, 307 or 308.
    pub status: u16,
    /// The Location as sent, secrets cut.
    pub location: String,
}

/// When it was answered, in milliseconds since it was sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Timing {
    /// To the first byte of the answer's head.
    pub first_byte_ms: f64,
    /// To the last byte that was read.
    pub total_ms: f64,
}

/// What came of asking.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// An answer with a status line.
    Answered(Answer),
    /// None: why (`connection refused`, `no answer within 30 s`, `not HTTP`, `redirect loop`, …).
    Failed(String),
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// Header fields in order, secrets cut.
    pub headers: Headers,
    /// What is known of the body.
    pub body: Received,
}

/// What is known of a received body.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Received {
    /// Bytes received.
    pub length: u64,
    /// How it ended.
    pub end: End,
    /// What the bytes were.
    pub content: Content,
}

/// How a body ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum End {
    /// As announced.
    Complete,
    /// We stopped reading, as players do, after this many bytes.
    Abandoned,
    /// The connection ended before the announced end: the client's words.
    CutShort(String),
    /// Nothing came for this many milliseconds.
    Stalled(u64),
}

/// What the received bytes were.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Content {
    /// No bytes.
    Empty,
    /// Small text (at most 64 KiB), secrets cut.
    Text(String),
    /// Equal to the baseline from this offset on, for the whole received length.
    Equal {
        /// Offset in the baseline.
        offset: u64,
    },
    /// Compared with the baseline and found to differ.
    Differs(Difference),
    /// Not compared: hash, and the first bytes (at most 64) in hex.
    Hashed {
        /// SHA-256, lower-case hex.
        sha256: String,
        /// At most 64 bytes, lower-case hex.
        head: String,
    },
    /// Not seen by the kit: a browser received them.
    Unseen,
}

/// Where received bytes first differ from the baseline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// The offset in the baseline that the body was compared from.
    pub offset: u64,
    /// How many bytes were equal before the first difference.
    pub equal: u64,
    /// At most 16 bytes of the baseline there, hex; empty past its end.
    pub expected: String,
    /// At most 16 bytes received there, hex.
    pub received: String,
    /// First bytes of the body (at most 32), hex.
    pub head: String,
}

/// What the random ranges found.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RandomWalk {
    /// How many cases were sent.
    pub cases: u32,
    /// How many requests confirming, shrinking and normalising took.
    pub extra_requests: u32,
    /// What ended it early, if anything did (a budget of bytes, requests or time).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stopped: Option<String>,
    /// One for each broken invariant (satisfiable and not apart), by its lowest-numbered case.
    pub failures: Vec<RandomFailure>,
}

/// One broken invariant, shrunk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RandomFailure {
    /// The invariant that was broken.
    pub invariant: crate::range::Invariant,
    /// Whether the range can be satisfied; a finding weighs less where it cannot.
    pub satisfiable: bool,
    /// The number of the case that broke it first.
    pub case: u32,
    /// The Range header of that case.
    pub found: String,
    /// The simplest Range header that still breaks it.
    pub simplest: String,
    /// The exchange that shows the simplest one.
    pub exchange: u32,
    /// For wrong bytes: the first offset in the recording that came wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_wrong_offset: Option<u64>,
    /// The nearest power of two or 64 KiB boundary to it, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nearest_boundary: Option<String>,
    /// How many of the confirming requests failed, of how many.
    pub confirmed: (u32, u32),
    /// How many cases of the walk broke it.
    pub cases_broken: u32,
}

impl Story {
    /// Exchanges of one probe and case, in order.
    pub fn asked<'a>(&'a self, probe: Probe, case: &'a str) -> impl Iterator<Item = &'a Exchange> {
        self.exchanges.iter().filter(move |e| e.probe == probe && e.case == case)
    }
    /// All exchanges of one probe, in order.
    pub fn of(&self, probe: Probe) -> impl Iterator<Item = &Exchange> {
        self.exchanges.iter().filter(move |e| e.probe == probe)
    }
    /// The exchange with this number.
    pub fn exchange(&self, number: u32) -> Option<&Exchange> {
        self.exchanges.iter().find(|e| e.number == number)
    }
}

impl Exchange {
    /// The answer, if one came.
    pub fn answer(&self) -> Option<&Answer> {
        match &self.outcome {
            Outcome::Answered(answer) => Some(answer),
            Outcome::Failed(_) => None,
        }
    }
    /// `e` and its number, as findings name it.
    pub fn id(&self) -> String {
        format!("e{}", self.number)
    }
    /// A header that was sent.
    pub fn sent(&self, name: &str) -> Option<&str> {
        mock_hubspot::exchange::header(&self.request.headers, name)
    }
}

impl Answer {
    /// The first value of a header field, by a name in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        mock_hubspot::exchange::header(&self.headers, name)
    }
    /// All values of a header field.
    pub fn headers<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.headers.iter().filter(move |(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str())
    }
}
