//! `report.html` in a real Chromium: of the reference, of broken runs, and of one that was never set up.
//!
//! `REPORT_SHOTS=DIR` leaves pictures there, for people to look at. Read next: `../page/report.cjs`; what drives the browser is
//! the mock's (`mock-hubspot/tests/browser`).

use crate::foreign::{home, once, program, succeed};
use crate::kit::{Kit, verdicts};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError};

/// Two browsers at once are slower than one after the other.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// The script beside what it needs, installed once; `None` where a tool is missing.
fn script() -> Option<PathBuf> {
    for tool in ["chromium", "node", "npm"] {
        program(&[tool])?;
    }
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let (stage, home) = (workspace.join("mock-hubspot/tests/browser"), home("page"));
    std::fs::create_dir_all(&home).unwrap();
    for folder in [&stage, &workspace.join("conformance/tests/page")] {
        for file in std::fs::read_dir(folder).unwrap() {
            let file = file.unwrap();
            std::fs::copy(file.path(), home.join(file.file_name())).unwrap();
        }
    }
    once(&home, &std::fs::read(stage.join("package-lock.json")).unwrap(), || {
        let args = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"];
        succeed(Command::new("npm").args(args).current_dir(&home));
    });
    Some(home.join("report.cjs"))
}

/// What a reader must find on the page: the verdict, and every word of every finding.
fn texts(results: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut texts = vec![text(&results["standing"]["sentence"]), text(&results["seed"])];
    for (_, id, _, verdict, check) in verdicts(results) {
        match verdict.as_str() {
            "fail" => {
                let finding = &check["finding"];
                texts.extend([id, text(&check["title"]).replace('`', "")]);
                texts.extend([text(&finding["sent"]), text(&finding["received"])]);
                texts.extend(finding["expected"].as_array().unwrap().iter().map(text));
                texts.push(text(&finding["first_difference"]));
            }
            "unjudged" => texts.extend([id, text(&check["reason"]).replace('`', "")]),
            _ => {}
        }
    }
    let faults = results["setup_faults"].as_array().into_iter().flatten();
    texts.extend(faults.flat_map(|fault| text(fault).lines().map(str::to_owned).collect::<Vec<_>>()));
    texts
}

fn assert_reads(name: &str, config: &str, args: &[&str], exit: i32) {
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let Some(script) = script() else { return };
    let kit = Kit::new();
    kit.write("conformance.toml", config);
    let (code, results) = kit.results(&[args, &["--seed", "0x5eed", "--out", "out"]].concat());
    assert_eq!(code, exit, "{}", results["standing"]);
    assert_eq!(results["seed"], "0x0000000000005eed", "{name}: the seed is told, whatever happened");
    let texts = texts(&results);
    assert!(texts.len() > 2 || exit == 0, "{name}: there is something to find");
    kit.write("texts.json", &serde_json::to_string(&texts).unwrap());
    let mut command = Command::new("node");
    command.arg(script).args(["out/report.html", "texts.json"]).current_dir(kit.path());
    if let Ok(shots) = std::env::var("REPORT_SHOTS") {
        let folder = Path::new(&shots).join(name);
        std::fs::create_dir_all(&folder).unwrap();
        command.arg(folder);
    }
    let output = command.stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn the_page_of_the_reference_is_for_everybody() {
    assert_reads("reference", "", &["demo"], 0);
}

#[test]
fn the_page_of_a_broken_integration_is_for_everybody() {
    assert_reads("broken", "", &["demo", "--break", "ranges/drops-the-last-byte"], 1);
    assert_reads("silent", "", &["demo", "--cases", "8", "--break", "ready/never-sent"], 1);
}

#[test]
fn the_page_of_a_run_that_was_never_set_up_is_for_everybody() {
    let config = "schema = 1\n[start]\ncommand = [\"sh\", \"-c\", \"echo no; exit 3\"]\nready = { url = \"http://127.0.0.1:{port}/\" }\n[trigger]\nrequest = { url = \"http://127.0.0.1:{port}/\" }\n";
    assert_reads("not-set-up", config, &["run"], 4);
}
