//! Comments on tasks, which are not held in memory.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::Result;
use super::schema::task_comments as comments;
use super::types::{ActorKind, actor};
use crate::domain::ids::{CommentId, TaskId, TenantId};
use crate::domain::pipeline::comment::Comment;
use crate::domain::time::Timestamp;

#[derive(Queryable, Selectable)]
#[diesel(table_name = comments, check_for_backend(diesel::pg::Pg))]
struct CommentRow {
    id: CommentId,
    task_id: TaskId,
    author_type: ActorKind,
    author: Option<Uuid>,
    author_name: String,
    body: String,
    created_at: Timestamp,
}

/// A page of a task's comments, oldest first, and how many there are.
pub async fn of_task(
    conn: &mut AsyncPgConnection,
    tenant: TenantId,
    task: TaskId,
    offset: i64,
    limit: i64,
) -> Result<(Vec<Comment>, i64)> {
    let on_task = comments::tenant_id
        .eq(tenant.0)
        .and(comments::task_id.eq(task.0));
    let total = comments::table
        .filter(on_task)
        .count()
        .get_result(conn)
        .await?;
    // ids rise with time
    let found: Vec<CommentRow> = comments::table
        .filter(on_task)
        .order(comments::id)
        .offset(offset)
        .limit(limit)
        .select(CommentRow::as_select())
        .load(conn)
        .await?;
    let found = found.into_iter().map(|row| Comment {
        id: row.id,
        task_id: row.task_id,
        author: actor(row.author_type, row.author),
        author_name: row.author_name.into(),
        body: row.body.into(),
        created_at: row.created_at,
    });
    Ok((found.collect(), total))
}
