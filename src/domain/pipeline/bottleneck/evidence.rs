//! What is measured of a stage before it is judged.

use std::sync::Arc;

use chrono::NaiveDate;
use serde::Serialize;

use crate::domain::ids::DepartureId;
use crate::domain::pipeline::departure::Departure;
use crate::domain::pipeline::listing::count;
use crate::domain::pipeline::stage::Stage;
use crate::domain::pipeline::statistics::{
    WINDOW_DAYS, days_of, per_day, share, window, window_start,
};
use crate::domain::pipeline::tallies::{Group, StageTally, Tallies};
use crate::domain::time::{Timestamp, Zone};

/// A departure so few days away makes every item of its people count.
pub const NEAR_DAYS: i32 = 7;

/// The measurements behind a severity. Rates are over `window_days`, today included.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
#[schema(as = BottleneckEvidence)]
pub struct Evidence {
    pub window_days: i32,
    /// Work in progress: active passages, blocked ones included; whoever
    /// waits for a window is not.
    pub wip: u32,
    /// λ: passages that became active / window.
    pub arrivals_per_day: f64,
    /// μ: completions / window.
    pub throughput_per_day: f64,
    /// ρ = λ / μ; `null` when nothing was completed, which counts as the worst.
    pub pressure: Option<f64>,
    /// Q = WIP / μ, in days; `null` when nothing was completed, which counts as the worst.
    pub work_on_hand_days: Option<f64>,
    pub sla_days: i32,
    /// Work in progress past its due date.
    pub late: u32,
    /// S = late / WIP.
    pub late_share: f64,
    /// D: how long those late have been so, on average; `null` when nobody is.
    pub mean_delay_days: Option<f64>,
    /// Work in progress with a blocked task here.
    pub blocked: u32,
    /// B = blocked / WIP.
    pub blocked_share: f64,
    pub wip_limit: Option<i32>,
    /// O = WIP / limit; `null` without a limit.
    pub limit_use: Option<f64>,
    /// X: work in progress whose chance of being ready is below 0.85; `null`
    /// when nobody here has a forecast.
    pub unlikely: Option<u32>,
    /// Departures at most seven days away with people here, the nearest first.
    pub near_departures: Vec<NearDeparture>,
    /// Mean time since the start of what is in progress, pauses included.
    pub mean_age_days: Option<f64>,
    /// The same for what was in progress when the window began.
    pub mean_age_days_before: Option<f64>,
    pub points: Points,
}

/// What each measurement adds to the score.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, utoipa::ToSchema)]
#[schema(as = BottleneckPoints)]
pub struct Points {
    /// 30 × S.
    pub late_share: f64,
    /// 20 × min(1, D / 10).
    pub mean_delay: f64,
    /// 20 × clip((Q / SLA − 1) / 2).
    pub work_on_hand: f64,
    /// 15 × clip(ρ − 1).
    pub pressure: f64,
    /// 10 × clip(O − 1).
    pub limit: f64,
    /// 5 × B.
    pub blocked: f64,
}

/// People of a departure that is near, in one stage.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub struct NearDeparture {
    pub departure_id: DepartureId,
    #[schema(value_type = String)]
    pub code: Arc<str>,
    pub departure_date: NaiveDate,
    /// On the departure in all, cancelled ones excluded.
    pub people: u32,
    /// Of these, work in progress here.
    pub inside: u32,
    /// Of these, those whose chance of being ready is below 0.85; `null` when
    /// none of them has a forecast.
    pub unlikely: Option<u32>,
}

impl Evidence {
    /// `None` where there is no work in progress. Near departures are for the
    /// caller to add.
    pub(super) fn of(
        stage: &Stage,
        tally: &StageTally,
        today: NaiveDate,
        zone: Zone,
        now: Timestamp,
    ) -> Option<Self> {
        let wip = count(tally.wip());
        let late = count(tally.late(now));
        let late_share = share(late, wip)?;
        let blocked_share = share(tally.blocked, wip)?;
        let flow = window(tally, today);
        let per_completion =
            |what: f64| (flow.completions > 0).then(|| what / per_day(flow.completions));
        let limit = stage.wip_limit.filter(|limit| *limit > 0);
        let before = tally.mean_age_at_start_of(window_start(today), today, zone);
        let mut evidence = Self {
            window_days: WINDOW_DAYS,
            wip,
            arrivals_per_day: per_day(flow.arrivals),
            throughput_per_day: per_day(flow.completions),
            pressure: per_completion(per_day(flow.arrivals)),
            work_on_hand_days: per_completion(f64::from(wip)),
            sla_days: stage.sla_days,
            late,
            late_share,
            mean_delay_days: tally.mean_delay(now).map(days_of),
            blocked: tally.blocked,
            blocked_share,
            wip_limit: stage.wip_limit,
            limit_use: limit.map(|limit| f64::from(wip) / f64::from(limit)),
            unlikely: unlikely(tally.groups.values()),
            near_departures: Vec::new(),
            mean_age_days: tally.mean_age(now).map(days_of),
            mean_age_days_before: before.map(days_of),
            points: Points::default(),
        };
        evidence.points = evidence.to_points();
        Some(evidence)
    }

    fn to_points(&self) -> Points {
        let clip = |value: f64| value.clamp(0.0, 1.0);
        let sla_days = f64::from(self.sla_days.max(1));
        let backlog = self
            .work_on_hand_days
            .map_or(1.0, |days| clip((days / sla_days - 1.0) / 2.0));
        // multiplied before divided, so that limits are met exactly
        let portion =
            |points: f64, part: u32| points * f64::from(part) / f64::from(self.wip.max(1));
        Points {
            late_share: portion(30.0, self.late),
            mean_delay: (self.mean_delay_days.unwrap_or(0.0) * 2.0).clamp(0.0, 20.0),
            work_on_hand: 20.0 * backlog,
            pressure: 15.0 * self.pressure.map_or(1.0, |pressure| clip(pressure - 1.0)),
            limit: 10.0 * self.limit_use.map_or(0.0, |share| clip(share - 1.0)),
            blocked: portion(5.0, self.blocked),
        }
    }

    pub fn score(&self) -> f64 {
        let points = &self.points;
        let flow = points.work_on_hand + points.pressure + points.limit;
        (points.late_share + points.mean_delay + flow + points.blocked).clamp(0.0, 100.0)
    }
}

fn unlikely<'a>(groups: impl Iterator<Item = &'a Group>) -> Option<u32> {
    let (known, unlikely) = groups.fold((0, 0), |(known, unlikely), group| {
        (known + group.known, unlikely + group.unlikely)
    });
    (known > 0).then_some(unlikely)
}

impl NearDeparture {
    /// Those of the departures `near` that have people in the stage of `tally`.
    pub(super) fn among(
        near: &[&Arc<Departure>],
        tally: &StageTally,
        tallies: &Tallies,
    ) -> Vec<Self> {
        let of_stage = |departure: &&Arc<Departure>| {
            let group = tally.groups.get(&departure.id)?;
            let people = tallies
                .departure(departure.id)
                .map(|tally| tally.people.by_status.expected());
            Some(Self {
                departure_id: departure.id,
                code: departure.code.clone(),
                departure_date: departure.departure_date,
                people: people.unwrap_or(0),
                inside: group.inside,
                unlikely: unlikely(std::iter::once(group)),
            })
        };
        near.iter().filter_map(of_stage).collect()
    }
}
