//! What an answer to a range request breaks, whatever row or random case asked it. Pure.
//!
//! Read next: `partial.rs` (the rules of a 206).

use super::content_range::{self, ContentRange};
use super::oracle::{self, Asked, Class, Spec, Wanted};
use super::{Invariant, partial};
use crate::evidence::{Answer, Call, Content, Difference, End, Exchange, Outcome, Story};

/// What is known of the whole recording.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Whole {
    /// Its length in bytes.
    pub length: u64,
    /// Its `ETag`, as sent with the whole download.
    pub etag: Option<String>,
    /// Its Last-Modified, as sent with the whole download.
    pub last_modified: Option<String>,
}

impl Whole {
    /// What the baseline of this call says; `None` without one.
    pub fn of(story: &Story, call: &Call) -> Option<Self> {
        let baseline = call.baseline.as_ref()?;
        let answer = story.exchange(baseline.exchange)?.answer()?;
        Some(Self {
            length: baseline.length,
            etag: answer.header("etag").map(str::to_owned),
            last_modified: answer.header("last-modified").map(str::to_owned),
        })
    }
}

/// One broken invariant of one answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// Which.
    pub invariant: Invariant,
    /// What would have been right.
    pub expected: String,
    /// What came.
    pub received: String,
    /// Where they first differ.
    pub first_difference: Option<String>,
}

/// An answer shorter than this, and than what was asked, is an off-by-one in disguise; a longer one is a legal cap.
pub const SHORTEST_CAP: u64 = 16 << 10;

/// A body of a refusal is smaller than this.
pub const LARGEST_REFUSAL: u64 = 64 << 10;

/// Everything that this exchange's answer breaks. The Range header is read from the exchange's request.
/// `Invariant::Class` speaks only of single, well-formed ranges (and of requests without Range: a 206 is broken).
pub fn broken(exchange: &Exchange, whole: &Whole) -> Vec<Broken> {
    let range = exchange.sent("range");
    let asked = oracle::parse(range);
    let mut found = Found::default();
    match &exchange.outcome {
        Outcome::Failed(reason) => {
            if let Asked::One(spec) = asked {
                found.add(
                    Invariant::Class,
                    expected_answer(range, spec, whole.length),
                    format!("no answer: {reason}"),
                );
            }
        }
        Outcome::Answered(answer) => {
            let class = oracle::classify(answer, whole.length);
            judge_class(exchange, &asked, class, answer, whole, &mut found);
            judge_ending(answer, &mut found);
            match class {
                Class::Part => partial::judge(exchange, &asked, answer, whole, &mut found),
                Class::Unsatisfiable => judge_refusal(answer, whole, &mut found),
                _ if answer.status == 200 => judge_whole(answer, whole, &mut found),
                _ => {}
            }
            if matches!(answer.status, 200 | 206) {
                judge_encoding(exchange, answer, &mut found);
                judge_validators(answer, whole, &mut found);
            }
        }
    }
    found.0
}

/// What was found so far; an invariant is broken once.
#[derive(Default)]
pub(super) struct Found(Vec<Broken>);

impl Found {
    pub(super) fn has(&self, invariant: Invariant) -> bool {
        self.0.iter().any(|b| b.invariant == invariant)
    }
    pub(super) fn add(
        &mut self,
        invariant: Invariant,
        expected: impl Into<String>,
        received: impl Into<String>,
    ) {
        self.add_at(invariant, expected, received, None);
    }
    pub(super) fn add_at(
        &mut self,
        invariant: Invariant,
        expected: impl Into<String>,
        received: impl Into<String>,
        first_difference: Option<String>,
    ) {
        if !self.has(invariant) {
            let (expected, received) = (expected.into(), received.into());
            self.0.push(Broken { invariant, expected, received, first_difference });
        }
    }
}

fn judge_class(
    exchange: &Exchange,
    asked: &Asked,
    class: Class,
    answer: &Answer,
    whole: &Whole,
    found: &mut Found,
) {
    match asked {
        // "206 … is transferring one or more parts … that correspond to the satisfiable ranges found in the request's
        // Range header field" (RFC 9110 §15.3.7): without one there is nothing to correspond to.
        Asked::Nothing if answer.status == 206 => {
            found.add(Invariant::Class, "200 with everything, for no Range was sent", describe(answer));
        }
        Asked::One(spec) => {
            let range = exchange.sent("range");
            let whole_may_come = exchange.sent("if-range").is_some() && class == Class::Full;
            let satisfiable = oracle::wanted(*spec, whole.length) != Wanted::Unsatisfiable;
            // One range is not answered as multipart (RFC 9110 §15.3.7.2).
            if class == Class::Multi && satisfiable {
                found.add(Invariant::Single, expected_answer(range, *spec, whole.length), describe(answer));
            } else if !whole_may_come && !oracle::allowed(range, *spec, whole.length).contains(&class) {
                found.add(Invariant::Class, expected_answer(range, *spec, whole.length), describe(answer));
            }
        }
        _ => {}
    }
}

/// What may come, in words.
fn expected_answer(range: Option<&str>, spec: Spec, length: u64) -> String {
    let words = oracle::allowed(range, spec, length).iter().map(|class| match class {
        Class::Part => match oracle::wanted(spec, length) {
            Wanted::Part(a, b) => format!("206 with bytes {a}-{b}/{length}"),
            Wanted::Unsatisfiable => "206".into(),
        },
        Class::Full => format!("200 with all {length} bytes"),
        Class::Unsatisfiable => format!("416 with `Content-Range: bytes */{length}`"),
        Class::Rejected => "400".into(),
        Class::Multi => "206 as multipart".into(),
        Class::Other => "another answer".into(),
    });
    words.collect::<Vec<_>>().join(", or ")
}

/// An answer in a few words: status, what it claims to carry, and how much came.
pub(super) fn describe(answer: &Answer) -> String {
    let kind = answer.header("content-type").unwrap_or_default();
    let claim = match (answer.status, answer.header("content-range")) {
        (206, Some(range)) => format!(" with `Content-Range: {range}`"),
        (206, None) if kind.to_ascii_lowercase().starts_with("multipart/") => {
            format!(" with `Content-Type: {kind}`")
        }
        (206, None) => " without Content-Range".into(),
        _ => String::new(),
    };
    let ending = match &answer.body.end {
        End::Complete => String::new(),
        End::Abandoned => ", more of which was not read".into(),
        End::CutShort(how) => format!(", then the connection ended: {how}"),
        End::Stalled(ms) => format!(", then nothing for {ms} ms"),
    };
    format!("{}{claim} and {}{ending}", answer.status, bytes(answer.body.length))
}

pub(super) fn bytes(count: u64) -> String {
    if count == 1 { "1 byte".into() } else { format!("{count} bytes") }
}

/// A body that does not end as announced is incomplete (RFC 9112 §8).
fn judge_ending(answer: &Answer, found: &mut Found) {
    if matches!(answer.body.end, End::CutShort(_) | End::Stalled(_)) {
        let announced = match content_length(answer) {
            Some(length) => format!("{}, as Content-Length says", bytes(length)),
            None => "a body that ends as HTTP says".into(),
        };
        found.add(Invariant::Length, announced, describe(answer));
    }
}

pub(super) fn content_length(answer: &Answer) -> Option<u64> {
    answer.header("content-length")?.trim().parse().ok()
}

/// 200 is everything, and says nothing of a range (RFC 9110 §14.4, §15.3.1).
fn judge_whole(answer: &Answer, whole: &Whole, found: &mut Found) {
    let all = format!("200 with all {} bytes and no Content-Range", whole.length);
    if let Some(range) = answer.header("content-range") {
        found.add(Invariant::Whole, all, format!("200 with `Content-Range: {range}`"));
        return;
    }
    let encoded = is_encoded(answer);
    let complete = answer.body.end == End::Complete && answer.body.length != whole.length;
    let announced = content_length(answer).is_some_and(|length| length != whole.length);
    if !encoded && (complete || announced || answer.body.length > whole.length) {
        found.add(Invariant::Whole, all, describe(answer));
    } else if let (Content::Differs(difference), false) = (&answer.body.content, encoded) {
        partial::judge_bytes(difference, whole, found);
    }
}

/// 416 names the length (RFC 9110 §15.5.17), and its body is not the recording.
fn judge_refusal(answer: &Answer, whole: &Whole, found: &mut Found) {
    let expected = format!("416 with one `Content-Range: bytes */{}`", whole.length);
    let values: Vec<_> = answer.headers("content-range").collect();
    match values.as_slice() {
        [] => found.add(Invariant::Unsatisfied, expected, "416 without Content-Range"),
        [one] => {
            let read = content_range::parse(one);
            if read != Ok(ContentRange::Unsatisfied { complete: whole.length }) {
                let reason = read.err();
                found.add_at(Invariant::Unsatisfied, expected, format!("`Content-Range: {one}`"), reason);
            }
        }
        several => {
            found.add(Invariant::Unsatisfied, expected, format!("{} Content-Range headers", several.len()));
        }
    }
    let is_recording = answer.body.length >= whole.length.max(1)
        && matches!(answer.body.content, Content::Equal { offset: 0 });
    if answer.body.length >= LARGEST_REFUSAL || is_recording {
        let what = if is_recording { ", which are the recording" } else { "" };
        found.add(
            Invariant::RefusalBody,
            format!("a body smaller than {LARGEST_REFUSAL} bytes, or none"),
            format!("416 with {}{what}", bytes(answer.body.length)),
        );
    }
}

pub(super) fn is_encoded(answer: &Answer) -> bool {
    answer
        .headers("content-encoding")
        .any(|v| !v.trim().is_empty() && !v.trim().eq_ignore_ascii_case("identity"))
}

/// Ranges count encoded bytes (RFC 9110 §14.1.2, §8.4): what was asked for as it is must come as it is (§12.5.3).
fn judge_encoding(exchange: &Exchange, answer: &Answer, found: &mut Found) {
    let identity = exchange.sent("accept-encoding").is_some_and(|v| v.trim_start().starts_with("identity"));
    if !identity {
        return;
    }
    if is_encoded(answer) {
        let coding = answer.header("content-encoding").unwrap_or_default();
        found.add(Invariant::Encoding, "no Content-Encoding", format!("`Content-Encoding: {coding}`"));
    } else if let Content::Differs(Difference { equal: 0, head, expected, .. }) = &answer.body.content
        && head.starts_with("1f8b")
        && !expected.starts_with("1f8b")
    {
        found.add(Invariant::Encoding, "the recording's own bytes", "a gzip stream that no header speaks of");
    }
}

/// "A strong validator … is the only licence to combine parts" (RFC 9110 §15.3.7.3): a validator that comes with a part
/// is the one that came with the whole. One that is left out of a part is a matter of its header fields, not of this.
fn judge_validators(answer: &Answer, whole: &Whole, found: &mut Found) {
    for (name, known) in [("ETag", &whole.etag), ("Last-Modified", &whole.last_modified)] {
        if let (Some(known), Some(came)) = (known, answer.header(name))
            && known != came
        {
            found.add(
                Invariant::Validators,
                format!("`{name}: {known}`, as with the whole recording"),
                format!("`{name}: {came}`"),
            );
        }
    }
}
