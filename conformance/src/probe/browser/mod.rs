//! Has a real browser play the recording, as HubSpot's page has the user's: from the beginning, then from 80 %, then from 20 %.
//!
//! What its player says becomes the story's playback, and its network log exchanges. Read next: `player.js` (what the page
//! does), `devtools.rs` (how the browser is told), `network.rs` (what it sent), `drive/browser.rs` (how it is started).

mod devtools;
mod network;
mod page;

use super::address;
use super::asking::{Asking, Recording};
use super::authenticated_url;
use crate::drive::browser::Browser;
use crate::evidence::{Moment, Playback, Probe, ProbeOutcome, Reached};
use devtools::Tab;
use mock_hubspot::media::MediaFacts;
use page::Page;
use serde_json::Value;
use tokio::sync::Semaphore;
use url::Url;

/// Two browsers at once would only wait for one another.
static ONE_AT_A_TIME: Semaphore = Semaphore::const_new(1);

/// A recording shorter than this is over before it was sought in.
const SHORTEST_MS: u64 = 3_000;
/// Where the playhead is put, in per cent of the duration.
const SEEKS: [u32; 2] = [80, 20];

/// Plays the recording of the story's first call.
pub(super) async fn ask(asking: &mut Asking<'_>, recording: &Recording) {
    let outcome = match playable(asking, recording) {
        Err(outcome) => outcome,
        Ok(()) => match played(asking).await {
            Ok(()) => ProbeOutcome::Asked,
            Err(reason) => ProbeOutcome::Blocked(reason),
        },
    };
    asking.settle(Probe::Browser, outcome);
}

/// What no browser can be blamed for is not shown to one.
fn playable(asking: &Asking<'_>, recording: &Recording) -> Result<(), ProbeOutcome> {
    let media = asking.story.calls.get(asking.call).and_then(|call| call.media.as_ref());
    let not_asked = |why: &str| Err(ProbeOutcome::NotAsked(why.to_owned()));
    match media {
        _ if recording.spooled.length == 0 => not_asked("the recording is empty: media/ speaks of it"),
        Some(media) if !media.undecodable && media.duration_ms < SHORTEST_MS => {
            not_asked("the recording is shorter than 3 s, or cannot be decoded: media/ speaks of that")
        }
        _ => Ok(()),
    }
}

async fn played(asking: &mut Asking<'_>) -> Result<(), String> {
    let url = authenticated_url::stock(asking, "browser").await.map_err(|no_url| no_url.reason)?;
    let recording = Url::parse(&url).map_err(|e| format!("not an address that can be asked: {e}"))?;
    if let Some(refusal) = address::refusal(&recording) {
        return Err(refusal);
    }
    let _one = ONE_AT_A_TIME.acquire().await.map_err(|e| e.to_string())?;
    let (ctx, patience) = (asking.ctx, asking.ctx.patience);
    std::fs::create_dir_all(&ctx.spool)
        .map_err(|e| format!("{} cannot be made: {e}", ctx.spool.display()))?;
    let folder = tempfile::tempdir_in(&ctx.spool).map_err(|e| format!("no folder for a browser: {e}"))?;
    let folder_ = std::path::absolute(folder.path()).map_err(|e| format!("no folder for a browser: {e}"))?;
    let browser = Browser::start(ctx.browser.as_deref(), &folder_, &ctx.secrets, &patience).await?;
    let page = Page::serve(&recording).await.map_err(|e| format!("our page cannot be served: {e}"))?;
    let mut playback = Playback::default();
    let mut events = Vec::new();
    let show = show(asking, &browser.address, &page.url, &url, (&mut playback, &mut events));
    let shown = tokio::time::timeout(patience.download, show).await;
    browser.stop(&patience).await;
    for exchange in network::exchanges(&events, &ctx.secrets) {
        asking.keep_exchange(exchange);
    }
    asking.story.playback = Some(playback);
    match shown {
        Ok(shown) => shown,
        Err(_) => Err(format!("the browser was not done within {} s", patience.download.as_secs())),
    }
}

/// Opens the page, and has it play.
async fn show(
    asking: &Asking<'_>,
    browser: &str,
    page: &str,
    url: &str,
    (playback, events): (&mut Playback, &mut Vec<devtools::Event>),
) -> Result<(), String> {
    let quiet = asking.ctx.patience.player.as_millis();
    let mut tab = Tab::open(browser).await?;
    playback.browser = tab.version().await?;
    tab.go(page).await?;
    if let Some(lacks) = lacks(&mut tab, asking.story.calls[asking.call].media.as_ref()).await? {
        return Err(format!(
            "{} has no decoder for {lacks}; use Google Chrome or Debian's chromium",
            playback.browser
        ));
    }
    let open = format!("open({}, {quiet})", Value::from(url));
    let mut told = tell(&mut tab, "open", &open, playback).await;
    for percent in SEEKS {
        let goes_on =
            playback.moments.last().is_some_and(|m| m.end == Reached::Reached && m.duration_ms.is_some());
        if told.is_err() || !goes_on {
            break;
        }
        let seek = format!("seek({percent} / 100, {quiet})");
        told = tell(&mut tab, &format!("seek-{percent}"), &seek, playback).await;
    }
    *events = tab.events;
    told
}

async fn tell(tab: &mut Tab, name: &str, order: &str, playback: &mut Playback) -> Result<(), String> {
    let shown = tab.value(name, order).await?;
    let moment: Moment =
        serde_json::from_value(shown).map_err(|e| format!("our own page tells what it should not: {e}"))?;
    playback.moments.push(Moment { name: name.to_owned(), ..moment });
    Ok(())
}

/// The codec of this recording, where this browser was built without it: some are, for its patents.
async fn lacks(tab: &mut Tab, media: Option<&MediaFacts>) -> Result<Option<&'static str>, String> {
    let is_aac = |media: &MediaFacts| media.codec.as_deref().is_some_and(|codec| codec.starts_with("aac"));
    if !media.is_some_and(is_aac) {
        return Ok(None);
    }
    let can = tab.value("", "audio.canPlayType('audio/mp4; codecs=\"mp4a.40.2\"')").await?;
    Ok((can == "").then_some("AAC"))
}
