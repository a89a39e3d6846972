//! The snapshot of one story: Markdown that is reviewed as a diff. Sorted, and without anything volatile.
//!
//! It is compared and written by `crate::snapshot`.

use super::markdown::{code, fenced, inline};
use super::text::{FILE, line};
use super::tokens::Tokens;
use super::{WRITES, columns, labelled};
use crate::results::{CheckResult, StoryResult};
use crate::verdict::{Finding, Verdict};
use std::fmt::Write as _;

/// Renders the snapshot of a story.
pub fn render(story: &StoryResult) -> String {
    let mut tokens = Tokens::default();
    let mut text = format!("---\nscenario: {}\ntitle: {}\n", quoted(&story.scenario), quoted(&story.title));
    for word in ["pass", "fail", "not applicable", "unjudged"] {
        writeln!(text, "{}: {}", word.replace(' ', "-"), story.count(word)).expect(WRITES);
    }
    write!(text, "---\n\n# {}\n\n", inline(&story.title)).expect(WRITES);
    if let Some(why) = &story.not_told {
        write!(text, "Not told: `{}`\n\n", code(&tokens.replace(why))).expect(WRITES);
    }
    let mut checks: Vec<&CheckResult> = story.checks.iter().collect();
    checks.sort_by(|a, b| a.check.cmp(&b.check));
    for check in &checks {
        let (level, word) = (check.level.name(), check.verdict.word());
        write!(text, "- `{}` {level}: {word}", code(&check.check)).expect(WRITES);
        if let Verdict::NotApplicable { reason } | Verdict::Unjudged { reason } = &check.verdict {
            write!(text, ", `{}`", code(&tokens.replace(reason))).expect(WRITES);
        }
        text.push('\n');
    }
    for check in checks {
        if let Verdict::Fail { finding } = &check.verdict {
            let lines = columns(&labelled(&lasting(finding, &mut tokens), FILE), "");
            write!(text, "\n## `{}`\n\n{}\n\n", code(&check.check), inline(&check.title)).expect(WRITES);
            text.push_str(fenced("text", &lines).trim_end());
            text.push('\n');
        }
    }
    text
}

/// The finding without what differs from run to run: evidence numbers and the line for a shell go.
fn lasting(finding: &Finding, tokens: &mut Tokens) -> Finding {
    Finding {
        clause: finding.clause.clone(),
        sent: tokens.replace(&finding.sent),
        expected: finding.expected.iter().map(|expected| tokens.replace(expected)).collect(),
        received: tokens.replace(&finding.received),
        first_difference: finding.first_difference.as_ref().map(|at| tokens.replace(at)),
        curl: None,
        evidence: Vec::new(),
        // How often depends on the seed where ranges are random.
        more: 0,
    }
}

/// A YAML string; every JSON string is one.
fn quoted(text: &str) -> String {
    serde_json::Value::String(line(text, FILE)).to_string()
}

#[cfg(test)]
mod tests {
    use super::render;
    use crate::report::sample;

    #[test]
    fn a_snapshot_says_every_verdict_and_nothing_volatile() {
        insta::assert_snapshot!(render(&sample::mixed().stories[0]), @r#"
            ---
            scenario: "outbound-call"
            title: "The story of outbound-call"
            pass: 1
            fail: 2
            not-applicable: 1
            unjudged: 2
            ---

            # The story of outbound-call

            - `authenticated-url/lifetime` recommended: fail
            - `calls/logged` required: pass
            - `media/channels` required: unjudged, `the download was blocked: <script>alert('x')</script> ]]> ␛[31mred␛[0m ␀ 'code' ''' a¦b \u{202e}`
            - `media/quiet` informational: unjudged, `not stable: 1 of 3`
            - `ranges/single` required: fail
            - `security/neighbour` recommended: not applicable, `the profile security was not declared`

            ## `authenticated-url/lifetime`

            The URL lives long enough

            ```text
            clause            guide §1: recordings are reached through authenticated URLs
            sent              GET /retrieve/recording/call-1
            expected          at least 82 s
            received          30 s, of <ms> each
            ```

            ## `ranges/single`

            A satisfiable range is answered with 206

            ````text
            clause            RFC 9110 §15.3.7: 206 encloses exactly the bytes that its Content-Range names
            sent              GET http://127.0.0.1:<port>/recordings/call-1?sig=<secret> Range: bytes=0-0
            expected          206 with byte 0
            or                nothing else
            received          200, Content-Type: <script>alert('x')</script> ]]> ␛[31mred␛[0m ␀ `code` ``` a|b \u{202e}
            first difference  at byte 1 of 1460044
            ````
            "#);
    }

    #[test]
    fn a_story_that_was_not_told_says_why() {
        insta::assert_snapshot!(render(&sample::mixed().stories[2]), @r#"
            ---
            scenario: "registration-moved"
            title: "The story of registration-moved"
            pass: 0
            fail: 0
            not-applicable: 0
            unjudged: 0
            ---

            # The story of registration-moved

            Not told: `nothing can move the registration ¦ at all`
            "#);
    }

    #[test]
    fn another_run_gives_the_same_snapshot() {
        let mut other = sample::mixed().stories.remove(0);
        other.took_ms += 17;
        other.requests += 3;
        other.checks.reverse();
        for check in &mut other.checks {
            if let crate::verdict::Verdict::Fail { finding } = &mut check.verdict {
                finding.sent = finding.sent.replace("40513", "40999").replace("secret:2", "secret:9");
                finding.received = finding.received.replace("17 ms", "18 ms");
                finding.evidence = vec!["e99".into()];
                finding.curl = None;
            }
        }
        assert_eq!(render(&other), render(&sample::mixed().stories[0]));
    }
}
