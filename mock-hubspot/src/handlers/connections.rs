//! Which users can be called through the app: all owners, once its channel is connected and ready.

use super::decode::Json;
use super::members::Members;
use super::{Answer, Asked};
use crate::portal::Slot;
use crate::refusal::Refusal;
use serde_json::{Value, json};

pub(super) fn list(asked: &Asked<'_>) -> Result<Answer, Refusal> {
    let given = asked.query.list("userId");
    let mut users = Vec::new();
    for user in given {
        users.push(user.parse().map_err(|_| Refusal::bad_query_parameter("userId"))?);
    }
    if users.is_empty() {
        users = asked.portal.owners().iter().map(|o| o.user_id).collect();
    }
    Ok(Answer::ok(&statuses(asked, &users)))
}

pub(super) fn batch_read(asked: &Asked<'_>) -> Result<Answer, Refusal> {
    let json = Json::of(asked)?;
    let members = Members::of(&json, "BatchInputPublicObjectId")?;
    members.require(&["inputs"])?;
    let inputs = members.list("inputs", "java.util.ArrayList<PublicObjectId>")?.into_iter().flatten();
    let mut users = Vec::new();
    for input in inputs {
        let input = members.within("inputs", "PublicObjectId", input)?;
        input.require(&["id"])?;
        let id = input.loose_text("id")?.unwrap_or_default();
        users.push(id.parse().map_err(|_| Refusal::not_numeric(&id))?);
    }
    if users.is_empty() {
        return Err(Refusal::no_inputs());
    }
    Ok(Answer::ok(&statuses(asked, &users)))
}

/// The user who installed the app: the first owner.
pub(super) fn me(asked: &Asked<'_>) -> Result<Answer, Refusal> {
    let user = asked.portal.owners().first().map(|o| o.user_id).ok_or_else(Refusal::not_found)?;
    Ok(Answer::ok(&status(asked, user)))
}

fn statuses(asked: &Asked<'_>, users: &[u64]) -> Value {
    let results: Vec<Value> = users.iter().map(|user| status(asked, *user)).collect();
    json!({ "results": results })
}

fn status(asked: &Asked<'_>, user: u64) -> Value {
    let app_id = &asked.portal.setup().app_id;
    let channel = asked.portal.settings(Slot::Channel, app_id);
    let ready = channel.is_some_and(|c| c.get("isReady") == Some(&Value::Bool(true)));
    let connected = ready && asked.portal.owner_of_user(user).is_some();
    let mut shown = json!({ "userId": user.to_string(), "connected": connected });
    if connected {
        let widget = asked.portal.settings(Slot::Widget, app_id);
        let mut provider =
            json!({ "type": "THIRD_PARTY", "appId": app_id.parse::<i64>().unwrap_or_default() });
        if let Some(name) = widget.and_then(|w| w.get("name").cloned()) {
            provider["appName"] = name;
        }
        shown["provider"] = provider;
    }
    shown
}
