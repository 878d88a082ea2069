//! Reading what other nodes wrote, then carrying on.

use std::time::Duration;

use actix::prelude::*;
use diesel_async::AsyncPgConnection;

use super::{Execute, Phase, Relayed, TenantActor};
use crate::actors::handle::CommandError;
use crate::db::events::{self, StoredEvent};

/// Events that are read at once.
const PAGE: i64 = 2_000;

impl TenantActor {
    /// Another node came first: read what it wrote, then decide these anew.
    pub(super) fn retry(&mut self, commands: Vec<Execute>, ctx: &mut Context<Self>) {
        let limit = self.node.limits.tries;
        let mut most = 0;
        for mut execute in commands {
            execute.tries += 1;
            most = most.max(execute.tries);
            if execute.tries > limit {
                let _ = execute.reply.send(Err(CommandError::busy()));
            } else {
                self.waiting.push(execute);
            }
        }
        self.phase = Phase::CatchingUp;
        // the first tries are free; then two nodes step out of each other's way
        let pause = match most {
            0..=2 => Duration::ZERO,
            tries => {
                let id: uuid::Uuid = self.ids.next(self.node.now());
                let jitter = id.as_u64_pair().1 % (1 << tries.min(7));
                Duration::from_millis(jitter)
            }
        };
        self.catch_up_later(pause, ctx);
    }

    pub(super) fn catch_up_later(&mut self, pause: Duration, ctx: &mut Context<Self>) {
        if pause.is_zero() {
            self.catch_up(ctx);
        } else {
            ctx.run_later(pause, |actor, ctx| actor.catch_up(ctx));
        }
    }

    /// Reads the log from the committed head on; once more when it is being
    /// read already, because what is looked for may have come after that.
    pub(super) fn catch_up(&mut self, ctx: &mut Context<Self>) {
        if self.reading.is_some() {
            self.read_again = true;
            return;
        }
        self.reading = Some(self.questions.ask());
        let node = std::sync::Arc::clone(&self.node);
        let tenant = self.working.tenant.id;
        let head = self.committed.state.head;
        let reading = async move {
            let read = node.pools.read(
                "events_after",
                tenant,
                async |connection: &mut AsyncPgConnection| {
                    events::after(connection, tenant, head, PAGE).await
                },
            );
            tokio::time::timeout(node.limits.commit, read).await
        };
        ctx.spawn(reading.into_actor(self).map(|read, actor, ctx| {
            let question = actor.reading.take().unwrap_or_default();
            let again = std::mem::take(&mut actor.read_again);
            match read {
                Ok(Ok(events)) => actor.caught_up(events, question, again, ctx),
                Ok(Err(error)) => actor.cannot_read(&error.to_string(), ctx),
                Err(_) => actor.cannot_read("timed out", ctx),
            }
        }));
    }

    fn caught_up(
        &mut self,
        events: Vec<StoredEvent>,
        question: u64,
        again: bool,
        ctx: &mut Context<Self>,
    ) {
        // a poll may come back after a batch went out: then the batch finds out itself
        let busy = self.in_flight.is_some() || !self.next.commands.is_empty();
        if self.phase == Phase::Ready && busy {
            return;
        }
        let head = self.committed.state.head;
        let full = i64::try_from(events.len()).is_ok_and(|read| read >= PAGE);
        let mut fresh = events;
        fresh.retain(|event| event.seq > head);
        if fresh.first().is_some_and(|event| event.seq != head + 1) {
            tracing::error!(
                head,
                "the log has been pruned beyond this state, loading afresh"
            );
            self.shared.leave();
            ctx.stop();
            return;
        }
        if fresh.is_empty() {
            self.shared.confirm(self.node.now());
        } else {
            self.take_in_events(fresh, ctx);
        }
        if again || full {
            self.catch_up(ctx);
            return;
        }
        self.resume(question, ctx);
    }

    /// Applies what another node wrote, from the committed head on.
    fn take_in_events(&mut self, events: Vec<StoredEvent>, ctx: &mut Context<Self>) {
        let Some(last) = events.last() else { return };
        for event in &events {
            if let Some((key, _)) = &event.idempotency {
                self.keys.remember(key.clone(), event.seq);
            }
        }
        let rows: Vec<_> = events.iter().map(|event| event.row.clone()).collect();
        self.take_in(&rows, last.seq);
        self.shared.feed.append(&events);
        self.employ_stages(ctx);
    }

    /// Another node says what it has committed. When this one is in the middle
    /// of something, that will find out by itself.
    pub(super) fn relayed(&mut self, news: Relayed, ctx: &mut Context<Self>) {
        let head = self.committed.state.head;
        let busy = self.in_flight.is_some() || !self.next.commands.is_empty();
        if news.head <= head || self.phase != Phase::Ready || busy {
            return;
        }
        let mut events = news.events;
        events.retain(|event| event.seq > head);
        let follows = events.first().is_some_and(|event| event.seq == head + 1);
        if follows && self.reading.is_none() {
            self.take_in_events(events, ctx);
            self.set_alarm(ctx);
        } else {
            self.catch_up(ctx);
        }
    }

    /// The log does not stand where this state does.
    pub(super) fn differs(&mut self, other_log: bool, ctx: &mut Context<Self>) {
        if other_log {
            tracing::error!(
                tenant = %self.working.tenant.slug,
                "the log is not the one that this state came from, loading afresh"
            );
            self.shared.leave();
            ctx.stop();
        } else if self.phase == Phase::Ready && self.pending() == 0 {
            self.catch_up(ctx);
        }
    }

    fn resume(&mut self, question: u64, ctx: &mut Context<Self>) {
        if self.phase == Phase::Down {
            tracing::info!(tenant = %self.working.tenant.slug, "the log can be written again");
        }
        self.phase = Phase::Ready;
        self.shared.set_live(true);
        self.proven(question, ctx);
        self.execute_waiting(ctx);
        self.set_alarm(ctx);
        self.retire_if_settled(ctx);
    }

    fn cannot_read(&mut self, cause: &str, ctx: &mut Context<Self>) {
        if self.phase != Phase::Down {
            tracing::warn!(cause, tenant = %self.working.tenant.slug, "the log cannot be read");
        }
        if self.phase == Phase::Ready && self.in_flight.is_some() {
            // the batch will tell
            return;
        }
        self.phase = Phase::Down;
        self.shared.set_live(false);
        for execute in std::mem::take(&mut self.waiting) {
            self.refuse(execute, CommandError::unavailable());
        }
        self.give_up_doubted();
        self.retire_if_settled(ctx);
        self.catch_up_later(super::SOON, ctx);
    }
}
