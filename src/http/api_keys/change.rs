//! Keys are made, replaced and made worthless.

use std::collections::BTreeSet;

use actix_web::{delete, post, web};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::ApiKeyInfo;
use super::list::find_key;
use crate::db::api_keys::{NewHalves, NewKey};
use crate::domain::access::AccessRow;
use crate::domain::ids::ApiKeyId;
use crate::domain::pipeline::refusal::Fields;
use crate::domain::pipeline::transition::check_text;
use crate::domain::principal::{Permission, RoleKey};
use crate::error::ApiError;
use crate::http::auth::authorized::Authorized;
use crate::http::auth::credential::{ApiKey, hash};
use crate::http::auth::needs::UsersAdmin;
use crate::http::conditional::IfMatchHeader;
use crate::http::deeds::{Carried, carry_out};
use crate::http::pipeline::stages::retire::Nothing;
use crate::http::reply::{Answer, Envelope, Reply};
use crate::http::submission::{IdempotencyKey, Submission};

/// How long the halves of before are good unless it is said.
const GRACE_HOURS: i64 = 24;
const MOST_GRACE_HOURS: i64 = 7 * 24;

#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewApiKey {
    /// What it is for.
    #[schema(min_length = 1, max_length = 200, example = "Accounting")]
    pub name: String,
    /// What it may do: none that the caller lacks, and at least one.
    #[schema(min_items = 1, example = json!(["pipeline.read", "tasks.read_all"]))]
    pub permissions: BTreeSet<Permission>,
    /// Whose tasks are its own. They permit nothing more.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    pub roles: BTreeSet<RoleKey>,
    /// When it ends by itself; never unless given.
    pub expires_at: Option<DateTime<Utc>>,
}

#[derive(Clone, Copy, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Rotation {
    /// The version you saw; refused with 409 when there is a newer one.
    #[schema(example = 3)]
    pub version: Option<i32>,
    /// How long the key of before is still good; 24 unless given.
    #[schema(minimum = 0, maximum = 168, example = 24)]
    pub grace_hours: Option<i64>,
}

/// A key with what is only shown now.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct ShownApiKey {
    #[serde(flatten)]
    pub info: ApiKeyInfo,
    /// The whole key, this once; `null` when the request was repeated.
    #[schema(example = "lajur_5f2b8c0e9d1a_…")]
    pub key: Option<String>,
}

/// Add a key.
///
/// The answer has the key itself, which is not kept and never shown again.
#[utoipa::path(
    tag = "users",
    extensions(("x-rate-limit" = json!("commands"))),
    params(IdempotencyKey),
    request_body = NewApiKey,
    security(("api_key" = ["users.admin"]), ("session" = ["users.admin"])),
    responses((status = 201, description = "The key", body = Envelope<ShownApiKey>)),
)]
#[post("/api-keys")]
pub async fn create_api_key(
    authorized: Authorized<UsersAdmin>,
    submission: Submission<NewApiKey>,
) -> Answer {
    let app = &authorized.app;
    let wanted = submission.body.clone();
    check_text("name", &wanted.name, 1, 200)?;
    let mut fields = Fields::default();
    if wanted.permissions.is_empty() {
        fields.add("permissions", "must not be empty");
    }
    if wanted.expires_at.is_some_and(|end| end <= app.clock.now()) {
        fields.add("expires_at", "must be in the future");
    }
    fields.check()?;
    let (prefix, secret) = ApiKey::make(&app.secrets);
    let new = NewKey {
        id: app.new_id(),
        name: wanted.name.trim().to_owned(),
        secret_hash: hash(&secret),
        roles: wanted.roles,
        permissions: Some(wanted.permissions),
        expires_at: wanted.expires_at,
        created_by: authorized.principal().actor,
        prefix,
    };
    let carried = carry_out(&authorized, &submission, async |deed| {
        deed.add_key(&new).await
    })
    .await?;
    let shown = format!("lajur_{}_{secret}", new.prefix);
    answer(&authorized, &carried, new.id, shown)
        .await?
        .created()
}

/// Replace a key.
///
/// By another that may do the same; the one of before is good for the hours
/// that are asked for. A key that is still good from an earlier rotation ends.
#[utoipa::path(
    tag = "users",
    extensions(("x-rate-limit" = json!("commands"))),
    params(("id" = ApiKeyId, Path), IfMatchHeader, IdempotencyKey),
    request_body = Option<Rotation>,
    security(("api_key" = ["users.admin"]), ("session" = ["users.admin"])),
    responses((status = 200, description = "The key", body = Envelope<ShownApiKey>)),
)]
#[post("/api-keys/{id}/rotate")]
pub async fn rotate_api_key(
    authorized: Authorized<UsersAdmin>,
    id: web::Path<ApiKeyId>,
    submission: Submission<Rotation>,
) -> Answer {
    let app = &authorized.app;
    let expected = submission.if_match.expected(submission.body.version)?;
    let hours = submission.body.grace_hours.unwrap_or(GRACE_HOURS);
    if !(0..=MOST_GRACE_HOURS).contains(&hours) {
        let complaint = format!("must be between 0 and {MOST_GRACE_HOURS}");
        return Err(ApiError::field("grace_hours", complaint));
    }
    let (prefix, secret) = ApiKey::make(&app.secrets);
    let new = NewHalves {
        secret_hash: hash(&secret),
        previous_until: app.clock.now() + TimeDelta::hours(hours),
        prefix,
    };
    let carried = carry_out(&authorized, &submission, async |deed| {
        deed.rotate_key(*id, expected, &new).await
    })
    .await?;
    let shown = format!("lajur_{}_{secret}", new.prefix);
    answer(&authorized, &carried, *id, shown).await?.ok()
}

/// Make a key worthless.
///
/// At once and for good, the one of before it too. It stays in the list.
#[utoipa::path(
    tag = "users",
    extensions(("x-rate-limit" = json!("commands"))),
    params(("id" = ApiKeyId, Path), IfMatchHeader, IdempotencyKey),
    security(("api_key" = ["users.admin"]), ("session" = ["users.admin"])),
    responses((status = 200, description = "The key after it", body = Envelope<ApiKeyInfo>)),
)]
#[delete("/api-keys/{id}")]
pub async fn revoke_api_key(
    authorized: Authorized<UsersAdmin>,
    id: web::Path<ApiKeyId>,
    submission: Submission<Nothing>,
) -> Answer {
    let expected = submission.if_match.expected(None)?;
    let carried = carry_out(&authorized, &submission, async |deed| {
        deed.revoke_key_seen(*id, expected).await
    })
    .await?;
    let info = key_after(&authorized, &carried, *id).await?;
    let version = info.version;
    Reply::new(info)
        .version(version)
        .seq(carried.seq)
        .epoch(&authorized.caller.tenant.epoch)
        .replayed(carried.replayed())
        .ok()
}

async fn key_after<P, T>(
    authorized: &Authorized<P>,
    carried: &Carried<T>,
    id: ApiKeyId,
) -> Result<ApiKeyInfo, ApiError> {
    let told = match carried.row.as_deref() {
        Some(AccessRow::ApiKey(key)) => Some(key.clone()),
        _ => None,
    };
    let mut info = find_key(authorized, told.as_ref().map_or(id, |key| key.id)).await?;
    if let Some(told) = told {
        info.version = told.version;
    }
    Ok(info)
}

async fn answer<P, T>(
    authorized: &Authorized<P>,
    carried: &Carried<T>,
    id: ApiKeyId,
    shown: String,
) -> Result<Reply<ShownApiKey>, ApiError> {
    let info = key_after(authorized, carried, id).await?;
    let version = info.version;
    let key = (!carried.replayed()).then_some(shown);
    Ok(Reply::new(ShownApiKey { info, key })
        .version(version)
        .seq(carried.seq)
        .epoch(&authorized.caller.tenant.epoch)
        .replayed(carried.replayed()))
}
