//! What a command changes: rows before and after. A change becomes one event
//! of the log once it is numbered.

use std::sync::Arc;

use serde::Serialize;
use uuid::Uuid;

use super::bottleneck::BottleneckAlert;
use super::comment::Comment;
use super::departure::Departure;
use super::import::Import;
use super::instance::StageInstance;
use super::jamaah::{Jamaah, JamaahStatus};
use super::stage::{PipelineVersion, Stage};
use super::task::Task;
use crate::domain::ids::{JamaahId, StageId, UserId};
use crate::domain::principal::RoleKey;

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

    /// Who may see the event, decided when it is written.
    pub fn labels(&self) -> Labels<'_> {
        match self {
            Self::Task(row) => Labels {
                role: Some(&row.role),
                jamaah: Some(row.jamaah_id),
                assignee: row.assignee,
            },
            Self::Jamaah(row) => Labels {
                jamaah: Some(row.id),
                ..Labels::default()
            },
            Self::JamaahStatus(row) => Labels {
                jamaah: Some(row.jamaah_id),
                ..Labels::default()
            },
            Self::StageInstance(row) => Labels {
                jamaah: Some(row.jamaah_id),
                ..Labels::default()
            },
            _ => Labels::default(),
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
        }
    }
}

/// Visibility labels of an event: checked in memory for each subscriber.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Labels<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<&'a RoleKey>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jamaah: Option<JamaahId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assignee: Option<UserId>,
}

/// One changed row and what it means.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    pub kind: EventKind,
    /// The row as it was; `None` for a new one.
    pub before: Option<Row>,
    pub after: Row,
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
}
