//! Tasks of jamaah who were closed long ago: no longer in memory, still in the
//! database. They can be read, and nothing more can be done with them.

use crate::db::pipeline_tasks::{self, TaskOfJamaah};
use crate::db::{self, Connection};
use crate::domain::ids::TaskId;
use crate::domain::pipeline::board::Day;
use crate::domain::pipeline::listing::TaskCard;
use crate::domain::pipeline::view::View;
use crate::domain::reach::Place;
use crate::error::ApiError;
use crate::http::auth::authorized::Authorized;

/// What a task that is archived is said to be, where a state is named.
pub const ARCHIVED: &str = "archived";

/// Those of these tasks that are in the database and that the caller may see.
pub async fn find<P>(
    authorized: &Authorized<P>,
    ids: &[TaskId],
) -> Result<Vec<TaskOfJamaah>, ApiError> {
    let tenant = authorized.tenant_id();
    let mut found = authorized
        .app
        .db
        .read("archived_tasks", tenant, async |conn: &mut Connection| {
            pipeline_tasks::find(conn, tenant, ids).await
        })
        .await
        .map_err(|error: db::Error| ApiError::of_database(error))?;
    let principal = authorized.principal();
    found.retain(|found| {
        let place = Place::of(&found.task, found.jamaah_agent.as_deref());
        principal.sees_task(&place)
    });
    Ok(found)
}

/// Why a command about a task that is not in memory is refused.
pub async fn refuse<P>(authorized: &Authorized<P>, id: TaskId, to: &str) -> ApiError {
    match find(authorized, &[id]).await {
        Ok(found) if found.is_empty() => ApiError::NotFound { what: "task" },
        Ok(_) => refusal(to),
        Err(error) => error,
    }
}

pub fn refusal(to: &str) -> ApiError {
    ApiError::InvalidTransition {
        what: "task",
        from: ARCHIVED.to_owned(),
        to: to.to_owned(),
    }
}

/// As lists show it.
pub fn card(view: &View, found: TaskOfJamaah) -> TaskCard {
    let state = &view.state;
    let day = Day::new(view.today, state.tenant.zone);
    let departure = state.departure(found.departure_id);
    let stage = state.stage(found.task.stage_id);
    TaskCard {
        bucket: day.bucket(&found.task, found.risk),
        jamaah_name: found.jamaah_name,
        jamaah_phone: found.jamaah_phone,
        departure_id: found.departure_id,
        departure_code: departure.map(|departure| departure.code.clone()),
        departure_date: found.departure_date,
        stage_code: stage.map(|stage| stage.code.clone()),
        stage_name: stage.map(|stage| stage.name.clone()),
        stage_name_en: stage.map(|stage| stage.name_en.clone()),
        departure_risk: found.risk,
        readiness_probability: found.readiness_probability,
        task: found.task,
    }
}
