//! How far permissions reach: everywhere, in some stages, or to the jamaah
//! whose agent somebody is. Roles with limits give [`Grant`]s beside the
//! permissions that hold everywhere; whoever asks about a row says its [`Place`].

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize};

use super::ids::{StageId, UserId};
use super::pipeline::task::Task;
use super::principal::{Permission, RoleKey, permissions};

/// What one role permits within its limits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    #[serde(deserialize_with = "known")]
    pub permissions: BTreeSet<Permission>,
    /// Only for tasks of these stages; `None` is all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stages: Option<BTreeSet<StageId>>,
    /// Only for jamaah whose agent the holder is.
    #[serde(default)]
    pub own_jamaah: bool,
}

/// Everything that somebody may do within limits.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reach {
    #[serde(default, rename = "limited", skip_serializing_if = "Vec::is_empty")]
    pub grants: Vec<Grant>,
    /// As jamaah name their agent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<Arc<str>>,
}

/// Where a task is, as far as permissions ask.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    pub role: &'a RoleKey,
    pub assignee: Option<UserId>,
    pub stage: Option<StageId>,
    /// Of its jamaah.
    pub agent: Option<&'a str>,
}

impl<'a> Place<'a> {
    pub fn of(task: &'a Task, agent: Option<&'a str>) -> Self {
        Self {
            role: &task.role,
            assignee: task.assignee,
            stage: Some(task.stage_id),
            agent,
        }
    }
}

/// Names of agents are the same when their letters are, whatever the case and
/// the spaces between.
pub fn agent_key(name: &str) -> String {
    let words: Vec<String> = name.split_whitespace().map(str::to_lowercase).collect();
    words.join(" ")
}

impl Grant {
    pub fn permits(&self, permission: Permission) -> bool {
        let honoured = (self.stages.is_none() || permission.can_be_limited_to_stages())
            && (!self.own_jamaah || permission.can_be_limited_to_own());
        // one that nobody would hold to its limits is none
        honoured && permission.is_within(&self.permissions)
    }

    fn holds_in(&self, stage: Option<StageId>) -> bool {
        match (&self.stages, stage) {
            (None, _) => true,
            (Some(stages), Some(stage)) => stages.contains(&stage),
            (Some(_), None) => false,
        }
    }
}

impl Reach {
    pub fn is_limited(&self) -> bool {
        !self.grants.is_empty()
    }

    /// Whether anything is permitted for one's own jamaah alone.
    pub fn is_for_own_jamaah(&self) -> bool {
        self.grants.iter().any(|grant| grant.own_jamaah)
    }

    pub fn permits_somewhere(&self, permission: Permission) -> bool {
        self.grants.iter().any(|grant| grant.permits(permission))
    }

    /// Whether a jamaah with this agent is one's own.
    pub fn is_own(&self, agent: Option<&str>) -> bool {
        match (&self.agent, agent) {
            (Some(me), Some(agent)) => agent_key(me) == agent_key(agent),
            _ => false,
        }
    }

    pub fn permits_at(
        &self,
        permission: Permission,
        stage: Option<StageId>,
        agent: Option<&str>,
    ) -> bool {
        self.grants.iter().any(|grant| {
            grant.permits(permission)
                && grant.holds_in(stage)
                && (!grant.own_jamaah || self.is_own(agent))
        })
    }
}

impl Permission {
    /// What is asked about tasks, whose stage is known.
    pub fn can_be_limited_to_stages(self) -> bool {
        matches!(
            self,
            Self::TasksRead
                | Self::TasksReadAll
                | Self::TasksWork
                | Self::TasksStart
                | Self::TasksComplete
                | Self::TasksBlock
                | Self::TasksReopen
                | Self::TasksComment
                | Self::TasksWorkAll
                | Self::TasksEdit
                | Self::TasksAssign
                | Self::TasksCancel
        )
    }

    /// What is asked about jamaah and their tasks, and nothing that counts others.
    pub fn can_be_limited_to_own(self) -> bool {
        self.can_be_limited_to_stages()
            || matches!(
                self,
                Self::JamaahRead | Self::DeparturesRead | Self::ExportsRead
            )
    }
}

/// The log may have been written by a newer program, which knows more permissions.
fn known<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeSet<Permission>, D::Error> {
    let words = Vec::<String>::deserialize(deserializer)?;
    Ok(permissions(words.iter().map(String::as_str)))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn reach(stages: Option<&[u128]>, own_jamaah: bool, permissions: &[Permission]) -> Reach {
        let stages = stages.map(|ids| ids.iter().map(|id| StageId(Uuid::from_u128(*id))).collect());
        Reach {
            grants: vec![Grant {
                permissions: permissions.iter().copied().collect(),
                stages,
                own_jamaah,
            }],
            agent: Some("Pak  Udin".into()),
        }
    }

    #[test]
    fn a_limit_to_stages_holds_in_them_alone() {
        let reach = reach(Some(&[1]), false, &[Permission::TasksWork]);
        let at = |stage: u128| {
            let stage = Some(StageId(Uuid::from_u128(stage)));
            reach.permits_at(Permission::TasksComplete, stage, None)
        };
        assert_eq!((at(1), at(2)), (true, false));
        assert!(!reach.permits_at(Permission::TasksComplete, None, None));
    }

    #[test]
    fn an_agents_own_are_those_who_name_them() {
        let mut reach = reach(None, true, &[Permission::JamaahRead]);
        let sees = |reach: &Reach, agent| reach.permits_at(Permission::JamaahRead, None, agent);
        assert!(sees(&reach, Some(" pak UDIN")));
        assert!(!sees(&reach, Some("Pak Udin Jaya")) && !sees(&reach, None));
        reach.agent = None;
        assert!(!sees(&reach, None) && !sees(&reach, Some("pak udin")));
    }

    #[test]
    fn what_cannot_be_held_to_a_limit_is_not_permitted_within_it() {
        let all = reach(Some(&[1]), true, &Permission::ALL);
        assert!(!all.permits_somewhere(Permission::UsersAdmin));
        assert!(!all.permits_somewhere(Permission::PipelineRead));
        // of jamaah it is not known in which stage they are
        assert!(!all.permits_somewhere(Permission::JamaahRead));
        assert!(all.permits_somewhere(Permission::TasksRead));
    }
}
