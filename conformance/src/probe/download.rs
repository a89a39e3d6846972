//! Downloads the whole recording as HubSpot's transcriber does, and asks for its first bytes as others would.

use super::asking::{Asking, Recording, to_recording};
use super::body::Spooled;
use super::client::{Ask, Heard, Reading};
use super::manners;
use crate::evidence::{Baseline, End, Outcome, Probe, ProbeOutcome};
use crate::range::content_range::{self, ContentRange};
use crate::range::invariants::Whole;
use reqwest::header;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::PathBuf;

/// Bytes beyond the recording's length that are still read of another download of it.
const SURPLUS: u64 = 256 << 10;

/// Downloads the whole recording; without it the reason why later probes are blocked.
pub(super) async fn whole(asking: &mut Asking<'_>, url: &str) -> Result<Recording, String> {
    let file = match spool(&spool_path(asking)) {
        Ok(file) => file,
        Err(error) => {
            let reason = unspooled(&error);
            asking.settle(Probe::Download, ProbeOutcome::Blocked(reason.clone()));
            return Err(reason);
        }
    };
    let ask = Ask {
        probe: Probe::Download,
        case: "whole".into(),
        step: None,
        url,
        headers: manners::hubspot_for_recording(None),
        reading: Reading::Spool(&file),
    };
    let heard = asking.client.ask_politely(ask).await;
    let heard = asking.keep(heard);
    asking.settle(Probe::Download, ProbeOutcome::Asked);
    if asking.call == 0 {
        super::delivery::read_addresses(asking, url, &heard);
    }
    let length = complete_length(&heard).map_err(|reason| {
        format!("the recording could not be downloaded whole: {reason} ({})", heard.exchange.id())
    })?;
    asking.story.calls[asking.call].baseline = Some(Baseline {
        exchange: heard.exchange.number,
        length,
        sha256: heard.sha256.clone().unwrap_or_default(),
    });
    let as_evidence = |name: &str| heard.exchange.answer().and_then(|a| a.header(name)).map(str::to_owned);
    let as_it_came = |name| heard.field(name).map(str::to_owned);
    Ok(Recording {
        spooled: Spooled::of(file, length),
        whole: Whole { length, etag: as_evidence("etag"), last_modified: as_evidence("last-modified") },
        etag: as_it_came(header::ETAG),
        last_modified: as_it_came(header::LAST_MODIFIED),
        date: as_it_came(header::DATE),
        at: heard.url.clone(),
    })
}

/// Asks for the first KiB as Chromium's player does, and as a stock client does; also where HubSpot's client was refused.
pub(super) async fn others(asking: &mut Asking<'_>, url: &str, recording: Option<&Recording>) {
    let cases = [
        ("browser", manners::chromium("bytes=0-1023")),
        ("bare-client", manners::bare(Some("bytes=0-1023"))),
    ];
    for (case, headers) in cases {
        let spooled = recording.map(|recording| &recording.spooled);
        asking.ask(to_recording(Probe::Download, case, url, headers, spooled, 1024)).await;
    }
}

/// Downloads the recording again, from the URL that the endpoint gave when it was asked again.
pub(super) async fn second(asking: &mut Asking<'_>, url: &str, recording: &Recording) {
    let headers = manners::hubspot_for_recording(None);
    let limit = recording.spooled.length.saturating_add(SURPLUS);
    let ask = to_recording(Probe::Download, "second-url", url, headers, Some(&recording.spooled), limit);
    asking.ask(ask).await;
}

/// The length of a whole download: 200 (or a 206 that nobody asked for, with everything), complete, at least a byte.
fn complete_length(heard: &Heard) -> Result<u64, String> {
    let answer = match &heard.exchange.outcome {
        Outcome::Failed(reason) => return Err(reason.clone()),
        Outcome::Answered(answer) => answer,
    };
    let length = answer.body.length;
    match answer.status {
        200 => {}
        206 => {
            let claimed = answer.header("content-range").map(content_range::parse);
            if let Some(Ok(ContentRange::Part { first, complete, .. })) = claimed
                && (first != 0 || complete.is_some_and(|all| all != length))
            {
                return Err("it was answered 206 with a part of it".into());
            }
        }
        other => return Err(format!("it was answered {other}")),
    }
    match &answer.body.end {
        End::Complete if length == 0 => Err("it has no bytes".into()),
        End::Complete => Ok(length),
        End::Abandoned if heard.waited_in_vain => {
            Err(format!("it was not complete after {length} bytes in time"))
        }
        End::Abandoned => Err(format!("it did not end after {length} bytes")),
        End::CutShort(how) => Err(format!("after {length} bytes it was {how}")),
        End::Stalled(ms) => Err(format!("after {length} bytes nothing came for {ms} ms")),
    }
}

/// One file for each story and call.
fn spool_path(asking: &Asking<'_>) -> PathBuf {
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' };
    let story: String = asking.story.scenario.chars().map(plain).collect();
    asking.ctx.spool.join(format!("{story}-{}", asking.call))
}

/// Our own disk is at fault.
pub(super) fn unspooled(error: &io::Error) -> String {
    format!(
        "the recording cannot be kept on this machine: {}; make room where --out is, or name another folder, and run again",
        error.kind()
    )
}

fn spool(path: &PathBuf) -> io::Result<File> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    OpenOptions::new().read(true).write(true).create(true).truncate(true).open(path)
}
