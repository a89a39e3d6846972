//! Searches: every operator, orders, pages and limits.

use crate::asking::{Asking, CALLS, CONTACTS, ids};
use serde_json::{Value, json};

const SEARCH: &str = "/crm/v3/objects/calls/search";

/// Four calls, 1001 to 1004; the last says nothing.
async fn four() -> Asking {
    let mock = Asking::start().await;
    for (title, duration, direction, external) in [
        ("Alpha call", "1000", "INBOUND", "Ext-1"),
        ("beta call", "9000", "OUTBOUND", "ext-2"),
        ("Gamma", "20000", "OUTBOUND", "ext-3"),
    ] {
        let properties = json!({
            "hs_timestamp": "2023-10-27T10:00:00Z",
            "hs_call_title": title,
            "hs_call_duration": duration,
            "hs_call_direction": direction,
            "hs_call_external_id": external,
        });
        mock.make(CALLS, properties).await;
    }
    mock.make(CALLS, json!({ "hs_timestamp": "2023-10-28T10:00:00Z" })).await;
    mock
}

fn one(filter: &Value) -> Value {
    json!({ "filterGroups": [{ "filters": [filter] }] })
}

#[tokio::test]
async fn every_operator_finds_what_it_says() {
    let mock = four().await;
    let title = "hs_call_title";
    let duration = "hs_call_duration";
    let table: &[(Value, &[&str])] = &[
        (json!({ "propertyName": title, "operator": "EQ", "value": "ALPHA CALL" }), &["1001"]),
        (json!({ "propertyName": title, "operator": "NEQ", "value": "gamma" }), &["1001", "1002", "1004"]),
        (json!({ "propertyName": duration, "operator": "LT", "value": "9000" }), &["1001"]),
        (json!({ "propertyName": duration, "operator": "LTE", "value": 9000 }), &["1001", "1002"]),
        (json!({ "propertyName": duration, "operator": "GT", "value": "9000" }), &["1003"]),
        (json!({ "propertyName": duration, "operator": "GTE", "value": "9000" }), &["1002", "1003"]),
        (
            json!({ "propertyName": duration, "operator": "BETWEEN", "value": "1000", "highValue": "9000" }),
            &["1001", "1002"],
        ),
        (
            json!({ "propertyName": title, "operator": "IN", "values": ["gamma", "beta call"] }),
            &["1002", "1003"],
        ),
        (json!({ "propertyName": title, "operator": "IN", "values": ["Gamma"] }), &[]),
        (
            json!({ "propertyName": title, "operator": "NOT_IN", "values": ["gamma"] }),
            &["1001", "1002", "1004"],
        ),
        (json!({ "propertyName": title, "operator": "HAS_PROPERTY" }), &["1001", "1002", "1003"]),
        (json!({ "propertyName": title, "operator": "NOT_HAS_PROPERTY" }), &["1004"]),
        (json!({ "propertyName": title, "operator": "CONTAINS_TOKEN", "value": "call" }), &["1001", "1002"]),
        (json!({ "propertyName": title, "operator": "CONTAINS_TOKEN", "value": "gam*" }), &["1003"]),
        (json!({ "propertyName": title, "operator": "NOT_CONTAINS_TOKEN", "value": "*a*" }), &["1004"]),
        (json!({ "propertyName": "hs_call_direction", "operator": "EQ", "value": "outbound" }), &[]),
        (
            json!({ "propertyName": "hs_call_direction", "operator": "IN", "values": ["OUTBOUND"] }),
            &["1002", "1003"],
        ),
        (json!({ "propertyName": "hs_timestamp", "operator": "GT", "value": "1698400800000" }), &["1004"]),
        (
            json!({ "propertyName": "hs_timestamp", "operator": "EQ", "value": "2023-10-28T10:00:00Z" }),
            &["1004"],
        ),
        (json!({ "propertyName": "hs_call_external_id", "operator": "EQ", "value": "ext-1" }), &["1001"]),
        (
            json!({ "propertyName": "hs_call_external_id", "operator": "IN", "values": ["ext-1", "ext-3"] }),
            &["1001", "1003"],
        ),
        (json!({ "propertyName": "hs_object_id", "operator": "EQ", "value": "1002" }), &["1002"]),
    ];
    for (filter, expected) in table {
        assert_eq!(mock.found(CALLS, one(filter)).await, *expected, "{filter}");
        let loose = json!({ "filters": [filter] });
        assert_eq!(mock.found(CALLS, loose).await, *expected, "{filter}");
    }
}

#[tokio::test]
async fn filters_narrow_and_groups_widen() {
    let mock = four().await;
    let outbound = json!({ "propertyName": "hs_call_direction", "operator": "EQ", "value": "OUTBOUND" });
    let long = json!({ "propertyName": "hs_call_duration", "operator": "GT", "value": "9000" });
    let first = json!({ "propertyName": "hs_call_external_id", "operator": "EQ", "value": "ext-1" });
    let both = json!({ "filterGroups": [{ "filters": [outbound, long] }] });
    assert_eq!(mock.found(CALLS, both).await, ["1003"]);
    let either = json!({ "filterGroups": [{ "filters": [long] }, { "filters": [first] }] });
    assert_eq!(mock.found(CALLS, either).await, ["1001", "1003"]);
    assert_eq!(mock.found(CALLS, json!({ "query": "CALL" })).await, ["1001", "1002"]);
    assert_eq!(mock.found(CONTACTS, json!({ "query": "ada customer" })).await, ["101"]);
}

#[tokio::test]
async fn one_order_in_three_spellings() {
    let mock = four().await;
    let up = ["1001", "1002", "1003", "1004"];
    let down = ["1003", "1002", "1001", "1004"];
    let name = "hs_call_duration";
    for (sorts, expected) in [
        (json!([name]), up),
        (json!(["-hs_call_duration"]), down),
        (json!([{ "propertyName": name, "direction": "DESCENDING" }]), down),
        (json!([{ "propertyName": name, "direction": "ASCENDING" }]), up),
        (json!([]), up),
    ] {
        assert_eq!(mock.found(CALLS, json!({ "sorts": sorts })).await, expected);
    }
}

#[tokio::test]
async fn pages_are_counted_from_the_first_result() {
    let mock = four().await;
    let page = mock.post(SEARCH, json!({ "limit": 3, "after": 0, "properties": ["hs_call_title"] })).await;
    assert_eq!((page["total"].as_u64(), page["paging"]["next"]["after"].as_str()), (Some(4), Some("3")));
    assert_eq!(page["results"][0]["properties"]["hs_call_title"], "Alpha call");
    let last = mock.post(&format!("{SEARCH}/"), json!({ "limit": 3, "after": "3" })).await;
    assert_eq!(ids(&last), ["1004"]);
    assert!(last.get("paging").is_none());
    mock.send("DELETE", "/crm/v3/objects/calls/1004", Value::Null).await;
    assert_eq!(mock.found(CALLS, json!({})).await, ["1001", "1002", "1003"]);
}

#[tokio::test]
async fn a_contact_leads_to_its_calls() {
    let mock = four().await;
    let put = "/crm/v3/objects/calls/1002/associations/contacts/101/194";
    assert_eq!(mock.send("PUT", put, Value::Null).await.0, 200);
    let by = |operator: &str, object: &str| {
        one(
            &json!({ "propertyName": format!("associations.{object}"), "operator": operator, "value": "101", "values": ["101", 9] }),
        )
    };
    assert_eq!(mock.found(CALLS, by("EQ", "contact")).await, ["1002"]);
    assert_eq!(mock.found(CALLS, by("IN", "contact")).await, ["1002"]);
    assert!(mock.found(CALLS, by("EQ", "company")).await.is_empty());
    let (status, refused) = mock.send("POST", SEARCH, by("NOT_HAS_PROPERTY", "company")).await;
    assert_eq!((status, refused["message"].as_str()), (400, Some("There was a problem with the request.")));
}

#[tokio::test]
async fn what_is_beyond_hubspot_s_limits_is_refused() {
    let mock = four().await;
    let filter = || json!({ "propertyName": "hs_call_title", "operator": "HAS_PROPERTY" });
    let group = |filters: usize| json!({ "filters": (0..filters).map(|_| filter()).collect::<Vec<_>>() });
    let groups =
        |groups: Vec<usize>| json!({ "filterGroups": groups.into_iter().map(group).collect::<Vec<_>>() });
    for accepted in [
        groups(vec![6, 6, 6]),
        groups(vec![1; 5]),
        json!({ "after": "9990" }),
        json!({ "query": "x".repeat(3000) }),
    ] {
        assert_eq!(mock.send("POST", SEARCH, accepted.clone()).await.0, 200, "{accepted}");
    }
    for refused in [
        groups(vec![7]),
        groups(vec![1; 6]),
        groups(vec![6, 6, 6, 1]),
        json!({ "after": "9991" }),
        json!({ "after": "x" }),
        json!({ "limit": -1 }),
        json!({ "query": "x".repeat(3001) }),
        json!({ "sorts": ["hs_call_title", "hs_timestamp"] }),
        json!({ "sorts": ["colour"] }),
        json!({ "filterGroups": {} }),
        one(&json!({ "propertyName": "colour", "operator": "HAS_PROPERTY" })),
        one(&json!({ "propertyName": "hs_call_title", "operator": "LIKE", "value": "x" })),
        one(&json!({ "propertyName": "hs_call_title", "operator": "EQ" })),
        one(&json!({ "propertyName": "hs_call_title", "operator": "IN", "values": [] })),
        one(&json!({ "propertyName": "hs_call_duration", "operator": "GT", "value": "long" })),
        one(&json!({ "operator": "EQ", "value": "x" })),
    ] {
        let (status, reply) = mock.send("POST", SEARCH, refused.clone()).await;
        assert_eq!((status, reply["status"].as_str()), (400, Some("error")), "{refused}");
    }
}
