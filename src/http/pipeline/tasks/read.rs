//! One task.

use actix_web::{get, web};
use serde::Serialize;

use super::archived;
use crate::domain::ids::TaskId;
use crate::domain::pipeline::listing::TaskCard;
use crate::error::ApiError;
use crate::http::auth::authorized::Authorized;
use crate::http::auth::needs::TasksRead;
use crate::http::conditional::IfNoneMatch;
use crate::http::reply::{Answer, Envelope, Reply};

/// One task.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct TaskDetail {
    #[serde(flatten)]
    pub card: TaskCard,
    /// Its jamaah was completed or cancelled long ago: it can only be read.
    pub archived: bool,
}

/// One task.
///
/// With what people need to know of its jamaah. `ETag` begins with the version
/// that `If-Match` takes.
#[utoipa::path(
    tag = "pipeline",
    extensions(("x-rate-limit" = json!("reads"))),
    params(("id" = TaskId, Path), IfNoneMatch),
    security(("api_key" = ["tasks.read"]), ("session" = ["tasks.read"])),
    responses((status = 200, description = "The task", body = Envelope<TaskDetail>)),
)]
#[get("/pipeline/tasks/{id}")]
pub async fn get_task(
    authorized: Authorized<TasksRead>,
    id: web::Path<TaskId>,
    known: IfNoneMatch,
) -> Answer {
    let tenant = authorized.tenant().await?;
    let (freshness, view) = (tenant.freshness(), tenant.view());
    let archived = view.state.task(*id).is_none();
    let card = if archived {
        let found = archived::find(&authorized, &[*id]).await?.pop();
        found.map(|found| archived::card(&view, found))
    } else {
        let principal = authorized.principal();
        // what one may not see is not there
        view.task_card(*id)
            .filter(|card| principal.sees_task(&view.state.place(&card.task)))
    };
    let card = card.ok_or(ApiError::NotFound { what: "task" })?;
    let version = card.task.version;
    Reply::new(TaskDetail { card, archived })
        .version(version)
        .read_from(&view, freshness)
        .conditional(&known)
}
