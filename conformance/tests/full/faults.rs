//! Faults of our own side: signals, a full disk, a folder that is read-only, a kit that is killed. Nothing is there by half, no
//! process is left behind, each message says what to do, and the integration is not blamed.
//!
//! A small file system is mounted for it, which takes root; where that is not allowed the test says so and is skipped.
//! Read next: `../hostile/mod.rs` (faults of the other side).

use crate::hostile::processes::{MARK, marked, survivors};
use crate::kit::{Kit, Ran, ran, verdicts};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A kit that takes longer to end waits for something that has no name.
const DEADLINE: Duration = Duration::from_secs(90);

/// `demo`'s configuration for `run`.
fn configuration() -> String {
    let kit = crate::kit::program();
    let demo = include_str!("../../src/commands/demo.toml");
    demo.replace("[\"conformance\", \"reference\"]", &format!("['{kit}', 'reference']"))
        .replace("version = \"0.1.0\"", "version = \"0.1.0\"\ncontact = \"partner@example.test\"")
}

fn wait_until(what: &str, mut is: impl FnMut() -> bool) {
    let began = Instant::now();
    while !is() {
        assert!(began.elapsed() < DEADLINE, "{what}");
        std::thread::park_timeout(Duration::from_millis(2));
    }
}

fn ended(what: &str, child: &mut Child) -> Option<i32> {
    let mut status = None;
    wait_until(&format!("{what} does not end"), || {
        status = child.try_wait().unwrap();
        status.is_some()
    });
    status.and_then(|status| status.code())
}

#[test]
fn whoever_is_told_to_end_leaves_no_process_behind() {
    for command in [
        &["run", "--out", "out"][..],
        &["demo", "--out", "out"],
        &["doctor"],
        &["self-test"],
        &["certify", "--out", "bundle.tar", "--key", "key"],
    ] {
        for signal in [Signal::INT, Signal::TERM] {
            let kit = Kit::new();
            // The integration is up, and the call takes its time.
            kit.write("conformance.toml", &configuration());
            if command[0] == "certify" {
                assert_eq!(kit.run(&["keygen", "key"]).exit, 0);
            }
            let mark = kit.path().display().to_string();
            let mut child = kit
                .command(command)
                .env(MARK, &mark)
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            let what = format!("{command:?}, told {signal:?}");
            // The kit itself, and what it started.
            wait_until(&format!("{what}: nothing was started"), || {
                assert!(child.try_wait().unwrap().is_none(), "{what}: it ended by itself");
                marked(&mark).iter().any(|process| process.contains(" reference"))
            });
            kill_process(Pid::from_child(&child), signal).unwrap();
            let exit = ended(&what, &mut child);
            assert_eq!(survivors(&mark), Vec::<String>::new(), "{what}: left behind");
            assert_eq!(exit, Some(130), "{what}");
        }
    }
}

/// A small file system; it is unmounted when this is dropped.
struct Small {
    folder: tempfile::TempDir,
}

impl Small {
    fn mount(size: &str) -> Option<Self> {
        let small = Self { folder: tempfile::tempdir().unwrap() };
        let mounted = small.mount_command(&["-t", "tmpfs", "-o", &format!("size={size}"), "tmpfs"]);
        if !mounted {
            eprintln!("skipped: no file system may be mounted here");
        }
        mounted.then_some(small)
    }

    fn mount_command(&self, args: &[&str]) -> bool {
        let output = Command::new("mount").args(args).arg(self.folder.path()).output();
        output.is_ok_and(|output| output.status.success())
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.folder.path()).output();
    }
}

/// Whatever is there is whole; how many of the reports are.
fn whole_reports(out: &Path) -> usize {
    let text = |name: &str| std::fs::read_to_string(out.join(name)).ok();
    let mut count = 0;
    for name in ["results.json", "premises.json", "evidence.har"] {
        if let Some(json) = text(name) {
            serde_json::from_str::<Value>(&json).unwrap_or_else(|e| panic!("{name} is there by half: {e}"));
            count += 1;
        }
    }
    if let Some(lines) = text("evidence.ndjson") {
        for line in lines.lines() {
            serde_json::from_str::<Value>(line)
                .unwrap_or_else(|e| panic!("evidence.ndjson is there by half: {e}"));
        }
        count += 1;
    }
    for (name, end) in [("report.html", "</html>"), ("junit.xml", "</testsuites>")] {
        if let Some(text) = text(name) {
            assert!(text.trim_end().ends_with(end), "{name} is there by half");
            count += 1;
        }
    }
    count
}

#[test]
fn a_full_disk_is_our_fault_and_leaves_nothing_by_half() {
    let kit = Kit::new();
    kit.write("conformance.toml", &configuration());
    let mut seen = std::collections::BTreeSet::new();
    // No room for the recording that is played; for the one that is downloaded; for all reports; and enough.
    for kib in [400, 1500, 1700, 1900, 2000, 2100, 2200, 2300, 2400, 2500, 2600, 12_000] {
        let Some(small) = Small::mount(&format!("{kib}k")) else { return };
        let out = small.path().join("out");
        let named = out.to_str().unwrap();
        let Ran { exit, stdout, stderr } =
            kit.run(&["run", "outbound-call", "--cases", "8", "--out", named, "--seed", "0x7"]);
        let said = format!("{kib} KiB: exit {exit}\n{stdout}\n{stderr}");
        eprintln!("{kib} KiB: exit {exit}");
        assert!([0, 3, 4, 70].contains(&exit), "the integration is blamed: {said}");
        if exit != 0 {
            assert!(said.contains("No space left") || said.contains("no storage space"), "{said}");
            assert!(said.contains("make room") || said.contains("help:"), "{said}");
        }
        let whole = whole_reports(&out);
        assert!(exit != 0 || whole == 6, "{whole} of 6 reports: {said}");
        if exit == 70 && out.join("premises.json").exists() {
            // What was recorded can be rendered elsewhere.
            let again = kit.run(&["report", named, "--out", "again"]);
            assert!([0, 3].contains(&again.exit), "{}{}", again.stdout, again.stderr);
        }
        seen.insert(exit);
    }
    // What cannot be judged, what cannot be written, and what can.
    assert_eq!(seen.into_iter().collect::<Vec<_>>(), [0, 3, 70]);
}

#[test]
fn a_folder_that_is_read_only_says_so_before_anything_is_sent() {
    let Some(small) = Small::mount("1m") else { return };
    assert!(small.mount_command(&["-o", "remount,ro"]));
    let kit = Kit::new();
    kit.write("conformance.toml", &configuration());
    for command in ["run", "demo"] {
        let ran = kit.run(&[command, "--out", small.path().join("out").to_str().unwrap()]);
        assert_eq!(ran.exit, 2, "{}{}", ran.stdout, ran.stderr);
        assert!(
            ran.stderr.contains("Read-only file system") && ran.stderr.contains("help: --out"),
            "{}",
            ran.stderr
        );
        assert!(!ran.stdout.contains("seed"), "nothing has begun: {}", ran.stdout);
    }
}

#[test]
fn what_a_killed_kit_had_recorded_can_be_rendered() {
    let kit = Kit::new();
    kit.write("conformance.toml", &configuration());
    let mut rendered = 0;
    for round in 0..8_u64 {
        let mark = format!("{} {round}", kit.path().display());
        let out = format!("out-{round}");
        let mut child = kit
            .command(&["demo", "--cases", "16", "--out", &out])
            .env(MARK, &mark)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let evidence = kit.path().join(&out).join("premises.json");
        let is_recorded = || evidence.exists() || child.try_wait().unwrap().is_some();
        let mut is_recorded = is_recorded;
        wait_until("nothing is recorded", &mut is_recorded);
        // At any moment of the writing that goes on.
        let until = Instant::now() + Duration::from_millis(round * 37);
        wait_until("time passes", || Instant::now() >= until);
        child.kill().unwrap();
        child.wait().unwrap();
        // Nobody is there any more who could have stopped the reference.
        for process in marked(&mark) {
            let pid: i32 = process.split(':').next().unwrap().parse().unwrap();
            let _ = kill_process(Pid::from_raw(pid).unwrap(), Signal::KILL);
        }
        whole_reports(&kit.path().join(&out));
        let again = ran(kit.command(&["report", &out, "--json", "-"]).output().unwrap());
        let results: Value = serde_json::from_str(&again.stdout)
            .unwrap_or_else(|e| panic!("round {round}: {e}: {}{}", again.stdout, again.stderr));
        assert!(!verdicts(&results).is_empty(), "round {round}: no story was recorded");
        assert!([0, 3, 130].contains(&again.exit), "round {round}: exit {}: {}", again.exit, again.stderr);
        rendered += usize::from(again.exit == 130);
    }
    assert!(rendered > 0, "all kits were done before they were killed");
}
