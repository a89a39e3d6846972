//! Which properties the objects of a portal have: HubSpot's own, and those that the portal defined itself.
//!
//! HubSpot's own are read once from the lists in `definitions/`: name, type, access and label in a line, options below.
//! Read next: `validation.rs` (what values they take), `state.rs` (who keeps them).

use crate::wire::ObjectType;
use compact_str::CompactString;
use jiff::Timestamp;
use jiff::fmt::serde::timestamp::millisecond;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

/// What a property takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Kind {
    Text,
    Email,
    Number,
    Whole,
    Moment,
    Date,
    Boolean,
    /// One of its options; any value where it has none.
    Options,
    /// Several, separated by semicolons.
    ManyOptions,
    Owner,
}

impl Kind {
    /// `type` on the wire.
    pub(crate) const fn type_name(self) -> &'static str {
        match self {
            Self::Text | Self::Email => "string",
            Self::Number | Self::Whole => "number",
            Self::Moment => "datetime",
            Self::Date => "date",
            Self::Boolean => "bool",
            Self::Options | Self::ManyOptions | Self::Owner => "enumeration",
        }
    }

    const fn field_type(self) -> &'static str {
        match self {
            Self::Text | Self::Email => "text",
            Self::Number | Self::Whole => "number",
            Self::Moment | Self::Date => "date",
            Self::Boolean => "booleancheckbox",
            Self::Options | Self::Owner => "select",
            Self::ManyOptions => "checkbox",
        }
    }

    /// The kind that a type and a field type on the wire mean.
    pub(crate) fn of(type_name: &str, field_type: &str) -> Option<Self> {
        Some(match type_name {
            "string" | "phone_number" => Self::Text,
            "number" => Self::Number,
            "datetime" => Self::Moment,
            "date" => Self::Date,
            "bool" => Self::Boolean,
            "enumeration" if field_type == "checkbox" => Self::ManyOptions,
            "enumeration" => Self::Options,
            _ => return None,
        })
    }

    /// Whether it is compared as a number.
    pub(crate) const fn is_number(self) -> bool {
        matches!(self, Self::Number | Self::Whole)
    }

    /// Whether equal values may be looked up by their text.
    pub(crate) const fn is_text(self) -> bool {
        matches!(self, Self::Text | Self::Email)
    }
}

/// Who may set a property.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Access {
    Anybody,
    /// Whoever makes the object, as far as the switches say so.
    Maker,
    HubSpot,
}

/// Who defined a property; HubSpot's own cannot be changed or archived.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Origin {
    HubSpot,
    Portal,
}

/// One option of an enumeration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Choice {
    pub(crate) label: String,
    pub(crate) value: String,
    pub(crate) description: String,
    pub(crate) display_order: i64,
    pub(crate) hidden: bool,
}

/// One property.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Definition {
    pub(crate) name: CompactString,
    pub(crate) label: String,
    pub(crate) description: String,
    pub(crate) group: String,
    pub(crate) kind: Kind,
    pub(crate) field_type: String,
    pub(crate) options: Vec<Choice>,
    pub(crate) access: Access,
    /// No two objects that are not archived have the same value.
    pub(crate) unique: bool,
    pub(crate) hidden: bool,
    pub(crate) form_field: bool,
    pub(crate) display_order: i64,
    pub(crate) origin: Origin,
    #[serde(with = "millisecond::required")]
    pub(crate) created_at: Timestamp,
    #[serde(with = "millisecond::required")]
    pub(crate) updated_at: Timestamp,
    #[serde(with = "millisecond::optional")]
    pub(crate) archived_at: Option<Timestamp>,
}

/// The properties of one object type in one portal; cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Schema {
    pub(crate) object_type: ObjectType,
    hubspot: &'static BTreeMap<CompactString, Definition>,
    own: Arc<BTreeMap<CompactString, Definition>>,
}

impl Schema {
    pub(crate) fn new(object_type: ObjectType) -> Self {
        let hubspot = &HUBSPOT[object_type as usize];
        Self { object_type, hubspot, own: Arc::default() }
    }

    /// The property with that name, unless it was archived.
    pub(crate) fn get(&self, name: &str) -> Option<&Definition> {
        self.any(name).filter(|d| d.archived_at.is_none())
    }

    /// The same, archived ones included.
    pub(crate) fn any(&self, name: &str) -> Option<&Definition> {
        let long = LONG[self.object_type as usize].get(name.len());
        let theirs = long.into_iter().flatten().find(|definition| definition.name == name);
        theirs.copied().or_else(|| self.own.get(name))
    }

    /// All of them, HubSpot's own first.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Definition> {
        self.hubspot.values().chain(self.own.values())
    }

    /// Those that the portal defined itself.
    pub(crate) fn own(&self) -> impl Iterator<Item = &Definition> {
        self.own.values()
    }

    /// How many the portal defined itself.
    pub(crate) fn own_count(&self) -> usize {
        self.own.len()
    }

    /// Adds a property of the portal, or replaces it.
    pub(crate) fn define(&mut self, definition: Definition) {
        Arc::make_mut(&mut self.own).insert(definition.name.clone(), definition);
    }
}

impl Definition {
    /// A property of the portal's own, of whatever a portal file holds.
    pub(crate) fn text(object_type: ObjectType, name: &str, now: Timestamp) -> Self {
        let kind = Kind::Text;
        Self {
            origin: Origin::Portal,
            created_at: now,
            updated_at: now,
            ..hubspot(object_type, name.into(), kind)
        }
    }
}

fn hubspot(object_type: ObjectType, name: CompactString, kind: Kind) -> Definition {
    Definition {
        label: name.to_string(),
        name,
        description: String::new(),
        group: group_of(object_type).to_owned(),
        kind,
        field_type: kind.field_type().to_owned(),
        options: Vec::new(),
        access: Access::Anybody,
        unique: false,
        hidden: false,
        form_field: false,
        display_order: -1,
        origin: Origin::HubSpot,
        created_at: Timestamp::UNIX_EPOCH,
        updated_at: Timestamp::UNIX_EPOCH,
        archived_at: None,
    }
}

/// The group in which HubSpot keeps its own properties.
pub(crate) const fn group_of(object_type: ObjectType) -> &'static str {
    match object_type {
        ObjectType::Contacts => "contactinformation",
        ObjectType::Companies => "companyinformation",
        ObjectType::Deals => "dealinformation",
        ObjectType::Tickets => "ticketinformation",
        ObjectType::Calls => "call",
    }
}

const COMMON: &str = include_str!("definitions/common.txt");

static HUBSPOT: LazyLock<[BTreeMap<CompactString, Definition>; 5]> = LazyLock::new(|| {
    let mut all = [const { BTreeMap::new() }; 5];
    for object_type in ObjectType::ALL {
        let list = match object_type {
            ObjectType::Contacts => include_str!("definitions/contacts.txt"),
            ObjectType::Companies => include_str!("definitions/companies.txt"),
            ObjectType::Deals => include_str!("definitions/deals.txt"),
            ObjectType::Tickets => include_str!("definitions/tickets.txt"),
            ObjectType::Calls => include_str!("definitions/calls.txt"),
        };
        all[object_type as usize] = read(object_type, COMMON.lines().chain(list.lines()));
    }
    all
});

/// HubSpot's own by the length of their names, of which few are as long: every property of every request is looked up.
static LONG: LazyLock<[Vec<Vec<&'static Definition>>; 5]> = LazyLock::new(|| {
    let mut all = [const { Vec::new() }; 5];
    for (by_length, definitions) in all.iter_mut().zip(&*HUBSPOT) {
        let longest = definitions.keys().map(CompactString::len).max().unwrap_or(0);
        by_length.resize(longest + 1, Vec::new());
        for definition in definitions.values() {
            by_length[definition.name.len()].push(definition);
        }
    }
    all
});

/// Reads a list; a line that is none is left out, and a test sees to it that there is no such line.
fn read(
    object_type: ObjectType,
    lines: impl Iterator<Item = &'static str>,
) -> BTreeMap<CompactString, Definition> {
    let mut all = BTreeMap::new();
    let mut last: Option<Definition> = None;
    for line in lines {
        if let Some(option) = line.strip_prefix("  ") {
            if let (Some(definition), Some((value, label))) = (&mut last, option.split_once(' ')) {
                definition.options.push(Choice {
                    label: label.to_owned(),
                    value: value.to_owned(),
                    description: String::new(),
                    display_order: definition.options.len() as i64,
                    hidden: false,
                });
            }
            continue;
        }
        let next = row(object_type, line);
        if let Some(done) = std::mem::replace(&mut last, next) {
            all.insert(done.name.clone(), done);
        }
    }
    if let Some(done) = last {
        all.insert(done.name.clone(), done);
    }
    all
}

fn row(object_type: ObjectType, line: &'static str) -> Option<Definition> {
    let mut parts = line.splitn(4, ' ');
    let (name, kind, access, label) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let kind = match kind {
        "text" => Kind::Text,
        "email" => Kind::Email,
        "number" => Kind::Number,
        "whole" => Kind::Whole,
        "datetime" => Kind::Moment,
        "bool" => Kind::Boolean,
        "options" => Kind::Options,
        "options-many" | "open" => Kind::ManyOptions,
        "owner" => Kind::Owner,
        _ => return None,
    };
    let (access, unique) = match access.strip_suffix(",unique") {
        Some(access) => (access, true),
        None => (access, false),
    };
    let access = match access {
        "rw" => Access::Anybody,
        "once" => Access::Maker,
        "ro" => Access::HubSpot,
        _ => return None,
    };
    let form_field = access == Access::Anybody && object_type != ObjectType::Calls;
    Some(Definition {
        label: label.to_owned(),
        access,
        unique,
        form_field,
        ..hubspot(object_type, CompactString::const_new(name), kind)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_lists_is_a_property_or_an_option() {
        for object_type in ObjectType::ALL {
            let schema = Schema::new(object_type);
            assert!(schema.all().count() > 30, "{object_type:?}");
            for definition in schema.all() {
                assert!(!definition.label.is_empty(), "{}", definition.name);
                if definition.kind == Kind::Options {
                    assert!(definition.options.len() > 1, "{}", definition.name);
                }
            }
            for name in object_type.default_properties() {
                assert!(schema.get(name).is_some(), "{object_type:?} {name}");
            }
        }
        let lists = [COMMON, include_str!("definitions/calls.txt"), include_str!("definitions/contacts.txt")];
        for line in lists.iter().flat_map(|list| list.lines()).filter(|line| !line.starts_with("  ")) {
            assert!(row(ObjectType::Calls, line).is_some(), "{line}");
        }
    }

    #[test]
    fn a_call_has_what_the_guide_sets_and_what_hubspot_computes() {
        let schema = Schema::new(ObjectType::Calls);
        let access = |name: &str| schema.get(name).map(|d| d.access);
        assert_eq!(access("hs_call_external_id"), Some(Access::Anybody));
        assert_eq!(access("hs_call_has_transcript"), Some(Access::HubSpot));
        assert_eq!(access("hs_call_colour"), None);
        assert!(schema.get("hs_unique_creation_key").is_some_and(|d| d.unique));
    }

    #[test]
    fn what_the_portal_defines_is_there_until_it_is_archived() {
        let mut schema = Schema::new(ObjectType::Deals);
        let mut own = Definition::text(ObjectType::Deals, "colour", Timestamp::UNIX_EPOCH);
        schema.define(own.clone());
        assert!(schema.get("colour").is_some_and(|d| d.origin == Origin::Portal));
        own.archived_at = Some(Timestamp::UNIX_EPOCH);
        schema.define(own);
        assert!(schema.get("colour").is_none() && schema.any("colour").is_some());
    }
}
