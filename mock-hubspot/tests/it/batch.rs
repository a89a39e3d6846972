//! Batches: what succeeds in part, and what refuses all.

use crate::asking::{Asking, CALLS, CONTACTS, ids};
use serde_json::{Value, json};

fn call(title: &str) -> Value {
    json!({ "properties": { "hs_timestamp": 1, "hs_call_title": title } })
}

#[tokio::test]
async fn a_read_gives_what_is_there_and_one_error_for_the_rest() {
    let mock = Asking::start().await;
    mock.make(CALLS, json!({ "hs_timestamp": 1, "hs_call_title": "x" })).await;
    let path = format!("{CALLS}/batch/read");
    let body = json!({ "inputs": [{ "id": "1001" }, { "id": 1001 }, { "id": "9" }, { "id": "abc" }], "properties": ["hs_call_title"] });
    let (status, reply) = mock.send("POST", &path, body).await;
    assert_eq!(status, 207);
    assert_eq!(ids(&reply), ["1001"]);
    assert_eq!(reply["results"][0]["properties"]["hs_call_title"], "x");
    assert_eq!(reply["numErrors"], 1);
    let error = &reply["errors"][0];
    assert_eq!(
        error["message"],
        "Could not get some CALL objects, they may be deleted or not exist. Check that ids are valid."
    );
    assert_eq!(
        (error["category"].as_str(), &error["context"]["ids"]),
        (Some("OBJECT_NOT_FOUND"), &json!(["9", "abc"]))
    );
    let (status, reply) = mock.send("POST", &path, json!({ "inputs": [{ "id": "1001" }] })).await;
    assert_eq!((status, reply["status"].as_str()), (200, Some("COMPLETE")));
    assert!(reply.get("errors").is_none());
    let by_email = json!({ "inputs": [{ "id": "ada@customer.example" }], "idProperty": "email" });
    assert_eq!(ids(&mock.post(&format!("{CONTACTS}/batch/read"), by_email).await), ["101"]);
}

#[tokio::test]
async fn each_version_has_its_own_status_for_a_creation() {
    let mock = Asking::start().await;
    for (path, expected) in [
        ("/crm/v3/objects/calls", 201),
        ("/crm/objects/2025-09/calls", 200),
        ("/crm/objects/2026-03/calls", 201),
        ("/crm/objects/2026-09/0-48", 201),
    ] {
        let (status, reply) =
            mock.send("POST", &format!("{path}/batch/create"), json!({ "inputs": [call("x")] })).await;
        assert_eq!(status, expected, "{path} {reply}");
        assert_eq!(reply["results"][0]["properties"]["hs_call_title"], "x");
    }
}

#[tokio::test]
async fn one_bad_input_refuses_all_unless_each_has_its_trace() {
    let mock = Asking::start().await;
    let path = format!("{CALLS}/batch/create");
    let bad = json!({ "properties": { "hs_call_title": "no time" } });
    let (status, refused) = mock.send("POST", &path, json!({ "inputs": [call("a"), bad] })).await;
    assert_eq!(
        (status, refused["message"].as_str()),
        (400, Some("Error creating CALL. Some required properties were not set."))
    );
    assert!(mock.0.portal().calls().is_empty());
    let traced = |mut input: Value, trace: &str| {
        input["objectWriteTraceId"] = trace.into();
        input
    };
    let inputs = json!({ "inputs": [traced(call("a"), "t1"), traced(bad, "t2")] });
    let (status, reply) = mock.send("POST", &path, inputs).await;
    assert_eq!((status, reply["numErrors"].as_u64()), (207, Some(1)));
    assert_eq!(reply["results"][0]["objectWriteTraceId"], "t1");
    assert_eq!(reply["errors"][0]["context"]["objectWriteTraceId"], json!(["t2"]));
    assert_eq!(mock.0.portal().calls().len(), 1);
}

#[tokio::test]
async fn a_value_that_is_taken_refuses_all() {
    let mock = Asking::start().await;
    let contact = |email: &str| json!({ "properties": { "email": email } });
    let path = format!("{CONTACTS}/batch/create");
    for (inputs, message) in [
        (
            json!([contact("n@x.example"), contact("ADA@customer.example")]),
            "Contact already exists. Existing ID: 101",
        ),
        (json!([contact("n@x.example"), contact("N@x.example")]), "Duplicate values found"),
    ] {
        let (status, refused) = mock.send("POST", &path, json!({ "inputs": inputs })).await;
        assert_eq!(status, 409);
        assert!(refused["message"].as_str().expect("text").starts_with(message), "{refused}");
    }
    assert_eq!(ids(&mock.get(CONTACTS).await), ["101", "102"]);
}

#[tokio::test]
async fn an_update_changes_what_is_there() {
    let mock = Asking::start().await;
    let path = format!("{CONTACTS}/batch/update");
    let change = |id: &str| json!({ "id": id, "properties": { "firstname": "Changed" } });
    let (status, reply) = mock.send("POST", &path, json!({ "inputs": [change("101"), change("9")] })).await;
    assert_eq!((status, ids(&reply)), (207, vec!["101".to_owned()]));
    assert_eq!(reply["results"][0]["properties"]["firstname"], "Changed");
    assert_eq!(reply["errors"][0]["context"]["ids"], json!(["9"]));
    let by_email = json!({ "inputs": [{ "id": "ben@customer.example", "idProperty": "email", "properties": { "lastname": "B" } }] });
    assert_eq!(mock.send("POST", &path, by_email).await.0, 200);
    for (inputs, message) in [
        (
            json!([change("101"), change("101")]),
            "Duplicate IDs found in batch input: [101]. IDs must be unique",
        ),
        (
            json!([{ "id": "101", "properties": {} }]),
            "No properties found to update, please provide at least one.",
        ),
    ] {
        let (status, refused) = mock.send("POST", &path, json!({ "inputs": inputs })).await;
        assert_eq!((status, refused["message"].as_str()), (400, Some(message)));
    }
}

#[tokio::test]
async fn an_upsert_makes_what_is_not_there() {
    let mock = Asking::start().await;
    let path = format!("{CALLS}/batch/upsert");
    let input = |key: &str, title: &str| json!({ "id": key, "idProperty": "hs_unique_creation_key", "properties": { "hs_timestamp": 1, "hs_call_title": title } });
    let (status, first) =
        mock.send("POST", &path, json!({ "inputs": [input("k1", "a"), input("k2", "b")] })).await;
    assert_eq!(status, 200, "{first}");
    assert_eq!((&first["results"][0]["new"], &first["results"][1]["new"]), (&json!(true), &json!(true)));
    let second = mock.post(&path, json!({ "inputs": [input("K1", "c"), input("k3", "d")] })).await;
    assert_eq!((&second["results"][0]["new"], &second["results"][1]["new"]), (&json!(false), &json!(true)));
    assert_eq!(ids(&second)[0], ids(&first)[0]);
    let calls = mock.0.portal().calls();
    assert_eq!((calls.len(), &calls[0].properties["hs_call_title"]), (3, "c"));
    assert_eq!(&calls[0].properties["hs_unique_creation_key"], "k1");
    let unknown = json!({ "inputs": [{ "id": "999", "properties": { "hs_call_title": "x" } }] });
    assert_eq!(mock.send("POST", &path, unknown).await.0, 207);
}

#[tokio::test]
async fn archiving_passes_over_what_is_not_there() {
    let mock = Asking::start().await;
    let body = json!({ "inputs": [{ "id": "101" }, { "id": "9" }, { "id": "x" }] });
    let response = mock.whole("POST", &format!("{CONTACTS}/batch/archive"), &body).await;
    assert_eq!((response.status().as_u16(), response.body().len()), (204, 0));
    assert_eq!(ids(&mock.get(CONTACTS).await), ["102"]);
    let archived = json!({ "inputs": [{ "id": "101" }] });
    assert_eq!(ids(&mock.post(&format!("{CONTACTS}/batch/read?archived=true"), archived).await), ["101"]);
}

#[tokio::test]
async fn a_batch_has_one_to_a_hundred_inputs() {
    let mock = Asking::start().await;
    for operation in ["read", "create", "update", "upsert", "archive"] {
        let path = format!("{CALLS}/batch/{operation}");
        let (status, refused) = mock.send("POST", &path, json!({ "inputs": [] })).await;
        assert_eq!(
            (status, refused["message"].as_str()),
            (400, Some("Batch input provided should have at least one object."))
        );
        let many: Vec<Value> =
            (0..101).map(|i| json!({ "id": i.to_string(), "properties": { "hs_timestamp": 1 } })).collect();
        assert_eq!(mock.send("POST", &path, json!({ "inputs": many })).await.0, 400, "{operation}");
    }
    let many: Vec<Value> = (0..51).map(|i| json!({ "id": i.to_string() })).collect();
    let body = json!({ "inputs": many, "propertiesWithHistory": ["hs_call_title"] });
    assert_eq!(mock.send("POST", &format!("{CALLS}/batch/read"), body).await.0, 400);
    assert!(mock.0.portal().calls().is_empty());
}

#[tokio::test]
async fn two_contacts_become_one_and_one_is_forgotten() {
    let mock = Asking::start().await;
    let merge = json!({ "primaryObjectId": "101", "objectIdToMerge": 102 });
    let merged = mock.post(&format!("{CONTACTS}/merge"), merge.clone()).await;
    assert_eq!(
        (merged["id"].as_str(), &merged["properties"]["hs_merged_object_ids"]),
        (Some("101"), &json!("102"))
    );
    assert_eq!(mock.send("POST", &format!("{CONTACTS}/merge"), merge.clone()).await.0, 404);
    assert_eq!(mock.send("POST", &format!("{CALLS}/merge"), merge).await, (404, Value::Null));
    for (body, status) in [
        (json!({ "objectId": "nobody@x.example", "idProperty": "email" }), 204),
        (json!({ "objectId": "ada@customer.example", "idProperty": "email" }), 204),
        (json!({ "objectId": "101" }), 404),
        (json!({}), 400),
    ] {
        assert_eq!(mock.send("POST", &format!("{CONTACTS}/gdpr-delete"), body).await.0, status);
    }
    assert_eq!(mock.send("GET", &format!("{CONTACTS}/101?archived=true"), Value::Null).await.0, 404);
}
