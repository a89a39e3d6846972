//! The settings checks about evidence that was spoilt in one place.

use crate::catalogue::example::{
    drop_entries, endpoint, entry, failing, finding, json_answer, no_download, outbound, refuse,
    registration, reply, unjudged, verdict,
};
use crate::evidence::{Content, Evidence};
use mock_hubspot::exchange::Body;
use mock_hubspot::journal::{Credential, Outcome};
use mock_hubspot::operation::Operation;
use serde_json::json;

/// The run in which this URL was registered, and the endpoint could not be asked.
fn unreachable(url: &str) -> Evidence {
    let mut evidence = outbound();
    evidence.common = vec![registration(url)];
    url.clone_into(&mut evidence.run.registered_url);
    endpoint(&mut evidence, &crate::evidence::Outcome::Failed("not asked".to_owned()));
    evidence
}

#[test]
fn no_registration_at_all_is_one_finding() {
    let mut evidence = outbound();
    drop_entries(&mut evidence, Operation::RegisterRecordingUrl);
    evidence.run.registered_url.clear();
    no_download(&mut evidence);
    assert_eq!(failing(&evidence), ["settings/registered"]);
    assert!(unjudged(&evidence).contains(&"settings/placeholder"));
    assert!(unjudged(&evidence).contains(&"authenticated-url/answers"));
}

#[test]
fn a_wrong_member_is_named() {
    let mut evidence = outbound();
    let entry = entry(&mut evidence, Operation::RegisterRecordingUrl);
    let body = json!({ "urlToRetrieveAuthenticatedRecording": "https://acme.example/%s" });
    entry.request.body = Body::Text(body.to_string().into());
    refuse(entry, "Some required fields were not set: [urlToRetrieveAuthedRecording]");
    evidence.run.registered_url.clear();
    assert_eq!(failing(&evidence), ["settings/registered"]);
    let finding = finding("settings/registered", &evidence);
    assert!(
        finding.first_difference.is_some_and(|text| text.contains("urlToRetrieveAuthenticatedRecording"))
    );
    assert!(!finding.sent.contains("hapikey"));
}

#[test]
fn a_wrong_path_is_the_nearest_miss() {
    let mut evidence = outbound();
    let entry = entry(&mut evidence, Operation::RegisterRecordingUrl);
    "/crm/v3/extensions/calling/101/settings".clone_into(&mut entry.request.target);
    (entry.operation, entry.outcome) = (None, Outcome::Unmatched);
    evidence.run.registered_url.clear();
    assert_eq!(failing(&evidence), ["settings/registered"]);
    let finding = finding("settings/registered", &evidence);
    assert_eq!(finding.sent, "POST /crm/v3/extensions/calling/101/settings");
    assert_eq!(finding.evidence, ["j1"]);
}

#[test]
fn a_portal_s_token_fails_the_credential_alone() {
    let mut evidence = outbound();
    let entry = entry(&mut evidence, Operation::RegisterRecordingUrl);
    entry.credential = Credential::AccessToken;
    refuse(entry, "This API can't be called using an OAuth access token.");
    evidence.run.registered_url.clear();
    assert_eq!(failing(&evidence), ["settings/credential"]);
    let mut accepted = outbound();
    super::super::example::entry(&mut accepted, Operation::RegisterRecordingUrl).credential =
        Credential::AccessToken;
    assert_eq!(failing(&accepted), ["settings/credential"]);
    let entry = super::super::example::entry(&mut accepted, Operation::RegisterRecordingUrl);
    entry.credential = Credential::DeveloperToken;
    assert_eq!(failing(&accepted), [""; 0]);
}

#[test]
fn a_url_without_a_placeholder_fails_the_placeholder_alone() {
    for (url, why) in [
        ("http://127.0.0.1:9/recording", "nothing stands"),
        ("http://127.0.0.1:9/recording/%25s", "%25s"),
        ("http://127.0.0.1:9/recording/{externalId}", "braces"),
        ("http://127.0.0.1:9/recording/%d", "%d"),
    ] {
        let evidence = unreachable(url);
        assert_eq!(failing(&evidence), ["settings/placeholder"], "{url}");
        let finding = finding("settings/placeholder", &evidence);
        assert!(finding.first_difference.is_some_and(|text| text.contains(why)), "{url}");
    }
}

#[test]
fn a_url_without_a_scheme_fails_the_absolute_url_alone() {
    assert_eq!(failing(&unreachable("127.0.0.1:9/recording/%s")), ["settings/absolute-url"]);
    assert_eq!(failing(&unreachable("http://acme.example/recording/%s")), ["settings/absolute-url"]);
}

#[test]
fn a_placeholder_that_is_doubled_or_in_the_query_is_a_recommendation() {
    let with = |url: &str| {
        let mut evidence = outbound();
        evidence.common = vec![registration(url)];
        url.clone_into(&mut evidence.run.registered_url);
        failing(&evidence)
    };
    let both = ["settings/single-placeholder", "settings/placeholder-in-path"];
    assert_eq!(with("http://127.0.0.1:9/recording/%s?id=%s"), both);
    assert_eq!(with("http://127.0.0.1:9/recording?id=%s"), ["settings/placeholder-in-path"]);
    assert_eq!(with("http://127.0.0.1:9/recording/%s.json"), [""; 0]);
}

#[test]
fn a_registration_after_the_first_call_is_late() {
    let mut evidence = outbound();
    entry(&mut evidence, Operation::RegisterRecordingUrl).number = 3;
    assert_eq!(failing(&evidence), ["settings/before-first-call"]);
}

#[test]
fn the_last_accepted_registration_counts() {
    let mut evidence = outbound();
    let mut first = registration("127.0.0.1/wrong");
    first.number = 0;
    evidence.common.push(first);
    assert_eq!(failing(&evidence), [""; 0]);
}

#[test]
fn a_run_that_registers_nothing_is_not_asked_for_it() {
    let mut evidence = outbound();
    evidence.run.registration_expected = false;
    evidence.common.clear();
    assert_eq!(failing(&evidence), [""; 0]);
    assert_eq!(verdict("settings/registered", &evidence).word(), "not applicable");
}

#[test]
fn after_a_move_the_new_url_must_answer() {
    let moved = "http://127.0.0.1:9/moved/%s";
    let mut evidence = outbound();
    evidence.stories[0].moved_to = Some(moved.to_owned());
    assert_eq!(failing(&evidence), ["settings/moved"], "nothing was registered anew");
    let mut patch = registration(moved);
    (patch.number, patch.operation) = (20, Some(Operation::MoveRecordingUrl));
    evidence.common.push(patch);
    moved.clone_into(&mut evidence.run.registered_url);
    assert_eq!(verdict("settings/moved", &evidence).word(), "unjudged");
    for exchange in &mut evidence.stories[0].exchanges {
        exchange.request.target = exchange.request.target.replace("/retrieve/recording/", "/moved/");
    }
    assert_eq!(verdict("settings/moved", &evidence).word(), "pass");
    reply(&mut evidence, "stock", &super::super::example::answer(404, Content::Empty, 0));
    assert_eq!(failing(&evidence), ["settings/moved"]);
    reply(&mut evidence, "stock", &json_answer("{}"));
    assert_eq!(failing(&evidence), ["settings/moved"]);
}
