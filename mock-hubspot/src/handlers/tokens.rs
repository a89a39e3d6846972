//! New access tokens for a refresh token, with OAuth's own errors.

use super::{Answer, Asked};
use crate::auth::Strictness;
use crate::refusal::Refusal;
use crate::wire::Token;
use std::collections::HashMap;

const EXPIRES_IN: u64 = crate::portal::TOKEN_LIFETIME.as_secs();

pub(super) fn issue(asked: &Asked<'_>) -> Result<Answer, Refusal> {
    let form: HashMap<String, String> = url::form_urlencoded::parse(asked.body).into_owned().collect();
    let field = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
    if field("grant_type") != "refresh_token" {
        let message = "missing or unknown grant type";
        return Err(Refusal::oauth("unsupported_grant_type", "BAD_GRANT_TYPE", message));
    }
    let setup = asked.portal.setup();
    let wrong = |name: &str, right: &str| match asked.strictness {
        Strictness::Strict => field(name) != right,
        Strictness::Friendly => field(name).is_empty(),
    };
    if wrong("client_id", &setup.client_id) {
        return Err(Refusal::oauth("invalid_client", "BAD_CLIENT_ID", "missing or unknown client id"));
    }
    if wrong("client_secret", &setup.client_secret) {
        let message = "missing or invalid client secret";
        return Err(Refusal::oauth("invalid_client", "BAD_CLIENT_SECRET", message));
    }
    if wrong("refresh_token", &setup.refresh_token) {
        let message = "refresh token is invalid, expired or revoked";
        return Err(Refusal::oauth("invalid_grant", "BAD_REFRESH_TOKEN", message));
    }
    Ok(Answer::ok(&Token {
        access_token: asked.portal.issue_token(),
        refresh_token: field("refresh_token").to_owned(),
        expires_in: EXPIRES_IN,
        token_type: "bearer".into(),
    }))
}
