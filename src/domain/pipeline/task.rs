//! Tasks, their states and transitions, and the board's buckets.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::domain::ids::{InstanceId, JamaahId, StageId, TaskId, UserId};
use crate::domain::principal::{Actor, RoleKey};

#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum TaskStatus {
    #[default]
    Pending,
    InProgress,
    Blocked,
    Completed,
    Cancelled,
}

impl TaskStatus {
    pub const ALL: [Self; 5] = [
        Self::Pending,
        Self::InProgress,
        Self::Blocked,
        Self::Completed,
        Self::Cancelled,
    ];

    /// Still to be done, blocked or not.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Pending | Self::InProgress | Self::Blocked)
    }
}

#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    Low,
    #[default]
    Normal,
    High,
    Urgent,
}

impl Priority {
    pub const ALL: [Self; 4] = [Self::Low, Self::Normal, Self::High, Self::Urgent];
}

/// A column of the board. Every task is in exactly one; computed, never stored.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Bucket {
    Blocked,
    Urgent,
    Today,
    Upcoming,
    Later,
}

impl Bucket {
    pub const ALL: [Self; 5] = [
        Self::Blocked,
        Self::Urgent,
        Self::Today,
        Self::Upcoming,
        Self::Later,
    ];
}

/// A piece of work for one jamaah in one stage, for one role.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Task {
    pub id: TaskId,
    pub jamaah_id: JamaahId,
    pub stage_id: StageId,
    pub instance_id: InstanceId,
    #[schema(value_type = String)]
    pub title: Arc<str>,
    pub role: RoleKey,
    pub assignee: Option<UserId>,
    pub priority: Priority,
    pub status: TaskStatus,
    /// Its stage does not complete by itself while this is open.
    pub required: bool,
    pub due_at: Option<DateTime<Utc>>,
    /// Set at the second it becomes late, by the program itself.
    pub overdue: bool,
    #[schema(value_type = Option<String>)]
    pub blocked_reason: Option<Arc<str>>,
    /// Somebody outside holds it up; may stop the stage's SLA clock.
    pub blocked_by_third_party: bool,
    pub blocked_at: Option<DateTime<Utc>>,
    #[schema(value_type = Option<String>)]
    pub notes: Option<Arc<str>>,
    pub started_at: Option<DateTime<Utc>>,
    pub completed_at: Option<DateTime<Utc>>,
    pub completed_by: Option<Actor>,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// Many of them are held: with the counts of an `Arc` one fits into 256 bytes.
const _: () = assert!(size_of::<Task>() <= 240);
