//! Lies about the logged call.

use serde_json::{Map, Value};

use super::Lie;
use crate::{flow::Call, server::App};

/// An owner of the portal who has no paid seat.
const OWNER_WITHOUT_SEAT: u64 = 303;
/// How far a user's id lies from the same person's id as an owner.
const USER_IDS: u64 = 9_000_000;
/// An app that is not this one.
const FOREIGN_APP: &str = "999999";

/// Leaves out or falsifies a property.
pub(crate) fn spoil_properties(app: &App, call: &Call, properties: &mut Map<String, Value>) {
    let Some(lie) = app.config.lie else { return };
    let left_out = match lie {
        Lie::CallsWithoutTimestamp => "hs_timestamp",
        Lie::CallsWithoutSource => "hs_call_source",
        Lie::CallsWithoutAppId => "hs_call_app_id",
        Lie::CallsWithoutExternalId => "hs_call_external_id",
        Lie::CallsWithoutAccountId => "hs_call_external_account_id",
        _ => "",
    };
    properties.shift_remove(left_out);
    let (name, value) = match lie {
        Lie::CallsWrongSource => ("hs_call_source", "INTEGRATION".to_owned()),
        Lie::CallsWrongAppId => ("hs_call_app_id", FOREIGN_APP.to_owned()),
        Lie::CallsLowerCaseStatus => ("hs_call_status", "completed".to_owned()),
        Lie::CallsUnknownDirection => ("hs_call_direction", "OUTGOING".to_owned()),
        Lie::CallsWrongDirection => ("hs_call_direction", "OUTBOUND".to_owned()),
        Lie::CallsDispositionLabel => ("hs_call_disposition", "Connected".to_owned()),
        Lie::CallsDurationInSeconds => ("hs_call_duration", ((call.duration_ms + 500) / 1000).to_string()),
        Lie::CallsUserIdAsOwner => {
            let owner: u64 = call.owner_id.parse().unwrap_or_default();
            ("hubspot_owner_id", (USER_IDS + owner).to_string())
        }
        Lie::CallsOwnerWithoutSeat => ("hubspot_owner_id", OWNER_WITHOUT_SEAT.to_string()),
        Lie::CallsLegacyRecordingUrl => {
            ("hs_call_recording_url", format!("{}/recordings/legacy.wav", app.public_url))
        }
        _ => return,
    };
    properties.insert(name.to_owned(), Value::from(value));
}
