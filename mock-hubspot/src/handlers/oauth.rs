//! Tokens: issued for a code or a refresh token, looked at, revoked; with OAuth's own errors.

use super::decode::Json;
use super::members::Members;
use super::{Answer, Asked};
use crate::auth::Strictness;
use crate::portal::{Bearer, TOKEN_LIFETIME, TokenKind};
use crate::refusal::Refusal;
use crate::wire::Token;
use serde_json::{Value, json};
use std::collections::HashMap;

const EXPIRES_IN: u64 = TOKEN_LIFETIME.as_secs();
const BAD_REFRESH_TOKEN: &str = "refresh token is invalid, expired or revoked";

/// The fields of a form.
struct Form(HashMap<String, String>);

impl Form {
    fn of(asked: &Asked<'_>) -> Self {
        Self(url::form_urlencoded::parse(asked.body).into_owned().collect())
    }

    fn field(&self, name: &str) -> &str {
        self.0.get(name).map(String::as_str).unwrap_or_default()
    }

    /// Strictly the right value, else any.
    fn is_wrong(&self, asked: &Asked<'_>, name: &str, right: &str) -> bool {
        match asked.strictness {
            Strictness::Strict => self.field(name) != right,
            Strictness::Friendly => self.field(name).is_empty(),
        }
    }

    /// Whether the app says who it is.
    fn client(&self, asked: &Asked<'_>) -> Result<(), Refusal> {
        let setup = asked.portal.setup();
        if self.is_wrong(asked, "client_id", &setup.client_id) {
            return Err(Refusal::oauth("invalid_client", "BAD_CLIENT_ID", "missing or unknown client id"));
        }
        if self.is_wrong(asked, "client_secret", &setup.client_secret) {
            let message = "missing or invalid client secret";
            return Err(Refusal::oauth("invalid_client", "BAD_CLIENT_SECRET", message));
        }
        Ok(())
    }
}

fn bad_refresh_token() -> Refusal {
    Refusal::oauth("invalid_grant", "BAD_REFRESH_TOKEN", BAD_REFRESH_TOKEN)
}

pub(super) fn issue(asked: &Asked<'_>) -> Result<Answer, Refusal> {
    let form = Form::of(asked);
    let setup = asked.portal.setup();
    let refresh_token = match form.field("grant_type") {
        "refresh_token" => {
            form.client(asked)?;
            let given = form.field("refresh_token");
            // A revoked one is dead even where any other would do.
            if form.is_wrong(asked, "refresh_token", &setup.refresh_token) || asked.portal.is_revoked(given) {
                return Err(bad_refresh_token());
            }
            given
        }
        "authorization_code" => {
            form.client(asked)?;
            exchange(asked, &form)?;
            &setup.refresh_token
        }
        _ => {
            let message = "missing or unknown grant type";
            return Err(Refusal::oauth("unsupported_grant_type", "BAD_GRANT_TYPE", message));
        }
    };
    let issued = asked.portal.issue_token();
    let mut token = serde_json::to_value(Token {
        access_token: issued.clone(),
        refresh_token: refresh_token.to_owned(),
        expires_in: EXPIRES_IN,
        token_type: "bearer".into(),
    })
    .unwrap_or_default();
    // The newest specification tells more.
    if !asked.route.template.starts_with("/oauth/v1/") {
        token["token_use"] = "access_token".into();
        token["hub_id"] = setup.portal_id.into();
        token["user_id"] = user(asked).0.into();
        token["scopes"] = setup.scopes.clone().into();
    }
    Ok(Answer { issued: Some(issued), ..Answer::ok(&token) })
}

fn exchange(asked: &Asked<'_>, form: &Form) -> Result<(), Refusal> {
    let setup = asked.portal.setup();
    let redirect = form.field("redirect_uri");
    let foreign = asked.strictness == Strictness::Strict
        && !setup.redirect_uri.is_empty()
        && redirect != setup.redirect_uri;
    if redirect.is_empty() || foreign {
        let message = "missing or invalid redirect uri";
        return Err(Refusal::oauth("invalid_grant", "BAD_REDIRECT_URI", message));
    }
    let strict = asked.strictness == Strictness::Strict;
    let wrong = form.is_wrong(asked, "code", &setup.authorization_code);
    if wrong || (strict && !asked.portal.use_code(form.field("code"))) {
        return Err(Refusal::oauth("invalid_grant", "BAD_AUTH_CODE", "missing or unknown auth code"));
    }
    Ok(())
}

/// The user who installed the app: the first owner.
fn user(asked: &Asked<'_>) -> (u64, String) {
    asked.portal.owners().into_iter().next().map(|o| (o.user_id, o.email)).unwrap_or_default()
}

fn app_id(asked: &Asked<'_>) -> i64 {
    asked.portal.setup().app_id.parse().unwrap_or_default()
}

fn hub_domain(asked: &Asked<'_>) -> String {
    format!("portal-{}.example", asked.portal.setup().portal_id)
}

pub(super) fn access_token(asked: &Asked<'_>) -> Result<Answer, Refusal> {
    let token = asked.param("token");
    let alive = matches!(asked.portal.bearer(token), Bearer::Access { .. });
    let grant = asked.portal.grant(token).filter(|g| alive && g.kind == TokenKind::OAuth);
    let (Some(grant), Some(left)) = (grant, asked.portal.token_left(token)) else {
        return Err(Refusal::not_found());
    };
    let (user_id, email) = user(asked);
    Ok(Answer::ok(&json!({
        "token": token,
        "user": email,
        "hub_domain": hub_domain(asked),
        "scopes": &*grant.scopes,
        "hub_id": asked.portal.setup().portal_id,
        "app_id": app_id(asked),
        "expires_in": left.as_secs(),
        "user_id": user_id,
        "token_type": "access",
        "is_private_distribution": false,
    })))
}

pub(super) fn refresh_token(asked: &Asked<'_>) -> Result<Answer, Refusal> {
    let token = asked.param("token");
    if !asked.portal.is_refresh_token(token) {
        return Err(bad_refresh_token());
    }
    let setup = asked.portal.setup();
    let (user_id, email) = user(asked);
    Ok(Answer::ok(&json!({
        "token": token,
        "user": email,
        "hub_domain": hub_domain(asked),
        "scopes": setup.scopes,
        "hub_id": setup.portal_id,
        "client_id": setup.client_id,
        "user_id": user_id,
        "token_type": "refresh",
    })))
}

pub(super) fn delete_refresh_token(asked: &Asked<'_>) -> Result<Answer, Refusal> {
    let token = asked.param("token");
    if asked.strictness == Strictness::Strict && !asked.portal.is_refresh_token(token) {
        return Err(bad_refresh_token());
    }
    asked.portal.revoke(token);
    Ok(Answer::no_content())
}

/// Access tokens that were issued live on.
pub(super) fn revoke(asked: &Asked<'_>) -> Result<Answer, Refusal> {
    let form = Form::of(asked);
    form.client(asked)?;
    let token = form.field("token");
    if token.is_empty() {
        return Err(Refusal::oauth("invalid_request", "BAD_TOKEN", "missing token"));
    }
    asked.portal.revoke(token);
    Ok(Answer::ok(&json!({})))
}

pub(super) fn introspect(asked: &Asked<'_>) -> Result<Answer, Refusal> {
    let form = Form::of(asked);
    form.client(asked)?;
    let token = form.field("token");
    let setup = asked.portal.setup();
    let about = |used: &str, scopes: &[String]| {
        json!({
            "active": true,
            "token_use": used,
            "token_type": "bearer",
            "client_id": setup.client_id,
            "hub_id": setup.portal_id,
            "app_id": app_id(asked),
            "user_id": user(asked).0,
            "scopes": scopes,
        })
    };
    let alive = matches!(asked.portal.bearer(token), Bearer::Access { .. });
    let shown = match (asked.portal.grant(token).filter(|_| alive), asked.portal.token_left(token)) {
        (Some(grant), Some(left)) => {
            let mut shown = about("access_token", &grant.scopes);
            shown["expires_in"] = left.as_secs().into();
            shown
        }
        _ if asked.portal.is_refresh_token(token) => about("refresh_token", &setup.scopes),
        _ => json!({ "active": false }),
    };
    Ok(Answer::ok(&shown))
}

pub(super) fn private_app(asked: &Asked<'_>) -> Result<Answer, Refusal> {
    let json = Json::of(asked)?;
    let members = Members::of(&json, "TokenKeyRequest")?;
    members.require(&["tokenKey"])?;
    let token = members.text("tokenKey")?.unwrap_or_default();
    let grant = asked.portal.grant(token).filter(|g| g.kind == TokenKind::PrivateApp);
    let scopes: Vec<String> = grant.ok_or_else(Refusal::not_found)?.scopes.to_vec();
    let shown: Value = json!({
        "userId": user(asked).0,
        "hubId": asked.portal.setup().portal_id,
        "appId": app_id(asked),
        "scopes": scopes,
    });
    Ok(Answer::ok(&shown))
}
