//! Isolated portals: many in one process, none of which sees another.

use crate::client::{Client, call, mock};
use mock_hubspot::{IsolatedPortal, PortalSetup, Rule, Strike, operation::Operation};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::{Duration, Instant};

const CALLS: &str = "/crm/v3/objects/calls";
const MANY: usize = 200;

async fn make(client: &Client, body: &str) -> Value {
    let reply = client.send("POST", "/_mock/portals", body).await;
    assert_eq!(reply.status, 201, "{}", reply.text);
    reply.json()
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap_or_else(|| panic!("{name} in {value}"))
}

/// One test of many that run at once: it must see its own portal alone.
async fn live(first: Client, number: usize) {
    let made = make(&first, "").await;
    let mine = first.with_token(text(&made, "access_token"));
    let control = format!("/_mock/portals/{}", text(&made, "name"));
    let wanted = 1 + number % 4;
    for i in 0..wanted {
        assert_eq!(
            mine.log_call(&format!("{number}-{i}")).await,
            1001 + i as u64,
            "ids count in each portal"
        );
    }
    let calls = mine.get(CALLS).await.json();
    assert_eq!(calls["results"].as_array().map(Vec::len), Some(wanted), "{calls}");
    let journal = mine.get(&format!("{control}/journal")).await.json();
    let journal = journal.as_array().expect("exchanges");
    assert_eq!(journal.len(), wanted + 1);
    assert!(journal.iter().all(|e| e["credential"] == "access-token"), "{journal:?}");

    if number.is_multiple_of(2) {
        let rule = r#"{"operation":"log-call","strike":{"failing":{"status":503}}}"#;
        assert_eq!(mine.send("POST", &format!("{control}/weather"), rule).await.status, 201);
        mine.send("POST", &format!("{control}/clock"), r#"{"freeze":true,"advance":"100h"}"#).await;
    }
    let struck = mine.send("POST", CALLS, &call("x")).await.status;
    assert_eq!(struck, if number.is_multiple_of(2) { 503 } else { 201 });
    let ahead = mine.get(&format!("{control}/clock")).await.json()["ahead_ms"].as_i64().expect("a number");
    assert_eq!(ahead > 99 * 3_600_000, number.is_multiple_of(2), "{ahead}");

    // The developer key, the client and a refreshed token lead there too.
    let settings = format!(
        "/crm/v3/extensions/calling/{}/settings/recording?hapikey={}",
        text(&made, "app_id"),
        text(&made, "developer_key")
    );
    let url = format!(r#"{{"urlToRetrieveAuthedRecording":"https://{number}.example/%s"}}"#);
    assert_eq!(first.with_token("").send("POST", &settings, &url).await.status, 200);
    let form = format!(
        "grant_type=refresh_token&client_id={}&client_secret={}&refresh_token={}",
        text(&made, "client_id"),
        text(&made, "client_secret"),
        text(&made, "refresh_token")
    );
    let token = first.with_token("").form("/oauth/v1/token", &form).await.json();
    let refreshed = first.with_token(text(&token, "access_token"));
    assert_eq!(refreshed.get(&format!("{CALLS}/1001")).await.json()["id"], "1001");
    let token = text(&token, "access_token");
    let told = first.with_token("").get(&format!("/oauth/v1/access-tokens/{token}")).await.json();
    assert_eq!(told["hub_id"], made["portal_id"], "{told}");

    if number.is_multiple_of(3) {
        assert_eq!(mine.send("POST", &format!("{control}/reset"), "").await.status, 204);
        assert_eq!(mine.get(CALLS).await.json()["results"], json!([]));
    }
    if number.is_multiple_of(5) {
        assert_eq!(mine.send("DELETE", &control, "").await.status, 204);
        assert_eq!(mine.get(&format!("{control}/journal")).await.status, 404);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_hundred_portals_do_not_see_each_other() {
    let mock = mock().await;
    let client = Client::of(&mock);
    client.log_call("of the first").await;
    let tests: Vec<_> = (0..MANY).map(|number| tokio::spawn(live(client.clone(), number))).collect();
    for test in tests {
        test.await.expect("no portal sees another");
    }
    assert_eq!((mock.portal().calls().len(), mock.journal().len()), (1, 1));
    let left = client.get("/_mock/portals").await.json();
    assert_eq!(left.as_array().map(Vec::len), Some(MANY - MANY / 5));
}

#[tokio::test]
async fn a_portal_can_be_given_as_a_portal_file_or_as_json() {
    let mock = mock().await;
    let client = Client::of(&mock);
    for body in ["portal_id = 7\n[[contacts]]\nid = 5\n", r#"{"portal_id":7,"contacts":[{"id":5}]}"#] {
        let made = make(&client, body).await;
        assert_eq!(made["portal_id"], 7);
        let mine = client.with_token(text(&made, "access_token"));
        assert_eq!(mine.get("/crm/v3/objects/contacts/5").await.status, 200);
        assert_eq!(mine.get("/crm/v3/objects/contacts/101").await.status, 404);
    }
    let wrong = client.send("POST", "/_mock/portals", "portal_id = 7\nacces_token = \"x\"\n").await;
    assert_eq!(wrong.status, 400);
    let said = wrong.json()["error"].as_str().expect("text").to_owned();
    assert!(said.contains("portal.toml:2:1") && said.contains("did you mean `access_token`?"), "{said}");
    let taken = client.send("POST", "/_mock/portals", "access_token = \"mock-access-token-2f9c\"\n").await;
    assert_eq!(taken.status, 409);
    assert!(taken.text.contains("`access_token` is that of another portal"), "{}", taken.text);
}

#[tokio::test]
async fn portals_are_made_and_ended_from_rust_in_no_time() {
    let mock = Arc::new(mock().await);
    let mut shortest = Duration::MAX;
    let mut all: Vec<IsolatedPortal> = Vec::new();
    for _ in 0..50 {
        let begun = Instant::now();
        all.push(mock.isolate(None).await.expect("a portal"));
        shortest = shortest.min(begun.elapsed());
    }
    assert!(shortest < Duration::from_millis(1), "{shortest:?}");
    let client = Client::of(&mock);
    let mine = client.with_token(&all[7].portal().access_token());
    mine.log_call("mine").await;
    assert_eq!((all[7].portal().calls().len(), all[7].journal().len()), (1, 1));
    assert!(all[8].journal().is_empty() && mock.journal().is_empty());
    let rule = Rule {
        operation: Operation::LogCall,
        story: None,
        strike: Strike::Failing { status: 502 },
        times: 1,
    };
    all[7].weather().order(rule);
    assert_eq!(mine.send("POST", CALLS, &call("x")).await.status, 502);
    let own = PortalSetup { access_token: "mine-alone-1234".into(), ..all[8].portal().setup().clone() };
    assert!(mock.isolate(Some(own)).await.is_err(), "its other credentials are taken");
    all.swap_remove(7).end().await.expect("it ends");
    mine.get(CALLS).await;
    assert_eq!(mock.journal().len(), 1, "a credential that nobody has leads to the first portal");
}
