//! A definition as JSON, in both directions.

use super::Members;
use crate::handlers::decode::Json;
use crate::portal::definitions::{Access, Choice, Definition, Kind, Origin};
use crate::portal::moment;
use crate::refusal::Refusal;
use crate::wire::ObjectType;
use serde_json::{Value, json};

const LONGEST_NAME: usize = 100;
const MOST_OPTIONS: usize = 5000;
const FIELD_TYPES: [&str; 11] = [
    "textarea",
    "text",
    "date",
    "file",
    "number",
    "select",
    "radio",
    "checkbox",
    "booleancheckbox",
    "phonenumber",
    "html",
];

/// As HubSpot shows it.
pub(super) fn view(d: &Definition) -> Value {
    let read_only = d.access != Access::Anybody;
    let by_hubspot = d.origin == Origin::HubSpot;
    let mut view = json!({
        "createdAt": moment::written(d.created_at),
        "updatedAt": moment::written(d.updated_at),
        "name": d.name,
        "label": d.label,
        "type": d.kind.type_name(),
        "fieldType": d.field_type,
        "description": d.description,
        "groupName": d.group,
        "options": options(d),
        "displayOrder": d.display_order,
        "calculated": d.access == Access::HubSpot,
        "externalOptions": d.kind == Kind::Owner,
        "hasUniqueValue": d.unique,
        "hidden": d.hidden,
        "hubspotDefined": by_hubspot,
        "modificationMetadata": {
            "archivable": !by_hubspot,
            "readOnlyDefinition": by_hubspot,
            "readOnlyOptions": by_hubspot,
            "readOnlyValue": read_only,
        },
        "formField": d.form_field,
        "dataSensitivity": "non_sensitive",
        "archived": d.archived_at.is_some(),
    });
    if d.kind == Kind::Owner {
        view["referencedObjectType"] = "OWNER".into();
    }
    if let Some(at) = d.archived_at {
        view["archivedAt"] = moment::written(at).into();
    }
    view
}

fn options(d: &Definition) -> Vec<Value> {
    let option = |label: &str, value: &str, description: &str, order: i64, hidden: bool| {
        json!({
            "label": label,
            "value": value,
            "description": description,
            "displayOrder": order,
            "hidden": hidden,
        })
    };
    if d.kind == Kind::Boolean && d.options.is_empty() {
        return vec![option("True", "true", "", 0, false), option("False", "false", "", 1, false)];
    }
    d.options.iter().map(|o| option(&o.label, &o.value, &o.description, o.display_order, o.hidden)).collect()
}

pub(super) const fn group_label(kind: ObjectType) -> &'static str {
    match kind {
        ObjectType::Contacts => "Contact information",
        ObjectType::Companies => "Company information",
        ObjectType::Deals => "Deal information",
        ObjectType::Tickets => "Ticket information",
        ObjectType::Calls => "Call",
    }
}

/// A new one, as it was sent.
pub(super) fn new(object_type: ObjectType, json: &Json<'_>, given: &Members) -> Result<Definition, Refusal> {
    let required = ["name", "label", "type", "fieldType", "groupName"];
    let missing: Vec<&str> =
        required.into_iter().filter(|m| given.get(*m).is_none_or(Value::is_null)).collect();
    if !missing.is_empty() {
        return Err(json.missing(&missing));
    }
    let name = text(json, given, "name")?.unwrap_or_default();
    if !is_name(name) {
        return Err(Refusal::invalid(format!(
            "Property name '{name}' is not valid: it must start with a letter and have only lower-case letters, digits and underscores"
        )));
    }
    let mut made = Definition::text(object_type, name, moment::now());
    take(&mut made, json, given)?;
    if let Some(unique) = flag(json, given, "hasUniqueValue")? {
        if unique && !matches!(made.kind, Kind::Text | Kind::Number) {
            return Err(Refusal::invalid("Only properties of type string or number can have unique values"));
        }
        made.unique = unique;
    }
    Ok(made)
}

/// One with changes; its name, and whether it is unique, stay as they are.
pub(super) fn changed(mut d: Definition, json: &Json<'_>, given: &Members) -> Result<Definition, Refusal> {
    let unique = d.unique.then_some(d.kind);
    take(&mut d, json, given)?;
    if unique.is_some_and(|kind| kind != d.kind) {
        return Err(Refusal::invalid("The type of a property with unique values cannot be changed"));
    }
    d.updated_at = moment::now();
    Ok(d)
}

fn take(d: &mut Definition, json: &Json<'_>, given: &Members) -> Result<(), Refusal> {
    for (member, place) in [("label", 0), ("description", 1), ("groupName", 2)] {
        if let Some(value) = text(json, given, member)? {
            value.clone_into([&mut d.label, &mut d.description, &mut d.group][place]);
        }
    }
    if let Some(field_type) = text(json, given, "fieldType")? {
        if !FIELD_TYPES.contains(&field_type) {
            return Err(json.member_mismatch("fieldType", "FieldType", &Value::from(field_type)));
        }
        field_type.clone_into(&mut d.field_type);
    }
    let type_name = text(json, given, "type")?.unwrap_or(d.kind.type_name());
    d.kind = Kind::of(type_name, &d.field_type)
        .ok_or_else(|| json.member_mismatch("type", "PropertyType", &Value::from(type_name)))?;
    if let Some(order) = given.get("displayOrder").filter(|v| !v.is_null()) {
        d.display_order = order.as_i64().ok_or_else(|| json.member_mismatch("displayOrder", "int", order))?;
    }
    d.hidden = flag(json, given, "hidden")?.unwrap_or(d.hidden);
    d.form_field = flag(json, given, "formField")?.unwrap_or(d.form_field);
    match given.get("options") {
        None | Some(Value::Null) => {}
        Some(Value::Array(list)) if list.len() <= MOST_OPTIONS => {
            let read = list.iter().enumerate().map(|(i, one)| choice(json, one, i));
            d.options = read.collect::<Result<_, _>>()?;
            let mut values = std::collections::HashSet::new();
            if let Some(twice) = d.options.iter().find(|o| !values.insert(o.value.as_str())) {
                let message = format!("Property option values must be unique: {}", twice.value);
                return Err(Refusal::invalid(message));
            }
        }
        Some(Value::Array(_)) => return Err(Refusal::invalid("There are too many options")),
        Some(other) => {
            return Err(json.member_mismatch("options", "java.util.ArrayList<OptionInput>", other));
        }
    }
    Ok(())
}

fn choice(json: &Json<'_>, given: &Value, order: usize) -> Result<Choice, Refusal> {
    let Some(members) = given.as_object() else {
        return Err(json.member_mismatch("options", "OptionInput", given));
    };
    let missing: Vec<&str> =
        ["label", "value"].into_iter().filter(|m| members.get(*m).is_none_or(Value::is_null)).collect();
    if !missing.is_empty() {
        return Err(json.missing(&missing));
    }
    Ok(Choice {
        label: text(json, members, "label")?.unwrap_or_default().to_owned(),
        value: text(json, members, "value")?.unwrap_or_default().to_owned(),
        description: text(json, members, "description")?.unwrap_or_default().to_owned(),
        display_order: members.get("displayOrder").and_then(Value::as_i64).unwrap_or(order as i64),
        hidden: flag(json, members, "hidden")?.unwrap_or(false),
    })
}

fn text<'v>(json: &Json<'_>, given: &'v Members, member: &str) -> Result<Option<&'v str>, Refusal> {
    match given.get(member) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(other) => Err(json.member_mismatch(member, "java.lang.String", other)),
    }
}

fn flag(json: &Json<'_>, given: &Members, member: &str) -> Result<Option<bool>, Refusal> {
    match given.get(member) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Bool(flag)) => Ok(Some(*flag)),
        Some(other) => Err(json.member_mismatch(member, "boolean", other)),
    }
}

fn is_name(name: &str) -> bool {
    name.len() <= LONGEST_NAME
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'_')
}
