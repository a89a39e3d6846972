//! `run`: drives the integration that conformance.toml describes.

use super::examine::{self, Afterwards, Examination, SnapshotUse};
use super::port::Program;
use super::say::Stdout;
use super::stage::Spool;
use super::started::Started;
use super::{Usage, diff, dry_run, only, seed};
use crate::cli::RunArgs;
use crate::config::Config;
use crate::config::overrides::Overrides;
use crate::judge;
use crate::results::{CheckResult, Results};
use crate::scenario;
use crate::verdict::Verdict;
use std::process::ExitCode;

/// The story of `--smoke`, and its random ranges.
const SMOKE: (&str, u32) = ("outbound-call", 16);
/// Nothing was selected.
const INCOMPLETE: u8 = 3;

pub(super) async fn run(mut args: RunArgs) -> Result<ExitCode, Usage> {
    if args.smoke {
        args.scenarios = vec![SMOKE.0.to_owned()];
        args.terms.cases = args.terms.cases.or(Some(SMOKE.1));
    }
    if let Some(folder) = &args.rerun_failed {
        let (stories, checks) = amiss(&diff::read(folder)?);
        if stories.is_empty() {
            println!(
                "nothing failed and nothing stayed unjudged in {}: nothing is to be asked again",
                folder.display()
            );
            return Ok(ExitCode::from(INCOMPLETE));
        }
        (args.scenarios, args.terms.only) = (stories, checks);
    }
    let dry = args.dry_run;
    let examination = examination(args)?;
    if dry {
        return dry_run::dry_run(&examination);
    }
    let examined = examine::examine(examination).await?;
    Ok(ExitCode::from(examined.results.standing.exit))
}

/// The stories in which something failed or stayed unjudged, and the checks that did.
fn amiss(results: &Results) -> (Vec<String>, Vec<String>) {
    let (mut stories, mut checks) = (Vec::new(), Vec::new());
    for story in &results.stories {
        let amiss = |c: &&CheckResult| matches!(c.verdict, Verdict::Fail { .. } | Verdict::Unjudged { .. });
        let mine: Vec<_> = story.checks.iter().filter(amiss).map(|c| c.check.clone()).collect();
        if !mine.is_empty() {
            stories.push(story.scenario.clone());
        }
        checks.extend(mine);
    }
    checks.sort();
    checks.dedup();
    (stories, checks)
}

fn examination(args: RunArgs) -> Result<Examination, Usage> {
    let environment =
        Overrides::from_env(|name| std::env::var(name).ok()).map_err(|e| Usage(e.to_string()))?;
    let flags = args.terms.overrides(args.profiles.as_deref()).map_err(Usage)?;
    let config = Config::load(&args.config).map_err(|e| Usage(e.to_string()))?.with(flags.or(environment));
    let all = scenario::load(args.scenario_dir.as_deref()).map_err(|e| Usage(e.to_string()))?;
    let scenarios = scenario::select(all, &args.scenarios, args.terms.browser.is_some())
        .map_err(|e| Usage(e.to_string()))?;
    let filtered = !args.scenarios.is_empty() || !args.terms.only.is_empty();
    let terms = judge::Terms {
        profiles: config.profiles.require.clone(),
        octet_stream: args.terms.octet_stream.into(),
        only: only(&args.terms.only)?,
        set: None,
    };
    Ok(Examination {
        started: Started::now(),
        seed: seed(config.ranges.seed),
        stdout: Stdout::of(&args.terms),
        spool: Spool::Goes,
        afterwards: Afterwards::Stop,
        config,
        program: Program::Theirs,
        scenarios,
        terms,
        strict: args.terms.strict,
        filtered,
        shard: args.shard,
        snapshots: match (filtered, args.shard) {
            (true, _) => SnapshotUse::None("the run is filtered"),
            (false, Some(_)) => SnapshotUse::None("the run is a shard; `conformance merge` compares them"),
            // Else one of the two would always differ from what was accepted.
            (false, None) if args.terms.thorough => {
                SnapshotUse::None("--thorough asks what a usual run leaves out")
            }
            (false, None) => SnapshotUse::Stories,
        },
        ranges: args.terms.ranges(),
        browser: args.terms.browser.flatten(),
        snapshot_dir: args.terms.snapshots,
        out: args.terms.out,
    })
}
