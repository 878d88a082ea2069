//! How many people have which status, flags and departure risk.

use std::ops::AddAssign;

use serde::Serialize;

use super::counts::add;
use crate::domain::pipeline::jamaah::{DepartureRisk, JamaahStatus, Status};

/// Jamaah by status.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct StatusCounts {
    pub on_track: u32,
    pub at_risk: u32,
    pub overdue: u32,
    pub completed: u32,
    pub cancelled: u32,
}

impl StatusCounts {
    /// Neither completed nor cancelled.
    pub fn active(&self) -> u32 {
        self.on_track + self.at_risk + self.overdue
    }

    /// Each with the word for it.
    pub fn by_status(&self) -> [(&'static str, u32); 5] {
        [
            ("on_track", self.on_track),
            ("at_risk", self.at_risk),
            ("overdue", self.overdue),
            ("completed", self.completed),
            ("cancelled", self.cancelled),
        ]
    }

    /// All but those cancelled.
    pub fn expected(&self) -> u32 {
        self.active() + self.completed
    }
}

impl AddAssign for StatusCounts {
    fn add_assign(&mut self, other: Self) {
        self.on_track += other.on_track;
        self.at_risk += other.at_risk;
        self.overdue += other.overdue;
        self.completed += other.completed;
        self.cancelled += other.cancelled;
    }
}

/// Active jamaah by departure risk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct RiskCounts {
    /// Chance of being ready below 0.5.
    pub high: u32,
    /// Below 0.85.
    pub medium: u32,
    pub low: u32,
    /// Without a forecast.
    pub unknown: u32,
}

/// All people somewhere. Flags and risks are those of active people only.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PeopleTally {
    pub by_status: StatusCounts,
    pub by_risk: RiskCounts,
    pub blocked: u32,
    pub on_hold: u32,
    pub waiting: u32,
}

impl PeopleTally {
    pub fn count(&mut self, status: &JamaahStatus, by: i32) {
        let counts = &mut self.by_status;
        add(
            match status.status {
                Status::OnTrack => &mut counts.on_track,
                Status::AtRisk => &mut counts.at_risk,
                Status::Overdue => &mut counts.overdue,
                Status::Completed => &mut counts.completed,
                Status::Cancelled => &mut counts.cancelled,
            },
            by,
        );
        if !status.status.is_active() {
            return;
        }
        let risks = &mut self.by_risk;
        add(
            match status.risk {
                DepartureRisk::High => &mut risks.high,
                DepartureRisk::Medium => &mut risks.medium,
                DepartureRisk::Low => &mut risks.low,
                DepartureRisk::Unknown => &mut risks.unknown,
            },
            by,
        );
        for (flag, count) in [
            (status.blocked, &mut self.blocked),
            (status.on_hold, &mut self.on_hold),
            (status.waiting, &mut self.waiting),
        ] {
            if flag {
                add(count, by);
            }
        }
    }
}
