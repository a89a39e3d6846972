//! Evidence on disk: `evidence.ndjson`, one record a line, and `bodies/` with long bodies by their SHA-256.

use super::{Evidence, Exchange, RunFacts, Story};
use mock_hubspot::journal::Entry;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::Path;

/// Text bodies longer than this many bytes stand in a file of their own.
const INLINE: usize = 4096;
/// The member that stands for a body kept by hash.
const BY_HASH: &str = "text-by-sha256";

/// One line of `evidence.ndjson`.
#[derive(Serialize, Deserialize)]
#[serde(tag = "record", content = "is", rename_all = "kebab-case")]
enum Record {
    Run(RunFacts),
    Common(Entry),
    /// A story without its journal and exchanges, which follow.
    Story(Box<Story>),
    Journal(Entry),
    Exchange(Box<Exchange>),
}

/// Writes the evidence of a run into a folder.
pub fn write(evidence: &Evidence, dir: &Path) -> io::Result<()> {
    let bodies = dir.join("bodies");
    fs::create_dir_all(&bodies)?;
    let mut out = BufWriter::new(File::create(dir.join("evidence.ndjson"))?);
    let mut line = |record: Record| -> io::Result<()> {
        let mut value = serde_json::to_value(record)?;
        externalise(&mut value, &bodies)?;
        serde_json::to_writer(&mut out, &value)?;
        out.write_all(b"\n")
    };
    line(Record::Run(evidence.run.clone()))?;
    for entry in &evidence.common {
        line(Record::Common(entry.clone()))?;
    }
    for story in &evidence.stories {
        let head = Story { journal: Vec::new(), exchanges: Vec::new(), ..story.clone() };
        line(Record::Story(Box::new(head)))?;
        for entry in &story.journal {
            line(Record::Journal(entry.clone()))?;
        }
        for exchange in &story.exchanges {
            line(Record::Exchange(Box::new(exchange.clone())))?;
        }
    }
    out.flush()
}

/// Reads what [`write`] wrote.
pub fn read(dir: &Path) -> io::Result<Evidence> {
    let bodies = dir.join("bodies");
    let mut evidence = Evidence::default();
    for (number, line) in BufReader::new(File::open(dir.join("evidence.ndjson"))?).lines().enumerate() {
        let wrong = |what: &str| {
            io::Error::new(
                io::ErrorKind::InvalidData,
                format!("evidence.ndjson, line {}: {what}", number + 1),
            )
        };
        let mut value: Value = serde_json::from_str(&line?).map_err(|e| wrong(&e.to_string()))?;
        internalise(&mut value, &bodies)?;
        let record = serde_json::from_value(value).map_err(|e| wrong(&e.to_string()))?;
        match record {
            Record::Run(run) => evidence.run = run,
            Record::Common(entry) => evidence.common.push(entry),
            Record::Story(story) => evidence.stories.push(*story),
            Record::Journal(entry) => {
                last(&mut evidence).ok_or_else(|| wrong("no story"))?.journal.push(entry);
            }
            Record::Exchange(exchange) => {
                last(&mut evidence).ok_or_else(|| wrong("no story"))?.exchanges.push(*exchange);
            }
        }
    }
    Ok(evidence)
}

fn last(evidence: &mut Evidence) -> Option<&mut Story> {
    evidence.stories.last_mut()
}

fn externalise(value: &mut Value, bodies: &Path) -> io::Result<()> {
    match value {
        Value::Array(items) => items.iter_mut().try_for_each(|item| externalise(item, bodies)),
        Value::Object(members) => {
            if let Some(text) = members.get("text").and_then(Value::as_str).filter(|t| t.len() > INLINE) {
                let hash = hex(&Sha256::digest(text));
                fs::write(bodies.join(&hash), text)?;
                members.remove("text");
                members.insert(BY_HASH.to_owned(), Value::String(hash));
                return Ok(());
            }
            members.values_mut().try_for_each(|member| externalise(member, bodies))
        }
        _ => Ok(()),
    }
}

fn internalise(value: &mut Value, bodies: &Path) -> io::Result<()> {
    match value {
        Value::Array(items) => items.iter_mut().try_for_each(|item| internalise(item, bodies)),
        Value::Object(members) => {
            let hash = members.get(BY_HASH).and_then(Value::as_str).map(str::to_owned);
            if let Some(hash) = hash {
                if hash.len() != 64 || !hash.bytes().all(|b| b.is_ascii_hexdigit()) {
                    return Err(io::Error::new(io::ErrorKind::InvalidData, "a body's name is not a SHA-256"));
                }
                let text = fs::read_to_string(bodies.join(hash))?;
                members.remove(BY_HASH);
                members.insert("text".to_owned(), Value::String(text));
                return Ok(());
            }
            members.values_mut().try_for_each(|member| internalise(member, bodies))
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
    use mock_hubspot::exchange::{Body, Request};

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
                headers: vec![],
                body: Body::Empty,
            },
            hops: vec![],
            outcome: Outcome::Answered(Answer {
                status: 200,
                headers: vec![("A".into(), "b".into())],
                body: Received { length: 9000, end: End::Complete, content: Content::Text("x".repeat(9000)) },
            }),
            timing: Timing::default(),
        };
        let story = Story { scenario: "s".into(), exchanges: vec![exchange], ..Story::default() };
        let evidence = Evidence { stories: vec![story], ..Evidence::default() };
        let dir = tempfile::tempdir().unwrap();
        write(&evidence, dir.path()).unwrap();
        assert_eq!(fs::read_dir(dir.path().join("bodies")).unwrap().count(), 1, "the long body stands apart");
        assert_eq!(read(dir.path()).unwrap(), evidence);
    }
}
