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
    limited_permissions: Words,
    stages: Option<Vec<Option<Uuid>>>,
    own_jamaah: bool,
    version: i32,
}

impl From<RoleRow> for RoleAccess {
    fn from(row: RoleRow) -> Self {
        Self {
            id: row.id,
            key: RoleKey::new(&row.key),
            name: row.name.into(),
            // one of the two is empty
            permissions: known_permissions(&row.permissions)
                .union(&known_permissions(&row.limited_permissions))
                .copied()
                .collect(),
            stages: row
                .stages
                .map(|ids| ids.into_iter().flatten().map(Into::into).collect()),
            own_jamaah: row.own_jamaah,
            version: row.version,
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

/// What a role permits everywhere, and what within its limits.
fn everywhere(role: &RoleAccess) -> BTreeSet<Permission> {
    match role.grant() {
        Some(_) => BTreeSet::new(),
        None => role.permissions.clone(),
    }
}

fn limited(role: &RoleAccess) -> BTreeSet<Permission> {
    role.grant()
        .map(|grant| grant.permissions)
        .unwrap_or_default()
}

fn stage_ids(role: &RoleAccess) -> Option<Vec<Option<Uuid>>> {
    let stages = role.stages.as_ref()?;
    Some(stages.iter().map(|id| Some(id.0)).collect())
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
            roles::permissions.eq(permission_words(&everywhere(new))),
            roles::limited_permissions.eq(permission_words(&limited(new))),
            roles::stages.eq(stage_ids(new)),
            roles::own_jamaah.eq(new.own_jamaah),
            roles::version.eq(new.version),
            roles::created_at.eq(now),
            roles::updated_at.eq(now),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Makes a role what it is now.
pub async fn update(
    conn: &mut AsyncPgConnection,
    tenant: TenantId,
    role: &RoleAccess,
    now: Timestamp,
) -> Result<()> {
    diesel::update(roles::table.find((tenant.0, role.id.0)))
        .set((
            roles::name.eq(&*role.name),
            roles::permissions.eq(permission_words(&everywhere(role))),
            roles::limited_permissions.eq(permission_words(&limited(role))),
            roles::stages.eq(stage_ids(role)),
            roles::own_jamaah.eq(role.own_jamaah),
            roles::version.eq(role.version),
            roles::updated_at.eq(now),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

pub async fn delete(conn: &mut AsyncPgConnection, tenant: TenantId, role: RoleId) -> Result<()> {
    diesel::delete(roles::table.find((tenant.0, role.0)))
        .execute(conn)
        .await?;
    Ok(())
}

#[derive(QueryableByName)]
struct Uses {
    #[diesel(sql_type = diesel::sql_types::Array<diesel::sql_types::Text>)]
    uses: Vec<String>,
}

/// What names or holds a role: `users`, `api_keys`, `stages`, `tasks`.
pub async fn uses(
    conn: &mut AsyncPgConnection,
    tenant: TenantId,
    role: &RoleAccess,
) -> Result<Vec<String>> {
    let sql = "SELECT array_remove(ARRAY[ \
         CASE WHEN EXISTS (SELECT FROM user_roles WHERE tenant_id = $1 AND role_id = $2) THEN 'users' END, \
         CASE WHEN EXISTS (SELECT FROM api_keys WHERE tenant_id = $1 AND revoked_at IS NULL AND $3 = ANY (roles)) THEN 'api_keys' END, \
         CASE WHEN EXISTS (SELECT FROM pipeline_stages WHERE tenant_id = $1 AND active AND role = $3) \
           OR EXISTS (SELECT FROM task_templates t JOIN pipeline_stages s ON s.tenant_id = t.tenant_id AND s.id = t.stage_id \
                      WHERE t.tenant_id = $1 AND s.active AND t.role = $3) THEN 'stages' END, \
         CASE WHEN EXISTS (SELECT FROM pipeline_tasks WHERE tenant_id = $1 AND assigned_role = $3 \
                      AND status IN ('pending', 'in_progress', 'blocked')) THEN 'tasks' END], NULL) AS uses";
    let found: Uses = diesel::sql_query(sql)
        .bind::<diesel::sql_types::Uuid, _>(tenant.0)
        .bind::<diesel::sql_types::Uuid, _>(role.id.0)
        .bind::<diesel::sql_types::Text, _>(role.key.as_str())
        .get_result(conn)
        .await?;
    Ok(found.uses)
}

/// How many hold each role; those that nobody holds are left out.
pub async fn people(
    conn: &mut AsyncPgConnection,
    tenant: TenantId,
) -> Result<HashMap<RoleId, i64>> {
    let found: Vec<(RoleId, i64)> = user_roles::table
        .filter(user_roles::tenant_id.eq(tenant.0))
        .group_by(user_roles::role_id)
        .select((user_roles::role_id, diesel::dsl::count_star()))
        .load(conn)
        .await?;
    Ok(found.into_iter().collect())
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

/// What each of these users holds.
pub async fn held(
    conn: &mut AsyncPgConnection,
    tenant: TenantId,
    users: &[UserId],
) -> Result<HashMap<UserId, Vec<RoleAccess>>> {
    let found: Vec<(UserId, RoleRow)> = user_roles::table
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
        .order(roles::key)
        .select((user_roles::user_id, RoleRow::as_select()))
        .load(conn)
        .await?;
    let mut held: HashMap<_, Vec<_>> = HashMap::new();
    for (user, role) in found {
        held.entry(user).or_default().push(role.into());
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
