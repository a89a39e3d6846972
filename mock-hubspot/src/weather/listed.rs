//! The weather as it can be seen and changed from outside: the rules with their hits, and the end of all tokens.

use super::{Identity, Odds, Rule, RuleId, Strike, Weather};
use crate::operation::Operation;
use crate::portal::Bearer;
use serde::Serialize;

/// One rule, and how often it was hit.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Listed {
    pub(crate) id: u64,
    #[serde(flatten)]
    pub(crate) rule: Rule,
    /// Which of the requests that come by.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub(crate) odds: Option<Odds>,
    /// How many requests came by.
    pub(crate) seen: u32,
    /// How many requests it has struck.
    pub(crate) struck: u32,
    /// Whether it will strike no more.
    pub(crate) spent: bool,
}

/// All tokens that were issued until then are refused.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Expiry {
    #[serde(skip)]
    tokens: u64,
    /// How many requests it has struck.
    pub(crate) struck: u32,
}

impl Weather {
    /// Every rule, by id.
    pub(crate) fn listed(&self) -> Vec<Listed> {
        let now = self.portal.now();
        let rules = self.rules();
        let listed = rules.ordered.iter().map(|(id, ordered)| {
            let rule = ordered.rule.clone();
            let spent = match rule.strike {
                Strike::ExpiredToken => false,
                Strike::Throttled { policy } => {
                    ordered.windows >= rule.times && !ordered.is_held(policy, now)
                }
                _ => ordered.struck >= rule.times,
            };
            let (odds, seen, struck) = (ordered.odds, ordered.seen, ordered.struck);
            Listed { id: id.0, rule, odds, seen, struck, spent }
        });
        listed.collect()
    }

    /// Ends the rule with that number; says whether there was one.
    pub(crate) fn end(&self, id: u64) -> bool {
        self.rules().ordered.remove(&RuleId(id)).is_some()
    }

    /// Ends every rule, and lets old tokens live again.
    pub(crate) fn end_all(&self) {
        let mut rules = self.rules();
        rules.ordered.clear();
        rules.expiry = None;
    }

    /// Every access token that was issued until now has expired, whatever it is used for.
    pub(crate) fn expire_tokens(&self) {
        let tokens = self.portal.tokens_issued();
        self.rules().expiry = Some(Expiry { tokens, struck: 0 });
    }

    /// Whether tokens were expired, and how many requests that has struck.
    pub(crate) fn expiry(&self) -> Option<Expiry> {
        self.rules().expiry
    }
}

impl Listed {
    pub(crate) fn is(&self, id: RuleId) -> bool {
        self.id == id.0
    }
}

impl Expiry {
    /// Whether this request comes with a token that expired; counted. Where tokens are exchanged, none is needed.
    pub(super) fn strikes(&mut self, operation: Operation, identity: &Identity) -> bool {
        let old = !exchanges_tokens(operation) && is_old(identity, self.tokens);
        self.struck += u32::from(old);
        old
    }
}

const fn exchanges_tokens(operation: Operation) -> bool {
    matches!(
        operation,
        Operation::IssueToken
            | Operation::ReadAccessToken
            | Operation::ReadRefreshToken
            | Operation::DeleteRefreshToken
            | Operation::IntrospectToken
            | Operation::RevokeToken
    )
}

/// Whether a token was issued among the first so many, or by nobody: where any will do, that one was not issued since.
pub(super) fn is_old(identity: &Identity, tokens: u64) -> bool {
    match identity.bearer {
        Some(Bearer::Access { serial } | Bearer::Expired { serial, .. }) => serial <= tokens,
        Some(Bearer::Unknown) => true,
        Some(Bearer::Developer) | None => false,
    }
}
