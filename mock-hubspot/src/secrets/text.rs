//! Raw text: JSON, forms, logs, HTML. Nothing is parsed and written again, so evidence stays what was sent.

use super::{Secrets, glance, names};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use regex::{Captures, Regex};
use std::sync::LazyLock;

fn regex(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the pattern is fixed and a unit test uses it")
}

static PLACEHOLDER: LazyLock<Regex> = LazyLock::new(|| regex(r"<secret:\d+>"));
/// A URL, its slashes and special characters perhaps escaped as JSON allows.
static URL: LazyLock<Regex> = LazyLock::new(|| {
    regex(r#"(?i)\b[a-z][a-z0-9+.-]{1,11}:(?:\\?/){2}(?:<secret:\d+>|\\/|\\u[0-9a-f]{4}|[^\s"'<>\\`])*"#)
});
/// `"name": "value"`, `"name": 12`, and the same within a JSON string (`\"name\":\"value\"`).
static MEMBER: LazyLock<Regex> = LazyLock::new(|| {
    regex(concat!(
        r#"(?s)(?P<open>"(?P<name>(?:[^"\\]|\\.){1,64})"\s*:\s*)(?:"(?P<text>(?:[^"\\]|\\.)*)"?|(?P<bare>-?[0-9][0-9a-zA-Z.+-]*))"#,
        r#"|(?P<open2>\\"(?P<name2>[^"\\]{1,64})\\"\s*:\s*)\\"(?P<text2>(?:[^"\\]|\\[^"])*)(?:\\")?"#
    ))
});
/// `name=value` of a form, a query or a log line.
static FIELD: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r#"(?P<open>(?:^|[&?;,\s{(\[])(?P<name>[A-Za-z][A-Za-z0-9_.%-]{1,63})=["']?)(?P<value>(?:<secret:\d+>|[^&\s"'<>;,)\]}\\])+)"#,
    )
});
static BEARER: LazyLock<Regex> =
    LazyLock::new(|| regex(r"(?i)\b(?P<scheme>bearer|basic)\s+(?P<token>[A-Za-z0-9._~+/=-]{8,})"));

/// Replaces within what is not a placeholder already.
pub(super) fn between_placeholders(text: &str, replace: impl Fn(&str) -> String) -> String {
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for found in PLACEHOLDER.find_iter(text) {
        out += &replace(&text[from..found.start()]);
        out += found.as_str();
        from = found.end();
    }
    out + &replace(&text[from..])
}

/// How a value may be written: as it is, in a URL, in a form, in JSON.
pub(super) fn spellings(value: &str) -> Vec<String> {
    let encoded = utf8_percent_encode(value, NON_ALPHANUMERIC).to_string();
    // What encoders leave alone differs: RFC 3986's unreserved bytes, or those of a form.
    let unreserved = encoded.replace("%2D", "-").replace("%2E", ".").replace("%5F", "_").replace("%7E", "~");
    let form = url::form_urlencoded::byte_serialize(value.as_bytes()).collect::<String>();
    let json = serde_json::to_string(value).unwrap_or_default();
    let json = json.trim_start_matches('"').strip_suffix('"').unwrap_or_default().to_owned();
    let mut all = vec![
        value.to_owned(),
        encoded.to_lowercase(),
        encoded,
        unreserved.to_lowercase(),
        unreserved,
        form,
        json.replace('/', "\\/"),
        json,
    ];
    // Lower-casing is only for the escapes: a value with capitals in it would be another value.
    if value.chars().any(char::is_uppercase) {
        all.remove(3);
        all.remove(1);
    }
    all.sort();
    all.dedup();
    all
}

/// How a value stands in Base64, alone or within something longer: the letters that it alone decides, at each of the three
/// places where it may begin, in both alphabets.
pub(super) fn in_base64(value: &str) -> Vec<String> {
    let mut all = Vec::new();
    for before in 0..3 {
        let bytes = [&[0; 2][..before], value.as_bytes()].concat();
        // A letter holds six bits; those that share bits with a neighbour are left out.
        let letters = (before * 8).div_ceil(6)..bytes.len() * 8 / 6;
        for alphabet in [STANDARD_NO_PAD, URL_SAFE_NO_PAD] {
            all.push(alphabet.encode(&bytes)[letters.clone()].to_owned());
        }
    }
    all.sort();
    all.dedup();
    all
}

/// The text that a JSON string's inside stands for.
fn unescape(raw: &str) -> String {
    if !raw.contains('\\') {
        return raw.to_owned();
    }
    serde_json::from_str(&format!("\"{raw}\"")).unwrap_or_else(|_| raw.replace("\\/", "/"))
}

/// Writes a URL as the original was escaped.
fn escape_as(original: &str, url: &str) -> String {
    let mut out = url.to_owned();
    if original.contains("\\/") {
        out = out.replace('/', "\\/");
    }
    for (char, escape) in [('&', "\\u0026"), ('=', "\\u003d")] {
        if original.to_ascii_lowercase().contains(escape) {
            out = out.replace(char, escape);
        }
    }
    out
}

impl Secrets {
    /// Any text with its credentials cut: JSON, a form, a log line, a page.
    pub fn cut_text(&self, text: &str) -> String {
        self.changed(text).unwrap_or_else(|| text.to_owned())
    }

    /// The text as it is written down, where that is another one.
    pub(crate) fn changed(&self, text: &str) -> Option<String> {
        let cut = self.without_literals(text);
        let text = cut.as_deref().unwrap_or(text);
        if glance::is_harmless(text) { cut } else { Some(self.cut_thoroughly(text)) }
    }

    pub(super) fn cut_thoroughly(&self, text: &str) -> String {
        let text = URL.replace_all(text, |found: &Captures<'_>| {
            let raw = &found[0];
            let plain = unescape(raw);
            let cut = self.cut_url(&plain);
            if cut == plain { raw.to_owned() } else { escape_as(raw, &cut) }
        });
        let text = MEMBER.replace_all(&text, |found: &Captures<'_>| self.cut_member(found));
        let text = FIELD.replace_all(&text, |found: &Captures<'_>| self.cut_field(found));
        BEARER
            .replace_all(&text, |found: &Captures<'_>| {
                let token = &found["token"];
                if token.len() >= 20 || token.bytes().any(|b| b.is_ascii_digit()) {
                    format!("{} {}", &found["scheme"], self.placeholder(token))
                } else {
                    found[0].to_owned()
                }
            })
            .into_owned()
    }

    fn cut_member(&self, found: &Captures<'_>) -> String {
        let whole = &found[0];
        let named = |a: &str, b: &str| found.name(a).or_else(|| found.name(b)).map(|m| m.as_str());
        let (Some(name), Some(open)) = (named("name", "name2"), named("open", "open2")) else {
            return whole.to_owned();
        };
        let name = unescape(name);
        if let Some(bare) = found.name("bare") {
            let harmless = !names::is_credential(&name) || names::is_plain_word(bare.as_str());
            return if harmless {
                whole.to_owned()
            } else {
                format!("{open}\"{}\"", self.placeholder(bare.as_str()))
            };
        }
        let raw = named("text", "text2").unwrap_or_default();
        let value = unescape(raw);
        let cut = if name == "authenticatedUrl" {
            escape_as(raw, &self.cut_recording_url(&value))
        } else if !names::is_credential(&name)
            || value.is_empty()
            || (names::is_ambiguous(&name) && names::is_plain_word(&value))
        {
            // A value may hold members and fields of its own.
            return if raw.contains("\\\"") { self.cut_inside(whole, open) } else { whole.to_owned() };
        } else {
            self.placeholder(&value)
        };
        let quote = if found.name("open2").is_some() { "\\\"" } else { "\"" };
        format!("{open}{quote}{cut}{quote}")
    }

    /// A string that holds JSON: its members are written `\"name\":\"value\"`.
    fn cut_inside(&self, whole: &str, open: &str) -> String {
        let inside = &whole[open.len()..];
        let cut = MEMBER.replace_all(inside.trim_start_matches('"'), |found: &Captures<'_>| {
            if found.name("open2").is_some() { self.cut_member(found) } else { found[0].to_owned() }
        });
        let quote = if inside.starts_with('"') { "\"" } else { "" };
        format!("{open}{quote}{cut}")
    }

    fn cut_field(&self, found: &Captures<'_>) -> String {
        let name = percent_decode_str(&found["name"]).decode_utf8_lossy().into_owned();
        let raw = &found["value"];
        let value = percent_decode_str(&raw.replace('+', " ")).decode_utf8_lossy().into_owned();
        if !names::is_credential(&name) || (names::is_ambiguous(&name) && names::is_plain_word(&value)) {
            return found[0].to_owned();
        }
        format!("{}{}", &found["open"], self.placeholder(&value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cut(text: &str) -> String {
        Secrets::new().cut_text(text)
    }

    #[test]
    fn members_with_a_credential_s_name_are_cut_where_they_stand() {
        assert_eq!(
            cut(r#"{ "a":1, "access_token" :  "canary", "code":"INVALID_OPTION", "apiKey": 123456789}"#),
            r#"{ "a":1, "access_token" :  "<secret:1>", "code":"INVALID_OPTION", "apiKey": "<secret:2>"}"#
        );
    }

    #[test]
    fn a_name_in_disguise_is_recognised() {
        assert_eq!(cut(r#"{"to\u006ben":"canary"}"#), r#"{"to\u006ben":"<secret:1>"}"#);
    }

    #[test]
    fn json_within_json_is_searched() {
        assert_eq!(
            cut(r#"{"body":"{\"token\":\"canary\",\"x\":1}"}"#),
            r#"{"body":"{\"token\":\"<secret:1>\",\"x\":1}"}"#
        );
    }

    #[test]
    fn a_member_that_was_cut_off_is_cut_all_the_same() {
        assert!(!cut(r#"{"access_token":"canary-that-never-en"#).contains("canary"));
    }

    #[test]
    fn form_fields_and_log_lines_are_cut() {
        assert_eq!(
            cut("grant_type=refresh_token&refresh_token=can%2Fary&client_secret=canary&client_id=1"),
            "grant_type=refresh_token&refresh_token=<secret:1>&client_secret=<secret:2>&client_id=1"
        );
        assert_eq!(cut("listening, token=canary port=80"), "listening, token=<secret:1> port=80");
        assert_eq!(cut("Authorization: Bearer abc.def.123-x"), "Authorization: Bearer <secret:1>");
    }

    #[test]
    fn urls_are_cut_with_plain_and_escaped_slashes() {
        assert_eq!(
            cut(r#"{"u":"http:\/\/h\/x?token=canary","v":"https://u:p@h/x?a=1\u0026sig=canary"}"#),
            r#"{"u":"http:\/\/h\/x?token=<secret:1>","v":"https://<secret:2>@h/x?a=1\u0026sig=<secret:1>"}"#
        );
    }

    #[test]
    fn an_authenticated_url_is_cut_as_strictly_as_a_recording_s() {
        assert_eq!(
            cut(r#"{"authenticatedUrl":"https:\/\/h\/r\/abc?Expires=1&foo=bar"}"#),
            r#"{"authenticatedUrl":"https:\/\/h\/r\/abc?Expires=1&foo=<secret:1>"}"#
        );
    }

    #[test]
    fn ordinary_text_stays_as_it_is() {
        for text in [
            r#"{"properties":{"hs_timestamp":"2023-10-27T10:00:00Z","hs_call_external_id":"test-call-01"}}"#,
            r#"{"status":"error","message":"Property \"x\" does not exist","errors":[{"code":"PROPERTY_DOESNT_EXIST"}]}"#,
            "<html><title>Error 404 Not Found</title></html>",
            r#"{"urlToRetrieveAuthedRecording":"https://your-app.com/retrieve/recording/%s"}"#,
        ] {
            assert_eq!(cut(text), text);
        }
    }

    proptest! {
        #[test]
        fn a_token_never_survives(token in "[A-Za-z0-9_/+=.-]{12,40}", shape in 0..6_usize) {
            let encoded = utf8_percent_encode(&token, NON_ALPHANUMERIC).to_string();
            let text = match shape {
                0 => format!(r#"{{"access_token":"{token}"}}"#),
                1 => format!("a=b&refresh_token={encoded}"),
                2 => format!("see http://h/x?y=1&token={encoded}#z"),
                3 => format!(r#"{{"url":"http:\/\/h\/x?hapikey={encoded}"}}"#),
                4 => format!("https://user:{encoded}@host/"),
                _ => format!(r#"{{"authenticatedUrl":"https://h/x?anything={encoded}"}}"#),
            };
            let cut = cut(&text);
            prop_assert!(!cut.contains(&token) && !cut.contains(&encoded), "{}", cut);
        }
    }
}
