//! What is sent to be written: properties as text, checked by what the portal's properties take.

use super::members::Members;
use super::{Asked, associations};
use crate::portal::validation::{self, Checked, Normalised, Rules};
use crate::portal::{Draft, Taken, Values};
use crate::refusal::Refusal;
use crate::switches::{Leniency, UpdateOfUnknown};
use crate::versions::ApiVersion;
use crate::wire::{ObjectType, ObjectView};
use compact_str::{CompactString, ToCompactString as _};
use serde_json::{Value, json};

/// What is to become of the properties.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Act {
    Make,
    Change,
    /// Made or changed under the name of a unique property, which is sent apart.
    MakeByKey,
}

/// A new object, as it was sent.
pub(super) fn draft(
    asked: &Asked<'_>,
    kind: ObjectType,
    members: &Members<'_>,
) -> Result<(Draft, Vec<Normalised>), Refusal> {
    let checked = properties(asked, kind, members, Act::Make)?;
    complete(kind, &checked.values)?;
    let links = associations::inline(asked, kind, members)?;
    Ok((Draft { properties: checked.values, links }, checked.normalised))
}

/// Whether everything is there that an object of this type must have.
pub(super) fn complete(kind: ObjectType, properties: &Values) -> Result<(), Refusal> {
    if kind == ObjectType::Calls && properties.get("hs_timestamp").is_none_or(str::is_empty) {
        return Err(Refusal::required_properties(&kind.shouted(), &["hs_timestamp"]));
    }
    Ok(())
}

/// The member `properties`, valid and as HubSpot keeps it.
pub(super) fn properties(
    asked: &Asked<'_>,
    kind: ObjectType,
    members: &Members<'_>,
    act: Act,
) -> Result<Checked, Refusal> {
    check(asked, kind, texts(members)?, act)
}

pub(super) fn check(
    asked: &Asked<'_>,
    kind: ObjectType,
    given: Values,
    act: Act,
) -> Result<Checked, Refusal> {
    let rules = Rules {
        normalises: asked.route.version == ApiVersion::V2026_09,
        making: match act {
            Act::Make => asked.switches.creation_key == Leniency::Accept,
            Act::MakeByKey => true,
            Act::Change => false,
        },
        passes_over: act == Act::Change && asked.switches.update_of_unknown == UpdateOfUnknown::Ignore,
        known_owner: &|owner| {
            asked.switches.owner_ids == Leniency::Accept
                || owner.parse().is_ok_and(|id| asked.portal.owner(id).is_some())
        },
    };
    validation::check(&asked.portal.schema(kind), given, rules)
        .map_err(|bad| Refusal::bad_properties(asked.portal.setup().portal_id, &bad))
}

/// Numbers and booleans become text, as one of HubSpot's SDKs sends them.
fn texts(members: &Members<'_>) -> Result<Values, Refusal> {
    let java_type = "java.util.LinkedHashMap<java.lang.String,java.lang.String>";
    members.require(&["properties"])?;
    let properties = members.object("properties", java_type)?;
    let texts = properties.iter().flat_map(Members::iter).map(|(name, value)| {
        let text = match value {
            Value::String(text) => CompactString::from(text),
            Value::Null => CompactString::default(),
            Value::Bool(_) | Value::Number(_) => value.to_compact_string(),
            Value::Array(_) | Value::Object(_) => {
                return Err(members.mismatch(name, "java.lang.String", value));
            }
        };
        Ok((name, text))
    });
    texts.collect()
}

/// What is said about values that were put right.
pub(super) fn warn(view: &mut ObjectView<'_>, normalised: &[Normalised]) {
    let warning = |n: &Normalised| {
        json!({
            "category": "PROPERTY_VALUE_NORMALIZED",
            "message": format!("{} was normalized", n.name),
            "context": {
                "normalizedValue": [n.value],
                "propertyName": [n.name],
                "rawValue": [n.raw],
            },
        })
    };
    view.warnings = normalised.iter().map(warning).collect();
}

/// Another object has that value already.
pub(super) fn taken(kind: ObjectType, taken: &Taken) -> Refusal {
    let name = kind.singular();
    let name = format!("{}{}", name[..1].to_uppercase(), &name[1..]);
    Refusal::exists(&name, &taken.property, &taken.value, taken.by)
}
