//! Secrets in every place where an integration may have one, and the search for them in whatever was written and printed: as
//! they are, percent-encoded, and in Base64.
//!
//! The integration is the reference as the variant `talkative`, which carries secrets in headers, cookies, bodies, addresses and
//! its log, and prints its own credentials in each of these spellings.

use crate::kit::{Kit, Ran, ran};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use reference_integration::variant::talkative;
use std::path::{Path, PathBuf};
use std::process::Command;

pub(crate) const CANARIES: [(&str, &str); 4] = [
    ("CANARY_ACCESS", "pat-na1-canary-access-0a1b2c3d4e5f"),
    ("CANARY_DEVELOPER", "canary-developer-key-5f4e3d2c1b0a"),
    ("CANARY_REFRESH", "na1-canary-refresh-aa55aa55aa55"),
    ("CANARY_CLIENT", "canary-client-secret-1357924680"),
];

/// Prints the credentials as they are, percent-encoded, and in Base64, alone and with a user's name, to both streams.
const PRINTS: &str = r#"env | grep HUBSPOT_; for s in "$HUBSPOT_ACCESS_TOKEN" "$HUBSPOT_CLIENT_SECRET" "$HUBSPOT_REFRESH_TOKEN" "$HUBSPOT_DEVELOPER_KEY"; do echo "$s" | sed 's/-/%2D/g'; printf %s "$s" | base64 -w0; echo; printf 'xy%s-' "$s" | base64 -w0 >&2; printf 'me:%s' "$s" | base64 -w0 >&2; echo " and $s" >&2; done; "#;

/// Every spelling of every secret, with the secret's own name.
fn needles() -> Vec<(&'static str, String)> {
    let own = CANARIES.iter().map(|(_, canary)| *canary);
    own.chain(talkative::SECRETS)
        .flat_map(|canary| {
            let mut spellings =
                vec![canary.to_owned(), canary.replace('-', "%2D"), canary.replace('-', "%2d")];
            for before in ["", "a", "ab"] {
                let text = format!("{before}{canary}");
                for base64 in [STANDARD_NO_PAD.encode(&text), URL_SAFE_NO_PAD.encode(&text)] {
                    // The first and the last letters depend on what stands beside it.
                    spellings.push(base64[4..base64.len() - 4].to_owned());
                }
            }
            spellings.into_iter().map(move |spelling| (canary, spelling))
        })
        .collect()
}

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

/// Whatever was written and printed.
pub(crate) struct Texts(pub(crate) Vec<(String, Vec<u8>)>);

impl Texts {
    pub(crate) fn add(&mut self, name: &str, ran: &Ran) {
        self.0.push((format!("{name}: stdout"), ran.stdout.clone().into_bytes()));
        self.0.push((format!("{name}: stderr"), ran.stderr.clone().into_bytes()));
    }

    pub(crate) fn add_folder(&mut self, folder: &Path) {
        self.0.extend(files(folder).into_iter().map(|path| {
            let bytes = std::fs::read(&path).unwrap();
            (path.display().to_string(), bytes)
        }));
    }

    /// The text whose name ends so.
    pub(crate) fn of(&self, name: &str) -> String {
        let found = self.0.iter().find(|(of, _)| of.ends_with(name));
        let (_, bytes) = found.unwrap_or_else(|| panic!("nothing is called {name}"));
        String::from_utf8_lossy(bytes).into_owned()
    }

    pub(crate) fn assert_clean(&self) {
        let needles = needles();
        let mut leaks = Vec::new();
        for (name, bytes) in &self.0 {
            let text = String::from_utf8_lossy(bytes);
            for (canary, spelling) in &needles {
                if text.contains(spelling.as_str()) {
                    leaks.push(format!("{name} holds {canary} as {spelling}"));
                }
            }
            // A signature of a recording's URL is 64 hex digits; what follows `signature=` must have been cut.
            for (at, _) in text.match_indices("signature=") {
                let value = &text[at + "signature=".len()..];
                let leaked = value.chars().take_while(char::is_ascii_hexdigit).count();
                if leaked >= 16 {
                    leaks.push(format!("{name} holds a signature: {}", &value[..16]));
                }
            }
        }
        assert!(leaks.is_empty(), "{} leaks:\n{}", leaks.len(), leaks.join("\n"));
    }
}

/// The talkative reference behind `run`, with canaries for secrets, printing them before it starts.
pub(crate) fn configuration(lie: &str) -> String {
    let kit = crate::kit::program();
    let demo = include_str!("../../src/commands/demo.toml");
    let command = format!("command = [\"sh\", \"-c\", '''{PRINTS} exec \"{kit}\" reference''']");
    let secrets = CANARIES
        .iter()
        .zip(["access_token", "developer_key", "refresh_token", "client_secret"])
        .map(|((name, _), key)| format!("{key} = {{ env = \"{name}\" }}"))
        .collect::<Vec<_>>()
        .join("\n");
    let demo = demo.replace("command = [\"conformance\", \"reference\"]", &command);
    let says = format!("[start.env]\nVARIANT = \"talkative\"\nSABOTAGE = \"{lie}\"");
    let demo = demo.replace("[start.env]", &says);
    let demo = demo.replace("version = \"0.1.0\"", "version = \"0.1.0\"\ncontact = \"partner@example.test\"");
    format!("{demo}\n[hubspot]\n{secrets}\n[waits]\nidle = \"1s\"\n")
}

pub(crate) fn command(kit: &Kit, args: &[&str]) -> Command {
    let mut command = kit.command(args);
    command.env("RUST_LOG", "trace").envs(CANARIES);
    command
}

/// Runs it; its exit code is one of these.
pub(crate) fn run(kit: &Kit, args: &[&str], exits: &[i32]) -> Ran {
    let ran = ran(command(kit, args).output().unwrap());
    assert!(exits.contains(&ran.exit), "{args:?}: {}\n{}\n{}", ran.exit, ran.stdout, ran.stderr);
    ran
}
