//! What follows from a command, put on the agenda: the work at stages that
//! have opened, and the next deadlines.

use super::Season;
use super::agenda::What;
use super::commands::About;
use crate::domain::ids::JamaahId;
use crate::domain::pipeline::change::{Change, EventKind, Row};
use crate::domain::pipeline::instance::StageInstance;
use crate::domain::pipeline::status::next_deadline;
use crate::domain::time::Timestamp;
use crate::seed::chance::Topic;
use crate::seed::plan::{Opened, hurried_by, plan};
use crate::seed::profile::profile;

impl Season {
    pub(super) fn look_ahead(&mut self, at: Timestamp, about: About, changes: &[Change]) {
        if let Some(first) = changes.first() {
            self.note_new(&about, &first.after);
        }
        for change in changes
            .iter()
            .filter(|change| change.kind == EventKind::StageInstanceActivated)
        {
            if let Row::StageInstance(instance) = &change.after {
                self.plan_stage(at, instance, changes);
            }
        }
        match about {
            About::Nobody | About::Departure(_) => {}
            About::Newcomer(number) | About::Person(number) => self.expect_deadline(at, number),
            About::People(numbers) => numbers
                .into_iter()
                .for_each(|number| self.expect_deadline(at, number)),
            About::Everybody => (0..)
                .take(self.people.len())
                .for_each(|number| self.expect_deadline(at, number)),
        }
    }

    /// Ids that the rules have given.
    fn note_new(&mut self, about: &About, row: &Row) {
        match (about, row) {
            (About::Departure(number), Row::Departure(departure)) => {
                if let Some(booking) = self.bookings.get_mut(*number) {
                    booking.departure_id = Some(departure.id);
                }
            }
            (About::Newcomer(number), Row::Jamaah(jamaah)) => {
                if let Some(person) = usize::try_from(*number)
                    .ok()
                    .and_then(|number| self.people.get_mut(number))
                {
                    person.id = Some(jamaah.id);
                    self.numbers.insert(jamaah.id, *number);
                }
            }
            _ => {}
        }
    }

    fn plan_stage(&mut self, at: Timestamp, instance: &StageInstance, changes: &[Change]) {
        let Some(number) = self.number_of(instance.jamaah_id) else {
            return;
        };
        let Some(pilgrim) = self.state.pilgrim(instance.jamaah_id) else {
            return;
        };
        let Some(pipeline) = self.state.pipeline(pilgrim.status.pipeline_version) else {
            return;
        };
        let stages = &pipeline.stages;
        let Some(place) = stages
            .iter()
            .position(|stage| stage.id == instance.stage_id)
        else {
            return;
        };
        let Some(stage) = stages.get(place) else {
            return;
        };
        let zone = self.state.tenant.zone;
        let tasks = changes.iter().filter_map(|change| match &change.after {
            Row::Task(task)
                if change.kind == EventKind::TaskCreated && task.instance_id == instance.id =>
            {
                Some((task.id, task.required))
            }
            _ => None,
        });
        let usual = zone.end_of(stage.sla_calendar.add(zone.date_of(at), stage.sla_days));
        let opened = Opened {
            at,
            hurried_by: hurried_by(pilgrim.status.departure_date, place, stages.len(), zone),
            pressed: instance.due_at.is_some_and(|due| due < usual),
            tasks: tasks.collect(),
        };
        let rng = &mut self
            .chance
            .of(Topic::Stage(number, u8::try_from(place).unwrap_or(u8::MAX)));
        for (when, task, step) in plan(&opened, &profile(stage), zone, rng) {
            self.agenda.add(
                when,
                What::Act {
                    person: number,
                    task,
                    step,
                },
            );
        }
    }

    fn number_of(&self, id: JamaahId) -> Option<u32> {
        self.numbers.get(&id).copied()
    }

    /// Puts the next review of a person on the agenda.
    fn expect_deadline(&mut self, at: Timestamp, number: u32) {
        let Some(person) = usize::try_from(number)
            .ok()
            .and_then(|number| self.people.get_mut(number))
        else {
            return;
        };
        let Some(pilgrim) = person.id.and_then(|id| self.state.pilgrim(id)) else {
            return;
        };
        let deadline = next_deadline(&self.state, pilgrim, at);
        if deadline != person.review_at {
            person.review_at = deadline;
            if let Some(deadline) = deadline {
                self.agenda.add(deadline, What::Review(number));
            }
        }
    }
}
