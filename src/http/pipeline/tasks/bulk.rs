//! One action on many tasks. Each is a command of its own with a result of its
//! own; given together they share commits.

use std::collections::BTreeSet;

use actix_web::{post, rt};
use futures::future::join_all;
use serde::Serialize;

use super::archived;
use super::named::Named;
use super::outcome;
use crate::actors::handle::{CommandError, Order, Receipt, TenantHandle};
use crate::domain::ids::TaskId;
use crate::domain::pipeline::change::Row;
use crate::domain::pipeline::command::{Command, TaskAction};
use crate::domain::pipeline::refusal::{Fields, Refusal};
use crate::domain::pipeline::task::Task;
use crate::error::{ApiError, ErrorBody};
use crate::http::auth::authorized::Authorized;
use crate::http::auth::needs::TasksChange;
use crate::http::reply::{Answer, Envelope, Reply};
use crate::http::submission::{IdempotencyKey, Submission};

use once::Admitted;
pub use request::{BulkAction, BulkItem, BulkTasks};

pub mod once;
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
    extensions(("x-rate-limit" = json!("bulk"))),
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
    let asked = submission.idempotency(authorized.principal());
    let admitted = once::admit(&authorized, asked).await?;
    let tenant = authorized.tenant().await?;
    let refusal = match Named::from(&action).check(&authorized).await {
        Ok(()) => None,
        // what has been done stays done, whoever has left since
        Err(ApiError::Validation(fields)) if !admitted.done.is_empty() => Some(fields),
        Err(error) => return Err(error),
    };
    let orders = orders(&authorized, &submission, &items, &action);
    let answers = execute(&tenant, orders, admitted, refusal).await?;
    let answers = explain(&authorized, &items, outcome(&action), answers).await?;
    let seqs = answers.iter().flatten().map(|receipt| receipt.seq);
    let seq = seqs.max().unwrap_or_else(|| tenant.view().state.head);
    let results: Vec<BulkResult> = items.iter().zip(answers).map(BulkResult::of).collect();
    Reply::new(results).seq(seq).ok()
}

fn orders(
    authorized: &Authorized<TasksChange>,
    submission: &Submission<BulkTasks>,
    items: &[BulkItem],
    action: &TaskAction,
) -> Vec<Order> {
    let orders = items.iter().enumerate().map(|(index, item)| {
        let command = Command::Task {
            id: item.id,
            expected: item.version,
            action: action.clone(),
        };
        let mut order = authorized.order(command, submission);
        if let Some(idempotency) = &mut order.idempotency {
            idempotency.key = once::key_of(&idempotency.key, index).into();
        }
        order
    });
    orders.collect()
}

/// Gives all commands at once, so that they meet in few commits; where there is
/// a refusal, only those that have been carried out before. Goes on to the end
/// when nobody waits for it any more.
async fn execute(
    tenant: &TenantHandle,
    orders: Vec<Order>,
    admitted: Admitted,
    refusal: Option<Fields>,
) -> Result<Vec<Result<Receipt, CommandError>>, ApiError> {
    let tenant = tenant.clone();
    let executing = rt::spawn(async move {
        let answers = orders.into_iter().enumerate().map(|(index, order)| {
            let refusal = refusal.clone().filter(|_| !admitted.done.contains(&index));
            let tenant = &tenant;
            async move {
                match refusal {
                    Some(fields) => Err(Refusal::Validation(fields).into()),
                    None => tenant.execute(order).await,
                }
            }
        });
        join_all(answers).await
    });
    executing.await.map_err(ApiError::internal)
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
