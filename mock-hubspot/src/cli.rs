//! The command line: `mock-hubspot [--listen ADDRESS] [--portal FILE] [--store FILE] [--strict]`, or `mock-hubspot --endpoints`.
//!
//! stdout carries the address, or the endpoints, and nothing else. Read next: `server.rs`, `ready.rs`, `keeping.rs`.

use crate::keeping::Keeping;
use crate::portal::{PortalSetup, file};
use crate::ready::Ready;
use crate::server::MockHubSpot;
use crate::store::StoreError;
use crate::switches;
use crate::tls::{Tls, TlsError};
use crate::versions;
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tracing_subscriber::EnvFilter;
use url::Url;

/// The file of the authority to trust, where no other was named.
const AUTHORITY: &str = "mock-hubspot-ca.pem";

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
    /// Say on stdout and in this file, as one line of JSON, where the mock is, once it is up
    #[arg(long, value_name = "FILE")]
    pub ready_file: Option<PathBuf>,
    /// The base URL under which the mock is seen, where that is another one: behind a proxy, in a container
    #[arg(long, value_name = "URL", value_parser = base_url)]
    pub public_url: Option<Url>,
    /// Serve HTTPS: with a certificate made at the start, or with two PEM files, certificate and key
    #[arg(long, value_name = "self-signed|CERT,KEY")]
    pub tls: Option<Tls>,
    /// Where the authority to trust is written with `--tls self-signed`; beside the ready file, or here, where it is not said
    #[arg(long, value_name = "FILE", requires = "tls")]
    pub tls_ca: Option<PathBuf>,
    /// How log lines are written to stderr
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub log_format: LogFormat,
    /// What is kept, and where
    #[command(flatten)]
    pub keeping: Keeping,
    /// Print every endpoint that is answered, by version, and exit
    #[arg(long)]
    pub endpoints: bool,
}

/// How log lines are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    /// For people
    #[default]
    Text,
    /// For machines: one object a line
    Json,
}

fn base_url(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|why| format!("{why}; write it whole, https:// included"))?;
    let is_base =
        matches!(url.scheme(), "http" | "https") && url.query().is_none() && url.fragment().is_none();
    if is_base { Ok(url) } else { Err("a base URL is http:// or https://, without a query".to_owned()) }
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
    /// The file that says where it is cannot be written.
    #[error(
        "cannot write the ready file {path}: {source}\nhelp: its folder must exist, and be ours to write to"
    )]
    ReadyFile {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The authority to trust cannot be written.
    #[error(
        "cannot write the authority to trust to {path}: {source}\nhelp: --tls-ca FILE says where it goes"
    )]
    Authority {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// There is no HTTPS.
    #[error("{0}")]
    Tls(TlsError),
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

impl StartError {
    fn of(error: std::io::Error, address: SocketAddr) -> Self {
        match error.downcast::<TlsError>() {
            Ok(error) => Self::Tls(error),
            Err(source) => Self::Listen { address, source },
        }
    }
}

/// Writes the authority where it was asked for, or beside the ready file, or here; gives the absolute path.
fn write_authority(
    pem: &str,
    asked: Option<PathBuf>,
    ready_file: Option<&Path>,
) -> Result<PathBuf, StartError> {
    let beside = || ready_file.map(|file| file.with_file_name(AUTHORITY));
    let path = asked.or_else(beside).unwrap_or_else(|| PathBuf::from(AUTHORITY));
    let written = std::fs::write(&path, pem).and_then(|()| std::path::absolute(&path));
    written.map_err(|source| StartError::Authority { path, source })
}

/// Serves until it is interrupted.
pub async fn run(args: Args) -> Result<(), StartError> {
    log_to_stderr(args.log_format);
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
    let mut builder = builder.journal_bounds(args.keeping.bounds());
    if let Some(url) = args.public_url {
        builder = builder.public_url(url);
    }
    if let Some(tls) = args.tls {
        builder = builder.tls(tls);
    }
    let started = builder.listen(args.listen).start().await;
    let mock = started.map_err(|source| StartError::of(source, args.listen))?;
    let authority = mock.authority().map(|pem| write_authority(pem, args.tls_ca, args.ready_file.as_deref()));
    greet(&mock, is_default, authority.transpose()?, args.ready_file.as_deref())?;
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
fn log_to_stderr(format: LogFormat) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn"));
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // Who started another subscriber before keeps it.
    let _ = match format {
        LogFormat::Text => lines.try_init(),
        LogFormat::Json => lines.json().try_init(),
    };
}

fn greet(
    mock: &MockHubSpot,
    default_portal: bool,
    authority: Option<PathBuf>,
    ready_file: Option<&Path>,
) -> Result<(), StartError> {
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
    if let Some(path) = &authority {
        eprintln!("clients are to trust the authority in {}", path.display());
    }
    let line = match ready_file {
        None => mock.url().to_owned(),
        Some(path) => {
            let ready = Ready { ca_file: authority, ..Ready::of(mock) };
            let written = ready.write(path);
            written.map_err(|source| StartError::ReadyFile { path: path.to_owned(), source })?;
            ready.line()
        }
    };
    let mut stdout = std::io::stdout().lock();
    // Nobody reading the address is no reason to stop.
    let _ = writeln!(stdout, "{line}").and_then(|()| stdout.flush());
    Ok(())
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
