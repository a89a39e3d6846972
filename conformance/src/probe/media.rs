//! Has the downloaded recording decoded, with a limit of time.

use super::asking::{Asking, Recording};
use super::body::Spooled;
use crate::evidence::{Probe, ProbeOutcome};
use mock_hubspot::media::{Halt, MediaFacts, examine_once, examine_until};
use std::io::{Seek, SeekFrom};
use std::time::Duration;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

/// Decoding takes no longer than this, and a second more for each 16 MiB; a verdict never depends on it, for then the media are
/// unjudged.
const DECODING: Duration = Duration::from_mins(1);
const BYTES_A_SECOND: u64 = 16 << 20;

/// Ends a decoding that nobody waits for any more.
struct Watched(Halt);

impl Drop for Watched {
    fn drop(&mut self) {
        self.0.call();
    }
}

/// Decodes the recording of this call.
pub(super) async fn ask(asking: &mut Asking<'_>, recording: &Recording) {
    let sha256 = asking.story.calls[asking.call].baseline.as_ref().and_then(|whole| hash(&whole.sha256));
    let outcome = match decoded(&recording.spooled, sha256).await {
        Ok(facts) => {
            asking.story.calls[asking.call].media = Some(facts);
            ProbeOutcome::Asked
        }
        Err(reason) => ProbeOutcome::Blocked(reason.to_owned()),
    };
    asking.settle(Probe::Media, outcome);
}

/// A SHA-256 that stands in hex.
fn hash(hex: &str) -> Option<[u8; 32]> {
    let digits = (0..64).step_by(2).map(|at| u8::from_str_radix(hex.get(at..at + 2)?, 16).ok());
    digits.collect::<Option<Vec<_>>>()?.try_into().ok()
}

async fn decoded(recording: &Spooled, sha256: Option<[u8; 32]>) -> Result<MediaFacts, &'static str> {
    let mut file = recording.file.try_clone().map_err(|_| "the spooled recording cannot be read")?;
    file.seek(SeekFrom::Start(0)).map_err(|_| "the spooled recording cannot be read")?;
    let watched = Watched(Halt::default());
    let halt = watched.0.clone();
    let within = DECODING + Duration::from_secs(recording.length / BYTES_A_SECOND);
    let examine = move || match sha256 {
        Some(sha256) => examine_once(file, sha256, &halt),
        None => examine_until(file, &halt),
    };
    match timeout(within, spawn_blocking(examine)).await {
        Err(_) => Err("the recording was not decoded within its time"),
        Ok(Err(_)) => Err("the decoder gave up on the recording"),
        Ok(Ok(facts)) => Ok(facts),
    }
}
