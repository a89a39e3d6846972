//! What a check is: a question about one clause, with an id. It judges evidence and asks nothing.
//!
//! Checks are declared with [`check!`] in `catalogue/`, one file a section. Read next: `judge.rs`.

use crate::clauses::Clause;
use crate::evidence::{Call, Evidence, Exchange, Probe, RunFacts, Story};
use crate::verdict::Verdict;
use mock_hubspot::journal::Entry;
use mock_hubspot::operation::Operation;
use serde::{Deserialize, Serialize};

/// A question about one clause.
#[derive(Debug)]
pub struct Check {
    /// `section/kebab-name`; never used again once retired.
    pub id: &'static str,
    /// How much it weighs.
    pub level: Level,
    /// Which claim of an integration it examines.
    pub profile: Profile,
    /// The kit's version that had it first.
    pub since: &'static str,
    /// The clauses it is about, the first one named in findings.
    pub clauses: &'static [&'static Clause],
    /// The probes whose evidence it reads; while one of them was blocked the check is unjudged.
    pub needs: &'static [Probe],
    /// The pure function that answers.
    pub judge: fn(&Case) -> Verdict,
    /// The sabotages that must make it fail.
    pub proof: &'static [&'static str],
    /// The doc comment: a sentence, then `## Why it matters` and `## How to fix`.
    pub doc: &'static str,
}

impl Check {
    /// The section: what stands before the slash.
    pub fn section(&self) -> Section {
        Section::ALL
            .into_iter()
            .find(|s| self.id.strip_prefix(s.name()).is_some_and(|rest| rest.starts_with('/')))
            .expect("check! refuses an id whose section does not exist")
    }
    /// The first paragraph of the doc comment, on one line.
    pub fn sentence(&self) -> String {
        let lines = self.doc.lines().map(str::trim).take_while(|l| !l.is_empty());
        lines.collect::<Vec<_>>().join(" ")
    }
}

/// How much a check weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// Broken: the run fails.
    Required,
    /// Reported; counts under `--strict`.
    Recommended,
    /// Reported, never counted.
    Informational,
}

impl Level {
    /// One lower-case word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Required => "required",
            Self::Recommended => "recommended",
            Self::Informational => "informational",
        }
    }
}

/// What an integration claims to do and is examined for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Profile {
    /// The recording plays in HubSpot.
    Playback,
    /// It can be sought in.
    Seek,
    /// It can be transcribed.
    Transcription,
    /// It survives HubSpot's bad weather.
    Resilience,
    /// It gives recordings to HubSpot alone.
    Security,
}

impl Profile {
    /// Every profile, in the order of reports.
    pub const ALL: [Self; 5] =
        [Self::Playback, Self::Seek, Self::Transcription, Self::Resilience, Self::Security];
    /// One lower-case word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Playback => "playback",
            Self::Seek => "seek",
            Self::Transcription => "transcription",
            Self::Resilience => "resilience",
            Self::Security => "security",
        }
    }
}

/// A section of the catalogue: one step of the journey, one file of `catalogue/`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Section {
    /// Registration of the recording URL.
    Settings,
    /// Logged calls.
    Calls,
    /// Associations of calls with records.
    Associations,
    /// The ready notification.
    Ready,
    /// The endpoint that hands out authenticated URLs.
    AuthenticatedUrl,
    /// The whole download.
    Download,
    /// Ranges.
    Ranges,
    /// What is in the recording.
    Media,
    /// How a browser plays it; asked only where a browser is asked for.
    Player,
    /// Behaviour under HubSpot's weather.
    Resilience,
    /// Who gets a recording, and who does not.
    Security,
}

impl Section {
    /// Every section, in the order of the journey.
    pub const ALL: [Self; 11] = [
        Self::Settings,
        Self::Calls,
        Self::Associations,
        Self::Ready,
        Self::AuthenticatedUrl,
        Self::Download,
        Self::Ranges,
        Self::Media,
        Self::Player,
        Self::Resilience,
        Self::Security,
    ];
    /// Its name in check ids.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Settings => "settings",
            Self::Calls => "calls",
            Self::Associations => "associations",
            Self::Ready => "ready",
            Self::AuthenticatedUrl => "authenticated-url",
            Self::Download => "download",
            Self::Ranges => "ranges",
            Self::Media => "media",
            Self::Player => "player",
            Self::Resilience => "resilience",
            Self::Security => "security",
        }
    }
}

/// What a check is shown: one story, and what it shares with the others.
#[derive(Clone, Copy, Debug)]
pub struct Case<'a> {
    /// Facts of the run.
    pub run: &'a RunFacts,
    /// The story.
    pub story: &'a Story,
    /// Journal entries that belong to no story.
    pub common: &'a [Entry],
    /// How strictly `octet-stream` is read.
    pub octet_stream: OctetStream,
}

/// How strictly "downloadable as an octet-stream" is read (`--octet-stream`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OctetStream {
    /// An audio type is a recommended finding.
    #[default]
    Warn,
    /// An audio type is a required finding.
    Strict,
    /// An audio type passes.
    Lenient,
}

impl<'a> Case<'a> {
    /// A case of this story.
    pub fn new(evidence: &'a Evidence, story: &'a Story, octet_stream: OctetStream) -> Self {
        let (run, common) = evidence.around(story);
        Self { run, story, common, octet_stream }
    }
    /// The journal's entries of this story and the common ones, in order of arrival.
    pub fn entries(&self) -> Vec<&'a Entry> {
        let mut all: Vec<_> = self.story.journal.iter().chain(self.common).collect();
        all.sort_by_key(|e| e.number);
        all
    }
    /// Entries of one operation, this story's and common ones, in order of arrival.
    pub fn operation(&self, operation: Operation) -> Vec<&'a Entry> {
        self.entries().into_iter().filter(|e| e.operation == Some(operation)).collect()
    }
    /// This story's entries of one operation, in order of arrival.
    pub fn own(&self, operation: Operation) -> impl Iterator<Item = &'a Entry> {
        self.story.journal.iter().filter(move |e| e.operation == Some(operation))
    }
    /// The story's first call. A story without a call is not judged.
    pub fn call(&self) -> &'a Call {
        self.story.calls.first().expect("a plan without a call is refused")
    }
    /// Exchanges of one probe and case, in order.
    pub fn asked(&self, probe: Probe, case: &'a str) -> impl Iterator<Item = &'a Exchange> {
        self.story.asked(probe, case)
    }
}

/// Declares a check; see `catalogue/ranges.rs` for the shape. A malformed id does not compile.
macro_rules! check {
    (
        $(#[doc = $doc:literal])+
        static $name:ident = {
            id: $id:literal, level: $level:ident, profile: $profile:ident, since: $since:literal,
            clauses: &[$($clause:path),+ $(,)?],
            needs: &[$($probe:ident),* $(,)?],
            judge: $judge:path,
            proof: &[$($proof:literal),+ $(,)?] $(,)?
        }
    ) => {
        static $name: $crate::check::Check = {
            const { $crate::check::assert_well_formed($id) };
            $crate::check::Check {
                id: $id,
                level: $crate::check::Level::$level,
                profile: $crate::check::Profile::$profile,
                since: $since,
                clauses: &[$(&$clause),+],
                needs: &[$($crate::evidence::Probe::$probe),*],
                judge: $judge,
                proof: &[$($proof),+],
                doc: concat!($($doc, "\n"),+),
            }
        };
    };
}
pub(crate) use check;

/// Fails to compile unless the id is `section/kebab-name` with a section that exists.
pub(crate) const fn assert_well_formed(id: &str) {
    let bytes = id.as_bytes();
    let mut slash = 0;
    while slash < bytes.len() && bytes[slash] != b'/' {
        slash += 1;
    }
    assert!(slash + 1 < bytes.len(), "a check id is section/kebab-name");
    let mut i = slash + 1;
    while i < bytes.len() {
        assert!(
            bytes[i].is_ascii_lowercase() || bytes[i].is_ascii_digit() || bytes[i] == b'-',
            "kebab-case only"
        );
        i += 1;
    }
    let mut section = 0;
    let mut known = false;
    while section < Section::ALL.len() {
        known = known || same(Section::ALL[section].name().as_bytes(), bytes, slash);
        section += 1;
    }
    assert!(known, "no such section");
}

const fn same(name: &[u8], id: &[u8], length: usize) -> bool {
    if name.len() != length {
        return false;
    }
    let mut i = 0;
    while i < length {
        if name[i] != id[i] {
            return false;
        }
        i += 1;
    }
    true
}
