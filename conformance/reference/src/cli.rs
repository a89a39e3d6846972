//! How the integration is started: every setting is an environment variable and a flag.

use std::{
    io::{self, IsTerminal as _},
    path::PathBuf,
    process::ExitCode,
};

use clap::Parser;
use tokio::net::TcpListener;

use crate::{
    config::{Config, RefreshCredentials, Secret},
    sabotage::{Lie, suggest},
    server,
    variant::Choice,
};

/// A small, correct HubSpot calling integration.
#[derive(Debug, Parser)]
#[command(name = "reference-integration", version)]
pub struct Args {
    /// Where HubSpot answers
    #[arg(long, env = "HUBSPOT_BASE_URL", value_name = "URL", default_value = "https://api.hubapi.com")]
    hubspot_base_url: String,

    /// The portal's OAuth access token
    #[arg(long, env = "HUBSPOT_ACCESS_TOKEN", value_name = "TOKEN", hide_env_values = true)]
    hubspot_access_token: Secret,

    /// The refresh token; with the client id and secret an expired access token is renewed
    #[arg(long, env = "HUBSPOT_REFRESH_TOKEN", value_name = "TOKEN", hide_env_values = true)]
    hubspot_refresh_token: Option<Secret>,

    /// The app's OAuth client id
    #[arg(long, env = "HUBSPOT_CLIENT_ID", value_name = "ID")]
    hubspot_client_id: Option<String>,

    /// The app's OAuth client secret
    #[arg(long, env = "HUBSPOT_CLIENT_SECRET", value_name = "SECRET", hide_env_values = true)]
    hubspot_client_secret: Option<Secret>,

    /// The developer account's key, which the calling settings want
    #[arg(long, env = "HUBSPOT_DEVELOPER_KEY", value_name = "KEY", hide_env_values = true)]
    hubspot_developer_key: Secret,

    /// The app that calls are logged for
    #[arg(long, env = "HUBSPOT_APP_ID", value_name = "ID")]
    hubspot_app_id: String,

    /// The port to listen on; 0 takes any that is free
    #[arg(long, env = "PORT", default_value_t = 3000)]
    port: u16,

    /// Where HubSpot reaches this integration; by default where it listens
    #[arg(long, env = "PUBLIC_URL", value_name = "URL")]
    public_url: Option<String>,

    /// A certificate (PEM): recordings are then served over HTTPS, on a port of their own
    #[arg(long, env = "TLS_CERT", value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,

    /// Its private key (PEM)
    #[arg(long, env = "TLS_KEY", value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,

    /// The lie to tell
    #[arg(long, env = "SABOTAGE", value_name = "NAME", value_parser = lie)]
    sabotage: Option<Told>,

    /// What to do in another way that is as right
    #[arg(long, env = "VARIANT", value_name = "NAME", value_parser = choice, hide = true)]
    variant: Option<Choice>,
}

/// A lie that may have been left empty, as in `SABOTAGE=`.
#[derive(Clone, Copy, Debug)]
struct Told(Option<Lie>);

fn lie(name: &str) -> Result<Told, String> {
    if name.is_empty() {
        return Ok(Told(None));
    }
    Lie::from_name(name).map(|lie| Told(Some(lie))).ok_or_else(|| match suggest(name) {
        Some(nearest) => format!("no lie bears this name\n\nhelp: did you mean `{nearest}`?"),
        None => "no lie bears this name\n\nhelp: names read `section/kebab-name`".to_owned(),
    })
}

fn choice(name: &str) -> Result<Choice, String> {
    Choice::from_name(name).ok_or_else(|| "no legal variant bears this name".to_owned())
}

impl Args {
    fn config(self) -> Config {
        let given = |secret: &Secret| !secret.expose().is_empty();
        let refresh = match (self.hubspot_refresh_token, self.hubspot_client_id, self.hubspot_client_secret) {
            (Some(refresh_token), Some(client_id), Some(client_secret)) if given(&refresh_token) => {
                Some(RefreshCredentials { refresh_token, client_id, client_secret })
            }
            _ => None,
        };
        Config {
            hubspot_base_url: self.hubspot_base_url.trim_end_matches('/').to_owned(),
            access_token: self.hubspot_access_token,
            refresh,
            developer_key: self.hubspot_developer_key,
            app_id: self.hubspot_app_id,
            public_url: self.public_url.filter(|url| !url.is_empty()),
            tls: self.tls_cert.zip(self.tls_key),
            lie: self.sabotage.and_then(|told| told.0),
            variant: self.variant,
        }
    }
}

/// Serves until the process is told to stop.
pub async fn run(args: Args) -> ExitCode {
    // A program that embeds this one may have its own subscriber already.
    let _ = tracing_subscriber::fmt()
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal())
        .with_max_level(tracing::Level::INFO)
        .try_init();
    let port = args.port;
    let listening = async {
        let listener = TcpListener::bind(("127.0.0.1", port)).await?;
        eprintln!("listening on http://{}", listener.local_addr()?);
        Ok::<_, io::Error>(listener)
    };
    let listener = match listening.await {
        Ok(listener) => listener,
        Err(error) => {
            eprintln!("error: cannot listen on port {port}: {error}\nhelp: PORT=0 takes any that is free");
            return ExitCode::FAILURE;
        }
    };
    match server::serve(listener, args.config(), told_to_stop()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Ctrl-C, or the signal that a supervisor sends.
async fn told_to_stop() {
    let interrupt = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! { () = interrupt => {}, _ = terminate.recv() => {} }
            return;
        }
    }
    interrupt.await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_lie_is_refused_with_the_nearest_name() {
        let refusal = lie("media/swaped").map(|_| ()).map_err(|message| message.contains("`media/swapped`"));
        assert_eq!(refusal, Err(true));
        assert!(lie("").is_ok_and(|told| told.0.is_none()));
    }

    #[test]
    fn no_secret_is_printed() {
        let args = Args::parse_from([
            "reference-integration",
            "--hubspot-access-token=token-1",
            "--hubspot-developer-key=key-1",
            "--hubspot-app-id=12345",
        ]);
        assert!(!format!("{:?} {:?}", args, args.hubspot_access_token).contains("-1"));
    }
}
