//! What is asked: a path of the table with its method and a body that fits, or almost, or not at all.

use super::sense::{FORMS, fitting};
use mock_hubspot::versions::{Route, routes};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::Value;

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

#[derive(Clone)]
pub(super) struct Question {
    pub(super) method: String,
    pub(super) target: String,
    pub(super) content_type: Option<String>,
    pub(super) authorization: Option<String>,
    pub(super) body: Vec<u8>,
}

impl std::fmt::Debug for Question {
    /// A body is text that can be read, and not all of it.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let body: String = String::from_utf8_lossy(&self.body).chars().take(600).collect();
        let Self { method, target, content_type, authorization, .. } = self;
        write!(f, "{method} {target} {content_type:?} {authorization:?} {body}")
    }
}

/// What a parameter of a path may well be.
fn likely(parameter: &str) -> &'static [&'static str] {
    match parameter {
        "{appId}" => &["12345"],
        "{callId}" => &["1001", "1002", "1003"],
        "{objectId}" => &["101", "102", "201", "1001"],
        "{toObjectId}" => &["101", "102", "1001"],
        "{objectType}" | "{fromObjectType}" => {
            &["calls", "contacts", "contacts", "companies", "0-48", "deal"]
        }
        "{toObjectType}" => &["contacts", "contacts", "calls", "companies"],
        "{associationType}" => &["194", "call_to_contact", "193", "182"],
        "{ownerId}" => &["71", "9071"],
        "{transcriptId}" => &["5001", "5002"],
        "{typeId}" => &["37", "38"],
        "{propertyName}" => &["own_prop", "email", "hs_call_title"],
        "{token}" => &["mock-access-token-2f9c", "mock-refresh-token-77d0"],
        _ => &["x"],
    }
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

/// A body, once the path is known.
#[derive(Clone, Debug)]
enum Body {
    /// One that fits the path, with some of its values put in the place of others.
    Almost(Index, Vec<(Index, Value)>),
    /// The beginning of one that fits.
    Cut(Index, Index),
    Raw(Vec<u8>),
}

impl Body {
    fn write(self, template: &str) -> Vec<u8> {
        let all = fitting(template);
        match self {
            Self::Raw(bytes) => bytes,
            Self::Cut(one, end) => {
                let text = one.get(&all).to_string().into_bytes();
                text[..end.index(text.len())].to_vec()
            }
            Self::Almost(one, spoilers) => {
                let mut body = one.get(&all).clone();
                for (place, other) in spoilers {
                    let mut n = place.index(size(&body));
                    spoil(&mut body, &mut n, &other);
                }
                body.to_string().into_bytes()
            }
        }
    }
}

fn body() -> impl Strategy<Value = Body> {
    let raw = prop_oneof![
        2 => anything().prop_map(|v| v.to_string().into_bytes()),
        1 => select(FORMS).prop_map(|form| form.as_bytes().to_vec()),
        1 => (select(FORMS), any::<Index>()).prop_map(|(f, end)| f.as_bytes()[..end.index(f.len())].to_vec()),
        1 => vec(any::<u8>(), 0..64),
        1 => Just(Vec::new()),
        1 => (1..200_000_usize).prop_map(|n| b"[".repeat(n)),
    ];
    prop_oneof![
        4 => any::<Index>().prop_map(|one| Body::Almost(one, Vec::new())),
        6 => (any::<Index>(), vec((any::<Index>(), anything()), 1..3)).prop_map(|(one, s)| Body::Almost(one, s)),
        1 => (any::<Index>(), any::<Index>()).prop_map(|(one, end)| Body::Cut(one, end)),
        4 => raw.prop_map(Body::Raw),
    ]
}

/// A path of the table, mostly with its own method and parameters that lead somewhere.
fn target() -> impl Strategy<Value = (Route, String, String)> {
    let table: Vec<Route> = routes().copied().collect();
    let methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "BREW"];
    let method = proptest::option::weighted(0.1, select(methods.to_vec()));
    let words = vec((proptest::bool::weighted(0.2), word(), any::<Index>()), 12);
    let query = vec((prop_oneof![select(NAMES).prop_map(str::to_owned), word()], word()), 0..4);
    let twist = prop_oneof![40 => Just(""), 1 => Just("/"), 1 => Just("/x"), 1 => Just("//")];
    (select(table), method, words, query, twist).prop_map(|(route, method, words, query, twist)| {
        let encoded = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        let mut words = words.into_iter();
        let segments = route.template.split('/').map(|segment| match words.next() {
            Some((odd, word, place)) if segment.starts_with('{') => {
                if odd {
                    encoded(&word)
                } else {
                    encoded(place.get::<&str>(likely(segment)))
                }
            }
            _ => segment.to_owned(),
        });
        let path = segments.collect::<Vec<_>>().join("/");
        let query: Vec<String> =
            query.iter().map(|(n, v)| format!("{}={}", encoded(n), encoded(v))).collect();
        let target = format!("{path}{twist}?{}", query.join("&"));
        (route, method.unwrap_or(route.method).to_owned(), target)
    })
}

pub(super) fn question() -> impl Strategy<Value = Question> {
    let types = ["application/json;charset=utf-8", "text/plain", "application/x-www-form-urlencoded", ""];
    let content_type = prop_oneof![
        4 => Just(Some("application/json".to_owned())),
        1 => proptest::option::of(select(types.to_vec()).prop_map(str::to_owned)),
    ];
    let authorization = prop_oneof![
        2 => Just(None),
        4 => Just(Some("Bearer mock-access-token-2f9c".to_owned())),
        1 => proptest::string::string_regex("[ -~]{0,40}").expect("a pattern").prop_map(Some),
    ];
    (target(), content_type, authorization, body()).prop_map(|(target, content_type, authorization, body)| {
        let (route, method, target) = target;
        let body = if route.method == "GET" { Vec::new() } else { body.write(route.template) };
        Question { method, target, content_type, authorization, body }
    })
}
