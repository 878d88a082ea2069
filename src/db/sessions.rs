//! Sessions of browsers. One that is not there is over.

use diesel::prelude::*;
use diesel::sql_types::{Array, Bytea, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::Result;
use super::schema::sessions;
use crate::domain::ids::{SessionId, TenantId, UserId};
use crate::domain::time::Timestamp;

/// A session about to be opened.
#[derive(Debug)]
pub struct NewSession {
    pub id: SessionId,
    pub user_id: UserId,
    /// SHA-256 of the cookie.
    pub token_hash: [u8; 32],
    pub csrf_hash: [u8; 32],
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    /// As the browser calls itself.
    pub user_agent: Option<String>,
    /// Where the request came from.
    pub ip: Option<String>,
}

/// A session, for lists.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = sessions, check_for_backend(diesel::pg::Pg))]
pub struct Listed {
    pub id: SessionId,
    pub user_agent: Option<String>,
    pub ip: Option<String>,
    pub created_at: Timestamp,
    pub last_seen_at: Timestamp,
    pub expires_at: Timestamp,
}

/// A valid session with its user and what they may do.
#[derive(Debug, QueryableByName)]
pub struct Found {
    #[diesel(sql_type = Text)]
    pub tenant_slug: String,
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    pub user_id: Uuid,
    #[diesel(sql_type = Text)]
    pub email: String,
    #[diesel(sql_type = Text)]
    pub name: String,
    #[diesel(sql_type = Bytea)]
    pub csrf_token_hash: Vec<u8>,
    #[diesel(sql_type = Array<Text>)]
    pub roles: Vec<String>,
    #[diesel(sql_type = Array<Text>)]
    pub permissions: Vec<String>,
    #[diesel(sql_type = Timestamptz)]
    pub last_seen_at: Timestamp,
    #[diesel(sql_type = Timestamptz)]
    pub expires_at: Timestamp,
    #[diesel(sql_type = Nullable<Text>)]
    pub agent: Option<String>,
    /// Grants, as the log has them.
    #[diesel(sql_type = Jsonb)]
    pub limited: serde_json::Value,
}

/// The session of a cookie, before the tenant is known.
pub async fn find(
    conn: &mut AsyncPgConnection,
    token_hash: &[u8; 32],
    now: Timestamp,
) -> Result<Option<Found>> {
    Ok(diesel::sql_query("SELECT * FROM door_session($1, $2)")
        .bind::<Bytea, _>(token_hash.as_slice())
        .bind::<Timestamptz, _>(now)
        .get_result(conn)
        .await
        .optional()?)
}

/// Whether it has been opened. It is not when the user was deactivated or
/// given another password after `password_hash` had been read: the user's row
/// is locked, so that whoever ends all sessions finds this one or prevents it.
pub async fn open(
    conn: &mut AsyncPgConnection,
    tenant: TenantId,
    new: &NewSession,
    password_hash: &str,
) -> Result<bool> {
    end_overdue(conn, tenant, new.user_id, new.created_at).await?;
    let sql = "INSERT INTO sessions (tenant_id, id, user_id, token_hash, csrf_token_hash, created_at, last_seen_at, expires_at, user_agent, ip) \
               SELECT u.tenant_id, $2, u.id, $4, $5, $6, $6, $7, $9, $10 FROM users u \
               WHERE u.tenant_id = $1 AND u.id = $3 AND u.active AND u.password_hash = $8 FOR SHARE";
    let opened = diesel::sql_query(sql)
        .bind::<SqlUuid, _>(tenant.0)
        .bind::<SqlUuid, _>(new.id.0)
        .bind::<SqlUuid, _>(new.user_id.0)
        .bind::<Bytea, _>(new.token_hash.as_slice())
        .bind::<Bytea, _>(new.csrf_hash.as_slice())
        .bind::<Timestamptz, _>(new.created_at)
        .bind::<Timestamptz, _>(new.expires_at)
        .bind::<Text, _>(password_hash)
        .bind::<Nullable<Text>, _>(&new.user_agent)
        .bind::<Nullable<Text>, _>(&new.ip)
        .execute(conn)
        .await?;
    Ok(opened > 0)
}

/// Whether it is not over.
pub async fn is_open(
    conn: &mut AsyncPgConnection,
    tenant: TenantId,
    session: SessionId,
    now: Timestamp,
) -> Result<bool> {
    let open = sessions::table.filter(
        sessions::tenant_id
            .eq(tenant.0)
            .and(sessions::id.eq(session.0))
            .and(sessions::expires_at.gt(now)),
    );
    let open = diesel::select(diesel::dsl::exists(open));
    Ok(open.get_result(conn).await?)
}

/// A user's sessions that are not over, the newest first.
pub async fn list(
    conn: &mut AsyncPgConnection,
    tenant: TenantId,
    user: UserId,
    now: Timestamp,
) -> Result<Vec<Listed>> {
    Ok(sessions::table
        .filter(
            sessions::tenant_id
                .eq(tenant.0)
                .and(sessions::user_id.eq(user.0))
                .and(sessions::expires_at.gt(now)),
        )
        .order(sessions::id.desc())
        .select(Listed::as_select())
        .load(conn)
        .await?)
}

/// Notes that a session is in use. By whoever answers requests.
pub async fn touch(
    conn: &mut AsyncPgConnection,
    tenant: TenantId,
    session: SessionId,
    now: Timestamp,
) -> Result<()> {
    let found = sessions::table
        .find((tenant.0, session.0))
        .filter(sessions::last_seen_at.lt(now));
    diesel::update(found)
        .set(sessions::last_seen_at.eq(now))
        .execute(conn)
        .await?;
    Ok(())
}

/// Ends one, if it is this user's.
pub async fn end_of(
    conn: &mut AsyncPgConnection,
    tenant: TenantId,
    user: UserId,
    session: SessionId,
) -> Result<bool> {
    let theirs = sessions::table
        .find((tenant.0, session.0))
        .filter(sessions::user_id.eq(user.0));
    Ok(diesel::delete(theirs).execute(conn).await? > 0)
}

/// Ends all that a user has but one, and says which they were.
pub async fn end_others(
    conn: &mut AsyncPgConnection,
    tenant: TenantId,
    user: UserId,
    keep: Option<SessionId>,
) -> Result<Vec<SessionId>> {
    let keep = keep.map_or(Uuid::nil(), |session| session.0);
    let others = sessions::table.filter(
        sessions::tenant_id
            .eq(tenant.0)
            .and(sessions::user_id.eq(user.0))
            .and(sessions::id.ne(keep)),
    );
    Ok(diesel::delete(others)
        .returning(sessions::id)
        .get_results(conn)
        .await?)
}

/// Ends one, and says whose it was.
pub async fn end(
    conn: &mut AsyncPgConnection,
    tenant: TenantId,
    session: SessionId,
) -> Result<Option<UserId>> {
    Ok(diesel::delete(sessions::table.find((tenant.0, session.0)))
        .returning(sessions::user_id)
        .get_result(conn)
        .await
        .optional()?)
}

/// Clears away a user's sessions that have ended by themselves.
async fn end_overdue(
    conn: &mut AsyncPgConnection,
    tenant: TenantId,
    user: UserId,
    now: Timestamp,
) -> Result<()> {
    let overdue = sessions::table.filter(
        sessions::tenant_id
            .eq(tenant.0)
            .and(sessions::user_id.eq(user.0))
            .and(sessions::expires_at.le(now)),
    );
    diesel::delete(overdue).execute(conn).await?;
    Ok(())
}

/// Ends all that a user has.
pub async fn end_all(conn: &mut AsyncPgConnection, tenant: TenantId, user: UserId) -> Result<()> {
    let theirs = sessions::table.filter(
        sessions::tenant_id
            .eq(tenant.0)
            .and(sessions::user_id.eq(user.0)),
    );
    diesel::delete(theirs).execute(conn).await?;
    Ok(())
}
