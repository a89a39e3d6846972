//! Which scopes an operation needs: HubSpot's own table, by operation, object type and direction.
//!
//! Knows nothing of tokens. Read next: `auth.rs` (which holds it against a token).

use crate::operation::Operation;
use crate::texts::Texts;
use crate::versions::Route;
use crate::wire::ObjectType;

/// What a request must bring.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    /// Nothing: what is needed is in the body or the path.
    Nothing,
    /// The developer of the app, with this scope where it is a token.
    Developer(&'static str),
    /// A token of the portal with any of these scopes; of the calling extensions or not.
    AnyOf(&'static [&'static str], Family),
}

/// Whether private apps are known to be let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    /// Records, links, owners: they are.
    Crm,
    /// The calling extensions: it is not known.
    Calling,
}

/// Reported calls: any of these.
const REPORTS: [&str; 4] = [
    "crm.objects.contacts.write",
    "crm.schemas.contacts.write",
    "crm.objects.contacts.sensitive.write.v2",
    "crm.objects.contacts.highly_sensitive.write.v2",
];

pub(crate) fn need(route: &Route, params: &Texts) -> Need {
    use Operation as O;
    let calling = |scopes| Need::AnyOf(scopes, Family::Calling);
    match route.operation {
        O::IssueToken
        | O::ReadAccessToken
        | O::ReadRefreshToken
        | O::DeleteRefreshToken
        | O::ReadPrivateAppToken
        | O::IntrospectToken
        | O::RevokeToken => Need::Nothing,
        O::ReadRecordingUrl | O::ReadSettings | O::ReadChannel => Need::Developer("developers-read"),
        O::RegisterRecordingUrl
        | O::MoveRecordingUrl
        | O::CreateSettings
        | O::UpdateSettings
        | O::DeleteSettings
        | O::CreateChannel
        | O::UpdateChannel
        | O::DeleteChannel => Need::Developer("developers-write"),
        O::MarkReady | O::ReportInboundCall => calling(&REPORTS),
        O::CreateTranscript | O::DeleteTranscript => calling(&["crm.extensions_calling_transcripts.write"]),
        O::ReadTranscript => calling(&["crm.extensions_calling_transcripts.read"]),
        O::ListConnectionStatuses | O::BatchReadConnectionStatuses | O::ReadMyConnectionStatus => {
            Need::AnyOf(&["automation", "crm.objects.owners.read"], Family::Crm)
        }
        O::ListOwners | O::ReadOwner => Need::AnyOf(&["crm.objects.owners.read"], Family::Crm),
        _ => Need::AnyOf(of_records(route, params), Family::Crm),
    }
}

/// Records are read or written, each type under its own scope; calls under that of contacts.
fn of_records(route: &Route, params: &Texts) -> &'static [&'static str] {
    let kind = ["objectType", "fromObjectType"].iter().find_map(|name| params.get(name));
    let asks_with_a_body = matches!(
        route.operation,
        Operation::Search
            | Operation::BatchRead
            | Operation::BatchReadAssociations
            | Operation::BatchReadProperties
    );
    let reads = route.method == "GET" || asks_with_a_body;
    match (kind.and_then(ObjectType::infer), reads) {
        (Some(ObjectType::Companies), true) => &["crm.objects.companies.read"],
        (Some(ObjectType::Companies), false) => &["crm.objects.companies.write"],
        (Some(ObjectType::Deals), true) => &["crm.objects.deals.read"],
        (Some(ObjectType::Deals), false) => &["crm.objects.deals.write"],
        (Some(ObjectType::Tickets), _) => &["tickets"],
        (_, true) => &["crm.objects.contacts.read"],
        (_, false) => &["crm.objects.contacts.write"],
    }
}

/// The scopes of a token for which nothing else was said.
pub(crate) const ORDINARY: &[&str] = &[
    "oauth",
    "crm.objects.contacts.read",
    "crm.objects.contacts.write",
    "crm.objects.companies.read",
    "crm.objects.companies.write",
    "crm.objects.deals.read",
    "crm.objects.deals.write",
    "tickets",
    "crm.objects.owners.read",
    "crm.schemas.contacts.read",
    "crm.schemas.contacts.write",
    "crm.extensions_calling_transcripts.read",
    "crm.extensions_calling_transcripts.write",
];

/// The scopes of the developer.
pub(crate) const DEVELOPER: &[&str] = &["developers-read", "developers-write"];
