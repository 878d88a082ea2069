//! A session as people see it.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::db::sessions::{self, Listed};
use crate::db::{self, Connection};
use crate::domain::ids::{SessionId, UserId};
use crate::error::ApiError;
use crate::http::auth::authorized::Authorized;

/// Where somebody is signed in.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct SessionInfo {
    pub id: SessionId,
    /// As the browser calls itself.
    #[schema(example = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")]
    pub user_agent: Option<String>,
    /// Where they signed in from.
    #[schema(example = "203.0.113.7")]
    pub address: Option<String>,
    pub created_at: DateTime<Utc>,
    pub last_seen_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    /// The one that this request came with.
    pub current: bool,
}

/// A user's sessions, the newest first.
pub async fn sessions_of<P>(
    authorized: &Authorized<P>,
    user: UserId,
) -> Result<Vec<SessionInfo>, ApiError> {
    let (app, tenant) = (&authorized.app, authorized.tenant_id());
    let now = app.clock.now();
    let reading = app
        .db
        .read("sessions", tenant, async |conn: &mut Connection| {
            sessions::list(conn, tenant, user, now).await
        });
    let found = reading
        .await
        .map_err(|error: db::Error| ApiError::of_database(error))?;
    let this = authorized.caller.session.as_ref().map(|session| session.id);
    let info = |session: Listed| SessionInfo {
        current: Some(session.id) == this,
        id: session.id,
        user_agent: session.user_agent,
        address: session.ip,
        created_at: session.created_at,
        last_seen_at: session.last_seen_at,
        expires_at: session.expires_at,
    };
    Ok(found.into_iter().map(info).collect())
}
