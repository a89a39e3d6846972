//! The endpoint that HubSpot asks for an authenticated URL (guide §1). It answers with JSON that names the recording's
//! URL; it is never the recording itself.

use axum::http::Uri;
use http::{HeaderMap, StatusCode};
use percent_encoding::percent_decode_str;
use serde_json::json;

use crate::{answer::Answer, sabotage, server::App, variant};

/// What HubSpot asks.
#[derive(Debug)]
pub(crate) struct Question {
    pub(crate) external_id: String,
    pub(crate) account_id: Option<String>,
    pub(crate) app_id: Option<String>,
    /// The names of all parameters, in their order.
    pub(crate) names: Vec<String>,
}

impl Question {
    /// Reads a question asked below this path. The rest of the path is the external id, percent-encoded once; a slash in
    /// it comes as `%2F`, and may come as it is.
    pub(crate) fn read(uri: &Uri, below: &str) -> Option<Self> {
        let raw = uri.path().strip_prefix(below)?;
        let external_id = percent_decode_str(raw.strip_prefix('/').unwrap_or(raw)).decode_utf8().ok()?;
        let mut question =
            Self { external_id: external_id.into_owned(), account_id: None, app_id: None, names: Vec::new() };
        for (name, value) in url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()) {
            match &*name {
                "externalAccountId" => question.account_id = Some(value.into_owned()),
                "appId" => question.app_id = Some(value.into_owned()),
                _ => {}
            }
            question.names.push(name.into_owned());
        }
        Some(question)
    }
}

/// Answers a question: only this app, only the account that the recording belongs to.
pub(crate) async fn answer(app: &App, uri: &Uri, headers: &HeaderMap, below: &str) -> Answer {
    let Some(question) = Question::read(uri, below) else {
        return Answer::refusal(StatusCode::NOT_FOUND, "no such recording");
    };
    let question = sabotage::authenticated_url::spoil_question(app, question, uri);
    if let Some(refusal) = sabotage::authenticated_url::refuse(app, &question, headers, below) {
        return refusal;
    }
    let own_app = question.app_id.as_ref() == Some(&app.config.app_id);
    if !sabotage::authenticated_url::spoil_own_app(app, &question, own_app) {
        return Answer::refusal(StatusCode::FORBIDDEN, "this is another app's recording");
    }
    let account_id = question.account_id.as_deref().unwrap_or_default();
    let recording = app.library.of_call(&question.external_id, account_id);
    let Some(recording) = sabotage::authenticated_url::spoil_found(app, &question, recording) else {
        return Answer::refusal(StatusCode::NOT_FOUND, "no such recording");
    };
    let recording = sabotage::authenticated_url::spoil_choice(app, recording);
    sabotage::delivery::hand_out(app);
    let query = sabotage::delivery::spoil_query(
        app,
        app.signer.query(&recording.key, recording.duration),
        &recording.key,
    );
    let url = format!("{}/recordings/{}?{query}", app.recordings_url, recording.key);
    let body = variant::story::shape_answer(app.config.variant, json!({ "authenticatedUrl": url }));
    let answer = Answer::json(StatusCode::OK, &body);
    sabotage::authenticated_url::spoil_answer(app, answer, &recording, &url).await
}

#[cfg(test)]
mod tests {

    use super::*;

    #[test]
    fn the_external_id_is_decoded_exactly_once() {
        for (raw, id) in [
            ("test-call-01", "test-call-01"),
            ("a%20b", "a b"),
            ("a+b", "a+b"),
            ("50%25", "50%"),
            ("%252F", "%2F"),
            ("caf%C3%A9", "café"),
            ("a%23b", "a#b"),
            ("a%2Fb", "a/b"),
            ("a/b", "a/b"),
        ] {
            let uri = format!("/retrieve/recording/{raw}?appId=1&externalAccountId=a%20b").parse().unwrap();
            let question = Question::read(&uri, "/retrieve/recording").unwrap();
            assert_eq!(question.external_id, id);
            assert_eq!(question.account_id.as_deref(), Some("a b"));
            assert_eq!(question.names, ["appId", "externalAccountId"]);
        }
    }
}
