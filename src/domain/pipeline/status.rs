//! Where a jamaah stands: status, flags and reasons from the path, the tasks
//! and the time (`docs/rules.md`, first match wins), and the next instant at
//! which that could change by itself.

use chrono::Duration;

use super::departure::DepartureState;
use super::instance::{InstanceState, StageInstance};
use super::jamaah::{JamaahStatus, Reason, Status};
use super::stage::{Baseline, PipelineVersion, Stage};
use super::state::{Pilgrim, State};
use super::task::TaskStatus;
use crate::domain::ids::StageId;
use crate::domain::time::{Timestamp, Zone, plus_days};

/// Below this chance of being ready a jamaah is at risk.
const SAFE_PROBABILITY: f64 = 0.85;

impl PipelineVersion {
    /// The stages that must be done before `stage`. A pipeline in which nothing
    /// is declared is a plain line.
    pub fn dependencies(&self, stage: &Stage) -> Vec<StageId> {
        if self.stages.iter().any(|stage| !stage.depends_on.is_empty()) {
            let known = |id: &StageId| self.stage(*id).is_some();
            return stage.depends_on.iter().copied().filter(known).collect();
        }
        let before = self.stages.iter().take_while(|other| other.id != stage.id);
        before.last().map(|stage| stage.id).into_iter().collect()
    }
}

/// When a stage's window opens for a departure, if it has one.
pub fn opens_at(stage: &Stage, departure: chrono::NaiveDate, zone: Zone) -> Option<Timestamp> {
    stage
        .not_before_days
        .map(|days| zone.start_of(plus_days(departure, -days)))
}

/// `min(start + SLA + pauses, departure − finish_by)`; while paused, the departure alone.
pub fn due_at(
    stage: &Stage,
    instance: &StageInstance,
    departure: chrono::NaiveDate,
    zone: Zone,
) -> Option<Timestamp> {
    let started = instance.started_at?;
    let by_departure = stage
        .finish_by_days
        .map(|days| zone.end_of(plus_days(departure, -days)));
    if instance.paused_since.is_some() {
        return by_departure;
    }
    let sla = zone.end_of(
        stage
            .sla_calendar
            .add(zone.date_of(started), stage.sla_days),
    );
    let by_sla = sla + Duration::seconds(instance.paused_seconds);
    Some(by_departure.map_or(by_sla, |limit| limit.min(by_sla)))
}

/// When 80 % of the SLA will be used up; never while paused.
fn ageing_at(stage: &Stage, instance: &StageInstance, zone: Zone) -> Option<Timestamp> {
    let started = instance.started_at?;
    if instance.paused_since.is_some() {
        return None;
    }
    let end = match stage.sla_calendar {
        crate::domain::time::SlaCalendar::Calendar => {
            started + Duration::days(i64::from(stage.sla_days))
        }
        calendar => zone.end_of(calendar.add(zone.date_of(started), stage.sla_days)),
    };
    Some(started + (end - started) * 4 / 5 + Duration::seconds(instance.paused_seconds))
}

/// When the passage will have lasted longer than 85 % of those before.
fn slow_at(stage: &Stage, instance: &StageInstance) -> Option<Timestamp> {
    let baseline = stage
        .baseline
        .filter(|b| b.completions >= Baseline::MIN_COMPLETIONS)?;
    if instance.paused_since.is_some() {
        return None;
    }
    let seconds = baseline.p85_seconds + instance.paused_seconds;
    Some(instance.started_at? + Duration::seconds(seconds))
}

/// All dependencies of a waiting instance are done.
pub fn is_unlocked(pipeline: &PipelineVersion, pilgrim: &Pilgrim, stage: &Stage) -> bool {
    pipeline.dependencies(stage).into_iter().all(|id| {
        pilgrim
            .instance(id)
            .is_none_or(|instance| instance.state.is_done())
    })
}

/// The status row as it should be at `now`. Version and time of change are
/// those of the stored row: compare, and count up only if something differs.
pub fn evaluate(state: &State, pilgrim: &Pilgrim, now: Timestamp) -> JamaahStatus {
    let mut next = JamaahStatus::clone(&pilgrim.status);
    next.reasons.clear();
    let Some(pipeline) = state.pipeline(next.pipeline_version) else {
        return next;
    };
    let departure = state.departure(pilgrim.jamaah.departure_id);
    if let Some(departure) = departure {
        next.departure_id = departure.id;
        next.departure_date = departure.departure_date;
    }
    let stage_of = |id: StageId| pipeline.stage(id);
    let is_mandatory = |i: &StageInstance| stage_of(i.stage_id).is_none_or(|s| s.mandatory);

    let not_done = pilgrim
        .path
        .iter()
        .find(|instance| !instance.state.is_done());
    next.current_stage_id = not_done.map(|instance| instance.stage_id);
    let mandatory = pilgrim
        .path
        .iter()
        .filter(|instance| is_mandatory(instance));
    let (total, done) = mandatory.fold((0, 0), |(total, done), instance| {
        (total + 1, done + i32::from(instance.state.is_done()))
    });
    next.progress_percent = if total == 0 { 0 } else { done * 100 / total };

    let departed = departure.is_some_and(|d| d.state == DepartureState::Departed);
    next.waiting = false;
    next.blocked = false;
    if let Some(reason) = &next.cancel_reason {
        next.status = Status::Cancelled;
        next.reasons.push(Reason::Cancelled {
            reason: reason.clone(),
        });
    } else if departed || (total > 0 && done == total) {
        next.status = Status::Completed;
    } else {
        next.status = judge(state, pilgrim, pipeline, &mut next, now);
        add_flags(state, pilgrim, pipeline, &mut next, now);
    }
    next.closed_at = match (next.status.is_active(), next.closed_at) {
        (true, _) => None,
        (false, Some(since)) => Some(since),
        (false, None) => Some(now),
    };
    next
}

/// Overdue before at risk before on track; every reason of the winner is given.
fn judge(
    state: &State,
    pilgrim: &Pilgrim,
    pipeline: &PipelineVersion,
    next: &mut JamaahStatus,
    now: Timestamp,
) -> Status {
    let zone = state.tenant.zone;
    if zone.end_of(next.departure_date) <= now {
        next.reasons.push(Reason::DeparturePassed {
            departure_date: next.departure_date,
        });
    }
    let mut ageing = Vec::new();
    for instance in pilgrim
        .path
        .iter()
        .filter(|i| i.state == InstanceState::Active)
    {
        let stage_id = instance.stage_id;
        if let Some(due_at) = instance.due_at.filter(|due| *due <= now) {
            next.reasons.push(Reason::StagePastDue { stage_id, due_at });
            continue;
        }
        let Some(stage) = pipeline.stage(stage_id) else {
            continue;
        };
        if let Some(since) = ageing_at(stage, instance, zone).filter(|at| *at < now) {
            ageing.push(Reason::StageAgeing { stage_id, since });
        }
        // the history is the stage's own and of today, whatever version the path is of
        let history = state
            .stage(stage_id)
            .and_then(|stage| slow_at(stage, instance));
        if let Some(since) = history.filter(|at| *at < now) {
            ageing.push(Reason::StageSlowerThanUsual { stage_id, since });
        }
    }
    if !next.reasons.is_empty() {
        return Status::Overdue;
    }
    if let Some(probability) = next.readiness_probability.filter(|p| *p < SAFE_PROBABILITY) {
        ageing.push(Reason::LowReadiness { probability });
    }
    let status = if ageing.is_empty() {
        Status::OnTrack
    } else {
        Status::AtRisk
    };
    next.reasons.append(&mut ageing);
    status
}

fn add_flags(
    state: &State,
    pilgrim: &Pilgrim,
    pipeline: &PipelineVersion,
    next: &mut JamaahStatus,
    now: Timestamp,
) {
    let nothing_active = pilgrim
        .path
        .iter()
        .all(|i| i.state != InstanceState::Active);
    for instance in pilgrim
        .path
        .iter()
        .filter(|i| i.state == InstanceState::Waiting)
    {
        let Some(opens_at) = instance.opens_at.filter(|opens| *opens > now) else {
            continue;
        };
        let Some(stage) = pipeline.stage(instance.stage_id) else {
            continue;
        };
        if nothing_active && is_unlocked(pipeline, pilgrim, stage) {
            next.waiting = true;
            next.reasons.push(Reason::WaitingForWindow {
                stage_id: instance.stage_id,
                opens_at,
            });
        }
    }
    for task in pilgrim.tasks.iter().filter_map(|slot| state.task_at(*slot)) {
        if task.status == TaskStatus::Blocked {
            next.blocked = true;
            next.reasons.push(Reason::TaskBlocked {
                stage_id: task.stage_id,
                task_id: task.id,
                reason: task.blocked_reason.clone().unwrap_or_default(),
            });
        }
    }
    next.on_hold = next.hold_reason.is_some();
    if let Some(reason) = &next.hold_reason {
        next.reasons.push(Reason::OnHold {
            reason: reason.clone(),
        });
    }
}

/// The first instant after `now` at which something about this jamaah changes
/// by the passing of time alone: a task or stage falls due, ages, or opens.
/// Tasks that should be marked overdue already count as due at once.
pub fn next_deadline(state: &State, pilgrim: &Pilgrim, now: Timestamp) -> Option<Timestamp> {
    if !pilgrim.status.status.is_active() {
        return None;
    }
    let zone = state.tenant.zone;
    let mut next: Option<Timestamp> = None;
    let mut consider = |at: Option<Timestamp>| {
        if let Some(at) = at.filter(|at| *at > now) {
            next = Some(next.map_or(at, |known| known.min(at)));
        }
    };
    consider(Some(zone.end_of(pilgrim.status.departure_date)));
    let pipeline = state.pipeline(pilgrim.status.pipeline_version);
    for instance in &pilgrim.path {
        match instance.state {
            InstanceState::Waiting => consider(instance.opens_at),
            InstanceState::Active => {
                consider(instance.due_at);
                // one microsecond on: ageing means having gone beyond
                let beyond = |at: Timestamp| at + Duration::microseconds(1);
                let planned = pipeline.and_then(|p| p.stage(instance.stage_id));
                consider(
                    planned
                        .and_then(|s| ageing_at(s, instance, zone))
                        .map(beyond),
                );
                let current = state.stage(instance.stage_id);
                consider(current.and_then(|s| slow_at(s, instance)).map(beyond));
            }
            InstanceState::Completed | InstanceState::Skipped => {}
        }
    }
    for task in pilgrim.tasks.iter().filter_map(|slot| state.task_at(*slot)) {
        if task.status.is_open() && !task.overdue {
            match task.due_at {
                Some(due) if due <= now => return Some(now),
                due => consider(due),
            }
        }
    }
    next
}

/// Time has changed something about this jamaah that the log does not say yet.
pub fn needs_review(state: &State, pilgrim: &Pilgrim, now: Timestamp) -> bool {
    if !pilgrim.status.status.is_active() {
        return false;
    }
    let late_task = || {
        let mut tasks = pilgrim.tasks.iter().filter_map(|slot| state.task_at(*slot));
        tasks.any(|task| !task.overdue && super::transition::is_late(task, now))
    };
    let opened = || {
        let Some(pipeline) = state.pipeline(pilgrim.status.pipeline_version) else {
            return false;
        };
        pilgrim.path.iter().any(|instance| {
            instance.state == InstanceState::Waiting
                && instance.opens_at.is_some_and(|opens| opens <= now)
                && pipeline
                    .stage(instance.stage_id)
                    .is_some_and(|s| is_unlocked(pipeline, pilgrim, s))
        })
    };
    late_task() || opened() || evaluate(state, pilgrim, now) != *pilgrim.status
}
