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
    /// `GET …/{appId}/settings`
    ReadSettings,
    /// `POST …/{appId}/settings`
    CreateSettings,
    /// `PATCH …/{appId}/settings`
    UpdateSettings,
    /// `DELETE …/{appId}/settings`
    DeleteSettings,
    /// `GET …/{appId}/settings/channel-connection`
    ReadChannel,
    /// `POST …/{appId}/settings/channel-connection`
    CreateChannel,
    /// `PATCH …/{appId}/settings/channel-connection`
    UpdateChannel,
    /// `DELETE …/{appId}/settings/channel-connection`
    DeleteChannel,
    /// `POST …/inbound-call`
    ReportInboundCall,
    /// `POST …/transcripts`
    CreateTranscript,
    /// `GET …/transcripts/{transcriptId}`
    ReadTranscript,
    /// `DELETE …/transcripts/{transcriptId}`
    DeleteTranscript,
    /// `GET …v3/connection-statuses`
    ListConnectionStatuses,
    /// `POST …v3/connection-statuses/batch/read`
    BatchReadConnectionStatuses,
    /// `GET …v3/connection-statuses/me`
    ReadMyConnectionStatus,
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
    /// `POST …/objects/{objectType}/search`
    Search,
    /// `POST …/objects/{objectType}/batch/read`
    BatchRead,
    /// `POST …/objects/{objectType}/batch/create`
    BatchCreate,
    /// `POST …/objects/{objectType}/batch/update`
    BatchUpdate,
    /// `POST …/objects/{objectType}/batch/upsert`
    BatchUpsert,
    /// `POST …/objects/{objectType}/batch/archive`
    BatchArchive,
    /// `POST …/objects/{objectType}/merge`
    Merge,
    /// `POST …/objects/{objectType}/gdpr-delete`
    GdprDelete,
    /// `GET …/properties/{objectType}`
    ListProperties,
    /// `GET …/properties/{objectType}/{propertyName}`
    ReadProperty,
    /// `POST …/properties/{objectType}`
    CreateProperty,
    /// `PATCH …/properties/{objectType}/{propertyName}`
    UpdateProperty,
    /// `DELETE …/properties/{objectType}/{propertyName}`
    ArchiveProperty,
    /// `POST …/properties/{objectType}/batch/read`
    BatchReadProperties,
    /// `POST …/properties/{objectType}/batch/create`
    BatchCreateProperties,
    /// `POST …/properties/{objectType}/batch/archive`
    BatchArchiveProperties,
    /// `GET …/properties/{objectType}/groups`
    ListPropertyGroups,
    /// `PUT …` that links two records, in any of the forms HubSpot has (guide §3)
    Associate,
    /// `DELETE …` of such a link
    Dissociate,
    /// `GET …/{id}/associations/{toObjectType}`
    ListAssociations,
    /// `POST …/associations/{from}/{to}/batch/create`
    BatchCreateAssociations,
    /// `POST …/associations/{from}/{to}/batch/read`
    BatchReadAssociations,
    /// `POST …/associations/{from}/{to}/batch/archive`
    BatchArchiveAssociations,
    /// `POST …/associations/{from}/{to}/batch/labels/archive`
    BatchArchiveLabels,
    /// `POST …/associations/{from}/{to}/batch/associate/default`
    BatchAssociateDefault,
    /// `GET …/associations/{from}/{to}/labels`
    ListLabels,
    /// `POST …/associations/{from}/{to}/labels`
    CreateLabel,
    /// `PUT …/associations/{from}/{to}/labels`
    UpdateLabel,
    /// `DELETE …/associations/{from}/{to}/labels/{typeId}`
    DeleteLabel,
    /// `GET …/associations/{from}/{to}/types`
    ListAssociationTypes,
    /// `POST …/recordings/ready` (guide §4)
    MarkReady,
    /// `GET …/owners`
    ListOwners,
    /// `GET …/owners/{id}`
    ReadOwner,
    /// `GET …/access-tokens/{token}`
    ReadAccessToken,
    /// `GET …/refresh-tokens/{token}`
    ReadRefreshToken,
    /// `DELETE …/refresh-tokens/{token}`
    DeleteRefreshToken,
    /// `POST …/private-apps/get/access-token-info`
    ReadPrivateAppToken,
    /// `POST …/token/introspect`
    IntrospectToken,
    /// `POST …/token/revoke`
    RevokeToken,
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
            Self::ReadSettings => "read-settings",
            Self::CreateSettings => "create-settings",
            Self::UpdateSettings => "update-settings",
            Self::DeleteSettings => "delete-settings",
            Self::ReadChannel => "read-channel",
            Self::CreateChannel => "create-channel",
            Self::UpdateChannel => "update-channel",
            Self::DeleteChannel => "delete-channel",
            Self::ReportInboundCall => "report-inbound-call",
            Self::CreateTranscript => "create-transcript",
            Self::ReadTranscript => "read-transcript",
            Self::DeleteTranscript => "delete-transcript",
            Self::ListConnectionStatuses => "list-connection-statuses",
            Self::BatchReadConnectionStatuses => "batch-read-connection-statuses",
            Self::ReadMyConnectionStatus => "read-my-connection-status",
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
            Self::Search => "search",
            Self::BatchRead => "batch-read",
            Self::BatchCreate => "batch-create",
            Self::BatchUpdate => "batch-update",
            Self::BatchUpsert => "batch-upsert",
            Self::BatchArchive => "batch-archive",
            Self::Merge => "merge",
            Self::GdprDelete => "gdpr-delete",
            Self::ListProperties => "list-properties",
            Self::ReadProperty => "read-property",
            Self::CreateProperty => "create-property",
            Self::UpdateProperty => "update-property",
            Self::ArchiveProperty => "archive-property",
            Self::BatchReadProperties => "batch-read-properties",
            Self::BatchCreateProperties => "batch-create-properties",
            Self::BatchArchiveProperties => "batch-archive-properties",
            Self::ListPropertyGroups => "list-property-groups",
            Self::Associate => "associate",
            Self::Dissociate => "dissociate",
            Self::ListAssociations => "list-associations",
            Self::BatchCreateAssociations => "batch-create-associations",
            Self::BatchReadAssociations => "batch-read-associations",
            Self::BatchArchiveAssociations => "batch-archive-associations",
            Self::BatchArchiveLabels => "batch-archive-labels",
            Self::BatchAssociateDefault => "batch-associate-default",
            Self::ListLabels => "list-labels",
            Self::CreateLabel => "create-label",
            Self::UpdateLabel => "update-label",
            Self::DeleteLabel => "delete-label",
            Self::ListAssociationTypes => "list-association-types",
            Self::MarkReady => "mark-ready",
            Self::ListOwners => "list-owners",
            Self::ReadOwner => "read-owner",
            Self::ReadAccessToken => "read-access-token",
            Self::ReadRefreshToken => "read-refresh-token",
            Self::DeleteRefreshToken => "delete-refresh-token",
            Self::ReadPrivateAppToken => "read-private-app-token",
            Self::IntrospectToken => "introspect-token",
            Self::RevokeToken => "revoke-token",
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
        for route in crate::versions::routes() {
            assert_eq!(route.operation.name().parse(), Ok(route.operation));
        }
    }
}
