//! Integrations that are not ours, written with official SDKs and stock frameworks, examined as a partner would.

use crate::kit::{Kit, verdicts};
use std::path::{Path, PathBuf};
use std::process::Command;

/// A virtual environment with the pinned requirements, made once in `target/`; `None` where there is no Python.
fn python() -> Option<PathBuf> {
    let found = Command::new("python3").args(["-c", "import venv, ensurepip"]).output();
    if !found.is_ok_and(|o| o.status.success()) {
        assert!(std::env::var("CI").is_err(), "python3 with venv is missing, and CI must not skip this test");
        eprintln!("skipped: python3 with venv is missing");
        return None;
    }
    let requirements = partner().join("requirements.txt");
    let venv = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("python-partner");
    let stamp = venv.join("requirements.txt");
    let wanted = std::fs::read_to_string(&requirements).unwrap();
    if std::fs::read_to_string(&stamp).ok().as_ref() != Some(&wanted) {
        let run = |program: &Path, args: &[&str]| {
            let output = Command::new(program).args(args).output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        };
        run(Path::new("python3"), &["-m", "venv", "--clear", venv.to_str().unwrap()]);
        let pip = venv.join("bin/pip");
        run(
            &pip,
            &["install", "--quiet", "--disable-pip-version-check", "-r", requirements.to_str().unwrap()],
        );
        std::fs::write(&stamp, wanted).unwrap();
    }
    Some(venv.join("bin"))
}

fn partner() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/partners/python")
}

#[test]
fn the_flask_partner_passes_playback_seek_and_transcription() {
    let Some(bin) = python() else { return };
    let kit = Kit::new();
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
    let config = partner().join("conformance.toml");
    let args = ["run", "--config", config.to_str().unwrap(), "--json", "-", "--out", "out"];
    // A first run has no accepted snapshot: conformant, and the reports are pending.
    let ran = crate::kit::ran(kit.command(&args).env("PATH", path).output().unwrap());
    let results: serde_json::Value =
        serde_json::from_str(&ran.stdout).unwrap_or_else(|e| panic!("{e}\n{}\n{}", ran.stdout, ran.stderr));
    let required: Vec<_> = verdicts(&results)
        .into_iter()
        .filter(|v| v.2 == "required" && (v.3 == "fail" || v.3 == "unjudged"))
        .map(|(story, .., whole)| format!("{story}: {whole}"))
        .collect();
    assert!(required.is_empty(), "{}", required.join("\n"));
    assert_eq!(ran.exit, 6, "{}", results["standing"]);
    for profile in ["playback", "seek", "transcription"] {
        let passed = verdicts(&results).iter().filter(|v| v.4["profile"] == profile && v.3 == "pass").count();
        assert!(passed > 0, "nothing was examined for {profile}");
    }
    assert!(kit.path().join("reports/flask-partner/outbound-call.new.md").is_file());
}
