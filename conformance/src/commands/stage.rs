//! Sets both sides up: the fake HubSpot, and the integration where it is ours to start. Then the stories are told.

use super::examine::{Examination, probe_context};
use super::output::RunDir;
use super::port::Port;
use crate::config::Config;
use crate::config::template::Name;
use crate::config::trigger::Trigger;
use crate::drive::{self, Process, SetupFault};
use crate::evidence::RunFacts;
use crate::evidence::store::Told;
use crate::plan::{self, Values};
use crate::probe::trigger::Caller;
use crate::probe::{ProbeContext, Way};
use crate::run::{self, Gathered, Stage};
use crate::tls;
use mock_hubspot::MockHubSpot;
use mock_hubspot::secrets::Secrets;
use std::sync::{Mutex, PoisonError};
use tokio_util::sync::CancellationToken;

/// What becomes of the recordings that the integration gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spool {
    /// They go with the run.
    Goes,
    /// They stay in its folder, for whoever asked for them and takes them away.
    Stays,
}

/// Where they are, in the folder of a run.
pub(super) const SPOOL: &str = "spool";

/// Both sides, as long as they are up.
pub(super) struct Sides {
    pub(super) mock: Option<MockHubSpot>,
    pub(super) process: Option<Process>,
    /// Cut wherever something is captured.
    pub(super) secrets: Secrets,
}

impl Sides {
    pub(super) async fn stop(self, config: &Config) {
        if let Some(process) = self.process {
            process.stop(&config.waits).await;
        }
        if let Some(mock) = self.mock {
            mock.stop().await;
        }
    }
}

/// Sets both sides up and tells the stories.
pub(super) async fn tell_all(
    asked: &Examination,
    trigger: &Trigger,
    dir: &RunDir,
    interrupt: &CancellationToken,
) -> (Gathered, Sides) {
    let secrets = Secrets::new();
    let mut sides = Sides { mock: None, process: None, secrets: secrets.clone() };
    let fault = |fault: SetupFault| Gathered { faults: vec![fault], ..Gathered::default() };
    let trusted = match trusted(&asked.config, dir) {
        Ok(trusted) => trusted,
        Err(message) => return (fault(SetupFault::Ours { message }), sides),
    };
    let caller = match Caller::new(&trusted.way) {
        Ok(caller) => caller,
        Err(message) => return (fault(SetupFault::Ours { message }), sides),
    };
    let (mock, portal) = match hubspot(asked, &secrets, dir, &trusted.way).await {
        Ok((mock, portal)) => (&*sides.mock.insert(mock), portal),
        Err(message) => return (fault(SetupFault::Ours { message }), sides),
    };
    let port = Port::of(asked.program);
    let values = Values {
        mock_url: mock.url().to_owned(),
        portal,
        api: asked.config.hubspot.api.segment().to_owned(),
        port: port.number,
        // What the integration is told holds wherever it is started.
        run_dir: std::path::absolute(&dir.path).unwrap_or_else(|_| dir.path.clone()),
        seed: asked.seed,
    };
    let values = advertised(&asked.config, values);
    let planned = plan::plan(&asked.config, trigger, &asked.scenarios, &values, |contact| {
        mock.portal().add_contact(contact);
    });
    mock.hand_out(&dir.path.join(plan::RECORDINGS));
    let planned = match planned {
        Ok(planned) => asked.share(planned),
        Err(error) => {
            let message = format!("the recordings cannot be written to {}: {error}", dir.path.display());
            return (fault(SetupFault::Ours { message }), sides);
        }
    };
    match started(asked, &values, &secrets, &caller, dir, interrupt).await {
        Ok(process) => sides.process = process,
        Err(Some(fault_)) => return (fault(fault_), sides),
        Err(None) => return (Gathered { interrupted: true, ..Gathered::default() }, sides),
    }
    let listener = asked.stdout.listener();
    let told = Mutex::new(Told::new());
    let keep = |so_far: &Gathered| {
        let premises = asked.premises(so_far);
        let mut told = told.lock().unwrap_or_else(PoisonError::into_inner);
        // What cannot be kept now is said when the run ends.
        let _ = dir.record_so_far(&so_far.evidence, &premises, &mut told);
    };
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
            ca_file: trusted.file,
            proxy: None,
        },
        caller,
        probes: ProbeContext {
            way: trusted.way,
            ..probe_context(asked, &values.portal.app_id, secrets, dir)
        },
        done: trigger.done,
        concurrent: plan::concurrent(trigger),
        patience: asked.config.waits,
        events: &*listener,
        interrupt: interrupt.clone(),
        keep: &keep,
    };
    let gathered = run::run(&stage, planned).await;
    drop(stage);
    // Spooled recordings may be customers' speech: they go with the run, unless somebody asks for them.
    if asked.spool == Spool::Goes {
        let _ = std::fs::remove_dir_all(dir.path.join(SPOOL));
    }
    let _ = std::fs::remove_file(dir.path.join(tls::KEY));
    (gathered, sides)
}

/// Starts the fake HubSpot with the portal of this run; from here on its secrets are cut wherever something is captured.
pub(super) async fn hubspot(
    asked: &Examination,
    secrets: &Secrets,
    dir: &RunDir,
    way: &Way,
) -> Result<(MockHubSpot, mock_hubspot::PortalSetup), String> {
    let portal = portal(asked)?;
    for secret in [&portal.access_token, &portal.refresh_token, &portal.developer_key, &portal.client_secret]
    {
        secrets.know(secret);
    }
    let secure = asked.config.hubspot.tls;
    if !secure && given(&asked.config, |name| name == Name::CaFile) {
        return Err(
            "{ca_file} names no file: the fake HubSpot serves no HTTPS\nhelp: set [hubspot] tls = true"
                .to_owned(),
        );
    }
    let builder = MockHubSpot::builder()
        .portal(portal.clone())
        .strict(true)
        .secrets(secrets.clone())
        .waits(asked.config.waits.of_hubspot())
        .trust(way.trusted.clone())
        .proxy(way.proxy.clone());
    let builder = if secure { builder.tls(mock_hubspot::Tls::SelfSigned) } else { builder };
    let mock = builder.start().await;
    let mock = mock.map_err(|error| format!("the fake HubSpot cannot listen on loopback: {error}"))?;
    // A token that ends, or a limit that lasts, because the machine's clock was set would be laid at the integration's door.
    mock.clock().hold_steady();
    if let Some(authority) = mock.authority() {
        let place = dir.path.join(tls::HUBSPOT);
        let written =
            std::fs::create_dir_all(dir.path.join("tls")).and_then(|()| std::fs::write(&place, authority));
        written.map_err(|e| format!("whom to trust cannot be written to {}: {e}", place.display()))?;
    }
    Ok((mock, portal))
}

/// How both the probes and HubSpot's own side reach the integration.
#[derive(Debug, Default)]
pub(super) struct Trusted {
    pub(super) way: Way,
    /// Where curl finds whom to trust.
    pub(super) file: Option<String>,
}

/// The certificates of `[network] ca_file`, or, where the integration is given a certificate of ours, who signed that.
pub(super) fn trusted(config: &Config, dir: &RunDir) -> Result<Trusted, String> {
    let proxy = config.network.proxy();
    if let Some(file) = &config.network.ca_file {
        let path = config.folder.join(file);
        return Ok(Trusted {
            way: Way { trusted: tls::read(&path)?, proxy },
            file: Some(path.display().to_string()),
        });
    }
    if !given(config, |name| matches!(name, Name::TlsCert | Name::TlsKey)) {
        return Ok(Trusted { way: Way { proxy, ..Way::default() }, file: None });
    }
    let issued = tls::issue().map_err(|e| format!("no certificate can be made: {e}"))?;
    let place = dir.path.join(tls::AUTHORITY);
    let written = std::fs::create_dir_all(dir.path.join("tls"))
        .and_then(|()| std::fs::write(&place, &issued.authority))
        .and_then(|()| std::fs::write(dir.path.join(tls::CERTIFICATE), &issued.certificate))
        .and_then(|()| std::fs::write(dir.path.join(tls::KEY), &issued.key));
    written.map_err(|e| format!("the certificate cannot be written to {}: {e}", dir.path.display()))?;
    Ok(Trusted { way: Way { trusted: vec![issued.trusted], proxy }, file: Some(place.display().to_string()) })
}

/// Whether the integration is started with such a template.
fn given(config: &Config, wanted: impl Fn(Name) -> bool) -> bool {
    config.start.as_ref().is_some_and(|start| {
        start.env.values().chain(&start.command).any(|template| template.0.names().any(&wanted))
    })
}

/// The portal, with the secrets that the configuration gives instead of ours.
pub(super) fn portal(asked: &Examination) -> Result<mock_hubspot::PortalSetup, String> {
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

pub(super) fn advertised(config: &Config, mut values: Values) -> Values {
    if let Some(url) = &config.hubspot.advertise_url {
        let url = url.0.render(|name| values.common(name, &values.api));
        url.trim_end_matches('/').clone_into(&mut values.mock_url);
    }
    values
}

/// Starts the integration, where it is ours to start. `Err(None)`: interrupted.
pub(super) async fn started(
    asked: &Examination,
    values: &Values,
    secrets: &Secrets,
    caller: &Caller,
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
            up = process.ready(url, caller, &patience) => up.map_err(Some),
        };
        if let Err(fault) = up {
            process.stop(&patience).await;
            return Err(fault);
        }
    }
    Ok(Some(process))
}
