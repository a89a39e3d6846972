//! The JSON bodies of requests and replies, for whoever speaks or answers the API.

use super::Category;
use crate::words::must_be_escaped;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;
use std::collections::BTreeMap;

/// The id of a call: `callId` in one path, `engagementId` in another body, `id` in a reply; one and the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CallId(pub u64);

impl std::fmt::Display for CallId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// A time as HubSpot writes it: UTC, three digits of milliseconds, or none where they are zero.
pub fn moment(time: jiff::Timestamp) -> String {
    let ms = time.as_millisecond();
    let time = jiff::Timestamp::from_millisecond(ms).unwrap_or(time);
    if let Some(text) = of_four_digits(time) {
        return text;
    }
    if ms % 1000 == 0 { format!("{time:.0}") } else { format!("{time:.3}") }
}

/// The same in a tenth of the time, as every object shows two of them; `None` where the year has not four digits.
fn of_four_digits(time: jiff::Timestamp) -> Option<String> {
    let civil = jiff::tz::Offset::UTC.to_datetime(time);
    let year = u32::try_from(civil.year()).ok()?;
    let mut text = String::with_capacity(24);
    let mut digits = |number: u32, least: u32, after: &str| {
        let mut power = least;
        while power > 0 {
            text.push(char::from(b'0' + (number / power % 10) as u8));
            power /= 10;
        }
        text.push_str(after);
    };
    let small = |number: i8| u32::from(number.unsigned_abs());
    digits(year, 1000, "-");
    digits(small(civil.month()), 10, "-");
    digits(small(civil.day()), 10, "T");
    digits(small(civil.hour()), 10, ":");
    digits(small(civil.minute()), 10, ":");
    match u32::from(civil.millisecond().unsigned_abs()) {
        0 => digits(small(civil.second()), 10, "Z"),
        millis => {
            digits(small(civil.second()), 10, ".");
            digits(millis, 100, "Z");
        }
    }
    Some(text)
}

/// Body and reply of `settings/recording` (guide §2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RecordingSettings {
    /// The endpoint, `%s` standing for the call's external id.
    pub url_to_retrieve_authed_recording: String,
}

/// Body of `recordings/ready` (guide §4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MarkReady {
    /// The call, as a JSON number.
    pub engagement_id: CallId,
}

/// What the registered endpoint answers (guide §1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuthenticatedUrl {
    /// Where the recording can be fetched now.
    pub authenticated_url: String,
}

/// Body of a creation or an update (guide §3).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ObjectInput {
    /// Values by property; numbers and booleans are accepted.
    pub properties: BTreeMap<String, Value>,
    /// Links that are made at once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub associations: Vec<AssociationInput>,
}

/// A link made together with the object.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AssociationInput {
    /// The other end.
    pub to: TargetId,
    /// Its types.
    pub types: Vec<AssociationSpec>,
}

/// An object by its id, which may be written as text or as a number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TargetId {
    /// The id.
    pub id: Value,
}

/// One association type, as v4 writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AssociationSpec {
    /// Who defined it.
    pub association_category: Category,
    /// Its id within the category.
    pub association_type_id: u32,
}

/// A CRM object as HubSpot shows it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ObjectView<'a> {
    /// Its id, as text.
    pub id: String,
    /// The properties that were asked for, by name; every value is text.
    #[serde(serialize_with = "as_map")]
    pub properties: Vec<(&'a str, Option<&'a str>)>,
    /// When it was made.
    pub created_at: String,
    /// When it was last changed.
    pub updated_at: String,
    /// Whether it was archived.
    pub archived: bool,
    /// When it was archived.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub archived_at: Option<String>,
    /// Its links by plural type, where they were asked for and exist.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub associations: Option<BTreeMap<String, Page<Value>>>,
    /// What its properties were, the newest first, where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub properties_with_history: Option<BTreeMap<String, Vec<Value>>>,
    /// What the input of a batch was called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object_write_trace_id: Option<String>,
    /// Whether an upsert made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new: Option<bool>,
    /// What was put right in the values that were sent.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Value>,
}

impl ObjectView<'_> {
    /// The same JSON as by `serde_json`, in a fraction of the time where it is short: every call that is made, read or changed
    /// is shown so.
    pub fn to_json(&self) -> String {
        let shortest: usize = self.properties.iter().map(|(n, v)| n.len() + v.map_or(4, str::len) + 6).sum();
        // The rest of an object that has none of the members that most have not.
        let mut json = String::with_capacity(shortest + self.id.len() + 128);
        json.push_str("{\"id\":");
        text(&mut json, &self.id);
        json.push_str(",\"properties\":{");
        for (at, (name, value)) in self.properties.iter().enumerate() {
            if at > 0 {
                json.push(',');
            }
            text(&mut json, name);
            json.push(':');
            match value {
                Some(value) => text(&mut json, value),
                None => json.push_str("null"),
            }
        }
        json.push_str("},\"createdAt\":");
        text(&mut json, &self.created_at);
        json.push_str(",\"updatedAt\":");
        text(&mut json, &self.updated_at);
        json.push_str(",\"archived\":");
        json.push_str(if self.archived { "true" } else { "false" });
        member(&mut json, "archivedAt", self.archived_at.as_ref());
        member(&mut json, "associations", self.associations.as_ref());
        member(&mut json, "propertiesWithHistory", self.properties_with_history.as_ref());
        member(&mut json, "objectWriteTraceId", self.object_write_trace_id.as_ref());
        member(&mut json, "new", self.new.as_ref());
        member(&mut json, "warnings", Some(&self.warnings).filter(|all| !all.is_empty()));
        json.push('}');
        json
    }
}

/// A text as JSON; most hold nothing that must be escaped.
fn text(json: &mut String, text: &str) {
    if must_be_escaped(text) {
        return json.push_str(&serde_json::Value::from(text).to_string());
    }
    json.push('"');
    json.push_str(text);
    json.push('"');
}

/// One of the members that most objects are shown without.
fn member(json: &mut String, name: &str, value: Option<&impl Serialize>) {
    // What is shown is made of texts and numbers, which JSON always holds.
    if let Some(value) = value.and_then(|value| serde_json::to_string(value).ok()) {
        json.push_str(",\"");
        json.push_str(name);
        json.push_str("\":");
        json.push_str(&value);
    }
}

fn as_map<S: Serializer>(pairs: &[(&str, Option<&str>)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(pairs.iter().copied())
}

/// A page of results.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Page<T> {
    /// The results.
    pub results: Vec<T>,
    /// Where the next page is; absent on the last one.
    #[serde(default = "no_paging", skip_serializing_if = "Option::is_none")]
    pub paging: Option<Paging>,
}

const fn no_paging() -> Option<Paging> {
    None
}

/// How to read on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paging {
    /// The next page.
    pub next: Next,
}

/// The next page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Next {
    /// Goes into `after`.
    pub after: String,
    /// The whole URL.
    pub link: String,
}

/// An owner as HubSpot shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Owner {
    /// What `hubspot_owner_id` takes.
    pub id: String,
    /// `PERSON` or `QUEUE`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The address.
    pub email: String,
    /// The first name.
    pub first_name: String,
    /// The last name.
    pub last_name: String,
    /// The user, which `hubspot_owner_id` does *not* take.
    pub user_id: u64,
    /// The same, for deactivated users too.
    pub user_id_including_inactive: u64,
    /// When it was made.
    pub created_at: String,
    /// When it was last changed.
    pub updated_at: String,
    /// Whether it was archived.
    pub archived: bool,
}

/// What a token endpoint answers.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token {
    /// The new access token.
    pub access_token: String,
    /// The refresh token, unchanged.
    pub refresh_token: String,
    /// Seconds until it expires.
    pub expires_in: u64,
    /// `bearer`
    pub token_type: String,
}

#[cfg(test)]
mod tests {
    use super::{ObjectView, moment};
    use proptest::option;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn an_object_is_shown_as_the_library_shows_it(
            (id, created_at, trace) in ("\\PC{0,8}", ".{0,8}", option::of(".{0,8}")),
            values in proptest::collection::vec((".{0,12}", option::of("[\\x00-\u{ff}]{0,12}")), 0..6),
            (archived, new, warned, linked) in any::<(bool, Option<bool>, bool, bool)>(),
        ) {
            let other = serde_json::json!({ "a": ["\u{1}\"", 1] });
            let view = ObjectView {
                id,
                properties: values.iter().map(|(name, value)| (name.as_str(), value.as_deref())).collect(),
                created_at: created_at.clone(),
                updated_at: created_at.clone(),
                archived,
                archived_at: archived.then_some(created_at),
                associations: linked.then(std::collections::BTreeMap::new),
                properties_with_history: linked.then(|| [("x".to_owned(), vec![other.clone()])].into()),
                object_write_trace_id: trace,
                new,
                warnings: if warned { vec![other] } else { Vec::new() },
            };
            prop_assert_eq!(view.to_json(), serde_json::to_string(&view).expect("JSON"));
        }

        #[test]
        fn a_moment_is_written_as_the_library_writes_it(ms in -62_200_000_000_000_i64..253_402_200_000_000) {
            let time = jiff::Timestamp::from_millisecond(ms).expect("a time");
            prop_assert_eq!(moment(time), if ms % 1000 == 0 { format!("{time:.0}") } else { format!("{time:.3}") });
            let whole = jiff::Timestamp::from_second(ms / 1000).expect("a time");
            prop_assert_eq!(moment(whole), format!("{whole:.0}"));
        }
    }

    #[test]
    fn milliseconds_have_three_digits_or_none() {
        for (ms, text) in [(0, "1970-01-01T00:00:00Z"), (1100, "1970-01-01T00:00:01.100Z")] {
            assert_eq!(moment(jiff::Timestamp::from_millisecond(ms).expect("a time")), text);
        }
    }
}
