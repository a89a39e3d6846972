//! `probe` judges an endpoint alone: the reference's, while `demo --hold` leaves it up.

use crate::kit::{Kit, verdicts};
use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};

/// A `demo --hold` that is up; its process is ended when this is dropped.
pub(crate) struct Held {
    child: Child,
    pub(crate) kit: Kit,
    pub(crate) results: Value,
}

impl Held {
    pub(crate) fn start(args: &[&str]) -> Self {
        let kit = Kit::new();
        let args = [&["demo", "--hold", "--out", "out"], args].concat();
        let mut child = kit.command(&args).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        for line in stdout.lines() {
            if line.unwrap().starts_with("both sides stay up") {
                let results = std::fs::read_to_string(kit.path().join("out/results.json")).unwrap();
                return Self { child, results: serde_json::from_str(&results).unwrap(), kit };
            }
        }
        panic!("demo --hold ended by itself: {}", child.wait().unwrap());
    }

    /// Ends it as Ctrl-C would; its exit code.
    pub(crate) fn end(mut self) -> Option<i32> {
        let id = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(id, rustix::process::Signal::INT).unwrap();
        self.child.wait().unwrap().code()
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        // Its children go with it: they end when their standard input or parent is gone, or by the signal.
        if let Ok(None) = self.child.try_wait() {
            let id = rustix::process::Pid::from_child(&self.child);
            let _ = rustix::process::kill_process(id, rustix::process::Signal::INT);
            let _ = self.child.wait();
        }
    }
}

#[test]
fn an_endpoint_is_judged_alone() {
    let held = Held::start(&["outbound-call", "--only", "settings"]);
    let evidence = conformance::evidence::store::read(&held.kit.path().join("out")).unwrap();
    let call = &evidence.stories[0].calls[0];
    let kit = Kit::new();
    let args = [
        "probe",
        &evidence.run.registered_url,
        "--external-id",
        &call.external_id,
        "--account",
        &call.account_id,
        "--app-id",
        &evidence.run.app_id,
        "--out",
        "out",
    ];
    let (exit, results) = kit.results(&args);
    let verdicts = verdicts(&results);
    let failed: Vec<_> = verdicts.iter().filter(|v| v.3 == "fail").collect();
    assert!(failed.is_empty(), "{failed:#?}");
    assert!(verdicts.iter().filter(|v| v.3 == "pass").count() >= 40, "{verdicts:#?}");
    // Recommended checks may stay unjudged for want of markers; required ones may not.
    assert_eq!(exit, 0, "{}", results["standing"]);
    held.end();
}

#[test]
fn a_template_without_a_placeholder_is_refused_before_anything_is_sent() {
    let kit = Kit::new();
    let ran =
        kit.run(&["probe", "http://127.0.0.1:1/x", "--external-id", "a", "--account", "b", "--app-id", "1"]);
    assert_eq!(ran.exit, 2);
    assert!(ran.stderr.contains("has no %s"), "{}", ran.stderr);
    assert_eq!(std::fs::read_dir(kit.path()).unwrap().count(), 0, "nothing is written");
}

#[test]
fn an_endpoint_that_is_not_there_fails_and_says_so() {
    let kit = Kit::new();
    let url = "http://127.0.0.1:1/retrieve/%s";
    let (exit, results) =
        kit.results(&["probe", url, "--external-id", "a", "--account", "b", "--app-id", "1", "--out", "out"]);
    assert_eq!(exit, 1, "{}", results["standing"]);
    let finding = verdicts(&results).into_iter().find(|v| v.1 == "authenticated-url/answers").unwrap().4;
    assert!(finding["finding"]["received"].as_str().unwrap().contains("refused"), "{finding}");
}
