//! The people of a tenant.

use diesel::dsl::exists;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::Result;
use super::schema::users;
use crate::domain::ids::{TenantId, UserId};

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
