//! `self-test`: proves the kit. Every lie is told in the one story that shows it, and the honest reference tells every story.

use super::demo;
use super::examine;
use super::say::Stdout;
use super::{INTERRUPTED, Usage};
use crate::cli::{DemoArgs, OctetStreamArg, SelfTestArgs, Terms};
use crate::matrix::{self, Matrix, Row};
use crate::results::Results;
use futures_util::StreamExt;
use reference_integration::sabotage::{self, Sabotage};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// What is told: a lie, or nothing but the truth.
type Told = Option<&'static Sabotage>;

pub(super) async fn self_test(args: SelfTestArgs) -> Result<ExitCode, Usage> {
    let folder = tempfile::tempdir().map_err(|e| Usage(format!("no temporary folder can be made: {e}")))?;
    // The honest stories take the longest.
    let all: Vec<Told> = std::iter::once(None).chain(sabotage::ALL.iter().map(Some)).collect();
    let mut matrix = Matrix::default();
    let mut rows: Vec<(usize, Row)> = Vec::new();
    // Once one run was interrupted no other begins; those that are under way end by themselves, with what they started.
    let interrupted = Arc::new(AtomicBool::new(false));
    let count = all.len();
    let mut runs = Vec::with_capacity(count);
    for (place, told) in all.into_iter().enumerate() {
        let interrupted = Arc::clone(&interrupted);
        let (args, out) = (args.clone(), folder.path().join(place.to_string()));
        runs.push(async move {
            if interrupted.load(Ordering::Relaxed) {
                return None;
            }
            // On a thread of its own: judging keeps one busy.
            let run = tokio::spawn(async move { tell(told, &args, &out).await });
            Some((place, told, run.await))
        });
    }
    let mut runs = futures_util::stream::iter(runs).buffer_unordered(args.at_once.into());
    let mut done = 0_usize;
    while let Some(run) = runs.next().await {
        let Some((place, told, ran)) = run else { continue };
        let results = ran.map_err(|panicked| Usage(format!("the kit failed: {panicked}")))??;
        if results.standing.exit == INTERRUPTED {
            interrupted.store(true, Ordering::Relaxed);
            continue;
        }
        done += 1;
        match told {
            None => {
                matrix.scenarios = results.stories.len();
                matrix.blamed = matrix::blamed(&results);
                eprintln!("{done}/{count}: the honest reference");
            }
            Some(sabotage) => {
                let row = matrix::row(sabotage, &results);
                let word = if row.caught() { "caught" } else { "NOT CAUGHT" };
                eprintln!("{done}/{count}: {} {word}", sabotage.name);
                rows.push((place, row));
            }
        }
    }
    if interrupted.load(Ordering::Relaxed) {
        return Ok(ExitCode::from(INTERRUPTED));
    }
    rows.sort_by_key(|(place, _)| *place);
    matrix.rows = rows.into_iter().map(|(_, row)| row).collect();
    tell_of(&matrix);
    if let Some(path) = &args.matrix {
        std::fs::write(path, matrix.markdown())
            .map_err(|e| Usage(format!("the matrix cannot be written to {}: {e}", path.display())))?;
    }
    Ok(if matrix.faults().is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn tell(told: Told, args: &SelfTestArgs, out: &Path) -> Result<Results, Usage> {
    let terms = Terms {
        only: Vec::new(),
        seed: args.seed,
        cases: None,
        in_flight: 4,
        strict: true,
        octet_stream: OctetStreamArg::default(),
        thorough: false,
        dos_hygiene: false,
        player: None,
        browser: None,
        json: None,
        out: Some(out.to_owned()),
        snapshots: args.snapshots.clone(),
    };
    let demo = DemoArgs {
        sabotage: told.map(|sabotage| sabotage.name.to_owned()),
        variant: None,
        hold: false,
        scenarios: Vec::new(),
        terms,
    };
    let examined = examine::examine(demo::examination(demo, Stdout::Silent)?).await?;
    let _ = std::fs::remove_dir_all(out);
    Ok(examined.results)
}

fn tell_of(matrix: &Matrix) {
    let width = matrix.rows.iter().map(|row| row.sabotage.name.len()).max().unwrap_or(0);
    for row in &matrix.rows {
        println!("{:<width$}  {}", row.sabotage.name, row.caught_by.join(" "));
    }
    let faults = matrix.faults();
    for fault in &faults {
        println!("FAULT {fault}");
    }
    println!("\n{}", matrix.summary());
}
