//! What the board and the list of jamaah need to know of each pilgrim, in
//! columns of their own. A pilgrim keeps their place while the state is in memory.

use std::sync::Arc;

use chrono::{Datelike, NaiveDate};

use super::dictionary::{self, Dictionary};
use super::text::Text;
use crate::domain::ids::{DepartureId, JamaahId, StageId};
use crate::domain::pipeline::jamaah::{DepartureRisk, JamaahStatus, Status};
use crate::domain::pipeline::state::{Pilgrim, Slot};
use crate::domain::pipeline::view::column::Column;
use crate::domain::pipeline::view::slot_set::slot;
use crate::domain::reach::agent_key;

/// A pilgrim's place in the columns.
pub type Person = Slot;

type Map<K, V> = imbl::GenericHashMap<K, V, ahash::RandomState, imbl::shared_ptr::DefaultSharedPtr>;

/// The number of a package or agent.
pub type Label = dictionary::Entry;

/// What lists filter and sort by, and causes are looked for in.
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
    pub package: Option<Label>,
    pub agent: Option<Label>,
    /// Microseconds since 1970, as the next.
    pub registered_at: i64,
    /// Of the jamaah or their status, whichever changed last.
    pub updated_at: i64,
    /// The first due date of the stages that are active.
    pub due_at: Option<i64>,
}

impl Facts {
    fn of(pilgrim: &Pilgrim, labels: &mut Dictionary<Arc<str>>) -> Self {
        let status = &pilgrim.status;
        let mut label =
            |text: &Option<Arc<str>>| text.as_ref().map(|text| labels.number(text, Arc::clone));
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
            package: label(&pilgrim.jamaah.package),
            agent: label(&pilgrim.jamaah.agent),
            registered_at: status.registered_at.timestamp_micros(),
            updated_at: status
                .updated_at
                .max(pilgrim.jamaah.updated_at)
                .timestamp_micros(),
            due_at: pilgrim.due_at().map(|due| due.timestamp_micros()),
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

/// A pilgrim whose values are about to be put into the columns.
#[derive(Clone, Debug)]
pub struct Arrival {
    pilgrim: Arc<Pilgrim>,
    /// `None` when it is as it was.
    text: Option<Text>,
    risk: RiskKey,
}

impl Arrival {
    pub fn of(pilgrim: &Arc<Pilgrim>, before: Option<&Arc<Pilgrim>>) -> Self {
        let jamaah = &pilgrim.jamaah;
        let same = before.is_some_and(|before| Arc::ptr_eq(&before.jamaah, jamaah));
        Self {
            text: (!same).then(|| Text::new(&[&jamaah.name, &jamaah.passport_number])),
            risk: RiskKey::of(&pilgrim.status),
            pilgrim: pilgrim.clone(),
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
    /// Packages and agents.
    labels: Dictionary<Arc<str>>,
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

    pub fn fact(&self, person: Person) -> Option<&Facts> {
        self.facts.get(person)
    }

    pub fn label(&self, label: Label) -> Option<&Arc<str>> {
        self.labels.get(label)
    }

    /// The labels that are names of this agent, as [`agent_key`] spells it.
    pub fn labels_of(&self, agent: &str) -> Vec<Label> {
        let named = (0..)
            .zip(self.labels.iter())
            .filter(|(_, text)| agent_key(text) == agent);
        named.map(|(label, _)| label).collect()
    }

    /// Everybody whose agent that is.
    pub fn of_agent(&self, agent: &str) -> impl Iterator<Item = JamaahId> {
        let labels = self.labels_of(agent);
        let theirs = (0..)
            .zip(self.facts())
            .filter(move |(_, facts)| facts.agent.is_some_and(|label| labels.contains(&label)));
        theirs.filter_map(|(person, _)| self.id(person))
    }

    /// Everybody on a departure.
    pub fn on(&self, departure: DepartureId) -> impl Iterator<Item = JamaahId> {
        let people = self
            .departures
            .get(&departure)
            .map_or(&[][..], |people| people.as_slice());
        people.iter().filter_map(|person| self.id(*person))
    }

    pub fn difference(&self, arrival: &Arrival) -> Option<Difference> {
        let person = self.place(arrival.pilgrim.jamaah.id)?;
        let facts = self.facts.get(person)?;
        Some(Difference {
            text: arrival.text.is_some() && self.texts.get(person) != arrival.text.as_ref(),
            risk: self.risks.get(person) != Some(&arrival.risk),
            bucket: facts.risk != arrival.pilgrim.status.risk,
        })
    }

    pub fn put(&mut self, arrival: Arrival) -> Person {
        let id = arrival.pilgrim.jamaah.id;
        let facts = Facts::of(&arrival.pilgrim, &mut self.labels);
        let Some(person) = self.place(id) else {
            let person = slot(self.ids.len());
            self.places.insert(id, person);
            self.ids.push(id);
            self.texts.push(arrival.text.unwrap_or_default());
            self.risks.push(arrival.risk);
            self.facts.push(facts);
            self.join(facts.departure, person);
            return person;
        };
        let before = self.facts.get(person).map(|facts| facts.departure);
        if let Some(before) = before.filter(|before| *before != facts.departure) {
            self.leave(before, person);
            self.join(facts.departure, person);
        }
        if let Some(text) = arrival.text {
            self.texts.update(person, text);
        }
        self.risks.update(person, arrival.risk);
        self.facts.update(person, facts);
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
