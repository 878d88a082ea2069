//! Alerts: what is kept of a bottleneck from when it was raised until somebody
//! has seen that it is over. Every change goes through the log.
//!
//! ```text
//! active_unack ─acknowledged─► active_ack
//!      │cleared                    │cleared
//!      ▼                           ▼
//! cleared_unack ─acknowledged─► cleared_ack
//! ```

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::severity::Severity;
use crate::domain::ids::{BottleneckAlertId, StageId};
use crate::domain::principal::Actor;
use crate::domain::time::Timestamp;

/// Severities that an alert remembers; the oldest are forgotten.
pub const HISTORY: usize = 20;

/// Whether it goes on, and whether somebody has said that they know.
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
#[schema(as = BottleneckAlertState)]
pub enum AlertState {
    ActiveUnack,
    ActiveAck,
    /// Over before anybody acknowledged it, which can still be done.
    ClearedUnack,
    ClearedAck,
}

impl AlertState {
    pub const ALL: [Self; 4] = [
        Self::ActiveUnack,
        Self::ActiveAck,
        Self::ClearedUnack,
        Self::ClearedAck,
    ];

    pub fn is_active(self) -> bool {
        matches!(self, Self::ActiveUnack | Self::ActiveAck)
    }

    pub fn is_acknowledged(self) -> bool {
        matches!(self, Self::ActiveAck | Self::ClearedAck)
    }

    /// The state once somebody has acknowledged it, the same if somebody had.
    pub fn acknowledged(self) -> Self {
        match self {
            Self::ActiveUnack | Self::ActiveAck => Self::ActiveAck,
            Self::ClearedUnack | Self::ClearedAck => Self::ClearedAck,
        }
    }

    pub fn cleared(self) -> Self {
        match self {
            Self::ActiveUnack | Self::ClearedUnack => Self::ClearedUnack,
            Self::ActiveAck | Self::ClearedAck => Self::ClearedAck,
        }
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::ActiveUnack => "active_unack",
            Self::ActiveAck => "active_ack",
            Self::ClearedUnack => "cleared_unack",
            Self::ClearedAck => "cleared_ack",
        }
    }
}

/// A bottleneck that was raised. A stage has at most one that is active.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct BottleneckAlert {
    pub id: BottleneckAlertId,
    pub stage_id: StageId,
    pub state: AlertState,
    /// When it is over, the last one.
    pub severity: Severity,
    /// 0–100, when it was raised, last changed its severity, or was cleared.
    pub score: f64,
    pub raised_at: DateTime<Utc>,
    pub cleared_at: Option<DateTime<Utc>>,
    pub acknowledged_at: Option<DateTime<Utc>>,
    pub acknowledged_by: Option<Actor>,
    pub last_reminded_at: Option<DateTime<Utc>>,
    /// Its severities, the first one when it was raised; the last 20.
    pub history: Vec<SeverityChange>,
    pub version: i32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = BottleneckSeverityChange)]
pub struct SeverityChange {
    pub severity: Severity,
    pub at: DateTime<Utc>,
}

impl BottleneckAlert {
    pub fn raised(
        id: BottleneckAlertId,
        stage_id: StageId,
        severity: Severity,
        score: f64,
        now: Timestamp,
    ) -> Self {
        Self {
            id,
            stage_id,
            state: AlertState::ActiveUnack,
            severity,
            score,
            raised_at: now,
            cleared_at: None,
            acknowledged_at: None,
            acknowledged_by: None,
            last_reminded_at: None,
            history: vec![SeverityChange { severity, at: now }],
            version: 1,
        }
    }

    pub(in crate::domain::pipeline) fn with_severity(
        &self,
        severity: Severity,
        score: f64,
        now: Timestamp,
    ) -> Self {
        let mut next = self.next();
        (next.severity, next.score) = (severity, score);
        next.history.push(SeverityChange { severity, at: now });
        let forgotten = next.history.len().saturating_sub(HISTORY);
        next.history.drain(..forgotten);
        next
    }

    pub(in crate::domain::pipeline) fn cleared(&self, score: f64, now: Timestamp) -> Self {
        let mut next = self.next();
        next.state = self.state.cleared();
        next.score = score;
        next.cleared_at = Some(now);
        next
    }

    pub(in crate::domain::pipeline) fn acknowledged(&self, by: Actor, now: Timestamp) -> Self {
        let mut next = self.next();
        next.state = self.state.acknowledged();
        next.acknowledged_at = Some(now);
        next.acknowledged_by = Some(by);
        next
    }

    pub(in crate::domain::pipeline) fn reminded(&self, now: Timestamp) -> Self {
        let mut next = self.next();
        next.last_reminded_at = Some(now);
        next
    }

    fn next(&self) -> Self {
        Self {
            version: self.version + 1,
            ..self.clone()
        }
    }

    /// Active, acknowledged by nobody, and for so long without a word about it.
    pub fn is_to_be_reminded_of(&self, now: Timestamp, every: RemindEvery) -> bool {
        let spoken_of = self.history.last().map(|change| change.at);
        let last = spoken_of
            .max(self.last_reminded_at)
            .unwrap_or(self.raised_at);
        self.state == AlertState::ActiveUnack && now - last >= every.of(self.severity)
    }
}

/// How often people are reminded of an alert that nobody has acknowledged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RemindEvery {
    pub critical: TimeDelta,
    /// Of any other severity.
    pub other: TimeDelta,
}

impl Default for RemindEvery {
    fn default() -> Self {
        Self {
            critical: TimeDelta::hours(4),
            other: TimeDelta::hours(24),
        }
    }
}

impl RemindEvery {
    fn of(self, severity: Severity) -> TimeDelta {
        match severity {
            Severity::Critical => self.critical,
            Severity::Low | Severity::Medium | Severity::High => self.other,
        }
    }
}
