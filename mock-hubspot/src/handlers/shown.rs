//! An object as a reply shows it: the default properties, those asked for, their history, and links.

use super::associations;
use super::{Asked, members::Members};
use crate::operation::Operation;
use crate::portal::definitions::Schema;
use crate::portal::{CallRecord, Version, moment};
use crate::refusal::Refusal;
use crate::wire::{ObjectType, ObjectView};
use serde_json::{Value, json};

/// Which properties are asked for.
pub(super) struct Wanted<'a> {
    schema: Schema,
    properties: Vec<&'a str>,
    history: Vec<&'a str>,
}

impl<'a> Wanted<'a> {
    /// As a query says it.
    pub(super) fn of_query(asked: &Asked<'a>, kind: ObjectType) -> Self {
        Self {
            schema: asked.portal.schema(kind),
            properties: asked.query.list("properties"),
            history: asked.query.list("propertiesWithHistory"),
        }
    }

    /// As a body says it.
    pub(super) fn of_body(
        asked: &Asked<'_>,
        kind: ObjectType,
        members: &Members<'a>,
    ) -> Result<Self, Refusal> {
        Ok(Self {
            schema: asked.portal.schema(kind),
            properties: members.names("properties")?,
            history: members.names("propertiesWithHistory")?,
        })
    }

    /// Whether any history is asked for, which halves what a page may hold.
    pub(super) fn has_history(&self) -> bool {
        !self.history.is_empty()
    }

    /// A property that the portal does not have is left out; one that is not set is null.
    pub(super) fn view<'r>(&self, app_id: &str, record: &'r CallRecord) -> ObjectView<'r>
    where
        'a: 'r,
    {
        let exists = |name: &&str| self.schema.get(name).is_some();
        let asked_for = self.properties.iter().chain(&self.history).copied().filter(exists);
        let defaults = self.schema.object_type.default_properties().iter().copied();
        let mut view = view(record, pick(record, defaults.chain(asked_for)));
        if self.has_history() {
            let named = self.history.iter().copied().filter(exists);
            let past = named.map(|name| (name.to_owned(), versions(app_id, &record.versions(name))));
            view.properties_with_history = Some(past.collect());
        }
        view
    }
}

fn versions(app_id: &str, versions: &[Version]) -> Vec<Value> {
    let shown = |v: &Version| {
        json!({
            "value": v.value,
            "timestamp": moment::written(v.at),
            "sourceType": "INTEGRATION",
            "sourceId": app_id,
        })
    };
    versions.iter().map(shown).collect()
}

/// What a write shows: the default properties, and those that were set.
pub(super) fn written<'a>(
    record: &'a CallRecord,
    kind: ObjectType,
    set: impl Iterator<Item = &'a str>,
) -> ObjectView<'a> {
    view(record, pick(record, kind.default_properties().iter().copied().chain(set)))
}

/// What a creation shows: everything.
pub(super) fn whole(record: &CallRecord) -> ObjectView<'_> {
    view(record, record.properties.iter().map(|(name, value)| (name, Some(value))).collect())
}

/// What is shown where nobody says what: the default properties.
pub(super) fn defaults(record: &CallRecord, kind: ObjectType) -> ObjectView<'_> {
    view(record, pick(record, kind.default_properties().iter().copied()))
}

/// Those properties, each once, by name.
fn pick<'a>(record: &'a CallRecord, names: impl Iterator<Item = &'a str>) -> Vec<(&'a str, Option<&'a str>)> {
    let mut picked: Vec<_> = names.map(|name| (name, record.properties.get(name))).collect();
    picked.sort_unstable();
    picked.dedup();
    picked
}

fn view<'a>(record: &CallRecord, properties: Vec<(&'a str, Option<&'a str>)>) -> ObjectView<'a> {
    let created_at = moment::written(record.created_at);
    // Most objects are never changed.
    let is_new = record.updated_at == record.created_at;
    let updated_at = if is_new { created_at.clone() } else { moment::written(record.updated_at) };
    ObjectView {
        id: record.id.to_string(),
        properties,
        created_at,
        updated_at,
        archived: record.archived,
        archived_at: record.archived_at.map(moment::written),
        associations: None,
        properties_with_history: None,
        object_write_trace_id: None,
        new: None,
        warnings: Vec::new(),
    }
}

/// Adds the links that `associations=` asks for.
pub(super) fn add_links(
    asked: &Asked<'_>,
    kind: ObjectType,
    record: &CallRecord,
    view: &mut ObjectView<'_>,
) -> Result<(), Refusal> {
    let url = || format!("{}/{}", collection(asked), record.id);
    view.associations = associations::linked(asked, (kind, record.id), url)?;
    Ok(())
}

/// The URL of all objects of the type that the request is about.
fn collection(asked: &Asked<'_>) -> String {
    let mut url = asked.url();
    if matches!(asked.route.operation, Operation::ReadCall | Operation::ReadRecord) {
        url.truncate(url.rfind('/').unwrap_or(url.len()));
    }
    url
}
