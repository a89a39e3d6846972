//! Has the downloaded recording decoded, with a limit of time.

use super::asking::{Asking, Recording};
use crate::evidence::{Probe, ProbeOutcome};
use mock_hubspot::media::{MediaFacts, examine};
use std::fs::File;
use std::io::{Seek, SeekFrom};
use std::time::Duration;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

/// Decoding takes no longer than this; a verdict never depends on it, for then the media are unjudged.
const DECODING: Duration = Duration::from_mins(1);

/// Decodes the recording of this call.
pub(super) async fn ask(asking: &mut Asking<'_>, recording: &Recording) {
    let outcome = match decoded(&recording.spooled.file).await {
        Ok(facts) => {
            asking.story.calls[asking.call].media = Some(facts);
            ProbeOutcome::Asked
        }
        Err(reason) => ProbeOutcome::Blocked(reason.to_owned()),
    };
    asking.settle(Probe::Media, outcome);
}

async fn decoded(file: &File) -> Result<MediaFacts, &'static str> {
    let mut file = file.try_clone().map_err(|_| "the spooled recording cannot be read")?;
    file.seek(SeekFrom::Start(0)).map_err(|_| "the spooled recording cannot be read")?;
    match timeout(DECODING, spawn_blocking(move || examine(file))).await {
        Err(_) => Err("the recording was not decoded within 60 s"),
        Ok(Err(_)) => Err("the decoder gave up on the recording"),
        Ok(Ok(facts)) => Ok(facts),
    }
}
