//! A pilgrim, and their place in the pipeline.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::domain::ids::{DepartureId, JamaahId, StageId, TaskId};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Sex {
    Male,
    Female,
}

/// Whoever would be older was born in another year.
pub const MAX_AGE_YEARS: u32 = 120;

/// One pilgrim on one departure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Jamaah {
    pub id: JamaahId,
    /// As in the passport.
    #[schema(value_type = String)]
    pub name: Arc<str>,
    /// Upper case, without spaces.
    #[schema(value_type = String)]
    pub passport_number: Arc<str>,
    pub birth_date: NaiveDate,
    pub sex: Option<Sex>,
    /// ISO 3166-1 alpha-3, or as the manifest has it.
    #[schema(value_type = Option<String>)]
    pub nationality: Option<Arc<str>>,
    pub passport_expiry: Option<NaiveDate>,
    #[schema(value_type = Option<String>)]
    pub package: Option<Arc<str>>,
    pub departure_id: DepartureId,
    #[schema(value_type = Option<String>)]
    pub phone: Option<Arc<str>>,
    /// The agent who brought them.
    #[schema(value_type = Option<String>)]
    pub agent: Option<Arc<str>>,
    #[schema(value_type = Option<String>)]
    pub notes: Option<Arc<str>>,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
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
pub enum Status {
    #[default]
    OnTrack,
    AtRisk,
    Overdue,
    Completed,
    Cancelled,
}

impl Status {
    pub const ALL: [Self; 5] = [
        Self::OnTrack,
        Self::AtRisk,
        Self::Overdue,
        Self::Completed,
        Self::Cancelled,
    ];

    /// Neither completed nor cancelled.
    pub fn is_active(self) -> bool {
        !matches!(self, Self::Completed | Self::Cancelled)
    }
}

/// How likely a jamaah is to miss the departure: high below 0.5, medium below
/// 0.85. `unknown` until a forecast has been made.
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
pub enum DepartureRisk {
    #[default]
    Unknown,
    Low,
    Medium,
    High,
}

/// Why a jamaah has the status and flags they have.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Reason {
    /// A stage is past its due date.
    StagePastDue {
        stage_id: StageId,
        due_at: DateTime<Utc>,
    },
    /// The departure date has passed.
    DeparturePassed { departure_date: NaiveDate },
    /// More than 80 % of a stage's SLA is used up.
    StageAgeing {
        stage_id: StageId,
        since: DateTime<Utc>,
    },
    /// Longer in a stage than 85 % of those before.
    StageSlowerThanUsual {
        stage_id: StageId,
        since: DateTime<Utc>,
    },
    /// The forecast gives too small a chance of being ready.
    LowReadiness { probability: f64 },
    /// Nothing can be done before a window opens.
    WaitingForWindow {
        stage_id: StageId,
        opens_at: DateTime<Utc>,
    },
    TaskBlocked {
        stage_id: StageId,
        task_id: TaskId,
        #[schema(value_type = String)]
        reason: Arc<str>,
    },
    OnHold {
        #[schema(value_type = String)]
        reason: Arc<str>,
    },
    Cancelled {
        #[schema(value_type = String)]
        reason: Arc<str>,
    },
}

/// Where a jamaah stands, derived from the path, the tasks and the time, and
/// stored because others filter by it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct JamaahStatus {
    pub jamaah_id: JamaahId,
    /// The version of the pipeline that the path was made from.
    pub pipeline_version: i32,
    /// The first stage in order that is not done; `null` when all are.
    pub current_stage_id: Option<StageId>,
    pub status: Status,
    /// Some task is blocked. A flag beside the status.
    pub blocked: bool,
    pub on_hold: bool,
    #[schema(value_type = Option<String>)]
    pub hold_reason: Option<Arc<str>>,
    #[schema(value_type = Option<String>)]
    pub cancel_reason: Option<Arc<str>>,
    /// No stage is active, and some wait only for their window.
    pub waiting: bool,
    /// Mandatory stages done, in whole percent.
    pub progress_percent: i32,
    pub departure_id: DepartureId,
    /// Copied from the departure.
    pub departure_date: NaiveDate,
    pub risk: DepartureRisk,
    /// Chance of being ready in time; `null` while there is no forecast.
    pub readiness_probability: Option<f64>,
    pub reasons: Vec<Reason>,
    pub registered_at: DateTime<Utc>,
    /// When it became completed or cancelled.
    pub closed_at: Option<DateTime<Utc>>,
    pub version: i32,
    pub updated_at: DateTime<Utc>,
}

impl JamaahStatus {
    /// The place of somebody who has just been registered and has no path yet.
    pub fn registered(jamaah: &Jamaah) -> Self {
        Self {
            jamaah_id: jamaah.id,
            pipeline_version: 0,
            current_stage_id: None,
            status: Status::OnTrack,
            blocked: false,
            on_hold: false,
            hold_reason: None,
            cancel_reason: None,
            waiting: false,
            progress_percent: 0,
            departure_id: jamaah.departure_id,
            departure_date: jamaah.created_at.date_naive(),
            risk: DepartureRisk::Unknown,
            readiness_probability: None,
            reasons: Vec::new(),
            registered_at: jamaah.created_at,
            closed_at: None,
            version: 0,
            updated_at: jamaah.created_at,
        }
    }
}
