//! A newcomer's way: the wheel alone in an empty folder, an integration in Node, and every line of `PARTNERS.md` typed as it stands.
//!
//! The wheel is built by the lines of `WHEEL.md`, in the profile of the tests, so that little is compiled again for it.

use crate::foreign::program;
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::{OpenOptionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What a partner writes into `conformance.toml`: who it is the first time, and the second time that it serves HTTPS. The pause
/// that a listener makes is as long as a test bears.
const EDITOR: &str = r#"#!/bin/sh
if grep -q '"4.2.1"' "$1"; then
  sed -i 's/^# TLS_/TLS_/; s|http://127|https://127|' "$1"
else
  sed -i 's/"0.0.0"/"4.2.1"/; s/"transcription"\]/"transcription", "security"]/; s/^\[waits\].*/&\nidle = "1s"/; s/"random"/"0x5eed"/' "$1"
fi
"#;

fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// The indented lines of a document of the kit: what is to be typed.
fn typed(document: &str) -> Vec<String> {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(document)).unwrap();
    // Code stands four to the right of the text around it, which stands at three within the steps.
    let code = |line: &str| [7, 4].map(|by| line.strip_prefix(&" ".repeat(by)).map(str::to_owned));
    let lines = text.lines().filter_map(|line| code(line).into_iter().flatten().next());
    // What is written into a file is a table of TOML.
    lines.filter(|line| !line.starts_with([' ', '[']) && !line.contains(" = ")).collect()
}

/// Builds the wheel into this folder.
fn build(out: &Path) -> PathBuf {
    let lines = typed("WHEEL.md");
    let (maturin, builds) = lines.split_at(lines.iter().position(|line| line.contains(" build ")).unwrap());
    if !workspace().join("target/wheel/bin/maturin").exists() {
        for line in maturin {
            at_home(line);
        }
    }
    let profile = if cfg!(debug_assertions) { "dev" } else { "release" };
    let line = builds[0].replace("--release", &format!("--profile {profile} --out '{}'", out.display()));
    assert_ne!(line, builds[0]);
    at_home(&line);
    let wheels: Vec<_> = fs::read_dir(out).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(wheels.len(), 1, "{wheels:?}");
    wheels[0].clone()
}

/// Runs a line in the workspace. What cargo tells the tests of this package is nothing for a cargo that builds another target.
fn at_home(line: &str) {
    let mut shell = Command::new("sh");
    shell.args(["-c", line]).current_dir(workspace()).stdin(Stdio::null());
    // Stripping would link the program once more, for nothing that is looked at here.
    shell.env("MATURIN_STRIP", "false").env("PIP_DISABLE_PIP_VERSION_CHECK", "1");
    for (name, _) in std::env::vars() {
        if ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_", "CARGO_PRIMARY_"]
            .iter()
            .any(|of_this_package| name.starts_with(of_this_package))
        {
            shell.env_remove(name);
        }
    }
    let output = shell.output().unwrap();
    assert!(output.status.success(), "{line}\n{}", String::from_utf8_lossy(&output.stderr));
}

fn script(path: &Path, text: &str) {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o755).open(path).unwrap();
    file.write_all(text.as_bytes()).unwrap();
}

fn says(program: &str, args: &[&str]) -> String {
    let output = Command::new(program).args(args).output().unwrap();
    assert!(output.status.success(), "{program} {args:?}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// What the wheel carries: one program, and who may use it.
fn assert_one_program(wheel: &Path) {
    let list = says("python3", &["-m", "zipfile", "-l", wheel.to_str().unwrap()]);
    let mut names: Vec<_> = list
        .lines()
        .skip(1)
        .filter_map(|line| line.split_whitespace().next())
        .map(|name| name.split_once(".d").unwrap().1)
        .collect();
    names.sort_unstable();
    let expected = ["METADATA", "RECORD", "WHEEL", "licenses/LICENSE-APACHE", "licenses/LICENSE-MIT"];
    let expected = expected.map(|name| format!("ist-info/{name}"));
    assert_eq!(names, [&["ata/scripts/conformance".to_owned()], &expected[..]].concat());
}

#[test]
fn a_newcomer_gets_from_nothing_to_a_certificate_by_the_lines_of_partners_md() {
    if program(&["python3"]).is_none() {
        return;
    }
    let Some(partner) = crate::partners::node() else { return };
    let place = tempfile::tempdir().unwrap();
    let [folder, tools, wheels] = ["acme", "tools", "wheels"].map(|name| {
        let path = place.path().join(name);
        fs::create_dir(&path).unwrap();
        path
    });
    let wheel = build(&wheels);
    assert_one_program(&wheel);

    // The integration, and the wheel beside it.
    fs::copy(&wheel, folder.join(wheel.file_name().unwrap())).unwrap();
    for file in ["server.js", "package.json"] {
        fs::copy(partner.join(file), folder.join(file)).unwrap();
    }
    symlink(partner.join("node_modules"), folder.join("node_modules")).unwrap();
    script(&tools.join("editor"), EDITOR);
    symlink(says("node", &["-p", "process.execPath"]), tools.join("node")).unwrap();
    // (pip asks a rustc for its version, to tell it to a registry.)
    script(&tools.join("cargo"), "#!/bin/sh\ntouch \"$HOME/cargo-was-asked\"\nexit 1\n");

    let lines = typed("PARTNERS.md");
    let typed = lines.iter().enumerate().fold(String::new(), |all, (number, line)| {
        format!("{all}echo '== {}'\n{line}\necho \"{number} $?\" >>../exits\n", line.replace('\'', "'\\''"))
    });
    let python = says("python3", &["-c", "import sys; print(sys.base_prefix)"]);
    let output = Command::new("sh")
        .args(["-c", &typed])
        .current_dir(&folder)
        .stdin(Stdio::null())
        .env_clear()
        .env("PATH", format!("{}:{python}/bin:/usr/bin:/bin", tools.display()))
        .env("HOME", place.path())
        .env("LANG", "C.UTF-8")
        .env("EDITOR", tools.join("editor"))
        // Nothing but the wheel is installed, from nowhere else.
        .env("PIP_NO_INDEX", "1")
        .env("PIP_DISABLE_PIP_VERSION_CHECK", "1")
        .output()
        .unwrap();
    let said =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    let exits = fs::read_to_string(place.path().join("exits")).unwrap_or_default();
    let exits: Vec<_> = exits.lines().map(|line| line.split_once(' ').unwrap().1).collect();
    assert_eq!(exits.len(), lines.len(), "{said}");
    for (line, exit) in lines.iter().zip(exits) {
        // The first whole run: green, and the reports for version control are new.
        let expected = if line == "conformance run" { "6" } else { "0" };
        assert_eq!(exit, expected, "{line}\n{said}");
    }
    assert!(said.contains("\nverified: acme-dialer-for-hubspot-4-2-1.conformance.tar"), "{said}");
    assert!(said.contains("next: read the .new.md files, say `conformance snapshot accept`"), "{said}");
    assert!(folder.join("acme-dialer-for-hubspot-4-2-1.not-for-publication.tar").is_file());
    assert!(!place.path().join("cargo-was-asked").exists(), "the wheel needs Rust:\n{said}");
}
