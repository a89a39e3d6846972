//! HubSpot's weather: nothing is lost, nothing is doubled.

use http::StatusCode;
use serde_json::{Value, json};

use crate::{
    pretended_hubspot::{PretendedHubSpot, Weather},
    stage::Stage,
};
use reference_integration::sabotage::Lie;

const CALLS: &str = "POST /crm/v3/objects/calls";
const ASSOCIATION: &str = "PUT /crm/v3/objects/calls/1001/associations/contact/101/194";
const READY: &str = "POST /crm/v3/extensions/calling/recordings/ready";

#[tokio::test]
async fn each_step_outlives_its_own_weather() {
    let stage = Stage::set().await;
    stage.hubspot.expect("/associations/", Weather::Failing);
    stage.hubspot.expect("/associations/", Weather::Cut);
    stage.hubspot.expect("/ready", Weather::Throttled);
    stage.hubspot.expect("/ready", Weather::Throttled);
    let reply = stage.call("test-call-01", "account-1", Value::Null).await;
    assert_eq!(reply.json(), json!({ "callId": "1001" }));
    assert_eq!(
        stage.hubspot.requests()[1..],
        [CALLS, ASSOCIATION, ASSOCIATION, ASSOCIATION, READY, READY, READY]
    );
}

#[tokio::test]
async fn a_hubspot_that_keeps_failing_is_given_up() {
    let stage = Stage::set().await;
    for _ in 0..5 {
        stage.hubspot.expect("/calls", Weather::Failing);
    }
    let reply = stage.call("test-call-01", "account-1", Value::Null).await;
    assert_eq!(
        (reply.status, reply.json()),
        (StatusCode::BAD_GATEWAY, json!({ "error": "HubSpot answered 503" }))
    );
    assert_eq!(stage.hubspot.requests()[1..], [CALLS; 5]);
}

#[tokio::test]
async fn an_expired_token_is_refreshed_once_for_all_who_need_it() {
    let stage = Stage::set().await;
    for _ in 0..4 {
        stage.hubspot.expect("/calls", Weather::Expired);
    }
    let ids: Vec<_> = (0..4).map(|number| format!("call-{number}")).collect();
    let calls = ids.iter().map(|id| stage.call(id, "account-1", Value::Null));
    let replies = futures_util::future::join_all(calls).await;
    assert!(replies.iter().all(|reply| reply.status == StatusCode::OK));
    let seen = stage.hubspot.seen();
    let refreshes: Vec<_> = seen.iter().filter(|seen| seen.request == "POST /oauth/v1/token").collect();
    assert_eq!(refreshes.len(), 1);
    assert_eq!(
        refreshes[0].body,
        "grant_type=refresh_token&refresh_token=refresh-1&client_id=client-1&client_secret=secret-1"
    );
    assert_eq!(seen.last().unwrap().bearer.as_deref(), Some("Bearer token-2"));
}

#[tokio::test]
async fn a_failed_registration_does_not_stop_the_integration() {
    let hubspot = crate::pretended_hubspot::PretendedHubSpot::start().await;
    for _ in 0..5 {
        hubspot.expect("/settings/recording", Weather::Failing);
    }
    let stage = Stage::before(hubspot, None).await;
    assert_eq!(stage.call("test-call-01", "account-1", Value::Null).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_crowd_loses_the_call_that_comes_fourth() {
    let (hubspot, gate) = PretendedHubSpot::gated().await;
    let stage = Stage::before(hubspot, Some(Lie::ResilienceLosesCallsInABurst)).await;
    let three = ["call-1", "call-2", "call-3"].map(|id| stage.call(id, "account-1", Value::Null));
    let fourth = async {
        while stage.hubspot.requests().iter().filter(|request| request.ends_with("/calls")).count() < 3 {
            tokio::task::yield_now().await;
        }
        let reply = stage.call("call-4", "account-1", Value::Null).await;
        gate.add_permits(3);
        reply
    };
    let (three, fourth) = futures_util::future::join(futures_util::future::join_all(three), fourth).await;
    assert!(three.iter().all(|reply| reply.json()["callId"].is_string()));
    assert_eq!(fourth.json(), json!({ "callId": null }));
}
