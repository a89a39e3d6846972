//! The checks of calls about evidence that was spoilt in one place.

use crate::catalogue::example::{
    add_call, drop_entries, entry, failing, finding, outbound, refuse, set, unjudged, unlogged, verdict,
};
use crate::evidence::Evidence;
use mock_hubspot::operation::Operation;

fn with(name: &str, value: Option<&str>) -> Evidence {
    let mut evidence = outbound();
    set(&mut evidence, name, value);
    evidence
}

/// The same, as HubSpot has it when it refuses such a call.
fn refused_with(name: &str, value: Option<&str>) -> Evidence {
    let mut evidence = with(name, value);
    refuse(entry(&mut evidence, Operation::LogCall), "Property values were not valid");
    unlogged(&mut evidence);
    evidence
}

#[test]
fn a_call_that_is_never_logged_is_one_finding() {
    let mut evidence = outbound();
    unlogged(&mut evidence);
    drop_entries(&mut evidence, Operation::LogCall);
    assert_eq!(failing(&evidence), ["calls/logged"]);
    assert!(unjudged(&evidence).contains(&"calls/source"));
}

#[test]
fn a_refusal_that_no_property_explains_fails_logged() {
    let mut evidence = outbound();
    refuse(entry(&mut evidence, Operation::LogCall), "Authentication credentials not found.");
    unlogged(&mut evidence);
    assert_eq!(failing(&evidence), ["calls/logged"]);
    assert!(finding("calls/logged", &evidence).received.contains("Authentication credentials not found."));
}

#[test]
fn one_wrong_property_fails_its_own_check_alone() {
    let legacy = "https://acme.example/1.mp3";
    for (name, value, check) in [
        ("hs_timestamp", None, "calls/timestamp"),
        ("hs_timestamp", Some("yesterday"), "calls/timestamp"),
        ("hs_call_source", Some("INTEGRATION"), "calls/source"),
        ("hs_call_source", None, "calls/source"),
        ("hs_call_app_id", None, "calls/app-id"),
        ("hs_call_app_id", Some("102"), "calls/app-id-matches"),
        ("hs_call_external_id", None, "calls/external-id"),
        ("hs_call_external_account_id", None, "calls/account-id"),
        ("hs_call_status", Some("completed"), "calls/status"),
        ("hs_call_direction", Some("OUTGOING"), "calls/direction"),
        ("hs_call_direction", Some("INBOUND"), "calls/direction-matches"),
        ("hs_call_disposition", Some("Connected"), "calls/disposition"),
        ("hs_call_duration", Some("60"), "calls/duration"),
        ("hs_call_duration", Some("90000"), "calls/duration"),
        ("hs_call_recording_url", Some(legacy), "calls/no-legacy-url"),
    ] {
        let evidence = with(name, value);
        assert_eq!(failing(&evidence), [check], "{name}={value:?}");
        assert_eq!(finding(check, &evidence).evidence, ["j2"]);
    }
}

#[test]
fn a_refused_call_fails_the_check_of_what_is_wrong_with_it() {
    for (name, value, check) in [
        ("hs_timestamp", None, "calls/timestamp"),
        ("hs_call_status", Some("completed"), "calls/status"),
        ("hs_call_direction", Some("OUTGOING"), "calls/direction"),
        ("hs_call_disposition", Some("Connected"), "calls/disposition"),
    ] {
        let evidence = refused_with(name, value);
        assert_eq!(failing(&evidence), [check], "{name}={value:?}");
        assert_eq!(verdict("calls/logged", &evidence).word(), "unjudged");
    }
}

#[test]
fn another_owner_fails_both_checks_of_the_owner() {
    for value in [Some("9001"), Some("agent@acme.example"), None] {
        assert_eq!(failing(&with("hubspot_owner_id", value)), ["calls/owner", "calls/owner-seat"]);
        assert_eq!(failing(&refused_with("hubspot_owner_id", value)), ["calls/owner", "calls/owner-seat"]);
    }
    let mut evidence = outbound();
    evidence.stories[0].calls[0].owner_has_seat = false;
    assert_eq!(verdict("calls/owner-seat", &evidence).word(), "not applicable");
}

#[test]
fn legal_variants_of_properties_pass() {
    for (name, value) in [
        ("hs_timestamp", Some("1793872800000")),
        ("hs_timestamp", Some("2026-11-05T10:00:00.123+00:00")),
        ("hs_call_status", None),
        ("hs_call_direction", None),
        ("hs_call_disposition", None),
        ("hs_call_disposition", Some("11111111-2222-3333-4444-555555555555")),
        ("hs_call_duration", None),
        ("hs_call_duration", Some("61500")),
    ] {
        assert_eq!(failing(&with(name, value)), [""; 0], "{name}={value:?}");
    }
    let mut patched = outbound();
    set(&mut patched, "hs_call_status", Some("IN_PROGRESS"));
    patched.stories[0].calls[0].properties.insert("hs_call_status".to_owned(), "COMPLETED".to_owned());
    assert_eq!(failing(&patched), [""; 0]);
}

#[test]
fn the_finding_about_a_duration_in_seconds_names_both_readings() {
    let finding = finding("calls/duration", &with("hs_call_duration", Some("60")));
    let differing = finding.first_difference.unwrap_or_default();
    assert!(differing.contains("seconds") && differing.contains("milliseconds"), "{differing}");
}

#[test]
fn a_duration_without_a_recording_is_unjudged() {
    let mut evidence = outbound();
    evidence.stories[0].calls[0].media = None;
    assert_eq!(verdict("calls/duration", &evidence).word(), "unjudged");
}

#[test]
fn a_call_that_is_logged_twice_is_one_finding() {
    let mut evidence = outbound();
    let mut again = entry(&mut evidence, Operation::LogCall).clone();
    (again.number, again.call_id) = (9, Some(99));
    evidence.stories[0].journal.push(again);
    assert_eq!(failing(&evidence), ["calls/logged-once"]);
    // The integration may go on with either of the two.
    evidence.stories[0].calls[0].associations.clear();
    evidence.stories[0].calls[0].seen_from_record = false;
    assert_eq!(failing(&evidence), ["calls/logged-once"]);
}

#[test]
fn an_external_id_that_is_new_each_time_does_not_hide_a_second_call() {
    let mut evidence = outbound();
    let mut again = entry(&mut evidence, Operation::LogCall).clone();
    (again.number, again.call_id) = (9, Some(99));
    let text = again.request.body.text().unwrap_or_default().replace("call-1", "call-1b");
    again.request.body = mock_hubspot::exchange::Body::Text(text.into());
    evidence.stories[0].journal.push(again);
    assert_eq!(failing(&evidence), ["calls/logged-once"]);
}

#[test]
fn two_accounts_may_use_one_external_id() {
    let mut evidence = outbound();
    add_call(&mut evidence, "call-1", "account-2");
    assert_eq!(failing(&evidence), [""; 0]);
    assert_eq!(unjudged(&evidence), [""; 0]);
}
