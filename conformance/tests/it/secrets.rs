//! No secret occurs in any file that a run writes, nor in what it prints.

use crate::kit::Kit;
use std::path::{Path, PathBuf};

const CANARIES: [(&str, &str); 4] = [
    ("CANARY_ACCESS", "pat-na1-canary-access-0a1b2c3d4e5f"),
    ("CANARY_DEVELOPER", "canary-developer-key-5f4e3d2c1b0a"),
    ("CANARY_REFRESH", "na1-canary-refresh-aa55aa55aa55"),
    ("CANARY_CLIENT", "canary-client-secret-1357924680"),
];

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        match entry.file_type().unwrap() {
            kind if kind.is_dir() => found.extend(files(&entry.path())),
            kind if kind.is_file() => found.push(entry.path()),
            _ => {}
        }
    }
    found
}

/// The reference integration, started by `run` with canaries for secrets, printing them for good measure.
fn configuration() -> String {
    let kit = env!("CARGO_BIN_EXE_conformance");
    let demo = include_str!("../../src/commands/demo.toml");
    let command = format!("command = [\"sh\", \"-c\", \"env | grep HUBSPOT_; exec '{kit}' reference\"]");
    let secrets = CANARIES
        .iter()
        .zip(["access_token", "developer_key", "refresh_token", "client_secret"])
        .map(|((name, _), key)| format!("{key} = {{ env = \"{name}\" }}"))
        .collect::<Vec<_>>()
        .join("\n");
    let demo = demo.replace("command = [\"conformance\", \"reference\"]", &command);
    format!("{demo}\n[hubspot]\n{secrets}")
}

#[test]
fn no_secret_is_written_or_printed() {
    let kit = Kit::new();
    kit.write("conformance.toml", &configuration());
    let mut command = kit.command(&["run", "--cases", "32", "outbound-call", "expired-token", "throttled"]);
    command.env("RUST_LOG", "trace").envs(CANARIES);
    let ran = crate::kit::ran(command.output().unwrap());
    assert_eq!(ran.exit, 0, "{}\n{}", ran.stdout, ran.stderr);

    let mut searched = 0;
    let mut texts: Vec<(String, Vec<u8>)> =
        vec![("stdout".into(), ran.stdout.into_bytes()), ("stderr".into(), ran.stderr.into_bytes())];
    for path in files(&kit.path().join("reports")) {
        let bytes = std::fs::read(&path).unwrap();
        texts.push((path.display().to_string(), bytes));
        searched += 1;
    }
    assert!(searched >= 5, "only {searched} files were written");
    for (name, bytes) in &texts {
        let text = String::from_utf8_lossy(bytes);
        for (_, canary) in CANARIES {
            assert!(!text.contains(canary), "{name} holds {canary}");
        }
        // A signature of a recording's URL is 64 hex digits; what follows `signature=` must have been cut.
        for (at, _) in text.match_indices("signature=") {
            let value = &text[at + "signature=".len()..];
            let leaked = value.chars().take_while(char::is_ascii_hexdigit).count();
            assert!(leaked < 16, "{name} holds a signature: {}", value.chars().take(20).collect::<String>());
        }
    }
    let evidence = texts.iter().find(|(name, _)| name.ends_with("evidence.ndjson")).unwrap();
    assert!(String::from_utf8_lossy(&evidence.1).contains("<secret:"), "something was cut at all");
}
