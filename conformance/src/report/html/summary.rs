//! What a reader sees first: the verdict in a sentence, what to mend first, who and what, and the numbers.

use super::findings::remedy;
use super::{MOST, Page, count, finding_anchor, number, prose, story_anchor, who};
use crate::check::Profile;
use crate::report::text::{block, line};
use crate::report::{Broken, broken, verdicts};
use crate::results::{Results, StoryResult};
use crate::waiver::Waived;
use maud::{Markup, html};

/// How many broken checks are named under "what to fix first".
const FIRST: usize = 5;

/// Class, sign and word of an exit code.
fn mood(results: &Results) -> (&'static str, &'static str, &'static str) {
    match results.standing.exit {
        0 if results.waivers.iter().any(|w| w.state.excuses()) => ("doubt", "✓", "Conformant, with waivers"),
        0 => ("good", "✓", "Conformant"),
        1 => ("bad", "✗", "Not conformant"),
        3 => ("doubt", "?", "Incomplete"),
        4 => ("bad", "!", "Set-up failed"),
        5 => ("doubt", "!", "Waivers to review"),
        6 => ("doubt", "✓", "Conformant, snapshots to review"),
        130 => ("doubt", "!", "Interrupted"),
        _ => ("bad", "!", "The kit failed"),
    }
}

pub(super) fn head(page: &Page) -> Markup {
    let results = page.results;
    let (class, sign, word) = mood(results);
    let sentence = line(&results.standing.sentence, MOST);
    // What is broken, and what kept stories from being told, is listed below; what else holds is said here.
    let reasons = &results.standing.reasons;
    let reasons = if results.standing.exit == 1 { reasons.get(1..).unwrap_or_default() } else { reasons };
    let faults = || results.setup_faults.iter().chain(&results.harness_faults);
    let reasons: Vec<_> = reasons.iter().filter(|reason| !faults().any(|fault| fault == *reason)).collect();
    html! {
        header.verdict.(class) #verdict {
            div.sign aria-hidden="true" { (sign) }
            div {
                p.kicker { (word) " · exit code " (results.standing.exit) }
                h1 { (sentence) }
                p.who {
                    strong { (who(results)) }
                    @if !results.integration.organization.is_empty() { " by " (line(&results.integration.organization, MOST)) }
                }
                @if !reasons.is_empty() {
                    ul.reasons {
                        @for reason in &reasons { li { (line(reason, MOST)) } }
                    }
                }
            }
        }
    }
}

pub(super) fn waivers(page: &Page) -> Markup {
    let waivers = &page.results.waivers;
    if waivers.is_empty() {
        return html! {};
    }
    let row = |waived: &Waived| {
        let class = if waived.state.is_amiss() { "bad" } else { "doubt" };
        html! {
            tr {
                th scope="row" {
                    @if waived.state.excuses() { a href={"#" (finding_anchor(&waived.waiver.check))} { code { (waived.waiver.check) } } }
                    @else { code { (line(&waived.waiver.check, MOST)) } }
                }
                td { span class={"pill " (class)} { (waived.state.words()) } }
                td { (line(&waived.waiver.expires, MOST)) }
                td { (line(&waived.waiver.ticket, MOST)) }
                td { (line(&waived.waiver.reason, MOST)) }
            }
        }
    };
    html! {
        section aria-labelledby="waivers" {
            h2 #waivers { "Waivers" }
            p { "Known failures: each check still ran, and its failure does not count." }
            div.scroll role="group" aria-labelledby="waivers" tabindex="0" {
                table {
                    thead { tr { th scope="col" { "Check" } th scope="col" { "State" } th scope="col" { "Until" } th scope="col" { "Ticket" } th scope="col" { "Reason" } } }
                    tbody { @for waived in waivers { (row(waived)) } }
                }
            }
        }
    }
}

pub(super) fn faults(page: &Page) -> Markup {
    let (ours, theirs) = (&page.results.harness_faults, &page.results.setup_faults);
    html! {
        @if !theirs.is_empty() {
            section aria-labelledby="set-up" {
                h2 #set-up { "What kept stories from being told" }
                @for fault in theirs { pre.fault { (block(fault, MOST)) } }
            }
        }
        @if !ours.is_empty() {
            section aria-labelledby="kit" {
                h2 #kit { "What the kit itself failed at" }
                @for fault in ours { pre.fault { (block(fault, MOST)) } }
            }
        }
    }
}

pub(super) fn first(page: &Page) -> Markup {
    let broken = broken(page.results);
    let counting: Vec<&Broken> = broken.iter().filter(|b| b.counts).collect();
    if counting.is_empty() {
        return html! {};
    }
    html! {
        section.first aria-labelledby="first" {
            h2 #first { "What to fix first" }
            p.lead { "Each of these must hold and does not. Mend them in this order: what comes first may be the cause of what follows." }
            ol {
                @for broken in counting.iter().take(FIRST) {
                    li {
                        p.what { a href={"#" (finding_anchor(&broken.result.check))} { (prose(&broken.result.title)) } }
                        p.meta { code { (line(&broken.result.check, MOST)) } " · in " (among(broken)) }
                        @if let Some(difference) = &broken.finding.first_difference {
                            p.difference { span.unseen { "What differs: " } (line(difference, MOST)) }
                        }
                        @if let Some(remedy) = remedy(&broken.result.check) { p.remedy { strong { "Fix: " } (prose(&remedy)) } }
                    }
                }
            }
            @if counting.len() > FIRST {
                p { a href="#findings" { "and " (counting.len() - FIRST) " more below" } }
            }
        }
    }
}

/// The stories of a broken check: all where they are few.
fn among(broken: &Broken) -> String {
    let mut stories = vec![broken.story];
    stories.extend(&broken.also);
    match stories.len() {
        1..=3 => stories.iter().map(|s| line(s, 100)).collect::<Vec<_>>().join(", "),
        n => format!("{} and {} more stories", line(stories[0], 100), n - 1),
    }
}

pub(super) fn facts(page: &Page) -> Markup {
    let results = page.results;
    let who = &results.integration;
    let profiles = results.profiles.iter().map(|p| p.name()).collect::<Vec<_>>().join(", ");
    let counts = ["pass", "fail", "unjudged", "not applicable"]
        .map(|word| format!("{} {word}", number(total(results, word) as u64)))
        .join(" · ");
    let terms = match (results.strict, results.filtered) {
        (true, true) => "recommended findings count · narrowed to a part of the stories or checks",
        (true, false) => "recommended findings count",
        (false, true) => "narrowed to a part of the stories or checks",
        (false, false) => "required findings count; recommended ones are reported",
    };
    let took = format!("{}.{} s", results.timing.took_ms / 1000, results.timing.took_ms % 1000 / 100);
    let facts = [
        ("Integration", format!("{} {}", who.product, who.version).trim().to_owned()),
        ("Organisation", who.organization.clone()),
        ("Contact", who.contact.clone()),
        ("Profiles", profiles),
        ("Terms", terms.to_owned()),
        ("Verdicts", counts),
        ("Seed", results.seed.clone()),
        ("Random ranges", format!("{} in each asking story", number(u64::from(results.cases)))),
        ("Kit", format!("{} {}", results.kit.name, results.kit.version)),
        ("Started", to_the_second(&results.timing.started)),
        ("Took", took),
    ];
    html! {
        section aria-labelledby="facts" {
            h2 #facts { "Who, what, how" }
            dl {
                @for (name, value) in facts.iter().filter(|(_, value)| !value.is_empty()) {
                    div { dt { (name) } dd { (line(value, MOST)) } }
                }
            }
        }
    }
}

/// A time without its fraction of a second.
fn to_the_second(time: &str) -> String {
    match time.split_once('.') {
        Some((whole, _)) => format!("{whole}Z"),
        None => time.to_owned(),
    }
}

fn total(results: &Results, word: &str) -> usize {
    results.stories.iter().map(|story| story.count(word)).sum()
}

pub(super) fn profiles(page: &Page) -> Markup {
    let results = page.results;
    let count = |profile: Profile, word: &str| {
        verdicts(results).filter(|(_, c)| c.profile == profile && c.verdict.word() == word).count()
    };
    html! {
        section aria-labelledby="profiles" {
            h2 #profiles { "By profile" }
            div.scroll role="group" aria-labelledby="profiles" tabindex="0" {
                table.numbers {
                    thead {
                        tr {
                            th scope="col" { "Profile" } th scope="col" { "Declared" }
                            th scope="col" { "Pass" } th scope="col" { "Fail" } th scope="col" { "Unjudged" } th scope="col" { "N/a" }
                            th scope="col" { span.unseen { "Share" } }
                        }
                    }
                    tbody {
                        @for profile in Profile::ALL {
                            @let shares = ["pass", "fail", "unjudged", "not applicable"].map(|word| count(profile, word));
                            tr {
                                th scope="row" { (profile.name()) }
                                td { @if results.profiles.contains(&profile) { "yes" } @else { "no" } }
                                (cells(shares))
                                td.bar { (bar(shares)) }
                            }
                        }
                    }
                    tfoot {
                        tr {
                            th scope="row" { "all" } td {}
                            @let shares = ["pass", "fail", "unjudged", "not applicable"].map(|word| total(results, word));
                            (cells(shares))
                            td.bar { (bar(shares)) }
                        }
                    }
                }
            }
        }
    }
}

/// Four numbers: pass, fail, unjudged, not applicable.
fn cells([pass, fail, unjudged, none]: [usize; 4]) -> Markup {
    let coloured = |n: usize, class: &'static str| if n == 0 { "zero" } else { class };
    html! {
        td.(coloured(pass, "good")) { (number(pass as u64)) }
        td.(coloured(fail, "bad")) { (number(fail as u64)) }
        td.(coloured(unjudged, "doubt")) { (number(unjudged as u64)) }
        td.(coloured(none, "none")) { (number(none as u64)) }
    }
}

/// The same four numbers as lengths; the table beside it says them in figures.
fn bar(shares: [usize; 4]) -> Markup {
    let whole: usize = shares.iter().sum();
    let mut at = 0;
    let mut parts = Vec::new();
    for (share, class) in shares.into_iter().zip(["good", "bad", "doubt", "none"]) {
        // In thousandths, and never so thin that it cannot be seen.
        let width = if share == 0 { 0 } else { (share * 1000 / whole).max(8) };
        parts.push((at, width, class));
        at += width;
    }
    html! {
        @if whole > 0 {
            svg.share viewBox={"0 0 " (at.max(1)) " 10"} preserveAspectRatio="none" aria-hidden="true" {
                @for (x, width, class) in parts {
                    @if width > 0 { rect.(class) x=(x) y="0" width=(width) height="10" {} }
                }
            }
        }
    }
}

pub(super) fn stories(page: &Page) -> Markup {
    let results = page.results;
    if results.stories.is_empty() {
        return html! {};
    }
    let row = |(index, story): (usize, &StoryResult)| {
        let shares = ["pass", "fail", "unjudged", "not applicable"].map(|word| story.count(word));
        html! {
            tr {
                th scope="row" { a href={"#" (story_anchor(index))} { (line(&story.scenario, 100)) } }
                (cells(shares))
                td { (number(story.requests as u64)) }
                td.bar { (bar(shares)) }
            }
        }
    };
    html! {
        section aria-labelledby="by-story" {
            h2 #by-story { "By story" }
            p { (count(results.stories.len(), "story", "stories")) ": what the integration was asked to do, and under which conditions." }
            div.scroll role="group" aria-labelledby="by-story" tabindex="0" {
                table.numbers {
                    thead {
                        tr {
                            th scope="col" { "Story" } th scope="col" { "Pass" } th scope="col" { "Fail" }
                            th scope="col" { "Unjudged" } th scope="col" { "N/a" } th scope="col" { "Requests" }
                            th scope="col" { span.unseen { "Share" } }
                        }
                    }
                    tbody { @for entry in results.stories.iter().enumerate() { (row(entry)) } }
                }
            }
        }
    }
}
