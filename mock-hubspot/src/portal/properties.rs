//! The properties of a call: which exist, which may be set, and which values they take.
//!
//! Pure. The lists are those of HubSpot's calls guide and of real portals' property lists.

use crate::refusal::BadProperty;
use jiff::Timestamp;
use std::collections::BTreeMap;

/// What a property takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Text,
    Long,
    Moment,
    Boolean,
    Option(&'static [(&'static str, &'static str)]),
    Owner,
}

const DIRECTIONS: &[(&str, &str)] = &[("Inbound", "INBOUND"), ("Outbound", "OUTBOUND")];
const STATUSES: &[(&str, &str)] = &[
    ("Busy", "BUSY"),
    ("Calling CRM User", "CALLING_CRM_USER"),
    ("Canceled", "CANCELED"),
    ("Completed", "COMPLETED"),
    ("Connecting", "CONNECTING"),
    ("Failed", "FAILED"),
    ("In Progress", "IN_PROGRESS"),
    ("No Answer", "NO_ANSWER"),
    ("Queued", "QUEUED"),
    ("Ringing", "RINGING"),
];
const DISPOSITIONS: &[(&str, &str)] = &[
    ("Busy", "9d9162e7-6cf3-4944-bf63-4dff82258764"),
    ("Connected", "f240bbac-87c9-4f6e-bf70-924b57d47db7"),
    ("Left live message", "a4c4c377-d246-4b32-a13b-75a56a4cd0ff"),
    ("Left voicemail", "b2cf5968-551e-4856-9783-52b3da59a7d0"),
    ("No answer", "73a0d17f-1163-4015-bdd5-ec830791da20"),
    ("Wrong number", "17b47fee-58de-441e-a44c-c6300d46f273"),
];

const SETTABLE: &[(&str, Kind)] = &[
    ("hs_timestamp", Kind::Moment),
    ("hs_call_title", Kind::Text),
    ("hs_call_body", Kind::Text),
    ("hs_call_duration", Kind::Long),
    ("hs_call_from_number", Kind::Text),
    ("hs_call_to_number", Kind::Text),
    ("hs_call_direction", Kind::Option(DIRECTIONS)),
    ("hs_call_status", Kind::Option(STATUSES)),
    ("hs_call_disposition", Kind::Option(DISPOSITIONS)),
    ("hs_call_source", Kind::Text),
    ("hs_call_app_id", Kind::Text),
    ("hs_call_external_id", Kind::Text),
    ("hs_call_external_account_id", Kind::Text),
    ("hs_call_recording_url", Kind::Text),
    ("hs_call_callee_object_id", Kind::Long),
    ("hs_call_callee_object_type", Kind::Text),
    ("hs_call_callee_object_type_id", Kind::Text),
    ("hs_call_has_voicemail", Kind::Boolean),
    ("hubspot_owner_id", Kind::Owner),
    ("hs_activity_type", Kind::Text),
    ("hs_attachment_ids", Kind::Text),
];

const READ_ONLY: &[&str] = &[
    "hs_object_id",
    "hs_createdate",
    "hs_lastmodifieddate",
    "hs_object_source",
    "hs_object_source_id",
    "hs_object_source_label",
    "hs_object_source_user_id",
    "hs_object_source_detail_1",
    "hs_object_source_detail_2",
    "hs_object_source_detail_3",
    "hs_created_by",
    "hs_created_by_user_id",
    "hs_updated_by_user_id",
    "hs_modified_by",
    "hs_engagement_source",
    "hs_engagement_source_id",
    "hs_body_preview",
    "hs_body_preview_html",
    "hs_body_preview_is_truncated",
    "hs_all_owner_ids",
    "hs_user_ids_of_all_owners",
    "hubspot_owner_assigneddate",
    "hubspot_team_id",
    "hs_unique_creation_key",
    "hs_unique_id",
    "hs_read_only",
    "hs_was_imported",
    "hs_gdpr_deleted",
    "hs_merged_object_ids",
    "hs_queue_membership_ids",
    "hs_at_mentioned_owner_ids",
    "hs_follow_up_action",
    "hs_product_name",
    "hs_call_authed_url_provider",
    "hs_call_has_transcript",
    "hs_call_transcription_id",
    "hs_call_transcript_audio_num_channels",
    "hs_call_transcript_tracked_terms",
    "hs_call_recording_duration",
    "hs_call_video_recording_url",
    "hs_call_summary",
    "hs_call_unique_external_id",
    "hs_call_location",
    "hs_call_primary_deal",
    "hs_call_deal_stage_during_call",
    "hs_calls_service_call_id",
    "hs_connected_count",
    "hs_voicemail_count",
];

/// Whether calls have such a property.
pub(crate) fn exists(name: &str) -> bool {
    SETTABLE.iter().any(|(n, _)| *n == name) || READ_ONLY.contains(&name)
}

/// The values as HubSpot stores them, or everything that is wrong with them.
///
/// `known_owner` says whether an owner id is one of the portal's.
pub(crate) fn of_call(
    given: &BTreeMap<String, String>,
    known_owner: impl Fn(&str) -> bool,
) -> Result<BTreeMap<String, String>, Vec<BadProperty>> {
    let mut stored = BTreeMap::new();
    let mut bad = Vec::new();
    for (name, value) in given {
        match check(name, value, &known_owner) {
            Ok(value) => {
                stored.insert(name.clone(), value);
            }
            Err((code, message)) => bad.push(BadProperty { name: name.clone(), code, message }),
        }
    }
    if bad.is_empty() { Ok(stored) } else { Err(bad) }
}

fn check(
    name: &str,
    value: &str,
    known_owner: &impl Fn(&str) -> bool,
) -> Result<String, (&'static str, String)> {
    let Some((_, kind)) = SETTABLE.iter().find(|(n, _)| *n == name) else {
        return Err(if READ_ONLY.contains(&name) {
            ("READ_ONLY_VALUE", format!("\"{name}\" is a calculated property; its value cannot be set."))
        } else {
            ("PROPERTY_DOESNT_EXIST", format!("Property \"{name}\" does not exist"))
        });
    };
    // An empty value clears a property, whatever its type.
    if value.is_empty() {
        return Ok(String::new());
    }
    let not_a_long = || ("INVALID_LONG", format!("{value} was not a valid long."));
    match kind {
        Kind::Text => Ok(value.to_owned()),
        Kind::Long => value.parse::<i64>().map(|n| n.to_string()).map_err(|_| not_a_long()),
        Kind::Moment => moment(value).map(|t| t.to_string()).ok_or_else(not_a_long),
        Kind::Boolean if value == "true" || value == "false" => Ok(value.to_owned()),
        Kind::Boolean => Err(not_an_option(value, &[("true", "true"), ("false", "false")])),
        Kind::Option(options) if options.iter().any(|(_, v)| *v == value) => Ok(value.to_owned()),
        Kind::Option(options) => Err(not_an_option(value, options)),
        Kind::Owner if known_owner(value) => Ok(value.to_owned()),
        Kind::Owner => Err(("INVALID_OWNER_ID", format!("Owner {value} does not exist"))),
    }
}

fn not_an_option(value: &str, options: &[(&str, &str)]) -> (&'static str, String) {
    let options: Vec<String> =
        options.iter().map(|(label, value)| format!("label: \"{label}\" value: \"{value}\"")).collect();
    let options = options.join(", ");
    ("INVALID_OPTION", format!("{value} was not one of the allowed options: [{options}]"))
}

/// Epoch milliseconds, or ISO 8601 with an offset.
fn moment(value: &str) -> Option<Timestamp> {
    match value.parse::<i64>() {
        Ok(millis) => Timestamp::from_millisecond(millis).ok(),
        Err(_) => value.parse().ok(),
    }
}

/// The beginning of the call's notes, without mark-up, as lists show it.
pub(crate) fn preview(body: &str) -> String {
    let mut text = String::new();
    let mut inside = false;
    for c in body.chars() {
        match c {
            '<' => inside = true,
            '>' => inside = false,
            c if !inside => text.push(c),
            _ => {}
        }
    }
    text.chars().take(200).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(name: &str, value: &str) -> Result<String, (&'static str, String)> {
        check(name, value, &|id| id == "71")
    }

    #[test]
    fn moments_are_read_in_both_spellings_and_written_in_one() {
        assert_eq!(one("hs_timestamp", "2023-10-27T10:00:00Z").as_deref(), Ok("2023-10-27T10:00:00Z"));
        assert_eq!(one("hs_timestamp", "1698400800000").as_deref(), Ok("2023-10-27T10:00:00Z"));
        assert_eq!(
            one("hs_timestamp", "2023-10-27T12:00:00.120+02:00").as_deref(),
            Ok("2023-10-27T10:00:00.12Z")
        );
        assert_eq!(one("hs_timestamp", "yesterday").map_err(|e| e.0), Err("INVALID_LONG"));
    }

    #[test]
    fn each_mistake_has_hubspot_s_code() {
        for (name, value, code) in [
            ("hs_call_colour", "red", "PROPERTY_DOESNT_EXIST"),
            ("hs_object_id", "1", "READ_ONLY_VALUE"),
            ("hs_call_status", "completed", "INVALID_OPTION"),
            ("hs_call_direction", "Inbound", "INVALID_OPTION"),
            ("hs_call_disposition", "Connected", "INVALID_OPTION"),
            ("hs_call_duration", "60.5", "INVALID_LONG"),
            ("hubspot_owner_id", "9071", "INVALID_OWNER_ID"),
        ] {
            assert_eq!(one(name, value).map_err(|e| e.0), Err(code), "{name}");
        }
    }

    #[test]
    fn any_source_and_an_empty_value_are_accepted() {
        assert!(one("hs_call_source", "INTEGRATION").is_ok());
        assert!(one("hs_call_duration", "").is_ok());
    }

    #[test]
    fn every_mistake_is_listed() {
        let given = [("a".to_owned(), "1".to_owned()), ("b".to_owned(), "2".to_owned())].into();
        assert_eq!(of_call(&given, |_| true).map_err(|bad| bad.len()), Err(2));
    }
}
