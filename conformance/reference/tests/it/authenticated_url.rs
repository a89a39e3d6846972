//! The endpoint: who gets a URL, and for which recording.

use http::StatusCode;
use serde_json::Value;

use crate::stage::Stage;

#[tokio::test]
async fn awkward_external_ids_come_back_right() {
    let stage = Stage::set().await;
    for (id, encoded) in [
        ("a b", "a%20b"),
        ("a/b", "a%2Fb"),
        ("50%", "50%25"),
        ("%2F", "%252F"),
        ("a+b", "a+b"),
        ("a+c", "a%2Bc"),
        ("café", "caf%C3%A9"),
        ("a#b", "a%23b"),
        ("a?b", "a%3Fb"),
    ] {
        assert_eq!(stage.call(id, "account-1", Value::Null).await.status, StatusCode::OK);
        let url = stage.authenticated_url(encoded, "account-1").await;
        assert_eq!(stage.ask(&url, &[]).await.body, stage.bytes, "{id}");
    }
}

#[tokio::test]
async fn nobody_else_gets_a_url() {
    let stage = Stage::set().await;
    stage.call("test-call-01", "account-1", Value::Null).await;
    for (question, status) in [
        ("test-call-02?externalAccountId=account-1&appId=12345", 404),
        ("test-call-01?externalAccountId=account-2&appId=12345", 404),
        ("test-call-01?appId=12345", 404),
        ("test-call-01?externalAccountId=account-1&appId=54321", 403),
        ("test-call-01?externalAccountId=account-1", 403),
        ("test-call-01?externalAccountId=account-1&appId=12345", 200),
        ("test-call-01?surprise=1&appId=12345&externalAccountId=account-1", 200),
    ] {
        let reply = stage.ask(&format!("/retrieve/recording/{question}"), &[]).await;
        assert_eq!(reply.status.as_u16(), status, "{question}");
        assert_eq!(reply.header("content-type"), "application/json");
        assert_eq!(reply.json()["authenticatedUrl"].is_string(), status == 200);
    }
}

#[tokio::test]
async fn two_accounts_may_use_one_external_id() {
    let stage = Stage::set().await;
    stage.call("test-call-01", "account-1", Value::Null).await;
    stage.call("test-call-01", "account-2", Value::Null).await;
    let first = stage.authenticated_url("test-call-01", "account-1").await;
    let second = stage.authenticated_url("test-call-01", "account-2").await;
    let path = |url: &str| url.split('?').next().unwrap().to_owned();
    assert_ne!(path(&first), path(&second));
}

#[tokio::test]
async fn a_url_works_only_with_its_own_signature() {
    let stage = Stage::set().await;
    stage.call("test-call-01", "account-1", Value::Null).await;
    stage.call("test-call-02", "account-1", Value::Null).await;
    let url = stage.authenticated_url("test-call-01", "account-1").await;
    let other = stage.authenticated_url("test-call-02", "account-1").await;
    let (bare, query) = url.split_once('?').unwrap();
    let (neighbour, _) = other.split_once('?').unwrap();
    for forged in [
        bare.to_owned(),
        url[..url.len() - 64].to_owned(),
        format!("{}{}", &url[..url.len() - 60], "0".repeat(60)),
        format!("{neighbour}?{query}"),
        url.replace("expires=", "expires=9"),
    ] {
        let reply = stage.ask(&forged, &[]).await;
        assert_eq!(reply.status, StatusCode::FORBIDDEN, "{forged}");
        assert!(reply.body.len() < 200);
    }
    assert_eq!(stage.ask(&url, &[]).await.status, StatusCode::OK);
}
