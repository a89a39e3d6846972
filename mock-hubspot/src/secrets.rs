//! Secrets stop here: everything that is written down passes through one `Secrets` first.
//!
//! Each secret becomes `<secret:n>`, the same number for the same value, so a reader can follow a token without
//! knowing it. Knows nothing of portals, routes or meaning. Read next: `names.rs` (which names are credentials),
//! `text.rs` (raw text), `address.rs` (URLs), `journal.rs` (the door that uses this).

mod address;
mod glance;
mod names;
mod text;

use crate::exchange::{Body, Field, Headers};
use aho_corasick::{AhoCorasick, packed};
use arc_swap::{ArcSwapOption, Guard};
use bytestring::ByteString;
use compact_str::CompactString;
use sha2::{Digest as _, Sha256};
use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Bodies longer than this are kept as a hash.
pub const LONGEST_TEXT: usize = 64 * 1024;
/// A value shorter than this is no secret worth the confusion.
const SHORTEST_LITERAL: usize = 6;
const HEAD: usize = 32;

/// What is known to be secret, shared by everyone who writes something down.
#[derive(Clone, Default)]
pub struct Secrets {
    inner: Arc<Mutex<Inner>>,
    /// The value of an `Authorization` that was cut last, and what became of it: most clients send the same with every request.
    last_authorization: Arc<ArcSwapOption<(CompactString, CompactString)>>,
    /// All the spellings, to look for them; `None` until somebody looks. Changed only under the lock.
    searcher: Arc<ArcSwapOption<Searcher>>,
    /// How often something was learnt.
    lessons: Arc<AtomicU64>,
}

#[derive(Default)]
struct Inner {
    numbers: HashMap<[u8; 32], usize>,
    /// Spellings of known secrets, longest first, each with the number of its value.
    literals: Vec<(String, usize)>,
    /// The values themselves, without having to be hashed.
    known: HashMap<String, usize>,
    /// Values that look like tokens and are none.
    spared: HashSet<String>,
    /// The address of a recording that was cut last, and what became of it: the same one is asked thousands of times.
    last_address: Option<(String, String)>,
    /// Numbers that are still to be kept, by the hash of their value; `None` where nobody keeps them.
    fresh: Option<Vec<([u8; 32], usize)>>,
}

/// What looks for many spellings at once.
struct Searcher {
    /// The length of the shortest one, in bytes; `None` where there is none.
    shortest: Option<usize>,
    way: Way,
}

enum Way {
    /// Sixteen bytes and more at a time, where there are few enough for it and the machine can.
    Packed(packed::Searcher),
    /// Byte by byte.
    Automaton(AhoCorasick),
    /// There are too many for either: each is looked for.
    Each,
}

impl Searcher {
    /// Of literals of which the shortest is the last one.
    fn new(literals: &[(String, usize)]) -> Self {
        let all = || literals.iter().map(|(literal, _)| literal);
        let automaton = || AhoCorasick::new(all()).map_or(Way::Each, Way::Automaton);
        let way = packed::Searcher::new(all()).map_or_else(automaton, Way::Packed);
        Self { shortest: all().next_back().map(String::len), way }
    }

    /// Whether any of them may stand in the text.
    fn may_find_any(&self, text: &str) -> bool {
        self.shortest.is_some_and(|shortest| text.len() >= shortest)
            && match &self.way {
                Way::Packed(searcher) => searcher.find(text).is_some(),
                Way::Automaton(searcher) => searcher.is_match(text),
                Way::Each => true,
            }
    }
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Secrets").field("known", &self.inner().literals.len()).finish()
    }
}

impl Secrets {
    /// Knows nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Registers a value that must never be written down, in whatever spelling a URL, JSON or Base64 gives it.
    pub fn know(&self, value: &str) {
        self.know_as(value, text::spellings(value).into_iter().chain(text::in_base64(value)));
    }

    /// Registers a value with its spellings.
    fn know_as(&self, value: &str, spellings: impl IntoIterator<Item = String>) {
        if value.len() < SHORTEST_LITERAL {
            return;
        }
        let number = self.number(value);
        let mut inner = self.inner();
        for spelling in spellings {
            if spelling.len() >= SHORTEST_LITERAL && !inner.literals.iter().any(|(s, _)| *s == spelling) {
                let at = inner.literals.partition_point(|(s, _)| s.len() >= spelling.len());
                inner.literals.insert(at, (spelling, number));
                self.searcher.store(None);
                self.lessons.fetch_add(1, Ordering::Release);
                inner.last_address = None;
            }
        }
        inner.known.insert(value.to_owned(), number);
    }

    /// Registers the credentials that a URL carries, so that they are cut from process output too.
    pub fn learn_url(&self, url: &str) {
        for value in address::credentials(url) {
            if !self.is_spared(&value) {
                self.know_as(&value, text::spellings(&value));
            }
        }
    }

    /// Registers a value that may look like a token in a path and is none, such as a call's external id.
    pub fn spare(&self, value: &str) {
        let mut inner = self.inner();
        if !inner.spared.contains(value) {
            inner.spared.insert(value.to_owned());
            inner.last_address = None;
        }
    }

    /// Whether it is a spared value, perhaps with a file's extension.
    fn is_spared(&self, value: &str) -> bool {
        let inner = self.inner();
        let stem = value.rsplit_once('.').map_or(value, |(stem, _)| stem);
        inner.spared.contains(value) || inner.spared.contains(stem)
    }

    fn looks_like_token(&self, value: &str) -> bool {
        names::looks_like_token(value) && !names::is_placeholder(value) && !self.is_spared(value)
    }

    /// The placeholder of a value.
    fn placeholder(&self, value: &str) -> String {
        if names::is_placeholder(value) {
            value.to_owned()
        } else {
            format!("<secret:{}>", self.number(value))
        }
    }

    fn number(&self, value: &str) -> usize {
        if let Some(number) = self.inner().known.get(value) {
            return *number;
        }
        let hash: [u8; 32] = Sha256::digest(value.as_bytes()).into();
        let mut inner = self.inner();
        let next = inner.numbers.len() + 1;
        let number = *inner.numbers.entry(hash).or_insert(next);
        if number == next {
            inner.fresh.iter_mut().for_each(|fresh| fresh.push((hash, number)));
        }
        number
    }

    /// From now on, new numbers wait to be kept; those that there are wait too.
    pub(crate) fn watch(&self) {
        let mut inner = self.inner();
        let all = inner.numbers.iter().map(|(hash, number)| (*hash, *number)).collect();
        inner.fresh = Some(all);
    }

    /// Numbers that were given since this was asked last, by the hash of their value.
    pub(crate) fn fresh(&self) -> Vec<(String, usize)> {
        let mut inner = self.inner();
        let fresh = inner.fresh.as_mut().map(std::mem::take).unwrap_or_default();
        fresh.iter().map(|(hash, number)| (hex(hash), *number)).collect()
    }

    /// A number that was kept; every one of them is given before the first new one.
    pub(crate) fn put_back(&self, hash: &str, number: usize) {
        let digits =
            hash.as_bytes().chunks(2).map(|pair| u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok());
        let bytes: Option<Vec<u8>> = digits.collect();
        if let Some(Ok(hash)) = bytes.map(<[u8; 32]>::try_from) {
            self.inner().numbers.insert(hash, number);
        }
    }

    /// How often something was learnt: as long as it is the same, what had nothing to cut has nothing to cut.
    pub(crate) fn lessons(&self) -> u64 {
        self.lessons.load(Ordering::Acquire)
    }

    /// Whether a value that must never be written down stands in this text, in any of its spellings.
    pub fn stand_in(&self, text: &str) -> bool {
        self.inner().literals.iter().any(|(literal, _)| text.contains(literal.as_str()))
    }

    /// What looks for everything that is known; without a lock, as every text that is written down comes by.
    fn searcher(&self) -> Guard<Option<Arc<Searcher>>> {
        let searcher = self.searcher.load();
        if searcher.is_some() {
            return searcher;
        }
        let inner = self.inner();
        self.searcher.store(Some(Arc::new(Searcher::new(&inner.literals))));
        drop(inner);
        self.searcher.load()
    }

    /// What becomes of a text with a known secret in it; `None` where there is none.
    fn without_literals(&self, text: &str) -> Option<String> {
        if text.len() < SHORTEST_LITERAL {
            return None;
        }
        // Where somebody learns something at this moment there is none: then each is looked for.
        if self.searcher().as_ref().is_some_and(|searcher| !searcher.may_find_any(text)) {
            return None;
        }
        let inner = self.inner();
        Some(text::between_placeholders(text, |piece| replace(piece, &inner.literals)))
    }

    /// Header fields with their credentials cut; the scheme of an `Authorization` stays.
    pub fn cut_headers(&self, headers: impl IntoIterator<Item = Field>) -> Headers {
        headers
            .into_iter()
            .map(|(name, value)| {
                let cut = if name.bytes().any(|b| b.is_ascii_uppercase()) {
                    self.cut_header(&name.to_ascii_lowercase(), value)
                } else {
                    self.cut_header(&name, value)
                };
                (name, cut)
            })
            .collect()
    }

    /// A field of a reply of our own, in lower case: no cookie, no credential, and most are made of numbers.
    pub(crate) fn cut_our_header(&self, (name, value): Field) -> Field {
        let value = match name.as_str() {
            name if names::is_ours(name) => value,
            // An address of our own, with the host that the request named.
            "location" => self.cut_url(&value).into(),
            _ => self.changed(&value).map_or(value, CompactString::from),
        };
        (name, value)
    }

    fn cut_header(&self, name: &str, value: CompactString) -> CompactString {
        if names::is_plain_header(name) {
            return self.changed(&value).map_or(value, CompactString::from);
        }
        if name == "authorization" {
            if let Some(last) = self.last_authorization.load().as_ref().filter(|last| last.0 == value) {
                return last.1.clone();
            }
            let cut = CompactString::from(self.cut_authorization(&value));
            self.last_authorization.store(Some(Arc::new((value, cut.clone()))));
            return cut;
        }
        let value = value.as_str();
        let cut = match name {
            "proxy-authorization" => self.cut_authorization(value),
            "cookie" => self.cut_cookies(value, usize::MAX),
            "set-cookie" => self.cut_cookies(value, 1),
            "location" | "content-location" => self.cut_recording_url(value),
            _ if names::is_credential_header(name) => self.placeholder(value),
            _ => self.cut_text(value),
        };
        cut.into()
    }

    fn cut_authorization(&self, value: &str) -> String {
        match value.trim().split_once(' ') {
            Some((scheme, token)) if names::is_scheme(scheme) => {
                format!("{scheme} {}", self.placeholder(token.trim()))
            }
            _ => self.placeholder(value.trim()),
        }
    }

    /// Cuts the first `count` values; what follows them in a `Set-Cookie` are attributes.
    fn cut_cookies(&self, value: &str, count: usize) -> String {
        let parts = value.split(';').enumerate().map(|(i, part)| match part.split_once('=') {
            Some((name, secret)) if i < count => format!("{name}={}", self.placeholder(secret.trim())),
            None if i < count && !part.trim().is_empty() => self.placeholder(part.trim()),
            _ => part.to_owned(),
        });
        parts.collect::<Vec<_>>().join(";")
    }

    /// A body as evidence: its text with secrets cut where it is short UTF-8, else its length, hash and first bytes.
    pub fn cut_body(&self, bytes: &[u8]) -> Body {
        if bytes.is_empty() {
            return Body::Empty;
        }
        match std::str::from_utf8(bytes) {
            Ok(text) if text.len() <= LONGEST_TEXT => Body::Text(self.cut_text(text).into()),
            _ => self.body_of(bytes.len() as u64, Sha256::digest(bytes).into(), bytes),
        }
    }

    /// The same of a text that is sent: where nothing is cut, both are held as one.
    pub(crate) fn cut_sent(&self, text: &ByteString) -> Body {
        if text.is_empty() || text.len() > LONGEST_TEXT {
            return self.cut_body(text.as_bytes());
        }
        Body::Text(self.changed(text).map_or_else(|| text.clone(), ByteString::from))
    }

    /// A body that was only streamed: `start` is as much of its beginning as is at hand.
    pub fn body_of(&self, length: u64, sha256: [u8; 32], start: &[u8]) -> Body {
        // A textual beginning could open with a token; then nothing of it is shown.
        let opening = String::from_utf8_lossy(&start[..start.len().min(1024)]);
        let head = if self.cut_text(&opening) == opening { &start[..start.len().min(HEAD)] } else { &[] };
        Body::Bytes { length, sha256: hex(&sha256), head: hex(head) }
    }
}

/// Replaces the literals: the earliest hit first, of those at one place the longest. Each literal is searched once
/// through the text, so that a text full of secrets takes no longer than another.
fn replace(text: &str, literals: &[(String, usize)]) -> String {
    let find = |literal: &str, from: usize| text[from..].find(literal).map(|at| from + at);
    let mut hits: Vec<(usize, &str, usize)> = literals
        .iter()
        .filter_map(|(literal, number)| Some((find(literal, 0)?, literal.as_str(), *number)))
        .collect();
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    while let Some((at, literal, number)) =
        hits.iter().copied().min_by_key(|(at, l, _)| (*at, usize::MAX - l.len()))
    {
        let _ = write!(out, "{}<secret:{number}>", &text[done..at]);
        done = at + literal.len();
        hits.retain_mut(|(at, literal, _)| {
            let next = if *at < done { find(literal, done) } else { Some(*at) };
            next.inspect(|next| *at = *next).is_some()
        });
    }
    out + &text[done..]
}

/// Lower-case hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scheme_of_an_authorization_stays() {
        let secrets = Secrets::new();
        let cut = secrets.cut_headers(vec![
            ("Authorization".into(), "Bearer pat-na1-canary".into()),
            ("X-Api-Key".into(), "pat-na1-canary".into()),
            ("Cookie".into(), "session=abc; theme=dark".into()),
            ("Set-Cookie".into(), "session=abc; Path=/; HttpOnly".into()),
            ("Accept".into(), "application/json".into()),
        ]);
        let values: Vec<&str> = cut.iter().map(|(_, v)| v.as_str()).collect();
        assert_eq!(
            values,
            [
                "Bearer <secret:1>",
                "<secret:1>",
                "session=<secret:2>; theme=<secret:3>",
                "session=<secret:2>; Path=/; HttpOnly",
                "application/json"
            ]
        );
    }

    #[test]
    fn an_authorization_without_a_scheme_is_cut_whole() {
        let cut = Secrets::new().cut_headers(vec![("authorization".into(), "pat-na1-canary".into())]);
        assert_eq!(cut.iter().map(|(_, value)| value.as_str()).collect::<Vec<_>>(), ["<secret:1>"]);
    }

    #[test]
    fn a_known_value_has_one_number_in_every_spelling() {
        let secrets = Secrets::new();
        secrets.know("a/b+c=d&e\"f");
        assert!(secrets.stand_in("x a%2Fb%2Bc%3Dd%26e%22f y") && !secrets.stand_in("x a/b y"));
        // `x:a/b+c=d&e"f`, and the same after one letter more and without any.
        for base64 in ["eDphL2IrYz1kJmUiZg==", "eHg6YS9iK2M9ZCZlImY=", "YS9iK2M9ZCZlImY="] {
            assert!(secrets.stand_in(base64) && secrets.cut_text(base64).contains("<secret:1>"), "{base64}");
        }
        for spelling in ["a/b+c=d&e\"f", "a%2Fb%2Bc%3Dd%26e%22f", "a\\/b+c=d&e\\\"f"] {
            assert_eq!(secrets.cut_text(&format!("x {spelling} y")), "x <secret:1> y", "{spelling}");
        }
    }

    #[test]
    fn of_two_known_values_the_longer_is_cut() {
        let secrets = Secrets::new();
        secrets.know("canary");
        secrets.know("canary-and-more");
        assert_eq!(secrets.cut_text("canary-and-more canary"), "<secret:2> <secret:1>");
    }

    #[test]
    fn a_known_value_is_found_however_many_there_are() {
        for count in [1, 10, 100, 500] {
            let secrets = Secrets::new();
            (0..count).for_each(|i| secrets.know(&format!("canary-{i:03}-{}", i * 7919)));
            for i in [0, count - 1] {
                let text = format!("{:>90} canary-{i:03}-{}.", "", i * 7919);
                let cut = secrets.cut_text(&text);
                assert_eq!(cut.trim(), format!("<secret:{}>.", i + 1), "of {count}");
            }
            let other = format!("canary-{:>60}", "000");
            assert_eq!(secrets.cut_text(&other), other);
        }
    }

    #[test]
    fn cutting_twice_changes_nothing() {
        let secrets = Secrets::new();
        secrets.know("secret");
        let once = secrets.cut_text("my secret: http://u:p@h/x?token=abc123 {\"access_token\":\"abc\"}");
        assert_eq!(secrets.cut_text(&once), once);
    }

    #[test]
    fn long_or_binary_bodies_are_kept_as_a_hash() {
        let secrets = Secrets::new();
        assert!(matches!(secrets.cut_body(&vec![b'a'; LONGEST_TEXT + 1]), Body::Bytes { length: 65537, .. }));
        let Body::Bytes { head, .. } = secrets.cut_body(b"RIFF\xff") else { panic!("not text") };
        assert_eq!(head, "52494646ff");
        let Body::Bytes { head, .. } = secrets.cut_body(b"access_token=canary-value\xff") else {
            panic!("not text")
        };
        assert_eq!(head, "");
    }
}
