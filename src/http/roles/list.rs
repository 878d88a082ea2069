//! The roles of a tenant.

use actix_web::{get, web};

use super::Role;
use crate::db::roles;
use crate::db::{self, Connection};
use crate::domain::ids::RoleId;
use crate::error::ApiError;
use crate::http::auth::authorized::Authorized;
use crate::http::auth::needs::UsersAdmin;
use crate::http::conditional::IfNoneMatch;
use crate::http::reply::{Answer, Envelope, Reply};

/// The roles of the tenant, all of them, by key.
#[utoipa::path(
    tag = "users",
    extensions(("x-rate-limit" = json!("reads"))),
    params(IfNoneMatch),
    security(("api_key" = ["users.admin"]), ("session" = ["users.admin"])),
    responses((status = 200, description = "The roles", body = Envelope<Vec<Role>>)),
)]
#[get("/roles")]
pub async fn list_roles(authorized: Authorized<UsersAdmin>, known: IfNoneMatch) -> Answer {
    Reply::new(find_roles(&authorized).await?).conditional(&known)
}

/// One role.
///
/// The `ETag` begins with its version, so that `If-Match` takes it.
#[utoipa::path(
    tag = "users",
    extensions(("x-rate-limit" = json!("reads"))),
    params(("id" = RoleId, Path), IfNoneMatch),
    security(("api_key" = ["users.admin"]), ("session" = ["users.admin"])),
    responses((status = 200, description = "The role", body = Envelope<Role>)),
)]
#[get("/roles/{id}")]
pub async fn get_role(
    authorized: Authorized<UsersAdmin>,
    id: web::Path<RoleId>,
    known: IfNoneMatch,
) -> Answer {
    let role = find_role(&authorized, *id).await?;
    let version = role.version;
    Reply::new(role).version(version).conditional(&known)
}

async fn find_roles<P>(authorized: &Authorized<P>) -> Result<Vec<Role>, ApiError> {
    let tenant = authorized.tenant_id();
    let reading = authorized
        .app
        .db
        .read("roles", tenant, async |conn: &mut Connection| {
            let found = roles::list(conn, tenant).await?;
            let people = roles::people(conn, tenant).await?;
            Ok::<_, db::Error>((found, people))
        });
    let (found, people) = reading.await.map_err(ApiError::of_database)?;
    let count = |id| people.get(&id).copied().unwrap_or_default();
    Ok(found
        .iter()
        .map(|role| Role::of(role, count(role.id)))
        .collect())
}

pub(super) async fn find_role<P>(authorized: &Authorized<P>, id: RoleId) -> Result<Role, ApiError> {
    let mut found = find_roles(authorized).await?;
    found.retain(|role| role.id == id);
    found.pop().ok_or(ApiError::NotFound { what: "role" })
}
