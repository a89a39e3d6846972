//! Where the widget's settings, channel connections, inbound calls and transcripts are, in each version.

use super::ApiVersion::{V3, V2025_09, V2026_03, V2026_09};
use super::{Route, route};
use crate::operation::Operation::{
    BatchReadConnectionStatuses, CreateChannel, CreateSettings, CreateTranscript, DeleteChannel,
    DeleteSettings, DeleteTranscript, ListConnectionStatuses, ReadChannel, ReadMyConnectionStatus,
    ReadSettings, ReadTranscript, ReportInboundCall, UpdateChannel, UpdateSettings,
};

/// Rows of the calling extensions, besides the recording URL and the ready notification.
#[rustfmt::skip]
pub(super) static ROUTES: &[Route] = &[
    route(V3, ReadSettings, "GET", "/crm/v3/extensions/calling/{appId}/settings"),
    route(V3, CreateSettings, "POST", "/crm/v3/extensions/calling/{appId}/settings"),
    route(V3, UpdateSettings, "PATCH", "/crm/v3/extensions/calling/{appId}/settings"),
    route(V3, DeleteSettings, "DELETE", "/crm/v3/extensions/calling/{appId}/settings"),
    route(V3, ReadChannel, "GET", "/crm/v3/extensions/calling/{appId}/settings/channel-connection"),
    route(V3, CreateChannel, "POST", "/crm/v3/extensions/calling/{appId}/settings/channel-connection"),
    route(V3, UpdateChannel, "PATCH", "/crm/v3/extensions/calling/{appId}/settings/channel-connection"),
    route(V3, DeleteChannel, "DELETE", "/crm/v3/extensions/calling/{appId}/settings/channel-connection"),
    route(V3, ReportInboundCall, "POST", "/crm/v3/extensions/calling/inbound-call"),
    route(V3, CreateTranscript, "POST", "/crm/v3/extensions/calling/transcripts"),
    route(V3, ReadTranscript, "GET", "/crm/v3/extensions/calling/transcripts/{transcriptId}"),
    route(V3, DeleteTranscript, "DELETE", "/crm/v3/extensions/calling/transcripts/{transcriptId}"),
    route(V3, ListConnectionStatuses, "GET", "/crm/extensions/calling/v3/connection-statuses"),
    route(V3, BatchReadConnectionStatuses, "POST", "/crm/extensions/calling/v3/connection-statuses/batch/read"),
    route(V3, ReadMyConnectionStatus, "GET", "/crm/extensions/calling/v3/connection-statuses/me"),

    route(V2025_09, ReadSettings, "GET", "/crm/extensions/calling/2025-09/{appId}/settings"),
    route(V2025_09, CreateSettings, "POST", "/crm/extensions/calling/2025-09/{appId}/settings"),
    route(V2025_09, UpdateSettings, "PATCH", "/crm/extensions/calling/2025-09/{appId}/settings"),
    route(V2025_09, DeleteSettings, "DELETE", "/crm/extensions/calling/2025-09/{appId}/settings"),
    route(V2025_09, ReadChannel, "GET", "/crm/extensions/calling/2025-09/{appId}/settings/channel-connection"),
    route(V2025_09, CreateChannel, "POST", "/crm/extensions/calling/2025-09/{appId}/settings/channel-connection"),
    route(V2025_09, UpdateChannel, "PATCH", "/crm/extensions/calling/2025-09/{appId}/settings/channel-connection"),
    route(V2025_09, DeleteChannel, "DELETE", "/crm/extensions/calling/2025-09/{appId}/settings/channel-connection"),
    route(V2025_09, ReportInboundCall, "POST", "/crm/extensions/calling/2025-09/inbound-call"),
    route(V2025_09, CreateTranscript, "POST", "/crm/extensions/calling/2025-09/transcripts"),
    route(V2025_09, ReadTranscript, "GET", "/crm/extensions/calling/2025-09/transcripts/{transcriptId}"),
    route(V2025_09, DeleteTranscript, "DELETE", "/crm/extensions/calling/2025-09/transcripts/{transcriptId}"),

    route(V2026_03, ReadSettings, "GET", "/crm/extensions/calling/2026-03/{appId}/settings"),
    route(V2026_03, CreateSettings, "POST", "/crm/extensions/calling/2026-03/{appId}/settings"),
    route(V2026_03, UpdateSettings, "PATCH", "/crm/extensions/calling/2026-03/{appId}/settings"),
    route(V2026_03, DeleteSettings, "DELETE", "/crm/extensions/calling/2026-03/{appId}/settings"),
    route(V2026_03, ReadChannel, "GET", "/crm/extensions/calling/2026-03/{appId}/settings/channel-connection"),
    route(V2026_03, CreateChannel, "POST", "/crm/extensions/calling/2026-03/{appId}/settings/channel-connection"),
    route(V2026_03, UpdateChannel, "PATCH", "/crm/extensions/calling/2026-03/{appId}/settings/channel-connection"),
    route(V2026_03, DeleteChannel, "DELETE", "/crm/extensions/calling/2026-03/{appId}/settings/channel-connection"),
    route(V2026_03, ReportInboundCall, "POST", "/crm/extensions/calling/2026-03/inbound-call"),
    route(V2026_03, CreateTranscript, "POST", "/crm/extensions/calling/2026-03/transcripts"),
    route(V2026_03, ReadTranscript, "GET", "/crm/extensions/calling/2026-03/transcripts/{transcriptId}"),
    route(V2026_03, DeleteTranscript, "DELETE", "/crm/extensions/calling/2026-03/transcripts/{transcriptId}"),

    route(V2026_09, ReadSettings, "GET", "/crm/extensions/calling/2026-09/{appId}/settings"),
    route(V2026_09, CreateSettings, "POST", "/crm/extensions/calling/2026-09/{appId}/settings"),
    route(V2026_09, UpdateSettings, "PATCH", "/crm/extensions/calling/2026-09/{appId}/settings"),
    route(V2026_09, DeleteSettings, "DELETE", "/crm/extensions/calling/2026-09/{appId}/settings"),
    route(V2026_09, ReadChannel, "GET", "/crm/extensions/calling/2026-09/{appId}/settings/channel-connection"),
    route(V2026_09, CreateChannel, "POST", "/crm/extensions/calling/2026-09/{appId}/settings/channel-connection"),
    route(V2026_09, UpdateChannel, "PATCH", "/crm/extensions/calling/2026-09/{appId}/settings/channel-connection"),
    route(V2026_09, DeleteChannel, "DELETE", "/crm/extensions/calling/2026-09/{appId}/settings/channel-connection"),
    route(V2026_09, ReportInboundCall, "POST", "/crm/extensions/calling/2026-09/inbound-call"),
    route(V2026_09, CreateTranscript, "POST", "/crm/extensions/calling/2026-09/transcripts"),
    route(V2026_09, ReadTranscript, "GET", "/crm/extensions/calling/2026-09/transcripts/{transcriptId}"),
    route(V2026_09, DeleteTranscript, "DELETE", "/crm/extensions/calling/2026-09/transcripts/{transcriptId}"),
];
