//! In which column of the board a task stands: the first of these that holds.
//!
//! 1. `blocked`: its status is blocked.
//! 2. `urgent`: due before today, or of priority urgent, or its jamaah's
//!    departure risk is high.
//! 3. `today`: due today.
//! 4. `upcoming`: due within seven days.
//! 5. `later`: all others, those without a due date too.
//!
//! A date ends at 24:00 in the tenant's zone: what is due at exactly local
//! midnight is due on the date that ends there.

use chrono::{Duration, NaiveDate};

use crate::domain::pipeline::jamaah::DepartureRisk;
use crate::domain::pipeline::task::{Bucket, Priority, Task, TaskStatus};
use crate::domain::time::{Timestamp, Zone, plus_days};

/// How far `upcoming` reaches.
pub const UPCOMING_DAYS: i32 = 7;

/// The bucket of a task whose jamaah has this departure risk, on the date
/// `today` in the tenant's zone.
pub fn bucket(task: &Task, risk: DepartureRisk, today: NaiveDate, zone: Zone) -> Bucket {
    Day::new(today, zone).bucket(task, risk)
}

/// The date that a due instant belongs to.
pub fn due_date(due_at: Timestamp, zone: Zone) -> NaiveDate {
    zone.date_of(due_at - Duration::nanoseconds(1))
}

/// The instants at which buckets end on one date, found once for many tasks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day {
    pub date: NaiveDate,
    pub start: Timestamp,
    pub end: Timestamp,
    pub upcoming_end: Timestamp,
}

impl Day {
    pub fn new(date: NaiveDate, zone: Zone) -> Self {
        Self {
            date,
            start: zone.start_of(date),
            end: zone.end_of(date),
            upcoming_end: zone.end_of(plus_days(date, UPCOMING_DAYS)),
        }
    }

    pub fn bucket(&self, task: &Task, risk: DepartureRisk) -> Bucket {
        let due_by = |instant: Timestamp| task.due_at.is_some_and(|due| due <= instant);
        if task.status == TaskStatus::Blocked {
            Bucket::Blocked
        } else if due_by(self.start)
            || task.priority == Priority::Urgent
            || risk == DepartureRisk::High
        {
            Bucket::Urgent
        } else if due_by(self.end) {
            Bucket::Today
        } else if due_by(self.upcoming_end) {
            Bucket::Upcoming
        } else {
            Bucket::Later
        }
    }
}
