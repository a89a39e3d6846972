//! Links between a call and a record, in each of HubSpot's forms (guide §3).

use super::decode::Json;
use super::members::Members;
use super::paging::{Window, page};
use super::shown;
use super::{Answer, Asked, object_id, object_type};
use crate::portal::{Key, Link};
use crate::refusal::Refusal;
use crate::switches::{IdForm, Leniency, Sides, UnknownTypeName};
use crate::wire::{
    Category, Next, ObjectType, Page, Paging, is_primary, moment, type_by_id, type_by_name, unlabelled,
};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// How many objects a list of links shows at once.
const MOST_ON_A_PAGE: usize = 500;

/// The three ways in which a path says what kind of link is meant.
enum Form {
    /// The guide's: the type is the last segment.
    Typed,
    /// `…/associations/default/…`
    Default,
    /// The types are in the body.
    Labelled,
}

fn form(asked: &Asked<'_>) -> Form {
    if asked.params.contains_key("associationType") {
        Form::Typed
    } else if asked.route.template.contains("/associations/default/") {
        Form::Default
    } else {
        Form::Labelled
    }
}

fn other_end(asked: &Asked<'_>) -> Result<Key, Refusal> {
    Ok((object_type(asked.param("toObjectType"))?, object_id(asked.param("toObjectId"))?))
}

pub(super) fn associate(asked: &Asked<'_>) -> Result<Answer, Refusal> {
    let (from, to) = (asked.object()?, other_end(asked)?);
    match form(asked) {
        Form::Typed => {
            let link = typed(asked, from, to)?;
            let record = asked.portal.record(from).filter(|r| !r.archived).ok_or_else(Refusal::not_found)?;
            both_exist(asked, from, to)?;
            asked.portal.link(from, to, &[link]);
            let mut view = shown::defaults(&record, from.0);
            view.associations =
                Some(BTreeMap::from([(to.0.plural().to_owned(), v3_page(asked, from, to.0)?)]));
            Ok(Answer::object(200, &view))
        }
        Form::Default => {
            let known = unlabelled(from.0, to.0).ok_or_else(Refusal::there_was_a_problem)?;
            both_exist(asked, from, to)?;
            let link = Link { category: Category::HubspotDefined, type_id: known.id };
            asked.portal.link(from, to, &[link]);
            let now = moment(asked.portal.now());
            let results = default_results(asked, from, to, link);
            Ok(Answer::ok(&json!({
                "status": "COMPLETE",
                "results": results,
                "startedAt": now,
                "completedAt": now,
            })))
        }
        Form::Labelled => {
            let json = Json::of(asked)?;
            let mut links = Vec::new();
            for spec in json.array("java.util.HashSet<AssociationSpec>")? {
                links.push(spec_of(asked, read_spec(&json, spec)?, from.0, to)?);
            }
            if links.is_empty() {
                return Err(Refusal::there_was_a_problem());
            }
            both_exist(asked, from, to)?;
            asked.portal.link(from, to, &links);
            Ok(Answer::json(
                201,
                &json!({
                    "fromObjectTypeId": from.0.type_id(),
                    "fromObjectId": id_value(asked, from.1),
                    "toObjectTypeId": to.0.type_id(),
                    "toObjectId": id_value(asked, to.1),
                    "labels": label_names(asked, (from.0, to.0), &links),
                }),
            ))
        }
    }
}

pub(super) fn dissociate(asked: &Asked<'_>) -> Result<Answer, Refusal> {
    let (from, to) = (asked.object()?, other_end(asked)?);
    let link = match form(asked) {
        Form::Typed => Some(typed(asked, from, to)?),
        Form::Default | Form::Labelled => None,
    };
    asked.portal.unlink(from, to, link);
    Ok(Answer::no_content())
}

pub(super) fn list(asked: &Asked<'_>) -> Result<Answer, Refusal> {
    let from = asked.object()?;
    let to = object_type(asked.param("toObjectType"))?;
    if !asked.portal.has(from) {
        return Err(Refusal::not_found());
    }
    if asked.route.template.starts_with("/crm/v3/") {
        return Ok(Answer::ok(&v3_page(asked, from, to)?));
    }
    let window = Window::of(asked, MOST_ON_A_PAGE, MOST_ON_A_PAGE)?;
    let (links, next) = asked.portal.links(from, to, window.after, window.limit);
    Ok(Answer::ok(&page(asked, rows_of_types(asked, from.0, to, links), next)))
}

/// One row an object, with every type of link that leads there.
pub(super) fn rows_of_types(
    asked: &Asked<'_>,
    from: ObjectType,
    to: ObjectType,
    links: Vec<(u64, Link)>,
) -> Vec<Value> {
    let mut rows: Vec<(u64, Vec<Value>)> = Vec::new();
    for (id, link) in links {
        let label = label_of(asked, (from, to), link);
        let shown = json!({ "category": link.category.name(), "typeId": link.type_id, "label": label });
        match rows.last_mut() {
            Some((last, types)) if *last == id => types.push(shown),
            _ => rows.push((id, vec![shown])),
        }
    }
    let row = |(id, types)| json!({ "toObjectId": id_value(asked, id), "associationTypes": types });
    rows.into_iter().map(row).collect()
}

/// An id as v4 writes it.
pub(super) fn id_value(asked: &Asked<'_>, id: u64) -> Value {
    match asked.switches.association_ids {
        IdForm::Number => id.into(),
        IdForm::Text => id.to_string().into(),
    }
}

/// The label of a link, where it has one.
fn label_of(asked: &Asked<'_>, (from, to): (ObjectType, ObjectType), link: Link) -> Option<String> {
    match link.category {
        Category::HubspotDefined => is_primary(link.type_id).then(|| "Primary".to_owned()),
        _ => asked.portal.label(from, to, link.type_id).map(|l| l.text),
    }
}

pub(super) fn label_names(asked: &Asked<'_>, ends: (ObjectType, ObjectType), links: &[Link]) -> Vec<String> {
    links.iter().filter_map(|link| label_of(asked, ends, *link)).collect()
}

fn v3_page(asked: &Asked<'_>, from: Key, to: ObjectType) -> Result<Page<Value>, Refusal> {
    let window = Window::of(asked, MOST_ON_A_PAGE, MOST_ON_A_PAGE)?;
    let (links, next) = asked.portal.links(from, to, window.after, window.limit);
    Ok(page(asked, v3_rows(asked, (from.0, to), links), next))
}

/// One row a link.
pub(super) fn v3_rows(
    asked: &Asked<'_>,
    ends: (ObjectType, ObjectType),
    links: Vec<(u64, Link)>,
) -> Vec<Value> {
    let row =
        |(id, link): (u64, Link)| json!({ "id": id.to_string(), "type": hubspot_name(asked, ends, link) });
    links.into_iter().map(row).collect()
}

/// The name of a link's type, as v3 writes it.
pub(super) fn hubspot_name(asked: &Asked<'_>, (from, to): (ObjectType, ObjectType), link: Link) -> String {
    match (link.category, type_by_id(link.type_id)) {
        (Category::HubspotDefined, Some(known)) => known.name(),
        _ => asked.portal.label(from, to, link.type_id).map_or(link.type_id.to_string(), |l| l.name),
    }
}

/// What a read of the object at this URL shows for `associations=…`: types without links are left out, and what is too
/// much for one page is where the link leads.
pub(super) fn linked(
    asked: &Asked<'_>,
    from: Key,
    url: impl Fn() -> String,
) -> Result<Option<BTreeMap<String, Page<Value>>>, Refusal> {
    let most = asked.switches.shown_associations.count();
    let mut pages = BTreeMap::new();
    for name in asked.query.list("associations") {
        let to = object_type(name)?;
        let (links, next) = asked.portal.links(from, to, 0, most);
        if links.is_empty() {
            continue;
        }
        let paging = next.map(|after| {
            let link = format!("{}/associations/{}?after={after}", url(), to.plural());
            Paging { next: Next { after: after.to_string(), link } }
        });
        pages.insert(to.plural().to_owned(), Page { results: v3_rows(asked, (from.0, to), links), paging });
    }
    Ok((!pages.is_empty()).then_some(pages))
}

/// The links that a creation asks for at once.
pub(super) fn inline(
    asked: &Asked<'_>,
    from: ObjectType,
    members: &Members<'_>,
) -> Result<Vec<(Key, Vec<Link>)>, Refusal> {
    let given = members.list("associations", "java.util.ArrayList<PublicAssociationsForObject>")?;
    let one =
        |one| inline_one(asked, from, &members.within("associations", "PublicAssociationsForObject", one)?);
    given.into_iter().flatten().map(one).collect()
}

fn inline_one(asked: &Asked<'_>, from: ObjectType, given: &Members<'_>) -> Result<(Key, Vec<Link>), Refusal> {
    let json = given.json();
    given.require(&["to", "types"])?;
    let to = given.object("to", "PublicObjectId")?.ok_or_else(|| json.missing(&["to"]))?;
    let id = to.id("id")?;
    let types = given.list("types", "java.util.ArrayList<AssociationSpec>")?;
    let types = types.filter(|types| !types.is_empty()).ok_or_else(|| json.missing(&["types"]))?;
    // The path names no object type here: the association type does.
    let target = |to: ObjectType| id.parse().map(|number| (to, number));
    let mut key = None;
    let mut links = Vec::new();
    for spec in types {
        let (category, type_id) = read_spec(json, spec)?;
        let Some(known) = type_by_id(type_id).filter(|_| category == Category::HubspotDefined) else {
            if let Some(label) = asked.portal.label_from(from, type_id) {
                key = key.or(target(label.to).ok());
            }
            links.push(own_label(asked, from, category, type_id, &id)?);
            continue;
        };
        if known.from != from {
            return Err(Refusal::wrong_direction(from.type_id(), known.from.type_id(), type_id));
        }
        let bad = || Refusal::bad_associations(&known.to.shouted(), std::slice::from_ref(&id));
        let to: Key = target(known.to).map_err(|_| bad())?;
        if key.is_some_and(|other| other != to) || !asked.portal.has(to) {
            return Err(bad());
        }
        key = Some(to);
        links.push(Link { category, type_id });
    }
    // Labels that nobody made do not say what they link to.
    let key = key
        .filter(|to| asked.portal.has(*to))
        .ok_or_else(|| Refusal::bad_associations("CONTACT", std::slice::from_ref(&id)))?;
    Ok((key, links))
}

pub(super) fn both_exist(asked: &Asked<'_>, from: Key, to: Key) -> Result<(), Refusal> {
    match [from, to].into_iter().find(|end| !asked.portal.has(*end)) {
        Some((kind, id)) => Err(Refusal::bad_associations(&kind.shouted(), &[id.to_string()])),
        None => Ok(()),
    }
}

/// The type in the last segment of the path: an id, or a name such as `call_to_contact`.
fn typed(asked: &Asked<'_>, from: Key, to: Key) -> Result<Link, Refusal> {
    by_name(asked, from, to, asked.param("associationType"))
}

/// The type with that id or name, if it links these two in this direction.
pub(super) fn by_name(asked: &Asked<'_>, from: Key, to: Key, given: &str) -> Result<Link, Refusal> {
    let labels = asked.portal.labels(from.0, to.0);
    let own = |l: &&crate::portal::Label| l.name == given || l.type_id.to_string() == given;
    if let Some(label) = labels.iter().find(own).filter(|_| type_by_name(given).is_none()) {
        return Ok(Link { category: Category::UserDefined, type_id: label.type_id });
    }
    let unknown = || match asked.switches.association_type_name {
        UnknownTypeName::BadRequest => Refusal::bad_associations(&to.0.shouted(), &[to.1.to_string()]),
        UnknownTypeName::NotFound => Refusal::not_found(),
    };
    let type_id = match given.parse::<u32>() {
        Ok(id) => id,
        Err(_) => type_by_name(given).ok_or_else(unknown)?.id,
    };
    hubspot_defined(type_id, from.0, to)
}

/// One of HubSpot's own types, if it links these two in this direction.
fn hubspot_defined(type_id: u32, from: ObjectType, to: Key) -> Result<Link, Refusal> {
    let id = [to.1.to_string()];
    let Some(known) = type_by_id(type_id) else {
        return Err(Refusal::bad_associations(&to.0.shouted(), &id));
    };
    if known.from != from {
        return Err(Refusal::wrong_direction(from.type_id(), known.from.type_id(), type_id));
    }
    // The object that HubSpot names is the one that the type expects.
    if known.to != to.0 {
        return Err(Refusal::bad_associations(&known.to.shouted(), &id));
    }
    Ok(Link { category: Category::HubspotDefined, type_id })
}

pub(super) fn spec_of(
    asked: &Asked<'_>,
    (category, type_id): (Category, u32),
    from: ObjectType,
    to: Key,
) -> Result<Link, Refusal> {
    if category == Category::HubspotDefined {
        hubspot_defined(type_id, from, to)
    } else {
        own_label(asked, from, category, type_id, &to.1.to_string())
    }
}

/// A label of the portal or of an integration; what nobody made is taken or refused as the switch says.
fn own_label(
    asked: &Asked<'_>,
    from: ObjectType,
    category: Category,
    type_id: u32,
    id: &str,
) -> Result<Link, Refusal> {
    if category == Category::UserDefined && asked.portal.label_from(from, type_id).is_some() {
        return Ok(Link { category, type_id });
    }
    let known = type_by_id(type_id);
    let refused = asked.switches.user_labels == Leniency::Refuse;
    if category == Category::HubspotDefined || known.is_some() || refused {
        let object = known.map_or(ObjectType::Contacts, |k| k.to).shouted();
        return Err(Refusal::bad_associations(&object, &[id.to_owned()]));
    }
    Ok(Link { category, type_id })
}

pub(super) fn read_spec(json: &Json<'_>, spec: &Value) -> Result<(Category, u32), Refusal> {
    let empty = Map::new();
    let members = spec.as_object().unwrap_or(&empty);
    let required = ["associationCategory", "associationTypeId"];
    let missing: Vec<&str> =
        required.into_iter().filter(|m| members.get(*m).is_none_or(Value::is_null)).collect();
    if !missing.is_empty() {
        return Err(json.missing(&missing));
    }
    let [category, id] = required.map(|m| &members[m]);
    let wrong_category = || json.member_mismatch("associationCategory", "AssociationCategory", category);
    let wrong_id = || json.member_mismatch("associationTypeId", "int", id);
    let parsed = id.as_u64().or_else(|| id.as_str()?.parse().ok()).and_then(|n| u32::try_from(n).ok());
    Ok((
        category.as_str().and_then(Category::parse).ok_or_else(wrong_category)?,
        parsed.ok_or_else(wrong_id)?,
    ))
}

/// A new unlabelled link, as a real portal tells it: in both directions.
pub(super) fn default_results(asked: &Asked<'_>, from: Key, to: Key, link: Link) -> Vec<Value> {
    let result = |from: Key, to: Key, link: Link| {
        json!({
            "from": { "id": from.1.to_string() },
            "to": { "id": to.1.to_string() },
            "associationSpec": {
                "associationCategory": link.category.name(),
                "associationTypeId": link.type_id,
            },
        })
    };
    let mut results = vec![result(from, to, link)];
    if asked.switches.default_association_results == Sides::Both {
        results.push(result(to, from, link.mirror()));
    }
    results
}
