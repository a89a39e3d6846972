//! The README says what the table says.

use mock_hubspot::versions::as_markdown;
use std::path::Path;

const BEGIN: &str = "<!-- generated from src/versions.rs: begin -->\n";
const END: &str = "<!-- end -->\n";

#[test]
fn the_table_of_endpoints_is_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let text = std::fs::read_to_string(&path).expect("a README");
    let (before, rest) = text.split_once(BEGIN).expect("the beginning of the table");
    let (table, after) = rest.split_once(END).expect("the end of the table");
    if std::env::var_os("UPDATE_README").is_some() {
        std::fs::write(&path, format!("{before}{BEGIN}{}{END}{after}", as_markdown())).expect("written");
    } else {
        assert_eq!(table, as_markdown(), "run: UPDATE_README=1 cargo test -p mock-hubspot --test it readme");
    }
}

#[test]
fn every_switch_is_explained() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let text = std::fs::read_to_string(path).expect("a README");
    let switches = serde_json::to_value(mock_hubspot::Switches::default()).expect("it serialises");
    for name in switches.as_object().expect("an object").keys() {
        assert!(text.contains(&format!("`{name}`")), "{name} is missing");
    }
}
