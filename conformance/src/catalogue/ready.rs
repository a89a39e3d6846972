//! The notification that a recording is ready (guide §4), and whether it was.

use super::journey::{
    answer_line, clip, engagement_id, ids, in_bad_weather, logging, nothing_logged, notifications, number,
    over_calls, quoted, request_line, retrieval,
};
use super::{authenticated_url, calls};
use crate::check::{Case, Check, check};
use crate::clauses::{guide, hubspot};
use crate::evidence::{Call, End, Exchange, Probe, ProbeOutcome};
use crate::verdict::{Finding, Verdict};
use mock_hubspot::exchange::Body;
use mock_hubspot::journal::{Direction, Entry, Outcome};
use mock_hubspot::operation::Operation;
use serde_json::Value;

pub(super) static CHECKS: &[&Check] = &[&SENT, &ENGAGEMENT_ID, &FETCHABLE, &ONCE];

check! {
    /// HubSpot is told that the recording is ready.
    ///
    /// ## Why it matters
    /// Only this notification starts the transcription. Without it the recording may play and no transcript ever appears.
    ///
    /// ## How to fix
    /// Send `POST /crm/v3/extensions/calling/recordings/ready` with `{"engagementId": <id of the call>}` once the recording can be
    /// downloaded, after the call was created. Some of HubSpot's SDKs lack this call; send it as a plain request with the portal's
    /// access token. 204 without a body is success.
    static SENT = {
        id: "ready/sent", level: Required, profile: Transcription, since: "0.1.0",
        clauses: &[guide::READY],
        needs: &[Ready],
        judge: sent,
        proof: &["ready/never-sent"],
    }
}

check! {
    /// `engagementId` is the id of the logged call, as a JSON integer.
    ///
    /// ## Why it matters
    /// HubSpot looks for a call with exactly this id. A contact's id, or an id of your own, starts nothing, or the transcription of another call.
    ///
    /// ## How to fix
    /// Keep `id` from the answer that created the call. It comes as a string: convert it, as with `Number(call.id)` in JavaScript or
    /// `int(call.id)` in Python, so that the body reads `{"engagementId": 1234567}`.
    static ENGAGEMENT_ID = {
        id: "ready/engagement-id", level: Required, profile: Transcription, since: "0.1.0",
        clauses: &[hubspot::ENGAGEMENT_ID, guide::READY, guide::READY_ID],
        needs: &[Ready],
        judge: engagement,
        proof: &["ready/string-id", "ready/contact-id"],
    }
}

check! {
    /// The recording can be fetched at the moment it is marked as ready.
    ///
    /// ## Why it matters
    /// HubSpot fetches the recording when it hears that it is ready. Nothing says that it tries again: what is not there then may never be transcribed.
    ///
    /// ## How to fix
    /// Send ready when the file is complete and its URL answers, not when the call ends: after the upload was confirmed, or on the
    /// telephone system's own event that the recording is available. With a store that is slow to show new files, ask for the file yourself first.
    static FETCHABLE = {
        id: "ready/fetchable", level: Required, profile: Transcription, since: "0.1.0",
        clauses: &[guide::READY],
        needs: &[Ready, Retrieval],
        judge: fetchable,
        proof: &["ready/too-early"],
    }
}

check! {
    /// Each recording is marked as ready once.
    ///
    /// ## Why it matters
    /// Each notification may start another transcription; the second can replace a transcript that somebody has already corrected.
    ///
    /// ## How to fix
    /// Note with the call that ready was answered, and send it again only when no answer came. Look for a webhook that is
    /// delivered twice, or for two events (call ended, recording available) that both send it.
    static ONCE = {
        id: "ready/once", level: Recommended, profile: Transcription, since: "0.1.0",
        clauses: &[guide::READY],
        needs: &[Ready],
        judge: once,
        proof: &["ready/twice"],
    }
}

const EXPECTED: &str = "POST /crm/v3/extensions/calling/recordings/ready";

fn none_sent(case: &Case) -> Verdict {
    in_bad_weather(case).unwrap_or_else(|| Verdict::unjudged("ready was not sent: ready/sent says more"))
}

/// `engagementId` as the integer of one of this call's ids.
fn is_right(entry: &Entry, case: &Case, call: &Call) -> bool {
    engagement_id(entry).and_then(|id| id.as_u64()).is_some_and(|id| ids(case, call).contains(&id))
}

fn sent(case: &Case) -> Verdict {
    if let Some(verdict) = in_bad_weather(case) {
        return verdict;
    }
    over_calls(case, |call| {
        let Some(call_id) = call.call_id else { return nothing_logged(case) };
        let all = notifications(case, call);
        let logged =
            logging(case, call).iter().find(|e| e.outcome == Outcome::Served).map_or(0, |e| e.number);
        let expected = format!("{EXPECTED} with engagementId {call_id}, after the call was created");
        let Some(last) = all.last() else {
            let missed = call.missed.iter().find(|missed| missed.awaited == Operation::MarkReady);
            let within = missed.map_or_else(String::new, |m| format!(" {}", m.by_when()));
            let nearest = missed.and_then(|missed| missed.nearest.as_deref());
            let finding = Finding::new(
                format!("the call {} was logged as {call_id}", quoted(&call.external_id)),
                expected,
                format!("no notification that its recording is ready{within}"),
            );
            return Verdict::fail(finding.differing(nearest.map_or_else(
                || "nothing of the kind was sent".to_owned(),
                |nearest| format!("the nearest request: {}", clip(nearest)),
            )));
        };
        if all.iter().all(|entry| entry.number < logged) {
            let received = format!("ready as {}, the call as j{logged}", number(last));
            let finding = Finding::new(request_line(last), expected, received);
            return Verdict::fail(finding.differing("ready was sent first").seen_in(number(last)));
        }
        let served = all.iter().any(|entry| entry.outcome == Outcome::Served);
        // A notification with a wrong id was sent all the same: ready/engagement-id judges the id.
        if served || !is_right(last, case, call) {
            return Verdict::Pass;
        }
        let finding =
            Finding::new(request_line(last), format!("{expected}, answered 204"), answer_line(last));
        Verdict::fail(finding.differing("HubSpot did not take the notification").seen_in(number(last)))
    })
}

fn engagement(case: &Case) -> Verdict {
    over_calls(case, |call| {
        let Some(call_id) = call.call_id else { return nothing_logged(case) };
        let all = notifications(case, call);
        let Some(last) = all.last() else { return none_sent(case) };
        if all.iter().any(|entry| is_right(entry, case, call)) {
            return Verdict::Pass;
        }
        let carried = engagement_id(last);
        let text = carried.as_ref().map_or_else(|| "nothing".to_owned(), |id| clip(&id.to_string()));
        let why = why_wrong(carried.as_ref(), call, call_id);
        let finding = Finding::new(
            format!("{} with engagementId {text}", request_line(last)),
            format!("engagementId {call_id}, a JSON integer: the id of the logged call"),
            format!("engagementId is {text}: {why}"),
        );
        Verdict::fail(finding.differing(why).seen_in(number(last)))
    })
}

fn why_wrong(carried: Option<&Value>, call: &Call, call_id: u64) -> String {
    let Some(carried) = carried else { return "the member is missing".to_owned() };
    let (text, kind) = match carried {
        Value::String(text) => (text.clone(), "a string"),
        Value::Number(number) => (number.to_string(), "a number"),
        _ => return "it is neither a number nor a string".to_owned(),
    };
    let whose = if text == call_id.to_string() {
        return format!("{kind} instead of a JSON integer");
    } else if text == call.record.1.to_string() {
        "the id of the record that the call is about"
    } else if text == call.external_id {
        "the external id of the call"
    } else if text == call.account_id {
        "the external account id"
    } else if text == call.owner_id {
        "the id of the owner"
    } else {
        "no call that this integration logged"
    };
    format!("{kind}, {whose}")
}

/// How the recording behaved when the kit asked for it later.
enum Later {
    Works(Vec<String>),
    Fails,
    NotAsked,
}

fn later(case: &Case, index: usize) -> Later {
    let of_call = |exchange: &&Exchange| exchange.call == index;
    let was_asked =
        |probe| matches!(case.story.probes.get(&probe), Some(ProbeOutcome::Asked | ProbeOutcome::Blocked(_)));
    let Some(stock) = case.asked(Probe::AuthenticatedUrl, "stock").find(of_call) else {
        return if was_asked(Probe::AuthenticatedUrl) { Later::Fails } else { Later::NotAsked };
    };
    if !authenticated_url::is_handed_out(stock) {
        return Later::Fails;
    }
    if !was_asked(Probe::Download) {
        return Later::NotAsked;
    }
    // The clients that HubSpot's own resembles; a browser's success says nothing about HubSpot.
    let downloads = ["whole", "second-url", "bare-client"];
    let mut downloads =
        downloads.into_iter().flat_map(|name| case.asked(Probe::Download, name)).filter(of_call);
    let whole = |exchange: &&Exchange| {
        exchange.answer().is_some_and(|answer| {
            matches!(answer.status, 200 | 206)
                && matches!(answer.body.end, End::Complete | End::Abandoned)
                && answer.body.length > 0
        })
    };
    downloads.find(whole).map_or(Later::Fails, |found| Later::Works(vec![stock.id(), found.id()]))
}

fn fetchable(case: &Case) -> Verdict {
    if let Some(verdict) = authenticated_url::apart(case) {
        return verdict;
    }
    together_with_index(case, |index, call| {
        if call.call_id.is_none() {
            return nothing_logged(case);
        }
        if authenticated_url::is_awkward(call) {
            return Verdict::not_applicable(
                "an awkward external id is asked by authenticated-url/encoded-id",
            );
        }
        if let Some(verdict) = super::journey::cannot_be_asked(case) {
            return verdict;
        }
        if let Some(reason) = calls::unlinked(case, call) {
            return Verdict::unjudged(reason);
        }
        let ready = notifications(case, call).iter().map(|entry| entry.number).min();
        let Some(ready) = ready else { return none_sent(case) };
        let after = |direction| {
            let entries = retrieval(case, call, direction);
            entries.into_iter().filter(move |entry| entry.number > ready).collect::<Vec<_>>()
        };
        let (asked, fetched) = (after(Direction::AskedForUrl), after(Direction::FetchedRecording));
        let Some(first) = asked.first() else {
            return Verdict::unjudged("HubSpot did not ask for the recording after ready");
        };
        if first.outcome != Outcome::Served {
            return not_there(case, index, call, first, &asked);
        }
        match fetched.first() {
            Some(entry) if was_fetched(entry, call) => Verdict::Pass,
            Some(entry) => not_there(case, index, call, entry, &fetched),
            None => Verdict::unjudged("HubSpot did not fetch the recording after ready"),
        }
    })
}

fn together_with_index(case: &Case, judge: impl Fn(usize, &Call) -> Verdict) -> Verdict {
    super::journey::together(case.story.calls.iter().enumerate().map(|(index, call)| judge(index, call)))
}

/// Whether the recording came. What is wrong with its headers or its contents is for other checks to say.
fn was_fetched(entry: &Entry, call: &Call) -> bool {
    if entry.outcome == Outcome::Served {
        return true;
    }
    let Some(reply) = entry.reply.as_ref().filter(|reply| matches!(reply.status, 200 | 206)) else {
        return false;
    };
    let length = match &reply.body {
        Body::Bytes { length, .. } => *length,
        Body::Text(text) => text.len() as u64,
        Body::Empty => 0,
    };
    length > 0 && call.baseline.as_ref().is_none_or(|baseline| length >= baseline.length)
}

fn not_there(case: &Case, index: usize, call: &Call, entry: &Entry, all: &[&Entry]) -> Verdict {
    if entry.outcome == Outcome::Pending {
        return Verdict::unjudged("HubSpot's request was still under way when the story ended");
    }
    let again = all.iter().skip(1).find(|entry| match entry.direction {
        Direction::FetchedRecording => was_fetched(entry, call),
        _ => entry.outcome == Outcome::Served,
    });
    let shown = match (again, later(case, index)) {
        (Some(entry), _) => vec![number(entry)],
        (None, Later::Works(shown)) => shown,
        (None, Later::NotAsked) => Vec::new(),
        (None, Later::Fails) => {
            let reason =
                "the recording cannot be fetched later either: authenticated-url and download say more";
            return Verdict::unjudged(reason);
        }
    };
    let finding = Finding::new(
        format!("{} when the recording was marked as ready", request_line(entry)),
        "the recording, as later",
        answer_line(entry),
    );
    let differing = if shown.is_empty() {
        "at the moment of ready"
    } else {
        "it can be fetched later, not at the moment of ready"
    };
    let finding = finding.differing(differing).seen_in(number(entry));
    Verdict::fail(shown.into_iter().fold(finding, Finding::seen_in))
}

fn once(case: &Case) -> Verdict {
    if case.story.weather.iter().any(|weather| weather.strike == "slow") {
        return Verdict::not_applicable("an answer that comes slowly may be taken for none");
    }
    over_calls(case, |call| {
        if call.call_id.is_none() {
            return nothing_logged(case);
        }
        let all = notifications(case, call);
        let served: Vec<_> =
            all.iter().filter(|entry| entry.outcome == Outcome::Served && entry.reply.is_some()).collect();
        match served.as_slice() {
            [] => none_sent(case),
            [_] => Verdict::Pass,
            [first, second, ..] => {
                let finding = Finding::new(
                    format!("{}, {} times", request_line(second), served.len()),
                    "one notification for each recording",
                    format!("{} notifications that were answered", served.len()),
                );
                let finding = finding.differing("the second says nothing that the first did not say");
                Verdict::fail(finding.seen_in(number(first)).seen_in(number(second)))
            }
        }
    })
}

#[cfg(test)]
mod tests;
