//! What a reader of raw HTTP/1.1 saw: bytes after the end, how the length of a body is told, HEAD, and headers that client
//! libraries do not send.

use super::telling::{clip, count, first, received, received_with, sent};
use super::{is_throttled, whole};
use crate::check::{Case, Check, check};
use crate::clauses::{rfc9110, rfc9112};
use crate::evidence::{End, Exchange, Outcome, Probe, WireFacts};
use crate::range::oracle::{Class, classify};
use crate::verdict::{Finding, Verdict};

pub(in crate::catalogue) static CHECKS: &[&Check] = &[
    &NOTHING_AFTER_THE_END,
    &KEEP_ALIVE,
    &FRAMING,
    &PART_LENGTH,
    &HEAD_WITHOUT_BODY,
    &HEAD_WITH_RANGE,
    &HEAD_LENGTH,
    &SENT_TWICE,
    &LONG_HEADER,
    &HTTP_1_0,
];

/// The satisfiable ranges that are asked on connections of their own.
const RANGES: [&str; 5] = ["first-byte", "header", "middle", "last-byte-closed", "suffix"];

check! {
    /// After the bytes that Content-Length announces nothing more comes.
    ///
    /// ## Why it matters
    /// Clients hide the surplus, until a proxy or a second request on the same connection reads it as the
    /// next answer. It also means that the whole recording is sent for every small range.
    ///
    /// ## How to fix
    /// Send only the slice: `createReadStream(path, { start, end })` in Node, `io.CopyN` in Go,
    /// `file.read(end - start + 1)` in Python. Content-Length must be the length of what you write.
    static NOTHING_AFTER_THE_END = {
        id: "ranges/nothing-after-the-end", level: Required, profile: Seek, since: "0.1.0",
        clauses: &[rfc9110::S8_6, rfc9112::S6_3],
        needs: &[Wire],
        judge: nothing_after_the_end,
        proof: &["ranges/whole-file-under-a-part", "ranges/streams-to-the-end"],
    }
}
fn nothing_after_the_end(case: &Case) -> Verdict {
    each(case, &RANGES, |exchange, facts| {
        let answer = exchange.answer().filter(|answer| matches!(answer.status, 200 | 206))?;
        let announced = count(answer.body.length);
        (facts.surplus > 0).then(|| {
            let finding = Finding::new(
                sent(exchange),
                format!("{announced}, and nothing after them"),
                format!("{announced}, then {}", surplus(facts)),
            );
            finding.differing("byte 1 after the end")
        })
    })
}

fn surplus(facts: &WireFacts) -> String {
    let more = if facts.surplus >= 64 << 10 { "at least " } else { "" };
    format!("{more}{} more that begin with {}", count(facts.surplus), clip(&facts.surplus_head))
}

check! {
    /// On one connection every answer begins where the one before it ended.
    ///
    /// ## Why it matters
    /// Browsers and proxies send the next range on the same connection. Bytes that are left over from the
    /// answer before are read as the next one, and playing stops with a network error.
    ///
    /// ## How to fix
    /// Make Content-Length the length of what is written, for errors too: a 416 with a body needs its length.
    /// Do not set `Content-Length: 0` and then write a message.
    static KEEP_ALIVE = {
        id: "ranges/keep-alive", level: Required, profile: Seek, since: "0.1.0",
        clauses: &[rfc9112::S9_3, rfc9112::S6_3],
        needs: &[Wire],
        judge: keep_alive,
        proof: &["ranges/whole-file-under-a-part", "ranges/body-after-a-refusal"],
    }
}
fn keep_alive(case: &Case) -> Verdict {
    let asked = case.story.of(Probe::Wire).filter(|exchange| exchange.case.starts_with("keep-alive-"));
    let told: Vec<_> = asked.filter_map(|exchange| Some((exchange, facts(case, exchange)?))).collect();
    if told.iter().all(|(exchange, _)| exchange.answer().is_none()) {
        return Verdict::unjudged("no raw request was answered");
    }
    first(told.into_iter().filter_map(|(exchange, facts)| {
        let arrived = match &exchange.outcome {
            Outcome::Failed(why) if facts.reused && why.starts_with("not an answer") => clip(why),
            Outcome::Answered(answer) if facts.surplus > 0 => {
                let closes = answer.header("connection").is_some_and(|v| v.eq_ignore_ascii_case("close"));
                if closes {
                    return None;
                }
                format!("{}, then {}", received(exchange), surplus(facts))
            }
            _ => return None,
        };
        let finding = Finding::new(sent(exchange), "an answer, and the next one right after it", arrived);
        Some(finding.differing("what follows the answer's end").seen_in(exchange.id()))
    }))
}

check! {
    /// A part tells its length in one way, and keeps to it.
    ///
    /// ## Why it matters
    /// With both a Content-Length and chunks, clients and proxies disagree where the body ends; chunks
    /// without their end look like a broken connection.
    ///
    /// ## How to fix
    /// Send Content-Length and no Transfer-Encoding. In Node do not set Content-Length on a response that you
    /// pipe through a compressor; in Rails and Rack do not set it on a streamed body; a proxy in front must
    /// pass one of the two.
    static FRAMING = {
        id: "ranges/framing", level: Required, profile: Seek, since: "0.1.0",
        clauses: &[rfc9112::S6_3, rfc9112::S7_1],
        needs: &[Wire],
        judge: framing,
        proof: &["ranges/two-framings", "ranges/unended-chunks"],
    }
}
fn framing(case: &Case) -> Verdict {
    each(case, &RANGES, |exchange, facts| {
        let wrong = facts.framing.as_deref()?;
        let finding = Finding::new(sent(exchange), "Content-Length alone", clip(wrong));
        Some(finding.or("Transfer-Encoding: chunked alone, with a last chunk").differing(clip(wrong)))
    })
}

check! {
    /// A part announces its length.
    ///
    /// ## Why it matters
    /// Players manage without it, but caches do not keep such a part, and nobody can tell a cut connection
    /// from the end.
    ///
    /// ## How to fix
    /// Set `Content-Length: last - first + 1` with every 206; then the server sends no chunks.
    static PART_LENGTH = {
        id: "ranges/part-length", level: Recommended, profile: Seek, since: "0.1.0",
        clauses: &[rfc9110::S8_6],
        needs: &[Wire],
        judge: part_length,
        proof: &["ranges/chunked-206"],
    }
}
fn part_length(case: &Case) -> Verdict {
    each(case, &RANGES, |exchange, _| {
        let answer = exchange.answer().filter(|answer| answer.status == 206)?;
        let expected = format!("Content-Length: {}", answer.body.length);
        let arrived = received_with(exchange, &["Transfer-Encoding"]);
        answer.header("content-length").is_none().then(|| Finding::new(sent(exchange), expected, arrived))
    })
}

check! {
    /// HEAD is answered without a body.
    ///
    /// ## Why it matters
    /// The client expects the next answer right after the header; the body is read in its place, and the
    /// connection is lost.
    ///
    /// ## How to fix
    /// Leave HEAD to the framework (Express, Flask, Spring answer it from GET and drop the body), or answer
    /// 405. Do not write to the response when the method is HEAD.
    static HEAD_WITHOUT_BODY = {
        id: "ranges/head-without-body", level: Required, profile: Seek, since: "0.1.0",
        clauses: &[rfc9110::S9_3_2],
        needs: &[Wire],
        judge: head_without_body,
        proof: &["ranges/head-writes-a-body"],
    }
}
fn head_without_body(case: &Case) -> Verdict {
    each(case, &["head", "head-with-range"], |exchange, facts| {
        (facts.surplus > 0).then(|| {
            let arrived = format!("the header, then {}", surplus(facts));
            Finding::new(sent(exchange), "the header, and nothing after it", arrived).differing("a body")
        })
    })
}

check! {
    /// HEAD with a Range is answered as if no Range had come.
    ///
    /// ## Why it matters
    /// Range has a meaning for GET alone. A client that asks HEAD for the length gets that of the part
    /// instead.
    ///
    /// ## How to fix
    /// Look at Range only where the method is GET. A refusal (403, 405) is fine: URLs are often signed for
    /// GET.
    static HEAD_WITH_RANGE = {
        id: "ranges/head-with-range", level: Recommended, profile: Seek, since: "0.1.0",
        clauses: &[rfc9110::S14_2, rfc9110::S9_3_2],
        needs: &[Wire],
        judge: head_with_range,
        proof: &["ranges/head-206"],
    }
}
fn head_with_range(case: &Case) -> Verdict {
    each(case, &["head-with-range"], |exchange, _| {
        let answer = exchange.answer()?;
        let wrong = answer.status == 206 || answer.status >= 500 && answer.status != 501;
        wrong.then(|| {
            let arrived = received_with(exchange, &["Content-Range", "Content-Length"]);
            Finding::new(sent(exchange), "200 OK with the length of the whole", arrived)
                .or("405 Method Not Allowed")
        })
    })
}

check! {
    /// HEAD gives the recording's length, or none.
    ///
    /// ## Why it matters
    /// Downloaders plan by it. With a length of 0 they take the recording for empty.
    ///
    /// ## How to fix
    /// Set Content-Length from the stored size before the body is dropped, or leave it out, or answer 405.
    static HEAD_LENGTH = {
        id: "ranges/head-length", level: Recommended, profile: Seek, since: "0.1.0",
        clauses: &[rfc9110::S9_3_2, rfc9110::S8_6],
        needs: &[Wire],
        judge: head_length,
        proof: &["ranges/head-length-zero"],
    }
}
fn head_length(case: &Case) -> Verdict {
    let length = match whole(case) {
        Ok(whole) => whole.length,
        Err(reason) => return Verdict::unjudged(reason),
    };
    each(case, &["head", "head-with-range"], |exchange, _| {
        let answer = exchange.answer().filter(|answer| answer.status == 200)?;
        let said = answer.header("content-length")?;
        (said.trim().parse() != Ok(length)).then(|| {
            let arrived = received_with(exchange, &["Content-Length"]);
            Finding::new(sent(exchange), format!("Content-Length: {length}"), arrived).or("no Content-Length")
        })
    })
}

check! {
    /// Two Range headers are ignored, refused, or one of them is answered.
    ///
    /// ## Why it matters
    /// What two of them mean is left open; a server that fails, or mixes the two, can be made to serve
    /// wrong bytes.
    ///
    /// ## How to fix
    /// Where Range comes twice, take the first or ignore both. Look at how your framework gives a repeated
    /// header: as a list, or joined with a comma.
    static SENT_TWICE = {
        id: "ranges/sent-twice", level: Recommended, profile: Seek, since: "0.1.0",
        clauses: &[rfc9110::S14_2],
        needs: &[Wire],
        judge: sent_twice,
        proof: &["ranges/500-on-two-ranges"],
    }
}
fn sent_twice(case: &Case) -> Verdict {
    let length = match whole(case) {
        Ok(whole) => whole.length,
        Err(reason) => return Verdict::unjudged(reason),
    };
    each(case, &["range-twice"], |exchange, _| {
        let fine = exchange.answer().is_some_and(|answer| match classify(answer, length) {
            Class::Full | Class::Multi | Class::Unsatisfiable | Class::Rejected => true,
            Class::Part => {
                super::named(answer).is_some_and(|named| matches!((named.first, named.last), (0, 0) | (5, 5)))
            }
            Class::Other => is_throttled(answer),
        });
        (!fine).then(|| {
            Finding::new(
                format!("{} and Range: bytes=5-5", sent(exchange)),
                format!("200 OK with all {}", count(length)),
                received(exchange),
            )
            .or("206 Partial Content with one of the two")
            .or("400 Bad Request")
        })
    })
}

check! {
    /// A Range header of eight thousand digits is answered or refused.
    ///
    /// ## Why it matters
    /// Any client can send it. A failure or a broken connection shows that the server can be made to stumble.
    ///
    /// ## How to fix
    /// Limit the length of headers (431 or 400 is right), and treat numbers that do not fit as beyond the
    /// end.
    static LONG_HEADER = {
        id: "ranges/long-header", level: Recommended, profile: Seek, since: "0.1.0",
        clauses: &[rfc9110::S17_5],
        needs: &[Wire],
        judge: long_header,
        proof: &["ranges/500-beyond-64-bits", "ranges/500-beyond-32-bits"],
    }
}
fn long_header(case: &Case) -> Verdict {
    each(case, &["long-header"], |exchange, _| {
        let fine = exchange.answer().is_some_and(|answer| answer.status < 500 || is_throttled(answer));
        (!fine).then(|| {
            let sent = "GET recording, Range: bytes=0- and 8192 digits";
            Finding::new(sent, "206 Partial Content", received(exchange)).or("400 Bad Request").or("431")
        })
    })
}

check! {
    /// A client that speaks HTTP/1.0 gets the part in a form that it understands.
    ///
    /// ## Why it matters
    /// nginx asks its upstreams in HTTP/1.0 by default, and so do old proxies and telephony gear. Chunks are
    /// foreign to it: their sizes end up in the audio.
    ///
    /// ## How to fix
    /// Send Content-Length, then no server needs chunks. Behind nginx set `proxy_http_version 1.1`.
    static HTTP_1_0 = {
        id: "ranges/http-1-0", level: Recommended, profile: Seek, since: "0.1.0",
        clauses: &[rfc9112::S2_5],
        needs: &[Wire],
        judge: http_1_0,
        proof: &["ranges/http-1-0-chunks"],
    }
}
fn http_1_0(case: &Case) -> Verdict {
    each(case, &["http-1-0"], |exchange, _| {
        let answer = exchange.answer().filter(|answer| matches!(answer.status, 200 | 206))?;
        let chunked = answer.header("transfer-encoding").is_some();
        let cut = matches!(answer.body.end, End::CutShort(_) | End::Stalled(_));
        (chunked || cut).then(|| {
            let arrived = received_with(exchange, &["Transfer-Encoding"]);
            Finding::new(
                format!("{} as HTTP/1.0", sent(exchange)),
                "206 Partial Content with Content-Length",
                arrived,
            )
        })
    })
}

fn facts<'a>(case: &Case<'a>, exchange: &Exchange) -> Option<&'a WireFacts> {
    case.story.wire.iter().find(|facts| facts.exchange == exchange.number)
}

/// Judges the cases that were answered; unjudged where none was.
fn each(
    case: &Case,
    names: &[&'static str],
    wrong: impl Fn(&Exchange, &WireFacts) -> Option<Finding>,
) -> Verdict {
    let asked = names.iter().filter_map(|name| case.asked(Probe::Wire, name).next());
    let told: Vec<_> = asked.filter_map(|exchange| Some((exchange, facts(case, exchange)?))).collect();
    let no_connection = |exchange: &Exchange| matches!(&exchange.outcome, Outcome::Failed(why) if why.starts_with("no connection") || why.starts_with("no TLS"));
    if told.iter().all(|(exchange, _)| no_connection(exchange)) {
        return Verdict::unjudged("no raw request was answered");
    }
    first(
        told.into_iter().filter_map(|(exchange, facts)| Some(wrong(exchange, facts)?.seen_in(exchange.id()))),
    )
}
