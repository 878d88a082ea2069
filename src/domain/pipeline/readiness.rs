//! `GET /pipeline/departures`: how ready the people of each departure are.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::str::FromStr;
use std::sync::Arc;

use chrono::NaiveDate;
use serde::Serialize;

use super::departure::{Departure, DepartureState};
use super::listing::{Page, Unrecognised, Whom};
use super::statistics::share;
use super::tallies::{DepartureTally, RiskCounts, StatusCounts};
use super::view::View;
use crate::domain::ids::{DepartureId, StageId};
use crate::domain::time::{Timestamp, plus_days};

/// Departures from one date to another, both included. Cancelled departures
/// are not listed.
#[derive(Clone, Debug)]
pub struct DepartureQuery {
    /// Today unless given.
    pub from: Option<NaiveDate>,
    /// `days` after `from` unless given.
    pub to: Option<NaiveDate>,
    pub days: u32,
    pub sort: DepartureSort,
    /// From 1.
    pub page: u32,
    pub limit: u32,
}

impl Default for DepartureQuery {
    fn default() -> Self {
        Self {
            from: None,
            to: None,
            days: 7,
            sort: DepartureSort::default(),
            page: 1,
            limit: 20,
        }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DepartureSortKey {
    /// Then by code.
    #[default]
    DepartureDate,
    Code,
    /// Departures without people last, in both directions.
    Readiness,
    People,
}

/// The order of a page; equal ones by date, code and id.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DepartureSort {
    pub key: DepartureSortKey,
    pub descending: bool,
}

impl FromStr for DepartureSort {
    type Err = Unrecognised;

    /// A key, with `-` before it for the other way round.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (name, descending) = text
            .strip_prefix('-')
            .map_or((text, false), |name| (name, true));
        let key = match name {
            "departure_date" => DepartureSortKey::DepartureDate,
            "code" => DepartureSortKey::Code,
            "readiness" => DepartureSortKey::Readiness,
            "people" => DepartureSortKey::People,
            _ => return Err(Unrecognised::new("sort", text)),
        };
        Ok(Self { key, descending })
    }
}

/// A departure and its people.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub struct DepartureReport {
    #[serde(flatten)]
    pub departure: Arc<Departure>,
    /// On the departure, cancelled ones excluded.
    pub people: u32,
    /// Of these, those with all mandatory stages done.
    pub ready: u32,
    /// `ready / people`; `null` without people.
    pub readiness: Option<f64>,
    pub by_status: StatusCounts,
    pub by_risk: RiskCounts,
    /// Active with a blocked task.
    pub blocked: u32,
    /// Active and on hold.
    pub on_hold: u32,
    /// Active, with nothing to do before a window opens.
    pub waiting: u32,
    /// From today in the tenant's zone; negative once it has passed.
    pub days_to_departure: i64,
    /// Active people by the stage they are at, in the order of the pipeline;
    /// stages without anybody are left out.
    pub stages: Vec<StagePeople>,
    /// `null` while nothing is forecast.
    pub forecast: Option<DepartureForecast>,
}

#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub struct StagePeople {
    pub stage_id: StageId,
    #[schema(value_type = String)]
    pub code: Arc<str>,
    /// Active, as are those below.
    pub people: u32,
    pub overdue: u32,
    pub at_risk: u32,
    /// With a blocked task, here or in another stage.
    pub blocked: u32,
    pub on_hold: u32,
    /// With nothing to do before a window opens.
    pub waiting: u32,
}

/// How many will be ready in time.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub struct DepartureForecast {
    /// The sum of everybody's chance of being ready.
    pub expected_ready: f64,
    /// With 90 % probability at least so many …
    pub low: u32,
    /// … and at most so many will be.
    pub high: u32,
}

impl View {
    pub fn departures(&self, query: &DepartureQuery, now: Timestamp) -> Page<DepartureReport> {
        self.list_departures(query, now, |departure| {
            let none = DepartureTally::default();
            Some(
                self.tallies()
                    .departure(departure.id)
                    .cloned()
                    .unwrap_or(none),
            )
        })
    }

    /// The departures with somebody on them whom `whom` includes, counting those alone.
    pub fn departures_with(
        &self,
        whom: &Whom,
        query: &DepartureQuery,
        now: Timestamp,
    ) -> Page<DepartureReport> {
        let tallies = self.tally(whom);
        self.list_departures(query, now, |departure| tallies.get(&departure.id).cloned())
    }

    /// One of those.
    pub fn departure_with(
        &self,
        whom: &Whom,
        id: DepartureId,
        now: Timestamp,
    ) -> Option<DepartureReport> {
        let tally = self.tally(whom).remove(&id)?;
        let departure = self.state.departure(id)?;
        Some(self.report(departure, &tally, self.date(now)))
    }

    fn tally(&self, whom: &Whom) -> HashMap<DepartureId, DepartureTally> {
        let mut tallies: HashMap<DepartureId, DepartureTally> = HashMap::new();
        for pilgrim in self.state.pilgrims() {
            if whom.includes(pilgrim.jamaah.agent.as_deref()) {
                let tally = tallies.entry(pilgrim.status.departure_id).or_default();
                tally.count(&pilgrim.status, 1);
            }
        }
        tallies
    }

    fn list_departures(
        &self,
        query: &DepartureQuery,
        now: Timestamp,
        tally: impl Fn(&Departure) -> Option<DepartureTally>,
    ) -> Page<DepartureReport> {
        let today = self.date(now);
        let from = query.from.unwrap_or(today);
        let days = i32::try_from(query.days).unwrap_or(i32::MAX);
        let to = query.to.unwrap_or_else(|| plus_days(from, days));
        let listed = self.state.departures().filter(|departure| {
            departure.state != DepartureState::Cancelled
                && from <= departure.departure_date
                && departure.departure_date <= to
        });
        let mut reports: Vec<DepartureReport> = listed
            .filter_map(|departure| Some(self.report(departure, &tally(departure)?, today)))
            .collect();
        reports.sort_by(|a, b| compare(a, b, query.sort));
        Page::cut(reports.into_iter(), query.page, query.limit)
    }

    /// Any departure, cancelled ones too.
    pub fn departure(&self, id: DepartureId, now: Timestamp) -> Option<DepartureReport> {
        self.state.departure(id).map(|departure| {
            let none = DepartureTally::default();
            let tally = self.tallies().departure(departure.id).unwrap_or(&none);
            self.report(departure, tally, self.date(now))
        })
    }

    fn report(
        &self,
        departure: &Arc<Departure>,
        tally: &DepartureTally,
        today: NaiveDate,
    ) -> DepartureReport {
        let people = tally.people.by_status.expected();
        let ready = tally.people.by_status.completed;
        let at = |id: StageId| tally.stages.get(&id).copied();
        let stages = self.state.stages().into_iter();
        let stages = stages.filter_map(|stage| {
            let people = at(stage.id)?;
            Some(StagePeople {
                stage_id: stage.id,
                code: stage.code.clone(),
                people: people.by_status.active(),
                overdue: people.by_status.overdue,
                at_risk: people.by_status.at_risk,
                blocked: people.blocked,
                on_hold: people.on_hold,
                waiting: people.waiting,
            })
        });
        DepartureReport {
            people,
            ready,
            readiness: share(ready, people),
            by_status: tally.people.by_status,
            by_risk: tally.people.by_risk,
            blocked: tally.people.blocked,
            on_hold: tally.people.on_hold,
            waiting: tally.people.waiting,
            days_to_departure: (departure.departure_date - today).num_days(),
            stages: stages.collect(),
            forecast: None,
            departure: departure.clone(),
        }
    }
}

fn compare(a: &DepartureReport, b: &DepartureReport, sort: DepartureSort) -> Ordering {
    let known = |report: &DepartureReport| report.readiness.unwrap_or(0.0);
    let upwards = match sort.key {
        DepartureSortKey::DepartureDate => Ordering::Equal,
        DepartureSortKey::Code => a.departure.code.cmp(&b.departure.code),
        DepartureSortKey::Readiness => known(a).total_cmp(&known(b)),
        DepartureSortKey::People => a.people.cmp(&b.people),
    };
    let place = |report: &DepartureReport| {
        (
            report.departure.departure_date,
            report.departure.code.clone(),
            report.departure.id,
        )
    };
    let upwards = upwards.then_with(|| place(a).cmp(&place(b)));
    let directed = if sort.descending {
        upwards.reverse()
    } else {
        upwards
    };
    match sort.key {
        DepartureSortKey::Readiness => a
            .readiness
            .is_none()
            .cmp(&b.readiness.is_none())
            .then(directed),
        _ => directed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::pipeline::change::Row;
    use crate::domain::pipeline::jamaah::{DepartureRisk, Status};
    use crate::domain::pipeline::view::View;
    use crate::domain::pipeline::view::scene::Scene;

    fn dates(view: &View, scene: &Scene, query: &DepartureQuery) -> Vec<i64> {
        view.departures(query, scene.now())
            .items
            .iter()
            .map(|report| report.days_to_departure)
            .collect()
    }

    #[test]
    fn a_departure_counts_its_people() {
        let mut scene = Scene::new();
        let id = scene.departure(5);
        let stages = [8, 8, 10].map(|position| scene.stage(position));
        for stage in stages {
            scene.person(id, |_, row| {
                row.current_stage_id = Some(stage);
                row.status = Status::AtRisk;
                row.risk = DepartureRisk::High;
                row.blocked = true;
            });
        }
        scene.person(id, |_, row| row.status = Status::Completed);
        scene.person(id, |_, row| row.status = Status::Cancelled);
        let report = scene.view().departure(id, scene.now()).unwrap();
        assert_eq!(
            (report.people, report.ready, report.readiness),
            (4, 1, Some(0.25))
        );
        assert_eq!(
            (report.by_status.at_risk, report.by_status.cancelled),
            (3, 1)
        );
        assert_eq!((report.by_risk.high, report.by_risk.unknown), (3, 0));
        assert_eq!(
            (report.blocked, report.days_to_departure, report.forecast),
            (3, 5, None)
        );
        let people: Vec<_> = report
            .stages
            .iter()
            .map(|stage| (stage.stage_id, stage.people, stage.at_risk, stage.blocked))
            .collect();
        assert_eq!(people, [(stages[0], 2, 2, 2), (stages[2], 1, 1, 1)]);
    }

    #[test]
    fn departures_are_those_of_the_days_asked_for() {
        let mut scene = Scene::new();
        for days in [-1, 0, 7, 8, 200, 201] {
            scene.departure(days);
        }
        let mut view = scene.view();
        let first_of = |query: &DepartureQuery, view: &View| dates(view, &scene, query);
        let far = DepartureQuery {
            from: Some(plus_days(view.today, 200)),
            days: 1,
            ..DepartureQuery::default()
        };
        let given = DepartureQuery {
            to: Some(plus_days(view.today, 8)),
            ..DepartureQuery::default()
        };
        // the scene has departures of its own within 90 days
        let ours = |list: Vec<i64>| {
            list.into_iter()
                .filter(|days| [-1, 0, 7, 8].contains(days))
                .collect::<Vec<_>>()
        };
        assert_eq!(ours(first_of(&DepartureQuery::default(), &view)), [0, 7]);
        assert_eq!(ours(first_of(&given, &view)), [0, 7, 8]);
        assert_eq!(first_of(&far, &view), [200, 201]);

        let last = view.departures(&far, scene.now()).items.remove(1).departure;
        let cancelled = Departure {
            state: DepartureState::Cancelled,
            ..Departure::clone(&last)
        };
        view.state.put(&Row::Departure(Arc::new(cancelled)));
        assert_eq!(first_of(&far, &view), [200]);
    }

    #[test]
    fn departures_without_people_are_the_least_and_the_most_ready_last() {
        let mut scene = Scene::new();
        for (days, completed, active) in [(300, 1, 1), (301, 0, 0), (302, 3, 0), (303, 0, 2)] {
            let id = scene.departure(days);
            for _ in 0..completed {
                scene.person(id, |_, row| row.status = Status::Completed);
            }
            for _ in 0..active {
                scene.person(id, |_, _| {});
            }
        }
        let view = scene.view();
        let sorted = |sort: &str| {
            let from = Some(plus_days(view.today, 300));
            let sort = sort.parse().unwrap();
            dates(
                &view,
                &scene,
                &DepartureQuery {
                    from,
                    sort,
                    ..DepartureQuery::default()
                },
            )
        };
        assert_eq!(sorted("departure_date"), [300, 301, 302, 303]);
        assert_eq!(sorted("-departure_date"), [303, 302, 301, 300]);
        assert_eq!(sorted("readiness"), [303, 300, 302, 301]);
        assert_eq!(sorted("-readiness"), [302, 300, 303, 301]);
        assert_eq!(sorted("people"), [301, 300, 303, 302]);
        assert_eq!(sorted("code"), [300, 301, 302, 303]);
        assert!("seats".parse::<DepartureSort>().is_err());
    }

    #[test]
    fn pages_are_cut_from_the_sorted_list() {
        let mut scene = Scene::new();
        for days in 400..405 {
            scene.departure(days);
        }
        let view = scene.view();
        let from = Some(plus_days(view.today, 400));
        let page = |page| {
            let query = DepartureQuery {
                from,
                page,
                limit: 2,
                ..DepartureQuery::default()
            };
            let body = view.departures(&query, scene.now());
            (
                body.items
                    .iter()
                    .map(|report| report.days_to_departure)
                    .collect::<Vec<_>>(),
                body.total,
                body.pages,
            )
        };
        assert_eq!(page(1), (vec![400, 401], 5, 3));
        assert_eq!(page(3), (vec![404], 5, 3));
        assert_eq!(page(4), (vec![], 5, 3));
    }
}
