//! The definitions of properties: HubSpot's own, which stay as they are, and the portal's, which come and go.

mod definition;

use super::batch::{Batch, inputs};
use super::decode::Json;
use super::members::Members;
use super::{Answer, Asked};
use crate::portal::definitions::{Definition, Origin, Schema, group_of};
use crate::refusal::Refusal;
use crate::wire::ObjectType;
use serde_json::{Value, json};
use std::collections::{BTreeSet, HashSet};

const MOST_IN_A_BATCH: usize = 100;
/// How many a portal may define for one object type.
const MOST_OWN: usize = 1000;
/// How many of them may have unique values.
const MOST_UNIQUE: usize = 10;

pub(super) fn list(asked: &Asked<'_>) -> Result<Answer, Refusal> {
    let schema = asked.portal.schema(asked.object_type()?);
    let archived = asked.query.flag("archived");
    let wanted = asked.query.list("properties");
    let shown = schema.all().filter(|d| d.archived_at.is_some() == archived);
    let shown = shown.filter(|d| wanted.is_empty() || wanted.contains(&d.name.as_str()));
    let results: Vec<Value> = shown.map(definition::view).collect();
    Ok(Answer::ok(&json!({ "results": results })))
}

pub(super) fn groups(asked: &Asked<'_>) -> Result<Answer, Refusal> {
    let kind = asked.object_type()?;
    let schema = asked.portal.schema(kind);
    let names: BTreeSet<&str> = schema.all().map(|d| d.group.as_str()).collect();
    let view = |name: &&str| {
        let label = if *name == group_of(kind) { definition::group_label(kind) } else { name };
        json!({ "name": name, "label": label, "displayOrder": -1, "archived": false })
    };
    Ok(Answer::ok(&json!({ "results": names.iter().map(view).collect::<Vec<_>>() })))
}

pub(super) fn read(asked: &Asked<'_>) -> Result<Answer, Refusal> {
    let kind = asked.object_type()?;
    let schema = asked.portal.schema(kind);
    let name = asked.param("propertyName");
    let found = schema.any(name).filter(|d| d.archived_at.is_some() == asked.query.flag("archived"));
    Ok(Answer::ok(&definition::view(found.ok_or_else(|| missing(kind, name))?)))
}

pub(super) fn create(asked: &Asked<'_>) -> Result<Answer, Refusal> {
    let kind = asked.object_type()?;
    let json = Json::of(asked)?;
    let made = new(asked, &asked.portal.schema(kind), &Members::of(&json, "PropertyCreate")?)?;
    let view = definition::view(&made);
    asked.portal.define(kind, made);
    Ok(Answer::json(201, &view))
}

pub(super) fn update(asked: &Asked<'_>) -> Result<Answer, Refusal> {
    let kind = asked.object_type()?;
    let json = Json::of(asked)?;
    let given = Members::of(&json, "PropertyUpdate")?;
    let changed = definition::changed(own(asked, kind)?, &given, asked.portal.now())?;
    let view = definition::view(&changed);
    asked.portal.define(kind, changed);
    Ok(Answer::ok(&view))
}

pub(super) fn archive(asked: &Asked<'_>) -> Result<Answer, Refusal> {
    let kind = asked.object_type()?;
    let archived = Definition { archived_at: Some(asked.portal.now()), ..own(asked, kind)? };
    asked.portal.define(kind, archived);
    Ok(Answer::no_content())
}

pub(super) fn batch_read(asked: &Asked<'_>) -> Result<Answer, Refusal> {
    let kind = asked.object_type()?;
    let json = Json::of(asked)?;
    let members = Members::of(&json, "BatchReadInputPropertyName")?;
    let archived = members.flag("archived")?.unwrap_or(false);
    let schema = asked.portal.schema(kind);
    let (mut batch, mut seen) = (Batch::new(asked.portal.clock()), HashSet::new());
    for name in named(&members)? {
        if !seen.insert(name) {
            continue;
        }
        match schema.any(name).filter(|d| d.archived_at.is_some() == archived) {
            Some(found) => batch.result(&definition::view(found)),
            None => batch.error(&missing(kind, name), &[("name", name)]),
        }
    }
    Ok(batch.answer(200))
}

/// All of them or none.
pub(super) fn batch_create(asked: &Asked<'_>) -> Result<Answer, Refusal> {
    let kind = asked.object_type()?;
    let json = Json::of(asked)?;
    let mut schema = asked.portal.schema(kind);
    let mut all = Vec::new();
    for input in inputs(&Members::of(&json, "BatchInputPropertyCreate")?, MOST_IN_A_BATCH)? {
        let made = new(asked, &schema, &input)?;
        schema.define(made.clone());
        all.push(made);
    }
    let mut batch = Batch::new(asked.portal.clock());
    for made in all {
        batch.result(&definition::view(&made));
        asked.portal.define(kind, made);
    }
    Ok(batch.answer(201))
}

/// Names that are not there are passed over, as ids are; HubSpot's own properties refuse all.
pub(super) fn batch_archive(asked: &Asked<'_>) -> Result<Answer, Refusal> {
    let kind = asked.object_type()?;
    let json = Json::of(asked)?;
    let schema = asked.portal.schema(kind);
    let names = named(&Members::of(&json, "BatchInputPropertyName")?)?;
    let found: Vec<&Definition> = names.iter().filter_map(|name| schema.get(name)).collect();
    if let Some(fixed) = found.iter().find(|d| d.origin == Origin::HubSpot) {
        return Err(read_only(&fixed.name));
    }
    for definition in found {
        let archived = Definition { archived_at: Some(asked.portal.now()), ..definition.clone() };
        asked.portal.define(kind, archived);
    }
    Ok(Answer::no_content())
}

fn named<'v>(members: &Members<'v>) -> Result<Vec<&'v str>, Refusal> {
    let name = |input: Members<'v>| {
        input.require(&["name"])?;
        Ok(input.text("name")?.unwrap_or_default())
    };
    inputs(members, MOST_IN_A_BATCH)?.into_iter().map(name).collect()
}

fn missing(kind: ObjectType, name: &str) -> Refusal {
    Refusal::no_property(&kind.shouted(), name)
}

fn read_only(name: &str) -> Refusal {
    Refusal::invalid(format!("Property '{name}' is defined by HubSpot and cannot be changed"))
}

/// The property of the path, which must be one of the portal's own.
fn own(asked: &Asked<'_>, kind: ObjectType) -> Result<Definition, Refusal> {
    let name = asked.param("propertyName");
    let schema = asked.portal.schema(kind);
    let found = schema.get(name).ok_or_else(|| missing(kind, name))?;
    if found.origin == Origin::HubSpot { Err(read_only(name)) } else { Ok(found.clone()) }
}

fn new(asked: &Asked<'_>, schema: &Schema, given: &Members<'_>) -> Result<Definition, Refusal> {
    let made = definition::new(schema.object_type, given, asked.portal.now())?;
    if schema.get(&made.name).is_some() {
        return Err(Refusal::property_exists(&made.name));
    }
    if schema.own_count() >= MOST_OWN {
        return Err(Refusal::invalid(format!("You have reached the limit of {MOST_OWN} properties")));
    }
    let unique = schema.all().filter(|d| d.unique && d.origin == Origin::Portal).count();
    if made.unique && unique >= MOST_UNIQUE {
        return Err(Refusal::invalid(format!(
            "You have reached the limit of {MOST_UNIQUE} properties with unique values"
        )));
    }
    Ok(made)
}
