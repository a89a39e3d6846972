//! Batches: up to a hundred objects read, made, changed or archived at once.
//!
//! What is wrong with one input refuses all of them, unless each has an `objectWriteTraceId` of its own: then the others
//! are written, and the reply is a 207. Objects that are not there never refuse the others.

mod envelope;
mod write;

use super::decode::Json;
use super::members::Members;
use super::objects::by_property;
use super::shown::Wanted;
use super::{Answer, Asked, object_id};
use crate::refusal::Refusal;
use crate::wire::ObjectType;
pub(super) use envelope::Batch;
use std::collections::HashSet;
pub(super) use write::{create, update, upsert};

const MOST: usize = 100;
const MOST_WITH_HISTORY: usize = 50;

pub(super) fn read(asked: &Asked<'_>) -> Result<Answer, Refusal> {
    let kind = asked.object_type()?;
    let json = Json::of(asked)?;
    let members = Members::of(&json, "BatchReadInputSimplePublicObjectId")?;
    let wanted = Wanted::of_body(asked, kind, &members)?;
    let most = if wanted.has_history() { MOST_WITH_HISTORY } else { MOST };
    let ids = ids(&inputs(&members, most)?)?;
    let archived = asked.query.flag("archived");
    let id_property = id_property(&members)?;
    let app_id = &asked.portal.setup().app_id;
    let (mut batch, mut missing, mut seen) = (Batch::new(asked.portal.clock()), Vec::new(), HashSet::new());
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
    let inputs = inputs(&Members::of(&json, "BatchInputSimplePublicObjectId")?, MOST)?;
    for id in ids(&inputs)? {
        if let Ok(id) = object_id(&id) {
            asked.portal.archive((kind, id));
        }
    }
    Ok(Answer::no_content())
}

/// The inputs of a batch, as objects.
pub(super) fn inputs<'v>(members: &Members<'v>, most: usize) -> Result<Vec<Members<'v>>, Refusal> {
    members.require(&["inputs"])?;
    let list = members.list("inputs", "java.util.ArrayList<java.lang.Object>")?;
    let list = list.map(Vec::as_slice).unwrap_or_default();
    if list.is_empty() {
        return Err(Refusal::no_inputs());
    }
    if list.len() > most {
        return Err(Refusal::too_many_inputs(most));
    }
    list.iter().map(|input| members.within("inputs", "SimplePublicObjectInput", input)).collect()
}

fn ids(inputs: &[Members<'_>]) -> Result<Vec<String>, Refusal> {
    inputs.iter().map(|input| input.id("id")).collect()
}

/// By which property objects are named, where it is not by their id.
fn id_property<'v>(members: &Members<'v>) -> Result<Option<&'v str>, Refusal> {
    Ok(members.text("idProperty")?.filter(|name| !name.is_empty() && *name != "hs_object_id"))
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
