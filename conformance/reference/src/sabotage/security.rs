//! Lies that lead a client where it must not go.

use axum::http::Uri;
use http::{StatusCode, header::LOCATION};

use super::Lie;
use crate::{answer::Answer, server::App};

/// Sends the client elsewhere instead of answering.
pub(crate) fn spoil_recording(app: &App, answer: Answer, uri: &Uri) -> Answer {
    let location = match app.config.lie {
        Some(Lie::SecurityLinkLocal) => "http://169.254.169.254/latest/recording".to_owned(),
        Some(Lie::SecurityRedirectLoop) => format!("{}{uri}", app.public_url),
        _ => return answer,
    };
    let mut redirect = Answer::empty(StatusCode::FOUND);
    redirect.set(LOCATION, location);
    redirect
}
