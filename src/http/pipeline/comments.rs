//! `/pipeline/tasks/{id}/comments`.

use std::sync::Arc;

use actix_web::{get, post, web};
use serde::Deserialize;
use utoipa_actix_web::service_config::ServiceConfig;

use super::row_after;
use super::tasks::archived;
use crate::db::{self, Connection, task_comments};
use crate::domain::ids::TaskId;
use crate::domain::pipeline::command::Command;
use crate::domain::pipeline::comment::Comment;
use crate::error::ApiError;
use crate::http::auth::authorized::Authorized;
use crate::http::auth::needs::{TasksComment, TasksRead};
use crate::http::conditional::IfNoneMatch;
use crate::http::page::Page;
use crate::http::reply::{Answer, Envelope, Reply};
use crate::http::submission::{IdempotencyKey, Submission};

pub fn routes(config: &mut ServiceConfig) {
    config.service(list_comments).service(create_comment);
}

#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewComment {
    #[schema(value_type = String, min_length = 1, max_length = 2000, example = "Called; the photo comes tomorrow")]
    pub body: Arc<str>,
}

/// The comments on a task, oldest first.
#[utoipa::path(
    tag = "pipeline",
    extensions(("x-rate-limit" = json!("reads"))),
    params(("id" = TaskId, Path), Page, IfNoneMatch),
    security(("api_key" = ["tasks.read"]), ("session" = ["tasks.read"])),
    responses((status = 200, description = "A page of comments", body = Envelope<Vec<Comment>>)),
)]
#[get("/pipeline/tasks/{id}/comments")]
pub async fn list_comments(
    authorized: Authorized<TasksRead>,
    id: web::Path<TaskId>,
    page: Page,
    known: IfNoneMatch,
) -> Answer {
    let tenant = authorized.tenant().await?;
    // before the rows are read, so that they hold at least this much
    let (freshness, view) = (tenant.freshness(), tenant.view());
    let seen = match view.state.task(*id) {
        Some(task) => authorized.principal().sees_task(&view.state.place(task)),
        None => !archived::find(&authorized, &[*id]).await?.is_empty(),
    };
    if !seen {
        return Err(ApiError::NotFound { what: "task" });
    }
    let offset = i64::try_from(page.offset()).unwrap_or(i64::MAX);
    let tenant_id = authorized.tenant_id();
    let (comments, total) = authorized
        .app
        .db
        .read("comments", tenant_id, async |conn: &mut Connection| {
            task_comments::of_task(conn, tenant_id, *id, offset, page.limit.into()).await
        })
        .await
        .map_err(|error: db::Error| ApiError::of_database(error))?;
    Reply::new(comments)
        .page(page, u64::try_from(total).unwrap_or(0))
        .read_from(&view, freshness)
        .conditional(&known)
}

/// Comment on a task.
#[utoipa::path(
    tag = "pipeline",
    extensions(("x-rate-limit" = json!("commands"))),
    params(("id" = TaskId, Path), IdempotencyKey),
    request_body = NewComment,
    security(("api_key" = ["tasks.comment"]), ("session" = ["tasks.comment"])),
    responses((status = 201, description = "The comment", body = Envelope<Comment>)),
)]
#[post("/pipeline/tasks/{id}/comments")]
pub async fn create_comment(
    authorized: Authorized<TasksComment>,
    id: web::Path<TaskId>,
    submission: Submission<NewComment>,
) -> Answer {
    let tenant = authorized.tenant().await?;
    let command = Command::Comment {
        task_id: *id,
        body: submission.body.body.clone(),
    };
    let answer = tenant.execute(authorized.order(command, &submission)).await;
    match answer.map_err(ApiError::from) {
        Ok(receipt) => row_after(&receipt)?.created(),
        Err(ApiError::NotFound { .. }) => {
            Err(archived::refuse(&authorized, *id, "commented").await)
        }
        Err(error) => Err(error),
    }
}
