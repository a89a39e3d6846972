//! Lies about the ready notification.

use serde_json::Value;

use super::Lie;
use crate::flow::Call;

/// The engagement's id that is sent instead of the honest one.
pub(crate) fn spoil_engagement(lie: Option<Lie>, call: &Call, id: Value) -> Value {
    match lie {
        Some(Lie::ReadyStringId) => id.to_string().into(),
        Some(Lie::ReadyContactId) => call.contact_id.parse::<u64>().unwrap_or_default().into(),
        _ => id,
    }
}
