//! What follows from a change for the jamaah: stages finish, others open with
//! their tasks, clocks pause, and the status is judged again.

use std::sync::Arc;

use super::Desk;
use crate::domain::ids::{JamaahId, StageId};
use crate::domain::pipeline::change::{EventKind, Row};
use crate::domain::pipeline::instance::{InstanceState, StageInstance};
use crate::domain::pipeline::stage::{PipelineVersion, Stage, WipLimitKind};
use crate::domain::pipeline::state::Pilgrim;
use crate::domain::pipeline::status::{self, due_at, is_unlocked};
use crate::domain::pipeline::task::{Task, TaskStatus};
use crate::domain::pipeline::transition;
use crate::domain::time::plus_days;

impl Desk<'_> {
    /// Brings everything about a jamaah up to date with their tasks and the time.
    pub(super) fn follow(&mut self, id: JamaahId) {
        self.settle(id);
        self.judge(id);
    }

    /// Closes and opens stages until nothing moves any more.
    pub(super) fn settle(&mut self, id: JamaahId) {
        let Some(pilgrim) = self.state.pilgrim(id).cloned() else {
            return;
        };
        if pilgrim.status.cancel_reason.is_some() {
            return;
        }
        let Some(pipeline) = self
            .state
            .pipeline(pilgrim.status.pipeline_version)
            .cloned()
        else {
            return;
        };
        // every round either closes or opens a stage, so there are at most twice as many
        for _ in 0..=2 * pipeline.stages.len() {
            let moved = pipeline
                .stages
                .iter()
                .any(|stage| self.settle_stage(id, &pipeline, stage));
            if !moved {
                return;
            }
        }
    }

    fn settle_stage(&mut self, id: JamaahId, pipeline: &PipelineVersion, stage: &Stage) -> bool {
        let Some(pilgrim) = self.state.pilgrim(id).cloned() else {
            return false;
        };
        let Some(instance) = pilgrim.instance(stage.id).cloned() else {
            return false;
        };
        match instance.state {
            InstanceState::Active => self.settle_active(&pilgrim, stage, &instance),
            InstanceState::Waiting if is_unlocked(pipeline, &pilgrim, stage) => {
                self.open_if_possible(pipeline, &pilgrim, stage, &instance)
            }
            InstanceState::Completed => self.reopen_if_needed(&pilgrim, stage, &instance),
            InstanceState::Waiting | InstanceState::Skipped => false,
        }
    }

    fn settle_active(
        &mut self,
        pilgrim: &Pilgrim,
        stage: &Stage,
        instance: &Arc<StageInstance>,
    ) -> bool {
        let mut required = 0;
        let mut required_open = 0;
        let mut third_party = false;
        for task in self
            .state
            .tasks_of(pilgrim, stage.id)
            .filter(|t| t.instance_id == instance.id)
        {
            if task.required && task.status != TaskStatus::Cancelled {
                required += 1;
                required_open += i32::from(task.status.is_open());
            }
            third_party |= task.status == TaskStatus::Blocked && task.blocked_by_third_party;
        }
        // without required tasks only a manager can say that a stage is done
        if stage.auto_advance && required > 0 && required_open == 0 {
            self.complete_instance(instance, InstanceState::Completed, None);
            self.let_the_next_in(stage);
            return true;
        }
        self.pause(
            pilgrim,
            stage,
            instance,
            third_party && stage.pause_on_third_party,
        );
        false
    }

    /// Starts or ends a pause of the SLA clock.
    fn pause(
        &mut self,
        pilgrim: &Pilgrim,
        stage: &Stage,
        instance: &Arc<StageInstance>,
        paused: bool,
    ) {
        if paused == instance.paused_since.is_some() {
            return;
        }
        let mut next = StageInstance::clone(instance);
        match next.paused_since.take() {
            Some(since) => next.paused_seconds += (self.now() - since).num_seconds().max(0),
            None => next.paused_since = Some(self.now()),
        }
        self.change_due(pilgrim, stage, instance, next);
    }

    /// Records an instance whose due date may have moved, and moves with it
    /// the open tasks that followed it.
    pub(super) fn change_due(
        &mut self,
        pilgrim: &Pilgrim,
        stage: &Stage,
        before: &Arc<StageInstance>,
        mut next: StageInstance,
    ) {
        let departure = self.departure_date(pilgrim);
        next.due_at = due_at(stage, &next, departure, self.state.tenant.zone);
        if next == **before {
            return;
        }
        next.version += 1;
        let due = next.due_at;
        self.record(
            EventKind::StageInstanceUpdated,
            Some(Row::StageInstance(before.clone())),
            Row::StageInstance(Arc::new(next)),
        );
        if due == before.due_at {
            return;
        }
        let followers: Vec<_> = self
            .state
            .tasks_of(pilgrim, stage.id)
            .filter(|t| {
                t.instance_id == before.id && t.status.is_open() && t.due_at == before.due_at
            })
            .cloned()
            .collect();
        for task in followers {
            let mut moved = Task::clone(&task);
            moved.due_at = due;
            self.change_task(EventKind::TaskUpdated, &task, moved);
        }
    }

    /// Records a task changed by the program, with lateness, version and time set.
    pub(super) fn change_task(&mut self, kind: EventKind, before: &Arc<Task>, mut next: Task) {
        next.overdue = transition::is_late(&next, self.now());
        next.version += 1;
        next.updated_at = self.now();
        self.record(
            kind,
            Some(Row::Task(before.clone())),
            Row::Task(Arc::new(next)),
        );
    }

    pub(super) fn departure_date(&self, pilgrim: &Pilgrim) -> chrono::NaiveDate {
        self.state
            .departure(pilgrim.jamaah.departure_id)
            .map_or(pilgrim.status.departure_date, |departure| {
                departure.departure_date
            })
    }

    pub(super) fn complete_instance(
        &mut self,
        instance: &Arc<StageInstance>,
        to: InstanceState,
        reason: Option<&Arc<str>>,
    ) {
        let mut next = StageInstance::clone(instance);
        if let Some(since) = next.paused_since.take() {
            next.paused_seconds += (self.now() - since).num_seconds().max(0);
        }
        next.state = to;
        next.completed_at = Some(self.now());
        next.completed_by = Some(self.context.principal.actor);
        next.reason = reason.cloned();
        next.version += 1;
        let kind = match to {
            InstanceState::Skipped => EventKind::StageInstanceSkipped,
            _ => EventKind::StageInstanceCompleted,
        };
        self.record(
            kind,
            Some(Row::StageInstance(instance.clone())),
            Row::StageInstance(Arc::new(next)),
        );
    }

    /// Cancels what is still open in a stage that is left by decision.
    pub(super) fn cancel_tasks(&mut self, pilgrim: &Pilgrim, stage: Option<StageId>) {
        let open: Vec<_> = pilgrim
            .tasks
            .iter()
            .filter_map(|slot| self.state.task_at(*slot))
            .filter(|task| task.status.is_open() && stage.is_none_or(|id| id == task.stage_id))
            .cloned()
            .collect();
        for task in open {
            let mut next = Task::clone(&task);
            next.status = TaskStatus::Cancelled;
            next.blocked_reason = None;
            next.blocked_by_third_party = false;
            next.blocked_at = None;
            self.change_task(EventKind::TaskCancelled, &task, next);
        }
    }

    fn open_if_possible(
        &mut self,
        pipeline: &PipelineVersion,
        pilgrim: &Pilgrim,
        stage: &Stage,
        instance: &Arc<StageInstance>,
    ) -> bool {
        let now = self.now();
        if instance.opens_at.is_some_and(|opens| opens > now) {
            return false;
        }
        let full = self.is_full(stage);
        if full {
            return false;
        }
        // the moment it could have started, however late the program noticed
        let unlocked = pipeline
            .dependencies(stage)
            .into_iter()
            .filter_map(|id| pilgrim.instance(id)?.completed_at)
            .max();
        let limited = stage.wip_limit_kind == WipLimitKind::Hard && stage.wip_limit.is_some();
        let started = [
            Some(instance.entered_at),
            unlocked,
            instance.opens_at,
            limited.then_some(now),
        ]
        .into_iter()
        .flatten()
        .max()
        .unwrap_or(now);
        let mut next = StageInstance::clone(instance);
        next.state = InstanceState::Active;
        next.started_at = Some(started);
        let departure = self.departure_date(pilgrim);
        next.due_at = due_at(stage, &next, departure, self.state.tenant.zone);
        next.version += 1;
        let next = Arc::new(next);
        self.record(
            EventKind::StageInstanceActivated,
            Some(Row::StageInstance(instance.clone())),
            Row::StageInstance(next.clone()),
        );
        self.make_tasks(stage, &next);
        true
    }

    fn make_tasks(&mut self, stage: &Stage, instance: &StageInstance) {
        let now = self.now();
        let zone = self.state.tenant.zone;
        for template in &stage.templates {
            let own_due = template
                .due_after_days
                .zip(instance.started_at)
                .map(|(days, started)| zone.end_of(plus_days(zone.date_of(started), days)));
            let due_at = match (own_due, instance.due_at) {
                (Some(own), Some(stage)) => Some(own.min(stage)),
                (own, stage) => own.or(stage),
            };
            let mut task = Task {
                id: self.id(),
                jamaah_id: instance.jamaah_id,
                stage_id: stage.id,
                instance_id: instance.id,
                title: template.title.clone(),
                role: template.role.clone(),
                assignee: None,
                priority: template.priority,
                status: TaskStatus::Pending,
                required: template.required,
                due_at,
                overdue: false,
                blocked_reason: None,
                blocked_by_third_party: false,
                blocked_at: None,
                notes: None,
                started_at: None,
                completed_at: None,
                completed_by: None,
                version: 1,
                created_at: now,
                updated_at: now,
            };
            task.overdue = transition::is_late(&task, now);
            self.record(EventKind::TaskCreated, None, Row::Task(Arc::new(task)));
        }
    }

    /// A required task was reopened in a stage that had been completed.
    fn reopen_if_needed(
        &mut self,
        pilgrim: &Pilgrim,
        stage: &Stage,
        instance: &Arc<StageInstance>,
    ) -> bool {
        let unfinished = self
            .state
            .tasks_of(pilgrim, stage.id)
            .any(|t| t.instance_id == instance.id && t.required && t.status.is_open());
        if !unfinished {
            return false;
        }
        let mut next = StageInstance::clone(instance);
        next.state = InstanceState::Active;
        next.completed_at = None;
        next.completed_by = None;
        // a stage that a manager completed before it had opened starts now
        next.started_at = next.started_at.or(Some(self.now()));
        let departure = self.departure_date(pilgrim);
        next.due_at = due_at(stage, &next, departure, self.state.tenant.zone);
        next.version += 1;
        self.record(
            EventKind::StageInstanceReopened,
            Some(Row::StageInstance(instance.clone())),
            Row::StageInstance(Arc::new(next)),
        );
        true
    }

    fn is_full(&self, stage: &Stage) -> bool {
        // the limit in force is today's, not that of the version the path was made from
        let Some(current) = self.state.stage(stage.id) else {
            return false;
        };
        let Some(limit) = current
            .wip_limit
            .filter(|_| current.wip_limit_kind == WipLimitKind::Hard)
        else {
            return false;
        };
        let inside = self.state.pilgrims().filter(|pilgrim| {
            pilgrim
                .instance(stage.id)
                .is_some_and(|i| i.state == InstanceState::Active)
        });
        inside.take(usize::try_from(limit).unwrap_or(0)).count()
            >= usize::try_from(limit).unwrap_or(0)
    }

    /// A place has become free in a stage with a hard limit: the earliest
    /// departure among those who wait at its door comes in.
    fn let_the_next_in(&mut self, stage: &Stage) {
        let limited = self.state.stage(stage.id).is_some_and(|current| {
            current.wip_limit.is_some() && current.wip_limit_kind == WipLimitKind::Hard
        });
        if !limited {
            return;
        }
        let now = self.now();
        let next = self
            .state
            .pilgrims()
            .filter(|p| p.status.cancel_reason.is_none())
            .filter(|p| {
                let waits = |i: &&Arc<StageInstance>| {
                    i.state == InstanceState::Waiting && i.opens_at.is_none_or(|opens| opens <= now)
                };
                let pipeline = self.state.pipeline(p.status.pipeline_version);
                p.instance(stage.id).filter(waits).is_some()
                    && pipeline.is_some_and(|pipeline| is_unlocked(pipeline, p, stage))
            })
            .min_by_key(|p| (p.status.departure_date, p.jamaah.created_at, p.jamaah.id))
            .map(|p| p.jamaah.id);
        if let Some(next) = next {
            self.follow(next);
        }
    }

    /// Judges the status again and records it if anything about it differs.
    pub(super) fn judge(&mut self, id: JamaahId) {
        let Some(pilgrim) = self.state.pilgrim(id).cloned() else {
            return;
        };
        let mut next = status::evaluate(self.state, &pilgrim, self.now());
        if next == *pilgrim.status {
            return;
        }
        next.version += 1;
        next.updated_at = self.now();
        let before =
            (pilgrim.status.version > 0).then(|| Row::JamaahStatus(pilgrim.status.clone()));
        self.record(
            EventKind::JamaahStatusChanged,
            before,
            Row::JamaahStatus(Arc::new(next)),
        );
    }
}
