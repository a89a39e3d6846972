//! HubSpot's own side, against a tiny integration.

use crate::client::{Client, call};
use axum::Router;
use axum::extract::{Path, RawQuery};
use axum::http::Uri;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::get;
use mock_hubspot::exchange::{Body, header};
use mock_hubspot::journal::{Direction, Entry, Outcome};
use mock_hubspot::{MockHubSpot, Switches};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(20);

/// An integration that answers with this authenticated URL; `{base}` is where it listens.
async fn integration(authenticated_url: &'static str) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let base = format!("http://{}", listener.local_addr().expect("an address"));
    let url = authenticated_url.replace("{base}", &base);
    let answer = move |Path(id): Path<String>, RawQuery(query): RawQuery| async move {
        assert_eq!(id, "a b/c");
        assert_eq!(query.as_deref(), Some("appId=12345&externalAccountId=test-account-01"));
        ([("content-type", "application/json")], format!(r#"{{"authenticatedUrl":"{url}"}}"#)).into_response()
    };
    let router = Router::new()
        .route("/recording/{id}", get(answer))
        .route(
            "/elsewhere/{id}",
            get(|uri: Uri| async move {
                Redirect::temporary(&uri.to_string().replace("/elsewhere", "/recording"))
            }),
        )
        .route("/file", get(|| async { Response::new(axum::body::Body::from(vec![7_u8; 300_000])) }))
        .route("/moved", get(|| async { Redirect::temporary("/file?token=canary-in-location") }))
        .route("/loop", get(|| async { Redirect::temporary("/loop") }))
        .route("/gone", get(|| async { (http::StatusCode::GONE, "expired") }));
    tokio::spawn(async move { axum::serve(listener, router).await });
    base
}

/// What HubSpot's side did after the recording was marked as ready, once the last of it has ended.
async fn retrieved(authenticated_url: &'static str, last: fn(&Entry) -> bool) -> Vec<Entry> {
    asked("recording/%s", &[], authenticated_url, last).await
}

/// The same, with another endpoint and other switches.
async fn asked(
    endpoint: &str,
    switches: &[&str],
    authenticated_url: &'static str,
    last: fn(&Entry) -> bool,
) -> Vec<Entry> {
    let base = integration(authenticated_url).await;
    let switches = Switches::from_pairs(switches.iter().copied()).expect("switches");
    let mock = MockHubSpot::builder().switches(switches).start().await.expect("it starts");
    let client = Client::of(&mock);
    let registration = format!(r#"{{"urlToRetrieveAuthedRecording":"{base}/{endpoint}"}}"#);
    client.send("POST", "/crm/v3/extensions/calling/12345/settings/recording", &registration).await;
    client.send("POST", "/crm/v3/objects/calls", &call("a b/c")).await;
    let ready =
        client.send("POST", "/crm/v3/extensions/calling/recordings/ready", r#"{"engagementId":1001}"#).await;
    assert_eq!(ready.status, 204);
    let ended = mock.journal().wait_for(|e| e.direction != Direction::Arrived && last(e), PATIENCE).await;
    ended.unwrap_or_else(|waited| panic!("{waited}: {:#?}", mock.journal().entries()));
    let mut entries = mock.journal().entries();
    entries.retain(|e| e.direction != Direction::Arrived);
    entries
}

fn fetched(entry: &Entry) -> bool {
    entry.direction == Direction::FetchedRecording && entry.reply.as_ref().is_some_and(|r| r.status != 307)
}

fn failed(entry: &Entry) -> bool {
    matches!(entry.outcome, Outcome::Failed(_))
}

#[tokio::test]
async fn hubspot_asks_for_the_url_and_fetches_the_recording() {
    let entries = retrieved("{base}/file?Expires=1700000000&sig=canary-signature", fetched).await;
    let [asked, recording] = &entries[..] else { panic!("{entries:#?}") };
    assert_eq!(asked.direction, Direction::AskedForUrl);
    assert!(
        asked.request.target.ends_with("/recording/a%20b%2Fc?appId=12345&externalAccountId=test-account-01")
    );
    assert_eq!(header(&asked.request.headers, "Accept"), Some("application/json"));
    assert!(
        header(&asked.request.headers, "User-Agent").is_some_and(|ua| ua.starts_with("HubSpot Connect 2.0"))
    );
    assert_eq!((asked.call_id, recording.call_id), (Some(1001), Some(1001)));
    assert!(recording.request.target.contains("/file?Expires=1700000000&sig=<secret:"), "{recording:?}");
    assert_eq!(header(&recording.request.headers, "Range"), None);
    let reply = recording.reply.as_ref().expect("a reply");
    let Body::Bytes { length, sha256, head } = &reply.body else { panic!("{reply:?}") };
    assert_eq!((*length, head.as_str()), (300_000, "07".repeat(32).as_str()));
    assert_eq!(sha256.len(), 64);
}

#[tokio::test]
async fn redirects_are_followed_one_entry_each() {
    let entries = retrieved("{base}/moved", fetched).await;
    assert_eq!(entries.len(), 3, "{entries:#?}");
    let text = format!("{entries:?}");
    assert!(!text.contains("canary-in-location"), "{text}");
    assert!(entries.iter().all(|e| e.outcome == Outcome::Served));
}

#[tokio::test]
async fn an_endless_redirect_is_given_up() {
    let entries = retrieved("{base}/loop", failed).await;
    assert_eq!(entries.len(), 1 + 6 + 1, "{entries:#?}");
}

#[tokio::test]
async fn what_is_not_known_of_hubspot_s_own_side_is_a_switch() {
    let followed = asked("elsewhere/%s", &[], "{base}/file", fetched).await;
    assert_eq!(followed.len(), 3, "{followed:#?}");
    let outcomes =
        |entries: &[Entry]| -> Vec<Outcome> { entries.iter().map(|e| e.outcome.clone()).collect() };
    let refused = Outcome::Failed("the endpoint answered 307".into());
    let entries = asked("elsewhere/%s", &["callback-redirects=refused"], "{base}/file", failed).await;
    assert_eq!(outcomes(&entries), std::slice::from_ref(&refused));
    let twice = ["callback-redirects=refused", "callback-retries=once"];
    let second = |e: &Entry| failed(e) && e.number > 4;
    assert_eq!(
        outcomes(&asked("elsewhere/%s", &twice, "{base}/file", second).await),
        [refused.clone(), refused]
    );
    let entries = asked("recording?id=%s", &["placeholder-in-query=not-asked"], "{base}/file", failed).await;
    let why = "not asked: the registered URL has %s in its query";
    assert_eq!(outcomes(&entries), [Outcome::Failed(why.into())]);
}

#[tokio::test]
async fn a_call_that_lacks_what_hubspot_needs_is_not_waited_for() {
    let mock = MockHubSpot::start().await.expect("it starts");
    let client = Client::of(&mock);
    client
        .send("POST", "/crm/v3/objects/calls", &call("c").replace("INTEGRATIONS_PLATFORM", "INTEGRATION"))
        .await;
    client.send("POST", "/crm/v3/extensions/calling/recordings/ready", r#"{"engagementId":1001}"#).await;
    let entry = mock.journal().wait_for(failed, PATIENCE).await.expect("it is in the journal");
    assert_eq!(entry.direction, Direction::AskedForUrl);
    let why = "not asked: hs_call_source is INTEGRATION instead of INTEGRATIONS_PLATFORM";
    assert_eq!(entry.outcome, Outcome::Failed(why.into()));
}

#[tokio::test]
async fn what_cannot_be_fetched_says_why() {
    for (url, why) in [
        ("{base}/gone", "the recording was answered with 410"),
        ("//cdn.example/x", "the URL cannot be asked"),
        ("http://169.254.169.254/latest/meta-data", "its address is link-local"),
        ("ftp://e.x/file", "neither http nor https"),
        ("http://127.0.0.1:1/file", "could not connect"),
    ] {
        let entries = retrieved(url, failed).await;
        let last = entries.last().map(|e| e.outcome.clone());
        assert!(matches!(&last, Some(Outcome::Failed(reason)) if reason.contains(why)), "{url}: {last:?}");
    }
}
