//! Asks for the recording without its token: it is authenticated only if it is then refused.

use super::asking::{Asking, Recording, to_recording};
use super::manners;
use crate::evidence::{Probe, ProbeOutcome};

/// A query value of this length is taken for a credential, whatever its name.
const LONG: usize = 16;

/// Asks with the signature removed, then with one character of it altered.
pub(super) async fn ask(asking: &mut Asking<'_>, url: &str, recording: Option<&Recording>) {
    let spooled = recording.map(|r| &r.spooled);
    for (case, changed) in [("signature-removed", removed(url)), ("signature-altered", altered(url))] {
        let headers = manners::hubspot_for_recording(Some("bytes=0-99"));
        asking.ask(to_recording(Probe::Token, case, &changed, headers, spooled, 100)).await;
    }
    asking.settle(Probe::Token, ProbeOutcome::Asked);
}

/// The URL without its query; one that has no credential there loses the second half of its last path segment.
fn removed(url: &str) -> String {
    let (address, query) = split(url);
    if query.and_then(credential).is_some() {
        return address.to_owned();
    }
    let start = segment(address);
    let half = start + address[start..].len().div_ceil(2);
    let half = (half..=address.len()).find(|at| address.is_char_boundary(*at)).unwrap_or(address.len());
    with_query(&address[..half], query)
}

/// The URL with one character changed, in the middle of its longest credential or of its last path segment.
fn altered(url: &str) -> String {
    let (address, query) = split(url);
    match query.and_then(|query| credential(query).map(|range| (query, range))) {
        Some((query, (from, to))) => with_query(address, Some(&alter(query, from, to))),
        None => with_query(&alter(address, segment(address), address.len()), query),
    }
}

fn split(url: &str) -> (&str, Option<&str>) {
    let url = url.split_once('#').map_or(url, |(before, _)| before);
    url.split_once('?').map_or((url, None), |(address, query)| (address, Some(query)))
}

fn with_query(address: &str, query: Option<&str>) -> String {
    query.map_or_else(|| address.to_owned(), |query| format!("{address}?{query}"))
}

/// Where the last path segment starts.
fn segment(address: &str) -> usize {
    let path = address.find("://").map_or(0, |at| at + 3);
    let trimmed = address.trim_end_matches('/');
    trimmed[path.min(trimmed.len())..].rfind('/').map_or(address.len(), |at| path + at + 1)
}

/// Where the longest query value is that looks like a credential.
fn credential(query: &str) -> Option<(usize, usize)> {
    const NAMES: [&str; 10] =
        ["sig", "token", "hmac", "key", "auth", "cred", "jwt", "hash", "secret", "policy"];
    let mut best: Option<(bool, usize, usize)> = None;
    let mut at = 0;
    for pair in query.split('&') {
        let (name, value) = pair.split_once('=').unwrap_or(("", pair));
        let (from, to) = (at + pair.len() - value.len(), at + pair.len());
        at = to + 1;
        let name = name.to_ascii_lowercase();
        let named = NAMES.iter().any(|n| name.contains(n));
        let longer = best.is_none_or(|(known, a, b)| (named, to - from) > (known, b - a));
        if !value.is_empty() && (named || value.len() >= LONG) && longer {
            best = Some((named, from, to));
        }
    }
    best.map(|(_, from, to)| (from, to))
}

/// Changes the letter or digit nearest to the middle that is part of no percent-escape.
fn alter(text: &str, from: usize, to: usize) -> String {
    let bytes = text.as_bytes();
    let middle = from + (to - from) / 2;
    let in_escape = |at: usize| (1..=2).any(|back| at >= from + back && bytes[at - back] == b'%');
    let chosen = (from..to)
        .filter(|&at| bytes[at].is_ascii_alphanumeric() && !in_escape(at))
        .min_by_key(|at| at.abs_diff(middle));
    let Some(at) = chosen else { return format!("{}x{}", &text[..to], &text[to..]) };
    let other = match bytes[at] {
        b'9' => '0',
        b'z' => 'a',
        b'Z' => 'A',
        // Hexadecimal stays hexadecimal.
        b'f' => 'e',
        b'F' => 'E',
        b => char::from(b + 1),
    };
    format!("{}{other}{}", &text[..at], &text[at + 1..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_with_a_credential_is_removed_or_altered() {
        let url = "https://a.example/r/call-1.wav?expires=1790000000&signature=0123456789abcdef%2B";
        assert_eq!(removed(url), "https://a.example/r/call-1.wav");
        let changed = altered(url);
        assert_eq!(
            changed,
            "https://a.example/r/call-1.wav?expires=1790000000&signature=0123456780abcdef%2B"
        );
        assert_eq!(changed.len(), url.len());
    }

    #[test]
    fn a_token_in_the_path_is_cut_in_half_or_altered() {
        assert_eq!(removed("https://a.example/r/0123456789"), "https://a.example/r/01234");
        assert_eq!(altered("https://a.example/r/0123456789"), "https://a.example/r/0123466789");
        assert_eq!(removed("https://a.example/r/0123456789?dl=1"), "https://a.example/r/01234?dl=1");
    }

    proptest::proptest! {
        #[test]
        fn whatever_the_address_it_is_changed(url in "https?://[a-z]{1,9}(/[^?#\u{0}-\u{1f}]{0,9}){0,3}(\\?\\PC{0,40})?") {
            proptest::prop_assert_ne!(altered(&url), url.clone());
            let _ = removed(&url);
        }
    }
}
