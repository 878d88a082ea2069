//! Commands about departures.

use std::sync::Arc;

use super::{Desk, check_version};
use crate::domain::ids::{DepartureId, JamaahId};
use crate::domain::pipeline::change::{EventKind, Row};
use crate::domain::pipeline::command::{DepartureChanges, NewDeparture};
use crate::domain::pipeline::departure::{Departure, DepartureState};
use crate::domain::pipeline::refusal::{Fields, Refusal};
use crate::domain::pipeline::transition::check_text;

impl Desk<'_> {
    pub(super) fn create_departure(&mut self, new: &NewDeparture) -> Result<DepartureId, Refusal> {
        let now = self.now();
        let departure = Departure {
            id: self.id(),
            code: Arc::from(new.code.trim()),
            departure_date: new.departure_date,
            package: new.package.clone(),
            seats: new.seats,
            state: DepartureState::Scheduled,
            version: 1,
            created_at: now,
            updated_at: now,
        };
        self.check_departure(&departure)?;
        let id = departure.id;
        self.record(
            EventKind::DepartureCreated,
            None,
            Row::Departure(Arc::new(departure)),
        );
        Ok(id)
    }

    fn check_departure(&self, departure: &Departure) -> Result<(), Refusal> {
        check_text("code", &departure.code, 1, 64)?;
        if let Some(package) = &departure.package {
            check_text("package", package, 0, 200)?;
        }
        if departure
            .seats
            .is_some_and(|seats| !(0..=100_000).contains(&seats))
        {
            return Err(Refusal::Validation(Fields::one(
                "seats",
                "must be between 0 and 100000",
            )));
        }
        match self
            .state
            .departure_by_key(&departure.code, departure.departure_date)
        {
            Some(twin) if twin.id != departure.id => Err(Refusal::Duplicate {
                field: "code",
                existing: twin.id.0,
            }),
            _ => Ok(()),
        }
    }

    pub(super) fn update_departure(
        &mut self,
        id: DepartureId,
        expected: Option<i32>,
        changes: &DepartureChanges,
    ) -> Result<(), Refusal> {
        let before = self
            .state
            .departure(id)
            .cloned()
            .ok_or(Refusal::NotFound { what: "departure" })?;
        check_version(expected, before.version, || Row::Departure(before.clone()))?;
        let mut next = Departure::clone(&before);
        if let Some(code) = &changes.code {
            next.code = Arc::from(code.trim());
        }
        if let Some(date) = changes.departure_date {
            next.departure_date = date;
        }
        if let Some(package) = &changes.package {
            next.package = package.clone();
        }
        if let Some(seats) = changes.seats {
            next.seats = seats;
        }
        if let Some(state) = changes.state {
            next.state = state;
        }
        self.check_departure(&next)?;
        next.version += 1;
        next.updated_at = self.now();
        let rescheduled = next.departure_date != before.departure_date;
        self.record(
            EventKind::DepartureUpdated,
            Some(Row::Departure(before)),
            Row::Departure(Arc::new(next)),
        );
        for jamaah in self.booked_on(id) {
            if rescheduled {
                self.reschedule(jamaah);
            }
            self.follow(jamaah);
        }
        Ok(())
    }

    /// In the order of their ids, so that the same command gives the same events.
    fn booked_on(&self, id: DepartureId) -> Vec<JamaahId> {
        let booked = self
            .state
            .pilgrims()
            .filter(|p| p.jamaah.departure_id == id);
        let mut ids: Vec<_> = booked.map(|p| p.jamaah.id).collect();
        ids.sort_unstable();
        ids
    }
}
