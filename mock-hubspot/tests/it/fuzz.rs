//! Nonsense, and almost sense, under every path of the table: never a panic, never a 5xx, and a refusal changes nothing.
//!
//! `FUZZ_CASES` raises the number of mocks that are asked forty questions each.

use crate::asking::Asking;
use bytes::Bytes;
use http::Request;
use mock_hubspot::versions::routes;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU64, Ordering};

const WORDS: &[&str] = &[
    "",
    " ",
    "*",
    "0",
    "1",
    "-1",
    "101",
    "102",
    "201",
    "301",
    "401",
    "1001",
    "1002",
    "194",
    "193",
    "0-1",
    "0-48",
    "calls",
    "call",
    "CONTACTS",
    "contacts",
    "company",
    "deals",
    "tickets",
    "widgets",
    "email",
    "hs_object_id",
    "hs_timestamp",
    "hs_call_title",
    "hs_call_duration",
    "hs_call_external_id",
    "hs_unique_creation_key",
    "hubspot_owner_id",
    "firstname",
    "ada@customer.example",
    "2023-10-27T10:00:00Z",
    "1698400800000",
    "9223372036854775807",
    "-9223372036854775808",
    "18446744073709551616",
    "1e308",
    "NaN",
    "true",
    "null",
    "EQ",
    "IN",
    "BETWEEN",
    "CONTAINS_TOKEN",
    "associations.contact",
    "ASCENDING",
    "string",
    "enumeration",
    "text",
    "call_to_contact",
    "HUBSPOT_DEFINED",
    "USER_DEFINED",
    "%s",
    "..",
    "../..",
    "a/b",
    "%2e",
    "\u{0}",
    "é",
    "𝄞",
    "\u{202e}",
    "default",
    "search",
    "batch",
    "groups",
    "12345",
    "own_prop",
    "refresh_token",
];

const NAMES: &[&str] = &[
    "properties",
    "propertiesWithHistory",
    "inputs",
    "id",
    "idProperty",
    "objectWriteTraceId",
    "associations",
    "to",
    "from",
    "types",
    "type",
    "associationCategory",
    "associationTypeId",
    "filterGroups",
    "filters",
    "propertyName",
    "operator",
    "value",
    "values",
    "highValue",
    "sorts",
    "direction",
    "query",
    "limit",
    "after",
    "archived",
    "name",
    "label",
    "fieldType",
    "groupName",
    "options",
    "hasUniqueValue",
    "displayOrder",
    "hidden",
    "engagementId",
    "urlToRetrieveAuthedRecording",
    "primaryObjectId",
    "objectIdToMerge",
    "objectId",
    "hs_timestamp",
    "email",
    "hs_call_title",
    "grant_type",
    "userId",
    "url",
];

static ASKED: AtomicU64 = AtomicU64::new(0);

#[derive(Clone, Debug)]
struct Question {
    method: String,
    target: String,
    content_type: Option<String>,
    authorization: Option<String>,
    body: Vec<u8>,
}

/// Bodies that make sense somewhere, for others to be spoilt from.
fn sense() -> Vec<Value> {
    let filter = json!({ "propertyName": "hs_call_title", "operator": "EQ", "value": "x", "values": ["x"], "highValue": "y" });
    let link = json!({ "to": { "id": "101" }, "types": [{ "associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 194 }] });
    let call = json!({ "properties": { "hs_timestamp": "1", "hs_call_title": "x" }, "associations": [link], "objectWriteTraceId": "t" });
    let own = json!({ "name": "own_prop", "label": "Own", "type": "string", "fieldType": "text", "groupName": "g", "hasUniqueValue": true, "options": [{ "label": "a", "value": "b" }] });
    vec![
        call.clone(),
        json!({ "properties": { "email": "n@x.example", "firstname": "N" } }),
        json!({ "inputs": [call, { "id": "101", "properties": { "firstname": "x" } }], "properties": ["email"] }),
        json!({ "inputs": [{ "id": "k", "idProperty": "hs_unique_creation_key", "properties": { "hs_timestamp": 1 } }] }),
        json!({ "inputs": [{ "id": "101", "idProperty": "email", "properties": { "firstname": "x" } }], "idProperty": "email" }),
        json!({ "filterGroups": [{ "filters": [filter, filter] }], "sorts": ["-hs_timestamp"], "query": "x", "limit": 10, "after": "0", "properties": ["hs_call_title"] }),
        json!({ "filters": [{ "propertyName": "associations.contact", "operator": "IN", "values": ["101", 102] }] }),
        json!({ "primaryObjectId": "101", "objectIdToMerge": "102" }),
        json!({ "objectId": "101", "idProperty": "email" }),
        own.clone(),
        json!({ "inputs": [own, { "name": "email" }] }),
        json!({ "engagementId": 1001 }),
        json!({ "urlToRetrieveAuthedRecording": "https://e.x/%s" }),
        json!([{ "associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 194 }]),
    ]
}

fn word() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => select(WORDS).prop_map(str::to_owned),
        1 => any::<i64>().prop_map(|n| n.to_string()),
        1 => proptest::string::string_regex(".{0,12}").expect("a pattern"),
    ]
}

fn anything() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        word().prop_map(Value::from),
        word().prop_map(Value::from),
        (0..70_000_usize).prop_map(|n| Value::from("x* ".repeat(n / 10))),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..6).prop_map(Value::from),
            vec((select(NAMES), inner), 0..6).prop_map(|members| {
                members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect::<Value>()
            }),
        ]
    })
}

/// How many values there are in it, itself included.
fn size(value: &Value) -> usize {
    1 + match value {
        Value::Array(all) => all.iter().map(size).sum(),
        Value::Object(all) => all.values().map(size).sum(),
        _ => 0,
    }
}

/// Puts another value in the place of the nth.
fn spoil(value: &mut Value, n: &mut usize, other: &Value) {
    if *n == 0 {
        *value = other.clone();
    }
    *n = n.wrapping_sub(1);
    match value {
        Value::Array(all) => all.iter_mut().for_each(|v| spoil(v, n, other)),
        Value::Object(all) => all.values_mut().for_each(|v| spoil(v, n, other)),
        _ => {}
    }
}

fn body() -> impl Strategy<Value = Vec<u8>> {
    let almost =
        (select(sense()), vec((any::<Index>(), anything()), 0..3)).prop_map(|(mut body, spoilers)| {
            for (place, other) in spoilers {
                let mut n = place.index(size(&body));
                spoil(&mut body, &mut n, &other);
            }
            body.to_string().into_bytes()
        });
    let cut = (select(sense()), any::<Index>()).prop_map(|(body, end)| {
        let text = body.to_string().into_bytes();
        text[..end.index(text.len())].to_vec()
    });
    prop_oneof![
        8 => almost,
        2 => anything().prop_map(|v| v.to_string().into_bytes()),
        1 => cut,
        1 => vec(any::<u8>(), 0..64),
        1 => Just(Vec::new()),
        1 => (1..200_000_usize).prop_map(|n| b"[".repeat(n)),
    ]
}

fn target() -> impl Strategy<Value = String> {
    let table: Vec<&str> = routes().map(|r| r.template).collect();
    let query = vec((prop_oneof![select(NAMES).prop_map(str::to_owned), word()], word()), 0..4);
    let twist = prop_oneof![20 => Just(""), 1 => Just("/"), 1 => Just("/x"), 1 => Just("//")];
    (select(table), vec(word(), 5), query, twist).prop_map(|(template, words, query, twist)| {
        let mut words = words.into_iter();
        let segments = template.split('/').map(|segment| {
            if !segment.starts_with('{') {
                return segment.to_owned();
            }
            let word = words.next().unwrap_or_default();
            utf8_percent_encode(&word, NON_ALPHANUMERIC).to_string()
        });
        let path = segments.collect::<Vec<_>>().join("/");
        let query: Vec<String> = query
            .iter()
            .map(|(n, v)| {
                let encoded = |text| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
                format!("{}={}", encoded(n), encoded(v))
            })
            .collect();
        format!("{path}{twist}?{}", query.join("&"))
    })
}

fn question() -> impl Strategy<Value = Question> {
    let methods = ["GET", "POST", "POST", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "BREW"];
    let types = [
        "application/json",
        "application/json;charset=utf-8",
        "text/plain",
        "application/x-www-form-urlencoded",
        "",
    ];
    let header = proptest::option::of(proptest::string::string_regex("[ -~]{0,40}").expect("a pattern"));
    (select(methods.to_vec()), target(), proptest::option::of(select(types.to_vec())), header, body())
        .prop_map(|(method, target, content_type, authorization, body)| Question {
            method: method.to_owned(),
            target,
            content_type: content_type.map(str::to_owned),
            authorization,
            body,
        })
}

async fn ask(mock: &Asking, question: &Question) {
    let mut request = Request::builder().method(question.method.as_str()).uri(question.target.as_str());
    if let Some(media_type) = &question.content_type {
        request = request.header("content-type", media_type);
    }
    if let Some(authorization) = &question.authorization {
        request = request.header("authorization", authorization);
    }
    let Ok(request) = request.body(Bytes::from(question.body.clone())) else { return };
    let portal = mock.0.portal();
    let before = (portal.calls(), portal.owners());
    let response = mock.raw(request).await;
    ASKED.fetch_add(1, Ordering::Relaxed);
    let status = response.status().as_u16();
    assert!(status < 500, "{status} for {question:?}");
    if status == 204 {
        assert!(response.body().is_empty());
        return;
    }
    let media_type = response.headers()["content-type"].to_str().expect("text").to_owned();
    if media_type.starts_with("application/json") {
        let reply: Value = serde_json::from_slice(response.body()).expect("JSON");
        let refused = status >= 400 && !question.target.starts_with("/oauth");
        assert!(!refused || reply["status"] == "error" && reply["message"].is_string(), "{reply}");
    } else {
        assert!(media_type.starts_with("text/html") && status >= 400, "{media_type} {status}");
    }
    if status >= 400 {
        assert_eq!(before, (portal.calls(), portal.owners()), "a refusal has no effect: {question:?}");
    }
}

#[test]
fn nonsense_is_refused_and_does_no_harm() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let raised: Option<u32> = std::env::var("FUZZ_CASES").ok().and_then(|n| n.parse().ok());
    let cases = raised.unwrap_or(24);
    let mut runner = TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() });
    let mut told = 0;
    let asked = std::cell::RefCell::new(&mut told);
    let ran = runner.run(&vec(question(), 40), |questions| {
        runtime.block_on(async {
            let mock = Asking::start().await;
            mock.make("/crm/v3/objects/calls", json!({ "hs_timestamp": 1, "hs_call_title": "x" })).await;
            for question in &questions {
                ask(&mock, question).await;
            }
        });
        let count = ASKED.load(Ordering::Relaxed);
        if raised.is_some() && count / 10_000 > **asked.borrow() {
            **asked.borrow_mut() = count / 10_000;
            eprintln!("{count} questions");
        }
        Ok(())
    });
    ran.unwrap_or_else(|harm| panic!("{harm}"));
    if raised.is_some() {
        eprintln!("{} questions in all", ASKED.load(Ordering::Relaxed));
    }
}
