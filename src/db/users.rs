//! The people of a tenant.

use diesel::dsl::exists;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::schema::users;
use super::{Result, roles};
use crate::domain::access::{RoleAccess, UserAccess};
use crate::domain::ids::{TenantId, UserId};
use crate::domain::reach::Reach;
use crate::domain::time::Timestamp;

/// Somebody about to be added.
#[derive(Debug)]
pub struct NewUser {
    pub id: UserId,
    /// In lower case.
    pub email: String,
    pub name: String,
    /// Argon2id, PHC string.
    pub password_hash: String,
    /// Whose agent they are, as jamaah name them.
    pub agent: Option<String>,
}

/// Somebody about to be asked to come.
#[derive(Debug)]
pub struct NewGuest {
    pub id: UserId,
    /// In lower case.
    pub email: String,
    pub name: String,
    pub agent: Option<String>,
    /// How long the invitation is good.
    pub until: Timestamp,
}

/// No password has this hash.
const NO_PASSWORD: &str = "!";

/// Somebody who may sign in with a password.
#[derive(Debug)]
pub struct Account {
    pub user_id: UserId,
    pub password_hash: String,
}

/// A person, for lists.
#[derive(Clone, Debug)]
pub struct Person {
    pub email: String,
    /// Of somebody who has not accepted yet.
    pub invited_until: Option<Timestamp>,
    pub access: UserAccess,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = users, check_for_backend(diesel::pg::Pg))]
struct UserRow {
    id: UserId,
    email: String,
    name: String,
    active: bool,
    version: i32,
    invited_until: Option<Timestamp>,
    agent: Option<String>,
}

/// Whether there is such a user who may sign in.
pub async fn is_active(
    conn: &mut AsyncPgConnection,
    tenant: TenantId,
    user: UserId,
) -> Result<bool> {
    let active = users::table.filter(
        users::tenant_id
            .eq(tenant.0)
            .and(users::id.eq(user.0))
            .and(users::active),
    );
    Ok(diesel::select(exists(active)).get_result(conn).await?)
}

/// The active account of an address.
pub async fn account(
    conn: &mut AsyncPgConnection,
    tenant: TenantId,
    email: &str,
) -> Result<Option<Account>> {
    let found: Option<(UserId, String)> = users::table
        .filter(
            users::tenant_id
                .eq(tenant.0)
                .and(users::email.eq(email))
                .and(users::active),
        )
        .select((users::id, users::password_hash))
        .first(conn)
        .await
        .optional()?;
    Ok(found.map(|(user_id, password_hash)| Account {
        user_id,
        password_hash,
    }))
}

/// Whoever has an address, active or not.
pub async fn by_email(
    conn: &mut AsyncPgConnection,
    tenant: TenantId,
    email: &str,
) -> Result<Option<UserId>> {
    Ok(users::table
        .filter(users::tenant_id.eq(tenant.0).and(users::email.eq(email)))
        .select(users::id)
        .first(conn)
        .await
        .optional()?)
}

/// What these users may do now, in the order of their ids.
pub async fn access(
    conn: &mut AsyncPgConnection,
    tenant: TenantId,
    wanted: &[UserId],
) -> Result<Vec<UserAccess>> {
    let found: Vec<UserRow> = users::table
        .filter(
            users::tenant_id
                .eq(tenant.0)
                .and(users::id.eq_any(roles::ids(wanted))),
        )
        .order(users::id)
        .select(UserRow::as_select())
        .load(conn)
        .await?;
    let people = with_access(conn, tenant, found).await?;
    Ok(people.into_iter().map(|person| person.access).collect())
}

/// Somebody, with their address.
pub async fn person(
    conn: &mut AsyncPgConnection,
    tenant: TenantId,
    id: UserId,
) -> Result<Option<Person>> {
    let found: Vec<UserRow> = users::table
        .find((tenant.0, id.0))
        .select(UserRow::as_select())
        .load(conn)
        .await?;
    Ok(with_access(conn, tenant, found).await?.pop())
}

/// What is stored of an active user's password.
pub async fn password_hash(
    conn: &mut AsyncPgConnection,
    tenant: TenantId,
    id: UserId,
) -> Result<Option<String>> {
    Ok(users::table
        .find((tenant.0, id.0))
        .filter(users::active)
        .select(users::password_hash)
        .first(conn)
        .await
        .optional()?)
}

/// Whether some active user may administer users.
pub async fn has_administrator(conn: &mut AsyncPgConnection, tenant: TenantId) -> Result<bool> {
    #[derive(QueryableByName)]
    struct Found {
        #[diesel(sql_type = diesel::sql_types::Bool)]
        found: bool,
    }
    let sql = "SELECT EXISTS (SELECT FROM users u JOIN user_roles h ON h.tenant_id = u.tenant_id AND h.user_id = u.id \
               JOIN roles r ON r.tenant_id = h.tenant_id AND r.id = h.role_id \
               WHERE u.tenant_id = $1 AND u.active AND 'users.admin' = ANY (r.permissions)) AS found";
    let found: Found = diesel::sql_query(sql)
        .bind::<diesel::sql_types::Uuid, _>(tenant.0)
        .get_result(conn)
        .await?;
    Ok(found.found)
}

/// What of somebody's row is to be different.
#[derive(AsChangeset, Debug, Default)]
#[diesel(table_name = users)]
pub struct UserChanges {
    pub name: Option<String>,
    /// Argon2id, PHC string.
    pub password_hash: Option<String>,
    pub active: Option<bool>,
    pub invited_until: Option<Option<Timestamp>>,
    pub agent: Option<Option<String>>,
}

/// Changes somebody's row, which has the next version then.
pub async fn update(
    conn: &mut AsyncPgConnection,
    tenant: TenantId,
    user: UserId,
    changes: &UserChanges,
    now: Timestamp,
) -> Result<()> {
    diesel::update(users::table.find((tenant.0, user.0)))
        .set((
            changes,
            users::version.eq(users::version + 1),
            users::updated_at.eq(now),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Everybody, by address.
pub async fn list(conn: &mut AsyncPgConnection, tenant: TenantId) -> Result<Vec<Person>> {
    let found: Vec<UserRow> = users::table
        .filter(users::tenant_id.eq(tenant.0))
        .order(users::email)
        .select(UserRow::as_select())
        .load(conn)
        .await?;
    with_access(conn, tenant, found).await
}

async fn with_access(
    conn: &mut AsyncPgConnection,
    tenant: TenantId,
    rows: Vec<UserRow>,
) -> Result<Vec<Person>> {
    let ids: Vec<UserId> = rows.iter().map(|row| row.id).collect();
    let mut held = roles::held(conn, tenant, &ids).await?;
    let people = rows.into_iter().map(|row| {
        let held: Vec<RoleAccess> = held.remove(&row.id).unwrap_or_default();
        let permitting = || held.iter().filter(|_| row.active);
        let access = UserAccess {
            id: row.id,
            name: row.name.into(),
            active: row.active,
            permissions: permitting()
                .filter(|role| role.grant().is_none())
                .flat_map(|role| role.permissions.iter().copied())
                .collect(),
            reach: Reach {
                grants: permitting().filter_map(RoleAccess::grant).collect(),
                agent: row.agent.map(Into::into),
            },
            roles: held.iter().map(|role| role.key.clone()).collect(),
            version: row.version,
        };
        Person {
            email: row.email,
            invited_until: row.invited_until,
            access,
        }
    });
    Ok(people.collect())
}

/// Without a role yet.
pub async fn insert(
    conn: &mut AsyncPgConnection,
    tenant: TenantId,
    new: &NewUser,
    now: Timestamp,
) -> Result<()> {
    diesel::insert_into(users::table)
        .values((
            users::tenant_id.eq(tenant.0),
            users::id.eq(new.id.0),
            users::email.eq(&new.email),
            users::name.eq(&new.name),
            users::password_hash.eq(&new.password_hash),
            users::agent.eq(&new.agent),
            users::created_at.eq(now),
            users::updated_at.eq(now),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Not active before they accept, and without a role yet.
pub async fn insert_guest(
    conn: &mut AsyncPgConnection,
    tenant: TenantId,
    new: &NewGuest,
    now: Timestamp,
) -> Result<()> {
    diesel::insert_into(users::table)
        .values((
            users::tenant_id.eq(tenant.0),
            users::id.eq(new.id.0),
            users::email.eq(&new.email),
            users::name.eq(&new.name),
            users::password_hash.eq(NO_PASSWORD),
            users::active.eq(false),
            users::invited_until.eq(new.until),
            users::agent.eq(&new.agent),
            users::created_at.eq(now),
            users::updated_at.eq(now),
        ))
        .execute(conn)
        .await?;
    Ok(())
}
