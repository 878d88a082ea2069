//! Completing a task.

use std::sync::Arc;

use actix_web::{post, web};
use serde::Deserialize;

use super::answer_with_task;
use crate::domain::ids::TaskId;
use crate::domain::pipeline::command::{Command, TaskAction};
use crate::domain::pipeline::task::Task;
use crate::http::auth::authorized::Authorized;
use crate::http::auth::needs::TasksWork;
use crate::http::conditional::IfMatchHeader;
use crate::http::reply::{Answer, Envelope};
use crate::http::submission::{IdempotencyKey, Submission};

#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
pub struct CompleteTask {
    /// The version you saw; refused with 409 when there is a newer one.
    #[schema(example = 3)]
    pub version: Option<i32>,
    #[schema(value_type = Option<String>, example = "Visa issued")]
    pub notes: Option<Arc<str>>,
}

/// Complete a task.
///
/// Its stage completes by itself when this was the last required task there.
#[utoipa::path(
    tag = "pipeline",
    params(("id" = TaskId, Path), IfMatchHeader, IdempotencyKey),
    request_body = Option<CompleteTask>,
    security(("api_key" = ["tasks.work"]), ("session" = ["tasks.work"])),
    responses((status = 200, description = "The task after it", body = Envelope<Task>)),
)]
#[post("/pipeline/tasks/{id}/complete")]
pub async fn complete_task(
    authorized: Authorized<TasksWork>,
    id: web::Path<TaskId>,
    submission: Submission<CompleteTask>,
) -> Answer {
    let id = id.into_inner();
    let expected = submission.if_match.expected(submission.body.version)?;
    let action = TaskAction::Complete {
        notes: submission.body.notes.clone(),
    };
    let order = authorized.order(
        Command::Task {
            id,
            expected,
            action,
        },
        &submission,
    );
    let tenant = authorized.tenant().await?;
    let receipt = tenant.execute(order).await?;
    answer_with_task(&tenant, &receipt, id)
}
