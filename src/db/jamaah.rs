//! What is asked about jamaah that is not kept in memory.

use std::sync::Arc;

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::Result;
use super::schema::{jamaah, jamaah_pipeline_status as statuses, task_comments as comments};
use crate::domain::ids::{TaskId, TenantId};

/// The journeys for which these passports are booked or on which they have
/// been, as passport and departure date. Cancelled ones are none.
pub async fn journeys_of(
    conn: &mut AsyncPgConnection,
    tenant: TenantId,
    passports: &[String],
) -> Result<Vec<(Arc<str>, NaiveDate)>> {
    let found: Vec<(String, NaiveDate)> = jamaah::table
        .inner_join(
            statuses::table.on(statuses::tenant_id
                .eq(jamaah::tenant_id)
                .and(statuses::jamaah_id.eq(jamaah::id))),
        )
        .filter(
            jamaah::tenant_id
                .eq(tenant.0)
                .and(jamaah::passport_number.eq_any(passports))
                .and(statuses::cancel_reason.is_null()),
        )
        .select((jamaah::passport_number, statuses::departure_date))
        .load(conn)
        .await?;
    Ok(found
        .into_iter()
        .map(|(passport, date)| (passport.into(), date))
        .collect())
}

/// The ids of the comments on these tasks.
pub async fn comments_on(
    conn: &mut AsyncPgConnection,
    tenant: TenantId,
    tasks: &[TaskId],
) -> Result<Vec<Uuid>> {
    let tasks: Vec<Uuid> = tasks.iter().map(|task| task.0).collect();
    let on_tasks = comments::tenant_id
        .eq(tenant.0)
        .and(comments::task_id.eq_any(tasks));
    Ok(comments::table
        .filter(on_tasks)
        .select(comments::id)
        .load(conn)
        .await?)
}
