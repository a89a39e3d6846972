//! Which credentials a portal has, and which a request carries.
//!
//! Pure. Read next: `../auth.rs` (what a credential is good for).

use crate::portal::PortalSetup;
use crate::secrets::hex;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::request::Parts;
use sha2::{Digest as _, Sha256};
use std::borrow::Cow;

/// Fields of a form that name a portal.
const FIELDS: [&str; 5] = ["client_id", "refresh_token", "code", "token", "client_secret"];

/// A setup whose ids and credentials no other isolated portal has: the default one, with its own of each.
pub(super) fn setup(number: u32) -> PortalSetup {
    let own = |what: &str| {
        let digest = Sha256::digest(format!("{what} of portal {number}"));
        format!("mock-p{number}-{what}-{}", hex(&digest[..8]))
    };
    let mut setup = PortalSetup::default();
    setup.portal_id += u64::from(number);
    setup.app_id = (200_000 + u64::from(number)).to_string();
    setup.developer_key = own("developer-key");
    setup.access_token = own("access-token");
    setup.refresh_token = own("refresh-token");
    setup.client_id = own("client-id");
    setup.client_secret = own("client-secret");
    setup.authorization_code = own("authorization-code");
    setup.tokens.iter_mut().for_each(|token| token.token = own("private-app-token"));
    setup
}

/// What must be one portal's alone, by its name in a portal file.
pub(super) fn of_setup(setup: &PortalSetup) -> impl Iterator<Item = (&'static str, &str)> {
    let own = [
        ("developer_key", setup.developer_key.as_str()),
        ("access_token", &setup.access_token),
        ("refresh_token", &setup.refresh_token),
        ("authorization_code", &setup.authorization_code),
    ];
    own.into_iter().chain(setup.tokens.iter().map(|token| ("tokens", token.token.as_str())))
}

/// The same of its app.
pub(super) fn of_client(setup: &PortalSetup) -> impl Iterator<Item = (&'static str, &str)> {
    [("client_id", setup.client_id.as_str()), ("client_secret", &setup.client_secret)].into_iter()
}

pub(super) fn is_of(setup: &PortalSetup, value: &str) -> bool {
    of_setup(setup).chain(of_client(setup)).any(|(_, own)| own == value)
}

/// The first of a request's credentials that somebody knows: its bearer token, its developer key, a token in an OAuth path,
/// what an OAuth form or a body with `tokenKey` says.
pub(super) fn carried<T>(parts: &Parts, body: &[u8], known: impl Fn(&str) -> Option<T>) -> Option<T> {
    let bearer = parts.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let bearer = bearer.and_then(|value| value.trim().split_once(' ')).map(|(_, token)| token.trim());
    if let Some(found) = bearer.and_then(&known) {
        return Some(found);
    }
    let query = parts.uri.query().unwrap_or_default();
    let mut pairs = url::form_urlencoded::parse(query.as_bytes());
    if let Some(found) = pairs.find(|(name, _)| name == "hapikey").and_then(|(_, key)| known(&key)) {
        return Some(found);
    }
    let path = parts.uri.path();
    if !path.starts_with("/oauth/") {
        return None;
    }
    let last = path.rsplit('/').next().unwrap_or_default();
    let last: Cow<'_, str> = percent_encoding::percent_decode_str(last).decode_utf8_lossy();
    if let Some(found) = known(&last) {
        return Some(found);
    }
    let is_json =
        parts.headers.get(CONTENT_TYPE).is_some_and(|t| t.as_bytes().starts_with(b"application/json"));
    if is_json {
        let body: serde_json::Value = serde_json::from_slice(body).ok()?;
        return known(body["tokenKey"].as_str()?);
    }
    let form: Vec<_> = url::form_urlencoded::parse(body).collect();
    FIELDS.iter().find_map(|field| form.iter().find(|(name, _)| name == field).and_then(|(_, v)| known(v)))
}
