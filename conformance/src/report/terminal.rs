//! The report on a terminal: a line a story, the findings in full, the totals, the verdict in a sentence.

use super::text::{TERMINAL, block, line};
use super::{Broken, Open, WRITES, broken, columns, labelled, measured, open};
use crate::measured::ShapeSeen;
use crate::results::{Results, StoryResult};
use std::fmt::Write as _;

/// Whether ANSI colours are used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    /// Plain text.
    Never,
    /// Colours.
    Always,
}

#[derive(Clone, Copy)]
enum Paint {
    Good,
    Bad,
    Doubt,
    Faint,
    Bold,
}

impl Colour {
    fn paint(self, paint: Paint, text: &str) -> String {
        let code = match (self, paint) {
            (Self::Never, _) => return text.to_owned(),
            (Self::Always, Paint::Good) => 32,
            (Self::Always, Paint::Bad) => 31,
            (Self::Always, Paint::Doubt) => 33,
            (Self::Always, Paint::Faint) => 2,
            (Self::Always, Paint::Bold) => 1,
        };
        format!("\x1b[{code}m{text}\x1b[0m")
    }
}

/// Renders the report for a terminal.
pub fn render(results: &Results, colour: Colour) -> String {
    let mut text = head(results, colour);
    for waived in &results.waivers {
        let paint = if waived.state.is_amiss() { Paint::Bad } else { Paint::Doubt };
        let said = line(&waived.sentence(), TERMINAL);
        write!(text, "\n{} {said}\n", colour.paint(paint, "WAIVER")).expect(WRITES);
    }
    stories(&mut text, results, colour);
    for (word, faults) in [("SET-UP", &results.setup_faults), ("KIT", &results.harness_faults)] {
        for fault in faults {
            let fault = block(fault, TERMINAL);
            write!(text, "\n{} {fault}\n", colour.paint(Paint::Bad, word)).expect(WRITES);
        }
    }
    for broken in broken(results) {
        text.push_str(&finding(&broken, colour));
    }
    for open in open(results) {
        text.push_str(&unjudged(&open, colour));
    }
    for shape in &results.measured.shapes {
        text.push_str(&seen(shape, colour));
    }
    foot(&mut text, results, colour);
    text
}

fn head(results: &Results, colour: Colour) -> String {
    let who = &results.integration;
    let name = format!("{} {}", who.product, who.version);
    let name =
        if name.trim().is_empty() { "an integration without a name".into() } else { line(name.trim(), 200) };
    format!(
        "{} {} examined {} · seed {} · {} random ranges a story{}{}\n",
        line(&results.kit.name, 50),
        line(&results.kit.version, 50),
        colour.paint(Paint::Bold, &name),
        line(&results.seed, 50),
        results.cases,
        if results.strict { " · strict" } else { "" },
        if results.filtered { " · filtered" } else { "" },
    )
}

fn stories(text: &mut String, results: &Results, colour: Colour) {
    let words = ["pass", "fail", "not applicable", "unjudged"];
    let width =
        |word: &str| results.stories.iter().map(|s| s.count(word).to_string().len()).max().unwrap_or(1);
    let widths = words.map(width);
    let names = results.stories.iter().map(|s| line(&s.scenario, 60).chars().count()).max().unwrap_or(0);
    if !results.stories.is_empty() {
        text.push('\n');
    }
    for story in &results.stories {
        let name = format!("{:<names$}", line(&story.scenario, 60));
        let rest = match &story.not_told {
            Some(why) => colour.paint(Paint::Faint, &format!("not told: {}", line(why, TERMINAL))),
            None => numbers(story, words, widths, colour),
        };
        writeln!(text, "{name}   {rest}").expect(WRITES);
    }
}

fn numbers(story: &StoryResult, words: [&str; 4], widths: [usize; 4], colour: Colour) -> String {
    let paints = [Paint::Good, Paint::Bad, Paint::Faint, Paint::Doubt];
    let shown = ["pass", "fail", "n/a", "unjudged"];
    let count = |i: usize| {
        let number = story.count(words[i]);
        let text = format!("{number:>width$} {}", shown[i], width = widths[i]);
        if number == 0 { text } else { colour.paint(paints[i], &text) }
    };
    let mut line = [0, 1, 2, 3].map(count).join(" · ");
    if story.requests > 0 {
        write!(line, "   {} requests", story.requests).expect(WRITES);
    }
    if story.random_cases > 0 {
        write!(line, ", {} random ranges", story.random_cases).expect(WRITES);
    }
    line
}

fn finding(broken: &Broken, colour: Colour) -> String {
    let Broken { result, finding, story, also, counts, weight } = broken;
    let word = if *counts { colour.paint(Paint::Bad, "FAIL") } else { colour.paint(Paint::Doubt, "NOTE") };
    let mut lines = Vec::new();
    if !also.is_empty() {
        lines.push(("also in", line(&also.join(", "), TERMINAL)));
    }
    lines.splice(0..0, labelled(finding, TERMINAL));
    format!(
        "\n{word} {} in {} ({}, {}{weight})\n  {}\n{}",
        colour.paint(Paint::Bold, &line(&result.check, 100)),
        line(story, 60),
        result.level.name(),
        result.profile.name(),
        line(&result.title, TERMINAL),
        columns(&lines, "    "),
    )
}

fn unjudged(open: &Open, colour: Colour) -> String {
    let Open { result, reason, stories, counts } = open;
    let weight = if *counts { "" } else { ": does not count" };
    format!(
        "\n{} {} in {} ({}, {}{weight})\n  {}\n",
        colour.paint(Paint::Doubt, "UNJUDGED"),
        colour.paint(Paint::Bold, &line(&result.check, 100)),
        line(&stories.join(", "), TERMINAL),
        result.level.name(),
        result.profile.name(),
        line(reason, TERMINAL),
    )
}

fn seen(shape: &ShapeSeen, colour: Colour) -> String {
    let lines = [
        ("seen in", measured::stories(shape)),
        ("measured", line(&shape.seen, TERMINAL)),
        ("fix", shape.shape.advice().to_owned()),
    ];
    let word = colour.paint(Paint::Doubt, "MEASURED");
    format!("\n{word} {} (information: does not count)\n{}", shape.shape.sentence(), columns(&lines, "    "))
}

fn foot(text: &mut String, results: &Results, colour: Colour) {
    let total = |word: &str| results.stories.iter().map(|s| s.count(word)).sum::<usize>();
    writeln!(
        text,
        "\n{}: {} pass · {} fail · {} n/a · {} unjudged   {} requests, {} random ranges",
        match results.stories.len() {
            1 => "1 story".to_owned(),
            many => format!("{many} stories"),
        },
        total("pass"),
        total("fail"),
        total("not applicable"),
        total("unjudged"),
        results.stories.iter().map(|s| s.requests).sum::<usize>(),
        results.stories.iter().map(|s| u64::from(s.random_cases)).sum::<u64>(),
    )
    .expect(WRITES);
    if let Some(measured) = measured::sentence(&results.measured) {
        writeln!(text, "measured, as information: {measured}").expect(WRITES);
    }
    let paint = if results.standing.exit == 0 { Paint::Good } else { Paint::Bad };
    writeln!(text, "{}", colour.paint(paint, &line(&results.standing.sentence, TERMINAL))).expect(WRITES);
    // The first reason is what the sentence says.
    for reason in results.standing.reasons.iter().skip(1) {
        writeln!(text, "also: {}", line(reason, TERMINAL)).expect(WRITES);
    }
}

#[cfg(test)]
mod tests {
    use super::{Colour, render};
    use crate::report::sample;

    #[test]
    fn a_green_run_is_short() {
        insta::assert_snapshot!(render(&sample::green(), Colour::Never), @r#"
            conformance 0.1.0 examined Acme Dialer 4.2.1 · seed 0x00000000c0ffee00 · 256 random ranges a story

            outbound-call   1 pass · 0 fail · 1 n/a · 0 unjudged   301 requests, 256 random ranges

            1 story: 1 pass · 0 fail · 1 n/a · 0 unjudged   301 requests, 256 random ranges
            conformant: every required check passed
            "#);
    }

    #[test]
    fn a_red_run_says_what_to_do() {
        insta::assert_snapshot!(render(&sample::mixed(), Colour::Never), @r#"
            conformance 0.1.0 examined Acme Dialer 4.2.1 · seed 0x00000000c0ffee00 · 256 random ranges a story

            outbound-call        1 pass · 2 fail · 1 n/a · 2 unjudged   301 requests, 256 random ranges
            inbound-call         1 pass · 1 fail · 0 n/a · 0 unjudged   301 requests, 256 random ranges
            registration-moved   not told: nothing can move the registration | at all

            FAIL ranges/single in outbound-call (required, seek)
              A satisfiable range is answered with 206
                clause            RFC 9110 §15.3.7: 206 encloses exactly the bytes that its Content-Range names
                sent              GET http://127.0.0.1:40513/recordings/call-1?sig=<secret:2> Range: bytes=0-0
                expected          206 with byte 0
                or                nothing else
                received          200, Content-Type: <script>alert('x')</script> ]]> ␛[31mred␛[0m ␀ `code` ``` a|b \u{202e}
                first difference  at byte 1 of 1460044
                curl              url=$(curl -s 'http://127.0.0.1:40513/retrieve/recording/call-1?appId=1')
                                  curl -s -H 'Range: bytes=0-0' "$url"
                evidence          e12, j7
                more              2 more like it in this story
                also in           inbound-call

            NOTE authenticated-url/lifetime in outbound-call (recommended, playback: reported, does not count)
              The URL lives long enough
                clause            guide §1: recordings are reached through authenticated URLs
                sent              GET /retrieve/recording/call-1
                expected          at least 82 s
                received          30 s, of 17 ms each

            UNJUDGED media/channels in outbound-call (required, transcription)
              the download was blocked: <script>alert('x')</script> ]]> ␛[31mred␛[0m ␀ `code` ``` a|b \u{202e}

            UNJUDGED media/quiet in outbound-call (informational, transcription: does not count)
              not stable: 1 of 3

            MEASURED The end of small parts waits for a delayed acknowledgement (information: does not count)
                seen in           outbound-call, inbound-call <script>alert('x')</script> ]]> ␛[31mred␛[0m ␀ `code` ``` a|b \u{202e}
                measured          the rest of 130 small parts came 44 ms after their first byte
                fix               Send with TCP_NODELAY (nginx: `tcp_nodelay on`, or `tcp_nopush on` beside `sendfile on`), or write the head and the body of an answer at once: the client acknowledges a lone head only after some 40 ms, and the kernel keeps the body until then.

            3 stories: 2 pass · 3 fail · 1 n/a · 2 unjudged   602 requests, 512 random ranges
            measured, as information: a small part begins after 0.4 ms (95 of 100 within 44 ms), the whole comes at 123 MB/s
            not conformant: 1 required check of 5 is broken
            also: 1 required check is unjudged
            "#);
    }

    #[test]
    fn a_set_up_fault_is_said_with_its_help() {
        insta::assert_snapshot!(render(&sample::not_set_up(), Colour::Never), @r#"
            conformance 0.1.0 examined Acme Dialer 4.2.1 · seed 0x00000000c0ffee00 · 256 random ranges a story

            SET-UP `node server.js` ended with 1 before it was up: <script>alert('x')</script> ]]> ␛[31mred␛[0m ␀ `code` ``` a|b \u{202e}
            help: run it by hand

            0 stories: 0 pass · 0 fail · 0 n/a · 0 unjudged   0 requests, 0 random ranges
            not set up: the integration did not start
            "#);
    }

    #[test]
    fn what_the_kit_failed_at_is_said_with_its_help() {
        insta::assert_snapshot!(render(&sample::kit_failed(), Colour::Never), @r"
            conformance 0.1.0 examined Acme Dialer 4.2.1 · seed 0x00000000c0ffee00 · 256 random ranges a story

            KIT the clock was set: <script>alert('x')</script> ]]> ␛[31mred␛[0m ␀ `code` ``` a|b \u{202e}
            help: run it again

            0 stories: 0 pass · 0 fail · 0 n/a · 0 unjudged   0 requests, 0 random ranges
            the kit itself failed
            ");
    }

    #[test]
    fn only_our_own_colours_reach_a_terminal() {
        let plain = render(&sample::mixed(), Colour::Never);
        let coloured = render(&sample::mixed(), Colour::Always);
        assert!(coloured.contains("\x1b[31mFAIL\x1b[0m"));
        let mut without = coloured;
        for code in ["\x1b[0m", "\x1b[1m", "\x1b[2m", "\x1b[31m", "\x1b[32m", "\x1b[33m"] {
            without = without.replace(code, "");
        }
        assert_eq!(without, plain);
        assert!(!plain.contains(|c: char| c.is_control() && c != '\n'));
    }
}
