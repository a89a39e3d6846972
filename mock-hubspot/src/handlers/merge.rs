//! Two objects that become one, and contacts that are forgotten.

use super::decode::Json;
use super::members::Members;
use super::objects::by_property;
use super::{Answer, Asked, object_id, shown};
use crate::refusal::Refusal;
use crate::versions::ApiVersion;
use crate::wire::ObjectType;

/// The first object stays, with everything that only the second had; the second is archived.
pub(super) fn merge(asked: &Asked<'_>) -> Result<Answer, Refusal> {
    let kind = asked.object_type()?;
    if kind == ObjectType::Calls {
        return Err(nothing_there(asked, kind));
    }
    let json = Json::of(asked)?;
    let members = Members::of(&json, "PublicMergeInput")?;
    let id = |member| object_id(&members.id(member)?);
    let (first, second) = (id("primaryObjectId")?, id("objectIdToMerge")?);
    if first == second {
        return Err(Refusal::invalid("Cannot merge an object with itself"));
    }
    let merged = asked.portal.merge(kind, first, second).ok_or_else(Refusal::not_found)?;
    Ok(Answer::object(200, &shown::whole(&merged)))
}

/// A contact named by an email that nobody has is forgotten, too.
pub(super) fn gdpr_delete(asked: &Asked<'_>) -> Result<Answer, Refusal> {
    let kind = asked.object_type()?;
    if kind != ObjectType::Contacts {
        return Err(nothing_there(asked, kind));
    }
    let json = Json::of(asked)?;
    let members = Members::of(&json, "PublicGdprDeleteInput")?;
    let id = members.id("objectId")?;
    let id = match members.text("idProperty")? {
        None | Some("" | "hs_object_id") => object_id(&id)?,
        Some(property) => match by_property(asked, kind, property, &id)? {
            Some(id) => id,
            None => return Ok(Answer::no_content()),
        },
    };
    if asked.portal.forget((kind, id)) { Ok(Answer::no_content()) } else { Err(Refusal::not_found()) }
}

/// v3 has no such path; the dated versions have it for every type in their documents.
fn nothing_there(asked: &Asked<'_>, kind: ObjectType) -> Refusal {
    if asked.route.version == ApiVersion::V3 {
        Refusal::no_route()
    } else {
        Refusal::invalid(format!("This is not supported for object type {}", kind.shouted()))
    }
}
