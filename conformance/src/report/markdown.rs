//! Markdown for the summary of a CI job: the verdict, what to fix first, a table by profile, the findings.

use super::text::{FILE, block, line};
use super::{Broken, WRITES, broken, columns, labelled, measured, open, verdicts};
use crate::check::Profile;
use crate::measured::Measured;
use crate::results::Results;
use std::fmt::Write as _;

/// How many broken checks are named under "what to fix first".
const FIRST: usize = 5;

/// How many findings are shown in full: a job summary holds a mebibyte.
const IN_FULL: usize = 50;

/// Renders Markdown.
pub fn render(results: &Results) -> String {
    let mut text = format!("# {}\n\n", inline(&results.standing.sentence));
    text.push_str(&who(results));
    for reason in results.standing.reasons.iter().skip(1) {
        writeln!(text, "- {}", inline(reason)).expect(WRITES);
    }
    if results.standing.reasons.len() > 1 {
        text.push('\n');
    }
    waivers(&mut text, results);
    let faults =
        [("Set-up", &results.setup_faults), ("What the kit itself failed at", &results.harness_faults)];
    for (heading, faults) in faults.into_iter().filter(|(_, faults)| !faults.is_empty()) {
        write!(text, "## {heading}\n\n").expect(WRITES);
        for fault in faults {
            text.push_str(&fenced("text", &block(fault, FILE)));
        }
    }
    let broken = broken(results);
    first(&mut text, &broken);
    profiles(&mut text, results);
    stories(&mut text, results);
    if !broken.is_empty() {
        text.push_str("## Findings\n\n");
        for broken in broken.iter().take(IN_FULL) {
            finding(&mut text, broken);
        }
        if broken.len() > IN_FULL {
            write!(text, "and {} more in results.json\n\n", broken.len() - IN_FULL).expect(WRITES);
        }
    }
    unjudged(&mut text, results);
    times(&mut text, &results.measured);
    text
}

fn who(results: &Results) -> String {
    let who = &results.integration;
    let mut parts: Vec<_> =
        [&who.organization, &who.product, &who.version].into_iter().map(|s| inline(s)).collect();
    parts.push(format!("seed `{}`", code(&results.seed)));
    parts.push(inline(&format!("{} {}", results.kit.name, results.kit.version)));
    if results.strict {
        parts.push("strict".into());
    }
    if results.filtered {
        parts.push("filtered".into());
    }
    parts.retain(|part| !part.is_empty());
    format!("{}\n\n", parts.join(" · "))
}

fn waivers(text: &mut String, results: &Results) {
    if results.waivers.is_empty() {
        return;
    }
    text.push_str(
        "## Waivers\n\n| check | state | until | ticket | reason | stories |\n|---|---|---|---|---|---|\n",
    );
    for waived in &results.waivers {
        let waiver = &waived.waiver;
        let cells = [&waiver.expires, &waiver.ticket, &waiver.reason].map(|cell| inline(cell)).join(" | ");
        let (check, state) = (code(&waiver.check), waived.state.words());
        writeln!(text, "| `{check}` | {state} | {cells} | {} |", inline(&waived.stories.join(", ")))
            .expect(WRITES);
    }
    text.push('\n');
}

fn first(text: &mut String, broken: &[Broken]) {
    let counting: Vec<_> = broken.iter().filter(|b| b.counts).collect();
    if counting.is_empty() {
        return;
    }
    text.push_str("## What to fix first\n\n");
    for (n, broken) in counting.iter().take(FIRST).enumerate() {
        let title = inline(&broken.result.title);
        let id = code(&broken.result.check);
        writeln!(text, "{}. `{id}` {title} ({})", n + 1, inline(&among(broken))).expect(WRITES);
    }
    if counting.len() > FIRST {
        writeln!(text, "\nand {} more below", counting.len() - FIRST).expect(WRITES);
    }
    text.push('\n');
}

fn among(broken: &Broken) -> String {
    let mut stories = vec![broken.story];
    stories.extend(&broken.also);
    stories.join(", ")
}

fn profiles(text: &mut String, results: &Results) {
    text.push_str(
        "| profile | declared | pass | fail | unjudged | not applicable |\n|---|---|--:|--:|--:|--:|\n",
    );
    for profile in Profile::ALL {
        let count = |word: &str| {
            verdicts(results).filter(|(_, c)| c.profile == profile && c.verdict.word() == word).count()
        };
        let declared = if results.profiles.contains(&profile) { "yes" } else { "no" };
        writeln!(
            text,
            "| {} | {declared} | {} | {} | {} | {} |",
            profile.name(),
            count("pass"),
            count("fail"),
            count("unjudged"),
            count("not applicable"),
        )
        .expect(WRITES);
    }
    text.push('\n');
}

fn stories(text: &mut String, results: &Results) {
    if results.stories.is_empty() {
        return;
    }
    text.push_str("| story | pass | fail | unjudged | not applicable | requests | random ranges |\n|---|--:|--:|--:|--:|--:|--:|\n");
    for story in &results.stories {
        let not_told = story.not_told.as_ref().map(|why| format!(" (not told: {})", inline(why)));
        writeln!(
            text,
            "| {}{} | {} | {} | {} | {} | {} | {} |",
            inline(&story.scenario),
            not_told.unwrap_or_default(),
            story.count("pass"),
            story.count("fail"),
            story.count("unjudged"),
            story.count("not applicable"),
            story.requests,
            story.random_cases,
        )
        .expect(WRITES);
    }
    text.push('\n');
}

fn finding(text: &mut String, broken: &Broken) {
    let result = broken.result;
    write!(
        text,
        "### `{}`\n\n{} ({}, {}{}; {})\n\n",
        code(&result.check),
        inline(&result.title),
        result.level.name(),
        result.profile.name(),
        broken.weight,
        inline(&among(broken)),
    )
    .expect(WRITES);
    let (curl, rest): (Vec<_>, Vec<_>) =
        labelled(broken.finding, FILE).into_iter().partition(|(label, _)| *label == "curl");
    text.push_str(&fenced("text", &columns(&rest, "")));
    for (_, line) in curl {
        text.push_str(&fenced("sh", &line));
    }
}

fn unjudged(text: &mut String, results: &Results) {
    let open = open(results);
    if open.is_empty() {
        return;
    }
    text.push_str("## Unjudged\n\n| check | level | stories | why |\n|---|---|---|---|\n");
    for open in open {
        let (id, level) = (inline(&open.result.check), open.result.level.name());
        let (stories, why) = (inline(&open.stories.join(", ")), inline(open.reason));
        writeln!(text, "| {id} | {level} | {stories} | {why} |").expect(WRITES);
    }
    text.push('\n');
}

fn times(text: &mut String, measured: &Measured) {
    if measured.is_empty() {
        return;
    }
    let heads = measured::COLUMNS.join(" | ");
    write!(text, "## Measured\n\n{}\n\n| {heads} |\n|---|--:|--:|--:|--:|\n", measured::LEAD).expect(WRITES);
    for kind in &measured.kinds {
        writeln!(text, "| {} |", measured::row(kind).map(|cell| inline(&cell)).join(" | ")).expect(WRITES);
    }
    text.push('\n');
    for shape in &measured.shapes {
        let (sentence, stories) = (shape.shape.sentence(), inline(&measured::stories(shape)));
        let (seen, advice) = (inline(&shape.seen), shape.shape.advice());
        write!(text, "- **{sentence}** ({stories}): {seen}. {advice}\n\n").expect(WRITES);
    }
}

/// A code block whose fence is longer than any in its content.
pub(super) fn fenced(language: &str, content: &str) -> String {
    let longest = content.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    format!("{fence}{language}\n{}\n{fence}\n\n", content.trim_end_matches('\n'))
}

/// Text that no Markdown and no HTML is read from, in a table cell neither.
pub(super) fn inline(text: &str) -> String {
    let mut shown = String::new();
    for c in line(text, FILE).chars() {
        match c {
            '<' => shown.push_str("&lt;"),
            '>' => shown.push_str("&gt;"),
            '&' => shown.push_str("&amp;"),
            // An at sign would call people.
            '@' => shown.push_str("&#64;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '#' | '!' | '$' => shown.extend(['\\', c]),
            _ => shown.push(c),
        }
    }
    shown
}

/// Text between single backticks.
pub(super) fn code(text: &str) -> String {
    line(text, FILE).replace('`', "'").replace('|', "¦")
}

#[cfg(test)]
mod tests {
    use super::{fenced, inline, render};
    use crate::report::sample;

    #[test]
    fn a_red_run_says_what_to_fix_first() {
        insta::assert_snapshot!(render(&sample::mixed()), @r#"
            # not conformant: 1 required check of 5 is broken

            Acme Telephony · Acme Dialer · 4.2.1 · seed `0x00000000c0ffee00` · conformance 0.1.0

            - 1 required check is unjudged

            ## What to fix first

            1. `ranges/single` A satisfiable range is answered with 206 (outbound-call, inbound-call)

            | profile | declared | pass | fail | unjudged | not applicable |
            |---|---|--:|--:|--:|--:|
            | playback | yes | 2 | 1 | 0 | 0 |
            | seek | yes | 0 | 2 | 0 | 0 |
            | transcription | yes | 0 | 0 | 2 | 0 |
            | resilience | no | 0 | 0 | 0 | 0 |
            | security | no | 0 | 0 | 0 | 1 |

            | story | pass | fail | unjudged | not applicable | requests | random ranges |
            |---|--:|--:|--:|--:|--:|--:|
            | outbound-call | 1 | 2 | 2 | 1 | 301 | 256 |
            | inbound-call | 1 | 1 | 0 | 0 | 301 | 256 |
            | registration-moved (not told: nothing can move the registration \| at all) | 0 | 0 | 0 | 0 | 0 | 0 |

            ## Findings

            ### `ranges/single`

            A satisfiable range is answered with 206 (required, seek; outbound-call, inbound-call)

            ````text
            clause            RFC 9110 §15.3.7: 206 encloses exactly the bytes that its Content-Range names
            sent              GET http://127.0.0.1:40513/recordings/call-1?sig=<secret:2> Range: bytes=0-0
            expected          206 with byte 0
            or                nothing else
            received          200, Content-Type: <script>alert('x')</script> ]]> ␛[31mred␛[0m ␀ `code` ``` a|b \u{202e}
            first difference  at byte 1 of 1460044
            evidence          e12, j7
            more              2 more like it in this story
            ````

            ```sh
            url=$(curl -s 'http://127.0.0.1:40513/retrieve/recording/call-1?appId=1')
            curl -s -H 'Range: bytes=0-0' "$url"
            ```

            ### `authenticated-url/lifetime`

            The URL lives long enough (recommended, playback: reported, does not count; outbound-call)

            ```text
            clause            guide §1: recordings are reached through authenticated URLs
            sent              GET /retrieve/recording/call-1
            expected          at least 82 s
            received          30 s, of 17 ms each
            ```

            ## Unjudged

            | check | level | stories | why |
            |---|---|---|---|
            | media/channels | required | outbound-call | the download was blocked: &lt;script&gt;alert('x')&lt;/script&gt; \]\]&gt; ␛\[31mred␛\[0m ␀ \`code\` \`\`\` a\|b \\u{202e} |
            | media/quiet | informational | outbound-call | not stable: 1 of 3 |

            ## Measured

            Information alone: times differ from run to run, and no verdict knows of them.

            | What was asked for | Answers | First byte, median | First byte, 95 of 100 within | Throughput |
            |---|--:|--:|--:|--:|
            | the whole, without Range | 4 | 1.2 ms | 2.5 ms | 123 MB/s |
            | within, at most 1 KiB | 130 | 0.4 ms | 44 ms |  |

            - **The end of small parts waits for a delayed acknowledgement** (outbound-call, inbound-call &lt;script&gt;alert('x')&lt;/script&gt; \]\]&gt; ␛\[31mred␛\[0m ␀ \`code\` \`\`\` a\|b \\u{202e}): the rest of 130 small parts came 44 ms after their first byte. Send with TCP_NODELAY (nginx: `tcp_nodelay on`, or `tcp_nopush on` beside `sendfile on`), or write the head and the body of an answer at once: the client acknowledges a lone head only after some 40 ms, and the kernel keeps the body until then.
            "#);
    }

    #[test]
    fn a_green_run_has_its_tables() {
        insta::assert_snapshot!(render(&sample::green()), @r#"
            # conformant: every required check passed

            Acme Telephony · Acme Dialer · 4.2.1 · seed `0x00000000c0ffee00` · conformance 0.1.0

            | profile | declared | pass | fail | unjudged | not applicable |
            |---|---|--:|--:|--:|--:|
            | playback | yes | 1 | 0 | 0 | 0 |
            | seek | yes | 0 | 0 | 0 | 0 |
            | transcription | yes | 0 | 0 | 0 | 0 |
            | resilience | no | 0 | 0 | 0 | 0 |
            | security | no | 0 | 0 | 0 | 1 |

            | story | pass | fail | unjudged | not applicable | requests | random ranges |
            |---|--:|--:|--:|--:|--:|--:|
            | outbound-call | 1 | 0 | 0 | 1 | 301 | 256 |
            "#);
    }

    #[test]
    fn what_the_kit_failed_at_is_said_with_its_help() {
        insta::assert_snapshot!(render(&sample::kit_failed()), @r"
            # the kit itself failed

            Acme Telephony · Acme Dialer · 4.2.1 · seed `0x00000000c0ffee00` · conformance 0.1.0

            ## What the kit itself failed at

            ````text
            the clock was set: <script>alert('x')</script> ]]> ␛[31mred␛[0m ␀ `code` ``` a|b \u{202e}
            help: run it again
            ````

            | profile | declared | pass | fail | unjudged | not applicable |
            |---|---|--:|--:|--:|--:|
            | playback | yes | 0 | 0 | 0 | 0 |
            | seek | yes | 0 | 0 | 0 | 0 |
            | transcription | yes | 0 | 0 | 0 | 0 |
            | resilience | no | 0 | 0 | 0 | 0 |
            | security | no | 0 | 0 | 0 | 0 |
            ");
    }

    #[test]
    fn a_fence_is_longer_than_any_in_its_content() {
        assert_eq!(fenced("sh", "a ```` b ``` c"), "`````sh\na ```` b ``` c\n`````\n\n");
        assert_eq!(fenced("sh", "a"), "```sh\na\n```\n\n");
    }

    #[test]
    fn a_cell_stays_a_cell() {
        assert_eq!(
            inline("a|b\n<img src=x> `c` [d](e) @f"),
            "a\\|b␊&lt;img src=x&gt; \\`c\\` \\[d\\](e) &#64;f"
        );
    }
}
