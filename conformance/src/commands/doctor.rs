//! `doctor`: whether both sides can reach each other, before anything is judged. Each fault is told to be one of the
//! configuration, or one of the integration.

use super::examine::{Afterwards, Examination, SnapshotUse, cancel_when_told};
use super::output::RunDir;
use super::port::{Port, Program};
use super::say::Stdout;
use super::stage::{self, Sides, Spool};
use super::started::Started;
use super::{INTERRUPTED, Usage, seed};
use crate::cli::DoctorArgs;
use crate::config::Config;
use crate::config::overrides::Overrides;
use crate::config::trigger::{Done, Trigger};
use crate::drive::act::{self, Act};
use crate::judge;
use crate::plan::{self, PlannedStory, Values};
use crate::probe::RangeSettings;
use crate::probe::trigger::Caller;
use crate::scenario;
use mock_hubspot::journal::{Credential, Direction, Entry, Outcome};
use mock_hubspot::operation::Operation;
use mock_hubspot::secrets::Secrets;
use mock_hubspot::{MockHubSpot, nearest_miss};
use std::path::PathBuf;
use std::process::ExitCode;
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

/// Something cannot be reached, or does not start.
const SETUP: u8 = 4;

/// Whose fault something is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fault {
    Configuration,
    Integration,
}

/// Says each thing as it is found out.
#[derive(Default)]
struct Told {
    faults: Vec<Fault>,
}

impl Told {
    fn well(what: &str) {
        println!("ok             {what}");
    }
    fn note(what: &str) {
        println!("note           {what}");
    }
    fn fault(&mut self, fault: Fault, what: &str) {
        let word = match fault {
            Fault::Configuration => "CONFIGURATION",
            Fault::Integration => "INTEGRATION",
        };
        let what = what.replace('\n', "\n               ");
        println!("{word:<14} {what}");
        self.faults.push(fault);
    }
}

pub(super) async fn doctor(args: &DoctorArgs) -> Result<ExitCode, Usage> {
    let environment =
        Overrides::from_env(|name| std::env::var(name).ok()).map_err(|e| Usage(e.to_string()))?;
    let config = Config::load(&args.config).map_err(|e| Usage(e.to_string()))?.with(environment);
    let asked = Examination {
        started: Started::now(),
        seed: seed(config.ranges.seed),
        config,
        program: Program::Theirs,
        scenarios: Vec::new(),
        terms: judge::Terms::default(),
        strict: false,
        filtered: true,
        shard: None,
        snapshots: SnapshotUse::None("doctor has none"),
        snapshot_dir: PathBuf::new(),
        ranges: RangeSettings { in_flight: 1, ..RangeSettings::default() },
        browser: None,
        out: None,
        stdout: Stdout::People,
        spool: Spool::Goes,
        afterwards: Afterwards::Stop,
    };
    let trigger = asked.config.trigger.clone().ok_or_else(super::examine::no_trigger)?;
    let folder = tempfile::tempdir().map_err(|error| Usage(format!("no temporary folder: {error}")))?;
    let dir = RunDir::existing(folder.path());
    let mut told = Told::default();
    Told::well("conformance.toml is read, and every name in braces in it exists");
    let secrets = Secrets::new();
    let mut sides = Sides { mock: None, process: None, secrets: secrets.clone() };
    let interrupt = CancellationToken::new();
    let listening = cancel_when_told(interrupt.clone());
    tokio::select! {
        () = interrupt.cancelled() => {}
        () = examine(&asked, &trigger, &dir, &secrets, &mut told, &mut sides) => {}
    }
    listening.abort();
    sides.stop(&asked.config).await;
    if interrupt.is_cancelled() {
        return Ok(ExitCode::from(INTERRUPTED));
    }
    if !told.faults.is_empty() {
        keep_log(folder);
    }
    let count = |fault: Fault| told.faults.iter().filter(|f| **f == fault).count();
    match (count(Fault::Configuration), count(Fault::Integration)) {
        (0, 0) => {
            println!("\nboth sides reach each other: `conformance run` can judge");
            Ok(ExitCode::SUCCESS)
        }
        (0, n) => {
            println!(
                "\n{n} to be looked for in the integration; the configuration is sound as far as it was tried"
            );
            Ok(ExitCode::from(SETUP))
        }
        (_, 0) => {
            println!(
                "\nto be looked for in conformance.toml, or in the surroundings; nothing is said against the integration"
            );
            Ok(ExitCode::from(SETUP))
        }
        _ => {
            println!("\nmend the configuration first, then ask again");
            Ok(ExitCode::from(SETUP))
        }
    }
}

/// What the integration printed is still there once a fault has pointed to it; the rest of the folder is not.
fn keep_log(folder: TempDir) {
    let folder = folder.keep();
    for other in ["tls", plan::RECORDINGS] {
        // What cannot be taken away is the system's to clear.
        let _ = std::fs::remove_dir_all(folder.join(other));
    }
    // Only an empty folder can be removed: without a log nothing is left behind.
    let _ = std::fs::remove_dir(folder);
}

async fn examine(
    asked: &Examination,
    trigger: &Trigger,
    dir: &RunDir,
    secrets: &Secrets,
    told: &mut Told,
    sides: &mut Sides,
) {
    let way = stage::trusted(&asked.config, dir).map(|trusted| trusted.way);
    let (way, caller) = match way.and_then(|way| Caller::new(&way).map(|caller| (way, caller))) {
        Ok(both) => both,
        Err(message) => return told.fault(Fault::Configuration, &message),
    };
    let (mock, portal) = match stage::hubspot(asked, secrets, dir, &way).await {
        Ok((mock, portal)) => (&*sides.mock.insert(mock), portal),
        Err(message) => return told.fault(Fault::Configuration, &message),
    };
    Told::well(&format!("the fake HubSpot listens at {}", mock.url()));
    let values = Values {
        mock_url: mock.url().to_owned(),
        portal,
        api: asked.config.hubspot.api.segment().to_owned(),
        port: Port::of(Program::Theirs).number,
        run_dir: dir.path.clone(),
        seed: asked.seed,
    };
    let values = stage::advertised(&asked.config, values);
    advertised(mock, &values, &caller).await;
    match stage::started(asked, &values, secrets, &caller, dir, &CancellationToken::new()).await {
        Ok(Some(process)) => {
            sides.process = Some(process);
            Told::well("the integration starts, and says that it is up");
        }
        Ok(None) => Told::note("[start] is left out: the integration is taken to run already"),
        Err(fault) => {
            let fault = fault.map(|f| f.to_string()).unwrap_or_default();
            let configured = ["could not be started", "no TLS is spoken there", "does it speak https://"];
            let whose = if configured.iter().any(|words| fault.contains(words)) {
                Fault::Configuration
            } else {
                Fault::Integration
            };
            return told.fault(whose, &fault);
        }
    }
    let Some(usual) = scenario::embedded().into_iter().next() else { return };
    mock.hand_out(&dir.path.join(plan::RECORDINGS));
    let planned = plan::plan(&asked.config, trigger, &[usual], &values, |contact| {
        mock.portal().add_contact(contact);
    });
    match planned {
        Ok(planned) => {
            for story in &planned {
                one_call(asked, (trigger, &caller), mock, story, &values, told).await;
            }
        }
        Err(error) => told.fault(Fault::Configuration, &format!("the recordings cannot be written: {error}")),
    }
}

/// Whether what is advertised leads here, as far as can be seen from here.
async fn advertised(mock: &MockHubSpot, values: &Values, caller: &Caller) {
    if values.mock_url == mock.url() {
        return;
    }
    let url = format!("{}/_mock/journal", values.mock_url);
    match caller.is_up(&url).await {
        Ok(()) => Told::well(&format!("advertise_url leads here: {}", values.mock_url)),
        Err(reason) => Told::note(&format!(
            "advertise_url {} does not lead here from this machine ({reason}); from where the integration runs it may",
            values.mock_url
        )),
    }
}

/// Makes one call, and follows what it brings about in both directions.
async fn one_call(
    asked: &Examination,
    (trigger, caller): (&Trigger, &Caller),
    mock: &MockHubSpot,
    planned: &PlannedStory,
    values: &Values,
    told: &mut Told,
) {
    let (Some(act), Some(key)) = (planned.acts.first(), planned.keys.first()) else { return };
    if let Act::Manual(sentence) = act {
        println!("please: {sentence}");
    }
    let since = mock.journal().len();
    match act::perform(act, caller, &asked.config.waits, mock.secrets()).await {
        Err(fault) => return told.fault(Fault::Configuration, &fault.to_string()),
        Ok(reply) => match reply.failed() {
            Some(failed) => Told::note(&failed),
            None => Told::well("the trigger is reached"),
        },
    }
    let wait = match trigger.done {
        Done::Reply => std::time::Duration::ZERO,
        Done::Journal => asked.config.waits.inbound,
    };
    let arrived = |e: &Entry| e.direction == Direction::Arrived;
    if mock.journal().wait_for(arrived, wait).await.is_err() {
        return told.fault(
            Fault::Configuration,
            &format!(
                "integration → HubSpot: nothing arrived at {} within {} s\nhelp: give the integration {{mock_url}} as HubSpot's base URL; where it runs elsewhere, set [hubspot] advertise_url to an address that it can reach",
                values.mock_url,
                wait.as_secs()
            ),
        );
    }
    Told::well("integration → HubSpot: requests arrive");
    credentials(mock, told);
    let logged = |e: &Entry| {
        e.number > since && e.operation == Some(Operation::LogCall) && e.outcome == Outcome::Served
    };
    if mock.journal().wait_for(logged, wait).await.is_err() {
        let nearest = nearest_miss(&mock.journal().since(since), Operation::LogCall, key);
        let nearest = nearest.map(|near| format!("; came closest: {near}")).unwrap_or_default();
        told.fault(
            Fault::Integration,
            &format!("no call was logged within {} s of the trigger{nearest}", wait.as_secs()),
        );
    } else {
        Told::well("one call was made, and HubSpot has it");
    }
    endpoint((asked, caller), mock, planned, values, told).await;
}

/// Whether the credentials are those that were given.
fn credentials(mock: &MockHubSpot, told: &mut Told) {
    let strange = mock.journal().entries().into_iter().find(|e| {
        e.direction == Direction::Arrived
            && matches!(e.credential, Credential::Unknown | Credential::ExpiredToken)
    });
    match strange {
        Some(entry) => told.fault(
            Fault::Configuration,
            &format!(
                "{} {} came with a credential that this portal never gave\nhelp: give the integration {{access_token}} and {{developer_key}}, or name yours under [hubspot]",
                entry.request.method,
                entry.request.target.split('?').next().unwrap_or_default()
            ),
        ),
        None => Told::well("the credentials are those of this portal"),
    }
}

/// Whether HubSpot's side reaches the endpoint that was registered.
async fn endpoint(
    (asked, caller): (&Examination, &Caller),
    mock: &MockHubSpot,
    planned: &PlannedStory,
    values: &Values,
    told: &mut Told,
) {
    let by_hand = asked.config.hubspot.registered_url.as_ref();
    let by_hand = by_hand.map(|url| url.0.render(|name| values.common(name, &values.api)));
    let Some(registered) = by_hand.or_else(|| mock.portal().registered_url(&values.portal.app_id)) else {
        return told.fault(
            Fault::Integration,
            "no recording URL was registered for the app\nhelp: the integration registers it once (guide §2); one that is registered by hand is named with [hubspot] registered_url",
        );
    };
    let call = planned.story.calls.first();
    let (id, account) = call.map_or(("", ""), |c| (c.external_id.as_str(), c.account_id.as_str()));
    let url = mock_hubspot::retrieval::callback_url(&registered, id, &values.portal.app_id, account);
    let wait = asked.config.waits.first_byte;
    match caller.send("GET", &url, &[], None, false, wait).await {
        Ok(answer) if answer.status < 500 => {
            Told::well(&format!("HubSpot → integration: {registered} answers ({})", answer.status));
        }
        Ok(answer) => told.fault(
            Fault::Integration,
            &format!("HubSpot → integration: {registered} answers {}", answer.status),
        ),
        Err(reason) => told.fault(
            Fault::Configuration,
            &format!(
                "HubSpot → integration: {registered} cannot be reached: {reason}\nhelp: what the integration registers must be an address that this machine can reach"
            ),
        ),
    }
}
