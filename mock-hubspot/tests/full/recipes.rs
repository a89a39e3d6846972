//! The recipes for other languages do what they say: each runs as its reader would run it, with the binary that was built.

use crate::installed::{Sdk, installed};
use std::path::Path;
use std::process::{Command, Stdio};

/// Runs a recipe's tests, and gives what they said.
fn tests(command: &mut Command, folder: &Path) -> String {
    let command = command.current_dir(folder).env("MOCK_HUBSPOT", env!("CARGO_BIN_EXE_mock-hubspot"));
    let command = command.env("NO_PROXY", "*").env("NO_COLOR", "1").env("PYTHONDONTWRITEBYTECODE", "1");
    let output = command.stdin(Stdio::null()).output().expect("it runs");
    let said =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    said
}

#[test]
fn the_recipe_for_pytest_passes() {
    let Some(python) = installed(Sdk::Pytest) else { return };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("recipes/pytest");
    let said = tests(Command::new(python).args(["-m", "pytest", "-q", "-p", "no:cacheprovider"]), &folder);
    assert!(said.contains("3 passed"), "{said}");
}

#[test]
fn the_recipe_for_vitest_passes() {
    if installed(Sdk::Vitest).is_none() {
        return;
    }
    let script = Sdk::Vitest.script("node_modules/vitest/vitest.mjs");
    let home = script.ancestors().nth(3).expect("where it is installed").to_owned();
    let said = tests(Command::new("node").arg(script).args(["run", "--no-cache"]), &home);
    assert!(said.contains("3 passed"), "{said}");
}
