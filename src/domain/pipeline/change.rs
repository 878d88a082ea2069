//! What a command changes: rows before and after. A change becomes one event
//! of the log once it is numbered.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::bottleneck::BottleneckAlert;
use super::comment::Comment;
use super::departure::Departure;
use super::import::Import;
use super::instance::StageInstance;
use super::jamaah::{Jamaah, JamaahStatus};
use super::stage::{PipelineVersion, Stage};
use super::task::Task;
use crate::domain::access::AccessRow;
use crate::domain::audit::AuditNote;
use crate::domain::ids::{ApiKeyId, JamaahId, StageId, UserId};
use crate::domain::principal::{Actor, RoleKey};

/// One row of any table whose changes go through the log.
#[derive(Clone, Debug, PartialEq)]
pub enum Row {
    Stage(Arc<Stage>),
    PipelineVersion(Arc<PipelineVersion>),
    Departure(Arc<Departure>),
    Jamaah(Arc<Jamaah>),
    JamaahStatus(Arc<JamaahStatus>),
    StageInstance(Arc<StageInstance>),
    Task(Arc<Task>),
    Comment(Arc<Comment>),
    Import(Arc<Import>),
    BottleneckAlert(Arc<BottleneckAlert>),
    /// Accounts are not written by the journal, only told of in the log.
    Access(Arc<AccessRow>),
    /// What was done and changed no row.
    Audit(Arc<AuditNote>),
}

impl Row {
    /// `subject_type` of the event.
    pub fn subject_type(&self) -> &'static str {
        match self {
            Self::Stage(_) => "stage",
            Self::PipelineVersion(_) => "pipeline_version",
            Self::Departure(_) => "departure",
            Self::Jamaah(_) => "jamaah",
            Self::JamaahStatus(_) => "jamaah_status",
            Self::StageInstance(_) => "stage_instance",
            Self::Task(_) => "task",
            Self::Comment(_) => "comment",
            Self::Import(_) => "import",
            Self::BottleneckAlert(_) => "bottleneck_alert",
            Self::Access(row) => row.subject_type(),
            Self::Audit(_) => "audit",
        }
    }

    /// `subject_id` of the event. A pipeline version has its number as its id.
    pub fn subject_id(&self) -> Uuid {
        match self {
            Self::Stage(row) => row.id.0,
            Self::PipelineVersion(row) => Uuid::from_u128(u128::from(row.version.unsigned_abs())),
            Self::Departure(row) => row.id.0,
            Self::Jamaah(row) => row.id.0,
            Self::JamaahStatus(row) => row.jamaah_id.0,
            Self::StageInstance(row) => row.id.0,
            Self::Task(row) => row.id.0,
            Self::Comment(row) => row.id.0,
            Self::Import(row) => row.id.0,
            Self::BottleneckAlert(row) => row.id.0,
            Self::Access(row) => row.subject_id(),
            Self::Audit(row) => row.id,
        }
    }

    pub fn stage_id(&self) -> Option<StageId> {
        match self {
            Self::Stage(row) => Some(row.id),
            Self::StageInstance(row) => Some(row.stage_id),
            Self::Task(row) => Some(row.stage_id),
            Self::BottleneckAlert(row) => Some(row.stage_id),
            Self::JamaahStatus(row) => row.current_stage_id,
            _ => None,
        }
    }
}

impl Serialize for Row {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Stage(row) => row.serialize(serializer),
            Self::PipelineVersion(row) => row.serialize(serializer),
            Self::Departure(row) => row.serialize(serializer),
            Self::Jamaah(row) => row.serialize(serializer),
            Self::JamaahStatus(row) => row.serialize(serializer),
            Self::StageInstance(row) => row.serialize(serializer),
            Self::Task(row) => row.serialize(serializer),
            Self::Comment(row) => row.serialize(serializer),
            Self::Import(row) => row.serialize(serializer),
            Self::BottleneckAlert(row) => row.serialize(serializer),
            Self::Access(row) => row.serialize(serializer),
            Self::Audit(row) => row.serialize(serializer),
        }
    }
}

/// Who may see an event, decided when it is written and checked in memory for
/// each subscriber.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Labels {
    /// Of the task.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<RoleKey>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jamaah: Option<JamaahId>,
    /// Of the task.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assignee: Option<UserId>,
    /// The task was theirs until now: they must learn that it has left them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from_role: Option<RoleKey>,
    /// Whose jamaah it is, or is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent: Option<Arc<str>>,
    /// The jamaah was theirs until now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from_agent: Option<Arc<str>>,
    /// Of the task that a comment is on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stage: Option<StageId>,
    /// The same for whom it was assigned to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from_assignee: Option<UserId>,
    /// Whose rights changed, or whose session ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<UserId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api_key: Option<ApiKeyId>,
}

impl Labels {
    fn of_task(task: &Task) -> Self {
        Self {
            role: Some(task.role.clone()),
            jamaah: Some(task.jamaah_id),
            assignee: task.assignee,
            ..Self::default()
        }
    }

    fn of_jamaah(id: JamaahId) -> Self {
        Self {
            jamaah: Some(id),
            ..Self::default()
        }
    }

    fn of_access(row: &AccessRow) -> Self {
        match row.actor() {
            Some(Actor::User(id)) => Self {
                user: Some(id),
                ..Self::default()
            },
            Some(Actor::ApiKey(id)) => Self {
                api_key: Some(id),
                ..Self::default()
            },
            Some(Actor::System) | None => Self::default(),
        }
    }
}

/// One changed row and what it means.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    pub kind: EventKind,
    /// The row as it was; `None` for a new one.
    pub before: Option<Row>,
    pub after: Row,
    /// The task that a comment is on, as it is: the comment's own row does not
    /// say who may see it.
    pub on: Option<Arc<Task>>,
    /// Of the jamaah that it is about.
    pub agent: Option<Arc<str>>,
}

impl Change {
    pub fn labels(&self) -> Labels {
        let agent = match &self.after {
            Row::Jamaah(row) => row.agent.clone(),
            _ => self.agent.clone(),
        };
        Labels {
            agent,
            ..self.labels_of_row()
        }
    }

    fn labels_of_row(&self) -> Labels {
        match (&self.before, &self.after) {
            (Some(Row::Task(before)), Row::Task(after)) => Labels {
                from_role: (before.role != after.role).then(|| before.role.clone()),
                from_assignee: before
                    .assignee
                    .filter(|before| Some(*before) != after.assignee),
                ..Labels::of_task(after)
            },
            (_, Row::Task(row)) => Labels::of_task(row),
            (_, Row::Comment(_)) => Labels {
                stage: self.on.as_deref().map(|task| task.stage_id),
                ..self.on.as_deref().map(Labels::of_task).unwrap_or_default()
            },
            (Some(Row::Jamaah(before)), Row::Jamaah(row)) => Labels {
                from_agent: before
                    .agent
                    .clone()
                    .filter(|before| Some(before) != row.agent.as_ref()),
                ..Labels::of_jamaah(row.id)
            },
            (_, Row::Jamaah(row)) => Labels::of_jamaah(row.id),
            (_, Row::JamaahStatus(row)) => Labels::of_jamaah(row.jamaah_id),
            (_, Row::StageInstance(row)) => Labels::of_jamaah(row.jamaah_id),
            (_, Row::Access(row)) => Labels::of_access(row),
            (
                _,
                Row::Stage(_)
                | Row::PipelineVersion(_)
                | Row::Departure(_)
                | Row::Import(_)
                | Row::BottleneckAlert(_)
                | Row::Audit(_),
            ) => Labels::default(),
        }
    }
}

macro_rules! event_kinds {
    ($($name:ident => $text:literal),* $(,)?) => {
        /// The `kind` of an event: subject, dot, what happened.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum EventKind { $($name),* }

        impl EventKind {
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text),* }
            }

            pub fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$name),)* _ => None }
            }
        }
    };
}

event_kinds! {
    StageCreated => "stage.created",
    StageUpdated => "stage.updated",
    StageRetired => "stage.retired",
    StageBaselineRenewed => "stage.baseline_renewed",
    PipelineVersioned => "pipeline.versioned",
    DepartureCreated => "departure.created",
    DepartureUpdated => "departure.updated",
    JamaahRegistered => "jamaah.registered",
    JamaahUpdated => "jamaah.updated",
    JamaahStatusChanged => "jamaah.status_changed",
    StageInstanceCreated => "stage_instance.created",
    StageInstanceActivated => "stage_instance.activated",
    StageInstanceUpdated => "stage_instance.updated",
    StageInstanceCompleted => "stage_instance.completed",
    StageInstanceSkipped => "stage_instance.skipped",
    StageInstanceReopened => "stage_instance.reopened",
    TaskCreated => "task.created",
    TaskStarted => "task.started",
    TaskCompleted => "task.completed",
    TaskBlocked => "task.blocked",
    TaskUnblocked => "task.unblocked",
    TaskReopened => "task.reopened",
    TaskAssigned => "task.assigned",
    TaskUpdated => "task.updated",
    TaskCancelled => "task.cancelled",
    TaskOverdue => "task.overdue",
    CommentCreated => "comment.created",
    ImportStarted => "import.started",
    ImportProgressed => "import.progressed",
    ImportCompleted => "import.completed",
    ImportInterrupted => "import.interrupted",
    BottleneckRaised => "bottleneck.raised",
    BottleneckSeverityChanged => "bottleneck.severity_changed",
    BottleneckAcknowledged => "bottleneck.acknowledged",
    BottleneckReminded => "bottleneck.reminded",
    BottleneckCleared => "bottleneck.cleared",
    UserCreated => "user.created",
    UserInvited => "user.invited",
    UserJoined => "user.joined",
    UserUpdated => "user.updated",
    UserPasswordChanged => "user.password_changed",
    UserDeactivated => "user.deactivated",
    SessionEnded => "session.ended",
    RoleCreated => "role.created",
    RoleUpdated => "role.updated",
    RoleDeleted => "role.deleted",
    ApiKeyCreated => "api_key.created",
    ApiKeyRotated => "api_key.rotated",
    ApiKeyRevoked => "api_key.revoked",
    SessionStarted => "session.started",
    LoginRefused => "login.refused",
    AccessRefused => "access.refused",
    LimitExceeded => "limit.exceeded",
    DataExported => "data.exported",
    SettingsUpdated => "settings.updated",
}
