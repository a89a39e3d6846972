//! Lies about the endpoint that hands out authenticated URLs, and about the authentication of those URLs.

use std::{io, sync::Arc, time::Duration};

use axum::http::Uri;
use http::{
    HeaderMap, Method, StatusCode,
    header::{ALLOW, AUTHORIZATION, CONTENT_TYPE, LOCATION, WWW_AUTHENTICATE},
};
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use super::{Lie, download::is_browser, media};
use crate::{answer::Answer, endpoint::Question, library::Recording, recording, server::App};

/// How long a slow endpoint takes.
const SLOW: Duration = Duration::from_millis(5500);
/// How large a padded answer is.
const PADDED: usize = 200 * 1024;

/// Makes what the lie will need, when a recording is kept.
pub(crate) fn prepare(app: &App, recording: &Recording) -> io::Result<()> {
    if app.config.lie == Some(Lie::AuthenticatedUrlOtherBytes) {
        let twin = app.library.keep_apart(recording, media::twin(&recording.file)?)?;
        app.tally.pair(&recording.key, &twin.key);
    }
    Ok(())
}

/// Misreads the question.
pub(crate) fn spoil_question(app: &App, mut question: Question, uri: &Uri) -> Question {
    match app.config.lie {
        Some(Lie::AuthenticatedUrlDecodesTwice) => {
            let twice = percent_decode_str(&question.external_id).decode_utf8_lossy().into_owned();
            question.external_id = twice;
        }
        Some(Lie::SettingsPlaceholderInQuery) => {
            let query = uri.query().unwrap_or_default().as_bytes();
            let id = url::form_urlencoded::parse(query).find(|(name, _)| name == "externalId");
            if let Some((_, id)) = id {
                question.external_id = id.into_owned();
            }
        }
        _ => {}
    }
    question
}

/// Refuses a question that should be answered.
pub(crate) fn refuse(app: &App, question: &Question, headers: &HeaderMap, below: &str) -> Option<Answer> {
    let place = |wanted: &str| question.names.iter().position(|name| name == wanted);
    let (status, why) = match app.config.lie? {
        Lie::SettingsOldUrlAfterMove if below.starts_with("/v2") => {
            (StatusCode::NOT_FOUND, "nothing is here")
        }
        Lie::AuthenticatedUrlFixedParameterOrder if place("externalAccountId") >= place("appId") => {
            (StatusCode::BAD_REQUEST, "externalAccountId comes first")
        }
        Lie::AuthenticatedUrlRefusesUnknownParameters
            if question.names.iter().any(|name| name != "externalAccountId" && name != "appId") =>
        {
            (StatusCode::BAD_REQUEST, "unknown parameter")
        }
        Lie::AuthenticatedUrlNeedsABrowser if !is_browser(headers) => {
            (StatusCode::FORBIDDEN, "open this page in a browser")
        }
        Lie::AuthenticatedUrlNeedsABearer if !headers.contains_key(AUTHORIZATION) => {
            (StatusCode::UNAUTHORIZED, "sign in first")
        }
        Lie::AuthenticatedUrlPostOnly => (StatusCode::METHOD_NOT_ALLOWED, "POST only"),
        Lie::AuthenticatedUrlSlashUnknown if question.external_id.contains('/') => {
            (StatusCode::NOT_FOUND, "no such recording")
        }
        _ => return None,
    };
    let mut answer = Answer::refusal(status, why);
    match status {
        StatusCode::UNAUTHORIZED => answer.set(WWW_AUTHENTICATE, "Bearer"),
        StatusCode::METHOD_NOT_ALLOWED => answer.set(ALLOW, "POST"),
        _ => {}
    }
    Some(answer)
}

/// Whether the question is taken for our own app's.
pub(crate) fn spoil_own_app(app: &App, question: &Question, honest: bool) -> bool {
    match app.config.lie {
        Some(Lie::AuthenticatedUrlIgnoresApp) => question.app_id.is_some(),
        Some(Lie::AuthenticatedUrlNeedsNoApp) => honest || question.app_id.is_none(),
        _ => honest,
    }
}

/// Finds a recording that is not the asker's.
pub(crate) fn spoil_found(
    app: &App,
    question: &Question,
    honest: Option<Arc<Recording>>,
) -> Option<Arc<Recording>> {
    let known = |recording: &Recording| recording.external_id == question.external_id;
    match app.config.lie {
        // An id that is known keeps its account; only the unknown ones are given what is somebody else's.
        Some(Lie::AuthenticatedUrlKnowsEveryId) if honest.is_none() => {
            if app.library.first(known).is_some() {
                None
            } else {
                app.library.first(|_| true)
            }
        }
        Some(Lie::AuthenticatedUrlIgnoresAccount) => app.library.first(known),
        _ => honest,
    }
}

/// Hands out the twin at every second time.
pub(crate) fn spoil_choice(app: &App, honest: Arc<Recording>) -> Arc<Recording> {
    let Some(twin) = app.tally.twin(&honest.key) else { return honest };
    if app.tally.ask(&honest.key).is_multiple_of(2) {
        app.library.with_key(&twin).unwrap_or(honest)
    } else {
        honest
    }
}

/// Spoils the answer that bears the URL.
pub(crate) async fn spoil_answer(app: &App, mut answer: Answer, recording: &Recording, url: &str) -> Answer {
    let json = |value: Value| Answer::json(StatusCode::OK, &value);
    let host_and_path = url.split_once("://").map_or(url, |(_, rest)| rest);
    match app.config.lie {
        Some(Lie::AuthenticatedUrlSnakeCaseMember) => json(json!({ "authenticated_url": url })),
        Some(Lie::AuthenticatedUrlNestedMember) => json(json!({ "data": { "authenticatedUrl": url } })),
        Some(Lie::AuthenticatedUrlNullUrl) => json(json!({ "authenticatedUrl": null })),
        Some(Lie::AuthenticatedUrlRelativeUrl) => {
            json(json!({ "authenticatedUrl": url.strip_prefix(&app.public_url) }))
        }
        Some(Lie::AuthenticatedUrlProtocolRelative) => {
            json(json!({ "authenticatedUrl": format!("//{host_and_path}") }))
        }
        Some(Lie::AuthenticatedUrlStreamsTheAudio) => {
            recording::plan(app, recording, &Method::GET, &HeaderMap::new())
        }
        Some(Lie::AuthenticatedUrlRedirects) => {
            let mut redirect = Answer::empty(StatusCode::FOUND);
            redirect.set(LOCATION, url);
            redirect
        }
        Some(Lie::AuthenticatedUrlHtmlPage) => {
            let page =
                "<!doctype html>\n<title>Recording</title>\n<p>Sign in to listen to this recording.</p>\n";
            Answer::text(StatusCode::OK, "text/html", page)
        }
        Some(Lie::AuthenticatedUrlHtmlType) => {
            answer.set(CONTENT_TYPE, "text/html");
            answer
        }
        Some(Lie::AuthenticatedUrlPaddedAnswer) => {
            json(json!({ "authenticatedUrl": url, "padding": "x".repeat(PADDED) }))
        }
        Some(Lie::AuthenticatedUrlSlow) => {
            if app.tally.ask(&recording.key) <= 3 {
                tokio::time::sleep(SLOW).await;
            }
            answer
        }
        Some(Lie::AuthenticatedUrlOnlyOnce) if app.tally.ask(&recording.key) > 2 => {
            Answer::refusal(StatusCode::GONE, "the URL was handed out before")
        }
        _ => answer,
    }
}

/// Whether a signature is accepted.
pub(crate) fn spoil_allowed(app: &App, honest: bool, genuine: &str, given: &str) -> bool {
    match app.config.lie {
        Some(Lie::AuthenticatedUrlUnsigned) => true,
        Some(Lie::AuthenticatedUrlSignaturePrefix) => given.get(..4) == genuine.get(..4),
        _ => honest,
    }
}
