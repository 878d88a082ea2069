//! States made by hand, row by row, for tests that expect certain numbers. It
//! is 09:42 in WIB on Tuesday, 24 November 2026.

use std::sync::Arc;

use chrono::Duration;

use super::View;
use super::sample::Sample;
use crate::domain::ids::{DepartureId, JamaahId, StageId};
use crate::domain::pipeline::change::Row;
use crate::domain::pipeline::departure::{Departure, DepartureState};
use crate::domain::pipeline::instance::{InstanceState, StageInstance};
use crate::domain::pipeline::jamaah::{Jamaah, JamaahStatus};
use crate::domain::pipeline::stage::Stage;
use crate::domain::pipeline::task::{Priority, Task, TaskStatus};
use crate::domain::time::{Timestamp, Zone, plus_days};

pub struct Scene {
    sample: Sample,
}

impl Scene {
    /// Ten stages in a line, and nobody.
    pub fn new() -> Self {
        Self {
            sample: Sample::new(1, 0, Zone::WIB),
        }
    }

    pub fn now(&self) -> Timestamp {
        self.sample.now
    }

    pub fn ago(&self, days: f64) -> Timestamp {
        let span =
            Duration::from_std(std::time::Duration::from_secs_f64(days.abs() * 86_400.0)).unwrap();
        if days < 0.0 {
            self.now() + span
        } else {
            self.now() - span
        }
    }

    pub fn stage(&self, position: usize) -> StageId {
        self.sample.stages()[position - 1].id
    }

    pub fn view(&self) -> View {
        View::build(self.sample.state.clone(), self.now())
    }

    pub fn edit_stage(&mut self, position: usize, edit: impl FnOnce(&mut Stage)) {
        let mut stage = Stage::clone(self.sample.state.stage(self.stage(position)).unwrap());
        edit(&mut stage);
        self.sample.put(Row::Stage(Arc::new(stage)));
    }

    pub fn departure(&mut self, in_days: i32) -> DepartureId {
        let departure = Departure {
            id: self.sample.id(),
            code: Arc::from(format!("UMR-H{in_days}")),
            departure_date: plus_days(self.sample.today(), in_days),
            package: None,
            seats: Some(45),
            state: DepartureState::Scheduled,
            version: 1,
            created_at: self.now(),
            updated_at: self.now(),
        };
        let id = departure.id;
        self.sample.put(Row::Departure(Arc::new(departure)));
        id
    }

    /// Somebody without a path, on a departure.
    pub fn person(
        &mut self,
        departure: DepartureId,
        edit: impl FnOnce(&mut Jamaah, &mut JamaahStatus),
    ) -> JamaahId {
        let number = self.sample.state.pilgrim_count();
        let mut jamaah = Jamaah {
            id: self.sample.id(),
            name: Arc::from(format!("Jamaah {number}")),
            passport_number: Arc::from(format!("X{number:07}")),
            birth_date: plus_days(self.sample.today(), -15_000),
            sex: None,
            nationality: None,
            passport_expiry: None,
            package: None,
            departure_id: departure,
            phone: None,
            agent: None,
            notes: None,
            version: 1,
            created_at: self.now(),
            updated_at: self.now(),
        };
        let mut status = JamaahStatus::registered(&jamaah);
        status.pipeline_version = 1;
        status.departure_date = self
            .sample
            .state
            .departure(departure)
            .unwrap()
            .departure_date;
        edit(&mut jamaah, &mut status);
        let id = jamaah.id;
        self.sample.put(Row::Jamaah(Arc::new(jamaah)));
        self.sample.put(Row::JamaahStatus(Arc::new(status)));
        id
    }

    /// Their passage of a stage, active since a day ago unless edited.
    pub fn passage(
        &mut self,
        jamaah_id: JamaahId,
        position: usize,
        edit: impl FnOnce(&mut StageInstance),
    ) {
        let mut instance = StageInstance {
            id: self.sample.id(),
            jamaah_id,
            stage_id: self.stage(position),
            state: InstanceState::Active,
            entered_at: self.ago(60.0),
            opens_at: None,
            started_at: Some(self.ago(1.0)),
            due_at: Some(self.ago(-10.0)),
            paused_since: None,
            paused_seconds: 0,
            completed_at: None,
            completed_by: None,
            reason: None,
            version: 1,
        };
        edit(&mut instance);
        self.sample.put(Row::StageInstance(Arc::new(instance)));
    }

    /// A pending task of theirs, without a due date unless edited.
    pub fn task(&mut self, jamaah_id: JamaahId, position: usize, edit: impl FnOnce(&mut Task)) {
        let stage = self.sample.stages()[position - 1].clone();
        let mut task = Task {
            id: self.sample.id(),
            jamaah_id,
            stage_id: stage.id,
            instance_id: self.sample.id(),
            title: Arc::from("Check"),
            role: stage.role.clone(),
            assignee: None,
            priority: Priority::Normal,
            status: TaskStatus::Pending,
            required: true,
            due_at: None,
            overdue: false,
            blocked_reason: None,
            blocked_by_third_party: false,
            blocked_at: None,
            notes: None,
            started_at: None,
            completed_at: None,
            completed_by: None,
            version: 1,
            created_at: self.now(),
            updated_at: self.now(),
        };
        edit(&mut task);
        self.sample.put(Row::Task(Arc::new(task)));
    }

    /// So many people with an active passage of a stage.
    pub fn inside(
        &mut self,
        people: usize,
        position: usize,
        departure: DepartureId,
        edit: impl Fn(&mut JamaahStatus, &mut StageInstance),
    ) -> Vec<JamaahId> {
        let mut ids = Vec::new();
        for _ in 0..people {
            let stage = self.stage(position);
            let mut status = None;
            let id = self.person(departure, |_, row| {
                row.current_stage_id = Some(stage);
                status = Some(row.clone());
            });
            let mut status = status.unwrap();
            self.passage(id, position, |instance| edit(&mut status, instance));
            self.sample.put(Row::JamaahStatus(Arc::new(status)));
            ids.push(id);
        }
        ids
    }

    /// So many people who came long ago and completed a stage two days ago.
    pub fn completed(&mut self, people: usize, position: usize, departure: DepartureId) {
        let (came, went) = (self.ago(30.0), self.ago(2.0));
        self.inside(people, position, departure, |status, instance| {
            status.current_stage_id = None;
            instance.state = InstanceState::Completed;
            instance.started_at = Some(came);
            instance.completed_at = Some(went);
        });
    }
}
