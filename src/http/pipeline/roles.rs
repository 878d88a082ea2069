//! Which roles can be named in tasks, stages and templates: those of the tenant.

use std::sync::Arc;
use std::time::Duration;

use moka::sync::Cache;

use crate::db::{self, Connection, roles};
use crate::domain::ids::TenantId;
use crate::domain::pipeline::refusal::Fields;
use crate::domain::principal::RoleKey;
use crate::error::ApiError;
use crate::http::auth::authorized::Authorized;

/// How long a role that was there is taken to be there still.
const FRESH: Duration = Duration::from_secs(10);
const AT_MOST: u64 = 10_000;

/// The roles of tenants as they were lately.
#[derive(Debug)]
pub struct Roles {
    known: Cache<TenantId, Arc<[RoleKey]>>,
}

impl Default for Roles {
    fn default() -> Self {
        let known = Cache::builder()
            .max_capacity(AT_MOST)
            .time_to_live(FRESH)
            .build();
        Self { known }
    }
}

impl Roles {
    /// They may have changed.
    pub fn forget(&self, tenant: TenantId) {
        self.known.invalidate(&tenant);
    }
}

/// Refuses fields that name a role which the tenant does not have, and says
/// which ones there are.
pub async fn check_roles<P>(
    authorized: &Authorized<P>,
    named: &[(String, RoleKey)],
) -> Result<(), ApiError> {
    let (tenant, app) = (authorized.tenant_id(), &authorized.app);
    let has_all = |known: &Arc<[RoleKey]>| named.iter().all(|(_, role)| known.contains(role));
    if named.is_empty() || app.roles.known.get(&tenant).as_ref().is_some_and(has_all) {
        return Ok(());
    }
    // what is not known may have been added since
    let known = app
        .db
        .read("roles", tenant, async |conn: &mut Connection| {
            roles::keys(conn, tenant).await
        })
        .await
        .map_err(|error: db::Error| ApiError::of_database(error))?;
    let known: Arc<[RoleKey]> = known.into();
    app.roles.known.insert(tenant, known.clone());
    let mut fields = Fields::default();
    for (field, _) in named.iter().filter(|(_, role)| !known.contains(role)) {
        let keys: Vec<&str> = known.iter().map(RoleKey::as_str).collect();
        let complaint = format!(
            "is not a role of this tenant; there are {}",
            keys.join(", ")
        );
        fields.add(field, complaint);
    }
    Ok(fields.check()?)
}
