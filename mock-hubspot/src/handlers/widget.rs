//! The calling widget's settings and the third-party channel: made, read, changed, deleted.

use super::decode::Json;
use super::members::Members;
use super::settings::app_id;
use super::{Answer, Asked};
use crate::operation::Operation;
use crate::portal::Slot;
use crate::refusal::Refusal;
use crate::switches::{Leniency, MissingSettings, RecordingAfterDelete, SettingsDefaults};
use crate::wire::moment;
use serde_json::{Map, Value, json};

#[derive(Clone, Copy)]
enum Kind {
    Text,
    Number,
    Flag,
}

/// A member of settings, and what stands for it where it is left out; nothing does for the two that must be there.
struct Member {
    name: &'static str,
    kind: Kind,
    otherwise: Option<i64>,
}

const fn must(name: &'static str, kind: Kind) -> Member {
    Member { name, kind, otherwise: None }
}

const fn may(name: &'static str, kind: Kind, otherwise: i64) -> Member {
    Member { name, kind, otherwise: Some(otherwise) }
}

/// HubSpot's SDKs require the first two, its specification all nine.
static WIDGET: &[Member] = &[
    must("name", Kind::Text),
    must("url", Kind::Text),
    may("width", Kind::Number, 400),
    may("height", Kind::Number, 600),
    may("isReady", Kind::Flag, 1),
    may("supportsCustomObjects", Kind::Flag, 0),
    may("supportsInboundCalling", Kind::Flag, 0),
    may("usesCallingWindow", Kind::Flag, 0),
    may("usesRemote", Kind::Flag, 0),
];

static CHANNEL: &[Member] = &[must("url", Kind::Text), must("isReady", Kind::Flag)];

fn slot(asked: &Asked<'_>) -> (Slot, &'static [Member]) {
    match asked.route.operation {
        Operation::ReadSettings
        | Operation::CreateSettings
        | Operation::UpdateSettings
        | Operation::DeleteSettings => (Slot::Widget, WIDGET),
        _ => (Slot::Channel, CHANNEL),
    }
}

impl Member {
    fn otherwise(&self, defaults: SettingsDefaults) -> Value {
        match (self.kind, self.otherwise.unwrap_or_default()) {
            (Kind::Text, _) => "".into(),
            (Kind::Number, _) if defaults == SettingsDefaults::Null => Value::Null,
            (Kind::Number, number) => number.into(),
            (Kind::Flag, flag) => (flag != 0).into(),
        }
    }

    fn read(&self, members: &Members<'_>) -> Result<Option<Value>, Refusal> {
        Ok(match self.kind {
            Kind::Text => members.text(self.name)?.map(Value::from),
            Kind::Number => members.number(self.name)?.map(Value::from),
            Kind::Flag => members.flag(self.name)?.map(Value::from),
        })
    }
}

pub(super) fn read(asked: &Asked<'_>) -> Result<Answer, Refusal> {
    let app_id = app_id(asked)?;
    let (slot, members) = slot(asked);
    match (asked.portal.settings(slot, app_id), asked.switches.missing_settings) {
        (Some(settings), _) => Ok(Answer::ok(&settings)),
        (None, MissingSettings::NotFound) => Err(Refusal::not_found()),
        (None, MissingSettings::Defaults) => {
            let defaults: Map<String, Value> = members
                .iter()
                .map(|m| (m.name.to_owned(), m.otherwise(asked.switches.settings_defaults)))
                .collect();
            Ok(Answer::ok(&stamped(asked, defaults, None)))
        }
    }
}

pub(super) fn create(asked: &Asked<'_>) -> Result<Answer, Refusal> {
    let app_id = app_id(asked)?;
    let (slot, wanted) = slot(asked);
    let json = Json::of(asked)?;
    let members = Members::of(&json, "CallingSettingsRequest")?;
    let all = asked.switches.partial_settings == Leniency::Refuse;
    let required: Vec<&str> =
        wanted.iter().filter(|m| all || m.otherwise.is_none()).map(|m| m.name).collect();
    members.require(&required)?;
    let mut settings = Map::new();
    for member in wanted {
        let value =
            member.read(&members)?.unwrap_or_else(|| member.otherwise(asked.switches.settings_defaults));
        settings.insert(member.name.to_owned(), value);
    }
    let before = asked.portal.settings(slot, app_id);
    if before.is_some() && asked.switches.second_registration == Leniency::Refuse {
        return Err(Refusal::conflict("Settings already exist for this app."));
    }
    let settings = stamped(asked, settings, before.as_ref());
    asked.portal.set_settings(slot, app_id, settings.clone());
    Ok(Answer::ok(&settings))
}

pub(super) fn update(asked: &Asked<'_>) -> Result<Answer, Refusal> {
    let app_id = app_id(asked)?;
    let (slot, wanted) = slot(asked);
    let json = Json::of(asked)?;
    let members = Members::of(&json, "CallingSettingsPatchRequest")?;
    let before = asked.portal.settings(slot, app_id).ok_or_else(Refusal::not_found)?;
    let mut settings = Map::new();
    for member in wanted {
        let kept = || before.get(member.name).cloned().unwrap_or_default();
        settings.insert(member.name.to_owned(), member.read(&members)?.unwrap_or_else(kept));
    }
    let settings = stamped(asked, settings, Some(&before));
    asked.portal.set_settings(slot, app_id, settings.clone());
    Ok(Answer::ok(&settings))
}

pub(super) fn delete(asked: &Asked<'_>) -> Result<Answer, Refusal> {
    let app_id = app_id(asked)?;
    let (slot, _) = slot(asked);
    let was_there = asked.portal.delete_settings(slot, app_id);
    if !was_there && asked.switches.delete_missing_settings == Leniency::Refuse {
        return Err(Refusal::not_found());
    }
    if slot == Slot::Widget && asked.switches.recording_after_delete == RecordingAfterDelete::Dropped {
        asked.portal.unregister(app_id);
    }
    Ok(Answer::no_content())
}

/// When they were made and changed.
fn stamped(
    asked: &Asked<'_>,
    mut settings: Map<String, Value>,
    before: Option<&Map<String, Value>>,
) -> Map<String, Value> {
    let now = json!(moment(asked.portal.now()));
    let made = before.and_then(|b| b.get("createdAt")).cloned().unwrap_or_else(|| now.clone());
    settings.insert("createdAt".into(), made);
    settings.insert("updatedAt".into(), now);
    settings
}
