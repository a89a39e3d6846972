//! Evidence from outside: read or refused with its line, never more memory than the text deserves, and what was read is
//! written and read again as it was.

use super::folder;
use super::meddling::{meddled, seeds};
use super::running::{Bounds, Target};
use conformance::evidence::{Evidence, store};
use std::time::Duration;

const TARGET: Target =
    Target { name: "evidence", bounds: Bounds { memory: 16 << 20, time: Duration::from_secs(5) } };

/// The one body that stands apart, by its SHA-256.
pub(super) const LONG_BODY: &str = "c59d3c0480cc2d71d8f646e735e92da65450311eec46e81a5db8c7e6e8a92054";

/// Words that the reader knows.
pub(super) const WORDS: &[&str] = &[
    "text-by-sha256",
    LONG_BODY,
    "text",
    "record",
    "is",
    "run",
    "common",
    "shard",
    "story",
    "journal",
    "exchange",
    "asked",
    "blocked",
    "not-asked",
    "complete",
    "abandoned",
    "cut-short",
    "stalled",
    "random-ranges",
    "range-table",
    "authenticated-url",
    "Range",
    "bytes=0-0",
    "bytes=-0",
    "Content-Range",
    "bytes 5-4/3",
    "bytes 0-18446744073709551614/18446744073709551615",
    "Content-Length",
    "http://[::1",
    "https://%s/?a=%zz&b",
    "\\u0000",
    "\\ud834",
    "\u{202e}",
    "<script>",
    "{\"a\":1}",
    "null",
    "[]",
    "\"x\":1,",
];

/// The text of that body.
pub(super) fn long_body(hash: &str) -> Result<String, String> {
    if hash == LONG_BODY { Ok("x".repeat(5000)) } else { Err("there is none".to_owned()) }
}

fn holds(bytes: &[u8]) -> Option<Evidence> {
    let text = String::from_utf8_lossy(bytes);
    let evidence = match store::decode(&text, long_body) {
        Ok(evidence) => evidence,
        Err(why) => {
            let rest = why.strip_prefix("evidence.ndjson, line ").expect("the error names the line");
            let line: usize = rest.split(':').next().unwrap().parse().unwrap();
            assert!((1..=text.lines().count()).contains(&line), "{why}");
            return None;
        }
    };
    let written = store::encode(&evidence);
    let body = |hash: &str| written.bodies.get(hash).cloned().ok_or_else(|| "there is none".to_owned());
    let again =
        store::decode(&written.lines, body).unwrap_or_else(|why| panic!("it is not read again: {why}"));
    assert!(again == evidence, "it is read again as something else");
    assert!(store::encode(&again) == written, "it is written again as something else");
    Some(evidence)
}

#[test]
fn any_evidence_is_refused_or_read_as_what_is_written_again() {
    let seeds = seeds(&folder("evidence"));
    for seed in &seeds {
        let evidence = holds(&seed.bytes);
        let told = evidence.is_some_and(|evidence| !evidence.stories[0].exchanges.is_empty());
        assert!(told || !seed.is_valid(), "{} is a seed no more", seed.name);
    }
    let inputs = meddled(seeds.into(), WORDS);
    TARGET.run(&inputs, |input| input.bytes.clone(), |input| drop(holds(&input.bytes)));
}
