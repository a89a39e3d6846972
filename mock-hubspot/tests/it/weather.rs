//! How the weather strikes.

use crate::client::{Client, call, mock};
use mock_hubspot::journal::{Credential, Outcome};
use mock_hubspot::operation::Operation::{self, LogCall, MarkReady};
use mock_hubspot::{Policy, Rule, StoryKey, Strike};
use std::time::{Duration, Instant};

const CALLS: &str = "/crm/v3/objects/calls";

fn rule(operation: Operation, strike: Strike, times: u32) -> Rule {
    Rule { operation, story: None, strike, times }
}

#[tokio::test]
async fn a_throttled_request_has_no_effect_and_hubspot_s_body() {
    let mock = mock().await;
    let client = Client::of(&mock);
    for (policy, name, message) in [
        (Policy::Secondly, "SECONDLY", "You have reached your secondly limit."),
        (Policy::TenSecondly, "TEN_SECONDLY_ROLLING", "You have reached your ten_secondly_rolling limit."),
        (Policy::Daily, "DAILY", "You have reached your daily limit."),
    ] {
        let id = mock.weather().order(rule(LogCall, Strike::Throttled { policy }, 1));
        let reply = client.send("POST", CALLS, &call("c")).await;
        assert_eq!(reply.status, 429);
        let body = reply.json();
        assert_eq!((body["policyName"].as_str(), body["message"].as_str()), (Some(name), Some(message)));
        assert_eq!(
            (body["errorType"].as_str(), body["category"].as_str()),
            (Some("RATE_LIMIT"), Some("RATE_LIMITS"))
        );
        assert_eq!(mock.weather().struck(id), 1);
        assert_eq!(
            mock.journal().entries().pop().map(|e| e.outcome),
            Some(Outcome::Weather("throttled".into()))
        );
        // Else it strikes until the limit's window is over.
        mock.weather().clear(id);
    }
    assert!(mock.portal().calls().is_empty());
    assert_eq!(client.send("POST", CALLS, &call("c")).await.status, 201);
}

#[tokio::test]
async fn a_failure_strikes_as_often_as_it_was_ordered() {
    let mock = mock().await;
    let client = Client::of(&mock);
    for status in [500, 502, 503, 504] {
        mock.weather().order(rule(LogCall, Strike::Failing { status }, 2));
        for _ in 0..2 {
            let reply = client.send("POST", CALLS, &call("c")).await;
            assert_eq!(reply.status, status);
            assert!(!reply.media_type.is_empty());
        }
    }
    assert_eq!(client.send("POST", CALLS, &call("c")).await.status, 201);
}

#[tokio::test]
async fn a_cut_closes_the_connection_without_a_byte() {
    let mock = mock().await;
    let client = Client::of(&mock);
    mock.weather().order(rule(LogCall, Strike::Cut, 1));
    let error = client.try_send("POST", CALLS, "application/json", &call("c")).await.expect_err("no answer");
    assert!(error.is_request(), "{error:?}");
    let entry = &mock.journal().entries()[0];
    assert_eq!((&entry.outcome, &entry.reply), (&Outcome::Weather("cut".into()), &None));
    assert!(mock.portal().calls().is_empty());
    assert_eq!(client.send("POST", CALLS, &call("c")).await.status, 201);
}

#[tokio::test]
async fn a_delayed_request_is_served_late() {
    let mock = mock().await;
    let client = Client::of(&mock);
    let id = mock.weather().order(rule(LogCall, Strike::Delayed { ms: 120 }, 1));
    let started = Instant::now();
    assert_eq!(client.send("POST", CALLS, &call("c")).await.status, 201);
    assert!(started.elapsed() >= Duration::from_millis(120));
    assert_eq!(mock.weather().struck(id), 1);
    assert_eq!(mock.journal().entries()[0].outcome, Outcome::Served);
}

#[tokio::test]
async fn an_expired_token_is_refused_until_a_refreshed_one_comes() {
    let mock = mock().await;
    let client = Client::of(&mock);
    let id = mock.weather().order(rule(LogCall, Strike::ExpiredToken, 0));
    for _ in 0..2 {
        let reply = client.send("POST", CALLS, &call("c")).await;
        assert_eq!((reply.status, reply.json()["category"].as_str()), (401, Some("EXPIRED_AUTHENTICATION")));
    }
    let setup = mock.portal().setup().clone();
    let form = format!(
        "grant_type=refresh_token&refresh_token={}&client_id={}&client_secret={}",
        setup.refresh_token, setup.client_id, setup.client_secret
    );
    let reply = client.try_send("POST", "/oauth/v1/token", "application/x-www-form-urlencoded", &form).await;
    let token = reply.expect("an answer").json()["access_token"].as_str().expect("text").to_owned();
    assert_eq!(client.with_token(&token).send("POST", CALLS, &call("c")).await.status, 201);
    assert_eq!(mock.weather().struck(id), 2);
    assert_eq!(mock.journal().entries()[0].credential, Credential::ExpiredToken);
}

#[tokio::test]
async fn the_weather_of_a_story_spares_the_others() {
    let mock = mock().await;
    let client = Client::of(&mock);
    let story = StoryKey {
        external_id: "struck".into(),
        account_id: "test-account-01".into(),
        ..StoryKey::default()
    };
    for operation in [LogCall, MarkReady] {
        let strike = Strike::Failing { status: 503 };
        mock.weather().order(Rule { story: Some(story.clone()), ..rule(operation, strike, 1) });
    }
    let spared = client.log_call("spared").await;
    assert_eq!(client.send("POST", CALLS, &call("struck")).await.status, 503);
    let struck = client.log_call("struck").await;
    let ready = "/crm/v3/extensions/calling/recordings/ready";
    for (id, status) in [(spared, 204), (struck, 503), (struck, 204)] {
        let body = format!(r#"{{"engagementId":{id}}}"#);
        assert_eq!(client.send("POST", ready, &body).await.status, status, "{id}");
    }
}
