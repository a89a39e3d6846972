//! The weather: how HubSpot misbehaves in a story, before a request has any effect; only an answer that is late, drips or breaks
//! off is the answer to what was done.
//!
//! Knows rules and counts; it delays and cuts nothing itself. Read next: `visit.rs` (which does), `refusal.rs`.

mod flow;
mod listed;
mod odds;

use crate::auth::Identity;
use crate::limits::{Counted, INTERVAL_MS, Limiter, Limits, Quota, uncounted};
use crate::nearest_miss::StoryKey;
use crate::operation::Operation;
use crate::portal::Portal;
use crate::refusal::Refusal;
use crate::switches::Amount;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub(crate) use flow::Flow;
pub(crate) use listed::{Expiry, Listed};
pub use odds::Odds;

/// One misbehaviour that was ordered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// The operation that it strikes.
    pub operation: Operation,
    /// Only requests of this call: `LogCall` by the external id and account or the number in its body, others by the
    /// call's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub story: Option<StoryKey>,
    /// How it strikes.
    pub strike: Strike,
    /// How often it strikes, for `Throttled` how many windows; ignored for `ExpiredToken`.
    pub times: u32,
}

/// How HubSpot misbehaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Strike {
    /// 429, from the first request that it strikes until the limit's window is over. `times` counts windows.
    Throttled {
        /// Which limit was reached.
        policy: Policy,
    },
    /// A server error.
    Failing {
        /// 500, 502, 503 or 504.
        status: u16,
    },
    /// Served, but late.
    Delayed {
        /// How late.
        ms: u64,
    },
    /// The connection is closed without an answer.
    Cut,
    /// The connection is reset without an answer.
    Reset,
    /// Nothing is answered, and the connection stays open, for ten minutes at most.
    Stalled,
    /// Served, but the answer breaks off.
    Truncated {
        /// After so many bytes of its body.
        bytes: usize,
    },
    /// Served, but slowly.
    Dripping {
        /// So many bytes of its body.
        bytes_per_second: u32,
    },
    /// Access tokens issued before the rule was ordered have expired.
    ExpiredToken,
}

/// A rate limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Policy {
    /// The limit of a second.
    Secondly,
    /// The limit of ten seconds.
    TenSecondly,
    /// The limit of a day.
    Daily,
}

impl Policy {
    /// How long a client must wait; nobody can wait a day, so a daily limit strikes request by request.
    const fn window(self) -> SignedDuration {
        match self {
            Self::Secondly => SignedDuration::from_secs(1),
            Self::TenSecondly => SignedDuration::from_secs(10),
            Self::Daily => SignedDuration::ZERO,
        }
    }
}

impl Strike {
    /// Its name in the journal.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Throttled { .. } => "throttled",
            Self::Failing { .. } => "failing",
            Self::Delayed { .. } => "slow",
            Self::Cut => "cut",
            Self::Reset => "reset",
            Self::Stalled => "stalled",
            Self::Truncated { .. } => "truncated",
            Self::Dripping { .. } => "dripping",
            Self::ExpiredToken => "expired-token",
        }
    }

    /// How the body of what is served flows.
    pub(crate) const fn flow(&self) -> Flow {
        match self {
            Self::Truncated { bytes } => Flow::Truncated { bytes: *bytes },
            Self::Dripping { bytes_per_second } => Flow::Dripping { bytes_per_second: *bytes_per_second },
            _ => Flow::Whole,
        }
    }

    /// What is said instead of the answer, where anything is.
    pub(crate) fn refusal(&self, now: Timestamp, held: SignedDuration) -> Option<Refusal> {
        match self {
            Self::Throttled { policy } => Some(throttled(*policy).wait(held)),
            Self::Failing { status } => Some(Refusal::failing(*status)),
            Self::ExpiredToken => Some(Refusal::expired("0 second(s)", &now.to_string())),
            _ => None,
        }
    }
}

fn throttled(policy: Policy) -> Refusal {
    Refusal::throttled(policy)
        .header("x-hubspot-ratelimit-interval-milliseconds", INTERVAL_MS)
        .header("x-hubspot-ratelimit-max", MAX)
        .header("x-hubspot-ratelimit-remaining", "0")
}

/// A strike, and how long the limit that it reached is still held.
pub(crate) type Struck = (Strike, SignedDuration);

/// How many requests fit into the window, where nothing is counted.
const MAX: &str = "190";

/// An order that was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RuleId(u64);

/// The weather of one mock: a cheap handle.
#[derive(Clone, Debug)]
pub struct Weather {
    portal: Portal,
    rules: Arc<Mutex<Rules>>,
}

#[derive(Debug, Default)]
struct Rules {
    next: u64,
    ordered: BTreeMap<RuleId, Ordered>,
    expiry: Option<Expiry>,
    limits: Option<Limits>,
    limiter: Limiter,
}

#[derive(Debug)]
struct Ordered {
    rule: Rule,
    /// Which of the requests that come by; `None` for each of them.
    odds: Option<Odds>,
    /// How many came by.
    seen: u32,
    struck: u32,
    /// For `Throttled`: windows that began, and when the last one did.
    windows: u32,
    began: Option<Timestamp>,
    /// How many tokens had been issued when it was ordered.
    tokens: u64,
}

/// The call that a request concerns, as far as the request tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Subject {
    pub(crate) call_id: Option<u64>,
    pub(crate) external_id: String,
    pub(crate) account_id: String,
    pub(crate) numbers: Vec<String>,
}

impl Weather {
    pub(crate) fn new(portal: Portal) -> Self {
        let rules = Rules { limits: portal.setup().limits, ..Rules::default() };
        Self { portal, rules: Arc::new(Mutex::new(rules)) }
    }

    fn rules(&self) -> MutexGuard<'_, Rules> {
        self.rules.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Orders a misbehaviour, from now on.
    pub fn order(&self, rule: Rule) -> RuleId {
        self.order_with(rule, None)
    }

    /// Orders a misbehaviour of some of the requests, from now on.
    pub fn order_with(&self, rule: Rule, odds: Option<Odds>) -> RuleId {
        let tokens = self.portal.tokens_issued();
        let mut rules = self.rules();
        rules.next += 1;
        let id = RuleId(rules.next);
        rules.ordered.insert(id, Ordered { rule, odds, seen: 0, struck: 0, windows: 0, began: None, tokens });
        id
    }

    /// How often a rule has struck.
    pub fn struck(&self, id: RuleId) -> u32 {
        self.rules().ordered.get(&id).map_or(0, |o| o.struck)
    }

    /// Ends a rule.
    pub fn clear(&self, id: RuleId) {
        self.rules().ordered.remove(&id);
    }

    /// Whether no rule is ordered.
    pub(crate) fn is_fine(&self) -> bool {
        self.rules().ordered.is_empty()
    }

    /// From now on, requests are counted against these limits, or not at all.
    pub fn limit(&self, limits: Option<Limits>) {
        let mut rules = self.rules();
        rules.limits = limits;
        rules.limiter = Limiter::default();
    }

    /// Counts a request where requests are counted: what is left, or the refusal.
    pub(crate) fn count(&self, who: &Identity, counted: Counted, tell: Amount) -> Result<Quota, Refusal> {
        let mut rules = self.rules();
        match (rules.limits, tell) {
            (Some(limits), _) => rules.limiter.take(&limits, who.caller, counted, self.portal.now()),
            (None, Amount::Always) => Ok(uncounted(who.caller, counted)),
            (None, Amount::Counted) => Ok(Quota::new()),
        }
    }

    pub(crate) fn reset(&self) {
        let limits = self.portal.setup().limits;
        let mut rules = self.rules();
        rules.ordered.clear();
        rules.expiry = None;
        rules.limits = limits;
        rules.limiter = Limiter::default();
    }

    /// The strike that this request suffers, counted.
    pub(crate) fn strike(
        &self,
        operation: Operation,
        subject: &Subject,
        identity: &Identity,
    ) -> Option<Struck> {
        let mut rules = self.rules();
        if rules.expiry.as_mut().is_some_and(|expiry| expiry.strikes(operation, identity)) {
            return Some((Strike::ExpiredToken, SignedDuration::ZERO));
        }
        if rules.ordered.is_empty() {
            return None;
        }
        let now = self.portal.now();
        let mut due = rules.ordered.values_mut().filter(|o| {
            o.rule.operation == operation
                && o.is_due(identity, now)
                && o.rule.story.as_ref().is_none_or(|story| subject.is_of(story))
        });
        let ordered = due.find_map(|o| o.draws().then_some(o))?;
        ordered.count(now);
        Some((ordered.rule.strike, ordered.held(now)))
    }
}

impl Ordered {
    /// Whether the limit's window is still open, in which whoever does not wait is refused again.
    fn is_held(&self, policy: Policy, now: Timestamp) -> bool {
        self.began.is_some_and(|began| now.duration_since(began) < policy.window())
    }

    /// How long the limit's window is still open.
    fn held(&self, now: Timestamp) -> SignedDuration {
        match (self.rule.strike, self.began) {
            (Strike::Throttled { policy }, Some(began)) => policy.window() - now.duration_since(began),
            _ => SignedDuration::ZERO,
        }
    }

    /// Whether the odds are against this request, which is counted.
    fn draws(&mut self) -> bool {
        self.seen = self.seen.saturating_add(1);
        self.odds.is_none_or(|odds| odds.strikes(self.seen - 1))
    }

    fn count(&mut self, now: Timestamp) {
        self.struck += 1;
        if let Strike::Throttled { policy } = self.rule.strike
            && !self.is_held(policy, now)
        {
            self.windows += 1;
            self.began = Some(now);
        }
    }

    fn is_due(&self, identity: &Identity, now: Timestamp) -> bool {
        match self.rule.strike {
            Strike::ExpiredToken => {}
            Strike::Throttled { policy } => {
                return self.is_held(policy, now) || self.windows < self.rule.times;
            }
            _ => return self.struck < self.rule.times,
        }
        listed::is_old(identity, self.tokens)
    }
}

impl Subject {
    pub(crate) fn of_properties<'a>(
        call_id: Option<u64>,
        property: impl Fn(&'static str) -> Option<&'a str>,
    ) -> Self {
        let text = |name| property(name).unwrap_or_default().to_owned();
        Self {
            call_id,
            external_id: text("hs_call_external_id"),
            account_id: text("hs_call_external_account_id"),
            numbers: vec![text("hs_call_from_number"), text("hs_call_to_number")],
        }
    }

    /// Whether it is the call of that story.
    pub(crate) fn is_of(&self, story: &StoryKey) -> bool {
        (story.call_id.is_some() && self.call_id == story.call_id)
            || (!story.external_id.is_empty()
                && self.external_id == story.external_id
                && self.account_id == story.account_id)
            || self.numbers.iter().any(|n| story.has_number(n))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::portal::PortalSetup;
    use crate::routes::Query;

    fn weather() -> Weather {
        Weather::new(Portal::new(PortalSetup::default()))
    }

    fn identity(weather: &Weather, token: &str) -> Identity {
        Identity::of(Some(&format!("Bearer {token}")), &Query::default(), &weather.portal)
    }

    fn rule(strike: Strike, times: u32) -> Rule {
        Rule { operation: Operation::LogCall, story: None, strike, times }
    }

    #[test]
    fn a_rule_strikes_as_often_as_it_was_ordered() {
        let weather = weather();
        let id = weather.order(rule(Strike::Failing { status: 502 }, 2));
        let identity = identity(&weather, "x");
        let strikes =
            (0..3).filter(|_| weather.strike(Operation::LogCall, &Subject::default(), &identity).is_some());
        assert_eq!((strikes.count(), weather.struck(id)), (2, 2));
    }

    #[test]
    fn a_token_expires_until_one_that_was_refreshed_afterwards_comes() {
        let weather = weather();
        let before = weather.portal.issue_token();
        let id = weather.order(rule(Strike::ExpiredToken, 0));
        let after = weather.portal.issue_token();
        let strike = |token: &str| {
            weather.strike(Operation::LogCall, &Subject::default(), &identity(&weather, token)).is_some()
        };
        assert!(strike(&before) && strike(&weather.portal.setup().access_token) && !strike(&after));
        assert_eq!(weather.struck(id), 2);
    }

    #[test]
    fn a_rule_of_a_story_strikes_only_its_call() {
        let weather = weather();
        let story = StoryKey {
            external_id: "a".into(),
            account_id: "b".into(),
            number: "+1 555 765-4321".into(),
            call_id: Some(7),
        };
        weather.order(Rule { story: Some(story), ..rule(Strike::Cut, 9) });
        let identity = identity(&weather, "x");
        let strike = |subject: Subject| weather.strike(Operation::LogCall, &subject, &identity).is_some();
        assert!(strike(Subject { external_id: "a".into(), account_id: "b".into(), ..Subject::default() }));
        assert!(strike(Subject { numbers: vec!["+15557654321".into()], ..Subject::default() }));
        assert!(strike(Subject { call_id: Some(7), ..Subject::default() }));
        assert!(!strike(Subject { external_id: "a".into(), account_id: "c".into(), ..Subject::default() }));
        assert!(!strike(Subject::default()));
    }
}
