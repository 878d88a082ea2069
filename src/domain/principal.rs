//! Who does it: a user, an API key, or `system`, with what they may do.

use std::borrow::Borrow;
use std::collections::BTreeSet;
use std::sync::Arc;

use arcstr::ArcStr;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::ids::{ApiKeyId, UserId};
use super::reach::{Place, Reach};

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
    /// See departures, and how ready they are.
    #[serde(rename = "departures.read")]
    DeparturesRead,
    /// See tasks of the roles one holds and tasks assigned to oneself.
    #[serde(rename = "tasks.read")]
    TasksRead,
    /// See every task.
    #[serde(rename = "tasks.read_all")]
    TasksReadAll,
    /// Start, complete, block, unblock, reopen and comment on tasks of the roles one holds and tasks assigned to oneself.
    #[serde(rename = "tasks.work")]
    TasksWork,
    /// Start such tasks.
    #[serde(rename = "tasks.start")]
    TasksStart,
    /// Complete such tasks.
    #[serde(rename = "tasks.complete")]
    TasksComplete,
    /// Block and unblock such tasks.
    #[serde(rename = "tasks.block")]
    TasksBlock,
    /// Take such tasks up again when they were completed.
    #[serde(rename = "tasks.reopen")]
    TasksReopen,
    /// Comment on tasks that one sees.
    #[serde(rename = "tasks.comment")]
    TasksComment,
    /// All that tasks.work permits, for every task.
    #[serde(rename = "tasks.work_all")]
    TasksWorkAll,
    /// Create, edit, assign and cancel tasks.
    #[serde(rename = "tasks.write")]
    TasksWrite,
    /// Create tasks.
    #[serde(rename = "tasks.create")]
    TasksCreate,
    /// Edit tasks: title, notes, role, priority, due date.
    #[serde(rename = "tasks.edit")]
    TasksEdit,
    /// Give tasks to somebody, or take them away.
    #[serde(rename = "tasks.assign")]
    TasksAssign,
    /// Say that tasks are not to be done.
    #[serde(rename = "tasks.cancel")]
    TasksCancel,
    /// See jamaah, where they stand and what happened to them.
    #[serde(rename = "jamaah.read")]
    JamaahRead,
    /// Register and edit jamaah.
    #[serde(rename = "jamaah.write")]
    JamaahWrite,
    /// Advance, move, hold, resume and cancel jamaah.
    #[serde(rename = "jamaah.manage")]
    JamaahManage,
    /// Complete a stage of a jamaah by decision, with a reason.
    #[serde(rename = "jamaah.advance")]
    JamaahAdvance,
    /// Move jamaah to another stage.
    #[serde(rename = "jamaah.move")]
    JamaahMove,
    /// Put jamaah on hold, and let them go on.
    #[serde(rename = "jamaah.hold")]
    JamaahHold,
    /// Cancel jamaah.
    #[serde(rename = "jamaah.cancel")]
    JamaahCancel,
    /// Shape the pipeline: stages, their order, windows, limits and templates.
    #[serde(rename = "stages.write")]
    StagesWrite,
    /// Say that one knows of a bottleneck.
    #[serde(rename = "bottlenecks.acknowledge")]
    BottlenecksAcknowledge,
    /// Add and change departures.
    #[serde(rename = "departures.write")]
    DeparturesWrite,
    /// Read manifests in.
    #[serde(rename = "imports.write")]
    ImportsWrite,
    /// Take all data out as CSV or XLSX.
    #[serde(rename = "exports.read")]
    ExportsRead,
    /// See who did what.
    #[serde(rename = "audit.read")]
    AuditRead,
    /// Administer people, roles, sessions and API keys, as far as one's own permissions go.
    #[serde(rename = "users.admin")]
    UsersAdmin,
}

impl Permission {
    pub const ALL: [Self; 30] = [
        Self::PipelineRead,
        Self::DeparturesRead,
        Self::TasksRead,
        Self::TasksReadAll,
        Self::TasksWork,
        Self::TasksStart,
        Self::TasksComplete,
        Self::TasksBlock,
        Self::TasksReopen,
        Self::TasksComment,
        Self::TasksWorkAll,
        Self::TasksWrite,
        Self::TasksCreate,
        Self::TasksEdit,
        Self::TasksAssign,
        Self::TasksCancel,
        Self::JamaahRead,
        Self::JamaahWrite,
        Self::JamaahManage,
        Self::JamaahAdvance,
        Self::JamaahMove,
        Self::JamaahHold,
        Self::JamaahCancel,
        Self::StagesWrite,
        Self::BottlenecksAcknowledge,
        Self::DeparturesWrite,
        Self::ImportsWrite,
        Self::ExportsRead,
        Self::AuditRead,
        Self::UsersAdmin,
    ];

    /// The permission that includes this one.
    pub fn part_of(self) -> Option<Self> {
        Some(match self {
            Self::DeparturesRead => Self::PipelineRead,
            Self::TasksStart
            | Self::TasksComplete
            | Self::TasksBlock
            | Self::TasksReopen
            | Self::TasksComment => Self::TasksWork,
            Self::TasksCreate | Self::TasksEdit | Self::TasksAssign | Self::TasksCancel => {
                Self::TasksWrite
            }
            Self::JamaahAdvance | Self::JamaahMove | Self::JamaahHold | Self::JamaahCancel => {
                Self::JamaahManage
            }
            Self::BottlenecksAcknowledge => Self::StagesWrite,
            _ => return None,
        })
    }

    /// Those that are part of no other.
    pub fn whole() -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(|one| one.part_of().is_none())
    }

    /// Whether somebody who holds these may do it.
    pub fn is_within(self, held: &BTreeSet<Self>) -> bool {
        held.contains(&self) || self.part_of().is_some_and(|whole| held.contains(&whole))
    }

    /// What it lets people do, for those who set up roles.
    pub fn description(self) -> &'static str {
        match self {
            Self::PipelineRead => "See health, stages, bottlenecks and departures.",
            Self::DeparturesRead => "See departures, and how ready they are.",
            Self::TasksRead => "See tasks of the roles one holds and tasks assigned to oneself.",
            Self::TasksReadAll => "See every task.",
            Self::TasksWork => {
                "Start, complete, block, unblock, reopen and comment on tasks of the roles one holds and tasks assigned to oneself."
            }
            Self::TasksStart => "Start such tasks.",
            Self::TasksComplete => "Complete such tasks.",
            Self::TasksBlock => "Block and unblock such tasks.",
            Self::TasksReopen => "Take such tasks up again when they were completed.",
            Self::TasksComment => "Comment on tasks that one sees.",
            Self::TasksWorkAll => "All that tasks.work permits, for every task.",
            Self::TasksWrite => "Create, edit, assign and cancel tasks.",
            Self::TasksCreate => "Create tasks.",
            Self::TasksEdit => "Edit tasks: title, notes, role, priority, due date.",
            Self::TasksAssign => "Give tasks to somebody, or take them away.",
            Self::TasksCancel => "Say that tasks are not to be done.",
            Self::JamaahRead => "See jamaah, where they stand and what happened to them.",
            Self::JamaahWrite => "Register and edit jamaah.",
            Self::JamaahManage => "Advance, move, hold, resume and cancel jamaah.",
            Self::JamaahAdvance => "Complete a stage of a jamaah by decision, with a reason.",
            Self::JamaahMove => "Move jamaah to another stage.",
            Self::JamaahHold => "Put jamaah on hold, and let them go on.",
            Self::JamaahCancel => "Cancel jamaah.",
            Self::StagesWrite => {
                "Shape the pipeline: stages, their order, windows, limits and templates."
            }
            Self::BottlenecksAcknowledge => "Say that one knows of a bottleneck.",
            Self::DeparturesWrite => "Add and change departures.",
            Self::ImportsWrite => "Read manifests in.",
            Self::ExportsRead => "Take all data out as CSV or XLSX.",
            Self::AuditRead => "See who did what.",
            Self::UsersAdmin => {
                "Administer people, roles, sessions and API keys, as far as one's own permissions go."
            }
        }
    }
}

/// Permissions from their words. Words of a newer program are nothing here.
pub fn permissions<'a>(words: impl IntoIterator<Item = &'a str>) -> BTreeSet<Permission> {
    words
        .into_iter()
        .filter_map(|word| serde_json::from_value(Value::from(word)).ok())
        .collect()
}

/// The key of a tenant's role, such as `visa-admin`. Shared text behind one
/// pointer: many tasks carry the same few roles.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RoleKey(ArcStr);

impl utoipa::PartialSchema for RoleKey {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        String::schema()
    }
}

impl utoipa::ToSchema for RoleKey {}

impl RoleKey {
    pub fn new(key: &str) -> Self {
        Self(ArcStr::from(key))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for RoleKey {
    fn borrow(&self) -> &str {
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
    /// What they may do everywhere.
    pub permissions: BTreeSet<Permission>,
    /// What they may do within limits.
    pub reach: Reach,
}

impl Principal {
    pub fn system() -> Self {
        Self {
            actor: Actor::System,
            display_name: Arc::from("system"),
            roles: BTreeSet::new(),
            permissions: Permission::ALL.into_iter().collect(),
            reach: Reach::default(),
        }
    }

    /// May do this somewhere; where exactly, the others say.
    pub fn may(&self, permission: Permission) -> bool {
        self.may_everywhere(permission) || self.reach.permits_somewhere(permission)
    }

    /// May do this without any limit.
    pub fn may_everywhere(&self, permission: Permission) -> bool {
        permission.is_within(&self.permissions)
    }

    /// May do this with a task there.
    pub fn may_at(&self, permission: Permission, place: &Place<'_>) -> bool {
        self.may_everywhere(permission)
            || self.reach.permits_at(permission, place.stage, place.agent)
    }

    /// May do this with a jamaah who has this agent.
    pub fn may_with(&self, permission: Permission, agent: Option<&str>) -> bool {
        self.may_everywhere(permission) || self.reach.permits_at(permission, None, agent)
    }

    /// May learn who else is at work. An agent may not: the others are competitors.
    pub fn sees_colleagues(&self) -> bool {
        self.may_everywhere(Permission::TasksRead)
            || self.may_everywhere(Permission::TasksReadAll)
            || !self.reach.is_for_own_jamaah()
    }

    pub fn sees_task(&self, place: &Place<'_>) -> bool {
        self.may_at(Permission::TasksReadAll, place)
            || (self.may_at(Permission::TasksRead, place) && self.is_theirs(place))
    }

    /// May do this part of the work on a task there.
    pub fn works_task(&self, part: Permission, place: &Place<'_>) -> bool {
        self.may_at(Permission::TasksWorkAll, place)
            || (self.may_at(part, place) && self.is_theirs(place))
    }

    /// Of a role they hold, or assigned to them.
    fn is_theirs(&self, place: &Place<'_>) -> bool {
        self.roles.contains(place.role) || self.is(place.assignee)
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

    #[test]
    fn a_permission_includes_its_parts_and_a_part_not_the_whole() {
        let held = BTreeSet::from([Permission::TasksWork]);
        assert!(Permission::TasksComplete.is_within(&held));
        assert!(!Permission::TasksEdit.is_within(&held));
        let held = BTreeSet::from([Permission::TasksComplete]);
        assert!(!Permission::TasksWork.is_within(&held));
        for part in Permission::ALL {
            let whole = part.part_of();
            assert!(
                whole.is_none_or(|whole| whole.part_of().is_none()),
                "{part:?}"
            );
        }
    }
}
