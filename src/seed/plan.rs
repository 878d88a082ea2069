//! How one stage goes for one person: when its tasks are begun, held up and
//! completed. Drawn when the stage opens; whether it comes true is decided by
//! the rules.

use chrono::Duration;
use rand::RngExt;
use rand::seq::IndexedRandom;
use rand_chacha::ChaCha8Rng;

use super::chance::{days, log_normal, minutes};
use super::office::{Hours, clock};
use super::profile::{COMMENTS, HOLDUP_DAYS, HOLDUPS, Holdup, NOT_NEEDED, PRESSED, Profile};
use crate::domain::ids::TaskId;
use crate::domain::time::{Timestamp, Zone, plus_days};

/// One thing that is done to a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// A manager gives it to somebody of its role.
    Assign,
    Start,
    Block(&'static Holdup),
    Comment(&'static str),
    Unblock,
    Complete {
        notes: Option<&'static str>,
    },
}

/// A stage that has opened for a person.
#[derive(Clone, Debug)]
pub struct Opened {
    pub at: Timestamp,
    /// Until when it has to be hurried through, because the departure is near.
    pub hurried_by: Timestamp,
    /// The departure leaves less time for it than usual.
    pub pressed: bool,
    /// Its tasks, and whether each is required.
    pub tasks: Vec<(TaskId, bool)>,
}

pub type Planned = (Timestamp, TaskId, Step);

/// From three days before a departure everybody who is not ready is seen to,
/// stage after stage, so that they are on the plane.
pub fn hurried_by(
    departure: chrono::NaiveDate,
    place: usize,
    stages: usize,
    zone: Zone,
) -> Timestamp {
    // 14 hours on each of the three days, shared out among the stages
    let share = |minutes: usize| minutes * place / stages.max(1);
    let within = i64::try_from(share(3 * 14 * 60)).unwrap_or(0);
    let (day, minute) = (within / (14 * 60), within % (14 * 60));
    let first = plus_days(departure, -3);
    clock(first, 7, zone) + Duration::days(day) + Duration::minutes(minute)
}

/// What is done, each task's steps in the order of time.
pub fn plan(opened: &Opened, profile: &Profile, zone: Zone, rng: &mut ChaCha8Rng) -> Vec<Planned> {
    let pace = if opened.pressed { PRESSED } else { 1.0 };
    let drawn = days(log_normal(rng, profile.median_days, profile.sigma));
    let work = part(drawn, pace);
    let holdup =
        holdup(work, profile, rng).map(|(after, length, why)| (after, part(length, pace), why));
    let planned_end = opened.at
        + work
        + holdup
            .as_ref()
            .map_or(Duration::zero(), |(_, length, _)| *length);
    let hurried = planned_end > opened.hurried_by;
    let hours = if hurried { Hours::Rush } else { Hours::Office };
    let end = if hurried {
        planned_end
            .min(opened.hurried_by)
            .max(opened.at + minutes(rng, 30, 60))
    } else {
        planned_end
    };
    let busy = work.min(end - opened.at);
    let mut out = Steps {
        zone,
        hours,
        planned: Vec::new(),
    };
    // the last required task is the one that takes as long as the stage does
    let closing = opened.tasks.iter().rposition(|(_, required)| *required);
    for (place, (task, required)) in opened.tasks.iter().enumerate() {
        if Some(place) == closing {
            let holdup = holdup.filter(|(after, ..)| opened.at + *after + Duration::hours(4) < end);
            out.close(*task, opened.at, busy, end, holdup, rng);
        } else {
            out.side(*task, *required, opened.at, busy, rng);
        }
    }
    out.planned
}

/// After how long work stands still, for how long, and why.
type Standstill = (Duration, Duration, &'static Holdup);

fn holdup(work: Duration, profile: &Profile, rng: &mut ChaCha8Rng) -> Option<Standstill> {
    if !rng.random_ratio(HOLDUPS, 100) {
        return None;
    }
    let after = part(work, rng.random_range(0.1..0.9));
    let length = days(rng.random_range(HOLDUP_DAYS.0..HOLDUP_DAYS.1));
    Some((after, length, profile.holdups.choose(rng)?))
}

fn part(of: Duration, share: f64) -> Duration {
    days(of.as_seconds_f64() * share / 86_400.0)
}

struct Steps {
    zone: Zone,
    hours: Hours,
    planned: Vec<Planned>,
}

impl Steps {
    /// A task beside the one that decides how long the stage takes.
    fn side(
        &mut self,
        task: TaskId,
        required: bool,
        from: Timestamp,
        busy: Duration,
        rng: &mut ChaCha8Rng,
    ) {
        let end = from + part(busy, rng.random_range(0.15..0.95));
        let mut after = from;
        if rng.random_bool(0.5) {
            let start = from + part(end - from, rng.random_range(0.2..0.8));
            after = self.add(task, start, after, Step::Start, rng);
        }
        let notes = (!required && rng.random_bool(0.5)).then_some(NOT_NEEDED);
        self.add(task, end, after, Step::Complete { notes }, rng);
    }

    fn close(
        &mut self,
        task: TaskId,
        from: Timestamp,
        busy: Duration,
        end: Timestamp,
        holdup: Option<Standstill>,
        rng: &mut ChaCha8Rng,
    ) {
        let start = from + part(busy, rng.random_range(0.05..0.4));
        let mut after = from;
        if rng.random_bool(0.25) {
            after = self.add(task, start, after, Step::Assign, rng);
        }
        after = self.add(task, start, after, Step::Start, rng);
        if let Some((stands, length, why)) = holdup {
            after = self.add(task, from + stands, after, Step::Block(why), rng);
            let ends = (after + length).min(end - Duration::minutes(90));
            if rng.random_bool(0.6) {
                let said = COMMENTS.choose(rng).copied().unwrap_or_default();
                let at = after + part(ends - after, rng.random_range(0.1..0.6));
                after = self.add(task, at, after, Step::Comment(said), rng);
            }
            after = self.add(task, ends, after, Step::Unblock, rng);
        }
        self.add(task, end, after, Step::Complete { notes: None }, rng);
    }

    /// At an hour at which somebody works, and some minutes after the step before.
    fn add(
        &mut self,
        task: TaskId,
        at: Timestamp,
        after: Timestamp,
        step: Step,
        rng: &mut ChaCha8Rng,
    ) -> Timestamp {
        let at = at.max(after + minutes(rng, 1, 8));
        let at = self.hours.next(at, self.zone, rng);
        self.planned.push((at, task, step));
        at
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use crate::seed::chance::{Chance, Topic};

    const PROFILE: Profile = Profile {
        median_days: 4.0,
        sigma: 0.75,
        holdups: &[Holdup {
            reason: "antrean",
            third_party: true,
        }],
    };

    fn opened(hurried_by: &str) -> Opened {
        Opened {
            at: "2026-11-20T17:00:00Z".parse().unwrap(),
            hurried_by: hurried_by.parse().unwrap(),
            pressed: false,
            tasks: (0..3)
                .map(|n| (TaskId(uuid::Uuid::from_u128(n)), n != 1))
                .collect(),
        }
    }

    fn plans(opened: &Opened) -> impl Iterator<Item = Vec<Planned>> {
        let chance = Chance::new(42, "t");
        (0..3_000).map(move |n| {
            plan(
                opened,
                &PROFILE,
                Zone::WIB,
                &mut chance.of(Topic::Stage(n, 0)),
            )
        })
    }

    #[test]
    fn every_task_is_completed_once_and_last_of_all() {
        let opened = opened("2027-03-01T00:00:00Z");
        let mut held_up = 0;
        for steps in plans(&opened) {
            let mut last: HashMap<TaskId, (Timestamp, Step)> = HashMap::new();
            for (at, task, step) in &steps {
                assert!(*at > opened.at);
                held_up += i32::from(matches!(step, Step::Block(_)));
                if let Some((before, step)) = last.insert(*task, (*at, *step)) {
                    assert!(
                        before < *at && !matches!(step, Step::Complete { .. }),
                        "{steps:?}"
                    );
                }
            }
            assert_eq!(last.len(), 3);
            assert!(
                last.values()
                    .all(|(_, step)| matches!(step, Step::Complete { .. }))
            );
        }
        assert!(
            (60..120).contains(&held_up),
            "3 % of 3000 are held up: {held_up}"
        );
    }

    #[test]
    fn a_stage_is_hurried_through_before_a_departure() {
        let by = "2026-11-23T02:00:00Z";
        for steps in plans(&opened(by)) {
            let end = steps.iter().map(|(at, ..)| *at).max().unwrap();
            assert!(
                end < by.parse::<Timestamp>().unwrap() + Duration::hours(1),
                "{steps:?}"
            );
        }
    }

    #[test]
    fn stages_are_hurried_through_one_after_another_until_the_evening_before() {
        let departure = "2026-12-10".parse().unwrap();
        let by: Vec<_> = (0..10)
            .map(|place| hurried_by(departure, place, 10, Zone::WIB))
            .collect();
        assert!(by.is_sorted());
        assert_eq!(by[0].to_rfc3339(), "2026-12-07T00:00:00+00:00");
        assert!(Zone::WIB.date_of(by[9]) < departure, "{}", by[9]);
    }
}
