//! Tokens: which are valid, since when, for what, and which came after which.

use super::PortalSetup;
use super::kept::Row;
use crate::scopes::DEVELOPER;
use crate::secrets::hex;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

/// How long a refreshed token lives.
pub(crate) const LIFETIME: Duration = Duration::from_mins(30);

/// Where a token comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TokenKind {
    /// A public app, installed in the portal.
    #[default]
    #[serde(rename = "oauth")]
    OAuth,
    /// A private app of the portal.
    PrivateApp,
    /// The developer account of the app.
    Developer,
}

/// What a bearer token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bearer {
    /// The developer's.
    Developer,
    /// The portal's; the serial counts tokens in the order in which they were issued.
    Access { serial: u64 },
    /// The portal's, until its time was over.
    Expired { serial: u64, ago: Duration },
    /// Nobody's.
    Unknown,
}

/// What a token is good for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Grant {
    pub(crate) kind: TokenKind,
    pub(crate) scopes: Arc<[String]>,
}

impl Grant {
    pub(crate) fn has(&self, scope: &str) -> bool {
        self.scopes.iter().any(|s| s == scope)
    }
}

pub(super) struct Tokens {
    known: HashMap<String, Issued>,
    current: String,
    issued: u64,
    ordinary: Grant,
    /// Refresh tokens that were revoked.
    revoked: HashSet<String>,
    /// Authorization codes that were exchanged.
    used: HashSet<String>,
}

/// An issued token as it is kept.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) struct KeptToken {
    serial: u64,
    #[serde(with = "jiff::fmt::serde::timestamp::millisecond::required")]
    at: Timestamp,
}

struct Issued {
    serial: u64,
    grant: Grant,
    /// The tokens of the setup do not expire.
    at: Option<Timestamp>,
}

impl Tokens {
    pub(super) fn new(setup: &PortalSetup) -> Self {
        let ordinary = Grant { kind: TokenKind::OAuth, scopes: setup.scopes.clone().into() };
        let developer = DEVELOPER.iter().map(|s| (*s).to_owned()).collect();
        let mut known: HashMap<String, Issued> = setup
            .tokens
            .iter()
            .map(|t| (t.token.clone(), Grant { kind: t.kind, scopes: t.scopes.clone().into() }))
            .chain([(setup.access_token.clone(), ordinary.clone())])
            .map(|(token, grant)| (token, Issued { serial: 0, grant, at: None }))
            .collect();
        let key = Grant { kind: TokenKind::Developer, scopes: developer };
        known.insert(setup.developer_key.clone(), Issued { serial: 0, grant: key, at: None });
        Self {
            known,
            current: setup.access_token.clone(),
            issued: 0,
            ordinary,
            revoked: HashSet::new(),
            used: HashSet::new(),
        }
    }

    /// The same setup gives the same tokens in the same order.
    pub(super) fn issue(&mut self, seed: &str, now: Timestamp) -> String {
        self.issued += 1;
        let digest = Sha256::digest(format!("{seed} {}", self.issued));
        let token = format!("mock-refreshed-{}-{}", self.issued, hex(&digest[..12]));
        let issued = Issued { serial: self.issued, grant: self.ordinary.clone(), at: Some(now) };
        self.known.insert(token.clone(), issued);
        self.current.clone_from(&token);
        token
    }

    pub(super) fn look_up(&self, token: &str, now: Timestamp) -> Bearer {
        self.identify(token, now).0
    }

    /// What it is, and what it is good for, alive or not.
    pub(super) fn identify(&self, token: &str, now: Timestamp) -> (Bearer, Option<Grant>) {
        let Some(issued) = self.known.get(token) else { return (Bearer::Unknown, None) };
        let serial = issued.serial;
        let bearer = match issued.at.and_then(|at| age(at, now).checked_sub(LIFETIME)) {
            _ if issued.grant.kind == TokenKind::Developer => Bearer::Developer,
            Some(ago) => Bearer::Expired { serial, ago },
            None => Bearer::Access { serial },
        };
        (bearer, Some(issued.grant.clone()))
    }

    pub(super) fn grant(&self, token: &str) -> Option<Grant> {
        self.known.get(token).map(|issued| issued.grant.clone())
    }

    /// How long it still lives: `None` where it is not alive.
    pub(super) fn left(&self, token: &str, now: Timestamp) -> Option<Duration> {
        let issued = self.known.get(token)?;
        LIFETIME.checked_sub(issued.at.map_or(Duration::ZERO, |at| age(at, now)))
    }

    pub(super) fn revoke(&mut self, refresh_token: &str) {
        self.revoked.insert(refresh_token.to_owned());
    }

    pub(super) fn is_revoked(&self, refresh_token: &str) -> bool {
        self.revoked.contains(refresh_token)
    }

    /// Whether the code was good for one exchange more.
    pub(super) fn use_code(&mut self, code: &str) -> bool {
        self.used.insert(code.to_owned())
    }

    pub(super) fn current(&self) -> &str {
        &self.current
    }

    pub(super) fn issued(&self) -> u64 {
        self.issued
    }

    pub(super) fn was_used(&self, code: &str) -> bool {
        self.used.contains(code)
    }

    /// Everything that was not set up.
    pub(super) fn rows(&self) -> impl Iterator<Item = Row> {
        let issued = self.known.iter().filter(|(_, issued)| issued.at.is_some());
        let issued = issued.map(|(token, _)| Row::Token(token.clone()));
        let revoked = self.revoked.iter().cloned().map(Row::Revoked);
        issued.chain(revoked).chain(self.used.iter().cloned().map(Row::UsedCode))
    }

    pub(super) fn kept(&self, token: &str) -> Option<KeptToken> {
        let issued = self.known.get(token)?;
        Some(KeptToken { serial: issued.serial, at: issued.at? })
    }

    pub(super) fn restore(&mut self, token: String, kept: KeptToken) {
        let KeptToken { serial, at } = kept;
        self.known.insert(token, Issued { serial, grant: self.ordinary.clone(), at: Some(at) });
    }

    pub(super) fn set_issued(&mut self, issued: u64, current: String) {
        (self.issued, self.current) = (issued, current);
    }
}

fn age(at: Timestamp, now: Timestamp) -> Duration {
    now.duration_since(at).try_into().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn tokens() -> Tokens {
        Tokens::new(&PortalSetup { access_token: "first".into(), ..PortalSetup::default() })
    }

    #[test]
    fn old_and_new_tokens_are_valid_and_ordered() {
        let mut tokens = tokens();
        let second = tokens.issue("first", NOW);
        assert_eq!(tokens.look_up("first", NOW), Bearer::Access { serial: 0 });
        assert_eq!(tokens.look_up(&second, NOW), Bearer::Access { serial: 1 });
        assert_eq!(tokens.look_up("other", NOW), Bearer::Unknown);
        assert_eq!(tokens.current(), second);
    }

    #[test]
    fn the_same_setup_gives_the_same_tokens() {
        assert_eq!(tokens().issue("a", NOW), tokens().issue("a", NOW));
    }

    #[test]
    fn an_issued_token_expires_after_1800_seconds_and_the_setup_s_never() {
        let mut tokens = tokens();
        let token = tokens.issue("a", NOW);
        let after = |ms| NOW + Duration::from_millis(ms);
        assert_eq!(tokens.look_up(&token, after(1_799_999)), Bearer::Access { serial: 1 });
        let expired = tokens.look_up(&token, after(1_805_000));
        assert!(matches!(expired, Bearer::Expired { serial: 1, ago } if ago.as_secs() == 5), "{expired:?}");
        assert_eq!(tokens.look_up("first", after(99_000_000)), Bearer::Access { serial: 0 });
    }

    #[test]
    fn a_code_is_good_for_one_exchange() {
        let mut tokens = tokens();
        assert!(tokens.use_code("c") && !tokens.use_code("c"));
    }
}
