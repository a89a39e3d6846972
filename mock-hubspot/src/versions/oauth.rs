//! Where tokens are looked at and revoked.

use super::ApiVersion::{V3, V2026_03, V2026_09};
use super::{Route, route};
use crate::operation::Operation::{
    DeleteRefreshToken, IntrospectToken, ReadAccessToken, ReadPrivateAppToken, ReadRefreshToken, RevokeToken,
};

/// Rows of tokens, besides their issue.
#[rustfmt::skip]
pub(super) static ROUTES: &[Route] = &[
    route(V3, ReadAccessToken, "GET", "/oauth/v1/access-tokens/{token}"),
    route(V3, ReadRefreshToken, "GET", "/oauth/v1/refresh-tokens/{token}"),
    route(V3, DeleteRefreshToken, "DELETE", "/oauth/v1/refresh-tokens/{token}"),
    route(V3, ReadPrivateAppToken, "POST", "/oauth/v2/private-apps/get/access-token-info"),
    route(V3, IntrospectToken, "POST", "/oauth/v3/token/introspect"),
    route(V3, RevokeToken, "POST", "/oauth/v3/token/revoke"),

    route(V2026_03, IntrospectToken, "POST", "/oauth/2026-03/token/introspect"),
    route(V2026_03, RevokeToken, "POST", "/oauth/2026-03/token/revoke"),

    route(V2026_09, IntrospectToken, "POST", "/oauth/2026-09/token/introspect"),
    route(V2026_09, RevokeToken, "POST", "/oauth/2026-09/token/revoke"),
];
