//! What HubSpot says when it refuses: its error envelope, and the exact texts.
//!
//! Knows nothing of requests or state; a handler picks the refusal. Read next: `handlers/mod.rs`, `auth.rs`.

use crate::weather::Policy;
use compact_str::CompactString;
use jiff::SignedDuration;
use serde_json::{Map, Value, json};

/// Set by whoever throttles, sent where the switches say so.
pub(crate) const RETRY_AFTER: &str = "retry-after";

/// A refusal, ready to be written out once the correlation id is known.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) message: String,
    /// Members beside `status`, `message` and `correlationId`, in order.
    extra: Box<Map<String, Value>>,
    shape: Shape,
    pub(crate) headers: Vec<(&'static str, CompactString)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    /// `{"status":"error", …}`
    Envelope,
    /// OAuth's own.
    OAuth,
    /// A web server's page.
    Page,
}

impl Refusal {
    pub(crate) fn new(status: u16, message: impl Into<String>) -> Self {
        Self {
            status,
            message: message.into(),
            extra: Box::default(),
            shape: Shape::Envelope,
            headers: Vec::new(),
        }
    }

    #[must_use]
    pub(crate) fn with(mut self, member: &str, value: impl Into<Value>) -> Self {
        self.extra.insert(member.to_owned(), value.into());
        self
    }

    #[must_use]
    pub(crate) fn category(self, category: &str) -> Self {
        self.with("category", category)
    }

    #[must_use]
    pub(crate) fn header(mut self, name: &'static str, value: impl Into<CompactString>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// What is said to whoever uses the mock, and HubSpot would not say.
    #[must_use]
    pub(crate) fn warning(self, text: String) -> Self {
        self.header(crate::leniency::HEADER, text)
    }

    /// One of the errors of a batch; more may be said about what it concerns.
    pub(crate) fn as_error(&self, context: &[(&str, &str)]) -> Value {
        let mut error = Map::new();
        error.insert("status".into(), "error".into());
        error.insert("category".into(), "VALIDATION_ERROR".into());
        error.insert("message".into(), self.message.as_str().into());
        error.insert("context".into(), json!({}));
        error.extend(Map::clone(&self.extra));
        for (name, empty) in [("errors", json!([])), ("links", json!({}))] {
            error.entry(name).or_insert(empty);
        }
        for (name, value) in context {
            error["context"][*name] = json!([value]);
        }
        Value::Object(error)
    }

    /// The media type and the text of the reply.
    pub(crate) fn write(&self, correlation_id: &str) -> (&'static str, String) {
        match self.shape {
            Shape::Page => ("text/html;charset=iso-8859-1", page(self.status, &self.message)),
            Shape::OAuth => (JSON, Value::Object(Map::clone(&self.extra)).to_string()),
            Shape::Envelope => {
                let mut envelope = Map::new();
                envelope.insert("status".into(), "error".into());
                envelope.insert("message".into(), self.message.as_str().into());
                envelope.insert("correlationId".into(), correlation_id.into());
                envelope.extend(Map::clone(&self.extra));
                (JSON, Value::Object(envelope).to_string())
            }
        }
    }

    /// A path that HubSpot does not have.
    pub(crate) fn no_route() -> Self {
        Self { shape: Shape::Page, ..Self::new(404, "Not Found") }
    }

    /// A path that HubSpot has for other methods.
    pub(crate) fn wrong_method(allowed: &[&str]) -> Self {
        Self { shape: Shape::Page, ..Self::new(405, "Method Not Allowed") }
            .header("allow", allowed.join(", "))
    }

    pub(crate) fn too_large() -> Self {
        Self::new(413, "Request entity too large")
    }

    pub(crate) fn too_long() -> Self {
        Self { shape: Shape::Page, ..Self::new(414, "URI Too Long") }
    }

    pub(crate) fn too_slow() -> Self {
        Self::new(408, "Request timed out before its body was complete")
    }

    pub(crate) fn wrong_media_type() -> Self {
        Self { shape: Shape::Page, ..Self::new(415, "Unsupported Media Type") }
    }

    pub(crate) fn no_body() -> Self {
        Self::new(400, "Invalid JSON input: a request body was expected, but none found")
    }

    pub(crate) fn bad_json(line: usize, column: usize, what: &str) -> Self {
        Self::new(400, format!("Invalid input JSON on line {line}, column {column}: {what}"))
    }

    pub(crate) fn missing_fields(line: usize, column: usize, fields: &[&str]) -> Self {
        Self::new(
            400,
            format!(
                "Invalid input JSON on line {line}, column {column}. Some required fields were not set: [{}]",
                fields.join(", ")
            ),
        )
    }

    pub(crate) fn bad_path_parameter(name: &str) -> Self {
        Self::new(400, format!("Unable to parse value for path parameter: {name}"))
    }

    pub(crate) fn bad_query_parameter(name: &str) -> Self {
        Self::new(400, format!("Unable to parse value for query parameter: {name}"))
    }

    pub(crate) fn unknown_object_type(name: &str) -> Self {
        let is_id = name.split_once('-').is_some_and(|(a, b)| {
            !b.is_empty() && [a, b].iter().all(|part| part.bytes().all(|c| c.is_ascii_digit()))
        });
        if is_id {
            Self::new(400, format!("Invalid object or event type id: {name}"))
        } else {
            Self::new(400, format!("Unable to infer object type from: {name}"))
        }
    }

    pub(crate) fn not_found() -> Self {
        Self::new(404, "resource not found")
    }

    pub(crate) fn not_numeric(id: &str) -> Self {
        Self::new(404, "Object not found.  objectId are usually numeric.")
            .category("OBJECT_NOT_FOUND")
            .with("context", json!({ "id": [id] }))
    }

    pub(crate) fn not_positive(id: &str) -> Self {
        Self::new(404, "Object not found. objectId is usually positive.")
            .category("OBJECT_NOT_FOUND")
            .with("context", json!({ "id": [id] }))
    }

    pub(crate) fn there_was_a_problem() -> Self {
        Self::new(400, "There was a problem with the request.")
    }

    /// All properties that were not valid, together.
    pub(crate) fn bad_properties(portal_id: u64, bad: &[BadProperty]) -> Self {
        // Who sends a hundred thousand unknown properties is not answered with as many messages.
        let bad = &bad[..bad.len().min(MOST_BAD)];
        let items: Vec<Value> = bad
            .iter()
            .map(|b| {
                json!({
                    "isValid": false,
                    "message": b.message,
                    "error": b.code,
                    "name": b.name,
                    "localizedErrorMessage": b.message,
                    "portalId": portal_id,
                })
            })
            .collect();
        let errors: Vec<Value> = bad
            .iter()
            .map(|b| json!({ "message": b.message, "code": b.code, "context": { "propertyName": [b.name] } }))
            .collect();
        Self::new(400, format!("Property values were not valid: {}", Value::Array(items)))
            .with("errors", errors)
            .category("VALIDATION_ERROR")
    }

    pub(crate) fn required_properties(object: &str, names: &[&str]) -> Self {
        Self::new(400, format!("Error creating {object}. Some required properties were not set."))
            .with("context", json!({ "properties": names }))
            .category("VALIDATION_ERROR")
    }

    /// A value that is of the right type and still not acceptable.
    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::new(400, message).category("VALIDATION_ERROR")
    }

    pub(crate) fn conflict(message: &str) -> Self {
        Self::new(409, message).category("CONFLICT")
    }

    pub(crate) fn no_inputs() -> Self {
        Self::invalid("Batch input provided should have at least one object.")
    }

    pub(crate) fn nothing_to_update() -> Self {
        Self::new(400, "No properties found to update, please provide at least one.")
            .category("VALIDATION_ERROR")
    }

    /// Another object has the same value of a unique property: one that exists, or one of the same batch.
    pub(crate) fn exists(object: &str, property: &str, value: &str, id: Option<u64>) -> Self {
        let message = match id {
            Some(id) => format!("{object} already exists. Existing ID: {id}"),
            None => {
                format!("Duplicate values found in batch input for unique property {property}: [{value}]")
            }
        };
        Self::new(409, message).category("CONFLICT")
    }

    pub(crate) fn too_many_inputs(most: usize) -> Self {
        Self::invalid(format!("The maximum number of inputs supported in a batch request is {most}"))
    }

    pub(crate) fn duplicate_inputs(ids: &[&str]) -> Self {
        Self::invalid(format!("Duplicate IDs found in batch input: [{}]. IDs must be unique", ids.join(", ")))
    }

    pub(crate) fn not_unique(property: &str) -> Self {
        Self::invalid(format!(
            "Property \"{property}\" does not have unique values, so it cannot be an idProperty"
        ))
    }

    /// Some objects of a batch are not there.
    pub(crate) fn some_missing(object: &str, ids: &[&str]) -> Self {
        Self::new(
            404,
            format!("Could not get some {object} objects, they may be deleted or not exist. Check that ids are valid."),
        )
        .category("OBJECT_NOT_FOUND")
        .with("context", json!({ "ids": ids }))
    }

    pub(crate) fn no_property(object: &str, name: &str) -> Self {
        Self::new(404, format!("{object} property named {name} does not exist"))
            .category("OBJECT_NOT_FOUND")
            .with("subCategory", "Properties.PROPERTY_NOT_FOUND")
    }

    pub(crate) fn property_exists(name: &str) -> Self {
        Self::new(409, format!("A property named '{name}' already exists."))
            .category("OBJECT_ALREADY_EXISTS")
            .with("subCategory", "Properties.PROPERTY_WITH_NAME_EXISTS")
    }

    /// The ids are named by the object type that the association type expects.
    pub(crate) fn bad_associations(object: &str, ids: &[String]) -> Self {
        let named: Vec<String> = ids.iter().map(|id| format!("{object}={id} is not valid")).collect();
        Self::new(400, "One or more associations are invalid")
            .with("context", json!({ "INVALID_OBJECT_IDS": named, "objectId": ids, "objectType": [object] }))
            .category("VALIDATION_ERROR")
    }

    pub(crate) fn wrong_direction(from: &str, expected: &str, id: u32) -> Self {
        Self::new(
            400,
            format!(
                "invalid from object type {from} for associations to be created. expected: {expected}. For definition 0-{id}"
            ),
        )
        .category("VALIDATION_ERROR")
    }

    pub(crate) fn no_credentials() -> Self {
        Self::new(
            401,
            "Authentication credentials not found. This API supports OAuth 2.0 authentication and you can find more details at https://developers.hubspot.com/docs/methods/auth/oauth-overview",
        )
        .category("INVALID_AUTHENTICATION")
    }

    pub(crate) fn bad_key() -> Self {
        Self::new(
            401,
            "The API key provided is invalid. View or manage your API key here: https://app.hubspot.com/l/api-key/",
        )
        .with("links", json!({ "api key": "https://app.hubspot.com/l/api-key/" }))
        .category("INVALID_AUTHENTICATION")
    }

    pub(crate) fn expired(ago: &str, since: &str) -> Self {
        Self::new(401, format!("The OAuth token used to make this call expired {ago} ago."))
            .with("context", json!({ "expire time": [since] }))
            .category("EXPIRED_AUTHENTICATION")
    }

    /// HubSpot takes garbage for a token that expired when time began.
    pub(crate) fn garbage_token() -> Self {
        Self::new(401, "The OAuth token used to make this call expired 20543 day(s) ago.")
            .with("context", json!({ "expire time": ["1970-01-01T00:00:00Z"] }))
            .category("INVALID_AUTHENTICATION")
    }

    pub(crate) fn needs_developer_key(status: u16) -> Self {
        Self::new(
            status,
            "This API can't be called using an OAuth access token. A valid developer API key must be provided in the `hapikey` query parameter, and a valid `appId` must be provided in the API request.",
        )
        .with("links", json!({ "docs": "https://developers.hubspot.com/docs/api/developer-tools-overview#developer-api-keys" }))
        .category("INVALID_AUTHENTICATION")
    }

    pub(crate) fn foreign_app(status: u16, app_id: &str, portal_id: u64) -> Self {
        Self::new(
            status,
            format!(
                "This app (ID: {app_id}) doesn't match the account '{portal_id}'. Make sure both IDs are correct or that the app is associated with the correct account."
            ),
        )
        .with("context", json!({ "appId": [app_id], "portalId": [portal_id.to_string()] }))
        .category("VALIDATION_ERROR")
        .with("subCategory", "OwnedApplicationError.APPLICATION_NOT_FOUND")
    }

    pub(crate) fn missing_scopes(scopes: &[&str]) -> Self {
        Self::new(
            403,
            "This app hasn't been granted all required scopes to make this call. Read more about required scopes here: https://developers.hubspot.com/scopes.",
        )
        .with(
            "errors",
            json!([{
                "message": "One or more of the following scopes are required.",
                "context": { "requiredGranularScopes": scopes },
            }]),
        )
        .with("links", json!({ "scopes": "https://developers.hubspot.com/scopes" }))
        .category("MISSING_SCOPES")
    }

    /// OAuth's own envelope.
    pub(crate) fn oauth(error: &str, status: &str, message: &str) -> Self {
        let refusal = Self { shape: Shape::OAuth, ..Self::new(400, message) };
        refusal
            .with("error", error)
            .with("error_description", message)
            .with("status", status)
            .with("message", message)
    }

    /// The real bodies: one of HubSpot's SDKs waits by the policy's name, or by the message of the second's limit.
    pub(crate) fn throttled(policy: Policy) -> Self {
        let (policy, limit) = match policy {
            Policy::Secondly => ("SECONDLY", "secondly"),
            Policy::TenSecondly => ("TEN_SECONDLY_ROLLING", "ten_secondly_rolling"),
            Policy::Daily => ("DAILY", "daily"),
        };
        Self::new(429, format!("You have reached your {limit} limit."))
            .with("errorType", "RATE_LIMIT")
            .with("policyName", policy)
            .category("RATE_LIMITS")
    }

    /// How long to wait before the next request; told where the switches say so.
    #[must_use]
    pub(crate) fn wait(self, wait: SignedDuration) -> Self {
        let seconds = (wait.as_millis() + 999) / 1000;
        self.header(RETRY_AFTER, seconds.max(1).to_string())
    }

    /// A failure of HubSpot's own, or of what stands before it.
    pub(crate) fn failing(status: u16) -> Self {
        let reason = http::StatusCode::from_u16(status).ok().and_then(|s| s.canonical_reason());
        match (status, reason) {
            (500, _) | (_, None) => Self::new(status, "internal error"),
            (_, Some(reason)) => Self { shape: Shape::Page, ..Self::new(status, reason) },
        }
    }
}

/// How many bad properties are listed.
const MOST_BAD: usize = 100;

/// HubSpot's media type.
pub(crate) const JSON: &str = "application/json;charset=utf-8";

/// One property that was not valid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BadProperty {
    pub(crate) name: String,
    pub(crate) code: &'static str,
    pub(crate) message: String,
}

fn page(status: u16, reason: &str) -> String {
    format!(
        "<html>\n<head>\n<meta http-equiv=\"Content-Type\" content=\"text/html;charset=utf-8\"/>\n<title>Error {status} {reason}</title>\n</head>\n<body><h2>HTTP ERROR {status} {reason}</h2>\n<table>\n<tr><th>STATUS:</th><td>{status}</td></tr>\n<tr><th>MESSAGE:</th><td>{reason}</td></tr>\n</table>\n</body>\n</html>\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_envelope_opens_with_status_message_and_correlation_id() {
        let (media_type, text) = Refusal::not_found().write("c-1");
        assert_eq!(media_type, JSON);
        assert_eq!(text, r#"{"status":"error","message":"resource not found","correlationId":"c-1"}"#);
    }

    #[test]
    fn oauth_speaks_its_own_envelope() {
        let (_, text) =
            Refusal::oauth("invalid_grant", "BAD_REFRESH_TOKEN", "refresh token is invalid").write("c-1");
        assert_eq!(
            text,
            r#"{"error":"invalid_grant","error_description":"refresh token is invalid","status":"BAD_REFRESH_TOKEN","message":"refresh token is invalid"}"#
        );
    }

    #[test]
    fn a_type_id_that_nobody_has_is_told_from_a_name() {
        assert_eq!(Refusal::unknown_object_type("0-9999").message, "Invalid object or event type id: 0-9999");
        assert_eq!(
            Refusal::unknown_object_type("widgets").message,
            "Unable to infer object type from: widgets"
        );
    }
}
