//! The clock of a portal: frozen and put forward, it is the time of everything that HubSpot does.

use crate::client::{Client, call, http, mock};
use mock_hubspot::{Limits, MockHubSpot, Policy, Rule, Strike, Switches, operation::Operation};
use serde_json::{Value, json};
use std::time::Duration;

const CALLS: &str = "/crm/v3/objects/calls";

async fn turn(client: &Client, order: Value) -> Value {
    let reply = client.send("POST", "/_mock/clock", &order.to_string()).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    reply.json()
}

#[tokio::test]
async fn records_made_on_a_frozen_clock_have_one_moment() {
    let mock = mock().await;
    let client = Client::of(&mock);
    let frozen = turn(&client, json!({ "freeze": true })).await;
    let (one, two) = (client.log_call("1").await, client.log_call("2").await);
    turn(&client, json!({ "advance": "36h" })).await;
    let three = client.log_call("3").await;
    let made = |id| mock.portal().call(id).expect("a call").created_at;
    assert_eq!(frozen["now"], client.get(&format!("{CALLS}/{one}")).await.json()["createdAt"]);
    assert_eq!((made(one), made(three).duration_since(made(two)).as_hours()), (made(two), 36));
    let running = turn(&client, json!({ "resume": true })).await;
    assert_eq!(running["frozen"], false);
    assert!(running["ahead_ms"].as_i64().expect("a number") > 35 * 3_600_000, "{running}");
    assert_eq!(client.send("POST", "/_mock/reset?scope=clock", "").await.status, 204);
    let now = client.get("/_mock/clock").await.json();
    assert!(now["ahead_ms"].as_i64().is_some_and(|ms| ms.abs() < 1000), "{now}");
    assert_eq!(mock.portal().calls().len(), 3, "only the clock was reset");
    assert_eq!(client.send("POST", "/_mock/clock", r#"{"advance":"-1h"}"#).await.status, 400);
}

#[tokio::test]
async fn a_token_expires_when_its_half_hour_is_over() {
    let mock = MockHubSpot::builder().retrieval(false).strict(true).start().await.expect("it starts");
    let client = Client::of(&mock);
    let setup = mock.portal().setup().clone();
    let form = format!(
        "grant_type=refresh_token&client_id={}&client_secret={}&refresh_token={}",
        setup.client_id, setup.client_secret, setup.refresh_token
    );
    let token = client.form("/oauth/v1/token", &form).await.json()["access_token"]
        .as_str()
        .expect("a token")
        .to_owned();
    let fresh = client.with_token(&token);
    turn(&client, json!({ "advance": "29m" })).await;
    assert_eq!(fresh.get(CALLS).await.status, 200);
    turn(&client, json!({ "advance": "2m" })).await;
    let late = fresh.get(CALLS).await;
    assert_eq!((late.status, late.json()["category"].as_str()), (401, Some("EXPIRED_AUTHENTICATION")));
}

#[tokio::test]
async fn limits_and_what_is_said_of_them_follow_the_clock() {
    let switches = Switches::default().with_pairs(["retry-after=present"]).expect("a switch");
    let mock = MockHubSpot::builder().retrieval(false).switches(switches).start().await.expect("it starts");
    let client = Client::of(&mock);
    mock.weather().limit(Some(Limits { ten_secondly: Some(1), ..Limits::default() }));
    mock.clock().freeze();
    assert_eq!(client.get(CALLS).await.status, 200);
    let refused = client.get(CALLS).await;
    assert_eq!((refused.status, refused.header("retry-after")), (429, "10"));
    turn(&client, json!({ "advance": "7s" })).await;
    let refused = client.get(CALLS).await;
    assert_eq!((refused.status, refused.header("retry-after")), (429, "3"));
    turn(&client, json!({ "advance": "3s" })).await;
    assert_eq!(client.get(CALLS).await.status, 200);

    mock.weather().limit(None);
    let strike = Strike::Throttled { policy: Policy::TenSecondly };
    mock.weather().order(Rule { operation: Operation::LogCall, story: None, strike, times: 1 });
    assert_eq!(client.send("POST", CALLS, &call("c")).await.header("retry-after"), "10");
    turn(&client, json!({ "advance": "6s" })).await;
    assert_eq!(client.send("POST", CALLS, &call("c")).await.header("retry-after"), "4");
    turn(&client, json!({ "advance": "4s" })).await;
    assert_eq!(client.send("POST", CALLS, &call("c")).await.status, 201);
}

#[tokio::test]
async fn a_request_under_way_ends_on_the_state_on_which_it_began() {
    let mock = mock().await;
    let client = Client::of(&mock);
    let before = client.log_call("before").await;
    let strike = Strike::Delayed { ms: 700 };
    mock.weather().order(Rule { operation: Operation::UpdateCall, story: None, strike, times: 1 });
    let (path, changing) = (format!("{CALLS}/{before}"), client.clone());
    let under_way = tokio::spawn(async move {
        changing.send("PATCH", &path, r#"{"properties":{"hs_call_title":"changed"}}"#).await
    });
    let arrived = |e: &mock_hubspot::journal::Entry| e.operation == Some(Operation::UpdateCall);
    mock.journal().wait_for(arrived, Duration::from_secs(5)).await.expect("it arrives");
    let reset = format!("{}/_mock/reset?scope=state", mock.url());
    assert_eq!(http().post(reset).send().await.expect("an answer").status(), 204);
    let after = client.log_call("after").await;
    assert_eq!(after, before, "the new state counts anew");
    let reply = under_way.await.expect("no panic");
    assert_eq!((reply.status, reply.json()["properties"]["hs_call_title"].as_str()), (200, Some("changed")));
    assert_eq!(&mock.portal().call(after).expect("a call").properties["hs_call_title"], "Example Call");
}

#[tokio::test]
async fn the_page_freezes_the_clock_puts_it_forward_and_lets_it_run() {
    let mock = mock().await;
    let client = Client::of(&mock);
    let state = async || {
        let now = client.get("/_mock/clock").await.json();
        (now["frozen"] == true, now["ahead_ms"].as_i64().expect("a number") / 60_000)
    };
    assert!(client.get("/_mock/ui/weather").await.text.contains("Freeze"));
    assert_eq!(client.form("/_mock/ui/clock", "advance=31m&then=freeze").await.status, 200);
    assert!(state().await.0);
    let page = client.get("/_mock/ui/weather").await.text;
    assert!(page.contains("frozen") && page.contains("Let it run"), "{page}");
    assert_eq!(client.form("/_mock/ui/clock", "advance=&then=resume").await.status, 200);
    let (frozen, ahead) = state().await;
    assert!(!frozen && (30..=31).contains(&ahead), "{ahead}");
    let refused = client.form("/_mock/ui/clock", "advance=-1h&then=").await;
    assert!(refused.status == 400 && refused.text.contains("no clock goes back"), "{}", refused.text);
}
