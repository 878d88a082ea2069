//! What an administrator does with somebody.

use std::collections::BTreeSet;

use actix_web::{post, put, web};
use serde::Deserialize;

use super::list::User;
use super::read::{answer, person_after};
use crate::db::access::accounts::PersonChanges;
use crate::domain::ids::UserId;
use crate::domain::pipeline::transition::check_text;
use crate::http::auth::authorized::Authorized;
use crate::http::auth::needs::UsersAdmin;
use crate::http::conditional::IfMatchHeader;
use crate::http::deeds::{Seen, carry_out};
use crate::http::given::given;
use crate::http::reply::{Answer, Envelope};
use crate::http::submission::{IdempotencyKey, Submission};

/// What is absent stays as it is. The address cannot be changed.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UserChanges {
    /// The version you saw; or send `If-Match`.
    #[schema(example = 3)]
    pub version: Option<i32>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = false, min_length = 1, max_length = 200)]
    pub name: Option<String>,
    /// These and no others. Those that are new must not permit what the caller lacks.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Vec<String>, required = false, example = json!(["visa-admin"]))]
    pub roles: Option<Vec<String>>,
    /// Whose agent they are, as jamaah name them; `null`: nobody's.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, required = false, max_length = 200, example = "Pak Udin")]
    pub agent: Option<Option<String>>,
}

/// Change somebody's name or roles.
///
/// Needs the version you saw, as `version` or `If-Match`. The last who may
/// administer users stays so: 409 `INVALID_TRANSITION`.
#[utoipa::path(
    tag = "users",
    extensions(("x-rate-limit" = json!("commands"))),
    params(("id" = UserId, Path), IfMatchHeader, IdempotencyKey),
    request_body = UserChanges,
    security(("api_key" = ["users.admin"]), ("session" = ["users.admin"])),
    responses((status = 200, description = "The person after it", body = Envelope<User>)),
)]
#[put("/users/{id}")]
pub async fn update_user(
    authorized: Authorized<UsersAdmin>,
    id: web::Path<UserId>,
    submission: Submission<UserChanges>,
) -> Answer {
    let expected = submission.if_match.required(submission.body.version)?;
    if let Some(name) = &submission.body.name {
        check_text("name", name, 1, 200)?;
    }
    if let Some(Some(agent)) = &submission.body.agent {
        check_text("agent", agent, 1, 200)?;
    }
    let roles = submission.body.roles.clone();
    let changes = PersonChanges {
        name: submission
            .body
            .name
            .as_ref()
            .map(|name| name.trim().to_owned()),
        roles: roles.map(|keys| Vec::from_iter(BTreeSet::from_iter(keys))),
        agent: submission.body.agent.clone(),
    };
    let carried = carry_out(&authorized, &submission, async |deed| {
        deed.change_user(*id, expected, &changes).await?;
        deed.keep_an_administrator("without_users_admin").await
    })
    .await?;
    let person = person_after(&authorized, &carried, *id).await?;
    answer(&person, &carried, &authorized.caller.tenant.epoch).ok()
}

/// Keep somebody out.
///
/// Their sessions, sockets and streams end within a second. An invitation is
/// withdrawn. What they did stays theirs.
#[utoipa::path(
    tag = "users",
    extensions(("x-rate-limit" = json!("commands"))),
    params(("id" = UserId, Path), IfMatchHeader, IdempotencyKey),
    request_body = Option<Seen>,
    security(("api_key" = ["users.admin"]), ("session" = ["users.admin"])),
    responses((status = 200, description = "The person after it", body = Envelope<User>)),
)]
#[post("/users/{id}/deactivate")]
pub async fn deactivate_user(
    authorized: Authorized<UsersAdmin>,
    id: web::Path<UserId>,
    submission: Submission<Seen>,
) -> Answer {
    let expected = submission.if_match.expected(submission.body.version)?;
    let carried = carry_out(&authorized, &submission, async |deed| {
        deed.deactivate_seen(*id, expected).await?;
        deed.keep_an_administrator("inactive").await
    })
    .await?;
    let person = person_after(&authorized, &carried, *id).await?;
    answer(&person, &carried, &authorized.caller.tenant.epoch).ok()
}

/// Let somebody in again.
///
/// Their roles must not permit what the caller lacks. Somebody who never had a
/// password gets one by `/auth/forgot`.
#[utoipa::path(
    tag = "users",
    extensions(("x-rate-limit" = json!("commands"))),
    params(("id" = UserId, Path), IfMatchHeader, IdempotencyKey),
    request_body = Option<Seen>,
    security(("api_key" = ["users.admin"]), ("session" = ["users.admin"])),
    responses((status = 200, description = "The person after it", body = Envelope<User>)),
)]
#[post("/users/{id}/activate")]
pub async fn activate_user(
    authorized: Authorized<UsersAdmin>,
    id: web::Path<UserId>,
    submission: Submission<Seen>,
) -> Answer {
    let expected = submission.if_match.expected(submission.body.version)?;
    let carried = carry_out(&authorized, &submission, async |deed| {
        deed.activate_seen(*id, expected).await
    })
    .await?;
    let person = person_after(&authorized, &carried, *id).await?;
    answer(&person, &carried, &authorized.caller.tenant.epoch).ok()
}
