//! What can be asked of the task board.

use std::collections::BTreeSet;
use std::str::FromStr;

use crate::domain::ids::{DepartureId, JamaahId, StageId, UserId};
use crate::domain::pipeline::listing::Unrecognised;
use crate::domain::pipeline::task::{Bucket, Priority, TaskStatus};
use crate::domain::principal::{Actor, Permission, Principal, RoleKey};
use crate::domain::reach::{Place, agent_key};

/// A page of tasks. Lists that are empty do not filter; a list of several
/// values keeps tasks that have one of them; different filters must all hold.
#[derive(Clone, Debug)]
pub struct TaskQuery {
    pub visibility: Visibility,
    pub roles: Vec<RoleKey>,
    /// Empty: open tasks only.
    pub statuses: Vec<StatusTerm>,
    pub buckets: Vec<Bucket>,
    pub stages: Vec<StageId>,
    pub assignee: Option<AssigneeFilter>,
    pub priorities: Vec<Priority>,
    pub departure: Option<DepartureId>,
    pub jamaah: Option<JamaahId>,
    /// Words that must each be in the jamaah's name, the passport number or
    /// the task's title, regardless of case.
    pub q: Option<String>,
    pub sort: TaskSort,
    /// From 1.
    pub page: u32,
    pub limit: u32,
}

impl TaskQuery {
    /// The first page of the open tasks that somebody may see.
    pub fn seen_by(visibility: Visibility) -> Self {
        Self {
            visibility,
            roles: Vec::new(),
            statuses: Vec::new(),
            buckets: Vec::new(),
            stages: Vec::new(),
            assignee: None,
            priorities: Vec::new(),
            departure: None,
            jamaah: None,
            q: None,
            sort: TaskSort::default(),
            page: 1,
            limit: 20,
        }
    }

    /// The buckets asked for; `None` when all are welcome. Statuses that are
    /// nothing but names of buckets ask for buckets.
    pub(super) fn wanted_buckets(&self) -> Option<BTreeSet<Bucket>> {
        let aliases = self.bucket_aliases();
        if self.buckets.is_empty() && aliases.is_none() {
            return None;
        }
        let mut wanted = BTreeSet::from(Bucket::ALL);
        if !self.buckets.is_empty() {
            wanted.retain(|bucket| self.buckets.contains(bucket));
        }
        if let Some(aliases) = aliases {
            wanted.retain(|bucket| aliases.contains(bucket));
        }
        Some(wanted)
    }

    /// The statuses asked for, without those that ask for buckets.
    pub(super) fn wanted_statuses(&self) -> &[StatusTerm] {
        if self.bucket_aliases().is_some() {
            &[]
        } else {
            &self.statuses
        }
    }

    fn bucket_aliases(&self) -> Option<Vec<Bucket>> {
        let bucket = |term: &StatusTerm| match term {
            StatusTerm::Bucket(bucket) => Some(*bucket),
            _ => None,
        };
        let buckets: Option<Vec<Bucket>> = self.statuses.iter().map(bucket).collect();
        buckets.filter(|buckets| !buckets.is_empty())
    }
}

/// A value of the `status` filter: a state, or one of the aliases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatusTerm {
    State(TaskStatus),
    /// Open tasks of this bucket. `blocked` is a state and a bucket at once,
    /// the same tasks either way, and is read as the state.
    Bucket(Bucket),
    /// Open and past its due date.
    Overdue,
    /// Pending, in progress or blocked.
    Open,
    /// Closed tasks too.
    All,
}

impl FromStr for StatusTerm {
    type Err = Unrecognised;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(match text {
            "pending" => Self::State(TaskStatus::Pending),
            "in_progress" => Self::State(TaskStatus::InProgress),
            "blocked" => Self::State(TaskStatus::Blocked),
            "completed" => Self::State(TaskStatus::Completed),
            "cancelled" => Self::State(TaskStatus::Cancelled),
            "urgent" => Self::Bucket(Bucket::Urgent),
            "today" => Self::Bucket(Bucket::Today),
            "upcoming" => Self::Bucket(Bucket::Upcoming),
            "later" => Self::Bucket(Bucket::Later),
            "overdue" => Self::Overdue,
            "open" => Self::Open,
            "all" => Self::All,
            _ => return Err(Unrecognised::new("status", text)),
        })
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AssigneeFilter {
    Nobody,
    User(UserId),
}

impl FromStr for AssigneeFilter {
    type Err = Unrecognised;

    /// `none`, or the id of a user.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "none" {
            return Ok(Self::Nobody);
        }
        text.parse()
            .map(Self::User)
            .map_err(|_| Unrecognised::new("assignee", text))
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TaskSortKey {
    /// Departure risk high, medium, low, unknown; in each the smallest chance
    /// of being ready, then the departure date, then what is due first, then
    /// the higher priority.
    #[default]
    Risk,
    /// Without a due date last, in both directions.
    DueAt,
    /// Low first.
    Priority,
    CreatedAt,
    UpdatedAt,
    /// The jamaah's name, regardless of case, then the passport number.
    Name,
}

/// The order of a page. Tasks that are equal keep the order they came into
/// memory in, so that pages neither repeat nor skip a task.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TaskSort {
    pub key: TaskSortKey,
    pub descending: bool,
}

impl FromStr for TaskSort {
    type Err = Unrecognised;

    /// A key, with `-` before it for the other way round.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (name, descending) = text
            .strip_prefix('-')
            .map_or((text, false), |name| (name, true));
        let key = match name {
            "risk" => TaskSortKey::Risk,
            "due_at" => TaskSortKey::DueAt,
            "priority" => TaskSortKey::Priority,
            "created_at" => TaskSortKey::CreatedAt,
            "updated_at" => TaskSortKey::UpdatedAt,
            "name" => TaskSortKey::Name,
            _ => return Err(Unrecognised::new("sort", text)),
        };
        Ok(Self { key, descending })
    }
}

/// Which tasks a principal may see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Visibility {
    All,
    /// Tasks of these roles, and those assigned to this user.
    Roles {
        roles: BTreeSet<RoleKey>,
        user: Option<UserId>,
    },
    /// What any of these shows.
    Parts(Vec<Part>),
}

/// What one grant shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Of the tasks within the limits; not parts again.
    pub tasks: Visibility,
    pub stages: Option<BTreeSet<StageId>>,
    /// Of those whose jamaah have this agent, as [`agent_key`] spells it.
    pub agent: Option<String>,
}

/// None.
impl Default for Visibility {
    fn default() -> Self {
        Self::Roles {
            roles: BTreeSet::new(),
            user: None,
        }
    }
}

impl Visibility {
    /// The same answer for many tasks that `Principal::sees_task` gives for one.
    pub fn of(principal: &Principal) -> Self {
        let everywhere = Self::permitted(principal, |one| principal.may_everywhere(one));
        if !principal.reach.is_limited() {
            return everywhere;
        }
        let whole = Part {
            tasks: everywhere,
            stages: None,
            agent: None,
        };
        let grants = principal.reach.grants.iter().filter_map(|grant| {
            let me = principal.reach.agent.as_deref().map(agent_key);
            Some(Part {
                tasks: Self::permitted(principal, |one| grant.permits(one)),
                stages: grant.stages.clone(),
                // nobody's agent sees nobody
                agent: if grant.own_jamaah { Some(me?) } else { None },
            })
        });
        Self::Parts([whole].into_iter().chain(grants).collect())
    }

    fn permitted(principal: &Principal, permits: impl Fn(Permission) -> bool) -> Self {
        if permits(Permission::TasksReadAll) {
            return Self::All;
        }
        if !permits(Permission::TasksRead) {
            return Self::default();
        }
        let user = match principal.actor {
            Actor::User(user) => Some(user),
            Actor::ApiKey(_) | Actor::System => None,
        };
        Self::Roles {
            roles: principal.roles.clone(),
            user,
        }
    }

    pub fn includes(&self, place: &Place<'_>) -> bool {
        match self {
            Self::All => true,
            Self::Roles { roles, user } => {
                roles.contains(place.role) || user.is_some() && *user == place.assignee
            }
            Self::Parts(parts) => parts.iter().any(|part| part.includes(place)),
        }
    }
}

impl Part {
    fn includes(&self, place: &Place<'_>) -> bool {
        let in_stage = self
            .stages
            .as_ref()
            .is_none_or(|stages| place.stage.is_some_and(|stage| stages.contains(&stage)));
        let is_own = self
            .agent
            .as_ref()
            .is_none_or(|me| place.agent.is_some_and(|agent| agent_key(agent) == *me));
        in_stage && is_own && self.tasks.includes(place)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::domain::reach::{Grant, Reach};

    #[test]
    fn blocked_is_read_as_the_state_and_other_buckets_as_buckets() {
        let term = |text: &str| text.parse::<StatusTerm>();
        assert_eq!(term("blocked"), Ok(StatusTerm::State(TaskStatus::Blocked)));
        assert_eq!(term("urgent"), Ok(StatusTerm::Bucket(Bucket::Urgent)));
        assert_eq!(term("overdue"), Ok(StatusTerm::Overdue));
        assert_eq!(
            term("done"),
            Err(Unrecognised {
                what: "status",
                text: "done".into()
            })
        );
    }

    #[test]
    fn statuses_that_are_all_buckets_ask_for_buckets() {
        let query = |statuses: &[&str], buckets: &[Bucket]| TaskQuery {
            statuses: statuses.iter().map(|text| text.parse().unwrap()).collect(),
            buckets: buckets.to_vec(),
            ..TaskQuery::seen_by(Visibility::All)
        };
        let both = query(&["urgent", "today"], &[]);
        let wanted = BTreeSet::from([Bucket::Urgent, Bucket::Today]);
        assert_eq!(both.wanted_buckets(), Some(wanted));
        assert_eq!(both.wanted_statuses(), []);
        let mixed = query(&["urgent", "completed"], &[]);
        assert_eq!(mixed.wanted_buckets(), None);
        assert_eq!(mixed.wanted_statuses().len(), 2);
        let never = query(&["urgent"], &[Bucket::Later]);
        assert_eq!(never.wanted_buckets(), Some(BTreeSet::new()));
    }

    #[test]
    fn a_sort_is_a_key_with_a_sign() {
        let descending = TaskSort {
            key: TaskSortKey::DueAt,
            descending: true,
        };
        assert_eq!("-due_at".parse(), Ok(descending));
        assert_eq!("risk".parse(), Ok(TaskSort::default()));
        assert!("--risk".parse::<TaskSort>().is_err() && "".parse::<TaskSort>().is_err());
        assert_eq!("none".parse(), Ok(AssigneeFilter::Nobody));
        assert!("me".parse::<AssigneeFilter>().is_err());
    }

    #[test]
    fn visibility_is_what_the_principal_sees_of_each_task() {
        let [visa, travel] = ["visa-admin", "travel-admin"].map(RoleKey::new);
        let [me, other] = [1, 2].map(|id| UserId(uuid::Uuid::from_u128(id)));
        let [first, second] = [1, 2].map(|id| StageId(uuid::Uuid::from_u128(id)));
        let permissions: [&[Permission]; 3] = [
            &[],
            &[Permission::TasksRead],
            &[Permission::TasksRead, Permission::TasksReadAll],
        ];
        let mut reaches = vec![Reach::default()];
        for permissions in permissions {
            for stages in [None, Some(BTreeSet::from([first]))] {
                for agent in [None, Some(Arc::from("Pak Udin"))] {
                    reaches.push(Reach {
                        grants: vec![Grant {
                            permissions: permissions.iter().copied().collect(),
                            own_jamaah: stages.is_none() || agent.is_some(),
                            stages: stages.clone(),
                        }],
                        agent,
                    });
                }
            }
        }
        let key = crate::domain::ids::ApiKeyId(uuid::Uuid::nil());
        let mut seen = 0;
        for (permissions, reach) in permissions
            .into_iter()
            .flat_map(|one| reaches.iter().map(move |reach| (one, reach)))
        {
            for actor in [Actor::User(me), Actor::ApiKey(key)] {
                let principal = Principal {
                    actor,
                    display_name: Arc::from("somebody"),
                    roles: BTreeSet::from([visa.clone()]),
                    permissions: permissions.iter().copied().collect(),
                    reach: reach.clone(),
                };
                let visibility = Visibility::of(&principal);
                for role in [&visa, &travel] {
                    for assignee in [None, Some(me), Some(other)] {
                        for stage in [first, second] {
                            for agent in [None, Some("pak  udin"), Some("Bu Sri")] {
                                let place = Place {
                                    role,
                                    assignee,
                                    stage: Some(stage),
                                    agent,
                                };
                                let sees = principal.sees_task(&place);
                                assert_eq!(
                                    visibility.includes(&place),
                                    sees,
                                    "{principal:?} {place:?}"
                                );
                                seen += u32::from(sees);
                            }
                        }
                    }
                }
            }
        }
        assert!(seen > 100);
    }
}
