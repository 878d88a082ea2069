//! The read model: what REST reads and state channels answer from.
//!
//! Each commit publishes the next [`View`]: the state and, beside it, what
//! lists and numbers need and the state does not hold. A view is never
//! changed; the next one shares with it all that the commit did not touch.
//! Whoever holds one sees one moment of the log, stamped with `state.head`.

pub(crate) mod column;
#[cfg(test)]
pub(crate) mod sample;
#[cfg(test)]
pub(crate) mod scene;
pub(crate) mod slot_set;
pub(crate) mod sorted;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use chrono::NaiveDate;

use super::board::{Board, Day, TaskQuery};
use super::change::Row;
use super::departure::DepartureState;
use super::listing::{JamaahCard, JamaahQuery, Page, TaskCard, TaskPage};
use super::past::Yesterday;
use super::stage::Stage;
use super::standing::Standing;
use super::state::State;
use super::statistics::StageReport;
use super::tallies::{StageTally, StatusCounts, Tallies};
use crate::domain::ids::{JamaahId, StageId, TaskId};
use crate::domain::time::{Timestamp, plus_days};

/// What a batch of changes touched. Ids may repeat.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Touched {
    pub tasks: Vec<TaskId>,
    /// Whose row, status or path changed. Others do no harm.
    pub jamaah: Vec<JamaahId>,
    /// Stages, pipelines or departures changed. A view reads these from its
    /// state and needs no hint; caches of its bodies do.
    pub config: bool,
}

impl Touched {
    pub fn by<'a>(rows: impl IntoIterator<Item = &'a Row>) -> Self {
        let mut touched = Self::default();
        for row in rows {
            touched.add(row);
        }
        touched
    }

    pub fn add(&mut self, row: &Row) {
        match row {
            Row::Task(task) => self.tasks.push(task.id),
            Row::Jamaah(jamaah) => self.jamaah.push(jamaah.id),
            Row::JamaahStatus(status) => self.jamaah.push(status.jamaah_id),
            Row::StageInstance(instance) => self.jamaah.push(instance.jamaah_id),
            Row::Stage(_) | Row::PipelineVersion(_) | Row::Departure(_) => self.config = true,
            Row::Comment(_)
            | Row::Import(_)
            | Row::BottleneckAlert(_)
            | Row::Access(_)
            | Row::Audit(_) => {}
        }
    }
}

#[derive(Clone, Debug)]
pub struct View {
    pub state: State,
    board: Board,
    tallies: Tallies,
    /// When it was published.
    pub as_of: Timestamp,
    /// The date then in the tenant's zone, which buckets and windows are for.
    pub today: NaiveDate,
    /// How it stood the day before, once that is known.
    pub yesterday: Option<Arc<Yesterday>>,
}

impl View {
    /// From scratch: when a tenant is loaded.
    pub fn build(state: State, now: Timestamp) -> Self {
        let today = state.tenant.zone.date_of(now);
        let day = Day::new(today, state.tenant.zone);
        Self {
            board: Board::build(&state, day),
            tallies: Tallies::compute(&state, today),
            as_of: now,
            today,
            yesterday: None,
            state,
        }
    }

    /// After a commit that led to `next`.
    pub fn advance(&self, next: State, touched: &Touched, now: Timestamp) -> Self {
        if next.tenant.zone != self.state.tenant.zone {
            return Self {
                yesterday: self.yesterday.clone(),
                ..Self::build(next, now)
            };
        }
        let mut view = self.new_day(now);
        view.board.advance(&self.state, &next, touched);
        view.tallies.advance(&self.state, &next, touched);
        view.state = next;
        view
    }

    /// The same state at a later moment; past local midnight, on another date.
    pub fn new_day(&self, now: Timestamp) -> Self {
        let zone = self.state.tenant.zone;
        let today = zone.date_of(now);
        let mut view = Self {
            as_of: now,
            today,
            ..self.clone()
        };
        if today != self.today {
            view.board.rebucket(Day::new(today, zone));
            view.tallies.new_day(today);
        }
        view
    }

    /// The same, with what is known of the day before.
    pub fn after(&self, yesterday: Option<Yesterday>) -> Self {
        Self {
            yesterday: yesterday.map(Arc::new),
            ..self.clone()
        }
    }

    pub fn tasks(&self, query: &TaskQuery) -> TaskPage {
        let found = self.board.find(&self.state, query);
        TaskPage::of(
            &self.state,
            self.board.day(),
            &found,
            query.page,
            query.limit,
        )
    }

    pub fn task_card(&self, id: TaskId) -> Option<TaskCard> {
        TaskCard::of(&self.state, self.board.day(), self.state.task(id)?)
    }

    pub fn jamaah(&self, query: &JamaahQuery) -> Page<JamaahCard> {
        let (ids, total) = self.board.find_jamaah(query);
        let pilgrims = ids.into_iter().filter_map(|id| self.state.pilgrim(id));
        let items = pilgrims
            .map(|pilgrim| JamaahCard::of(&self.state, pilgrim, &query.tasks))
            .collect();
        Page::new(items, query.page, query.limit, total)
    }

    /// Every active stage in order, empty ones too.
    pub fn stages(&self, now: Timestamp) -> Vec<StageReport> {
        self.state
            .active_stages()
            .into_iter()
            .map(|stage| self.report_stage(stage, now))
            .collect()
    }

    /// Those that take nobody in any more, in the order they stood in.
    pub fn retired_stages(&self, now: Timestamp) -> Vec<StageReport> {
        let stages = self.state.stages().into_iter();
        stages
            .filter(|stage| !stage.active)
            .map(|stage| self.report_stage(stage, now))
            .collect()
    }

    /// Any stage, retired ones too.
    pub fn stage(&self, id: StageId, now: Timestamp) -> Option<StageReport> {
        self.state
            .stage(id)
            .map(|stage| self.report_stage(stage, now))
    }

    fn report_stage(&self, stage: &Arc<Stage>, now: Timestamp) -> StageReport {
        let none = StageTally::default();
        let tally = self.tallies.stage(stage.id).unwrap_or(&none);
        StageReport::of(stage, tally, self.date(now), now)
    }

    /// The date in the tenant's zone, which is `today` but for the moment
    /// after midnight in which the new day has not been published yet.
    pub(super) fn date(&self, now: Timestamp) -> NaiveDate {
        self.standing().date(now)
    }

    pub(super) fn standing(&self) -> Standing<'_> {
        Standing {
            state: &self.state,
            tallies: &self.tallies,
        }
    }

    /// Everybody in memory, by status.
    pub fn people(&self) -> StatusCounts {
        self.tallies.people().by_status
    }

    /// How many scheduled departures from now to so many days ahead have which
    /// worst status among their people.
    pub fn departures_by_status(&self, days: i32, now: Timestamp) -> [(&'static str, u32); 3] {
        let today = self.date(now);
        let last = plus_days(today, days);
        let (mut overdue, mut at_risk, mut on_track) = (0, 0, 0);
        for departure in self.state.departures() {
            let ahead = (today..=last).contains(&departure.departure_date);
            if !ahead || departure.state != DepartureState::Scheduled {
                continue;
            }
            let tally = self.tallies.departure(departure.id);
            let people = tally.map(|tally| tally.people.by_status);
            let people = people.unwrap_or_default();
            let counted = match () {
                () if people.overdue > 0 => &mut overdue,
                () if people.at_risk > 0 => &mut at_risk,
                () => &mut on_track,
            };
            *counted += 1;
        }
        [
            ("overdue", overdue),
            ("at_risk", at_risk),
            ("on_track", on_track),
        ]
    }

    pub(super) fn tallies(&self) -> &Tallies {
        &self.tallies
    }

    pub(super) fn board(&self) -> &Board {
        &self.board
    }
}
