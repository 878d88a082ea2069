//! A jamaah's way through the stages.

use std::sync::Arc;

use serde::Serialize;

use crate::domain::pipeline::instance::{InstanceState, StageInstance};
use crate::domain::pipeline::state::{Pilgrim, State};
use crate::domain::principal::RoleKey;
use crate::domain::time::Timestamp;

/// A stage of somebody's way, with what the stage is called.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Passage {
    #[serde(flatten)]
    #[schema(value_type = StageInstance)]
    pub instance: Arc<StageInstance>,
    /// Place on this jamaah's way, from 1.
    pub position: usize,
    #[schema(value_type = String)]
    pub stage_code: Arc<str>,
    /// As the stage is called now.
    #[schema(value_type = String)]
    pub stage_name: Arc<str>,
    #[schema(value_type = String)]
    pub stage_name_en: Arc<str>,
    /// The role that owns the work there.
    pub role: RoleKey,
    /// Of the version of the pipeline that this jamaah is on.
    pub sla_days: i32,
    pub mandatory: bool,
    /// Past its due date, or completed after it.
    pub late: bool,
}

/// In the order of the way.
pub fn track(state: &State, pilgrim: &Pilgrim, as_of: Timestamp) -> Vec<Passage> {
    let pipeline = state.pipeline(pilgrim.status.pipeline_version);
    // nothing becomes late for somebody who is closed
    let until = pilgrim.status.closed_at.unwrap_or(as_of);
    let passages = (1..).zip(&pilgrim.path).filter_map(|(position, instance)| {
        let now = state.stage(instance.stage_id)?;
        let then = pipeline.and_then(|pipeline| pipeline.stage(instance.stage_id));
        let then = then.unwrap_or(now);
        Some(Passage {
            position,
            stage_code: now.code.clone(),
            stage_name: now.name.clone(),
            stage_name_en: now.name_en.clone(),
            role: now.role.clone(),
            sla_days: then.sla_days,
            mandatory: then.mandatory,
            late: is_late(instance, until),
            instance: instance.clone(),
        })
    });
    passages.collect()
}

fn is_late(instance: &StageInstance, until: Timestamp) -> bool {
    let until = match instance.state {
        InstanceState::Active => until,
        InstanceState::Completed => instance.completed_at.unwrap_or(until),
        InstanceState::Waiting | InstanceState::Skipped => return false,
    };
    instance.due_at.is_some_and(|due| due <= until)
}
