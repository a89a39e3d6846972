//! Whose entry is it: which story of the run an exchange of the journal belongs to. Pure.

use crate::evidence::{Call, Story};
use mock_hubspot::StoryKey;
use mock_hubspot::journal::Entry;
use mock_hubspot::operation::Operation;
use serde_json::Value;

/// Whether an entry is about the call with this key: by the call's id, or for a call that is being logged by its
/// external id and account, or by the customer's number, which no two calls of a run share.
pub fn belongs(entry: &Entry, key: &StoryKey) -> bool {
    concerns(entry, None, key) || concerns(entry, logged(entry).as_ref(), key)
}

/// The body of a request to log a call.
fn logged(entry: &Entry) -> Option<Value> {
    if entry.operation == Some(Operation::LogCall) { entry.request.body.json() } else { None }
}

/// The same as [`belongs`], for whoever read the body that is logged.
fn concerns(entry: &Entry, logged: Option<&Value>, key: &StoryKey) -> bool {
    if key.call_id.is_some() && key.call_id == entry.call_id {
        return true;
    }
    let Some(body) = logged else { return false };
    let property = |name: &str| body.get("properties").and_then(|p| p.get(name)).and_then(text);
    let same = |name: &str, value: &str| property(name).is_some_and(|p| p == value);
    (same("hs_call_external_id", &key.external_id) && same("hs_call_external_account_id", &key.account_id))
        || same("hs_call_to_number", &key.number)
        || same("hs_call_from_number", &key.number)
}

/// The external id that a request to log a call carried: what HubSpot will ask the endpoint for, whoever chose it.
pub fn external_id(entry: &Entry) -> Option<String> {
    let body = entry.request.body.json()?;
    body.get("properties")?.get("hs_call_external_id").and_then(text).filter(|id| !id.is_empty())
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Gives each story the entries of its calls, and returns those that belong to none.
pub fn attribute(entries: Vec<Entry>, stories: &mut [Story]) -> Vec<Entry> {
    let key = |call: &Call| StoryKey {
        external_id: call.external_id.clone(),
        account_id: call.account_id.clone(),
        number: call.number.clone(),
        call_id: call.call_id,
    };
    let keys: Vec<Vec<StoryKey>> =
        stories.iter().map(|story| story.calls.iter().map(key).collect()).collect();
    let mut common = Vec::new();
    for entry in entries {
        let logged = logged(&entry);
        let is_owner = |keys: &Vec<StoryKey>| keys.iter().any(|key| concerns(&entry, logged.as_ref(), key));
        match keys.iter().position(is_owner) {
            Some(owner) => stories[owner].journal.push(entry),
            None => common.push(entry),
        }
    }
    common
}
