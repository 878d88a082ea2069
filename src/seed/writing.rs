//! From the season to the database: a thread lives the season and fills
//! batches, while the journal writes those before. Only a few batches exist at
//! a time, however long the season is. Rows are written once, as they are when
//! the season ends, and not with every event that changes them.

use std::sync::Arc;

use anyhow::{Context, ensure};
use diesel_async::AsyncPgConnection;
use tokio::sync::mpsc;

use super::progress::Progress;
use super::season::{self, Deed, Season};
use crate::db::journal::{self, NewEvent, TenantBatch};
use crate::domain::ids::{BatchId, IdSource, TenantId};
use crate::domain::pipeline::change::{Change, Row};
use crate::domain::time::Timestamp;

/// Events, or rows, per statement. Larger ones save little and hold more in memory.
const BATCH: usize = 20_000;
/// Batches that wait for the journal.
const AHEAD: usize = 2;

/// What is to be written next.
enum Filled {
    /// And how many people of how many have been registered by then.
    Log(TenantBatch, (usize, usize)),
    /// With a batch that has no events, at the head they led to.
    Rows(TenantBatch, Vec<Row>),
}

/// Writes the whole season of a tenant, whose log is empty, and says how many
/// events that were. The caller opens the transaction.
pub async fn write(
    conn: &mut AsyncPgConnection,
    tenant: TenantId,
    season: Season,
    batch_ids: IdSource,
    now: Timestamp,
    progress: &mut Progress,
) -> anyhow::Result<i64> {
    let (sender, mut filled) = mpsc::channel(AHEAD);
    let living = tokio::task::spawn_blocking(move || {
        Filling::new(tenant, batch_ids, now, sender).fill(season)
    });
    let (mut head, mut rows) = (0, 0);
    while let Some(filled) = filled.recv().await {
        let written = match filled {
            Filled::Log(batch, registered) => {
                head += i64::try_from(batch.events.len())?;
                progress.show_log(head, registered);
                journal::append(conn, &batch).await
            }
            Filled::Rows(batch, part) => {
                rows += part.len();
                progress.show_rows(rows);
                journal::put(conn, &batch, &part).await
            }
        };
        let written = written.context("cannot write the season")?;
        ensure!(written, "somebody else writes this tenant's log");
    }
    // the sender is gone, so it has ended, well or not
    living.await.context("the season broke off")??;
    Ok(head)
}

struct Filling {
    tenant: TenantId,
    ids: IdSource,
    now: Timestamp,
    head: i64,
    events: Vec<NewEvent>,
    /// Rows that the state does not hold.
    comments: Vec<Row>,
    sender: mpsc::Sender<Filled>,
    request_id: Arc<str>,
}

impl Filling {
    fn new(tenant: TenantId, ids: IdSource, now: Timestamp, sender: mpsc::Sender<Filled>) -> Self {
        let request_id = Arc::from("seed");
        Self {
            tenant,
            ids,
            now,
            head: 0,
            events: Vec::new(),
            comments: Vec::new(),
            sender,
            request_id,
        }
    }

    fn fill(mut self, mut season: Season) -> Result<(), season::Error> {
        while let Some(deed) = season.next() {
            // a full batch goes when more comes, so that the last is never empty
            if self.events.len() >= BATCH && !self.send_log(None, season.registered()) {
                return Ok(());
            }
            self.add(deed?);
        }
        let deadline = Some(season.next_deadline());
        if !self.send_log(deadline, season.registered()) {
            return Ok(());
        }
        let comments = std::mem::take(&mut self.comments);
        let mut rows = season.state().rows().chain(comments);
        loop {
            let part: Vec<Row> = rows.by_ref().take(BATCH).collect();
            let batch = self.batch(deadline, Vec::new());
            if part.is_empty()
                || self
                    .sender
                    .blocking_send(Filled::Rows(batch, part))
                    .is_err()
            {
                return Ok(());
            }
        }
    }

    fn add(&mut self, deed: Deed) {
        for change in deed.changes {
            self.head += 1;
            if let Change {
                after: Row::Comment(_),
                ..
            } = &change
            {
                self.comments.push(change.after.clone());
            }
            self.events.push(NewEvent {
                seq: self.head,
                command_id: deed.command_id,
                occurred_at: deed.at,
                actor: deed.actor,
                change: Arc::new(change),
                idempotency: None,
                request_id: Arc::clone(&self.request_id),
            });
        }
    }

    /// Whether anybody still wants to have it.
    fn send_log(&mut self, deadline: Option<Timestamp>, registered: (usize, usize)) -> bool {
        let events = std::mem::take(&mut self.events);
        let batch = self.batch(deadline, events);
        self.sender
            .blocking_send(Filled::Log(batch, registered))
            .is_ok()
    }

    fn batch(&mut self, next_deadline_at: Option<Timestamp>, events: Vec<NewEvent>) -> TenantBatch {
        TenantBatch {
            tenant_id: self.tenant,
            batch_id: self.ids.next::<BatchId>(self.now),
            expected_head: self.head - i64::try_from(events.len()).unwrap_or(0),
            next_deadline_at,
            events,
        }
    }
}
