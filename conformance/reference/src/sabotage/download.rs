//! Lies about how the recording is delivered, whole or in part.

use std::{sync::OnceLock, time::Duration, time::SystemTime};

use http::{
    HeaderMap, HeaderName, StatusCode,
    header::{
        CONTENT_DISPOSITION, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, USER_AGENT,
        X_CONTENT_TYPE_OPTIONS,
    },
};

use super::Lie;
use crate::{
    answer::{Answer, Segment},
    library::{Recording, Validators},
    server::App,
};

/// How many bytes a download that is cut short still owes.
const OWED: u64 = 1000;

/// A refusal of what should be served.
pub(crate) fn refuse(app: &App, recording: &Recording, headers: &HeaderMap) -> Option<Answer> {
    match app.config.lie? {
        Lie::DownloadNotFound => Some(Answer::refusal(StatusCode::NOT_FOUND, "no such recording")),
        Lie::ReadyTooEarly if app.tally.fetch(&recording.key) <= 1 => {
            Some(Answer::refusal(StatusCode::NOT_FOUND, "the recording is being written"))
        }
        Lie::DownloadNeedsABrowser if !is_browser(headers) => {
            Some(Answer::refusal(StatusCode::FORBIDDEN, "open this page in a browser"))
        }
        _ => None,
    }
}

/// Whether the client says that it is a browser.
pub(crate) fn is_browser(headers: &HeaderMap) -> bool {
    headers.get(USER_AGENT).is_some_and(|agent| agent.as_bytes().starts_with(b"Mozilla/"))
}

/// Validators that are none. They stay the same and are compared as they are sent, so that this is all that is wrong.
pub(crate) fn spoil_validators(app: &App, mut validators: Validators) -> Validators {
    static TOMORROW: OnceLock<SystemTime> = OnceLock::new();
    match app.config.lie {
        Some(Lie::DownloadUnquotedEtag) => validators.etag = validators.etag.replace('"', ""),
        Some(Lie::DownloadModifiedInFuture) => {
            validators.modified = *TOMORROW.get_or_init(|| {
                let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
                SystemTime::UNIX_EPOCH + Duration::from_secs(now.as_secs()) + Duration::from_hours(24)
            });
        }
        _ => {}
    }
    validators
}

/// Spoils an answer that bears a recording; `unasked` when no range of it was asked for.
pub(crate) fn spoil_answer(lie: Option<Lie>, mut answer: Answer, unasked: bool) -> Answer {
    let Some(lie) = lie else { return answer };
    if lie == Lie::DownloadGzipAlways {
        answer.set(CONTENT_ENCODING, "gzip");
    }
    if !answer.status.is_success() {
        return answer;
    }
    match lie {
        Lie::DownloadTextType => answer.set(CONTENT_TYPE, "text/html"),
        Lie::DownloadJsonType => answer.set(CONTENT_TYPE, "application/json"),
        Lie::DownloadMpegType => answer.set(CONTENT_TYPE, "audio/mpeg"),
        Lie::DownloadAudioType => answer.set(CONTENT_TYPE, "audio/wav"),
        Lie::DownloadTypeChanges if answer.status == StatusCode::PARTIAL_CONTENT => {
            answer.set(CONTENT_TYPE, "audio/wav");
        }
        Lie::DownloadNosniffText => {
            answer.set(CONTENT_TYPE, "text/plain");
            answer.set(X_CONTENT_TYPE_OPTIONS, "nosniff");
        }
        Lie::DownloadSameOriginPolicy => {
            answer.set(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
        }
        Lie::DownloadBrokenDisposition => {
            answer.set(CONTENT_DISPOSITION, "attachment; filename=\"recording.mp3\"");
        }
        Lie::DownloadCutShort if unasked => cut_short(&mut answer),
        _ => {}
    }
    answer
}

fn cut_short(answer: &mut Answer) {
    let length = answer.length();
    answer.headers.insert(CONTENT_LENGTH, length.into());
    if let [Segment::Slice(slice)] = answer.body.as_mut_slice() {
        slice.length = slice.length.saturating_sub(OWED);
        answer.body.push(Segment::Cut);
    }
}
