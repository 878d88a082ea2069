//! Work driven by time: deadlines at their second, the new day at midnight, and
//! leaving when nobody is interested any more.

use std::sync::Arc;

use actix::prelude::*;
use tokio::sync::oneshot;

use super::{Execute, Phase, Retire, TenantActor};
use crate::actors::handle::Order;
use crate::domain::ids::JamaahId;
use crate::domain::pipeline::command::Command;
use crate::domain::pipeline::status::next_deadline;
use crate::domain::principal::Principal;
use crate::domain::time::Timestamp;
use crate::trace;

/// Jamaah that are reviewed by one command.
const REVIEWED_TOGETHER: usize = 100;

impl TenantActor {
    pub(super) fn next_deadline(&self) -> Option<Timestamp> {
        let midnight = self.next_midnight;
        Some(
            self.deadlines
                .first()
                .map_or(midnight, |first| first.min(midnight)),
        )
    }

    /// From the working state: what is staged counts.
    pub(super) fn renew_deadlines(&mut self, jamaah: &[JamaahId], now: Timestamp) {
        for id in jamaah {
            let pilgrim = self.working.pilgrim(*id);
            let at = pilgrim.and_then(|pilgrim| next_deadline(&self.working, pilgrim, now));
            self.deadlines.set(*id, at);
        }
    }

    /// After a change that moves everybody's: the stages' settings or history.
    pub(super) fn renew_all_deadlines(&mut self, now: Timestamp) {
        for pilgrim in self.working.pilgrims() {
            let at = next_deadline(&self.working, pilgrim, now);
            self.deadlines.set(pilgrim.jamaah.id, at);
        }
    }

    /// Waits for the first deadline; does nothing when it waits for it already.
    pub(super) fn set_alarm(&mut self, ctx: &mut Context<Self>) {
        let Some(at) = self.next_deadline() else {
            return;
        };
        match self.alarm {
            Some((set, _)) if set == at => return,
            Some((_, handle)) => {
                ctx.cancel_future(handle);
            }
            None => {}
        }
        let clock = self.node.clock.clone();
        let alarm = async move { clock.sleep_until(at).await };
        let handle = ctx.spawn(alarm.into_actor(self).map(|(), actor, ctx| actor.ring(ctx)));
        self.alarm = Some((at, handle));
    }

    fn ring(&mut self, ctx: &mut Context<Self>) {
        self.alarm = None;
        if self.phase != Phase::Ready {
            // set again as soon as the log can be written
            return;
        }
        let now = self.node.now();
        if now >= self.next_midnight {
            self.begin_day(now, ctx);
        }
        let due = self.deadlines.due(now, REVIEWED_TOGETHER);
        if !due.is_empty() {
            self.command(Command::Review { jamaah_ids: due }, ctx);
        }
        if self.deadlines.first().is_some_and(|first| first <= now) {
            // more is due: let the commands that wait meanwhile in between
            ctx.run_later(std::time::Duration::from_millis(1), |actor, ctx| {
                actor.set_alarm(ctx)
            });
        } else {
            self.set_alarm(ctx);
        }
    }

    /// The board's buckets turn over, histories are renewed, and who has long
    /// been closed leaves memory.
    fn begin_day(&mut self, now: Timestamp, ctx: &mut Context<Self>) {
        self.committed = Arc::new(self.committed.new_day(now));
        self.shared.publish(&self.committed, now);
        self.next_midnight = self
            .committed
            .state
            .tenant
            .zone
            .end_of(self.committed.today);
        self.command(Command::RenewBaselines, ctx);
        self.forget_the_past();
        if self
            .committed
            .state
            .pilgrims()
            .any(|p| crate::db::load::is_cold(&p.status, now))
        {
            ctx.notify(Retire);
        }
    }

    /// A command by the program itself; the log tells what came of it.
    pub(super) fn command(&mut self, command: Command, ctx: &mut Context<Self>) {
        let order = Order {
            command,
            principal: Arc::new(Principal::system()),
            idempotency: None,
            request_id: Arc::from("system"),
        };
        let (reply, answer) = oneshot::channel();
        self.execute(
            Execute {
                order,
                reply,
                span: trace::command(),
                tries: 0,
                key_is_new: false,
                doubtful: false,
                recalls: false,
            },
            ctx,
        );
        let again = async move { matches!(answer.await, Ok(Ok(_))) };
        ctx.spawn(again.into_actor(self).map(|done, actor, ctx| {
            if !done {
                tracing::warn!("work driven by time is put off");
                ctx.run_later(super::SOON, |actor, ctx| actor.set_alarm(ctx));
            } else {
                actor.set_alarm(ctx);
            }
        }));
    }

    /// After loading: time has passed since the last event.
    pub(super) fn review_what_time_changed(&mut self, ctx: &mut Context<Self>) {
        let now = self.node.now();
        let today = self.working.tenant.zone.date_of(now);
        let dated = self
            .working
            .active_stages()
            .into_iter()
            .filter_map(|stage| stage.baseline);
        if dated
            .map(|baseline| baseline.date)
            .min()
            .is_some_and(|date| date < today)
        {
            self.command(Command::RenewBaselines, ctx);
        }
    }

    /// Now and then: is anybody still interested?
    pub(super) fn look_after(&mut self, ctx: &mut Context<Self>) {
        self.shared.set_pending(self.pending());
        let idle = self.shared.idle_for() >= self.node.limits.idle;
        if idle && self.pending() == 0 && !self.retiring {
            tracing::info!(tenant = %self.working.tenant.slug, "idle, leaving memory");
            self.leave(ctx);
        }
    }
}
