//! What the portal knows of its tokens: a thin layer over `tokens.rs`.

use super::kept::Row;
use super::tokens::{Bearer, Grant};
use super::{CallRecord, Portal};
use crate::wire::ObjectType;
use jiff::Timestamp;
use std::sync::Arc;
use std::time::Duration;

impl Portal {
    /// A new access token.
    pub(crate) fn issue_token(&self) -> String {
        let mut state = self.state();
        let now = state.clock.now();
        let token = state.tokens.issue(&self.base.setup.access_token, now);
        state.touch(|| Row::Token(token.clone()));
        state.touch(|| Row::Counters);
        token
    }

    /// The access tokens that were issued, and not set up.
    pub(crate) fn issued_tokens(&self) -> Vec<String> {
        let state = self.state();
        let rows = state.tokens.rows();
        rows.filter_map(|row| if let Row::Token(token) = row { Some(token) } else { None }).collect()
    }

    /// What a bearer token is.
    pub(crate) fn bearer(&self, token: &str) -> Bearer {
        self.state().tokens.look_up(token, self.base.clock.now())
    }

    /// What a bearer token is, and what it is good for, alive or not.
    pub(crate) fn identify(&self, token: &str, now: Timestamp) -> (Bearer, Option<Grant>) {
        self.state().tokens.identify(token, now)
    }

    /// What a token is good for, alive or not.
    pub(crate) fn grant(&self, token: &str) -> Option<Grant> {
        self.state().tokens.grant(token)
    }

    /// How long a token still lives.
    pub(crate) fn token_left(&self, token: &str) -> Option<Duration> {
        self.state().tokens.left(token, self.base.clock.now())
    }

    /// Counts the access tokens issued so far.
    pub(crate) fn tokens_issued(&self) -> u64 {
        self.state().tokens.issued()
    }

    /// Whether a refresh token is the portal's, and was not revoked.
    pub(crate) fn is_refresh_token(&self, token: &str) -> bool {
        token == self.base.setup.refresh_token && !self.is_revoked(token)
    }

    pub(crate) fn is_revoked(&self, refresh_token: &str) -> bool {
        self.state().tokens.is_revoked(refresh_token)
    }

    pub(crate) fn revoke(&self, refresh_token: &str) {
        let mut state = self.state();
        state.tokens.revoke(refresh_token);
        state.touch(|| Row::Revoked(refresh_token.to_owned()));
    }

    /// Whether an authorization code was good for one exchange more.
    pub(crate) fn use_code(&self, code: &str) -> bool {
        let mut state = self.state();
        state.touch(|| Row::UsedCode(code.to_owned()));
        state.tokens.use_code(code)
    }

    /// Contacts and companies with that telephone number, in whatever spelling.
    pub(crate) fn with_number(&self, number: &str) -> Vec<(ObjectType, Arc<CallRecord>)> {
        let wanted = digits(number);
        let state = self.state();
        let mut found = Vec::new();
        for kind in [ObjectType::Contacts, ObjectType::Companies] {
            for record in state.shelf(kind).side(false).values() {
                let numbers = ["phone", "mobilephone"].into_iter().filter_map(|n| record.properties.get(n));
                if !wanted.is_empty() && numbers.map(digits).any(|n| n == wanted) {
                    found.push((kind, Arc::clone(record)));
                }
            }
        }
        found
    }
}

fn digits(number: &str) -> String {
    number.chars().filter(char::is_ascii_digit).collect()
}
