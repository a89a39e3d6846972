//! The asking of one call: what every probe shares, and how exchanges get into the story.

use super::body::Spooled;
use super::client::{Ask, Client, Heard};
use super::manners::Fields;
use super::{ProbeContext, Progress};
use crate::evidence::{Exchange, Probe, ProbeOutcome, Story};
use crate::range::invariants::Whole;

/// The asking of one call of a story.
pub(super) struct Asking<'a> {
    pub(super) ctx: &'a ProbeContext,
    pub(super) client: &'a Client,
    pub(super) story: &'a mut Story,
    pub(super) call: usize,
    pub(super) progress: &'a (dyn Fn(Progress) + Send + Sync),
    /// How many answers were awaited in vain, one after another.
    pub(super) in_vain: u32,
}

/// After so many answers in a row that were awaited in vain the integration counts as silent: nothing more is asked of its
/// recording.
pub(super) const IN_VAIN: u32 = 3;

/// The downloaded recording, and what the probes after it need to know of it.
#[derive(Debug)]
pub(super) struct Recording {
    pub(super) spooled: Spooled,
    /// As evidence has it: secrets cut.
    pub(super) whole: Whole,
    /// Its validators and the answer's Date as they came.
    pub(super) etag: Option<String>,
    pub(super) last_modified: Option<String>,
    pub(super) date: Option<String>,
    /// Where it came from in the end, after redirects. It holds secrets.
    pub(super) at: String,
}

impl Asking<'_> {
    /// Asks and writes down.
    pub(super) async fn ask(&mut self, ask: Ask<'_>) -> Heard {
        let heard = self.client.ask(ask).await;
        self.keep(heard)
    }

    /// Writes down what was heard; its exchange then has a number.
    pub(super) fn keep(&mut self, mut heard: Heard) -> Heard {
        self.note(&heard);
        heard.exchange = self.keep_exchange(heard.exchange).clone();
        heard
    }

    /// Notes what an answer says of our own side, and of the integration's patience.
    pub(super) fn note(&mut self, heard: &Heard) {
        if let Some(reason) = &heard.our_fault {
            self.settle(heard.exchange.probe, ProbeOutcome::Blocked(reason.clone()));
        }
        self.in_vain = if heard.waited_in_vain { self.in_vain + 1 } else { 0 };
    }

    /// Writes an exchange down, with its number.
    pub(super) fn keep_exchange(&mut self, mut exchange: Exchange) -> &Exchange {
        // They are written down here alone, in the order of their numbers.
        let last = self.story.exchanges.last().map_or(0, |e| e.number);
        exchange.number = last + 1;
        exchange.call = self.call;
        let Exchange { probe, case, .. } = &exchange;
        (self.progress)(Progress::Asked { probe: *probe, case: case.clone() });
        self.story.exchanges.push(exchange);
        self.story.exchanges.last().expect("it was pushed")
    }

    /// What became of a probe. Over the calls of a story blocked wins over asked, and asked over not asked.
    pub(super) fn settle(&mut self, probe: Probe, outcome: ProbeOutcome) {
        let weight = |outcome: &ProbeOutcome| match outcome {
            ProbeOutcome::NotAsked(_) => 0,
            ProbeOutcome::Asked => 1,
            ProbeOutcome::Blocked(_) => 2,
        };
        let known = self.story.probes.get(&probe);
        if known.is_none_or(|known| weight(known) < weight(&outcome)) {
            self.story.probes.insert(probe, outcome);
        }
    }

    /// Whether the integration fell silent; then this probe is settled as blocked, and must ask no more.
    pub(super) fn is_silent(&mut self, probe: Probe) -> bool {
        let silent = self.in_vain >= IN_VAIN;
        if silent {
            let reason = format!("{IN_VAIN} answers in a row were awaited in vain; nothing more was asked");
            self.settle(probe, ProbeOutcome::Blocked(reason));
        }
        silent
    }

    /// Settles several probes as blocked by the same.
    pub(super) fn block(&mut self, probes: &[Probe], reason: &str) {
        for probe in probes {
            self.settle(*probe, ProbeOutcome::Blocked(reason.to_owned()));
        }
    }
}

/// A request to the endpoint.
pub(super) fn to_endpoint<'a>(probe: Probe, case: &str, url: &'a str, headers: Fields) -> Ask<'a> {
    Ask { probe, case: case.into(), step: None, url, headers, reading: super::client::Reading::Endpoint }
}

/// A request for (a part of) the recording, read up to a limit.
pub(super) fn to_recording<'a>(
    probe: Probe,
    case: impl Into<String>,
    url: &'a str,
    headers: Fields,
    recording: Option<&'a Spooled>,
    limit: u64,
) -> Ask<'a> {
    let reading = match recording {
        Some(recording) => super::client::Reading::Compare(recording, limit),
        None => super::client::Reading::Hash(limit),
    };
    Ask { probe, case: case.into(), step: None, url, headers, reading }
}
