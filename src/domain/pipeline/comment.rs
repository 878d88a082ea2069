//! Comments on tasks. Written through the log, read from the database.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::domain::ids::{CommentId, TaskId};
use crate::domain::principal::Actor;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Comment {
    pub id: CommentId,
    pub task_id: TaskId,
    pub author: Actor,
    #[schema(value_type = String)]
    pub author_name: Arc<str>,
    #[schema(value_type = String)]
    pub body: Arc<str>,
    pub created_at: DateTime<Utc>,
}
