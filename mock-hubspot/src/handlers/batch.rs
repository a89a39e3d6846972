//! Batches: up to a hundred objects read, made, changed or archived at once.
//!
//! What is wrong with one input refuses all of them, unless each has an `objectWriteTraceId` of its own: then the others
//! are written, and the reply is a 207. Objects that are not there never refuse the others.

mod envelope;
mod write;

use super::decode::Json;
use super::input;
use super::objects::by_property;
use super::shown::Wanted;
use super::{Answer, Asked, object_id};
use crate::refusal::Refusal;
use crate::wire::ObjectType;
pub(super) use envelope::Batch;
use serde_json::{Map, Value};
use std::collections::HashSet;
pub(super) use write::{create, update, upsert};

const MOST: usize = 100;
const MOST_WITH_HISTORY: usize = 50;

type Members = Map<String, Value>;

pub(super) fn read(asked: &Asked<'_>) -> Result<Answer, Refusal> {
    let kind = asked.object_type()?;
    let json = Json::of(asked)?;
    let members = json.object("BatchReadInputSimplePublicObjectId")?;
    let wanted = Wanted::of_body(asked, kind, &json, members)?;
    let most = if wanted.has_history() { MOST_WITH_HISTORY } else { MOST };
    let ids = ids(&json, &inputs(&json, members, most)?)?;
    let archived = asked.query.flag("archived");
    let id_property = id_property(&json, members)?;
    let app_id = &asked.portal.setup().app_id;
    let (mut batch, mut missing, mut seen) = (Batch::new(), Vec::new(), HashSet::new());
    for id in ids.iter().filter(|id| seen.insert(id.as_str())) {
        let found = find(asked, kind, id_property, id)?.and_then(|id| asked.portal.record((kind, id)));
        match found.filter(|record| record.archived == archived) {
            Some(record) => batch.result(&wanted.view(app_id, &record)),
            None => missing.push(id.as_str()),
        }
    }
    batch.missing(kind, &missing);
    Ok(batch.answer(200))
}

/// Ids that are not there are passed over.
pub(super) fn archive(asked: &Asked<'_>) -> Result<Answer, Refusal> {
    let kind = asked.object_type()?;
    let json = Json::of(asked)?;
    let inputs = inputs(&json, json.object("BatchInputSimplePublicObjectId")?, MOST)?;
    for id in ids(&json, &inputs)? {
        if let Ok(id) = object_id(&id) {
            asked.portal.archive((kind, id));
        }
    }
    Ok(Answer::no_content())
}

/// The inputs of a batch, as objects.
pub(super) fn inputs<'v>(
    json: &Json<'_>,
    members: &'v Members,
    most: usize,
) -> Result<Vec<&'v Members>, Refusal> {
    let list = match members.get("inputs") {
        None | Some(Value::Null) => return Err(json.missing(&["inputs"])),
        Some(Value::Array(list)) => list,
        Some(other) => {
            return Err(json.member_mismatch("inputs", "java.util.ArrayList<java.lang.Object>", other));
        }
    };
    if list.is_empty() {
        return Err(Refusal::no_inputs());
    }
    if list.len() > most {
        return Err(Refusal::too_many_inputs(most));
    }
    let object = |input: &'v Value| {
        input.as_object().ok_or_else(|| json.member_mismatch("inputs", "SimplePublicObjectInput", input))
    };
    list.iter().map(object).collect()
}

fn ids(json: &Json<'_>, inputs: &[&Members]) -> Result<Vec<String>, Refusal> {
    inputs.iter().map(|input| id_of(json, input)).collect()
}

fn id_of(json: &Json<'_>, input: &Members) -> Result<String, Refusal> {
    match input.get("id") {
        None | Some(Value::Null) => Err(json.missing(&["id"])),
        Some(id) => input::id_text(id).ok_or_else(|| json.member_mismatch("id", "java.lang.String", id)),
    }
}

/// By which property objects are named, where it is not by their id.
fn id_property<'v>(json: &Json<'_>, members: &'v Members) -> Result<Option<&'v str>, Refusal> {
    match members.get("idProperty") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(name)) => {
            Ok(Some(name.as_str()).filter(|n| !n.is_empty() && *n != "hs_object_id"))
        }
        Some(other) => Err(json.member_mismatch("idProperty", "java.lang.String", other)),
    }
}

/// The id of an object that is named by its id or by a unique property.
fn find(
    asked: &Asked<'_>,
    kind: ObjectType,
    property: Option<&str>,
    id: &str,
) -> Result<Option<u64>, Refusal> {
    match property {
        Some(property) => by_property(asked, kind, property, id),
        None => Ok(object_id(id).ok()),
    }
}
