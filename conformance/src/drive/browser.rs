//! Starts the browser that plays recordings, and stops it. Knows no page and no protocol but the address that it is told.
//!
//! Read next: `probe/browser/` (what is asked of it).

use super::{Process, SetupFault, Start};
use crate::patience::Patience;
use mock_hubspot::secrets::Secrets;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// What Chromium is called on Linux, then where it stands on a Mac.
const NAMES: [&str; 7] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/// Nothing of the user's, nothing that is not asked for, and sound without a gesture or a loudspeaker.
const FLAGS: [&str; 18] = [
    "--headless",
    "--remote-debugging-port=0",
    "--autoplay-policy=no-user-gesture-required",
    "--mute-audio",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--disable-extensions",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--no-first-run",
    "--no-default-browser-check",
    "--password-store=basic",
    "--use-mock-keychain",
    "--no-proxy-server",
    // Whom to trust is asked by the other probes: a browser has roots of its own, and may lack a company's.
    "--ignore-certificate-errors",
];

/// How often it is looked whether the browser is up.
const LOOKED_EVERY: Duration = Duration::from_millis(20);

/// A running Chromium with a profile of its own. Dropped, it is killed.
#[derive(Debug)]
pub struct Browser {
    process: Process,
    /// The WebSocket at which it takes orders.
    pub address: String,
}

impl Browser {
    /// Starts the browser at `program`, or the first that is found, with its profile in `folder`, which must exist.
    ///
    /// An error is a sentence that says what to do.
    pub async fn start(
        program: Option<&Path>,
        folder: &Path,
        secrets: &Secrets,
        patience: &Patience,
    ) -> Result<Self, String> {
        let program = match program {
            Some(program) => program.to_owned(),
            None => found().ok_or(
                "no Chromium was found; install `chromium` (apt-get install chromium) or Google Chrome, or say where it is with --browser=PATH",
            )?,
        };
        let profile = folder.join("profile");
        let mut command = vec![program.display().to_string()];
        command.extend(FLAGS.map(str::to_owned));
        command.push(format!("--user-data-dir={}", profile.display()));
        // Chromium's sandbox refuses to be started by root, as containers do.
        if rustix::process::geteuid().is_root() {
            command.push("--no-sandbox".to_owned());
        }
        command.push("about:blank".to_owned());
        let start = Start { command, env: BTreeMap::new(), dir: None, ready: None };
        let process = Process::start(&start, secrets, &folder.join("browser.log"));
        let mut process = process.map_err(|fault| match fault {
            SetupFault::NotStarted { source, .. } => {
                format!("the browser {} could not be started: {source}", program.display())
            }
            other => other.to_string(),
        })?;
        let began = Instant::now();
        while began.elapsed() < patience.start {
            if let Some(address) = address(&profile) {
                return Ok(Self { process, address });
            }
            if let Some(status) = process.ended() {
                process.drain().await;
                let said = process.last_lines();
                return Err(format!(
                    "the browser {} ended ({status}) before it was up{said}",
                    program.display()
                ));
            }
            tokio::time::sleep(LOOKED_EVERY).await;
        }
        let (waited, said) = (patience.start.as_secs(), process.last_lines());
        process.stop(patience).await;
        Err(format!("the browser {} was not up within {waited} s{said}", program.display()))
    }

    /// Ends it.
    pub async fn stop(self, patience: &Patience) {
        self.process.stop(patience).await;
    }
}

/// Once it is up, Chromium writes its port and a path into its profile.
fn address(profile: &Path) -> Option<String> {
    let text = std::fs::read_to_string(profile.join("DevToolsActivePort")).ok()?;
    let (port, path) = text.split_once('\n')?;
    let port: u16 = port.parse().ok()?;
    path.starts_with('/').then(|| format!("ws://127.0.0.1:{port}{}", path.trim_end()))
}

fn found() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<_> = std::env::split_paths(&path).collect();
    NAMES.iter().find_map(|name| {
        // An absolute name stands alone: joining it to a folder gives itself.
        folders.iter().map(|folder| folder.join(name)).find(|candidate| candidate.is_file())
    })
}

#[cfg(test)]
mod tests {
    use super::address;

    #[test]
    fn the_address_is_read_once_it_is_written_whole() {
        let profile = tempfile::tempdir().unwrap();
        assert_eq!(address(profile.path()), None);
        let file = profile.path().join("DevToolsActivePort");
        std::fs::write(&file, "4").unwrap();
        assert_eq!(address(profile.path()), None);
        std::fs::write(&file, "41087\n/devtools/browser/6f").unwrap();
        assert_eq!(address(profile.path()).unwrap(), "ws://127.0.0.1:41087/devtools/browser/6f");
    }
}
