//! Rate limits, counted as HubSpot counts them: per token over rolling windows, per account for searches.
//!
//! Off until a portal file or the weather switches them on. Pure but for its counts: the time is given.
//! Read next: `visit.rs` (which asks before each answer), `weather.rs` (which throttles without counting).

use crate::portal::TokenKind;
use crate::refusal::Refusal;
use crate::weather::Policy;
use compact_str::{CompactString, ToCompactString as _};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, VecDeque};
use std::sync::LazyLock;

/// The limits of an account; numbers that are left out follow from the plan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// What the account pays for.
    pub plan: Plan,
    /// Requests of one token in ten seconds: 100 or 190 for private apps, 110 for OAuth.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ten_secondly: Option<u32>,
    /// Requests of one token in a second; not limited unless given, as HubSpot no longer enforces it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secondly: Option<u32>,
    /// Requests of one private app in a day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub daily: Option<u32>,
    /// Searches of the account in a second: 5.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub search_secondly: Option<u32>,
}

/// What an account pays for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Plan {
    /// Free or Starter.
    Free,
    /// Professional.
    #[default]
    Professional,
    /// Enterprise.
    Enterprise,
}

/// Who is counted: a hash of the credential, and what kind it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Caller {
    pub(crate) key: u64,
    pub(crate) kind: Option<TokenKind>,
}

/// What a request counts as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Counted {
    /// One call of its token.
    Call,
    /// A search, of which the account has few.
    Search,
    /// Nothing: tokens are asked for freely.
    Free,
}

/// Header fields that tell what is left.
pub(crate) type Quota = Vec<(&'static str, CompactString)>;

/// The window of the rolling limit.
pub(crate) const INTERVAL_MS: &str = "10000";
const WINDOW: SignedDuration = SignedDuration::from_secs(10);
const SECOND: SignedDuration = SignedDuration::from_secs(1);
/// Beyond so many tokens, those that were silent for a window are forgotten.
const MOST_CALLERS: usize = 4096;

impl Limits {
    fn ten_secondly(&self, kind: Option<TokenKind>) -> u32 {
        self.ten_secondly.unwrap_or(match (kind, self.plan) {
            (Some(TokenKind::PrivateApp), Plan::Free) => 100,
            (Some(TokenKind::PrivateApp), Plan::Professional | Plan::Enterprise) => 190,
            _ => 110,
        })
    }

    /// Only private apps have a daily limit.
    fn daily(&self, kind: Option<TokenKind>) -> Option<u32> {
        (kind == Some(TokenKind::PrivateApp)).then(|| {
            self.daily.unwrap_or(match self.plan {
                Plan::Free => 250_000,
                Plan::Professional => 625_000,
                Plan::Enterprise => 1_000_000,
            })
        })
    }
}

/// What was counted so far.
#[derive(Debug, Default)]
pub(crate) struct Limiter {
    counts: HashMap<u64, Counts>,
    searches: VecDeque<Timestamp>,
}

#[derive(Debug, Default)]
struct Counts {
    recent: VecDeque<Timestamp>,
    day: i64,
    today: u32,
}

impl Limiter {
    /// Counts a request, or refuses it; a refused one does not count.
    pub(crate) fn take(
        &mut self,
        limits: &Limits,
        caller: Caller,
        counted: Counted,
        now: Timestamp,
    ) -> Result<Quota, Refusal> {
        match counted {
            Counted::Free => Ok(Quota::new()),
            Counted::Search => self.search(limits, now),
            Counted::Call => self.call(limits, caller, now),
        }
    }

    fn search(&mut self, limits: &Limits, now: Timestamp) -> Result<Quota, Refusal> {
        forget(&mut self.searches, now, SECOND);
        if self.searches.len() >= limits.search_secondly.unwrap_or(5) as usize {
            let first = self.searches.front().copied().unwrap_or(now);
            return Err(Refusal::throttled(Policy::Secondly).wait(SECOND - now.duration_since(first)));
        }
        self.searches.push_back(now);
        Ok(Quota::new())
    }

    fn call(&mut self, limits: &Limits, caller: Caller, now: Timestamp) -> Result<Quota, Refusal> {
        if self.counts.len() > MOST_CALLERS {
            self.counts.retain(|_, c| c.recent.back().is_some_and(|last| now.duration_since(*last) < WINDOW));
        }
        let counts = self.counts.entry(caller.key).or_default();
        forget(&mut counts.recent, now, WINDOW);
        let day = now.as_second().div_euclid(86_400);
        if counts.day != day {
            (counts.day, counts.today) = (day, 0);
        }
        let (max, daily) = (limits.ten_secondly(caller.kind), limits.daily(caller.kind));
        let in_second = counts.recent.iter().rev().take_while(|t| now.duration_since(**t) < SECOND).count();
        let reached = if daily.is_some_and(|daily| counts.today >= daily) {
            Some(Policy::Daily)
        } else if counts.recent.len() >= max as usize {
            Some(Policy::TenSecondly)
        } else {
            limits.secondly.filter(|most| in_second >= *most as usize).map(|_| Policy::Secondly)
        };
        if let Some(policy) = reached {
            let since =
                |first: Option<&Timestamp>| first.map_or(SignedDuration::ZERO, |t| now.duration_since(*t));
            let refusal = Refusal::throttled(policy).wait(match policy {
                Policy::Daily => SignedDuration::from_secs(86_400 - now.as_second().rem_euclid(86_400)),
                Policy::TenSecondly => WINDOW - since(counts.recent.front()),
                Policy::Secondly => {
                    SECOND - since(counts.recent.iter().rev().nth(in_second.saturating_sub(1)))
                }
            });
            return Err(told(limits, caller, counts).into_iter().fold(refusal, |r, (n, v)| r.header(n, v)));
        }
        counts.recent.push_back(now);
        counts.today += 1;
        Ok(told(limits, caller, counts))
    }
}

fn forget(times: &mut VecDeque<Timestamp>, now: Timestamp, window: SignedDuration) {
    while times.front().is_some_and(|t| now.duration_since(*t) >= window) {
        times.pop_front();
    }
}

fn told(limits: &Limits, caller: Caller, counts: &Counts) -> Quota {
    let max = limits.ten_secondly(caller.kind);
    let used = u32::try_from(counts.recent.len()).unwrap_or(u32::MAX);
    let secondly = limits.secondly.unwrap_or((max / 10).max(1));
    let mut quota = vec![
        ("x-hubspot-ratelimit-interval-milliseconds", CompactString::const_new(INTERVAL_MS)),
        ("x-hubspot-ratelimit-max", max.to_compact_string()),
        ("x-hubspot-ratelimit-remaining", max.saturating_sub(used).to_compact_string()),
        ("x-hubspot-ratelimit-secondly", secondly.to_compact_string()),
        ("x-hubspot-ratelimit-secondly-remaining", secondly.saturating_sub(1).to_compact_string()),
    ];
    if let Some(daily) = limits.daily(caller.kind) {
        quota.push(("x-hubspot-ratelimit-daily", daily.to_compact_string()));
        quota.push((
            "x-hubspot-ratelimit-daily-remaining",
            daily.saturating_sub(counts.today).to_compact_string(),
        ));
    }
    quota
}

/// What is told of a first request, to private apps and to others: said with every reply, so the texts are made once and kept
/// for good.
static FIRST: LazyLock<[Quota; 2]> = LazyLock::new(|| {
    [TokenKind::PrivateApp, TokenKind::OAuth].map(|kind| {
        let first = Counts { recent: VecDeque::from([Timestamp::UNIX_EPOCH]), day: 0, today: 1 };
        let quota = told(&Limits::default(), Caller { key: 0, kind: Some(kind) }, &first);
        let kept = |text: CompactString| CompactString::const_new(String::from(text).leak());
        quota.into_iter().map(|(name, value)| (name, kept(value))).collect()
    })
});

/// What a reply tells where nothing is counted: as if it were the first request.
pub(crate) fn uncounted(caller: Caller, counted: Counted) -> Quota {
    match counted {
        Counted::Call => FIRST[usize::from(caller.kind != Some(TokenKind::PrivateApp))].clone(),
        Counted::Search | Counted::Free => Quota::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRIVATE: Caller = Caller { key: 1, kind: Some(TokenKind::PrivateApp) };
    const OAUTH: Caller = Caller { key: 2, kind: Some(TokenKind::OAuth) };

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_millisecond(1_700_000_000_000 + ms).expect("a time")
    }

    fn policy(refusal: &Refusal) -> String {
        let (_, text) = refusal.write("c");
        let body: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        body["policyName"].as_str().expect("a policy").to_owned()
    }

    #[test]
    fn each_kind_of_token_has_its_own_number_of_calls_in_ten_seconds() {
        let free = Limits { plan: Plan::Free, ..Limits::default() };
        for (limits, caller, most) in
            [(free, PRIVATE, 100), (Limits::default(), PRIVATE, 190), (Limits::default(), OAUTH, 110)]
        {
            let mut limiter = Limiter::default();
            for i in 0..most {
                let quota = limiter.take(&limits, caller, Counted::Call, at(i)).expect("there is room");
                assert_eq!(quota[2].1, (most - i - 1).to_string());
            }
            let refused = limiter.take(&limits, caller, Counted::Call, at(9_999)).expect_err("none is left");
            assert_eq!((refused.status, policy(&refused).as_str()), (429, "TEN_SECONDLY_ROLLING"));
            assert!(limiter.take(&limits, caller, Counted::Call, at(10_000)).is_ok(), "the first rolled out");
            let other = Caller { key: 9, ..caller };
            assert!(limiter.take(&limits, other, Counted::Call, at(9_999)).is_ok(), "another token");
        }
    }

    #[test]
    fn a_second_and_a_day_have_their_limits_too() {
        let limits = Limits { secondly: Some(2), daily: Some(3), ..Limits::default() };
        let mut limiter = Limiter::default();
        let mut take = |caller, ms| limiter.take(&limits, caller, Counted::Call, at(ms));
        assert!(take(PRIVATE, 0).is_ok() && take(PRIVATE, 1).is_ok());
        assert_eq!(policy(&take(PRIVATE, 2).expect_err("two a second")), "SECONDLY");
        let quota = take(PRIVATE, 1000).expect("the second is over");
        assert_eq!(
            quota.last().map(|(n, v)| (*n, v.as_str())),
            Some(("x-hubspot-ratelimit-daily-remaining", "0"))
        );
        assert_eq!(policy(&take(PRIVATE, 5000).expect_err("three a day")), "DAILY");
        assert!(take(PRIVATE, 86_400_000).is_ok(), "the next day");
        assert!(
            (0..4).all(|i| take(OAUTH, i * 1000).is_ok_and(|q| q.len() == 5)),
            "no daily limit for OAuth"
        );
    }

    #[test]
    fn searches_are_counted_for_the_account_and_tell_nothing() {
        let mut limiter = Limiter::default();
        for i in 0..5 {
            let caller = Caller { key: i, kind: None };
            let quota = limiter.take(&Limits::default(), caller, Counted::Search, at(0)).expect("five");
            assert!(quota.is_empty());
        }
        let refused = limiter.take(&Limits::default(), PRIVATE, Counted::Search, at(999)).expect_err("six");
        assert_eq!(refused.message, "You have reached your secondly limit.");
        assert!(limiter.take(&Limits::default(), PRIVATE, Counted::Search, at(1000)).is_ok());
    }
}
