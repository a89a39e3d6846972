//! `demo`: the whole job against the bundled reference integration, started as a process of its own.

use super::examine::{self, Afterwards, Examination, SnapshotUse};
use super::port::Program;
use super::say::Stdout;
use super::stage::Spool;
use super::started::Started;
use super::{Usage, only, seed};
use crate::check::Profile;
use crate::cli::DemoArgs;
use crate::config::Config;
use crate::config::located::nearest_or;
use crate::config::overrides::Overrides;
use crate::config::template::{Name, StartTemplate, Template};
use crate::config::value::Seed;
use crate::judge;
use crate::probe::RangeSettings;
use crate::scenario;
use reference_integration::sabotage::{self, Sabotage};
use reference_integration::variant::{self, Variant};
use std::process::ExitCode;
use std::time::Duration;

/// The seed of a broken demo that was given none: what `reports/broken/` shows must be the same everywhere.
const BROKEN_SEED: u64 = 0x0b0e_1e55_ed00_5eed;

/// The story that a browser plays.
const PLAYED: &str = "in-a-browser";

/// Lies that only a thorough run meets; there the pause is as short as it can be for them.
const SLOW_LIES: [&str; 2] = ["download/cuts-slow-readers", "download/forgets-after-a-pause"];
/// Lies and variants that need a recording that is served over HTTPS.
const OVER_HTTPS: [&str; 3] = ["ranges/http2-length", "security/leaves-https", "over-https"];
/// That pause.
const SHORT_IDLE: Duration = Duration::from_secs(5);

pub(super) async fn demo(args: DemoArgs) -> Result<ExitCode, Usage> {
    let stdout = Stdout::of(&args.terms);
    let examined = examine::examine(examination(args, stdout)?).await?;
    Ok(ExitCode::from(examined.results.standing.exit))
}

/// The examination of the bundled reference integration on these terms.
pub(super) fn examination(args: DemoArgs, stdout: Stdout) -> Result<Examination, Usage> {
    let variant = args.variant.as_deref().map(find_variant).transpose()?;
    let lie = args.sabotage.as_deref().map(find).transpose()?;
    let environment =
        Overrides::from_env(|name| std::env::var(name).ok()).map_err(|e| Usage(e.to_string()))?;
    let given = args.terms.overrides(None).map_err(Usage)?.or(environment);
    let fixed = lie.is_some() && given.seed.is_none() && given.cases.is_none();
    let mut config =
        Config::parse(include_str!("demo.toml"), "demo.toml").map_err(|e| Usage(e.to_string()))?.with(given);
    config.folder = std::path::PathBuf::new();
    start_ourselves(&mut config, lie, variant)?;
    let slow = lie.is_some_and(|lie| SLOW_LIES.contains(&lie.name));
    if slow {
        config.waits.idle = SHORT_IDLE;
    }
    if fixed {
        config.ranges.seed = Seed::Fixed(BROKEN_SEED);
    }
    let story = lie.map(|lie| lie.story).or(variant.map(|variant| variant.story));
    // What a lie does to a player shows in a recording that no browser holds as a whole.
    let browser = args.terms.browser.is_some();
    let story = story.map(|story| if browser { PLAYED } else { story });
    let names = match story {
        Some(story) if args.scenarios.is_empty() => vec![story.to_owned()],
        _ => args.scenarios.clone(),
    };
    let scenarios =
        scenario::select(scenario::embedded(), &names, browser).map_err(|e| Usage(e.to_string()))?;
    let filtered = !args.scenarios.is_empty() || !args.terms.only.is_empty();
    let snapshots = match lie {
        _ if filtered => SnapshotUse::None("the run is filtered"),
        Some(_) if browser => SnapshotUse::None("a browser asks as it likes"),
        _ if variant.is_some() => SnapshotUse::None("a legal variant has none"),
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
        set: None,
    };
    Ok(Examination {
        started: Started::now(),
        seed: seed(config.ranges.seed),
        stdout,
        spool: Spool::Goes,
        afterwards: if args.hold { Afterwards::Hold } else { Afterwards::Stop },
        config,
        program: Program::Ours,
        scenarios,
        terms,
        strict: args.terms.strict || lie.is_some(),
        filtered,
        shard: None,
        snapshots,
        ranges: RangeSettings {
            dos_hygiene: args.terms.dos_hygiene || lie.is_some(),
            thorough: args.terms.thorough || slow,
            ..args.terms.ranges()
        },
        browser: args.terms.browser.flatten(),
        snapshot_dir: args.terms.snapshots,
        out: args.terms.out,
    })
}

fn find(name: &str) -> Result<&'static Sabotage, Usage> {
    sabotage::find(name).ok_or_else(|| {
        let names: Vec<_> = sabotage::ALL.iter().map(|s| s.name).collect();
        let help = nearest_or(name, &names, "`conformance list --sabotages` shows them all");
        Usage(format!("there is no sabotage `{name}`\nhelp: {help}"))
    })
}

fn find_variant(name: &str) -> Result<&'static Variant, Usage> {
    variant::find(name).ok_or_else(|| {
        let names: Vec<_> = variant::ALL.iter().map(|v| v.name).collect();
        let help = nearest_or(name, &names, "they stand in conformance/reference/src/variant/");
        Usage(format!("there is no legal variant `{name}`\nhelp: {help}"))
    })
}

/// The program of `[start]` is this one.
fn start_ourselves(
    config: &mut Config,
    lie: Option<&Sabotage>,
    variant: Option<&Variant>,
) -> Result<(), Usage> {
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
    if lie.map(|lie| lie.name).or(variant.map(|it| it.name)).is_some_and(|it| OVER_HTTPS.contains(&it)) {
        start.env.insert("TLS_CERT".to_owned(), StartTemplate(Template::of(Name::TlsCert)));
        start.env.insert("TLS_KEY".to_owned(), StartTemplate(Template::of(Name::TlsKey)));
    }
    if let Some(variant) = variant {
        start.env.insert("VARIANT".to_owned(), literal(variant.name)?);
    }
    Ok(())
}
