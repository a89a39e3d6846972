//! Evidence of an honest integration, made by hand, for tests to spoil.

use crate::check::{Case, Level, OctetStream, Section};
use crate::evidence::{
    Answer, Association, Baseline, Call, Content, End, Evidence, Exchange, Outcome, Probe, ProbeOutcome,
    Received, RecordingFacts, RunFacts, Story, Timing, Weather,
};
use crate::verdict::{Finding, Verdict};
use mock_hubspot::exchange::{Body, Headers, Reply, Request};
use mock_hubspot::journal::{self, Credential, Direction, Entry};
use mock_hubspot::media::MediaFacts;
use mock_hubspot::operation::Operation;
use mock_hubspot::texts::Texts;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The recording's length in bytes.
const LENGTH: u64 = 1_000_000;
const BASE: &str = "http://127.0.0.1:9/retrieve/recording";

/// One outbound call, all of it as it should be.
pub(super) fn outbound() -> Evidence {
    let run = RunFacts {
        app_id: "101".to_owned(),
        mock_url: "http://127.0.0.1:4600".to_owned(),
        registered_url: format!("{BASE}/%s"),
        registration_expected: true,
        ..RunFacts::default()
    };
    let sections = vec![
        Section::Settings,
        Section::Calls,
        Section::Associations,
        Section::Ready,
        Section::AuthenticatedUrl,
        Section::Download,
        Section::Resilience,
        Section::Security,
    ];
    let story = Story { scenario: "outbound-call".to_owned(), sections, ..Story::default() };
    let mut evidence = Evidence {
        run,
        stories: vec![story],
        common: vec![registration(&format!("{BASE}/%s"))],
        ..Evidence::default()
    };
    let probes = [
        Probe::Registration,
        Probe::LoggedCall,
        Probe::Association,
        Probe::Ready,
        Probe::Retrieval,
        Probe::AuthenticatedUrl,
        Probe::Refusals,
        Probe::Token,
        Probe::Download,
        Probe::Media,
    ];
    evidence.stories[0].probes = probes.into_iter().map(|probe| (probe, ProbeOutcome::Asked)).collect();
    add_call(&mut evidence, "call-1", "account-1");
    evidence
}

/// Another honest call in the same story.
pub(super) fn add_call(evidence: &mut Evidence, external_id: &str, account_id: &str) {
    let story = &mut evidence.stories[0];
    let index = story.calls.len();
    let call_id = 17 + index as u64;
    let sha256 = format!("{index:064}");
    let properties = properties(external_id, account_id);
    let call = Call {
        external_id: external_id.to_owned(),
        account_id: account_id.to_owned(),
        record: ("contacts".to_owned(), 501),
        owner_id: "71".to_owned(),
        owner_has_seat: true,
        direction: "OUTBOUND".to_owned(),
        recording: Some(RecordingFacts {
            sha256: sha256.clone(),
            bytes: LENGTH,
            ..RecordingFacts::default()
        }),
        call_id: Some(call_id),
        properties: properties.clone(),
        associations: vec![Association {
            object_type: "contacts".to_owned(),
            id: 501,
            category: "HUBSPOT_DEFINED".to_owned(),
            type_id: 194,
        }],
        seen_from_record: true,
        baseline: Some(Baseline { exchange: 9, length: LENGTH, sha256: sha256.clone() }),
        media: Some(MediaFacts { duration_ms: 60_000, decoded_frames: 480_000, ..MediaFacts::default() }),
        ..Call::default()
    };
    story.calls.push(call);
    let first = 2 + 5 * index as u64;
    let associate = format!("/crm/v3/objects/calls/{call_id}/associations/contacts/501/194");
    let mut entries = [
        arrived(Operation::LogCall, "/crm/v3/objects/calls", &json!({ "properties": properties })),
        arrived(Operation::Associate, &associate, &Value::Null),
        arrived(
            Operation::MarkReady,
            "/crm/v3/extensions/calling/recordings/ready",
            &json!({ "engagementId": call_id }),
        ),
        retrieved(Direction::AskedForUrl, Body::Text(answer_text(external_id).into())),
        retrieved(
            Direction::FetchedRecording,
            Body::Bytes { length: LENGTH, sha256: sha256.clone(), head: String::new() },
        ),
    ];
    entries[1].params = path(&[
        ("callId", &call_id.to_string()),
        ("toObjectType", "contacts"),
        ("toObjectId", "501"),
        ("associationType", "194"),
    ]);
    for (offset, mut entry) in entries.into_iter().enumerate() {
        entry.number = first + offset as u64;
        entry.at_ms = entry.number * 100;
        entry.call_id = Some(call_id);
        story.journal.push(entry);
    }
    add_exchanges(story, index, external_id, account_id);
}

fn add_exchanges(story: &mut Story, index: usize, external_id: &str, account_id: &str) {
    let encoded = external_id.replace('%', "%25").replace(' ', "%20").replace('/', "%2F");
    let asks = |query: &str| format!("{BASE}/{encoded}?{query}");
    let stock = asks(&format!("appId=101&externalAccountId={account_id}"));
    let given = || json_answer(&answer_text(external_id));
    let refused = || answer(404, Content::Text("{}".to_owned()), 2);
    let whole = || answer(200, Content::Equal { offset: 0 }, LENGTH);
    let recording = "http://127.0.0.1:9/recordings/1?signature=<secret:1>".to_owned();
    let url = Probe::AuthenticatedUrl;
    let exchanges = [
        (url, "stock", stock.clone(), given()),
        (url, "guide-order", asks(&format!("externalAccountId={account_id}&appId=101")), given()),
        (url, "unknown-parameters", format!("{stock}&portalId=1"), given()),
        (url, "bare-client", stock.clone(), given()),
        (Probe::Refusals, "unknown-id", format!("{BASE}/nobody?appId=101"), refused()),
        (Probe::Refusals, "foreign-account", asks("appId=101&externalAccountId=foreign"), refused()),
        (Probe::Refusals, "foreign-app", asks("appId=999"), refused()),
        (Probe::Refusals, "missing-app", asks("externalAccountId=1"), refused()),
        (Probe::Download, "whole", recording.clone(), whole()),
        (Probe::Token, "signature-removed", recording.clone(), refused()),
        (Probe::Token, "signature-altered", recording.clone(), refused()),
        (url, "again", stock, given()),
        (Probe::Download, "second-url", recording, whole()),
    ];
    for (probe, case, target, outcome) in exchanges {
        let number = story.exchanges.len() as u32 + 1;
        let request = Request { method: "GET".into(), target, headers: Headers::new(), body: Body::Empty };
        let (case, timing) = (case.to_owned(), Timing::default());
        let hops = Vec::new();
        story.exchanges.push(Exchange {
            number,
            call: index,
            probe,
            case,
            step: None,
            request,
            hops,
            outcome,
            timing,
        });
    }
}

fn properties(external_id: &str, account_id: &str) -> BTreeMap<String, String> {
    let pairs = [
        ("hs_timestamp", "2026-11-05T10:00:00Z"),
        ("hubspot_owner_id", "71"),
        ("hs_call_duration", "60000"),
        ("hs_call_direction", "OUTBOUND"),
        ("hs_call_disposition", "f240bbac-87c9-4f6e-bf70-924b57d47db7"),
        ("hs_call_source", "INTEGRATIONS_PLATFORM"),
        ("hs_call_status", "COMPLETED"),
        ("hs_call_app_id", "101"),
        ("hs_call_external_id", external_id),
        ("hs_call_external_account_id", account_id),
    ];
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn path(pairs: &[(&str, &str)]) -> Texts {
    pairs.iter().copied().collect()
}

fn answer_text(external_id: &str) -> String {
    json!({ "authenticatedUrl": format!("http://127.0.0.1:9/recordings/{external_id}?signature=<secret:1>") })
        .to_string()
}

/// An answer of the integration.
pub(super) fn answer(status: u16, content: Content, length: u64) -> Outcome {
    let body = Received { length, end: End::Complete, content };
    Outcome::Answered(Answer { status, headers: Headers::new(), body })
}

/// 200 with this text, as JSON.
pub(super) fn json_answer(text: &str) -> Outcome {
    let body =
        Received { length: text.len() as u64, end: End::Complete, content: Content::Text(text.to_owned()) };
    let headers = vec![("Content-Type".into(), "application/json".into())];
    Outcome::Answered(Answer { status: 200, headers: headers.into(), body })
}

/// A served request of the integration.
pub(super) fn arrived(operation: Operation, target: &str, body: &Value) -> Entry {
    let method = if operation == Operation::Associate { "PUT" } else { "POST" };
    let body = if body.is_null() { Body::Empty } else { Body::Text(body.to_string().into()) };
    Entry {
        number: 0,
        at_ms: 0,
        direction: Direction::Arrived,
        operation: Some(operation),
        version: None,
        params: Texts::default(),
        credential: Credential::AccessToken,
        request: Request { method: method.into(), target: target.to_owned(), headers: Headers::new(), body },
        reply: Some(Reply { status: 200, headers: Headers::new(), body: Body::Empty }),
        outcome: journal::Outcome::Served,
        call_id: None,
    }
}

fn retrieved(direction: Direction, body: Body) -> Entry {
    let mut entry = arrived(Operation::MarkReady, "http://127.0.0.1:9/…", &Value::Null);
    entry.operation = None;
    entry.direction = direction;
    entry.request.method = "GET".into();
    entry.reply = Some(Reply { status: 200, headers: Headers::new(), body });
    entry
}

/// An accepted registration of this URL.
pub(super) fn registration(url: &str) -> Entry {
    let target = "/crm/v3/extensions/calling/101/settings/recording?hapikey=<secret:2>";
    let body = json!({ "urlToRetrieveAuthedRecording": url });
    let entry = arrived(Operation::RegisterRecordingUrl, target, &body);
    Entry { number: 1, credential: Credential::DeveloperKey, ..entry }
}

/// The first entry of an operation.
pub(super) fn entry(evidence: &mut Evidence, operation: Operation) -> &mut Entry {
    let story = &mut evidence.stories[0];
    let mut all = story.journal.iter_mut().chain(&mut evidence.common);
    all.find(|entry| entry.operation == Some(operation)).expect("the example has it")
}

/// What HubSpot's side asked for.
pub(super) fn retrieval(evidence: &mut Evidence, direction: Direction) -> &mut Entry {
    let mut all = evidence.stories[0].journal.iter_mut();
    all.find(|entry| entry.direction == direction).expect("the example has it")
}

/// Takes all entries of an operation away.
pub(super) fn drop_entries(evidence: &mut Evidence, operation: Operation) {
    evidence.stories[0].journal.retain(|entry| entry.operation != Some(operation));
    evidence.common.retain(|entry| entry.operation != Some(operation));
}

/// HubSpot refused this request.
pub(super) fn refuse(entry: &mut Entry, message: &str) {
    entry.outcome = journal::Outcome::Refused(message.to_owned());
    entry.reply = Some(Reply { status: 400, headers: Headers::new(), body: Body::Empty });
    entry.call_id = None;
}

/// Puts a request into the story, struck by weather, just before the one with this number.
pub(super) fn strike(evidence: &mut Evidence, operation: Operation, name: &str, times: u32) {
    let served = entry(evidence, operation).clone();
    let story = &mut evidence.stories[0];
    for attempt in 0..times {
        let mut struck = served.clone();
        struck.outcome = journal::Outcome::Weather(name.to_owned());
        struck.reply = Some(Reply { status: 429, headers: Headers::new(), body: Body::Empty });
        struck.at_ms = served.at_ms + u64::from(attempt);
        if operation == Operation::LogCall {
            struck.call_id = None;
        }
        story.journal.push(struck);
    }
    story.weather.push(Weather { operation, strike: name.to_owned(), times, struck: times });
    // The served request, and what follows it, comes after the struck ones.
    let shift = u64::from(times);
    let mut seen = 0;
    for entry in &mut story.journal {
        let is_struck = matches!(&entry.outcome, journal::Outcome::Weather(by) if by == name);
        if is_struck && entry.operation == Some(operation) {
            entry.number += seen;
            seen += 1;
        } else if entry.number >= served.number {
            entry.number += shift;
            entry.at_ms += shift + 2_000;
        }
    }
    story.journal.sort_by_key(|entry| entry.number);
}

/// Sets a property, in the request and as HubSpot holds it; `None` leaves it out.
pub(super) fn set(evidence: &mut Evidence, name: &str, value: Option<&str>) {
    let entry = entry(evidence, Operation::LogCall);
    let mut body = entry.request.body.json().expect("the example logs with JSON");
    let in_body = body["properties"].as_object_mut().expect("the example has properties");
    in_body.remove(name);
    if let Some(value) = value {
        in_body.insert(name.to_owned(), value.into());
    }
    entry.request.body = Body::Text(body.to_string().into());
    let held = &mut evidence.stories[0].calls[0].properties;
    held.remove(name);
    held.extend(value.map(|value| (name.to_owned(), value.to_owned())));
}

/// The call as it is when HubSpot refused to log it.
pub(super) fn unlogged(evidence: &mut Evidence) {
    let story = &mut evidence.stories[0];
    story.journal.retain(|entry| entry.operation == Some(Operation::LogCall));
    let call = &mut story.calls[0];
    call.call_id = None;
    call.properties.clear();
    call.associations.clear();
    call.seen_from_record = false;
    let blocked = || ProbeOutcome::Blocked("the call was not logged".to_owned());
    for probe in [Probe::Association, Probe::Ready, Probe::Retrieval] {
        story.probes.insert(probe, blocked());
    }
}

/// Replaces what came in one case of a probe.
pub(super) fn reply(evidence: &mut Evidence, case: &str, outcome: &Outcome) {
    for exchange in evidence.stories[0].exchanges.iter_mut().filter(|e| e.case == case) {
        exchange.outcome = outcome.clone();
    }
}

/// Replaces what came in every case in which the endpoint hands out a URL.
pub(super) fn endpoint(evidence: &mut Evidence, outcome: &Outcome) {
    for case in ["stock", "guide-order", "unknown-parameters", "bare-client", "again"] {
        reply(evidence, case, outcome);
    }
    let asked = retrieval(evidence, Direction::AskedForUrl);
    asked.outcome = journal::Outcome::Failed("no authenticatedUrl".to_owned());
    evidence.stories[0].journal.retain(|entry| entry.direction != Direction::FetchedRecording);
    no_download(evidence);
}

/// The recording could not be asked for.
pub(super) fn no_download(evidence: &mut Evidence) {
    let story = &mut evidence.stories[0];
    story.exchanges.retain(|e| !matches!(e.probe, Probe::Download | Probe::Token));
    for call in &mut story.calls {
        (call.baseline, call.media) = (None, None);
    }
    for probe in [Probe::Download, Probe::Token, Probe::Media] {
        story.probes.insert(probe, ProbeOutcome::Blocked("there is no URL".to_owned()));
    }
}

/// The verdict of one check.
pub(super) fn verdict(id: &str, evidence: &Evidence) -> Verdict {
    let check = super::find(id).expect("the check exists");
    (check.judge)(&Case::new(evidence, &evidence.stories[0], OctetStream::Warn))
}

/// The finding of a check that must fail.
pub(super) fn finding(id: &str, evidence: &Evidence) -> Finding {
    match verdict(id, evidence) {
        Verdict::Fail { finding } => finding,
        other => panic!("{id} was to fail and said {other:?}"),
    }
}

/// The checks of the journey that fail, as the judge would have it: blocked probes are not judged.
pub(super) fn failing(evidence: &Evidence) -> Vec<&'static str> {
    words(evidence).into_iter().filter(|(_, word)| *word == "fail").map(|(id, _)| id).collect()
}

/// The checks of the journey that could not be judged.
pub(super) fn unjudged(evidence: &Evidence) -> Vec<&'static str> {
    words(evidence).into_iter().filter(|(_, word)| *word == "unjudged").map(|(id, _)| id).collect()
}

fn words(evidence: &Evidence) -> Vec<(&'static str, &'static str)> {
    let story = &evidence.stories[0];
    let others = [Section::Download, Section::Ranges, Section::Media, Section::Player];
    let journey = super::all().filter(|check| !others.contains(&check.section()));
    let word = |check: &crate::check::Check| {
        let asked = check.needs.iter().all(|probe| story.probes.get(probe) == Some(&ProbeOutcome::Asked));
        if !asked {
            return "unjudged";
        }
        let verdict = (check.judge)(&Case::new(evidence, story, OctetStream::Warn));
        if let Verdict::Fail { finding } = &verdict {
            assert!(!finding.sent.is_empty() && !finding.received.is_empty(), "{}", check.id);
            assert!(!finding.expected.is_empty() && finding.first_difference.is_some(), "{}", check.id);
        }
        verdict.word()
    };
    journey.map(|check| (check.id, word(check))).collect()
}

#[test]
fn an_honest_integration_fails_nothing_and_leaves_nothing_unjudged() {
    let evidence = outbound();
    assert_eq!(failing(&evidence), [""; 0]);
    assert_eq!(unjudged(&evidence), [""; 0]);
}

#[test]
fn every_check_of_the_journey_says_why_it_matters_and_how_to_fix_it() {
    for check in super::all() {
        assert!(
            check.doc.contains("## Why it matters") && check.doc.contains("## How to fix"),
            "{}",
            check.id
        );
        assert!(check.sentence().ends_with('.'), "{}", check.id);
    }
}

#[test]
fn every_lie_about_the_journey_is_in_the_proof_of_a_check() {
    let sections =
        ["settings", "calls", "associations", "ready", "authenticated-url", "resilience", "security"];
    for sabotage in reference_integration::sabotage::ALL {
        let section = sabotage.name.split('/').next().unwrap_or_default();
        if sections.contains(&section) {
            assert!(super::all().any(|check| check.proof.contains(&sabotage.name)), "{}", sabotage.name);
        }
    }
    for check in super::all() {
        for name in check.proof {
            assert!(reference_integration::sabotage::find(name).is_some(), "{}: {name}", check.id);
        }
        let required = check.level == Level::Required;
        assert!(!required || !check.clauses.is_empty(), "{}", check.id);
    }
}
