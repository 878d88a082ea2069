//! `/api-keys`: keys of other programs.

pub mod change;
pub mod list;

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::db::api_keys::Listed;
use crate::domain::ids::ApiKeyId;
use crate::domain::principal::{Actor, Permission, RoleKey};
use crate::domain::time::Timestamp;

pub fn routes(config: &mut ServiceConfig) {
    config
        .service(list::list_api_keys)
        .service(change::create_api_key)
        .service(list::get_api_key)
        .service(change::rotate_api_key)
        .service(change::revoke_api_key);
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum KeyState {
    Active,
    /// Ended by itself.
    Expired,
    /// For good.
    Revoked,
}

/// A key of another program.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct ApiKeyInfo {
    pub id: ApiKeyId,
    #[schema(value_type = String, example = "Accounting")]
    pub name: Arc<str>,
    /// Its public half: what stands between `lajur_` and the next `_`.
    #[schema(example = "5f2b8c0e9d1a")]
    pub prefix: String,
    /// What it may do.
    pub permissions: BTreeSet<Permission>,
    /// Whose tasks are its own.
    pub roles: BTreeSet<RoleKey>,
    pub state: KeyState,
    pub created_at: DateTime<Utc>,
    pub created_by: Actor,
    /// What they are called now; `null` for the program itself.
    #[schema(value_type = Option<String>)]
    pub created_by_name: Option<Arc<str>>,
    pub expires_at: Option<DateTime<Utc>>,
    /// Exact to the minute; `null` when it was never used.
    pub last_used_at: Option<DateTime<Utc>>,
    /// Of a key that was rotated: the public half of before, and how long it is good.
    pub previous: Option<PreviousKey>,
    /// What `If-Match` takes.
    pub version: i32,
}

#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct PreviousKey {
    pub prefix: String,
    pub good_until: DateTime<Utc>,
}

impl ApiKeyInfo {
    fn of(key: &Listed, by: Option<Arc<str>>, now: Timestamp) -> Self {
        let access = &key.access;
        let expired = key.expires_at.is_some_and(|end| end <= now);
        let previous = key.previous.clone().filter(|(_, until)| *until > now);
        Self {
            id: access.id,
            name: access.name.clone(),
            prefix: key.prefix.clone(),
            permissions: access.permissions.clone(),
            roles: access.roles.clone(),
            state: match (access.revoked, expired) {
                (true, _) => KeyState::Revoked,
                (false, true) => KeyState::Expired,
                (false, false) => KeyState::Active,
            },
            created_at: key.created_at,
            created_by: key.created_by,
            created_by_name: by,
            expires_at: key.expires_at,
            last_used_at: key.last_used_at,
            previous: previous.map(|(prefix, good_until)| PreviousKey { prefix, good_until }),
            version: access.version,
        }
    }
}
