//! How bad a bottleneck is. The limits of 5, 20 and 50 people and of 5 and 10
//! days are those of the systems before this one, so that results compare.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::evidence::{Evidence, NearDeparture};
use crate::domain::pipeline::listing::Unrecognised;

/// Fewer people in a stage are no bottleneck, unless one of them leaves soon.
const MIN_ITEMS: u32 = 5;

/// The first that holds, from the top.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
#[schema(as = BottleneckSeverity)]
pub enum Severity {
    /// Score at least 10.
    Low,
    /// Score at least 20.
    Medium,
    /// Score at least 40, or 20 people past due, or past due by more than 5
    /// days on average.
    High,
    /// Score at least 60, or 50 people past due, or past due by more than 10
    /// days on average with at least 5 people, or a departure within seven
    /// days of whose people at least 10 % are here with a chance below 0.85.
    Critical,
}

impl FromStr for Severity {
    type Err = Unrecognised;

    /// `moderate` is another name for `medium`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "low" => Ok(Self::Low),
            "medium" | "moderate" => Ok(Self::Medium),
            "high" => Ok(Self::High),
            "critical" => Ok(Self::Critical),
            _ => Err(Unrecognised::new("severity", text)),
        }
    }
}

impl Evidence {
    /// `None` when it is no bottleneck.
    pub fn severity(&self) -> Option<Severity> {
        self.severity_at(self.score())
    }

    /// What it would be with another score.
    pub(super) fn severity_at(&self, score: f64) -> Option<Severity> {
        if self.wip < MIN_ITEMS && self.near_departures.is_empty() {
            return None;
        }
        let later_than = |days: f64| self.mean_delay_days.is_some_and(|delay| delay > days);
        if score >= 60.0
            || self.late >= 50
            || later_than(10.0) && self.late >= MIN_ITEMS
            || self.near_departures.iter().any(endangered)
        {
            Some(Severity::Critical)
        } else if score >= 40.0 || self.late >= 20 || later_than(5.0) {
            Some(Severity::High)
        } else if score >= 20.0 {
            Some(Severity::Medium)
        } else if score >= 10.0 {
            Some(Severity::Low)
        } else {
            None
        }
    }
}

/// At least one in ten of its people is here and unlikely to be ready.
fn endangered(departure: &NearDeparture) -> bool {
    departure
        .unlikely
        .is_some_and(|unlikely| unlikely > 0 && unlikely * 10 >= departure.people)
}
