//! `conformance.toml`, as somebody writes it at two in the morning: it is read, or the message points at a place that is there.

use super::folder;
use super::meddling::{meddled, seeds};
use super::running::{Bounds, Target};
use conformance::config::{Config, ConfigError};
use std::time::Duration;

const TARGET: Target =
    Target { name: "config", bounds: Bounds { memory: 8 << 20, time: Duration::from_secs(5) } };

const WORDS: &[&str] = &[
    "[trigger]\n",
    "[[waiver]]\n",
    "[start.env]\n",
    "schema = 1\n",
    "manual = \"\"\n",
    "access_token = \"x\"\n",
    "client_secret = { env = \"\" }\n",
    "{port}",
    "{external_id}",
    "{mock_port}",
    "{nobody_knows}",
    "{{",
    "}}",
    "{",
    "`",
    "\\nhelp: ",
    "\\u001b[31m",
    "\\U0010ffff",
    "\u{202e}",
    "é𝄞",
    "\t",
    "\r\n",
    "\"\"\"",
    "'''",
    "# ",
    "99999999999999999999m",
    "18446744073709551615m",
    "0ms",
    "0x",
    "random",
    "1979-05-27T07:32:00Z",
    "inf",
    "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
    "{a={a={a={a={a={a={a={a={a={a=",
    "a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a=1\n",
];

fn holds(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let Err(error) = Config::parse(&text, "folder/fuzz.toml") else { return true };
    let message = error.to_string();
    let ConfigError::Mistake(mistake) = error else { panic!("no place: {message}") };
    let place = format!("folder/fuzz.toml:{}:{}: ", mistake.line, mistake.column);
    assert!(message.starts_with(&place), "{message}");
    // One more: the end of the text is behind its last line feed.
    let line = text.split('\n').nth(mistake.line - 1).unwrap_or_else(|| panic!("no such line: {message}"));
    assert!(mistake.column <= line.chars().count() + 1, "no such column: {message}");
    let shown = mistake.excerpt.0.trim_end_matches('…').trim_end();
    assert!(line.starts_with(shown), "another line is shown: {message}");
    assert!(!message.chars().any(|c| c.is_control() && c != '\n'), "it steers the terminal: {message:?}");
    false
}

#[test]
fn any_configuration_is_read_or_its_mistake_has_a_place() {
    let seeds = seeds(&folder("config"));
    for seed in &seeds {
        assert!(holds(&seed.bytes) || !seed.is_valid(), "{} is a seed no more", seed.name);
    }
    let inputs = meddled(seeds.into(), WORDS);
    TARGET.run(&inputs, |input| input.bytes.clone(), |input| _ = holds(&input.bytes));
}
