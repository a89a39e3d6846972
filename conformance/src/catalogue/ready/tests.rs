//! The checks of ready about evidence that was spoilt in one place.

use crate::catalogue::example::{
    answer, drop_entries, entry, failing, finding, outbound, refuse, reply, retrieval, unjudged, verdict,
};
use crate::evidence::{Content, Evidence, ProbeOutcome};
use mock_hubspot::exchange::{Body, Headers, Reply};
use mock_hubspot::journal::{Direction, Outcome};
use mock_hubspot::operation::Operation;
use serde_json::{Value, json};

fn no_retrieval(evidence: &mut Evidence) {
    evidence.stories[0].journal.retain(|entry| entry.direction == Direction::Arrived);
}

fn engage(evidence: &mut Evidence, id: &Value) {
    let body = json!({ "engagementId": id }).to_string();
    entry(evidence, Operation::MarkReady).request.body = Body::Text(body.into());
}

/// HubSpot's fetch of this kind came to nothing.
fn failed(evidence: &mut Evidence, direction: Direction, status: u16) {
    let entry = retrieval(evidence, direction);
    entry.outcome = Outcome::Failed(format!("it answered {status}"));
    entry.reply = Some(Reply { status, headers: Headers::new(), body: Body::Empty });
}

#[test]
fn no_notification_is_one_finding() {
    let mut evidence = outbound();
    drop_entries(&mut evidence, Operation::MarkReady);
    no_retrieval(&mut evidence);
    assert_eq!(failing(&evidence), ["ready/sent"]);
    let later = ["associations/before-ready", "ready/engagement-id", "ready/fetchable", "ready/once"];
    assert_eq!(unjudged(&evidence), later);
}

#[test]
fn an_id_as_a_string_is_told_from_another_id() {
    let mut evidence = outbound();
    engage(&mut evidence, &json!("17"));
    assert_eq!(failing(&evidence), ["ready/engagement-id"]);
    assert!(finding("ready/engagement-id", &evidence).received.contains("a string"));
    refuse(entry(&mut evidence, Operation::MarkReady), "Cannot deserialize value");
    no_retrieval(&mut evidence);
    assert_eq!(failing(&evidence), ["ready/engagement-id"]);
}

#[test]
fn the_contact_s_id_is_recognised_even_where_hubspot_cannot_tell_whose_it_is() {
    let mut evidence = outbound();
    engage(&mut evidence, &json!(501));
    no_retrieval(&mut evidence);
    let mut stray = entry(&mut evidence, Operation::MarkReady).clone();
    refuse(&mut stray, "resource not found");
    drop_entries(&mut evidence, Operation::MarkReady);
    evidence.common.push(stray);
    assert_eq!(failing(&evidence), ["ready/engagement-id"]);
    assert!(finding("ready/engagement-id", &evidence).received.contains("record"));
    engage(&mut evidence, &json!("call-1"));
    assert!(finding("ready/engagement-id", &evidence).received.contains("external id"));
}

#[test]
fn a_refused_notification_with_the_right_id_fails_sent() {
    let mut evidence = outbound();
    refuse(entry(&mut evidence, Operation::MarkReady), "This app hasn't been granted all required scopes");
    no_retrieval(&mut evidence);
    assert_eq!(failing(&evidence), ["ready/sent"]);
}

#[test]
fn a_recording_that_comes_only_later_was_not_ready() {
    let mut evidence = outbound();
    failed(&mut evidence, Direction::FetchedRecording, 404);
    assert_eq!(failing(&evidence), ["ready/fetchable"]);
    reply(&mut evidence, "whole", &answer(404, Content::Empty, 0));
    assert_eq!(verdict("ready/fetchable", &evidence).word(), "fail", "the second URL works");
    let mut endpoint = outbound();
    failed(&mut endpoint, Direction::AskedForUrl, 404);
    assert_eq!(failing(&endpoint), ["ready/fetchable"]);
}

#[test]
fn a_recording_that_never_comes_is_not_a_matter_of_ready() {
    let mut evidence = outbound();
    failed(&mut evidence, Direction::FetchedRecording, 404);
    for case in ["whole", "second-url"] {
        reply(&mut evidence, case, &answer(404, Content::Empty, 0));
    }
    assert_eq!(verdict("ready/fetchable", &evidence).word(), "unjudged");
}

#[test]
fn a_failed_fetch_counts_where_nobody_asked_later() {
    let mut evidence = outbound();
    failed(&mut evidence, Direction::AskedForUrl, 404);
    let story = &mut evidence.stories[0];
    story.exchanges.clear();
    for outcome in story.probes.values_mut().skip(5) {
        *outcome = ProbeOutcome::NotAsked("not in this story".to_owned());
    }
    assert_eq!(verdict("ready/fetchable", &evidence).word(), "fail");
}

#[test]
fn what_is_wrong_inside_a_fetched_recording_is_not_a_matter_of_ready() {
    let mut evidence = outbound();
    let entry = retrieval(&mut evidence, Direction::FetchedRecording);
    entry.outcome = Outcome::Failed("not a WAV, FLAC or MP4 file".to_owned());
    assert_eq!(failing(&evidence), [""; 0]);
    entry_cut(&mut evidence);
    assert_eq!(failing(&evidence), ["ready/fetchable"]);
}

/// Only the beginning had been written.
fn entry_cut(evidence: &mut Evidence) {
    let body = Body::Bytes { length: 10, sha256: String::new(), head: String::new() };
    retrieval(evidence, Direction::FetchedRecording).reply =
        Some(Reply { status: 200, headers: Headers::new(), body });
}

#[test]
fn a_second_notification_is_one_too_many_unless_the_first_was_not_answered() {
    let mut evidence = outbound();
    let mut again = entry(&mut evidence, Operation::MarkReady).clone();
    again.number = 9;
    evidence.stories[0].journal.push(again);
    assert_eq!(failing(&evidence), ["ready/once"]);
    entry(&mut evidence, Operation::MarkReady).outcome = Outcome::Weather("cut".to_owned());
    assert_eq!(verdict("ready/once", &evidence).word(), "pass");
}
