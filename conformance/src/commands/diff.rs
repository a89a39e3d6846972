//! `diff`: two results, and what became of each verdict between them.

use super::Usage;
use crate::cli::DiffArgs;
use crate::comparison::{Change, Comparison, compare};
use crate::report::difference;
use crate::results::{Results, SCHEMA};
use std::path::Path;
use std::process::ExitCode;

/// Something fails that did not.
const WORSE: u8 = 1;

pub(super) fn diff(args: &DiffArgs) -> Result<ExitCode, Usage> {
    let (before, after) = (read(&args.before)?, read(&args.after)?);
    let comparison: Comparison = compare(&before, &after);
    if args.json {
        println!("{}", difference::json(&comparison));
    } else {
        println!("{}", difference::text(&comparison).trim_end());
    }
    let worse = comparison.of(Change::NewlyFailing).count() > 0;
    Ok(if worse { ExitCode::from(WORSE) } else { ExitCode::SUCCESS })
}

/// Reads `results.json`, or that of a run's folder.
pub(super) fn read(path: &Path) -> Result<Results, Usage> {
    let file = if path.is_dir() { path.join("results.json") } else { path.to_owned() };
    let wrong = |why: &str, help: &str| Usage(format!("{} {why}\nhelp: {help}", file.display()));
    let text = std::fs::read_to_string(&file).map_err(|error| {
        wrong(&format!("cannot be read: {error}"), "name a results.json, or the folder of a run")
    })?;
    let value: serde_json::Value = serde_json::from_str(&text)
        .map_err(|error| wrong(&format!("is no JSON: {error}"), "name a results.json that this kit wrote"))?;
    match value["schema"].as_str() {
        Some(SCHEMA) => {}
        Some(other) => {
            let why = format!("has the schema {other:?}, and this kit reads {SCHEMA:?}");
            return Err(wrong(&why, "use the kit that wrote it, or run again"));
        }
        None => return Err(wrong("says no schema", "name a results.json that this kit wrote")),
    }
    serde_json::from_value(value).map_err(|error| {
        wrong(&format!("cannot be read: {error}"), "name a results.json that this kit wrote")
    })
}
