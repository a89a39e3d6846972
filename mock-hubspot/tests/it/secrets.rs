//! Secrets never reach the journal, wherever a request hides them.

use crate::client::{Client, http, mock};
use mock_hubspot::{MockHubSpot, Secrets};

#[tokio::test]
async fn a_canary_never_comes_out_of_the_journal() {
    let mock = mock().await;
    let client = Client::of(&mock).with_token("canary-bearer-1");
    let calls = "/crm/v3/objects/calls";
    client.get(&format!("{calls}?hapikey=canary-key-2&access_token=canary-query-3")).await;
    client.send("POST", calls, r#"{"properties":{"hs_timestamp":"1"},"clientSecret":"canary-json-4"}"#).await;
    client.send("POST", calls, r#"{"token":"canary-broken-5"#).await;
    client
        .send(
            "POST",
            calls,
            r#"{"properties":{"hs_call_recording_url":"https:\/\/u:canary-user-6@h\/x?sig=canary-sig-7"}}"#,
        )
        .await;
    client
        .send("POST", "/nowhere?next=https%3A%2F%2Fh%2F%3Ftoken%3Dcanary-nested-8", "password=canary-form-9")
        .await;
    client.send("POST", "/oauth/v1/token", "grant_type=refresh_token&refresh_token=canary-refresh-10&client_id=1&client_secret=canary-secret-11").await;
    let odd = http().post(format!("{}{calls}", mock.url()));
    let odd = odd.header("X-Api-Key", "canary-header-12").header("Cookie", "sid=canary-cookie-13");
    odd.header("Authorization", "canary-bare-14").body(vec![b'x', 0xff]).send().await.expect("an answer");
    let journal = client.get("/_mock/journal").await.text;
    assert!(!journal.contains("canary"), "{journal}");
    assert!(journal.contains("Bearer <secret:"), "{journal}");
}

#[tokio::test]
async fn the_portal_s_own_credentials_and_what_it_issues_stay_inside() {
    let mock = mock().await;
    let setup = mock.portal().setup().clone();
    let client = Client::of(&mock);
    let form = format!(
        "grant_type=refresh_token&refresh_token={}&client_id={}&client_secret={}",
        setup.refresh_token, setup.client_id, setup.client_secret
    );
    let reply = client.try_send("POST", "/oauth/v1/token", "application/x-www-form-urlencoded", &form).await;
    let issued = reply.expect("an answer").json()["access_token"].as_str().expect("text").to_owned();
    // Nowhere is a place for a token, so it has no name there that gives it away.
    let body = format!(
        r#"{{"properties":{{"hs_timestamp":"1","hs_call_title":"{issued} {}"}}}}"#,
        setup.access_token
    );
    client.send("POST", &format!("/crm/{}/x", setup.developer_key), &body).await;
    client.send("POST", "/crm/v3/objects/calls", &body).await;
    let journal = client.get("/_mock/journal").await.text;
    for secret in
        [&issued, &setup.access_token, &setup.refresh_token, &setup.client_secret, &setup.developer_key]
    {
        assert!(!journal.contains(secret.as_str()), "{secret} in {journal}");
    }
    assert_eq!(mock.secrets().cut_text(&issued), mock.secrets().cut_text(&issued));
}

#[tokio::test]
async fn what_the_runner_knows_is_cut_here_too() {
    let secrets = Secrets::new();
    secrets.know("the-runner's-canary");
    let mock = MockHubSpot::builder().secrets(secrets).start().await.expect("it starts");
    let client = Client::of(&mock);
    client.send("POST", "/x", "the-runner's-canary").await;
    assert!(!client.get("/_mock/journal").await.text.contains("canary"));
}
