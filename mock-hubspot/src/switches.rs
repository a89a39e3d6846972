//! Where HubSpot's behaviour is not known: one named switch each, and the friendlier answer by default.
//!
//! Read next: `described.rs` (the same list in words, for the README and `--help`).

mod choices;
mod described;

pub use choices::{
    Amount, CallbackAppId, CallbackRedirects, CallbackRetries, CallbackTimeout, ExternalIdEncoding,
    ForeignApp, IdForm, Leniency, LocationHeader, MissingSettings, OwnQuery, PlaceholderInQuery, Presence,
    RecordingAfterDelete, SecondPlaceholder, SettingsDefaults, ShownAssociations, Sides, TokenOnSettings,
    TranscriptProperties, UnknownCall, UnknownTranscript, UnknownTypeName, UntypedPut, UpdateOfUnknown,
    WrongMethod,
};
pub use described::{DESCRIBED, Described, as_markdown, as_text};

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
    /// Association types of category `USER_DEFINED` or `INTEGRATOR_DEFINED` that nobody created.
    pub user_labels: Leniency,
    /// A second `POST` of settings, recording URL or channel for the same app.
    pub second_registration: Leniency,
    /// Which app id HubSpot sends to the registered endpoint.
    pub callback_app_id: CallbackAppId,
    /// How the external id is written into the registered URL.
    pub external_id_encoding: ExternalIdEncoding,
    /// A registered URL with `%s` in its query, which HubSpot's inline player was seen not to ask.
    pub placeholder_in_query: PlaceholderInQuery,
    /// A second `%s` in the registered URL.
    pub second_placeholder: SecondPlaceholder,
    /// What becomes of the registered URL's own query.
    pub own_query: OwnQuery,
    /// Redirects of the registered endpoint.
    pub callback_redirects: CallbackRedirects,
    /// How long HubSpot waits for the registered endpoint.
    pub callback_timeout: CallbackTimeout,
    /// Whether HubSpot asks the registered endpoint again where it got nothing.
    pub callback_retries: CallbackRetries,

    /// Object types in capitals in a path (`CALLS`).
    pub object_type_case: Leniency,
    /// `?archived=true` on the creation of an object; where it is accepted, it has no effect.
    pub archived_on_creation: Leniency,
    /// Archiving an object that is archived already.
    pub second_archive: Leniency,
    /// A `limit` beyond the highest, in lists and searches; where it is accepted, the highest is meant.
    pub page_limit: Leniency,
    /// Unknown ids in a batch update; where they are accepted, the others are updated and the reply is a 207.
    pub batch_update_unknown: Leniency,
    /// `hs_unique_creation_key` among the properties of an object that is made; an upsert may always name it.
    pub creation_key: Leniency,
    /// Unknown and read-only properties in an update: HubSpot's guide says that they are ignored, its replies refuse.
    pub update_of_unknown: UpdateOfUnknown,
    /// Whether a creation's reply has a `Location` header.
    pub location_header: LocationHeader,
    /// How many links of one type a read shows before it refers to the next page.
    pub shown_associations: ShownAssociations,

    /// `POST settings` with `name` and `url` only.
    pub partial_settings: Leniency,
    /// What members of the settings are that nobody sent.
    pub settings_defaults: SettingsDefaults,
    /// `GET` of settings that nobody made.
    pub missing_settings: MissingSettings,
    /// `DELETE` of settings that nobody made.
    pub delete_missing_settings: Leniency,
    /// Whether the recording URL outlives the settings.
    pub recording_after_delete: RecordingAfterDelete,
    /// The status for a portal's token where settings are written.
    pub settings_token: TokenOnSettings,
    /// The status for settings of somebody else's app.
    pub foreign_app: ForeignApp,
    /// A private app's token where calls are reported: ready, inbound call, transcript.
    pub private_app_calls: Leniency,
    /// `recordings/ready` for a call that does not exist.
    pub ready_unknown_call: UnknownCall,
    /// `recordings/ready` for a call that is linked to nothing.
    pub ready_unlinked: Leniency,
    /// `recordings/ready` for the second time.
    pub ready_again: Leniency,
    /// An utterance that starts at 0, where the documents say "positive".
    pub transcript_start_zero: Leniency,
    /// A transcript without utterances.
    pub empty_transcript: Leniency,
    /// `DELETE` of a transcript that does not exist.
    pub delete_missing_transcript: UnknownTranscript,
    /// A second transcript for one call.
    pub second_transcript: Leniency,
    /// Whether a transcript shows in the call's properties.
    pub transcript_properties: TranscriptProperties,
    /// The guide's association call with a type name that HubSpot does not have.
    pub association_type_name: UnknownTypeName,
    /// The guide's association call without its last segment.
    pub untyped_put: UntypedPut,
    /// How v4 writes object ids.
    pub association_ids: IdForm,
    /// How much of a new unlabelled link is told.
    pub default_association_results: Sides,
    /// A path that exists, by another method.
    pub wrong_method: WrongMethod,
    /// `Retry-After` on 429.
    pub retry_after: Presence,
    /// Whether every reply tells the rate limits, or only those that are counted.
    pub rate_limit_headers: Amount,
}

impl Switches {
    /// Reads `name=value` pairs.
    pub fn from_pairs<'a>(pairs: impl IntoIterator<Item = &'a str>) -> Result<Self, String> {
        Self::default().with_pairs(pairs)
    }

    /// These, but for `name=value` pairs, as given on the command line.
    pub fn with_pairs<'a>(self, pairs: impl IntoIterator<Item = &'a str>) -> Result<Self, String> {
        let mut map = match serde_json::to_value(self) {
            Ok(serde_json::Value::Object(map)) => map,
            _ => serde_json::Map::new(),
        };
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
