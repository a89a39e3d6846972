//! The versions of HubSpot's API, and which path each operation has in each: the one place for a new version.
//!
//! Templates are shaped as in HubSpot's OpenAPI documents, so that a URL from its docs can be found here by searching.
//! The guide's four steps, the records and their owners are here; `versions/` has the rest, one family a file.
//! Knows nothing of requests or replies. Read next: `routes.rs` (walks this table), `operation.rs`.

mod associations;
mod calling;
mod oauth;
mod objects;
mod properties;

use crate::operation::Operation;
use serde::{Deserialize, Serialize};
use std::fmt::Write as _;

/// A version of HubSpot's API, by the segment that stands in its paths.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum ApiVersion {
    /// `v3`, which the guide and the SDKs use.
    #[serde(rename = "v3")]
    V3,
    /// `v4`: associations only.
    #[serde(rename = "v4")]
    V4,
    /// `2025-09`.
    #[serde(rename = "2025-09")]
    V2025_09,
    /// `2026-03`.
    #[serde(rename = "2026-03")]
    V2026_03,
    /// `2026-09`.
    #[serde(rename = "2026-09")]
    V2026_09,
}

impl ApiVersion {
    /// The versions in which the whole calling API can be spoken, oldest first.
    pub const WHOLE: [Self; 4] = [Self::V3, Self::V2025_09, Self::V2026_03, Self::V2026_09];

    /// The segment that stands in its paths.
    pub const fn segment(self) -> &'static str {
        match self {
            Self::V3 => "v3",
            Self::V4 => "v4",
            Self::V2025_09 => "2025-09",
            Self::V2026_03 => "2026-03",
            Self::V2026_09 => "2026-09",
        }
    }
}

/// One row of the table: an operation under one path in one version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Route {
    /// The version of the path.
    pub version: ApiVersion,
    /// What is asked there.
    pub operation: Operation,
    /// The method.
    pub method: &'static str,
    /// The path, parameters in braces.
    pub template: &'static str,
}

const fn route(
    version: ApiVersion,
    operation: Operation,
    method: &'static str,
    template: &'static str,
) -> Route {
    Route { version, operation, method, template }
}

use ApiVersion::{V3, V4, V2025_09, V2026_03, V2026_09};
use Operation::{
    ArchiveCall, ArchiveRecord, Associate, CreateRecord, Dissociate, IssueToken, ListAssociations, ListCalls,
    ListOwners, ListRecords, LogCall, MarkReady, MoveRecordingUrl, ReadCall, ReadOwner, ReadRecord,
    ReadRecordingUrl, RegisterRecordingUrl, UpdateCall, UpdateRecord,
};

/// The guide's four steps, and what they need.
#[rustfmt::skip]
static ROUTES: &[Route] = &[
    route(V3, ReadRecordingUrl, "GET", "/crm/v3/extensions/calling/{appId}/settings/recording"),
    route(V3, RegisterRecordingUrl, "POST", "/crm/v3/extensions/calling/{appId}/settings/recording"),
    route(V3, MoveRecordingUrl, "PATCH", "/crm/v3/extensions/calling/{appId}/settings/recording"),
    route(V3, MarkReady, "POST", "/crm/v3/extensions/calling/recordings/ready"),
    route(V3, LogCall, "POST", "/crm/v3/objects/calls"),
    route(V3, ListCalls, "GET", "/crm/v3/objects/calls"),
    route(V3, ReadCall, "GET", "/crm/v3/objects/calls/{callId}"),
    route(V3, UpdateCall, "PATCH", "/crm/v3/objects/calls/{callId}"),
    route(V3, ArchiveCall, "DELETE", "/crm/v3/objects/calls/{callId}"),
    route(V3, CreateRecord, "POST", "/crm/v3/objects/{objectType}"),
    route(V3, ListRecords, "GET", "/crm/v3/objects/{objectType}"),
    route(V3, ReadRecord, "GET", "/crm/v3/objects/{objectType}/{objectId}"),
    route(V3, UpdateRecord, "PATCH", "/crm/v3/objects/{objectType}/{objectId}"),
    route(V3, ArchiveRecord, "DELETE", "/crm/v3/objects/{objectType}/{objectId}"),
    route(V3, ListAssociations, "GET", "/crm/v3/objects/calls/{callId}/associations/{toObjectType}"),
    route(V3, Associate, "PUT", "/crm/v3/objects/calls/{callId}/associations/{toObjectType}/{toObjectId}/{associationType}"),
    route(V3, Dissociate, "DELETE", "/crm/v3/objects/calls/{callId}/associations/{toObjectType}/{toObjectId}/{associationType}"),
    route(V3, ListAssociations, "GET", "/crm/v3/objects/{objectType}/{objectId}/associations/{toObjectType}"),
    route(V3, Associate, "PUT", "/crm/v3/objects/{objectType}/{objectId}/associations/{toObjectType}/{toObjectId}/{associationType}"),
    route(V3, Dissociate, "DELETE", "/crm/v3/objects/{objectType}/{objectId}/associations/{toObjectType}/{toObjectId}/{associationType}"),
    route(V3, ListOwners, "GET", "/crm/v3/owners"),
    route(V3, ListOwners, "GET", "/crm/v3/owners/"),
    route(V3, ReadOwner, "GET", "/crm/v3/owners/{ownerId}"),
    route(V3, IssueToken, "POST", "/oauth/v1/token"),
    route(V3, IssueToken, "POST", "/oauth/v3/token"),

    route(V4, ListAssociations, "GET", "/crm/v4/objects/{objectType}/{objectId}/associations/{toObjectType}"),
    route(V4, Associate, "PUT", "/crm/v4/objects/{objectType}/{objectId}/associations/default/{toObjectType}/{toObjectId}"),
    route(V4, Associate, "PUT", "/crm/v4/objects/{objectType}/{objectId}/associations/{toObjectType}/{toObjectId}"),
    route(V4, Dissociate, "DELETE", "/crm/v4/objects/{objectType}/{objectId}/associations/{toObjectType}/{toObjectId}"),

    route(V2025_09, ReadRecordingUrl, "GET", "/crm/extensions/calling/2025-09/{appId}/settings/recording"),
    route(V2025_09, RegisterRecordingUrl, "POST", "/crm/extensions/calling/2025-09/{appId}/settings/recording"),
    route(V2025_09, MoveRecordingUrl, "PATCH", "/crm/extensions/calling/2025-09/{appId}/settings/recording"),
    route(V2025_09, MarkReady, "POST", "/crm/extensions/calling/2025-09/recordings/ready"),
    route(V2025_09, LogCall, "POST", "/crm/objects/2025-09/calls"),
    route(V2025_09, ListCalls, "GET", "/crm/objects/2025-09/calls"),
    route(V2025_09, ReadCall, "GET", "/crm/objects/2025-09/calls/{callId}"),
    route(V2025_09, UpdateCall, "PATCH", "/crm/objects/2025-09/calls/{callId}"),
    route(V2025_09, ArchiveCall, "DELETE", "/crm/objects/2025-09/calls/{callId}"),
    route(V2025_09, CreateRecord, "POST", "/crm/objects/2025-09/{objectType}"),
    route(V2025_09, ListRecords, "GET", "/crm/objects/2025-09/{objectType}"),
    route(V2025_09, ReadRecord, "GET", "/crm/objects/2025-09/{objectType}/{objectId}"),
    route(V2025_09, UpdateRecord, "PATCH", "/crm/objects/2025-09/{objectType}/{objectId}"),
    route(V2025_09, ArchiveRecord, "DELETE", "/crm/objects/2025-09/{objectType}/{objectId}"),
    route(V2025_09, ListAssociations, "GET", "/crm/objects/2025-09/{objectType}/{objectId}/associations/{toObjectType}"),
    route(V2025_09, Associate, "PUT", "/crm/objects/2025-09/{objectType}/{objectId}/associations/default/{toObjectType}/{toObjectId}"),
    route(V2025_09, Associate, "PUT", "/crm/objects/2025-09/{objectType}/{objectId}/associations/{toObjectType}/{toObjectId}"),
    route(V2025_09, Dissociate, "DELETE", "/crm/objects/2025-09/{objectType}/{objectId}/associations/{toObjectType}/{toObjectId}"),
    route(V2025_09, ListOwners, "GET", "/crm/owners/2025-09"),
    route(V2025_09, ListOwners, "GET", "/crm/owners/2025-09/"),
    route(V2025_09, ReadOwner, "GET", "/crm/owners/2025-09/{ownerId}"),

    route(V2026_03, ReadRecordingUrl, "GET", "/crm/extensions/calling/2026-03/{appId}/settings/recording"),
    route(V2026_03, RegisterRecordingUrl, "POST", "/crm/extensions/calling/2026-03/{appId}/settings/recording"),
    route(V2026_03, MoveRecordingUrl, "PATCH", "/crm/extensions/calling/2026-03/{appId}/settings/recording"),
    route(V2026_03, MarkReady, "POST", "/crm/extensions/calling/2026-03/recordings/ready"),
    route(V2026_03, LogCall, "POST", "/crm/objects/2026-03/calls"),
    route(V2026_03, ListCalls, "GET", "/crm/objects/2026-03/calls"),
    route(V2026_03, ReadCall, "GET", "/crm/objects/2026-03/calls/{callId}"),
    route(V2026_03, UpdateCall, "PATCH", "/crm/objects/2026-03/calls/{callId}"),
    route(V2026_03, ArchiveCall, "DELETE", "/crm/objects/2026-03/calls/{callId}"),
    route(V2026_03, CreateRecord, "POST", "/crm/objects/2026-03/{objectType}"),
    route(V2026_03, ListRecords, "GET", "/crm/objects/2026-03/{objectType}"),
    route(V2026_03, ReadRecord, "GET", "/crm/objects/2026-03/{objectType}/{objectId}"),
    route(V2026_03, UpdateRecord, "PATCH", "/crm/objects/2026-03/{objectType}/{objectId}"),
    route(V2026_03, ArchiveRecord, "DELETE", "/crm/objects/2026-03/{objectType}/{objectId}"),
    route(V2026_03, ListAssociations, "GET", "/crm/objects/2026-03/{objectType}/{objectId}/associations/{toObjectType}"),
    route(V2026_03, Associate, "PUT", "/crm/objects/2026-03/{objectType}/{objectId}/associations/default/{toObjectType}/{toObjectId}"),
    route(V2026_03, Associate, "PUT", "/crm/objects/2026-03/{objectType}/{objectId}/associations/{toObjectType}/{toObjectId}"),
    route(V2026_03, Dissociate, "DELETE", "/crm/objects/2026-03/{objectType}/{objectId}/associations/{toObjectType}/{toObjectId}"),
    route(V2026_03, ListOwners, "GET", "/crm/owners/2026-03"),
    route(V2026_03, ListOwners, "GET", "/crm/owners/2026-03/"),
    route(V2026_03, ReadOwner, "GET", "/crm/owners/2026-03/{ownerId}"),
    route(V2026_03, IssueToken, "POST", "/oauth/2026-03/token"),

    route(V2026_09, ReadRecordingUrl, "GET", "/crm/extensions/calling/2026-09/{appId}/settings/recording"),
    route(V2026_09, RegisterRecordingUrl, "POST", "/crm/extensions/calling/2026-09/{appId}/settings/recording"),
    route(V2026_09, MoveRecordingUrl, "PATCH", "/crm/extensions/calling/2026-09/{appId}/settings/recording"),
    route(V2026_09, MarkReady, "POST", "/crm/extensions/calling/2026-09/recordings/ready"),
    route(V2026_09, LogCall, "POST", "/crm/objects/2026-09/calls"),
    route(V2026_09, ListCalls, "GET", "/crm/objects/2026-09/calls"),
    route(V2026_09, ReadCall, "GET", "/crm/objects/2026-09/calls/{callId}"),
    route(V2026_09, UpdateCall, "PATCH", "/crm/objects/2026-09/calls/{callId}"),
    route(V2026_09, ArchiveCall, "DELETE", "/crm/objects/2026-09/calls/{callId}"),
    route(V2026_09, CreateRecord, "POST", "/crm/objects/2026-09/{objectType}"),
    route(V2026_09, ListRecords, "GET", "/crm/objects/2026-09/{objectType}"),
    route(V2026_09, ReadRecord, "GET", "/crm/objects/2026-09/{objectType}/{objectId}"),
    route(V2026_09, UpdateRecord, "PATCH", "/crm/objects/2026-09/{objectType}/{objectId}"),
    route(V2026_09, ArchiveRecord, "DELETE", "/crm/objects/2026-09/{objectType}/{objectId}"),
    route(V2026_09, ListAssociations, "GET", "/crm/objects/2026-09/{objectType}/{objectId}/associations/{toObjectType}"),
    route(V2026_09, Associate, "PUT", "/crm/objects/2026-09/{objectType}/{objectId}/associations/default/{toObjectType}/{toObjectId}"),
    route(V2026_09, Associate, "PUT", "/crm/objects/2026-09/{objectType}/{objectId}/associations/{toObjectType}/{toObjectId}"),
    route(V2026_09, Dissociate, "DELETE", "/crm/objects/2026-09/{objectType}/{objectId}/associations/{toObjectType}/{toObjectId}"),
    route(V2026_09, ListOwners, "GET", "/crm/owners/2026-09"),
    route(V2026_09, ListOwners, "GET", "/crm/owners/2026-09/"),
    route(V2026_09, ReadOwner, "GET", "/crm/owners/2026-09/{ownerId}"),
    route(V2026_09, IssueToken, "POST", "/oauth/2026-09/token"),
];

/// Every path that is answered. Of two that fit, the earlier one is meant.
pub fn routes() -> impl Iterator<Item = &'static Route> {
    [calling::ROUTES, associations::ROUTES, oauth::ROUTES, objects::ROUTES, properties::ROUTES, ROUTES]
        .into_iter()
        .flatten()
}

/// The path of an operation in a version, where it has exactly the parameters that are given.
pub fn path(version: ApiVersion, operation: Operation, params: &[(&str, &str)]) -> Option<String> {
    routes().filter(|r| r.version == version && r.operation == operation).find_map(|r| {
        let mut path = r.template.to_owned();
        for (name, value) in params {
            let slot = format!("{{{name}}}");
            if !path.contains(&slot) {
                return None;
            }
            path = path.replace(&slot, value);
        }
        (!path.contains('{')).then_some(path)
    })
}

/// The table as Markdown, for the README; rows that differ only in the version are one.
pub fn as_markdown() -> String {
    let mut rows: Vec<(String, Vec<&str>)> = Vec::new();
    for r in routes() {
        let version = r.version.segment();
        let template = if matches!(r.version, V3 | V4) {
            r.template.to_owned()
        } else {
            r.template.replace(version, "{version}")
        };
        let row = format!("{} | {} | `{template}` |", r.operation.name(), r.method);
        match rows.iter_mut().find(|(other, _)| *other == row) {
            Some((_, versions)) => versions.push(version),
            None => rows.push((row, vec![version])),
        }
    }
    let mut text = String::from("| version | operation | method | path |\n|---|---|---|---|\n");
    for (row, versions) in rows {
        let _ = writeln!(text, "| {} | {row}", versions.join(" · "));
    }
    text
}

/// The table as text, for the command line: each version's operations with their paths.
pub fn as_text() -> String {
    let mut text = String::new();
    for version in [V3, V4, V2025_09, V2026_03, V2026_09] {
        let _ = writeln!(text, "{}", version.segment());
        for r in routes().filter(|r| r.version == version) {
            let _ = writeln!(text, "  {:6} {}  ({})", r.method, r.template, r.operation.name());
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_rows_are_the_same_request() {
        for (i, a) in routes().enumerate() {
            for b in routes().skip(i + 1) {
                assert!(a.method != b.method || a.template != b.template, "{} {}", a.method, a.template);
            }
        }
    }

    #[test]
    fn every_whole_version_has_the_four_steps_of_the_guide() {
        for version in ApiVersion::WHOLE {
            for operation in [RegisterRecordingUrl, LogCall, Associate, MarkReady] {
                assert!(
                    routes().any(|r| r.version == version && r.operation == operation),
                    "{version:?} {operation:?}"
                );
            }
        }
    }

    #[test]
    fn a_path_is_filled_in_by_name() {
        assert_eq!(
            path(V2026_03, RegisterRecordingUrl, &[("appId", "7")]).as_deref(),
            Some("/crm/extensions/calling/2026-03/7/settings/recording")
        );
    }
}
