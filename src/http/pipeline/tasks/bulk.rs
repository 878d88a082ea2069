//! One action on many tasks. Each is a command of its own with a result of its
//! own; given together they share commits.

use std::collections::BTreeSet;
use std::sync::Arc;

use actix_web::post;
use futures::future::join_all;
use serde::Serialize;

use super::archived;
use super::assignees::check_assignee;
use super::outcome;
use crate::actors::handle::{CommandError, Receipt, TenantHandle};
use crate::domain::ids::TaskId;
use crate::domain::pipeline::change::Row;
use crate::domain::pipeline::command::{Command, TaskAction};
use crate::domain::pipeline::task::Task;
use crate::error::{ApiError, ErrorBody};
use crate::http::auth::authorized::Authorized;
use crate::http::auth::needs::TasksChange;
use crate::http::reply::{Answer, Envelope, Reply};
use crate::http::submission::{IdempotencyKey, Submission};

pub use request::{BulkAction, BulkItem, BulkTasks};

mod request;

/// What became of one task.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct BulkResult {
    pub id: TaskId,
    pub ok: bool,
    /// What the task's own command would have answered with.
    #[schema(example = 200)]
    pub status: u16,
    /// The task after it, if `ok`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Task>, required = false)]
    pub data: Option<Row>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub error: Option<ErrorBody>,
    /// It had been done before with the same key.
    pub replayed: bool,
}

/// Do the same with many tasks.
///
/// Answers 200 with a result for each task, in the order they were given, also
/// when some or all were refused. With an `Idempotency-Key`, repeating the
/// request gives the first result of each task that was not refused.
#[utoipa::path(
    tag = "pipeline",
    params(IdempotencyKey),
    request_body = BulkTasks,
    security(
        ("api_key" = ["tasks.work"]), ("session" = ["tasks.work"]),
        ("api_key" = ["tasks.write"]), ("session" = ["tasks.write"]),
    ),
    responses((status = 200, description = "A result for each", body = Envelope<Vec<BulkResult>>)),
)]
#[post("/pipeline/tasks/bulk")]
pub async fn change_tasks(
    authorized: Authorized<TasksChange>,
    submission: Submission<BulkTasks>,
) -> Answer {
    let (items, action) = submission.body.read()?;
    check_assignee(&authorized, assignee_in(&action)).await?;
    let tenant = authorized.tenant().await?;
    let answers = execute(&authorized, &submission, &tenant, &items, &action).await;
    let answers = explain(&authorized, &items, outcome(&action), answers).await?;
    let seqs = answers.iter().flatten().map(|receipt| receipt.seq);
    let seq = seqs.max().unwrap_or_else(|| tenant.view().state.head);
    let results: Vec<BulkResult> = items.iter().zip(answers).map(BulkResult::of).collect();
    Reply::new(results).seq(seq).ok()
}

fn assignee_in(action: &TaskAction) -> Option<crate::domain::ids::UserId> {
    match action {
        TaskAction::Assign { assignee } => *assignee,
        TaskAction::Edit(edit) => edit.assignee.flatten(),
        _ => None,
    }
}

/// Gives all commands at once, so that they meet in few commits.
async fn execute(
    authorized: &Authorized<TasksChange>,
    submission: &Submission<BulkTasks>,
    tenant: &TenantHandle,
    items: &[BulkItem],
    action: &TaskAction,
) -> Vec<Result<Receipt, CommandError>> {
    let orders = items.iter().enumerate().map(|(index, item)| {
        let command = Command::Task {
            id: item.id,
            expected: item.version,
            action: action.clone(),
        };
        let mut order = authorized.order(command, submission);
        if let Some(idempotency) = &mut order.idempotency {
            idempotency.key = Arc::from(format!("{}#{index}", idempotency.key));
        }
        tenant.execute(order)
    });
    join_all(orders).await
}

/// Tells tasks that are archived from those that are not there, and fails as a
/// whole when that is what every command did, for a reason of none of them.
async fn explain(
    authorized: &Authorized<TasksChange>,
    items: &[BulkItem],
    to: &str,
    answers: Vec<Result<Receipt, CommandError>>,
) -> Result<Vec<Result<Receipt, ApiError>>, ApiError> {
    let mut answers: Vec<Result<Receipt, ApiError>> = answers
        .into_iter()
        .map(|answer| answer.map_err(ApiError::from))
        .collect();
    let common = |answer: &Result<Receipt, ApiError>| {
        matches!(
            answer,
            Err(ApiError::Unavailable { .. } | ApiError::IdempotencyMismatch)
        )
    };
    if answers.iter().all(common)
        && let Some(Err(error)) = answers.pop()
    {
        return Err(error);
    }
    let missing = |answer: &Result<Receipt, ApiError>| {
        matches!(answer, Err(ApiError::NotFound { what: "task" }))
    };
    let lost = items.iter().zip(&answers);
    let lost: Vec<TaskId> = lost
        .filter(|(_, answer)| missing(answer))
        .map(|(item, _)| item.id)
        .collect();
    if lost.is_empty() {
        return Ok(answers);
    }
    let found = archived::find(authorized, &lost).await?;
    let found: BTreeSet<TaskId> = found.iter().map(|found| found.task.id).collect();
    for (item, answer) in items.iter().zip(&mut answers) {
        if missing(answer) && found.contains(&item.id) {
            *answer = Err(archived::refusal(to));
        }
    }
    Ok(answers)
}

impl BulkResult {
    fn of((item, answer): (&BulkItem, Result<Receipt, ApiError>)) -> Self {
        match answer {
            Ok(receipt) => Self {
                id: item.id,
                ok: true,
                status: 200,
                data: receipt.rows.first().cloned(),
                error: None,
                replayed: receipt.replayed,
            },
            Err(error) => Self {
                id: item.id,
                ok: false,
                status: error.status_and_code().0.as_u16(),
                data: None,
                error: Some(error.body("").error),
                replayed: false,
            },
        }
    }
}
