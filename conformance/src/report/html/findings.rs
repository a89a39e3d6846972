//! Every finding in full, and what could not be judged and why.

use super::{MOST, Page, exchange_anchor, finding_anchor, prose, story_anchor};
use crate::catalogue;
use crate::report::text::{CURL, FILE, block, line};
use crate::report::{Broken, Open, broken, open};
use crate::results::Results;
use crate::verdict::Verdict;
use maud::{Markup, html};
use std::collections::BTreeMap;

/// Findings that are shown in full.
const IN_FULL: usize = 200;

/// An exchange's key: entries of the journal are numbered through the whole run.
pub(super) fn place(index: usize, id: &str) -> (usize, String) {
    (if id.starts_with('j') { usize::MAX } else { index }, id.to_owned())
}

/// Which checks name which exchange, by story.
pub(super) fn named(results: &Results) -> BTreeMap<(usize, String), Vec<&str>> {
    let mut named: BTreeMap<(usize, String), Vec<&str>> = BTreeMap::new();
    for (index, story) in results.stories.iter().enumerate() {
        for check in &story.checks {
            let Verdict::Fail { finding } = &check.verdict else { continue };
            for id in &finding.evidence {
                let checks = named.entry(place(index, id)).or_default();
                if !checks.contains(&check.check.as_str()) {
                    checks.push(&check.check);
                }
            }
        }
    }
    named
}

pub(super) fn findings(page: &Page) -> Markup {
    let all = broken(page.results);
    if all.is_empty() {
        return html! {};
    }
    html! {
        section aria-labelledby="findings" {
            h2 #findings { "Findings" }
            @for broken in all.iter().take(IN_FULL) { (finding(page, broken)) }
            @if all.len() > IN_FULL {
                p { "and " (all.len() - IN_FULL) " more in " code { "results.json" } }
            }
        }
    }
}

fn finding(page: &Page, broken: &Broken) -> Markup {
    let Broken { result, finding, story, also, counts, weight } = broken;
    let index = story_index(page.results, story);
    let class = if *counts { "bad" } else { "doubt" };
    html! {
        article.finding.(class) id=(finding_anchor(&result.check)) {
            h3 { (prose(&result.title)) }
            p.meta {
                span class={"pill " (class)} { @if *counts { "fail" } @else { "noted" } } " "
                code { (line(&result.check, MOST)) }
                " · " (result.level.name()) (weight) " · " (result.profile.name()) " · in "
                a href={"#" (story_anchor(index))} { (line(story, 100)) }
                @for other in also { ", " a href={"#" (story_anchor(story_index(page.results, other)))} { (line(other, 100)) } }
            }
            dl.compare {
                div { dt { "Clause" } dd { (line(&finding.clause, FILE)) } }
                div { dt { "Sent" } dd { code { (line(&finding.sent, FILE)) } } }
                @for (n, expected) in finding.expected.iter().enumerate() {
                    div.expected { dt { @if n == 0 { "Expected" } @else { "or" } } dd { code { (line(expected, FILE)) } } }
                }
                div.received { dt { "Received" } dd { code { (line(&finding.received, FILE)) } } }
                @if let Some(difference) = &finding.first_difference {
                    div.differs { dt { "First difference" } dd { (line(difference, FILE)) } }
                }
                @if !finding.evidence.is_empty() {
                    div { dt { "Evidence" } dd { (evidence(page, index, &finding.evidence)) } }
                }
                @if finding.more > 0 {
                    div { dt { "More" } dd { (finding.more) " more like it in this story" } }
                }
            }
            (advice(&result.check))
            @if let Some(curl) = &finding.curl {
                details.again {
                    summary { "See it again in a shell" }
                    pre tabindex="0" { code { (block(curl, CURL)) } }
                }
            }
        }
    }
}

/// What the catalogue says of a check, by the titles of its chapters.
fn chapters(check: &str) -> Vec<(&'static str, Vec<&'static str>)> {
    let mut chapters: Vec<(&str, Vec<&str>)> = Vec::new();
    for text in catalogue::find(check).map_or("", |check| check.doc).lines().map(str::trim) {
        match (text.strip_prefix("## "), chapters.last_mut()) {
            (Some(title), _) => chapters.push((title, Vec::new())),
            (None, Some((_, lines))) => lines.push(text),
            (None, None) => {}
        }
    }
    chapters
}

/// Why it matters, and how to mend what it finds.
fn advice(check: &str) -> Markup {
    let chapters = chapters(check);
    html! {
        @if !chapters.is_empty() {
            div.advice {
                @for (title, lines) in &chapters {
                    div { h4 { (title) } @for paragraph in lines.join("\n").split("\n\n") { p { (prose(&paragraph.replace('\n', " "))) } } }
                }
            }
        }
    }
}

/// The first sentence of how to mend what a check finds.
pub(super) fn remedy(check: &str) -> Option<String> {
    let (_, lines) = chapters(check).into_iter().find(|(title, _)| *title == "How to fix")?;
    let text = lines.join(" ");
    // A full stop within code ends nothing.
    let ends = text.match_indices(". ").find(|(at, _)| text[..*at].matches('`').count() % 2 == 0);
    Some(ends.map_or(text.trim(), |(at, _)| &text[..=at]).to_owned()).filter(|text| !text.is_empty())
}

/// Numbers of exchanges, each leading to it.
fn evidence(page: &Page, index: usize, ids: &[String]) -> Markup {
    html! {
        @for (n, id) in ids.iter().enumerate() {
            @if n > 0 { ", " }
            @if exists(page, index, id) {
                a href={"#" (exchange_anchor(index, id))} { (line(id, 40)) }
            } @else {
                (line(id, 40))
            }
        }
    }
}

/// Whether the evidence has an exchange of this id: then it is on the page, for what findings name is always shown.
fn exists(page: &Page, index: usize, id: &str) -> bool {
    let Some(story) = page.evidence.stories.get(index) else { return false };
    let e = id.strip_prefix('e').and_then(|n| n.parse().ok());
    let j = id.strip_prefix('j').and_then(|n| n.parse::<u64>().ok());
    e.is_some_and(|n| story.exchange(n).is_some())
        || j.is_some_and(|n| {
            let entries = page.evidence.stories.iter().flat_map(|s| &s.journal).chain(&page.evidence.common);
            entries.into_iter().any(|entry| entry.number == n)
        })
}

fn story_index(results: &Results, name: &str) -> usize {
    results.stories.iter().position(|s| s.scenario == name).unwrap_or(0)
}

pub(super) fn unjudged(page: &Page) -> Markup {
    let all = open(page.results);
    if all.is_empty() {
        return html! {};
    }
    let row = |open: &Open| {
        html! {
            tr {
                th scope="row" { code { (line(&open.result.check, MOST)) } }
                td { (open.result.level.name()) @if !open.counts { " (does not count)" } }
                td { (line(&open.stories.join(", "), MOST)) }
                td { (prose(open.reason)) }
            }
        }
    };
    html! {
        section aria-labelledby="unjudged" {
            h2 #unjudged { "Unjudged" }
            p { "These should have been answered and could not be. A required check that stays unjudged is never green." }
            div.scroll role="group" aria-labelledby="unjudged" tabindex="0" {
                table {
                    thead { tr { th scope="col" { "Check" } th scope="col" { "Level" } th scope="col" { "Stories" } th scope="col" { "Why" } } }
                    tbody { @for open in &all { (row(open)) } }
                }
            }
        }
    }
}
