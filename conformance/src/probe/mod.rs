//! The probes: everything the kit asks the integration, as HubSpot or its player would. The only sockets to the integration.
//!
//! A probe asks and writes down; it never judges. It may consult the pure oracle to choose its next request.
//! Read next: one file per kind of asking (`authenticated_url.rs`, `token.rs`, `download.rs`, `ranges.rs`, `random.rs`,
//! `media.rs`, `browser/`), and `client.rs` (one request and all that comes of it).

mod address;
mod asking;
mod authenticated_url;
mod body;
mod browser;
mod client;
mod delivery;
mod dial;
mod download;
mod encodings;
mod http2;
mod hunt;
mod manners;
mod media;
mod origins;
mod pieces;
mod players;
mod random;
mod ranges;
mod raw;
mod reading;
mod replay;
mod reply;
mod several;
mod straight;
#[cfg(test)]
mod tests;
mod token;
pub mod trigger;
mod way;
mod wire;
mod words;

pub use http2::CASES as HTTP2_CASES;
pub use players::Player;
pub use ranges::SHORTEST;
pub use replay::ask_again;
pub use way::Way;

use crate::check::Section;
use crate::evidence::{Probe, ProbeOutcome, Story};
use crate::patience::Patience;
use asking::Asking;
use authenticated_url::NoUrl;
use client::Client;
use mock_hubspot::secrets::Secrets;
use std::path::PathBuf;

/// What every probe needs to know.
#[derive(Clone, Debug)]
pub struct ProbeContext {
    /// The registered recording URL, with its `%s`.
    pub registered_url: String,
    /// The app's id.
    pub app_id: String,
    /// Cuts secrets at capture.
    pub secrets: Secrets,
    /// Every wait.
    pub patience: Patience,
    /// How random ranges are asked.
    pub ranges: RangeSettings,
    /// Where recordings are spooled to; one file for each (story, call).
    pub spool: PathBuf,
    /// How the integration is reached.
    pub way: Way,
    /// The browser that plays recordings; the first that is found, where none is named.
    pub browser: Option<PathBuf>,
}

/// How random ranges are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RangeSettings {
    /// How many cases.
    pub cases: u32,
    /// The run's seed; each story derives its own from it and its name.
    pub seed: u64,
    /// How many requests are under way at once, 1 to 32.
    pub in_flight: usize,
    /// Bytes that random answers may cost, besides the baseline.
    pub byte_budget: u64,
    /// Requests that confirming, shrinking and normalising may take together.
    pub shrink_budget: u32,
    /// Whether what takes long is asked too.
    pub thorough: bool,
    /// Whether headers are sent that make a careless server do much work.
    pub dos_hygiene: bool,
    /// The player whose long sequence of requests is sent besides the short ones of all.
    pub player: Option<Player>,
}

impl Default for RangeSettings {
    fn default() -> Self {
        Self {
            cases: 256,
            seed: 0,
            in_flight: 4,
            byte_budget: 64 << 20,
            shrink_budget: 60,
            thorough: false,
            dos_hygiene: false,
            player: None,
        }
    }
}

/// What the asking has done, for whoever waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// One exchange was written down.
    Asked {
        /// The kind of asking.
        probe: Probe,
        /// The case within it.
        case: String,
    },
    /// One random case was answered.
    RandomCase {
        /// How many were.
        done: u32,
        /// Of how many.
        of: u32,
    },
}

/// Every probe that this module asks.
const PROBES: [Probe; 17] = [
    Probe::AuthenticatedUrl,
    Probe::Refusals,
    Probe::Token,
    Probe::Download,
    Probe::RangeTable,
    Probe::Validators,
    Probe::RandomRanges,
    Probe::Wire,
    Probe::Http2,
    Probe::Several,
    Probe::Encodings,
    Probe::Pieces,
    Probe::Players,
    Probe::Delivery,
    Probe::Origins,
    Probe::Media,
    Probe::Browser,
];

/// The probes that ask for ranges.
const RANGED: [Probe; 9] = [
    Probe::RangeTable,
    Probe::Validators,
    Probe::RandomRanges,
    Probe::Wire,
    Probe::Http2,
    Probe::Several,
    Probe::Encodings,
    Probe::Pieces,
    Probe::Players,
];

/// The probes that a story asks for one of its calls. Calls after the first are asked for their URL and their recording,
/// and no more.
pub fn planned(sections: &[Section], call: usize) -> Vec<Probe> {
    let has = |section| sections.contains(&section);
    let endpoint = has(Section::AuthenticatedUrl) || has(Section::Security);
    let played = has(Section::Player) && call == 0;
    let recording = has(Section::Download) || has(Section::Ranges) || has(Section::Media) || played;
    PROBES
        .into_iter()
        .filter(|probe| match probe {
            Probe::AuthenticatedUrl | Probe::Download => endpoint || recording,
            Probe::Refusals | Probe::Token => endpoint && call == 0,
            probe if RANGED.contains(probe) => has(Section::Ranges) && call == 0,
            Probe::Delivery | Probe::Origins => has(Section::Download) && call == 0,
            Probe::Media => has(Section::Media) || played,
            Probe::Browser => played,
            _ => false,
        })
        .collect()
}

/// Asks the endpoint for this call's recording, and the recording itself, as far as the story's sections want it.
///
/// Adds to the story's exchanges (numbers continue), settles its probes, and fills the call's baseline and media and the
/// story's random walk. What was asked is in the story even when this future is dropped before its end.
pub async fn ask_endpoint_and_recording(
    ctx: &ProbeContext,
    story: &mut Story,
    call: usize,
    progress: &(dyn Fn(Progress) + Send + Sync),
) {
    if story.calls.get(call).is_none() {
        return;
    }
    let planned = planned(&story.sections, call);
    let blocked = match Client::new(ctx) {
        Ok(client) => {
            let mut asking = Asking { ctx, client: &client, story: &mut *story, call, progress, in_vain: 0 };
            ask_planned(&mut asking, &planned).await;
            None
        }
        Err(reason) => Some(reason),
    };
    for probe in PROBES {
        let outcome = match &blocked {
            Some(reason) if planned.contains(&probe) => ProbeOutcome::Blocked(reason.clone()),
            _ => ProbeOutcome::NotAsked("this story does not ask for it".into()),
        };
        story.probes.entry(probe).or_insert(outcome);
    }
}

async fn ask_planned(asking: &mut Asking<'_>, planned: &[Probe]) {
    if planned.is_empty() {
        return;
    }
    if let Some(reason) = authenticated_url::unusable(&asking.ctx.registered_url) {
        asking.block(planned, &reason);
        return;
    }
    let ProbeContext { registered_url, way, patience, .. } = asking.ctx;
    if let Some(reason) = dial::obstacle(&registered_url.replace("%s", "0"), way, *patience).await {
        asking.block(planned, &reason);
        return;
    }
    let first = asking.call == 0;
    let variants = first && asking.story.sections.contains(&Section::AuthenticatedUrl);
    let url = authenticated_url::stock(asking, "stock").await;
    let silent = url.as_ref().is_err_and(|no_url| no_url.silent);
    if variants && !silent {
        authenticated_url::variants(asking).await;
    }
    if planned.contains(&Probe::Refusals) && !silent {
        authenticated_url::refusals(asking).await;
    }
    let url = match url {
        Ok(url) => match dial::obstacle(&url, way, *patience).await {
            Some(reason) => Err(NoUrl { reason, silent: false }),
            None => Ok(url),
        },
        Err(no_url) => Err(no_url),
    };
    match url {
        Ok(url) => ask_recording(asking, planned, &url).await,
        Err(NoUrl { reason, .. }) => {
            let asked = |probe| match probe {
                Probe::AuthenticatedUrl => true,
                Probe::Refusals => !silent,
                _ => false,
            };
            let needing: Vec<_> = planned.iter().copied().filter(|probe| !asked(*probe)).collect();
            asking.block(&needing, &reason);
            if variants && !silent {
                // It may have an answer by now; nothing is left that could use it.
                authenticated_url::stock(asking, "again").await.ok();
            }
        }
    }
}

async fn ask_recording(asking: &mut Asking<'_>, planned: &[Probe], url: &str) {
    let first = asking.call == 0;
    let download = first && asking.story.sections.contains(&Section::Download);
    let recording = download::whole(asking, url).await;
    // The whole was given all the time that there is: what kept silent then is not asked for parts.
    let silent = recording.is_err() && asking.in_vain > 0;
    // A URL that works once has nothing to show but that.
    let again = match &recording {
        Ok(recording) if download => delivery::again(asking, url, recording).await,
        Ok(_) => Ok(()),
        Err(reason) => Err(reason.clone()),
    };
    match (&recording, again) {
        (Ok(recording), Ok(())) => {
            if download {
                download::others(asking, url, Some(recording)).await;
                delivery::ask(asking, url, recording).await;
                origins::ask(asking, url, &recording.at, recording).await;
            }
            if planned.contains(&Probe::Token) {
                token::ask(asking, url, Some(recording)).await;
            }
            if planned.contains(&Probe::RangeTable) {
                ask_ranges(asking, url, recording).await;
            }
        }
        (Ok(_), Err(reason)) => {
            block(asking, planned, &[Probe::Token, Probe::Origins, Probe::Browser], &reason);
        }
        (Err(reason), _) if silent => {
            let these = [Probe::Token, Probe::Delivery, Probe::Origins, Probe::Media, Probe::Browser];
            block(asking, planned, &these, reason);
        }
        (Err(reason), _) => {
            if download {
                download::others(asking, url, None).await;
            }
            if planned.contains(&Probe::Token) {
                token::ask(asking, url, None).await;
            }
            let these = [Probe::Delivery, Probe::Origins, Probe::Media, Probe::Browser];
            block(asking, planned, &these, reason);
        }
    }
    if let Ok(recording) = &recording
        && planned.contains(&Probe::Media)
    {
        media::ask(asking, recording).await;
        if asking.ctx.way.proxy_to(url).is_some() {
            asking.settle(
                Probe::Browser,
                ProbeOutcome::Blocked("a browser is not sent through [network] proxy".into()),
            );
        }
        if planned.contains(&Probe::Browser) && !asking.story.probes.contains_key(&Probe::Browser) {
            browser::ask(asking, recording).await;
        }
    }
    if first && (download || asking.story.sections.contains(&Section::AuthenticatedUrl)) {
        // Twice, for what alternates between two nodes would look the same once.
        for _ in 0..2 {
            let again = authenticated_url::stock(asking, "again").await;
            if again.as_ref().is_err_and(|no_url| no_url.silent) {
                break;
            }
            if let (Ok(again), Ok(recording), true) = (again, &recording, download) {
                let usable = asking.story.probes.get(&Probe::Origins) == Some(&ProbeOutcome::Asked);
                if usable {
                    delivery::fresh(asking, &again, recording).await;
                }
                download::second(asking, &again, recording).await;
            }
        }
    }
}

/// Blocks what asks for ranges, and these, as far as they were planned.
fn block(asking: &mut Asking<'_>, planned: &[Probe], these: &[Probe], reason: &str) {
    let needing = RANGED.iter().chain(these).copied().filter(|probe| planned.contains(probe));
    asking.block(&needing.collect::<Vec<_>>(), reason);
}

async fn ask_ranges(asking: &mut Asking<'_>, url: &str, recording: &asking::Recording) {
    if recording.spooled.length < ranges::SHORTEST {
        for probe in RANGED {
            let reason = "the recording is shorter than 2 KiB, too short for the ranges that are asked";
            asking.settle(probe, ProbeOutcome::NotAsked(reason.into()));
        }
        return;
    }
    ranges::table(asking, url, recording).await;
    if let Some(ProbeOutcome::Blocked(reason)) = asking.story.probes.get(&Probe::RangeTable).cloned() {
        asking.block(&RANGED, &reason);
        return;
    }
    // The raw reader waits more than it asks: it goes beside the others, and is written down after them.
    let (ctx, client) = (asking.ctx, asking.client);
    let (told, ()) = tokio::join!(wire::ask(ctx, client, &recording.at, recording), async {
        ranges::validators(asking, url, recording).await;
        encodings::ask(asking, url, recording).await;
        several::ask(asking, url, recording).await;
        pieces::ask(asking, url, recording).await;
        players::ask(asking, url, recording).await;
        if asking.ctx.ranges.cases == 0 {
            let reason = "no random ranges were ordered";
            asking.settle(Probe::RandomRanges, ProbeOutcome::NotAsked(reason.into()));
        } else if !asking.is_silent(Probe::RandomRanges) {
            random::ask(asking, url, recording).await;
        }
    });
    http2::ask(asking, recording).await;
    for (exchange, facts) in told {
        let exchange = asking.keep_exchange(exchange).number;
        asking.story.wire.push(crate::evidence::WireFacts { exchange, ..facts });
    }
    asking.settle(Probe::Wire, ProbeOutcome::Asked);
}
