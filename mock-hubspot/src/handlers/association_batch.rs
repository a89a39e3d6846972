//! Associations in batches: v3 by type name, v4 and dated versions by specs.
//!
//! One input that does not fit is an error of its own beside the results of the others.

use super::associations::{
    both_exist, by_name, default_results, hubspot_name, id_value, label_names, read_spec, rows_of_types,
    spec_of, v3_rows,
};
use super::batch::Batch;
use super::decode::Json;
use super::members::Members;
use super::{Answer, Asked, object_id, object_type};
use crate::portal::{Key, Link};
use crate::refusal::Refusal;
use crate::versions::ApiVersion;
use crate::wire::{Category, ObjectType, unlabelled};
use serde_json::{Value, json};

/// How many objects that one is linked to a batch read shows at once.
const MOST_LINKS: usize = 1000;

/// 207 where something failed, but for a version that knows no such status.
fn answer(asked: &Asked<'_>, batch: Batch, success: u16) -> Answer {
    let answer = batch.answer(success);
    if asked.route.version == ApiVersion::V2026_09 { Answer { status: success, ..answer } } else { answer }
}

pub(super) fn ends(asked: &Asked<'_>) -> Result<(ObjectType, ObjectType), Refusal> {
    Ok((object_type(asked.param("fromObjectType"))?, object_type(asked.param("toObjectType"))?))
}

fn is_v3(asked: &Asked<'_>) -> bool {
    asked.route.version == ApiVersion::V3
}

/// Reads every input; what is no input at all refuses the whole batch, before anything is done.
fn each<T>(
    asked: &Asked<'_>,
    read: impl Fn(&Json<'_>, &Members<'_>) -> Result<T, Refusal>,
) -> Result<Vec<T>, Refusal> {
    let json = Json::of(asked)?;
    let members = Members::of(&json, "BatchInput")?;
    members.require(&["inputs"])?;
    let inputs = members.list("inputs", "java.util.ArrayList<Input>")?.map(Vec::as_slice).unwrap_or_default();
    if inputs.is_empty() {
        return Err(Refusal::no_inputs());
    }
    inputs.iter().map(|input| read(&json, &members.within("inputs", "Input", input)?)).collect()
}

/// `{"id": …}`, as text or number.
fn reference(members: &Members<'_>, name: &str) -> Result<String, Refusal> {
    members.require(&[name])?;
    let Some(object) = members.object(name, "PublicObjectId")? else { return Ok(String::new()) };
    object.require(&["id"])?;
    Ok(object.loose_text("id")?.unwrap_or_default())
}

/// Two objects, or why these can be none.
type Pair = Result<(Key, Key), Refusal>;

fn pair(input: &Members<'_>, (from, to): (ObjectType, ObjectType)) -> Result<Pair, Refusal> {
    let (one, other) = (reference(input, "from")?, reference(input, "to")?);
    Ok(object_id(&one).and_then(|one| Ok(((from, one), (to, object_id(&other)?)))))
}

pub(super) fn create(asked: &Asked<'_>) -> Result<Answer, Refusal> {
    let kinds = ends(asked)?;
    let mut batch = Batch::new(asked.portal.clock());
    if is_v3(asked) {
        let inputs = each(asked, |_, input| {
            let keys = pair(input, kinds)?;
            input.require(&["type"])?;
            Ok((keys, input.loose_text("type")?.unwrap_or_default()))
        })?;
        for (keys, name) in inputs {
            batch.take(keys.and_then(|(from, to)| link_by_name(asked, from, to, &name)));
        }
    } else {
        for (keys, specs) in each(asked, |json, input| Ok((pair(input, kinds)?, specs(json, input)?)))? {
            batch.take(keys.and_then(|(from, to)| link_by_specs(asked, from, to, &specs)));
        }
    }
    let success = if asked.route.version == ApiVersion::V2026_09 { 200 } else { 201 };
    Ok(answer(asked, batch, success))
}

/// The member `types`.
fn specs(json: &Json<'_>, input: &Members<'_>) -> Result<Vec<(Category, u32)>, Refusal> {
    input.require(&["types"])?;
    let types = input.list("types", "java.util.ArrayList<AssociationSpec>")?;
    types.into_iter().flatten().map(|spec| read_spec(json, spec)).collect()
}

fn link_by_name(asked: &Asked<'_>, from: Key, to: Key, name: &str) -> Result<Vec<Value>, Refusal> {
    let link = by_name(asked, from, to, name)?;
    both_exist(asked, from, to)?;
    asked.portal.link(from, to, &[link]);
    let row = |from: Key, to: Key, name: &str| json!({ "from": { "id": from.1.to_string() }, "to": { "id": to.1.to_string() }, "type": name });
    Ok(vec![row(from, to, &hubspot_name(asked, (from.0, to.0), link))])
}

fn link_by_specs(
    asked: &Asked<'_>,
    from: Key,
    to: Key,
    specs: &[(Category, u32)],
) -> Result<Vec<Value>, Refusal> {
    let links: Result<Vec<Link>, Refusal> =
        specs.iter().map(|spec| spec_of(asked, *spec, from.0, to)).collect();
    let links = links?;
    if links.is_empty() {
        return Err(Refusal::there_was_a_problem());
    }
    both_exist(asked, from, to)?;
    asked.portal.link(from, to, &links);
    Ok(vec![json!({
        "fromObjectTypeId": from.0.type_id(),
        "fromObjectId": id_value(asked, from.1),
        "toObjectTypeId": to.0.type_id(),
        "toObjectId": id_value(asked, to.1),
        "labels": label_names(asked, (from.0, to.0), &links),
    })])
}

pub(super) fn read(asked: &Asked<'_>) -> Result<Answer, Refusal> {
    let (from, to) = ends(asked)?;
    let mut batch = Batch::new(asked.portal.clock());
    let inputs = each(asked, |_, input| {
        input.require(&["id"])?;
        let id = input.loose_text("id")?.unwrap_or_default();
        Ok((id, input.loose_text("after")?.and_then(|after| after.parse().ok()).unwrap_or(0)))
    })?;
    for (id, after) in inputs {
        batch.take(object_id(&id).and_then(|id| links_of(asked, (from, id), to, after)));
    }
    Ok(answer(asked, batch, 200))
}

fn links_of(asked: &Asked<'_>, from: Key, to: ObjectType, after: u64) -> Result<Vec<Value>, Refusal> {
    let (links, next) = asked.portal.links(from, to, after, MOST_LINKS);
    if links.is_empty() {
        return Err(no_links(from, to));
    }
    let rows = if is_v3(asked) {
        v3_rows(asked, (from.0, to), links)
    } else {
        rows_of_types(asked, from.0, to, links)
    };
    let mut result = json!({ "from": { "id": from.1.to_string() }, "to": rows });
    if let Some(after) = next {
        let link = format!("{}?after={after}", asked.url());
        result["paging"] = json!({ "next": { "after": after.to_string(), "link": link } });
    }
    Ok(vec![result])
}

/// What a real portal says of an object without links.
fn no_links(from: Key, to: ObjectType) -> Refusal {
    let message = format!("No {} is associated with {} {}.", to.singular(), from.0.singular(), from.1);
    Refusal::new(404, message)
        .category("OBJECT_NOT_FOUND")
        .with("subCategory", "crm.associations.NO_ASSOCIATIONS_FOUND")
        .with(
            "context",
            json!({
                "fromObjectId": [from.1.to_string()],
                "fromObjectType": [from.0.singular()],
                "toObjectType": [to.singular()],
            }),
        )
}

pub(super) fn archive(asked: &Asked<'_>) -> Result<Answer, Refusal> {
    let kinds = ends(asked)?;
    // What does not fit is not there to be removed.
    if is_v3(asked) {
        let inputs = each(asked, |_, input| Ok((pair(input, kinds)?, input.loose_text("type")?)))?;
        for ((from, to), name) in inputs.into_iter().filter_map(|(keys, name)| Some((keys.ok()?, name))) {
            if let Ok(link) = name.map(|name| by_name(asked, from, to, &name)).transpose() {
                asked.portal.unlink(from, to, link);
            }
        }
    } else {
        let inputs = each(asked, |_, input| Ok((object_id(&reference(input, "from")?), targets(input)?)))?;
        for (from, targets) in inputs.into_iter().filter_map(|(from, targets)| Some((from.ok()?, targets))) {
            for to in targets {
                asked.portal.unlink((kinds.0, from), (kinds.1, to), None);
            }
        }
    }
    Ok(removed(asked, Batch::new(asked.portal.clock())))
}

/// The member `to`, a list of objects; those that can be none are left out.
fn targets(input: &Members<'_>) -> Result<Vec<u64>, Refusal> {
    input.require(&["to"])?;
    let mut targets = Vec::new();
    for to in input.list("to", "java.util.ArrayList<PublicObjectId>")?.into_iter().flatten() {
        let to = input.within("to", "PublicObjectId", to)?;
        to.require(&["id"])?;
        targets.extend(to.loose_text("id")?.and_then(|id| object_id(&id).ok()));
    }
    Ok(targets)
}

pub(super) fn archive_labels(asked: &Asked<'_>) -> Result<Answer, Refusal> {
    let kinds = ends(asked)?;
    let inputs = each(asked, |json, input| Ok((pair(input, kinds)?, specs(json, input)?)))?;
    for ((from, to), specs) in inputs.into_iter().filter_map(|(keys, specs)| Some((keys.ok()?, specs))) {
        for (category, type_id) in specs {
            asked.portal.unlink(from, to, Some(Link { category, type_id }));
        }
    }
    Ok(removed(asked, Batch::new(asked.portal.clock())))
}

/// Nothing, in v3 and v4; the envelope of a batch in dated versions.
fn removed(asked: &Asked<'_>, batch: Batch) -> Answer {
    match asked.route.version {
        ApiVersion::V3 | ApiVersion::V4 => Answer::no_content(),
        _ => answer(asked, batch, 200),
    }
}

pub(super) fn associate_default(asked: &Asked<'_>) -> Result<Answer, Refusal> {
    let kinds = ends(asked)?;
    let known = unlabelled(kinds.0, kinds.1).ok_or_else(Refusal::there_was_a_problem)?;
    let link = Link { category: Category::HubspotDefined, type_id: known.id };
    let mut batch = Batch::new(asked.portal.clock());
    for keys in each(asked, |_, input| pair(input, kinds))? {
        batch.take(keys.and_then(|(from, to)| {
            both_exist(asked, from, to)?;
            asked.portal.link(from, to, &[link]);
            Ok(default_results(asked, from, to, link))
        }));
    }
    Ok(answer(asked, batch, 200))
}
