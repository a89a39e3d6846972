//! The recording itself: whoever holds a signed URL gets it, whole or in part, as HubSpot's player asks (RFC 9110 §13, §14).

use axum::http::Uri;
use http::{
    HeaderMap, Method, StatusCode,
    header::{
        ACCEPT_RANGES, ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, CACHE_CONTROL,
        CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG, HeaderName, IF_MATCH, IF_MODIFIED_SINCE,
        IF_NONE_MATCH, IF_RANGE, IF_UNMODIFIED_SINCE, LAST_MODIFIED, RANGE, X_CONTENT_TYPE_OPTIONS,
    },
};

use crate::{
    answer::{Answer, Segment, Slice},
    byte_range::{self, ByteRange, Reading},
    library::{Recording, Validators},
    sabotage,
    server::App,
    variant,
};

/// Answers a request for a recording.
pub(crate) fn answer(app: &App, method: &Method, uri: &Uri, headers: &HeaderMap) -> Answer {
    let key = uri.path().rsplit('/').next().unwrap_or_default();
    if !is_allowed(app, key, uri.query().unwrap_or_default()) {
        let refusal = Answer::refusal(StatusCode::FORBIDDEN, "this URL is not signed by us, or has expired");
        return sabotage::delivery::spoil_refusal(app, refusal);
    }
    let Some(recording) = app.library.with_key(key) else {
        return Answer::refusal(StatusCode::NOT_FOUND, "no such recording");
    };
    if let Some(refusal) = sabotage::download::refuse(app, &recording, headers) {
        return refusal;
    }
    if let Some(redirect) = variant::delivery::redirect(app, uri) {
        return redirect;
    }
    if let Some(answer) = sabotage::delivery::instead(app, &recording, method, uri, headers) {
        return answer;
    }
    let answer = plan(app, &recording, method, headers);
    let answer = variant::delivery::shape(app, answer, method, &recording);
    let answer = sabotage::delivery::spoil_answer(app, answer, headers);
    sabotage::security::spoil_recording(app, answer, uri, headers)
}

fn is_allowed(app: &App, key: &str, query: &str) -> bool {
    let parameter = |wanted: &str| {
        url::form_urlencoded::parse(query.as_bytes())
            .find_map(|(name, value)| (name == wanted).then(|| value.into_owned()))
            .unwrap_or_default()
    };
    let (expires, signature) = (parameter("expires").parse().unwrap_or(0), parameter("signature"));
    let genuine = app.signer.sign(key, expires);
    let allowed = app.signer.allows(key, expires, &signature);
    let allowed = sabotage::delivery::spoil_allowed(app, allowed, &genuine, &signature);
    sabotage::authenticated_url::spoil_allowed(app, allowed, &genuine, &signature)
}

/// Plans the answer; the order of the questions is RFC 9110 §13.2.2.
pub(crate) fn plan(app: &App, recording: &Recording, method: &Method, headers: &HeaderMap) -> Answer {
    let lie = app.config.lie;
    let validators = sabotage::ranges::spoil_validators(app, &recording.validators);
    let validators = sabotage::download::spoil_validators(app, validators);
    let validators = variant::delivery::shape_validators(app.config.variant, validators);
    if let Some(answer) = sabotage::unusual::instead(app, recording, method, headers, &validators) {
        return answer;
    }
    let ours = Conditions { headers, validators: &validators };
    if ours.precondition_failed() {
        return Answer::refusal(StatusCode::PRECONDITION_FAILED, "the recording is another one");
    }
    if ours.not_modified() {
        return described(Answer::empty(StatusCode::NOT_MODIFIED), &validators);
    }
    // §14.2: Range means something for GET alone.
    let header = byte_range::header(headers).filter(|_| method == Method::GET);
    let header = header.filter(|_| sabotage::ranges::spoil_if_range(lie, headers, ours.range_applies()));
    let asked = header.and_then(ByteRange::parse);
    let reading = asked.map_or(Reading::Whole, |range| range.of(recording.length));
    let reading = sabotage::ranges::spoil_reading(lie, header, asked, reading, recording.length);
    let answer = match reading {
        Reading::Whole => whole(recording),
        Reading::Part { first, last } => part(recording, first, last),
        Reading::Unsatisfiable => unsatisfiable(recording),
    };
    let answer = described(answer, &validators);
    let unasked = method == Method::GET && !headers.contains_key(RANGE);
    let answer = sabotage::ranges::spoil_answer(lie, answer, asked, unasked, recording);
    let answer = sabotage::download::spoil_answer(lie, answer, unasked);
    let mut answer = sabotage::unusual::spoil_answer(app, answer, headers, recording);
    if method == Method::HEAD {
        let length = answer.length();
        answer.headers.insert(CONTENT_LENGTH, length.into());
        answer.body.clear();
    }
    answer
}

pub(crate) fn whole(recording: &Recording) -> Answer {
    let mut answer = Answer::empty(StatusCode::OK);
    answer.body = vec![slice(recording, 0, recording.length)];
    answer
}

/// §15.3.7.1: the part, and where it lies.
pub(crate) fn part(recording: &Recording, first: u64, last: u64) -> Answer {
    let mut answer = Answer::empty(StatusCode::PARTIAL_CONTENT);
    answer.set(CONTENT_RANGE, format!("bytes {first}-{last}/{}", recording.length));
    answer.body = vec![slice(recording, first, last - first + 1)];
    answer
}

/// §15.5.17: how long the recording is, so that a client can ask better.
pub(crate) fn unsatisfiable(recording: &Recording) -> Answer {
    let mut answer =
        Answer::refusal(StatusCode::RANGE_NOT_SATISFIABLE, "the range lies beyond the recording");
    answer.set(CONTENT_RANGE, format!("bytes */{}", recording.length));
    answer
}

/// Some bytes of a recording.
pub(crate) fn slice(recording: &Recording, start: u64, length: u64) -> Segment {
    Segment::Slice(Slice { file: recording.file.clone(), start, length, inverted: false, pace: None })
}

/// What every answer says of the recording.
pub(crate) fn described(mut answer: Answer, validators: &Validators) -> Answer {
    if answer.status.is_success() {
        // Guide, "Octet-Stream Download".
        answer.set(CONTENT_TYPE, "application/octet-stream");
    }
    answer.set(ACCEPT_RANGES, "bytes");
    answer.set(ETAG, &validators.etag);
    answer.set(LAST_MODIFIED, httpdate::fmt_http_date(validators.modified));
    // A recording is its listener's alone; a browser may keep it, a shared cache may not, and nobody may re-encode it.
    answer.set(CACHE_CONTROL, "private, no-transform");
    answer.set(X_CONTENT_TYPE_OPTIONS, "nosniff");
    // HubSpot's page plays it from another origin.
    answer.set(HeaderName::from_static("cross-origin-resource-policy"), "cross-origin");
    answer.set(ACCESS_CONTROL_ALLOW_ORIGIN, "*");
    answer.set(ACCESS_CONTROL_EXPOSE_HEADERS, "Accept-Ranges, Content-Length, Content-Range, ETag");
    answer
}

/// The conditions that a request sets (RFC 9110 §13.1).
struct Conditions<'a> {
    headers: &'a HeaderMap,
    validators: &'a Validators,
}

impl Conditions<'_> {
    /// If-Match, or else If-Unmodified-Since (§13.1.1, §13.1.4).
    fn precondition_failed(&self) -> bool {
        match self.text(&IF_MATCH) {
            // §13.1.1 compares strongly: a weak tag is equal to none.
            Some(tags) => !Self::lists(tags, &self.validators.etag, |tag| tag) || self.is_weak(),
            None => self.date(&IF_UNMODIFIED_SINCE).is_some_and(|since| self.validators.modified > since),
        }
    }

    /// If-None-Match, or else If-Modified-Since (§13.1.2, §13.1.3). Here a weak tag is as good as a strong one.
    fn not_modified(&self) -> bool {
        match self.text(&IF_NONE_MATCH) {
            Some(tags) => Self::lists(tags, opaque(&self.validators.etag), opaque),
            None => self.date(&IF_MODIFIED_SINCE).is_some_and(|since| self.validators.modified <= since),
        }
    }

    /// If-Range (§13.1.5): exactly our strong tag, or exactly our date. Without it every range applies.
    fn range_applies(&self) -> bool {
        match self.headers.get(IF_RANGE).map(|value| value.to_str().unwrap_or_default()) {
            None => true,
            Some(tag) if tag == self.validators.etag => !self.is_weak(),
            Some(date) => httpdate::parse_http_date(date).is_ok_and(|date| date == self.validators.modified),
        }
    }

    fn is_weak(&self) -> bool {
        self.validators.etag.starts_with("W/")
    }

    fn lists(tags: &str, etag: &str, compared: impl Fn(&str) -> &str) -> bool {
        tags.trim() == "*" || tags.split(',').any(|tag| compared(tag.trim()) == etag)
    }

    fn text(&self, name: &HeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    fn date(&self, name: &HeaderName) -> Option<std::time::SystemTime> {
        httpdate::parse_http_date(self.text(name)?).ok()
    }
}

/// What weak comparison compares (§8.8.3.2).
fn opaque(tag: &str) -> &str {
    tag.strip_prefix("W/").unwrap_or(tag)
}
