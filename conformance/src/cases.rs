//! Failing cases, stored by value: what was sent, what came, and what it broke. Pure; `commands/` writes and sends them.

use crate::evidence::{Content, Evidence, Exchange, Story};
use crate::range::Invariant;
use crate::range::invariants::{Whole, broken};
use crate::results::StoryResult;
use crate::verdict::Verdict;
use mock_hubspot::exchange::Headers;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The version of this form.
pub const SCHEMA: &str = "conformance/case/1";

/// One failing case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredCase {
    /// `conformance/case/1`
    pub schema: String,
    /// The check that failed.
    pub check: String,
    /// The story that showed it.
    pub scenario: String,
    /// The endpoint, with its `%s`.
    pub endpoint: String,
    /// The app's id.
    pub app_id: String,
    /// The call's external id.
    pub external_id: String,
    /// Its external account id.
    pub account_id: String,
    /// The header fields of the request.
    pub headers: Headers,
    /// What came.
    pub came: Came,
    /// The invariants that it broke.
    pub broke: Vec<Invariant>,
}

/// What came, as far as it tells one answer from another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Came {
    /// The status, or why there was none.
    pub status: String,
    /// Content-Range.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_range: Option<String>,
    /// Bytes received.
    pub bytes: u64,
    /// The first wrong byte's place in the recording.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_wrong: Option<u64>,
}

/// What became of a case when it was sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replayed {
    /// Nothing is broken any more.
    Fixed,
    /// The same is broken.
    StillFailing,
    /// Something else came than before, and it is not all right.
    Changed,
}

impl Came {
    /// What this exchange brought.
    pub fn of(exchange: &Exchange) -> Self {
        let Some(answer) = exchange.answer() else {
            return Self { status: "no answer".into(), content_range: None, bytes: 0, first_wrong: None };
        };
        let first_wrong = match &answer.body.content {
            Content::Differs(difference) => Some(difference.offset.saturating_add(difference.equal)),
            _ => None,
        };
        Self {
            status: answer.status.to_string(),
            content_range: answer.header("content-range").map(str::to_owned),
            bytes: answer.body.length,
            first_wrong,
        }
    }
}

impl StoredCase {
    /// Judges what came of sending it again.
    pub fn judge(&self, whole: &Whole, exchange: &Exchange) -> Replayed {
        let now: Vec<_> = broken(exchange, whole).into_iter().map(|broken| broken.invariant).collect();
        let came = Came::of(exchange);
        if came == self.came || !self.broke.is_empty() && now == self.broke {
            Replayed::StillFailing
        } else if now.is_empty() && exchange.answer().is_some() && !self.broke.is_empty() {
            Replayed::Fixed
        } else {
            Replayed::Changed
        }
    }
}

/// The failing cases of a run, by the name of their file: for each failed check the request that its finding names, where
/// that asked for a range of the recording.
pub fn of(evidence: &Evidence, results: &[StoryResult]) -> BTreeMap<String, StoredCase> {
    let mut all = BTreeMap::new();
    for (story, result) in evidence.stories.iter().zip(results) {
        for check in &result.checks {
            let Verdict::Fail { finding } = &check.verdict else { continue };
            let mut numbers = finding.evidence.iter().filter_map(|id| id.strip_prefix('e')?.parse().ok());
            let exchange = numbers.find_map(|number| story.exchange(number));
            if let Some(case) = exchange.and_then(|exchange| stored(evidence, story, &check.check, exchange))
            {
                all.insert(format!("{}-{}.json", story.scenario, check.check.replace('/', "-")), case);
            }
        }
    }
    all
}

fn stored(evidence: &Evidence, story: &Story, check: &str, exchange: &Exchange) -> Option<StoredCase> {
    let call = story.calls.get(exchange.call)?;
    let whole = Whole::of(story, call)?;
    if exchange.request.method != "GET" || exchange.sent("range").is_none() {
        return None;
    }
    Some(StoredCase {
        schema: SCHEMA.into(),
        check: check.into(),
        scenario: story.scenario.clone(),
        endpoint: evidence.run.registered_url.clone(),
        app_id: evidence.run.app_id.clone(),
        external_id: call.external_id.clone(),
        account_id: call.account_id.clone(),
        headers: exchange.request.headers.clone(),
        came: Came::of(exchange),
        broke: broken(exchange, &whole).into_iter().map(|broken| broken.invariant).collect(),
    })
}
