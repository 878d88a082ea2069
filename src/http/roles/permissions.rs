//! Everything that can be permitted.

use actix_web::get;
use serde::Serialize;

use crate::domain::principal::Permission;
use crate::http::auth::authorized::Authorized;
use crate::http::auth::needs::SignedIn;
use crate::http::reply::{Answer, Envelope, Reply};

/// Something that can be permitted.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct PermissionInfo {
    pub id: Permission,
    /// What it lets people do, in English.
    #[schema(value_type = String, example = "Complete such tasks.")]
    pub description: &'static str,
    /// The permission that includes it.
    pub part_of: Option<Permission>,
    /// A role for some stages can permit it.
    pub for_stages: bool,
    /// A role for one's own jamaah can permit it.
    pub for_own_jamaah: bool,
}

/// All permissions.
///
/// In an order in which they can be shown. Who holds one holds its parts.
#[utoipa::path(
    tag = "users",
    extensions(("x-rate-limit" = json!("reads"))),
    security(("api_key" = []), ("session" = [])),
    responses((status = 200, description = "All permissions", body = Envelope<Vec<PermissionInfo>>)),
)]
#[get("/permissions")]
pub async fn list_permissions(_authorized: Authorized<SignedIn>) -> Answer {
    let all = Permission::ALL.map(|permission| PermissionInfo {
        id: permission,
        description: permission.description(),
        part_of: permission.part_of(),
        for_stages: permission.can_be_limited_to_stages(),
        for_own_jamaah: permission.can_be_limited_to_own(),
    });
    Reply::new(Vec::from(all)).ok()
}
