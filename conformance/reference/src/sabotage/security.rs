//! Lies that lead a client where it must not go.

use axum::http::Uri;
use http::{
    HeaderMap, StatusCode,
    header::{HOST, LOCATION},
};

use super::Lie;
use crate::{answer::Answer, server::App};

/// Sends the client elsewhere instead of answering.
pub(crate) fn spoil_recording(app: &App, answer: Answer, uri: &Uri, headers: &HeaderMap) -> Answer {
    let location = match app.config.lie {
        Some(Lie::SecurityLinkLocal) => "http://169.254.169.254/latest/recording".to_owned(),
        Some(Lie::SecurityLeavesHttps) if is_secure(app, headers) => format!("{}{uri}", app.public_url),
        Some(Lie::SecurityRedirectLoop) => format!("{}{uri}", app.public_url),
        _ => return answer,
    };
    let mut redirect = Answer::empty(StatusCode::FOUND);
    redirect.set(LOCATION, location);
    redirect
}

/// Whether a request came to the port where recordings are served over HTTPS.
fn is_secure(app: &App, headers: &HeaderMap) -> bool {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    app.recordings_url.strip_prefix("https://").is_some_and(|ours| host == Some(ours))
}
