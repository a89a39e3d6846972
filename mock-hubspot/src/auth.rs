//! Who is asking: the kind of credential a request carries, and whether it is enough.
//!
//! Never keeps a credential's value. Read next: `refusal.rs` (the 401 texts), `portal/tokens.rs`.

use crate::exchange::{Headers, header};
use crate::journal::Credential;
use crate::operation::Operation;
use crate::portal::{Bearer, Portal};
use crate::refusal::Refusal;
use crate::routes::Query;

/// How credentials are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Strictness {
    /// Any or none will do; the journal says which it was.
    Friendly,
    /// As HubSpot takes them.
    Strict,
}

/// What a request proves about who sent it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Identity {
    pub(crate) credential: Credential,
    pub(crate) bearer: Option<Bearer>,
    bad_key: bool,
}

impl Identity {
    pub(crate) fn of(headers: &Headers, query: &Query, portal: &Portal) -> Self {
        let bearer = header(headers, "authorization").map(|value| {
            let token = match value.trim().split_once(' ') {
                Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => token.trim(),
                _ => return Bearer::Unknown,
            };
            portal.bearer(token)
        });
        let key = query.first("hapikey").map(|key| key == portal.setup().developer_key);
        let credential = match (key, bearer) {
            (Some(true), _) => Credential::DeveloperKey,
            (_, Some(Bearer::Developer)) => Credential::DeveloperToken,
            (_, Some(Bearer::Access { .. })) => Credential::AccessToken,
            (_, Some(Bearer::Expired { .. })) => Credential::ExpiredToken,
            (Some(false), _) | (_, Some(Bearer::Unknown)) => Credential::Unknown,
            (None, None) => Credential::None,
        };
        Self { credential, bearer, bad_key: key == Some(false) }
    }

    /// Whether it may ask this.
    pub(crate) fn allows(&self, operation: Operation, method: &str) -> Result<(), Refusal> {
        match operation {
            // Client id, secret and refresh token are in the body.
            Operation::IssueToken => Ok(()),
            Operation::ReadRecordingUrl | Operation::RegisterRecordingUrl | Operation::MoveRecordingUrl => {
                self.allows_settings(method)
            }
            _ => self.allows_portal(operation),
        }
    }

    fn allows_settings(&self, method: &str) -> Result<(), Refusal> {
        match self.credential {
            Credential::DeveloperKey | Credential::DeveloperToken => Ok(()),
            Credential::None => Err(Refusal::no_credentials()),
            // Seen on GET and on POST of a real portal.
            Credential::AccessToken if method == "GET" => Err(Refusal::no_credentials()),
            Credential::AccessToken => Err(Refusal::needs_developer_key()),
            Credential::ExpiredToken | Credential::Unknown => Err(self.useless()),
        }
    }

    fn allows_portal(&self, operation: Operation) -> Result<(), Refusal> {
        match self.credential {
            Credential::AccessToken => Ok(()),
            Credential::None | Credential::DeveloperKey => Err(Refusal::no_credentials()),
            Credential::DeveloperToken => Err(Refusal::missing_scopes(scope(operation))),
            Credential::ExpiredToken | Credential::Unknown => Err(self.useless()),
        }
    }

    fn useless(&self) -> Refusal {
        match self.bearer {
            Some(Bearer::Expired { ago, .. }) => {
                let when = jiff::Timestamp::now() - ago;
                Refusal::expired(&since(ago.as_secs()), &when.to_string())
            }
            _ if self.bad_key => Refusal::bad_key(),
            _ => Refusal::garbage_token(),
        }
    }
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

fn scope(operation: Operation) -> &'static str {
    match operation {
        Operation::ListOwners | Operation::ReadOwner => "crm.objects.owners.read",
        Operation::ReadCall
        | Operation::ListCalls
        | Operation::ReadRecord
        | Operation::ListRecords
        | Operation::ListAssociations => "crm.objects.contacts.read",
        _ => "crm.objects.contacts.write",
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
