//! The story as a sequence diagram: who asked whom, in order, each arrow leading to its exchange.

use super::{Page, exchange_anchor, story_anchor};
use crate::evidence::{Exchange, Missed, Outcome as Came, Probe, Story};
use crate::report::text::line;
use maud::{Markup, html};
use mock_hubspot::journal::{Direction, Entry, Outcome};
use mock_hubspot::operation::Operation;
use serde::Serialize;

/// Arrows that are drawn.
const MOST_ARROWS: usize = 48;
/// Where the three sides stand, and how wide the picture is.
const INTEGRATION: u32 = 70;
const HUBSPOT: u32 = 520;
const PLAYER: u32 = 750;
const WIDTH: u32 = 820;
const TOP: u32 = 58;
const STEP: u32 = 40;
/// Characters that fit above an arrow.
const FIT: usize = 60;

/// One arrow.
struct Arrow {
    from: u32,
    to: u32,
    says: String,
    answer: String,
    class: &'static str,
    leads_to: Option<String>,
}

/// A name of the code in words: `LogCall` is `log call`.
pub(super) fn words(name: impl Serialize) -> String {
    match serde_json::to_value(name) {
        Ok(serde_json::Value::String(word)) => word.replace('-', " ").replace(" url", " URL"),
        _ => String::new(),
    }
}

pub(super) fn diagram(page: &Page, index: usize, story: &Story) -> Markup {
    let mut arrows: Vec<Arrow> = entries(page, story).map(|entry| of_entry(index, entry)).collect();
    arrows.extend(story.calls.iter().flat_map(|call| &call.missed).map(of_missed));
    arrows.extend(of_probes(page, index, story));
    if arrows.is_empty() {
        return html! {};
    }
    let left_out = arrows.len().saturating_sub(MOST_ARROWS);
    arrows.truncate(MOST_ARROWS);
    let height = TOP + arrows.len() as u32 * STEP + 14;
    let (anchor, title) =
        (format!("{}-sequence", story_anchor(index)), format!("{}-sequence-told", story_anchor(index)));
    html! {
        section.picture aria-labelledby=(anchor) {
            h4 id=(anchor) { "Who asked whom" }
            div.scroll role="group" aria-labelledby=(anchor) tabindex="0" {
                svg.sequence viewBox={"0 0 " (WIDTH) " " (height)} width=(WIDTH) height=(height) role="group" aria-labelledby=(title) {
                    title id=(title) { "Sequence of " (arrows.len()) " messages between the integration, HubSpot and HubSpot's player" }
                    @for (x, name) in [(INTEGRATION, "integration"), (HUBSPOT, "HubSpot"), (PLAYER, "player")] {
                        line.life x1=(x) x2=(x) y1="34" y2=(height - 6) {}
                        rect.side x=(x - 52) y="8" width="104" height="26" rx="6" {}
                        text.side x=(x) y="25" text-anchor="middle" { (name) }
                    }
                    @for (n, arrow) in arrows.iter().enumerate() { (drawn(arrow, TOP + n as u32 * STEP)) }
                }
            }
            @if left_out > 0 { p.note { "and " (left_out) " more, listed below" } }
        }
    }
}

/// The registrations before the story, then the story's own entries.
fn entries<'a>(page: &'a Page, story: &'a Story) -> impl Iterator<Item = &'a Entry> {
    let last = story.journal.last().map_or(0, |entry| entry.number);
    let registers = |entry: &&Entry| {
        matches!(entry.operation, Some(Operation::RegisterRecordingUrl | Operation::MoveRecordingUrl))
    };
    page.evidence.common.iter().filter(registers).filter(move |e| e.number < last).chain(&story.journal)
}

fn of_entry(index: usize, entry: &Entry) -> Arrow {
    let (from, to) = match entry.direction {
        Direction::Arrived => (INTEGRATION, HUBSPOT),
        Direction::AskedForUrl | Direction::FetchedRecording => (HUBSPOT, INTEGRATION),
    };
    let path = entry.request.target.split('?').next().unwrap_or_default();
    let path =
        path.split_once("://").and_then(|(_, rest)| rest.find('/').map(|at| &rest[at..])).unwrap_or(path);
    let status = entry.reply.as_ref().map(|reply| reply.status.to_string());
    let (answer, class) = match &entry.outcome {
        Outcome::Served if entry.reply.as_ref().is_some_and(|r| r.status < 400) => {
            (status.unwrap_or_default(), "good")
        }
        Outcome::Served | Outcome::Refused(_) => (status.unwrap_or_else(|| "no answer".to_owned()), "bad"),
        Outcome::Unmatched => ("no such path".to_owned(), "bad"),
        Outcome::Weather(strike) => {
            (status.map_or_else(|| strike.clone(), |s| format!("{s} {strike}")), "doubt")
        }
        Outcome::Failed(_) => ("failed".to_owned(), "bad"),
        Outcome::Pending => ("no answer yet".to_owned(), "doubt"),
    };
    let id = format!("j{}", entry.number);
    Arrow {
        from,
        to,
        says: format!("{id} {} {path}", entry.request.method),
        answer,
        class,
        leads_to: Some(exchange_anchor(index, &id)),
    }
}

fn of_missed(missed: &Missed) -> Arrow {
    let nearest = missed.nearest.as_ref().map(|nearest| format!("; nearest: {nearest}")).unwrap_or_default();
    Arrow {
        from: INTEGRATION,
        to: HUBSPOT,
        says: format!("{} never came{nearest}", words(missed.awaited)),
        answer: missed.by_when(),
        class: "missed",
        leads_to: None,
    }
}

/// One arrow for each kind of asking: how often, and what came.
fn of_probes(page: &Page, index: usize, story: &Story) -> Vec<Arrow> {
    let mut kinds: Vec<(Probe, Vec<&Exchange>)> = Vec::new();
    for exchange in &story.exchanges {
        match kinds.iter_mut().find(|(probe, _)| *probe == exchange.probe) {
            Some((_, all)) => all.push(exchange),
            None => kinds.push((exchange.probe, vec![exchange])),
        }
    }
    let arrow = |(probe, all): (Probe, Vec<&Exchange>)| {
        let first = all.first().map_or(0, |e| e.number);
        let named = all.iter().filter(|e| page.named.contains_key(&(index, e.id()))).count();
        let failed = all.iter().filter(|e| matches!(e.outcome, Came::Failed(_))).count();
        let mut statuses: Vec<(u16, usize)> = Vec::new();
        for status in all.iter().filter_map(|e| e.answer()).map(|a| a.status) {
            match statuses.iter_mut().find(|(known, _)| *known == status) {
                Some((_, n)) => *n += 1,
                None => statuses.push((status, 1)),
            }
        }
        statuses.sort_unstable();
        let mut answers: Vec<_> = statuses.iter().map(|(status, n)| format!("{n}×{status}")).collect();
        if failed > 0 {
            answers.push(format!("{failed}×none"));
        }
        Arrow {
            from: PLAYER,
            to: INTEGRATION,
            says: match named {
                0 => format!("{} × {}, from e{first} on", all.len(), words(probe)),
                n => format!("{} × {}, from e{first} on; findings name {n} of them", all.len(), words(probe)),
            },
            answer: answers.join(" "),
            class: if failed + named > 0 { "bad" } else { "good" },
            leads_to: Some(exchange_anchor(index, &format!("e{first}"))),
        }
    };
    kinds.into_iter().map(arrow).collect()
}

fn drawn(arrow: &Arrow, y: u32) -> Markup {
    let Arrow { from, to, says, answer, class, leads_to } = arrow;
    let rightwards = to > from;
    let (tip, tail) = if rightwards { (to - 7, from + 4) } else { (to + 7, from - 4) };
    let back = if rightwards { tip - 9 } else { tip + 9 };
    let start = (*from).min(*to) + 10;
    let text = html! {
        text x=(start) y=(y - 7) { (fitting(says, FIT)) }
    };
    let end = (*from).max(*to).min(PLAYER) - 10;
    html! {
        g.{"arrow " (class)} {
            line x1=(tail) x2=(tip) y1=(y) y2=(y) {}
            path d={"M" (tip) " " (y) "L" (back) " " (y - 4) "V" (y + 4) "Z"} {}
            @if let Some(to) = leads_to { a href={"#" (to)} { (text) } } @else { (text) }
            text.answer x=(end) y=(y + 14) text-anchor="end" { (fitting(answer, 44)) }
        }
    }
}

/// As much as there is room for.
fn fitting(text: &str, most: usize) -> String {
    let text = line(text, 4_000);
    if text.chars().count() <= most {
        return text;
    }
    text.chars().take(most - 1).chain(['…']).collect()
}
