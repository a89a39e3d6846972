//! The reports of one run agree with each other, and can be rendered again from what it recorded.

use crate::kit::{Kit, ran, verdicts};
use conformance::report::{github, snapshot};
use conformance::results::Results;
use conformance::verdict::Verdict;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

const FILES: [&str; 6] =
    ["results.json", "summary.md", "junit.xml", "report.html", "report.txt", "evidence.har"];

fn read(kit: &Kit, file: &str) -> String {
    std::fs::read_to_string(kit.path().join(file)).unwrap_or_else(|e| panic!("{file}: {e}"))
}

/// Elements of an XML text: their path from the root, attributes, and the names of their children.
struct Element {
    path: Vec<String>,
    attributes: BTreeMap<String, String>,
}

fn elements(xml: &str) -> Vec<Element> {
    use quick_xml::events::Event;
    let mut reader = quick_xml::Reader::from_str(xml);
    let (mut path, mut found) = (Vec::<String>::new(), Vec::new());
    loop {
        let event = reader.read_event().unwrap_or_else(|e| panic!("not well-formed: {e}"));
        let (start, empty) = match &event {
            Event::Start(start) => (Some(start), false),
            Event::Empty(start) => (Some(start), true),
            Event::End(_) => {
                path.pop();
                (None, false)
            }
            Event::Eof => break,
            _ => (None, false),
        };
        if let Some(start) = start {
            path.push(String::from_utf8(start.name().as_ref().to_vec()).unwrap());
            let attributes = start.attributes().map(|a| {
                let a = a.unwrap();
                let name = String::from_utf8(a.key.as_ref().to_vec()).unwrap();
                (name, String::from_utf8(a.value.to_vec()).unwrap())
            });
            found.push(Element { path: path.clone(), attributes: attributes.collect() });
            if empty {
                path.pop();
            }
        }
    }
    assert!(path.is_empty(), "elements are left open: {path:?}");
    found
}

/// An element, its parents, the attributes it must have, and those it may have.
type Rule = (&'static str, &'static [&'static str], &'static [&'static str], &'static [&'static str]);

/// What the schema that Jenkins' xUnit plugin checks with (junit-10.xsd) says of each element: its parents, the attributes it
/// must have, and those it may have.
const JENKINS: [Rule; 9] = [
    ("testsuites", &[""], &[], &["name", "time", "tests", "failures", "errors"]),
    (
        "testsuite",
        &["testsuites", "testsuite"],
        &["name", "tests", "failures", "errors"],
        &["group", "time", "skipped", "timestamp", "hostname", "id", "package", "file", "log", "url"],
    ),
    ("properties", &["testsuite"], &[], &[]),
    ("property", &["properties"], &["name", "value"], &[]),
    ("testcase", &["testsuite"], &["name"], &["time", "classname", "group"]),
    ("skipped", &["testcase"], &[], &["type", "message"]),
    ("error", &["testcase"], &[], &["type", "message"]),
    ("failure", &["testcase"], &[], &["type", "message"]),
    ("system-out", &["testcase", "testsuite"], &[], &[]),
];

fn assert_jenkins_takes(xml: &str) -> Vec<Element> {
    let all = elements(xml);
    for element in &all {
        let name = element.path.last().unwrap();
        let parent = element.path.iter().rev().nth(1).map_or("", String::as_str);
        let (_, parents, must, may) = JENKINS
            .iter()
            .find(|(n, ..)| n == name)
            .unwrap_or_else(|| panic!("<{name}> is not in the schema"));
        assert!(parents.contains(&parent), "<{name}> stands in <{parent}>");
        for attribute in *must {
            assert!(element.attributes.contains_key(*attribute), "<{name}> lacks {attribute}");
        }
        for (attribute, value) in &element.attributes {
            let known = must.contains(&attribute.as_str()) || may.contains(&attribute.as_str());
            assert!(known, "<{name}> has {attribute}");
            if attribute == "time" && name != "testcase" {
                assert!(value.bytes().all(|b| b.is_ascii_digit() || b == b'.'), "{value}");
            }
        }
    }
    all
}

fn number(text: &str) -> usize {
    text.chars()
        .filter(char::is_ascii_digit)
        .collect::<String>()
        .parse()
        .unwrap_or_else(|_| panic!("{text:?}"))
}

/// Sums of pass, fail, unjudged, not applicable in a Markdown table by story or by profile.
fn markdown_table(summary: &str, head: &str) -> [usize; 4] {
    let mut sums = [0; 4];
    let from = if head == "profile" { 3 } else { 2 };
    let rows = summary.lines().skip_while(|l| !l.starts_with(&format!("| {head} |"))).skip(2);
    for row in rows.take_while(|l| l.starts_with('|')) {
        let cells: Vec<_> = row.split('|').map(str::trim).collect();
        for (sum, cell) in sums.iter_mut().zip(&cells[from..]) {
            *sum += number(cell);
        }
    }
    sums
}

/// The numbers of the last row of the page's table by profile.
fn html_totals(page: &str) -> [usize; 4] {
    let foot = page.split("<tfoot>").nth(1).and_then(|rest| rest.split("</tfoot>").next()).unwrap();
    let cells: Vec<_> = foot.split("<td class=\"").skip(1).map(|c| c.split('>').nth(1).unwrap()).collect();
    [0, 1, 2, 3].map(|n| number(cells[n].split('<').next().unwrap()))
}

/// `729 pass · 0 fail · 140 n/a · 0 unjudged` of the terminal's last lines.
fn terminal_totals(text: &str) -> [usize; 4] {
    let line = text.lines().find(|l| l.contains(" stor") && l.contains(" pass ·")).unwrap();
    let counts = line.split_once(": ").unwrap().1;
    let of = |word: &str| {
        number(counts.split(" · ").find(|part| part.contains(word)).unwrap().split(word).next().unwrap())
    };
    [of("pass"), of("fail"), of("unjudged"), of("n/a")]
}

/// The two that a run leaves elsewhere: a snapshot for each story, and the annotations of a GitHub job.
fn assert_snapshots_and_annotations_agree(results: &Value, counts: [usize; 4], counting: usize) {
    let results: Results = serde_json::from_value(results.clone()).unwrap();
    let mut sums = [0; 4];
    for snapshot in results.stories.iter().map(snapshot::render) {
        for (sum, word) in sums.iter_mut().zip(["pass", "fail", "unjudged", "not-applicable"]) {
            let line = snapshot.lines().find(|line| line.starts_with(&format!("{word}: "))).unwrap();
            *sum += number(line);
        }
        let rows = snapshot.lines().filter(|line| line.starts_with("- `")).count();
        let stated: usize = snapshot
            .lines()
            .take_while(|l| !l.starts_with('#'))
            .filter(|l| l.contains(": "))
            .filter_map(|l| l.rsplit(' ').next()?.parse::<usize>().ok())
            .sum();
        assert_eq!(rows, stated, "a snapshot's rows");
    }
    assert_eq!(sums, counts, "the snapshots");

    // One annotation tells a broken check in all its stories, or a check that is open for one reason; ten of a kind are shown.
    let mut told = std::collections::BTreeSet::new();
    for check in results.stories.iter().flat_map(|story| &story.checks) {
        let counts =
            check.level.name() == "required" || (results.strict && check.level.name() == "recommended");
        match &check.verdict {
            Verdict::Fail { .. } => told.insert((counts, check.check.clone(), String::new())),
            Verdict::Unjudged { reason } => told.insert((counts, check.check.clone(), reason.clone())),
            _ => false,
        };
    }
    let of = |counts: bool| told.iter().filter(|(c, ..)| *c == counts).count().min(10);
    let annotations = github::annotations(&results);
    let lines =
        |kind: &str| annotations.lines().filter(|line| line.starts_with(&format!("::{kind} "))).count();
    assert_eq!((lines("error"), lines("notice")), (of(true), of(false)), "the annotations\n{annotations}");
    assert_eq!(lines("error") == 0, counting == 0, "{annotations}");
}

fn assert_every_report_agrees(kit: &Kit, dir: &str) {
    let results: Value = serde_json::from_str(&read(kit, &format!("{dir}/results.json"))).unwrap();
    let verdicts = verdicts(&results);
    let of = |word: &str| verdicts.iter().filter(|v| v.3 == word).count();
    let counts = [of("pass"), of("fail"), of("unjudged"), of("not-applicable")];
    let standing = &results["standing"]["counts"];
    let said = ["pass", "fail", "unjudged", "not applicable"].map(|w| standing[w].as_u64().unwrap() as usize);
    assert_eq!(said, counts, "the roll-up");
    let summary = read(kit, &format!("{dir}/summary.md"));
    assert_eq!(markdown_table(&summary, "story"), counts, "the summary by story");
    assert_eq!(markdown_table(&summary, "profile"), counts, "the summary by profile");
    assert_eq!(html_totals(&read(kit, &format!("{dir}/report.html"))), counts, "the page");
    assert_eq!(terminal_totals(&read(kit, &format!("{dir}/report.txt"))), counts, "the terminal");

    let junit = assert_jenkins_takes(&read(kit, &format!("{dir}/junit.xml")));
    let strict = results["strict"].as_bool().unwrap();
    let counting =
        |v: &&(String, String, String, String, Value)| v.2 == "required" || (strict && v.2 == "recommended");
    let failing = verdicts.iter().filter(|v| v.3 == "fail").filter(counting).count();
    let open = verdicts.iter().filter(|v| v.3 == "unjudged").filter(counting).count();
    let elements = |name: &str| junit.iter().filter(|e| e.path.last().unwrap() == name).count();
    let not_told =
        results["stories"].as_array().unwrap().iter().filter(|s| s["not_told"].is_string()).count();
    let faults = results["setup_faults"].as_array().map_or(0, Vec::len);
    assert_eq!(elements("testcase"), verdicts.len() + not_told + faults, "JUnit's cases");
    assert_eq!(
        (elements("failure"), elements("error")),
        (failing, open + faults),
        "JUnit's failures and errors"
    );
    let root = &junit[0].attributes;
    let stated = |name: &str| root[name].parse::<usize>().unwrap();
    assert_eq!((stated("failures"), stated("errors")), (failing, open + faults), "JUnit's sums");

    assert_snapshots_and_annotations_agree(&results, counts, failing + open);

    let har: Value = serde_json::from_str(&read(kit, &format!("{dir}/evidence.har"))).unwrap();
    let records = read(kit, &format!("{dir}/evidence.ndjson"));
    let exchanges = records.lines().filter(|line| {
        ["exchange", "journal", "common"]
            .iter()
            .any(|kind| line.starts_with(&format!("{{\"record\":\"{kind}\"")))
    });
    assert_eq!(har["log"]["entries"].as_array().unwrap().len(), exchanges.count(), "the archive");
    assert_eq!(har["log"]["version"], "1.2");
}

#[test]
fn every_report_of_a_run_agrees_with_every_other_and_is_the_same_when_rendered_again() {
    for (args, exit) in [
        (&["demo", "--cases", "24", "outbound-call", "registration-moved", "throttled"][..], 0),
        (&["demo", "--cases", "24", "--break", "ranges/drops-the-last-byte"], 1),
        (&["demo", "--cases", "8", "--break", "ready/never-sent"], 1),
    ] {
        let kit = Kit::new();
        let run = kit.run(&[args, &["--out", "one"]].concat());
        assert_eq!(run.exit, exit, "{args:?}: {}\n{}", run.stdout, run.stderr);
        assert_every_report_agrees(&kit, "one");
        let again = kit.run(&["report", "one/evidence.ndjson", "--out", "two"]);
        assert_eq!(again.exit, exit, "{}\n{}", again.stdout, again.stderr);
        for file in FILES {
            assert_eq!(
                read(&kit, &format!("one/{file}")),
                read(&kit, &format!("two/{file}")),
                "{args:?}: {file}"
            );
        }
    }
}

#[test]
fn a_setup_fault_is_an_error_in_every_report() {
    let kit = Kit::new();
    kit.write("conformance.toml", "schema = 1\n[start]\ncommand = [\"sh\", \"-c\", \"echo no; exit 3\"]\nready = { url = \"http://127.0.0.1:{port}/\" }\n[trigger]\nrequest = { url = \"http://127.0.0.1:{port}/\" }\n");
    let run = kit.run(&["run", "--out", "out"]);
    assert_eq!(run.exit, 4, "{}\n{}", run.stdout, run.stderr);
    let junit = assert_jenkins_takes(&read(&kit, "out/junit.xml"));
    assert!(junit.iter().any(|e| e.path.last().unwrap() == "error"), "a set-up fault is an error");
    assert!(read(&kit, "out/report.html").contains("What kept stories from being told"));
    assert_eq!(kit.run(&["report", "out"]).exit, 4);
}

#[test]
fn github_is_told_where_the_run_is_one_of_its_jobs() {
    let kit = Kit::new();
    let summary = kit.path().join("summary");
    std::fs::write(&summary, "before\n").unwrap();
    let args = ["demo", "--cases", "8", "--break", "ranges/drops-the-last-byte", "--out", "out"];
    let mut command = kit.command(&args);
    command.env("GITHUB_ACTIONS", "true").env("GITHUB_STEP_SUMMARY", &summary);
    let run = ran(command.output().unwrap());
    assert_eq!(run.exit, 1);
    assert!(run.stdout.contains("\n::error title=ranges/first-byte in outbound-call::"), "{}", run.stdout);
    let told = std::fs::read_to_string(&summary).unwrap();
    assert_eq!(told, format!("before\n{}", read(&kit, "out/summary.md")));
    let outside = ran(kit
        .command(&args)
        .env_remove("GITHUB_ACTIONS")
        .env_remove("GITHUB_STEP_SUMMARY")
        .output()
        .unwrap());
    assert!(!outside.stdout.contains("::error"));
}

#[test]
fn what_cannot_be_read_is_named() {
    let kit = Kit::new();
    let nothing = kit.run(&["report", "nowhere"]);
    assert_eq!(nothing.exit, 2);
    assert!(
        nothing.stderr.contains("nowhere/premises.json") && nothing.stderr.contains("help: "),
        "{}",
        nothing.stderr
    );
    for (text, says) in [
        ("{", "no JSON"),
        ("{}", "no schema"),
        (r#"{"schema":"conformance-results/9"}"#, "conformance-results/9"),
    ] {
        kit.write("results.json", text);
        let ran = kit.run(&["diff", "results.json", "results.json"]);
        assert_eq!(ran.exit, 2);
        assert!(ran.stderr.contains(says), "{}", ran.stderr);
    }
}

#[test]
fn two_runs_are_compared() {
    let kit = Kit::new();
    let common = ["--cases", "16", "--seed", "0x77"];
    kit.run(&[&["demo", "outbound-call", "--out", "good"], &common[..]].concat());
    kit.run(&[&["demo", "--break", "ranges/drops-the-last-byte", "--out", "bad"], &common[..]].concat());
    let worse = kit.run(&["diff", "good", "bad"]);
    assert_eq!(worse.exit, 1, "{}{}", worse.stdout, worse.stderr);
    assert!(worse.stdout.starts_with("newly failing ("), "{}", worse.stdout);
    assert!(
        worse.stdout.contains("ranges/first-byte in outbound-call (required): pass → fail"),
        "{}",
        worse.stdout
    );
    let better = kit.run(&["diff", "bad/results.json", "good/results.json", "--json"]);
    assert_eq!(better.exit, 0);
    let rows: Value = serde_json::from_str(&better.stdout).unwrap();
    let rows = rows["rows"].as_array().unwrap();
    // Checks that were not applicable beside the fault are asked again once it is mended.
    assert!(rows.iter().all(|row| row["change"] == "fixed" || row["after"] == "pass"), "{rows:#?}");
    assert!(
        rows.iter().any(|row| row["check"] == "ranges/first-byte" && row["change"] == "fixed"),
        "{rows:#?}"
    );
    let same = kit.run(&["diff", "good", "good"]);
    assert!(same.stdout.starts_with("0 newly failing"), "{}", same.stdout);
}

/// `demo`'s configuration for `run`, telling one lie, with these waivers.
fn configuration(lie: &str, waivers: &str) -> String {
    let kit = crate::kit::program();
    let demo = include_str!("../../src/commands/demo.toml");
    let demo = demo
        .replace("command = [\"conformance\", \"reference\"]", &format!("command = ['{kit}', 'reference']"));
    let demo = demo.replace("[start.env]", &format!("[start.env]\nSABOTAGE = \"{lie}\""));
    format!("{demo}\n{waivers}")
}

fn waiver(check: &str, expires: &str) -> String {
    format!(
        "[[waiver]]\ncheck = \"{check}\"\nreason = \"it is known\"\nticket = \"T-1\"\nexpires = \"{expires}\"\n"
    )
}

#[test]
fn a_known_failure_is_green_and_a_waiver_that_is_out_of_date_is_not() {
    let lie = "authenticated-url/snake-case-member";
    let kit = Kit::new();
    let run = |waivers: &str, more: &[&str]| {
        kit.write("conformance.toml", &configuration(lie, waivers));
        let args = [
            &[
                "run",
                "--cases",
                "8",
                "--out",
                "out",
                "--only",
                "authenticated-url/member",
                "--only",
                "calls/",
            ],
            more,
        ]
        .concat();
        kit.run(&args)
    };
    let plain = run("", &[]);
    assert_eq!(plain.exit, 1, "{}{}", plain.stdout, plain.stderr);
    let held = run(&waiver("authenticated-url/member", "2999-12-31"), &[]);
    assert_eq!(held.exit, 0, "{}{}", held.stdout, held.stderr);
    assert!(held.stdout.contains("conformant but for"), "{}", held.stdout);
    for (file, words) in [
        ("summary.md", "## Waivers"),
        ("report.html", "id=\"waivers\""),
        ("report.txt", "WAIVER authenticated-url/member fails, as is known"),
        ("junit.xml", "known, waived"),
    ] {
        assert!(read(&kit, &format!("out/{file}")).contains(words), "{file}");
    }
    assert_eq!(kit.run(&["report", "out"]).exit, 0, "it is waived when it is rendered again");
    let expired = run(&waiver("authenticated-url/member", "2020-01-01"), &[]);
    assert_eq!(expired.exit, 5, "{}{}", expired.stdout, expired.stderr);
    assert!(expired.stdout.contains("expired on 2020-01-01"), "{}", expired.stdout);
}

#[test]
fn a_waiver_whose_check_passes_or_is_not_applicable_is_named_when_the_whole_was_asked() {
    let kit = Kit::new();
    let dir = Path::new("out");
    kit.write(
        "conformance.toml",
        &configuration("", &waiver("calls/source", "2999-12-31")).replace("SABOTAGE = \"\"\n", ""),
    );
    let whole = kit.run(&["run", "--cases", "4", "--out", dir.to_str().unwrap()]);
    assert_eq!(whole.exit, 5, "{}{}", whole.stdout, whole.stderr);
    assert!(whole.stdout.contains("stale: the check passes"), "{}", whole.stdout);
    let narrowed = kit.run(&["run", "--cases", "4", "outbound-call"]);
    assert_eq!(narrowed.exit, 0, "{}{}", narrowed.stdout, narrowed.stderr);
}
