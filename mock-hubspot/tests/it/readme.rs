//! The README says what the tables say, and so does `--help`.

use mock_hubspot::{switches, versions};
use std::path::Path;
use std::process::Command;

const ENDPOINTS: &str = "<!-- generated from src/versions.rs: begin -->\n";
const SWITCHES: &str = "<!-- generated from src/switches/described.rs: begin -->\n";
const END: &str = "<!-- end -->\n";

#[test]
fn the_tables_of_the_readme_are_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let mut text = std::fs::read_to_string(&path).expect("a README");
    for (begin, table) in [(ENDPOINTS, versions::as_markdown()), (SWITCHES, switches::as_markdown())] {
        let (before, rest) = text.split_once(begin).expect("the beginning of the table");
        let (shown, after) = rest.split_once(END).expect("the end of the table");
        if std::env::var_os("UPDATE_README").is_none() {
            assert_eq!(shown, table, "run: UPDATE_README=1 cargo test -p mock-hubspot --test it readme");
        }
        text = format!("{before}{begin}{table}{END}{after}");
    }
    if std::env::var_os("UPDATE_README").is_some() {
        std::fs::write(&path, text).expect("written");
    }
}

#[test]
fn help_lists_every_endpoint_and_every_switch() {
    let output = Command::new(env!("CARGO_BIN_EXE_mock-hubspot")).arg("--help").output().expect("it runs");
    let help = String::from_utf8(output.stdout).expect("text");
    for route in versions::routes() {
        let line = format!("  {:<6} {}  ({})\n", route.method, route.template, route.operation.name());
        assert!(help.contains(&line), "{line} is missing");
    }
    for switch in switches::DESCRIBED {
        assert!(help.contains(&format!("  {}={}", switch.name, switch.values.join("|"))), "{}", switch.name);
    }
}
