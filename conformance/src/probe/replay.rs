//! Asks one stored case again: the endpoint for a fresh URL, the whole recording, and the case's own request.

use super::asking::{Asking, to_recording};
use super::client::Client;
use super::manners::Fields;
use super::{ProbeContext, authenticated_url, download};
use crate::evidence::{Exchange, Probe, Story};
use crate::range::invariants::Whole;
use crate::range::walk::READ_AT_MOST;
use mock_hubspot::exchange::Headers;

/// Header fields that a stored case may carry.
const FIELDS: [&str; 17] = [
    "User-Agent",
    "Accept",
    "Accept-Encoding",
    "Accept-Language",
    "Range",
    "If-Range",
    "If-Match",
    "If-None-Match",
    "If-Modified-Since",
    "If-Unmodified-Since",
    "Origin",
    "Referer",
    "Priority",
    "Sec-Fetch-Site",
    "Sec-Fetch-Mode",
    "Sec-Fetch-Dest",
    "X-Playback-Session-Id",
];

/// Sends these header fields for the story's first call; what is known of the whole recording, and the exchange.
pub async fn ask_again(
    ctx: &ProbeContext,
    story: &mut Story,
    headers: &Headers,
) -> Result<(Whole, Exchange), String> {
    let client = Client::new(ctx)?;
    let mut asking = Asking { ctx, client: &client, story, call: 0, progress: &|_| {}, in_vain: 0 };
    if let Some(reason) = authenticated_url::unusable(&ctx.registered_url) {
        return Err(reason);
    }
    let url = authenticated_url::stock(&mut asking, "stock").await.map_err(|no_url| no_url.reason)?;
    let recording = download::whole(&mut asking, &url).await?;
    let fields: Fields = headers
        .iter()
        .filter_map(|(name, value)| {
            let known = FIELDS.into_iter().find(|known| known.eq_ignore_ascii_case(name))?;
            Some((known, value.to_string().into()))
        })
        .collect();
    let ask = to_recording(Probe::RangeTable, "replay", &url, fields, Some(&recording.spooled), READ_AT_MOST);
    let heard = asking.ask(ask).await;
    Ok((recording.whole, heard.exchange))
}
