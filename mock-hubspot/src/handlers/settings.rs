//! The registered endpoint, and the word that a recording is ready (guide §2 and §4).

use super::decode::{self, Json};
use super::{Answer, Asked};
use crate::auth::Strictness;
use crate::refusal::Refusal;
use crate::switches::{ForeignApp, Leniency, MissingSettings, UnknownCall};
use crate::wire::{MarkReady, RecordingSettings};
use serde_json::Value;

const URL_MEMBER: &str = "urlToRetrieveAuthedRecording";
const ID_MEMBER: &str = "engagementId";

/// The app of the path, which HubSpot reads as a 32-bit number.
pub(super) fn app_id<'a>(asked: &'a Asked<'_>) -> Result<&'a str, Refusal> {
    let id = asked.param("appId");
    if id.parse::<i32>().is_err() {
        return Err(Refusal::bad_path_parameter("appId"));
    }
    let setup = asked.portal.setup();
    if asked.strictness == Strictness::Strict && id != setup.app_id {
        let status = match asked.switches.foreign_app {
            ForeignApp::BadRequest => 400,
            ForeignApp::NotFound => 404,
        };
        return Err(Refusal::foreign_app(status, id, setup.portal_id));
    }
    Ok(id)
}

pub(super) fn read(asked: &Asked<'_>) -> Result<Answer, Refusal> {
    let app_id = app_id(asked)?;
    let url = match (asked.portal.registered_url(app_id), asked.switches.missing_settings) {
        (Some(url), _) => url,
        (None, MissingSettings::NotFound) => return Err(Refusal::not_found()),
        (None, MissingSettings::Defaults) => String::new(),
    };
    Ok(Answer::ok(&RecordingSettings { url_to_retrieve_authed_recording: url }))
}

pub(super) fn register(asked: &Asked<'_>) -> Result<Answer, Refusal> {
    let app_id = app_id(asked)?;
    let json = Json::of(asked)?;
    let url = url_of(asked, &json)?.ok_or_else(|| json.missing(&[URL_MEMBER]))?;
    let again = asked.portal.registered_url(app_id).is_some();
    if again && asked.switches.second_registration == Leniency::Refuse {
        return Err(Refusal::conflict("Recording settings already exist for this app."));
    }
    asked.portal.register(app_id, &url);
    Ok(Answer::ok(&RecordingSettings { url_to_retrieve_authed_recording: url }))
}

pub(super) fn move_to(asked: &Asked<'_>) -> Result<Answer, Refusal> {
    let app_id = app_id(asked)?;
    let json = Json::of(asked)?;
    let before = asked.portal.registered_url(app_id).ok_or_else(Refusal::not_found)?;
    let url = url_of(asked, &json)?.unwrap_or(before);
    asked.portal.register(app_id, &url);
    Ok(Answer::ok(&RecordingSettings { url_to_retrieve_authed_recording: url }))
}

fn url_of(asked: &Asked<'_>, json: &Json<'_>) -> Result<Option<String>, Refusal> {
    let url = match json.object("RecordingSettingsRequest")?.get(URL_MEMBER) {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::String(url)) => url.clone(),
        Some(other) => return Err(json.member_mismatch(URL_MEMBER, "java.lang.String", other)),
    };
    if asked.switches.recording_url == Leniency::Refuse
        && !(url.starts_with("https://") && url.contains("%s"))
    {
        let message = format!("{URL_MEMBER} must be an https URL that contains %s");
        return Err(Refusal::new(400, message).category("VALIDATION_ERROR"));
    }
    Ok(Some(url))
}

/// The call that a body names that nobody has read yet.
pub(super) fn engagement_of(body: &[u8]) -> Option<u64> {
    let plain = decode::object(body).map(|ready: MarkReady| ready.engagement_id.0);
    plain.or_else(|| engagement_id(&serde_json::from_slice(body).ok()?))
}

/// The call that a body names, as a number or as digits.
pub(super) fn engagement_id(body: &Value) -> Option<u64> {
    let id = body.get(ID_MEMBER)?;
    id.as_u64().or_else(|| id.as_str()?.trim().parse().ok())
}

/// The call that a body must name.
pub(super) fn engagement(asked: &Asked<'_>, json: &Json<'_>) -> Result<u64, Refusal> {
    let given = match json.value.get(ID_MEMBER) {
        None | Some(Value::Null) => return Err(json.missing(&[ID_MEMBER])),
        Some(given) => given,
    };
    let accepted = match given {
        Value::Number(_) => true,
        Value::String(_) => asked.switches.engagement_id_text == Leniency::Accept,
        _ => false,
    };
    let fits = given.as_i64().is_some() || engagement_id(&json.value).is_some();
    if !accepted || !fits {
        return Err(json.member_mismatch(ID_MEMBER, "long", given));
    }
    engagement_id(&json.value).ok_or_else(Refusal::not_found)
}

pub(super) fn mark_ready(asked: &Asked<'_>) -> Result<Answer, Refusal> {
    let id = if let Some(MarkReady { engagement_id }) = decode::plain(asked) {
        engagement_id.0
    } else {
        let json = Json::of(asked)?;
        json.object("MarkRecordingAsReadyRequest")?;
        engagement(asked, &json)?
    };
    let Some(call) = asked.portal.call(id).filter(|call| !call.archived) else {
        return match asked.switches.ready_unknown_call {
            UnknownCall::NotFound => Err(Refusal::not_found()),
            UnknownCall::Accept => Ok(Answer::no_content()),
        };
    };
    let before = call.marked_ready;
    // Nobody else holds it while it is changed: it need not be copied.
    drop(call);
    if asked.switches.ready_again == Leniency::Refuse && before > 0 {
        return Err(Refusal::conflict("The recording was already marked as ready."));
    }
    let is_linked = || !asked.portal.associations_of_call(id).is_empty();
    if asked.switches.ready_unlinked == Leniency::Refuse && !is_linked() {
        return Err(Refusal::invalid("The engagement is not associated with any record."));
    }
    if !asked.portal.mark_ready(id) {
        return Err(Refusal::not_found());
    }
    Ok(Answer { ready: Some(id), ..Answer::no_content() })
}
