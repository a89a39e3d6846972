//! Who is on which channel: told by the markers, or by who is said to speak when; never guessed.

use super::judging::{each, found, is_silent, is_steady, pair};
use super::timeline::{Order, Timeline, verifiable};
use crate::catalogue::ranges::telling::clip;
use crate::check::{Case, Check, check};
use crate::clauses::guide;
use crate::evidence::Call;
use crate::verdict::{Finding, Verdict};
use mock_hubspot::media::MediaFacts;

pub(in crate::catalogue) static CHECKS: &[&Check] = &[&ORDER, &STABLE_ORDER, &BOTH_DIRECTIONS, &REPEATABLE];

check! {
    /// The caller is on channel 1 and the recipient on channel 2, whichever way the call went.
    ///
    /// ## Why it matters
    /// Otherwise the transcript puts each sentence into the other person's mouth.
    ///
    /// ## How to fix
    /// The caller is who dialled: the agent in an outbound call, the customer in an inbound one. A recorder
    /// that always puts the agent left must swap inbound calls (`ffmpeg -i in.wav -filter_complex
    /// "channelmap=1|0" out.wav`; `RECORD_STEREO_SWAP` in FreeSWITCH).
    static ORDER = {
        id: "media/order", level: Required, profile: Transcription, since: "0.1.0",
        clauses: &[guide::CHANNELS, guide::CALLER_FIRST],
        needs: &[Media],
        judge: order,
        proof: &[
            "media/swapped",
            "media/swapped-inbound",
            "media/agent-always-first",
            "media/swapped-now-and-then",
        ],
    }
}

check! {
    /// Each speaker stays on the same channel from start to end.
    ///
    /// ## Why it matters
    /// After the swap the transcript gives every sentence to the wrong person, and nobody can tell where that
    /// begins.
    ///
    /// ## How to fix
    /// A transfer or a hold often builds a new bridge, whose legs come in another order. Bind the channel to the
    /// party, not to the order in which the legs join, and record both parts with the same binding.
    static STABLE_ORDER = {
        id: "media/stable-order", level: Required, profile: Transcription, since: "0.1.0",
        clauses: &[guide::CHANNELS],
        needs: &[Media],
        judge: stable_order,
        proof: &["media/swapped-midway"],
    }
}

check! {
    /// Outbound and inbound calls both have the caller on channel 1.
    ///
    /// ## Why it matters
    /// HubSpot takes channel 1 for the caller in both directions: an agent who is always on channel 1 speaks the
    /// customer's words in every inbound call.
    ///
    /// ## How to fix
    /// Let the direction decide: outbound, the agent's leg first; inbound, the customer's. Test one call of each.
    static BOTH_DIRECTIONS = {
        id: "media/both-directions", level: Required, profile: Transcription, since: "0.1.0",
        clauses: &[guide::CHANNELS],
        needs: &[Media],
        judge: both_directions,
        proof: &["media/agent-always-first"],
    }
}

check! {
    /// Calls of one direction all have their speakers in the same order.
    ///
    /// ## Why it matters
    /// An order that changes from call to call is worse than a wrong one: no correction helps.
    ///
    /// ## How to fix
    /// The order often follows the leg that answered or joined first. Name the channel of each leg when the
    /// recording is started instead of taking what comes.
    static REPEATABLE = {
        id: "media/repeatable", level: Required, profile: Transcription, since: "0.1.0",
        clauses: &[guide::CHANNELS],
        needs: &[Media],
        judge: repeatable,
        proof: &["media/swapped-now-and-then"],
    }
}

/// Calls that must agree before anything is said of repetition.
const ENOUGH_CALLS: usize = 3;

fn direction(call: &Call) -> String {
    match call.direction.as_str() {
        "" => String::new(),
        direction => format!(" ({} call)", clip(&direction.to_ascii_lowercase())),
    }
}

/// Why nothing is said of the order, though there are two channels.
fn apart(call: &Call, media: &MediaFacts, timeline: &Timeline) -> Option<Verdict> {
    let (first, second) = match pair(media) {
        Ok(both) => both,
        Err(verdict) => return Some(*verdict),
    };
    if super::speed::off_speed(call, media).is_some() {
        let reason = "a channel plays at another speed: media/speed speaks of it";
        return Some(Verdict::not_applicable(reason));
    }
    if timeline.is_on_both() {
        let reason = "both are heard on both channels: media/same-audio and media/crosstalk speak of it";
        return Some(Verdict::not_applicable(reason));
    }
    if !timeline.is_empty() {
        return None;
    }
    if !verifiable(call) {
        return Some(Verdict::unjudged("order of channels not verifiable without markers"));
    }
    if is_silent(first) || is_silent(second) {
        return Some(Verdict::not_applicable("a channel is silent: media/heard-channels speaks of it"));
    }
    None
}

fn order(case: &Case) -> Verdict {
    each(case, |call, media| {
        let timeline = Timeline::of(call, media);
        if let Some(verdict) = apart(call, media, &timeline) {
            return verdict;
        }
        if timeline.is_unclear() {
            return Verdict::unjudged("the declared turns do not fit what is heard on the channels");
        }
        if timeline.is_mixed() {
            return Verdict::not_applicable(
                "the order changes within the call: media/stable-order speaks of it",
            );
        }
        if timeline.order() == Some(Order::Right) && timeline.has_both() {
            return Verdict::Pass;
        }
        let swapped = timeline.order() == Some(Order::Swapped);
        if !swapped && let Ok((first, second)) = pair(media) {
            if is_silent(first) || is_silent(second) {
                return Verdict::not_applicable("a channel is silent: media/heard-channels speaks of it");
            }
            if is_steady(first) || is_steady(second) {
                return Verdict::not_applicable("a channel carries no voice: media/voice speaks of it");
            }
        }
        let finding = expected_order(call, &timeline);
        Verdict::fail(if swapped { finding.differing("the channels are swapped") } else { finding })
    })
}

fn expected_order(call: &Call, timeline: &Timeline) -> Finding {
    let (who, whom) = timeline.signs();
    found(
        call,
        format!("{who} on channel 1, {whom} on channel 2"),
        format!("{}{}", timeline.told(), direction(call)),
    )
}

fn stable_order(case: &Case) -> Verdict {
    each(case, |call, media| {
        let timeline = Timeline::of(call, media);
        match apart(call, media, &timeline) {
            Some(Verdict::Unjudged { .. }) if !verifiable(call) => {
                return Verdict::not_applicable("the order is not verifiable: media/order speaks of it");
            }
            Some(verdict) => return verdict,
            None => {}
        }
        if timeline.is_unclear() {
            return Verdict::not_applicable("the order is not clear: media/order speaks of it");
        }
        match timeline.change() {
            Some((before, after)) => Verdict::fail(found(
                call,
                "each speaker on the same channel from start to end",
                format!("{before}, {after}"),
            )),
            None if timeline.is_long() => Verdict::Pass,
            None => Verdict::not_applicable("there are not two marks to compare: media/order speaks of it"),
        }
    })
}

/// The order of each call's channels, where it is known and does not change.
fn orders(case: &Case) -> Vec<(String, Order)> {
    let of = |call: &Call| {
        let media = call.media.as_ref()?;
        pair(media).ok()?;
        let timeline = Timeline::of(call, media);
        let order = timeline.order().filter(|_| !timeline.is_mixed() && !timeline.is_on_both())?;
        Some((call.direction.clone(), order))
    };
    case.story.calls.iter().filter_map(of).collect()
}

/// One verdict for the story.
fn across(case: &Case, judge: impl Fn(&[(String, Order)], &Call) -> Verdict) -> Verdict {
    if case.story.calls.len() < 2 {
        return Verdict::not_applicable("there is one call: stories of several calls say more");
    }
    let orders = orders(case);
    if orders.len() < case.story.calls.len() {
        return Verdict::not_applicable(
            "the order of a call's channels is not known: media/order speaks of it",
        );
    }
    judge(&orders, case.call())
}

fn counted(orders: &[(String, Order)], direction: &str) -> (usize, usize) {
    let of = |order: Order| orders.iter().filter(|(d, o)| d == direction && *o == order).count();
    (of(Order::Right), of(Order::Swapped))
}

fn both_directions(case: &Case) -> Verdict {
    across(case, |orders, call| {
        let (out_right, out_swapped) = counted(orders, "OUTBOUND");
        let (in_right, in_swapped) = counted(orders, "INBOUND");
        if out_right + out_swapped == 0 || in_right + in_swapped == 0 {
            return Verdict::not_applicable("the calls are of one direction");
        }
        if (out_right > 0 && out_swapped > 0) || (in_right > 0 && in_swapped > 0) {
            return Verdict::not_applicable(
                "the order changes from call to call: media/repeatable speaks of it",
            );
        }
        if (out_swapped == 0) == (in_swapped == 0) {
            return if in_swapped == 0 {
                Verdict::Pass
            } else {
                Verdict::not_applicable("all calls are swapped: media/order speaks of it")
            };
        }
        let on = |right: usize| if right > 0 { "channel 1" } else { "channel 2" };
        let got = format!(
            "the caller is on {} in outbound calls, on {} in inbound ones",
            on(out_right),
            on(in_right)
        );
        Verdict::fail(found(call, "the caller on channel 1 in both directions", got))
    })
}

fn repeatable(case: &Case) -> Verdict {
    across(case, |orders, call| {
        if orders.len() < ENOUGH_CALLS {
            return Verdict::not_applicable("three calls tell whether the order is always the same");
        }
        for direction in ["OUTBOUND", "INBOUND"] {
            let (right, swapped) = counted(orders, direction);
            if right > 0 && swapped > 0 {
                let all = right + swapped;
                let got = format!(
                    "the caller on channel 1 in {right} of {all} {} calls, on channel 2 in {swapped}",
                    direction.to_ascii_lowercase()
                );
                return Verdict::fail(found(call, "the same order in every call of one direction", got));
            }
        }
        Verdict::Pass
    })
}
