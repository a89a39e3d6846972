//! What a read shows beyond an object's properties: history, links in pages, and under which names it is found.

use crate::asking::{Asking, CALLS, CONTACTS, ids};
use mock_hubspot::Switches;
use mock_hubspot::switches::{Leniency, LocationHeader, ShownAssociations, UpdateOfUnknown};
use serde_json::{Value, json};

#[tokio::test]
async fn each_property_has_its_own_history() {
    let mock = Asking::start().await;
    let id =
        mock.make(CALLS, json!({ "hs_timestamp": 1, "hs_call_title": "a", "hs_call_status": "BUSY" })).await;
    for title in ["b", ""] {
        let body = json!({ "properties": { "hs_call_title": title } });
        assert_eq!(mock.send("PATCH", &format!("{CALLS}/{id}"), body).await.0, 200);
    }
    let path = format!("{CALLS}/{id}?propertiesWithHistory=hs_call_title,hs_call_status,nothing");
    let read = mock.get(&path).await;
    let past = &read["propertiesWithHistory"];
    let values: Vec<&str> = past["hs_call_title"]
        .as_array()
        .expect("versions")
        .iter()
        .filter_map(|v| v["value"].as_str())
        .collect();
    assert_eq!(values, ["", "b", "a"]);
    assert_eq!(past["hs_call_status"].as_array().map(Vec::len), Some(1));
    assert_eq!(past["hs_call_status"][0]["sourceType"], "INTEGRATION");
    assert!(past.get("nothing").is_none() && read["properties"]["hs_call_title"].is_null());
}

#[tokio::test]
async fn a_list_longer_than_a_page_is_read_to_its_end() {
    let mock = Asking::start().await;
    for _ in 0..3 {
        let inputs: Vec<Value> = (0..90).map(|_| json!({ "properties": { "hs_timestamp": 1 } })).collect();
        mock.post(&format!("{CALLS}/batch/create"), json!({ "inputs": inputs })).await;
    }
    let (mut seen, mut path) = (Vec::new(), format!("{CALLS}?limit=100"));
    loop {
        let page = mock.get(&path).await;
        seen.extend(ids(&page));
        let Some(after) = page["paging"]["next"]["after"].as_str() else { break };
        path = format!("{CALLS}?limit=100&after={after}");
    }
    let all: Vec<String> = (1001..1271).map(|id| id.to_string()).collect();
    assert_eq!(seen, all);
    assert_eq!(
        ids(&mock.get(&format!("{CALLS}?limit=100&propertiesWithHistory=hs_call_title")).await).len(),
        50
    );
}

#[tokio::test]
async fn links_beyond_a_page_are_where_the_link_leads() {
    let switches = Switches { shown_associations: ShownAssociations::Two, ..Switches::default() };
    let mock = Asking::with(switches).await;
    let third = mock.make(CONTACTS, json!({ "email": "c@x.example" })).await;
    let links: Vec<Value> = ["101", "102", &third]
        .iter()
        .map(|id| json!({ "to": { "id": id }, "types": [{ "associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 194 }] }))
        .collect();
    let call = mock.post(CALLS, json!({ "properties": { "hs_timestamp": 1 }, "associations": links })).await;
    let id = call["id"].as_str().expect("an id");
    for path in [format!("{CALLS}/{id}?associations=contacts"), format!("{CALLS}?associations=contact,deals")]
    {
        let read = mock.get(&path).await;
        let read = if read["results"].is_array() { &read["results"][0] } else { &read };
        let contacts = &read["associations"]["contacts"];
        assert_eq!(ids(contacts), ["101", "102"]);
        assert_eq!(contacts["results"][0]["type"], "call_to_contact");
        assert!(read["associations"].get("deals").is_none());
        let link = contacts["paging"]["next"]["link"].as_str().expect("a link");
        let next = link.split_once("hubapi.com").expect("the host").1;
        assert_eq!(ids(&mock.get(next).await), [third.as_str()]);
    }
    mock.send("DELETE", &format!("{CONTACTS}/101"), Value::Null).await;
    let read = mock.get(&format!("{CALLS}/{id}?associations=contacts")).await;
    assert_eq!(ids(&read["associations"]["contacts"]), ["102", third.as_str()]);
}

#[tokio::test]
async fn an_object_is_found_under_every_name_of_its_type_and_by_unique_values() {
    let mock = Asking::start().await;
    let id = mock.make(CALLS, json!({ "hs_timestamp": 1, "hs_unique_creation_key": "Key-1" })).await;
    for collection in [
        "/crm/v3/objects/call",
        "/crm/v3/objects/0-48",
        "/crm/objects/2026-09/calls",
        "/crm/v3/objects/CALLS",
    ] {
        assert_eq!(mock.get(&format!("{collection}/{id}")).await["id"], id.as_str(), "{collection}");
    }
    let by_key = format!("{CALLS}/key-1?idProperty=hs_unique_creation_key");
    assert_eq!(mock.get(&by_key).await["id"], id.as_str());
    let body = json!({ "properties": { "hs_call_title": "x" } });
    assert_eq!(mock.send("PATCH", &by_key, body).await.0, 200);
    let ada = format!("{CONTACTS}/ADA@customer.example?idProperty=email");
    assert_eq!(mock.get(&ada).await["id"], "101");
    let (status, refused) =
        mock.send("GET", &format!("{CALLS}/x?idProperty=hs_call_title"), Value::Null).await;
    assert_eq!((status, refused["category"].as_str()), (400, Some("VALIDATION_ERROR")));
}

#[tokio::test]
async fn a_property_that_no_portal_has_is_refused_for_every_type() {
    let mock = Asking::start().await;
    for kind in ["calls", "contacts", "companies", "deals", "tickets"] {
        let body = json!({ "properties": { "hs_timestamp": 1, "colour": "red", "hs_object_id": "1" } });
        let (status, refused) = mock.send("POST", &format!("/crm/v3/objects/{kind}"), body).await;
        let codes: Vec<&str> =
            refused["errors"].as_array().expect("errors").iter().filter_map(|e| e["code"].as_str()).collect();
        assert_eq!(status, 400);
        assert!(codes.contains(&"PROPERTY_DOESNT_EXIST") && codes.contains(&"READ_ONLY_VALUE"), "{codes:?}");
    }
}

#[tokio::test]
async fn only_2026_09_puts_dates_right_and_says_so() {
    let mock = Asking::start().await;
    let body = json!({ "properties": { "hs_timestamp": "2023-10-27T12:00:00+02:00" } });
    let made = mock.post("/crm/objects/2026-09/calls", body.clone()).await;
    assert_eq!(made["warnings"][0]["category"], "PROPERTY_VALUE_NORMALIZED");
    assert_eq!(made["warnings"][0]["context"]["normalizedValue"][0], "2023-10-27T10:00:00Z");
    assert!(mock.post(CALLS, body).await.get("warnings").is_none());
    let day = json!({ "properties": { "hs_timestamp": "2023-10-27" } });
    assert_eq!(mock.send("POST", "/crm/objects/2026-03/calls", day.clone()).await.0, 400);
    assert_eq!(mock.send("POST", "/crm/objects/2026-09/calls", day).await.0, 201);
}

#[tokio::test]
async fn open_questions_about_records_are_switches() {
    let refuse = Switches {
        object_type_case: Leniency::Refuse,
        archived_on_creation: Leniency::Refuse,
        second_archive: Leniency::Refuse,
        page_limit: Leniency::Refuse,
        batch_update_unknown: Leniency::Refuse,
        creation_key: Leniency::Refuse,
        update_of_unknown: UpdateOfUnknown::Ignore,
        location_header: LocationHeader::Absent,
        ..Switches::default()
    };
    let call = || json!({ "properties": { "hs_timestamp": 1 } });
    let keyed = || json!({ "properties": { "hs_timestamp": 1, "hs_unique_creation_key": "k" } });
    let unknown = || json!({ "properties": { "colour": "red" } });
    let twice = || json!({ "inputs": [{ "id": "101", "properties": { "firstname": "A" } }, { "id": "999", "properties": { "firstname": "A" } }] });
    let table = [
        ("GET", "/crm/v3/objects/CALLS", Value::Null, 200, 400),
        ("GET", "/crm/v3/objects/Contacts/101", Value::Null, 200, 400),
        ("POST", "/crm/v3/objects/calls?archived=true", call(), 201, 400),
        ("POST", CALLS, keyed(), 201, 400),
        ("POST", CALLS, call(), 201, 201),
        ("PATCH", "/crm/v3/objects/calls/1001", unknown(), 400, 200),
        ("DELETE", "/crm/v3/objects/calls/1001", Value::Null, 204, 204),
        ("DELETE", "/crm/v3/objects/calls/1001", Value::Null, 204, 404),
        ("GET", "/crm/v3/objects/calls?limit=101", Value::Null, 200, 400),
        ("POST", "/crm/v3/objects/calls/search", json!({ "limit": 201 }), 200, 400),
        ("POST", "/crm/v3/objects/contacts/batch/update", twice(), 207, 404),
    ];
    for (switches, refused) in [(Switches::default(), false), (refuse, true)] {
        let mock = Asking::with(switches).await;
        for (method, path, body, friendly, otherwise) in &table {
            let (status, reply) = mock.send(method, path, body.clone()).await;
            assert_eq!(status, if refused { *otherwise } else { *friendly }, "{method} {path}: {reply}");
        }
        let made = mock.whole("POST", CALLS, &call()).await;
        let location = made.headers().get("location").map(|l| l.to_str().expect("text").to_owned());
        assert_eq!(location.is_none(), refused);
        assert!(location.is_none_or(|l| l.starts_with("http://api.hubapi.com/crm/v3/objects/calls/1")));
    }
}
