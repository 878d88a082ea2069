//! `/pipeline/tasks`.

pub mod complete;
pub mod list;
pub mod read;

use utoipa_actix_web::service_config::ServiceConfig;

use super::super::reply::{Answer, Reply};
use crate::actors::handle::{Receipt, TenantHandle};
use crate::domain::ids::TaskId;
use crate::domain::pipeline::change::Row;
use crate::error::ApiError;

pub fn routes(config: &mut ServiceConfig) {
    config
        .service(list::list_tasks)
        .service(read::get_task)
        .service(complete::complete_task);
}

/// What a command about one task answers: the task after it.
fn answer_with_task(tenant: &TenantHandle, receipt: &Receipt, id: TaskId) -> Answer {
    let changed = receipt.rows.iter().find_map(|row| match row {
        Row::Task(task) if task.id == id => Some(task.clone()),
        _ => None,
    });
    // a command that had nothing to change has no rows
    let task = changed.or_else(|| tenant.view().state.task(id).cloned());
    let task = task.ok_or(ApiError::NotFound { what: "task" })?;
    let version = task.version;
    Reply::new(task).receipt(receipt).version(version).ok()
}
