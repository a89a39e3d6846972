//! Associations in batches, their types and labels.

use crate::client::{Client, mock};
use mock_hubspot::versions::ApiVersion;
use mock_hubspot::{MockHubSpot, Switches};
use serde_json::{Value, json};

const DATED: [&str; 3] = ["2025-09", "2026-03", "2026-09"];

async fn portal_with_two_calls() -> (MockHubSpot, Client) {
    let mock = mock().await;
    let client = Client::of(&mock);
    for external_id in ["a", "b"] {
        client.log_call(external_id).await;
    }
    (mock, client)
}

fn spec(type_id: u32) -> Value {
    json!({ "associationCategory": "HUBSPOT_DEFINED", "associationTypeId": type_id })
}

fn input(from: &str, to: &str, type_id: u32) -> Value {
    json!({ "from": { "id": from }, "to": { "id": to }, "types": [spec(type_id)] })
}

fn inputs(inputs: &[Value]) -> String {
    json!({ "inputs": inputs }).to_string()
}

#[tokio::test]
async fn each_version_has_its_own_statuses_for_batches() {
    for (version, base) in [
        ("v4", "/crm/v4/associations/calls/contacts".to_owned()),
        ("v3", "/crm/v3/associations/calls/contacts".to_owned()),
    ]
    .into_iter()
    .chain(DATED.map(|v| (v, format!("/crm/associations/{v}/0-48/contact"))))
    {
        let (mock, client) = portal_with_two_calls().await;
        let v3 = version == "v3";
        let newest = version == ApiVersion::V2026_09.segment();
        let link = |from: &str, to: &str| {
            if v3 {
                json!({ "from": { "id": from }, "to": { "id": to }, "type": "call_to_contact" })
            } else {
                input(from, to, 194)
            }
        };
        let post = async |end: &str, given: &[Value]| {
            client.send("POST", &format!("{base}/batch/{end}"), &inputs(given)).await
        };
        let all = post("create", &[link("1001", "101"), link("1002", "102")]).await;
        assert_eq!(all.status, if newest { 200 } else { 201 }, "{version} {}", all.text);
        assert_eq!(mock.portal().calls_of_record("contacts", 102), [1002]);
        let some = post("create", &[link("1001", "102"), link("1001", "424242")]).await;
        assert_eq!(some.status, if newest { 200 } else { 207 }, "{version} {}", some.text);
        let shown = some.json();
        assert_eq!(
            (shown["results"].as_array().map(Vec::len), shown["numErrors"].as_u64()),
            (Some(1), Some(1))
        );
        assert_eq!(shown["errors"][0]["context"]["INVALID_OBJECT_IDS"][0], "CONTACT=424242 is not valid");
        assert_eq!(shown["errors"][0]["status"], "error");

        let read = post("read", &[json!({ "id": "1001" })]).await;
        assert_eq!((read.status, read.json()["results"][0]["to"].as_array().map(Vec::len)), (200, Some(2)));
        let partly = post("read", &[json!({ "id": 1001 }), json!({ "id": "9" })]).await;
        assert_eq!(partly.status, if newest { 200 } else { 207 }, "{version}");
        let error = partly.json()["errors"][0].clone();
        assert_eq!(error["message"], "No contact is associated with call 9.");
        assert_eq!(error["subCategory"], "crm.associations.NO_ASSOCIATIONS_FOUND");
        assert_eq!(error["context"]["fromObjectId"], json!(["9"]));

        let dated = DATED.contains(&version);
        let (removed, empty) = if dated { (200, false) } else { (204, true) };
        if !v3 {
            let gone = post("labels/archive", &[input("1001", "102", 194)]).await;
            assert_eq!((gone.status, gone.text.is_empty()), (removed, empty), "{version}");
            assert!(mock.portal().calls_of_record("contacts", 102).iter().all(|call| *call == 1002));
            let fallback = json!({ "from": { "id": "1001" }, "to": { "id": "102" } });
            let made = post("associate/default", &[fallback]).await;
            assert_eq!(made.status, 200, "{}", made.text);
            assert_eq!(made.json()["results"][1]["associationSpec"]["associationTypeId"], 193);
        }
        let one = if v3 {
            link("1001", "101")
        } else {
            json!({ "from": { "id": "1001" }, "to": [{ "id": "101" }, { "id": "102" }] })
        };
        let gone = post("archive", &[one]).await;
        assert_eq!((gone.status, gone.text.is_empty()), (removed, empty), "{version} {}", gone.text);
        assert!(mock.portal().calls_of_record("contacts", 101).is_empty(), "{version}");
        assert_eq!(
            post("create", &[]).await.message(),
            "Batch input provided should have at least one object."
        );
    }
}

#[tokio::test]
async fn a_batch_that_is_no_batch_is_refused_whole() {
    let (mock, client) = portal_with_two_calls().await;
    let base = "/crm/v4/associations/calls/contacts/batch/create";
    for (body, message) in [
        ("{}".to_owned(), "Some required fields were not set: [inputs]"),
        (inputs(&[json!(7)]), "Cannot deserialize value of type `Input`"),
        (inputs(&[json!({ "from": { "id": "1" }, "types": [] })]), "[to]"),
        (inputs(&[json!({ "from": { "id": "1" }, "to": {}, "types": [] })]), "[id]"),
        (
            inputs(&[json!({ "from": { "id": "1" }, "to": { "id": "2" }, "types": [{}] })]),
            "[associationCategory, ",
        ),
    ] {
        let reply = client.send("POST", base, &body).await;
        assert!(reply.status == 400 && reply.message().contains(message), "{body} {}", reply.text);
    }
    let reply = client.send("POST", "/crm/v4/associations/calls/widgets/batch/read", "{}").await;
    assert_eq!(reply.message(), "Unable to infer object type from: widgets");
    assert!(mock.portal().associations_of_call(1001).is_empty());
}

#[tokio::test]
async fn a_batch_that_is_refused_has_changed_nothing_before_the_input_that_is_none() {
    for (base, kind) in [
        ("/crm/v3/associations/calls/contacts/batch", "call_to_contact"),
        ("/crm/v4/associations/calls/contacts/batch", ""),
        ("/crm/associations/2026-09/calls/contacts/batch", ""),
    ] {
        let (mock, client) = portal_with_two_calls().await;
        let mut good = input("1001", "101", 194);
        if !kind.is_empty() {
            good["type"] = json!(kind);
        }
        let refused = inputs(&[good.clone(), json!({ "from": { "id": "1002" }, "to": "search" })]);
        for acts in ["create", "associate/default"] {
            let path = format!("{base}/{acts}");
            let reply = client.send("POST", &path, &refused).await;
            let (links, answered) = (mock.portal().associations_of_call(1001), (reply.status, &reply.text));
            assert!(links.is_empty() && matches!(reply.status, 400 | 404), "{path}: {links:?} {answered:?}");
        }
        let made = client.send("POST", &format!("{base}/create"), &inputs(&[good.clone()])).await;
        assert!((200..300).contains(&made.status), "{}", made.text);
        let before = mock.portal().associations_of_call(1001);
        assert!(!before.is_empty());
        if kind.is_empty() {
            good["to"] = json!([{ "id": "101" }]);
        }
        let refused = inputs(&[good, json!({ "from": { "id": "1002" }, "to": "search" })]);
        let reply = client.send("POST", &format!("{base}/archive"), &refused).await;
        assert_eq!((reply.status, mock.portal().associations_of_call(1001)), (400, before), "{base}");
    }
}

#[tokio::test]
async fn wrong_types_are_refused_in_hubspot_s_surprising_words() {
    let (_mock, client) = portal_with_two_calls().await;
    let base = "/crm/v4/associations/calls/contacts/batch/create";
    let given = [
        input("1001", "101", 182),
        input("1001", "101", 193),
        input("1001", "101", 196),
        input("abc", "101", 194),
        input("1001", "0", 194),
    ];
    let reply = client.send("POST", base, &inputs(&given)).await;
    let errors = reply.json()["errors"].clone();
    let messages: Vec<&str> =
        errors.as_array().expect("a list").iter().filter_map(|e| e["message"].as_str()).collect();
    assert_eq!(errors[0]["context"]["objectType"], json!(["COMPANY"]), "the type names what it expects");
    assert_eq!(
        messages[1..],
        [
            "invalid from object type 0-48 for associations to be created. expected: 0-1. For definition 0-193",
            "One or more associations are invalid",
            "Object not found.  objectId are usually numeric.",
            "Object not found. objectId is usually positive.",
        ]
    );
}

#[tokio::test]
async fn labels_are_made_used_from_both_sides_renamed_and_removed() {
    let (mock, client) = portal_with_two_calls().await;
    let labels = "/crm/v4/associations/calls/contacts/labels";
    let made =
        client.send("POST", labels, r#"{"name":"agent","label":"Agent","inverseLabel":"Handled"}"#).await;
    assert_eq!(
        made.text,
        r#"{"results":[{"category":"USER_DEFINED","typeId":37,"label":"Agent"},{"category":"USER_DEFINED","typeId":38,"label":"Handled"}]}"#
    );
    assert_eq!(client.send("POST", labels, r#"{"name":"agent","label":"x"}"#).await.status, 409);
    assert_eq!(client.send("POST", labels, r#"{"label":"x"}"#).await.status, 400);
    let body =
        json!([spec(194), { "associationCategory": "USER_DEFINED", "associationTypeId": 37 }]).to_string();
    let linked = client.send("PUT", "/crm/v4/objects/calls/1001/associations/contacts/101", &body).await;
    assert_eq!((linked.status, &linked.json()["labels"]), (201, &json!(["Agent"])));
    let seen = client.get("/crm/v4/objects/contacts/101/associations/calls").await.json();
    let types = &seen["results"][0]["associationTypes"];
    assert_eq!(types[0], json!({ "category": "HUBSPOT_DEFINED", "typeId": 193, "label": null }));
    assert_eq!(types[1], json!({ "category": "USER_DEFINED", "typeId": 38, "label": "Handled" }));
    let legacy = client.get("/crm/v3/objects/calls/1001/associations/contacts").await.json();
    assert_eq!(
        legacy["results"],
        json!([{ "id": "101", "type": "call_to_contact" }, { "id": "101", "type": "agent" }])
    );

    let renamed = client.send("PUT", labels, r#"{"associationTypeId":37,"label":"Clerk"}"#).await;
    assert_eq!((renamed.status, renamed.text.as_str()), (204, ""));
    for path in [
        labels,
        "/crm/associations/v4/calls/contacts/labels",
        "/crm/associations/2026-09/calls/contacts/labels",
    ] {
        let listed = client.get(path).await.json();
        let shown: Vec<&Value> =
            listed["results"].as_array().expect("a list").iter().map(|l| &l["label"]).collect();
        assert_eq!(shown, [&Value::Null, &json!("Clerk")], "{path}");
    }
    let types = client.get("/crm/v3/associations/calls/contacts/types").await.json();
    assert_eq!(
        types["results"],
        json!([{ "id": "194", "name": "call_to_contact" }, { "id": "37", "name": "agent" }])
    );
    assert_eq!(client.send("DELETE", &format!("{labels}/194"), "").await.status, 400, "HubSpot's own");
    for status in [204, 404] {
        assert_eq!(client.send("DELETE", &format!("{labels}/37"), "").await.status, status);
    }
    assert_eq!(mock.portal().associations_of_call(1001).len(), 1, "its links are gone");
    let seen = client.get("/crm/v4/objects/contacts/101/associations/calls").await.json();
    assert_eq!(seen["results"][0]["associationTypes"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn primary_companies_are_labelled_and_told_from_the_others() {
    let mock = mock().await;
    let client = Client::of(&mock);
    let types = client.get("/crm/v3/associations/contacts/companies/types").await.json();
    assert_eq!(
        types["results"],
        json!([{ "id": "279", "name": "contact_to_company_unlabeled" }, { "id": "1", "name": "contact_to_company" }])
    );
    let body = json!([spec(1)]).to_string();
    let linked = client.send("PUT", "/crm/v4/objects/contacts/101/associations/companies/201", &body).await;
    assert_eq!(linked.json()["labels"], json!(["Primary"]));
}

#[tokio::test]
async fn ids_and_results_have_the_form_that_a_switch_says() {
    let switches = ["association-ids=text", "default-association-results=one"];
    let switches = Switches::from_pairs(switches).expect("switches");
    let builder = MockHubSpot::builder().retrieval(false).switches(switches);
    let mock = builder.start().await.expect("it starts");
    let client = Client::of(&mock);
    client.log_call("a").await;
    let made = client.send("PUT", "/crm/v4/objects/calls/1001/associations/default/contacts/101", "").await;
    assert_eq!(made.json()["results"].as_array().map(Vec::len), Some(1));
    let seen = client.get("/crm/v4/objects/calls/1001/associations/contacts").await.json();
    assert_eq!(seen["results"][0]["toObjectId"], "101");
}
