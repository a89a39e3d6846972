//! One examination from its first line to its exit code: what `demo` and `run` share.

use super::output::RunDir;
use super::{KIT_FAILED, Usage};
use crate::config::Config;
use crate::config::trigger::Trigger;
use crate::drive::{self, Process, SetupFault};
use crate::evidence::{Evidence, RunFacts, Story};
use crate::judge;
use crate::plan::{self, Values};
use crate::probe::{ProbeContext, RangeSettings};
use crate::report::progress;
use crate::report::terminal::{self, Colour};
use crate::results::{Identity, Kit, Results, RunTiming, SCHEMA};
use crate::run::{self, Gathered, Stage};
use crate::scenario::Scenario;
use crate::snapshot;
use crate::standing::{self, Circumstances};
use mock_hubspot::MockHubSpot;
use mock_hubspot::secrets::Secrets;
use std::io::IsTerminal;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;
use tokio_util::sync::CancellationToken;

/// What is to be examined, and on which terms.
pub(super) struct Examination {
    pub(super) seed: u64,
    pub(super) config: Config,
    pub(super) scenarios: Vec<Scenario>,
    pub(super) terms: judge::Terms,
    pub(super) strict: bool,
    pub(super) filtered: bool,
    pub(super) snapshots: SnapshotUse,
    pub(super) snapshot_dir: PathBuf,
    pub(super) ranges: RangeSettings,
    pub(super) out: Option<PathBuf>,
    pub(super) stdout: Stdout,
    pub(super) afterwards: Afterwards,
}

/// What stdout is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stdout {
    /// The report that people read.
    People,
    /// `results.json`, and nothing else.
    Json,
}

impl Stdout {
    pub(super) fn of(terms: &crate::cli::Terms) -> Self {
        if terms.json.is_some() { Self::Json } else { Self::People }
    }
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
    let (started, began) = (jiff::Timestamp::now(), Instant::now());
    let examination = Examination {
        seed: asked.seed,
        config: asked.config,
        scenarios: Vec::new(),
        terms: asked.terms,
        strict: asked.flags.strict,
        filtered: true,
        snapshots: SnapshotUse::None("probe has none"),
        stdout: Stdout::of(&asked.flags),
        ranges: asked.flags.ranges(),
        snapshot_dir: asked.flags.snapshots,
        out: asked.flags.out,
        afterwards: Afterwards::Stop,
    };
    let (dir, say) = opened(&examination, started)?;
    let interrupt = CancellationToken::new();
    let listening = tokio::spawn(cancel_on_ctrl_c(interrupt.clone()));
    let facts = RunFacts {
        seed: asked.seed,
        app_id: asked.app_id.clone(),
        registered_url: asked.url.clone(),
        ..RunFacts::default()
    };
    let context = ProbeContext {
        registered_url: asked.url,
        ..probe_context(&examination, &asked.app_id, Secrets::new(), &dir)
    };
    let listener = progress::on_stderr();
    let mut gathered = run::probe_alone(&context, facts, asked.story, &*listener, &interrupt).await;
    drop(listener);
    let _ = std::fs::remove_dir_all(&context.spool);
    let exit = conclude(&examination, &dir, &say, (started, began), &mut gathered);
    listening.abort();
    Ok(ExitCode::from(exit))
}

/// The run's folder, and its first line.
fn opened(asked: &Examination, started: jiff::Timestamp) -> Result<(RunDir, Say), Usage> {
    let run_id = format!("{}-{:08x}", started.strftime("%Y%m%dT%H%M%SZ"), asked.seed >> 32);
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

fn probe_context(asked: &Examination, app_id: &str, secrets: Secrets, dir: &RunDir) -> ProbeContext {
    ProbeContext {
        registered_url: String::new(),
        app_id: app_id.to_owned(),
        secrets,
        patience: asked.config.waits,
        ranges: RangeSettings { cases: asked.config.ranges.cases, seed: asked.seed, ..asked.ranges },
        spool: dir.path.join("spool"),
    }
}

pub(super) async fn examine(asked: Examination) -> Result<ExitCode, Usage> {
    let began = Instant::now();
    let started = jiff::Timestamp::now();
    let trigger = asked.config.trigger.clone().ok_or_else(|| {
        Usage("nothing makes a call happen: [trigger] is missing\nhelp: add [trigger] with request, command or manual".into())
    })?;
    let (dir, say) = opened(&asked, started)?;
    let interrupt = CancellationToken::new();
    let listening = tokio::spawn(cancel_on_ctrl_c(interrupt.clone()));
    let (mut gathered, sides) = tell_all(&asked, &trigger, &dir, &interrupt).await;
    let exit = conclude(&asked, &dir, &say, (started, began), &mut gathered);
    if asked.afterwards == Afterwards::Hold && !interrupt.is_cancelled() {
        hold(&say, &sides, &interrupt).await;
    }
    listening.abort();
    sides.stop(&asked.config).await;
    Ok(ExitCode::from(exit))
}

/// Judges what was gathered, compares snapshots, writes and prints the reports; the exit code.
fn conclude(
    asked: &Examination,
    dir: &RunDir,
    say: &Say,
    (started, began): (jiff::Timestamp, Instant),
    gathered: &mut Gathered,
) -> u8 {
    let took = began.elapsed();

    let mut circumstances = Circumstances {
        interrupted: gathered.interrupted,
        setup_faults: gathered.faults.iter().map(ToString::to_string).collect(),
        strict: asked.strict,
        ..Circumstances::default()
    };
    circumstances.setup_faults.dedup();
    let mut stories = judge::judge(&gathered.evidence, &asked.terms).unwrap_or_else(|panicked| {
        circumstances.harness_faults.push(panicked.to_string());
        Vec::new()
    });
    for (story, took) in stories.iter_mut().zip(&gathered.took) {
        story.took_ms = took.as_millis() as u64;
    }
    let mut results = Results {
        schema: SCHEMA.to_owned(),
        kit: Kit { name: env!("CARGO_PKG_NAME").to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() },
        integration: asked.config.integration.clone(),
        seed: format!("{:#018x}", asked.seed),
        cases: asked.config.ranges.cases,
        profiles: asked.terms.profiles.clone(),
        strict: asked.strict,
        filtered: asked.filtered,
        standing: standing::standing(&stories, &circumstances),
        stories,
        setup_faults: circumstances.setup_faults.clone(),
        timing: RunTiming { started: started.to_string(), took_ms: took.as_millis() as u64 },
    };
    let snapshots = compare_snapshots(asked, &results, &circumstances);
    circumstances.snapshots = snapshots.names;
    circumstances.harness_faults.extend(snapshots.faults);
    results.standing = standing::standing(&results.stories, &circumstances);

    finish(asked, dir, &results, &gathered.evidence, say, &snapshots.notes)
}

/// Both sides, as long as they are up.
struct Sides {
    mock: Option<MockHubSpot>,
    process: Option<Process>,
}

impl Sides {
    async fn stop(self, config: &Config) {
        if let Some(process) = self.process {
            process.stop(&config.waits).await;
        }
        if let Some(mock) = self.mock {
            mock.stop().await;
        }
    }
}

/// Sets both sides up and tells the stories.
async fn tell_all(
    asked: &Examination,
    trigger: &Trigger,
    dir: &RunDir,
    interrupt: &CancellationToken,
) -> (Gathered, Sides) {
    let mut sides = Sides { mock: None, process: None };
    let fault = |fault: SetupFault| Gathered { faults: vec![fault], ..Gathered::default() };
    let secrets = Secrets::new();
    let portal = match portal(asked) {
        Ok(portal) => portal,
        Err(message) => return (fault(SetupFault::Ours { message }), sides),
    };
    for secret in [&portal.access_token, &portal.refresh_token, &portal.developer_key, &portal.client_secret]
    {
        secrets.know(secret);
    }
    let mock =
        MockHubSpot::builder().portal(portal.clone()).strict(true).secrets(secrets.clone()).start().await;
    let mock = match mock {
        Ok(mock) => &*sides.mock.insert(mock),
        Err(error) => {
            let message = format!("the fake HubSpot cannot listen on loopback: {error}");
            return (fault(SetupFault::Ours { message }), sides);
        }
    };
    let values = Values {
        mock_url: mock.url().to_owned(),
        portal,
        api: asked.config.hubspot.api.segment().to_owned(),
        port: free_port(),
        run_dir: dir.path.clone(),
        seed: asked.seed,
    };
    let values = advertised(&asked.config, values);
    let planned = plan::plan(&asked.config, trigger, &asked.scenarios, &values, |contact| {
        mock.portal().add_contact(contact);
    });
    let planned = match planned {
        Ok(planned) => planned,
        Err(error) => {
            let message = format!("the recordings cannot be written to {}: {error}", dir.path.display());
            return (fault(SetupFault::Ours { message }), sides);
        }
    };
    match started(asked, &values, &secrets, dir, interrupt).await {
        Ok(process) => sides.process = process,
        Err(Some(fault_)) => return (fault(fault_), sides),
        Err(None) => return (Gathered { interrupted: true, ..Gathered::default() }, sides),
    }
    let listener = progress::on_stderr();
    let api = values.api.clone();
    let by_hand = asked.config.hubspot.registered_url.as_ref();
    let stage = Stage {
        mock,
        facts: RunFacts {
            seed: asked.seed,
            app_id: values.portal.app_id.clone(),
            mock_url: mock.url().to_owned(),
            registered_url: by_hand
                .map(|url| url.0.render(|name| values.common(name, &api)))
                .unwrap_or_default(),
            insecure_hosts: asked.config.hubspot.insecure_hosts.clone(),
            registration_expected: by_hand.is_none(),
        },
        probes: probe_context(asked, &values.portal.app_id, secrets, dir),
        done: trigger.done,
        concurrent: plan::concurrent(trigger),
        patience: asked.config.waits,
        events: &*listener,
        interrupt: interrupt.clone(),
    };
    let gathered = run::run(&stage, planned).await;
    drop(stage);
    // Spooled recordings may be customers' speech: they go with the run, unless somebody asks for them.
    let _ = std::fs::remove_dir_all(dir.path.join("spool"));
    (gathered, sides)
}

/// The portal, with the secrets that the configuration gives instead of ours.
fn portal(asked: &Examination) -> Result<mock_hubspot::PortalSetup, String> {
    let mut portal = plan::portal(asked.seed);
    let hubspot = &asked.config.hubspot;
    for (place, source) in [
        (&mut portal.access_token, &hubspot.access_token),
        (&mut portal.developer_key, &hubspot.developer_key),
        (&mut portal.refresh_token, &hubspot.refresh_token),
        (&mut portal.client_secret, &hubspot.client_secret),
    ] {
        if let Some(source) = source {
            *place = source.read().map_err(|error| error.to_string())?;
        }
    }
    Ok(portal)
}

fn advertised(config: &Config, mut values: Values) -> Values {
    if let Some(url) = &config.hubspot.advertise_url {
        let url = url.0.render(|name| values.common(name, &values.api));
        url.trim_end_matches('/').clone_into(&mut values.mock_url);
    }
    values
}

/// Starts the integration, where it is ours to start. `Err(None)`: interrupted.
async fn started(
    asked: &Examination,
    values: &Values,
    secrets: &Secrets,
    dir: &RunDir,
    interrupt: &CancellationToken,
) -> Result<Option<Process>, Option<SetupFault>> {
    let Some(start) = &asked.config.start else { return Ok(None) };
    let render = |template: &crate::config::template::StartTemplate| {
        template.0.render(|name| values.common(name, &values.api))
    };
    let folder = &asked.config.folder;
    let filled = drive::Start {
        command: start.command.iter().map(render).collect(),
        env: start.env.iter().map(|(name, value)| (name.clone(), render(value))).collect(),
        dir: (!folder.as_os_str().is_empty()).then(|| folder.clone()),
        ready: start.ready.as_ref().map(|ready| render(&ready.url)),
    };
    let mut patience = asked.config.waits;
    if let Some(within) = start.ready.as_ref().and_then(|ready| ready.within) {
        patience.start = within;
    }
    let mut process = Process::start(&filled, secrets, &dir.path.join("integration.log")).map_err(Some)?;
    if let Some(url) = &filled.ready {
        let up = tokio::select! {
            () = interrupt.cancelled() => Err(None),
            up = process.ready(url, &patience) => up.map_err(Some),
        };
        if let Err(fault) = up {
            process.stop(&patience).await;
            return Err(fault);
        }
    }
    Ok(Some(process))
}

/// A port that was free a moment ago: the integration must be told one before it is started.
fn free_port() -> u16 {
    TcpListener::bind(("127.0.0.1", 0)).and_then(|l| l.local_addr()).map_or(0, |address| address.port())
}

async fn cancel_on_ctrl_c(interrupt: CancellationToken) {
    if tokio::signal::ctrl_c().await.is_ok() {
        interrupt.cancel();
    }
}

/// What the comparison with accepted snapshots gave.
#[derive(Default)]
struct Compared {
    names: Vec<String>,
    notes: Vec<String>,
    faults: Vec<String>,
}

fn compare_snapshots(asked: &Examination, results: &Results, circumstances: &Circumstances) -> Compared {
    let mut compared = Compared::default();
    let incomplete = circumstances.interrupted || !circumstances.setup_faults.is_empty();
    let ci =
        if std::env::var("CI").is_ok_and(|v| v == "true") { snapshot::Ci::Yes } else { snapshot::Ci::No };
    let outcome = match &asked.snapshots {
        _ if incomplete => {
            compared.notes.push("snapshots were not compared: the run is incomplete".to_owned());
            return compared;
        }
        SnapshotUse::None(why) => {
            compared.notes.push(format!("snapshots were not compared: {why}"));
            return compared;
        }
        SnapshotUse::Stories => {
            snapshot::compare(results, &asked.snapshot_dir, &snapshot::slug(&results.integration.product), ci)
        }
        SnapshotUse::Broken(name) => snapshot::compare_broken(results, &asked.snapshot_dir, name, ci),
    };
    match outcome {
        Ok(differences) if differences.is_empty() => {
            compared.notes.push("snapshots: no difference".to_owned());
        }
        Ok(differences) => {
            for difference in differences {
                compared.notes.push(difference.to_string());
                compared.names.push(difference.scenario);
            }
        }
        Err(error) => compared.faults.push(format!("snapshots cannot be compared: {error}")),
    }
    compared
}

/// Writes and prints the reports; the exit code.
fn finish(
    asked: &Examination,
    dir: &RunDir,
    results: &Results,
    evidence: &Evidence,
    say: &Say,
    notes: &[String],
) -> u8 {
    let colour = if std::io::stdout().is_terminal()
        && std::env::var_os("NO_COLOR").is_none()
        && asked.stdout == Stdout::People
    {
        Colour::Always
    } else {
        Colour::Never
    };
    say.line(&terminal::render(results, colour));
    for note in notes {
        say.line(note);
    }
    if let Err(error) = dir.write(results, evidence) {
        eprintln!("conformance: the reports cannot be written to {}: {error}", dir.path.display());
        return KIT_FAILED;
    }
    let path = dir.path.display();
    say.line(&format!(
        "reports: {path}/results.json {path}/summary.md {path}/junit.xml {path}/evidence.ndjson"
    ));
    if asked.stdout == Stdout::Json {
        println!("{}", crate::report::json::render(results));
    }
    results.standing.exit
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

/// Where the report for people goes: stdout, or stderr when stdout is for `--json`.
struct Say {
    stdout: Stdout,
}

impl Say {
    fn line(&self, text: &str) {
        match self.stdout {
            Stdout::People => println!("{text}"),
            Stdout::Json => eprintln!("{text}"),
        }
    }
}
