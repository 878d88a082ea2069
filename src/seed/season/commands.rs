//! What an entry of the agenda means when its time has come: a command, who
//! gives it, and who is concerned.

use std::sync::Arc;

use super::agenda::What;
use super::{Error, REVIEWED_TOGETHER, Season, next_monday};
use crate::domain::ids::{JamaahId, TaskId};
use crate::domain::pipeline::command::{Command, DepartureChanges, NewDeparture, TaskAction};
use crate::domain::pipeline::decide::{TEMPLATES, from_template};
use crate::domain::pipeline::departure::DepartureState;
use crate::domain::principal::{Actor, Principal, RoleKey};
use crate::domain::time::Timestamp;
use crate::seed::chance::Topic;
use crate::seed::people;
use crate::seed::plan::Step;

pub struct Undertaking {
    pub command: Command,
    pub by: Arc<Principal>,
    pub about: About,
}

/// Whose deadlines may have moved, changed or not.
pub enum About {
    Nobody,
    /// A new departure of this number.
    Departure(usize),
    /// Somebody new, of this number.
    Newcomer(u32),
    Person(u32),
    People(Vec<u32>),
    Everybody,
}

impl Season {
    pub(super) fn undertaking(
        &mut self,
        at: Timestamp,
        what: What,
    ) -> Result<Option<Undertaking>, Error> {
        let (command, by, about) = match what {
            What::InstallPipeline => {
                let [(_, template), ..] = TEMPLATES;
                let stages = Arc::new(from_template(template, &mut self.ids, at)?);
                (
                    Command::InstallPipeline { stages },
                    self.staff.manager(),
                    About::Nobody,
                )
            }
            What::RenewBaselines => {
                let zone = self.state.tenant.zone;
                self.agenda
                    .add(next_monday(zone.date_of(at), zone), What::RenewBaselines);
                (
                    Command::RenewBaselines,
                    self.staff.system(),
                    About::Everybody,
                )
            }
            What::OpenDeparture(number) => {
                let Some(booking) = self.bookings.get(number) else {
                    return Ok(None);
                };
                let group = &booking.group;
                let new = NewDeparture {
                    code: group.code.clone(),
                    departure_date: group.date,
                    package: Some(group.package.clone()),
                    seats: i32::try_from(group.people.next_multiple_of(5)).ok(),
                };
                (
                    Command::CreateDeparture(new),
                    self.staff.manager(),
                    About::Departure(number),
                )
            }
            What::Register(number) => return Ok(self.register(number)),
            What::Act { person, task, step } => return Ok(self.act(person, task, step)),
            What::Review(person) => {
                let (numbers, jamaah_ids) = self.due(at, person);
                if numbers.is_empty() {
                    return Ok(None);
                }
                (
                    Command::Review { jamaah_ids },
                    self.staff.system(),
                    About::People(numbers),
                )
            }
            What::Depart(number) => {
                let booking = self.bookings.get(number);
                let Some((booking, id)) = booking.and_then(|b| Some((b, b.departure_id?))) else {
                    return Ok(None);
                };
                let changes = DepartureChanges {
                    state: Some(DepartureState::Departed),
                    ..Default::default()
                };
                let people = (booking.first..booking.first + booking.group.people).collect();
                let command = Command::UpdateDeparture {
                    id,
                    expected: None,
                    changes,
                };
                (command, self.staff.manager(), About::People(people))
            }
        };
        Ok(Some(Undertaking {
            command,
            by: Arc::clone(by),
            about,
        }))
    }

    fn register(&self, number: u32) -> Option<Undertaking> {
        let person = self.people.get(usize::try_from(number).ok()?)?;
        let booking = self.bookings.get(person.group)?;
        let rng = &mut self.chance.of(Topic::Person(number));
        let new = people::person(number, &booking.group, booking.departure_id?, rng);
        let by = Arc::clone(self.staff.worker(&RoleKey::new("document-admin"), number));
        Some(Undertaking {
            command: Command::RegisterJamaah(new),
            by,
            about: About::Newcomer(number),
        })
    }

    fn act(&self, person: u32, id: TaskId, step: Step) -> Option<Undertaking> {
        let task = self.state.task(id)?;
        let worker = self.staff.worker(&task.role, person);
        let by = if step == Step::Assign {
            self.staff.manager()
        } else {
            worker
        };
        let task = |action| Command::Task {
            id,
            expected: None,
            action,
        };
        let command = match step {
            Step::Assign => {
                let Actor::User(assignee) = worker.actor else {
                    return None;
                };
                task(TaskAction::Assign {
                    assignee: Some(assignee),
                })
            }
            Step::Start => task(TaskAction::Start),
            Step::Block(holdup) => task(TaskAction::Block {
                reason: holdup.reason.into(),
                third_party: holdup.third_party,
            }),
            Step::Comment(said) => Command::Comment {
                task_id: id,
                body: said.into(),
            },
            Step::Unblock => task(TaskAction::Unblock),
            Step::Complete { notes } => task(TaskAction::Complete {
                notes: notes.map(Arc::from),
            }),
        };
        Some(Undertaking {
            command,
            by: Arc::clone(by),
            about: About::Person(person),
        })
    }

    /// Everybody whose deadline has come at this instant, this person first;
    /// at most so many that one command can take them.
    fn due(&mut self, at: Timestamp, person: u32) -> (Vec<u32>, Vec<JamaahId>) {
        let mut due = (Vec::new(), Vec::new());
        let mut next = Some(person);
        while let Some(number) = next {
            let person = usize::try_from(number)
                .ok()
                .and_then(|number| self.people.get_mut(number));
            if let Some(person) = person.filter(|person| person.review_at == Some(at))
                && let Some(id) = person.id
            {
                person.review_at = None;
                due.0.push(number);
                due.1.push(id);
            }
            next = if due.0.len() < REVIEWED_TOGETHER {
                self.agenda.next_review(at)
            } else {
                None
            };
        }
        due
    }
}
