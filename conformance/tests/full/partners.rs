//! Integrations that are not ours, written with official SDKs and stock frameworks, examined as a partner would.

use crate::kit::{Kit, verdicts};
use crate::proxy::{Tunnels, proxy};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::Ordering;
use std::sync::{Mutex, PoisonError};

/// A virtual environment with the pinned requirements, made once in `target/`; `None` where there is no Python.
fn python() -> Option<PathBuf> {
    let found = Command::new("python3").args(["-c", "import venv, ensurepip"]).output();
    if !found.is_ok_and(|o| o.status.success()) {
        assert!(std::env::var("CI").is_err(), "python3 with venv is missing, and CI must not skip this test");
        eprintln!("skipped: python3 with venv is missing");
        return None;
    }
    let requirements = partner("python").join("requirements.txt");
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

fn partner(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/partners").join(name)
}

/// The Node partner with its pinned packages, installed once in `target/`; `None` where there is no Node.
pub(crate) fn node() -> Option<PathBuf> {
    static INSTALLING: Mutex<()> = Mutex::new(());
    let _one_at_a_time = INSTALLING.lock().unwrap_or_else(PoisonError::into_inner);
    let has =
        |program: &str| Command::new(program).arg("--version").output().is_ok_and(|o| o.status.success());
    if !has("node") || !has("npm") {
        assert!(std::env::var("CI").is_err(), "node with npm is missing, and CI must not skip this test");
        eprintln!("skipped: node with npm is missing");
        return None;
    }
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("node-partner");
    std::fs::create_dir_all(&folder).unwrap();
    for entry in std::fs::read_dir(partner("node")).unwrap() {
        let path = entry.unwrap().path();
        std::fs::copy(&path, folder.join(path.file_name().unwrap())).unwrap();
    }
    let stamp = folder.join("installed.json");
    let wanted = std::fs::read_to_string(folder.join("package-lock.json")).unwrap();
    if std::fs::read_to_string(&stamp).ok().as_ref() != Some(&wanted) {
        let mut npm = Command::new("npm");
        let output = npm.args(["ci", "--no-audit", "--no-fund"]).current_dir(&folder).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        std::fs::write(&stamp, wanted).unwrap();
    }
    Some(folder)
}

/// The exit code and the results of a run that this configuration describes.
fn examined(kit: &Kit, config: &Path, path: &str, more: &[&str]) -> (i32, Value) {
    let args = [&["run", "--config", config.to_str().unwrap(), "--json", "-", "--out", "out"], more].concat();
    let ran = crate::kit::ran(kit.command(&args).env("PATH", path).output().unwrap());
    let results =
        serde_json::from_str(&ran.stdout).unwrap_or_else(|e| panic!("{e}\n{}\n{}", ran.stdout, ran.stderr));
    (ran.exit, results)
}

/// Nothing that is required failed or stayed open, and each profile was examined.
fn assert_passes_playback_seek_and_transcription((exit, results): &(i32, Value)) {
    let required: Vec<_> = verdicts(results)
        .into_iter()
        .filter(|v| v.2 == "required" && (v.3 == "fail" || v.3 == "unjudged"))
        .map(|(story, .., whole)| format!("{story}: {whole}"))
        .collect();
    assert!(required.is_empty(), "{}", required.join("\n"));
    // A first run has no accepted snapshot: conformant, and the reports are pending.
    assert_eq!(*exit, 6, "{}", results["standing"]);
    for profile in ["playback", "seek", "transcription"] {
        let passed = verdicts(results).iter().filter(|v| v.4["profile"] == profile && v.3 == "pass").count();
        assert!(passed > 0, "nothing was examined for {profile}");
    }
}

/// What `PATH` has to be, and the configuration of the Python partner; `None` where there is no Python.
pub(crate) fn flask() -> Option<(String, String)> {
    let bin = python()?;
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
    Some((path, partner("python").join("conformance.toml").display().to_string()))
}

#[test]
fn the_flask_partner_passes_playback_seek_and_transcription() {
    let Some(bin) = python() else { return };
    let kit = Kit::new();
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
    let examined = examined(&kit, &partner("python").join("conformance.toml"), &path, &[]);
    assert_passes_playback_seek_and_transcription(&examined);
    assert!(kit.path().join("reports/flask-partner/outbound-call.new.md").is_file());
}

#[test]
fn the_express_partner_passes_playback_seek_and_transcription() {
    let Some(folder) = node() else { return };
    let examined =
        examined(&Kit::new(), &folder.join("conformance.toml"), &std::env::var("PATH").unwrap(), &[]);
    assert_passes_playback_seek_and_transcription(&examined);
}

#[test]
fn range_code_that_everybody_copies_breaks_seeking_and_nothing_else() {
    let Some(folder) = node() else { return };
    let path = std::env::var("PATH").unwrap();
    // Each answer that is shorter than announced takes the six seconds after which Node closes an idle connection.
    let few = ["--cases", "24"];
    let (exit, results) = examined(&Kit::new(), &folder.join("copied-range.toml"), &path, &few);
    assert_eq!(exit, 1, "{}", results["standing"]);
    let failed: BTreeSet<_> =
        verdicts(&results).into_iter().filter(|v| v.2 == "required" && v.3 == "fail").map(|v| v.1).collect();
    assert!(failed.contains("ranges/end-beyond"), "{failed:?}");
    assert!(failed.iter().all(|check| check.starts_with("ranges/")), "{failed:?}");
}

#[test]
fn over_https_and_through_a_proxy_every_verdict_is_the_same_as_without_one() {
    let Some(folder) = node() else { return };
    let path = std::env::var("PATH").unwrap();
    let usual = std::fs::read_to_string(folder.join("conformance.toml")).unwrap();
    let port = "PORT = \"{port}\"";
    let tls = format!("{port}\nTLS_CERT = \"{{tls_cert}}\"\nTLS_KEY = \"{{tls_key}}\"");
    let secure = usual.replace(port, &tls).replace("http://127.0.0.1:{port}", "https://127.0.0.1:{port}");
    let proxy = proxy(Tunnels::Given);
    let outcomes =
        [("straight.toml", String::new()), ("proxied.toml", proxy.told())].map(|(name, network)| {
            let config = folder.join(name);
            std::fs::write(&config, format!("{secure}\n[network]\n{network}\n")).unwrap();
            let more = ["outbound-call", "--cases", "16", "--seed", "0x5eed"];
            let (exit, results) = examined(&Kit::new(), &config, &path, &more);
            assert_eq!(exit, 0, "{}", results["standing"]);
            let all = verdicts(&results).into_iter().map(|(_, check, _, verdict, _)| (check, verdict));
            (all.collect::<Vec<_>>(), proxy.tunnels.load(Ordering::Relaxed))
        });
    let [(straight, none), (through, tunnels)] = outcomes;
    assert_eq!(straight, through);
    assert_eq!(none, 0);
    // The probes, the reader of raw answers, the trigger, and HubSpot's own side.
    assert!(tunnels > 20, "{tunnels}");
}
