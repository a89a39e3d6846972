//! Waiting for a request, and what is said when it does not come.

use crate::client::{Client, call, http, mock};
use mock_hubspot::journal::Outcome;
use mock_hubspot::operation::Operation::{Associate, LogCall};
use mock_hubspot::{StoryKey, nearest_miss};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(10);

#[tokio::test]
async fn a_request_that_comes_later_ends_the_wait() {
    let mock = mock().await;
    let client = Client::of(&mock);
    let wanted = |entry: &mock_hubspot::journal::Entry| {
        entry.operation == Some(LogCall) && entry.reply.is_some() && entry.outcome == Outcome::Served
    };
    let (entry, id) = tokio::join!(mock.journal().wait_for(wanted, PATIENCE), client.log_call("c"));
    assert_eq!(entry.expect("it came").call_id, Some(id));
    let again = mock.journal().wait_for(wanted, PATIENCE).await;
    assert_eq!(again.expect("it is there").call_id, Some(id));
}

#[tokio::test]
async fn what_did_not_come_is_explained_by_what_did() {
    let mock = mock().await;
    let client = Client::of(&mock);
    let story =
        StoryKey { external_id: "y".into(), account_id: "test-account-01".into(), ..StoryKey::default() };
    client.send("POST", "/crm/v3/object/calls", &call("y")).await;
    let miss = nearest_miss(&mock.journal().entries(), LogCall, &story).expect("a miss");
    assert_eq!(miss, "POST /crm/v3/object/calls matches no route; did you mean /crm/v3/objects/calls?");
    client.send("PUT", "/crm/v3/objects/calls/1001/associations/contact/101", "").await;
    let miss = nearest_miss(&mock.journal().entries(), Associate, &story).expect("a miss");
    assert_eq!(
        miss,
        "PUT /crm/v3/objects/calls/1001/associations/contact/101 lacks the association type: …/194"
    );
    client
        .send(
            "POST",
            "/crm/v3/objects/calls",
            r#"{"properties":{"hs_call_external_id":"y","hs_call_external_account_id":"test-account-01"}}"#,
        )
        .await;
    let miss = nearest_miss(&mock.journal().entries(), LogCall, &story).expect("a miss");
    assert!(miss.starts_with("POST /crm/v3/objects/calls was refused: 400 Error creating CALL."), "{miss}");
}

#[tokio::test]
async fn a_script_can_read_the_journal_and_reset_everything() {
    let mock = mock().await;
    let client = Client::of(&mock);
    client.log_call("c").await;
    client.send("POST", "/crm/v3/extensions/calling/recordings/ready", r#"{"engagementId":1001}"#).await;
    client.get("/crm/v3/owners").await;
    assert_eq!(client.get("/_mock/health").await.json()["status"], "ok");
    for (query, count) in [
        ("", 3),
        ("?operation=log-call", 1),
        ("?call_id=1001", 2),
        ("?since=2", 1),
        ("?since=1&call_id=1001", 1),
    ] {
        let entries = client.get(&format!("/_mock/journal{query}")).await.json();
        assert_eq!(entries.as_array().map(Vec::len), Some(count), "{query}");
    }
    assert_eq!(client.get("/_mock/journal?operation=log-cal").await.status, 400);
    assert_eq!(client.get("/_mock/journal/2").await.json()["operation"], "mark-ready");
    assert_eq!(client.get("/_mock/journal/4").await.status, 404);
    assert_eq!(client.send("POST", "/_mock/reset", "").await.status, 204);
    assert!(mock.journal().is_empty() && mock.portal().calls().is_empty());
    assert_eq!(client.log_call("c").await, 1001);
}

#[tokio::test]
async fn a_dropped_mock_is_gone() {
    let mock = mock().await;
    let url = format!("{}/_mock/health", mock.url());
    assert!(http().get(&url).send().await.is_ok());
    mock.stop().await;
    assert!(http().get(&url).send().await.is_err());
}
