//! A state with its totals: what numbers about the whole pipeline are computed
//! from, as it stands now ([`View`]) or stood before ([`Past`]).
//!
//! [`View`]: super::view::View
//! [`Past`]: super::past::Past

use std::sync::Arc;

use chrono::NaiveDate;

use super::departure::{Departure, DepartureState};
use super::state::State;
use super::tallies::Tallies;
use crate::domain::time::{Timestamp, plus_days};

#[derive(Clone, Copy, Debug)]
pub struct Standing<'a> {
    pub state: &'a State,
    pub tallies: &'a Tallies,
}

impl<'a> Standing<'a> {
    /// The date in the tenant's zone.
    pub(super) fn date(self, now: Timestamp) -> NaiveDate {
        self.state.tenant.zone.date_of(now)
    }

    /// Scheduled departures from a date on, so many days ahead at most.
    pub(super) fn scheduled(
        self,
        from: NaiveDate,
        days: i32,
    ) -> impl Iterator<Item = &'a Arc<Departure>> {
        let last = plus_days(from, days);
        self.state.departures().filter(move |departure| {
            departure.state == DepartureState::Scheduled
                && (from..=last).contains(&departure.departure_date)
        })
    }
}
