//! The command line: `mock-hubspot [--listen ADDRESS] [--portal FILE] [--store FILE] [--strict]`, or `mock-hubspot --endpoints`.
//!
//! stdout carries the address, or the endpoints, and nothing else. Read next: `server.rs`, `portal/setup.rs`, `keeping.rs`.

use crate::keeping::Keeping;
use crate::portal::{PortalSetup, file};
use crate::server::MockHubSpot;
use crate::store::StoreError;
use crate::switches;
use crate::versions;
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tracing_subscriber::EnvFilter;

/// A fake HubSpot for calling integrations.
#[derive(Clone, Debug, clap::Parser)]
#[command(name = "mock-hubspot", version, after_long_help = answered())]
pub struct Args {
    /// Where to listen; port 0 is any free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:4600")]
    pub listen: SocketAddr,
    /// A TOML file that says what the portal holds
    #[arg(long, value_name = "FILE")]
    pub portal: Option<PathBuf>,
    /// Take credentials as HubSpot takes them, instead of any or none
    #[arg(long)]
    pub strict: bool,
    /// Decide what HubSpot's documents leave open, e.g. `owner-ids=refuse`
    #[arg(long = "switch", value_name = "NAME=VALUE")]
    pub switches: Vec<String>,
    /// What is kept, and where
    #[command(flatten)]
    pub keeping: Keeping,
    /// Print every endpoint that is answered, by version, and exit
    #[arg(long)]
    pub endpoints: bool,
}

/// The end of `--help`: every switch, and every endpoint by version.
fn answered() -> String {
    format!("Switches (the first value is the default):\n{}\n{}", switches::as_text(), versions::as_text())
}

/// Why it could not serve.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The portal file cannot be read.
    #[error("cannot read the portal file {path}: {source}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The portal file says something that no portal has.
    #[error("{0}")]
    Portal(String),
    /// The store cannot be used, or cannot be used any more.
    #[error("{0}")]
    Store(Arc<StoreError>),
    /// There is no such switch.
    #[error("--switch: {0}")]
    Switch(String),
    /// The address is taken or not ours.
    #[error(
        "cannot listen on {address}: {source}\nhelp: stop what listens there, or use --listen 127.0.0.1:0"
    )]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
}

/// Serves until it is interrupted.
pub async fn run(args: Args) -> Result<(), StartError> {
    if args.endpoints {
        // Nobody reading on is no reason to fail.
        let _ = std::io::stdout().lock().write_all(versions::as_text().as_bytes());
        return Ok(());
    }
    let given = args.portal.as_deref().map(read_portal).transpose()?;
    let is_default = given.is_none() && args.keeping.store.is_none();
    let opened = args.keeping.open(given).map_err(|error| StartError::Store(Arc::new(error)))?;
    let (store, setup) = opened;
    let given = args.switches.iter().map(String::as_str);
    let switches = setup.switches.with_pairs(given).map_err(StartError::Switch)?;
    let builder = MockHubSpot::builder().portal(setup).strict(args.strict).switches(switches);
    let builder = store.iter().fold(builder, |builder, store| builder.store(store.clone()));
    let builder = builder.journal_bounds(args.keeping.bounds());
    let started = builder.listen(args.listen).start().await;
    let mock = started.map_err(|source| StartError::Listen { address: args.listen, source })?;
    greet(&mock, is_default);
    let broken = async {
        match &store {
            Some(store) => store.broken().await,
            None => std::future::pending().await,
        }
    };
    let ended = tokio::select! {
        () = interrupted() => Ok(()),
        error = broken => Err(StartError::Store(error)),
    };
    mock.stop().await;
    ended
}

/// Log lines go to stderr; `RUST_LOG` says which.
pub fn log_to_stderr() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn"));
    // Who started another subscriber before keeps it.
    let _ = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).try_init();
}

fn greet(mock: &MockHubSpot, default_portal: bool) {
    let setup = mock.portal().setup();
    if default_portal {
        // The default portal's tokens are in the source for everyone to read.
        eprintln!(
            "point the app's HubSpot base URL here; access token {}, developer key {}, app id {}",
            setup.access_token, setup.developer_key, setup.app_id
        );
    } else {
        eprintln!("point the app's HubSpot base URL here; credentials are those of the portal file");
    }
    let mut stdout = std::io::stdout().lock();
    // Nobody reading the address is no reason to stop.
    let _ = writeln!(stdout, "{}", mock.url()).and_then(|()| stdout.flush());
}

async fn interrupted() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    if let Ok(mut terminate) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        tokio::select! {
            _ = interrupt => {}
            _ = terminate.recv() => {}
        }
        return;
    }
    let _ = interrupt.await;
}

fn read_portal(path: &Path) -> Result<PortalSetup, StartError> {
    let text = std::fs::read_to_string(path)
        .map_err(|source| StartError::Unreadable { path: path.to_owned(), source })?;
    file::read(&path.display().to_string(), &text).map_err(StartError::Portal)
}
