//! A task beside those that the stage's templates make.

use actix_web::post;

use super::named::{Named, first_answer};
use crate::domain::pipeline::command::{Command, NewTask};
use crate::domain::pipeline::task::Task;
use crate::http::auth::authorized::Authorized;
use crate::http::auth::needs::TasksCreate;
use crate::http::pipeline::row_after;
use crate::http::reply::{Answer, Envelope};
use crate::http::submission::{IdempotencyKey, Submission};

/// Create a task.
///
/// Beside those that the stage's templates make. Without `due_at` it is due
/// when the stage is.
#[utoipa::path(
    tag = "pipeline",
    extensions(("x-rate-limit" = json!("commands"))),
    params(IdempotencyKey),
    request_body = NewTask,
    security(("api_key" = ["tasks.create"]), ("session" = ["tasks.create"])),
    responses(
        (status = 201, description = "The task", body = Envelope<Task>),
        (status = 404, description = "`NOT_FOUND`: there is no such jamaah"),
    ),
)]
#[post("/pipeline/tasks")]
pub async fn create_task(
    authorized: Authorized<TasksCreate>,
    submission: Submission<NewTask>,
) -> Answer {
    let command = Command::CreateTask(submission.body.clone());
    let tenant = authorized.tenant().await?;
    let order = authorized.order(command, &submission);
    let checked = Named::from(&submission.body).check(&authorized).await;
    if let Some(first) = first_answer(&tenant, &order, checked).await? {
        return row_after(&first)?.created();
    }
    row_after(&tenant.execute(order).await?)?.created()
}
