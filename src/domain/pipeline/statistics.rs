//! `GET /pipeline/stages`: every active stage with what goes on in it, empty
//! stages too.

use std::sync::Arc;

use chrono::{Duration, NaiveDate};
use serde::Serialize;

use super::listing::count;
use super::stage::Stage;
use super::tallies::{DayFlow, StageTally};
use crate::domain::time::{Timestamp, plus_days};

/// Days over which rates are taken: today and those before it.
pub const WINDOW_DAYS: i32 = 14;

/// A stage and its numbers. Rates and shares are over 14 days in the tenant's
/// zone, today included; `null` is no data.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub struct StageReport {
    #[serde(flatten)]
    pub stage: Arc<Stage>,
    /// Jamaah whose current stage it is: the first in order that is not done.
    pub people: u32,
    /// Of these people, those whose status is on track.
    pub on_track: u32,
    /// Of these people, those whose status is at risk.
    pub at_risk: u32,
    /// Of these people, those whose status is overdue.
    pub overdue: u32,
    /// Of these people, those for whom only the stage's window has still to open.
    pub waiting_for_window: u32,
    pub bar: StageBar,
    /// Work in progress: jamaah for whom the stage is active, blocked ones
    /// included. Several stages of one jamaah can be active at once.
    pub wip: u32,
    /// Work in progress past its due date.
    pub late: u32,
    /// Work in progress with a blocked task in this stage.
    pub blocked: u32,
    pub tasks: TaskCounts,
    /// Half of the work in progress has been here at most so long, pauses excluded.
    pub age_p50_days: Option<f64>,
    /// 85 % of it have.
    pub age_p85_days: Option<f64>,
    /// Completions in the window / 14. `null` when nothing came, went or is here.
    pub throughput_per_day: Option<f64>,
    /// Passages that became active in the window / 14. `null` likewise.
    pub arrivals_per_day: Option<f64>,
    /// Completions on each day of the window, today last. Skipping is not completing.
    pub completions_14d: Vec<u32>,
    /// Completions in the window at or before their due date / those that had one.
    pub sla_hit_rate: Option<f64>,
}

/// A stage's `people`, each in exactly one part.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct StageBar {
    pub overdue: u32,
    pub at_risk: u32,
    /// On track, and the stage's window has opened.
    pub on_track: u32,
    /// On track, with only the stage's window still to open.
    pub waiting: u32,
}

/// Open tasks of a stage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct TaskCounts {
    /// Pending, in progress or blocked.
    pub open: u32,
    pub blocked: u32,
    /// Open and past their due date.
    pub overdue: u32,
}

impl StageReport {
    pub fn of(stage: &Arc<Stage>, tally: &StageTally, today: NaiveDate, now: Timestamp) -> Self {
        let window = window(tally, today);
        let people = tally.people.by_status;
        let ages = tally.ages(now);
        let waiting = count(tally.on_track_before_window(now));
        let moves = window.arrivals + window.completions + count(tally.wip()) > 0;
        let days = (0..WINDOW_DAYS).rev().map(|ago| plus_days(today, -ago));
        Self {
            stage: stage.clone(),
            people: people.active(),
            on_track: people.on_track,
            at_risk: people.at_risk,
            overdue: people.overdue,
            waiting_for_window: count(tally.waiting_for_window(now)),
            bar: StageBar {
                overdue: people.overdue,
                at_risk: people.at_risk,
                on_track: people.on_track.saturating_sub(waiting),
                waiting,
            },
            wip: count(tally.wip()),
            late: count(tally.late(now)),
            blocked: tally.blocked,
            tasks: TaskCounts {
                open: tally.open_tasks,
                blocked: tally.blocked_tasks,
                overdue: tally.overdue_tasks,
            },
            age_p50_days: percentile(&ages, 50).map(days_of_seconds),
            age_p85_days: percentile(&ages, 85).map(days_of_seconds),
            throughput_per_day: moves.then(|| per_day(window.completions)),
            arrivals_per_day: moves.then(|| per_day(window.arrivals)),
            completions_14d: days.map(|date| tally.flow.on(date).completions).collect(),
            sla_hit_rate: share(window.in_time, window.judged),
        }
    }
}

/// What came and went in the last days, today included.
pub fn window(tally: &StageTally, today: NaiveDate) -> DayFlow {
    tally.flow.between(window_start(today), today)
}

/// The first day of the window that ends today.
pub fn window_start(today: NaiveDate) -> NaiveDate {
    plus_days(today, 1 - WINDOW_DAYS)
}

/// A count of the window as a rate.
pub fn per_day(count: u32) -> f64 {
    f64::from(count) / f64::from(WINDOW_DAYS)
}

/// `None` of nothing.
pub fn share(part: u32, whole: u32) -> Option<f64> {
    (whole > 0).then(|| f64::from(part) / f64::from(whole))
}

pub fn days_of(duration: Duration) -> f64 {
    duration.as_seconds_f64() / 86_400.0
}

fn days_of_seconds(seconds: i64) -> f64 {
    days_of(Duration::seconds(seconds))
}

/// The smallest value that at least so many percent of the values do not exceed.
fn percentile(values: &[i64], percent: usize) -> Option<i64> {
    let mut values = values.to_vec();
    let rank = (values.len() * percent).div_ceil(100).checked_sub(1)?;
    Some(*values.select_nth_unstable(rank).1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::pipeline::instance::InstanceState;
    use crate::domain::pipeline::jamaah::Status;
    use crate::domain::pipeline::tallies::window_waited_for;
    use crate::domain::pipeline::view::sample::Sample;
    use crate::domain::pipeline::view::scene::Scene;
    use crate::domain::pipeline::view::{Touched, View};
    use crate::domain::time::Zone;

    /// As their rows say.
    fn bar(view: &View, stage: &Stage, now: Timestamp) -> StageBar {
        let mut bar = StageBar::default();
        for pilgrim in view.state.pilgrims() {
            let status = &pilgrim.status;
            if status.current_stage_id != Some(stage.id) || !status.status.is_active() {
                continue;
            }
            let opens = window_waited_for(&view.state, pilgrim, stage.id);
            *match status.status {
                Status::Overdue => &mut bar.overdue,
                Status::AtRisk => &mut bar.at_risk,
                _ if opens.is_some_and(|opens| now < opens) => &mut bar.waiting,
                _ => &mut bar.on_track,
            } += 1;
        }
        bar
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn everybody_at_a_stage_is_in_one_part_of_its_bar(
            seed in any::<u64>(), people in 0usize..40, changes in 0usize..60, hours in 0i64..1000,
        ) {
            let mut sample = Sample::new(seed, people, Zone::WIB);
            let view = View::build(sample.state.clone(), sample.now);
            let rows = sample.disturb(changes);
            let view = view.advance(sample.state.clone(), &Touched::by(&rows), sample.now);
            let now = sample.now + Duration::hours(hours);
            for report in view.stages(now) {
                let StageBar { overdue, at_risk, on_track, waiting } = report.bar;
                prop_assert_eq!(report.bar, bar(&view, &report.stage, now));
                prop_assert_eq!(report.people, overdue + at_risk + on_track + waiting);
                let completed: u32 = report.completions_14d.iter().sum();
                prop_assert_eq!(report.throughput_per_day.unwrap_or(0.0), per_day(completed));
            }
        }
    }

    fn report(scene: &Scene, position: usize) -> StageReport {
        scene.view().stages(scene.now()).remove(position - 1)
    }

    #[test]
    fn every_active_stage_is_listed_and_an_empty_one_has_no_data() {
        let mut scene = Scene::new();
        assert_eq!(scene.view().stages(scene.now()).len(), 10);
        scene.edit_stage(4, |stage| stage.active = false);
        let stages = scene.view().stages(scene.now());
        assert_eq!(stages.len(), 9);
        let empty = &stages[0];
        assert_eq!((empty.people, empty.wip, empty.late), (0, 0, 0));
        assert_eq!(
            (
                empty.throughput_per_day,
                empty.arrivals_per_day,
                empty.sla_hit_rate
            ),
            (None, None, None)
        );
        assert_eq!((empty.age_p50_days, empty.age_p85_days), (None, None));
        assert_eq!(empty.completions_14d, [0; 14]);
        assert!(scene.view().stage(scene.stage(4), scene.now()).is_some());
    }

    #[test]
    fn ages_leave_pauses_out() {
        let mut scene = Scene::new();
        let departure = scene.departure(60);
        for days in 1..=18 {
            let started = scene.ago(f64::from(days));
            scene.inside(1, 1, departure, |_, instance| {
                instance.started_at = Some(started)
            });
        }
        // 40 days, of which 21 paused: 19; 50 days, paused at the age of 20
        let (started, paused) = (scene.ago(40.0), scene.ago(30.0));
        scene.inside(1, 1, departure, |_, instance| {
            instance.started_at = Some(started);
            instance.paused_seconds = 21 * 86_400;
        });
        let long_ago = scene.ago(50.0);
        scene.inside(1, 1, departure, |_, instance| {
            instance.started_at = Some(long_ago);
            instance.paused_since = Some(paused);
        });
        let report = report(&scene, 1);
        assert_eq!(
            (report.age_p50_days, report.age_p85_days),
            (Some(10.0), Some(17.0))
        );
    }

    #[test]
    fn rates_are_over_fourteen_local_days_with_today() {
        let mut scene = Scene::new();
        let departure = scene.departure(60);
        let at = |text: &str| Some(text.parse().unwrap());
        // the window begins on 11 November, 00:00 in WIB
        for (end, due) in [
            ("2026-11-10T16:59:59Z", None),
            ("2026-11-10T17:00:00Z", at("2026-11-10T17:00:00Z")),
            ("2026-11-24T02:00:00Z", at("2026-11-24T01:59:59Z")),
            ("2026-11-24T02:30:00Z", None),
        ] {
            scene.inside(1, 1, departure, |status, instance| {
                status.current_stage_id = None;
                instance.state = InstanceState::Completed;
                instance.started_at = at("2026-10-01T00:00:00Z");
                instance.due_at = due;
                instance.completed_at = at(end);
            });
        }
        scene.inside(7, 1, departure, |_, _| {});
        scene.inside(1, 1, departure, |_, instance| {
            instance.state = InstanceState::Skipped;
            instance.completed_at = at("2026-11-24T02:00:00Z");
        });
        let report = report(&scene, 1);
        assert_eq!(report.throughput_per_day, Some(3.0 / 14.0));
        assert_eq!(report.arrivals_per_day, Some(8.0 / 14.0));
        assert_eq!(report.sla_hit_rate, Some(0.5));
        assert_eq!(
            report.completions_14d,
            [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2]
        );
        assert_eq!((report.wip, report.people), (7, 8));
    }

    #[test]
    fn late_is_from_the_due_instant_on() {
        let mut scene = Scene::new();
        let departure = scene.departure(60);
        let now = scene.now();
        scene.inside(1, 1, departure, |_, instance| instance.due_at = Some(now));
        scene.inside(1, 1, departure, |_, instance| {
            instance.due_at = Some(now + Duration::microseconds(1))
        });
        scene.inside(1, 1, departure, |_, instance| instance.due_at = None);
        let view = scene.view();
        assert_eq!(view.stages(now)[0].late, 1);
        assert_eq!(view.stages(now + Duration::seconds(1))[0].late, 2);
    }

    #[test]
    fn percentiles_are_values_that_occur() {
        assert_eq!(percentile(&[], 50), None);
        assert_eq!(percentile(&[7], 50), Some(7));
        assert_eq!(percentile(&[4, 1, 3, 2], 50), Some(2));
        assert_eq!(
            percentile(&(1..=100).rev().collect::<Vec<_>>(), 85),
            Some(85)
        );
    }
}
