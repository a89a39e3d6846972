//! Calls and other records: read, listed, changed, archived.

use crate::client::{Client, mock};
use mock_hubspot::RecordSetup;

#[tokio::test]
async fn a_read_shows_three_properties_and_those_asked_for() {
    let mock = mock().await;
    let client = Client::of(&mock);
    client.log_call("c").await;
    let plain = client.get("/crm/v3/objects/calls/1001").await.json();
    let names: Vec<_> = plain["properties"].as_object().expect("an object").keys().cloned().collect();
    assert_eq!(names, ["hs_createdate", "hs_lastmodifieddate", "hs_object_id"]);
    let path = "/crm/v3/objects/calls/1001?properties=hs_call_title,hs_call_summary&properties=no_such_thing";
    let asked = client.get(path).await.json();
    assert_eq!(asked["properties"]["hs_call_title"], "Example Call");
    assert!(asked["properties"]["hs_call_summary"].is_null());
    assert!(asked["properties"].get("hs_call_summary").is_some());
    assert!(asked["properties"].get("no_such_thing").is_none());
}

#[tokio::test]
async fn numbers_and_booleans_come_back_as_text() {
    let mock = mock().await;
    let client = Client::of(&mock);
    let body = r#"{"properties":{"hs_timestamp":1,"hs_call_duration":60000,"hs_call_has_voicemail":true}}"#;
    let stored = client.send("POST", "/crm/v3/objects/calls", body).await.json();
    assert_eq!(stored["properties"]["hs_call_duration"], "60000");
    assert_eq!(stored["properties"]["hs_call_has_voicemail"], "true");
}

#[tokio::test]
async fn an_empty_value_clears_a_property() {
    let mock = mock().await;
    let client = Client::of(&mock);
    client.log_call("c").await;
    let path = "/crm/v3/objects/calls/1001";
    let reply =
        client.send("PATCH", path, r#"{"properties":{"hs_call_title":"","hs_call_body":"<b>x</b>"}}"#).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    assert!(reply.json()["properties"]["hs_call_title"].is_null());
    let call = mock.portal().call(1001).expect("the call");
    assert_eq!(call.properties.get("hs_body_preview"), Some("x"));
    assert!(!call.properties.contains_key("hs_call_title"));
}

#[tokio::test]
async fn a_list_is_read_page_by_page() {
    let mock = mock().await;
    let client = Client::of(&mock);
    for i in 0..5 {
        client.log_call(&format!("c-{i}")).await;
    }
    let mut seen = Vec::new();
    let mut path = "/crm/v3/objects/calls?limit=2&properties=hs_call_external_id".to_owned();
    loop {
        let page = client.get(&path).await.json();
        for call in page["results"].as_array().expect("results") {
            seen.push(call["properties"]["hs_call_external_id"].as_str().expect("text").to_owned());
        }
        let Some(link) = page["paging"]["next"]["link"].as_str() else { break };
        path = link.strip_prefix(mock.url()).expect("the same host").to_owned();
    }
    assert_eq!(seen, ["c-0", "c-1", "c-2", "c-3", "c-4"]);
}

#[tokio::test]
async fn an_archived_call_is_found_only_among_the_archived() {
    let mock = mock().await;
    let client = Client::of(&mock);
    client.log_call("c").await;
    let path = "/crm/v3/objects/calls/1001";
    for _ in 0..2 {
        assert_eq!(client.send("DELETE", path, "").await.status, 204);
    }
    assert_eq!(client.get(path).await.status, 404);
    assert_eq!(client.send("PATCH", path, r#"{"properties":{"hs_call_title":"x"}}"#).await.status, 404);
    let archived = client.get(&format!("{path}?archived=true")).await.json();
    assert_eq!(archived["archived"], true);
    assert!(archived["archivedAt"].is_string());
    assert_eq!(client.get("/crm/v3/objects/calls").await.text, r#"{"results":[]}"#);
    let list = client.get("/crm/v3/objects/calls?archived=True").await.json();
    assert_eq!(list["results"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn contacts_companies_deals_and_tickets_live_and_die_alike() {
    let mock = mock().await;
    let client = Client::of(&mock);
    for (kind, property) in
        [("contacts", "firstname"), ("companies", "name"), ("deals", "dealname"), ("tickets", "subject")]
    {
        let body = format!(r#"{{"properties":{{"{property}":"x"}},"associations":[]}}"#);
        let made = client.send("POST", &format!("/crm/v3/objects/{kind}"), &body).await;
        assert_eq!(made.status, 201, "{kind} {}", made.text);
        let path = format!("/crm/objects/2026-03/{kind}/{}", made.json()["id"].as_str().expect("an id"));
        assert_eq!(client.get(&path).await.json()["properties"][property], "x");
        assert_eq!(client.send("PATCH", &path, &body.replace('x', "y")).await.status, 200);
        assert_eq!(client.get(&path).await.json()["properties"][property], "y");
        assert_eq!(client.send("DELETE", &path, "").await.status, 204);
        assert_eq!(client.get(&path).await.status, 404);
        assert_eq!(client.get(&format!("/crm/v3/objects/{kind}")).await.status, 200);
    }
}

#[tokio::test]
async fn a_runner_can_add_records_and_an_email_finds_them() {
    let mock = mock().await;
    mock.portal().add_contact(RecordSetup::new(777, [("email", "new@customer.example")]));
    let client = Client::of(&mock);
    let found = client.get("/crm/v3/objects/contacts/new%40customer.example?idProperty=email").await.json();
    assert_eq!(found["id"], "777");
}
