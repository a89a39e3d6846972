//! Variants of what is told to HubSpot.

use http::Method;
use serde_json::{Value, json};

use super::Choice;
use crate::{
    flow::{ApiVersion, Call, Step},
    server::App,
};

/// How often the URL is registered at the start.
pub(crate) fn registrations(choice: Option<Choice>) -> usize {
    if choice == Some(Choice::RegistersTwice) { 2 } else { 1 }
}

/// How the registration is moved.
pub(crate) fn moves_by(choice: Option<Choice>) -> Method {
    if choice == Some(Choice::MovesByPost) { Method::POST } else { Method::PATCH }
}

/// A call whose external id or API version is the integration's own choice.
pub(crate) fn shape_call(app: &App, mut call: Call) -> Call {
    match app.config.variant {
        Some(Choice::OwnExternalId) => call.external_id = format!("reference-{}", app.tally.number() + 1),
        Some(Choice::Version202509) => call.version = ApiVersion::September2025,
        Some(Choice::Version202603) => call.version = ApiVersion::March2026,
        Some(Choice::Version202609) => call.version = ApiVersion::September2026,
        _ => {}
    }
    call
}

/// Leaves out what was said already.
pub(crate) fn shape_steps(choice: Option<Choice>, steps: &mut Vec<Step>) {
    if choice == Some(Choice::InlineAssociation) {
        steps.retain(|step| *step != Step::Associate);
    }
}

/// The body that creates a call, with its association where that is given at once.
pub(crate) fn shape_log(choice: Option<Choice>, call: &Call, mut body: Value) -> Value {
    if choice == Some(Choice::InlineAssociation) {
        body["associations"] = json!([{
            "to": { "id": call.contact_id },
            "types": [{ "associationCategory": "HUBSPOT_DEFINED", "associationTypeId": crate::flow::CALL_TO_CONTACT }],
        }]);
    }
    super::talkative::note(choice, &mut body);
    body
}

/// The endpoint's answer, with members that nobody asked for.
pub(crate) fn shape_answer(choice: Option<Choice>, mut body: Value) -> Value {
    if choice == Some(Choice::ExtraMembers) {
        body["expiresInSeconds"] = json!(crate::signing::LIFETIME.as_secs());
        body["recording"] = json!({ "channels": 2, "note": "extra members are ignored" });
    }
    super::talkative::members(choice, &mut body);
    body
}
