//! `demo`: the whole job against the bundled reference integration, started as a process of its own.

use super::examine::{self, Afterwards, Examination, SnapshotUse, Stdout};
use super::{Usage, only, seed};
use crate::check::Profile;
use crate::cli::DemoArgs;
use crate::config::Config;
use crate::config::located::nearest_or;
use crate::config::overrides::Overrides;
use crate::config::template::{StartTemplate, Template};
use crate::config::value::Seed;
use crate::judge;
use crate::scenario;
use reference_integration::sabotage::{self, Sabotage};
use std::process::ExitCode;

/// The seed of a broken demo that was given none: what `reports/broken/` shows must be the same everywhere.
const BROKEN_SEED: u64 = 0x0b0e_1e55_ed00_5eed;

pub(super) async fn demo(args: DemoArgs) -> Result<ExitCode, Usage> {
    let lie = args.sabotage.as_deref().map(find).transpose()?;
    let environment =
        Overrides::from_env(|name| std::env::var(name).ok()).map_err(|e| Usage(e.to_string()))?;
    let given = args.terms.overrides(None).map_err(Usage)?.or(environment);
    let fixed = lie.is_some() && given.seed.is_none() && given.cases.is_none();
    let mut config =
        Config::parse(include_str!("demo.toml"), "demo.toml").map_err(|e| Usage(e.to_string()))?.with(given);
    config.folder = std::path::PathBuf::new();
    start_ourselves(&mut config, lie)?;
    if fixed {
        config.ranges.seed = Seed::Fixed(BROKEN_SEED);
    }
    let names = match lie {
        Some(lie) if args.scenarios.is_empty() => vec![lie.story.to_owned()],
        _ => args.scenarios.clone(),
    };
    let scenarios = scenario::select(scenario::embedded(), &names).map_err(|e| Usage(e.to_string()))?;
    let filtered = !args.scenarios.is_empty() || !args.terms.only.is_empty();
    let snapshots = match lie {
        _ if filtered => SnapshotUse::None("the run is filtered"),
        Some(_) if !fixed => SnapshotUse::None("the seed is not the fixed one"),
        Some(lie) if args.terms.snapshots.join("broken").is_dir() => {
            SnapshotUse::Broken(lie.name.replace('/', "-"))
        }
        Some(_) => SnapshotUse::None("there is no reports/broken/ here"),
        None if args.terms.snapshots.join("reference").is_dir() => SnapshotUse::Stories,
        None => SnapshotUse::None("there is no reports/reference/ here"),
    };
    let terms = judge::Terms {
        profiles: Profile::ALL.to_vec(),
        octet_stream: args.terms.octet_stream.into(),
        only: only(&args.terms.only)?,
    };
    examine::examine(Examination {
        started: jiff::Timestamp::now(),
        seed: seed(config.ranges.seed),
        stdout: Stdout::of(&args.terms),
        afterwards: if args.hold { Afterwards::Hold } else { Afterwards::Stop },
        config,
        scenarios,
        terms,
        strict: args.terms.strict || lie.is_some(),
        filtered,
        snapshots,
        snapshot_dir: args.terms.snapshots,
        in_flight: args.terms.in_flight.into(),
        out: args.terms.out,
    })
    .await
}

fn find(name: &str) -> Result<&'static Sabotage, Usage> {
    sabotage::find(name).ok_or_else(|| {
        let names: Vec<_> = sabotage::ALL.iter().map(|s| s.name).collect();
        let help = nearest_or(name, &names, "`conformance list --sabotages` shows them all");
        Usage(format!("there is no sabotage `{name}`\nhelp: {help}"))
    })
}

/// The program of `[start]` is this one.
fn start_ourselves(config: &mut Config, lie: Option<&Sabotage>) -> Result<(), Usage> {
    let literal = |text: &str| {
        Template::parse(&text.replace('{', "{{").replace('}', "}}"))
            .map(StartTemplate)
            .map_err(|e| Usage(e.to_string()))
    };
    let program = std::env::current_exe().map_err(|e| Usage(format!("our own program is not found: {e}")))?;
    let program = program.to_str().ok_or_else(|| Usage("our own path is not UTF-8".to_owned()))?;
    let start = config.start.as_mut().expect("demo.toml has [start]");
    start.command = vec![literal(program)?, literal("reference")?];
    if let Some(lie) = lie {
        start.env.insert("SABOTAGE".to_owned(), literal(lie.name)?);
    }
    Ok(())
}
