//! The people of a tenant.

use std::collections::BTreeSet;

use diesel::dsl::exists;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::schema::users;
use super::{Result, roles};
use crate::domain::access::UserAccess;
use crate::domain::ids::{TenantId, UserId};
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
}

/// Somebody who may sign in with a password.
#[derive(Debug)]
pub struct Account {
    pub user_id: UserId,
    pub password_hash: String,
}

/// A person, for lists.
#[derive(Debug)]
pub struct Person {
    pub email: String,
    pub access: UserAccess,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = users, check_for_backend(diesel::pg::Pg))]
struct UserRow {
    id: UserId,
    email: String,
    name: String,
    active: bool,
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
        let (roles, permitted): (_, Vec<BTreeSet<_>>) =
            held.remove(&row.id).unwrap_or_default().into_iter().unzip();
        let permitted = permitted.into_iter().filter(|_| row.active);
        let access = UserAccess {
            id: row.id,
            name: row.name.into(),
            active: row.active,
            roles,
            permissions: permitted.flatten().collect(),
        };
        Person {
            email: row.email,
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
            users::created_at.eq(now),
            users::updated_at.eq(now),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

pub async fn set_password(
    conn: &mut AsyncPgConnection,
    tenant: TenantId,
    user: UserId,
    password_hash: &str,
    now: Timestamp,
) -> Result<()> {
    diesel::update(users::table.find((tenant.0, user.0)))
        .set((
            users::password_hash.eq(password_hash),
            users::updated_at.eq(now),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

pub async fn set_active(
    conn: &mut AsyncPgConnection,
    tenant: TenantId,
    user: UserId,
    active: bool,
    now: Timestamp,
) -> Result<()> {
    diesel::update(users::table.find((tenant.0, user.0)))
        .set((users::active.eq(active), users::updated_at.eq(now)))
        .execute(conn)
        .await?;
    Ok(())
}
