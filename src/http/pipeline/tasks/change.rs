//! Editing a task.

use std::sync::Arc;

use actix_web::{put, web};
use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::act;
use crate::domain::ids::{TaskId, UserId};
use crate::domain::pipeline::command::{TaskAction, TaskEdit};
use crate::domain::pipeline::task::{Priority, Task};
use crate::domain::principal::RoleKey;
use crate::http::auth::authorized::Authorized;
use crate::http::auth::needs::TasksEdit;
use crate::http::conditional::IfMatchHeader;
use crate::http::given::given;
use crate::http::reply::{Answer, Envelope};
use crate::http::submission::{IdempotencyKey, Submission};

/// What is absent stays as it is; `null` clears.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TaskChanges {
    /// The version you saw; or send `If-Match`.
    #[schema(example = 3)]
    pub version: Option<i32>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = false)]
    pub title: Option<Arc<str>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = false, example = "visa-admin")]
    pub role: Option<RoleKey>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<UserId>, required = false)]
    pub assignee: Option<Option<UserId>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Priority, required = false)]
    pub priority: Option<Priority>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<DateTime<Utc>>, required = false)]
    pub due_at: Option<Option<DateTime<Utc>>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = bool, required = false)]
    pub required: Option<bool>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, required = false)]
    pub notes: Option<Option<Arc<str>>>,
}

impl From<TaskChanges> for TaskEdit {
    fn from(changes: TaskChanges) -> Self {
        Self {
            title: changes.title,
            role: changes.role,
            assignee: changes.assignee,
            priority: changes.priority,
            due_at: changes.due_at,
            required: changes.required,
            notes: changes.notes,
        }
    }
}

/// Edit a task.
///
/// Only the fields that are there are changed. Needs the version you saw, as
/// `version` or `If-Match`; `If-Match: *` overwrites whatever is there.
#[utoipa::path(
    tag = "pipeline",
    extensions(("x-rate-limit" = json!("commands"))),
    params(("id" = TaskId, Path), IfMatchHeader, IdempotencyKey),
    request_body = TaskChanges,
    security(("api_key" = ["tasks.edit"]), ("session" = ["tasks.edit"])),
    responses((status = 200, description = "The task after it", body = Envelope<Task>)),
)]
#[put("/pipeline/tasks/{id}")]
pub async fn update_task(
    authorized: Authorized<TasksEdit>,
    id: web::Path<TaskId>,
    submission: Submission<TaskChanges>,
) -> Answer {
    let expected = submission.if_match.required(submission.body.version)?;
    let action = TaskAction::Edit(submission.body.clone().into());
    act(&authorized, &submission, *id, expected, action).await
}
