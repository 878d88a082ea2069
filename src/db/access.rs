//! Changes of rights: accounts and the events about them, in one transaction.
//! They do not pass through the tenant's actor, which holds no accounts. To the
//! actors of every node this is another node that wrote first: their batch finds
//! the head moved, writes nothing, reads these events and is decided anew.
//!
//! ```text
//! lock the tenant's row ─► change the accounts, note what changed ─► number, write, move the head ─► commit
//! ```
//!
//! By the journal's role, on a connection of [`super::pool::Pools::access_connection`]:
//! while the row is locked no command of the tenant is committed, so nothing
//! slow belongs between.

pub mod accounts;
mod audit;
pub mod rights;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::sync::Arc;

use diesel::prelude::*;
use diesel_async::{AnsiTransactionManager, AsyncPgConnection, RunQueryDsl, TransactionManager};

use super::Error;
use super::events::{self, StoredEvent};
use super::journal::{self, NewEvent, TenantBatch};
use super::schema::tenants;
use super::types::Word;
use crate::domain::access::AccessRow;
use crate::domain::ids::{BatchId, CommandId, TenantId};
use crate::domain::pipeline::change::{Change, EventKind, Row};
use crate::domain::principal::{Actor, Permission};
use crate::domain::time::Timestamp;

/// Why nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    #[error("there is no such tenant")]
    NoTenant,
    #[error("there is no user {0}")]
    NoUser(String),
    #[error("there is no role {key}; there are {known}")]
    NoRole { key: String, known: String },
    #[error("there is no API key {0}")]
    NoKey(String),
    #[error("there is no such session")]
    NoSession,
    #[error("there is a {what} {name} already")]
    Taken { what: &'static str, name: String },
    /// What was mailed is not good, or not any more.
    #[error("the token is not good any more")]
    NoToken,
    #[error("the row has been changed since")]
    Changed { current: Box<AccessRow> },
    #[error("the permission {} would be given by somebody who lacks it", .0.word())]
    Beyond(Permission),
    #[error("a role with these limits cannot permit {0}")]
    Boundless(String),
    /// A row that cannot go from one state to another.
    #[error("a {what} cannot go from {from} to {to}")]
    Impossible {
        what: &'static str,
        from: String,
        to: &'static str,
    },
    /// The same has been done before, under the same `Idempotency-Key`.
    #[error("this has been done already")]
    Repeated(Box<StoredEvent>),
    #[error("the Idempotency-Key has been used with another request")]
    KeyReused,
    #[error(transparent)]
    Database(#[from] Error),
}

impl From<diesel::result::Error> for Refused {
    fn from(error: diesel::result::Error) -> Self {
        Self::Database(error.into())
    }
}

/// Who changes rights, and under which ids this stands in the log.
#[derive(Clone, Debug)]
pub struct Author {
    pub actor: Actor,
    pub at: Timestamp,
    pub request_id: Arc<str>,
    pub command_id: CommandId,
    pub batch_id: BatchId,
    /// The caller's `Idempotency-Key`, and a fingerprint of what was asked with it.
    pub idempotency: Option<(Arc<str>, i64)>,
    /// What they may give to others; `None` is everything.
    pub may_give: Option<BTreeSet<Permission>>,
}

/// What has been done.
#[derive(Debug)]
pub struct Done<T> {
    pub value: T,
    /// The head of the log after it.
    pub seq: i64,
    /// What it changed, in the order of the log.
    pub rows: Vec<Arc<AccessRow>>,
}

/// A change of rights on its way: the tenant's row is locked, and what is
/// done here becomes the next events of its log.
pub struct Deed<'a> {
    conn: &'a mut AsyncPgConnection,
    tenant: TenantId,
    now: Timestamp,
    may_give: Option<&'a BTreeSet<Permission>>,
    changes: Vec<Change>,
}

/// Carries out `work` and commits it with its events, or nothing of it. Within
/// a transaction it becomes a part of that.
pub async fn write<T>(
    conn: &mut AsyncPgConnection,
    tenant: TenantId,
    author: &Author,
    work: impl AsyncFnOnce(&mut Deed<'_>) -> Result<T, Refused>,
) -> Result<T, Refused> {
    Ok(submit(conn, tenant, author, work).await?.value)
}

/// The same, and tells what it has led to.
pub async fn submit<T>(
    conn: &mut AsyncPgConnection,
    tenant: TenantId,
    author: &Author,
    work: impl AsyncFnOnce(&mut Deed<'_>) -> Result<T, Refused>,
) -> Result<Done<T>, Refused> {
    AnsiTransactionManager::begin_transaction(&mut *conn).await?;
    match carry_out(conn, tenant, author, work).await {
        Ok(value) => {
            AnsiTransactionManager::commit_transaction(&mut *conn).await?;
            Ok(value)
        }
        Err(error) => {
            // when this fails too, the connection is broken and the transaction gone with it
            let _ = AnsiTransactionManager::rollback_transaction(&mut *conn).await;
            Err(error)
        }
    }
}

async fn carry_out<T>(
    conn: &mut AsyncPgConnection,
    tenant: TenantId,
    author: &Author,
    work: impl AsyncFnOnce(&mut Deed<'_>) -> Result<T, Refused>,
) -> Result<Done<T>, Refused> {
    let locked: Option<(i64, Option<Timestamp>)> = tenants::table
        .find(tenant.0)
        .select((tenants::last_seq, tenants::next_deadline_at))
        .for_no_key_update()
        .first(&mut *conn)
        .await
        .optional()?;
    let (expected_head, next_deadline_at) = locked.ok_or(Refused::NoTenant)?;
    if let Some((key, hash)) = &author.idempotency
        && let Some(event) = events::by_idempotency_key(conn, tenant, key).await?
    {
        let same = event.idempotency.as_ref().map(|(_, first)| first) == Some(hash);
        return Err(match same {
            true => Refused::Repeated(Box::new(event)),
            false => Refused::KeyReused,
        });
    }
    let mut deed = Deed {
        conn: &mut *conn,
        tenant,
        now: author.at,
        may_give: author.may_give.as_ref(),
        changes: Vec::new(),
    };
    let value = work(&mut deed).await?;
    let changes = deed.changes;
    let seq = expected_head + i64::try_from(changes.len()).unwrap_or_default();
    let rows = changes.iter().filter_map(|change| match &change.after {
        Row::Access(row) => Some(Arc::clone(row)),
        _ => None,
    });
    let rows = rows.collect();
    let done = Done { value, seq, rows };
    if changes.is_empty() {
        return Ok(done);
    }
    let mut idempotency = author.idempotency.clone();
    let events = (expected_head + 1..).zip(changes);
    let batch = TenantBatch {
        tenant_id: tenant,
        batch_id: author.batch_id,
        expected_head,
        next_deadline_at,
        events: events
            .map(|(seq, change)| NewEvent {
                seq,
                command_id: author.command_id,
                occurred_at: author.at,
                actor: author.actor,
                change: Arc::new(change),
                idempotency: idempotency.take(),
                request_id: author.request_id.clone(),
            })
            .collect(),
    };
    let written = journal::write(conn, &[batch]).await?;
    if !written.winners.contains(&tenant) {
        let cause = "the head has moved although its row is locked".to_owned();
        return Err(Error::Unwritable(cause).into());
    }
    Ok(done)
}

impl Deed<'_> {
    /// A row that is as it was is no event.
    fn note(&mut self, kind: EventKind, before: Option<AccessRow>, after: AccessRow) {
        if before.as_ref() == Some(&after) {
            return;
        }
        let row = |row| Row::Access(Arc::new(row));
        self.changes.push(Change {
            kind,
            before: before.map(row),
            after: row(after),
            on: None,
            agent: None,
        });
    }
}
