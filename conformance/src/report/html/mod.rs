//! `report.html`: one file that opens offline, reads without script, prints, and is the same for the same results.
//!
//! Every string that an integration sent goes through `text.rs` and is escaped by the template; the page's own policy
//! forbids scripts and anything from elsewhere. Pure. Read next: `summary.rs` (what comes first), `findings.rs`, `story.rs` with
//! its pictures (`sequence.rs`, `ranges.rs`, `waveform.rs`), and `wire.rs` (the exchanges).

mod findings;
mod measured;
mod ranges;
mod sequence;
mod story;
mod summary;
mod waveform;
mod wire;

#[cfg(test)]
mod tests;

use super::text::line;
use crate::evidence::Evidence;
use crate::results::Results;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// The one style sheet.
const STYLE: &str = include_str!("style.css");

/// The most characters of one value on the page.
const MOST: usize = 600;

/// What is left of the room that exchanges may take, so that the page stays small enough for any browser.
struct Room {
    /// Exchanges that may still be shown in full.
    in_full: usize,
    /// Exchanges that may still be shown in one line.
    lines: usize,
}

/// What every part of the page is made from.
struct Page<'a> {
    results: &'a Results,
    evidence: &'a Evidence,
    /// Checks whose findings name an exchange: by story, then by the exchange's id.
    named: BTreeMap<(usize, String), Vec<&'a str>>,
}

/// Renders `report.html`.
pub fn render(results: &Results, evidence: &Evidence) -> String {
    let page = Page { results, evidence, named: findings::named(results) };
    let mut room = Room { in_full: 400, lines: 4_000 };
    let title = format!("{} · conformance report", who(results));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{}'; img-src data:; base-uri 'none'; form-action 'none'",
        base64(&Sha256::digest(STYLE))
    );
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="no-referrer";
                meta name="generator" content=(format!("conformance {}", line(&results.kit.version, 40)));
                title { (title) }
                link rel="icon" href="data:,";
                style { (PreEscaped(STYLE)) }
            }
            body {
                a.skip href="#verdict" { "To the verdict" }
                (summary::head(&page))
                main {
                    (summary::waivers(&page))
                    (summary::faults(&page))
                    (summary::first(&page))
                    (summary::facts(&page))
                    (summary::profiles(&page))
                    (summary::stories(&page))
                    (measured::measured(&results.measured))
                    (findings::findings(&page))
                    (findings::unjudged(&page))
                    @if !results.stories.is_empty() {
                        section aria-labelledby="stories" {
                            h2 #stories { "The stories" }
                            @for index in 0..results.stories.len() {
                                (story::story(&page, index, &mut room))
                            }
                        }
                    }
                    (wire::common(&page, &mut room))
                }
                (foot(&page))
            }
        }
    };
    page.into_string()
}

fn foot(page: &Page) -> Markup {
    let asked: usize = page.evidence.stories.iter().map(|s| s.exchanges.len()).sum();
    let heard: usize =
        page.evidence.stories.iter().map(|s| s.journal.len()).sum::<usize>() + page.evidence.common.len();
    html! {
        footer {
            p {
                "This page is a rendering of " code { "results.json" } " and " code { "evidence.ndjson" } ", which stand beside it and hold "
                "everything: " (number(asked as u64)) " exchanges of the kit and " (number(heard as u64)) " of the journal. "
                code { "conformance report" } " renders it again from them, and "
                code { "conformance explain ID" } " says of each check why it matters and how to mend what it finds. Secrets were cut when the exchanges were "
                "captured; what reads " code { "<secret:1>" } " was one."
            }
        }
    }
}

/// The product and its version, or a word for who has none.
fn who(results: &Results) -> String {
    let name = format!("{} {}", results.integration.product, results.integration.version);
    if name.trim().is_empty() { "an integration without a name".to_owned() } else { line(name.trim(), 200) }
}

/// The place of a story on the page.
fn story_anchor(index: usize) -> String {
    format!("s{}", index + 1)
}

/// The place of an exchange on the page: an `e` belongs to its story, a `j` to the whole run.
fn exchange_anchor(index: usize, id: &str) -> String {
    if id.starts_with('e') { format!("{}-{id}", story_anchor(index)) } else { id.to_owned() }
}

/// The place of a check's finding on the page.
fn finding_anchor(check: &str) -> String {
    format!("f-{}", check.replace('/', "-"))
}

/// A word in a coloured box: what it says is never told by the colour alone.
fn pill(word: &str) -> Markup {
    let class = match word {
        "pass" => "good",
        "fail" => "bad",
        "unjudged" => "doubt",
        _ => "none",
    };
    let short = if word == "not applicable" { "n/a" } else { word };
    html! { span class={"pill " (class)} { (short) } }
}

/// A sentence in which what stands between backticks is code.
fn prose(text: &str) -> Markup {
    let text = line(text, super::text::FILE);
    // A backtick without its other half is a character like any other.
    let pairs = text.matches('`').count() / 2 * 2;
    html! {
        @for (n, part) in text.splitn(pairs + 1, '`').enumerate() {
            @if n % 2 == 1 { code { (part) } } @else { (part) }
        }
    }
}

/// A number with thin spaces between its thousands.
fn number(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}

/// `1 call`, `2 calls`.
fn count(n: usize, one: &str, several: &str) -> String {
    format!("{} {}", number(n as u64), if n == 1 { one } else { several })
}

/// Base64, as a policy wants a hash.
fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let bits =
            group.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - group.len()));
        for place in 0..4 {
            let sextet = (bits >> (18 - 6 * place)) & 0x3f;
            text.push(if place > group.len() { '=' } else { char::from(ALPHABET[sextet as usize]) });
        }
    }
    text
}

/// A hash, short enough to be read.
fn short_hash(hex: &str) -> &str {
    hex.get(..12).unwrap_or(hex)
}
