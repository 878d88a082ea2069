//! Rows of a manifest: each registers or updates one jamaah, or finds that
//! there is nothing to do.

use std::sync::Arc;

use super::Desk;
use crate::domain::ids::{DepartureId, JamaahId};
use crate::domain::pipeline::change::{EventKind, Row};
use crate::domain::pipeline::command::{ImportedPerson, JamaahChanges, NewDeparture, NewJamaah};
use crate::domain::pipeline::departure::{Departure, DepartureState};
use crate::domain::pipeline::import::Import;
use crate::domain::pipeline::jamaah::Jamaah;
use crate::domain::pipeline::refusal::Refusal;
use crate::domain::pipeline::state::State;

/// What importing a person would do.
#[derive(Clone, Debug, PartialEq)]
pub enum Standing {
    New,
    Changed(JamaahId),
    Unchanged(JamaahId),
}

/// Where an imported person stands towards those who are hot. The same
/// passport on the same departure, or on another date of the same code, is the
/// same booking; on another departure it is another journey.
pub fn standing(state: &State, person: &ImportedPerson) -> Standing {
    let Some(known) = find_booking(state, person) else {
        return Standing::New;
    };
    let Some(pilgrim) = state.pilgrim(known) else {
        return Standing::New;
    };
    let mut next = Jamaah::clone(&pilgrim.jamaah);
    let same_departure = find_departure(state, person).is_some_and(|d| d.id == next.departure_id);
    changes_of(person, next.departure_id).apply(&mut next);
    if same_departure && next == *pilgrim.jamaah {
        Standing::Unchanged(known)
    } else {
        Standing::Changed(known)
    }
}

fn find_booking(state: &State, person: &ImportedPerson) -> Option<JamaahId> {
    let wanted = find_departure(state, person).map(|departure| departure.id);
    let bookings: Vec<_> = state
        .by_passport(&person.passport_number)
        .iter()
        .filter_map(|id| state.pilgrim(*id))
        .filter(|pilgrim| pilgrim.status.cancel_reason.is_none())
        .collect();
    let exact = bookings
        .iter()
        .find(|pilgrim| Some(pilgrim.jamaah.departure_id) == wanted);
    let same_group = || {
        bookings.iter().find(|pilgrim| {
            let departure = state.departure(pilgrim.jamaah.departure_id);
            pilgrim.status.status.is_active()
                && departure.is_some_and(|d| Some(&d.code) == person.departure_code.as_ref())
        })
    };
    exact.or_else(same_group).map(|pilgrim| pilgrim.jamaah.id)
}

/// By code and date; without a code the only departure of that date, or the
/// one that such a row made before.
fn find_departure<'a>(state: &'a State, person: &ImportedPerson) -> Option<&'a Arc<Departure>> {
    if let Some(code) = &person.departure_code {
        return state.departure_by_key(code, person.departure_date);
    }
    if let Some(made) = state.departure_by_key(&default_code(person), person.departure_date) {
        return Some(made);
    }
    let mut that_day = state.departures().filter(|d| {
        d.departure_date == person.departure_date && d.state != DepartureState::Cancelled
    });
    that_day.next().filter(|_| that_day.next().is_none())
}

fn default_code(person: &ImportedPerson) -> Arc<str> {
    Arc::from(person.departure_date.format("DEP-%Y%m%d").to_string())
}

/// What a manifest says about a person; what it leaves empty stays as it is.
fn changes_of(person: &ImportedPerson, departure_id: DepartureId) -> JamaahChanges {
    JamaahChanges {
        name: Some(person.name.clone()),
        passport_number: None,
        birth_date: Some(person.birth_date),
        sex: person.sex.map(Some),
        nationality: person.nationality.clone().map(Some),
        passport_expiry: person.passport_expiry.map(Some),
        package: person.package.clone().map(Some),
        departure_id: Some(departure_id),
        phone: person.phone.clone().map(Some),
        agent: person.agent.clone().map(Some),
        notes: None,
    }
}

impl Desk<'_> {
    pub(super) fn import_people(&mut self, people: &[ImportedPerson]) -> Result<(), Refusal> {
        for person in people {
            self.import_person(person)?;
        }
        Ok(())
    }

    fn import_person(&mut self, person: &ImportedPerson) -> Result<(), Refusal> {
        let standing = standing(self.state, person);
        if let Standing::Unchanged(_) = standing {
            return Ok(());
        }
        let departure_id = match find_departure(self.state, person) {
            Some(departure) => departure.id,
            None => self.create_departure(&NewDeparture {
                code: person
                    .departure_code
                    .clone()
                    .unwrap_or_else(|| default_code(person)),
                departure_date: person.departure_date,
                package: None,
                seats: None,
            })?,
        };
        match standing {
            Standing::Changed(id) => {
                let pilgrim = self.pilgrim(id)?;
                let mut next = Jamaah::clone(&pilgrim.jamaah);
                changes_of(person, departure_id).apply(&mut next);
                self.put_jamaah(&pilgrim, next);
                Ok(())
            }
            Standing::New | Standing::Unchanged(_) => self
                .register_jamaah(&NewJamaah {
                    name: person.name.clone(),
                    passport_number: person.passport_number.clone(),
                    birth_date: person.birth_date,
                    sex: person.sex,
                    nationality: person.nationality.clone(),
                    passport_expiry: person.passport_expiry,
                    package: person.package.clone(),
                    departure_id,
                    phone: person.phone.clone(),
                    agent: person.agent.clone(),
                    notes: None,
                })
                .map(drop),
        }
    }

    pub(super) fn record_import(&mut self, import: &Arc<Import>) -> Result<(), Refusal> {
        use crate::domain::pipeline::import::ImportState;
        let kind = match (import.state, import.processed) {
            (ImportState::Running, 0) => EventKind::ImportStarted,
            (ImportState::Running, _) => EventKind::ImportProgressed,
            (ImportState::Completed, _) => EventKind::ImportCompleted,
            (ImportState::Interrupted, _) => EventKind::ImportInterrupted,
        };
        self.record(kind, None, Row::Import(import.clone()));
        Ok(())
    }
}
