//! Lies about the registered URL.

use serde_json::json;

use super::Lie;
use crate::{
    hubspot::{Credential, Request},
    server::App,
};

/// Whether the endpoint is registered before anything else happens.
pub(crate) fn registers_at_start(lie: Option<Lie>) -> bool {
    lie != Some(Lie::SettingsAfterTheFirstCall)
}

/// The registration that is sent instead of the honest one.
pub(crate) fn spoil_registration(app: &App, mut request: Request) -> Option<Request> {
    let endpoint = format!("{}/retrieve/recording", app.public_url);
    let url = |url: String| Some(json!({ "urlToRetrieveAuthedRecording": url }));
    match app.config.lie {
        Some(Lie::SettingsNeverRegisters) => return None,
        Some(Lie::SettingsWithoutPlaceholder) => request.body = url(format!("{endpoint}/")),
        Some(Lie::SettingsEncodedPlaceholder) => request.body = url(format!("{endpoint}/%25s")),
        Some(Lie::SettingsBracePlaceholder) => request.body = url(format!("{endpoint}/{{externalId}}")),
        Some(Lie::SettingsTwoPlaceholders) => request.body = url(format!("{endpoint}/%s?call=%s")),
        Some(Lie::SettingsPlaceholderInQuery) => request.body = url(format!("{endpoint}?externalId=%s")),
        Some(Lie::SettingsWithoutScheme) => {
            let (_, bare) = endpoint.split_once("://").unwrap_or(("", &endpoint));
            request.body = url(format!("{bare}/%s"));
        }
        Some(Lie::SettingsPortalToken) => request.credential = Credential::AccessToken,
        Some(Lie::SettingsWrongMember) => {
            request.body = Some(json!({ "urlToRetrieveAuthenticatedRecording": format!("{endpoint}/%s") }));
        }
        Some(Lie::SettingsWrongPath) => {
            request.path = request.path.replace("/settings/recording", "/settings");
        }
        _ => {}
    }
    Some(request)
}
