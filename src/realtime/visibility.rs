//! What of an event somebody may see on a channel, by the labels that were
//! stored with it. Nothing is looked up: whoever has the event can decide.

use std::sync::Arc;

use super::channel::Channel;
use crate::domain::ids::{StageId, UserId};
use crate::domain::pipeline::change::Labels;
use crate::domain::principal::{Permission, Principal, RoleKey};
use crate::domain::reach::Place;

/// What visibility goes by.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    pub subject_type: &'a str,
    pub labels: &'a Labels,
    /// Of the row.
    pub stage: Option<StageId>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    Hidden,
    /// It has been moved to somebody else: no more than that is told.
    Gone,
    Whole,
}

/// How `who`, who may subscribe to the channel, sees an event on it.
pub fn sight(channel: &Channel, who: &Principal, facts: &Facts<'_>) -> Sight {
    match (channel, facts.subject_type) {
        (Channel::Tasks, "task" | "comment") => task(who, facts),
        (Channel::RoleTasks(role), "task" | "comment") => {
            within_reach(who, facts, task_of_role(role, facts.labels))
        }
        (Channel::Tasks | Channel::RoleTasks(_), "jamaah" | "jamaah_status" | "stage_instance") => {
            jamaah(who, facts.labels)
        }
        (Channel::User(user), "task" | "comment") => {
            within_reach(who, facts, of_user(*user, facts.labels))
        }
        (Channel::User(user), _) => of_user(*user, facts.labels),
        _ => Sight::Hidden,
    }
}

/// Whoever sees tasks within limits only sees no other.
fn within_reach(who: &Principal, facts: &Facts<'_>, sight: Sight) -> Sight {
    if !who.reach.is_limited() || sight == Sight::Hidden {
        return sight;
    }
    match task(who, facts) {
        Sight::Whole => sight,
        other => other,
    }
}

fn jamaah(who: &Principal, labels: &Labels) -> Sight {
    let sees = |agent: &Option<Arc<str>>| who.may_with(Permission::JamaahRead, agent.as_deref());
    if sees(&labels.agent) {
        Sight::Whole
    } else if labels.from_agent.is_some() && sees(&labels.from_agent) {
        Sight::Gone
    } else {
        Sight::Hidden
    }
}

fn task(who: &Principal, facts: &Facts<'_>) -> Sight {
    let labels = facts.labels;
    let sees = |role: Option<&RoleKey>, assignee| {
        role.is_some_and(|role| {
            who.sees_task(&Place {
                role,
                assignee,
                stage: labels.stage.or(facts.stage),
                agent: labels.agent.as_deref(),
            })
        })
    };
    let role = labels.role.as_ref();
    if sees(role, labels.assignee) {
        return Sight::Whole;
    }
    let moved = labels.from_role.is_some() || labels.from_assignee.is_some();
    let before = labels.from_role.as_ref().or(role);
    if moved && sees(before, labels.from_assignee.or(labels.assignee)) {
        Sight::Gone
    } else {
        Sight::Hidden
    }
}

fn task_of_role(role: &RoleKey, labels: &Labels) -> Sight {
    if labels.role.as_ref() == Some(role) {
        Sight::Whole
    } else if labels.from_role.as_ref() == Some(role) {
        Sight::Gone
    } else {
        Sight::Hidden
    }
}

fn of_user(user: UserId, labels: &Labels) -> Sight {
    if labels.assignee == Some(user) || labels.user == Some(user) {
        Sight::Whole
    } else if labels.from_assignee == Some(user) {
        Sight::Gone
    } else {
        Sight::Hidden
    }
}
