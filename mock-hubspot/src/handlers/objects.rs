//! Calls, and the contacts, companies, deals and tickets that they are linked to: made, read, changed, archived (guide §3).

use super::decode::{self, Json, Plain};
use super::input::{self, Act};
use super::members::Members;
use super::paging::{Window, page};
use super::shown::{self, Wanted};
use super::{Answer, Asked};
use crate::portal::{CallRecord, Key, Write};
use crate::refusal::Refusal;
use crate::switches::{Leniency, LocationHeader};
use crate::wire::ObjectType;
use compact_str::format_compact;
use std::sync::Arc;

pub(super) fn create(asked: &Asked<'_>) -> Result<Answer, Refusal> {
    let kind = asked.object_type()?;
    if asked.query.flag("archived") && asked.switches.archived_on_creation == Leniency::Refuse {
        return Err(Refusal::bad_query_parameter("archived"));
    }
    let (draft, normalised) = if let Some(Plain { properties }) = decode::plain(asked) {
        input::plain_draft(asked, kind, properties)?
    } else {
        let json = Json::of(asked)?;
        input::draft(asked, kind, &Members::of(&json, "SimplePublicObjectInputForCreate")?)?
    };
    let record = written(asked, kind, Write::Make(draft))?;
    let mut view = shown::whole(&record);
    input::warn(&mut view, &normalised);
    let call_id = (kind == ObjectType::Calls).then_some(record.id);
    let mut answer = Answer { call_id, ..Answer::object(201, &view) };
    if asked.switches.location_header == LocationHeader::Present {
        answer.headers.push(("location", format_compact!("{}/{}", asked.url(), record.id)));
    }
    Ok(answer)
}

pub(super) fn read(asked: &Asked<'_>) -> Result<Answer, Refusal> {
    let (kind, id) = addressed(asked)?;
    let record = asked.portal.record((kind, id)).ok_or_else(Refusal::not_found)?;
    if record.archived && !asked.query.flag("archived") {
        return Err(Refusal::not_found());
    }
    let mut view = Wanted::of_query(asked, kind).view(&asked.portal.setup().app_id, &record);
    shown::add_links(asked, kind, &record, &mut view)?;
    Ok(Answer::object(200, &view))
}

pub(super) fn update(asked: &Asked<'_>) -> Result<Answer, Refusal> {
    let kind = asked.object_type()?;
    let json = Json::of(asked)?;
    let members = Members::of(&json, "SimplePublicObjectInput")?;
    let (_, id) = addressed(asked)?;
    if !asked.portal.has((kind, id)) {
        return Err(Refusal::not_found());
    }
    let checked = input::properties(asked, kind, &members, Act::Change)?;
    if members.names_nothing("properties") {
        return Err(Refusal::nothing_to_update());
    }
    let set: Vec<String> = checked.values.iter().map(|(name, _)| name.to_owned()).collect();
    let record = written(asked, kind, Write::Change(id, checked.values))?;
    let mut view = shown::written(&record, kind, set.iter().map(String::as_str));
    input::warn(&mut view, &checked.normalised);
    Ok(Answer::object(200, &view))
}

pub(super) fn archive(asked: &Asked<'_>) -> Result<Answer, Refusal> {
    match asked.portal.archive(asked.object()?) {
        Some(true) => Ok(Answer::no_content()),
        Some(false) if asked.switches.second_archive == Leniency::Accept => Ok(Answer::no_content()),
        _ => Err(Refusal::not_found()),
    }
}

pub(super) fn list(asked: &Asked<'_>) -> Result<Answer, Refusal> {
    let kind = asked.object_type()?;
    let wanted = Wanted::of_query(asked, kind);
    let window = Window::of(asked, 10, if wanted.has_history() { 50 } else { 100 })?;
    let archived = asked.query.flag("archived");
    let (records, next) = asked.portal.list(kind, archived, window.after, window.limit);
    let app_id = &asked.portal.setup().app_id;
    let mut views = Vec::with_capacity(records.len());
    for record in &records {
        let mut view = wanted.view(app_id, record);
        shown::add_links(asked, kind, record, &mut view)?;
        views.push(view);
    }
    Ok(Answer::ok(&page(asked, views, next)))
}

/// The record of the path: by its id, or by a property with unique values, which only finds what is not archived.
fn addressed(asked: &Asked<'_>) -> Result<Key, Refusal> {
    let kind = asked.object_type()?;
    match asked.query.first("idProperty") {
        None | Some("" | "hs_object_id") => asked.object(),
        Some(property) => {
            let value = asked.params.get("callId").or_else(|| asked.params.get("objectId"));
            let id = by_property(asked, kind, property, value.unwrap_or_default())?;
            Ok((kind, id.ok_or_else(Refusal::not_found)?))
        }
    }
}

/// The object with this value of a property, which must be one with unique values.
pub(super) fn by_property(
    asked: &Asked<'_>,
    kind: ObjectType,
    property: &str,
    value: &str,
) -> Result<Option<u64>, Refusal> {
    let is_unique = asked.portal.schema(kind).get(property).is_some_and(|d| d.unique);
    if is_unique {
        Ok(asked.portal.holder(kind, property, value))
    } else {
        Err(Refusal::not_unique(property))
    }
}

pub(super) fn written(asked: &Asked<'_>, kind: ObjectType, write: Write) -> Result<Arc<CallRecord>, Refusal> {
    let written = asked.portal.write(kind, vec![write]).map_err(|taken| input::taken(kind, &taken))?;
    written.into_iter().flatten().next().ok_or_else(Refusal::not_found)
}
