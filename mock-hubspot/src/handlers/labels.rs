//! Which kinds of links there are between two types of object: HubSpot's own, and the labels of the portal's users.

use super::association_batch::ends;
use super::decode::Json;
use super::members::Members;
use super::{Answer, Asked};
use crate::portal::Label;
use crate::refusal::Refusal;
use crate::wire::{Category, TYPES, is_primary, type_by_id};
use serde_json::{Value, json};

/// v3's list: ids and names.
pub(super) fn types(asked: &Asked<'_>) -> Result<Answer, Refusal> {
    let (from, to) = ends(asked)?;
    let own = TYPES.iter().flatten().filter(|t| t.from == from && t.to == to);
    let mut results: Vec<Value> = own.map(|t| json!({ "id": t.id.to_string(), "name": t.name() })).collect();
    let labels = asked.portal.labels(from, to);
    results.extend(labels.iter().map(|l| json!({ "id": l.type_id.to_string(), "name": l.name })));
    Ok(Answer::ok(&json!({ "results": results })))
}

pub(super) fn list(asked: &Asked<'_>) -> Result<Answer, Refusal> {
    let (from, to) = ends(asked)?;
    let own = TYPES.iter().flatten().filter(|t| t.from == from && t.to == to);
    let mut results: Vec<Value> = own
        .map(|t| {
            let label = is_primary(t.id).then_some("Primary");
            json!({ "category": Category::HubspotDefined.name(), "typeId": t.id, "label": label })
        })
        .collect();
    results.extend(asked.portal.labels(from, to).iter().map(shown));
    Ok(Answer::ok(&json!({ "results": results })))
}

fn shown(label: &Label) -> Value {
    json!({ "category": Category::UserDefined.name(), "typeId": label.type_id, "label": label.text })
}

pub(super) fn create(asked: &Asked<'_>) -> Result<Answer, Refusal> {
    let (from, to) = ends(asked)?;
    let json = Json::of(asked)?;
    let members = Members::of(&json, "PublicAssociationDefinitionCreateRequest")?;
    members.require(&["label", "name"])?;
    let (label, name) = (filled(&members, "label")?, filled(&members, "name")?);
    if asked.portal.labels(from, to).iter().any(|l| l.name.eq_ignore_ascii_case(name)) {
        return Err(Refusal::conflict(&format!("An association definition named {name} already exists")));
    }
    let made = asked.portal.define_label(from, to, name, (label, members.text("inverseLabel")?));
    Ok(Answer::ok(&json!({ "results": made.iter().map(shown).collect::<Vec<_>>() })))
}

pub(super) fn update(asked: &Asked<'_>) -> Result<Answer, Refusal> {
    let (from, to) = ends(asked)?;
    let json = Json::of(asked)?;
    let members = Members::of(&json, "PublicAssociationDefinitionUpdateRequest")?;
    members.require(&["associationTypeId", "label"])?;
    let label = filled(&members, "label")?;
    let id = members.number("associationTypeId")?.and_then(|id| u32::try_from(id).ok());
    let id = changeable(id)?;
    if asked.portal.rename_label(from, to, id, (label, members.text("inverseLabel")?)) {
        Ok(Answer::no_content())
    } else {
        Err(Refusal::not_found())
    }
}

pub(super) fn delete(asked: &Asked<'_>) -> Result<Answer, Refusal> {
    let (from, to) = ends(asked)?;
    let id = asked.param("typeId").parse().map_err(|_| Refusal::bad_path_parameter("typeId"))?;
    if asked.portal.remove_label(from, to, changeable(Some(id))?) {
        Ok(Answer::no_content())
    } else {
        Err(Refusal::not_found())
    }
}

fn filled<'a>(members: &Members<'a>, name: &str) -> Result<&'a str, Refusal> {
    let text = members.text(name)?.unwrap_or_default();
    if text.trim().is_empty() { Err(Refusal::invalid(format!("{name} must not be blank"))) } else { Ok(text) }
}

/// HubSpot's own types are nobody's to change.
fn changeable(id: Option<u32>) -> Result<u32, Refusal> {
    let id = id.ok_or_else(Refusal::not_found)?;
    match type_by_id(id) {
        Some(_) => Err(Refusal::invalid(format!("Association type {id} is defined by HubSpot"))),
        None => Ok(id),
    }
}
