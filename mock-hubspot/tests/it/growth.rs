//! What is asked all the time costs no more because a portal holds much. `GROWTH` says how much; the figures are printed.

use crate::asking::{Asking, CALLS, CONTACTS};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const OF_CONTACT: &str = "/crm/v4/objects/contacts/101/associations";
const CALLING: &str = "/crm/v3/extensions/calling";
const FEW: usize = 1000;
const ROUNDS: usize = 40;

/// The shortest of many, so that a busy machine does not matter.
async fn shortest(mock: &Asking, method: &str, path: &str, body: &Value) -> Duration {
    let mut shortest = Duration::MAX;
    for _ in 0..ROUNDS {
        let begun = Instant::now();
        let response = mock.whole(method, path, body).await;
        shortest = shortest.min(begun.elapsed());
        assert!(response.status().is_success(), "{method} {path} {:?}", response.body());
    }
    shortest
}

/// Makes calls, all of them with one contact.
async fn fill(mock: &Asking, from: usize, to: usize) {
    let link = json!({ "to": { "id": "101" }, "types": [{ "associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 194 }] });
    for first in (from..to).step_by(100) {
        let inputs = (first..first + 100).map(|i| {
            json!({ "properties": {
                "hs_timestamp": 1_698_400_800_000_u64 + i as u64,
                "hs_call_title": format!("call {i}"),
                "hs_call_external_id": format!("ext-{i}"),
                "hs_unique_creation_key": format!("key-{i}"),
            }, "associations": [link] })
        });
        mock.post(&format!("{CALLS}/batch/create"), json!({ "inputs": inputs.collect::<Vec<_>>() })).await;
    }
}

#[tokio::test]
async fn what_is_asked_all_the_time_does_not_grow() {
    let raised: Option<usize> = std::env::var("GROWTH").ok().and_then(|n| n.parse().ok());
    let many = raised.unwrap_or(10_000);
    let mock = Asking::start().await;
    let filter = |name: &str, value: &str| json!({ "filterGroups": [{ "filters": [{ "propertyName": name, "operator": "EQ", "value": value }] }] });
    let made = json!({ "properties": { "hs_timestamp": 1, "hs_call_title": "x" } });
    let search = format!("{CALLS}/search");
    let table: &[(&str, &str, String, Value)] = &[
        ("create", "POST", CALLS.into(), made),
        ("read", "GET", format!("{CALLS}/1500?properties=hs_call_title"), Value::Null),
        ("read by key", "GET", format!("{CALLS}/key-500?idProperty=hs_unique_creation_key"), Value::Null),
        ("update", "PATCH", format!("{CALLS}/1500"), json!({ "properties": { "hs_call_body": "y" } })),
        ("list", "GET", format!("{CALLS}?limit=100&after=1500"), Value::Null),
        ("search by external id", "POST", search.clone(), filter("hs_call_external_id", "ext-500")),
        (
            "search contact by email",
            "POST",
            format!("{CONTACTS}/search"),
            filter("email", "ada@customer.example"),
        ),
        ("associate", "PUT", format!("{CALLS}/1500/associations/contacts/102/194"), Value::Null),
        ("associate in v4", "PUT", format!("{OF_CONTACT}/default/calls/1500"), Value::Null),
        ("dissociate", "DELETE", format!("{OF_CONTACT}/calls/99"), Value::Null),
        ("list links", "GET", format!("{OF_CONTACT}/calls?limit=100&after=1500"), Value::Null),
        ("read with links", "GET", format!("{CONTACTS}/101?associations=calls"), Value::Null),
        (
            "batch read of links",
            "POST",
            "/crm/v4/associations/calls/contacts/batch/read".into(),
            json!({ "inputs": [{ "id": "1500" }] }),
        ),
        ("ready", "POST", format!("{CALLING}/recordings/ready"), json!({ "engagementId": 1500 })),
        (
            "transcript",
            "POST",
            format!("{CALLING}/transcripts"),
            json!({ "engagementId": 1500, "transcriptCreateUtterances": [] }),
        ),
        ("batch read", "POST", format!("{CALLS}/batch/read"), json!({ "inputs": [{ "id": "1500" }] })),
    ];
    fill(&mock, 0, FEW).await;
    let mut few = Vec::new();
    for (_, method, path, body) in table {
        few.push(shortest(&mock, method, path, body).await);
    }
    let scan = filter("hs_call_title", "call 500");
    let scan_few = shortest(&mock, "POST", &search, &scan).await;
    fill(&mock, FEW, many).await;
    for ((name, method, path, body), few) in table.iter().zip(few) {
        let now = shortest(&mock, method, path, body).await;
        if raised.is_some() {
            eprintln!("{name}: {few:?} with {FEW}, {now:?} with {many}");
        }
        assert!(
            now < few * 5 + Duration::from_micros(300),
            "{name}: {few:?} with {FEW}, {now:?} with {many}"
        );
    }
    if raised.is_some() {
        let now = shortest(&mock, "POST", &search, &scan).await;
        eprintln!("search by title, which looks at every call: {scan_few:?} with {FEW}, {now:?} with {many}");
    }
}
