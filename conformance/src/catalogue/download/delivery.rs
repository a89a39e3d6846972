//! How the recording's URL behaves while it is used: how often it works, broken off, in parallel, after a rest, fresh.
//!
//! What it says of itself: `signed.rs`.

use crate::catalogue::ranges::ground::{ground, is_right, is_wrong, status_of};
use crate::catalogue::ranges::telling::{clip, count, first, received, received_with, sent, status};
use crate::check::{Case, Check, check};
use crate::clauses::{guide, players, rfc9110};
use crate::evidence::{Content, End, Exchange, Outcome, Probe};
use crate::verdict::{Finding, Verdict};

pub(in crate::catalogue) static CHECKS: &[&Check] = &[
    &REUSE,
    &AFTER_A_PAUSE,
    &SLOW_READER,
    &REFUSAL,
    &SAME_VALIDATORS,
    &AFTER_A_BREAK,
    &PARALLEL_BYTES,
    &PARALLEL,
    &PROMPT,
    &FRESH_URL,
];

/// A seek is answered sooner.
const PROMPT_MS: f64 = 5000.0;
/// A refusal of a URL.
const REFUSED: [u16; 4] = [401, 403, 404, 410];

check! {
    /// The same URL works again and again.
    ///
    /// ## Why it matters
    /// One listener makes many requests of one URL: to play, and for every seek. With a URL that works once
    /// the second one fails, and the player stops with an error.
    ///
    /// ## How to fix
    /// Let the token expire by time, not by use. Where tokens must be used once, redirect with it to a URL
    /// that is signed for an hour (S3, GCS and CloudFront do this).
    static REUSE = {
        id: "download/reuse", level: Required, profile: Playback, since: "0.1.0",
        clauses: &[players::FINAL_URL, guide::AUTHENTICATED],
        needs: &[Delivery],
        judge: reuse,
        proof: &["download/one-time-url"],
    }
}
fn reuse(case: &Case) -> Verdict {
    first(named(case, "again-").filter_map(|exchange| {
        let refused = status_of(exchange).is_some_and(|status| REFUSED.contains(&status));
        refused.then(|| {
            let sent = format!("{}, of a URL that was downloaded before", sent(exchange));
            Finding::new(sent, "206 Partial Content", received(exchange)).seen_in(exchange.id())
        })
    }))
}

check! {
    /// After a pause the same URL still answers ranges.
    ///
    /// ## Why it matters
    /// A listener who pauses and then seeks asks the URL that was handed out before. It is asked only with
    /// `--thorough`.
    ///
    /// ## How to fix
    /// Bind the URL to nothing that ends when nobody asks: no session, no idle time-out, no temporary file
    /// that is cleaned away. Let its expiry alone decide.
    static AFTER_A_PAUSE = {
        id: "download/after-a-pause", level: Required, profile: Seek, since: "0.1.0",
        clauses: &[players::FINAL_URL],
        needs: &[Delivery],
        judge: after_a_pause,
        proof: &["download/forgets-after-a-pause"],
    }
}
fn after_a_pause(case: &Case) -> Verdict {
    let Some(exchange) = case.asked(Probe::Delivery, "after-a-pause").next() else {
        return Verdict::not_applicable("it is asked only with --thorough");
    };
    let length = match works(case) {
        Ok(length) => length,
        Err(verdict) => return verdict,
    };
    if is_right(exchange, length) {
        return Verdict::Pass;
    }
    let sent = format!("{}, after a pause", sent(exchange));
    Verdict::fail(Finding::new(sent, "206 Partial Content", received(exchange)).seen_in(exchange.id()))
}

check! {
    /// A download goes on after its reader has rested.
    ///
    /// ## Why it matters
    /// A player whose buffer is full stops reading and leaves the connection open; Chromium does so for as
    /// long as the listener pauses. A connection that is cut meanwhile must be asked for again, and players
    /// that do not try again stop there. It is asked only with `--thorough`, of recordings of 1 MiB or longer.
    ///
    /// ## How to fix
    /// Raise the time a write may take: nginx `send_timeout`, Apache `Timeout`, a load balancer's idle
    /// time-out, Node's `server.setTimeout`, Go's `http.Server.WriteTimeout` (0 for downloads), Gunicorn's
    /// `timeout` with synchronous workers.
    static SLOW_READER = {
        id: "download/slow-reader", level: Recommended, profile: Playback, since: "0.1.0",
        clauses: &[players::FINAL_URL],
        needs: &[Delivery],
        judge: slow_reader,
        proof: &["download/cuts-slow-readers"],
    }
}
fn slow_reader(case: &Case) -> Verdict {
    let Some(exchange) = case.asked(Probe::Delivery, "slow-reader").next() else {
        return Verdict::not_applicable("it is asked only with --thorough, of recordings of 1 MiB or longer");
    };
    if let Err(verdict) = works(case) {
        return verdict;
    }
    let answer = match &exchange.outcome {
        Outcome::Failed(reason) => return Verdict::unjudged(format!("it got no answer: {reason}")),
        Outcome::Answered(answer) if !matches!(answer.status, 200 | 206) => {
            return Verdict::unjudged(format!("it was answered {}", answer.status));
        }
        Outcome::Answered(answer) => answer,
    };
    match &answer.body.end {
        End::Complete | End::Abandoned => return Verdict::Pass,
        // It may be as slow as it likes.
        End::Stalled(_) => return Verdict::unjudged("the first MiB did not come in time"),
        End::CutShort(_) => {}
    }
    // How much came before is chance: what was on its way when reading rested.
    let sent = format!("{}, read to 64 KiB, then a rest, then read on", sent(exchange));
    let received = format!("{}, cut off after the rest", status(answer.status));
    let expected = "the download goes on after the rest";
    Verdict::fail(Finding::new(sent, expected, received).seen_in(exchange.id()))
}

check! {
    /// A URL without its token is refused with a status that says so.
    ///
    /// ## Why it matters
    /// A page that comes with 200 is taken for the recording: HubSpot would transcribe "this link has
    /// expired", and a player shows a broken file instead of asking for a fresh URL.
    ///
    /// ## How to fix
    /// Answer 401, 403, 404 or 410, with a short body. Look at error pages that a proxy or a single-page
    /// application serves with 200 for everything.
    static REFUSAL = {
        id: "download/refusal-status", level: Recommended, profile: Playback, since: "0.1.0",
        clauses: &[guide::AUTHENTICATED],
        needs: &[Token],
        judge: refusal,
        proof: &["download/refuses-with-200"],
    }
}
fn refusal(case: &Case) -> Verdict {
    first(case.story.of(Probe::Token).filter_map(|exchange| {
        let answer = exchange.answer().filter(|answer| matches!(answer.status, 200..=299))?;
        // A page, data or plain text, whatever it says of itself.
        let textual =
            |kind: &str| ["text/", "application/json", "application/xml"].iter().any(|t| kind.starts_with(t));
        let is_page = match &answer.body.content {
            Content::Text(_) => true,
            Content::Differs(difference) => {
                difference.head.starts_with("3c") || difference.head.starts_with("7b")
            }
            Content::Empty | Content::Unseen => false,
            Content::Equal { .. } | Content::Hashed { .. } => {
                answer.header("content-type").is_some_and(textual)
            }
        };
        is_page.then(|| {
            let sent = format!("{}, {}", sent(exchange), clip(&exchange.case));
            Finding::new(sent, status(403), received_with(exchange, &["Content-Type"]))
                .or(status(401))
                .or(status(404))
                .or(status(410))
                .seen_in(exchange.id())
        })
    }))
}

check! {
    /// All URLs of one recording give it the same ETag and Last-Modified.
    ///
    /// ## Why it matters
    /// When a page is loaded again the player has a new URL, and its cache the bytes of the old one. With
    /// another tag it throws them away.
    ///
    /// ## How to fix
    /// Make the ETag from what is stored, not from the URL, the token or the node that answers.
    static SAME_VALIDATORS = {
        id: "download/same-validators", level: Recommended, profile: Seek, since: "0.1.0",
        clauses: &[rfc9110::S8_8_1],
        needs: &[Download],
        judge: same_validators,
        proof: &["download/etag-of-the-url"],
    }
}
fn same_validators(case: &Case) -> Verdict {
    let whole = case.asked(Probe::Download, "whole").next().and_then(Exchange::answer);
    let Some(whole) = whole.filter(|answer| answer.status == 200) else {
        return Verdict::unjudged("the recording could not be downloaded: see download/succeeds");
    };
    first(case.asked(Probe::Download, "second-url").filter_map(|exchange| {
        let answer = exchange.answer().filter(|answer| answer.status == 200)?;
        let field = ["ETag", "Last-Modified"].into_iter().find(|field| {
            let (before, now) = (whole.header(field), answer.header(field));
            before.is_some() && now.is_some() && before != now
        })?;
        let told = |answer: &crate::evidence::Answer| clip(answer.header(field).unwrap_or_default());
        Some(
            Finding::new(
                "GET of two URLs that were handed out for one call",
                format!("the same {field} twice"),
                format!("{field}: {} and {field}: {}", told(whole), told(answer)),
            )
            .differing(format!("the {field}"))
            .seen_in(exchange.id()),
        )
    }))
}

check! {
    /// When a download is broken off, the next range is answered at once.
    ///
    /// ## Why it matters
    /// Every seek does this: the player drops the connection that still sends, and asks for bytes elsewhere.
    /// A server that is still busy with the old one leaves the listener without sound.
    ///
    /// ## How to fix
    /// Notice that the client has gone (`req.on("close")` in Node, `r.Context()` in Go), and hold no lock per
    /// listener or per file while you send. In PHP call `session_write_close()` before streaming.
    static AFTER_A_BREAK = {
        id: "download/after-a-break", level: Required, profile: Seek, since: "0.1.0",
        clauses: &[players::CONCURRENCY],
        needs: &[Delivery],
        judge: after_a_break,
        proof: &["download/busy-after-a-break"],
    }
}
fn after_a_break(case: &Case) -> Verdict {
    let Some(exchange) = case.asked(Probe::Delivery, "after-break").next() else {
        return Verdict::not_applicable("the recording is shorter than 256 KiB");
    };
    if let Err(verdict) = works(case) {
        return verdict;
    }
    if is_part(exchange) && !is_wrong(exchange) {
        return Verdict::Pass;
    }
    let sent = format!("{}, right after bytes=0- was broken off", sent(exchange));
    Verdict::fail(Finding::new(sent, "206 Partial Content", received(exchange)).seen_in(exchange.id()))
}

check! {
    /// Ranges that are asked for at the same time get their own bytes each.
    ///
    /// ## Why it matters
    /// Players, caches and downloaders ask for several ranges at once. Bytes of one in the answer to another
    /// are heard as noise, and only sometimes.
    ///
    /// ## How to fix
    /// Share no file position, buffer or response object between requests: open the file for each, or read
    /// with an offset (`pread`, `FileChannel.read(buffer, position)`, `ReadAt`).
    static PARALLEL_BYTES = {
        id: "download/parallel-bytes", level: Required, profile: Seek, since: "0.1.0",
        clauses: &[players::CONCURRENCY, rfc9110::S15_3_7],
        needs: &[Delivery],
        judge: parallel_bytes,
        proof: &["download/mixes-parallel"],
    }
}
fn parallel_bytes(case: &Case) -> Verdict {
    if let Err(verdict) = works(case) {
        return verdict;
    }
    first(named(case, "at-once-").filter(|exchange| is_part(exchange) && is_wrong(exchange)).map(
        |exchange| {
            Finding::new(
                format!("{}, with three others at the same time", sent(exchange)),
                "the recording's bytes at that place",
                format!("{}, of other bytes", received(exchange)),
            )
            .differing("the bytes")
            .seen_in(exchange.id())
        },
    ))
}

check! {
    /// Four ranges at the same time are all answered.
    ///
    /// ## Why it matters
    /// A player that opens a second connection while the first still runs gets an error where it expects
    /// sound.
    ///
    /// ## How to fix
    /// Allow some ten connections per listener: look at `limit_conn` in nginx, at the limits of your gateway,
    /// and at worker pools of one.
    static PARALLEL = {
        id: "download/parallel", level: Recommended, profile: Seek, since: "0.1.0",
        clauses: &[players::CONCURRENCY],
        needs: &[Delivery],
        judge: parallel,
        proof: &["download/refuses-parallel"],
    }
}
fn parallel(case: &Case) -> Verdict {
    if let Err(verdict) = works(case) {
        return verdict;
    }
    first(named(case, "at-once-").filter(|exchange| !is_part(exchange)).map(|exchange| {
        let sent = format!("{}, with three others at the same time", sent(exchange));
        Finding::new(sent, "206 Partial Content", received(exchange)).seen_in(exchange.id())
    }))
}

check! {
    /// A range from the middle is answered within five seconds.
    ///
    /// ## Why it matters
    /// The listener waits for it with every seek. A server that first fetches the whole object from a store
    /// answers later the longer the call was.
    ///
    /// ## How to fix
    /// Forward the Range header to the store (`proxy_cache` with `slice` in nginx, `Range` in `GetObject`),
    /// or redirect the client there.
    static PROMPT = {
        id: "download/prompt", level: Recommended, profile: Seek, since: "0.1.0",
        clauses: &[players::PROMPTNESS],
        needs: &[RangeTable],
        judge: prompt,
        proof: &["download/slow-in-the-middle"],
    }
}
fn prompt(case: &Case) -> Verdict {
    first(case.asked(Probe::RangeTable, "open-from-middle").filter_map(|exchange| {
        let late = exchange.answer().is_some() && exchange.timing.first_byte_ms > PROMPT_MS;
        late.then(|| {
            Finding::new(sent(exchange), "an answer within 5 seconds", "an answer after more than 5 seconds")
                .differing("the time to the first byte")
                .seen_in(exchange.id())
        })
    }))
}

check! {
    /// A URL that nobody asked before answers its first range as it answers the next ones.
    ///
    /// ## Why it matters
    /// The first request of a listener is a range. A cache that answers 200 while it still fills makes
    /// exactly that one fail.
    ///
    /// ## How to fix
    /// Let the cache fetch slices (`slice` in nginx, `beresp.do_stream` with care in Varnish), or pass ranges
    /// through while the object is not there.
    static FRESH_URL = {
        id: "download/fresh-url", level: Required, profile: Seek, since: "0.1.0",
        clauses: &[guide::RANGE_206, players::FINAL_URL],
        needs: &[Delivery],
        judge: fresh_url,
        proof: &["download/cold-cache"],
    }
}
fn fresh_url(case: &Case) -> Verdict {
    if let Err(verdict) = works(case) {
        return verdict;
    }
    let pairs = [("fresh-open", "warm-open"), ("fresh-middle", "warm-middle")];
    let mut wrong = Vec::new();
    let mut urls = 0;
    for (fresh, warm) in pairs {
        let asked = case.asked(Probe::Delivery, fresh).zip(case.asked(Probe::Delivery, warm));
        // Where the second answer is not right either, it is no matter of the cache.
        let comparable: Vec<_> = asked.filter(|(_, warm)| is_part(warm) && !is_wrong(warm)).collect();
        urls = urls.max(comparable.len());
        let broken = comparable.iter().filter(|(fresh, _)| !is_part(fresh) || is_wrong(fresh));
        let broken: Vec<_> = broken.map(|(fresh, _)| *fresh).collect();
        match broken.as_slice() {
            [] => {}
            all if all.len() == comparable.len() => wrong.extend(broken),
            some => {
                let (failed, of) = (some.len(), comparable.len());
                return Verdict::unjudged(format!(
                    "unstable: {fresh} failed with {failed} of {of} fresh URLs"
                ));
            }
        }
    }
    if urls == 0 {
        return Verdict::not_applicable("no second URL was handed out that answers ranges");
    }
    first(wrong.into_iter().map(|exchange| {
        let sent = format!("{}, of a URL that was just handed out", sent(exchange));
        Finding::new(sent, "206 Partial Content", received(exchange)).seen_in(exchange.id())
    }))
}

fn named<'a>(case: &Case<'a>, prefix: &'static str) -> impl Iterator<Item = &'a Exchange> {
    case.story.of(Probe::Delivery).filter(move |exchange| exchange.case.starts_with(prefix))
}

fn is_part(exchange: &Exchange) -> bool {
    exchange.answer().is_some_and(|answer| {
        answer.status == 206 && !matches!(answer.body.end, End::CutShort(_) | End::Stalled(_))
    })
}

/// The recording's length, where plain ranges work; else the verdict.
#[expect(clippy::result_large_err, reason = "a verdict is returned once a check, and read at once")]
fn works(case: &Case) -> Result<u64, Verdict> {
    let length = case.call().baseline.as_ref().map(|baseline| baseline.length);
    let length =
        length.ok_or_else(|| Verdict::unjudged("the whole recording is not known: see download/succeeds"))?;
    if case.story.of(Probe::RangeTable).next().is_some() {
        ground(case)?;
    }
    match case.asked(Probe::Delivery, "again-2").next() {
        Some(exchange) if is_right(exchange, length) => Ok(length),
        Some(_) => Err(Verdict::not_applicable(format!(
            "a plain range of {} is not answered rightly either: the section ranges speaks of it",
            count(length)
        ))),
        None => Err(Verdict::not_applicable("the URL does not work again: download/reuse speaks of it")),
    }
}
