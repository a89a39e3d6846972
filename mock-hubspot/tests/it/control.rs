//! `/_mock`: what scripts ask the mock itself.

use crate::client::{Client, call, http, mock};
use mock_hubspot::MockHubSpot;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const CALLS: &str = "/crm/v3/objects/calls";
const READY: &str = "/crm/v3/extensions/calling/recordings/ready";
/// Much more than anything here takes; a wait that is not ended early fails by it.
const LONG: Duration = Duration::from_secs(20);

async fn get(client: &Client, path: &str) -> Value {
    let reply = client.get(path).await;
    assert_eq!(reply.status, 200, "{path}: {}", reply.text);
    reply.json()
}

async fn post(client: &Client, path: &str, body: &Value) -> (u16, Value) {
    let reply = client.send("POST", path, &body.to_string()).await;
    (reply.status, serde_json::from_str(&reply.text).unwrap_or_default())
}

#[tokio::test]
async fn a_long_poll_ends_with_what_it_waited_for_and_goes_on_from_there() {
    let mock = mock().await;
    let client = Client::of(&mock);
    let first = client.get("/_mock/journal?cursor=0-0").await;
    let cursor = first.header("x-mock-cursor").to_owned();
    let waiting = {
        let (client, path) =
            (client.clone(), format!("/_mock/journal?operation=log-call&cursor={cursor}&wait=20s"));
        tokio::spawn(async move { client.get(&path).await })
    };
    client.get("/crm/v3/owners").await;
    client.log_call("c-1").await;
    let reply = waiting.await.expect("no panic");
    let told = reply.json();
    assert_eq!((told.as_array().map(Vec::len), &told[0]["call_id"]), (Some(1), &json!(1001)));
    let next = format!("/_mock/journal?operation=log-call&cursor={}", reply.header("x-mock-cursor"));
    assert_eq!(get(&client, &next).await, json!([]));
    for wrong in ["wait=soon", "wait=2h", "cursor=x", "since=x", "outcome=good"] {
        assert_eq!(client.get(&format!("/_mock/journal?{wrong}")).await.status, 400, "{wrong}");
    }
}

#[tokio::test]
async fn what_became_of_a_call_can_be_waited_for() {
    let mock = MockHubSpot::start().await.expect("it starts");
    let client = Client::of(&mock);
    let started = Instant::now();
    let waiting = {
        let client = client.clone();
        tokio::spawn(async move { get(&client, "/_mock/calls?external_id=c-1&wait=20s").await })
    };
    client.log_call("c-1").await;
    let id = waiting.await.expect("no panic")[0]["id"].as_u64().expect("an id");
    assert_eq!(get(&client, &format!("/_mock/calls/{id}?wait=10ms")).await["recording"]["stage"], "logged");
    client.send("POST", READY, &json!({ "engagementId": id }).to_string()).await;
    let became = get(&client, &format!("/_mock/calls/{id}?wait=20s")).await;
    assert_eq!(became["recording"]["stage"], "failed");
    assert_eq!(became["recording"]["why"], "not asked: no app has registered a recording URL");
    assert_eq!((&became["marked_ready"], &became["exchanges"]), (&json!(1), &json!([1, 2, 3])));
    let (status, again) = post(&client, &format!("/_mock/calls/{id}/retrieve"), &json!({})).await;
    assert_eq!((status, &again["after"]), (202, &json!(3)));
    let became = get(&client, &format!("/_mock/calls/{id}?after=3&wait=20s")).await;
    assert_eq!(became["recording"]["exchange"], 4);
    assert!(started.elapsed() < LONG);
    assert_eq!(client.get("/_mock/calls/9").await.status, 404);
    assert_eq!(client.get("/_mock/calls/x/recording").await.status, 404);
    // HubSpot's own words, and the reason beside them.
    let played = client.get(&format!("/_mock/calls/{id}/recording")).await;
    assert_eq!((played.status, played.message().as_str()), (500, "internal error"));
    assert_eq!(played.json()["error"], "no app has registered a recording URL");
}

#[tokio::test]
async fn a_rule_tells_how_often_it_was_hit() {
    let mock = mock().await;
    let client = Client::of(&mock);
    let rule = json!({ "operation": "log-call", "strike": { "failing": { "status": 502 } }, "times": 2 });
    let (status, ordered) = post(&client, "/_mock/weather", &rule).await;
    assert_eq!((status, &ordered["struck"], &ordered["spent"]), (201, &json!(0), &json!(false)));
    assert_eq!(client.send("POST", CALLS, &call("c")).await.status, 502);
    let listed = get(&client, "/_mock/weather").await;
    assert_eq!(listed["rules"][0]["struck"], 1);
    let path = format!("/_mock/weather/{}", ordered["id"]);
    assert_eq!(client.send("DELETE", &path, "").await.status, 204);
    assert_eq!(client.send("DELETE", &path, "").await.status, 404);
    assert_eq!(client.send("POST", CALLS, &call("c")).await.status, 201);
    for strike in
        [json!("cut"), json!({ "delayed": { "ms": 1 } }), json!({ "throttled": { "policy": "daily" } })]
    {
        let (status, _) =
            post(&client, "/_mock/weather", &json!({ "operation": "log-call", "strike": strike })).await;
        assert_eq!(status, 201, "{strike}");
    }
    assert_eq!(client.send("DELETE", "/_mock/weather", "").await.status, 204);
    assert_eq!(get(&client, "/_mock/weather").await, json!({ "rules": [], "expired_tokens": null }));
    for wrong in [
        json!({ "operation": "log-cal", "strike": "cut" }),
        json!({ "operation": "log-call", "strike": { "failing": { "status": 418 } } }),
        json!({ "operation": "log-call", "strike": "cut", "times": 0 }),
        json!({ "operation": "log-call", "strike": "cut", "time": 1 }),
        json!({ "operation": "log-call", "strike": { "delayed": { "ms": 900_000 } } }),
    ] {
        let (status, told) = post(&client, "/_mock/weather", &wrong).await;
        assert!(status == 400 && told["error"].is_string(), "{wrong}: {told}");
    }
}

#[tokio::test]
async fn tokens_expire_for_everything_until_they_are_refreshed() {
    let mock = mock().await;
    let client = Client::of(&mock);
    assert_eq!(client.send("POST", "/_mock/tokens/expire", "").await.status, 204);
    for path in ["/crm/v3/owners", CALLS] {
        assert_eq!(client.get(path).await.status, 401, "{path}");
    }
    assert_eq!(get(&client, "/_mock/weather").await["expired_tokens"]["struck"], 2);
    let setup = mock.portal().setup();
    let form = format!(
        "grant_type=refresh_token&refresh_token={}&client_id={}&client_secret={}",
        setup.refresh_token, setup.client_id, setup.client_secret
    );
    let fresh =
        client.form("/oauth/v1/token", &form).await.json()["access_token"].as_str().map(str::to_owned);
    let fresh = client.with_token(&fresh.expect("a token"));
    assert_eq!(fresh.get("/crm/v3/owners").await.status, 200);
}

#[tokio::test]
async fn each_scope_is_forgotten_by_itself() {
    let mock = mock().await;
    let client = Client::of(&mock);
    client.log_call("c").await;
    post(&client, "/_mock/weather", &json!({ "operation": "log-call", "strike": "cut" })).await;
    let left = async || {
        let rules = get(&client, "/_mock/weather").await["rules"].as_array().map(Vec::len);
        let calls = get(&client, "/_mock/calls").await.as_array().map(Vec::len);
        let entries = get(&client, "/_mock/journal").await.as_array().map(Vec::len);
        [calls, entries, rules].map(|n| n.expect("a list"))
    };
    assert_eq!(left().await, [1, 1, 1]);
    for (scope, expected) in [("state", [0, 1, 1]), ("journal", [0, 0, 1]), ("weather", [0, 0, 0])] {
        assert_eq!(client.send("POST", &format!("/_mock/reset?scope={scope}"), "").await.status, 204);
        assert_eq!(left().await, expected, "{scope}");
    }
    assert_eq!(client.send("POST", "/_mock/reset?scope=everything", "").await.status, 400);
}

#[tokio::test]
async fn an_exchange_can_be_taken_along() {
    let mock = mock().await;
    let client = Client::of(&mock);
    client.log_call("c").await;
    let curl = client.get("/_mock/journal/1/curl").await;
    assert!(curl.media_type.starts_with("text/plain"));
    assert!(curl.text.contains("-H 'authorization: Bearer '\"$SECRET_"), "{}", curl.text);
    assert!(!curl.text.contains("mock-access-token"));
    for path in ["/_mock/journal/1/har", "/_mock/journal.har?operation=log-call"] {
        let har = get(&client, path).await;
        let entry = &har["log"]["entries"][0];
        assert_eq!(
            (&entry["response"]["status"], &entry["request"]["method"]),
            (&json!(201), &json!("POST"))
        );
        assert!(!har.to_string().contains("mock-access-token"));
    }
    assert_eq!(client.get("/_mock/journal/9/curl").await.status, 404);
    assert_eq!(get(&client, "/_mock/openapi.json").await["openapi"], "3.1.0");
    assert_eq!(client.get("/_mock/nothing").await.status, 404);
}

#[tokio::test]
async fn strangers_are_refused_and_everything_is_sealed() {
    let mock = mock().await;
    let ask = async |method: &str, path: &str, headers: &[(&str, &str)]| {
        let mut request = http().request(method.parse().expect("a method"), format!("{}{path}", mock.url()));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.send().await.expect("an answer")
    };
    for (method, path, headers) in [
        ("GET", "/_mock/journal", [("host", "rebound.example")]),
        ("GET", "/_mock/ui", [("host", "rebound.example")]),
        ("POST", "/_mock/reset", [("origin", "http://127.0.0.1:1")]),
        ("POST", "/_mock/reset", [("sec-fetch-site", "cross-site")]),
    ] {
        assert_eq!(ask(method, path, &headers).await.status(), 403, "{path} {headers:?}");
    }
    for path in ["/_mock/ui", "/_mock/journal", "/_mock/ui/script.js", "/_mock/nothing"] {
        let reply = ask("GET", path, &[]).await;
        let policy = reply.headers()["content-security-policy"].to_str().expect("text");
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!(reply.headers()["x-content-type-options"], "nosniff");
    }
    // HubSpot's own paths are asked by whoever resolves a name to this machine.
    assert_eq!(ask("GET", "/crm/v3/owners", &[("host", "api.hubapi.test")]).await.status(), 200);
    // A browser that is pointed at the address finds the page; an integration finds what HubSpot has there.
    assert_eq!(ask("GET", "/", &[("accept", "text/html,*/*")]).await.url().path(), "/_mock/ui");
    assert_eq!(ask("GET", "/", &[("accept", "application/json")]).await.status(), 404);
    assert_eq!(mock.journal().len(), 2);
}

#[tokio::test]
async fn what_hubspot_would_not_take_is_warned_of() {
    let mock = mock().await;
    let client = Client::of(&mock);
    let warned = async |client: &Client, method: &str, path: &str, body: &str| {
        client.send(method, path, body).await.header("x-mock-warnings").to_owned()
    };
    assert_eq!(warned(&client, "GET", "/crm/v3/owners", "").await, "");
    let nobody = client.with_token("");
    let credential = warned(&nobody, "GET", "/crm/v3/owners", "").await;
    assert!(credential.contains("refuse this credential with 401"), "{credential}");
    let settings = crate::client::settings(mock.portal().setup());
    let url = r#"{"urlToRetrieveAuthedRecording":"http://app.example/recording"}"#;
    let registered = warned(&nobody, "POST", &settings, url).await;
    assert!(registered.contains("https") && registered.contains("%s"), "{registered}");
    assert!(warned(&client, "GET", "/webhooks/v3/1/settings", "").await.contains("does not imitate"));
    assert_eq!(warned(&client, "GET", "/nothing/like/it", "").await, "");
    assert!(get(&client, "/_mock/journal").await.to_string().contains("does not imitate"));
}

#[tokio::test]
async fn a_page_that_is_open_does_not_keep_the_mock_from_stopping() {
    let mock = mock().await;
    let mut stream = http().get(format!("{}/_mock/ui/events", mock.url())).send().await.expect("an answer");
    assert_eq!(stream.headers()["content-type"], "text/event-stream");
    let first = stream.chunk().await.expect("no error").expect("an event");
    assert!(first.starts_with(b"event: change\ndata: {"), "{first:?}");
    Client::of(&mock).log_call("c").await;
    let next = stream.chunk().await.expect("no error").expect("an event");
    assert!(String::from_utf8_lossy(&next).contains("\"exchanges\":1"), "{next:?}");
    let started = Instant::now();
    mock.stop().await;
    assert!(started.elapsed() < Duration::from_secs(4), "{:?}", started.elapsed());
}

#[tokio::test]
async fn a_journal_that_was_cut_says_so_wherever_it_is_read() {
    let bounds = mock_hubspot::Bounds { exchanges: 3, ..mock_hubspot::Bounds::default() };
    let builder = MockHubSpot::builder().retrieval(false).journal_bounds(bounds);
    let mock = builder.start().await.expect("it starts");
    let client = Client::of(&mock);
    for number in 1..=5 {
        client.log_call(&number.to_string()).await;
        let journal = client.get("/_mock/journal").await;
        let cut = journal.header("x-mock-cut").parse().unwrap_or(0);
        let shown = journal.json().as_array().map(Vec::len);
        assert_eq!((cut, shown), (number.max(3) - 3, Some(number.min(3))));
    }
    let health = client.get("/_mock/health").await.json();
    assert_eq!((&health["exchanges"], &health["cut"]), (&json!(5), &json!(2)));
    let gone = client.get("/_mock/journal/1").await;
    assert_eq!(gone.status, 404);
    let (har, page) = (client.get("/_mock/journal.har").await, client.get("/_mock/ui/journal").await);
    for said in [gone.text, har.text, page.text] {
        assert!(
            said.contains("the oldest 2 exchanges are here no more") && said.contains("--store"),
            "{said}"
        );
    }
    assert_eq!(client.get("/_mock/journal/5").await.json()["number"], 5);
}
