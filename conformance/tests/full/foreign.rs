//! Foreign programs: whether they are here, and what their registries offer, pinned and installed into `target/`.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// Where the servers' sources and configurations stand.
pub(crate) fn sources() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/servers")
}

/// Where it is all installed.
pub(crate) fn home(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("honest-{name}"))
}

/// The first of these programs that can be started; without any the caller is to skip, which CI does not tolerate.
pub(crate) fn program(candidates: &[&str]) -> Option<PathBuf> {
    let found = candidates.iter().find(|name| {
        let mut command = Command::new(name);
        // Each of them answers one of the two with some exit code; what matters is that it can be started at all.
        command.arg("-v").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok()
    });
    if found.is_none() {
        let ci = std::env::var("CI").is_ok_and(|ci| ci == "true");
        assert!(!ci, "{candidates:?} is missing, and CI must not skip this test");
        eprintln!("skipped: {candidates:?} is not installed");
    }
    found.map(PathBuf::from)
}

/// The Node packages of `servers/node`, with the scripts beside them.
pub(crate) fn node() -> Option<&'static Path> {
    static HOME: OnceLock<Option<PathBuf>> = OnceLock::new();
    HOME.get_or_init(|| {
        program(&["node"])?;
        program(&["npm"])?;
        let (source, home) = (sources().join("node"), home("node"));
        std::fs::create_dir_all(&home).unwrap();
        let lock = std::fs::read(source.join("package-lock.json")).unwrap();
        for file in std::fs::read_dir(&source).unwrap() {
            let file = file.unwrap();
            std::fs::copy(file.path(), home.join(file.file_name())).unwrap();
        }
        once(&home, &lock, || {
            let args = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"];
            succeed(Command::new("npm").args(args).current_dir(&home));
        });
        Some(home)
    })
    .as_deref()
}

/// The Python of a virtual environment with `servers/python/requirements.txt`.
pub(crate) fn python() -> Option<&'static Path> {
    static PYTHON: OnceLock<Option<PathBuf>> = OnceLock::new();
    PYTHON
        .get_or_init(|| {
            program(&["python3"])?;
            let (requirements, home) = (sources().join("python/requirements.txt"), home("python"));
            let python = home.join("bin/python");
            once(&home, &std::fs::read(&requirements).unwrap(), || {
                succeed(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&home));
                let args = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"];
                succeed(Command::new(&python).args(args).arg(&requirements));
            });
            Some(python)
        })
        .as_deref()
}

/// The folder of the programs of `servers/rust`, built with its own lock file.
pub(crate) fn rust() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| {
        let home = home("rust");
        let manifest = sources().join("rust/Cargo.toml");
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(["build", "--quiet", "--locked", "--manifest-path"]).arg(manifest);
        succeed(cargo.env("CARGO_TARGET_DIR", &home));
        home.join("debug")
    })
}

/// What a program says of itself, on whichever stream.
pub(crate) fn says<S: AsRef<OsStr>>(program: &Path, args: impl IntoIterator<Item = S>) -> String {
    let output = Command::new(program).args(args).stdin(Stdio::null()).output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    String::from_utf8_lossy(&text).trim().to_owned()
}

/// Does something unless it was done for the same input already.
pub(crate) fn once(home: &Path, input: &[u8], install: impl FnOnce()) {
    let mark = home.join("installed");
    if std::fs::read(&mark).ok().as_deref() != Some(input) {
        install();
        std::fs::write(&mark, input).unwrap();
    }
}

pub(crate) fn succeed(command: &mut Command) {
    let output = command.stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}
