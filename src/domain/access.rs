//! Rights as the log tells of them: what a user, a role or an API key may do
//! after a change, and sessions that have ended. Whoever follows the log knows
//! from these rows alone when somebody may see more or less than before: a
//! role that changes is followed by every user for whom that makes a difference.
//!
//! Nothing here is secret: no address, no password, no token, not even hashed.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

use super::ids::{ApiKeyId, RoleId, SessionId, StageId, UserId};
use super::principal::{Actor, Permission, RoleKey, permissions};
use super::reach::{Grant, Reach};

/// One changed row of the accounts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccessRow {
    User(UserAccess),
    Session(EndedSession),
    Role(RoleAccess),
    ApiKey(KeyAccess),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserAccess {
    pub id: UserId,
    pub name: Arc<str>,
    pub active: bool,
    pub roles: BTreeSet<RoleKey>,
    /// What the roles permit everywhere, together; nothing while not active.
    #[serde(deserialize_with = "known")]
    pub permissions: BTreeSet<Permission>,
    /// What they permit within limits, and whose agent the person is.
    #[serde(flatten)]
    pub reach: Reach,
    /// Another with every event about them.
    #[serde(default = "first")]
    pub version: i32,
}

/// A session that is over, or all that a user had when this was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndedSession {
    /// `None` is all of them.
    pub id: Option<SessionId>,
    pub user_id: UserId,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleAccess {
    pub id: RoleId,
    pub key: RoleKey,
    pub name: Arc<str>,
    #[serde(deserialize_with = "known")]
    pub permissions: BTreeSet<Permission>,
    /// The limit to tasks of these stages; `None` is all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stages: Option<BTreeSet<StageId>>,
    /// The limit to jamaah whose agent the holder is.
    #[serde(default)]
    pub own_jamaah: bool,
    #[serde(default = "first")]
    pub version: i32,
}

impl RoleAccess {
    /// What it permits within its limits, if it has any.
    pub fn grant(&self) -> Option<Grant> {
        (self.own_jamaah || self.stages.is_some()).then(|| Grant {
            permissions: self.permissions.clone(),
            stages: self.stages.clone(),
            own_jamaah: self.own_jamaah,
        })
    }
}

/// A key names its permissions itself; its roles only say whose tasks are its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyAccess {
    pub id: ApiKeyId,
    pub name: Arc<str>,
    pub roles: BTreeSet<RoleKey>,
    /// All there are, for a key that lists none.
    #[serde(deserialize_with = "known")]
    pub permissions: BTreeSet<Permission>,
    pub revoked: bool,
    #[serde(default = "first")]
    pub version: i32,
}

impl AccessRow {
    /// `subject_type` of the event.
    pub fn subject_type(&self) -> &'static str {
        match self {
            Self::User(_) => "user",
            Self::Session(_) => "session",
            Self::Role(_) => "role",
            Self::ApiKey(_) => "api_key",
        }
    }

    /// `subject_id` of the event. All sessions of a user go by the user's id.
    pub fn subject_id(&self) -> Uuid {
        match self {
            Self::User(row) => row.id.0,
            Self::Session(row) => row.id.map_or(row.user_id.0, |id| id.0),
            Self::Role(row) => row.id.0,
            Self::ApiKey(row) => row.id.0,
        }
    }

    /// Whose rights these are. A role is nobody in particular.
    pub fn actor(&self) -> Option<Actor> {
        match self {
            Self::User(row) => Some(Actor::User(row.id)),
            Self::Session(row) => Some(Actor::User(row.user_id)),
            Self::Role(_) => None,
            Self::ApiKey(row) => Some(Actor::ApiKey(row.id)),
        }
    }
}

impl Serialize for AccessRow {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::User(row) => row.serialize(serializer),
            Self::Session(row) => row.serialize(serializer),
            Self::Role(row) => row.serialize(serializer),
            Self::ApiKey(row) => row.serialize(serializer),
        }
    }
}

/// Of rows that were written before they had one.
fn first() -> i32 {
    1
}

/// The log may have been written by a newer program, which knows more permissions.
fn known<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeSet<Permission>, D::Error> {
    let words = Vec::<String>::deserialize(deserializer)?;
    Ok(permissions(words.iter().map(String::as_str)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn permissions_of_a_newer_program_are_left_out_when_read() {
        let text = r#"{"id":"019ab000-0000-7000-8000-000000000001","key":"auditor","name":"Auditor",
            "permissions":["tasks.read","moon.walk"]}"#;
        let role: RoleAccess = serde_json::from_str(text).unwrap();
        assert_eq!(role.permissions, BTreeSet::from([Permission::TasksRead]));
    }
}
