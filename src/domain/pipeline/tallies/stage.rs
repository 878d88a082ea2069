//! Totals of one stage.

use std::sync::Arc;

use chrono::{Duration, NaiveDate};

use super::counts::{add, bump};
use super::flow::Flow;
use super::people::PeopleTally;
use crate::domain::ids::{DepartureId, JamaahId, StageId, UserId};
use crate::domain::pipeline::instance::{InstanceState, StageInstance};
use crate::domain::pipeline::jamaah::{JamaahStatus, Status};
use crate::domain::pipeline::task::{Task, TaskStatus};
use crate::domain::pipeline::view::sorted::Sorted;
use crate::domain::principal::RoleKey;
use crate::domain::time::{Timestamp, Zone};

/// Below this chance of being ready, somebody's departure is at risk.
pub const AT_RISK_BELOW: f64 = 0.85;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct StageTally {
    /// Those whose current stage it is.
    pub people: PeopleTally,
    /// When windows open that are all some of these people wait for, in microseconds.
    opens: Sorted<i64>,
    /// Those of them that are on track.
    opens_on_track: Sorted<i64>,

    /// Jamaah whose passage is active: the work in progress. Whoever waits for
    /// a window or for other stages is not inside; whoever is blocked or on hold
    /// is. With when they are due, in microseconds.
    pub inside: imbl::OrdMap<JamaahId, Option<i64>>,
    /// Those of them with an open blocked task here.
    pub blocked: u32,
    /// The same instants in order.
    due: Sorted<i64>,
    /// Start plus finished pauses of those inside whose clock runs, in seconds.
    starts: Sorted<i64>,
    /// Age of those inside whose clock stands still, in seconds.
    paused_ages: Sorted<i64>,
    /// Starts of those inside, in seconds, added up.
    start_sum: i64,
    /// Those inside by departure.
    pub groups: imbl::OrdMap<DepartureId, Group>,

    pub open_tasks: u32,
    pub blocked_tasks: u32,
    pub overdue_tasks: u32,
    /// Why tasks are blocked.
    pub reasons: imbl::OrdMap<Arc<str>, u32>,
    /// Who holds open tasks.
    pub assignees: imbl::OrdMap<Option<UserId>, u32>,
    pub roles: imbl::OrdMap<RoleKey, u32>,

    pub flow: Flow,
}

/// The people of one departure inside a stage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Group {
    pub inside: u32,
    /// Those with a forecast.
    pub known: u32,
    /// Those whose chance of being ready is below [`AT_RISK_BELOW`].
    pub unlikely: u32,
}

/// One jamaah's way through one stage, with what else it is judged by.
pub struct Passage<'a> {
    instance: &'a Arc<StageInstance>,
    inside: bool,
    blocked: bool,
    /// Of a passage cut off by the jamaah's completion or cancellation.
    cut_off: Option<Timestamp>,
    departure: DepartureId,
    chance: Option<f64>,
}

impl<'a> Passage<'a> {
    pub fn new(instance: &'a Arc<StageInstance>, status: &JamaahStatus, blocked: bool) -> Self {
        let active = status.status.is_active();
        Self {
            instance,
            inside: active && instance.state == InstanceState::Active,
            blocked,
            cut_off: (!active).then(|| status.closed_at.unwrap_or(status.updated_at)),
            departure: status.departure_id,
            chance: status.readiness_probability,
        }
    }

    pub fn stage(&self) -> StageId {
        self.instance.stage_id
    }

    pub fn same(&self, other: &Self) -> bool {
        Arc::ptr_eq(self.instance, other.instance)
            && (
                self.inside,
                self.blocked,
                self.cut_off,
                self.departure,
                self.chance,
            ) == (
                other.inside,
                other.blocked,
                other.cut_off,
                other.departure,
                other.chance,
            )
    }

    /// When it became active; `None` for one that never did.
    fn start(&self) -> Option<Timestamp> {
        match self.instance.state {
            InstanceState::Waiting => None,
            InstanceState::Active => {
                Some(self.instance.started_at.unwrap_or(self.instance.entered_at))
            }
            InstanceState::Completed | InstanceState::Skipped => self.instance.started_at,
        }
    }

    fn end(&self) -> Option<Timestamp> {
        if self.instance.state.is_done() {
            self.instance.completed_at
        } else {
            self.cut_off
        }
    }
}

impl StageTally {
    pub fn count_task(&mut self, task: &Task, by: i32) {
        if !task.status.is_open() {
            return;
        }
        add(&mut self.open_tasks, by);
        bump(&mut self.assignees, task.assignee, by);
        bump(&mut self.roles, task.role.clone(), by);
        if task.overdue {
            add(&mut self.overdue_tasks, by);
        }
        if task.status == TaskStatus::Blocked {
            add(&mut self.blocked_tasks, by);
            if let Some(reason) = &task.blocked_reason {
                bump(&mut self.reasons, reason.clone(), by);
            }
        }
    }

    pub fn count_person(&mut self, status: &JamaahStatus, opens_at: Option<Timestamp>, by: i32) {
        self.people.count(status, by);
        if let Some(opens_at) = opens_at {
            change(&mut self.opens, opens_at.timestamp_micros(), by);
            if status.status == Status::OnTrack {
                change(&mut self.opens_on_track, opens_at.timestamp_micros(), by);
            }
        }
    }

    pub fn count_passage(&mut self, passage: &Passage<'_>, zone: Zone, since: NaiveDate, by: i32) {
        if passage.inside {
            self.count_inside(passage, by);
        }
        let mut on_day = |instant: Timestamp, what: &dyn Fn(&mut super::flow::DayFlow)| {
            let date = zone.date_of(instant);
            if date >= since {
                self.flow.change(date, what);
            }
        };
        if let Some(start) = passage.start() {
            on_day(start, &|day| day.arrive(start.timestamp(), by));
            if let Some(end) = passage.end() {
                on_day(end, &|day| day.leave(start.timestamp(), by));
            }
        }
        let instance = passage.instance;
        if instance.state == InstanceState::Completed
            && let Some(end) = instance.completed_at
        {
            on_day(end, &|day| {
                day.complete(instance.due_at.map(|due| end <= due), by)
            });
        }
    }

    fn count_inside(&mut self, passage: &Passage<'_>, by: i32) {
        let instance = passage.instance;
        if by > 0 {
            let due = instance.due_at.map(|due| due.timestamp_micros());
            self.inside.insert(instance.jamaah_id, due);
        } else {
            self.inside.remove(&instance.jamaah_id);
        }
        if passage.blocked {
            add(&mut self.blocked, by);
        }
        if let Some(due) = instance.due_at {
            change(&mut self.due, due.timestamp_micros(), by);
        }
        let start = passage.start().unwrap_or(instance.entered_at);
        let running_from = start.timestamp() + instance.paused_seconds;
        self.start_sum += start.timestamp() * i64::from(by);
        match instance.paused_since {
            None => change(&mut self.starts, running_from, by),
            Some(since) => change(&mut self.paused_ages, since.timestamp() - running_from, by),
        }
        let mut group = self
            .groups
            .get(&passage.departure)
            .copied()
            .unwrap_or_default();
        add(&mut group.inside, by);
        if let Some(chance) = passage.chance {
            add(&mut group.known, by);
            if chance < AT_RISK_BELOW {
                add(&mut group.unlikely, by);
            }
        }
        if group == Group::default() {
            self.groups.remove(&passage.departure);
        } else {
            self.groups.insert(passage.departure, group);
        }
    }

    pub fn forget_before(&mut self, date: NaiveDate) {
        self.flow.forget_before(date);
    }

    /// People at this stage for whom only its window has still to open.
    pub fn waiting_for_window(&self, now: Timestamp) -> usize {
        after(&self.opens, now)
    }

    /// Those of them that are on track.
    pub fn on_track_before_window(&self, now: Timestamp) -> usize {
        after(&self.opens_on_track, now)
    }

    /// Work in progress.
    pub fn wip(&self) -> usize {
        self.inside.len()
    }

    /// Those inside that are past due.
    pub fn late(&self, now: Timestamp) -> usize {
        self.due.up_to(now.timestamp_micros())
    }

    /// How long those who are late have been so, on average; `None` when nobody is.
    pub fn mean_delay(&self, now: Timestamp) -> Option<Duration> {
        let late = i64::try_from(self.late(now))
            .ok()
            .filter(|late| *late > 0)?;
        let now = now.timestamp_micros();
        let total: i128 = self
            .due
            .iter()
            .take_while(|due| *due <= now)
            .map(|due| i128::from(now - due))
            .sum();
        i64::try_from(total / i128::from(late))
            .ok()
            .map(Duration::microseconds)
    }

    /// Ages of those inside without pauses, in seconds, in no order.
    pub fn ages(&self, now: Timestamp) -> Vec<i64> {
        let running = self
            .starts
            .iter()
            .map(|start| (now.timestamp() - start).max(0));
        running
            .chain(self.paused_ages.iter().map(|age| age.max(0)))
            .collect()
    }

    /// Mean time since the start, pauses included, of those inside.
    pub fn mean_age(&self, now: Timestamp) -> Option<Duration> {
        mean_age(now, self.wip(), self.start_sum)
    }

    /// The same for those who were inside when `date` began, which is no
    /// earlier than the days that are kept.
    pub fn mean_age_at_start_of(
        &self,
        date: NaiveDate,
        today: NaiveDate,
        zone: Zone,
    ) -> Option<Duration> {
        let since = self.flow.between(date, today);
        let count = |count: u32| usize::try_from(count).ok();
        let then = (self.wip() + count(since.left)?).checked_sub(count(since.arrivals)?)?;
        mean_age(
            zone.start_of(date),
            then,
            self.start_sum + since.left_starts - since.arrived_starts,
        )
    }
}

fn mean_age(now: Timestamp, people: usize, start_sum: i64) -> Option<Duration> {
    let people = i64::try_from(people).ok().filter(|people| *people > 0)?;
    Some(Duration::seconds(now.timestamp() - start_sum / people))
}

fn after(instants: &Sorted<i64>, now: Timestamp) -> usize {
    instants.len() - instants.up_to(now.timestamp_micros())
}

fn change(list: &mut Sorted<i64>, value: i64, by: i32) {
    if by > 0 {
        list.insert(value, |value| value);
    } else {
        list.remove(value, |value| value);
    }
}
