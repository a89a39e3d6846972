//! Ranges as particular clients ask for them: players with their own header fields, clients that accept codings, and a
//! client that puts random pieces together.

use super::ground::{ground, is_right, is_wrong};
use super::telling::{clip, first, received, received_with, sent};
use super::{Ignored, is_throttled, named, part_of};
use crate::check::{Case, Check, check};
use crate::clauses::{guide, players, rfc9110};
use crate::evidence::{Answer, Exchange, Probe};
use crate::range::oracle::{Class, classify};
use crate::verdict::{Finding, Verdict};

pub(in crate::catalogue) static CHECKS: &[&Check] = &[
    &CHROMIUM,
    &OLDER_CHROME,
    &FIREFOX,
    &SAFARI,
    &IDENTITY_BY_WEIGHTS,
    &ACCEPTS_GZIP,
    &RANGE_DESPITE_GZIP,
    &ONE_SIZE,
    &PIECES,
    &SAME_TWICE,
];

check! {
    /// Chromium's requests are answered: it opens the recording, seeks forward and back.
    ///
    /// ## Why it matters
    /// Most people who listen to calls in HubSpot use Chrome or Edge. After the first request their cache
    /// asks for closed ranges under If-Range.
    ///
    /// ## How to fix
    /// Send the lines of the finding with curl, and leave header fields out until it works: a rule on one of
    /// them (a WAF, a framework's content negotiation) is the cause.
    static CHROMIUM = {
        id: "ranges/chromium", level: Required, profile: Seek, since: "0.1.0",
        clauses: &[players::REQUESTS, guide::RANGE_206],
        needs: &[RangeTable, Players],
        judge: chromium,
        proof: &["ranges/refuses-chromium-cache"],
    }
}
fn chromium(case: &Case) -> Verdict {
    player(case, "chrome156")
}

check! {
    /// The requests of Chrome before 2026 are answered.
    ///
    /// ## Why it matters
    /// It says `Accept-Encoding: identity;q=1, *;q=0` with every media request, and many offices still use
    /// it.
    ///
    /// ## How to fix
    /// Read Accept-Encoding by its weights, or not at all for recordings. A middleware for compression that
    /// answers 200 or 406 here must be switched off for this path.
    static OLDER_CHROME = {
        id: "ranges/older-chrome", level: Required, profile: Seek, since: "0.1.0",
        clauses: &[players::REQUESTS, guide::RANGE_206],
        needs: &[RangeTable, Players],
        judge: older_chrome,
        proof: &["ranges/refuses-older-chrome", "ranges/406-for-older-chrome"],
    }
}
fn older_chrome(case: &Case) -> Verdict {
    player(case, "chrome-legacy")
}

check! {
    /// Firefox's requests are answered: open ranges, and an Accept that names audio types.
    ///
    /// ## Why it matters
    /// Firefox names audio and video types in Accept, with `*/*` at a low weight. A server that negotiates by
    /// it and finds octet-stream unacceptable does not play there.
    ///
    /// ## How to fix
    /// Do not negotiate the type of a recording: always send `application/octet-stream`. In Spring give the
    /// handler no `produces`; in Rails no `respond_to`.
    static FIREFOX = {
        id: "ranges/firefox", level: Required, profile: Seek, since: "0.1.0",
        clauses: &[players::REQUESTS, guide::RANGE_206],
        needs: &[RangeTable, Players],
        judge: firefox,
        proof: &["ranges/refuses-firefox"],
    }
}
fn firefox(case: &Case) -> Verdict {
    player(case, "firefox153")
}

check! {
    /// Safari's requests are answered: two bytes first, then everything as a closed range, then small pieces.
    ///
    /// ## Why it matters
    /// Safari decides by the first two bytes whether it plays at all, and its media process sends other
    /// header fields than its pages do.
    ///
    /// ## How to fix
    /// Answer by the Range header alone: neither `X-Playback-Session-Id` nor the user agent `AppleCoreMedia`
    /// may lead elsewhere, and no cookie may be needed.
    static SAFARI = {
        id: "ranges/safari", level: Required, profile: Seek, since: "0.1.0",
        clauses: &[players::REQUESTS, guide::RANGE_206],
        needs: &[RangeTable, Players],
        judge: safari,
        proof: &["ranges/refuses-safari"],
    }
}
fn safari(case: &Case) -> Verdict {
    player(case, "safari")
}

/// Judges the requests of one player.
fn player(case: &Case, name: &str) -> Verdict {
    let whole = match ground(case) {
        Ok(whole) => whole,
        Err(verdict) => return verdict,
    };
    let mine = |exchange: &&Exchange| {
        exchange.case.strip_prefix(name).is_some_and(|rest| rest.strip_prefix('-').is_some_and(is_number))
    };
    let asked: Vec<_> = case.story.of(Probe::Players).filter(mine).collect();
    if asked.is_empty() {
        return Verdict::unjudged("none of its requests was sent");
    }
    let unheard =
        asked.iter().any(|exchange| exchange.sent("if-range").is_some()) && never_matches(case, whole.length);
    first(asked.into_iter().filter_map(|exchange| {
        if unheard && exchange.sent("if-range").is_some() {
            return None;
        }
        match part_of(exchange, whole.length, Ignored::Breaks) {
            Verdict::Fail { finding } => Some(finding),
            Verdict::Pass if is_wrong(exchange) => Some(wrong_bytes(exchange)),
            _ => None,
        }
    }))
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether If-Range with the right validator is not honoured: ranges/if-range-match and ranges/if-range-date speak of it.
fn never_matches(case: &Case, length: u64) -> bool {
    ["if-range-match", "if-range-date"].into_iter().any(|name| {
        let asked = case.asked(Probe::Validators, name).next();
        asked.is_some_and(|exchange| {
            exchange.answer().is_none_or(|answer| classify(answer, length) != Class::Part)
        })
    })
}

fn wrong_bytes(exchange: &Exchange) -> Finding {
    Finding::new(sent(exchange), "the recording's bytes at that place", "other bytes")
        .differing("the bytes")
        .seen_in(exchange.id())
}

check! {
    /// A client that accepts identity, and says so by weights, gets the part as it is.
    ///
    /// ## Why it matters
    /// `identity;q=1, *;q=0` is how Chrome asked for media for ten years. An answer of 406, or one that is
    /// compressed, does not play.
    ///
    /// ## How to fix
    /// Exempt recordings from compression and from negotiation: in nginx no `gzip_types` for octet-stream, in
    /// Express `compression({ filter })`, in Spring `server.compression.mime-types` without it.
    static IDENTITY_BY_WEIGHTS = {
        id: "ranges/identity-by-weights", level: Required, profile: Seek, since: "0.1.0",
        clauses: &[rfc9110::S12_5_3, guide::RANGE_206],
        needs: &[RangeTable, Encodings],
        judge: identity_by_weights,
        proof: &["ranges/406-for-older-chrome"],
    }
}
fn identity_by_weights(case: &Case) -> Verdict {
    coded(case, &["older-chrome"], |exchange, answer, length| {
        let coding = answer.and_then(coding);
        let right = coding.is_none() && is_right(exchange, length);
        (!right).then(|| coding.map_or_else(String::new, |coding| format!("Content-Encoding: {coding}")))
    })
}

check! {
    /// A client that accepts gzip, or says nothing of codings, gets bytes that it can put in their place.
    ///
    /// ## Why it matters
    /// A stock HTTP client accepts gzip. A part that was compressed after it was cut, under the
    /// Content-Range of the plain bytes, cannot be put together with any other.
    ///
    /// ## How to fix
    /// Do not compress answers with 206 or Content-Range: `Cache-Control: no-transform` tells middleware so.
    /// Compress whole files only, under an ETag of their own, or, better, no recordings at all.
    static ACCEPTS_GZIP = {
        id: "ranges/accepts-gzip", level: Required, profile: Seek, since: "0.1.0",
        clauses: &[rfc9110::S8_4, rfc9110::S14_1_2],
        needs: &[RangeTable, Encodings],
        judge: accepts_gzip,
        proof: &["ranges/gzips-the-slice", "ranges/slices-the-gzip"],
    }
}
fn accepts_gzip(case: &Case) -> Verdict {
    coded(case, &["accepts-gzip", "says-nothing"], |exchange, answer, length| {
        let Some(answer) = answer else { return Some("no answer".to_owned()) };
        match (answer.status, coding(answer)) {
            (200, _) => None,
            // Ranges count encoded bytes: with another length it may be a slice of the encoded recording.
            (206, Some(coding)) => (named(answer).and_then(|named| named.total) == Some(length))
                .then(|| format!("Content-Encoding: {coding} under the Content-Range of the plain bytes")),
            (206, None) if is_right(exchange, length) => None,
            (206, None) if is_wrong(exchange) => Some("bytes that are not the recording's".to_owned()),
            (status, _) => Some(format!("status {status} instead of 206")),
        }
    })
}

check! {
    /// A range is answered with a part also to a client that accepts gzip.
    ///
    /// ## Why it matters
    /// Stock clients accept gzip by default; ignoring their Range downloads the whole recording for a few
    /// bytes.
    ///
    /// ## How to fix
    /// Switch compression off for recordings: it makes audio no smaller, and nginx, Google Cloud Storage and
    /// several frameworks give up ranges for it.
    static RANGE_DESPITE_GZIP = {
        id: "ranges/range-despite-gzip", level: Recommended, profile: Seek, since: "0.1.0",
        clauses: &[guide::RANGE_206, rfc9110::S12_5_3],
        needs: &[RangeTable, Encodings],
        judge: range_despite_gzip,
        proof: &["ranges/whole-for-gzip"],
    }
}
fn range_despite_gzip(case: &Case) -> Verdict {
    coded(case, &["accepts-gzip", "says-nothing"], |_, answer, _| {
        (answer?.status == 200).then(|| "status 200 instead of 206".to_owned())
    })
}

check! {
    /// One strong ETag stands for one length, whatever codings a client accepts.
    ///
    /// ## Why it matters
    /// The tag is the only licence to put parts together; under one tag for two forms clients mix plain and
    /// compressed bytes.
    ///
    /// ## How to fix
    /// Give the compressed form a tag of its own (nginx makes it weak, Apache httpd appends `-gzip`), or do
    /// not compress.
    static ONE_SIZE = {
        id: "ranges/one-size", level: Recommended, profile: Seek, since: "0.1.0",
        clauses: &[rfc9110::S8_8_1],
        needs: &[RangeTable, Encodings],
        judge: one_size,
        proof: &["ranges/one-tag-two-sizes"],
    }
}
fn one_size(case: &Case) -> Verdict {
    let strong = super::whole(case).ok().and_then(|whole| whole.etag).filter(|etag| etag.starts_with('"'));
    coded(case, &["accepts-gzip", "says-nothing"], |_, answer, length| {
        let answer = answer?;
        let total = named(answer)?.total?;
        let same = strong.is_some() && answer.header("etag") == strong.as_deref();
        (same && total != length).then(|| format!("a complete length of {total} instead of {length}"))
    })
}

fn coding(answer: &Answer) -> Option<String> {
    let mut codings = answer.headers("content-encoding").flat_map(|value| value.split(',')).map(str::trim);
    codings.find(|coding| !coding.is_empty() && !coding.eq_ignore_ascii_case("identity")).map(clip)
}

fn coded(
    case: &Case,
    names: &[&'static str],
    wrong: impl Fn(&Exchange, Option<&Answer>, u64) -> Option<String>,
) -> Verdict {
    let length = match ground(case) {
        Ok(whole) => whole.length,
        Err(verdict) => return verdict,
    };
    let asked = names.iter().filter_map(|name| case.asked(Probe::Encodings, name).next());
    let asked = asked.filter(|exchange| exchange.answer().is_none_or(|answer| !is_throttled(answer)));
    first(asked.filter_map(|exchange| {
        let differs = wrong(exchange, exchange.answer(), length)?;
        let accepted = exchange.sent("accept-encoding").map_or_else(
            || ", without Accept-Encoding".to_owned(),
            |accepted| format!(", Accept-Encoding: {}", clip(accepted)),
        );
        let expected = format!("206 Partial Content, Content-Range: bytes 0-999/{length}, 1000 bytes");
        let arrived = received_with(exchange, &["Content-Encoding", "Content-Range"]);
        let finding = Finding::new(sent(exchange) + &accepted, expected, arrived).seen_in(exchange.id());
        Some(if differs.is_empty() { finding } else { finding.differing(differs) })
    }))
}

check! {
    /// The recording in random pieces is the recording.
    ///
    /// ## Why it matters
    /// Caches and downloaders put a recording together from pieces of any size. Each must be answered whole,
    /// with its own bytes.
    ///
    /// ## How to fix
    /// Compare the piece of the finding with the file (`cmp`); look at how the handler reads across its
    /// buffers, and at caches that keep slices of a fixed size.
    static PIECES = {
        id: "ranges/pieces", level: Required, profile: Seek, since: "0.1.0",
        clauses: &[rfc9110::S15_3_7, guide::RANGE_206],
        needs: &[RangeTable, Pieces],
        judge: pieces,
        proof: &["ranges/wrong-piece"],
    }
}
fn pieces(case: &Case) -> Verdict {
    let length = match ground(case) {
        Ok(whole) => whole.length,
        Err(verdict) => return verdict,
    };
    let once = case.story.of(Probe::Pieces).filter(|exchange| !exchange.case.ends_with("-again"));
    first(once.filter_map(|exchange| match part_of(exchange, length, Ignored::Breaks) {
        Verdict::Fail { finding } => Some(finding),
        Verdict::Pass if is_wrong(exchange) => Some(wrong_bytes(exchange)),
        _ => None,
    }))
}

check! {
    /// The same range gives the same bytes, under the same header fields, when it is asked for again.
    ///
    /// ## Why it matters
    /// Whoever drags the playhead back asks for the same bytes again. A cache or a second node that answers
    /// otherwise plays another sound, or an error.
    ///
    /// ## How to fix
    /// Purge the cache and ask again; compare the nodes behind the load balancer with one another. A handler
    /// that keeps a position between requests (an open file shared by several) gives the wrong bytes the
    /// second time.
    static SAME_TWICE = {
        id: "ranges/same-twice", level: Required, profile: Seek, since: "0.1.0",
        clauses: &[rfc9110::S15_3_7],
        needs: &[RangeTable, Pieces],
        judge: same_twice,
        proof: &["ranges/wrong-on-repeat"],
    }
}
fn same_twice(case: &Case) -> Verdict {
    let length = match ground(case) {
        Ok(whole) => whole.length,
        Err(verdict) => return verdict,
    };
    first(case.story.of(Probe::Pieces).filter_map(|again| {
        let name = again.case.strip_suffix("-again")?;
        let once = case.asked(Probe::Pieces, name).next().filter(|once| is_right(once, length))?;
        if again.answer().is_some_and(is_throttled) || is_right(again, length) {
            return None;
        }
        let finding = Finding::new(
            format!("{}, for the second time", sent(again)),
            format!("{}, as the first time", received(once)),
            if is_wrong(again) { format!("{}, of other bytes", received(again)) } else { received(again) },
        );
        Some(finding.differing(if is_wrong(again) { "the bytes" } else { "the answer" }).seen_in(again.id()))
    }))
}
