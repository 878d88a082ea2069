//! Journeys that have long been closed and are not in memory: a manifest that
//! names them again changes nothing.

use std::collections::HashSet;
use std::sync::Arc;

use chrono::NaiveDate;

use super::Upload;
use crate::db;
use crate::db::pool::Pools;
use crate::domain::manifest::ManifestPerson;
use crate::domain::pipeline::command::ImportedPerson;
use crate::domain::pipeline::state::State;

#[derive(Clone, Debug, Default)]
pub struct Known(HashSet<(Arc<str>, NaiveDate)>);

impl Known {
    /// Looks the people of an upload up in the database, leaving out those whom
    /// the state has on that very journey.
    pub async fn look_up(pools: &Pools, state: &State, upload: &Upload) -> db::Result<Self> {
        let tenant = state.tenant.id;
        let people = upload.manifest.people.iter();
        let cold: Vec<String> = people
            .filter(|person| !is_hot(state, person))
            .map(|person| person.passport_number.clone())
            .collect();
        if cold.is_empty() {
            return Ok(Self::default());
        }
        let journeys = pools
            .read(
                "journeys",
                tenant,
                async |connection: &mut db::Connection| {
                    db::jamaah::journeys_of(connection, tenant, &cold).await
                },
            )
            .await?;
        // somebody hot is judged by what memory says of them
        let journeys = journeys
            .into_iter()
            .filter(|(passport, date)| !has_journey(state, passport, *date));
        Ok(Self(journeys.collect()))
    }

    pub fn contains(&self, person: &ImportedPerson) -> bool {
        !self.0.is_empty()
            && self
                .0
                .contains(&(person.passport_number.clone(), person.departure_date))
    }
}

fn is_hot(state: &State, person: &ManifestPerson) -> bool {
    let passport = Arc::from(person.passport_number.as_str());
    has_journey(state, &passport, person.departure_date)
}

fn has_journey(state: &State, passport: &Arc<str>, date: NaiveDate) -> bool {
    let bookings = state.by_passport(passport).iter();
    bookings
        .filter_map(|id| state.pilgrim(*id))
        .any(|pilgrim| pilgrim.status.departure_date == date)
}
