//! One examination from its first line to its exit code: what `demo` and `run` share.

use super::output::{self, RunDir};
use super::port::Program;
use super::say::{Say, Stdout};
use super::stage::{SPOOL, Sides, Spool, tell_all, trusted};
use super::started::Started;
use super::{KIT_FAILED, NOT_CONFORMANT, Usage};
use crate::conclusion::{self, Premises};
use crate::config::Config;
use crate::evidence::{Evidence, RunFacts, Story};
use crate::judge;
use crate::plan::PlannedStory;
use crate::probe::{ProbeContext, RangeSettings, Way};
use crate::report::terminal;
use crate::results::{Identity, Results, RunTiming};
use crate::run::{self, Gathered};
use crate::scenario::Scenario;
use crate::shard::Shard;
use crate::snapshot;
use mock_hubspot::MockHubSpot;
use mock_hubspot::secrets::Secrets;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// What is to be examined, and on which terms.
pub(super) struct Examination {
    pub(super) started: Started,
    pub(super) seed: u64,
    pub(super) config: Config,
    pub(super) program: Program,
    pub(super) scenarios: Vec<Scenario>,
    pub(super) terms: judge::Terms,
    pub(super) strict: bool,
    pub(super) filtered: bool,
    pub(super) shard: Option<Shard>,
    pub(super) snapshots: SnapshotUse,
    pub(super) snapshot_dir: PathBuf,
    pub(super) ranges: RangeSettings,
    pub(super) browser: Option<PathBuf>,
    pub(super) out: Option<PathBuf>,
    pub(super) stdout: Stdout,
    pub(super) spool: Spool,
    pub(super) afterwards: Afterwards,
}

/// What becomes of both sides when all is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Afterwards {
    /// They are stopped.
    Stop,
    /// They stay up until Ctrl-C.
    Hold,
}

/// Which snapshot reports a run is compared with.
pub(super) enum SnapshotUse {
    /// None: why.
    None(&'static str),
    /// One a story, in the folder of the product.
    Stories,
    /// The one of a sabotage, in `broken/`, by this name.
    Broken(String),
}

/// What `probe` asks.
pub(super) struct Prober {
    pub(super) url: String,
    pub(super) app_id: String,
    pub(super) story: Story,
    pub(super) config: Config,
    pub(super) seed: u64,
    pub(super) terms: judge::Terms,
    pub(super) flags: crate::cli::Terms,
}

pub(super) async fn probe(asked: Prober) -> Result<ExitCode, Usage> {
    let examination = Examination {
        started: Started::now(),
        seed: asked.seed,
        config: asked.config,
        program: Program::Theirs,
        scenarios: Vec::new(),
        terms: asked.terms,
        strict: asked.flags.strict,
        filtered: true,
        shard: None,
        snapshots: SnapshotUse::None("probe has none"),
        stdout: Stdout::of(&asked.flags),
        ranges: asked.flags.ranges(),
        browser: asked.flags.browser.flatten(),
        snapshot_dir: asked.flags.snapshots,
        out: asked.flags.out,
        spool: Spool::Goes,
        afterwards: Afterwards::Stop,
    };
    let (dir, say) = opened(&examination)?;
    let interrupt = CancellationToken::new();
    let listening = cancel_when_told(interrupt.clone());
    let facts = RunFacts {
        seed: asked.seed,
        app_id: asked.app_id.clone(),
        registered_url: asked.url.clone(),
        ..RunFacts::default()
    };
    let trusted = trusted(&examination.config, &dir).map_err(Usage)?;
    let proxy = trusted.way.proxy_to(&asked.url).map(|proxy| proxy.url().to_string());
    let facts = RunFacts { ca_file: trusted.file, proxy, ..facts };
    let context = ProbeContext {
        way: trusted.way,
        registered_url: asked.url,
        ..probe_context(&examination, &asked.app_id, Secrets::new(), &dir)
    };
    let listener = examination.stdout.listener();
    let gathered = run::probe_alone(&context, facts, asked.story, &*listener, &interrupt).await;
    drop(listener);
    let _ = std::fs::remove_dir_all(&context.spool);
    let (results, _) = conclude(&examination, &dir, &say, &gathered);
    listening.abort();
    Ok(ExitCode::from(results.standing.exit))
}

/// The run's folder, and its first line.
fn opened(asked: &Examination) -> Result<(RunDir, Say), Usage> {
    let run_id = format!("{}-{:08x}", asked.started.at.strftime("%Y%m%dT%H%M%SZ"), asked.seed >> 32);
    let dir = RunDir::create(asked.out.as_deref(), &run_id).map_err(Usage)?;
    let say = Say { stdout: asked.stdout };
    say.line(&format!(
        "seed {:#018x} · conformance {} · {}",
        asked.seed,
        env!("CARGO_PKG_VERSION"),
        who(&asked.config.integration)
    ));
    Ok((dir, say))
}

pub(super) fn probe_context(
    asked: &Examination,
    app_id: &str,
    secrets: Secrets,
    dir: &RunDir,
) -> ProbeContext {
    ProbeContext {
        registered_url: String::new(),
        app_id: app_id.to_owned(),
        secrets,
        patience: asked.config.waits,
        ranges: RangeSettings { cases: asked.config.ranges.cases, seed: asked.seed, ..asked.ranges },
        spool: dir.path.join(SPOOL),
        way: Way::default(),
        browser: asked.browser.clone(),
    }
}

/// Nothing makes a call happen.
pub(super) fn no_trigger() -> Usage {
    Usage("nothing makes a call happen: [trigger] is missing\nhelp: add [trigger] with request, command or manual".into())
}

/// An examination that is over.
pub(super) struct Examined {
    pub(super) dir: RunDir,
    pub(super) evidence: Evidence,
    pub(super) premises: Premises,
    pub(super) results: Results,
    /// What must not be written down anywhere.
    pub(super) secrets: Secrets,
}

pub(super) async fn examine(asked: Examination) -> Result<Examined, Usage> {
    let trigger = asked.config.trigger.clone().ok_or_else(no_trigger)?;
    let (dir, say) = opened(&asked)?;
    let interrupt = CancellationToken::new();
    let listening = cancel_when_told(interrupt.clone());
    let (mut gathered, sides) = tell_all(&asked, &trigger, &dir, &interrupt).await;
    // A run that was never set up has its seed too: it is what is told when it is asked for again.
    gathered.evidence.run.seed = asked.seed;
    let (results, premises) = conclude(&asked, &dir, &say, &gathered);
    if asked.afterwards == Afterwards::Hold && !interrupt.is_cancelled() {
        hold(&say, &sides, &interrupt).await;
    }
    listening.abort();
    let secrets = sides.secrets.clone();
    sides.stop(&asked.config).await;
    Ok(Examined { dir, evidence: gathered.evidence, premises, results, secrets })
}

/// Judges what was gathered, compares snapshots, writes and prints the reports.
fn conclude(asked: &Examination, dir: &RunDir, say: &Say, gathered: &Gathered) -> (Results, Premises) {
    let mut premises = asked.premises(gathered);
    let mut results = conclusion::conclude(&gathered.evidence, &premises);
    let snapshots = compare_snapshots(&asked.snapshots, &asked.snapshot_dir, &results, &premises);
    premises.snapshots = snapshots.names;
    premises.harness_faults.extend(snapshots.faults);
    conclusion::restate(&mut results, &premises);
    let mut notes = snapshots.notes;
    if let Some(set) = asked.started.clock_was_set() {
        // The life of a URL, a token or a limit may have ended for that alone.
        if results.standing.exit == NOT_CONFORMANT {
            premises.harness_faults.push(format!(
                "{set}: what failed may have failed for that alone\nhelp: run it again while nobody sets the clock"
            ));
            conclusion::restate(&mut results, &premises);
        }
        notes.push(format!("{set}; times are told as if it had not been"));
    }

    finish(asked, dir, &mut results, (&gathered.evidence, &premises), say, &notes);
    (results, premises)
}

impl Examination {
    /// The stories of a plan that are told here.
    pub(super) fn share(&self, mut planned: Vec<PlannedStory>) -> Vec<PlannedStory> {
        planned.retain(|story| self.shard.is_none_or(|shard| shard.tells(story.place)));
        planned
    }

    /// What results are made of besides evidence, as far as is known.
    pub(super) fn premises(&self, gathered: &Gathered) -> Premises {
        let mut setup_faults: Vec<_> = gathered.faults.iter().map(ToString::to_string).collect();
        setup_faults.dedup();
        Premises {
            kit: conclusion::kit(),
            integration: self.config.integration.clone(),
            cases: self.config.ranges.cases,
            terms: self.terms.clone(),
            strict: self.strict,
            filtered: self.filtered,
            shard: self.shard,
            waivers: self.config.waivers.clone(),
            setup_faults,
            harness_faults: Vec::new(),
            interrupted: gathered.interrupted,
            snapshots: Vec::new(),
            timing: RunTiming { started: self.started.at.to_string(), took_ms: self.started.elapsed_ms() },
            took_ms: gathered.took.iter().map(|took| took.as_millis() as u64).collect(),
        }
    }
}

/// Ctrl-C, or the signal with which a CI job or a supervisor ends it: both sides are stopped, and reports are written.
///
/// It is listened for when this returns, before anything is started that could be left behind.
pub(super) fn cancel_when_told(interrupt: CancellationToken) -> JoinHandle<()> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let signals = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()));
        if let (Ok(mut interrupted), Ok(mut terminated)) = signals {
            return tokio::spawn(async move {
                tokio::select! {
                    _ = interrupted.recv() => {}
                    _ = terminated.recv() => {}
                }
                interrupt.cancel();
            });
        }
    }
    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            interrupt.cancel();
        }
    })
}

/// What the comparison with accepted snapshots gave.
#[derive(Default)]
pub(super) struct Compared {
    pub(super) names: Vec<String>,
    pub(super) notes: Vec<String>,
    pub(super) faults: Vec<String>,
}

pub(super) fn compare_snapshots(
    with: &SnapshotUse,
    dir: &Path,
    results: &Results,
    premises: &Premises,
) -> Compared {
    let mut compared = Compared::default();
    let incomplete = premises.interrupted || !premises.setup_faults.is_empty();
    let ci =
        if std::env::var("CI").is_ok_and(|v| v == "true") { snapshot::Ci::Yes } else { snapshot::Ci::No };
    let outcome = match with {
        _ if incomplete => {
            compared.notes.push("snapshots were not compared: the run is incomplete".to_owned());
            return compared;
        }
        SnapshotUse::None(why) => {
            compared.notes.push(format!("snapshots were not compared: {why}"));
            return compared;
        }
        SnapshotUse::Stories => {
            snapshot::compare(results, dir, &snapshot::slug(&results.integration.product), ci)
        }
        SnapshotUse::Broken(name) => snapshot::compare_broken(results, dir, name, ci),
    };
    match outcome {
        Ok(differences) if differences.is_empty() => {
            compared.notes.push("snapshots: no difference".to_owned());
        }
        Ok(differences) => {
            compared.notes.extend(snapshot::told(&differences, dir, ci));
            compared.names.extend(differences.into_iter().map(|difference| difference.scenario));
        }
        Err(error) => compared.faults.push(format!("snapshots cannot be compared: {error}")),
    }
    compared
}

/// Writes and prints the reports.
fn finish(
    asked: &Examination,
    dir: &RunDir,
    results: &mut Results,
    (evidence, premises): (&Evidence, &Premises),
    say: &Say,
    notes: &[String],
) {
    let colour = output::colour(asked.stdout != Stdout::People);
    say.line(&terminal::render(results, colour));
    for note in notes {
        say.line(note);
    }
    let written = dir.record(evidence, premises).and_then(|()| dir.write_reports(results, evidence));
    if let Err(error) = written {
        eprintln!("conformance: {}", dir.unwritable(&error));
        results.standing.exit = KIT_FAILED;
        return;
    }
    if asked.stdout != Stdout::Silent {
        output::tell_github(results, |text| say.line(text));
    }
    say.line(&output::places(dir));
    if asked.stdout == Stdout::Json {
        println!("{}", crate::report::json::render(results));
    }
}

async fn hold(say: &Say, sides: &Sides, interrupt: &CancellationToken) {
    let mock = sides.mock.as_ref().map_or("", MockHubSpot::url);
    say.line(&format!("both sides stay up (HubSpot at {mock}); Ctrl-C ends them"));
    interrupt.cancelled().await;
}

fn who(integration: &Identity) -> String {
    [&integration.product, &integration.version]
        .into_iter()
        .filter(|part| !part.is_empty())
        .cloned()
        .collect::<Vec<_>>()
        .join(" ")
}
