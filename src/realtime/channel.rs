//! What can be subscribed to, what it is called, and by whom.

use std::collections::BTreeSet;

use crate::domain::ids::{ImportId, UserId};
use crate::domain::principal::{Actor, Permission, Principal, RoleKey};
use crate::domain::reach::Reach;

/// A channel of one tenant; the tenant itself is the connection's.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Channel {
    /// Task, comment and jamaah events.
    Tasks,
    /// The same, for one role.
    RoleTasks(RoleKey),
    /// Notifications of one user.
    User(UserId),
    Health,
    Stages,
    Bottlenecks,
    Departures,
    /// Progress of an import.
    Job(ImportId),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ChannelKind {
    /// A filtered view of the tenant's log, continued by offset.
    Log,
    /// The latest value only, always whole.
    State,
}

/// Which part of a log channel a viewer may see. Two principals for whom it is
/// equal see the same events of a channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Visibility {
    /// Does not depend on rights, beyond those to subscribe.
    Fixed,
    All {
        jamaah: bool,
    },
    /// What the principal may do within limits shows.
    Limited(Box<(BTreeSet<RoleKey>, BTreeSet<Permission>, Reach)>),
    /// What these roles see, and what is assigned to the viewer.
    Roles {
        roles: BTreeSet<RoleKey>,
        jamaah: bool,
    },
}

impl Channel {
    /// `None` for anything that is not a channel of the tenant `slug`, spelt
    /// exactly as [`Self::name`] does: pushes carry that name.
    pub fn parse(name: &str, slug: &str) -> Option<Self> {
        let rest = name
            .strip_prefix("realtime:")?
            .strip_prefix(slug)?
            .strip_prefix(':')?;
        let channel = match rest {
            "pipeline:tasks" => Self::Tasks,
            "pipeline:health" => Self::Health,
            "pipeline:stages" => Self::Stages,
            "pipeline:bottlenecks" => Self::Bottlenecks,
            "pipeline:departures" => Self::Departures,
            _ => {
                let (area, key) = rest.rsplit_once(':')?;
                match area {
                    "pipeline:tasks" if !key.is_empty() => Self::RoleTasks(RoleKey::new(key)),
                    "user" => Self::User(key.parse().ok()?),
                    "jobs" => Self::Job(key.parse().ok()?),
                    _ => return None,
                }
            }
        };
        // an id has several spellings
        (channel.name(slug) == name).then_some(channel)
    }

    pub fn name(&self, slug: &str) -> String {
        match self {
            Self::Tasks => format!("realtime:{slug}:pipeline:tasks"),
            Self::RoleTasks(role) => format!("realtime:{slug}:pipeline:tasks:{}", role.as_str()),
            Self::User(id) => format!("realtime:{slug}:user:{id}"),
            Self::Health => format!("realtime:{slug}:pipeline:health"),
            Self::Stages => format!("realtime:{slug}:pipeline:stages"),
            Self::Bottlenecks => format!("realtime:{slug}:pipeline:bottlenecks"),
            Self::Departures => format!("realtime:{slug}:pipeline:departures"),
            Self::Job(id) => format!("realtime:{slug}:jobs:{id}"),
        }
    }

    pub fn kind(&self) -> ChannelKind {
        match self {
            Self::Tasks | Self::RoleTasks(_) | Self::User(_) => ChannelKind::Log,
            Self::Health | Self::Stages | Self::Bottlenecks | Self::Departures | Self::Job(_) => {
                ChannelKind::State
            }
        }
    }

    /// Whether subscribers may ask who else is there: on what people look at together.
    pub fn has_presence(&self) -> bool {
        !matches!(self, Self::User(_) | Self::Job(_))
    }

    pub fn may_subscribe(&self, who: &Principal) -> bool {
        match self {
            Self::Tasks => who.may(Permission::TasksRead) || who.may(Permission::TasksReadAll),
            Self::RoleTasks(role) => {
                who.may(Permission::TasksReadAll)
                    || (who.may(Permission::TasksRead) && who.roles.contains(role))
            }
            Self::User(id) => who.actor == Actor::User(*id),
            Self::Health | Self::Stages | Self::Bottlenecks | Self::Departures => {
                who.may(Permission::PipelineRead)
            }
            Self::Job(_) => who.may(Permission::ImportsWrite),
        }
    }

    /// What `who`, who may subscribe, sees of this channel.
    pub fn visibility(&self, who: &Principal) -> Visibility {
        if !matches!(self, Self::Tasks | Self::RoleTasks(_) | Self::User(_)) {
            return Visibility::Fixed;
        }
        if who.reach.is_limited() {
            let (roles, permissions) = (who.roles.clone(), who.permissions.clone());
            return Visibility::Limited(Box::new((roles, permissions, who.reach.clone())));
        }
        if matches!(self, Self::User(_)) {
            return Visibility::Fixed;
        }
        let jamaah = who.may(Permission::JamaahRead);
        if who.may(Permission::TasksReadAll) {
            Visibility::All { jamaah }
        } else {
            Visibility::Roles {
                roles: who.roles.clone(),
                jamaah,
            }
        }
    }
}

#[cfg(test)]
mod tests;
