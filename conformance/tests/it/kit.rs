//! The built binary as a process, in a folder of its own.

use serde_json::Value;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::LazyLock;
use tempfile::TempDir;

/// The built program under a name of our own: whoever builds another one meanwhile, as the test of the wheel does, takes the usual
/// one away from those that run.
pub(crate) fn program() -> &'static str {
    static PROGRAM: LazyLock<String> = LazyLock::new(|| {
        let (built, folder) =
            (env!("CARGO_BIN_EXE_conformance"), Path::new(env!("CARGO_TARGET_TMPDIR")).join("kit"));
        let (own, new) = (folder.join("conformance"), folder.join(std::process::id().to_string()));
        std::fs::create_dir_all(&folder).unwrap();
        // At once, in place of that of an earlier run; where it is the same one, nothing is renamed.
        std::fs::hard_link(built, &new).unwrap();
        std::fs::rename(&new, &own).unwrap();
        let _ = std::fs::remove_file(&new);
        own.into_os_string().into_string().unwrap()
    });
    &PROGRAM
}

/// A folder in which the kit is run.
pub(crate) struct Kit {
    pub(crate) dir: TempDir,
}

/// What one run gave.
pub(crate) struct Ran {
    pub(crate) exit: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Kit {
    pub(crate) fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    /// The command, in this folder, with nothing of ours in its environment.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(program());
        command.args(args).current_dir(self.path()).env_remove("RUST_LOG").env_remove("CI");
        for (name, _) in std::env::vars() {
            if name.starts_with("CONFORMANCE_") {
                command.env_remove(name);
            }
        }
        command
    }

    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        ran(self.command(args).output().unwrap())
    }

    /// `results.json` of a run that was told `--json -`.
    pub(crate) fn results(&self, args: &[&str]) -> (i32, Value) {
        Self::results_of(args, self.command(&[args, &["--json", "-"]].concat()))
    }

    fn results_of(args: &[&str], mut command: Command) -> (i32, Value) {
        let ran = ran(command.output().unwrap());
        let value = serde_json::from_str(&ran.stdout).unwrap_or_else(|e| {
            panic!("stdout of {args:?} is not JSON: {e}\n{}\n{}", ran.stdout, ran.stderr)
        });
        (ran.exit, value)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path().join(name), text).unwrap();
    }
}

pub(crate) fn ran(output: Output) -> Ran {
    Ran {
        exit: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Every verdict of a result: (story, check, level, verdict, the whole).
pub(crate) fn verdicts(results: &Value) -> Vec<(String, String, String, String, Value)> {
    let text = |value: &Value, key: &str| value[key].as_str().unwrap_or_default().to_owned();
    results["stories"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|story| {
            story["checks"].as_array().unwrap().iter().map(move |check| {
                let name = text(story, "scenario");
                (name, text(check, "check"), text(check, "level"), text(check, "verdict"), check.clone())
            })
        })
        .collect()
}

/// The trigger of a peer at this port, in a configuration: it is told whatever there is to tell of a call.
pub(crate) fn trigger_of_peer(port: u16) -> String {
    let told = [
        ("hubspot", "mock_url"),
        ("token", "access_token"),
        ("key", "developer_key"),
        ("app", "app_id"),
        ("id", "external_id"),
        ("account", "account_id"),
        ("from", "from"),
        ("to", "to"),
        ("direction", "direction"),
        ("duration", "duration_ms"),
        ("recording", "recording_file"),
        ("contact", "contact_id"),
        ("owner", "owner_id"),
    ];
    let json: String = told.map(|(name, value)| format!("{name} = \"{{{value}}}\"\n")).concat();
    format!(
        "[trigger.request]\nmethod = \"POST\"\nurl = \"http://127.0.0.1:{port}/call\"\n[trigger.request.json]\n{json}"
    )
}
