//! Why a stage holds people up, as codes and numbers: sentences are the client's.

use std::sync::Arc;

use serde::Serialize;

use super::evidence::Evidence;
use super::significance::over_represented;
use crate::domain::ids::{DepartureId, StageId, UserId};
use crate::domain::pipeline::listing::count;
use crate::domain::pipeline::statistics::share;
use crate::domain::pipeline::tallies::StageTally;
use crate::domain::pipeline::view::View;
use crate::domain::principal::RoleKey;
use crate::domain::time::Timestamp;

/// No list of causes is longer.
pub const MOST: usize = 5;

#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
#[schema(as = BottleneckCause)]
pub struct Cause {
    /// Why tasks here are blocked, the most frequent five.
    pub blockers: Vec<Blocker>,
    pub queue: Queue,
    /// What those late here have in common, the strongest five.
    pub over_represented: Vec<OverRepresented>,
}

#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
#[schema(as = BottleneckBlocker)]
pub struct Blocker {
    /// As it was given when the task was blocked.
    #[schema(value_type = String)]
    pub reason: Arc<str>,
    /// Tasks blocked for it.
    pub tasks: u32,
}

/// Who holds the open tasks of the stage.
#[derive(Clone, Debug, Default, PartialEq, Serialize, utoipa::ToSchema)]
#[schema(as = BottleneckQueue)]
pub struct Queue {
    pub open_tasks: u32,
    /// Of these, assigned to nobody.
    pub unassigned: u32,
    /// People that tasks are assigned to.
    pub assignees: u32,
    /// The person with the most; `null` when all are unassigned.
    pub top_assignee: Option<AssigneeLoad>,
    /// The role with the most.
    pub top_role: Option<RoleLoad>,
}

#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub struct AssigneeLoad {
    pub user_id: UserId,
    pub tasks: u32,
    /// Of the stage's open tasks.
    pub share: f64,
}

#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub struct RoleLoad {
    pub role: RoleKey,
    pub tasks: u32,
    /// Of the stage's open tasks.
    pub share: f64,
}

/// Something that those late have more often than others in the stage.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub struct OverRepresented {
    #[serde(flatten)]
    pub variable: Variable,
    /// Late people with it.
    pub late: u32,
    /// People in the stage with it.
    pub inside: u32,
    /// Its share among those late / its share among all in the stage.
    pub lift: f64,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, utoipa::ToSchema)]
#[serde(tag = "variable", content = "value", rename_all = "snake_case")]
#[schema(as = BottleneckVariable)]
pub enum Variable {
    #[schema(value_type = String)]
    Package(Arc<str>),
    /// The agent who brought the jamaah.
    #[schema(value_type = String)]
    Agent(Arc<str>),
    Departure(DepartureId),
    /// Whoever holds an open task of theirs here.
    Assignee(UserId),
}

/// What to do first: the first that applies, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = BottleneckSuggestion)]
pub enum Suggestion {
    /// At least a quarter of the work in progress is blocked.
    ClearBlockers,
    /// More is in progress than the limit allows, and more comes than goes.
    ReduceInflow,
    /// More is in progress than the limit allows, but the stage keeps up.
    RaiseWipLimit,
    /// One of several people holds half of the open tasks or more.
    Rebalance,
    /// More comes than goes.
    AddCapacity,
    /// The stage keeps up; what is late needs attention.
    ChaseOverdue,
}

impl Suggestion {
    pub(super) fn of(evidence: &Evidence, cause: &Cause) -> Self {
        let filling = evidence.pressure.is_none_or(|pressure| pressure > 1.0);
        let top_share = cause
            .queue
            .top_assignee
            .as_ref()
            .map_or(0.0, |top| top.share);
        if evidence.blocked_share >= 0.25 {
            Self::ClearBlockers
        } else if evidence.limit_use.is_some_and(|share| share > 1.0) {
            if filling {
                Self::ReduceInflow
            } else {
                Self::RaiseWipLimit
            }
        } else if cause.queue.assignees > 1 && top_share >= 0.5 {
            Self::Rebalance
        } else if filling {
            Self::AddCapacity
        } else {
            Self::ChaseOverdue
        }
    }
}

impl Cause {
    pub(super) fn of(view: &View, stage: StageId, tally: &StageTally, now: Timestamp) -> Self {
        let mut blockers: Vec<Blocker> = tally
            .reasons
            .iter()
            .map(|(reason, tasks)| Blocker {
                reason: reason.clone(),
                tasks: *tasks,
            })
            .collect();
        blockers.sort_by(|a, b| b.tasks.cmp(&a.tasks).then_with(|| a.reason.cmp(&b.reason)));
        blockers.truncate(MOST);
        Self {
            blockers,
            queue: Queue::of(tally),
            over_represented: over_represented(view, stage, tally, now),
        }
    }
}

impl Queue {
    fn of(tally: &StageTally) -> Self {
        let held = || {
            tally
                .assignees
                .iter()
                .filter_map(|(user, tasks)| Some(((*user)?, *tasks)))
        };
        let portion = |tasks: u32| share(tasks, tally.open_tasks).unwrap_or(0.0);
        let top_assignee = held().max_by_key(|(user, tasks)| (*tasks, std::cmp::Reverse(*user)));
        let top_role = tally
            .roles
            .iter()
            .max_by_key(|(role, tasks)| (**tasks, std::cmp::Reverse(*role)));
        Self {
            open_tasks: tally.open_tasks,
            unassigned: tally.assignees.get(&None).copied().unwrap_or(0),
            assignees: count(held().count()),
            top_assignee: top_assignee.map(|(user_id, tasks)| AssigneeLoad {
                user_id,
                tasks,
                share: portion(tasks),
            }),
            top_role: top_role.map(|(role, tasks)| RoleLoad {
                role: role.clone(),
                tasks: *tasks,
                share: portion(*tasks),
            }),
        }
    }
}
