//! The commit: many tenants' events and rows in one prepared statement, which
//! compares and sets each tenant's head and writes only for those whose head
//! was where it was expected.
//!
//! ```text
//! batches ─► encode (JSON of before and after) ─► fold (the last row of a subject) ─► statement ─► winners
//! ```
//!
//! The statement is one transaction and one round trip. A tenant that is not
//! among the winners has had nothing written, and somebody else wrote its log.
//! When the answer is lost, [`batch_at`] tells whose the events are.

mod columns;
mod encode;
mod statement;
mod tables;
#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::sync::Arc;

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

pub use encode::EventText;

use super::schema::events;
use super::{Error, Result};
use crate::domain::ids::{BatchId, CommandId, TenantId};
use crate::domain::pipeline::change::{Change, Row};
use crate::domain::principal::Actor;
use crate::domain::time::Timestamp;

/// What is to be written for one tenant.
#[derive(Clone, Debug)]
pub struct TenantBatch {
    pub tenant_id: TenantId,
    /// Made anew for every attempt.
    pub batch_id: BatchId,
    /// The head that the events were decided on.
    pub expected_head: i64,
    /// When the tenant must next be woken, once this is written.
    pub next_deadline_at: Option<Timestamp>,
    /// Numbered from `expected_head + 1` without a gap.
    pub events: Vec<NewEvent>,
}

#[derive(Clone, Debug)]
pub struct NewEvent {
    pub seq: i64,
    pub command_id: CommandId,
    pub occurred_at: Timestamp,
    pub actor: Actor,
    pub change: Arc<Change>,
    /// On one event of its command: the key, and a fingerprint of what was asked with it.
    pub idempotency: Option<(Arc<str>, i64)>,
    pub request_id: Arc<str>,
}

/// What has been written.
#[derive(Debug, Default)]
pub struct Written {
    /// The tenants whose head was where it was expected.
    pub winners: HashSet<TenantId>,
    /// What each event says, by batch and in the order of its events, losers' too.
    pub texts: Vec<Vec<EventText>>,
}

/// Writes what can be written. An error means that nothing was, unless the
/// connection broke: then only [`batch_at`] knows.
pub async fn write(conn: &mut AsyncPgConnection, batches: &[TenantBatch]) -> Result<Written> {
    check(batches)?;
    if batches.is_empty() {
        return Ok(Written::default());
    }
    let texts = encode::encode(batches)?;
    let winners = statement::execute(conn, batches, &texts).await?;
    Ok(Written {
        winners: winners.into_iter().collect(),
        texts,
    })
}

/// Writes the events of a batch and not the rows they lead to. Whoever writes a
/// long log at once gives those to [`put`], each once and as it is in the end,
/// in the same transaction. Says whether the head was where it was expected.
pub async fn append(conn: &mut AsyncPgConnection, batch: &TenantBatch) -> Result<bool> {
    let batches = std::slice::from_ref(batch);
    check(batches)?;
    let texts = encode::encode(batches)?;
    statement::append(conn, batches, &texts).await
}

/// Writes rows whose events have been written by [`append`]: those that others
/// refer to first. `batch` has no events, and the head they have led to.
pub async fn put(conn: &mut AsyncPgConnection, batch: &TenantBatch, rows: &[Row]) -> Result<bool> {
    check(std::slice::from_ref(batch))?;
    statement::put(conn, batch, rows).await
}

/// Who wrote this event.
pub async fn batch_at(
    conn: &mut AsyncPgConnection,
    tenant: TenantId,
    seq: i64,
) -> Result<Option<BatchId>> {
    let found = events::table.find((tenant.0, seq)).select(events::batch_id);
    Ok(found.first(conn).await.optional()?)
}

/// A gap can never be mended, so nothing that would make one is sent.
fn check(batches: &[TenantBatch]) -> Result<()> {
    let mut tenants = HashSet::with_capacity(batches.len());
    for batch in batches {
        let tenant = batch.tenant_id;
        if !tenants.insert(tenant) {
            return Err(Error::Unwritable(format!("tenant {tenant} twice")));
        }
        let mut next = batch.expected_head;
        for event in &batch.events {
            next += 1;
            if event.seq != next {
                return Err(Error::Unwritable(format!(
                    "event {} of tenant {tenant} where {next} comes",
                    event.seq
                )));
            }
        }
    }
    Ok(())
}
