//! Looking for bottlenecks, and at the day before, for as long as the tenant is in memory. It neither
//! counts as use nor moves the next deadline, so that a tenant whom nobody
//! uses falls asleep, and is evaluated when something else wakes it.

use actix::prelude::*;

use super::{Phase, TenantActor};
use crate::domain::pipeline::bottleneck::reminders;
use crate::domain::pipeline::command::Command;

impl TenantActor {
    pub(super) fn evaluate_now_and_then(&mut self, ctx: &mut Context<Self>) {
        self.evaluate(ctx);
        self.look_back(ctx);
        let next = self.node.now() + self.node.limits.evaluate;
        let clock = self.node.clock.clone();
        let pause = async move { clock.sleep_until(next).await };
        ctx.spawn(
            pause
                .into_actor(self)
                .map(|(), actor, ctx| actor.evaluate_now_and_then(ctx)),
        );
    }

    fn evaluate(&mut self, ctx: &mut Context<Self>) {
        // what may be outdated is no evidence, and could not be written down
        if self.phase != Phase::Ready || self.retiring {
            return;
        }
        let now = self.node.now();
        let rulings = self.watch.evaluate(&self.committed, now);
        let reminders = reminders(&self.committed.state, now, self.node.limits.remind_every);
        if !rulings.is_empty() || !reminders.is_empty() {
            self.command(Command::KeepAlerts { rulings, reminders }, ctx);
        }
        self.node.metrics.bottleneck_evaluations_total.inc();
    }
}
