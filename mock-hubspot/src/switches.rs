//! Where HubSpot's behaviour is not known: one named switch each, and the friendlier answer by default.

use serde::{Deserialize, Serialize};

/// Every question about HubSpot that nobody could answer, answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Switches {
    /// `hubspot_owner_id` that is no owner of the portal (HubSpot says only that it "will result in an error").
    pub owner_ids: Leniency,
    /// A recording URL without `%s`, with `http:`, or relative.
    pub recording_url: Leniency,
    /// `engagementId` as a string of digits instead of a number.
    pub engagement_id_text: Leniency,
    /// A body whose `Content-Type` is missing or not JSON.
    pub content_type: Leniency,
    /// Association types of category `USER_DEFINED` or `INTEGRATOR_DEFINED`, which no portal file can declare.
    pub user_labels: Leniency,
    /// A second `POST settings/recording` for the same app.
    pub second_registration: Leniency,
    /// Which app id HubSpot sends to the registered endpoint.
    pub callback_app_id: CallbackAppId,
}

/// What is done with something that HubSpot may or may not accept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Leniency {
    /// It is accepted; the journal shows it.
    #[default]
    Accept,
    /// It is refused with HubSpot's nearest text.
    Refuse,
}

/// Which app id HubSpot sends to the registered endpoint.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CallbackAppId {
    /// `hs_call_app_id` of the call, as it was logged.
    #[default]
    Echo,
    /// The id of the app that registered the endpoint.
    Registered,
}

impl Switches {
    /// Reads `name=value` pairs, as given on the command line.
    pub fn from_pairs<'a>(pairs: impl IntoIterator<Item = &'a str>) -> Result<Self, String> {
        let mut map = serde_json::Map::new();
        for pair in pairs {
            let (name, value) = pair.split_once('=').ok_or_else(|| format!("`{pair}` is not NAME=VALUE"))?;
            map.insert(name.trim().to_owned(), value.trim().into());
        }
        serde_json::from_value(map.into()).map_err(|error| error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn switches_are_given_by_name() {
        let switches =
            Switches::from_pairs(["owner-ids=refuse", "callback-app-id=registered"]).expect("both exist");
        assert_eq!(switches.owner_ids, Leniency::Refuse);
        assert_eq!(switches.callback_app_id, CallbackAppId::Registered);
        assert_eq!(switches.recording_url, Leniency::Accept);
    }

    #[test]
    fn an_unknown_switch_names_the_known_ones() {
        let why = Switches::from_pairs(["owner-id=refuse"]).expect_err("no such switch");
        assert!(why.contains("owner-ids"), "{why}");
    }
}
