//! Who is asking: the kind of credential a request carries, and whether it is enough.
//!
//! Never keeps a credential's value. Read next: `scopes.rs`, `refusal.rs` (the 401 texts), `portal/tokens.rs`.

use crate::journal::Credential;
use crate::limits::Caller;
use crate::portal::{Bearer, Grant, Portal, TokenKind};
use crate::refusal::Refusal;
use crate::routes::Query;
use crate::scopes::{Family, Need};
use crate::switches::{Leniency, Switches, TokenOnSettings};
use jiff::Timestamp;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::LazyLock;

/// How credentials are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Strictness {
    /// Any or none will do; the journal says which it was.
    Friendly,
    /// As HubSpot takes them.
    Strict,
}

/// What a request proves about who sent it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Identity {
    pub(crate) credential: Credential,
    pub(crate) bearer: Option<Bearer>,
    /// Whose requests are counted together.
    pub(crate) caller: Caller,
    /// When it was looked at.
    at: Timestamp,
    grant: Option<Grant>,
    bad_key: bool,
}

impl Identity {
    pub(crate) fn of(authorization: Option<&str>, query: &Query, portal: &Portal) -> Self {
        let now = portal.now();
        let token = authorization.map(|value| match value.trim().split_once(' ') {
            Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => token.trim(),
            _ => "",
        });
        let (bearer, grant) = token.map(|token| portal.identify(token, now)).unzip();
        let grant: Option<Grant> = grant.flatten();
        let given_key = query.first("hapikey");
        let key = given_key.map(|key| key == portal.setup().developer_key);
        let credential = match (key, bearer) {
            (Some(true), _) => Credential::DeveloperKey,
            (_, Some(Bearer::Developer)) => Credential::DeveloperToken,
            (_, Some(Bearer::Access { .. })) => Credential::AccessToken,
            (_, Some(Bearer::Expired { .. })) => Credential::ExpiredToken,
            (Some(false), _) | (_, Some(Bearer::Unknown)) => Credential::Unknown,
            (None, None) => Credential::None,
        };
        let kind = grant.as_ref().map(|g| g.kind);
        let caller = Caller { key: hash(given_key.or(token).unwrap_or_default()), kind };
        Self { credential, bearer, caller, at: now, grant, bad_key: key == Some(false) }
    }

    /// Whether it may ask for what needs this.
    pub(crate) fn allows(&self, need: &Need, method: &str, switches: &Switches) -> Result<(), Refusal> {
        match need {
            Need::Nothing => Ok(()),
            Need::Developer(scope) => self.allows_settings(scope, method, switches),
            Need::AnyOf(scopes, family) => self.allows_portal(scopes, *family, switches),
        }
    }

    fn allows_settings(&self, scope: &'static str, method: &str, switches: &Switches) -> Result<(), Refusal> {
        let granted = self.grant.as_ref().is_some_and(|g| g.kind != TokenKind::PrivateApp && g.has(scope));
        match self.credential {
            Credential::DeveloperKey => Ok(()),
            Credential::DeveloperToken | Credential::AccessToken if granted => Ok(()),
            Credential::DeveloperToken => Err(Refusal::missing_scopes(&[scope])),
            Credential::None => Err(Refusal::no_credentials()),
            // Seen on GET and on POST of a real portal.
            Credential::AccessToken if method == "GET" => Err(Refusal::no_credentials()),
            Credential::AccessToken => Err(Refusal::needs_developer_key(match switches.settings_token {
                TokenOnSettings::Unauthorized => 401,
                TokenOnSettings::Forbidden => 403,
            })),
            Credential::ExpiredToken | Credential::Unknown => Err(self.useless()),
        }
    }

    fn allows_portal(
        &self,
        scopes: &[&'static str],
        family: Family,
        switches: &Switches,
    ) -> Result<(), Refusal> {
        let private = self.grant.as_ref().is_some_and(|g| g.kind == TokenKind::PrivateApp);
        match self.credential {
            Credential::AccessToken
                if private && family == Family::Calling && switches.private_app_calls == Leniency::Refuse =>
            {
                Err(Refusal::no_credentials())
            }
            Credential::AccessToken | Credential::DeveloperToken
                if self.grant.as_ref().is_some_and(|g| scopes.iter().any(|scope| g.has(scope))) =>
            {
                Ok(())
            }
            Credential::AccessToken | Credential::DeveloperToken => Err(Refusal::missing_scopes(scopes)),
            Credential::None | Credential::DeveloperKey => Err(Refusal::no_credentials()),
            Credential::ExpiredToken | Credential::Unknown => Err(self.useless()),
        }
    }

    fn useless(&self) -> Refusal {
        match self.bearer {
            Some(Bearer::Expired { ago, .. }) => {
                let when = self.at - ago;
                Refusal::expired(&since(ago.as_secs()), &when.to_string())
            }
            _ if self.bad_key => Refusal::bad_key(),
            _ => Refusal::garbage_token(),
        }
    }
}

/// Tells credentials apart without keeping them.
fn hash(credential: &str) -> u64 {
    static KEY: LazyLock<RandomState> = LazyLock::new(RandomState::new);
    KEY.hash_one(credential)
}

/// `5 hour(s)`, in HubSpot's way of counting.
fn since(seconds: u64) -> String {
    match seconds {
        0..60 => format!("{seconds} second(s)"),
        60..3600 => format!("{} minute(s)", seconds / 60),
        3600..86_400 => format!("{} hour(s)", seconds / 3600),
        _ => format!("{} day(s)", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_is_counted_in_the_largest_whole_unit() {
        assert_eq!(since(0), "0 second(s)");
        assert_eq!(since(18_000), "5 hour(s)");
        assert_eq!(since(20_543 * 86_400), "20543 day(s)");
    }
}
