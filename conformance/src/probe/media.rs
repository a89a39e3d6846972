//! Has the downloaded recording decoded, with a limit of time.

use super::asking::{Asking, Recording};
use crate::evidence::{Probe, ProbeOutcome};
use mock_hubspot::media::{Halt, MediaFacts, examine_once};
use std::fs::File;
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
    let outcome = match decoded(&recording.spooled.file, recording.spooled.length).await {
        Ok(facts) => {
            asking.story.calls[asking.call].media = Some(facts);
            ProbeOutcome::Asked
        }
        Err(reason) => ProbeOutcome::Blocked(reason.to_owned()),
    };
    asking.settle(Probe::Media, outcome);
}

async fn decoded(file: &File, length: u64) -> Result<MediaFacts, &'static str> {
    let mut file = file.try_clone().map_err(|_| "the spooled recording cannot be read")?;
    file.seek(SeekFrom::Start(0)).map_err(|_| "the spooled recording cannot be read")?;
    let watched = Watched(Halt::default());
    let halt = watched.0.clone();
    let within = DECODING + Duration::from_secs(length / BYTES_A_SECOND);
    match timeout(within, spawn_blocking(move || examine_once(file, &halt))).await {
        Err(_) => Err("the recording was not decoded within its time"),
        Ok(Err(_)) => Err("the decoder gave up on the recording"),
        Ok(Ok(facts)) => Ok(facts),
    }
}
