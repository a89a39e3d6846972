//! Calls, and the contacts, companies, deals and tickets that they are linked to: made, read, changed, archived (guide §3).

use super::associations::{self, linked};
use super::decode::Json;
use super::paging::{Window, page};
use super::{Answer, Asked};
use crate::portal::{CallRecord, Draft, properties};
use crate::refusal::{BadProperty, Refusal};
use crate::switches::Leniency;
use crate::wire::{ObjectType, ObjectView};
use serde_json::Value;
use std::collections::BTreeMap;

pub(super) fn create(asked: &Asked<'_>) -> Result<Answer, Refusal> {
    let kind = asked.object_type()?;
    let json = Json::of(asked)?;
    let properties = given(asked, kind, &json)?;
    if kind == ObjectType::Calls && properties.get("hs_timestamp").is_none_or(String::is_empty) {
        return Err(Refusal::required_properties(&kind.shouted(), &["hs_timestamp"]));
    }
    if let Some(id) = taken_email(asked, kind, &properties) {
        return Err(Refusal::contact_exists(id));
    }
    let links = associations::inline(asked, kind, &json)?;
    let record = asked.portal.create(kind, Draft { properties, links });
    let shown = record.properties.iter().map(|(n, v)| (n.clone(), Some(v.clone()))).collect();
    let id = (kind == ObjectType::Calls).then_some(record.id);
    Ok(Answer { call_id: id, ..Answer::json(201, &view(&record, shown)) })
}

pub(super) fn read(asked: &Asked<'_>) -> Result<Answer, Refusal> {
    let record = addressed(asked)?;
    if record.archived != asked.query.flag("archived") && record.archived {
        return Err(Refusal::not_found());
    }
    Ok(Answer::ok(&seen(asked, asked.object_type()?, &record)?))
}

pub(super) fn update(asked: &Asked<'_>) -> Result<Answer, Refusal> {
    let kind = asked.object_type()?;
    let json = Json::of(asked)?;
    let record = addressed(asked)?;
    let properties = given(asked, kind, &json)?;
    if properties.is_empty() {
        return Err(Refusal::nothing_to_update());
    }
    if let Some(id) = taken_email(asked, kind, &properties).filter(|id| *id != record.id) {
        return Err(Refusal::contact_exists(id));
    }
    let set: Vec<String> = properties.keys().cloned().collect();
    let record = asked.portal.update((kind, record.id), properties).ok_or_else(Refusal::not_found)?;
    let names = kind.default_properties().iter().copied().chain(set.iter().map(String::as_str));
    Ok(Answer::ok(&view(&record, pick(&record, names))))
}

pub(super) fn archive(asked: &Asked<'_>) -> Result<Answer, Refusal> {
    if asked.portal.archive(asked.object()?) { Ok(Answer::no_content()) } else { Err(Refusal::not_found()) }
}

pub(super) fn list(asked: &Asked<'_>) -> Result<Answer, Refusal> {
    let kind = asked.object_type()?;
    let window = Window::of(asked, 10, 100)?;
    let archived = asked.query.flag("archived");
    let (records, next) = asked.portal.list(kind, archived, window.after, window.limit);
    let seen: Result<Vec<_>, _> = records.iter().map(|record| seen(asked, kind, record)).collect();
    Ok(Answer::ok(&page(asked, seen?, next)))
}

/// The record of the path, archived or not; a contact may be addressed by its email.
fn addressed(asked: &Asked<'_>) -> Result<CallRecord, Refusal> {
    let kind = asked.object_type()?;
    let key = match asked.query.first("idProperty") {
        Some("email") if kind == ObjectType::Contacts => {
            let email = asked.param("objectId");
            (kind, asked.portal.contact_with_email(email).ok_or_else(Refusal::not_found)?)
        }
        _ => asked.object()?,
    };
    asked.portal.record(key).ok_or_else(Refusal::not_found)
}

fn taken_email(asked: &Asked<'_>, kind: ObjectType, properties: &BTreeMap<String, String>) -> Option<u64> {
    let email = properties.get("email").filter(|e| kind == ObjectType::Contacts && !e.is_empty())?;
    asked.portal.contact_with_email(email)
}

/// The properties of the body, valid and as HubSpot stores them.
fn given(asked: &Asked<'_>, kind: ObjectType, json: &Json<'_>) -> Result<BTreeMap<String, String>, Refusal> {
    let members = match json.object("SimplePublicObjectInput")?.get("properties") {
        None | Some(Value::Null) => return Err(json.missing(&["properties"])),
        Some(Value::Object(members)) => members,
        Some(other) => {
            return Err(json.member_mismatch(
                "properties",
                "java.util.LinkedHashMap<java.lang.String,java.lang.String>",
                other,
            ));
        }
    };
    let mut given = BTreeMap::new();
    for (name, value) in members {
        // Numbers and booleans become text, as one of HubSpot's SDKs sends them.
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Null => String::new(),
            Value::Bool(_) | Value::Number(_) => value.to_string(),
            Value::Array(_) | Value::Object(_) => {
                return Err(json.member_mismatch(name, "java.lang.String", value));
            }
        };
        given.insert(name.clone(), text);
    }
    let checked = match kind {
        ObjectType::Calls => properties::of_call(&given, |owner| known_owner(asked, owner)),
        _ => of_record(given),
    };
    checked.map_err(|bad| Refusal::bad_properties(asked.portal.setup().portal_id, &bad))
}

fn known_owner(asked: &Asked<'_>, owner: &str) -> bool {
    asked.switches.owner_ids == Leniency::Accept
        || owner.parse().is_ok_and(|id| asked.portal.owner(id).is_some())
}

/// Other records take any property: a portal may have defined it.
fn of_record(given: BTreeMap<String, String>) -> Result<BTreeMap<String, String>, Vec<BadProperty>> {
    let email = given.get("email").filter(|e| !e.is_empty() && !e.contains('@'));
    match email {
        Some(email) => Err(vec![BadProperty {
            name: "email".into(),
            code: "INVALID_EMAIL",
            message: format!("Email address {email} is invalid"),
        }]),
        None => Ok(given),
    }
}

/// A record as a read shows it: the default properties, those asked for, and links where they were asked for.
fn seen(asked: &Asked<'_>, kind: ObjectType, record: &CallRecord) -> Result<ObjectView, Refusal> {
    let wanted = asked.query.list("properties");
    // A property that the portal does not have is left out; one that is not set is null.
    let exists = |name: &&str| {
        kind != ObjectType::Calls || properties::exists(name) || record.properties.contains_key(*name)
    };
    let names = kind.default_properties().iter().copied().chain(wanted.into_iter().filter(exists));
    let mut view = view(record, pick(record, names));
    view.associations = linked(asked, (kind, record.id))?;
    Ok(view)
}

fn pick<'a>(record: &CallRecord, names: impl Iterator<Item = &'a str>) -> BTreeMap<String, Option<String>> {
    names.map(|name| (name.to_owned(), record.properties.get(name).cloned())).collect()
}

pub(super) fn view(record: &CallRecord, properties: BTreeMap<String, Option<String>>) -> ObjectView {
    ObjectView {
        id: record.id.to_string(),
        properties,
        created_at: record.created_at.to_string(),
        updated_at: record.updated_at.to_string(),
        archived: record.archived,
        archived_at: record.archived_at.map(|t| t.to_string()),
        associations: None,
    }
}
