//! Where objects are searched, and read, made, changed and archived in batches; where two become one.

use super::ApiVersion::{V3, V2025_09, V2026_03, V2026_09};
use super::{Route, route};
use crate::operation::Operation::{
    BatchArchive, BatchCreate, BatchRead, BatchUpdate, BatchUpsert, GdprDelete, Merge, Search,
};

/// Rows of objects, besides those about one object or a list.
#[rustfmt::skip]
pub(super) static ROUTES: &[Route] = &[
    route(V3, Search, "POST", "/crm/v3/objects/{objectType}/search"),
    route(V3, Search, "POST", "/crm/v3/objects/{objectType}/search/"),
    route(V3, BatchRead, "POST", "/crm/v3/objects/{objectType}/batch/read"),
    route(V3, BatchCreate, "POST", "/crm/v3/objects/{objectType}/batch/create"),
    route(V3, BatchUpdate, "POST", "/crm/v3/objects/{objectType}/batch/update"),
    route(V3, BatchUpsert, "POST", "/crm/v3/objects/{objectType}/batch/upsert"),
    route(V3, BatchArchive, "POST", "/crm/v3/objects/{objectType}/batch/archive"),
    route(V3, Merge, "POST", "/crm/v3/objects/{objectType}/merge"),
    route(V3, GdprDelete, "POST", "/crm/v3/objects/{objectType}/gdpr-delete"),

    route(V2025_09, Search, "POST", "/crm/objects/2025-09/{objectType}/search"),
    route(V2025_09, Search, "POST", "/crm/objects/2025-09/{objectType}/search/"),
    route(V2025_09, BatchRead, "POST", "/crm/objects/2025-09/{objectType}/batch/read"),
    route(V2025_09, BatchCreate, "POST", "/crm/objects/2025-09/{objectType}/batch/create"),
    route(V2025_09, BatchUpdate, "POST", "/crm/objects/2025-09/{objectType}/batch/update"),
    route(V2025_09, BatchUpsert, "POST", "/crm/objects/2025-09/{objectType}/batch/upsert"),
    route(V2025_09, BatchArchive, "POST", "/crm/objects/2025-09/{objectType}/batch/archive"),
    route(V2025_09, Merge, "POST", "/crm/objects/2025-09/{objectType}/merge"),
    route(V2025_09, GdprDelete, "POST", "/crm/objects/2025-09/{objectType}/gdpr-delete"),

    route(V2026_03, Search, "POST", "/crm/objects/2026-03/{objectType}/search"),
    route(V2026_03, Search, "POST", "/crm/objects/2026-03/{objectType}/search/"),
    route(V2026_03, BatchRead, "POST", "/crm/objects/2026-03/{objectType}/batch/read"),
    route(V2026_03, BatchCreate, "POST", "/crm/objects/2026-03/{objectType}/batch/create"),
    route(V2026_03, BatchUpdate, "POST", "/crm/objects/2026-03/{objectType}/batch/update"),
    route(V2026_03, BatchUpsert, "POST", "/crm/objects/2026-03/{objectType}/batch/upsert"),
    route(V2026_03, BatchArchive, "POST", "/crm/objects/2026-03/{objectType}/batch/archive"),

    route(V2026_09, Search, "POST", "/crm/objects/2026-09/{objectType}/search"),
    route(V2026_09, Search, "POST", "/crm/objects/2026-09/{objectType}/search/"),
    route(V2026_09, BatchRead, "POST", "/crm/objects/2026-09/{objectType}/batch/read"),
    route(V2026_09, BatchCreate, "POST", "/crm/objects/2026-09/{objectType}/batch/create"),
    route(V2026_09, BatchUpdate, "POST", "/crm/objects/2026-09/{objectType}/batch/update"),
    route(V2026_09, BatchUpsert, "POST", "/crm/objects/2026-09/{objectType}/batch/upsert"),
    route(V2026_09, BatchArchive, "POST", "/crm/objects/2026-09/{objectType}/batch/archive"),
];
