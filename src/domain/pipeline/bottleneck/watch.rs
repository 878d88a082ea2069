//! Keeps alerts from flapping: a level is raised to what the last two
//! evaluations agree on at least, and lowered to what the last four agree on
//! at most, where an evaluation only counts as lower when it would be so with
//! five points more ([`MARGIN`]).
//!
//! What was seen is kept by whoever watches, not in the log: after a restart
//! the evaluations are counted anew.

use std::collections::{BTreeMap, VecDeque};

use super::severity::Severity;
use crate::domain::ids::{BottleneckAlertId, StageId};
use crate::domain::pipeline::state::State;
use crate::domain::pipeline::view::View;
use crate::domain::time::Timestamp;

use super::alert::RemindEvery;

/// Evaluations in a row that raise a level.
pub const RAISE_AFTER: usize = 2;
/// Evaluations in a row that lower it.
pub const LOWER_AFTER: usize = 4;
/// Points of the score.
pub const MARGIN: f64 = 5.0;

/// One evaluation of one stage. `None` is no bottleneck.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Reading {
    pub severity: Option<Severity>,
    /// The severity with [`MARGIN`] points more: never lower than `severity`.
    pub held: Option<Severity>,
    pub score: f64,
}

/// The last evaluations of one stage.
#[derive(Clone, Debug, Default)]
pub struct Streak(VecDeque<Reading>);

impl Streak {
    pub fn push(&mut self, reading: Reading) {
        if self.0.len() == LOWER_AFTER {
            self.0.pop_front();
        }
        self.0.push_back(reading);
    }

    /// The level that follows from what was seen; `None` is no alert.
    pub fn level(&self, current: Option<Severity>) -> Option<Severity> {
        let newest = |many: usize| (self.0.len() >= many).then(|| self.0.iter().rev().take(many));
        let agreed = newest(RAISE_AFTER)
            .and_then(|last| last.map(|reading| reading.severity).min())
            .flatten();
        if agreed > current {
            return agreed;
        }
        let at_most = newest(LOWER_AFTER).and_then(|last| last.map(|reading| reading.held).max());
        at_most.map_or(current, |at_most| at_most.min(current))
    }
}

/// A level that is to be another. Holds only as long as the level is `from`,
/// so that of several nodes that want the same one gets it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ruling {
    pub stage_id: StageId,
    pub from: Option<Severity>,
    pub to: Option<Severity>,
    pub score: f64,
}

/// People are to be reminded of an alert as it was in this version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reminder {
    pub id: BottleneckAlertId,
    pub version: i32,
}

/// What was seen of all stages of a tenant.
#[derive(Clone, Debug, Default)]
pub struct Watch(BTreeMap<StageId, Streak>);

impl Watch {
    /// Evaluates every stage once, and says whose level is to be another.
    pub fn evaluate(&mut self, view: &View, now: Timestamp) -> Vec<Ruling> {
        let mut readings = view.readings(now);
        let mut rulings = Vec::new();
        for stage in view.state.stages() {
            let reading = readings.remove(&stage.id).unwrap_or_default();
            let streak = self.0.entry(stage.id).or_default();
            streak.push(reading);
            let from = level(&view.state, stage.id);
            let to = streak.level(from);
            if to != from {
                rulings.push(Ruling {
                    stage_id: stage.id,
                    from,
                    to,
                    score: reading.score,
                });
            }
        }
        rulings
    }
}

/// The severity of a stage's active alert.
pub fn level(state: &State, stage: StageId) -> Option<Severity> {
    state.active_alert(stage).map(|alert| alert.severity)
}

/// Alerts that people are to be reminded of now.
pub fn reminders(state: &State, now: Timestamp, every: RemindEvery) -> Vec<Reminder> {
    let mut due: Vec<_> = state
        .alerts()
        .filter(|alert| alert.is_to_be_reminded_of(now, every))
        .map(|alert| Reminder {
            id: alert.id,
            version: alert.version,
        })
        .collect();
    due.sort_unstable_by_key(|reminder| reminder.id);
    due
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const LEVELS: [Option<Severity>; 5] = [
        None,
        Some(Severity::Low),
        Some(Severity::Medium),
        Some(Severity::High),
        Some(Severity::Critical),
    ];

    /// An evaluation that finds this, and a step more with the margin.
    fn reading(level: usize, margin: usize) -> Reading {
        Reading {
            severity: LEVELS[level],
            held: LEVELS[(level + margin).min(4)],
            score: 0.0,
        }
    }

    /// The level after each evaluation.
    fn levels(readings: &[Reading]) -> Vec<Option<Severity>> {
        let (mut streak, mut level) = (Streak::default(), None);
        let follow = |reading: &Reading| {
            streak.push(*reading);
            level = streak.level(level);
            level
        };
        readings.iter().map(follow).collect()
    }

    fn flat(found: &[usize]) -> Vec<Option<Severity>> {
        let readings: Vec<_> = found.iter().map(|level| reading(*level, 0)).collect();
        levels(&readings)
    }

    #[test]
    fn two_in_a_row_raise_and_four_in_a_row_clear() {
        let (none, high) = (None, LEVELS[3]);
        assert_eq!(flat(&[3, 0, 3, 3]), [none, none, none, high]);
        assert_eq!(
            flat(&[3, 3, 0, 0, 0, 3, 0, 0, 0, 0]),
            [none, high, high, high, high, high, high, high, high, none]
        );
    }

    #[test]
    fn a_level_goes_to_what_all_agree_on() {
        assert_eq!(flat(&[1, 4])[1], LEVELS[1]);
        assert_eq!(flat(&[4, 4, 0, 2, 1, 0]).last(), Some(&LEVELS[2]));
    }

    #[test]
    fn just_below_is_not_below() {
        let mut readings = vec![reading(3, 0); 2];
        readings.extend([reading(2, 1); 20]);
        assert_eq!(levels(&readings).last(), Some(&LEVELS[3]));
    }

    proptest! {
        #[test]
        fn no_sequence_raises_or_lowers_early_or_late(
            found in prop::collection::vec((0..5_usize, 0..3_usize), 1..60),
        ) {
            let readings: Vec<_> = found.iter().map(|(level, margin)| reading(*level, *margin)).collect();
            let after = levels(&readings);
            let mut before = None;
            for (at, level) in after.into_iter().enumerate() {
                let last = |many: usize| (at + 1 >= many).then(|| &readings[at + 1 - many..=at]);
                let two = last(2).and_then(|two| two.iter().map(|r| r.severity).min()).flatten();
                let four = last(4).map(|four| four.iter().map(|r| r.held).max().unwrap());
                if level > before {
                    prop_assert_eq!(level, two);
                } else if level < before {
                    prop_assert_eq!(Some(level), four);
                } else {
                    prop_assert!(two <= level, "not raised in time");
                    prop_assert!(four.is_none_or(|four| four >= level), "not lowered in time");
                }
                before = level;
            }
        }

        /// Whatever comes and goes at every other evaluation is never told.
        #[test]
        fn what_flaps_is_not_raised(found in prop::collection::vec(1..5_usize, 1..40)) {
            let found: Vec<_> = found.into_iter().flat_map(|level| [level, 0]).collect();
            prop_assert!(flat(&found).iter().all(Option::is_none));
        }

        #[test]
        fn what_flaps_is_not_cleared(found in prop::collection::vec((1..5_usize, 1..4_usize), 1..20)) {
            let mut all = vec![4, 4];
            for (level, zeros) in found {
                all.extend(std::iter::repeat_n(0, zeros));
                all.push(level);
            }
            prop_assert!(flat(&all)[1..].iter().all(Option::is_some));
        }
    }
}
