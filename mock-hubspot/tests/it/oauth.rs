//! Tokens: issued, looked at, revoked; what they are good for.

use crate::client::{Client, call, mock, strict};
use mock_hubspot::{MockHubSpot, PortalSetup, TokenKind, TokenSetup};
use serde_json::json;

const CALLS: &str = "/crm/v3/objects/calls";

fn form(setup: &PortalSetup, more: &str) -> String {
    format!("client_id={}&client_secret={}&{more}", setup.client_id, setup.client_secret)
}

#[tokio::test]
async fn a_code_is_exchanged_once_and_only_with_the_right_company() {
    let setup = PortalSetup { redirect_uri: "https://e.x/cb".into(), ..PortalSetup::default() };
    let builder = MockHubSpot::builder().strict(true).portal(setup.clone());
    let mock = builder.start().await.expect("it starts");
    let client = Client::of(&mock).with_token("");
    let good = form(
        &setup,
        &format!(
            "grant_type=authorization_code&code={}&redirect_uri=https%3A%2F%2Fe.x%2Fcb",
            setup.authorization_code
        ),
    );
    for (form, status) in [
        (good.replace("e.x", "evil.x"), "BAD_REDIRECT_URI"),
        (good.replace("&redirect_uri=", "&x="), "BAD_REDIRECT_URI"),
        (good.replace(&setup.authorization_code, "other"), "BAD_AUTH_CODE"),
        (good.replace(&setup.client_secret, "other"), "BAD_CLIENT_SECRET"),
        (good.replace("authorization_code&", "password&"), "BAD_GRANT_TYPE"),
    ] {
        let reply = client.form("/oauth/v1/token", &form).await;
        assert_eq!((reply.status, reply.json()["status"].as_str()), (400, Some(status)), "{form}");
        let members: Vec<String> = reply.json().as_object().expect("an object").keys().cloned().collect();
        assert_eq!(members, ["error", "error_description", "status", "message"]);
    }
    let reply = client.form("/oauth/v3/token", &good).await.json();
    assert_eq!((&reply["expires_in"], &reply["hub_id"]), (&json!(1800), &json!(62_515)));
    let token = reply["access_token"].as_str().expect("a token").to_owned();
    assert_eq!(client.with_token(&token).get(CALLS).await.status, 200);
    assert_eq!(client.form("/oauth/v1/token", &good).await.json()["status"], "BAD_AUTH_CODE", "it was used");
    let journal = client.get("/_mock/journal").await.text;
    assert!(!journal.contains(&setup.authorization_code) && !journal.contains(&token));
}

#[tokio::test]
async fn tokens_can_be_looked_at() {
    let mock = strict().await;
    let setup = mock.portal().setup().clone();
    let client = Client::of(&mock).with_token("");
    let refresh = form(&setup, &format!("grant_type=refresh_token&refresh_token={}", setup.refresh_token));
    let reply = client.form("/oauth/v1/token", &refresh).await.json();
    let token = reply["access_token"].as_str().expect("a token");
    let info = client.get(&format!("/oauth/v1/access-tokens/{token}")).await.json();
    assert_eq!((&info["token"], &info["token_type"]), (&json!(token), &json!("access")));
    assert_eq!((&info["hub_id"], &info["app_id"]), (&json!(62_515), &json!(12_345)));
    assert!(info["expires_in"].as_u64().is_some_and(|s| (1790..=1800).contains(&s)), "{info}");
    let info = client.get(&format!("/oauth/v1/refresh-tokens/{}", setup.refresh_token)).await.json();
    assert_eq!(info["client_id"], json!(setup.client_id));
    for (token, active, used) in
        [(token, true, "access_token"), (&setup.refresh_token, true, "refresh_token"), ("other", false, "")]
    {
        let body = form(&setup, &format!("token={token}"));
        for path in ["/oauth/v3/token/introspect", "/oauth/2026-03/token/introspect"] {
            let shown = client.form(path, &body).await.json();
            assert_eq!(
                (&shown["active"], shown["token_use"].as_str().unwrap_or_default()),
                (&json!(active), used)
            );
        }
    }
    let private = &setup.tokens[0].token;
    let path = "/oauth/v2/private-apps/get/access-token-info";
    let info = client.send("POST", path, &json!({ "tokenKey": private }).to_string()).await.json();
    assert_eq!((&info["hubId"], &info["userId"]), (&json!(62_515), &json!(9071)));
    let unknown = "a-token-of-somebody-else-0123456789";
    assert_eq!(client.send("POST", path, &json!({ "tokenKey": unknown }).to_string()).await.status, 404);
    assert_eq!(client.get("/oauth/v1/access-tokens/other").await.status, 404);
    assert_eq!(client.get("/oauth/v1/refresh-tokens/other").await.json()["status"], "BAD_REFRESH_TOKEN");
    let journal = client.get("/_mock/journal").await.text;
    for secret in [token, private, &setup.refresh_token, unknown] {
        assert!(!journal.contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn a_revoked_refresh_token_is_dead_and_what_it_gave_lives_on() {
    for delete in [true, false] {
        let mock = mock().await;
        let setup = mock.portal().setup().clone();
        let client = Client::of(&mock).with_token("");
        let refresh =
            form(&setup, &format!("grant_type=refresh_token&refresh_token={}", setup.refresh_token));
        let reply = client.form("/oauth/v1/token", &refresh).await.json();
        let token = reply["access_token"].as_str().expect("a token").to_owned();
        let which = form(&setup, &format!("token={}", setup.refresh_token));
        if delete {
            let path = format!("/oauth/v1/refresh-tokens/{}", setup.refresh_token);
            assert_eq!(client.send("DELETE", &path, "").await.status, 204);
        } else {
            assert_eq!(client.form("/oauth/v3/token/revoke", &which).await.status, 200);
        }
        for path in ["/oauth/v1/token", "/oauth/v3/token", "/oauth/2026-03/token"] {
            let dead = client.form(path, &refresh).await;
            assert_eq!(
                (dead.status, dead.text.as_str()),
                (
                    400,
                    r#"{"error":"invalid_grant","error_description":"refresh token is invalid, expired or revoked","status":"BAD_REFRESH_TOKEN","message":"refresh token is invalid, expired or revoked"}"#
                )
            );
        }
        assert_eq!(client.form("/oauth/v3/token/introspect", &which).await.text, r#"{"active":false}"#);
        let path = format!("/oauth/v1/access-tokens/{token}");
        assert_eq!(client.get(&path).await.status, 200, "the access token lives on");
    }
}

fn token(token: &str, kind: TokenKind, scopes: &[&str]) -> TokenSetup {
    TokenSetup { token: token.into(), kind, scopes: scopes.iter().map(|s| (*s).to_owned()).collect() }
}

#[tokio::test]
async fn strictly_a_token_needs_the_scope_of_what_it_asks() {
    let tokens = vec![
        token("only-reads-contacts", TokenKind::PrivateApp, &["crm.objects.contacts.read"]),
        token("only-tickets-here", TokenKind::OAuth, &["tickets"]),
        token("only-owners-here", TokenKind::OAuth, &["crm.objects.owners.read"]),
        token("sensitive-writer", TokenKind::OAuth, &["crm.objects.contacts.sensitive.write.v2"]),
        token("developer-reads", TokenKind::Developer, &["developers-read"]),
        token("oauth-developer", TokenKind::OAuth, &["developers-read", "developers-write"]),
        token("private-developer", TokenKind::PrivateApp, &["developers-read", "developers-write"]),
    ];
    let setup = PortalSetup { tokens, ..PortalSetup::default() };
    let builder = MockHubSpot::builder().strict(true).retrieval(false).portal(setup);
    let mock = builder.start().await.expect("it starts");
    let client = Client::of(&mock);
    client.log_call("c").await;
    let recording = "/crm/v3/extensions/calling/12345/settings/recording";
    let url = r#"{"urlToRetrieveAuthedRecording":"https://e.x/%s"}"#;
    let ready = "/crm/v3/extensions/calling/recordings/ready";
    let transcripts = "/crm/v3/extensions/calling/transcripts";
    let id = r#"{"engagementId":1001}"#;
    let call = call("d");
    let rows = [
        ("only-reads-contacts", "GET", CALLS, "", 200, ""),
        ("only-reads-contacts", "POST", CALLS, call.as_str(), 403, "crm.objects.contacts.write"),
        ("only-reads-contacts", "GET", "/crm/v3/objects/companies", "", 403, "crm.objects.companies.read"),
        ("only-reads-contacts", "GET", "/crm/v3/owners/", "", 403, "crm.objects.owners.read"),
        ("only-reads-contacts", "POST", ready, id, 403, "crm.objects.contacts.highly_sensitive.write.v2"),
        ("only-reads-contacts", "POST", transcripts, id, 403, "crm.extensions_calling_transcripts.write"),
        (
            "only-reads-contacts",
            "POST",
            "/crm/v4/associations/deals/calls/batch/read",
            "{}",
            403,
            "crm.objects.deals.read",
        ),
        ("only-reads-contacts", "POST", "/crm/v4/associations/calls/deals/batch/read", "{}", 400, ""),
        ("only-tickets-here", "GET", "/crm/v3/objects/tickets/401", "", 200, ""),
        ("only-owners-here", "GET", "/crm/extensions/calling/v3/connection-statuses/me", "", 200, ""),
        ("sensitive-writer", "POST", ready, id, 204, ""),
        ("developer-reads", "POST", recording, url, 403, "developers-write"),
        ("oauth-developer", "POST", recording, url, 200, ""),
        ("developer-reads", "GET", recording, "", 200, ""),
        (
            "private-developer",
            "POST",
            recording,
            url,
            401,
            "This API can't be called using an OAuth access token.",
        ),
        ("private-developer", "GET", recording, "", 401, "Authentication credentials not found."),
        (
            "only-tickets-here",
            "DELETE",
            "/crm/v3/extensions/calling/12345/settings",
            "",
            401,
            "This API can't",
        ),
    ];
    for (token, method, path, body, status, words) in rows {
        let reply = client.with_token(token).send(method, path, body).await;
        assert_eq!(reply.status, status, "{token} {method} {path} {}", reply.text);
        assert!(reply.text.contains(words), "{token} {method} {path} {}", reply.text);
        if status == 403 {
            let shown = reply.json();
            assert_eq!(shown["category"], "MISSING_SCOPES");
            let scopes = &shown["errors"][0]["context"]["requiredGranularScopes"];
            assert!(scopes.as_array().expect("a list").contains(&json!(words)), "{scopes}");
        }
    }
}

#[tokio::test]
async fn what_is_not_known_of_credentials_is_a_switch() {
    for (switch, token, path, body, friendly, otherwise) in [
        ("settings-token=forbidden", 0, "/crm/v3/extensions/calling/12345/settings", "{}", 401, 403),
        ("private-app-calls=refuse", 1, "/crm/v3/extensions/calling/recordings/ready", "{}", 400, 401),
        ("foreign-app=not-found", 2, "/crm/v3/extensions/calling/7/settings", "{}", 400, 404),
    ] {
        for (pairs, expected) in [(vec![], friendly), (vec![switch], otherwise)] {
            let switches = mock_hubspot::Switches::from_pairs(pairs).expect("a switch");
            let builder = MockHubSpot::builder().strict(true).switches(switches);
            let mock = builder.start().await.expect("it starts");
            let setup = mock.portal().setup().clone();
            let tokens = [&setup.access_token, &setup.tokens[0].token, &setup.developer_key];
            let reply = Client::of(&mock).with_token(tokens[token]).send("POST", path, body).await;
            assert_eq!(reply.status, expected, "{switch} {}", reply.text);
        }
    }
}
