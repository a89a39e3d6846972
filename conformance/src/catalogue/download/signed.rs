//! What the recording's URL says of itself: what its signature covers, how long it lives, what kind of file it names.

use crate::catalogue::ranges::telling::{clip, first, sent};
use crate::check::{Case, Check, check};
use crate::clauses::{guide, players};
use crate::verdict::{Finding, Verdict};

pub(in crate::catalogue) static CHECKS: &[&Check] =
    &[&RANGE_NOT_SIGNED, &LIFETIME, &COMFORTABLE_LIFETIME, &EXTENSION];

/// What a URL lives longer than the recording, at least.
const BEYOND_THE_RECORDING: u64 = 60;
/// What is comfortable in any case.
const COMFORTABLE: u64 = 15 * 60;

check! {
    /// The signature of the URL does not cover the Range header.
    ///
    /// ## Why it matters
    /// A signature that covers Range is good for one range; every other one is refused, and nothing plays.
    ///
    /// ## How to fix
    /// Sign the URL without a Range parameter: `getSignedUrl(client, new GetObjectCommand({ Bucket, Key }))`,
    /// and take `range` out of the headers to be signed. Only `host` needs to be among `SignedHeaders`.
    static RANGE_NOT_SIGNED = {
        id: "download/range-not-signed", level: Required, profile: Seek, since: "0.1.0",
        clauses: &[players::FINAL_URL, guide::RANGE_206],
        needs: &[Download],
        judge: range_not_signed,
        proof: &["download/signs-the-range"],
    }
}
fn range_not_signed(case: &Case) -> Verdict {
    first(case.story.signed.iter().filter_map(|url| {
        let covers = url.signed_headers.iter().any(|header| header == "range" || header == "if-range");
        covers.then(|| {
            let signed = url.signed_headers.join(";");
            Finding::new("GET recording", "SignedHeaders: host", format!("SignedHeaders: {}", clip(&signed)))
                .seen_in(format!("e{}", url.exchange))
        })
    }))
}

check! {
    /// The URL outlives the recording by a minute at least.
    ///
    /// ## Why it matters
    /// Players keep the URL that they were given and ask it for every later range. One that ends before the
    /// recording does ends the playing, too.
    ///
    /// ## How to fix
    /// Sign for an hour (`expiresIn: 3600`, `X-Amz-Expires=3600`, `se=` an hour from now), never for less
    /// than the recording's length and a minute.
    static LIFETIME = {
        id: "download/lifetime", level: Required, profile: Playback, since: "0.1.0",
        clauses: &[players::FINAL_URL],
        needs: &[Download],
        judge: lifetime,
        proof: &["download/lives-16-seconds", "download/lives-60-seconds"],
    }
}
fn lifetime(case: &Case) -> Verdict {
    lives(case, |duration| duration + BEYOND_THE_RECORDING)
}

check! {
    /// The URL lives for a quarter of an hour at least, and twice the recording's length.
    ///
    /// ## Why it matters
    /// People pause, take notes, and come back. With a URL that has ended meanwhile the next seek fails until
    /// the page is loaded again.
    ///
    /// ## How to fix
    /// Sign for an hour.
    /// The endpoint hands out a fresh URL whenever HubSpot asks, so a longer life costs little.
    static COMFORTABLE_LIFETIME = {
        id: "download/comfortable-lifetime", level: Recommended, profile: Playback, since: "0.1.0",
        clauses: &[players::FINAL_URL],
        needs: &[Download],
        judge: comfortable_lifetime,
        proof: &["download/lives-16-seconds", "download/lives-60-seconds", "download/lives-700-seconds"],
    }
}
fn comfortable_lifetime(case: &Case) -> Verdict {
    lives(case, |duration| (2 * duration).max(COMFORTABLE))
}

/// Judges how long each URL says that it lives, counted from the answer's Date.
fn lives(case: &Case, least: impl Fn(u64) -> u64) -> Verdict {
    let call = case.call();
    let decoded = call.media.as_ref().map(|media| media.duration_ms).filter(|ms| *ms > 0);
    let duration = decoded.or(call.recording.as_ref().map(|recording| recording.duration_ms)).unwrap_or(0);
    let least = least(duration.div_ceil(1000));
    let ends: Vec<_> = case.story.signed.iter().filter_map(|url| Some((url, url.expires?))).collect();
    if ends.is_empty() {
        return Verdict::not_applicable("the URL says nothing of its end");
    }
    first(ends.into_iter().filter_map(|(url, expires)| {
        let exchange = case.story.exchange(url.exchange)?;
        let date = httpdate::parse_http_date(exchange.answer()?.header("date")?).ok()?;
        let now = date.duration_since(std::time::UNIX_EPOCH).ok()?.as_secs();
        // The clock has moved since the URL was signed: a few seconds are nobody's fault.
        let left = expires.saturating_sub(now);
        (left + 5 < least).then(|| {
            // Rounded up, for a second more or less says nothing.
            let said = left.div_ceil(10) * 10;
            Finding::new(
                sent(exchange),
                format!("a URL that lives for {least} seconds or longer"),
                format!("one that ends within {said} seconds ({})", clip(&url.kind)),
            )
            .differing("the end that the URL names")
            .seen_in(exchange.id())
        })
    }))
}

check! {
    /// The recording's address ends with the kind of file it is.
    ///
    /// ## Why it matters
    /// An octet-stream does not say what it is. Most browsers look at the first bytes; old Safari and what is
    /// built on Apple's frameworks were seen to refuse an octet-stream whose address has no extension.
    ///
    /// ## How to fix
    /// Let the path end with `.wav`, `.flac`, `.mp4` or `.m4a`: `/recordings/8f2c….wav?signature=…`.
    static EXTENSION = {
        id: "download/extension", level: Informational, profile: Playback, since: "0.1.0",
        clauses: &[players::NAMES],
        needs: &[Download],
        judge: extension,
        proof: &["download/mpeg-type"],
    }
}
fn extension(case: &Case) -> Verdict {
    // Where it came from in the end is what a player sees.
    let Some(last) = case.story.signed.last() else {
        return Verdict::not_applicable("the address of no recording is known");
    };
    if [".wav", ".flac", ".mp4", ".m4a"].contains(&last.extension.as_str()) {
        return Verdict::Pass;
    }
    let received = match last.extension.as_str() {
        "" => "a path without an extension".to_owned(),
        other => format!("a path that ends with {}", clip(other)),
    };
    let expected = "a path that ends with .wav, .flac, .mp4 or .m4a";
    Verdict::fail(Finding::new("GET recording", expected, received).seen_in(format!("e{}", last.exchange)))
}
