//! The endpoint that hands out authenticated URLs (guide §1).
//!
//! `answer.rs` asks what it answers to HubSpot's plain request, `variants.rs` what must make no difference,
//! `refusals.rs` who must not get a recording. Here stands what all three read.

pub(super) mod answer;
pub(super) mod refusals;
pub(super) mod variants;

use super::address;
use super::journey::{cannot_be_asked, clip, quoted, together};
use super::ranges::telling::count;
use crate::check::Case;
use crate::evidence::{Answer, Call, Content, End, Exchange, Outcome, Probe};
use crate::verdict::Verdict;
use serde_json::{Map, Value};

/// The member that names the recording's URL.
const MEMBER: &str = "authenticatedUrl";
/// Bodies up to this length are kept as text.
const KEPT: u64 = 64 << 10;
/// Nobody reads on for a URL after this many bytes.
const ENDLESS: u64 = 1 << 20;

/// What an answer of the endpoint is.
pub(super) enum Reading {
    /// No answer: why.
    None(String),
    /// An answer that is not 200.
    Status(u16),
    /// A redirect, not followed: where to.
    Redirect(u16, String),
    /// A body that broke off, or was still coming when the wait for it was over: how.
    Broken(String),
    /// A body too large to be kept, which begins as JSON does.
    TooLarge(u64),
    /// Not JSON: what it is.
    NotJson(String),
    /// JSON, and no object: its kind.
    NotAnObject(&'static str),
    /// A JSON object.
    Object(Map<String, Value>),
}

/// Reads an answer of the endpoint.
pub(super) fn read(exchange: &Exchange) -> Reading {
    let answer = match &exchange.outcome {
        Outcome::Failed(reason) => return Reading::None(clip(reason)),
        Outcome::Answered(answer) => answer,
    };
    if (300..400).contains(&answer.status) {
        return Reading::Redirect(answer.status, clip(answer.header("location").unwrap_or("nowhere")));
    }
    if answer.status != 200 {
        return Reading::Status(answer.status);
    }
    if answer.body.end == End::Abandoned && answer.body.length >= ENDLESS {
        return Reading::NotJson(format!("more than {} KiB, and no end", ENDLESS >> 10));
    }
    match broken(answer) {
        Some(how) => Reading::Broken(how),
        None => read_body(answer),
    }
}

/// How a body failed to come whole. HubSpot gets nothing from such an answer, even where what came of it is JSON.
fn broken(answer: &Answer) -> Option<String> {
    let came = count(answer.body.length);
    match &answer.body.end {
        End::Complete => None,
        End::Abandoned => Some(format!("{came}, and no end in time")),
        End::CutShort(why) => Some(format!("{came}, cut short ({})", clip(why))),
        End::Stalled(ms) => Some(format!("{came}, then nothing for {ms} ms")),
    }
}

/// Reads what came of a body, whole or not.
fn read_body(answer: &Answer) -> Reading {
    let text = match &answer.body.content {
        Content::Text(text) => text,
        Content::Hashed { head, .. } if answer.body.length > KEPT && begins_as_json(head) => {
            return Reading::TooLarge(answer.body.length);
        }
        Content::Empty => return Reading::NotJson("an empty body".to_owned()),
        Content::Hashed { .. } if answer.body.length > KEPT => {
            return Reading::NotJson(format!(
                "{} bytes that do not begin as an object does",
                answer.body.length
            ));
        }
        _ => {
            let kind = answer.header("content-type").unwrap_or("no Content-Type");
            return Reading::NotJson(format!(
                "{} bytes that are not text ({})",
                answer.body.length,
                clip(kind)
            ));
        }
    };
    let json = text.trim_start_matches('\u{feff}').trim();
    match serde_json::from_str(json) {
        Ok(Value::Object(object)) => Reading::Object(object),
        Ok(other) => Reading::NotAnObject(kind(&other)),
        Err(_) if answer.body.length > KEPT && json.starts_with('{') => Reading::TooLarge(answer.body.length),
        Err(_) if json.starts_with('<') => Reading::NotJson(format!("a page: {}", quoted(json))),
        Err(_) => Reading::NotJson(quoted(json)),
    }
}

/// Whether the first bytes, in hex, are spaces and then a brace.
fn begins_as_json(head: &str) -> bool {
    let bytes = head.as_bytes().chunks(2).map(|pair| match pair {
        b"20" | b"09" | b"0a" | b"0d" => ' ',
        b"7b" => '{',
        _ => '?',
    });
    let mut rest = bytes.skip_while(|c| *c == ' ');
    rest.next().is_none_or(|c| c == '{')
}

/// A JSON value's kind, with its article.
fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

/// The URL that an answer hands out, secrets cut; whoever gets it in an answer that breaks off has it all the same.
pub(super) fn handed_out(exchange: &Exchange) -> Option<String> {
    let answer = exchange.answer().filter(|answer| answer.status == 200)?;
    match read_body(answer) {
        Reading::Object(object) => url_in(&object),
        _ => None,
    }
}

fn url_in(object: &Map<String, Value>) -> Option<String> {
    object.get(MEMBER).and_then(Value::as_str).filter(|url| !url.is_empty()).map(str::to_owned)
}

/// Whether an answer hands out a URL to HubSpot, or is too large for the kit to tell.
pub(super) fn is_handed_out(exchange: &Exchange) -> bool {
    match read(exchange) {
        Reading::Object(object) => url_in(&object).is_some(),
        Reading::TooLarge(_) => true,
        _ => false,
    }
}

/// An answer in a few words.
pub(super) fn received(exchange: &Exchange) -> String {
    match read(exchange) {
        Reading::None(reason) => format!("no answer: {reason}"),
        Reading::Status(status) => format!("{status}"),
        Reading::Redirect(status, location) => format!("{status} to {location}"),
        Reading::TooLarge(length) => format!("200 with {length} bytes"),
        Reading::Broken(what) | Reading::NotJson(what) => format!("200 with {what}"),
        Reading::NotAnObject(kind) => format!("200 with JSON that is {kind}"),
        Reading::Object(object) => match object.get(MEMBER) {
            Some(value) => format!("200 with {MEMBER} {}", clip(&value.to_string())),
            None => "200 with a JSON object without authenticatedUrl".to_owned(),
        },
    }
}

/// What was asked, in one line.
pub(super) fn sent(exchange: &Exchange) -> String {
    format!("{} {}", clip(&exchange.request.method), clip(&exchange.request.target))
}

/// Where the registration was moved, `settings/moved` asks whether the endpoint moved along.
pub(super) fn apart(case: &Case) -> Option<Verdict> {
    let moved = case.story.moved_to.is_some();
    moved.then(|| Verdict::not_applicable("in this story settings/moved asks the endpoint"))
}

/// Whether an id is so awkward that the endpoint is judged by the checks of encoding alone.
pub(super) fn is_awkward(call: &Call) -> bool {
    address::must_be_encoded(&call.external_id)
}

/// The endpoint as it was asked for one call.
pub(super) struct Asked<'a> {
    case: &'a Case<'a>,
    index: usize,
    /// The call.
    pub(super) call: &'a Call,
    /// HubSpot's plain request.
    pub(super) stock: &'a Exchange,
}

impl<'a> Asked<'a> {
    /// Another case of the same probe, about this call.
    pub(super) fn of(&self, probe: Probe, name: &'a str) -> Option<&'a Exchange> {
        self.case.asked(probe, name).find(|exchange| exchange.call == self.index)
    }
    /// Every exchange of another case of the same probe, about this call.
    pub(super) fn all(&self, probe: Probe, name: &'a str) -> impl Iterator<Item = &'a Exchange> {
        self.case.asked(probe, name).filter(|exchange| exchange.call == self.index)
    }
    /// The verdict where a case was not asked about this call: it is enough that another call of the story had it.
    pub(super) fn not_asked(&self, probe: Probe, name: &'a str) -> Verdict {
        if self.case.asked(probe, name).next().is_some() {
            return Verdict::not_applicable("this was asked about another call of the story");
        }
        Verdict::unjudged("the endpoint was not asked in this way")
    }
    /// HubSpot's plain request, sent once more in the end.
    pub(super) fn again(&self) -> Option<&'a Exchange> {
        self.of(Probe::AuthenticatedUrl, "again")
    }
    /// Why nothing can be learnt from asking otherwise: the plain request is not answered, or no longer.
    pub(super) fn without_control(&self) -> Option<Verdict> {
        if !is_handed_out(self.stock) {
            let reason = "HubSpot's plain request gets no URL either: authenticated-url/answers and its neighbours say more";
            return Some(Verdict::unjudged(reason));
        }
        let stopped = self.again().is_some_and(|again| !is_handed_out(again));
        stopped.then(|| {
            Verdict::unjudged("the endpoint stopped answering: authenticated-url/asked-again says more")
        })
    }
}

/// Judges each call whose endpoint was asked. Awkward ids are left to the checks of encoding.
pub(super) fn over_asked<'a>(case: &'a Case<'a>, judge: impl Fn(&Asked<'a>) -> Verdict) -> Verdict {
    let judged = |asked: &Asked<'a>| {
        if is_awkward(asked.call) {
            return Verdict::not_applicable(
                "an awkward external id is asked by the checks encoded-id and encoded-slash",
            );
        }
        judge(asked)
    };
    over_all_asked(case, judged)
}

/// Judges each call whose endpoint was asked, awkward ids included.
fn over_all_asked<'a>(case: &'a Case<'a>, judge: impl Fn(&Asked<'a>) -> Verdict) -> Verdict {
    if let Some(verdict) = apart(case).or_else(|| cannot_be_asked(case)) {
        return verdict;
    }
    let asked = case.story.calls.iter().enumerate().filter_map(|(index, call)| {
        let stock = case.asked(Probe::AuthenticatedUrl, "stock").find(|exchange| exchange.call == index)?;
        Some(Asked { case, index, call, stock })
    });
    let verdicts: Vec<_> = asked.map(|asked| judge(&asked)).collect();
    if verdicts.is_empty() {
        return Verdict::unjudged("the endpoint was not asked");
    }
    together(verdicts)
}

#[cfg(test)]
mod tests;
