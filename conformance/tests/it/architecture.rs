//! Who may know whom, read from the source: the invariants of the house.

use std::fs;
use std::path::{Path, PathBuf};

/// Rust files under a folder of the workspace, with their text up to the first test module.
fn sources(folder: &str) -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join(folder);
    let mut found = Vec::new();
    let mut folders = vec![root];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") && path.file_name().unwrap() != "tests.rs" {
                let text = fs::read_to_string(&path).unwrap();
                let code = text.split("#[cfg(test)]").next().unwrap().to_owned();
                found.push((path, code));
            }
        }
    }
    assert!(!found.is_empty(), "nothing under {folder}");
    found
}

/// Lines of code, comments left out, that contain one of these.
fn offenders(folder: &str, except: &[&str], words: &[&str]) -> Vec<String> {
    sources(folder)
        .into_iter()
        .filter(|(path, _)| !except.iter().any(|e| path.to_string_lossy().contains(e)))
        .flat_map(|(path, code)| {
            code.lines()
                .filter(|line| !line.trim_start().starts_with("//"))
                .filter(|line| words.iter().any(|word| line.contains(word)))
                .map(|line| format!("{}: {}", path.display(), line.trim()))
                .collect::<Vec<_>>()
        })
        .collect()
}

#[test]
fn the_mock_never_judges() {
    let found = offenders("mock-hubspot/src", &[], &["conformance", "Verdict", "verdict"]);
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn wire_types_know_neither_axum_nor_state() {
    let found =
        offenders("mock-hubspot/src/wire", &[], &["axum", "crate::portal", "crate::journal", "tokio"]);
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn ranges_media_checks_and_reports_are_pure() {
    const IMPURE: &[&str] = &[
        "tokio::",
        "reqwest",
        "std::net",
        "std::env",
        "SystemTime",
        "Instant::now",
        "std::process",
        "println!",
    ];
    for (folder, except) in [
        ("conformance/src/range", &[][..]),
        ("mock-hubspot/src/media", &[][..]),
        ("conformance/src/catalogue", &[][..]),
        ("conformance/src/measured", &[][..]),
        ("conformance/src/report", &["progress"][..]),
    ] {
        let found = offenders(folder, except, IMPURE);
        assert!(found.is_empty(), "{folder}: {found:#?}");
    }
}

#[test]
fn only_drive_starts_processes() {
    let found = offenders("conformance/src", &["/drive/"], &["process::Command", "Command::new"]);
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn only_probe_opens_sockets_to_the_integration() {
    let found = offenders("conformance/src", &["/probe/"], &["reqwest", "TcpStream"]);
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn only_commands_print() {
    let found = offenders("conformance/src", &["/commands/"], &["println!(", "print!("]);
    let found: Vec<_> =
        found.into_iter().filter(|l| !l.contains("eprint") || !l.contains("/report/progress")).collect();
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn the_reference_shares_nothing_with_its_examiner() {
    let found = offenders("conformance/reference/src", &[], &["conformance::", "mock_hubspot"]);
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn no_lint_is_silenced_without_a_reason() {
    for folder in ["conformance/src", "conformance/reference/src", "mock-hubspot/src"] {
        let found = offenders(folder, &[], &["#[allow", "#![allow"]);
        assert!(found.is_empty(), "{found:#?}");
    }
}

#[test]
fn no_file_is_longer_than_five_hundred_lines() {
    for folder in ["conformance/src", "conformance/reference/src", "mock-hubspot/src"] {
        for (path, _) in sources(folder) {
            let lines = fs::read_to_string(&path).unwrap().lines().count();
            assert!(lines <= 500, "{} has {lines} lines", path.display());
        }
    }
}
