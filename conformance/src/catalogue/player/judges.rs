//! What the checks of the player answer. Pure functions of what the browser told and of what it sent.
//!
//! What Chromium tolerates was observed, not assumed: see `tests/full/browser.rs`.

use crate::catalogue::ranges::telling::{clip, count, first, received, sent, status};
use crate::check::Case;
use crate::evidence::{Answer, End, Exchange, Moment, Outcome, Playback, Probe, Reached};
use crate::verdict::{Finding, Verdict};
use mock_hubspot::media::MediaFacts;

/// A playhead that is no further from where it belongs stands there; a page's clock is a coarse one.
const NEAR_MS: u64 = 1_000;
/// A body of fewer bytes costs nothing.
const CHEAP: u64 = 64 << 10;

pub(super) fn plays(case: &Case) -> Verdict {
    let Some(opened) = opened(case) else { return nothing_shown() };
    if opened.refused.as_deref().is_some_and(|why| why.contains("NotAllowed")) && !listened(opened) {
        return Verdict::unjudged("the browser plays nothing without a user's gesture");
    }
    let Some((expected, got)) = trouble(opened) else { return Verdict::Pass };
    if let Some(why) = file_at_fault(case) {
        return Verdict::not_applicable(why);
    }
    Verdict::fail(finding(case, opened, expected, &got))
}

pub(super) fn seekable(case: &Case) -> Verdict {
    let Some(opened) = opened(case) else { return nothing_shown() };
    if opened.end != Reached::Reached {
        return not_opened();
    }
    let Some(duration) = opened.duration_ms else {
        let declared = media(case).and_then(|media| media.declared_frames).is_some_and(|frames| frames > 0);
        if !declared {
            return Verdict::not_applicable("the file does not say how long it is: media/ speaks of that");
        }
        return Verdict::fail(finding(case, opened, "an end", "a recording without end"));
    };
    let reach = opened.seekable_ms.unwrap_or(u64::MAX);
    if reach.abs_diff(duration) <= NEAR_MS {
        return Verdict::Pass;
    }
    let got = format!("it can seek as far as {}", seconds(Some(reach)));
    let expected = format!("it can seek as far as {}", seconds(Some(duration)));
    Verdict::fail(finding(case, opened, &expected, &got))
}

pub(super) fn seeks(case: &Case) -> Verdict {
    let Some(opened) = opened(case) else { return nothing_shown() };
    if opened.end != Reached::Reached {
        return not_opened();
    }
    if opened.duration_ms.is_none() {
        return Verdict::not_applicable(
            "there is no end to seek to: player/seekable-to-the-end speaks of it",
        );
    }
    let sought: Vec<_> = moments(case).filter(|moment| moment.name != "open").collect();
    if sought.is_empty() {
        return Verdict::unjudged("the browser was not made to seek");
    }
    let astray = sought.into_iter().filter_map(|moment| {
        let told = trouble(moment).map(|(expected, got)| (expected.to_owned(), got));
        let (expected, got) = misplaced(moment).or(told)?;
        Some(finding(case, moment, &expected, &got))
    });
    let verdict = first(astray);
    match (&verdict, file_at_fault(case)) {
        (Verdict::Fail { .. }, Some(why)) => Verdict::not_applicable(why),
        _ => verdict,
    }
}

pub(super) fn answers_ranges(case: &Case) -> Verdict {
    let ranged: Vec<_> = asked(case).filter_map(|exchange| Some((exchange, from(exchange)?))).collect();
    if ranged.is_empty() {
        return Verdict::unjudged("the browser asked for no range");
    }
    let length = case.call().baseline.as_ref().map_or(u64::MAX, |baseline| baseline.length);
    first(ranged.into_iter().filter_map(|(exchange, start)| {
        let answer = exchange.answer()?;
        if is_answered(exchange, answer, start, length) {
            return None;
        }
        let finding = Finding::new(sent(exchange), status(206), received(exchange));
        Some(finding.seen_in(exchange.id()))
    }))
}

pub(super) fn seek_costs(case: &Case) -> Verdict {
    let sought = asked(case).filter(|exchange| exchange.case != "open");
    first(sought.filter_map(|exchange| {
        let (start, answer) = (from(exchange)?, exchange.answer()?);
        let costs =
            answer.status == 200 && start > 0 && answer.body.length > CHEAP && !may_be_whole(exchange);
        let got = format!("{}, {} from the start on", status(200), count(answer.body.length));
        costs.then(|| {
            let expected = format!("{}, bytes from {start} on", status(206));
            Finding::new(sent(exchange), expected, got).seen_in(exchange.id())
        })
    }))
}

/// Whether a browser can go on with this answer. That a busy server is asked again is the browser's own affair, and whether
/// the recording plays in the end is asked by the other checks.
fn is_answered(exchange: &Exchange, answer: &Answer, start: u64, length: u64) -> bool {
    match answer.status {
        206 => true,
        416 => start >= length,
        200 => may_be_whole(exchange),
        status => status == 304 || status == 429 || status >= 500,
    }
}

/// Whether the whole recording is a right answer to this range: a weak tag matches nothing, and a date may be too weak to be
/// compared (RFC 9110 §13.1.5). Chromium sends both.
fn may_be_whole(exchange: &Exchange) -> bool {
    exchange.sent("if-range").is_some_and(|validator| !validator.starts_with('"'))
}

/// The first byte that is asked for.
fn from(exchange: &Exchange) -> Option<u64> {
    exchange.sent("range")?.strip_prefix("bytes=")?.split_once('-')?.0.parse().ok()
}

fn asked<'a>(case: &Case<'a>) -> impl Iterator<Item = &'a Exchange> + use<'a> {
    case.story.of(Probe::Browser)
}

fn moments<'a>(case: &Case<'a>) -> impl Iterator<Item = &'a Moment> + use<'a> {
    case.story.playback.iter().flat_map(|playback| &playback.moments)
}

fn opened<'a>(case: &Case<'a>) -> Option<&'a Moment> {
    moments(case).find(|moment| moment.name == "open")
}

fn media<'a>(case: &Case<'a>) -> Option<&'a MediaFacts> {
    case.call().media.as_ref()
}

fn listened(moment: &Moment) -> bool {
    moment.listening == Some(Reached::Reached)
}

fn nothing_shown() -> Verdict {
    Verdict::unjudged("the browser showed nothing")
}

fn not_opened() -> Verdict {
    Verdict::not_applicable("it does not play at all: player/plays speaks of it")
}

/// Why the file may not play whatever way it is sent.
fn file_at_fault(case: &Case) -> Option<String> {
    let media = media(case)?;
    let codec = media.codec.as_deref().unwrap_or("no codec");
    let plays = codec.starts_with("pcm_") || matches!(codec, "flac" | "aac");
    if !plays {
        return Some(format!("not every browser plays {}: media/ speaks of it", clip(codec)));
    }
    media
        .problems
        .first()
        .map(|problem| format!("the file itself is damaged ({}): media/ speaks of it", clip(problem)))
}

/// What was awaited and did not come to be.
fn trouble(moment: &Moment) -> Option<(&'static str, String)> {
    let seek = moment.name != "open";
    match (moment.end, moment.listening) {
        (Reached::Reached, Some(Reached::Reached)) => {
            let (moved, listened) = (moment.moved_ms.unwrap_or(0), moment.listened_ms.unwrap_or(0));
            let jumped = moved > (listened + NEAR_MS) as i64;
            jumped.then(|| {
                ("it plays on from there", format!("within {listened} ms it jumped {moved} ms ahead"))
            })
        }
        (Reached::Reached, end) => Some(("it plays on from there", silence(moment, end.unwrap_or_default()))),
        (end, _) if seek => Some(("the player arrives there", silence(moment, end))),
        (end, _) => Some(("it plays", silence(moment, end))),
    }
}

fn silence(moment: &Moment, end: Reached) -> String {
    match (&moment.error, end) {
        (Some(error), _) => format!("error {} of the player: {}", error.code, clip(&error.message)),
        (None, Reached::Error) => "an error of the player".to_owned(),
        (None, _) => "nothing more was heard of the player".to_owned(),
    }
}

/// Where the playhead is, if it is not where it was put.
fn misplaced(moment: &Moment) -> Option<(String, String)> {
    let (target, at) = (moment.target_ms?, moment.at_ms?);
    if moment.end != Reached::Reached {
        return None;
    }
    // It may have played on before anybody looked.
    let astray = at + NEAR_MS < target || at > target + moment.took_ms + NEAR_MS;
    let place = |ms| format!("the playhead stands at {}", seconds(Some(ms)));
    astray.then(|| (place(target), place(at)))
}

fn seconds(ms: Option<u64>) -> String {
    ms.map_or_else(|| "nowhere".to_owned(), |ms| format!("{:.1} s", ms as f64 / 1000.0))
}

/// A finding about a moment, with the request that explains it.
fn finding(case: &Case, moment: &Moment, expected: &str, got: &str) -> Finding {
    let does = match moment.target_ms {
        Some(target) if moment.name != "open" => format!("puts the playhead at {}", seconds(Some(target))),
        _ => "opens the recording".to_owned(),
    };
    let browser = case.story.playback.as_ref().map_or("", |playback: &Playback| &playback.browser);
    let mine: Vec<_> = asked(case).filter(|exchange| exchange.case == moment.name).collect();
    let telling =
        mine.iter().find(|exchange| blocked(exchange).is_some() || !is_partial(exchange)).or(mine.last());
    let why = telling.and_then(|exchange| blocked(exchange));
    let got = why.map_or_else(
        || got.to_owned(),
        |why| format!("{got}; the browser blocked the answer ({})", clip(why)),
    );
    let finding = Finding::new(format!("{} {does}", clip(browser)), expected, &got).differing(got);
    match telling {
        Some(exchange) => finding.seen_in(exchange.id()),
        None => finding,
    }
}

fn is_partial(exchange: &Exchange) -> bool {
    exchange.answer().is_some_and(|answer| answer.status == 206)
}

/// The browser's words, where it kept an answer from its player.
fn blocked(exchange: &Exchange) -> Option<&str> {
    let why = match &exchange.outcome {
        Outcome::Answered(Answer { body, .. }) => match &body.end {
            End::CutShort(why) => why,
            _ => return None,
        },
        Outcome::Failed(why) => why,
    };
    why.contains("BLOCKED").then_some(why)
}
