//! A key that was used before gets its first answer again.

use std::sync::Arc;

use actix::prelude::*;
use diesel_async::AsyncPgConnection;

use super::{Execute, TenantActor};
use crate::actors::handle::{CommandError, Receipt};
use crate::actors::keys::Known;
use crate::db::events::{self, StoredEvent};

impl TenantActor {
    /// Gives the command back when it is to be decided now.
    pub(super) fn check_key(
        &mut self,
        execute: Execute,
        ctx: &mut Context<Self>,
    ) -> Option<Execute> {
        let Some(idempotency) = execute.order.idempotency.clone() else {
            return Some(execute);
        };
        if let Some(followers) = self.staged_keys.get_mut(&idempotency.key) {
            followers.push(execute);
            return None;
        }
        match self.keys.find(&idempotency.key) {
            // another node may have used it since the log was last read here: what
            // is to be carried out finds that out when it is written
            Known::Never if !execute.recalls => Some(execute),
            Known::Never | Known::Perhaps if execute.key_is_new => Some(execute),
            Known::At(_) | Known::Never | Known::Perhaps => {
                self.look_up_key(execute, &idempotency.key, ctx);
                None
            }
        }
    }

    fn look_up_key(&mut self, execute: Execute, key: &Arc<str>, ctx: &mut Context<Self>) {
        let node = Arc::clone(&self.node);
        let tenant = self.working.tenant.id;
        let key = Arc::clone(key);
        let lookup = async move {
            let read = node.pools.read(
                "first_answer",
                tenant,
                async |connection: &mut AsyncPgConnection| {
                    let Some(first) = events::by_idempotency_key(connection, tenant, &key).await?
                    else {
                        return Ok(Vec::new());
                    };
                    events::of_command(connection, tenant, first.seq, first.command_id).await
                },
            );
            tokio::time::timeout(node.limits.commit, read).await
        };
        ctx.spawn(
            lookup
                .into_actor(self)
                .map(|found, actor, ctx| match found {
                    Ok(Ok(events)) if events.is_empty() => {
                        let execute = Execute {
                            key_is_new: true,
                            ..execute
                        };
                        actor.execute(execute, ctx);
                    }
                    Ok(Ok(events)) => actor.replay(execute, &events),
                    Ok(Err(_)) | Err(_) => actor.refuse(execute, CommandError::unavailable()),
                }),
        );
    }

    fn replay(&mut self, execute: Execute, events: &[StoredEvent]) {
        self.forget_task(&execute.order.command);
        let asked = execute
            .order
            .idempotency
            .as_ref()
            .map(|key| key.request_hash);
        let first = events.first();
        let used = first.and_then(|event| event.idempotency.as_ref().map(|(_, hash)| *hash));
        let answer = match (first, events.last()) {
            (Some(first), Some(last)) if used == asked => Ok(Receipt {
                command_id: first.command_id,
                seq: last.seq,
                rows: events.iter().map(|event| event.row.clone()).collect(),
                kinds: events.iter().map(|event| event.kind).collect(),
                replayed: true,
            }),
            _ => Err(CommandError::IdempotencyMismatch),
        };
        let _ = execute.reply.send(answer);
    }
}
