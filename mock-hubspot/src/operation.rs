//! The operations: each thing an integration may ask of HubSpot. Names only; `versions.rs` says under which paths.

use serde::{Deserialize, Serialize};

/// One thing an integration may ask of HubSpot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Operation {
    /// `GET {appId}/settings/recording`
    ReadRecordingUrl,
    /// `POST {appId}/settings/recording` (guide §2)
    RegisterRecordingUrl,
    /// `PATCH {appId}/settings/recording` (guide §2)
    MoveRecordingUrl,
    /// `POST …/objects/calls` (guide §3)
    LogCall,
    /// `GET …/objects/calls/{id}`
    ReadCall,
    /// `PATCH …/objects/calls/{id}`
    UpdateCall,
    /// `DELETE …/objects/calls/{id}`
    ArchiveCall,
    /// `GET …/objects/calls`
    ListCalls,
    /// `POST …/objects/{contacts|companies|deals|tickets}`
    CreateRecord,
    /// `GET …/objects/{contacts|companies|deals|tickets}/{id}`
    ReadRecord,
    /// `PATCH …/objects/{contacts|companies|deals|tickets}/{id}`
    UpdateRecord,
    /// `DELETE …/objects/{contacts|companies|deals|tickets}/{id}`
    ArchiveRecord,
    /// `GET …/objects/{contacts|companies|deals|tickets}`
    ListRecords,
    /// `PUT …` that links two records, in any of the forms HubSpot has (guide §3)
    Associate,
    /// `DELETE …` of such a link
    Dissociate,
    /// `GET …/{id}/associations/{toObjectType}`
    ListAssociations,
    /// `POST …/recordings/ready` (guide §4)
    MarkReady,
    /// `GET …/owners`
    ListOwners,
    /// `GET …/owners/{id}`
    ReadOwner,
    /// `POST /oauth/…/token`
    IssueToken,
}

impl Operation {
    /// Its name in the journal and on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ReadRecordingUrl => "read-recording-url",
            Self::RegisterRecordingUrl => "register-recording-url",
            Self::MoveRecordingUrl => "move-recording-url",
            Self::LogCall => "log-call",
            Self::ReadCall => "read-call",
            Self::UpdateCall => "update-call",
            Self::ArchiveCall => "archive-call",
            Self::ListCalls => "list-calls",
            Self::CreateRecord => "create-record",
            Self::ReadRecord => "read-record",
            Self::UpdateRecord => "update-record",
            Self::ArchiveRecord => "archive-record",
            Self::ListRecords => "list-records",
            Self::Associate => "associate",
            Self::Dissociate => "dissociate",
            Self::ListAssociations => "list-associations",
            Self::MarkReady => "mark-ready",
            Self::ListOwners => "list-owners",
            Self::ReadOwner => "read-owner",
            Self::IssueToken => "issue-token",
        }
    }
}

impl std::str::FromStr for Operation {
    type Err = serde::de::value::Error;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::deserialize(serde::de::value::StrDeserializer::new(name))
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_name_is_what_the_journal_writes() {
        for route in crate::versions::ROUTES {
            assert_eq!(route.operation.name().parse(), Ok(route.operation));
        }
    }
}
