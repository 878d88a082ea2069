//! Imports: what became of a manifest. The report is kept as it was given.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::domain::ids::ImportId;
use crate::domain::principal::Actor;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ImportState {
    Running,
    Completed,
    /// Stopped half way; what was reported as created is in, and sending the
    /// same file again does the rest.
    Interrupted,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Import {
    pub id: ImportId,
    #[schema(value_type = String)]
    pub file_name: Arc<str>,
    /// SHA-256 of the file, hexadecimal.
    #[schema(value_type = String)]
    pub sha256: Arc<str>,
    pub state: ImportState,
    /// Rows of people in the file.
    pub rows: i32,
    /// Rows dealt with so far.
    pub processed: i32,
    pub created: i32,
    pub updated: i32,
    pub unchanged: i32,
    pub rejected: i32,
    /// Problems found: `{errors: [...], warnings: [...]}`, each with row, column, code, message and value.
    #[schema(value_type = Object)]
    pub problems: Arc<serde_json::Value>,
    pub created_by: Actor,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}
