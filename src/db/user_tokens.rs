//! What was mailed to people so that they can set a password. One that is not
//! there has been used, was replaced or is over.

use diesel::prelude::*;
use diesel::sql_types::{Bytea, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::Result;
use super::schema::user_tokens;
use crate::domain::ids::{TenantId, UserId};
use crate::domain::time::Timestamp;

#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// To come for the first time.
    Invitation,
    PasswordReset,
}

impl Purpose {
    pub const ALL: [Self; 2] = [Self::Invitation, Self::PasswordReset];

    pub fn word(self) -> &'static str {
        match self {
            Self::Invitation => "invitation",
            Self::PasswordReset => "password_reset",
        }
    }
}

/// A token about to be mailed.
#[derive(Clone, Debug)]
pub struct NewToken {
    pub id: Uuid,
    pub purpose: Purpose,
    /// SHA-256 of it.
    pub token_hash: [u8; 32],
    pub expires_at: Timestamp,
}

/// What a token is good for.
#[derive(Debug, QueryableByName)]
pub struct Found {
    #[diesel(sql_type = Text)]
    pub tenant_slug: String,
    #[diesel(sql_type = SqlUuid)]
    pub user_id: Uuid,
    #[diesel(sql_type = Text)]
    pub email: String,
    #[diesel(sql_type = Text)]
    pub name: String,
    #[diesel(sql_type = Text)]
    purpose: String,
    #[diesel(sql_type = Timestamptz)]
    pub expires_at: Timestamp,
}

impl Found {
    pub fn is_for(&self, purpose: Purpose) -> bool {
        self.purpose == purpose.word()
    }
}

/// A token that is good, before the tenant is known.
pub async fn find(
    conn: &mut AsyncPgConnection,
    token_hash: &[u8; 32],
    now: Timestamp,
) -> Result<Option<Found>> {
    Ok(diesel::sql_query("SELECT * FROM door_user_token($1, $2)")
        .bind::<Bytea, _>(token_hash.as_slice())
        .bind::<Timestamptz, _>(now)
        .get_result(conn)
        .await
        .optional()?)
}

/// A user has one token of each purpose, the last.
pub async fn replace(
    conn: &mut AsyncPgConnection,
    tenant: TenantId,
    user: UserId,
    new: &NewToken,
    now: Timestamp,
) -> Result<()> {
    let before = user_tokens::table.filter(
        user_tokens::tenant_id
            .eq(tenant.0)
            .and(user_tokens::user_id.eq(user.0))
            .and(user_tokens::purpose.eq(new.purpose.word())),
    );
    diesel::delete(before).execute(conn).await?;
    diesel::insert_into(user_tokens::table)
        .values((
            user_tokens::tenant_id.eq(tenant.0),
            user_tokens::id.eq(new.id),
            user_tokens::user_id.eq(user.0),
            user_tokens::purpose.eq(new.purpose.word()),
            user_tokens::token_hash.eq(new.token_hash.as_slice()),
            user_tokens::created_at.eq(now),
            user_tokens::expires_at.eq(new.expires_at),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Uses a token up, and says whose it was: good once, however many try at once.
pub async fn take(
    conn: &mut AsyncPgConnection,
    tenant: TenantId,
    purpose: Purpose,
    token_hash: &[u8; 32],
    now: Timestamp,
) -> Result<Option<UserId>> {
    let good = user_tokens::table.filter(
        user_tokens::tenant_id
            .eq(tenant.0)
            .and(user_tokens::token_hash.eq(token_hash.as_slice()))
            .and(user_tokens::purpose.eq(purpose.word()))
            .and(user_tokens::expires_at.gt(now)),
    );
    Ok(diesel::delete(good)
        .returning(user_tokens::user_id)
        .get_result(conn)
        .await
        .optional()?)
}

/// Nothing that was mailed to a user before is good any more.
pub async fn withdraw(conn: &mut AsyncPgConnection, tenant: TenantId, user: UserId) -> Result<()> {
    let theirs = user_tokens::table.filter(
        user_tokens::tenant_id
            .eq(tenant.0)
            .and(user_tokens::user_id.eq(user.0)),
    );
    diesel::delete(theirs).execute(conn).await?;
    Ok(())
}
