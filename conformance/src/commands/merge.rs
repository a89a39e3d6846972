//! `merge`: joins the shards of a run into one report, as if one machine had told every story.

use super::examine::{SnapshotUse, compare_snapshots};
use super::output::{self, RunDir};
use super::report::{folder, recorded};
use super::say::{Say, Stdout};
use super::{KIT_FAILED, Usage};
use crate::cli::MergeArgs;
use crate::conclusion;
use crate::report::{json, terminal};
use crate::shard;
use std::process::ExitCode;

pub(super) fn merge(args: &MergeArgs) -> Result<ExitCode, Usage> {
    let parts = args.shards.iter().map(|named| recorded(folder(named))).collect::<Result<_, _>>()?;
    let (evidence, mut premises) = shard::merged(parts).map_err(|why| {
        Usage(format!(
            "these are not the shards of one run: {why}\nhelp: name the folder of each `run --shard i/n`"
        ))
    })?;
    let mut results = conclusion::conclude(&evidence, &premises);
    let with =
        if premises.filtered { SnapshotUse::None("the run is filtered") } else { SnapshotUse::Stories };
    let compared = compare_snapshots(&with, &args.snapshots, &results, &premises);
    premises.snapshots = compared.names;
    premises.harness_faults.extend(compared.faults);
    conclusion::restate(&mut results, &premises);

    let say = Say { stdout: if args.json.is_some() { Stdout::Json } else { Stdout::People } };
    let dir = RunDir::create(Some(&args.out), "").map_err(Usage)?;
    say.line(&terminal::render(&results, output::colour(args.json.is_some())));
    for note in &compared.notes {
        say.line(note);
    }
    let written = dir.record(&evidence, &premises).and_then(|()| dir.write_reports(&results, &evidence));
    if let Err(error) = written {
        eprintln!("conformance: the reports cannot be written to {}: {error}", dir.path.display());
        return Ok(ExitCode::from(KIT_FAILED));
    }
    output::tell_github(&results, |text| say.line(text));
    say.line(&output::places(&dir));
    if args.json.is_some() {
        println!("{}", json::render(&results));
    }
    Ok(ExitCode::from(results.standing.exit))
}
