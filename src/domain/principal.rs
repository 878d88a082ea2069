//! Who does it: a user, an API key, or `system`, with what they may do.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::ids::{ApiKeyId, UserId};

/// What a principal may do. The text form is what roles store and what
/// `/me` returns.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
)]
pub enum Permission {
    /// See health, stages, bottlenecks and departures.
    #[serde(rename = "pipeline.read")]
    PipelineRead,
    /// See tasks of the roles one holds and tasks assigned to oneself.
    #[serde(rename = "tasks.read")]
    TasksRead,
    /// See every task.
    #[serde(rename = "tasks.read_all")]
    TasksReadAll,
    /// Start, complete, block, unblock, reopen and comment on tasks of the roles one holds.
    #[serde(rename = "tasks.work")]
    TasksWork,
    /// The same for every task.
    #[serde(rename = "tasks.work_all")]
    TasksWorkAll,
    /// Edit, assign and create tasks.
    #[serde(rename = "tasks.write")]
    TasksWrite,
    #[serde(rename = "jamaah.read")]
    JamaahRead,
    /// Register and edit jamaah.
    #[serde(rename = "jamaah.write")]
    JamaahWrite,
    /// Advance, move, hold, resume and cancel jamaah.
    #[serde(rename = "jamaah.manage")]
    JamaahManage,
    #[serde(rename = "stages.write")]
    StagesWrite,
    /// Say that one knows of a bottleneck; whoever may write stages may, too.
    #[serde(rename = "bottlenecks.acknowledge")]
    BottlenecksAcknowledge,
    #[serde(rename = "departures.write")]
    DeparturesWrite,
    #[serde(rename = "imports.write")]
    ImportsWrite,
    /// Take all data out as CSV or XLSX.
    #[serde(rename = "exports.read")]
    ExportsRead,
    /// See who did what.
    #[serde(rename = "audit.read")]
    AuditRead,
    #[serde(rename = "users.admin")]
    UsersAdmin,
}

impl Permission {
    pub const ALL: [Self; 16] = [
        Self::PipelineRead,
        Self::TasksRead,
        Self::TasksReadAll,
        Self::TasksWork,
        Self::TasksWorkAll,
        Self::TasksWrite,
        Self::JamaahRead,
        Self::JamaahWrite,
        Self::JamaahManage,
        Self::StagesWrite,
        Self::BottlenecksAcknowledge,
        Self::DeparturesWrite,
        Self::ImportsWrite,
        Self::ExportsRead,
        Self::AuditRead,
        Self::UsersAdmin,
    ];
}

/// Permissions from their words. Words of a newer program are nothing here.
pub fn permissions<'a>(words: impl IntoIterator<Item = &'a str>) -> BTreeSet<Permission> {
    words
        .into_iter()
        .filter_map(|word| serde_json::from_value(Value::from(word)).ok())
        .collect()
}

/// The key of a tenant's role, such as `visa-admin`. Shared text: many tasks
/// carry the same few roles.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RoleKey(pub Arc<str>);

impl utoipa::PartialSchema for RoleKey {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        String::schema()
    }
}

impl utoipa::ToSchema for RoleKey {}

impl RoleKey {
    pub fn new(key: &str) -> Self {
        Self(Arc::from(key))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Which of the three kinds of principal, and which one. Stored with every event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case", tag = "type", content = "id")]
pub enum Actor {
    User(UserId),
    ApiKey(ApiKeyId),
    /// The program itself: work driven by time, and imports' bookkeeping.
    System,
}

/// An authenticated principal of one tenant.
#[derive(Clone, Debug)]
pub struct Principal {
    pub actor: Actor,
    /// For people and logs; never an address or a secret.
    pub display_name: Arc<str>,
    pub roles: BTreeSet<RoleKey>,
    pub permissions: BTreeSet<Permission>,
}

impl Principal {
    pub fn system() -> Self {
        Self {
            actor: Actor::System,
            display_name: Arc::from("system"),
            roles: BTreeSet::new(),
            permissions: Permission::ALL.into_iter().collect(),
        }
    }

    pub fn may(&self, permission: Permission) -> bool {
        self.permissions.contains(&permission)
    }

    /// May see a task of `role` assigned to `assignee`.
    pub fn sees_task(&self, role: &RoleKey, assignee: Option<UserId>) -> bool {
        self.may(Permission::TasksReadAll)
            || (self.may(Permission::TasksRead) && (self.roles.contains(role) || self.is(assignee)))
    }

    /// May do the work of a task of `role` assigned to `assignee`.
    pub fn works_task(&self, role: &RoleKey, assignee: Option<UserId>) -> bool {
        self.may(Permission::TasksWorkAll)
            || (self.may(Permission::TasksWork) && (self.roles.contains(role) || self.is(assignee)))
    }

    fn is(&self, user: Option<UserId>) -> bool {
        matches!((self.actor, user), (Actor::User(me), Some(user)) if me == user)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_permissions_are_left_out() {
        let set = permissions(["tasks.read", "moon.walk", "users.admin"]);
        assert_eq!(
            set.into_iter().collect::<Vec<_>>(),
            [Permission::TasksRead, Permission::UsersAdmin]
        );
    }
}
