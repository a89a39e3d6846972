//! Header fields that come again and again: put together, cut and kept once for as many messages as have them.
//!
//! Knows no portal. Read next: `headers.rs`, `visit.rs` (who asks).

use crate::exchange::{Field, Headers};
use crate::headers::Common;
use crate::secrets::Secrets;
use arc_swap::ArcSwapOption;
use compact_str::CompactString;
use http::{HeaderMap, HeaderName, HeaderValue};
use std::sync::Arc;

/// The header fields of the last request: most clients send the same with every one.
#[derive(Debug, Default)]
pub(crate) struct Came(ArcSwapOption<Request>);

#[derive(Debug)]
struct Request {
    /// What was known when they were cut.
    lessons: u64,
    came: HeaderMap,
    written: Arc<Common>,
}

impl Came {
    /// The fields of a request as they are written down, secrets cut.
    pub(crate) fn written(&self, came: &HeaderMap, secrets: &Secrets) -> Headers {
        let lessons = secrets.lessons();
        let same = |last: &&Arc<Request>| last.lessons == lessons && last.came.iter().eq(came);
        if let Some(last) = self.0.load().as_ref().filter(same) {
            return Headers::with_common(Vec::new(), 0, Arc::clone(&last.written));
        }
        let text = |value: &HeaderValue| CompactString::from_utf8_lossy(value.as_bytes());
        let written =
            secrets.cut_headers(came.iter().map(|(name, value)| (name.as_str().into(), text(value))));
        // How an address is cut may change with less than a lesson; a credential is cut in one way alone.
        let unchanged = |((name, written), came): (&Field, &HeaderValue)| {
            name == "authorization" || written.as_bytes() == came.as_bytes()
        };
        if !written.iter().zip(came.values()).all(unchanged) {
            return written;
        }
        let written = Common::of(written);
        self.0.store(Some(Arc::new(Request { lessons, came: came.clone(), written: Arc::clone(&written) })));
        Headers::with_common(Vec::new(), 0, written)
    }
}

/// A header field of a reply of our own.
pub(crate) type Ours = (&'static str, CompactString);

/// The header fields of the last reply: but for what belongs to one reply alone, the same go out all day.
#[derive(Debug, Default)]
pub(crate) struct Head(ArcSwapOption<Reply>);

#[derive(Debug)]
struct Reply {
    /// What was known when they were cut.
    lessons: u64,
    common: Vec<Ours>,
    sent: HeaderMap,
    written: Arc<Common>,
}

/// The id of an exchange; every reply has one, as its first field.
pub(crate) const CORRELATION_ID: &str = "x-hubspot-correlation-id";
/// Where to find what was made; the last field, where there is one.
const LOCATION: &str = "location";

fn is_own((name, _): &Ours) -> bool {
    [CORRELATION_ID, LOCATION].contains(name)
}

impl Head {
    /// The fields of a reply as they are sent, and as they are written down.
    pub(crate) fn of(&self, fields: Vec<Ours>, secrets: &Secrets) -> (HeaderMap, Headers) {
        let lessons = secrets.lessons();
        let common = || fields.iter().filter(|field| !is_own(field));
        let same = |last: &&Arc<Reply>| last.lessons == lessons && common().eq(&last.common);
        let last = self.0.load();
        let new;
        let last = if let Some(last) = last.as_ref().filter(same) {
            last
        } else {
            let common: Vec<Ours> = common().cloned().collect();
            let written = common.iter().cloned().map(|field| secrets.cut_our_header(kept(field)));
            let (sent, written) = (made(fields.len(), &common), Common::of(written));
            new = Arc::new(Reply { lessons, common, sent, written });
            self.0.store(Some(Arc::clone(&new)));
            &new
        };
        let (mut sent, common) = (last.sent.clone(), Arc::clone(&last.written));
        let mut own = Vec::with_capacity(1);
        for field in fields.into_iter().filter(is_own) {
            if let Ok(value) = HeaderValue::from_str(&field.1) {
                sent.insert(HeaderName::from_static(field.0), value);
            }
            own.push(secrets.cut_our_header(kept(field)));
        }
        (sent, Headers::with_common(own, 1, common))
    }
}

fn kept((name, value): Ours) -> Field {
    (CompactString::const_new(name), value)
}

/// Fields that replies have in common, with a place for what each has alone.
fn made(count: usize, common: &[Ours]) -> HeaderMap {
    let mut fields = HeaderMap::with_capacity(count + 3);
    fields.insert(HeaderName::from_static(CORRELATION_ID), HeaderValue::from_static(""));
    for (name, value) in common {
        if let Ok(value) = HeaderValue::from_str(value) {
            fields.append(HeaderName::from_static(name), value);
        }
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(fields: &HeaderMap) -> Headers {
        let text = |value: &HeaderValue| CompactString::from_utf8_lossy(value.as_bytes());
        fields.iter().map(|(name, value)| (name.as_str().into(), text(value))).collect()
    }

    #[test]
    fn each_reply_has_its_own_fields_and_those_of_all() {
        let (head, secrets) = (Head::default(), Secrets::new());
        let reply = |id: &str, remaining: &str, location: Option<&str>| -> Vec<Ours> {
            let own = [(CORRELATION_ID, id.into()), ("x-left", remaining.into())];
            own.into_iter().chain(location.map(|to| (LOCATION, to.into()))).collect()
        };
        for fields in [
            reply("1", "109", Some("/1")),
            reply("2", "109", Some("/2")),
            reply("3", "109", None),
            reply("4", "108", None),
            reply("5", "109", Some("/5")),
        ] {
            let (to_send, written) = head.of(fields.clone(), &secrets);
            assert_eq!(written, fields.into_iter().map(kept).collect());
            assert_eq!(sent(&to_send), written);
        }
    }

    #[test]
    fn what_is_learnt_is_cut_from_fields_that_came_before() {
        let (came, head, secrets) = (Came::default(), Head::default(), Secrets::new());
        let mut fields = HeaderMap::new();
        fields.insert("x-trace", HeaderValue::from_static("canary-1"));
        fields.insert("authorization", HeaderValue::from_static("Bearer canary-2"));
        let ours = || vec![(CORRELATION_ID, "1".into()), ("x-trace", "canary-1".into())];
        let mut written = Vec::new();
        for lesson in [None, None, Some("canary-1"), None] {
            lesson.inspect(|secret| secrets.know(secret));
            let request = came.written(&fields, &secrets);
            let (_, reply) = head.of(ours(), &secrets);
            written.extend([request, reply].map(|headers| format!("{headers:?}")));
        }
        assert!(written[..4].iter().all(|text| text.contains("canary-1")), "{written:?}");
        assert!(written[4..].iter().all(|text| !text.contains("canary")), "{written:?}");
        assert!(written.iter().all(|text| !text.contains("canary-2")), "{written:?}");
    }

    #[test]
    fn the_fields_of_one_client_are_not_those_of_another() {
        let (came, secrets) = (Came::default(), Secrets::new());
        for agent in ["a", "b", "a", "a", "b"] {
            let mut fields = HeaderMap::new();
            fields.append("user-agent", HeaderValue::from_static(agent));
            fields.append("user-agent", HeaderValue::from_static("once more"));
            assert_eq!(came.written(&fields, &secrets), sent(&fields));
        }
    }
}
