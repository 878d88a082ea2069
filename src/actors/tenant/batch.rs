//! What a tenant has written together.

use std::sync::Arc;

use tracing::Span;

use super::Reply;
use crate::actors::handle::{Order, Receipt};
use crate::db::journal::NewEvent;
use crate::domain::ids::{CommandId, JamaahId};
use crate::domain::pipeline::change::{Change, Row};
use crate::domain::pipeline::state::State;
use crate::domain::pipeline::view::Touched;
use crate::domain::time::Timestamp;

/// A command whose changes are in the working state but not yet durable.
pub struct Staged {
    pub order: Order,
    pub reply: Reply,
    pub span: Span,
    pub tries: u32,
    pub command_id: CommandId,
}

#[derive(Default)]
pub struct Batch {
    /// From sending it until it is settled.
    pub span: Option<Span>,
    /// Each with the receipt it gets when the batch is durable.
    pub commands: Vec<(Staged, Receipt)>,
    pub events: Vec<NewEvent>,
    pub touched: Touched,
    /// Whose tasks were changed.
    pub worked_for: Vec<JamaahId>,
    /// A stage's settings or history changed, and with it everybody's deadlines.
    pub stages_changed: bool,
    /// The state with this batch, once it is complete.
    pub after: Option<State>,
    /// When the database is told with it to wake the tenant.
    pub noted_deadline: Option<Timestamp>,
    /// Which of the tenant's questions to the log its commit is.
    pub question: u64,
}

impl Batch {
    /// Numbers a command's changes after `head`, and says where the head is then.
    pub fn stage(
        &mut self,
        staged: Staged,
        changes: Vec<Change>,
        head: i64,
        now: Timestamp,
    ) -> i64 {
        let rows: Arc<[Row]> = changes.iter().map(|change| change.after.clone()).collect();
        let kinds = changes.iter().map(|change| change.kind).collect();
        let mut seq = head;
        let mut idempotency = staged.order.idempotency.clone();
        for change in changes {
            seq += 1;
            self.touched.add(&change.after);
            self.stages_changed |= matches!(change.after, Row::Stage(_));
            if let Row::Task(task) = &change.after {
                self.worked_for.push(task.jamaah_id);
            }
            self.events.push(NewEvent {
                seq,
                command_id: staged.command_id,
                occurred_at: now,
                actor: staged.order.principal.actor,
                change: Arc::new(change),
                // the first event of a command carries its key
                idempotency: idempotency.take().map(|key| (key.key, key.request_hash)),
                request_id: staged.order.request_id.clone(),
            });
        }
        let command_id = staged.command_id;
        let receipt = Receipt {
            command_id,
            seq,
            rows,
            kinds,
            replayed: false,
        };
        self.commands.push((staged, receipt));
        seq
    }

    /// The jamaah whose deadlines may have moved.
    pub fn jamaah(&self) -> Vec<JamaahId> {
        let mut ids = self.touched.jamaah.clone();
        ids.extend(&self.worked_for);
        ids.sort_unstable();
        ids.dedup();
        ids
    }
}
