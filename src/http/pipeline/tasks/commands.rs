//! What is done with a task: start, complete, block, unblock, reopen, assign
//! and cancel. All take the version you saw, and need none.

use std::sync::Arc;

use actix_web::{post, web};
use serde::Deserialize;

use super::act;
use crate::domain::ids::{TaskId, UserId};
use crate::domain::pipeline::command::TaskAction;
use crate::domain::pipeline::task::Task;
use crate::error::ApiError;
use crate::http::auth::authorized::Authorized;
use crate::http::auth::needs::{
    TasksAssign, TasksBlock, TasksCancel, TasksComplete, TasksReopen, TasksStart,
};
use crate::http::conditional::IfMatchHeader;
use crate::http::given::given;
use crate::http::reply::{Answer, Envelope};
use crate::http::submission::{IdempotencyKey, Submission};

/// Nothing but the version.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SeenTask {
    /// The version you saw; refused with 409 when there is a newer one.
    #[schema(example = 3)]
    pub version: Option<i32>,
}

#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CompleteTask {
    /// The version you saw; refused with 409 when there is a newer one.
    #[schema(example = 3)]
    pub version: Option<i32>,
    /// Replaces the task's notes.
    #[schema(value_type = Option<String>, example = "Visa issued")]
    pub notes: Option<Arc<str>>,
}

#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BlockTask {
    /// The version you saw; refused with 409 when there is a newer one.
    #[schema(example = 3)]
    pub version: Option<i32>,
    #[schema(value_type = String, example = "Waiting for the hotel's approval")]
    pub reason: Arc<str>,
    /// Somebody outside holds it up; stops the stage's SLA clock where the stage allows it.
    #[serde(default)]
    pub third_party: bool,
}

/// Why, if there is something to say.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TaskReason {
    /// The version you saw; refused with 409 when there is a newer one.
    #[schema(example = 3)]
    pub version: Option<i32>,
    /// Replaces the task's notes.
    #[schema(value_type = Option<String>)]
    pub reason: Option<Arc<str>>,
}

#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AssignTask {
    /// The version you saw; refused with 409 when there is a newer one.
    #[schema(example = 3)]
    pub version: Option<i32>,
    /// An active user; `null` takes the task from whoever has it.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<UserId>, required = true)]
    pub assignee: Option<Option<UserId>>,
}

/// Start a task.
#[utoipa::path(
    tag = "pipeline",
    extensions(("x-rate-limit" = json!("commands"))),
    params(("id" = TaskId, Path), IfMatchHeader, IdempotencyKey),
    request_body = Option<SeenTask>,
    security(("api_key" = ["tasks.start"]), ("session" = ["tasks.start"])),
    responses((status = 200, description = "The task after it", body = Envelope<Task>)),
)]
#[post("/pipeline/tasks/{id}/start")]
pub async fn start_task(
    authorized: Authorized<TasksStart>,
    id: web::Path<TaskId>,
    submission: Submission<SeenTask>,
) -> Answer {
    let expected = submission.if_match.expected(submission.body.version)?;
    act(&authorized, &submission, *id, expected, TaskAction::Start).await
}

/// Complete a task.
///
/// Its stage completes by itself when this was the last required task there.
#[utoipa::path(
    tag = "pipeline",
    extensions(("x-rate-limit" = json!("commands"))),
    params(("id" = TaskId, Path), IfMatchHeader, IdempotencyKey),
    request_body = Option<CompleteTask>,
    security(("api_key" = ["tasks.complete"]), ("session" = ["tasks.complete"])),
    responses((status = 200, description = "The task after it", body = Envelope<Task>)),
)]
#[post("/pipeline/tasks/{id}/complete")]
pub async fn complete_task(
    authorized: Authorized<TasksComplete>,
    id: web::Path<TaskId>,
    submission: Submission<CompleteTask>,
) -> Answer {
    let expected = submission.if_match.expected(submission.body.version)?;
    let action = TaskAction::Complete {
        notes: submission.body.notes.clone(),
    };
    act(&authorized, &submission, *id, expected, action).await
}

/// Say that a task cannot go on.
#[utoipa::path(
    tag = "pipeline",
    extensions(("x-rate-limit" = json!("commands"))),
    params(("id" = TaskId, Path), IfMatchHeader, IdempotencyKey),
    request_body = BlockTask,
    security(("api_key" = ["tasks.block"]), ("session" = ["tasks.block"])),
    responses((status = 200, description = "The task after it", body = Envelope<Task>)),
)]
#[post("/pipeline/tasks/{id}/block")]
pub async fn block_task(
    authorized: Authorized<TasksBlock>,
    id: web::Path<TaskId>,
    submission: Submission<BlockTask>,
) -> Answer {
    let expected = submission.if_match.expected(submission.body.version)?;
    let action = TaskAction::Block {
        reason: submission.body.reason.clone(),
        third_party: submission.body.third_party,
    };
    act(&authorized, &submission, *id, expected, action).await
}

/// Say that a blocked task can go on.
///
/// It is where it was before.
#[utoipa::path(
    tag = "pipeline",
    extensions(("x-rate-limit" = json!("commands"))),
    params(("id" = TaskId, Path), IfMatchHeader, IdempotencyKey),
    request_body = Option<SeenTask>,
    security(("api_key" = ["tasks.block"]), ("session" = ["tasks.block"])),
    responses((status = 200, description = "The task after it", body = Envelope<Task>)),
)]
#[post("/pipeline/tasks/{id}/unblock")]
pub async fn unblock_task(
    authorized: Authorized<TasksBlock>,
    id: web::Path<TaskId>,
    submission: Submission<SeenTask>,
) -> Answer {
    let expected = submission.if_match.expected(submission.body.version)?;
    act(&authorized, &submission, *id, expected, TaskAction::Unblock).await
}

/// Take a completed task up again.
///
/// Its stage opens again when the task is required there.
#[utoipa::path(
    tag = "pipeline",
    extensions(("x-rate-limit" = json!("commands"))),
    params(("id" = TaskId, Path), IfMatchHeader, IdempotencyKey),
    request_body = Option<TaskReason>,
    security(("api_key" = ["tasks.reopen"]), ("session" = ["tasks.reopen"])),
    responses((status = 200, description = "The task after it", body = Envelope<Task>)),
)]
#[post("/pipeline/tasks/{id}/reopen")]
pub async fn reopen_task(
    authorized: Authorized<TasksReopen>,
    id: web::Path<TaskId>,
    submission: Submission<TaskReason>,
) -> Answer {
    let expected = submission.if_match.expected(submission.body.version)?;
    let action = TaskAction::Reopen {
        reason: submission.body.reason.clone(),
    };
    act(&authorized, &submission, *id, expected, action).await
}

/// Give a task to somebody, or take it away.
#[utoipa::path(
    tag = "pipeline",
    extensions(("x-rate-limit" = json!("commands"))),
    params(("id" = TaskId, Path), IfMatchHeader, IdempotencyKey),
    request_body = AssignTask,
    security(("api_key" = ["tasks.assign"]), ("session" = ["tasks.assign"])),
    responses((status = 200, description = "The task after it", body = Envelope<Task>)),
)]
#[post("/pipeline/tasks/{id}/assign")]
pub async fn assign_task(
    authorized: Authorized<TasksAssign>,
    id: web::Path<TaskId>,
    submission: Submission<AssignTask>,
) -> Answer {
    let expected = submission.if_match.expected(submission.body.version)?;
    let given = submission.body.assignee;
    let assignee = given.ok_or_else(|| ApiError::field("assignee", "is missing"))?;
    let action = TaskAction::Assign { assignee };
    act(&authorized, &submission, *id, expected, action).await
}

/// Say that a task is not to be done.
#[utoipa::path(
    tag = "pipeline",
    extensions(("x-rate-limit" = json!("commands"))),
    params(("id" = TaskId, Path), IfMatchHeader, IdempotencyKey),
    request_body = Option<TaskReason>,
    security(("api_key" = ["tasks.cancel"]), ("session" = ["tasks.cancel"])),
    responses((status = 200, description = "The task after it", body = Envelope<Task>)),
)]
#[post("/pipeline/tasks/{id}/cancel")]
pub async fn cancel_task(
    authorized: Authorized<TasksCancel>,
    id: web::Path<TaskId>,
    submission: Submission<TaskReason>,
) -> Answer {
    let expected = submission.if_match.expected(submission.body.version)?;
    let action = TaskAction::Cancel {
        reason: submission.body.reason.clone(),
    };
    act(&authorized, &submission, *id, expected, action).await
}
