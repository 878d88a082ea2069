//! The roles of a tenant, and who holds them.

use std::collections::{BTreeSet, HashMap};

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::Result;
use super::schema::{roles, user_roles};
use super::types::Word;
use crate::domain::access::RoleAccess;
use crate::domain::ids::{RoleId, TenantId, UserId};
use crate::domain::principal::{Permission, RoleKey, permissions};
use crate::domain::time::Timestamp;

/// An array of words as the database has it.
pub(super) type Words = Vec<Option<String>>;

pub(super) fn known_permissions(words: &Words) -> BTreeSet<Permission> {
    permissions(words.iter().flatten().map(String::as_str))
}

pub(super) fn permission_words(permissions: &BTreeSet<Permission>) -> Vec<Option<&'static str>> {
    permissions.iter().map(|one| Some(one.word())).collect()
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = roles, check_for_backend(diesel::pg::Pg))]
struct RoleRow {
    id: RoleId,
    key: String,
    name: String,
    permissions: Words,
}

impl From<RoleRow> for RoleAccess {
    fn from(row: RoleRow) -> Self {
        Self {
            id: row.id,
            key: RoleKey(row.key.into()),
            name: row.name.into(),
            permissions: known_permissions(&row.permissions),
        }
    }
}

/// All of them, by key.
pub async fn list(conn: &mut AsyncPgConnection, tenant: TenantId) -> Result<Vec<RoleAccess>> {
    let found: Vec<RoleRow> = roles::table
        .filter(roles::tenant_id.eq(tenant.0))
        .order(roles::key)
        .select(RoleRow::as_select())
        .load(conn)
        .await?;
    Ok(found.into_iter().map(Into::into).collect())
}

/// The keys of all of them, in alphabetical order.
pub async fn keys(conn: &mut AsyncPgConnection, tenant: TenantId) -> Result<Vec<RoleKey>> {
    let keys: Vec<String> = roles::table
        .filter(roles::tenant_id.eq(tenant.0))
        .order(roles::key)
        .select(roles::key)
        .load(conn)
        .await?;
    Ok(keys.iter().map(|key| RoleKey::new(key)).collect())
}

pub async fn insert(
    conn: &mut AsyncPgConnection,
    tenant: TenantId,
    new: &RoleAccess,
    now: Timestamp,
) -> Result<()> {
    diesel::insert_into(roles::table)
        .values((
            roles::tenant_id.eq(tenant.0),
            roles::id.eq(new.id.0),
            roles::key.eq(new.key.as_str()),
            roles::name.eq(&*new.name),
            roles::permissions.eq(permission_words(&new.permissions)),
            roles::created_at.eq(now),
            roles::updated_at.eq(now),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

pub async fn set_permissions(
    conn: &mut AsyncPgConnection,
    tenant: TenantId,
    role: RoleId,
    permissions: &BTreeSet<Permission>,
    now: Timestamp,
) -> Result<()> {
    diesel::update(roles::table.find((tenant.0, role.0)))
        .set((
            roles::permissions.eq(permission_words(permissions)),
            roles::updated_at.eq(now),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Who holds a role, in the order of their ids.
pub async fn holders(
    conn: &mut AsyncPgConnection,
    tenant: TenantId,
    role: RoleId,
) -> Result<Vec<UserId>> {
    Ok(user_roles::table
        .filter(
            user_roles::tenant_id
                .eq(tenant.0)
                .and(user_roles::role_id.eq(role.0)),
        )
        .order(user_roles::user_id)
        .select(user_roles::user_id)
        .load(conn)
        .await?)
}

/// What each of these users holds: the roles' keys and what they permit.
pub async fn held(
    conn: &mut AsyncPgConnection,
    tenant: TenantId,
    users: &[UserId],
) -> Result<HashMap<UserId, Vec<(RoleKey, BTreeSet<Permission>)>>> {
    let found: Vec<(UserId, String, Words)> = user_roles::table
        .inner_join(
            roles::table.on(roles::tenant_id
                .eq(user_roles::tenant_id)
                .and(roles::id.eq(user_roles::role_id))),
        )
        .filter(
            user_roles::tenant_id
                .eq(tenant.0)
                .and(user_roles::user_id.eq_any(ids(users))),
        )
        .select((user_roles::user_id, roles::key, roles::permissions))
        .load(conn)
        .await?;
    let mut held: HashMap<_, Vec<_>> = HashMap::new();
    for (user, key, words) in found {
        let role = (RoleKey(key.into()), known_permissions(&words));
        held.entry(user).or_default().push(role);
    }
    Ok(held)
}

/// Gives a user exactly these roles.
pub async fn give(
    conn: &mut AsyncPgConnection,
    tenant: TenantId,
    user: UserId,
    wanted: &[RoleId],
) -> Result<()> {
    let before = user_roles::table.filter(
        user_roles::tenant_id
            .eq(tenant.0)
            .and(user_roles::user_id.eq(user.0)),
    );
    diesel::delete(before).execute(conn).await?;
    let rows: Vec<_> = wanted
        .iter()
        .map(|role| {
            (
                user_roles::tenant_id.eq(tenant.0),
                user_roles::user_id.eq(user.0),
                user_roles::role_id.eq(role.0),
            )
        })
        .collect();
    diesel::insert_into(user_roles::table)
        .values(rows)
        .execute(conn)
        .await?;
    Ok(())
}

pub(super) fn ids(users: &[UserId]) -> Vec<Uuid> {
    users.iter().map(|user| user.0).collect()
}
