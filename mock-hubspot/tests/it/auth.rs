//! Who may ask what.

use crate::client::{Client, call, mock, settings, strict};
use mock_hubspot::journal::Credential;

const CALLS: &str = "/crm/v3/objects/calls";
const SETTINGS: &str = "/crm/v3/extensions/calling/12345/settings/recording";
const NOT_FOUND: &str = "Authentication credentials not found. This API supports OAuth 2.0 authentication";

#[tokio::test]
async fn strictly_each_side_needs_its_own_credential() {
    let mock = strict().await;
    let setup = mock.portal().setup().clone();
    let portal = Client::of(&mock);
    let nobody = portal.with_token("");
    let stranger = portal.with_token("not-a-token");
    let developer = portal.with_token(&setup.developer_key);
    let url = r#"{"urlToRetrieveAuthedRecording":"https://e.x/%s"}"#;
    let body = call("c");
    let with_key = settings(&setup);
    let bad_key = with_key.replace(&setup.developer_key, "wrong-key");
    let rows = [
        (&nobody, "GET", CALLS, "", 401, NOT_FOUND),
        (
            &stranger,
            "GET",
            CALLS,
            "",
            401,
            "The OAuth token used to make this call expired 20543 day(s) ago.",
        ),
        (&developer, "POST", CALLS, body.as_str(), 403, "This app hasn't been granted all required scopes"),
        (&portal, "POST", CALLS, body.as_str(), 201, ""),
        (&nobody, "POST", SETTINGS, url, 401, NOT_FOUND),
        (&portal, "GET", SETTINGS, "", 401, NOT_FOUND),
        (&portal, "POST", SETTINGS, url, 401, "This API can't be called using an OAuth access token."),
        (&nobody, "POST", bad_key.as_str(), url, 401, "The API key provided is invalid."),
        (&developer, "POST", SETTINGS, url, 200, ""),
        (&nobody, "POST", with_key.as_str(), url, 200, ""),
        (
            &developer,
            "GET",
            "/crm/v3/extensions/calling/999/settings/recording",
            "",
            400,
            "doesn't match the account",
        ),
    ];
    for (client, method, path, body, status, message) in rows {
        let reply = client.send(method, path, body).await;
        assert_eq!(reply.status, status, "{method} {path} {}", reply.text);
        assert!(reply.text.contains(message), "{method} {path} {}", reply.text);
    }
    let kinds: Vec<Credential> = mock.journal().entries().iter().map(|e| e.credential).collect();
    assert_eq!(
        kinds,
        [
            Credential::None,
            Credential::Unknown,
            Credential::DeveloperToken,
            Credential::AccessToken,
            Credential::None,
            Credential::AccessToken,
            Credential::AccessToken,
            Credential::Unknown,
            Credential::DeveloperToken,
            Credential::DeveloperKey,
            Credential::DeveloperToken,
        ]
    );
}

#[tokio::test]
async fn friendly_any_or_no_credential_will_do_and_is_noted() {
    let mock = mock().await;
    let client = Client::of(&mock);
    for (token, credential) in [
        ("", Credential::None),
        ("anything", Credential::Unknown),
        (mock.portal().access_token().as_str(), Credential::AccessToken),
    ] {
        let reply = client.with_token(token).send("POST", CALLS, &call("c")).await;
        assert_eq!(reply.status, 201);
        assert_eq!(mock.journal().entries().pop().map(|e| e.credential), Some(credential));
    }
}

#[tokio::test]
async fn a_refresh_token_gives_new_access_tokens() {
    let mock = strict().await;
    let setup = mock.portal().setup().clone();
    let client = Client::of(&mock).with_token("");
    let form = |refresh: &str, secret: &str| {
        format!(
            "grant_type=refresh_token&refresh_token={refresh}&client_id={}&client_secret={secret}",
            setup.client_id
        )
    };
    let good = form(&setup.refresh_token, &setup.client_secret);
    let mut tokens = vec![setup.access_token.clone()];
    for path in ["/oauth/v1/token", "/oauth/v3/token", "/oauth/2026-03/token"] {
        let reply = client.try_send("POST", path, "application/x-www-form-urlencoded", &good).await;
        let reply = reply.expect("an answer").json();
        assert_eq!(reply["refresh_token"], setup.refresh_token.as_str());
        assert_eq!(reply["expires_in"], 1800);
        assert_eq!(reply["token_type"], "bearer");
        tokens.push(reply["access_token"].as_str().expect("text").to_owned());
    }
    assert_eq!(mock.portal().access_token(), tokens[3]);
    tokens.sort();
    tokens.dedup();
    assert_eq!(tokens.len(), 4);
    for token in &tokens {
        assert_eq!(client.with_token(token).get(CALLS).await.status, 200);
    }
    for (form, status) in [
        (form("other", &setup.client_secret), "BAD_REFRESH_TOKEN"),
        (form(&setup.refresh_token, "other"), "BAD_CLIENT_SECRET"),
        (good.replace("client_id=", "x="), "BAD_CLIENT_ID"),
        (good.replace("grant_type=", "x="), "BAD_GRANT_TYPE"),
    ] {
        let reply =
            client.try_send("POST", "/oauth/v1/token", "application/x-www-form-urlencoded", &form).await;
        let reply = reply.expect("an answer");
        assert_eq!((reply.status, reply.json()["status"].as_str()), (400, Some(status)));
        assert!(reply.json().get("correlationId").is_none());
    }
}
