//! What is refused, and in which words.

use crate::client::{Client, mock};
use mock_hubspot::MockHubSpot;
use mock_hubspot::journal::Outcome;
use mock_hubspot::switches::{Leniency, Switches};

const CALLS: &str = "/crm/v3/objects/calls";
const READY: &str = "/crm/v3/extensions/calling/recordings/ready";
const SETTINGS: &str = "/crm/v3/extensions/calling/12345/settings/recording";
const LABELLED: &str = "/crm/v4/objects/calls/1001/associations/contacts/101";
const NO_BODY: &str = "Invalid JSON input: a request body was expected, but none found";

/// Method, path, body, status, and what the message says.
const TABLE: &[(&str, &str, &str, u16, &str)] = &[
    ("POST", CALLS, "", 400, NO_BODY),
    (
        "POST",
        CALLS,
        "%7B",
        400,
        "Invalid input JSON on line 1, column 2: Unexpected character ('%' (code 37)): expected a valid value",
    ),
    (
        "POST",
        CALLS,
        "{}",
        400,
        "Invalid input JSON on line 1, column 2. Some required fields were not set: [properties]",
    ),
    ("POST", CALLS, "[]", 400, "Cannot deserialize value of type"),
    (
        "POST",
        CALLS,
        r#"{"properties":{}}"#,
        400,
        "Error creating CALL. Some required properties were not set.",
    ),
    ("POST", CALLS, r#"{"properties":{"hs_timestamp":""}}"#, 400, "Error creating CALL."),
    (
        "POST",
        CALLS,
        r#"{"properties":{"hs_timestamp":{"a":1}}}"#,
        400,
        "`java.lang.String` from Object value",
    ),
    (
        "POST",
        CALLS,
        r#"{"properties":{"colour":"red"}}"#,
        400,
        r#"Property values were not valid: [{"isValid":false"#,
    ),
    (
        "POST",
        CALLS,
        r#"{"properties":{"hs_object_id":"1"}}"#,
        400,
        "is a calculated property; its value cannot be set.",
    ),
    ("POST", CALLS, r#"{"properties":{"hs_timestamp":"1","hs_call_status":"done"}}"#, 400, "INVALID_OPTION"),
    (
        "POST",
        CALLS,
        r#"{"properties":{"hs_timestamp":"1","hs_call_duration":"1m"}}"#,
        400,
        "1m was not a valid long.",
    ),
    (
        "POST",
        CALLS,
        r#"{"properties":{"hs_timestamp":"1"},"associations":[{"to":{"id":"9"},"types":[{"associationCategory":"HUBSPOT_DEFINED","associationTypeId":194}]}]}"#,
        400,
        "One or more associations are invalid",
    ),
    (
        "POST",
        CALLS,
        r#"{"properties":{"hs_timestamp":"1"},"associations":[{"to":{"id":"101"}}]}"#,
        400,
        "Some required fields were not set: [types]",
    ),
    ("GET", "/crm/v3/objects/calls/999999", "", 404, "resource not found"),
    ("GET", "/crm/v3/objects/calls/abc", "", 404, "Object not found.  objectId are usually numeric."),
    ("GET", "/crm/v3/objects/calls/0", "", 404, "Object not found. objectId is usually positive."),
    ("GET", "/crm/v3/objects/widgets/1", "", 400, "Unable to infer object type from: widgets"),
    ("GET", "/crm/v3/objects/0-9999/1", "", 400, "Invalid object or event type id: 0-9999"),
    ("GET", "/crm/v3/objects/calls?after=x", "", 400, "Unable to parse value for query parameter: after"),
    ("PATCH", "/crm/v3/objects/calls/1001", r#"{"properties":{}}"#, 400, "No properties found to update"),
    (
        "POST",
        READY,
        "{}",
        400,
        "Invalid input JSON on line 1, column 2. Some required fields were not set: [engagementId]",
    ),
    ("POST", READY, r#"{"engagementId":"abc"}"#, 400, "Cannot deserialize value of type `long` from String"),
    ("POST", READY, r#"{"engagementId":1.5}"#, 400, "Cannot deserialize value of type `long`"),
    ("POST", READY, r#"{"engagementId":101}"#, 404, "resource not found"),
    ("POST", READY, r#"{"engagementId":-1}"#, 404, "resource not found"),
    (
        "POST",
        SETTINGS,
        r#"{"url":"https://e.x/%s"}"#,
        400,
        "Some required fields were not set: [urlToRetrieveAuthedRecording]",
    ),
    ("PATCH", SETTINGS, r#"{"urlToRetrieveAuthedRecording":"https://e.x/%s"}"#, 404, "resource not found"),
    (
        "GET",
        "/crm/v3/extensions/calling/my-app/settings/recording",
        "",
        400,
        "Unable to parse value for path parameter: appId",
    ),
    ("PUT", LABELLED, "", 400, NO_BODY),
    (
        "PUT",
        LABELLED,
        r#"{"associationCategory":"HUBSPOT_DEFINED","associationTypeId":194}"#,
        400,
        "HashSet<AssociationSpec>",
    ),
    (
        "PUT",
        LABELLED,
        r#"[{"associationCategory":"MINE","associationTypeId":194}]"#,
        400,
        "`AssociationCategory`",
    ),
    (
        "PUT",
        LABELLED,
        r#"[{"associationCategory":"USER_DEFINED","associationTypeId":194}]"#,
        400,
        "One or more associations are invalid",
    ),
    (
        "PUT",
        LABELLED,
        r#"[{"associationTypeId":194}]"#,
        400,
        "Some required fields were not set: [associationCategory]",
    ),
    (
        "PUT",
        "/crm/v3/objects/calls/1001/associations/contacts/999/194",
        "",
        400,
        "One or more associations are invalid",
    ),
    (
        "PUT",
        "/crm/v3/objects/calls/1001/associations/contacts/101/193",
        "",
        400,
        "invalid from object type 0-48 for associations to be created. expected: 0-1. For definition 0-193",
    ),
    ("PUT", "/crm/v3/objects/calls/9999/associations/contacts/101/194", "", 404, "resource not found"),
    (
        "POST",
        "/crm/v3/objects/contacts",
        r#"{"properties":{"email":"ada@customer.example"}}"#,
        409,
        "Contact already exists. Existing ID: 101",
    ),
    (
        "POST",
        "/crm/v3/objects/contacts",
        r#"{"properties":{"email":"ada"}}"#,
        400,
        "Email address ada is invalid",
    ),
    ("POST", "/oauth/v1/token", "grant_type=password", 400, "missing or unknown grant type"),
];

#[tokio::test]
async fn each_mistake_is_refused_as_hubspot_refuses_it() {
    let mock = mock().await;
    let client = Client::of(&mock);
    client.log_call("c").await;
    for (method, path, body, status, message) in TABLE {
        let reply = client.send(method, path, body).await;
        assert_eq!(reply.status, *status, "{method} {path} {body}: {}", reply.text);
        assert!(reply.message().contains(message), "{method} {path} {body}: {}", reply.text);
        assert_eq!(reply.media_type, "application/json;charset=utf-8");
        let entry = mock.journal().entries().pop().expect("it was written down");
        assert!(matches!(entry.outcome, Outcome::Refused(_)), "{entry:?}");
        if !path.starts_with("/oauth") {
            assert_eq!(reply.json()["correlationId"], reply.correlation_id.as_str());
        }
    }
    assert_eq!(mock.portal().calls().len(), 1, "a refusal has no effect");
}

#[tokio::test]
async fn every_bad_property_is_listed() {
    let mock = mock().await;
    let client = Client::of(&mock);
    let body = r#"{"properties":{"a":"1","b":"2","hs_call_direction":"UP"}}"#;
    let errors = client.send("POST", CALLS, body).await.json()["errors"].clone();
    let codes: Vec<&str> =
        errors.as_array().expect("a list").iter().map(|e| e["code"].as_str().expect("text")).collect();
    assert_eq!(codes, ["PROPERTY_DOESNT_EXIST", "PROPERTY_DOESNT_EXIST", "INVALID_OPTION"]);
    assert_eq!(errors[0]["context"]["propertyName"][0], "a");
}

#[tokio::test]
async fn a_wrong_association_type_names_the_object_that_it_expects() {
    let mock = mock().await;
    let client = Client::of(&mock);
    client.log_call("c").await;
    let reply = client.send("PUT", "/crm/v3/objects/calls/1001/associations/contacts/101/182", "").await;
    assert_eq!(reply.json()["context"]["INVALID_OBJECT_IDS"][0], "COMPANY=101 is not valid");
    assert_eq!(reply.json()["category"], "VALIDATION_ERROR");
}

#[tokio::test]
async fn a_path_that_hubspot_does_not_have_is_a_page() {
    let mock = mock().await;
    let client = Client::of(&mock);
    for (method, path, status) in [
        ("POST", "/crm/v3/object/calls", 404),
        ("DELETE", SETTINGS, 405),
        ("POST", "/crm/v3/objects/calls/1/associations/contacts/101/194", 405),
        ("GET", "//crm/v3/objects/calls", 404),
    ] {
        let reply = client.send(method, path, "").await;
        assert_eq!(reply.status, status, "{path}");
        assert!(reply.media_type.starts_with("text/html"), "{}", reply.media_type);
        assert!(reply.text.contains(&format!("<title>Error {status}")), "{}", reply.text);
    }
    assert!(
        mock.journal().entries().iter().all(|e| e.outcome == Outcome::Unmatched && e.operation.is_none())
    );
}

#[tokio::test]
async fn what_hubspot_may_or_may_not_accept_is_a_switch() {
    let refuse = Switches {
        owner_ids: Leniency::Refuse,
        recording_url: Leniency::Refuse,
        engagement_id_text: Leniency::Refuse,
        content_type: Leniency::Refuse,
        user_labels: Leniency::Refuse,
        second_registration: Leniency::Refuse,
        ..Switches::default()
    };
    let call = r#"{"properties":{"hs_timestamp":"1","hubspot_owner_id":"9071"}}"#;
    let asked = [
        ("POST", CALLS, "application/json", call, 201, 400),
        ("POST", CALLS, "text/plain", r#"{"properties":{"hs_timestamp":"1"}}"#, 201, 415),
        ("POST", SETTINGS, "application/json", r#"{"urlToRetrieveAuthedRecording":"http://e.x/"}"#, 200, 400),
        (
            "POST",
            SETTINGS,
            "application/json",
            r#"{"urlToRetrieveAuthedRecording":"https://e.x/%s"}"#,
            200,
            200,
        ),
        (
            "POST",
            SETTINGS,
            "application/json",
            r#"{"urlToRetrieveAuthedRecording":"https://e.x/%s"}"#,
            200,
            409,
        ),
        ("POST", CALLS, "application/json", r#"{"properties":{"hs_timestamp":"1"}}"#, 201, 201),
        ("POST", READY, "application/json", r#"{"engagementId":"1001"}"#, 204, 400),
        (
            "PUT",
            LABELLED,
            "application/json",
            r#"[{"associationCategory":"HUBSPOT_DEFINED","associationTypeId":194},{"associationCategory":"USER_DEFINED","associationTypeId":37}]"#,
            201,
            400,
        ),
    ];
    for (switches, refused) in [(Switches::default(), false), (refuse, true)] {
        let builder = MockHubSpot::builder().retrieval(false).switches(switches);
        let mock = builder.start().await.expect("it starts");
        let client = Client::of(&mock);
        for (method, path, media_type, body, friendly, otherwise) in asked {
            let reply = client.try_send(method, path, media_type, body).await.expect("an answer");
            assert_eq!(
                reply.status,
                if refused { otherwise } else { friendly },
                "{path} {body} {}",
                reply.text
            );
        }
    }
}

#[tokio::test]
async fn too_much_is_refused_and_does_no_harm() {
    let mock = mock().await;
    let client = Client::of(&mock);
    let reply = client.try_send("POST", CALLS, "application/json", &"x".repeat(1024 * 1024 + 1)).await;
    // The connection may be closed before all of it was sent.
    assert!(reply.is_err() || reply.is_ok_and(|r| r.status == 413));
    assert_eq!(client.send("POST", CALLS, &"[".repeat(300_000)).await.status, 400);
    let many: Vec<String> = (0..40_000).map(|i| format!(r#""p{i}":"""#)).collect();
    let reply = client.send("POST", CALLS, &format!(r#"{{"properties":{{{}}}}}"#, many.join(","))).await;
    assert!(reply.status == 400 && reply.text.len() < 100_000, "{}", reply.text.len());
    let token = mock.portal().access_token();
    let secrets = format!(r#"{{"properties":{{"hs_call_title":"{}"}}}}"#, token.repeat(2500));
    assert_eq!(client.send("POST", CALLS, &secrets).await.status, 400);
    let names: Vec<String> = (0..9000).map(|i| i.to_string()).collect();
    let list = format!("{CALLS}?properties={}", names.join(","));
    assert_eq!(client.get(&list).await.status, 200);
    assert_eq!(client.get(CALLS).await.status, 200);
    assert!(!client.get("/_mock/journal").await.text.contains(&token));
}
