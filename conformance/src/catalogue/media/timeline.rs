//! When which speaker was on which channel: read from the markers, or else from the turns that somebody declared.

use crate::evidence::{Call, SpokenTurn};
use mock_hubspot::media::{ChannelFacts, MarkerRun, MediaFacts, Owner};

/// How long a marker must be heard, in milliseconds, and how much quieter its crosstalk is, in dB (checks.md 4.4).
const MARKER_MS: u64 = 200;
const MARGIN_DB: f64 = 10.0;
/// How far the activity of the two orders must lie apart, of 1.
const MARGIN: f64 = 0.3;

/// Which way round the channels are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// The caller on channel 1.
    Right,
    /// The recipient on channel 1.
    Swapped,
}

/// One sign of a speaker.
#[derive(Clone, Copy)]
struct Sign {
    at_ms: u64,
    owner: Owner,
    channel: usize,
}

/// The signs of a recording, in order.
pub(super) struct Timeline {
    signs: Vec<Sign>,
    by_turns: bool,
    on_both: bool,
}

/// Whether anything tells who speaks: markers that the kit made, or turns that were declared.
pub(super) fn verifiable(call: &Call) -> bool {
    call.recording.is_some() || !call.turns.is_empty()
}

impl Timeline {
    pub(super) fn of(call: &Call, media: &MediaFacts) -> Self {
        let [first, second, ..] = media.per_channel.as_slice() else {
            return Self { signs: Vec::new(), by_turns: false, on_both: false };
        };
        let markers = by_markers(first, second);
        if !markers.signs.is_empty() || markers.on_both || call.turns.is_empty() {
            return markers;
        }
        let signs = call.turns.iter().filter_map(|turn| by_turn(turn, first, second)).collect();
        Self { signs, by_turns: true, on_both: false }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.signs.is_empty()
    }

    /// Whether markers are equally loud on both channels.
    pub(super) fn is_on_both(&self) -> bool {
        self.on_both
    }

    /// Whether it is one way round at one time and the other at another.
    pub(super) fn is_mixed(&self) -> bool {
        let is = |order| self.signs.iter().any(|sign| sign.order() == order);
        is(Order::Right) && is(Order::Swapped)
    }

    /// Whether declared turns are neither one way round throughout nor change once, with two turns or more on either side: then
    /// their times are off, or somebody else spoke.
    pub(super) fn is_unclear(&self) -> bool {
        if !self.by_turns || !self.is_mixed() {
            return false;
        }
        let first = self.signs[0].order();
        let before = self.signs.iter().take_while(|sign| sign.order() == first).count();
        let after = &self.signs[before..];
        before < 2 || after.len() < 2 || after.iter().any(|sign| sign.order() == first)
    }

    /// The way round at the first sign.
    pub(super) fn order(&self) -> Option<Order> {
        self.signs.first().map(Sign::order)
    }

    /// Whether there is a sign of either speaker.
    pub(super) fn has_both(&self) -> bool {
        let of = |owner| self.signs.iter().any(|sign| sign.owner == owner);
        of(Owner::Caller) && of(Owner::Recipient)
    }

    /// Whether one speaker left two signs or more.
    pub(super) fn is_long(&self) -> bool {
        let of = |owner| self.signs.iter().filter(|sign| sign.owner == owner).count();
        of(Owner::Caller) > 1 || of(Owner::Recipient) > 1
    }

    /// Where a speaker changes channels: what was before, and what came after.
    pub(super) fn change(&self) -> Option<(String, String)> {
        [Owner::Caller, Owner::Recipient].into_iter().find_map(|owner| {
            let own: Vec<_> = self.signs.iter().filter(|sign| sign.owner == owner).collect();
            let pair = own.windows(2).find(|pair| pair[0].channel != pair[1].channel)?;
            let at =
                |sign: &Sign| format!("on channel {} at {:.1} s", sign.channel, sign.at_ms as f64 / 1000.0);
            Some((format!("{} {}", self.sign_of(owner), at(pair[0])), at(pair[1])))
        })
    }

    fn sign_of(&self, owner: Owner) -> &'static str {
        match (owner, self.by_turns) {
            (Owner::Caller, false) => "the caller's marker",
            (Owner::Recipient, false) => "the recipient's marker",
            (Owner::Caller, true) => "the caller's turns",
            (Owner::Recipient, true) => "the recipient's turns",
        }
    }

    /// What is looked for on channel 1 and on channel 2.
    pub(super) fn signs(&self) -> (&'static str, &'static str) {
        (self.sign_of(Owner::Caller), self.sign_of(Owner::Recipient))
    }

    /// What was found.
    pub(super) fn told(&self) -> String {
        let on = |owner: Owner| {
            let heard =
                |channel| self.signs.iter().any(|sign| sign.owner == owner && sign.channel == channel);
            match (heard(1), heard(2)) {
                (true, true) => "on both channels",
                (true, false) => "on channel 1",
                (false, true) => "on channel 2",
                (false, false) => "nowhere",
            }
        };
        let (who, whom) = self.signs();
        format!("{who} {}, {whom} {}", on(Owner::Caller), on(Owner::Recipient))
    }
}

impl Sign {
    fn order(&self) -> Order {
        if (self.owner == Owner::Caller) == (self.channel == 1) { Order::Right } else { Order::Swapped }
    }
}

fn by_markers(first: &ChannelFacts, second: &ChannelFacts) -> Timeline {
    let mut on_both = false;
    let mut signs = Vec::new();
    for (channel, here, there) in [(1, first, second), (2, second, first)] {
        for run in here.markers.iter().filter(|run| run.to_ms - run.from_ms >= MARKER_MS) {
            match there.markers.iter().find(|other| is_same(run, other)) {
                Some(other) if other.dbfs >= run.dbfs + MARGIN_DB => {}
                Some(other) if other.dbfs > run.dbfs - MARGIN_DB => on_both = true,
                _ => signs.push(Sign { at_ms: run.from_ms, owner: run.owner, channel }),
            }
        }
    }
    signs.sort_by_key(|sign: &Sign| sign.at_ms);
    Timeline { signs, by_turns: false, on_both }
}

/// The same marker at the same time.
fn is_same(one: &MarkerRun, other: &MarkerRun) -> bool {
    one.owner == other.owner && one.from_ms < other.to_ms && other.from_ms < one.to_ms
}

/// Whose channel is active while a turn lasts; nothing where that is not clear.
fn by_turn(turn: &SpokenTurn, first: &ChannelFacts, second: &ChannelFacts) -> Option<Sign> {
    let owner = match turn.party {
        1 => Owner::Caller,
        2 => Owner::Recipient,
        _ => return None,
    };
    let length = turn.to_ms.checked_sub(turn.from_ms).filter(|ms| *ms > 0)? as f64;
    let part = |channel: &ChannelFacts| {
        let overlap = channel
            .stretches
            .iter()
            .map(|stretch| stretch.to_ms.min(turn.to_ms).saturating_sub(stretch.from_ms.max(turn.from_ms)));
        overlap.sum::<u64>() as f64 / length
    };
    let (on_first, on_second) = (part(first), part(second));
    let channel = if on_first >= on_second + MARGIN {
        1
    } else if on_second >= on_first + MARGIN {
        2
    } else {
        return None;
    };
    Some(Sign { at_ms: turn.from_ms, owner, channel })
}
