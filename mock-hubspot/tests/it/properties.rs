//! The definitions of properties: read, made, changed, archived, and what they do to values.

use crate::asking::{Asking, CALLS, CONTACTS};
use mock_hubspot::RecordSetup;
use serde_json::{Value, json};

const OWN: &str = "/crm/v3/properties/calls";

fn text(name: &str, unique: bool) -> Value {
    json!({ "name": name, "label": "Own", "type": "string", "fieldType": "text", "groupName": "call", "hasUniqueValue": unique })
}

#[tokio::test]
async fn hubspot_s_own_are_described_and_stay_as_they_are() {
    let mock = Asking::start().await;
    let direction = mock.get(&format!("{OWN}/hs_call_direction")).await;
    assert_eq!(
        (direction["type"].as_str(), direction["hubspotDefined"].as_bool()),
        (Some("enumeration"), Some(true))
    );
    assert_eq!(direction["options"][0]["value"], "INBOUND");
    let transcript = mock.get("/crm/properties/2026-03/0-48/hs_call_has_transcript").await;
    assert_eq!(transcript["modificationMetadata"]["readOnlyValue"], true);
    let all = mock.get("/crm/v3/properties/contacts").await;
    let names: Vec<&str> =
        all["results"].as_array().expect("results").iter().filter_map(|p| p["name"].as_str()).collect();
    assert!(names.contains(&"email") && names.contains(&"hs_object_id"));
    for method in ["PATCH", "DELETE"] {
        let (status, _) =
            mock.send(method, &format!("{OWN}/hs_call_direction"), json!({ "label": "x" })).await;
        assert_eq!(status, 400);
    }
    assert_eq!(mock.get(&format!("{OWN}/groups")).await["results"][0]["name"], "call");
    assert_eq!(mock.send("GET", &format!("{OWN}/colour"), Value::Null).await.0, 404);
}

#[tokio::test]
async fn a_property_of_the_portal_comes_and_goes() {
    let mock = Asking::start().await;
    let path = format!("{OWN}/tone");
    let mut tone = text("tone", false);
    tone["type"] = "enumeration".into();
    tone["fieldType"] = "select".into();
    tone["options"] = json!([{ "label": "Kind", "value": "kind" }]);
    let (status, made) = mock.send("POST", OWN, tone.clone()).await;
    assert_eq!((status, made["options"][0]["label"].as_str()), (201, Some("Kind")));
    let (status, refused) = mock.send("POST", OWN, tone).await;
    assert_eq!((status, refused["category"].as_str()), (409, Some("OBJECT_ALREADY_EXISTS")));
    assert_eq!(refused["subCategory"], "Properties.PROPERTY_WITH_NAME_EXISTS");
    let call = |tone: &str| json!({ "properties": { "hs_timestamp": 1, "tone": tone } });
    assert_eq!(mock.send("POST", CALLS, call("rude")).await.0, 400);
    assert_eq!(mock.post(CALLS, call("kind")).await["properties"]["tone"], "kind");
    let wider =
        json!({ "options": [{ "label": "Kind", "value": "kind" }, { "label": "Rude", "value": "rude" }] });
    assert_eq!(mock.send("PATCH", &path, wider).await.0, 200);
    assert_eq!(mock.send("POST", CALLS, call("rude")).await.0, 201);
    assert_eq!(mock.send("DELETE", &path, Value::Null).await.0, 204);
    assert_eq!(mock.send("GET", &path, Value::Null).await.0, 404);
    assert_eq!(mock.get(&format!("{path}?archived=true")).await["archived"], true);
    assert_eq!(mock.send("POST", CALLS, call("kind")).await.0, 400);
    assert!(mock.get(&format!("{CALLS}/1001?properties=tone")).await["properties"].get("tone").is_none());
}

#[tokio::test]
async fn unique_values_are_unique_and_name_their_object() {
    let mock = Asking::start().await;
    mock.post(OWN, text("ticket_no", true)).await;
    let call = |no: &str| json!({ "properties": { "hs_timestamp": 1, "ticket_no": no } });
    mock.post(CALLS, call("T-1")).await;
    let (status, refused) = mock.send("POST", CALLS, call("t-1")).await;
    assert_eq!((status, refused["message"].as_str()), (409, Some("Call already exists. Existing ID: 1001")));
    mock.post(CALLS, call("T-2")).await;
    let rename = json!({ "properties": { "ticket_no": "T-1" } });
    assert_eq!(mock.send("PATCH", &format!("{CALLS}/T-2?idProperty=ticket_no"), rename).await.0, 409);
    assert_eq!(mock.get(&format!("{CALLS}/T-2?idProperty=ticket_no")).await["id"], "1002");
    mock.send("DELETE", &format!("{CALLS}/1001"), Value::Null).await;
    assert_eq!(mock.send("POST", CALLS, call("T-1")).await.0, 201);
}

#[tokio::test]
async fn batches_of_definitions_are_whole() {
    let mock = Asking::start().await;
    let twice = json!({ "inputs": [text("a", false), text("a", false)] });
    assert_eq!(mock.send("POST", &format!("{OWN}/batch/create"), twice).await.0, 409);
    let both = json!({ "inputs": [text("a", false), text("b", false)] });
    assert_eq!(mock.send("POST", &format!("{OWN}/batch/create"), both).await.0, 201);
    let names = json!({ "inputs": [{ "name": "a" }, { "name": "nothing" }] });
    let (status, read) = mock.send("POST", &format!("{OWN}/batch/read"), names.clone()).await;
    assert_eq!(
        (status, read["results"][0]["name"].as_str(), read["numErrors"].as_u64()),
        (207, Some("a"), Some(1))
    );
    assert_eq!(mock.send("POST", &format!("{OWN}/batch/archive"), names).await.0, 204);
    assert_eq!(mock.send("GET", &format!("{OWN}/a"), Value::Null).await.0, 404);
    assert_eq!(mock.send("GET", &format!("{OWN}/b"), Value::Null).await.0, 200);
}

#[tokio::test]
async fn a_bad_definition_is_refused() {
    let mock = Asking::start().await;
    for (member, value) in [
        ("name", json!("Has Capitals")),
        ("name", json!(null)),
        ("type", json!("colour")),
        ("fieldType", json!("slider")),
        ("options", json!([{ "label": "x" }])),
        ("options", json!([{ "label": "x", "value": "1" }, { "label": "y", "value": "1" }])),
        ("displayOrder", json!("first")),
        ("hidden", json!("no")),
    ] {
        let mut body = text("own", false);
        body[member] = value;
        assert_eq!(mock.send("POST", OWN, body.clone()).await.0, 400, "{body}");
    }
    assert_eq!(mock.send("GET", &format!("{OWN}/own"), Value::Null).await.0, 404);
}

#[tokio::test]
async fn what_a_portal_file_holds_is_a_property_of_the_portal() {
    let mock = Asking::start().await;
    mock.0.portal().add_contact(RecordSetup::new(777, [("shoe_size", "44")]));
    assert_eq!(
        mock.get(&format!("{CONTACTS}/777?properties=shoe_size")).await["properties"]["shoe_size"],
        "44"
    );
    let change = json!({ "properties": { "shoe_size": "45" } });
    assert_eq!(mock.send("PATCH", &format!("{CONTACTS}/101"), change).await.0, 200);
}
