//! The JSON bodies of requests and replies, for whoever speaks or answers the API.

use super::Category;
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
    if ms % 1000 == 0 { format!("{time:.0}") } else { format!("{time:.3}") }
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
    use super::moment;

    #[test]
    fn milliseconds_have_three_digits_or_none() {
        for (ms, text) in [(0, "1970-01-01T00:00:00Z"), (1100, "1970-01-01T00:00:01.100Z")] {
            assert_eq!(moment(jiff::Timestamp::from_millisecond(ms).expect("a time")), text);
        }
    }
}
