//! Logged calls (guide §3): that they are logged, once, and linked to their recordings.
//!
//! Read next: `properties.rs` (what HubSpot shows of a call), `owner.rs` (whose call it is).

pub(super) mod owner;
pub(super) mod properties;

use super::journey::{
    Logged, answer_line, clip, conversation, in_bad_weather, logging, nothing_logged, number, over_calls,
    quoted, request_line, was_struck,
};
use crate::check::{Case, Check, check};
use crate::clauses::{guide, hubspot};
use crate::evidence::Call;
use crate::verdict::{Finding, Verdict};
use mock_hubspot::journal::{Entry, Outcome};
use mock_hubspot::operation::Operation;
use std::collections::BTreeMap;

pub(super) static CHECKS: &[&Check] =
    &[&LOGGED, &SOURCE, &APP_ID, &APP_ID_MATCHES, &EXTERNAL_ID, &ACCOUNT_ID, &LOGGED_ONCE, &NO_LEGACY_URL];

check! {
    /// The call is logged in HubSpot.
    ///
    /// ## Why it matters
    /// Only a logged call stands on a contact's timeline, and only a logged call has a recording to play.
    ///
    /// ## How to fix
    /// Send `POST /crm/v3/objects/calls` when the conversation has ended, with the portal's access token, and look at the answer:
    /// 201 brings the call's id, everything else says in `message` what HubSpot did not like. A call that is queued on your side
    /// must survive a restart.
    static LOGGED = {
        id: "calls/logged", level: Required, profile: Playback, since: "0.1.0",
        clauses: &[guide::LOG_CALL],
        needs: &[LoggedCall],
        judge: logged,
        proof: &["calls/never-logged"],
    }
}

check! {
    /// `hs_call_source` is exactly `INTEGRATIONS_PLATFORM`.
    ///
    /// ## Why it matters
    /// HubSpot asks your endpoint for a recording only if the call says that it came from the integrations platform.
    ///
    /// ## How to fix
    /// Set `hs_call_source` to `INTEGRATIONS_PLATFORM`, in capitals, with the plural `INTEGRATIONS`. Other values look right on the
    /// timeline and never play.
    static SOURCE = {
        id: "calls/source", level: Required, profile: Playback, since: "0.1.0",
        clauses: &[guide::CALL_PROPERTIES, guide::CALL_SOURCE],
        needs: &[LoggedCall],
        judge: source,
        proof: &["calls/wrong-source", "calls/without-source"],
    }
}

check! {
    /// The call names the app that serves its recording: `hs_call_app_id`.
    ///
    /// ## Why it matters
    /// HubSpot finds the registered URL by this id. Without it there is nobody to ask for the recording.
    ///
    /// ## How to fix
    /// Set `hs_call_app_id` to your app's id, the same number that stands in the path of the settings requests.
    static APP_ID = {
        id: "calls/app-id", level: Required, profile: Playback, since: "0.1.0",
        clauses: &[guide::CALL_PROPERTIES, guide::CALL_APP],
        needs: &[LoggedCall],
        judge: app_id,
        proof: &["calls/without-app-id"],
    }
}

check! {
    /// `hs_call_app_id` is the app that registered the recording URL.
    ///
    /// ## Why it matters
    /// With another app's id HubSpot asks another app's endpoint, or tells yours an `appId` that it refuses.
    ///
    /// ## How to fix
    /// Take the id for the registration and for the calls from one setting. Look for the id of a test app, of the developer
    /// account or of the portal, which are easily mistaken for it.
    static APP_ID_MATCHES = {
        id: "calls/app-id-matches", level: Required, profile: Playback, since: "0.1.0",
        clauses: &[hubspot::APP_ID, guide::CALL_PROPERTIES, guide::CALL_APP],
        needs: &[LoggedCall],
        judge: app_id_matches,
        proof: &["calls/wrong-app-id"],
    }
}

check! {
    /// The call names its recording: `hs_call_external_id`.
    ///
    /// ## Why it matters
    /// HubSpot puts this id in the place of `%s` when it asks your endpoint. Without it the recording cannot be found.
    ///
    /// ## How to fix
    /// Set `hs_call_external_id` to the id under which your endpoint finds the recording. Letters, digits, `-` and `_` travel
    /// safely through every proxy.
    static EXTERNAL_ID = {
        id: "calls/external-id", level: Required, profile: Playback, since: "0.1.0",
        clauses: &[guide::CALL_PROPERTIES, guide::EXTERNAL_ID],
        needs: &[LoggedCall],
        judge: external_id,
        proof: &["calls/without-external-id"],
    }
}

check! {
    /// The call names the account on your side: `hs_call_external_account_id`.
    ///
    /// ## Why it matters
    /// HubSpot sends it as `externalAccountId`, and your endpoint needs it to tell one customer's recordings from another's.
    ///
    /// ## How to fix
    /// Set `hs_call_external_account_id` to the id of the customer's account in your system, and compare it in the endpoint.
    static ACCOUNT_ID = {
        id: "calls/account-id", level: Required, profile: Playback, since: "0.1.0",
        clauses: &[guide::CALL_PROPERTIES, guide::EXTERNAL_ACCOUNT_ID],
        needs: &[LoggedCall],
        judge: account_id,
        proof: &["calls/without-account-id"],
    }
}

check! {
    /// Each conversation is logged once.
    ///
    /// ## Why it matters
    /// HubSpot joins nothing: the second call stands beside the first on the timeline, counts in reports, and its recording may never come.
    ///
    /// ## How to fix
    /// Keep the id that HubSpot gave, by your own call's id, and look there before you log. Two workers or two webhooks that both
    /// log the end of a call need one lock or one queue. Later changes go by `PATCH` to the id that is kept.
    static LOGGED_ONCE = {
        id: "calls/logged-once", level: Required, profile: Resilience, since: "0.1.0",
        clauses: &[hubspot::ONE_CALL, guide::LOG_CALL],
        needs: &[LoggedCall],
        judge: logged_once,
        proof: &["calls/logged-twice"],
    }
}

check! {
    /// The call carries no `hs_call_recording_url`.
    ///
    /// ## Why it matters
    /// That is the legacy way, without authentication: whoever sees the URL hears the call. HubSpot has announced its end.
    ///
    /// ## How to fix
    /// Leave `hs_call_recording_url` out. With `hs_call_external_id`, `hs_call_external_account_id`, `hs_call_app_id` and
    /// `hs_call_source` HubSpot asks your endpoint instead.
    static NO_LEGACY_URL = {
        id: "calls/no-legacy-url", level: Recommended, profile: Playback, since: "0.1.0",
        clauses: &[guide::NO_LEGACY],
        needs: &[LoggedCall],
        judge: no_legacy_url,
        proof: &["calls/legacy-recording-url"],
    }
}

/// What a rule says of one property's value.
pub(super) enum Said {
    /// It is right.
    Right,
    /// It is wrong: how.
    Wrong(String),
    /// The rule does not concern this call.
    Apart(String),
    /// It cannot be told.
    Unknown(String),
}

/// A rule about one property of a call.
pub(super) struct Rule {
    /// The property.
    pub(super) name: &'static str,
    /// The values that would be right, in words.
    pub(super) expected: fn(&Case, &Call) -> Vec<String>,
    /// What it says of a value.
    pub(super) judge: fn(Option<&str>, &Case, &Call) -> Said,
}

impl Rule {
    /// Judges every call of the story.
    pub(super) fn verdict(&self, case: &Case) -> Verdict {
        over_calls(case, |call| match Logged::of(case, call) {
            Some(logged) => self.of_call(&logged, case, call),
            None => nothing_logged(case),
        })
    }

    fn of_call(&self, logged: &Logged, case: &Case, call: &Call) -> Verdict {
        match (self.judge)(logged.get(self.name), case, call) {
            Said::Right => Verdict::Pass,
            Said::Wrong(why) => {
                Verdict::fail(logged.finding(self.name, &(self.expected)(case, call)).differing(clip(&why)))
            }
            Said::Apart(reason) => Verdict::not_applicable(reason),
            Said::Unknown(reason) => Verdict::unjudged(reason),
        }
    }

    /// Whether a request that HubSpot refused breaks this rule.
    fn explains(&self, entry: &Entry, case: &Case, call: &Call) -> bool {
        let value = Logged::in_request(entry);
        matches!((self.judge)(value.get(self.name), case, call), Said::Wrong(_))
    }
}

/// The rules that may explain why HubSpot refused to log a call, each with the check that says more.
const EXPLANATIONS: [(&Rule, &str); 6] = [
    (&properties::TIMESTAMP_RULE, "calls/timestamp"),
    (&SOURCE_RULE, "calls/source"),
    (&properties::STATUS_RULE, "calls/status"),
    (&properties::DIRECTION_RULE, "calls/direction"),
    (&properties::DISPOSITION_RULE, "calls/disposition"),
    (&owner::OWNER_RULE, "calls/owner"),
];

fn logged(case: &Case) -> Verdict {
    if let Some(verdict) = in_bad_weather(case) {
        return verdict;
    }
    over_calls(case, |call| {
        let entries = logging(case, call);
        if call.call_id.is_some() || entries.iter().any(|entry| entry.outcome == Outcome::Served) {
            return Verdict::Pass;
        }
        let expected = "POST /crm/v3/objects/calls, answered 201";
        let Some(last) = entries.iter().rev().find(|entry| !was_struck(entry)) else {
            return Verdict::fail(never_logged(case, call, expected));
        };
        if matches!(last.outcome, Outcome::Refused(_)) {
            let why = EXPLANATIONS.iter().find(|(rule, _)| rule.explains(last, case, call));
            if let Some((_, check)) = why {
                return Verdict::unjudged(format!("HubSpot refused the call: {check} says more"));
            }
            if super::associations::names_wrong_type(last) {
                return Verdict::unjudged("HubSpot refused the call: associations/type says more");
            }
        }
        let finding = Finding::new(request_line(last), expected, answer_line(last)).seen_in(number(last));
        Verdict::fail(finding.differing("HubSpot did not take the call"))
    })
}

fn never_logged(case: &Case, call: &Call, expected: &str) -> Finding {
    let missed = call.missed.iter().find(|missed| missed.awaited == Operation::LogCall);
    let nearest = missed.and_then(|missed| missed.nearest.as_deref());
    let within = missed.map_or_else(String::new, |missed| format!(" {}", missed.by_when()));
    let stray = case.common.iter().rev().find(|entry| entry.operation == Some(Operation::LogCall));
    let finding = Finding::new(
        format!("the call {} was made", quoted(&call.external_id)),
        expected,
        format!("no request that logs it{within}"),
    );
    let finding = match (nearest, stray) {
        (Some(nearest), _) => finding.differing(format!("the nearest request: {}", clip(nearest))),
        (None, Some(entry)) => finding.differing(format!("the nearest request: {}", request_line(entry))),
        (None, None) => finding.differing("nothing of the kind was sent"),
    };
    match stray {
        Some(entry) => finding.seen_in(number(entry)),
        None => finding,
    }
}

fn present(value: Option<&str>, _: &Case, _: &Call) -> Said {
    value.map_or_else(|| Said::Wrong("the property is missing".to_owned()), |_| Said::Right)
}

static SOURCE_RULE: Rule = Rule {
    name: "hs_call_source",
    expected: |_, _| vec!["INTEGRATIONS_PLATFORM".to_owned()],
    judge: |value, _, _| match value {
        Some("INTEGRATIONS_PLATFORM") => Said::Right,
        Some(other) => Said::Wrong(format!("{} instead of INTEGRATIONS_PLATFORM", quoted(other))),
        None => Said::Wrong("the property is missing".to_owned()),
    },
};

static APP_ID_RULE: Rule = Rule {
    name: "hs_call_app_id",
    expected: |case, _| vec![format!("hs_call_app_id={}", case.run.app_id)],
    judge: present,
};

static APP_ID_MATCHES_RULE: Rule = Rule {
    name: "hs_call_app_id",
    expected: |case, _| vec![format!("hs_call_app_id={}", case.run.app_id)],
    judge: |value, case, _| match value {
        None => Said::Unknown("the call names no app: calls/app-id says more".to_owned()),
        Some(value) if value.trim() == case.run.app_id => Said::Right,
        Some(value) => Said::Wrong(format!("{} instead of {}", quoted(value), case.run.app_id)),
    },
};

static EXTERNAL_ID_RULE: Rule = Rule {
    name: "hs_call_external_id",
    expected: |_, call| vec![format!("hs_call_external_id={}", quoted(&call.external_id))],
    judge: present,
};

static ACCOUNT_ID_RULE: Rule = Rule {
    name: "hs_call_external_account_id",
    expected: |_, call| vec![format!("hs_call_external_account_id={}", quoted(&call.account_id))],
    judge: present,
};

static NO_LEGACY_URL_RULE: Rule = Rule {
    name: "hs_call_recording_url",
    expected: |_, _| vec!["no hs_call_recording_url".to_owned()],
    judge: |value, _, _| match value {
        None => Said::Right,
        Some(_) => Said::Wrong("the property is set".to_owned()),
    },
};

fn source(case: &Case) -> Verdict {
    SOURCE_RULE.verdict(case)
}

fn app_id(case: &Case) -> Verdict {
    APP_ID_RULE.verdict(case)
}

fn app_id_matches(case: &Case) -> Verdict {
    APP_ID_MATCHES_RULE.verdict(case)
}

fn external_id(case: &Case) -> Verdict {
    EXTERNAL_ID_RULE.verdict(case)
}

fn account_id(case: &Case) -> Verdict {
    ACCOUNT_ID_RULE.verdict(case)
}

fn no_legacy_url(case: &Case) -> Verdict {
    NO_LEGACY_URL_RULE.verdict(case)
}

/// Why HubSpot cannot ask for this call's recording, where it cannot: a property that links the two is missing or wrong.
pub(super) fn unlinked(case: &Case, call: &Call) -> Option<String> {
    let logged = Logged::of(case, call)?;
    let rules: [(&Rule, &str); 7] = [
        (&SOURCE_RULE, "calls/source"),
        (&APP_ID_RULE, "calls/app-id"),
        (&APP_ID_MATCHES_RULE, "calls/app-id-matches"),
        (&EXTERNAL_ID_RULE, "calls/external-id"),
        (&ACCOUNT_ID_RULE, "calls/account-id"),
        (&owner::OWNER_RULE, "calls/owner"),
        (&owner::SEAT_RULE, "calls/owner-seat"),
    ];
    let broken = rules
        .iter()
        .find(|(rule, _)| matches!((rule.judge)(logged.get(rule.name), case, call), Said::Wrong(_)));
    broken.map(|(_, check)| format!("HubSpot cannot be expected to fetch this recording: {check} says more"))
}

/// Conversations that were logged more than once: the later requests. `None` where nothing was logged at all.
pub(super) fn logged_again<'a>(case: &Case<'a>) -> Option<Vec<&'a Entry>> {
    let served: Vec<_> =
        case.own(Operation::LogCall).filter(|entry| entry.outcome == Outcome::Served).collect();
    if served.is_empty() {
        return None;
    }
    let mut conversations: BTreeMap<Vec<String>, usize> = BTreeMap::new();
    let mut again = Vec::new();
    for entry in &served {
        let seen = conversations.entry(conversation(entry)).or_default();
        *seen += 1;
        if *seen > 1 {
            again.push(*entry);
        }
    }
    // An integration that chooses a new external id for each attempt logs one conversation as several.
    if again.is_empty() && served.len() > case.story.calls.len() {
        again.extend(&served[case.story.calls.len()..]);
    }
    Some(again)
}

/// A finding about conversations that were logged more than once.
pub(super) fn doubled(again: &[&Entry], case: &Case) -> Option<Finding> {
    let first = again.first()?;
    let all = case.own(Operation::LogCall).filter(|entry| entry.outcome == Outcome::Served).count();
    let finding = Finding::new(
        format!("{} for the call {}", request_line(first), quoted(&conversation(first)[0])),
        format!("{} logged calls for {} conversations", case.story.calls.len(), case.story.calls.len()),
        format!("{all} logged calls"),
    );
    let mut finding = finding.differing(format!("{} logs a conversation again", number(first)));
    finding.more = again.len() - 1;
    Some(again.iter().take(4).fold(finding, |finding, entry| finding.seen_in(number(entry))))
}

fn logged_once(case: &Case) -> Verdict {
    if !case.story.weather.is_empty() {
        return Verdict::not_applicable("in bad weather resilience/one-call-after-weather asks this");
    }
    match logged_again(case) {
        None => nothing_logged(case),
        Some(again) => doubled(&again, case).map_or(Verdict::Pass, Verdict::fail),
    }
}

#[cfg(test)]
mod tests;
