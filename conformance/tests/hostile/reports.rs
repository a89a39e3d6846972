//! What holds for every report, whatever a peer sent: each can be read by those for whom it is made, and none can be taken over.

use serde_json::Value;
use std::path::Path;

/// What a peer writes where script would run, and no report has of its own.
const SCRIPTS: [&str; 4] = ["<script", "<img", "<svg onload", "<a href=\"javascript"];

/// What is wrong with the reports in this folder.
pub(crate) fn complaints(out: &Path) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut read = |name: &str| match std::fs::read(out.join(name)).map(String::from_utf8) {
        Ok(Ok(text)) => text,
        Ok(Err(_)) => {
            wrong.push(format!("{name} is no UTF-8"));
            String::new()
        }
        Err(error) => {
            wrong.push(format!("{name} cannot be read: {error}"));
            String::new()
        }
    };
    let [results, har, junit] = ["results.json", "evidence.har", "junit.xml"].map(&mut read);
    let [html, summary, text] = ["report.html", "summary.md", "report.txt"].map(&mut read);
    let evidence = read("evidence.ndjson");
    for (name, json) in [("results.json", &results), ("evidence.har", &har)] {
        if let Err(error) = serde_json::from_str::<Value>(json) {
            wrong.push(format!("{name} is no JSON: {error}"));
        }
    }
    for line in evidence.lines() {
        if let Err(error) = serde_json::from_str::<Value>(line) {
            wrong.push(format!("evidence.ndjson has a line that is no JSON: {error}"));
        }
    }
    if let Err(error) = well_formed(&junit) {
        wrong.push(format!("junit.xml: {error}"));
    }
    for (name, text) in
        [("report.html", &html), ("summary.md", &summary), ("report.txt", &text), ("junit.xml", &junit)]
    {
        wrong.extend(unprintable(text).map(|found| format!("{name} holds {found}")));
    }
    for script in SCRIPTS {
        for (name, text) in [("report.html", &html), ("summary.md", &outside_code(&summary))] {
            if let Some(at) = text.find(script) {
                let around: String = text[at..].chars().take(80).collect();
                wrong.push(format!("{name} holds {around}"));
            }
        }
    }
    wrong
}

/// The first character that would do something to a terminal, turn the text around, or that XML has no place for.
pub(crate) fn unprintable(text: &str) -> Option<String> {
    let turns = |c| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let at = text.find(|c: char| (c.is_control() && !matches!(c, '\n' | '\t')) || turns(c))?;
    let before: String = text[..at].chars().rev().take(60).collect();
    let c = text[at..].chars().next()?;
    Some(format!("{c:?} after {:?}", before.chars().rev().collect::<String>()))
}

/// Markdown without its code, in which nothing is markup.
fn outside_code(text: &str) -> String {
    let mut fenced = false;
    let lines = text.lines().filter(|line| {
        let fence = line.trim_start().starts_with("```");
        fenced ^= fence;
        !fence && !fenced
    });
    let spans = |line: &str| line.split('`').step_by(2).collect::<Vec<_>>().join("`");
    lines.map(spans).collect::<Vec<_>>().join("\n")
}

fn well_formed(xml: &str) -> Result<(), String> {
    let mut reader = quick_xml::Reader::from_str(xml);
    reader.config_mut().check_end_names = true;
    let (mut depth, mut elements) = (0_i32, 0);
    loop {
        match reader.read_event().map_err(|e| e.to_string())? {
            quick_xml::events::Event::Start(start) => {
                depth += 1;
                elements += 1;
                for attribute in start.attributes() {
                    attribute.map_err(|e| e.to_string())?;
                }
            }
            quick_xml::events::Event::End(_) => depth -= 1,
            quick_xml::events::Event::Eof => break,
            _ => {}
        }
    }
    if depth == 0 && elements > 0 { Ok(()) } else { Err("it is not well-formed".to_owned()) }
}
