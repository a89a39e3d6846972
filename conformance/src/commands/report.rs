//! `report`: renders the reports again from what a run recorded, an interrupted one too. It is judged again, by the same
//! pure code, so a check that was mended meanwhile says what it says now.

use super::Usage;
use super::output::{self, RunDir};
use crate::cli::ReportArgs;
use crate::conclusion::{self, Premises};
use crate::evidence::{Evidence, store};
use crate::report::{json, terminal};
use std::path::Path;
use std::process::ExitCode;

pub(super) fn report(args: &ReportArgs) -> Result<ExitCode, Usage> {
    let folder = folder(&args.evidence);
    let (evidence, premises) = recorded(folder)?;
    let results = conclusion::conclude(&evidence, &premises);

    let dir = RunDir::existing(args.out.as_deref().unwrap_or(folder));
    let unwritable =
        |error| Usage(format!("the reports cannot be written to {}: {error}", dir.path.display()));
    std::fs::create_dir_all(&dir.path).map_err(unwritable)?;
    dir.write_reports(&results, &evidence).map_err(unwritable)?;
    let say = |text: &str| {
        if args.json.is_some() {
            eprintln!("{text}");
        } else {
            println!("{text}");
        }
    };
    say(&terminal::render(&results, output::colour(args.json.is_some())));
    if premises.kit.version != results.kit.version {
        say(&format!(
            "recorded by {} {}, judged by {} {}",
            premises.kit.name, premises.kit.version, results.kit.name, results.kit.version
        ));
    }
    output::tell_github(&results, say);
    say(&output::places(&dir));
    if args.json.is_some() {
        println!("{}", json::render(&results));
    }
    Ok(ExitCode::from(results.standing.exit))
}

/// The folder of a run, where one of its files was named too.
pub(super) fn folder(named: &Path) -> &Path {
    if !named.is_file() {
        return named;
    }
    named.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// What a run recorded in its folder.
pub(super) fn recorded(folder: &Path) -> Result<(Evidence, Premises), Usage> {
    let unreadable = |what: &str, error: &dyn std::fmt::Display| {
        Usage(format!(
            "{} cannot be read: {error}\nhelp: name the folder of a run, the one with evidence.ndjson and premises.json in it",
            folder.join(what).display()
        ))
    };
    let text = std::fs::read_to_string(folder.join("premises.json"))
        .map_err(|error| unreadable("premises.json", &error))?;
    let premises = serde_json::from_str(&text).map_err(|error| unreadable("premises.json", &error))?;
    let evidence = store::read(folder).map_err(|error| unreadable("evidence.ndjson", &error))?;
    Ok((evidence, premises))
}
