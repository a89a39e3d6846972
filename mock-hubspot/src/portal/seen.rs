//! The portal as a person looks at it: everything that is registered, every record.

use super::{CallRecord, Portal, Slot};
use crate::wire::ObjectType;
use serde_json::{Map, Value};
use std::sync::Arc;

impl Portal {
    /// Every registered endpoint, by app.
    pub(crate) fn registrations(&self) -> Vec<(String, String)> {
        self.state().registered.iter().map(|(app, url)| (app.clone(), url.clone())).collect()
    }

    /// Every app's settings.
    pub(crate) fn all_settings(&self) -> Vec<(Slot, String, Map<String, Value>)> {
        let state = self.state();
        let all = state.extensions.settings.iter();
        all.map(|((slot, app), members)| (*slot, app.clone(), members.clone())).collect()
    }

    /// The newest records of a type that are not archived, and how many there are.
    pub(crate) fn newest(&self, kind: ObjectType, limit: usize) -> (Vec<Arc<CallRecord>>, usize) {
        let state = self.state();
        let all = state.shelf(kind).side(false);
        (all.values().rev().take(limit).cloned().collect(), all.len())
    }
}
