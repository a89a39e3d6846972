//! An integration that says more than it is asked, secrets among it: in headers, cookies, bodies, addresses and its own log.
//!
//! HubSpot does not mind, and neither may the kit; but nothing of it may stand in anything that the kit writes.

use axum::response::Response;
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};

use super::Choice;

/// What nobody must ever read again, each in a place of its own.
pub static SECRETS: [&str; 17] = [
    "canary-cookie-of-an-answer-a1",
    "canary-api-key-of-an-answer-b2",
    "canary-auth-token-of-an-answer-c3",
    "canary-bearer-of-an-answer-d4",
    "canary-access-token-of-a-body-e5",
    "canary-refresh-token-of-a-body-f6",
    "canary-client-secret-of-a-body-g7",
    "canary-password-of-an-address-h8",
    "canary-signature-of-an-address-i9",
    "canary-cookie-of-a-request-j10",
    "canary-api-key-of-a-request-k11",
    "canary-token-in-a-note-l12",
    "canary-client-secret-of-stdout-m13",
    "canary-bearer-of-stderr-n14",
    "canary-refresh-token-of-json-on-stdout-o15",
    "canary-signature-of-an-address-on-stderr-p16",
    "canary-session-of-stdout-q17",
];

fn talks(choice: Option<Choice>) -> bool {
    choice == Some(Choice::Talkative)
}

/// What it says of itself when it starts.
pub(crate) fn log(choice: Option<Choice>) {
    if !talks(choice) {
        return;
    }
    let [.., client, bearer, refresh, signature, session] = SECRETS;
    println!("client_secret={client}");
    println!("{}", json!({ "level": "debug", "token": { "refresh_token": refresh } }));
    println!("< Set-Cookie: session={session}; Path=/");
    eprintln!("> Authorization: Bearer {bearer}");
    eprintln!("fetching https://cdn.example/r1.wav?X-Amz-Expires=60&X-Amz-Signature={signature}");
}

/// Headers of its requests.
pub(crate) fn of_requests(choice: Option<Choice>) -> HeaderMap {
    let mut headers = HeaderMap::new();
    if talks(choice) {
        add(&mut headers, "cookie", &format!("theme=dark; sid={}", SECRETS[9]));
        add(&mut headers, "x-api-key", SECRETS[10]);
    }
    headers
}

/// Headers of its answers.
pub(crate) fn of_answers(choice: Option<Choice>, mut answer: Response) -> Response {
    if talks(choice) {
        let headers = answer.headers_mut();
        add(headers, "set-cookie", &format!("session={}; Path=/; HttpOnly", SECRETS[0]));
        add(headers, "x-api-key", SECRETS[1]);
        add(headers, "x-auth-token", SECRETS[2]);
        add(headers, "authorization", &format!("Bearer {}", SECRETS[3]));
    }
    answer
}

/// Further members of the endpoint's answer.
pub(crate) fn members(choice: Option<Choice>, body: &mut Value) {
    if talks(choice) {
        body["access_token"] = json!(SECRETS[4]);
        body["debug"] = json!({ "refreshToken": SECRETS[5], "oauth": [{ "client_secret": SECRETS[6] }] });
        body["source"] = json!(format!("https://user:{}@cdn.example/r1.wav?sig={}", SECRETS[7], SECRETS[8]));
    }
}

/// What a person might have noted about the call.
pub(crate) fn note(choice: Option<Choice>, body: &mut Value) {
    if talks(choice) {
        body["properties"]["hs_call_body"] =
            json!(format!("See https://app.example/calls/1?token={}", SECRETS[11]));
    }
}

fn add(headers: &mut HeaderMap, name: &'static str, value: &str) {
    let value = HeaderValue::from_str(value).expect("letters, digits and signs");
    headers.append(HeaderName::from_static(name), value);
}
