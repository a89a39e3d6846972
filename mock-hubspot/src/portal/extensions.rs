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

/// A transcript, as an integration handed it in.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Transcript {
    pub(crate) id: u64,
    pub(crate) engagement_id: u64,
    pub(crate) created_at: Timestamp,
    pub(crate) utterances: Vec<Value>,
}

#[derive(Default)]
pub(super) struct Extensions {
    pub(super) settings: BTreeMap<(Slot, String), Map<String, Value>>,
    transcripts: BTreeMap<u64, Transcript>,
    /// By call, the ids of its transcripts.
    of_calls: BTreeMap<u64, BTreeSet<u64>>,
    handed_in: u64,
}

/// The first transcript's id.
const FIRST_TRANSCRIPT: u64 = 5001;

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

    pub(crate) fn add_transcript(&self, engagement_id: u64, utterances: Vec<Value>) -> Transcript {
        let extensions = &mut self.state().extensions;
        let id = FIRST_TRANSCRIPT + extensions.handed_in;
        extensions.handed_in += 1;
        let transcript = Transcript { id, engagement_id, created_at: super::moment::now(), utterances };
        extensions.transcripts.insert(id, transcript.clone());
        extensions.of_calls.entry(engagement_id).or_default().insert(id);
        transcript
    }

    pub(crate) fn transcript(&self, id: u64) -> Option<Transcript> {
        self.state().extensions.transcripts.get(&id).cloned()
    }

    pub(crate) fn transcript_of_call(&self, engagement_id: u64) -> Option<u64> {
        self.state().extensions.of_calls.get(&engagement_id)?.first().copied()
    }

    pub(crate) fn delete_transcript(&self, id: u64) -> Option<Transcript> {
        let extensions = &mut self.state().extensions;
        let gone = extensions.transcripts.remove(&id)?;
        if let Some(others) = extensions.of_calls.get_mut(&gone.engagement_id) {
            others.remove(&id);
        }
        Some(gone)
    }
}
