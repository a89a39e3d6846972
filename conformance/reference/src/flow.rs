//! The story of one call: it is logged, associated with a contact, and its recording is marked as ready (guide §3, §4).

use http::Method;
use serde_json::{Map, Value, json};

use crate::{
    hubspot::{Credential, HubSpotError, Request},
    sabotage,
    server::App,
    variant,
};

/// The disposition `Connected`. HubSpot names dispositions by GUID.
const CONNECTED: &str = "f240bbac-87c9-4f6e-bf70-924b57d47db7";
/// HubSpot's own association type from a call to a contact.
pub(crate) const CALL_TO_CONTACT: u32 = 194;

/// A conversation that took place.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) external_id: String,
    pub(crate) account_id: String,
    pub(crate) contact_id: String,
    pub(crate) owner_id: String,
    pub(crate) duration_ms: u64,
    pub(crate) direction: Direction,
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) version: ApiVersion,
}

/// Who called whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum Direction {
    Outbound,
    Inbound,
}

/// A version of HubSpot's API: the guide's paths, or the dated ones.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
pub(crate) enum ApiVersion {
    #[default]
    #[serde(rename = "v3")]
    V3,
    #[serde(rename = "2025-09")]
    September2025,
    #[serde(rename = "2026-03")]
    March2026,
    #[serde(rename = "2026-09")]
    September2026,
}

/// One thing that is told to HubSpot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Register,
    Log,
    Associate,
    MarkReady,
}

/// A link from a call to a record.
#[derive(Clone, Debug)]
pub(crate) struct Association {
    pub(crate) contact_id: String,
    pub(crate) category: &'static str,
    pub(crate) type_id: u32,
}

/// Tells HubSpot of a call, and returns the id that it was given. HubSpot fetches the recording when it hears that it is
/// ready, so that is said last.
pub(crate) async fn tell(app: &App, call: &Call) -> Result<Option<String>, HubSpotError> {
    let mut steps = vec![Step::Log, Step::Associate, Step::MarkReady];
    variant::story::shape_steps(app.config.variant, &mut steps);
    sabotage::steps::spoil(app, &mut steps);
    let log = log_request(app, call);
    let mut call_id = None;
    for step in steps {
        match (step, &call_id) {
            (Step::Register, _) => app.register().await,
            (Step::Log, _) => {
                let answer = app.hubspot.send(&log).await?;
                let id = id_in(&answer).ok_or(HubSpotError::Lacking("id"))?;
                call_id.get_or_insert(id);
            }
            (Step::Associate, Some(id)) => {
                let request = association_request(app, call, id);
                let answer = sabotage::resilience::send_later_step(app, &request, &log).await;
                sabotage::associations::spoil_answer(app.config.lie, answer)?;
            }
            (Step::MarkReady, Some(id)) => {
                sabotage::resilience::send_later_step(app, &ready_request(app, call, id)?, &log).await?;
            }
            (Step::Associate | Step::MarkReady, None) => return Err(HubSpotError::Lacking("id")),
        }
    }
    Ok(call_id)
}

/// Guide §3. Every value is a string, as HubSpot gives them back.
fn log_request(app: &App, call: &Call) -> Request {
    let mut properties = Map::new();
    let mut set = |name: &str, value: &str| properties.insert(name.to_owned(), Value::from(value));
    set("hs_timestamp", &jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string());
    set("hs_call_title", &format!("Call {} {}", call.preposition(), call.other_party()));
    set("hubspot_owner_id", &call.owner_id);
    set("hs_call_body", "Logged by the reference integration.");
    // HubSpot counts milliseconds, whatever the comment in the guide's example says.
    set("hs_call_duration", &call.duration_ms.to_string());
    set("hs_call_from_number", &call.from);
    set("hs_call_to_number", &call.to);
    set("hs_call_direction", call.direction.value());
    set("hs_call_disposition", CONNECTED);
    set("hs_call_source", "INTEGRATIONS_PLATFORM");
    set("hs_call_status", "COMPLETED");
    set("hs_call_app_id", &app.config.app_id);
    set("hs_call_external_id", &call.external_id);
    set("hs_call_external_account_id", &call.account_id);
    sabotage::calls::spoil_properties(app, call, &mut properties);
    Request {
        method: Method::POST,
        path: call.version.calls(),
        credential: Credential::AccessToken,
        body: Some(variant::story::shape_log(app.config.variant, call, json!({ "properties": properties }))),
    }
}

/// Guide §3, "Association with Record".
fn association_request(app: &App, call: &Call, call_id: &str) -> Request {
    let honest = Association {
        contact_id: call.contact_id.clone(),
        category: "HUBSPOT_DEFINED",
        type_id: CALL_TO_CONTACT,
    };
    sabotage::associations::spoil(app.config.lie, honest).request(call.version, call_id)
}

impl Association {
    fn request(&self, version: ApiVersion, call_id: &str) -> Request {
        let Self { contact_id, category, type_id } = self;
        let calls = version.calls();
        let (path, body) = if version == ApiVersion::V3 && *category == "HUBSPOT_DEFINED" {
            (format!("{calls}/{call_id}/associations/contact/{contact_id}/{type_id}"), None)
        } else {
            // The guide's form has no place for a category; v4 and the dated versions do.
            let calls = calls.replace("/v3/", "/v4/");
            let types = json!([{ "associationCategory": category, "associationTypeId": type_id }]);
            (format!("{calls}/{call_id}/associations/contacts/{contact_id}"), Some(types))
        };
        Request { method: Method::PUT, path, credential: Credential::AccessToken, body }
    }
}

/// Guide §4. The engagement's id is the call's id, as a JSON number.
fn ready_request(app: &App, call: &Call, call_id: &str) -> Result<Request, HubSpotError> {
    let engagement: u64 = call_id.parse().map_err(|_| HubSpotError::Lacking("a numeric id"))?;
    let engagement = sabotage::ready::spoil_engagement(app.config.lie, call, engagement.into());
    Ok(Request {
        method: Method::POST,
        path: call.version.ready(),
        credential: Credential::AccessToken,
        body: Some(json!({ "engagementId": engagement })),
    })
}

fn id_in(answer: &Value) -> Option<String> {
    match &answer["id"] {
        Value::String(id) => Some(id.clone()),
        Value::Number(id) => Some(id.to_string()),
        _ => None,
    }
}

impl Call {
    fn preposition(&self) -> &'static str {
        match self.direction {
            Direction::Outbound => "to",
            Direction::Inbound => "from",
        }
    }

    fn other_party(&self) -> &str {
        match self.direction {
            Direction::Outbound => &self.to,
            Direction::Inbound => &self.from,
        }
    }
}

impl Direction {
    fn value(self) -> &'static str {
        match self {
            Self::Outbound => "OUTBOUND",
            Self::Inbound => "INBOUND",
        }
    }
}

impl ApiVersion {
    fn date(self) -> Option<&'static str> {
        match self {
            Self::V3 => None,
            Self::September2025 => Some("2025-09"),
            Self::March2026 => Some("2026-03"),
            Self::September2026 => Some("2026-09"),
        }
    }

    fn calls(self) -> String {
        self.date()
            .map_or_else(|| "/crm/v3/objects/calls".to_owned(), |date| format!("/crm/objects/{date}/calls"))
    }

    fn ready(self) -> String {
        self.date().map_or_else(
            || "/crm/v3/extensions/calling/recordings/ready".to_owned(),
            |date| format!("/crm/extensions/calling/{date}/recordings/ready"),
        )
    }
}
