//! How the probes introduce themselves: the header sets of HubSpot's side, of its player in Chromium, and of a client
//! that says little.

use bytes::Bytes;
use compact_str::CompactString;
use http::{HeaderName, HeaderValue};
use std::borrow::Cow;

/// Header fields of a request, in order. Most of them are the same in every request.
pub(super) type Fields = Vec<Field>;
type Field = (&'static str, Cow<'static, str>);

/// The family of user agents of HubSpot's outbound calls.
const HUBSPOT: &str = "HubSpot Connect 2.0 (http://dev.hubspot.com/) (namespace: recordings)";
const JAVA: &str = "Java/17.0.2";
const CHROMIUM: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36";

fn fields(list: &[(&'static str, &'static str)]) -> Fields {
    // There is room for a Range, and for one more.
    let mut all = Fields::with_capacity(list.len() + 2);
    all.extend(list.iter().map(|(name, value)| (*name, Cow::Borrowed(*value))));
    all
}

/// A field as evidence keeps it.
pub(super) fn kept((name, value): Field) -> (CompactString, CompactString) {
    let value = match value {
        Cow::Borrowed(value) => CompactString::const_new(value),
        Cow::Owned(value) => value.into(),
    };
    (CompactString::const_new(name), value)
}

/// The same as a client takes them.
pub(super) fn pairs(fields: &Fields) -> impl Iterator<Item = (HeaderName, HeaderValue)> {
    fields.iter().filter_map(|(name, value)| {
        let value = match value {
            Cow::Borrowed(value) => HeaderValue::from_maybe_shared(Bytes::from_static(value.as_bytes())),
            Cow::Owned(value) => HeaderValue::try_from(value),
        };
        Some((HeaderName::try_from(*name).ok()?, value.ok()?))
    })
}

fn with_range(mut all: Fields, range: Option<&str>) -> Fields {
    all.extend(range.map(|range| ("Range", range.to_owned().into())));
    all
}

/// HubSpot's backend asking the endpoint.
pub(super) fn hubspot_for_json() -> Fields {
    fields(&[("User-Agent", HUBSPOT), ("Accept", "application/json")])
}

/// HubSpot's backend asking for the recording.
pub(super) fn hubspot_for_recording(range: Option<&str>) -> Fields {
    with_range(fields(&[("User-Agent", HUBSPOT), ("Accept", "*/*"), ("Accept-Encoding", "identity")]), range)
}

/// A stock client that says little.
pub(super) fn bare(range: Option<&str>) -> Fields {
    let mut all = fields(&[("User-Agent", JAVA), ("Accept", "*/*")]);
    if range.is_some() {
        all.push(("Accept-Encoding", "identity".into()));
    }
    with_range(all, range)
}

/// What matters of a media request of Chromium.
pub(super) fn player(range: Option<&str>) -> Fields {
    with_range(fields(&[("User-Agent", CHROMIUM), ("Accept", "*/*"), ("Accept-Encoding", "identity")]), range)
}

/// Every header of a media request of Chromium 156, in its order; no Origin in no-cors mode.
pub(super) fn chromium(range: &str) -> Fields {
    let all = fields(&[
        ("sec-ch-ua-platform", "\"Windows\""),
        ("User-Agent", CHROMIUM),
        ("sec-ch-ua", "\"Chromium\";v=\"156\", \"Not?A_Brand\";v=\"24\""),
        ("sec-ch-ua-mobile", "?0"),
        ("Accept", "*/*"),
        ("Sec-Fetch-Site", "cross-site"),
        ("Sec-Fetch-Mode", "no-cors"),
        ("Sec-Fetch-Dest", "audio"),
        ("Referer", "https://app.hubspot.com/"),
        ("Accept-Encoding", "identity"),
        ("Accept-Language", "en-US,en;q=0.9"),
    ]);
    with_range(all, Some(range))
}

/// A media request of Chrome before 2026: it names the codings by their weights.
pub(super) fn chrome_legacy(range: &str) -> Fields {
    let mut all = chromium(range);
    for (name, value) in &mut all {
        if *name == "Accept-Encoding" {
            *value = "identity;q=1, *;q=0".into();
        }
    }
    all
}

/// A media request of Firefox 153.
pub(super) fn firefox(range: &str) -> Fields {
    let mut all = fields(&[
        ("User-Agent", "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:153.0) Gecko/20100101 Firefox/153.0"),
        (
            "Accept",
            "audio/webm,audio/ogg,audio/wav,audio/*;q=0.9,application/ogg;q=0.7,video/*;q=0.6,*/*;q=0.5",
        ),
        ("Accept-Language", "en-US,en;q=0.5"),
        ("Referer", "https://app.hubspot.com/"),
        ("Sec-Fetch-Dest", "audio"),
        ("Sec-Fetch-Mode", "no-cors"),
        ("Sec-Fetch-Site", "cross-site"),
        ("Accept-Encoding", "identity"),
        ("Priority", "u=4"),
    ]);
    all.insert(3, ("Range", range.to_owned().into()));
    all
}

/// A media request of Safari.
pub(super) fn safari(range: &str) -> Fields {
    let mut all = fields(&[
        ("X-Playback-Session-Id", "5B9F6E2C-0000-4000-8000-000000000001"),
        ("Accept", "*/*"),
        ("User-Agent", "AppleCoreMedia/1.0.0.23B85 (Macintosh; U; Intel Mac OS X 14_1; en_us)"),
        ("Referer", "https://app.hubspot.com/"),
        ("Accept-Language", "en-GB,en;q=0.9"),
        ("Accept-Encoding", "identity"),
    ]);
    all.insert(1, ("Range", range.to_owned().into()));
    all
}
