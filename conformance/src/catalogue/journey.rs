//! What a call left in the evidence: the requests about it, its properties, and whether weather spoilt it.
//!
//! Pure reading for the sections of the journey; knows no check. Read next: `calls/mod.rs`.

use super::address;
use crate::check::Case;
use crate::evidence::Call;
use crate::verdict::{Finding, Verdict};
use mock_hubspot::journal::{Credential, Direction, Entry, Outcome};
use mock_hubspot::operation::Operation;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The longest value of an integration's that a finding quotes, in characters.
const LONGEST_QUOTE: usize = 200;

/// A value that came from outside, short enough for a report.
pub(super) fn clip(text: &str) -> String {
    let printable = |c: char| if c.is_control() { '\u{fffd}' } else { c };
    let mut clipped: String = text.chars().take(LONGEST_QUOTE).map(printable).collect();
    if text.chars().nth(LONGEST_QUOTE).is_some() {
        clipped.push('…');
    }
    clipped
}

/// A value in quotes, clipped.
pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", clip(text))
}

/// A journal entry as findings name it.
pub(super) fn number(entry: &Entry) -> String {
    format!("j{}", entry.number)
}

/// `POST /crm/v3/objects/calls`, without the query: it may carry a key.
pub(super) fn request_line(entry: &Entry) -> String {
    let target = entry.request.target.split('?').next().unwrap_or_default();
    format!("{} {}", clip(&entry.request.method), clip(target))
}

/// What HubSpot answered, in a few words.
pub(super) fn answer_line(entry: &Entry) -> String {
    let status = entry.reply.as_ref().map(|reply| reply.status);
    let words = match &entry.outcome {
        Outcome::Refused(message) => format!("refused: {}", quoted(message)),
        Outcome::Failed(reason) => clip(reason),
        Outcome::Unmatched => "HubSpot has no such path".to_owned(),
        Outcome::Weather(strike) => format!("the weather struck ({})", clip(strike)),
        Outcome::Pending => "not answered".to_owned(),
        Outcome::Served => "served".to_owned(),
    };
    status.map_or_else(|| words.clone(), |status| format!("{status}, {words}"))
}

/// Many verdicts about one clause as one: the first failure with the count of the others, else what could not be judged.
pub(super) fn together(verdicts: impl IntoIterator<Item = Verdict>) -> Verdict {
    let (mut failed, mut unjudged, mut passed, mut apart) = (None::<Finding>, None, false, None);
    for verdict in verdicts {
        match verdict {
            Verdict::Fail { finding } => match &mut failed {
                Some(first) => first.more += 1 + finding.more,
                None => failed = Some(finding),
            },
            Verdict::Unjudged { .. } => unjudged = unjudged.or(Some(verdict)),
            Verdict::Pass => passed = true,
            Verdict::NotApplicable { .. } => apart = apart.or(Some(verdict)),
        }
    }
    if let Some(finding) = failed {
        return Verdict::fail(finding);
    }
    let passed = passed.then_some(Verdict::Pass);
    unjudged.or(passed).or(apart).unwrap_or_else(|| Verdict::unjudged("there was nothing to judge"))
}

/// One verdict over all calls of the story.
pub(super) fn over_calls<'a>(case: &Case<'a>, judge: impl Fn(&'a Call) -> Verdict) -> Verdict {
    together(case.story.calls.iter().map(judge))
}

/// In bad weather, and in a burst, `resilience` asks whether every step was taken.
pub(super) fn in_bad_weather(case: &Case) -> Option<Verdict> {
    let story = case.story;
    if !story.weather.is_empty() {
        return Some(Verdict::not_applicable("in bad weather this is asked by the checks of resilience"));
    }
    let burst = story.calls.len() >= super::resilience::BURST;
    burst.then(|| Verdict::not_applicable("in a burst of calls this is asked by resilience/burst"))
}

/// The verdict about something that needs a logged call where there is none.
pub(super) fn nothing_logged(case: &Case) -> Verdict {
    in_bad_weather(case)
        .unwrap_or_else(|| Verdict::unjudged("the call was not logged: calls/logged says more"))
}

/// Whether HubSpot can ask the registered URL for one call's recording at all; the reason where it cannot.
pub(super) fn cannot_be_asked(case: &Case) -> Option<Verdict> {
    let url = &case.run.registered_url;
    if url.is_empty() {
        return Some(Verdict::unjudged("no recording URL is registered: settings/registered says more"));
    }
    if !url.contains("%s") {
        return Some(Verdict::unjudged("the registered URL has no %s: settings/placeholder says more"));
    }
    let why = address::unreachable(url, &case.run.insecure_hosts)?;
    Some(Verdict::unjudged(format!(
        "the registered URL cannot be asked, {why}: settings/absolute-url says more"
    )))
}

/// A request that weather struck before it had any effect.
pub(super) fn was_struck(entry: &Entry) -> bool {
    matches!(entry.outcome, Outcome::Weather(_))
}

/// Whether weather of this name struck a request.
pub(super) fn was_struck_by(entry: &Entry, strike: &str) -> bool {
    match &entry.outcome {
        Outcome::Weather(name) => name == strike,
        Outcome::Refused(_) => strike == "expired-token" && entry.credential == Credential::ExpiredToken,
        _ => false,
    }
}

/// A JSON value as the text that HubSpot would keep.
pub(super) fn as_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// The properties that a request to log a call carried.
pub(super) fn properties_in(entry: &Entry) -> BTreeMap<String, String> {
    let body = entry.request.body.json().unwrap_or_default();
    let properties = body.get("properties").and_then(Value::as_object).cloned().unwrap_or_default();
    properties.iter().filter_map(|(name, value)| Some((name.clone(), as_text(value)?))).collect()
}

/// Which conversation a request to log a call is about, as far as its properties tell.
pub(super) fn conversation(entry: &Entry) -> Vec<String> {
    let properties = properties_in(entry);
    let get = |name: &str| properties.get(name).cloned().unwrap_or_default();
    match get("hs_call_external_id") {
        id if !id.is_empty() => vec![id, get("hs_call_external_account_id")],
        _ => vec![get("hs_call_from_number"), get("hs_call_to_number"), get("hs_timestamp")],
    }
}

/// The requests that were to log this call, in order.
pub(super) fn logging<'a>(case: &Case<'a>, call: &'a Call) -> Vec<&'a Entry> {
    let alone = case.story.calls.len() == 1;
    let about = |entry: &Entry| {
        alone
            || (call.call_id.is_some() && entry.call_id == call.call_id)
            || conversation(entry) == [call.external_id.as_str(), call.account_id.as_str()]
    };
    case.own(Operation::LogCall).filter(|entry| about(entry)).collect()
}

/// Every id that HubSpot gave this call: more than one where it was logged more than once.
pub(super) fn ids(case: &Case, call: &Call) -> BTreeSet<u64> {
    let served = logging(case, call).into_iter().filter(|entry| entry.outcome == Outcome::Served);
    call.call_id.into_iter().chain(served.filter_map(|entry| entry.call_id)).collect()
}

/// Notifications that this call is ready, in order, those that the weather struck left out. One that names no known call
/// counts where nothing better came after the call was logged.
pub(super) fn notifications<'a>(case: &Case<'a>, call: &'a Call) -> Vec<&'a Entry> {
    let ids = ids(case, call);
    let alone = case.story.calls.len() == 1;
    let names = |entry: &Entry| {
        let id = engagement_id(entry).as_ref().and_then(as_text).and_then(|text| text.parse().ok());
        id.or(entry.call_id).is_some_and(|id| ids.contains(&id))
    };
    let own = case.own(Operation::MarkReady).filter(|entry| !was_struck(entry) && (alone || names(entry)));
    let own: Vec<_> = own.collect();
    if !own.is_empty() || !alone {
        return own;
    }
    let logged = logging(case, call).first().map_or(0, |entry| entry.number);
    case.common
        .iter()
        .filter(|entry| entry.operation == Some(Operation::MarkReady) && entry.number > logged)
        .filter(|entry| !was_struck(entry))
        .collect()
}

/// The `engagementId` that a notification carried.
pub(super) fn engagement_id(entry: &Entry) -> Option<Value> {
    entry.request.body.json()?.get("engagementId").cloned()
}

/// What HubSpot itself asked for about this call, in order.
pub(super) fn retrieval<'a>(case: &Case<'a>, call: &'a Call, direction: Direction) -> Vec<&'a Entry> {
    let ids = ids(case, call);
    let about = |entry: &Entry| entry.call_id.is_some_and(|id| ids.contains(&id));
    case.story.journal.iter().filter(|entry| entry.direction == direction && about(entry)).collect()
}

/// A call's properties, and the request that brought them.
pub(super) struct Logged<'a> {
    values: BTreeMap<String, String>,
    entry: Option<&'a Entry>,
    call_id: Option<u64>,
}

impl<'a> Logged<'a> {
    /// What HubSpot holds of this call; where it refused the call, what it was last asked to hold.
    pub(super) fn of(case: &Case<'a>, call: &'a Call) -> Option<Self> {
        let entries = logging(case, call);
        if call.call_id.is_some() {
            let entry = entries.iter().rev().find(|entry| entry.call_id == call.call_id).copied();
            let values = match entry {
                Some(entry) if call.properties.is_empty() => properties_in(entry),
                _ => call.properties.clone(),
            };
            return Some(Self { values, entry, call_id: call.call_id });
        }
        let refused = entries.into_iter().rev().find(|e| matches!(e.outcome, Outcome::Refused(_)))?;
        Some(Self::in_request(refused))
    }

    /// What one request asked HubSpot to hold.
    pub(super) fn in_request(entry: &'a Entry) -> Self {
        Self { values: properties_in(entry), entry: Some(entry), call_id: None }
    }

    /// A property that is set to something.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// What was sent, in one line, with the value of one property.
    pub(super) fn sent(&self, name: &str) -> String {
        let value = self.get(name);
        let with = match value {
            Some(value) => format!("with {name}={}", quoted(value)),
            None => format!("without {name}"),
        };
        let by_request = self.entry.filter(|entry| {
            properties_in(entry).get(name).map(String::as_str).filter(|v| !v.is_empty()) == value
        });
        match (by_request, self.call_id) {
            (Some(entry), _) => format!("{} {with}", request_line(entry)),
            (None, Some(id)) => format!("call {id}, as HubSpot holds it in the end, {with}"),
            (None, None) => format!("a call {with}"),
        }
    }

    /// A finding about one property, with its evidence.
    pub(super) fn finding(&self, name: &str, expected: &[String]) -> Finding {
        let received = match self.get(name) {
            Some(value) => format!("{name} is {}", quoted(value)),
            None => format!("no {name}"),
        };
        let mut finding = Finding { sent: self.sent(name), received, ..Finding::default() };
        finding.expected = expected.iter().map(|value| clip(value)).collect();
        match self.entry {
            Some(entry) => finding.seen_in(number(entry)),
            None => finding,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_and_hostile_values_are_clipped() {
        assert_eq!(clip(&"ü".repeat(300)).chars().count(), 201);
        assert_eq!(clip("a\u{1b}[31mb\nc"), "a\u{fffd}[31mb\u{fffd}c");
        assert_eq!(quoted("x"), "\"x\"");
    }

    #[test]
    fn a_failure_outweighs_what_could_not_be_judged() {
        let fail = || Verdict::fail(Finding::new("a", "b", "c"));
        let verdict = together([Verdict::Pass, Verdict::unjudged("x"), fail(), fail()]);
        assert!(matches!(verdict, Verdict::Fail { finding } if finding.more == 1));
        assert_eq!(together([Verdict::Pass, Verdict::unjudged("x")]).word(), "unjudged");
        assert_eq!(together([Verdict::not_applicable("x"), Verdict::Pass]).word(), "pass");
        assert_eq!(together([Verdict::not_applicable("x")]).word(), "not applicable");
        assert_eq!(together([]).word(), "unjudged");
    }
}
