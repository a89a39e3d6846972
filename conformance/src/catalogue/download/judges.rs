//! What the checks of the whole download answer. Pure functions of the evidence.

use crate::catalogue::ranges::telling::{clip, count, first, received, received_with, sent, status};
use crate::check::{Case, OctetStream};
use crate::evidence::{Answer, End, Exchange, Outcome, Probe};
use crate::verdict::{Finding, Verdict};

/// More hops than that are as good as a loop.
const MOST_HOPS: usize = 5;
const OCTET_STREAM: &str = "application/octet-stream";

fn wholes<'a>(case: &Case<'a>) -> impl Iterator<Item = &'a Exchange> + use<'a> {
    case.story.asked(Probe::Download, "whole")
}

/// Whether an answer may enclose a recording. A 206 that nobody asked for is ranges/no-unasked-partial's.
fn succeeded(answer: &Answer) -> bool {
    matches!(answer.status, 200 | 203 | 206)
}

fn successful(exchange: &Exchange) -> Option<(&Exchange, &Answer)> {
    exchange.answer().filter(|answer| succeeded(answer)).map(|answer| (exchange, answer))
}

/// Judges each successful whole download; unjudged where there is none.
fn each_whole(case: &Case, judge: impl Fn(&Exchange, &Answer) -> Option<Finding>) -> Verdict {
    let downloaded: Vec<_> = wholes(case).filter_map(successful).collect();
    if downloaded.is_empty() {
        return not_downloaded();
    }
    first(downloaded.into_iter().filter_map(|(exchange, answer)| judge(exchange, answer)))
}

/// Judges each successful answer, whole or part; unjudged where nothing was downloaded.
fn each_answer(case: &Case, judge: impl Fn(&Exchange, &Answer) -> Option<Finding>) -> Verdict {
    if wholes(case).find_map(successful).is_none() {
        return not_downloaded();
    }
    let answered = case.story.of(Probe::Download).chain(case.story.of(Probe::RangeTable));
    first(answered.filter_map(successful).filter_map(|(exchange, answer)| judge(exchange, answer)))
}

fn not_downloaded() -> Verdict {
    Verdict::unjudged("the recording could not be downloaded: see download/succeeds")
}

pub(super) fn succeeds(case: &Case) -> Verdict {
    let asked: Vec<_> = wholes(case).collect();
    if asked.is_empty() {
        return Verdict::unjudged("the recording was not asked for");
    }
    first(asked.into_iter().filter_map(|exchange| {
        let difference = match &exchange.outcome {
            Outcome::Failed(_) => Some("no answer".to_owned()),
            Outcome::Answered(answer) => incomplete(answer),
        }?;
        let finding = Finding::new(
            sent(exchange),
            "200 OK with the whole recording",
            received_with(exchange, &["Content-Length"]),
        );
        Some(finding.differing(difference).seen_in(exchange.id()))
    }))
}

fn incomplete(answer: &Answer) -> Option<String> {
    match &answer.body.end {
        _ if !succeeded(answer) => Some(format!("status {}", answer.status)),
        End::CutShort(_) => Some(format!("the body was cut short after {}", count(answer.body.length))),
        End::Stalled(ms) => Some(format!("nothing came for {ms} ms after {}", count(answer.body.length))),
        End::Abandoned => Some(format!("the body did not end within {}", count(answer.body.length))),
        End::Complete => (answer.body.length == 0).then(|| "the body is empty".to_owned()),
    }
}

pub(super) fn redirects(case: &Case) -> Verdict {
    first(case.story.of(Probe::Download).filter_map(|exchange| {
        let looping = match &exchange.outcome {
            Outcome::Failed(why) => {
                let why = why.to_ascii_lowercase();
                why.contains("redirect")
                    && ["loop", "too many", "more than"].iter().any(|word| why.contains(word))
            }
            Outcome::Answered(_) => false,
        };
        (looping || exchange.hops.len() > MOST_HOPS).then(|| {
            let hops = exchange.hops.len();
            let end = match exchange.hops.last() {
                Some(hop) => {
                    format!("{hops} redirects, the last to {}; {}", clip(&hop.location), received(exchange))
                }
                None => received(exchange),
            };
            Finding::new(sent(exchange), format!("the recording after at most {MOST_HOPS} redirects"), end)
                .seen_in(exchange.id())
        })
    }))
}

pub(super) fn any_client(case: &Case) -> Verdict {
    let clients: Vec<_> = ["whole", "browser", "bare-client"]
        .into_iter()
        .filter_map(|name| Some((name, case.asked(Probe::Download, name).next()?)))
        .collect();
    let Some((served, answer)) =
        clients.iter().find_map(|(name, exchange)| Some((*name, successful(exchange)?.1)))
    else {
        return not_downloaded();
    };
    if clients.len() < 2 {
        return Verdict::unjudged("only one kind of client asked");
    }
    let page = is_page(answer);
    first(clients.iter().filter_map(|(name, exchange)| {
        let fine = successful(exchange).is_some_and(|(_, answer)| is_page(answer) == page);
        (!fine).then(|| {
            let agent = exchange
                .sent("user-agent")
                .map_or("no User-Agent".to_owned(), |agent| format!("User-Agent: {}", clip(agent)));
            let sent = format!("{}, {agent} ({name})", sent(exchange));
            let expected = format!("{}, as for {served}", status(answer.status));
            Finding::new(sent, expected, received_with(exchange, &["Content-Type"])).seen_in(exchange.id())
        })
    }))
}

/// Whether an answer calls itself a page: a login form instead of a recording.
fn is_page(answer: &Answer) -> bool {
    answer.header("content-type").is_some_and(|value| essence(value) == "text/html")
}

/// How a type is read (checks.md 4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// What the guide says.
    Literal,
    /// Not what the guide says; browsers play it.
    Playable,
    /// No recording.
    Refused,
}

fn essence(value: &str) -> String {
    value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

pub(super) fn kind(answer: &Answer) -> Kind {
    const PLAYABLE: [&str; 15] = [
        "audio/wav",
        "audio/x-wav",
        "audio/wave",
        "audio/vnd.wave",
        "audio/x-pn-wav",
        "audio/flac",
        "audio/x-flac",
        "audio/mp4",
        "audio/m4a",
        "audio/x-m4a",
        "video/mp4",
        "binary/octet-stream",
        "application/mp4",
        "application/x-wav",
        "application/flac",
    ];
    let mut values = answer.headers("content-type");
    let essence = match (values.next(), values.next()) {
        (None, _) => return Kind::Playable,
        (Some(_), Some(_)) => return Kind::Refused,
        (Some(value), None) => essence(value),
    };
    let (top, sub) = essence.split_once('/').unwrap_or(("", ""));
    let structured = |suffix: &str| sub == suffix || sub.ends_with(&format!("+{suffix}"));
    match (top, sub) {
        _ if essence == OCTET_STREAM => Kind::Literal,
        _ if PLAYABLE.contains(&essence.as_str()) => Kind::Playable,
        _ if essence.contains(',') || structured("json") || structured("xml") => Kind::Refused,
        ("application" | "binary", _) => Kind::Playable,
        // A single range as multipart is ranges/single-part's.
        ("multipart", "byteranges") if answer.status == 206 => Kind::Literal,
        _ => Kind::Refused,
    }
}

fn told_type(exchange: &Exchange, answer: &Answer) -> Finding {
    let came = if answer.header("content-type").is_some() {
        received_with(exchange, &["Content-Type", "X-Content-Type-Options"])
    } else {
        format!("{} without Content-Type", status(answer.status))
    };
    Finding::new(sent(exchange), format!("Content-Type: {OCTET_STREAM}"), came).seen_in(exchange.id())
}

pub(super) fn octet_stream(case: &Case) -> Verdict {
    let strict = case.octet_stream == OctetStream::Strict;
    each_answer(case, |exchange, answer| match kind(answer) {
        Kind::Playable if strict => Some(told_type(exchange, answer)),
        Kind::Literal | Kind::Playable => None,
        Kind::Refused => Some(told_type(exchange, answer).or("an audio type of WAV, FLAC or MP4, or none")),
    })
}

pub(super) fn octet_stream_literal(case: &Case) -> Verdict {
    match case.octet_stream {
        OctetStream::Strict => {
            Verdict::not_applicable("octet-stream is read strictly: download/octet-stream decides")
        }
        OctetStream::Lenient => Verdict::Pass,
        OctetStream::Warn => each_answer(case, |exchange, answer| {
            (kind(answer) == Kind::Playable).then(|| told_type(exchange, answer))
        }),
    }
}

pub(super) fn same_type(case: &Case) -> Verdict {
    let Some((_, whole)) = wholes(case).find_map(successful) else { return not_downloaded() };
    let expected = whole.header("content-type").map(essence);
    let parts = case.story.of(Probe::RangeTable).filter_map(successful).filter(|(_, a)| a.status == 206);
    first(parts.filter_map(|(exchange, answer)| {
        let got = answer.header("content-type").map(essence);
        let multipart = got.as_deref().is_some_and(|got| got.starts_with("multipart/"));
        (got != expected && !multipart).then(|| {
            let expected = match &expected {
                Some(expected) => format!("Content-Type: {}, as with the whole recording", clip(expected)),
                None => "no Content-Type, as with the whole recording".to_owned(),
            };
            Finding::new(sent(exchange), expected, received_with(exchange, &["Content-Type"]))
                .seen_in(exchange.id())
        })
    }))
}

pub(super) fn cross_origin_policy(case: &Case) -> Verdict {
    const FIELD: &str = "Cross-Origin-Resource-Policy";
    each_answer(case, |exchange, answer| {
        let policy = answer.header(FIELD)?.trim();
        matches!(policy, "same-origin" | "same-site").then(|| {
            Finding::new(sent(exchange), format!("{FIELD}: cross-origin"), received_with(exchange, &[FIELD]))
                .or(format!("no {FIELD}"))
                .seen_in(exchange.id())
        })
    })
}

pub(super) fn nosniff(case: &Case) -> Verdict {
    each_answer(case, |exchange, answer| {
        let nosniff = answer.header("x-content-type-options")?.trim().eq_ignore_ascii_case("nosniff");
        let essence = essence(answer.header("content-type")?);
        let refused = essence.starts_with("text/") || essence.ends_with("json") || essence.ends_with("xml");
        (nosniff && refused).then(|| told_type(exchange, answer))
    })
}

pub(super) fn no_encoding(case: &Case) -> Verdict {
    each_whole(case, |exchange, answer| {
        let coded = answer.headers("content-encoding").any(|value| {
            value
                .split(',')
                .map(str::trim)
                .any(|coding| !coding.is_empty() && !coding.eq_ignore_ascii_case("identity"))
        });
        coded.then(|| {
            let sent = match exchange.sent("accept-encoding") {
                Some(accepted) => format!("{}, Accept-Encoding: {}", sent(exchange), clip(accepted)),
                None => sent(exchange),
            };
            Finding::new(sent, "no Content-Encoding", received_with(exchange, &["Content-Encoding"]))
                .seen_in(exchange.id())
        })
    })
}

pub(super) fn content_length(case: &Case) -> Verdict {
    each_answer(case, |exchange, answer| {
        let chunked = answer
            .headers("transfer-encoding")
            .any(|value| value.to_ascii_lowercase().split(',').any(|coding| coding.trim() == "chunked"));
        let said = answer.header("content-length");
        let right = match said.map(|said| said.trim().parse::<u64>()) {
            None => chunked,
            Some(Ok(said)) => said == answer.body.length || answer.body.end == End::Abandoned,
            Some(Err(_)) => false,
        };
        (!right).then(|| {
            let expected = match said {
                Some(_) => format!("Content-Length: {}", answer.body.length),
                None => "a Content-Length".to_owned(),
            };
            Finding::new(sent(exchange), expected, received_with(exchange, &["Content-Length"]))
                .or("Transfer-Encoding: chunked without Content-Length")
                .seen_in(exchange.id())
        })
    })
}

pub(super) fn disposition(case: &Case) -> Verdict {
    let Some(media) = &case.call().media else {
        return Verdict::unjudged("the recording was not examined");
    };
    each_whole(case, |exchange, answer| {
        let value = answer.header("content-disposition")?;
        let named = container_of(&extension(value)?)?;
        (exchange.call == 0 && named != media.container).then(|| {
            Finding::new(
                sent(exchange),
                format!("a file name that ends as {} files do", clip(&media.container)),
                format!("Content-Disposition: {}", clip(value)),
            )
            .seen_in(exchange.id())
        })
    })
}

/// The extension of the file name, in lower case.
fn extension(disposition: &str) -> Option<String> {
    let lower = disposition.to_ascii_lowercase();
    let (_, name) = lower.split_once("filename")?;
    let name = name.split(';').next()?.trim().trim_end_matches(['"', '\'']);
    name.rsplit_once('.').map(|(_, extension)| extension.to_owned())
}

/// The container that an extension stands for; `None` for one that says nothing of it.
fn container_of(extension: &str) -> Option<&'static str> {
    Some(match extension {
        "wav" | "wave" => "wav",
        "flac" => "flac",
        "mp4" | "m4a" | "m4b" | "m4v" => "mp4",
        "mp3" => "mp3",
        "ogg" | "oga" | "opus" => "ogg",
        "webm" => "webm",
        "aif" | "aiff" => "aiff",
        "amr" => "amr",
        _ => return None,
    })
}

pub(super) fn etag_syntax(case: &Case) -> Verdict {
    each_answer(case, |exchange, answer| {
        let value = answer.headers("etag").find(|value| !is_etag(value))?;
        let strong = value.trim().trim_start_matches("W/").trim_start_matches("w/").trim_matches('"');
        Some(
            Finding::new(
                sent(exchange),
                format!("ETag: \"{}\"", clip(strong)),
                format!("ETag: {}", clip(value)),
            )
            .or("no ETag")
            .seen_in(exchange.id()),
        )
    })
}

/// RFC 9110 §8.8.3.
fn is_etag(value: &str) -> bool {
    let value = value.strip_prefix("W/").unwrap_or(value);
    let inner = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    inner.is_some_and(|inner| inner.chars().all(|c| c != '"' && c != ' ' && !c.is_ascii_control()))
}

pub(super) fn modified_not_in_future(case: &Case) -> Verdict {
    each_answer(case, |exchange, answer| {
        let modified = answer.header("last-modified")?;
        let now = answer.header("date").filter(|date| httpdate::parse_http_date(date).is_ok());
        let (expected, differs) = match (httpdate::parse_http_date(modified), now) {
            (Err(_), _) => ("Last-Modified: an HTTP date".to_owned(), "is no HTTP date".to_owned()),
            (Ok(at), Some(now)) if httpdate::parse_http_date(now).is_ok_and(|now| at > now) => {
                let now = clip(now);
                (format!("Last-Modified: not later than {now}"), format!("is later than {now}"))
            }
            (Ok(_), _) => return None,
        };
        Some(
            Finding::new(sent(exchange), expected, received_with(exchange, &["Last-Modified", "Date"]))
                .differing(format!("{} {differs}", clip(modified)))
                .seen_in(exchange.id()),
        )
    })
}
