//! `/pipeline/tasks`.

pub mod archived;
pub mod assignees;
pub mod bulk;
pub mod change;
pub mod commands;
pub mod create;
pub mod list;
pub mod named;
pub mod read;

use utoipa_actix_web::service_config::ServiceConfig;

use self::named::Named;
use super::row_after;
use crate::domain::ids::TaskId;
use crate::domain::pipeline::command::{Command, TaskAction};
use crate::error::ApiError;
use crate::http::auth::authorized::Authorized;
use crate::http::reply::Answer;
use crate::http::submission::Submission;

pub fn routes(config: &mut ServiceConfig) {
    config
        .service(list::list_tasks)
        .service(read::get_task)
        .service(commands::complete_task)
        .service(commands::start_task)
        .service(commands::block_task)
        .service(commands::unblock_task)
        .service(commands::reopen_task)
        .service(commands::assign_task)
        .service(commands::cancel_task)
        .service(change::update_task)
        .service(bulk::change_tasks)
        .service(create::create_task);
}

/// Carries out an action on a task and answers with the task after it.
async fn act<P, T>(
    authorized: &Authorized<P>,
    submission: &Submission<T>,
    id: TaskId,
    expected: Option<i32>,
    action: TaskAction,
) -> Answer {
    let tenant = authorized.tenant().await?;
    let to = outcome(&action);
    let named = Named::from(&action);
    let command = Command::Task {
        id,
        expected,
        action,
    };
    let order = authorized.order(command, submission);
    let checked = named.check_of(authorized, &tenant, id).await;
    if let Some(first) = named::first_answer(&tenant, &order, checked).await? {
        return row_after(&first)?.ok();
    }
    match tenant.execute(order).await.map_err(ApiError::from) {
        Ok(receipt) => row_after(&receipt)?.ok(),
        Err(ApiError::NotFound { .. }) => Err(archived::refuse(authorized, id, to).await),
        Err(error) => Err(error),
    }
}

/// What an action would have made of a task, for refusals that name both ends.
fn outcome(action: &TaskAction) -> &'static str {
    match action {
        TaskAction::Start | TaskAction::Unblock | TaskAction::Reopen { .. } => "in_progress",
        TaskAction::Complete { .. } => "completed",
        TaskAction::Block { .. } => "blocked",
        TaskAction::Assign { .. } => "assigned",
        TaskAction::Edit(_) => "changed",
        TaskAction::Cancel { .. } => "cancelled",
    }
}
