//! Roles that a tenant defines, and what they permit.

use std::collections::BTreeSet;

use actix_web::{HttpResponse, delete, post, put, web};
use serde::Deserialize;

use super::Role;
use super::list::find_role;
use crate::db::access::rights::RoleChanges;
use crate::domain::access::{AccessRow, RoleAccess};
use crate::domain::ids::{RoleId, StageId};
use crate::domain::pipeline::transition::check_text;
use crate::domain::principal::{Permission, RoleKey};
use crate::domain::roles::is_key;
use crate::error::ApiError;
use crate::http::auth::authorized::Authorized;
use crate::http::auth::needs::UsersAdmin;
use crate::http::conditional::IfMatchHeader;
use crate::http::deeds::{Carried, carry_out};
use crate::http::given::given;
use crate::http::pipeline::stages::retire::Nothing;
use crate::http::reply::{Answer, Envelope, Reply};
use crate::http::submission::{IdempotencyKey, Submission};

#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRole {
    /// Lower-case letters, digits and dashes; fixed once the role exists.
    #[schema(min_length = 1, max_length = 63, example = "finance")]
    pub key: String,
    #[schema(min_length = 1, max_length = 200, example = "Keuangan")]
    pub name: String,
    /// None that the caller lacks.
    pub permissions: BTreeSet<Permission>,
    /// Only for tasks of these stages; all unless given. Some permissions only can be
    /// limited: `GET /permissions` says which.
    pub stages: Option<BTreeSet<StageId>>,
    /// Only for jamaah whose agent the holder is.
    #[serde(default)]
    pub own_jamaah: bool,
}

/// What is absent stays as it is. The key cannot be changed.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RoleEdit {
    /// The version you saw; or send `If-Match`.
    #[schema(example = 3)]
    pub version: Option<i32>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = false, min_length = 1, max_length = 200)]
    pub name: Option<String>,
    /// These and no others. Those that are new must not be any that the caller lacks.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Vec<Permission>, required = false)]
    pub permissions: Option<BTreeSet<Permission>>,
    /// `null`: of all stages.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<Vec<StageId>>, required = false)]
    pub stages: Option<Option<BTreeSet<StageId>>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = bool, required = false)]
    pub own_jamaah: Option<bool>,
}

/// Add a role.
#[utoipa::path(
    tag = "users",
    extensions(("x-rate-limit" = json!("commands"))),
    params(IdempotencyKey),
    request_body = NewRole,
    security(("api_key" = ["users.admin"]), ("session" = ["users.admin"])),
    responses((status = 201, description = "The role", body = Envelope<Role>)),
)]
#[post("/roles")]
pub async fn create_role(
    authorized: Authorized<UsersAdmin>,
    submission: Submission<NewRole>,
) -> Answer {
    let NewRole {
        key,
        name,
        permissions,
        stages,
        own_jamaah,
    } = submission.body.clone();
    check_stages(&authorized, stages.as_ref()).await?;
    if !is_key(&key) {
        let complaint = "must be lower-case letters, digits and dashes within, at most 63";
        return Err(ApiError::field("key", complaint));
    }
    check_text("name", &name, 1, 200)?;
    let role = RoleAccess {
        id: authorized.app.new_id(),
        key: RoleKey::new(&key),
        name: name.trim().into(),
        permissions,
        stages,
        own_jamaah,
        version: 1,
    };
    let id = role.id;
    let carried = carry_out(&authorized, &submission, async |deed| {
        deed.add_role(role).await
    })
    .await?;
    answer(&authorized, &carried, id).await?.created()
}

/// Change a role.
///
/// At once for everybody who holds it. Needs the version you saw, as `version`
/// or `If-Match`. Somebody who may administer users must be left: 409
/// `INVALID_TRANSITION`.
#[utoipa::path(
    tag = "users",
    extensions(("x-rate-limit" = json!("commands"))),
    params(("id" = RoleId, Path), IfMatchHeader, IdempotencyKey),
    request_body = RoleEdit,
    security(("api_key" = ["users.admin"]), ("session" = ["users.admin"])),
    responses((status = 200, description = "The role after it", body = Envelope<Role>)),
)]
#[put("/roles/{id}")]
pub async fn update_role(
    authorized: Authorized<UsersAdmin>,
    id: web::Path<RoleId>,
    submission: Submission<RoleEdit>,
) -> Answer {
    let expected = submission.if_match.required(submission.body.version)?;
    if let Some(name) = &submission.body.name {
        check_text("name", name, 1, 200)?;
    }
    find_role(&authorized, *id).await?;
    let stages = submission.body.stages.clone();
    check_stages(&authorized, stages.as_ref().and_then(Option::as_ref)).await?;
    let changes = RoleChanges {
        name: submission
            .body
            .name
            .as_ref()
            .map(|name| name.trim().to_owned()),
        permissions: submission.body.permissions.clone(),
        stages,
        own_jamaah: submission.body.own_jamaah,
    };
    let carried = carry_out(&authorized, &submission, async |deed| {
        deed.change_role(*id, expected, changes).await?;
        deed.keep_an_administrator("without_users_admin").await
    })
    .await?;
    answer(&authorized, &carried, *id).await?.ok()
}

/// Delete a role.
///
/// One of the tenant's own that nobody holds and no stage, open task or API key
/// names; else 409 `INVALID_TRANSITION`.
#[utoipa::path(
    tag = "users",
    extensions(("x-rate-limit" = json!("commands"))),
    params(("id" = RoleId, Path), IfMatchHeader, IdempotencyKey),
    security(("api_key" = ["users.admin"]), ("session" = ["users.admin"])),
    responses((status = 204, description = "It is gone")),
)]
#[delete("/roles/{id}")]
pub async fn delete_role(
    authorized: Authorized<UsersAdmin>,
    id: web::Path<RoleId>,
    submission: Submission<Nothing>,
) -> Answer {
    let expected = submission.if_match.expected(None)?;
    carry_out(&authorized, &submission, async |deed| {
        deed.delete_role(*id, expected).await
    })
    .await
    .map_err(|error| match error {
        // the only field there is
        ApiError::Validation(_) => ApiError::NotFound { what: "role" },
        other => other,
    })?;
    Ok(HttpResponse::NoContent().finish())
}

/// They must be the tenant's.
async fn check_stages<P>(
    authorized: &Authorized<P>,
    stages: Option<&BTreeSet<StageId>>,
) -> Result<(), ApiError> {
    let Some(stages) = stages else {
        return Ok(());
    };
    let view = authorized.tenant().await?.view();
    if stages.is_empty() {
        return Err(ApiError::field("stages", "must not be empty"));
    }
    match stages.iter().find(|id| view.state.stage(**id).is_none()) {
        Some(id) => Err(ApiError::field("stages", format!("{id} is no stage"))),
        None => Ok(()),
    }
}

/// What a command about one role answers.
async fn answer<P, T>(
    authorized: &Authorized<P>,
    carried: &Carried<T>,
    id: RoleId,
) -> Result<Reply<Role>, ApiError> {
    let told = match carried.row.as_deref() {
        Some(AccessRow::Role(role)) => Some(role),
        _ => None,
    };
    let found = find_role(authorized, told.map_or(id, |role| role.id)).await?;
    let role = told.map_or_else(|| found.clone(), |role| Role::of(role, found.people));
    let version = role.version;
    Ok(Reply::new(role)
        .version(version)
        .seq(carried.seq)
        .epoch(&authorized.caller.tenant.epoch)
        .replayed(carried.replayed()))
}
