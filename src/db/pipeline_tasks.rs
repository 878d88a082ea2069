//! Tasks of jamaah who are no longer in memory.

use std::sync::Arc;

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::Result;
use super::load::rows::{Interner, TaskRow};
use super::schema::{jamaah, jamaah_pipeline_status as statuses, pipeline_tasks as tasks};
use crate::domain::ids::{DepartureId, TaskId, TenantId};
use crate::domain::pipeline::jamaah::DepartureRisk;
use crate::domain::pipeline::task::Task;

/// A task and what is shown beside it of its jamaah.
#[derive(Clone, Debug)]
pub struct TaskOfJamaah {
    pub task: Arc<Task>,
    pub jamaah_name: Arc<str>,
    pub jamaah_phone: Option<Arc<str>>,
    pub jamaah_agent: Option<Arc<str>>,
    pub departure_id: DepartureId,
    pub departure_date: NaiveDate,
    pub risk: DepartureRisk,
    pub readiness_probability: Option<f64>,
}

type Beside = (
    String,
    Option<String>,
    Option<String>,
    DepartureId,
    NaiveDate,
    DepartureRisk,
    Option<f64>,
);

/// Those of these tasks that there are, in no particular order.
pub async fn find(
    conn: &mut AsyncPgConnection,
    tenant: TenantId,
    ids: &[TaskId],
) -> Result<Vec<TaskOfJamaah>> {
    let ids: Vec<_> = ids.iter().map(|id| id.0).collect();
    let of_jamaah = jamaah::tenant_id
        .eq(tasks::tenant_id)
        .and(jamaah::id.eq(tasks::jamaah_id));
    let of_status = statuses::tenant_id
        .eq(tasks::tenant_id)
        .and(statuses::jamaah_id.eq(tasks::jamaah_id));
    let found: Vec<(TaskRow, Beside)> = tasks::table
        .inner_join(jamaah::table.on(of_jamaah))
        .inner_join(statuses::table.on(of_status))
        .filter(tasks::tenant_id.eq(tenant.0).and(tasks::id.eq_any(ids)))
        .select((
            TaskRow::as_select(),
            (
                jamaah::name,
                jamaah::phone,
                jamaah::agent,
                statuses::departure_id,
                statuses::departure_date,
                statuses::risk,
                statuses::readiness_probability,
            ),
        ))
        .load(conn)
        .await?;
    let texts = &mut Interner::default();
    let found = found.into_iter().map(|(row, beside)| {
        let (name, phone, agent, departure_id, departure_date, risk, readiness_probability) =
            beside;
        TaskOfJamaah {
            task: Arc::new(row.task(texts)),
            jamaah_name: name.into(),
            jamaah_phone: phone.map(Arc::from),
            jamaah_agent: agent.map(Arc::from),
            departure_id,
            departure_date,
            risk,
            readiness_probability,
        }
    });
    Ok(found.collect())
}
