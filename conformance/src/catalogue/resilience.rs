//! Behaviour under HubSpot's weather: throttled, failing, cut off, slow, with an expired token, and many calls at once.

use super::calls;
use super::journey::{
    answer_line, as_text, clip, conversation, engagement_id, logging, nothing_logged, notifications, number,
    quoted, request_line, together, was_struck, was_struck_by,
};
use crate::check::{Case, Check, Section, check};
use crate::clauses::{guide, hubspot};
use crate::evidence::{Call, Weather};
use crate::verdict::{Finding, Verdict};
use mock_hubspot::journal::{Entry, Outcome};
use mock_hubspot::operation::Operation;

pub(super) static CHECKS: &[&Check] = &[
    &SURVIVES_429,
    &SURVIVES_5XX,
    &SURVIVES_CUT,
    &ONE_CALL_AFTER_WEATHER,
    &REFRESHES_TOKEN,
    &NO_STORM,
    &SURVIVES_SLOW,
    &BURST_CHECK,
];

/// So many calls in one story are a burst.
pub(super) const BURST: usize = 5;

check! {
    /// A request that HubSpot throttled with 429 is sent again and succeeds.
    ///
    /// ## Why it matters
    /// HubSpot limits requests by the second and by ten seconds, and shares the limit among all that an account has installed. A call that is given up is missing from the timeline for good.
    ///
    /// ## How to fix
    /// On 429 wait and send the same request again: a second for the secondly limit, ten for `TEN_SECONDLY_ROLLING` in `policyName`.
    /// HubSpot's Node client does so with `numberOfApiCallRetries`; the Python client needs a `Retry` of urllib3.
    static SURVIVES_429 = {
        id: "resilience/survives-429", level: Required, profile: Resilience, since: "0.1.0",
        clauses: &[hubspot::RATE_LIMITS],
        needs: &[LoggedCall],
        judge: survives_429,
        proof: &["resilience/gives-up-on-429"],
    }
}

check! {
    /// A request that HubSpot answered with 5xx is sent again and succeeds.
    ///
    /// ## Why it matters
    /// 502, 503 and 504 come from HubSpot's edge several times a day and pass in seconds. What is given up then is lost.
    ///
    /// ## How to fix
    /// Put each step (log, associate, ready) into a queue that repeats it with growing pauses, and keep what was done already.
    /// A 5xx before an answer means that nothing was stored.
    static SURVIVES_5XX = {
        id: "resilience/survives-5xx", level: Required, profile: Resilience, since: "0.1.0",
        clauses: &[hubspot::RETRY],
        needs: &[LoggedCall],
        judge: survives_5xx,
        proof: &["resilience/gives-up-on-5xx"],
    }
}

check! {
    /// A request whose connection was cut is sent again and succeeds.
    ///
    /// ## Why it matters
    /// Connections are reset by deployments, proxies and idle timeouts. HTTP clients report that as an exception, not as a status, and it is easily left out of the retries.
    ///
    /// ## How to fix
    /// Treat `ECONNRESET`, `IncompleteRead`, `ConnectionError` and timeouts as you treat 503. In axios look at `error.code` where
    /// `error.response` is missing.
    static SURVIVES_CUT = {
        id: "resilience/survives-cut", level: Required, profile: Resilience, since: "0.1.0",
        clauses: &[hubspot::RETRY],
        needs: &[LoggedCall],
        judge: survives_cut,
        proof: &["resilience/gives-up-on-a-cut"],
    }
}

check! {
    /// After bad weather each conversation is logged once.
    ///
    /// ## Why it matters
    /// Retries are where duplicates come from: a job that starts from its beginning logs the call again because the association failed.
    ///
    /// ## How to fix
    /// Repeat the step that failed, not the whole job. Store the call's id as soon as HubSpot gave it, and begin a repeated job by
    /// looking for it.
    static ONE_CALL_AFTER_WEATHER = {
        id: "resilience/one-call-after-weather", level: Required, profile: Resilience, since: "0.1.0",
        clauses: &[hubspot::ONE_CALL, hubspot::RETRY],
        needs: &[LoggedCall],
        judge: one_call_after_weather,
        proof: &["resilience/logs-again-after-failure"],
    }
}

check! {
    /// An expired access token is refreshed, and the request sent again.
    ///
    /// ## Why it matters
    /// OAuth tokens live for half an hour. HubSpot may call one expired a moment before your clock does.
    ///
    /// ## How to fix
    /// On 401 with the category `EXPIRED_AUTHENTICATION` send `grant_type=refresh_token` to `/oauth/v1/token`, once for all requests
    /// that wait, and repeat them with the new token. Refreshing ahead of time helps and does not replace this.
    static REFRESHES_TOKEN = {
        id: "resilience/refreshes-token", level: Recommended, profile: Resilience, since: "0.1.0",
        clauses: &[hubspot::EXPIRY],
        needs: &[LoggedCall],
        judge: refreshes_token,
        proof: &["resilience/never-refreshes"],
    }
}

check! {
    /// A throttled request is not repeated without a wait: at most ten times within the limit's interval.
    ///
    /// ## Why it matters
    /// Refused requests count against the limit too, so that a storm prolongs what it wants to end, for all of the customer's apps.
    ///
    /// ## How to fix
    /// Wait before each repeat, longer each time, with some chance in it. Share the wait among workers, so that a hundred
    /// jobs do not each find out alone.
    static NO_STORM = {
        id: "resilience/no-storm", level: Recommended, profile: Resilience, since: "0.1.0",
        clauses: &[hubspot::RATE_LIMITS],
        needs: &[LoggedCall],
        judge: no_storm,
        proof: &["resilience/storms"],
    }
}

check! {
    /// When HubSpot is slow, every call still ends logged, associated and ready.
    ///
    /// ## Why it matters
    /// HubSpot's answers take seconds at busy hours. A client that hangs up earlier does not learn the call's id and cannot go on.
    ///
    /// ## How to fix
    /// Give requests to HubSpot 30 seconds. When no answer came to the creation of a call, look for it by `hs_call_external_id`
    /// before it is created again.
    static SURVIVES_SLOW = {
        id: "resilience/survives-slow", level: Recommended, profile: Resilience, since: "0.1.0",
        clauses: &[hubspot::SLOWNESS],
        needs: &[LoggedCall],
        judge: survives_slow,
        proof: &["resilience/gives-up-when-slow"],
    }
}

check! {
    /// Of many calls at once, every one ends logged, associated and ready.
    ///
    /// ## Why it matters
    /// A call centre ends many calls in the same second. What is dropped then is noticed weeks later, if at all.
    ///
    /// ## How to fix
    /// Take events into a durable queue before you answer them. Look for a limit on concurrent jobs that drops instead of waiting,
    /// and for state that is shared between calls under way.
    static BURST_CHECK = {
        id: "resilience/burst", level: Recommended, profile: Resilience, since: "0.1.0",
        clauses: &[hubspot::SLOWNESS, guide::LOG_CALL],
        needs: &[LoggedCall],
        judge: burst,
        proof: &["resilience/loses-calls-in-a-burst"],
    }
}

/// More repeats than this within one interval are a storm.
const STORM: usize = 10;

/// The weather of this name that the story ordered.
fn ordered<'a>(case: &Case<'a>, strike: &str) -> Vec<&'a Weather> {
    case.story.weather.iter().filter(|weather| weather.strike == strike).collect()
}

/// The verdict where there was no such weather.
fn fair(ordered: &[&Weather]) -> Option<Verdict> {
    if ordered.is_empty() {
        return Some(Verdict::not_applicable("this story has no such weather"));
    }
    let never = ordered.iter().all(|weather| weather.struck == 0);
    never.then(|| Verdict::unjudged("the weather never struck"))
}

/// Which call a request is about, where that can be told: the conversation that was logged.
fn subject(case: &Case, entry: &Entry) -> Option<Vec<String>> {
    match entry.operation? {
        Operation::LogCall => Some(conversation(entry)),
        Operation::RegisterRecordingUrl | Operation::MoveRecordingUrl | Operation::IssueToken => None,
        _ => {
            let carried = engagement_id(entry).as_ref().and_then(as_text);
            let named =
                entry.params.get("callId").map(str::to_owned).or(carried).and_then(|id| id.parse().ok());
            let id: u64 = named.or(entry.call_id)?;
            let mut logged = case.own(Operation::LogCall);
            logged.find(|e| e.outcome == Outcome::Served && e.call_id == Some(id)).map(conversation)
        }
    }
}

/// Requests about one app rather than one call stand outside of all stories.
fn is_shared(operation: Operation) -> bool {
    matches!(operation, Operation::RegisterRecordingUrl | Operation::MoveRecordingUrl | Operation::IssueToken)
}

fn entries_of<'a>(case: &Case<'a>, operation: Operation) -> Vec<&'a Entry> {
    if is_shared(operation) { case.operation(operation) } else { case.own(operation).collect() }
}

/// Requests that weather of this name struck.
fn struck<'a>(case: &Case<'a>, ordered: &[&Weather]) -> Vec<&'a Entry> {
    let entries = ordered.iter().flat_map(|weather| {
        entries_of(case, weather.operation).into_iter().filter(|e| was_struck_by(e, &weather.strike))
    });
    let mut entries: Vec<_> = entries.collect();
    entries.sort_by_key(|entry| entry.number);
    entries.dedup_by_key(|entry| entry.number);
    entries
}

/// The same request, sent later, in order.
fn repeats<'a>(case: &Case<'a>, entry: &Entry) -> Vec<&'a Entry> {
    let Some(operation) = entry.operation else { return Vec::new() };
    let about = subject(case, entry);
    let later = entries_of(case, operation).into_iter().filter(|other| other.number > entry.number);
    later
        .filter(|other| about.is_none() || case.story.calls.len() == 1 || subject(case, other) == about)
        .collect()
}

fn succeeded(case: &Case, entry: &Entry) -> bool {
    repeats(case, entry).iter().any(|repeat| repeat.outcome == Outcome::Served)
}

/// Requests that any weather struck and that never succeeded.
fn given_up<'a>(case: &Case<'a>) -> Vec<&'a Entry> {
    let all = case.entries();
    let ordered = |entry: &&Entry| {
        let shared = entry.operation.is_some_and(is_shared);
        case.story.weather.iter().any(|weather| Some(weather.operation) == entry.operation) || !shared
    };
    all.into_iter().filter(|entry| was_struck(entry) && ordered(entry) && !succeeded(case, entry)).collect()
}

fn survives(case: &Case, strike: &str, meaning: &str) -> Verdict {
    let ordered = ordered(case, strike);
    if let Some(verdict) = fair(&ordered) {
        return verdict;
    }
    let lost: Vec<_> = struck(case, &ordered).into_iter().filter(|entry| !succeeded(case, entry)).collect();
    if let Some(first) = lost.first() {
        let mut finding = never_succeeded(case, first, meaning);
        finding.more = lost.len() - 1;
        return Verdict::fail(finding);
    }
    // What follows a request that other weather made it give up is that weather's to answer for.
    let doubled = calls::logged_again(case).is_some_and(|again| !again.is_empty());
    if doubled || !given_up(case).is_empty() {
        return Verdict::Pass;
    }
    let verdicts = case.story.calls.iter().filter_map(|call| {
        let step = missed(call)?;
        Some(Verdict::fail(incomplete(call, &step, &format!("{meaning} on the way"))))
    });
    let verdicts: Vec<_> = verdicts.collect();
    if verdicts.is_empty() { Verdict::Pass } else { together(verdicts) }
}

fn never_succeeded(case: &Case, entry: &Entry, meaning: &str) -> Finding {
    let repeats = repeats(case, entry);
    let received = match repeats.last() {
        None => "it was never sent again".to_owned(),
        Some(last) => {
            format!("it was sent {} times more, the last answer: {}", repeats.len(), answer_line(last))
        }
    };
    let expected = "the same request again, until it is served";
    let finding = Finding::new(format!("{}, met with {meaning}", request_line(entry)), expected, received);
    let finding = finding.differing(format!("after {}", number(entry))).seen_in(number(entry));
    match repeats.last() {
        Some(last) => finding.seen_in(number(last)),
        None => finding,
    }
}

/// A step of this call that was awaited and did not come.
fn missed(call: &Call) -> Option<String> {
    let step = |operation: Operation| match operation {
        Operation::LogCall => Some("logged"),
        Operation::Associate => Some("associated"),
        Operation::MarkReady => Some("marked as ready"),
        _ => None,
    };
    if call.call_id.is_none() {
        return Some("logged".to_owned());
    }
    call.missed.iter().find_map(|missed| step(missed.awaited)).map(str::to_owned)
}

/// The first step that this call lacks in the end, of those that the story asks about.
fn lacking(case: &Case, call: &Call) -> Option<String> {
    let asks = |section| case.story.sections.contains(&section);
    missed(call).or_else(|| {
        let (object_type, id) = &call.record;
        let linked =
            call.associations.iter().any(|a| a.id == *id && a.object_type.eq_ignore_ascii_case(object_type));
        let ready = notifications(case, call).iter().any(|entry| entry.outcome == Outcome::Served);
        if asks(Section::Associations) && !linked {
            Some("associated".to_owned())
        } else {
            (asks(Section::Ready) && !ready).then(|| "marked as ready".to_owned())
        }
    })
}

fn incomplete(call: &Call, step: &str, under: &str) -> Finding {
    let nearest = call.missed.iter().find_map(|missed| missed.nearest.as_deref());
    let finding = Finding::new(
        format!("the call {}, {under}", quoted(&call.external_id)),
        "the call ends logged, associated and marked as ready",
        format!("it was not {step}"),
    );
    finding.differing(nearest.map_or_else(
        || format!("the step that is missing: {step}"),
        |nearest| format!("the nearest request: {}", clip(nearest)),
    ))
}

fn survives_429(case: &Case) -> Verdict {
    survives(case, "throttled", "429")
}

fn survives_5xx(case: &Case) -> Verdict {
    survives(case, "failing", "5xx")
}

fn survives_cut(case: &Case) -> Verdict {
    survives(case, "cut", "a cut connection")
}

fn refreshes_token(case: &Case) -> Verdict {
    let ordered = ordered(case, "expired-token");
    if let Some(verdict) = fair(&ordered) {
        return verdict;
    }
    let lost: Vec<_> = struck(case, &ordered).into_iter().filter(|entry| !succeeded(case, entry)).collect();
    let Some(first) = lost.first() else {
        let missing = case.story.calls.iter().find_map(|call| Some((call, missed(call)?)));
        return match missing {
            Some((call, step)) if given_up(case).is_empty() => {
                Verdict::fail(incomplete(call, &step, "with an expired token on the way"))
            }
            _ => Verdict::Pass,
        };
    };
    let refreshed = case.operation(Operation::IssueToken).iter().any(|token| token.number > first.number);
    let mut finding = never_succeeded(case, first, "401 EXPIRED_AUTHENTICATION");
    finding.more = lost.len() - 1;
    let differing = if refreshed {
        "a token was asked for, the request not repeated"
    } else {
        "no new token was asked for"
    };
    Verdict::fail(finding.differing(differing))
}

fn one_call_after_weather(case: &Case) -> Verdict {
    if case.story.weather.is_empty() {
        return Verdict::not_applicable("this story has no bad weather");
    }
    if case.story.weather.iter().any(|weather| weather.strike == "slow") {
        return Verdict::not_applicable(
            "whether a call whose answer comes slowly was logged cannot be known",
        );
    }
    if case.story.weather.iter().all(|weather| weather.struck == 0) {
        return Verdict::unjudged("the weather never struck");
    }
    match calls::logged_again(case) {
        None => nothing_logged(case),
        Some(again) => calls::doubled(&again, case).map_or(Verdict::Pass, Verdict::fail),
    }
}

/// How long a limit lasts, as the refusal names it, in milliseconds.
fn interval(entry: &Entry) -> u64 {
    let text = entry.reply.as_ref().and_then(|reply| reply.body.text()).unwrap_or_default();
    if text.to_ascii_uppercase().contains("TEN_SECONDLY") { 10_000 } else { 1_000 }
}

fn no_storm(case: &Case) -> Verdict {
    let ordered = ordered(case, "throttled");
    if let Some(verdict) = fair(&ordered) {
        return verdict;
    }
    let throttled = struck(case, &ordered);
    let storms = throttled.iter().filter_map(|first| {
        let about = subject(case, first);
        let same = throttled.iter().filter(|other| {
            other.operation == first.operation && subject(case, other) == about && other.number > first.number
        });
        let until = first.at_ms + interval(first);
        let within = same.filter(|other| other.at_ms < until).count();
        (within > STORM).then_some((*first, within))
    });
    let Some((first, count)) = storms.max_by_key(|(_, count)| *count) else { return Verdict::Pass };
    let finding = Finding::new(
        format!("{}, met with 429", request_line(first)),
        format!("at most {STORM} repeats within {} ms", interval(first)),
        format!("{count} repeats"),
    );
    Verdict::fail(finding.differing(format!("after {}", number(first))).seen_in(number(first)))
}

fn survives_slow(case: &Case) -> Verdict {
    fair(&ordered(case, "slow")).unwrap_or_else(|| every_call_is_complete(case, "while HubSpot was slow"))
}

fn burst(case: &Case) -> Verdict {
    let count = case.story.calls.len();
    if count < BURST {
        return Verdict::not_applicable("this story is no burst of calls");
    }
    every_call_is_complete(case, &format!("one of {count} at once"))
}

fn every_call_is_complete(case: &Case, under: &str) -> Verdict {
    together(case.story.calls.iter().map(|call| match lacking(case, call) {
        None => Verdict::Pass,
        Some(step) => {
            let finding = incomplete(call, &step, under);
            let last = logging(case, call).last().copied();
            Verdict::fail(
                last.map_or_else(|| finding.clone(), |entry| finding.clone().seen_in(number(entry))),
            )
        }
    }))
}

#[cfg(test)]
mod tests;
