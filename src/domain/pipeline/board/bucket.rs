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
        let urgent = task.priority == Priority::Urgent || risk == DepartureRisk::High;
        let due = task.due_at.map(|due| due.timestamp_micros());
        self.choose(task.status == TaskStatus::Blocked, urgent, due)
    }

    /// `due` in microseconds since 1970.
    pub(super) fn choose(&self, blocked: bool, urgent: bool, due: Option<i64>) -> Bucket {
        let due_by = |instant: Timestamp| due.is_some_and(|due| due <= instant.timestamp_micros());
        if blocked {
            Bucket::Blocked
        } else if urgent || due_by(self.start) {
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::ids::{InstanceId, JamaahId, StageId, TaskId};
    use crate::domain::principal::RoleKey;

    fn task(status: TaskStatus, priority: Priority, due_at: Option<Timestamp>) -> Task {
        let id = uuid::Uuid::nil();
        Task {
            id: TaskId(id),
            jamaah_id: JamaahId(id),
            stage_id: StageId(id),
            instance_id: InstanceId(id),
            title: "Check".into(),
            role: RoleKey::new("visa-admin"),
            assignee: None,
            priority,
            status,
            required: true,
            due_at,
            overdue: false,
            blocked_reason: None,
            blocked_by_third_party: false,
            blocked_at: None,
            notes: None,
            started_at: None,
            completed_at: None,
            completed_by: None,
            version: 1,
            created_at: Timestamp::UNIX_EPOCH,
            updated_at: Timestamp::UNIX_EPOCH,
        }
    }

    fn due(instant: &str, zone: Zone) -> Bucket {
        let today = "2026-12-01".parse().unwrap();
        let task = task(
            TaskStatus::Pending,
            Priority::Normal,
            Some(instant.parse().unwrap()),
        );
        bucket(&task, DepartureRisk::Unknown, today, zone)
    }

    #[test]
    fn a_date_ends_at_24_00_in_the_tenants_zone() {
        for (zone, midnight) in [(Zone::WIB, 17), (Zone::WITA, 16), (Zone::WIT, 15)] {
            let at = |day: u32, micros: &str| {
                due(
                    &format!(
                        "2026-{:02}-{:02}T{midnight}:00:00{micros}Z",
                        day / 100,
                        day % 100
                    ),
                    zone,
                )
            };
            assert_eq!(
                at(1130, ""),
                Bucket::Urgent,
                "00:00 on the first is 24:00 of yesterday"
            );
            assert_eq!(at(1130, ".000001"), Bucket::Today);
            assert_eq!(at(1201, ""), Bucket::Today);
            assert_eq!(at(1201, ".000001"), Bucket::Upcoming);
            assert_eq!(at(1208, ""), Bucket::Upcoming, "24:00 of the eighth");
            assert_eq!(at(1208, ".000001"), Bucket::Later);
        }
    }

    #[test]
    fn midnight_in_utc_is_a_morning_in_indonesia() {
        for zone in [Zone::WIB, Zone::WITA, Zone::WIT] {
            assert_eq!(due("2026-12-01T00:00:00Z", zone), Bucket::Today);
            assert_eq!(due("2026-12-02T00:00:00Z", zone), Bucket::Upcoming);
            assert_eq!(due("2026-12-09T00:00:00Z", zone), Bucket::Later);
        }
    }

    #[test]
    fn blocked_comes_before_urgent_and_urgent_before_the_date() {
        let today: NaiveDate = "2026-12-01".parse().unwrap();
        let of =
            |status, priority, risk| bucket(&task(status, priority, None), risk, today, Zone::WIB);
        let (low, high) = (DepartureRisk::Low, DepartureRisk::High);
        assert_eq!(
            of(TaskStatus::Blocked, Priority::Urgent, high),
            Bucket::Blocked
        );
        assert_eq!(
            of(TaskStatus::Pending, Priority::Urgent, low),
            Bucket::Urgent
        );
        assert_eq!(of(TaskStatus::Pending, Priority::Low, high), Bucket::Urgent);
        assert_eq!(
            of(
                TaskStatus::InProgress,
                Priority::High,
                DepartureRisk::Medium
            ),
            Bucket::Later
        );
    }

    proptest! {
        /// The rule as it is written, by dates: exactly one bucket, whatever the zone.
        #[test]
        fn buckets_follow_the_dates(
            seconds in prop_oneof![
                -900_000i64..1_500_000,
                // whole hours, so that midnights of all zones come up
                (-250i64..420).prop_map(|hours| hours * 3600),
            ],
            micros in 0i64..2,
            undated in 0u8..10,
            status in 0usize..5,
            priority in 0usize..4,
            high in any::<bool>(),
            zone in 0usize..3,
        ) {
            let zone = [Zone::WIB, Zone::WITA, Zone::WIT][zone];
            let today: NaiveDate = "2026-12-01".parse().unwrap();
            let due_at = zone.start_of(today) + Duration::seconds(seconds) + Duration::microseconds(micros);
            let task = task(TaskStatus::ALL[status], Priority::ALL[priority], (undated > 0).then_some(due_at));
            let risk = if high { DepartureRisk::High } else { DepartureRisk::Medium };
            let due = task.due_at.map(|at| due_date(at, zone));
            if let Some((at, date)) = task.due_at.zip(due) {
                prop_assert!(zone.start_of(date) < at && at <= zone.end_of(date));
            }
            let rules = [
                (Bucket::Blocked, task.status == TaskStatus::Blocked),
                (Bucket::Urgent, due.is_some_and(|due| due < today) || task.priority == Priority::Urgent || high),
                (Bucket::Today, due == Some(today)),
                (Bucket::Upcoming, due.is_some_and(|due| due <= plus_days(today, 7))),
                (Bucket::Later, true),
            ];
            let first = rules.into_iter().find(|(_, holds)| *holds).map(|(bucket, _)| bucket);
            prop_assert_eq!(Some(bucket(&task, risk, today, zone)), first);
        }
    }
}
