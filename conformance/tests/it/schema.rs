//! `results.json` of every kind of run is what the published schema says.

use crate::kit::Kit;
use serde_json::Value;

/// The whole, with a set-up fault in it or not.
const ENDS: &str = "schema = 1\n[start]\ncommand = [\"sh\", \"-c\", \"exit 3\"]\nready = { url = \"http://127.0.0.1:{port}/\" }\n[trigger]\nrequest = { url = \"http://127.0.0.1:{port}/\" }\n";

#[test]
fn results_of_every_kind_of_run_are_what_the_published_schema_says() {
    let kit = Kit::new();
    let printed = kit.run(&["list", "--schema"]);
    assert_eq!(printed.exit, 0);
    let schema: Value = serde_json::from_str(&printed.stdout).unwrap();
    let version = schema["properties"]["schema"]["const"].as_str();
    assert_eq!(version, Some(conformance::results::SCHEMA), "the version of the schema is the results'");
    let (mut schemas, mut compiler) = (boon::Schemas::new(), boon::Compiler::new());
    compiler.add_resource("results.json", schema).unwrap();
    let index = compiler.compile("results.json", &mut schemas).unwrap();

    kit.write("conformance.toml", ENDS);
    for (args, exit) in [
        (&["demo", "--cases", "8", "outbound-call", "registration-moved", "throttled"][..], 0),
        (&["demo", "--cases", "8", "--break", "ranges/drops-the-last-byte"], 1),
        (&["demo", "--cases", "8", "--break", "ready/never-sent"], 1),
        (&["demo", "--cases", "8", "--break", "calls/without-timestamp"], 1),
        (&["demo", "--browser=/nowhere/chromium", "in-a-browser"], 3),
        (&["run", "--shard", "1/4"], 4),
    ] {
        let (code, results) = kit.results(args);
        assert_eq!(code, exit, "{args:?}: {}", results["standing"]);
        if let Err(wrong) = schemas.validate(&results, index) {
            panic!("{args:?}: {wrong:#}");
        }
    }
}
