//! Keys of other programs.

use std::collections::BTreeSet;

use diesel::prelude::*;
use diesel::sql_types::{Array, Bytea, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::Result;
use super::roles::{Words, known_permissions, permission_words};
use super::schema::api_keys;
use super::types::{ActorKind, Word, actor, actor_id, actor_kind};
use crate::domain::access::KeyAccess;
use crate::domain::ids::{ApiKeyId, TenantId};
use crate::domain::principal::{Actor, Permission, RoleKey};
use crate::domain::time::Timestamp;

/// A key about to be added.
#[derive(Debug)]
pub struct NewKey {
    pub id: ApiKeyId,
    pub name: String,
    /// The public half.
    pub prefix: String,
    /// SHA-256 of the other.
    pub secret_hash: [u8; 32],
    /// Whose tasks are its own.
    pub roles: BTreeSet<RoleKey>,
    /// `None` is all, those of later programs too.
    pub permissions: Option<BTreeSet<Permission>>,
    pub expires_at: Option<Timestamp>,
    pub created_by: Actor,
}

/// The halves that a key is replaced by.
#[derive(Debug)]
pub struct NewHalves {
    pub prefix: String,
    /// SHA-256 of the secret one.
    pub secret_hash: [u8; 32],
    /// How long those of before are good.
    pub previous_until: Timestamp,
}

/// A key that is valid, if the secret is its own.
#[derive(Debug, QueryableByName)]
pub struct Found {
    #[diesel(sql_type = Text)]
    pub tenant_slug: String,
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    #[diesel(sql_type = Text)]
    pub name: String,
    #[diesel(sql_type = Bytea)]
    pub secret_hash: Vec<u8>,
    #[diesel(sql_type = Nullable<Array<Text>>)]
    pub permissions: Option<Vec<String>>,
    #[diesel(sql_type = Array<Text>)]
    pub roles: Vec<String>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub expires_at: Option<Timestamp>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub last_used_at: Option<Timestamp>,
}

/// The key with this public half, before the tenant is known.
pub async fn find(
    conn: &mut AsyncPgConnection,
    prefix: &str,
    now: Timestamp,
) -> Result<Option<Found>> {
    Ok(diesel::sql_query("SELECT * FROM door_api_key($1, $2)")
        .bind::<Text, _>(prefix)
        .bind::<Timestamptz, _>(now)
        .get_result(conn)
        .await
        .optional()?)
}

/// A key, for lists.
#[derive(Clone, Debug)]
pub struct Listed {
    pub prefix: String,
    pub access: KeyAccess,
    pub created_at: Timestamp,
    pub created_by: Actor,
    pub expires_at: Option<Timestamp>,
    /// Exact to the minute.
    pub last_used_at: Option<Timestamp>,
    /// Of a key that was replaced: the public half of before, and how long it is good.
    pub previous: Option<(String, Timestamp)>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = api_keys, check_for_backend(diesel::pg::Pg))]
struct KeyRow {
    id: ApiKeyId,
    name: String,
    prefix: String,
    roles: Words,
    permissions: Option<Words>,
    created_at: Timestamp,
    created_by_type: ActorKind,
    created_by: Option<Uuid>,
    expires_at: Option<Timestamp>,
    last_used_at: Option<Timestamp>,
    revoked_at: Option<Timestamp>,
    previous_prefix: Option<String>,
    previous_until: Option<Timestamp>,
    version: i32,
}

impl From<KeyRow> for Listed {
    fn from(row: KeyRow) -> Self {
        let permissions = row.permissions.as_ref().map(known_permissions);
        let roles = row.roles.into_iter().flatten();
        Self {
            prefix: row.prefix,
            access: KeyAccess {
                id: row.id,
                name: row.name.into(),
                roles: roles.map(|key| RoleKey::new(&key)).collect(),
                permissions: permissions.unwrap_or_else(|| Permission::ALL.into_iter().collect()),
                revoked: row.revoked_at.is_some(),
                version: row.version,
            },
            created_at: row.created_at,
            created_by: actor(row.created_by_type, row.created_by),
            expires_at: row.expires_at,
            last_used_at: row.last_used_at,
            previous: row.previous_prefix.zip(row.previous_until),
        }
    }
}

/// All of them, revoked ones too, in the order they were made.
pub async fn list(conn: &mut AsyncPgConnection, tenant: TenantId) -> Result<Vec<Listed>> {
    let found: Vec<KeyRow> = api_keys::table
        .filter(api_keys::tenant_id.eq(tenant.0))
        .order(api_keys::id)
        .select(KeyRow::as_select())
        .load(conn)
        .await?;
    Ok(found.into_iter().map(Into::into).collect())
}

/// One of them, revoked or over or not.
pub async fn listed(
    conn: &mut AsyncPgConnection,
    tenant: TenantId,
    id: ApiKeyId,
) -> Result<Option<Listed>> {
    let found: Option<KeyRow> = api_keys::table
        .find((tenant.0, id.0))
        .select(KeyRow::as_select())
        .first(conn)
        .await
        .optional()?;
    Ok(found.map(Into::into))
}

/// The tenant's key with this public half, revoked or not.
pub async fn by_prefix(
    conn: &mut AsyncPgConnection,
    tenant: TenantId,
    prefix: &str,
) -> Result<Option<KeyAccess>> {
    let found: Option<KeyRow> = api_keys::table
        .filter(
            api_keys::tenant_id
                .eq(tenant.0)
                .and(api_keys::prefix.eq(prefix)),
        )
        .select(KeyRow::as_select())
        .first(conn)
        .await
        .optional()?;
    Ok(found.map(|row| Listed::from(row).access))
}

/// A key that has not ended by itself, revoked or not.
pub async fn by_id(
    conn: &mut AsyncPgConnection,
    tenant: TenantId,
    id: ApiKeyId,
    now: Timestamp,
) -> Result<Option<KeyAccess>> {
    let found: Option<KeyRow> = api_keys::table
        .find((tenant.0, id.0))
        .select(KeyRow::as_select())
        .first(conn)
        .await
        .optional()?;
    Ok(found
        .filter(|row| row.expires_at.is_none_or(|end| end > now))
        .map(|row| Listed::from(row).access))
}

pub async fn insert(
    conn: &mut AsyncPgConnection,
    tenant: TenantId,
    new: &NewKey,
    now: Timestamp,
) -> Result<()> {
    let roles: Vec<_> = new.roles.iter().map(|key| Some(key.as_str())).collect();
    diesel::insert_into(api_keys::table)
        .values((
            api_keys::tenant_id.eq(tenant.0),
            api_keys::id.eq(new.id.0),
            api_keys::name.eq(&new.name),
            api_keys::prefix.eq(&new.prefix),
            api_keys::secret_hash.eq(new.secret_hash.as_slice()),
            api_keys::roles.eq(roles),
            api_keys::permissions.eq(new.permissions.as_ref().map(permission_words)),
            api_keys::created_at.eq(now),
            api_keys::created_by_type.eq(actor_kind(new.created_by).word()),
            api_keys::created_by.eq(actor_id(new.created_by)),
            api_keys::expires_at.eq(new.expires_at),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

pub async fn revoke(
    conn: &mut AsyncPgConnection,
    tenant: TenantId,
    key: ApiKeyId,
    now: Timestamp,
) -> Result<()> {
    diesel::update(api_keys::table.find((tenant.0, key.0)))
        .set((
            api_keys::revoked_at.eq(now),
            api_keys::version.eq(api_keys::version + 1),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Gives a key other halves; those of before go on for a while.
pub async fn replace(
    conn: &mut AsyncPgConnection,
    tenant: TenantId,
    key: ApiKeyId,
    new: &NewHalves,
) -> Result<()> {
    diesel::update(api_keys::table.find((tenant.0, key.0)))
        .set((
            api_keys::previous_prefix.eq(api_keys::prefix.nullable()),
            api_keys::previous_secret_hash.eq(api_keys::secret_hash.nullable()),
            api_keys::previous_until.eq(new.previous_until),
            api_keys::prefix.eq(&new.prefix),
            api_keys::secret_hash.eq(new.secret_hash.as_slice()),
            api_keys::version.eq(api_keys::version + 1),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Notes that a key is in use. By whoever answers requests.
pub async fn touch(
    conn: &mut AsyncPgConnection,
    tenant: TenantId,
    key: ApiKeyId,
    now: Timestamp,
) -> Result<()> {
    diesel::update(api_keys::table.find((tenant.0, key.0)))
        .set(api_keys::last_used_at.eq(now))
        .execute(conn)
        .await?;
    Ok(())
}
