//! Tenants: the organisations, and where each log stands.

use std::sync::Arc;

use chrono_tz::Tz;
use diesel::prelude::*;
use diesel::sql_types::{Jsonb, Nullable, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::Value;
use uuid::Uuid;

use super::schema::tenants;
use super::{Error, Result};
use crate::domain::ids::TenantId;
use crate::domain::limits::{Class, Quotas};
use crate::domain::pipeline::tenant::{Tenant, TenantKind};
use crate::domain::time::{Timestamp, Zone};

#[derive(Clone, Debug)]
pub struct NewTenant {
    pub id: TenantId,
    pub slug: Arc<str>,
    pub name: Arc<str>,
    pub kind: TenantKind,
    pub zone: Zone,
    pub locale: Arc<str>,
    /// Names the first continuation of the log; any text that is not used twice.
    pub epoch: Arc<str>,
}

/// A tenant with an empty log. By the journal's role.
pub async fn create(conn: &mut AsyncPgConnection, new: &NewTenant, now: Timestamp) -> Result<()> {
    use super::types::Word;
    diesel::insert_into(tenants::table)
        .values((
            tenants::id.eq(new.id.0),
            tenants::slug.eq(&*new.slug),
            tenants::name.eq(&*new.name),
            tenants::kind.eq(new.kind.word()),
            tenants::timezone.eq(new.zone.0.name()),
            tenants::locale.eq(&*new.locale),
            tenants::epoch.eq(&*new.epoch),
            tenants::settings.eq(serde_json::json!({})),
            tenants::created_at.eq(now),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// What a tenant has instead of the usual quotas, before the tenant may be
/// seen. Words of a newer program, and what is no quota, are nothing here.
pub async fn quotas(conn: &mut AsyncPgConnection, tenant: TenantId) -> Result<Quotas> {
    #[derive(QueryableByName)]
    struct Found {
        #[diesel(sql_type = Nullable<Jsonb>)]
        limits: Option<Value>,
    }
    let found: Found = diesel::sql_query("SELECT door_rate_limits($1) AS limits")
        .bind::<SqlUuid, _>(tenant.0)
        .get_result(conn)
        .await?;
    Ok(found.limits.as_ref().map(quotas_of).unwrap_or_default())
}

pub(super) fn quotas_of(limits: &Value) -> Quotas {
    let named = limits.as_object().into_iter().flatten();
    named
        .filter_map(|(name, text)| Some((Class::parse(name)?, text.as_str()?.parse().ok()?)))
        .collect()
}

/// The columns that make a [`Tenant`], in the order of [`tenant`]'s parameter.
pub(super) type TenantColumns = (Uuid, String, String, TenantKind, String, String, String);

pub(super) fn tenant(row: TenantColumns) -> Result<Tenant> {
    let (id, slug, name, kind, timezone, locale, epoch) = row;
    let zone: Tz = timezone.parse().map_err(|_| Error::Unreadable {
        what: "time zone",
        cause: format!("{timezone} is none"),
    })?;
    Ok(Tenant {
        id: TenantId(id),
        slug: slug.into(),
        name: name.into(),
        kind,
        zone: Zone(zone),
        locale: locale.into(),
        epoch: epoch.into(),
    })
}

/// The tenant and its head, as the connection's tenant.
pub async fn with_head(
    conn: &mut AsyncPgConnection,
    id: TenantId,
) -> Result<Option<(Tenant, i64)>> {
    let found: Option<(TenantColumns, i64)> = tenants::table
        .find(id.0)
        .select((
            (
                tenants::id,
                tenants::slug,
                tenants::name,
                tenants::kind,
                tenants::timezone,
                tenants::locale,
                tenants::epoch,
            ),
            tenants::last_seq,
        ))
        .first(conn)
        .await
        .optional()?;
    found
        .map(|(row, head)| Ok((tenant(row)?, head)))
        .transpose()
}

/// The tenant of a slug, before it is known whose request this is.
pub async fn by_slug(conn: &mut AsyncPgConnection, slug: &str) -> Result<Option<Tenant>> {
    #[derive(QueryableByName)]
    #[diesel(table_name = tenants, check_for_backend(diesel::pg::Pg))]
    struct Found {
        id: Uuid,
        slug: String,
        name: String,
        kind: TenantKind,
        timezone: String,
        locale: String,
        epoch: String,
    }
    let found: Option<Found> = diesel::sql_query("SELECT * FROM door_tenant($1)")
        .bind::<diesel::sql_types::Text, _>(slug)
        .get_result(conn)
        .await
        .optional()?;
    found
        .map(|row| {
            tenant((
                row.id,
                row.slug,
                row.name,
                row.kind,
                row.timezone,
                row.locale,
                row.epoch,
            ))
        })
        .transpose()
}

/// The same for a role that sees all tenants.
pub async fn id_of(conn: &mut AsyncPgConnection, slug: &str) -> Result<Option<TenantId>> {
    Ok(tenants::table
        .filter(tenants::slug.eq(slug))
        .select(tenants::id)
        .first(conn)
        .await
        .optional()?)
}

/// Tenants whose next deadline has come, the longest waiting first.
pub async fn due(
    conn: &mut AsyncPgConnection,
    now: Timestamp,
    at_most: i32,
) -> Result<Vec<TenantId>> {
    #[derive(QueryableByName)]
    struct Due {
        #[diesel(sql_type = diesel::sql_types::Uuid)]
        id: uuid::Uuid,
    }
    let due: Vec<Due> = diesel::sql_query("SELECT id FROM door_due_tenants($1, $2) AS id")
        .bind::<diesel::sql_types::Timestamptz, _>(now)
        .bind::<diesel::sql_types::Integer, _>(at_most)
        .load(conn)
        .await?;
    Ok(due.into_iter().map(|due| TenantId(due.id)).collect())
}

/// Where a tenant's log stands.
#[derive(Clone, Debug, PartialEq, Eq, QueryableByName)]
pub struct Head {
    #[diesel(sql_type = diesel::sql_types::Uuid)]
    pub id: Uuid,
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    pub last_seq: i64,
    #[diesel(sql_type = diesel::sql_types::Text)]
    pub epoch: String,
}

/// Where the logs of these tenants stand.
pub async fn heads(conn: &mut AsyncPgConnection, ids: Vec<Uuid>) -> Result<Vec<Head>> {
    let heads = diesel::sql_query("SELECT id, last_seq, epoch FROM door_heads($1)")
        .bind::<diesel::sql_types::Array<diesel::sql_types::Uuid>, _>(ids)
        .load(conn)
        .await?;
    Ok(heads)
}

/// What signs a tenant's tokens for the socket, as the connection's tenant.
pub async fn realtime_key(conn: &mut AsyncPgConnection, id: TenantId) -> Result<Option<Vec<u8>>> {
    let key = tenants::table.find(id.0).select(tenants::realtime_key);
    Ok(key.first(conn).await.optional()?)
}
