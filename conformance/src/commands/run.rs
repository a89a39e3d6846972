//! `run`: drives the integration that conformance.toml describes.

use super::examine::{self, Afterwards, Examination, SnapshotUse};
use super::say::Stdout;
use super::{Usage, only, seed};
use crate::cli::RunArgs;
use crate::config::Config;
use crate::config::overrides::Overrides;
use crate::judge;
use crate::scenario;
use std::process::ExitCode;

pub(super) async fn run(args: RunArgs) -> Result<ExitCode, Usage> {
    let environment =
        Overrides::from_env(|name| std::env::var(name).ok()).map_err(|e| Usage(e.to_string()))?;
    let flags = args.terms.overrides(args.profiles.as_deref()).map_err(Usage)?;
    let config = Config::load(&args.config).map_err(|e| Usage(e.to_string()))?.with(flags.or(environment));
    let all = scenario::load(args.scenario_dir.as_deref()).map_err(|e| Usage(e.to_string()))?;
    let scenarios = scenario::select(all, &args.scenarios).map_err(|e| Usage(e.to_string()))?;
    let filtered = !args.scenarios.is_empty() || !args.terms.only.is_empty();
    let terms = judge::Terms {
        profiles: config.profiles.require.clone(),
        octet_stream: args.terms.octet_stream.into(),
        only: only(&args.terms.only)?,
    };
    let results = examine::examine(Examination {
        seed: seed(config.ranges.seed),
        stdout: Stdout::of(&args.terms),
        afterwards: Afterwards::Stop,
        config,
        scenarios,
        terms,
        strict: args.terms.strict,
        filtered,
        snapshots: if filtered { SnapshotUse::None("the run is filtered") } else { SnapshotUse::Stories },
        ranges: args.terms.ranges(),
        snapshot_dir: args.terms.snapshots,
        out: args.terms.out,
    })
    .await?;
    Ok(ExitCode::from(results.standing.exit))
}
