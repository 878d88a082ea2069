//! From the season to the database: a thread lives the season and fills
//! batches, while the journal writes those before. Only a few batches exist at
//! a time, however long the season is.

use std::sync::Arc;

use anyhow::{Context, ensure};
use diesel_async::AsyncPgConnection;
use tokio::sync::mpsc;

use super::progress::Progress;
use super::season::{self, Deed, Season};
use crate::db::journal::{self, NewEvent, TenantBatch};
use crate::domain::ids::{BatchId, IdSource, TenantId};
use crate::domain::time::Timestamp;

/// Events per statement. Larger ones save little and hold more in memory.
const BATCH: usize = 20_000;
/// Batches that wait for the journal.
const AHEAD: usize = 2;

/// A batch, and how many people of how many have been registered by then.
type Filled = (TenantBatch, (usize, usize));

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
    let (sender, mut batches) = mpsc::channel(AHEAD);
    let living = tokio::task::spawn_blocking(move || {
        Filling::new(tenant, batch_ids, now, sender).fill(season)
    });
    let mut head = 0;
    while let Some((batch, registered)) = batches.recv().await {
        let count = i64::try_from(batch.events.len())?;
        let written = journal::write(conn, &[batch])
            .await
            .context("cannot write the season")?;
        ensure!(
            written.winners.contains(&tenant),
            "somebody else writes this tenant's log"
        );
        head += count;
        progress.show(head, registered);
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
            sender,
            request_id,
        }
    }

    fn fill(mut self, mut season: Season) -> Result<(), season::Error> {
        while let Some(deed) = season.next() {
            // a full batch goes when more comes, so that the last is never empty
            if self.events.len() >= BATCH && !self.send(None, season.registered()) {
                return Ok(());
            }
            self.add(deed?);
        }
        self.send(Some(season.next_deadline()), season.registered());
        Ok(())
    }

    fn add(&mut self, deed: Deed) {
        for change in deed.changes {
            self.head += 1;
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
    fn send(&mut self, next_deadline_at: Option<Timestamp>, registered: (usize, usize)) -> bool {
        let events = std::mem::take(&mut self.events);
        let batch = TenantBatch {
            tenant_id: self.tenant,
            batch_id: self.ids.next::<BatchId>(self.now),
            expected_head: self.head - i64::try_from(events.len()).unwrap_or(0),
            next_deadline_at,
            events,
        };
        self.sender.blocking_send((batch, registered)).is_ok()
    }
}
