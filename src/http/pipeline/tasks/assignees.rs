//! Whom a task can be assigned to: active users of the tenant.

use std::time::Duration;

use moka::sync::Cache;

use crate::db::{self, Connection, users};
use crate::domain::ids::{TenantId, UserId};
use crate::error::ApiError;
use crate::http::auth::authorized::Authorized;

/// How long somebody found active is taken to be so.
const FRESH: Duration = Duration::from_secs(10);
const AT_MOST: u64 = 10_000;

/// Those found active lately.
#[derive(Debug)]
pub struct Assignees {
    active: Cache<(TenantId, UserId), ()>,
}

impl Default for Assignees {
    fn default() -> Self {
        let active = Cache::builder()
            .max_capacity(AT_MOST)
            .time_to_live(FRESH)
            .build();
        Self { active }
    }
}

impl Assignees {
    /// Makes the next command that assigns somebody look again.
    pub fn forget(&self) {
        self.active.invalidate_all();
    }
}

/// Refuses to assign a task to anybody else. Nobody is fine.
pub async fn check_assignee<P>(
    authorized: &Authorized<P>,
    assignee: Option<UserId>,
) -> Result<(), ApiError> {
    let Some(user) = assignee else { return Ok(()) };
    let (tenant, app) = (authorized.tenant_id(), &authorized.app);
    if app.assignees.active.contains_key(&(tenant, user)) {
        return Ok(());
    }
    let active = app
        .db
        .read("assignee", tenant, async |conn: &mut Connection| {
            users::is_active(conn, tenant, user).await
        })
        .await
        .map_err(|error: db::Error| ApiError::of_database(error))?;
    if !active {
        return Err(ApiError::field("assignee", "is not an active user"));
    }
    app.assignees.active.insert((tenant, user), ());
    Ok(())
}
