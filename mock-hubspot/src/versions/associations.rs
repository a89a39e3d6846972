//! Where associations are made, read and removed in batches, and where their types and labels are.

use super::ApiVersion::{V3, V4, V2025_09, V2026_03, V2026_09};
use super::{Route, route};
use crate::operation::Operation::{
    BatchArchiveAssociations, BatchArchiveLabels, BatchAssociateDefault, BatchCreateAssociations,
    BatchReadAssociations, CreateLabel, DeleteLabel, ListAssociationTypes, ListLabels, UpdateLabel,
};

/// Rows of batches, types and labels of associations.
#[rustfmt::skip]
pub(super) static ROUTES: &[Route] = &[
    route(V3, BatchCreateAssociations, "POST", "/crm/v3/associations/{fromObjectType}/{toObjectType}/batch/create"),
    route(V3, BatchReadAssociations, "POST", "/crm/v3/associations/{fromObjectType}/{toObjectType}/batch/read"),
    route(V3, BatchArchiveAssociations, "POST", "/crm/v3/associations/{fromObjectType}/{toObjectType}/batch/archive"),
    route(V3, ListAssociationTypes, "GET", "/crm/v3/associations/{fromObjectType}/{toObjectType}/types"),

    route(V4, BatchCreateAssociations, "POST", "/crm/v4/associations/{fromObjectType}/{toObjectType}/batch/create"),
    route(V4, BatchReadAssociations, "POST", "/crm/v4/associations/{fromObjectType}/{toObjectType}/batch/read"),
    route(V4, BatchArchiveAssociations, "POST", "/crm/v4/associations/{fromObjectType}/{toObjectType}/batch/archive"),
    route(V4, BatchArchiveLabels, "POST", "/crm/v4/associations/{fromObjectType}/{toObjectType}/batch/labels/archive"),
    route(V4, BatchAssociateDefault, "POST", "/crm/v4/associations/{fromObjectType}/{toObjectType}/batch/associate/default"),
    route(V4, ListLabels, "GET", "/crm/v4/associations/{fromObjectType}/{toObjectType}/labels"),
    route(V4, CreateLabel, "POST", "/crm/v4/associations/{fromObjectType}/{toObjectType}/labels"),
    route(V4, UpdateLabel, "PUT", "/crm/v4/associations/{fromObjectType}/{toObjectType}/labels"),
    route(V4, DeleteLabel, "DELETE", "/crm/v4/associations/{fromObjectType}/{toObjectType}/labels/{typeId}"),
    route(V4, ListLabels, "GET", "/crm/associations/v4/{fromObjectType}/{toObjectType}/labels"),
    route(V4, CreateLabel, "POST", "/crm/associations/v4/{fromObjectType}/{toObjectType}/labels"),
    route(V4, UpdateLabel, "PUT", "/crm/associations/v4/{fromObjectType}/{toObjectType}/labels"),
    route(V4, DeleteLabel, "DELETE", "/crm/associations/v4/{fromObjectType}/{toObjectType}/labels/{typeId}"),

    route(V2025_09, BatchCreateAssociations, "POST", "/crm/associations/2025-09/{fromObjectType}/{toObjectType}/batch/create"),
    route(V2025_09, BatchReadAssociations, "POST", "/crm/associations/2025-09/{fromObjectType}/{toObjectType}/batch/read"),
    route(V2025_09, BatchArchiveAssociations, "POST", "/crm/associations/2025-09/{fromObjectType}/{toObjectType}/batch/archive"),
    route(V2025_09, BatchArchiveLabels, "POST", "/crm/associations/2025-09/{fromObjectType}/{toObjectType}/batch/labels/archive"),
    route(V2025_09, BatchAssociateDefault, "POST", "/crm/associations/2025-09/{fromObjectType}/{toObjectType}/batch/associate/default"),
    route(V2025_09, ListLabels, "GET", "/crm/associations/2025-09/{fromObjectType}/{toObjectType}/labels"),
    route(V2025_09, CreateLabel, "POST", "/crm/associations/2025-09/{fromObjectType}/{toObjectType}/labels"),
    route(V2025_09, UpdateLabel, "PUT", "/crm/associations/2025-09/{fromObjectType}/{toObjectType}/labels"),
    route(V2025_09, DeleteLabel, "DELETE", "/crm/associations/2025-09/{fromObjectType}/{toObjectType}/labels/{typeId}"),

    route(V2026_03, BatchCreateAssociations, "POST", "/crm/associations/2026-03/{fromObjectType}/{toObjectType}/batch/create"),
    route(V2026_03, BatchReadAssociations, "POST", "/crm/associations/2026-03/{fromObjectType}/{toObjectType}/batch/read"),
    route(V2026_03, BatchArchiveAssociations, "POST", "/crm/associations/2026-03/{fromObjectType}/{toObjectType}/batch/archive"),
    route(V2026_03, BatchArchiveLabels, "POST", "/crm/associations/2026-03/{fromObjectType}/{toObjectType}/batch/labels/archive"),
    route(V2026_03, BatchAssociateDefault, "POST", "/crm/associations/2026-03/{fromObjectType}/{toObjectType}/batch/associate/default"),
    route(V2026_03, ListLabels, "GET", "/crm/associations/2026-03/{fromObjectType}/{toObjectType}/labels"),
    route(V2026_03, CreateLabel, "POST", "/crm/associations/2026-03/{fromObjectType}/{toObjectType}/labels"),
    route(V2026_03, UpdateLabel, "PUT", "/crm/associations/2026-03/{fromObjectType}/{toObjectType}/labels"),
    route(V2026_03, DeleteLabel, "DELETE", "/crm/associations/2026-03/{fromObjectType}/{toObjectType}/labels/{typeId}"),

    route(V2026_09, BatchCreateAssociations, "POST", "/crm/associations/2026-09/{fromObjectType}/{toObjectType}/batch/create"),
    route(V2026_09, BatchReadAssociations, "POST", "/crm/associations/2026-09/{fromObjectType}/{toObjectType}/batch/read"),
    route(V2026_09, BatchArchiveAssociations, "POST", "/crm/associations/2026-09/{fromObjectType}/{toObjectType}/batch/archive"),
    route(V2026_09, BatchArchiveLabels, "POST", "/crm/associations/2026-09/{fromObjectType}/{toObjectType}/batch/labels/archive"),
    route(V2026_09, BatchAssociateDefault, "POST", "/crm/associations/2026-09/{fromObjectType}/{toObjectType}/batch/associate/default"),
    route(V2026_09, ListLabels, "GET", "/crm/associations/2026-09/{fromObjectType}/{toObjectType}/labels"),
    route(V2026_09, CreateLabel, "POST", "/crm/associations/2026-09/{fromObjectType}/{toObjectType}/labels"),
    route(V2026_09, UpdateLabel, "PUT", "/crm/associations/2026-09/{fromObjectType}/{toObjectType}/labels"),
    route(V2026_09, DeleteLabel, "DELETE", "/crm/associations/2026-09/{fromObjectType}/{toObjectType}/labels/{typeId}"),
];
