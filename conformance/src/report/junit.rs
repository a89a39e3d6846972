//! `JUnit` XML: a suite a story, a case a check. What CI systems show beside a build.

use super::text::{FILE, block, line};
use super::{columns, counts, labelled, weight};
use crate::results::{CheckResult, Results, StoryResult};
use crate::verdict::Verdict;
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};
use std::time::Duration;

/// Renders `JUnit` XML.
pub fn render(results: &Results) -> String {
    let mut report = Report::new(line(&results.kit.name, FILE));
    report.set_time(Duration::from_millis(results.timing.took_ms));
    for (name, faults) in [("set-up", &results.setup_faults), ("kit", &results.harness_faults)] {
        if !faults.is_empty() {
            report.add_test_suite(errors(name, faults));
        }
    }
    report.add_test_suites(results.stories.iter().map(|told| story(results, told)));
    let text = report
        .to_string()
        .expect("quick-junit writes into memory, and text.rs left no character that XML does not have");
    without_skipped_in_all(text)
}

/// The schema that Jenkins checks with has no `skipped` on `testsuites`, only on each `testsuite`.
fn without_skipped_in_all(mut text: String) -> String {
    if let Some(start) = text.find("<testsuites ")
        && let Some(length) = text[start..].find('>')
        && let Some(at) = text[start..start + length].find(" skipped=\"")
    {
        let from = start + at;
        let value = from + " skipped=\"".len();
        let to = text[value..].find('"').map_or(from, |end| value + end + 1);
        text.replace_range(from..to, "");
    }
    text
}

/// What kept the run from a verdict.
fn errors(name: &str, faults: &[String]) -> TestSuite {
    let mut suite = TestSuite::new(name);
    for (n, fault) in faults.iter().enumerate() {
        let first = fault.lines().next().unwrap_or_default();
        let status = unsuccessful(NonSuccessKind::Error, name, first, &block(fault, FILE));
        suite.add_test_case(case(&format!("{name}/{}", n + 1), name, status));
    }
    suite
}

fn story(results: &Results, story: &StoryResult) -> TestSuite {
    let name = line(&story.scenario, FILE);
    let mut suite = TestSuite::new(name.as_str());
    suite.set_time(Duration::from_millis(story.took_ms));
    suite.add_property(("title", line(&story.title, FILE).as_str()));
    suite.add_property(("seed", line(&results.seed, FILE).as_str()));
    if let Some(why) = &story.not_told {
        suite.add_test_case(case("story", &name, skipped(&format!("not told: {why}"))));
    }
    for check in &story.checks {
        suite.add_test_case(verdict(results, &name, check));
    }
    suite
}

fn verdict(results: &Results, story: &str, check: &CheckResult) -> TestCase {
    let level = check.level.name();
    let counts = counts(results, check);
    let mut said = None;
    let status = match &check.verdict {
        Verdict::Pass => TestCaseStatus::success(),
        Verdict::NotApplicable { reason } => skipped(&format!("not applicable: {reason}")),
        Verdict::Unjudged { reason } if counts => {
            unsuccessful(NonSuccessKind::Error, level, &format!("unjudged: {reason}"), &line(reason, FILE))
        }
        Verdict::Unjudged { reason } => skipped(&format!("unjudged, {level}: {reason}")),
        Verdict::Fail { finding } => {
            let text = columns(&labelled(finding, FILE), "");
            if counts {
                unsuccessful(NonSuccessKind::Failure, level, &check.title, &text)
            } else {
                said =
                    Some(format!("{level}{}\n{}\n{text}", weight(results, check), line(&check.title, FILE)));
                TestCaseStatus::success()
            }
        }
    };
    let mut case = case(&check.check, &format!("{story}.{}", check.section.name()), status);
    if let Some(said) = said {
        case.set_system_out(said);
    }
    case
}

fn case(name: &str, class: &str, status: TestCaseStatus) -> TestCase {
    let mut case = TestCase::new(line(name, FILE), status);
    case.set_classname(class);
    case
}

fn skipped(message: &str) -> TestCaseStatus {
    let mut status = TestCaseStatus::skipped();
    status.set_message(line(message, FILE));
    status
}

fn unsuccessful(kind: NonSuccessKind, ty: &str, message: &str, text: &str) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(kind);
    status.set_type(ty).set_message(line(message, FILE)).set_description(text);
    status
}

#[cfg(test)]
mod tests {
    use super::render;
    use crate::report::sample;

    #[test]
    fn each_verdict_has_its_element() {
        insta::assert_snapshot!(render(&sample::mixed()), @r#"
            <?xml version="1.0" encoding="UTF-8"?>
            <testsuites name="conformance" tests="9" failures="2" errors="1" time="4.321">
                <testsuite name="outbound-call" tests="6" skipped="2" errors="1" failures="1" time="1.234">
                    <properties>
                        <property name="title" value="The story of outbound-call"/>
                        <property name="seed" value="0x00000000c0ffee00"/>
                    </properties>
                    <testcase name="calls/logged" classname="outbound-call.calls"/>
                    <testcase name="authenticated-url/lifetime" classname="outbound-call.authenticated-url">
                        <system-out>recommended: reported, does not count
            The URL lives long enough
            clause            guide §1: recordings are reached through authenticated URLs
            sent              GET /retrieve/recording/call-1
            expected          at least 82 s
            received          30 s, of 17 ms each
            </system-out>
                    </testcase>
                    <testcase name="ranges/single" classname="outbound-call.ranges">
                        <failure message="A satisfiable range is answered with 206" type="required">clause            RFC 9110 §15.3.7: 206 encloses exactly the bytes that its Content-Range names
            sent              GET http://127.0.0.1:40513/recordings/call-1?sig=&lt;secret:2&gt; Range: bytes=0-0
            expected          206 with byte 0
            or                nothing else
            received          200, Content-Type: &lt;script&gt;alert(&apos;x&apos;)&lt;/script&gt; ]]&gt; ␛[31mred␛[0m ␀ `code` ``` a|b \u{202e}
            first difference  at byte 1 of 1460044
            curl              url=$(curl -s &apos;http://127.0.0.1:40513/retrieve/recording/call-1?appId=1&apos;)
                              curl -s -H &apos;Range: bytes=0-0&apos; &quot;$url&quot;
            evidence          e12, j7
            more              2 more like it in this story
            </failure>
                    </testcase>
                    <testcase name="media/channels" classname="outbound-call.media">
                        <error message="unjudged: the download was blocked: &lt;script&gt;alert(&apos;x&apos;)&lt;/script&gt; ]]&gt; ␛[31mred␛[0m ␀ `code` ``` a|b \u{202e}" type="required">the download was blocked: &lt;script&gt;alert(&apos;x&apos;)&lt;/script&gt; ]]&gt; ␛[31mred␛[0m ␀ `code` ``` a|b \u{202e}</error>
                    </testcase>
                    <testcase name="media/quiet" classname="outbound-call.media">
                        <skipped message="unjudged, informational: not stable: 1 of 3"/>
                    </testcase>
                    <testcase name="security/neighbour" classname="outbound-call.security">
                        <skipped message="not applicable: the profile security was not declared"/>
                    </testcase>
                </testsuite>
                <testsuite name="inbound-call" tests="2" skipped="0" errors="0" failures="1" time="1.234">
                    <properties>
                        <property name="title" value="The story of inbound-call"/>
                        <property name="seed" value="0x00000000c0ffee00"/>
                    </properties>
                    <testcase name="calls/logged" classname="inbound-call.calls"/>
                    <testcase name="ranges/single" classname="inbound-call.ranges">
                        <failure message="A satisfiable range is answered with 206" type="required">sent              GET
            expected          206
            received          200
            </failure>
                    </testcase>
                </testsuite>
                <testsuite name="registration-moved" tests="1" skipped="1" errors="0" failures="0" time="1.234">
                    <properties>
                        <property name="title" value="The story of registration-moved"/>
                        <property name="seed" value="0x00000000c0ffee00"/>
                    </properties>
                    <testcase name="story" classname="registration-moved">
                        <skipped message="not told: nothing can move the registration | at all"/>
                    </testcase>
                </testsuite>
            </testsuites>
            "#);
    }

    #[test]
    fn a_set_up_fault_is_an_error() {
        insta::assert_snapshot!(render(&sample::not_set_up()), @r#"
            <?xml version="1.0" encoding="UTF-8"?>
            <testsuites name="conformance" tests="1" failures="0" errors="1" time="4.321">
                <testsuite name="set-up" tests="1" skipped="0" errors="1" failures="0">
                    <testcase name="set-up/1" classname="set-up">
                        <error message="`node server.js` ended with 1 before it was up: &lt;script&gt;alert(&apos;x&apos;)&lt;/script&gt; ]]&gt; ␛[31mred␛[0m ␀ `code` ``` a|b \u{202e}" type="set-up">`node server.js` ended with 1 before it was up: &lt;script&gt;alert(&apos;x&apos;)&lt;/script&gt; ]]&gt; ␛[31mred␛[0m ␀ `code` ``` a|b \u{202e}
            help: run it by hand</error>
                    </testcase>
                </testsuite>
            </testsuites>
            "#);
    }

    #[test]
    fn what_the_kit_failed_at_is_an_error() {
        let xml = render(&sample::kit_failed());
        assert!(xml.contains("<testcase name=\"kit/1\" classname=\"kit\">"), "{xml}");
        assert!(xml.contains("errors=\"1\"") && xml.contains("\nhelp: run it again</error>"), "{xml}");
    }

    #[test]
    fn a_recommended_finding_counts_when_it_is_strict() {
        let mut results = sample::mixed();
        results.strict = true;
        let xml = render(&results);
        assert!(
            xml.contains("<failure message=\"The URL lives long enough\" type=\"recommended\">"),
            "{xml}"
        );
        assert!(!xml.contains("<system-out>"));
    }

    #[test]
    fn what_is_written_is_xml_again() {
        let xml = render(&sample::mixed());
        assert!(!xml.contains(|c: char| c.is_control() && c != '\n'));
        quick_junit::Report::deserialize_from_str(&xml).expect("JUnit reads what it wrote");
    }

    proptest::proptest! {
        #[test]
        fn nothing_that_an_integration_sends_breaks_the_xml(hostile in "\\PC*|.*") {
            let mut results = sample::mixed();
            results.stories[0].scenario.clone_from(&hostile);
            results.stories[0].checks[2].title.clone_from(&hostile);
            results.stories[2].not_told = Some(hostile.clone());
            results.setup_faults.push(hostile);
            let xml = render(&results);
            let read = quick_junit::Report::deserialize_from_str(&xml).expect("JUnit reads what it wrote");
            proptest::prop_assert_eq!(read.test_suites.len(), 4);
        }
    }
}
