//! JSON bodies, refused in the words of HubSpot's JSON library where they do not fit.

use super::Asked;
use crate::refusal::Refusal;
use crate::switches::Leniency;
use crate::texts::Texts;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// A body that is JSON.
pub(super) struct Json<'a> {
    raw: &'a str,
    pub(super) value: Value,
}

/// The body of a creation as most are: texts for properties, and nothing else.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Plain {
    pub(super) properties: Texts,
}

/// A body of a known shape; `None` where there is more in it, or where something may be wrong with it: then it is read as any JSON
/// is.
pub(super) fn plain<T: DeserializeOwned>(asked: &Asked<'_>) -> Option<T> {
    check_media_type(asked).ok()?;
    object(asked.body)
}

/// An object of a known shape; `None` for everything else.
pub(super) fn object<T: DeserializeOwned>(body: &[u8]) -> Option<T> {
    // A list would be taken for an object whose members come in order.
    let is_object = body.trim_ascii_start().starts_with(b"{");
    // Whether it is text is asked once, instead of for each text in it.
    let text = str::from_utf8(body).ok().filter(|_| is_object)?;
    serde_json::from_str(text).ok()
}

fn check_media_type(asked: &Asked<'_>) -> Result<(), Refusal> {
    let says_json = |media_type: &str| {
        media_type.starts_with("application/json") || media_type.to_ascii_lowercase().contains("json")
    };
    let is_json = asked.content_type.is_some_and(says_json);
    if !is_json && !asked.body.is_empty() && asked.switches.content_type == Leniency::Refuse {
        return Err(Refusal::wrong_media_type());
    }
    Ok(())
}

impl<'a> Json<'a> {
    pub(super) fn of(asked: &Asked<'a>) -> Result<Self, Refusal> {
        check_media_type(asked)?;
        Self::parse(asked.body)
    }

    pub(super) fn parse(body: &'a [u8]) -> Result<Self, Refusal> {
        if body.iter().all(u8::is_ascii_whitespace) {
            return Err(Refusal::no_body());
        }
        let raw = std::str::from_utf8(body).map_err(|error| {
            let at = error.valid_up_to();
            let (line, column) = position(body, at);
            Refusal::bad_json(line, column + 1, &format!("Invalid UTF-8 start byte 0x{:x}", body[at]))
        })?;
        match serde_json::from_str(raw) {
            Ok(value) => Ok(Self { raw, value }),
            Err(error) => Err(malformed(raw, &error)),
        }
    }

    /// The object that the body is.
    pub(super) fn object(&self, java_type: &str) -> Result<&Map<String, Value>, Refusal> {
        self.value.as_object().ok_or_else(|| self.mismatch(self.start(), java_type, &self.value))
    }

    /// The list that the body is.
    pub(super) fn array(&self, java_type: &str) -> Result<&Vec<Value>, Refusal> {
        self.value.as_array().ok_or_else(|| self.mismatch(self.start(), java_type, &self.value))
    }

    /// Members that must be there were not.
    pub(super) fn missing(&self, members: &[&str]) -> Refusal {
        let end = self.raw.trim_end().len().saturating_sub(1);
        let (line, column) = position(self.raw.as_bytes(), end);
        Refusal::missing_fields(line, column, members)
    }

    /// A member has a value of a type that does not fit.
    pub(super) fn member_mismatch(&self, member: &str, java_type: &str, value: &Value) -> Refusal {
        let name = format!("\"{member}\"");
        let after = self.raw.find(&name).map_or(self.start(), |at| at + name.len());
        let gap = self.raw[after..].find(|c: char| c != ':' && !c.is_whitespace()).unwrap_or(0);
        self.mismatch(after + gap, java_type, value)
    }

    fn start(&self) -> usize {
        self.raw.len() - self.raw.trim_start().len()
    }

    fn mismatch(&self, at: usize, java_type: &str, value: &Value) -> Refusal {
        let (line, column) = position(self.raw.as_bytes(), at);
        let from = match value {
            Value::String(text) => {
                format!("String {}: not a valid `{java_type}` value", Value::from(text.as_str()))
            }
            Value::Array(_) => "Array value (token `JsonToken.START_ARRAY`)".into(),
            Value::Object(_) => "Object value (token `JsonToken.START_OBJECT`)".into(),
            Value::Bool(is) => {
                format!("Boolean value (token `JsonToken.VALUE_{}`)", is.to_string().to_uppercase())
            }
            Value::Number(number) if number.is_f64() => {
                "Floating-point value (token `JsonToken.VALUE_NUMBER_FLOAT`)".into()
            }
            Value::Number(_) => "Integer value (token `JsonToken.VALUE_NUMBER_INT`)".into(),
            Value::Null => "Null value (token `JsonToken.VALUE_NULL`)".into(),
        };
        Refusal::bad_json(
            line,
            column,
            &format!("Cannot deserialize value of type `{java_type}` from {from}"),
        )
    }
}

/// Line and column of a byte, both from 1.
fn position(text: &[u8], at: usize) -> (usize, usize) {
    let before = &text[..at.min(text.len())];
    let line = before.split(|b| *b == b'\n').count();
    let column = before.iter().rev().take_while(|b| **b != b'\n').count() + 1;
    (line, column)
}

fn malformed(raw: &str, error: &serde_json::Error) -> Refusal {
    let (line, column) = (error.line(), error.column());
    if error.is_eof() {
        let opening = if raw.trim_start().starts_with('[') { "Array" } else { "Object" };
        let what = format!("Unexpected end-of-input: expected close marker for {opening}");
        return Refusal::bad_json(line, column + 1, &what);
    }
    let found = raw.split('\n').nth(line.saturating_sub(1)).and_then(|text| {
        let bytes = text.as_bytes().get(column.saturating_sub(1)..)?;
        String::from_utf8_lossy(bytes).chars().next()
    });
    let what = match found {
        Some(c) => format!(
            "Unexpected character ('{c}' (code {})): expected a valid value (number, String, array, object, 'true', 'false' or 'null')",
            u32::from(c)
        ),
        None => "Unexpected end of line".into(),
    };
    // HubSpot's library counts the character that it has read already.
    Refusal::bad_json(line, column + 1, &what)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(body: &[u8]) -> String {
        Json::parse(body).err().expect("a refusal").message
    }

    #[test]
    fn malformed_json_is_refused_as_a_real_portal_does() {
        assert_eq!(
            refusal(b"%7B%22a"),
            "Invalid input JSON on line 1, column 2: Unexpected character ('%' (code 37)): expected a valid value (number, String, array, object, 'true', 'false' or 'null')"
        );
        assert_eq!(refusal(b""), "Invalid JSON input: a request body was expected, but none found");
        assert!(refusal(b"{\"a\":").contains("Unexpected end-of-input"));
        assert!(refusal(b"\xff").contains("Invalid UTF-8 start byte 0xff"));
    }

    #[test]
    fn a_missing_member_is_reported_at_the_end_of_the_object() {
        let json = Json::parse(b"{}").unwrap_or_else(|r| panic!("{}", r.message));
        assert_eq!(
            json.missing(&["engagementId"]).message,
            "Invalid input JSON on line 1, column 2. Some required fields were not set: [engagementId]"
        );
    }

    #[test]
    fn a_value_of_the_wrong_type_is_reported_where_it_stands() {
        let json =
            Json::parse(b"{\n  \"engagementId\": \"abc\"}").unwrap_or_else(|r| panic!("{}", r.message));
        assert_eq!(
            json.member_mismatch("engagementId", "long", &Value::from("abc")).message,
            "Invalid input JSON on line 2, column 19: Cannot deserialize value of type `long` from String \"abc\": not a valid `long` value"
        );
    }

    #[test]
    fn deep_nesting_is_refused_and_does_no_harm() {
        assert!(refusal(&b"[".repeat(100_000)).starts_with("Invalid input JSON"));
    }
}
