//! One row: the peer is started, the built kit examines it as a process of its own, and everything is looked at.

use super::peer::Peer;
use super::processes::{MARK, peak_kib, survivors};
use super::reports;
use super::rows::{Fails, Row};
use crate::kit::{Kit, trigger_of_peer, verdicts};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs::File;
use std::time::{Duration, Instant};

/// The waits of every run, in `[waits]`. Whoever does not answer is given up after three requests of each kind in vain, so all
/// of them together stay far below the deadline.
const WAITS: &str = r#"
inbound = "3s"
first_byte = "1500ms"
stall = "700ms"
download = "2500ms"
start = "5s"
stop = "500ms"
shrink = "2s"
trigger = "10s"
"#;
/// A run that takes longer waits for something that has no name. Far above what all waits make together, as the machine may be busy.
const DEADLINE: Duration = Duration::from_secs(90);
/// In KiB.
const MEMORY: u64 = 96 << 10;

/// What is wrong with how the kit met this row.
pub(crate) fn examine(row: &Row, show: bool) -> Vec<String> {
    let peer = Peer::start(row.ways);
    let kit = Kit::new();
    kit.write("conformance.toml", &configuration(row, &peer));
    if let Some(authority) = peer.authority() {
        kit.write("authority.pem", authority);
    }
    let file = |name: &str| File::create(kit.path().join(name)).unwrap();
    let mark = kit.path().display().to_string();
    let mut child = kit
        .command(&["run", "outbound-call", "--out", "out", "--cases", "8", "--seed", "0x7"])
        .env(MARK, &mark)
        .stdout(file("stdout"))
        .stderr(file("stderr"))
        .spawn()
        .unwrap();
    let (began, mut peak, mut late) = (Instant::now(), 0, false);
    let status = loop {
        peak = peak_kib(child.id()).map_or(peak, |now| now.max(peak));
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if began.elapsed() > DEADLINE {
            late = true;
            child.kill().unwrap();
        }
        std::thread::park_timeout(Duration::from_millis(5));
    };
    let took = began.elapsed();
    let survivors = survivors(&mark);
    let text =
        |name: &str| String::from_utf8_lossy(&std::fs::read(kit.path().join(name)).unwrap()).into_owned();
    let (stdout, stderr) = (text("stdout"), text("stderr"));
    eprintln!("== {}: {status}, {} ms, {peak} KiB, {} requests", row.title(), took.as_millis(), peer.asked());
    if show {
        eprintln!("{}", findings(&stdout));
    }
    let mut wrong = Vec::new();
    if late {
        wrong.push(format!("it did not end within its waits\n{stdout}{stderr}"));
        return wrong;
    }
    if status.code() != Some(row.exit) {
        wrong.push(format!("exit {status} instead of {}\n{stdout}{stderr}", row.exit));
    }
    if stderr.contains("panicked") {
        wrong.push(format!("a panic\n{stderr}"));
    }
    if peak == 0 || peak > MEMORY {
        wrong.push(format!("{peak} KiB of memory"));
    }
    if !survivors.is_empty() {
        wrong.push(format!("these survived: {}", survivors.join("; ")));
    }
    for (name, said) in [("stdout", &stdout), ("stderr", &stderr)] {
        wrong.extend(reports::unprintable(said).map(|found| format!("{name} holds {found}")));
    }
    wrong.extend(reports::complaints(&kit.path().join("out")));
    let results = std::fs::read_to_string(kit.path().join("out/results.json")).unwrap_or_default();
    wrong.extend(verdict(row, &serde_json::from_str(&results).unwrap_or_default()));
    wrong
}

/// The required findings, as far as a person reads them first.
fn findings(stdout: &str) -> String {
    let shown = |line: &&str| {
        ["FAIL", "SETUP", "set", "    received", "    because"].iter().any(|start| line.starts_with(start))
    };
    stdout.lines().filter(shown).collect::<Vec<_>>().join("\n")
}

/// What is wrong with the verdict: other required findings than these, or none that says what happened.
fn verdict(row: &Row, results: &Value) -> Vec<String> {
    if results.is_null() {
        return Vec::new();
    }
    let required = verdicts(results)
        .into_iter()
        .filter(|(_, _, level, verdict, _)| level == "required" && verdict == "fail");
    let found: BTreeSet<String> = required.map(|(_, check, ..)| check).collect();
    let set = |checks: &[&str]| checks.iter().map(ToString::to_string).collect::<BTreeSet<_>>();
    let (expected, right) = match row.fails {
        Fails::Just(checks) => (checks, found == set(checks)),
        Fails::Among(checks) => (checks, found.is_superset(&set(checks))),
        Fails::OneOf(checks) => (checks, found.len() == 1 && found.is_subset(&set(checks))),
    };
    let mut wrong = Vec::new();
    if !right {
        wrong.push(format!("failed {found:?} instead of {expected:?}"));
    }
    let all = results.to_string();
    for says in row.says {
        if !all.contains(says) {
            wrong.push(format!("nothing says {says:?}"));
        }
    }
    wrong
}

fn configuration(row: &Row, peer: &Peer) -> String {
    let port = peer.port;
    let up = row.up;
    let start = row.process.map_or(String::new(), |script| {
        let script = toml::Value::from(script.replace('{', "{{").replace('}', "}}"));
        format!("[start]\ncommand = [\"sh\", \"-c\", {script}]\nready = {{ url = \"http://127.0.0.1:{port}{up}\", within = \"5s\" }}\n")
    });
    let trigger = trigger_of_peer(port);
    let network = if peer.authority().is_some() { "[network]\nca_file = \"authority.pem\"\n" } else { "" };
    format!(
        r#"
schema = 1
[integration]
product = "peer"
[profiles]
require = ["playback", "seek", "transcription"]
{start}{network}{trigger}[waits]
{WAITS}
"#
    )
}
