//! A definition as JSON, in both directions.

use crate::handlers::members::Members;
use crate::portal::definitions::{Access, Choice, Definition, Kind, Origin};
use crate::portal::moment;
use crate::refusal::Refusal;
use crate::wire::ObjectType;
use jiff::Timestamp;
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
pub(super) fn new(
    object_type: ObjectType,
    given: &Members<'_>,
    now: Timestamp,
) -> Result<Definition, Refusal> {
    given.require(&["name", "label", "type", "fieldType", "groupName"])?;
    let name = given.text("name")?.unwrap_or_default();
    if !is_name(name) {
        return Err(Refusal::invalid(format!(
            "Property name '{name}' is not valid: it must start with a letter and have only lower-case letters, digits and underscores"
        )));
    }
    let mut made = Definition::text(object_type, name, now);
    take(&mut made, given)?;
    if let Some(unique) = given.flag("hasUniqueValue")? {
        if unique && !matches!(made.kind, Kind::Text | Kind::Number) {
            return Err(Refusal::invalid("Only properties of type string or number can have unique values"));
        }
        made.unique = unique;
    }
    Ok(made)
}

/// One with changes; its name, and whether it is unique, stay as they are.
pub(super) fn changed(mut d: Definition, given: &Members<'_>, now: Timestamp) -> Result<Definition, Refusal> {
    let unique = d.unique.then_some(d.kind);
    take(&mut d, given)?;
    if unique.is_some_and(|kind| kind != d.kind) {
        return Err(Refusal::invalid("The type of a property with unique values cannot be changed"));
    }
    d.updated_at = now;
    Ok(d)
}

fn take(d: &mut Definition, given: &Members<'_>) -> Result<(), Refusal> {
    for (member, place) in [("label", 0), ("description", 1), ("groupName", 2)] {
        if let Some(value) = given.text(member)? {
            value.clone_into([&mut d.label, &mut d.description, &mut d.group][place]);
        }
    }
    if let Some(field_type) = given.text("fieldType")? {
        if !FIELD_TYPES.contains(&field_type) {
            return Err(given.mismatch("fieldType", "FieldType", &Value::from(field_type)));
        }
        field_type.clone_into(&mut d.field_type);
    }
    let type_name = given.text("type")?.unwrap_or(d.kind.type_name());
    d.kind = Kind::of(type_name, &d.field_type)
        .ok_or_else(|| given.mismatch("type", "PropertyType", &Value::from(type_name)))?;
    d.display_order = given.number("displayOrder")?.unwrap_or(d.display_order);
    d.hidden = given.flag("hidden")?.unwrap_or(d.hidden);
    d.form_field = given.flag("formField")?.unwrap_or(d.form_field);
    let Some(list) = given.list("options", "java.util.ArrayList<OptionInput>")? else { return Ok(()) };
    if list.len() > MOST_OPTIONS {
        return Err(Refusal::invalid("There are too many options"));
    }
    let read =
        list.iter().enumerate().map(|(i, one)| choice(&given.within("options", "OptionInput", one)?, i));
    d.options = read.collect::<Result<_, _>>()?;
    let mut values = std::collections::HashSet::new();
    if let Some(twice) = d.options.iter().find(|o| !values.insert(o.value.as_str())) {
        return Err(Refusal::invalid(format!("Property option values must be unique: {}", twice.value)));
    }
    Ok(())
}

fn choice(given: &Members<'_>, order: usize) -> Result<Choice, Refusal> {
    given.require(&["label", "value"])?;
    let text = |name| Ok(given.text(name)?.unwrap_or_default().to_owned());
    Ok(Choice {
        label: text("label")?,
        value: text("value")?,
        description: text("description")?,
        display_order: given.number("displayOrder")?.unwrap_or(order as i64),
        hidden: given.flag("hidden")?.unwrap_or(false),
    })
}

fn is_name(name: &str) -> bool {
    name.len() <= LONGEST_NAME
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'_')
}
