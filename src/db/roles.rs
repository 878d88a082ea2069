//! The roles of a tenant.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::Result;
use super::schema::roles;
use crate::domain::ids::TenantId;
use crate::domain::principal::RoleKey;

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
