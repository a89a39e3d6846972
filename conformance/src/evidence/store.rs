//! Evidence on disk: `evidence.ndjson`, one record a line, and `bodies/` with long bodies by their SHA-256.

use super::{Evidence, Exchange, RunFacts, Shard, Story};
use crate::whole;
use mock_hubspot::journal::Entry;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

/// Text bodies longer than this many bytes stand in a file of their own.
const INLINE: usize = 4096;
/// The member that stands for a body kept by hash.
const BY_HASH: &str = "text-by-sha256";

/// One line of `evidence.ndjson` as it is written.
#[derive(Serialize)]
#[serde(tag = "record", content = "is", rename_all = "kebab-case")]
enum Line<'a> {
    Run(&'a RunFacts),
    Common(&'a Entry),
    Shard(&'a Shard),
    Story(&'a Story),
    Journal(&'a Entry),
    Exchange(&'a Exchange),
}

/// The same as it is read.
#[derive(Deserialize)]
#[serde(tag = "record", content = "is", rename_all = "kebab-case")]
enum Record {
    Run(RunFacts),
    Common(Entry),
    Shard(Shard),
    /// A story without its journal and exchanges, which follow.
    Story(Box<Story>),
    Journal(Entry),
    Exchange(Box<Exchange>),
}

/// Evidence as text, and the long bodies apart from it, by their SHA-256 in lower-case hex.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// `evidence.ndjson`
    pub lines: String,
    /// What stands in `bodies/`.
    pub bodies: BTreeMap<String, String>,
}

/// The exchanges of stories that were told to their end, as text, by the names of the stories.
pub type Told = BTreeMap<String, Written>;

/// Writes the evidence of a run into a folder.
pub fn write(evidence: &Evidence, dir: &Path) -> io::Result<()> {
    put(encode(evidence), dir)
}

/// The same while a run goes on, whose stories have a name each: what was asked in those that were told does not change.
pub fn write_so_far(evidence: &Evidence, dir: &Path, told: &mut Told) -> io::Result<()> {
    let exchanges = |story: &Story, written: &mut Written| {
        let known = told.entry(story.scenario.clone()).or_insert_with(|| {
            let mut known = Written::default();
            known.exchanges(story);
            known
        });
        written.lines.push_str(&known.lines);
        written.bodies.extend(known.bodies.clone());
    };
    put(encode_by(evidence, exchanges), dir)
}

fn put(written: Written, dir: &Path) -> io::Result<()> {
    let bodies = dir.join("bodies");
    fs::create_dir_all(&bodies)?;
    for (hash, text) in &written.bodies {
        whole::write(&bodies.join(hash), text)?;
    }
    whole::write(&dir.join("evidence.ndjson"), written.lines)
}

/// Reads what [`write()`] wrote.
pub fn read(dir: &Path) -> io::Result<Evidence> {
    let lines = fs::read_to_string(dir.join("evidence.ndjson"))?;
    decode(&lines, |hash| fs::read_to_string(dir.join("bodies").join(hash)).map_err(|e| e.to_string()))
        .map_err(|wrong| io::Error::new(io::ErrorKind::InvalidData, wrong))
}

/// Evidence as text. The same evidence is always the same text.
pub fn encode(evidence: &Evidence) -> Written {
    encode_by(evidence, |story, written| written.exchanges(story))
}

fn encode_by(evidence: &Evidence, mut exchanges: impl FnMut(&Story, &mut Written)) -> Written {
    let mut written = Written::default();
    written.line(Line::Run(&evidence.run));
    evidence.common.iter().for_each(|entry| written.line(Line::Common(entry)));
    evidence.shards.iter().for_each(|shard| written.line(Line::Shard(shard)));
    for story in &evidence.stories {
        written.line(Line::Story(&head(story)));
        story.journal.iter().for_each(|entry| written.line(Line::Journal(entry)));
        exchanges(story, &mut written);
    }
    written
}

impl Written {
    fn exchanges(&mut self, story: &Story) {
        story.exchanges.iter().for_each(|exchange| self.line(Line::Exchange(exchange)));
    }

    fn line(&mut self, line: Line<'_>) {
        let text = serde_json::to_string(&line).expect(IS_JSON);
        if text.len() > INLINE {
            // Perhaps there is a body in it that stands apart.
            let mut value = serde_json::to_value(line).expect(IS_JSON);
            externalise(&mut value, &mut self.bodies);
            self.lines.push_str(&value.to_string());
        } else {
            self.lines.push_str(&text);
        }
        self.lines.push('\n');
    }
}

const IS_JSON: &str = "evidence holds nothing that JSON has no word for";

/// A story without what stands in lines of its own.
fn head(story: &Story) -> Story {
    Story {
        scenario: story.scenario.clone(),
        title: story.title.clone(),
        sections: story.sections.clone(),
        weather: story.weather.clone(),
        moved_to: story.moved_to.clone(),
        not_told: story.not_told.clone(),
        api_version: story.api_version,
        calls: story.calls.clone(),
        journal: Vec::new(),
        exchanges: Vec::new(),
        probes: story.probes.clone(),
        random: story.random.clone(),
        wire: story.wire.clone(),
        multiparts: story.multiparts.clone(),
        signed: story.signed.clone(),
        playback: story.playback.clone(),
    }
}

/// Evidence from its text; `body` finds a long body by its SHA-256. The error names the line.
pub fn decode(lines: &str, body: impl Fn(&str) -> Result<String, String>) -> Result<Evidence, String> {
    let mut evidence = Evidence::default();
    for (number, line) in lines.lines().enumerate() {
        let wrong = |what: String| format!("evidence.ndjson, line {}: {what}", number + 1);
        let mut value: Value = serde_json::from_str(line).map_err(|e| wrong(e.to_string()))?;
        internalise(&mut value, &body).map_err(wrong)?;
        let record = serde_json::from_value(value).map_err(|e| wrong(e.to_string()))?;
        let story = || wrong("it belongs to no story".to_owned());
        match record {
            Record::Run(run) => evidence.run = run,
            Record::Common(entry) => evidence.common.push(entry),
            Record::Shard(shard) => evidence.shards.push(shard),
            Record::Story(story) => evidence.stories.push(*story),
            Record::Journal(entry) => {
                evidence.stories.last_mut().ok_or_else(story)?.journal.push(entry);
            }
            Record::Exchange(exchange) => {
                evidence.stories.last_mut().ok_or_else(story)?.exchanges.push(*exchange);
            }
        }
    }
    Ok(evidence)
}

fn externalise(value: &mut Value, bodies: &mut BTreeMap<String, String>) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| externalise(item, bodies)),
        Value::Object(members) => {
            if members.get("text").and_then(Value::as_str).is_some_and(|text| text.len() > INLINE)
                && let Some(Value::String(text)) = members.remove("text")
            {
                let hash = hex(&Sha256::digest(&text));
                bodies.insert(hash.clone(), text);
                members.insert(BY_HASH.to_owned(), Value::String(hash));
                return;
            }
            members.values_mut().for_each(|member| externalise(member, bodies));
        }
        _ => {}
    }
}

fn internalise(value: &mut Value, body: &impl Fn(&str) -> Result<String, String>) -> Result<(), String> {
    match value {
        Value::Array(items) => items.iter_mut().try_for_each(|item| internalise(item, body)),
        Value::Object(members) => {
            let hash = members.get(BY_HASH).and_then(Value::as_str).map(str::to_owned);
            if let Some(hash) = hash {
                if hash.len() != 64 || !hash.bytes().all(|b| b.is_ascii_hexdigit()) {
                    return Err("a body's name is not a SHA-256".to_owned());
                }
                let text = body(&hash).map_err(|why| format!("the body {hash} cannot be read: {why}"))?;
                members.remove(BY_HASH);
                members.insert("text".to_owned(), Value::String(text));
                return Ok(());
            }
            members.values_mut().try_for_each(|member| internalise(member, body))
        }
        _ => Ok(()),
    }
}

/// Bytes in lower-case hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::{Answer, Content, End, Outcome, Probe, Received, Timing};
    use mock_hubspot::exchange::{Body, Headers, Request};

    #[test]
    fn evidence_is_read_back_as_it_was_written() {
        let exchange = Exchange {
            number: 1,
            call: 0,
            probe: Probe::AuthenticatedUrl,
            case: "stock".into(),
            step: None,
            request: Request {
                method: "GET".into(),
                target: "http://h/x".into(),
                headers: Headers::new(),
                body: Body::Empty,
            },
            hops: vec![],
            outcome: Outcome::Answered(Answer {
                status: 200,
                headers: vec![("A".into(), "b".into())].into(),
                body: Received { length: 9000, end: End::Complete, content: Content::Text("x".repeat(9000)) },
            }),
            timing: Timing::default(),
        };
        let story = Story { scenario: "s".into(), exchanges: vec![exchange], ..Story::default() };
        let evidence = Evidence { stories: vec![story], ..Evidence::default() };
        let dir = tempfile::tempdir().unwrap();
        write(&evidence, dir.path()).unwrap();
        assert_eq!(encode(&evidence), encode(&read(dir.path()).unwrap()));
        assert_eq!(fs::read_dir(dir.path().join("bodies")).unwrap().count(), 1, "the long body stands apart");
        assert_eq!(read(dir.path()).unwrap(), evidence);
    }
}
