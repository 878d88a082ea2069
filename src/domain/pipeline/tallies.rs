//! Running totals: of everybody, per stage, per departure and per day.
//!
//! They are kept by taking away what a changed row counted for before and
//! adding what it counts for now, and are at every moment what
//! [`Tallies::compute`] makes of the whole state; a property test holds them
//! to that. Nothing in them depends on the time of day: instants are kept in
//! sorted lists, so that what is late or waiting *now* is a search in a list.

mod counts;
mod departure;
mod flow;
mod people;
mod stage;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::NaiveDate;

use super::board::due_date;
use super::instance::{InstanceState, StageInstance};
use super::state::{Pilgrim, State};
use super::status::is_unlocked;
use super::task::{Task, TaskStatus};
use super::view::Touched;
use crate::domain::ids::{DepartureId, JamaahId, StageId};
use crate::domain::time::{Timestamp, Zone, plus_days};
use counts::bump;
use stage::Passage;

pub use departure::DepartureTally;
pub use flow::DayFlow;
pub use people::{PeopleTally, RiskCounts, StatusCounts};
pub use stage::{AT_RISK_BELOW, Group, StageTally};

/// Days of flow that are kept, today included.
pub const KEPT_DAYS: i32 = 31;

#[derive(Clone, Debug, PartialEq)]
pub struct Tallies {
    zone: Zone,
    /// What happened on earlier days is not counted.
    since: NaiveDate,
    people: PeopleTally,
    stages: Arc<BTreeMap<StageId, Arc<StageTally>>>,
    departures: imbl::OrdMap<DepartureId, Arc<DepartureTally>>,
    /// Open tasks by the date they are due on.
    due: imbl::OrdMap<NaiveDate, u32>,
    /// Tasks by the date they were completed on.
    completed: imbl::OrdMap<NaiveDate, u32>,
}

impl Tallies {
    fn empty(zone: Zone, today: NaiveDate) -> Self {
        Self {
            zone,
            since: plus_days(today, 1 - KEPT_DAYS),
            people: PeopleTally::default(),
            stages: Arc::default(),
            departures: imbl::OrdMap::new(),
            due: imbl::OrdMap::new(),
            completed: imbl::OrdMap::new(),
        }
    }

    /// From scratch.
    pub fn compute(state: &State, today: NaiveDate) -> Self {
        let mut tallies = Self::empty(state.tenant.zone, today);
        for task in state.tasks() {
            tallies.count_task(task, 1);
        }
        for pilgrim in state.pilgrims() {
            tallies.count_pilgrim(state, pilgrim, 1);
            for passage in (Seen {
                state,
                pilgrim: Some(pilgrim),
            })
            .passages()
            {
                tallies.count_passage(&passage, 1);
            }
        }
        tallies
    }

    /// From the totals of `before` to those of `after`.
    pub fn advance(&mut self, before: &State, after: &State, touched: &Touched) {
        let tasks: BTreeSet<_> = touched.tasks.iter().copied().collect();
        let mut jamaah: BTreeSet<JamaahId> = touched.jamaah.iter().copied().collect();
        for id in tasks {
            let (old, new) = (before.task(id), after.task(id));
            jamaah.extend(new.map(|task| task.jamaah_id));
            if let Some(old) = old {
                self.count_task(old, -1);
            }
            if let Some(new) = new {
                self.count_task(new, 1);
            }
        }
        for id in jamaah {
            self.move_pilgrim(Seen::new(before, id), Seen::new(after, id));
        }
    }

    /// Forgets the days that are too long ago.
    pub fn new_day(&mut self, today: NaiveDate) {
        self.since = plus_days(today, 1 - KEPT_DAYS);
        self.completed = self.completed.split(&plus_days(self.since, -1)).1;
        for tally in Arc::make_mut(&mut self.stages).values_mut() {
            Arc::make_mut(tally).forget_before(self.since);
        }
    }

    pub fn people(&self) -> &PeopleTally {
        &self.people
    }

    pub fn stage(&self, id: StageId) -> Option<&StageTally> {
        self.stages.get(&id).map(|tally| &**tally)
    }

    pub fn stages(&self) -> impl Iterator<Item = (StageId, &StageTally)> {
        self.stages.iter().map(|(id, tally)| (*id, &**tally))
    }

    pub fn departure(&self, id: DepartureId) -> Option<&DepartureTally> {
        self.departures.get(&id).map(|tally| &**tally)
    }

    /// Open tasks due on a date.
    pub fn due_on(&self, date: NaiveDate) -> u32 {
        self.due.get(&date).copied().unwrap_or(0)
    }

    /// Tasks completed on a date of the last days.
    pub fn completed_on(&self, date: NaiveDate) -> u32 {
        self.completed.get(&date).copied().unwrap_or(0)
    }

    fn stage_mut(&mut self, id: StageId) -> &mut StageTally {
        Arc::make_mut(Arc::make_mut(&mut self.stages).entry(id).or_default())
    }

    fn count_task(&mut self, task: &Task, by: i32) {
        self.stage_mut(task.stage_id).count_task(task, by);
        if task.status.is_open()
            && let Some(due) = task.due_at
        {
            bump(&mut self.due, due_date(due, self.zone), by);
        }
        if task.status == TaskStatus::Completed
            && let Some(at) = task.completed_at
        {
            let date = self.zone.date_of(at);
            if date >= self.since {
                bump(&mut self.completed, date, by);
            }
        }
    }

    fn move_pilgrim(&mut self, old: Seen<'_>, new: Seen<'_>) {
        let same_rows =
            matches!((old.pilgrim, new.pilgrim), (Some(a), Some(b)) if Arc::ptr_eq(a, b));
        if !same_rows {
            if let Some(pilgrim) = old.pilgrim {
                self.count_pilgrim(old.state, pilgrim, -1);
            }
            if let Some(pilgrim) = new.pilgrim {
                self.count_pilgrim(new.state, pilgrim, 1);
            }
        }
        // paths keep their order, so that most passages meet themselves here
        let (before, after) = (old.passages(), new.passages());
        let differs = |passage: &Passage<'_>, other: Option<&Passage<'_>>| {
            !other.is_some_and(|o| o.same(passage))
        };
        for (at, passage) in before.iter().enumerate() {
            if differs(passage, after.get(at)) {
                self.count_passage(passage, -1);
            }
        }
        for (at, passage) in after.iter().enumerate() {
            if differs(passage, before.get(at)) {
                self.count_passage(passage, 1);
            }
        }
    }

    fn count_pilgrim(&mut self, state: &State, pilgrim: &Pilgrim, by: i32) {
        let status = &pilgrim.status;
        self.people.count(status, by);
        let departure = self.departures.entry(status.departure_id).or_default();
        Arc::make_mut(departure).count(status, by);
        if let Some(stage) = status.current_stage_id {
            let opens_at = window_waited_for(state, pilgrim, stage);
            self.stage_mut(stage).count_person(status, opens_at, by);
        }
    }

    fn count_passage(&mut self, passage: &Passage<'_>, by: i32) {
        let (zone, since) = (self.zone, self.since);
        self.stage_mut(passage.stage())
            .count_passage(passage, zone, since, by);
    }
}

/// A pilgrim as one state has them.
#[derive(Clone, Copy)]
struct Seen<'a> {
    state: &'a State,
    pilgrim: Option<&'a Arc<Pilgrim>>,
}

impl<'a> Seen<'a> {
    fn new(state: &'a State, id: JamaahId) -> Self {
        Self {
            state,
            pilgrim: state.pilgrim(id),
        }
    }

    fn passages(self) -> Vec<Passage<'a>> {
        let Some(pilgrim) = self.pilgrim else {
            return Vec::new();
        };
        let tasks = pilgrim
            .tasks
            .iter()
            .filter_map(|slot| self.state.task_at(*slot));
        let blocked: Vec<StageId> = tasks
            .filter(|task| task.status == TaskStatus::Blocked)
            .map(|task| task.stage_id)
            .collect();
        let passage = |instance: &'a Arc<StageInstance>| {
            Passage::new(
                instance,
                &pilgrim.status,
                blocked.contains(&instance.stage_id),
            )
        };
        pilgrim.path.iter().map(passage).collect()
    }
}

/// When the window opens that is all a jamaah's passage of `stage` waits for.
pub fn window_waited_for(state: &State, pilgrim: &Pilgrim, stage: StageId) -> Option<Timestamp> {
    let instance = pilgrim.instance(stage)?;
    if instance.state != InstanceState::Waiting || !pilgrim.status.status.is_active() {
        return None;
    }
    let pipeline = state.pipeline(pilgrim.status.pipeline_version);
    let planned = pipeline.and_then(|pipeline| Some((pipeline, pipeline.stage(stage)?)));
    let unlocked = planned.is_none_or(|(pipeline, stage)| is_unlocked(pipeline, pilgrim, stage));
    instance.opens_at.filter(|_| unlocked)
}
