//! Bottlenecks: stages where work piles up, how badly, why, and what to do.
//!
//! The measure is `docs/rules.md`'s: people who only wait for a window never
//! count, rates are over 14 days with today, and what is unknown is left out
//! instead of guessed. What is found at one moment is a [`Bottleneck`]; what
//! was found repeatedly has a [`BottleneckAlert`], which is also cleared late.

mod alert;
mod cause;
mod evidence;
mod severity;
mod significance;
#[cfg(test)]
mod tests;
mod watch;

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;
use serde::Serialize;

use super::listing::count;
use super::stage::Stage;
use super::standing::Standing;
use super::statistics::{WINDOW_DAYS, per_day, window};
use super::tallies::StageTally;
use super::view::View;
use crate::domain::ids::StageId;
use crate::domain::time::{Timestamp, plus_days};

pub use alert::{AlertState, BottleneckAlert, HISTORY, RemindEvery, SeverityChange};
pub use cause::{
    AssigneeLoad, Blocker, Cause, OverRepresented, Queue, RoleLoad, Suggestion, Variable,
};
pub use evidence::{Evidence, NEAR_DAYS, NearDeparture, Points};
pub use severity::Severity;
pub use watch::{Reading, Reminder, Ruling, Watch, level, reminders};

/// Arrivals and completions that differ by less than this share of the
/// completions make a stage steady.
const STEADY: f64 = 0.2;
/// A mean age that grew by more than this share over the window is rising.
const RISING: f64 = 0.1;

/// A stage that holds people up.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Bottleneck {
    pub stage_id: StageId,
    #[schema(value_type = String)]
    pub code: Arc<str>,
    #[schema(value_type = String)]
    pub name: Arc<str>,
    #[schema(value_type = String)]
    pub name_en: Arc<str>,
    /// The stage's place in the pipeline.
    pub position: i32,
    pub severity: Severity,
    /// 0–100, the sum of `evidence.points`.
    pub score: f64,
    pub evidence: Evidence,
    /// `evidence.late` as it was 24 hours before; `null` while that is not known.
    pub late_yesterday: Option<u32>,
    pub cause: Cause,
    pub suggestion: Suggestion,
    /// WIP / completions a day (Little's law). `null` unless the stage is
    /// steady: arrivals within 20 % of completions, and a mean age that has
    /// not grown by more than 10 % over the window.
    pub cycle_time_days: Option<f64>,
    /// Why there is no cycle time; `null` when there is one.
    pub unstable: Option<Unstable>,
    /// `null` until it has been found by two evaluations in a row.
    pub alert: Option<Arc<BottleneckAlert>>,
}

/// A stage that fills or empties.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, utoipa::ToSchema)]
#[schema(as = BottleneckInstability)]
pub struct Unstable {
    /// Arrivals a day − completions a day; negative when the stage empties.
    pub growing_by_per_day: f64,
    /// When a stage that empties will be empty at this pace.
    pub exhausted_on: Option<NaiveDate>,
}

impl View {
    /// All stages that hold people up, worst first: by severity, score and
    /// place in the pipeline.
    pub fn bottlenecks(&self, now: Timestamp) -> Vec<Bottleneck> {
        let mut found: Vec<Bottleneck> = self
            .standing()
            .measured(now)
            .filter_map(|(stage, tally, evidence)| {
                let severity = evidence.severity()?;
                Some(self.bottleneck(stage, tally, evidence, severity, now))
            })
            .collect();
        found.sort_by(|a, b| {
            let by_score = || b.score.total_cmp(&a.score);
            b.severity
                .cmp(&a.severity)
                .then_with(by_score)
                .then(a.position.cmp(&b.position))
        });
        found
    }

    /// What there is to say about every stage with work in progress.
    fn readings(&self, now: Timestamp) -> BTreeMap<StageId, Reading> {
        self.standing()
            .measured(now)
            .map(|(stage, _, evidence)| {
                let score = evidence.score();
                let reading = Reading {
                    severity: evidence.severity_at(score),
                    held: evidence.severity_at(score + watch::MARGIN),
                    score,
                };
                (stage.id, reading)
            })
            .collect()
    }

    fn bottleneck(
        &self,
        stage: &Stage,
        tally: &StageTally,
        evidence: Evidence,
        severity: Severity,
        now: Timestamp,
    ) -> Bottleneck {
        let cause = Cause::of(self, stage.id, tally, now);
        let unstable = unstable(tally, &evidence, self.date(now));
        let steady = unstable.is_none() && evidence.throughput_per_day > 0.0;
        Bottleneck {
            stage_id: stage.id,
            code: stage.code.clone(),
            name: stage.name.clone(),
            name_en: stage.name_en.clone(),
            position: stage.position,
            severity,
            score: evidence.score(),
            suggestion: Suggestion::of(&evidence, &cause),
            cycle_time_days: steady.then(|| f64::from(evidence.wip) / evidence.throughput_per_day),
            unstable,
            late_yesterday: self
                .yesterday
                .as_ref()
                .map(|past| past.late.get(&stage.id).copied().unwrap_or_default()),
            alert: self.state.active_alert(stage.id).cloned(),
            cause,
            evidence,
        }
    }
}

impl<'a> Standing<'a> {
    /// Whether any stage is critical, without asking why.
    pub(super) fn has_critical_bottleneck(self, now: Timestamp) -> bool {
        self.measured(now)
            .any(|(_, _, evidence)| evidence.severity() == Some(Severity::Critical))
    }

    /// Work in progress past its due date, by stage.
    pub(super) fn late(self, now: Timestamp) -> BTreeMap<StageId, u32> {
        let late = |(id, tally): (StageId, &StageTally)| (id, count(tally.late(now)));
        self.tallies
            .stages()
            .map(late)
            .filter(|(_, late)| *late > 0)
            .collect()
    }

    /// All stages with work in progress, retired ones too.
    fn measured(
        self,
        now: Timestamp,
    ) -> impl Iterator<Item = (&'a Stage, &'a StageTally, Evidence)> {
        let today = self.date(now);
        let mut near: Vec<_> = self.scheduled(today, NEAR_DAYS).collect();
        near.sort_by_key(|departure| (departure.departure_date, departure.id));
        self.state.stages().into_iter().filter_map(move |stage| {
            let tally = self.tallies.stage(stage.id)?;
            let mut evidence = Evidence::of(stage, tally, today, self.state.tenant.zone, now)?;
            evidence.near_departures = NearDeparture::among(&near, tally, self.tallies);
            Some((&**stage, tally, evidence))
        })
    }
}

fn unstable(tally: &StageTally, evidence: &Evidence, today: NaiveDate) -> Option<Unstable> {
    let flow = window(tally, today);
    let growing_by_per_day = per_day(flow.arrivals) - per_day(flow.completions);
    let balanced = growing_by_per_day.abs() < STEADY * evidence.throughput_per_day;
    let ages = evidence.mean_age_days.zip(evidence.mean_age_days_before);
    let ageing = ages.is_none_or(|(now, before)| now > before * (1.0 + RISING));
    if balanced && !ageing {
        return None;
    }
    let emptying = flow
        .completions
        .checked_sub(flow.arrivals)
        .filter(|net| *net > 0);
    let days = emptying.map(|net| (evidence.wip * WINDOW_DAYS.unsigned_abs()).div_ceil(net));
    let days = days.and_then(|days| i32::try_from(days).ok());
    Some(Unstable {
        growing_by_per_day,
        exhausted_on: days.map(|days| plus_days(today, days)),
    })
}
