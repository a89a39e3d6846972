//! Where the definitions of properties are.

use super::ApiVersion::{V3, V2025_09, V2026_03, V2026_09};
use super::{Route, route};
use crate::operation::Operation::{
    ArchiveProperty, BatchArchiveProperties, BatchCreateProperties, BatchReadProperties, CreateProperty,
    ListProperties, ListPropertyGroups, ReadProperty, UpdateProperty,
};

/// Rows of definitions of properties.
#[rustfmt::skip]
pub(super) static ROUTES: &[Route] = &[
    route(V3, BatchReadProperties, "POST", "/crm/v3/properties/{objectType}/batch/read"),
    route(V3, BatchCreateProperties, "POST", "/crm/v3/properties/{objectType}/batch/create"),
    route(V3, BatchArchiveProperties, "POST", "/crm/v3/properties/{objectType}/batch/archive"),
    route(V3, ListPropertyGroups, "GET", "/crm/v3/properties/{objectType}/groups"),
    route(V3, ListProperties, "GET", "/crm/v3/properties/{objectType}"),
    route(V3, CreateProperty, "POST", "/crm/v3/properties/{objectType}"),
    route(V3, ReadProperty, "GET", "/crm/v3/properties/{objectType}/{propertyName}"),
    route(V3, UpdateProperty, "PATCH", "/crm/v3/properties/{objectType}/{propertyName}"),
    route(V3, ArchiveProperty, "DELETE", "/crm/v3/properties/{objectType}/{propertyName}"),

    route(V2025_09, BatchReadProperties, "POST", "/crm/properties/2025-09/{objectType}/batch/read"),
    route(V2025_09, BatchCreateProperties, "POST", "/crm/properties/2025-09/{objectType}/batch/create"),
    route(V2025_09, BatchArchiveProperties, "POST", "/crm/properties/2025-09/{objectType}/batch/archive"),
    route(V2025_09, ListPropertyGroups, "GET", "/crm/properties/2025-09/{objectType}/groups"),
    route(V2025_09, ListProperties, "GET", "/crm/properties/2025-09/{objectType}"),
    route(V2025_09, CreateProperty, "POST", "/crm/properties/2025-09/{objectType}"),
    route(V2025_09, ReadProperty, "GET", "/crm/properties/2025-09/{objectType}/{propertyName}"),
    route(V2025_09, UpdateProperty, "PATCH", "/crm/properties/2025-09/{objectType}/{propertyName}"),
    route(V2025_09, ArchiveProperty, "DELETE", "/crm/properties/2025-09/{objectType}/{propertyName}"),

    route(V2026_03, BatchReadProperties, "POST", "/crm/properties/2026-03/{objectType}/batch/read"),
    route(V2026_03, BatchCreateProperties, "POST", "/crm/properties/2026-03/{objectType}/batch/create"),
    route(V2026_03, BatchArchiveProperties, "POST", "/crm/properties/2026-03/{objectType}/batch/archive"),
    route(V2026_03, ListPropertyGroups, "GET", "/crm/properties/2026-03/{objectType}/groups"),
    route(V2026_03, ListProperties, "GET", "/crm/properties/2026-03/{objectType}"),
    route(V2026_03, CreateProperty, "POST", "/crm/properties/2026-03/{objectType}"),
    route(V2026_03, ReadProperty, "GET", "/crm/properties/2026-03/{objectType}/{propertyName}"),
    route(V2026_03, UpdateProperty, "PATCH", "/crm/properties/2026-03/{objectType}/{propertyName}"),
    route(V2026_03, ArchiveProperty, "DELETE", "/crm/properties/2026-03/{objectType}/{propertyName}"),

    route(V2026_09, BatchReadProperties, "POST", "/crm/properties/2026-09/{objectType}/batch/read"),
    route(V2026_09, BatchCreateProperties, "POST", "/crm/properties/2026-09/{objectType}/batch/create"),
    route(V2026_09, BatchArchiveProperties, "POST", "/crm/properties/2026-09/{objectType}/batch/archive"),
    route(V2026_09, ListPropertyGroups, "GET", "/crm/properties/2026-09/{objectType}/groups"),
    route(V2026_09, ListProperties, "GET", "/crm/properties/2026-09/{objectType}"),
    route(V2026_09, CreateProperty, "POST", "/crm/properties/2026-09/{objectType}"),
    route(V2026_09, ReadProperty, "GET", "/crm/properties/2026-09/{objectType}/{propertyName}"),
    route(V2026_09, UpdateProperty, "PATCH", "/crm/properties/2026-09/{objectType}/{propertyName}"),
    route(V2026_09, ArchiveProperty, "DELETE", "/crm/properties/2026-09/{objectType}/{propertyName}"),
];
