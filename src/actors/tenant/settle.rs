//! A batch on its way to the journal, and what becomes of it.

use std::sync::Arc;

use actix::prelude::*;
use tokio::sync::oneshot;
use tracing::Span;

use super::batch::{Batch, Staged};
use super::{Execute, Phase, TenantActor};
use crate::actors::handle::CommandError;
use crate::actors::journal::{Outcome, Write};
use crate::actors::stage::{ForgetStaged, ViewPublished};
use crate::db::events::StoredEvent;
use crate::db::journal::TenantBatch;
use crate::domain::ids::TaskId;
use crate::domain::pipeline::change::{EventKind, Row};
use crate::domain::pipeline::view::Touched;
use crate::metrics::stage_label;
use crate::trace;

impl TenantActor {
    /// Sends what has been staged, unless something is in flight already.
    pub(super) fn write(&mut self, ctx: &mut Context<Self>) {
        let ready = self.phase == Phase::Ready && self.in_flight.is_none();
        if !ready || self.next.commands.is_empty() {
            return;
        }
        let mut batch = std::mem::take(&mut self.next);
        let now = self.node.now();
        if batch.stages_changed {
            self.renew_all_deadlines(now);
        } else {
            self.renew_deadlines(&batch.jamaah(), now);
        }
        let batch_id = self.ids.next(now);
        let events = std::mem::take(&mut batch.events);
        let expected_head = events
            .first()
            .map_or(self.working.head, |event| event.seq - 1);
        batch.after = Some(self.working.clone());
        batch.noted_deadline = self.next_deadline();
        batch.question = self.questions.ask();
        self.node
            .metrics
            .journal_batch_size
            .observe(count(batch.commands.len()));
        let span = trace::batch(batch.commands.iter().map(|(staged, _)| &staged.span));
        batch.span = Some(span.clone());
        self.in_flight = Some(batch);
        let wanted = TenantBatch {
            tenant_id: self.working.tenant.id,
            batch_id,
            expected_head,
            next_deadline_at: self.next_deadline(),
            events,
        };
        let outcome = self.send(wanted, span);
        ctx.spawn(
            outcome
                .into_actor(self)
                .map(|outcome, actor, ctx| actor.settle(outcome, ctx)),
        );
    }

    fn send(&self, batch: TenantBatch, span: Span) -> impl Future<Output = Outcome> + use<> {
        let (reply, outcome) = oneshot::channel();
        let write = Write { batch, reply, span };
        if self.journal.try_send(write).is_err() {
            // the channel's other end is gone with the message: settled as not sent
            tracing::warn!("the journal takes no more batches");
        }
        async { outcome.await.unwrap_or(Outcome::NotSent) }
    }

    /// Leaves memory. The database must know when to wake the tenant, also
    /// when the last work driven by time changed nothing.
    pub(super) fn leave(&mut self, ctx: &mut Context<Self>) {
        self.retiring = true;
        self.shared.leave();
        let next_deadline_at = self.next_deadline();
        if self.noted_deadline == next_deadline_at || self.phase != Phase::Ready {
            self.retire_if_settled(ctx);
            return;
        }
        let batch_id = self.ids.next(self.node.now());
        let note = TenantBatch {
            tenant_id: self.working.tenant.id,
            batch_id,
            expected_head: self.committed.state.head,
            next_deadline_at,
            events: Vec::new(),
        };
        let noting = self.send(note, Span::none());
        // if another node has written meanwhile, that one has noted it
        ctx.spawn(
            noting
                .into_actor(self)
                .map(|_, actor, ctx| actor.retire_if_settled(ctx)),
        );
    }

    fn settle(&mut self, outcome: Outcome, ctx: &mut Context<Self>) {
        let Some(batch) = self.in_flight.take() else {
            return;
        };
        match outcome {
            Outcome::Committed(events) => self.publish(batch, events, ctx),
            Outcome::Conflict => {
                let (mut commands, later) = self.unstage(batch);
                commands.extend(later);
                self.retry(commands, ctx);
            }
            Outcome::Refused(cause) => self.isolate(batch, &cause, ctx),
            Outcome::NotSent => self.go_down(batch, false, ctx),
            Outcome::Unknown => self.go_down(batch, true, ctx),
        }
        self.shared.set_pending(self.pending());
        self.retire_if_settled(ctx);
    }

    /// Durable: the next batch goes first, so that the journal has work; then
    /// readers see the new state, and only then do callers hear of it.
    fn publish(&mut self, mut batch: Batch, events: Vec<StoredEvent>, ctx: &mut Context<Self>) {
        self.noted_deadline = batch.noted_deadline;
        self.write(ctx);
        let now = self.node.now();
        if let Some(after) = batch.after.take() {
            let _publishing = batch
                .span
                .take()
                .map(|span| trace::publish(&span).entered());
            if batch.touched.config {
                self.shared.configured(after.head);
            }
            self.committed = Arc::new(self.committed.advance(after, &batch.touched, now));
            self.shared.publish(&self.committed, now);
            self.shared.feed.append(&events);
            self.count(&events);
            self.node.relay(self.shared.tenant, events);
        }
        let mut repeated = Vec::new();
        for (staged, receipt) in batch.commands {
            if let Some(idempotency) = &staged.order.idempotency {
                let first = receipt.first_seq();
                self.keys.remember(idempotency.key.clone(), first);
                repeated.extend(
                    self.staged_keys
                        .remove(&idempotency.key)
                        .unwrap_or_default(),
                );
            }
            let _ = staged.reply.send(Ok(receipt));
        }
        if batch.touched.config {
            self.employ_stages(ctx);
        }
        self.tell_stages(&batch.touched.tasks, false);
        self.one_by_one &= !self.waiting.is_empty();
        self.execute_waiting(ctx);
        // they find the key used now
        for execute in repeated {
            self.execute(execute, ctx);
        }
        self.proven(batch.question, ctx);
        self.set_alarm(ctx);
    }

    /// Tells the metrics what this node has committed.
    fn count(&self, events: &[StoredEvent]) {
        let metrics = &self.node.metrics;
        // kinds come in runs
        for run in events.chunk_by(|a, b| a.kind == b.kind) {
            let Some(first) = run.first() else { continue };
            let kind = metrics
                .events_committed_total
                .with_label_values(&[first.kind.as_str()]);
            kind.inc_by(u64::try_from(run.len()).unwrap_or(u64::MAX));
            if first.kind == EventKind::StageInstanceCompleted {
                for stage in run.iter().filter_map(|event| event.stage_id) {
                    let stage = self.committed.state.stage(stage);
                    let code = stage.map_or("", |stage| &*stage.code);
                    metrics
                        .stage_completions_total
                        .with_label_values(&[stage_label(code)])
                        .inc();
                }
            }
        }
    }

    /// Shows the stages of these tasks the committed view; every stage when
    /// what was staged is to be forgotten.
    pub(super) fn tell_stages(&self, tasks: &[TaskId], forget: bool) {
        if forget {
            for stage in self.stages.values() {
                let view = Arc::clone(&self.committed);
                if stage.try_send(ForgetStaged(view)).is_err() {
                    tracing::warn!("a stage's mailbox is full; it will be corrected later");
                }
            }
            return;
        }
        let state = &self.committed.state;
        let mut told = std::collections::BTreeSet::new();
        for task in tasks.iter().filter_map(|id| state.task(*id)) {
            if told.insert(task.stage_id)
                && let Some(stage) = self.stages.get(&task.stage_id)
            {
                let _ = stage.try_send(ViewPublished(Arc::clone(&self.committed)));
            }
        }
    }

    /// Takes back everything staged: the commands of the batch, and those after it.
    pub(super) fn unstage(&mut self, batch: Batch) -> (Vec<Execute>, Vec<Execute>) {
        let later = std::mem::take(&mut self.next);
        self.working = self.committed.state.clone();
        if batch.stages_changed || later.stages_changed {
            self.renew_all_deadlines(self.node.now());
        } else {
            let mut touched = batch.jamaah();
            touched.extend(later.jamaah());
            self.renew_deadlines(&touched, self.node.now());
        }
        self.tell_stages(&[], true);
        (self.take_back(batch), self.take_back(later))
    }

    fn take_back(&mut self, batch: Batch) -> Vec<Execute> {
        let mut commands = Vec::new();
        for (staged, _) in batch.commands {
            let Staged {
                order,
                reply,
                span,
                tries,
                ..
            } = staged;
            let key = order
                .idempotency
                .as_ref()
                .map(|idempotency| &idempotency.key);
            let followers = key
                .and_then(|key| self.staged_keys.remove(key))
                .unwrap_or_default();
            // whether the key is new is asked again: it may have been used elsewhere meanwhile
            commands.push(Execute {
                order,
                reply,
                span,
                tries,
                key_is_new: false,
                doubtful: false,
                recalls: false,
            });
            commands.extend(followers);
        }
        commands
    }

    /// PostgreSQL refused a batch for what it holds. Written one by one, all
    /// but the culprit get through.
    fn isolate(&mut self, batch: Batch, cause: &str, ctx: &mut Context<Self>) {
        let alone = batch.commands.len() == 1;
        let (mut commands, later) = self.unstage(batch);
        if alone && !commands.is_empty() {
            let culprit = commands.remove(0);
            tracing::error!(cause, request_id = %culprit.order.request_id, "a command cannot be written");
            let _ = culprit.reply.send(Err(CommandError::Rejected));
        }
        self.one_by_one = true;
        commands.extend(later);
        self.retry(commands, ctx);
    }

    fn go_down(&mut self, batch: Batch, outcome_unknown: bool, ctx: &mut Context<Self>) {
        if self.phase != Phase::Down {
            tracing::warn!(tenant = %self.working.tenant.slug, "the log cannot be written");
        }
        self.phase = Phase::Down;
        // whoever hears it reads from then on how old everything is
        self.shared.set_live(false);
        let (sent, later) = self.unstage(batch);
        for execute in sent {
            let _ = execute.reply.send(Err(CommandError::Unavailable {
                retry_after: super::SOON * 4,
                outcome_unknown,
            }));
        }
        for execute in later {
            let _ = execute.reply.send(Err(CommandError::unavailable()));
        }
        self.give_up_doubted();
        self.catch_up_later(super::SOON, ctx);
    }

    /// Puts rows that were read from the log into the committed state.
    pub(super) fn take_in(&mut self, rows: &[Row], head: i64) {
        let now = self.node.now();
        let mut state = self.committed.state.clone();
        let touched = Touched::by(rows);
        for row in rows {
            state.put(row);
        }
        state.head = head;
        if rows
            .iter()
            .any(|row| !matches!(row, Row::Access(_) | Row::Audit(_)))
        {
            state.content = head;
        }
        for id in &touched.jamaah {
            state.sort_path(*id);
        }
        let tasks = touched.tasks.iter().filter_map(|id| state.task(*id));
        let mut jamaah: Vec<_> = tasks.map(|task| task.jamaah_id).collect();
        jamaah.extend(&touched.jamaah);
        self.committed = Arc::new(self.committed.advance(state, &touched, now));
        self.working = self.committed.state.clone();
        if touched.config {
            self.shared.configured(head);
        }
        self.shared.publish(&self.committed, now);
        if rows.iter().any(|row| matches!(row, Row::Stage(_))) {
            self.renew_all_deadlines(now);
        } else {
            self.renew_deadlines(&jamaah, now);
        }
        self.tell_stages(&[], true);
    }
}

fn count(n: usize) -> f64 {
    f64::from(u32::try_from(n).unwrap_or(u32::MAX))
}
