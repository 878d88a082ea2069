//! `GET /pipeline/health`: how the whole pipeline is doing, in one score and
//! the counts behind it.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::standing::Standing;
use super::tallies::StageTally;
use super::view::View;
use crate::domain::time::Timestamp;

/// Departures so many days ahead count for the expected misses.
const MISSES_DAYS: i32 = 14;
const CRITICAL_POINTS: f64 = 10.0;
const MISSES_POINTS: f64 = 20.0;

/// Counts are of jamaah in memory: not yet gone, or closed within the last 30 days.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Health {
    /// `active + completed`; cancelled jamaah are not in it.
    pub total: u32,
    /// `on_track + at_risk + overdue`.
    pub active: u32,
    pub on_track: u32,
    pub at_risk: u32,
    pub overdue: u32,
    pub completed: u32,
    pub cancelled: u32,
    /// Active with a blocked task, whatever the status.
    pub blocked: u32,
    /// Active and on hold.
    pub on_hold: u32,
    /// Active, with nothing to do before a window opens.
    pub waiting: u32,
    /// 0–100: `deductions.base` less the deductions; `null` without active jamaah.
    pub score: Option<f64>,
    /// `null` without a score.
    pub band: Option<Band>,
    pub deductions: Deductions,
    pub tasks: TaskTotals,
    pub as_of: DateTime<Utc>,
}

/// What the score means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = HealthBand)]
pub enum Band {
    /// At least 85.
    Healthy,
    /// At least 70.
    Watch,
    /// At least 50.
    Poor,
    Critical,
}

/// How the score comes about, in points.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, utoipa::ToSchema)]
#[schema(as = HealthDeductions)]
pub struct Deductions {
    /// `100 × (on_track + 0.5 × at_risk) / active`; `null` without active jamaah.
    pub base: Option<f64>,
    /// 10 when any bottleneck is critical.
    pub critical_bottleneck: f64,
    /// `20 × expected misses / people` over departures of the next 14 days:
    /// Σ(1 − chance of being ready) over those with a forecast, completed
    /// people counting as ready. `null`, and not deducted, when people are on
    /// the way to such a departure and none of them has a forecast.
    pub expected_misses: Option<f64>,
}

/// Tasks in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct TaskTotals {
    /// Pending, in progress or blocked.
    pub open: u32,
    pub blocked: u32,
    /// Open and past their due date.
    pub overdue: u32,
    /// Open and due today in the tenant's zone, overdue since this morning or not.
    pub due_today: u32,
    pub completed_today: u32,
}

impl Band {
    pub fn of(score: f64) -> Self {
        if score >= 85.0 {
            Self::Healthy
        } else if score >= 70.0 {
            Self::Watch
        } else if score >= 50.0 {
            Self::Poor
        } else {
            Self::Critical
        }
    }
}

/// The health of the pipeline, and what it was.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub struct HealthReport {
    #[serde(flatten)]
    pub health: Health,
    /// The same people 24 hours before, at most a minute off: `as_of` says when.
    /// `null` while the log is younger than that, and for a moment after the
    /// tenant has been loaded.
    pub yesterday: Option<Health>,
}

impl View {
    pub fn health(&self, now: Timestamp) -> Health {
        self.standing().health(now)
    }

    /// With what it was the day before.
    pub fn health_report(&self, now: Timestamp) -> HealthReport {
        HealthReport {
            health: self.health(now),
            yesterday: self.yesterday.as_ref().map(|past| past.health.clone()),
        }
    }
}

impl Standing<'_> {
    pub(super) fn health(self, now: Timestamp) -> Health {
        let today = self.date(now);
        let people = self.tallies.people();
        let counts = people.by_status;
        let active = counts.active();
        let base = (active > 0).then(|| {
            let good = f64::from(counts.on_track) + 0.5 * f64::from(counts.at_risk);
            100.0 * good / f64::from(active)
        });
        let deductions = Deductions {
            base,
            critical_bottleneck: if self.has_critical_bottleneck(now) {
                CRITICAL_POINTS
            } else {
                0.0
            },
            expected_misses: self.expected_misses(today),
        };
        let score = deductions.score();
        Health {
            total: counts.expected(),
            active,
            on_track: counts.on_track,
            at_risk: counts.at_risk,
            overdue: counts.overdue,
            completed: counts.completed,
            cancelled: counts.cancelled,
            blocked: people.blocked,
            on_hold: people.on_hold,
            waiting: people.waiting,
            score,
            band: score.map(Band::of),
            deductions,
            tasks: self.task_totals(today),
            as_of: now,
        }
    }

    fn task_totals(self, today: NaiveDate) -> TaskTotals {
        let sum = |part: fn(&StageTally) -> u32| {
            self.tallies.stages().map(|(_, tally)| part(tally)).sum()
        };
        TaskTotals {
            open: sum(|tally| tally.open_tasks),
            blocked: sum(|tally| tally.blocked_tasks),
            overdue: sum(|tally| tally.overdue_tasks),
            due_today: self.tallies.due_on(today),
            completed_today: self.tallies.completed_on(today),
        }
    }

    fn expected_misses(self, today: NaiveDate) -> Option<f64> {
        let soon = self.scheduled(today, MISSES_DAYS);
        let (mut completed, mut active, mut known, mut misses) = (0, 0, 0, 0.0);
        for tally in soon.filter_map(|departure| self.tallies.departure(departure.id)) {
            let (forecast, missed) = tally.expected_misses();
            completed += tally.people.by_status.completed;
            active += tally.people.by_status.active();
            known += forecast;
            misses += missed;
        }
        if active > 0 && known == 0 {
            return None;
        }
        let people = completed + known;
        Some(if people == 0 {
            0.0
        } else {
            MISSES_POINTS * misses / f64::from(people)
        })
    }
}

impl Deductions {
    fn score(&self) -> Option<f64> {
        let deducted = self.critical_bottleneck + self.expected_misses.unwrap_or(0.0);
        self.base.map(|base| (base - deducted).clamp(0.0, 100.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::pipeline::jamaah::Status;
    use crate::domain::pipeline::task::TaskStatus;
    use crate::domain::pipeline::view::scene::Scene;

    /// The season of `docs/rules.md`'s source: 2,000 people, 490 of them done.
    fn season() -> Scene {
        let mut scene = Scene::new();
        let departure = scene.departure(60);
        for (people, status) in [
            (1134, Status::OnTrack),
            (105, Status::AtRisk),
            (271, Status::Overdue),
            (490, Status::Completed),
            (7, Status::Cancelled),
        ] {
            for number in 0..people {
                scene.person(departure, |_, row| {
                    row.status = status;
                    row.blocked = number < 30;
                    row.waiting = status == Status::OnTrack && number < 245;
                });
            }
        }
        scene
    }

    #[test]
    fn the_season_scores_as_worked_out_by_hand() {
        let scene = season();
        let health = scene.view().health(scene.now());
        assert_eq!(
            (health.total, health.active, health.cancelled),
            (2000, 1510, 7)
        );
        assert_eq!(
            (
                health.on_track,
                health.at_risk,
                health.overdue,
                health.completed
            ),
            (1134, 105, 271, 490)
        );
        assert_eq!(
            (health.blocked, health.waiting, health.on_hold),
            (90, 245, 0)
        );
        let score = health.score.unwrap();
        assert_eq!((score * 10.0).round() / 10.0, 78.6);
        assert_eq!(health.band, Some(Band::Watch));
        let none = Deductions {
            base: Some(score),
            critical_bottleneck: 0.0,
            expected_misses: Some(0.0),
        };
        assert_eq!(health.deductions, none);
    }

    #[test]
    fn a_critical_bottleneck_costs_ten_points() {
        let mut scene = season();
        let departure = scene.departure(60);
        let due = scene.ago(1.0);
        scene.inside(50, 1, departure, |status, instance| {
            status.status = Status::Overdue;
            instance.due_at = Some(due);
        });
        let health = scene.view().health(scene.now());
        // (1134 + 52.5) / 1560 = 76.06
        assert_eq!(health.deductions.critical_bottleneck, 10.0);
        assert_eq!((health.score.unwrap() * 100.0).round() / 100.0, 66.06);
        assert_eq!(health.band, Some(Band::Poor));
    }

    #[test]
    fn expected_misses_are_of_known_chances_in_departures_of_two_weeks() {
        let mut scene = season();
        let [soon, later] = [14, 15].map(|days| scene.departure(days));
        scene.person(soon, |_, _| {});
        let misses = |scene: &Scene| scene.view().health(scene.now()).deductions.expected_misses;
        assert_eq!(misses(&scene), None, "nobody knows");
        scene.person(soon, |_, row| row.readiness_probability = Some(0.4));
        assert_eq!(misses(&scene), Some(12.0), "20 × 0.6 / 1");
        scene.person(soon, |_, row| row.status = Status::Completed);
        assert_eq!(misses(&scene), Some(6.0), "20 × 0.6 / 2");
        scene.person(later, |_, row| row.readiness_probability = Some(0.0));
        scene.person(soon, |_, row| row.status = Status::Cancelled);
        assert_eq!(misses(&scene), Some(6.0));
        let health = scene.view().health(scene.now());
        assert!((health.deductions.base.unwrap() - 6.0 - health.score.unwrap()).abs() < 1e-9);
    }

    #[test]
    fn without_active_people_there_is_no_score() {
        let mut scene = Scene::new();
        let health = scene.view().health(scene.now());
        assert_eq!((health.score, health.band, health.total), (None, None, 0));
        let departure = scene.departure(1);
        scene.person(departure, |_, row| row.status = Status::Completed);
        let health = scene.view().health(scene.now());
        assert_eq!(
            (health.score, health.band, health.total, health.active),
            (None, None, 1, 0)
        );
    }

    #[test]
    fn tasks_of_today_are_those_of_the_tenants_zone() {
        let mut scene = Scene::new();
        let departure = scene.departure(60);
        let id = scene.person(departure, |_, _| {});
        let at = |text: &str| Some(text.parse().unwrap());
        // 24 November in WIB, 00:00 to 24:00; what is due at 00:00 was due the day before
        for due in [
            "2026-11-23T17:00:00Z",
            "2026-11-23T17:00:01Z",
            "2026-11-24T17:00:00Z",
            "2026-11-24T17:00:01Z",
        ] {
            scene.task(id, 1, |task| task.due_at = at(due));
        }
        for done in ["2026-11-23T16:59:59Z", "2026-11-23T17:00:00Z"] {
            scene.task(id, 2, |task| {
                task.status = TaskStatus::Completed;
                task.completed_at = at(done);
                task.due_at = at("2026-11-24T17:00:00Z");
            });
        }
        scene.task(id, 2, |task| {
            task.status = TaskStatus::Blocked;
            task.overdue = true;
        });
        let tasks = scene.view().health(scene.now()).tasks;
        let expected = TaskTotals {
            open: 5,
            blocked: 1,
            overdue: 1,
            due_today: 2,
            completed_today: 1,
        };
        assert_eq!(tasks, expected);
    }
}
