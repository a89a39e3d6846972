//! Asks the endpoint as HubSpot does (guide §1), in variants that must make no difference, and for what it must not give.

use super::asking::{Asking, to_endpoint};
use super::manners;
use crate::evidence::{End, Probe, ProbeOutcome};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sha2::{Digest, Sha256};
use url::Url;

/// Every byte that RFC 3986 §2.3 does not call unreserved.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// An id that is made up has at least this many characters, so that it is nobody's.
const MADE_UP: usize = 12;

/// Why the registered URL cannot be asked, if it cannot.
pub(super) fn unusable(registered_url: &str) -> Option<String> {
    if registered_url.is_empty() {
        return Some("no recording URL is registered".into());
    }
    (!registered_url.contains("%s"))
        .then(|| "the registered recording URL has no `%s`, where HubSpot puts the external id".into())
}

/// The callback URL: every `%s` replaced, parameters appended in this order.
pub(super) fn callback(registered_url: &str, external_id: &str, parameters: &[(&str, &str)]) -> String {
    let id = utf8_percent_encode(external_id, SEGMENT).to_string();
    let url = registered_url.replace("%s", &id);
    let (address, fragment) = match url.split_once('#') {
        Some((address, fragment)) => (address, format!("#{fragment}")),
        None => (url.as_str(), String::new()),
    };
    let mut all = address.to_owned();
    for (name, value) in parameters {
        let mark = if all.contains('?') { '&' } else { '?' };
        let value = utf8_percent_encode(value, SEGMENT);
        all.push_str(&format_parameter(mark, name, &value.to_string()));
    }
    all + &fragment
}

fn format_parameter(mark: char, name: &str, value: &str) -> String {
    format!("{mark}{name}={value}")
}

/// The `authenticatedUrl` of an endpoint's answer, if it is an absolute http(s) URL (guide §1).
pub(super) fn url_in(body: &[u8]) -> Option<String> {
    let json: serde_json::Value = serde_json::from_slice(body).ok()?;
    let text = json.as_object()?.get("authenticatedUrl")?.as_str()?;
    let url = Url::parse(text).ok()?;
    let scheme = text.trim_start().get(..4)?;
    (matches!(url.scheme(), "http" | "https") && url.has_host() && scheme.eq_ignore_ascii_case("http"))
        .then(|| text.to_owned())
}

/// Why there is no usable URL.
pub(super) struct NoUrl {
    pub(super) reason: String,
    /// The endpoint did not answer in time.
    pub(super) silent: bool,
}

/// Asks for the URL as HubSpot does; gives the live one.
pub(super) async fn stock(asking: &mut Asking<'_>, case: &str) -> Result<String, NoUrl> {
    let url = asking.endpoint_url(&asking.external_id(), &asking.stock_parameters());
    let ask = to_endpoint(Probe::AuthenticatedUrl, case, &url, manners::hubspot_for_json());
    let heard = asking.ask(ask).await;
    asking.settle(Probe::AuthenticatedUrl, ProbeOutcome::Asked);
    let number = heard.exchange.id();
    let because = |reason| Err(NoUrl { reason, silent: heard.waited_in_vain });
    let Some(answer) = heard.exchange.answer() else {
        return because(format!("the endpoint gave no answer ({number})"));
    };
    if !(200..300).contains(&answer.status) {
        return because(format!("the endpoint answered {} ({number})", answer.status));
    }
    if answer.body.end != End::Complete {
        // HubSpot's own client gets nothing from such an answer.
        return because(format!("the endpoint's answer did not come to its end ({number})"));
    }
    match url_in(&heard.kept) {
        Some(url) => Ok(url),
        None => {
            because(format!("the endpoint's answer holds no absolute http(s) `authenticatedUrl` ({number})"))
        }
    }
}

/// Asks in ways that must make no difference.
pub(super) async fn variants(asking: &mut Asking<'_>) {
    let [app, account] = asking.stock_parameters();
    let more = [app.clone(), account.clone(), ("portalId", "1".into()), ("source", "player".into())];
    let id = asking.external_id();
    let cases = [
        (
            "guide-order",
            asking.endpoint_url(&id, &[account.clone(), app.clone()]),
            manners::hubspot_for_json(),
        ),
        ("unknown-parameters", asking.endpoint_url(&id, &more), manners::hubspot_for_json()),
        ("bare-client", asking.endpoint_url(&id, &[app, account]), manners::bare(None)),
    ];
    for (case, url, headers) in cases {
        asking.ask(to_endpoint(Probe::AuthenticatedUrl, case, &url, headers)).await;
    }
}

/// Asks for what the endpoint must not give.
pub(super) async fn refusals(asking: &mut Asking<'_>) {
    let seed = asking.ctx.ranges.seed;
    let [app, account] = asking.stock_parameters();
    let id = asking.external_id();
    let foreign_account = ("externalAccountId", disguised(&account.1, seed, "account"));
    let foreign_app = match app.1.parse::<u64>() {
        Ok(number) => number.wrapping_add(1).to_string(),
        Err(_) => format!("{}-1", app.1),
    };
    let unknown_id = disguised(&id, seed, "external id");
    let cases = [
        ("unknown-id", asking.endpoint_url(&unknown_id, &[app.clone(), account.clone()])),
        ("foreign-account", asking.endpoint_url(&id, &[app, foreign_account])),
        ("foreign-app", asking.endpoint_url(&id, &[("appId", foreign_app), account.clone()])),
        ("missing-app", asking.endpoint_url(&id, &[account])),
    ];
    for (case, url) in cases {
        asking.ask(to_endpoint(Probe::Refusals, case, &url, manners::hubspot_for_json())).await;
    }
    asking.settle(Probe::Refusals, ProbeOutcome::Asked);
}

type Parameter = (&'static str, String);

impl Asking<'_> {
    fn external_id(&self) -> String {
        self.story.calls[self.call].external_id.clone()
    }
    /// `appId` first, as HubSpot appends them.
    fn stock_parameters(&self) -> [Parameter; 2] {
        let account = self.story.calls[self.call].account_id.clone();
        [("appId", self.ctx.app_id.clone()), ("externalAccountId", account)]
    }
    fn endpoint_url(&self, external_id: &str, parameters: &[Parameter]) -> String {
        let pairs: Vec<_> = parameters.iter().map(|(name, value)| (*name, value.as_str())).collect();
        callback(&self.ctx.registered_url, external_id, &pairs)
    }
}

/// An id that looks like this one and is nobody's: digits stay digits, letters stay letters, and the seed chooses them.
fn disguised(id: &str, seed: u64, what: &str) -> String {
    let mut hash =
        Sha256::new().chain_update(seed.to_be_bytes()).chain_update(what).chain_update(id).finalize();
    let digits_only = !id.is_empty() && id.bytes().all(|b| b.is_ascii_digit());
    let padding = if digits_only { "7" } else { "x" };
    let missing = MADE_UP.saturating_sub(id.chars().count());
    let template = format!("{id}{}", padding.repeat(missing));
    let mut all = String::with_capacity(template.len());
    for (at, character) in template.chars().enumerate() {
        if at > 0 && at % hash.len() == 0 {
            hash = Sha256::digest(hash);
        }
        let byte = hash[at % hash.len()];
        all.push(match character {
            // A leading zero would make another number of it.
            '0'..='9' if at == 0 => char::from(b'1' + byte % 9),
            '0'..='9' => char::from(b'0' + byte % 10),
            'a'..='z' => char::from(b'a' + byte % 6),
            'A'..='Z' => char::from(b'A' + byte % 6),
            other => other,
        });
    }
    if all == id { all + "0" } else { all }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_id_is_one_encoded_segment_wherever_it_stands() {
        let parameters = [("appId", "app 1"), ("externalAccountId", "é&")];
        assert_eq!(
            callback("https://a.example/%s/r/%s?x=1#f", "a/b +%#é", &parameters),
            "https://a.example/a%2Fb%20%2B%25%23%C3%A9/r/a%2Fb%20%2B%25%23%C3%A9?x=1&appId=app%201&externalAccountId=%C3%A9%26#f"
        );
        assert_eq!(
            callback("https://a.example/%s", "test-call-01", &[("appId", "1")]),
            "https://a.example/test-call-01?appId=1"
        );
    }

    #[test]
    fn only_an_absolute_address_is_usable() {
        let url = |text: &str| url_in(text.as_bytes());
        assert!(url(r#"{"authenticatedUrl":"https:\/\/a.example\/r?s=1","more":[1]}"#).is_some());
        for wrong in [
            r#"{"authenticatedUrl":"//a.example/r"}"#,
            r#"{"authenticatedUrl":"/r"}"#,
            r#"{"authenticatedUrl":"file:///etc/passwd"}"#,
            r#"{"authenticatedUrl":7}"#,
            r#"{"data":{"authenticatedUrl":"https://a.example/r"}}"#,
            r#"["https://a.example/r"]"#,
            "<html>",
            "",
        ] {
            assert_eq!(url(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_made_up_id_looks_like_a_real_one() {
        let id = disguised("test-call-01", 7, "external id");
        assert_eq!(id, disguised("test-call-01", 7, "external id"));
        assert_ne!(id, disguised("test-call-01", 8, "external id"));
        assert_ne!(id, "test-call-01");
        assert_eq!(id.len(), 12);
        let number = disguised("42", 7, "external id");
        assert!(number.len() == 12 && number.bytes().all(|b| b.is_ascii_digit()));
        assert!(disguised("", 7, "account").len() == 12);
        assert!(disguised(&"9".repeat(500), 7, "account").len() == 500);
    }
}
