//! Tenants, people and keys in the database, written by the journal's role,
//! which may write for every tenant.

use anyhow::{Context, bail};
use diesel::OptionalExtension;
use diesel::sql_types::{Array, Bytea, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::Desk;
use crate::config::secret::Secret;
use crate::db::Connection;
use crate::domain::ids::{ApiKeyId, RoleId, TenantId, UserId};
use crate::domain::principal::Permission;
use crate::error::permission_name;
use crate::http::auth::credential::{ApiKey, hash};
use crate::http::auth::password::{MAX_LENGTH, MIN_LENGTH, Passwords};

#[derive(diesel::QueryableByName)]
struct Id {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// A person, for lists.
#[derive(Debug, diesel::QueryableByName)]
pub struct Person {
    #[diesel(sql_type = Text)]
    pub email: String,
    #[diesel(sql_type = Text)]
    pub name: String,
    #[diesel(sql_type = Text)]
    pub roles: String,
    #[diesel(sql_type = diesel::sql_types::Bool)]
    pub active: bool,
}

pub async fn find_tenant(conn: &mut Connection, slug: &str) -> anyhow::Result<TenantId> {
    let found: Option<Id> = diesel::sql_query("SELECT id FROM tenants WHERE slug = $1")
        .bind::<Text, _>(slug)
        .get_result(conn)
        .await
        .optional()?;
    Ok(found
        .with_context(|| format!("there is no tenant {slug}"))?
        .id
        .into())
}

pub async fn add_role(
    desk: &mut Desk,
    conn: &mut Connection,
    tenant: TenantId,
    key: &str,
    permissions: &[Permission],
) -> anyhow::Result<()> {
    let id: RoleId = desk.ids.next(desk.now);
    let words: Vec<String> = permissions.iter().copied().map(permission_name).collect();
    diesel::sql_query(
        "INSERT INTO roles (tenant_id, id, key, name, permissions, created_at, updated_at) \
         VALUES ($1, $2, $3, $3, $4, $5, $5)",
    )
    .bind::<SqlUuid, _>(tenant.0)
    .bind::<SqlUuid, _>(id.0)
    .bind::<Text, _>(key)
    .bind::<Array<Text>, _>(words)
    .bind::<Timestamptz, _>(desk.now)
    .execute(conn)
    .await?;
    Ok(())
}

/// In one statement: a person without the roles asked for is not made.
pub async fn add_user(
    desk: &mut Desk,
    conn: &mut Connection,
    tenant: TenantId,
    (email, name): (&str, &str),
    roles: &[String],
    password: &Secret,
) -> anyhow::Result<UserId> {
    check_roles(conn, tenant, roles).await?;
    let id: UserId = desk.ids.next(desk.now);
    diesel::sql_query(
        "WITH u AS (INSERT INTO users (tenant_id, id, email, name, password_hash, created_at, updated_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $6)) \
         INSERT INTO user_roles (tenant_id, user_id, role_id) \
         SELECT $1, $2, r.id FROM roles r WHERE r.tenant_id = $1 AND r.key = ANY ($7)",
    )
    .bind::<SqlUuid, _>(tenant.0)
    .bind::<SqlUuid, _>(id.0)
    .bind::<Text, _>(email.to_lowercase())
    .bind::<Text, _>(name)
    .bind::<Text, _>(hashed(desk, password)?)
    .bind::<Timestamptz, _>(desk.now)
    .bind::<Array<Text>, _>(roles)
    .execute(conn)
    .await
    .with_context(|| format!("cannot add {email}"))?;
    Ok(id)
}

async fn check_roles(
    conn: &mut Connection,
    tenant: TenantId,
    wanted: &[String],
) -> anyhow::Result<()> {
    #[derive(diesel::QueryableByName)]
    struct Key {
        #[diesel(sql_type = Text)]
        key: String,
    }
    let known: Vec<Key> =
        diesel::sql_query("SELECT key FROM roles WHERE tenant_id = $1 ORDER BY key")
            .bind::<SqlUuid, _>(tenant.0)
            .load(conn)
            .await?;
    let known: Vec<String> = known.into_iter().map(|role| role.key).collect();
    match wanted.iter().find(|key| !known.contains(key)) {
        Some(key) => bail!("there is no role {key}; there are {}", known.join(", ")),
        None => Ok(()),
    }
}

pub async fn list_users(conn: &mut Connection, tenant: TenantId) -> anyhow::Result<Vec<Person>> {
    let people = diesel::sql_query(
        "SELECT u.email, u.name, u.active, coalesce(string_agg(r.key, ',' ORDER BY r.key), '') AS roles \
         FROM users u LEFT JOIN user_roles ur ON ur.tenant_id = u.tenant_id AND ur.user_id = u.id \
         LEFT JOIN roles r ON r.tenant_id = ur.tenant_id AND r.id = ur.role_id \
         WHERE u.tenant_id = $1 GROUP BY u.email, u.name, u.active ORDER BY u.email",
    )
    .bind::<SqlUuid, _>(tenant.0)
    .load(conn)
    .await?;
    Ok(people)
}

/// Ends the person's sessions too.
pub async fn set_password(
    desk: &Desk,
    conn: &mut Connection,
    tenant: TenantId,
    email: &str,
    password: &Secret,
) -> anyhow::Result<()> {
    let changed = diesel::sql_query(
        "WITH u AS (UPDATE users SET password_hash = $3, updated_at = $4 \
             WHERE tenant_id = $1 AND email = $2 RETURNING id), \
         s AS (DELETE FROM sessions WHERE tenant_id = $1 AND user_id IN (SELECT id FROM u)) \
         SELECT id FROM u",
    )
    .bind::<SqlUuid, _>(tenant.0)
    .bind::<Text, _>(email.to_lowercase())
    .bind::<Text, _>(hashed(desk, password)?)
    .bind::<Timestamptz, _>(desk.now)
    .get_result::<Id>(conn)
    .await
    .optional()?;
    changed.with_context(|| format!("there is no user {email}"))?;
    Ok(())
}

/// The key's text, which is not stored and cannot be shown again.
pub async fn add_key(
    desk: &mut Desk,
    conn: &mut Connection,
    tenant: TenantId,
    name: &str,
    permissions: Option<&[Permission]>,
) -> anyhow::Result<Secret> {
    let id: ApiKeyId = desk.ids.next(desk.now);
    let (prefix, secret) = ApiKey::make(&desk.secrets);
    let words: Option<Vec<String>> =
        permissions.map(|permissions| permissions.iter().copied().map(permission_name).collect());
    diesel::sql_query(
        "INSERT INTO api_keys (tenant_id, id, name, prefix, secret_hash, permissions, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind::<SqlUuid, _>(tenant.0)
    .bind::<SqlUuid, _>(id.0)
    .bind::<Text, _>(name)
    .bind::<Text, _>(&prefix)
    .bind::<Bytea, _>(hash(&secret).as_slice())
    .bind::<Nullable<Array<Text>>, _>(words)
    .bind::<Timestamptz, _>(desk.now)
    .execute(conn)
    .await?;
    Ok(Secret::new(format!("lajur_{prefix}_{secret}")))
}

fn hashed(desk: &Desk, password: &Secret) -> anyhow::Result<String> {
    let length = password.expose().chars().count();
    if !(MIN_LENGTH..=MAX_LENGTH).contains(&length) {
        bail!("a password has {MIN_LENGTH} to {MAX_LENGTH} characters, this one has {length}");
    }
    Passwords::new(desk.secrets.clone()).hash(password)
}
