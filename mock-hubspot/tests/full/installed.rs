//! HubSpot's SDKs, what drives a browser, and what the recipes need, installed once, pinned, into `target/`.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError};

/// An SDK that drives the mock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sdk {
    /// The current Node SDK, and the last one of the guide, together.
    Node,
    /// The current Python SDK.
    Python,
    /// The last Python SDK that had the guide's association call.
    PythonOfTheGuide,
    /// No SDK, but installed like one: playwright-core and axe-core, for the system's Chromium.
    Browser,
    /// The recipe for pytest.
    Pytest,
    /// The recipe for Vitest.
    Vitest,
}

impl Sdk {
    fn source(self) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join(match self {
            Self::Node => "tests/sdk/node",
            Self::Python | Self::PythonOfTheGuide => "tests/sdk/python",
            Self::Browser => "tests/browser",
            Self::Pytest => "recipes/pytest",
            Self::Vitest => "recipes/vitest",
        })
    }

    /// Where it is installed.
    fn home(self) -> PathBuf {
        Path::new(env!("CARGO_TARGET_TMPDIR")).join(match self {
            Self::Node => "sdk-node",
            Self::Python => "sdk-python",
            Self::PythonOfTheGuide => "sdk-python-guide",
            Self::Browser => "browser-page",
            Self::Pytest => "recipe-pytest",
            Self::Vitest => "recipe-vitest",
        })
    }

    /// A script, where it finds its SDK.
    pub(crate) fn script(self, name: &str) -> PathBuf {
        if self.is_of_node() { self.home().join(name) } else { self.source().join(name) }
    }

    fn is_of_node(self) -> bool {
        matches!(self, Self::Node | Self::Browser | Self::Vitest)
    }

    const fn requirements(self) -> &'static str {
        match self {
            Self::Node | Self::Browser | Self::Vitest => "package-lock.json",
            Self::Python | Self::Pytest => "requirements.txt",
            Self::PythonOfTheGuide => "requirements-guide.txt",
        }
    }

    const fn tools(self) -> &'static [&'static str] {
        match self {
            Self::Node | Self::Vitest => &["node", "npm"],
            Self::Browser => &["chromium", "node", "npm"],
            Self::Python | Self::PythonOfTheGuide | Self::Pytest => &["python3"],
        }
    }
}

/// The program that runs its scripts, installing it first; `None` where a tool is missing, which CI does not tolerate.
pub(crate) fn installed(sdk: Sdk) -> Option<PathBuf> {
    static INSTALLING: Mutex<()> = Mutex::new(());
    for tool in sdk.tools() {
        if !answers(tool) {
            let ci = std::env::var("CI").is_ok_and(|ci| ci == "true");
            assert!(!ci, "{tool} is needed under CI=true");
            eprintln!("skipped: {sdk:?} needs {tool}, which is not installed");
            return None;
        }
    }
    let _one_at_a_time = INSTALLING.lock().unwrap_or_else(PoisonError::into_inner);
    let (source, home) = (sdk.source(), sdk.home());
    let wanted = std::fs::read(source.join(sdk.requirements())).expect("what is to be installed");
    let mark = home.join("installed");
    if std::fs::read(&mark).ok().as_deref() != Some(&wanted) {
        let _ = std::fs::remove_dir_all(&home);
        std::fs::create_dir_all(&home).expect("a folder");
        install(sdk, &source, &home);
        std::fs::write(&mark, &wanted).expect("written");
    }
    if sdk.is_of_node() {
        for file in std::fs::read_dir(&source).expect("a folder") {
            let file = file.expect("a file").path();
            if file.extension().is_some_and(|e| e == "cjs" || e == "js") {
                std::fs::copy(&file, home.join(file.file_name().expect("a name"))).expect("copied");
            }
        }
        return Some("node".into());
    }
    Some(home.join("bin/python"))
}

fn install(sdk: Sdk, source: &Path, home: &Path) {
    if sdk.is_of_node() {
        for file in ["package.json", "package-lock.json"] {
            std::fs::copy(source.join(file), home.join(file)).expect("copied");
        }
        let args = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"];
        succeed(Command::new("npm").args(args).current_dir(home));
    } else {
        succeed(Command::new("python3").args(["-m", "venv"]).arg(home));
        let pip = home.join("bin/python");
        let requirements = source.join(sdk.requirements());
        let args = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"];
        succeed(Command::new(pip).args(args).arg(requirements));
    }
}

fn answers(tool: &str) -> bool {
    let mut command = Command::new(tool);
    let status = command.arg("--version").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    status.status().is_ok_and(|status| status.success())
}

fn succeed(command: &mut Command) {
    let output = command.stdin(Stdio::null()).output().expect("it runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {said}");
}
