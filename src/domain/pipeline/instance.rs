//! Stage instances: one jamaah's passage through one stage.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::domain::ids::{InstanceId, JamaahId, StageId};
use crate::domain::principal::Actor;

#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum InstanceState {
    /// For other stages, or for its window.
    #[default]
    Waiting,
    Active,
    Completed,
    Skipped,
}

impl InstanceState {
    pub fn is_done(self) -> bool {
        matches!(self, Self::Completed | Self::Skipped)
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct StageInstance {
    pub id: InstanceId,
    pub jamaah_id: JamaahId,
    pub stage_id: StageId,
    pub state: InstanceState,
    /// When the jamaah was registered for this stage.
    pub entered_at: DateTime<Utc>,
    /// When its window opens, if it has one.
    pub opens_at: Option<DateTime<Utc>>,
    /// When it became active.
    pub started_at: Option<DateTime<Utc>>,
    /// From then on it is late. While paused only the departure limits it.
    pub due_at: Option<DateTime<Utc>>,
    /// Since when its SLA clock stands still because of a third party.
    pub paused_since: Option<DateTime<Utc>>,
    /// Finished pauses.
    pub paused_seconds: i64,
    /// When it was completed or skipped.
    pub completed_at: Option<DateTime<Utc>>,
    pub completed_by: Option<Actor>,
    /// Why a manager completed, skipped or restarted it.
    #[schema(value_type = Option<String>)]
    pub reason: Option<Arc<str>>,
    pub version: i32,
}
