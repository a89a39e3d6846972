//! `junit.xml` of every kind of run against the schema that Jenkins' xUnit plugin checks with, by a validator that nobody here
//! wrote. The schema comes with pytest's source distribution, which checks itself with it.

use crate::foreign::{home, once, program, succeed};
use crate::kit::Kit;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};

/// The Python that has the validator, the script, and the archive with the schema; `None` where there is no Python.
struct Validator {
    python: PathBuf,
    schema: PathBuf,
}

impl Validator {
    fn installed() -> Option<Self> {
        static INSTALLING: Mutex<()> = Mutex::new(());
        let _one_at_a_time = INSTALLING.lock().unwrap_or_else(PoisonError::into_inner);
        program(&["python3"])?;
        let home = home("junit");
        std::fs::create_dir_all(&home).unwrap();
        let python = home.join("bin/python");
        let (requirements, schema) = (source("requirements.txt"), source("schema.txt"));
        let wanted = [&requirements, &schema].map(|file| std::fs::read(file).unwrap()).concat();
        once(&home, &wanted, || {
            succeed(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&home));
            let quiet = ["--quiet", "--disable-pip-version-check"];
            let pip = ["-m", "pip", "install"];
            succeed(Command::new(&python).args(pip).args(quiet).arg("-r").arg(&requirements));
            let pip = ["-m", "pip", "download", "--no-deps", "--no-binary", "pytest", "--dest"];
            let mut download = Command::new(&python);
            succeed(download.args(pip).arg(&home).args(quiet).arg("-r").arg(&schema));
        });
        let archive = |path: &PathBuf| path.extension().is_some_and(|e| e == "gz");
        let files = std::fs::read_dir(&home).unwrap().map(|file| file.unwrap().path());
        let schema = files.into_iter().find(archive).expect("the schema was fetched");
        Some(Self { python, schema })
    }

    /// What is wrong with a file; nothing where it is valid.
    fn objects(&self, file: &Path) -> String {
        let mut command = Command::new(&self.python);
        let output =
            command.arg(source("validate.py")).arg(&self.schema).arg(file).env_remove("PYTHONPATH").output();
        let output = output.unwrap();
        let said = String::from_utf8(output.stdout).unwrap().trim().to_owned();
        let failed = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.success(), said.is_empty(), "{said}\n{failed}");
        said
    }
}

fn source(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/junit").join(name)
}

/// The reference, telling this lie, behind a configuration with these further tables.
fn configuration(lie: &str, more: &str) -> String {
    let kit = crate::kit::program();
    let demo = include_str!("../../src/commands/demo.toml");
    let command = format!("command = ['{kit}', 'reference']");
    let demo = demo.replace("command = [\"conformance\", \"reference\"]", &command);
    demo.replace("[start.env]", &format!("[start.env]\nSABOTAGE = \"{lie}\"")) + more
}

const WAIVED: &str = "\n[[waiver]]\ncheck = \"authenticated-url/member\"\nreason = \"it is known\"\nticket = \"T-1\"\nexpires = \"2999-12-31\"\n";
const ENDS: &str = "schema = 1\n[start]\ncommand = [\"sh\", \"-c\", \"echo 'no <&>'; exit 3\"]\nready = { url = \"http://127.0.0.1:{port}/\" }\n[trigger]\nrequest = { url = \"http://127.0.0.1:{port}/\" }\n";

#[test]
fn every_kind_of_run_is_taken_by_the_schema_of_jenkins() {
    let Some(validator) = Validator::installed() else { return };
    let member = configuration("authenticated-url/snake-case-member", WAIVED);
    let waived = ["run", "--cases", "4", "--only", "authenticated-url/member", "--only", "calls/"];
    // The arguments, the configuration, the exit code, and what must stand in the file.
    for (args, config, exit, holds) in [
        (&["demo", "--cases", "8"][..], "", 0, &["<skipped "][..]),
        (
            &["demo", "--cases", "8", "--break", "ranges/drops-the-last-byte"],
            "",
            1,
            &["<failure ", "<skipped "],
        ),
        (&["demo", "--cases", "8", "--break", "ready/never-sent"], "", 1, &["<failure ", "<error "]),
        (&waived, member.as_str(), 0, &["known, waived", "<system-out>"]),
        (&["run"], ENDS, 4, &["<error ", "set-up/1", "no &lt;&amp;&gt;"]),
        // A story that cannot be told without a browser that is there: nothing is verifiable.
        (&["demo", "--browser=/nowhere/chromium", "in-a-browser"], "", 3, &["<error ", "unjudged: "]),
    ] {
        let kit = Kit::new();
        kit.write("conformance.toml", config);
        let ran = kit.run(&[args, &["--out", "out"]].concat());
        assert_eq!(ran.exit, exit, "{args:?}: {}\n{}", ran.stdout, ran.stderr);
        let file = kit.path().join("out/junit.xml");
        let text = std::fs::read_to_string(&file).unwrap();
        for part in holds {
            assert!(text.contains(part), "{args:?} has no {part}");
        }
        assert_eq!(text.contains("<failure "), exit == 1, "{args:?}: only what is broken is a failure");
        assert_eq!(validator.objects(&file), "", "{args:?}");
    }
}

#[test]
fn the_validator_objects_to_what_the_schema_does_not_have() {
    let Some(validator) = Validator::installed() else { return };
    let kit = Kit::new();
    for (what, text) in [
        ("attribute 'skipped'", "<testsuites skipped=\"1\"/>"),
        ("attribute 'tests'", "<testsuites><testsuite name=\"a\" failures=\"0\" errors=\"0\"/></testsuites>"),
        ("attribute 'time'", "<testsuites time=\"1 s\"/>"),
        ("Opening and ending tag mismatch", "<testsuites></testsuite>"),
    ] {
        kit.write("junit.xml", text);
        let said = validator.objects(&kit.path().join("junit.xml"));
        assert!(said.contains(what), "{text}: {said}");
    }
}
