//! The subcommands: one file each; the only code that prints and that writes `--out`.
//!
//! Read next: `examine.rs`, which `demo`, `run` and `probe` share.

/// As the standard one, but whoever stops reading is no fault of ours: `conformance list | head`.
macro_rules! println {
    ($($said:tt)*) => {{
        use std::io::Write as _;
        let _ = writeln!(std::io::stdout(), $($said)*);
    }};
}

mod certify;
mod coverage;
mod demo;
mod diff;
mod doctor;
mod dry_run;
mod examine;
mod explain;
mod init;
mod keygen;
mod list;
mod manual;
mod merge;
mod output;
mod port;
mod probe;
mod replay;
mod report;
mod run;
mod say;
mod self_test;
mod snapshot;
mod stage;
mod started;
mod verify;

use crate::cli::{Cli, Command};
use crate::config::located::{nearest_or, suggestion};
use crate::requirements::RequirementSet;
use std::process::ExitCode;

/// Why a command ends before it examined anything: usage or configuration. Exit 2.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Usage(pub String);

/// Usage or configuration; nothing was sent.
const USAGE: u8 = 2;
/// A check that counts failed.
const NOT_CONFORMANT: u8 = 1;
/// The kit itself failed.
const KIT_FAILED: u8 = 70;
/// Ctrl-C, or SIGTERM.
const INTERRUPTED: u8 = 130;

/// Does what the command line says.
pub fn main(cli: Cli) -> ExitCode {
    // Whoever embeds us may have chosen a provider already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    // The fake HubSpot has a flag for how it logs.
    if !matches!(cli.command, Command::Mock(_)) {
        tracing_subscriber::fmt()
            .with_writer(std::io::stderr)
            .with_env_filter(tracing_subscriber::EnvFilter::from_default_env())
            .init();
    }
    let mut builder = match cli.command {
        // A small server: to share its work out among threads would be more work than that.
        Command::Reference(_) => tokio::runtime::Builder::new_current_thread(),
        _ => tokio::runtime::Builder::new_multi_thread(),
    };
    let runtime = match builder.enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("conformance: no threads can be started: {error}");
            return ExitCode::from(KIT_FAILED);
        }
    };
    // As a task it runs where its connections are: each answer would have to wake another thread otherwise.
    let done = runtime.block_on(runtime.spawn(dispatch(cli.command)));
    let done = done.unwrap_or_else(|failed| std::panic::resume_unwind(failed.into_panic()));
    runtime.shutdown_background();
    done.unwrap_or_else(|Usage(message)| {
        eprintln!("conformance: {message}");
        ExitCode::from(USAGE)
    })
}

async fn dispatch(command: Command) -> Result<ExitCode, Usage> {
    match command {
        Command::Demo(args) => demo::demo(args).await,
        Command::Run(args) => run::run(args).await,
        Command::Probe(args) => Box::pin(probe::probe(args)).await,
        Command::Keygen(args) => keygen::keygen(&args),
        Command::Certify(args) => certify::certify(args).await,
        Command::Verify(args) => verify::verify(args).await,
        Command::List(args) => list::list(&args),
        Command::Explain { id } => explain::explain(&id),
        Command::Coverage => Ok(coverage::coverage()),
        Command::SelfTest(args) => self_test::self_test(args).await,
        Command::Replay(args) => replay::replay(args).await,
        Command::Snapshot(args) => Ok(snapshot::snapshot(&args)),
        Command::Doctor(args) => doctor::doctor(&args).await,
        Command::Init(args) => init::init(&args),
        Command::Report(args) => report::report(&args),
        Command::Merge(args) => merge::merge(&args),
        Command::Diff(args) => diff::diff(&args),
        Command::Completions { shell } => manual::completions(shell),
        Command::Man => manual::man(),
        Command::Mock(args) => match mock_hubspot::cli::run(args).await {
            Ok(()) => Ok(ExitCode::SUCCESS),
            Err(error) => Err(Usage(error.to_string())),
        },
        Command::Reference(args) => Ok(reference_integration::cli::run(args).await),
    }
}

/// A seed that was asked for, or a new one.
fn seed(asked: crate::config::value::Seed) -> u64 {
    use std::hash::{BuildHasher, Hasher};
    match asked {
        crate::config::value::Seed::Fixed(seed) => seed,
        // The standard library's hasher is keyed anew by the operating system's randomness.
        crate::config::value::Seed::Random => {
            std::collections::hash_map::RandomState::new().build_hasher().finish()
        }
    }
}

/// The requirement set with this name.
fn set(name: &str) -> Result<RequirementSet, Usage> {
    RequirementSet::find(name).ok_or_else(|| {
        let names = RequirementSet::ALL.map(RequirementSet::name);
        let help = suggestion(name, &names, "sets");
        Usage(format!("there is no requirement set `{name}`\nhelp: {help}"))
    })
}

/// Refuses `--only` prefixes that no check has.
fn only(prefixes: &[String]) -> Result<Vec<String>, Usage> {
    let ids: Vec<_> = crate::catalogue::all().map(|c| c.id).collect();
    for prefix in prefixes {
        if !ids.iter().any(|id| id.starts_with(prefix.as_str())) {
            let help = nearest_or(prefix, &ids, "`conformance list` shows them all");
            return Err(Usage(format!("no check's id starts with `{prefix}`\nhelp: {help}")));
        }
    }
    Ok(prefixes.to_vec())
}
