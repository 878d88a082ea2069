//! The list of jamaah: read from the board's columns of people in one pass.

use std::str::FromStr;

use super::Unrecognised;
use crate::domain::ids::{DepartureId, JamaahId, StageId};
use crate::domain::pipeline::board::{Board, Facts, Person, Visibility, Words, select};
use crate::domain::pipeline::jamaah::{DepartureRisk, Status};
use crate::domain::principal::{Permission, Principal};
use crate::domain::reach::agent_key;

/// A page of jamaah. Lists that are empty do not filter; a list of several
/// values keeps those that have one of them; different filters must all hold.
#[derive(Clone, Debug)]
pub struct JamaahQuery {
    /// Empty: everybody, those completed or cancelled too.
    pub statuses: Vec<Status>,
    /// The stage they are at.
    pub stage: Option<StageId>,
    pub departure: Option<DepartureId>,
    /// Words that must each be in the name or the passport number, regardless of case.
    pub q: Option<String>,
    pub blocked: Option<bool>,
    pub on_hold: Option<bool>,
    pub waiting: Option<bool>,
    pub risks: Vec<DepartureRisk>,
    /// Whom the caller may see.
    pub whom: Whom,
    /// Which tasks cards may tell of.
    pub tasks: Visibility,
    pub sort: JamaahSort,
    /// From 1.
    pub page: u32,
    pub limit: u32,
}

/// Which jamaah a principal may see, or take out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whom {
    All,
    /// Those of this agent, as [`agent_key`] spells it.
    Agent(String),
    Nobody,
}

impl Whom {
    /// The same answer for many that `Principal::may_with` gives for one.
    pub fn of(principal: &Principal, permission: Permission) -> Self {
        if principal.may_everywhere(permission) {
            return Self::All;
        }
        match &principal.reach.agent {
            Some(agent) if principal.may(permission) => Self::Agent(agent_key(agent)),
            _ => Self::Nobody,
        }
    }

    pub fn includes(&self, agent: Option<&str>) -> bool {
        match self {
            Self::All => true,
            Self::Agent(me) => agent.is_some_and(|agent| agent_key(agent) == *me),
            Self::Nobody => false,
        }
    }
}

impl Default for JamaahQuery {
    fn default() -> Self {
        Self {
            statuses: Vec::new(),
            stage: None,
            departure: None,
            q: None,
            blocked: None,
            on_hold: None,
            waiting: None,
            risks: Vec::new(),
            whom: Whom::All,
            tasks: Visibility::default(),
            sort: JamaahSort::default(),
            page: 1,
            limit: 20,
        }
    }
}

impl JamaahQuery {
    fn admits(&self, facts: &Facts) -> bool {
        let flag = |wanted: Option<bool>, is: bool| wanted.is_none_or(|wanted| wanted == is);
        (self.statuses.is_empty() || self.statuses.contains(&facts.status))
            && (self.risks.is_empty() || self.risks.contains(&facts.risk))
            && self
                .departure
                .is_none_or(|departure| departure == facts.departure)
            && self.stage.is_none_or(|stage| Some(stage) == facts.stage)
            && flag(self.blocked, facts.blocked)
            && flag(self.on_hold, facts.on_hold)
            && flag(self.waiting, facts.waiting)
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum JamaahSortKey {
    /// Departure risk high, medium, low, unknown; in each the smallest chance
    /// of being ready, then the departure date.
    #[default]
    Risk,
    /// Regardless of case, then the passport number.
    Name,
    DepartureDate,
    RegisteredAt,
    UpdatedAt,
    Progress,
    /// By the first due date of the stages that are active: those most late
    /// first. Those without one last, in both directions.
    DueAt,
}

/// The order of a page. Those who are equal keep the order they came into
/// memory in, so that pages neither repeat nor skip anybody.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct JamaahSort {
    pub key: JamaahSortKey,
    pub descending: bool,
}

impl FromStr for JamaahSort {
    type Err = Unrecognised;

    /// A key, with `-` before it for the other way round.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (name, descending) = text
            .strip_prefix('-')
            .map_or((text, false), |name| (name, true));
        let key = match name {
            "risk" => JamaahSortKey::Risk,
            "name" => JamaahSortKey::Name,
            "departure_date" => JamaahSortKey::DepartureDate,
            "registered_at" => JamaahSortKey::RegisteredAt,
            "updated_at" => JamaahSortKey::UpdatedAt,
            "progress" => JamaahSortKey::Progress,
            "due_at" => JamaahSortKey::DueAt,
            _ => return Err(Unrecognised::new("sort", text)),
        };
        Ok(Self { key, descending })
    }
}

impl Board {
    /// The jamaah on the page, and how many match.
    pub fn find_jamaah(&self, query: &JamaahQuery) -> (Vec<JamaahId>, usize) {
        let words = query.q.as_deref().and_then(Words::parse);
        let people = self.people();
        let labels = match &query.whom {
            Whom::All => None,
            Whom::Agent(agent) => Some(people.labels_of(agent)),
            Whom::Nobody => Some(Vec::new()),
        };
        let seen = |facts: &Facts| {
            labels
                .as_ref()
                .is_none_or(|labels| facts.agent.is_some_and(|label| labels.contains(&label)))
        };
        let found: Vec<(Person, &Facts)> = (0..)
            .zip(people.facts())
            .zip(people.texts())
            .filter(|((_, facts), text)| {
                seen(facts)
                    && query.admits(facts)
                    && words
                        .as_ref()
                        .is_none_or(|words| words.hits(text) == words.all())
            })
            .map(|(found, _)| found)
            .collect();
        let total = found.len();
        let page = self.page_of_people(&found, query);
        (
            page.into_iter()
                .filter_map(|person| people.id(person))
                .collect(),
            total,
        )
    }

    fn page_of_people(&self, found: &[(Person, &Facts)], query: &JamaahQuery) -> Vec<Person> {
        let people = self.people();
        match query.sort.key {
            JamaahSortKey::Risk => sorted(found, query, |person, _| people.risk(person)),
            JamaahSortKey::Name => sorted(found, query, |person, _| {
                people.text(person).map(|text| text.key())
            }),
            JamaahSortKey::DepartureDate => sorted(found, query, |_, facts| facts.departure_date),
            JamaahSortKey::RegisteredAt => sorted(found, query, |_, facts| facts.registered_at),
            JamaahSortKey::UpdatedAt => sorted(found, query, |_, facts| facts.updated_at),
            JamaahSortKey::Progress => sorted(found, query, |_, facts| facts.progress_percent),
            JamaahSortKey::DueAt if query.sort.descending => {
                sorted(found, query, |_, facts| facts.due_at)
            }
            JamaahSortKey::DueAt => {
                sorted(found, query, |_, facts| facts.due_at.unwrap_or(i64::MAX))
            }
        }
    }
}

fn sorted<K: Ord>(
    found: &[(Person, &Facts)],
    query: &JamaahQuery,
    key: impl Fn(Person, &Facts) -> K,
) -> Vec<Person> {
    let keyed = found
        .iter()
        .map(|(person, facts)| ((key(*person, facts), *person), *person))
        .collect();
    let places = super::places(query.page, query.limit);
    let (start, end) = (places.start.min(found.len()), places.end.min(found.len()));
    if !query.sort.descending {
        return select(keyed, start..end);
    }
    let mut page = select(keyed, found.len() - end..found.len() - start);
    page.reverse();
    page
}
