//! What went wrong with a connection, in words that name no address and no library.

use std::error::Error;
use std::io::ErrorKind;
use std::time::Duration;

/// The cause, shortly.
pub(super) fn of(error: &(dyn Error + 'static)) -> String {
    if let Some(kind) = io_kind(error) {
        match kind {
            ErrorKind::ConnectionRefused => return "connection refused".into(),
            ErrorKind::ConnectionReset | ErrorKind::BrokenPipe | ErrorKind::ConnectionAborted => {
                return "the connection was reset".into();
            }
            _ => {}
        }
    }
    let all = chain(error);
    let deepest = all.last().cloned().unwrap_or_default();
    let says = |what: &str| all.iter().any(|text| text.contains(what));
    if deepest.starts_with("refused: ") {
        deepest
    } else if says("dns error") || says("failed to lookup") {
        format!("its host is not found: {deepest}")
    } else if says("connection closed before message completed") {
        "the connection was closed without an answer".into()
    } else if says("end of file before message length reached") || says("unexpected EOF during chunk") {
        "closed before the announced end".into()
    } else if says("message head is too large") {
        // The library says the same of a Content-Length that is beyond what can be counted.
        "the head of the answer, or its Content-Length, is too large".into()
    } else if says("invalid content-length") {
        "not HTTP: its Content-Length is no length, or there are several that differ".into()
    } else if says("invalid HTTP") || says("parsed") {
        format!("not HTTP: {deepest}")
    } else {
        deepest
    }
}

/// Whether the connection was closed before a byte of an answer came.
pub(super) fn is_closed(error: &(dyn Error + 'static)) -> bool {
    let before_answer =
        chain(error).iter().any(|text| text.contains("connection closed before message completed"));
    before_answer
        || io_kind(error)
            .is_some_and(|kind| matches!(kind, ErrorKind::ConnectionReset | ErrorKind::BrokenPipe))
}

/// A named wait, in seconds where they are whole.
pub(super) fn duration(wait: Duration) -> String {
    match (wait.as_secs(), wait.subsec_millis()) {
        (seconds, 0) => format!("{seconds} s"),
        _ => format!("{} ms", wait.as_millis()),
    }
}

/// The error and its sources: reqwest's own words name the URL, and are left out.
fn chain(error: &(dyn Error + 'static)) -> Vec<String> {
    let mut all: Vec<String> =
        causes(error).filter(|cause| !cause.is::<reqwest::Error>()).map(ToString::to_string).collect();
    if all.is_empty() {
        all.push("the request could not be made".into());
    }
    all
}

fn io_kind(error: &(dyn Error + 'static)) -> Option<ErrorKind> {
    causes(error).find_map(|cause| Some(cause.downcast_ref::<std::io::Error>()?.kind()))
}

fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}
