//! What is sent to be written: properties as text, checked by what the portal's properties take.

use super::members::Members;
use super::{Asked, associations};
use crate::portal::validation::{self, Checked, Normalised, Rules};
use crate::portal::{Draft, Taken};
use crate::refusal::Refusal;
use crate::switches::{Leniency, UpdateOfUnknown};
use crate::texts::Texts;
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
    let (mut draft, normalised) = plain_draft(asked, kind, texts(members)?)?;
    draft.links = associations::inline(asked, kind, members)?;
    Ok((draft, normalised))
}

/// The same, where only properties were sent.
pub(super) fn plain_draft(
    asked: &Asked<'_>,
    kind: ObjectType,
    given: Texts,
) -> Result<(Draft, Vec<Normalised>), Refusal> {
    let checked = check(asked, kind, given, Act::Make)?;
    complete(kind, &checked.values)?;
    Ok((Draft { properties: checked.values, links: Vec::new() }, checked.normalised))
}

/// Whether everything is there that an object of this type must have.
pub(super) fn complete(kind: ObjectType, properties: &Texts) -> Result<(), Refusal> {
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

pub(super) fn check(asked: &Asked<'_>, kind: ObjectType, given: Texts, act: Act) -> Result<Checked, Refusal> {
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
fn texts(members: &Members<'_>) -> Result<Texts, Refusal> {
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

#[cfg(test)]
mod tests {
    use super::super::decode::{self, Json, Plain};
    use super::*;
    use proptest::prelude::*;

    /// What is given, read as any JSON is.
    fn given(body: &str) -> Option<Texts> {
        let json = Json::parse(body.as_bytes()).ok()?;
        texts(&Members::of(&json, "x").ok()?).ok()
    }

    proptest! {
        #[test]
        fn a_plain_body_is_read_as_any_other(
            members in proptest::collection::vec(("[a-c]{0,2}", "[\\x00-\u{ff}]{0,8}"), 0..8),
            more in proptest::option::of(0..6_usize),
            gap in "[ \n]{0,2}",
        ) {
            let member = |(name, value): &(String, String)| format!("\"{name}\"{gap}:{}", Value::from(value.as_str()));
            let members: Vec<String> = members.iter().map(member).collect();
            let odd = ["\"n\":1", "\"n\":null", "\"n\":[]", "\"n\":{}", "\"n\":true", "\"n\":"];
            let all = members.into_iter().chain(more.map(|which| odd[which].to_owned()));
            let body = format!("{gap}{{\"properties\":{gap}{{{}}}}}{gap}", all.collect::<Vec<_>>().join(","));
            let plain = decode::object::<Plain>(body.as_bytes()).map(|plain| plain.properties);
            prop_assert_eq!(plain.is_some(), more.is_none());
            prop_assert!(plain.is_none() || plain == given(&body));
        }
    }

    #[test]
    fn whatever_is_more_than_texts_is_read_as_any_other() {
        for body in [
            "",
            "[{\"hs_timestamp\":\"1\"}]",
            "{\"properties\":[]}",
            "{\"properties\":{},\"properties\":{}}",
            "{\"properties\":{},\"associations\":[]}",
            "{\"properties\":{}} x",
            "{}",
        ] {
            assert!(decode::object::<Plain>(body.as_bytes()).is_none(), "{body}");
        }
    }
}
