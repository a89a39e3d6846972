//! What the mock accepted and HubSpot would not, and what HubSpot has and the mock has not: said in `x-mock-warnings`, and so
//! in the journal and on the page.
//!
//! Pure. Knows the leniencies that a person runs into; the other open questions are `switches.rs`.

use crate::operation::Operation;
use crate::refusal::Refusal;
use crate::wire::RecordingSettings;
use compact_str::CompactString;

/// The header field; several warnings are separated by semicolons.
pub(crate) const HEADER: &str = "x-mock-warnings";

const CREDENTIAL: &str = "HubSpot would refuse this credential";

/// Beginnings of paths of HubSpot's public APIs that the mock does not answer.
const ELSEWHERE: &[&str] = &[
    "/account-info/",
    "/analytics/",
    "/audit-logs/",
    "/automation/",
    "/business-units/",
    "/cms/",
    "/communication-preferences/",
    "/companies/v",
    "/contacts/v",
    "/content/api/",
    "/conversations/",
    "/crm/lists/",
    "/crm/pipelines/",
    "/crm/v3/exports",
    "/crm/v3/extensions/cards",
    "/crm/v3/extensions/videoconferencing",
    "/crm/v3/imports",
    "/crm/v3/lists",
    "/crm/v3/objects/communications",
    "/crm/v3/objects/emails",
    "/crm/v3/objects/feedback_submissions",
    "/crm/v3/objects/leads",
    "/crm/v3/objects/line_items",
    "/crm/v3/objects/meetings",
    "/crm/v3/objects/notes",
    "/crm/v3/objects/postal_mail",
    "/crm/v3/objects/products",
    "/crm/v3/objects/quotes",
    "/crm/v3/objects/tasks",
    "/crm/v3/pipelines",
    "/crm/v3/schemas",
    "/crm/v3/timeline",
    "/deals/v",
    "/email/public/",
    "/engagements/v",
    "/events/",
    "/files/",
    "/forms/v",
    "/integrations/v1/",
    "/integrators/timeline",
    "/marketing/",
    "/media-bridge/",
    "/oauth/authorize",
    "/owners/v",
    "/scheduler/",
    "/settings/v3/",
    "/webhooks/",
];

/// A path that HubSpot answers, and the mock does not.
pub(crate) fn of_miss(path: &str) -> Option<String> {
    let known = ELSEWHERE.iter().any(|beginning| path.starts_with(beginning));
    known.then(|| "HubSpot has an API here; the mock does not imitate it".to_owned())
}

/// A credential that was taken though HubSpot would not take it.
pub(crate) fn of_credential(strictly: &Result<(), Refusal>) -> Option<String> {
    let refusal = strictly.as_ref().err()?;
    Some(format!("{CREDENTIAL} with {}, and so does --strict", refusal.status))
}

/// The warnings of a header field that are not about the credential, which in a friendly mock most requests are.
pub(crate) fn beside_credential(warnings: &str) -> Option<String> {
    let others: Vec<&str> = warnings.split("; ").filter(|w| !w.starts_with(CREDENTIAL)).collect();
    (!others.is_empty()).then(|| others.join("; "))
}

/// What was registered though HubSpot would not take it.
pub(crate) fn of_answer(operation: Operation, answer: Option<&str>) -> Vec<String> {
    if !matches!(operation, Operation::RegisterRecordingUrl | Operation::MoveRecordingUrl) {
        return Vec::new();
    }
    let settings = answer.and_then(|body| serde_json::from_str::<RecordingSettings>(body).ok());
    let Some(url) = settings.map(|s| s.url_to_retrieve_authed_recording) else { return Vec::new() };
    let https = url.get(..8).is_some_and(|scheme| scheme.eq_ignore_ascii_case("https://"));
    let warnings = [
        (!https).then_some("HubSpot takes only https URLs for recordings"),
        (!url.contains("%s")).then_some("the URL has no %s, so every call is asked for under it"),
    ];
    warnings.into_iter().flatten().map(str::to_owned).collect()
}

/// The header field, where there is anything to warn of.
pub(crate) fn header(warnings: impl Iterator<Item = String>) -> Option<(&'static str, CompactString)> {
    let all: Vec<String> = warnings.collect();
    (!all.is_empty()).then(|| (HEADER, all.join("; ").into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn registered(url: &str) -> usize {
        let answer = json!({ "urlToRetrieveAuthedRecording": url });
        of_answer(Operation::RegisterRecordingUrl, Some(&answer.to_string())).len()
    }

    #[test]
    fn only_what_hubspot_would_not_take_is_warned_of() {
        assert_eq!(registered("https://app.example/%s"), 0);
        assert_eq!(registered("http://app.example/%s"), 1);
        assert_eq!(registered("recording"), 2);
        assert!(of_credential(&Ok(())).is_none());
        let credential = of_credential(&Err(Refusal::no_credentials())).expect("a warning");
        assert!(credential.contains("401"), "{credential}");
        assert_eq!(beside_credential(&credential), None);
        assert_eq!(beside_credential(&format!("{credential}; other")).as_deref(), Some("other"));
    }

    #[test]
    fn what_the_mock_answers_is_not_said_to_be_missing() {
        for route in crate::versions::routes() {
            assert_eq!(of_miss(route.template), None, "{}", route.template);
        }
        assert!(of_miss("/crm/v3/objects/notes").is_some());
        assert_eq!(of_miss("/favicon.ico"), None);
    }
}
