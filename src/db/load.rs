//! A tenant's hot state, read as it stands at one moment: everything about the
//! jamaah who are not closed or were closed lately, and the configuration.

pub(super) mod rows;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use chrono::Duration;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::pool::Pools;
use super::schema::events;
use super::{Error, Result};
use super::{events as log, tenants};
use crate::domain::ids::{JamaahId, TenantId};
use crate::domain::pipeline::change::Row;
use crate::domain::pipeline::jamaah::JamaahStatus;
use crate::domain::pipeline::state::State;
use crate::domain::time::Timestamp;

/// How much of a tenant is kept in memory.
#[derive(Clone, Copy, Debug)]
pub struct Extent {
    /// Jamaah who were closed longer ago are not hot.
    pub closed_days: i64,
    /// So many of the last idempotency keys.
    pub keys: i64,
}

impl Default for Extent {
    fn default() -> Self {
        Self {
            closed_days: 30,
            keys: 100_000,
        }
    }
}

/// Would not be loaded any more.
pub fn is_cold(status: &JamaahStatus, now: Timestamp) -> bool {
    let closed_since = now - Duration::days(Extent::default().closed_days);
    status.closed_at.is_some_and(|closed| closed < closed_since)
}

#[derive(Debug)]
pub struct Loaded {
    pub state: State,
    /// The first event that the log still has; the next one of an empty log.
    pub first: i64,
    pub keys: RecentKeys,
}

/// Idempotency keys with the number of the event that has them, newest first.
#[derive(Debug, Default)]
pub struct RecentKeys {
    pub keys: Vec<(Arc<str>, i64)>,
    /// There are no older ones.
    pub complete: bool,
}

/// `None` when there is no such tenant.
pub async fn tenant(
    pools: &Pools,
    id: TenantId,
    now: Timestamp,
    extent: Extent,
) -> Result<Option<Loaded>> {
    let closed_since = now - Duration::days(extent.closed_days);
    pools
        .read_snapshot("load_tenant", id, async |conn: &mut AsyncPgConnection| {
            let Some((tenant, head)) = tenants::with_head(conn, id).await? else {
                return Ok(None);
            };
            let rows = rows::hot(conn, id, closed_since).await?;
            let keys = recent_keys(conn, id, extent.keys).await?;
            let first = log::first(conn, id).await?.unwrap_or(head + 1);
            Ok::<_, Error>(Some(Loaded {
                first,
                state: State::load(Arc::new(tenant), head, rows),
                keys,
            }))
        })
        .await
}

/// The rows of one jamaah, hot or not, the jamaah first; nothing when there is
/// nobody of that id.
pub async fn jamaah(
    conn: &mut AsyncPgConnection,
    tenant: TenantId,
    id: JamaahId,
) -> Result<Vec<Row>> {
    rows::of_one(conn, tenant, id).await
}

async fn recent_keys(
    conn: &mut AsyncPgConnection,
    id: TenantId,
    at_most: i64,
) -> Result<RecentKeys> {
    let found: Vec<(Option<String>, i64)> = events::table
        .filter(
            events::tenant_id
                .eq(id.0)
                .and(events::idempotency_key.is_not_null()),
        )
        .order(events::seq.desc())
        .limit(at_most + 1)
        .select((events::idempotency_key, events::seq))
        .load(conn)
        .await?;
    let at_most = usize::try_from(at_most).unwrap_or_default();
    let complete = found.len() <= at_most;
    let keys = found
        .into_iter()
        .take(at_most)
        .filter_map(|(key, seq)| Some((key?.into(), seq)))
        .collect();
    Ok(RecentKeys { keys, complete })
}
