//! A call that reached the integration from outside: who may be calling, and the engagement that is made of it.

use super::decode::Json;
use super::input::{self, Act};
use super::members::Members;
use super::objects;
use super::{Answer, Asked};
use crate::portal::{CallRecord, Draft, Key, Link, Write};
use crate::refusal::Refusal;
use crate::texts::Texts;
use crate::wire::{Category, ObjectType, moment, unlabelled};
use jiff::Timestamp;
use serde_json::{Value, json};

const STATUSES: &[&str] = &[
    "BUSY",
    "CALLING_CRM_USER",
    "CANCELED",
    "COMPLETED",
    "CONNECTING",
    "FAILED",
    "HOLD",
    "IN_PROGRESS",
    "MISSED",
    "NO_ANSWER",
    "QUEUED",
    "RINGING",
    "UNKNOWN",
];

const NUMBER_TYPES: &[&str] = &[
    "FIXED_LINE",
    "FIXED_LINE_OR_MOBILE",
    "MOBILE",
    "PAGER",
    "PERSONAL_NUMBER",
    "PREMIUM_RATE",
    "SHARED_COST",
    "TOLL_FREE",
    "UAN",
    "UNKNOWN",
    "VOICEMAIL",
    "VOIP",
];

const REQUIRED: &[&str] = &[
    "createEngagement",
    "engagementProperties",
    "externalCallId",
    "finalCallStatus",
    "fromNumber",
    "potentialRecipientUserIds",
    "toNumber",
];

pub(super) fn report(asked: &Asked<'_>) -> Result<Answer, Refusal> {
    let json = Json::of(asked)?;
    let members = Members::of(&json, "CompletedThirdPartyCallRequest")?;
    members.require(REQUIRED)?;
    let from = number(&members, "fromNumber")?;
    let to = number(&members, "toNumber")?;
    let status = members.one_of("finalCallStatus", "FinalCallStatus", STATUSES)?.unwrap_or_default();
    let external_id = members.text("externalCallId")?.unwrap_or_default();
    for user in members.list("potentialRecipientUserIds", "java.util.ArrayList<Long>")?.into_iter().flatten()
    {
        if user.as_i64().is_none() {
            return Err(json.member_mismatch("potentialRecipientUserIds", "long", user));
        }
    }
    let owner = members
        .number("userId")?
        .and_then(|user| asked.portal.owner_of_user(u64::try_from(user).ok()?))
        .map(|owner| owner.id.to_string());
    let started = members.number("callStartedTimestamp")?;
    let seconds = members.number("durationSeconds")?;
    let more = more_properties(asked, &json, &members)?;
    let callers = asked.portal.with_number(&from);
    let matches: Vec<Value> = callers.iter().map(|(kind, record)| caller(asked, *kind, record)).collect();
    let mut answer = Answer::ok(&json!({ "callerIdMatches": matches }));
    if members.flag("createEngagement")? == Some(true) {
        let started =
            started.and_then(|ms| Timestamp::from_millisecond(ms).ok()).unwrap_or_else(|| asked.portal.now());
        let mut properties: Texts = [
            ("hs_timestamp", moment(started)),
            ("hs_call_direction", "INBOUND".to_owned()),
            ("hs_call_from_number", from),
            ("hs_call_to_number", to),
            ("hs_call_status", status.to_owned()),
            ("hs_call_source", "INTEGRATIONS_PLATFORM".to_owned()),
            ("hs_call_app_id", asked.portal.setup().app_id.clone()),
            ("hs_call_external_id", external_id.to_owned()),
        ]
        .into_iter()
        .collect();
        // Seconds here, milliseconds in the property.
        properties.extend(seconds.map(|s| ("hs_call_duration", s.saturating_mul(1000).to_string())));
        properties.extend(owner.map(|id| ("hubspot_owner_id", id)));
        properties.extend(more);
        let links = callers.iter().filter_map(|(kind, record)| link(*kind, record.id)).collect();
        let made = Write::Make(Draft { properties, links });
        answer.call_id = Some(objects::written(asked, ObjectType::Calls, made)?.id);
    }
    Ok(answer)
}

fn number(members: &Members<'_>, name: &str) -> Result<String, Refusal> {
    let Some(given) = members.object(name, "PhoneNumber")? else { return Ok(String::new()) };
    given.require(&["e164Number", "phoneNumberType"])?;
    given.one_of("phoneNumberType", "PhoneNumberType", NUMBER_TYPES)?;
    given.text("extension")?;
    Ok(given.text("e164Number")?.unwrap_or_default().to_owned())
}

/// What the integration adds to the engagement.
fn more_properties(asked: &Asked<'_>, json: &Json<'_>, members: &Members<'_>) -> Result<Texts, Refusal> {
    let java_type = "java.util.LinkedHashMap<java.lang.String,java.lang.String>";
    let mut given = Texts::default();
    for (name, value) in members.object("engagementProperties", java_type)?.iter().flat_map(Members::iter) {
        let text = value.as_str().ok_or_else(|| json.member_mismatch(name, "java.lang.String", value))?;
        given.insert(name, text);
    }
    Ok(input::check(asked, ObjectType::Calls, given, Act::Make)?.values)
}

fn caller(asked: &Asked<'_>, kind: ObjectType, record: &CallRecord) -> Value {
    let mut shown = json!({
        "callerIdType": kind.shouted(),
        "objectCoordinates": {
            "portalId": asked.portal.setup().portal_id,
            "objectTypeId": kind.type_id(),
            "objectId": record.id,
        },
    });
    let told: &[(&str, &str)] = match kind {
        ObjectType::Contacts => &[("email", "email"), ("firstName", "firstname"), ("lastName", "lastname")],
        _ => &[("name", "name")],
    };
    for (member, property) in told {
        if let Some(value) = record.properties.get(property) {
            shown[*member] = value.into();
        }
    }
    shown
}

fn link(kind: ObjectType, id: u64) -> Option<(Key, Vec<Link>)> {
    let known = unlabelled(ObjectType::Calls, kind)?;
    Some(((kind, id), vec![Link { category: Category::HubspotDefined, type_id: known.id }]))
}
