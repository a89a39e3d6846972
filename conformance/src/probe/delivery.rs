//! Uses the recording's URL as players do: again and again, several ranges at once, a download broken off, a URL that
//! nobody asked before, and, where it was ordered, after a pause.

use super::asking::{Asking, Recording, to_recording};
use super::client::Heard;
use super::{manners, wire};
use crate::evidence::{Probe, ProbeOutcome};
use crate::range::walk::READ_AT_MOST;
use crate::signed_url;
use futures_util::future::join_all;

/// How much of a download is read before it is broken off.
const BROKEN_OFF: u64 = 128 << 10;
/// Recordings shorter than this are on their way whole before a sender can notice that nobody reads.
const FILLS_BUFFERS: u64 = 1 << 20;
/// Recordings shorter than this are not broken off.
const LONG_ENOUGH: u64 = 256 << 10;

/// Reads what the addresses on the way to the recording say of themselves.
pub(super) fn read_addresses(asking: &mut Asking<'_>, handed_out: &str, heard: &Heard) {
    let mut urls = vec![handed_out.to_owned()];
    urls.extend((heard.url != handed_out).then(|| heard.url.clone()));
    for url in urls {
        let address = url.split(['?', '#']).next().unwrap_or_default();
        let mut read = signed_url::read(&url).unwrap_or_default();
        read.extension = signed_url::extension(address);
        read.exchange = heard.exchange.number;
        asking.story.signed.push(read);
    }
}

/// Asks for four ranges of the same URL, one after another. The error: from which answer on it was refused.
pub(super) async fn again(asking: &mut Asking<'_>, url: &str, recording: &Recording) -> Result<(), String> {
    let length = recording.spooled.length;
    let ranges = [
        "bytes=0-0".to_owned(),
        format!("bytes={}-{}", length / 2, (length / 2 + 99).min(length - 1)),
        format!("bytes={}-{}", length - length.min(100), length - 1),
        format!("bytes=0-{}", (length - 1).min(1023)),
    ];
    for (number, range) in (1..).zip(ranges) {
        let heard = one(asking, url, recording, &format!("again-{number}"), &range).await;
        if heard.waited_in_vain {
            break;
        }
        let status = heard.exchange.answer().map(|answer| answer.status);
        if let Some(status @ (401 | 403 | 404 | 410)) = status {
            asking.settle(Probe::Delivery, ProbeOutcome::Asked);
            return Err(format!(
                "the same URL was answered {status} when it was asked again ({})",
                heard.exchange.id()
            ));
        }
    }
    Ok(())
}

/// Breaks a download off, asks for four ranges at once, and, where it was ordered, waits.
pub(super) async fn ask(asking: &mut Asking<'_>, url: &str, recording: &Recording) {
    if asking.is_silent(Probe::Delivery) {
        return;
    }
    let length = recording.spooled.length;
    if length >= LONG_ENOUGH {
        let headers = manners::player(Some("bytes=0-"));
        let ask =
            to_recording(Probe::Delivery, "broken-off", url, headers, Some(&recording.spooled), BROKEN_OFF);
        if asking.ask(ask).await.waited_in_vain {
            let reason = "an answer to an open range stalled";
            asking.settle(Probe::Delivery, ProbeOutcome::Blocked(reason.into()));
            return;
        }
        let headers = manners::player(Some("bytes=65536-131071"));
        let spooled = Some(&recording.spooled);
        asking.ask(to_recording(Probe::Delivery, "after-break", url, headers, spooled, READ_AT_MOST)).await;
    }
    let size = (length / 8).clamp(1, 64 << 10);
    let client = asking.client;
    let at_once = (0..4).map(|quarter| {
        let first = length / 4 * quarter;
        let headers = manners::player(Some(&format!("bytes={first}-{}", first + size - 1)));
        let case = format!("at-once-{}", quarter + 1);
        client.ask(to_recording(Probe::Delivery, case, url, headers, Some(&recording.spooled), READ_AT_MOST))
    });
    for heard in join_all(at_once).await {
        asking.keep(heard);
    }
    if asking.ctx.ranges.thorough {
        tokio::time::sleep(asking.ctx.patience.idle).await;
        let range = format!("bytes={}-{}", length / 2, (length / 2 + 999).min(length - 1));
        one(asking, url, recording, "after-a-pause", &range).await;
        if length >= FILLS_BUFFERS {
            let (ctx, client) = (asking.ctx, asking.client);
            let (mut exchange, _) = wire::slowly(ctx, client, &recording.at, recording, "slow-reader").await;
            exchange.probe = Probe::Delivery;
            asking.keep_exchange(exchange);
        }
    }
    asking.settle(Probe::Delivery, ProbeOutcome::Asked);
}

/// Asks a URL that nobody asked before for ranges first, and then for the same again.
pub(super) async fn fresh(asking: &mut Asking<'_>, url: &str, recording: &Recording) {
    let length = recording.spooled.length;
    let middle = format!("bytes={}-{}", length / 2, (length / 2 + 999).min(length - 1));
    for (case, range) in [
        ("fresh-open", "bytes=0-"),
        ("fresh-middle", &middle),
        ("warm-open", "bytes=0-"),
        ("warm-middle", &middle),
    ] {
        if one(asking, url, recording, case, range).await.waited_in_vain {
            return;
        }
    }
}

async fn one(asking: &mut Asking<'_>, url: &str, recording: &Recording, case: &str, range: &str) -> Heard {
    let headers = manners::player(Some(range));
    let ask = to_recording(Probe::Delivery, case, url, headers, Some(&recording.spooled), READ_AT_MOST);
    let heard = asking.client.ask_politely(ask).await;
    asking.keep(heard)
}
