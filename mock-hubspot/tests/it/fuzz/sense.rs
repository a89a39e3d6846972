//! Bodies that make sense, by the path to which they are sent, for others to be spoilt from.

use serde_json::{Value, json};

/// What a token endpoint is sent.
pub(super) const FORMS: &[&str] = &[
    "grant_type=refresh_token&client_id=mock-client&client_secret=s&refresh_token=r",
    "grant_type=authorization_code&client_id=c&client_secret=s&code=x&redirect_uri=https%3A%2F%2Fe.x",
    "token=mock-refresh-token-77d0&client_id=c&client_secret=s",
    "grant_type=&grant_type=%ff&=&&&a",
];

/// Bodies of which one or another fits the path.
pub(super) fn fitting(template: &str) -> Vec<Value> {
    let has = |part: &str| template.contains(part);
    if has("/extensions/calling") {
        calling(template)
    } else if has("/properties/") {
        properties(template)
    } else if has("/associations/") {
        associations(template)
    } else if has("/search") {
        searches()
    } else if has("/batch/") {
        batches()
    } else if has("/objects/") {
        objects()
    } else {
        vec![json!({ "tokenKey": "mock-private-app-token-5c3e" }), json!({})]
    }
}

fn link() -> Value {
    json!({ "to": { "id": "101" }, "types": [{ "associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 194 }] })
}

fn objects() -> Vec<Value> {
    vec![
        json!({ "properties": { "hs_timestamp": "1", "hs_call_title": "x" }, "associations": [link()] }),
        json!({ "properties": { "email": "n@x.example", "firstname": "N", "hubspot_owner_id": "71" } }),
        json!({ "properties": { "hs_call_duration": 5, "hs_call_status": "COMPLETED" } }),
        json!({ "primaryObjectId": "101", "objectIdToMerge": "102" }),
        json!({ "objectId": "ada@customer.example", "idProperty": "email" }),
        json!({ "objectId": "101" }),
    ]
}

fn batches() -> Vec<Value> {
    let call = json!({ "properties": { "hs_timestamp": "1", "hs_call_title": "x" }, "associations": [link()], "objectWriteTraceId": "t" });
    vec![
        json!({ "inputs": [call, { "properties": { "hs_timestamp": 2 }, "objectWriteTraceId": "u" }] }),
        json!({ "inputs": [{ "properties": { "email": "m@x.example" } }, { "properties": { "firstname": "M" } }] }),
        json!({ "inputs": [{ "id": "1001" }, { "id": "101" }, { "id": 9 }], "properties": ["hs_call_title"], "propertiesWithHistory": [] }),
        json!({ "inputs": [{ "id": "101", "properties": { "firstname": "x" } }, { "id": "1001", "properties": { "hs_call_title": "y" } }] }),
        json!({ "inputs": [{ "id": "k", "idProperty": "hs_unique_creation_key", "properties": { "hs_timestamp": 1 } }] }),
        json!({ "inputs": [{ "id": "a@x.example", "idProperty": "email", "properties": { "firstname": "x" } }] }),
        json!({ "inputs": [{ "id": "ada@customer.example" }], "idProperty": "email", "propertiesWithHistory": ["email"] }),
    ]
}

fn searches() -> Vec<Value> {
    let filter = json!({ "propertyName": "hs_call_title", "operator": "EQ", "value": "x", "values": ["x"], "highValue": "y" });
    let between =
        json!({ "propertyName": "hs_timestamp", "operator": "BETWEEN", "value": "1", "highValue": "2" });
    let token = json!({ "propertyName": "email", "operator": "CONTAINS_TOKEN", "value": "*@x*" });
    vec![
        json!({ "filterGroups": [{ "filters": [filter, between] }], "sorts": ["-hs_timestamp"], "query": "x", "limit": 10, "after": "0", "properties": ["hs_call_title"] }),
        json!({ "filters": [{ "propertyName": "associations.contact", "operator": "IN", "values": ["101", 102] }] }),
        json!({ "filterGroups": [{ "filters": [token] }], "sorts": [{ "propertyName": "email", "direction": "DESCENDING" }] }),
        json!({ "filters": [{ "propertyName": "hs_object_id", "operator": "NOT_IN", "values": ["101", "1001"] }], "limit": 1, "after": 1 }),
        json!({}),
    ]
}

fn properties(template: &str) -> Vec<Value> {
    let own = json!({ "name": "own_prop", "label": "Own", "type": "string", "fieldType": "text", "groupName": "g", "hasUniqueValue": true });
    let other = json!({ "name": "other_prop", "label": "Other", "type": "enumeration", "fieldType": "select", "groupName": "g", "options": [{ "label": "a", "value": "b" }] });
    if template.contains("/batch/") {
        vec![
            json!({ "inputs": [own, other] }),
            json!({ "inputs": [{ "name": "own_prop" }, { "name": "email" }], "archived": false }),
        ]
    } else {
        vec![
            own,
            other,
            json!({ "label": "New", "options": [{ "label": "c", "value": "d", "hidden": true, "displayOrder": 1 }] }),
        ]
    }
}

fn associations(template: &str) -> Vec<Value> {
    let types = json!([{ "associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 194 }]);
    let pair = |to: &str| json!({ "from": { "id": "1001" }, "to": { "id": to }, "type": "call_to_contact", "types": types });
    if template.contains("/labels") && !template.contains("/batch/") {
        vec![
            json!({ "name": "witness", "label": "Witness", "inverseLabel": "Seen" }),
            json!({ "associationTypeId": 37, "label": "Other" }),
        ]
    } else if template.contains("/batch/") {
        vec![
            json!({ "inputs": [pair("101"), pair("102")] }),
            json!({ "inputs": [{ "id": "1001" }, { "id": "9", "after": "3" }] }),
            json!({ "inputs": [{ "from": { "id": "1001" }, "to": [{ "id": "101" }] }] }),
        ]
    } else {
        vec![types, json!([{ "associationCategory": "USER_DEFINED", "associationTypeId": 37 }])]
    }
}

fn calling(template: &str) -> Vec<Value> {
    let utterance = json!({ "speaker": { "id": "1", "name": "A", "email": "a@x.example" }, "text": "hi", "startTimeMillis": 1, "endTimeMillis": 2, "languageCode": "en-US" });
    let number = json!({ "e164Number": "+15557654321", "phoneNumberType": "MOBILE", "extension": "1" });
    if template.ends_with("/recording") {
        vec![json!({ "urlToRetrieveAuthedRecording": "https://e.x/%s" })]
    } else if template.contains("/settings") {
        vec![
            json!({ "name": "n", "url": "u", "width": 1, "height": 2, "isReady": true, "usesRemote": false }),
        ]
    } else if template.contains("/transcripts") {
        vec![json!({ "engagementId": 1001, "transcriptCreateUtterances": [utterance.clone(), utterance] })]
    } else if template.contains("/inbound-call") {
        vec![
            json!({ "createEngagement": true, "engagementProperties": { "hs_call_title": "x" }, "externalCallId": "x", "finalCallStatus": "COMPLETED", "fromNumber": number, "toNumber": number, "potentialRecipientUserIds": [1], "callStartedTimestamp": 1, "durationSeconds": 2, "userId": 9071 }),
        ]
    } else {
        vec![json!({ "engagementId": 1001 }), json!({ "inputs": [{ "id": "9071" }] })]
    }
}
