//! Stages as the tenant configures them, and the numbered versions of the
//! whole pipeline that jamaah are registered on.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::task::Priority;
use crate::domain::ids::{StageId, TemplateId};
use crate::domain::principal::RoleKey;
use crate::domain::time::SlaCalendar;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StageCategory {
    Document,
    Government,
    Travel,
    Logistics,
    Custom,
}

/// What happens when a stage holds more than its WIP limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WipLimitKind {
    /// It is shown and counts towards a bottleneck.
    #[default]
    Soft,
    /// Nobody else becomes active there until somebody leaves.
    Hard,
}

/// A step of the tenant's pipeline.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Stage {
    pub id: StageId,
    /// Stable and unique within the tenant, e.g. `visa-application`.
    #[schema(value_type = String)]
    pub code: Arc<str>,
    /// In the tenant's own language.
    #[schema(value_type = String)]
    pub name: Arc<str>,
    #[schema(value_type = String)]
    pub name_en: Arc<str>,
    pub category: StageCategory,
    /// Place in the pipeline, from 1.
    pub position: i32,
    /// The role that owns the work here.
    pub role: RoleKey,
    /// Days from when the stage can start until it is late.
    pub sla_days: i32,
    pub sla_calendar: SlaCalendar,
    /// Does not open before this many days before departure.
    pub not_before_days: Option<i32>,
    /// Must be finished this many days before departure.
    pub finish_by_days: Option<i32>,
    pub wip_limit: Option<i32>,
    pub wip_limit_kind: WipLimitKind,
    /// Completes by itself when its required tasks are completed.
    pub auto_advance: bool,
    /// Must be done before a jamaah counts as completed.
    pub mandatory: bool,
    /// The SLA clock stands still while a task is blocked by a third party.
    pub pause_on_third_party: bool,
    /// Stages that must be done before this one opens.
    pub depends_on: Vec<StageId>,
    pub templates: Vec<TaskTemplate>,
    /// Retired stages take in nobody new; those inside finish.
    pub active: bool,
    /// What this stage's history says of its durations, renewed at midnight.
    pub baseline: Option<Baseline>,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// A task that is made when a jamaah's instance of the stage becomes active.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct TaskTemplate {
    pub id: TemplateId,
    #[schema(value_type = String)]
    pub title: Arc<str>,
    pub role: RoleKey,
    pub priority: Priority,
    /// The stage does not complete by itself while a required task is open.
    pub required: bool,
    /// Due this many days after the stage starts; without it, when the stage is due.
    pub due_after_days: Option<i32>,
}

/// Durations of completed passages of one stage.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Baseline {
    /// The day it was computed for.
    pub date: NaiveDate,
    pub completions: i32,
    /// Seconds from start to completion, pauses excluded.
    pub p50_seconds: i64,
    pub p85_seconds: i64,
}

impl Baseline {
    /// Below this, percentiles say too little to judge anybody by (`docs/rules.md`).
    pub const MIN_COMPLETIONS: i32 = 30;
}

/// The pipeline as it stood at one moment. A jamaah keeps the version of the
/// day of registration until a manager applies a newer one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PipelineVersion {
    pub version: i32,
    /// Active stages in order.
    pub stages: Vec<Arc<Stage>>,
    pub created_at: DateTime<Utc>,
}

impl PipelineVersion {
    pub fn stage(&self, id: StageId) -> Option<&Arc<Stage>> {
        self.stages.iter().find(|stage| stage.id == id)
    }
}
