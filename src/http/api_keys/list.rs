//! The keys of a tenant.

use actix_web::{get, web};

use super::ApiKeyInfo;
use crate::db::{self, Connection, api_keys, names};
use crate::domain::ids::ApiKeyId;
use crate::error::ApiError;
use crate::http::auth::authorized::Authorized;
use crate::http::auth::needs::UsersAdmin;
use crate::http::conditional::IfNoneMatch;
use crate::http::page::Page;
use crate::http::reply::{Answer, Envelope, Reply};

/// The keys of the tenant, the newest first, revoked ones too.
#[utoipa::path(
    tag = "users",
    extensions(("x-rate-limit" = json!("reads"))),
    params(Page, IfNoneMatch),
    security(("api_key" = ["users.admin"]), ("session" = ["users.admin"])),
    responses((status = 200, description = "A page of keys", body = Envelope<Vec<ApiKeyInfo>>)),
)]
#[get("/api-keys")]
pub async fn list_api_keys(
    authorized: Authorized<UsersAdmin>,
    page: Page,
    known: IfNoneMatch,
) -> Answer {
    let found = find_keys(&authorized).await?;
    let total = u64::try_from(found.len()).unwrap_or(u64::MAX);
    Reply::new(page.of(&found))
        .page(page, total)
        .conditional(&known)
}

/// One key.
///
/// The `ETag` begins with its version, so that `If-Match` takes it.
#[utoipa::path(
    tag = "users",
    extensions(("x-rate-limit" = json!("reads"))),
    params(("id" = ApiKeyId, Path), IfNoneMatch),
    security(("api_key" = ["users.admin"]), ("session" = ["users.admin"])),
    responses((status = 200, description = "The key", body = Envelope<ApiKeyInfo>)),
)]
#[get("/api-keys/{id}")]
pub async fn get_api_key(
    authorized: Authorized<UsersAdmin>,
    id: web::Path<ApiKeyId>,
    known: IfNoneMatch,
) -> Answer {
    let key = find_key(&authorized, *id).await?;
    let version = key.version;
    Reply::new(key).version(version).conditional(&known)
}

async fn find_keys<P>(authorized: &Authorized<P>) -> Result<Vec<ApiKeyInfo>, ApiError> {
    let (app, tenant) = (&authorized.app, authorized.tenant_id());
    let reading = app
        .db
        .read("api_keys", tenant, async |conn: &mut Connection| {
            let keys = api_keys::list(conn, tenant).await?;
            let by = names::of_actors(conn, tenant, keys.iter().map(|key| key.created_by)).await?;
            Ok::<_, db::Error>((keys, by))
        });
    let (keys, by) = reading.await.map_err(ApiError::of_database)?;
    let now = app.clock.now();
    let info = |key| ApiKeyInfo::of(key, by.get(&key.created_by).cloned(), now);
    Ok(keys.iter().rev().map(info).collect())
}

pub(super) async fn find_key<P>(
    authorized: &Authorized<P>,
    id: ApiKeyId,
) -> Result<ApiKeyInfo, ApiError> {
    let mut found = find_keys(authorized).await?;
    found.retain(|key| key.id == id);
    found.pop().ok_or(ApiError::NotFound { what: "API key" })
}
