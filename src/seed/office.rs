//! When an agency works: 08:00–17:00, on Sundays until noon; in the last days
//! before a departure from 07:00 to 21:00, every day.

use chrono::{Datelike, Duration, NaiveDate, Timelike, Weekday};
use rand_chacha::ChaCha8Rng;

use super::chance::minutes;
use crate::domain::time::{Timestamp, Zone, plus_days};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hours {
    Office,
    /// A departure is near.
    Rush,
}

impl Hours {
    fn opens(self) -> u32 {
        match self {
            Self::Office => 8,
            Self::Rush => 7,
        }
    }

    fn closes(self, date: NaiveDate) -> u32 {
        match self {
            Self::Office if date.weekday() == Weekday::Sun => 12,
            Self::Office => 17,
            Self::Rush => 21,
        }
    }

    /// `at` if somebody is there, else some time after they come back.
    pub fn next(self, at: Timestamp, zone: Zone, rng: &mut ChaCha8Rng) -> Timestamp {
        let hour = at.with_timezone(&zone.0).hour();
        let mut date = zone.date_of(at);
        let closes = self.closes(date);
        if (self.opens()..closes).contains(&hour) {
            return at;
        }
        if hour >= closes {
            date = plus_days(date, 1);
        }
        clock(date, self.opens(), zone) + minutes(rng, 0, 90)
    }
}

/// A full hour of a date.
pub fn clock(date: NaiveDate, hour: u32, zone: Zone) -> Timestamp {
    zone.start_of(date) + Duration::hours(i64::from(hour))
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn next(hours: Hours, text: &str) -> Timestamp {
        hours.next(at(text), Zone::WIB, &mut ChaCha8Rng::seed_from_u64(1))
    }

    #[test]
    fn within_hours_nothing_is_put_off() {
        // 16:59 in Jakarta, a Saturday
        assert_eq!(
            next(Hours::Office, "2026-11-21T09:59:00Z"),
            at("2026-11-21T09:59:00Z")
        );
    }

    #[test]
    fn a_sunday_afternoon_waits_for_monday_unless_a_departure_is_near() {
        assert_eq!(
            next(Hours::Office, "2026-11-22T04:59:00Z"),
            at("2026-11-22T04:59:00Z")
        );
        let afternoon = "2026-11-22T05:00:00Z";
        let monday = next(Hours::Office, afternoon);
        assert!(
            monday >= at("2026-11-23T01:00:00Z") && monday <= at("2026-11-23T02:30:00Z"),
            "{monday}"
        );
        assert_eq!(next(Hours::Rush, afternoon), at(afternoon));
    }

    #[test]
    fn the_small_hours_wait_for_the_same_morning() {
        let morning = next(Hours::Office, "2026-11-22T19:00:00Z");
        assert!(
            morning >= at("2026-11-23T01:00:00Z") && morning <= at("2026-11-23T02:30:00Z"),
            "{morning}"
        );
    }
}
