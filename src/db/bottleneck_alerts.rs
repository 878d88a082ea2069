//! Alerts about bottlenecks: those that are kept in memory, and all that ever
//! were. Written by the journal.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::schema::bottleneck_alerts as alerts;
use super::types::{ActorKind, JsonText, Word, actor};
use super::{Error, Result};
use crate::domain::ids::{BottleneckAlertId, StageId, TenantId};
use crate::domain::pipeline::bottleneck::{AlertState, BottleneckAlert, Severity};
use crate::domain::time::Timestamp;

/// Active ones, those that nobody has acknowledged, and those cleared since then.
pub async fn hot(
    conn: &mut AsyncPgConnection,
    tenant: TenantId,
    cleared_since: Timestamp,
) -> Result<Vec<BottleneckAlert>> {
    let open = alerts::acknowledged_at
        .is_null()
        .or(alerts::cleared_at.is_null());
    let found: Vec<Columns> = alerts::table
        .filter(alerts::tenant_id.eq(tenant.0))
        .filter(open.or(alerts::cleared_at.ge(cleared_since)))
        .select(Columns::as_select())
        .load(conn)
        .await?;
    found.into_iter().map(Columns::alert).collect()
}

/// Those in one of these states, the newest first, after `offset` others; and
/// how many there are.
pub async fn newest(
    conn: &mut AsyncPgConnection,
    tenant: TenantId,
    states: &[AlertState],
    offset: i64,
    limit: i64,
) -> Result<(Vec<BottleneckAlert>, i64)> {
    let states: Vec<_> = states.iter().map(|state| state.word()).collect();
    let wanted = alerts::tenant_id
        .eq(tenant.0)
        .and(alerts::state.eq_any(states));
    let total = alerts::table
        .filter(wanted.clone())
        .count()
        .get_result(conn)
        .await?;
    let found: Vec<Columns> = alerts::table
        .filter(wanted)
        .order((alerts::raised_at.desc(), alerts::id.desc()))
        .offset(offset)
        .limit(limit)
        .select(Columns::as_select())
        .load(conn)
        .await?;
    let found: Result<Vec<_>> = found.into_iter().map(Columns::alert).collect();
    Ok((found?, total))
}

pub async fn by_id(
    conn: &mut AsyncPgConnection,
    tenant: TenantId,
    id: BottleneckAlertId,
) -> Result<Option<BottleneckAlert>> {
    let found: Option<Columns> = alerts::table
        .find((tenant.0, id.0))
        .select(Columns::as_select())
        .first(conn)
        .await
        .optional()?;
    found.map(Columns::alert).transpose()
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = alerts, check_for_backend(diesel::pg::Pg))]
struct Columns {
    id: BottleneckAlertId,
    stage_id: StageId,
    state: AlertState,
    severity: Severity,
    score: f64,
    raised_at: Timestamp,
    cleared_at: Option<Timestamp>,
    acknowledged_at: Option<Timestamp>,
    acknowledged_by_type: Option<ActorKind>,
    acknowledged_by: Option<Uuid>,
    last_reminded_at: Option<Timestamp>,
    history: JsonText<'static>,
    version: i32,
}

impl Columns {
    fn alert(self) -> Result<BottleneckAlert> {
        let history = serde_json::from_str(&self.history.0).map_err(|error| Error::Unreadable {
            what: "history",
            cause: error.to_string(),
        })?;
        Ok(BottleneckAlert {
            id: self.id,
            stage_id: self.stage_id,
            state: self.state,
            severity: self.severity,
            score: self.score,
            raised_at: self.raised_at,
            cleared_at: self.cleared_at,
            acknowledged_at: self.acknowledged_at,
            acknowledged_by: self
                .acknowledged_by_type
                .map(|kind| actor(kind, self.acknowledged_by)),
            last_reminded_at: self.last_reminded_at,
            history,
            version: self.version,
        })
    }
}
