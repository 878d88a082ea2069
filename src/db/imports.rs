//! Imports as they were last recorded. Written by the journal.

use std::sync::Arc;

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::Result;
use super::schema::imports;
use super::types::{ActorKind, actor};
use crate::domain::ids::{ImportId, TenantId};
use crate::domain::pipeline::import::{Import, ImportState};
use crate::domain::time::Timestamp;

pub async fn by_id(
    conn: &mut AsyncPgConnection,
    tenant: TenantId,
    id: ImportId,
) -> Result<Option<Import>> {
    let found: Option<(Columns, serde_json::Value)> = imports::table
        .find((tenant.0, id.0))
        .select((Columns::as_select(), imports::problems))
        .first(conn)
        .await
        .optional()?;
    Ok(found.map(|(columns, problems)| columns.import(problems)))
}

/// The newest first, without their problems, after `offset` others.
pub async fn newest(
    conn: &mut AsyncPgConnection,
    tenant: TenantId,
    offset: i64,
    limit: i64,
) -> Result<Vec<Import>> {
    let found: Vec<Columns> = imports::table
        .filter(imports::tenant_id.eq(tenant.0))
        .order((imports::created_at.desc(), imports::id.desc()))
        .offset(offset)
        .limit(limit)
        .select(Columns::as_select())
        .load(conn)
        .await?;
    let without = |columns: Columns| columns.import(serde_json::Value::Null);
    Ok(found.into_iter().map(without).collect())
}

pub async fn count(conn: &mut AsyncPgConnection, tenant: TenantId) -> Result<i64> {
    let counted = imports::table
        .filter(imports::tenant_id.eq(tenant.0))
        .count();
    Ok(counted.get_result(conn).await?)
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = imports, check_for_backend(diesel::pg::Pg))]
struct Columns {
    id: ImportId,
    file_name: String,
    sha256: String,
    state: ImportState,
    rows: i32,
    processed: i32,
    created: i32,
    updated: i32,
    unchanged: i32,
    rejected: i32,
    created_by_type: ActorKind,
    created_by: Option<Uuid>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl Columns {
    fn import(self, problems: serde_json::Value) -> Import {
        Import {
            id: self.id,
            file_name: self.file_name.into(),
            sha256: self.sha256.into(),
            state: self.state,
            rows: self.rows,
            processed: self.processed,
            created: self.created,
            updated: self.updated,
            unchanged: self.unchanged,
            rejected: self.rejected,
            problems: Arc::new(problems),
            created_by: actor(self.created_by_type, self.created_by),
            created_at: self.created_at,
            updated_at: self.updated_at,
        }
    }
}
