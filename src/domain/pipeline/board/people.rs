//! What the board and the list of jamaah need to know of each pilgrim, in
//! columns of their own. A pilgrim keeps their place while the state is in memory.

use std::sync::Arc;

use chrono::{Datelike, NaiveDate};

use super::text::Text;
use crate::domain::ids::{DepartureId, JamaahId, StageId};
use crate::domain::pipeline::jamaah::{DepartureRisk, JamaahStatus, Status};
use crate::domain::pipeline::state::{Pilgrim, Slot};
use crate::domain::pipeline::view::column::Column;
use crate::domain::pipeline::view::slot_set::slot;

/// A pilgrim's place in the columns.
pub type Person = Slot;

type Map<K, V> = imbl::GenericHashMap<K, V, ahash::RandomState, imbl::shared_ptr::DefaultSharedPtr>;

/// What lists filter and sort by.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Facts {
    pub status: Status,
    pub risk: DepartureRisk,
    pub blocked: bool,
    pub on_hold: bool,
    pub waiting: bool,
    pub progress_percent: i32,
    pub stage: Option<StageId>,
    pub departure: DepartureId,
    pub departure_date: NaiveDate,
    /// Microseconds since 1970, as the next.
    pub registered_at: i64,
    /// Of the jamaah or their status, whichever changed last.
    pub updated_at: i64,
}

impl Facts {
    fn of(pilgrim: &Pilgrim) -> Self {
        let status = &pilgrim.status;
        Self {
            status: status.status,
            risk: status.risk,
            blocked: status.blocked,
            on_hold: status.on_hold,
            waiting: status.waiting,
            progress_percent: status.progress_percent,
            stage: status.current_stage_id,
            departure: status.departure_id,
            departure_date: status.departure_date,
            registered_at: status.registered_at.timestamp_micros(),
            updated_at: status
                .updated_at
                .max(pilgrim.jamaah.updated_at)
                .timestamp_micros(),
        }
    }
}

/// Sorts by departure risk, worst first: high, medium, low, unknown; then the
/// smallest chance of being ready, unknown last; then the departure date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RiskKey {
    class: u8,
    /// The bits of a float that is not negative sort as it does.
    probability: u64,
    /// Counted from the first day of the first year.
    departure_day: i32,
}

impl RiskKey {
    pub const LAST: Self = Self {
        class: u8::MAX,
        probability: u64::MAX,
        departure_day: i32::MAX,
    };

    fn of(status: &JamaahStatus) -> Self {
        let class = match status.risk {
            DepartureRisk::High => 0,
            DepartureRisk::Medium => 1,
            DepartureRisk::Low => 2,
            DepartureRisk::Unknown => 3,
        };
        let known = status
            .readiness_probability
            .filter(|chance| chance.is_finite());
        Self {
            class,
            probability: known.map_or(u64::MAX, |chance| chance.max(0.0).to_bits()),
            departure_day: status.departure_date.num_days_from_ce(),
        }
    }
}

/// A pilgrim's values, for comparing with those in the columns.
#[derive(Clone, Debug)]
pub struct Entry {
    id: JamaahId,
    /// `None` when it is as it was.
    text: Option<Text>,
    risk: RiskKey,
    facts: Facts,
}

impl Entry {
    pub fn of(pilgrim: &Pilgrim, before: Option<&Pilgrim>) -> Self {
        let jamaah = &pilgrim.jamaah;
        let same = before.is_some_and(|before| Arc::ptr_eq(&before.jamaah, jamaah));
        Self {
            id: jamaah.id,
            text: (!same).then(|| Text::new(&[&jamaah.name, &jamaah.passport_number])),
            risk: RiskKey::of(&pilgrim.status),
            facts: Facts::of(pilgrim),
        }
    }
}

/// What of a pilgrim is about to change that their tasks are sorted or bucketed by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Difference {
    pub text: bool,
    pub risk: bool,
    pub bucket: bool,
}

#[derive(Clone, Debug, Default)]
pub struct People {
    places: Map<JamaahId, Person>,
    ids: Column<JamaahId>,
    texts: Column<Text, 64>,
    risks: Column<RiskKey, 64>,
    facts: Column<Facts, 64>,
    departures: imbl::OrdMap<DepartureId, Arc<Vec<Person>>>,
}

impl People {
    pub fn place(&self, id: JamaahId) -> Option<Person> {
        self.places.get(&id).copied()
    }

    pub fn id(&self, person: Person) -> Option<JamaahId> {
        self.ids.get(person).copied()
    }

    pub fn risk(&self, person: Person) -> RiskKey {
        self.risks.get(person).copied().unwrap_or(RiskKey::LAST)
    }

    /// Name and passport number in lower case.
    pub fn text(&self, person: Person) -> Option<&Text> {
        self.texts.get(person)
    }

    pub fn texts(&self) -> impl Iterator<Item = &Text> {
        self.texts.iter()
    }

    pub fn facts(&self) -> impl Iterator<Item = &Facts> {
        self.facts.iter()
    }

    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Everybody on a departure.
    pub fn on(&self, departure: DepartureId) -> impl Iterator<Item = JamaahId> {
        let people = self
            .departures
            .get(&departure)
            .map_or(&[][..], |people| people.as_slice());
        people.iter().filter_map(|person| self.id(*person))
    }

    pub fn difference(&self, entry: &Entry) -> Option<Difference> {
        let person = self.place(entry.id)?;
        let facts = self.facts.get(person)?;
        Some(Difference {
            text: entry.text.is_some() && self.texts.get(person) != entry.text.as_ref(),
            risk: self.risks.get(person) != Some(&entry.risk),
            bucket: facts.risk != entry.facts.risk,
        })
    }

    pub fn put(&mut self, entry: Entry) -> Person {
        let departure = entry.facts.departure;
        let Some(person) = self.place(entry.id) else {
            let person = slot(self.ids.len());
            self.places.insert(entry.id, person);
            self.ids.push(entry.id);
            self.texts.push(entry.text.unwrap_or_default());
            self.risks.push(entry.risk);
            self.facts.push(entry.facts);
            self.join(departure, person);
            return person;
        };
        let before = self.facts.get(person).map(|facts| facts.departure);
        if let Some(before) = before.filter(|before| *before != departure) {
            self.leave(before, person);
            self.join(departure, person);
        }
        if let Some(text) = entry.text {
            self.texts.update(person, text);
        }
        self.risks.update(person, entry.risk);
        self.facts.update(person, entry.facts);
        person
    }

    fn join(&mut self, departure: DepartureId, person: Person) {
        Arc::make_mut(self.departures.entry(departure).or_default()).push(person);
    }

    fn leave(&mut self, departure: DepartureId, person: Person) {
        if let Some(people) = self.departures.get_mut(&departure) {
            Arc::make_mut(people).retain(|other| *other != person);
        }
    }
}
