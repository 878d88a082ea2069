//! One task.

use actix_web::{get, web};

use crate::domain::ids::TaskId;
use crate::domain::pipeline::listing::TaskCard;
use crate::error::ApiError;
use crate::http::auth::authorized::Authorized;
use crate::http::auth::needs::TasksRead;
use crate::http::conditional::IfNoneMatch;
use crate::http::reply::{Answer, Envelope, Reply};

/// One task, with what people need to know of its jamaah.
#[utoipa::path(
    tag = "pipeline",
    params(("id" = TaskId, Path), IfNoneMatch),
    security(("api_key" = ["tasks.read"]), ("session" = ["tasks.read"])),
    responses((status = 200, description = "The task", body = Envelope<TaskCard>)),
)]
#[get("/pipeline/tasks/{id}")]
pub async fn get_task(
    authorized: Authorized<TasksRead>,
    id: web::Path<TaskId>,
    known: IfNoneMatch,
) -> Answer {
    let tenant = authorized.tenant().await?;
    let view = tenant.view();
    let seen = |card: &TaskCard| {
        authorized
            .principal()
            .sees_task(&card.task.role, card.task.assignee)
    };
    // what one may not see is not there
    let card = view
        .task_card(*id)
        .filter(seen)
        .ok_or(ApiError::NotFound { what: "task" })?;
    let version = card.task.version;
    Reply::new(card)
        .version(version)
        .read_from(&view, tenant.freshness())
        .conditional(&known)
}
