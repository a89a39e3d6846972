//! What the calling extensions keep: settings by app, transcripts by id.

use super::Portal;
use jiff::Timestamp;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// Which settings of an app.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Slot {
    /// The calling widget.
    Widget,
    /// The third-party calling channel.
    Channel,
}

/// A transcript: HubSpot's own, or as an integration handed it in.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Transcript {
    pub(crate) id: u64,
    pub(crate) engagement_id: u64,
    pub(crate) created_at: Timestamp,
    pub(crate) source: TranscriptSource,
    pub(crate) utterances: Vec<Value>,
}

/// Who made a transcript.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
    handed_in: u64,
    own: u64,
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
        self.state().extensions.settings.insert((slot, app_id.to_owned()), members);
    }

    /// Says whether there were any.
    pub(crate) fn delete_settings(&self, slot: Slot, app_id: &str) -> bool {
        self.state().extensions.settings.remove(&(slot, app_id.to_owned())).is_some()
    }

    /// Forgets the endpoint that an app registered.
    pub(crate) fn unregister(&self, app_id: &str) {
        self.state().registered.remove(app_id);
    }

    /// Keeps a transcript that an integration handed in.
    pub(crate) fn add_transcript(&self, engagement_id: u64, utterances: Vec<Value>) -> Transcript {
        let extensions = &mut self.state().extensions;
        let id = FIRST_TRANSCRIPT + extensions.handed_in;
        extensions.handed_in += 1;
        extensions.keep(id, engagement_id, TranscriptSource::Integrator, utterances)
    }

    /// Keeps HubSpot's own transcript of a call, in place of the one that it made before.
    pub(crate) fn add_own_transcript(&self, engagement_id: u64, utterances: Vec<Value>) -> Transcript {
        let extensions = &mut self.state().extensions;
        let of_call = extensions.of_calls.get(&engagement_id).into_iter().flatten().copied();
        let before = of_call.filter(|id| {
            extensions.transcripts.get(id).is_some_and(|one| one.source == TranscriptSource::HubSpot)
        });
        let before: Vec<u64> = before.collect();
        for id in before {
            extensions.forget(id);
        }
        let id = FIRST_OWN_TRANSCRIPT + extensions.own;
        extensions.own += 1;
        extensions.keep(id, engagement_id, TranscriptSource::HubSpot, utterances)
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
        self.state().extensions.forget(id)
    }
}

impl Extensions {
    fn keep(
        &mut self,
        id: u64,
        engagement_id: u64,
        source: TranscriptSource,
        utterances: Vec<Value>,
    ) -> Transcript {
        let transcript =
            Transcript { id, engagement_id, created_at: super::moment::now(), source, utterances };
        self.transcripts.insert(id, transcript.clone());
        self.of_calls.entry(engagement_id).or_default().insert(id);
        transcript
    }

    fn forget(&mut self, id: u64) -> Option<Transcript> {
        let gone = self.transcripts.remove(&id)?;
        if let Some(others) = self.of_calls.get_mut(&gone.engagement_id) {
            others.remove(&id);
        }
        Some(gone)
    }
}
