//! What the calling extensions keep: settings by app, transcripts by id.

use super::Portal;
use super::kept::Row;
use super::state::State;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// Which settings of an app.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Slot {
    /// The calling widget.
    Widget,
    /// The third-party calling channel.
    Channel,
}

/// A transcript: HubSpot's own, or as an integration handed it in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Transcript {
    pub(crate) id: u64,
    pub(crate) engagement_id: u64,
    #[serde(with = "jiff::fmt::serde::timestamp::millisecond::required")]
    pub(crate) created_at: Timestamp,
    pub(crate) source: TranscriptSource,
    pub(crate) utterances: Vec<Value>,
}

/// Who made a transcript.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum TranscriptSource {
    HubSpot,
    Integrator,
}

impl TranscriptSource {
    /// As HubSpot writes it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::HubSpot => "HUBSPOT_GENERATED",
            Self::Integrator => "INTEGRATOR_GENERATED",
        }
    }
}

#[derive(Default)]
pub(super) struct Extensions {
    pub(super) settings: BTreeMap<(Slot, String), Map<String, Value>>,
    transcripts: BTreeMap<u64, Transcript>,
    /// By call, the ids of its transcripts.
    of_calls: BTreeMap<u64, BTreeSet<u64>>,
    pub(super) handed_in: u64,
    pub(super) own: u64,
}

/// The first transcript's id.
const FIRST_TRANSCRIPT: u64 = 5001;
/// The first of HubSpot's own.
const FIRST_OWN_TRANSCRIPT: u64 = 7001;

impl Portal {
    pub(crate) fn settings(&self, slot: Slot, app_id: &str) -> Option<Map<String, Value>> {
        self.state().extensions.settings.get(&(slot, app_id.to_owned())).cloned()
    }

    pub(crate) fn set_settings(&self, slot: Slot, app_id: &str, members: Map<String, Value>) {
        let mut state = self.state();
        state.extensions.settings.insert((slot, app_id.to_owned()), members);
        state.touch(|| Row::Settings(slot, app_id.to_owned()));
    }

    /// Says whether there were any.
    pub(crate) fn delete_settings(&self, slot: Slot, app_id: &str) -> bool {
        let mut state = self.state();
        state.touch(|| Row::Settings(slot, app_id.to_owned()));
        state.extensions.settings.remove(&(slot, app_id.to_owned())).is_some()
    }

    /// Forgets the endpoint that an app registered.
    pub(crate) fn unregister(&self, app_id: &str) {
        let mut state = self.state();
        state.registered.remove(app_id);
        state.touch(|| Row::Registered(app_id.to_owned()));
    }

    /// Keeps a transcript that an integration handed in.
    pub(crate) fn add_transcript(&self, engagement_id: u64, utterances: Vec<Value>) -> Transcript {
        let state = &mut *self.state();
        let id = FIRST_TRANSCRIPT + state.extensions.handed_in;
        state.extensions.handed_in += 1;
        state.keep_transcript(id, engagement_id, TranscriptSource::Integrator, utterances)
    }

    /// Keeps HubSpot's own transcript of a call, in place of the one that it made before.
    pub(crate) fn add_own_transcript(&self, engagement_id: u64, utterances: Vec<Value>) -> Transcript {
        let state = &mut *self.state();
        let extensions = &mut state.extensions;
        let of_call = extensions.of_calls.get(&engagement_id).into_iter().flatten().copied();
        let before = of_call.filter(|id| {
            extensions.transcripts.get(id).is_some_and(|one| one.source == TranscriptSource::HubSpot)
        });
        let before: Vec<u64> = before.collect();
        for id in before {
            state.forget_transcript(id);
        }
        let id = FIRST_OWN_TRANSCRIPT + state.extensions.own;
        state.extensions.own += 1;
        state.keep_transcript(id, engagement_id, TranscriptSource::HubSpot, utterances)
    }

    pub(crate) fn transcript(&self, id: u64) -> Option<Transcript> {
        self.state().extensions.transcripts.get(&id).cloned()
    }

    /// Whether an integration handed one in for this call.
    pub(crate) fn was_handed_in(&self, engagement_id: u64) -> bool {
        let state = self.state();
        let ids = state.extensions.of_calls.get(&engagement_id).into_iter().flatten();
        let mut transcripts = ids.filter_map(|id| state.extensions.transcripts.get(id));
        transcripts.any(|one| one.source == TranscriptSource::Integrator)
    }

    pub(crate) fn transcript_of_call(&self, engagement_id: u64) -> Option<u64> {
        self.state().extensions.of_calls.get(&engagement_id)?.first().copied()
    }

    pub(crate) fn delete_transcript(&self, id: u64) -> Option<Transcript> {
        self.state().forget_transcript(id)
    }
}

impl State {
    fn keep_transcript(
        &mut self,
        id: u64,
        engagement_id: u64,
        source: TranscriptSource,
        utterances: Vec<Value>,
    ) -> Transcript {
        let created_at = self.clock.now();
        let transcript = Transcript { id, engagement_id, created_at, source, utterances };
        self.extensions.put_back(transcript.clone());
        self.touch(|| Row::Transcript(id));
        self.touch(|| Row::Counters);
        transcript
    }

    fn forget_transcript(&mut self, id: u64) -> Option<Transcript> {
        self.touch(|| Row::Transcript(id));
        self.extensions.forget(id)
    }
}

impl Extensions {
    pub(super) fn transcript(&self, id: u64) -> Option<&Transcript> {
        self.transcripts.get(&id)
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &Transcript> {
        self.transcripts.values()
    }

    pub(super) fn put_back(&mut self, transcript: Transcript) {
        self.of_calls.entry(transcript.engagement_id).or_default().insert(transcript.id);
        self.transcripts.insert(transcript.id, transcript);
    }

    fn forget(&mut self, id: u64) -> Option<Transcript> {
        let gone = self.transcripts.remove(&id)?;
        if let Some(others) = self.of_calls.get_mut(&gone.engagement_id) {
            others.remove(&id);
        }
        Some(gone)
    }
}
