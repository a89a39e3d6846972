//! Registration, and the order in which a call is told.

use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::stage::Stage;

#[tokio::test]
async fn the_endpoint_is_registered_before_anything_else() {
    let stage = Stage::set().await;
    let seen = stage.hubspot.seen();
    assert_eq!(seen[0].request, "POST /crm/v3/extensions/calling/12345/settings/recording?hapikey=key+1");
    assert_eq!(seen[0].bearer, None);
    let registered = format!("{}/retrieve/recording/%s", stage.url);
    assert_eq!(seen[0].body, json!({ "urlToRetrieveAuthedRecording": registered }));
}

#[tokio::test]
async fn a_call_is_logged_associated_and_ready_in_this_order() {
    let stage = Stage::set().await;
    let reply = stage.call("test-call-01", "account-1", Value::Null).await;
    assert_eq!((reply.status, reply.json()), (StatusCode::OK, json!({ "callId": "1001" })));
    let seen = &stage.hubspot.seen()[1..];
    let requests: Vec<_> = seen.iter().map(|seen| seen.request.as_str()).collect();
    assert_eq!(
        requests,
        [
            "POST /crm/v3/objects/calls",
            "PUT /crm/v3/objects/calls/1001/associations/contact/101/194",
            "POST /crm/v3/extensions/calling/recordings/ready",
        ]
    );
    assert!(seen.iter().all(|seen| seen.bearer.as_deref() == Some("Bearer token-1")));
    let properties = &seen[0].body["properties"];
    for (name, value) in [
        ("hubspot_owner_id", "301"),
        ("hs_call_duration", "60000"),
        ("hs_call_direction", "OUTBOUND"),
        ("hs_call_disposition", "f240bbac-87c9-4f6e-bf70-924b57d47db7"),
        ("hs_call_source", "INTEGRATIONS_PLATFORM"),
        ("hs_call_status", "COMPLETED"),
        ("hs_call_app_id", "12345"),
        ("hs_call_external_id", "test-call-01"),
        ("hs_call_external_account_id", "account-1"),
        ("hs_call_from_number", "+15551234567"),
        ("hs_call_to_number", "+15557654321"),
    ] {
        assert_eq!(properties[name], value, "{name}");
    }
    assert!(properties["hs_timestamp"].as_str().is_some_and(|time| time.ends_with('Z')));
    assert_eq!(seen[2].body, json!({ "engagementId": 1001 }));
}

#[tokio::test]
async fn a_dated_version_has_its_own_paths() {
    let stage = Stage::set().await;
    let reply = stage.call("test-call-01", "account-1", json!({ "apiVersion": "2026-03" })).await;
    assert_eq!(reply.status, StatusCode::OK);
    let seen = &stage.hubspot.seen()[1..];
    assert_eq!(seen[0].request, "POST /crm/objects/2026-03/calls");
    assert_eq!(seen[1].request, "PUT /crm/objects/2026-03/calls/1001/associations/contacts/101");
    assert_eq!(seen[1].body, json!([{ "associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 194 }]));
    assert_eq!(seen[2].request, "POST /crm/extensions/calling/2026-03/recordings/ready");
}

#[tokio::test]
async fn a_moved_registration_is_served_at_both_addresses() {
    let stage = Stage::set().await;
    stage.call("test-call-01", "account-1", Value::Null).await;
    let reply = stage.send(Method::POST, "/move-registration", &[], String::new()).await;
    let moved = format!("{}/v2/retrieve/recording/%s", stage.url);
    assert_eq!((reply.status, reply.json()), (StatusCode::OK, json!({ "url": moved })));
    let seen = stage.hubspot.seen();
    let last = seen.last().unwrap();
    assert!(last.request.starts_with("PATCH /crm/v3/extensions/calling/12345/settings/recording?"));
    assert_eq!(last.body, json!({ "urlToRetrieveAuthedRecording": moved }));
    for endpoint in ["/retrieve/recording", "/v2/retrieve/recording"] {
        let target = format!("{endpoint}/test-call-01?externalAccountId=account-1&appId=12345");
        assert_eq!(stage.ask(&target, &[]).await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn ten_calls_at_once_are_all_told() {
    let stage = Stage::set().await;
    let ids: Vec<_> = (0..10).map(|number| format!("call-{number}")).collect();
    let calls = ids.iter().map(|id| stage.call(id, "account-1", Value::Null));
    let replies = futures_util::future::join_all(calls).await;
    assert!(replies.iter().all(|reply| reply.status == StatusCode::OK));
    let requests = stage.hubspot.requests();
    for end in ["/calls", "/194", "/ready"] {
        assert_eq!(requests.iter().filter(|request| request.ends_with(end)).count(), 10, "{end}");
    }
}

#[tokio::test]
async fn a_call_that_makes_no_sense_is_refused() {
    let stage = Stage::set().await;
    for changes in [
        json!({ "recording": "/nowhere/at/all.wav" }),
        json!({ "durationMs": "long" }),
        json!({ "direction": "SIDEWAYS" }),
        json!({ "apiVersion": "2020-01" }),
    ] {
        let reply = stage.call("test-call-01", "account-1", changes).await;
        assert_eq!(reply.status, StatusCode::BAD_REQUEST);
        assert!(reply.json()["error"].is_string());
    }
    assert_eq!(stage.hubspot.seen().len(), 1);
}
