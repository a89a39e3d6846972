//! One story: its pictures, its checks, its exchanges.

use super::{
    MOST, Page, Room, count, finding_anchor, number, pill, prose, ranges, sequence, story_anchor, waveform,
    wire,
};
use crate::evidence::{Call, Story};
use crate::report::text::line;
use crate::results::{CheckResult, StoryResult};
use crate::verdict::Verdict;
use maud::{Markup, html};

/// Calls of a story whose recordings are drawn.
const DRAWN: usize = 4;

pub(super) fn story(page: &Page, index: usize, room: &mut Room) -> Markup {
    let result = &page.results.stories[index];
    let evidence = page.evidence.stories.get(index).filter(|story| story.scenario == result.scenario);
    // What is red is to be seen at once; where nothing is, the first story shows what there is to see.
    let quiet = page.results.stories.iter().all(|s| s.count("fail") + s.count("unjudged") == 0);
    let open = result.count("fail") + result.count("unjudged") > 0 || (quiet && index == 0);
    html! {
        details.story id=(story_anchor(index)) open[open] {
            summary {
                h3 { (prose(&result.title)) }
                p.meta {
                    code { (line(&result.scenario, 100)) } " · " (counts(result))
                    @if result.requests > 0 { " · " (count(result.requests, "request", "requests")) }
                    @if result.random_cases > 0 { ", " (count(result.random_cases as usize, "random range", "random ranges")) }
                }
            }
            div.body {
                @if let Some(why) = &result.not_told { p.note { "Not told: " (line(why, MOST)) } }
                @if let Some(story) = evidence {
                    (conditions(story))
                    (sequence::diagram(page, index, story))
                    @for (n, call) in story.calls.iter().enumerate().take(DRAWN) {
                        (ranges::map(index, story, n, call))
                        (waveform::waveform(index, story, n, call))
                    }
                    @if story.calls.len() > DRAWN {
                        p.note { "Of " (story.calls.len()) " calls, the recordings of the first " (DRAWN) " are drawn." }
                    }
                }
                (checks(result))
                @if let Some(story) = evidence { (wire::exchanges(page, index, story, room)) }
            }
        }
    }
}

fn counts(story: &StoryResult) -> Markup {
    html! {
        @for (n, word) in ["pass", "fail", "unjudged", "not applicable"].into_iter().enumerate() {
            @if n > 0 { " " }
            @let number = story.count(word);
            @if number > 0 { span.tally { (number) " " (pill(word)) } }
        }
    }
}

/// What the story asked for, in words.
fn conditions(story: &Story) -> Markup {
    let call = |call: &Call| {
        let who = if call.owner_has_seat { "" } else { ", by an owner without a seat" };
        format!("{} call {}{who}", call.direction.to_lowercase(), call.external_id)
    };
    html! {
        p.conditions {
            @for (n, one) in story.calls.iter().enumerate().take(3) {
                @if n > 0 { "; " }
                (line(&call(one), MOST))
            }
            @if story.calls.len() > 3 { "; and " (story.calls.len() - 3) " more calls" }
            @for weather in &story.weather {
                "; weather: " (weather.strike) " on " (sequence::words(weather.operation)) ", struck " (weather.struck) " of " (weather.times) " times"
            }
            @if let Some(version) = story.api_version { "; asked to use API version " (version.segment()) }
            @if let Some(url) = &story.moved_to { "; the registration moved to " code { (line(url, MOST)) } }
            "."
        }
    }
}

fn checks(result: &StoryResult) -> Markup {
    if result.checks.is_empty() {
        return html! {};
    }
    let row = |check: &CheckResult| {
        let failed = matches!(check.verdict, Verdict::Fail { .. });
        html! {
            li {
                (pill(check.verdict.word())) " "
                @if failed { a href={"#" (finding_anchor(&check.check))} { code { (line(&check.check, MOST)) } } }
                @else { code { (line(&check.check, MOST)) } }
                " " span.title { (prose(&check.title)) }
                @if let Verdict::NotApplicable { reason } | Verdict::Unjudged { reason } = &check.verdict {
                    span.reason { " " (prose(reason)) }
                }
            }
        }
    };
    html! {
        details.checks {
            summary { h4 { (count(result.checks.len(), "check", "checks")) } }
            ul { @for check in &result.checks { (row(check)) } }
        }
    }
}

/// Seconds with one decimal.
pub(super) fn seconds(ms: u64) -> String {
    format!("{}.{}", number(ms / 1000), ms % 1000 / 100)
}
