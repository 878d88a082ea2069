//! Instants are UTC, dates are dates, and a date ends at 24:00 in the tenant's
//! zone (WIB, WITA or WIT for most). This is the only place that converts.

use chrono::{DateTime, Datelike, Days, Duration, NaiveDate, NaiveTime, TimeZone, Utc, Weekday};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

pub type Timestamp = DateTime<Utc>;

/// A tenant's time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Zone(pub Tz);

impl Zone {
    pub const WIB: Self = Self(Tz::Asia__Jakarta);
    pub const WITA: Self = Self(Tz::Asia__Makassar);
    pub const WIT: Self = Self(Tz::Asia__Jayapura);

    /// The calendar date that `instant` falls on here.
    pub fn date_of(self, instant: Timestamp) -> NaiveDate {
        instant.with_timezone(&self.0).date_naive()
    }

    /// The first instant of `date` here. Where the clock jumps over midnight,
    /// the first instant that exists.
    pub fn start_of(self, date: NaiveDate) -> Timestamp {
        let midnight = date.and_time(NaiveTime::MIN);
        let local = self
            .0
            .from_local_datetime(&midnight)
            .earliest()
            .or_else(|| {
                self.0
                    .from_local_datetime(&(midnight + Duration::hours(1)))
                    .earliest()
            });
        local.map_or_else(|| midnight.and_utc(), |local| local.with_timezone(&Utc))
    }

    /// 24:00 of `date` here: the instant from which that date is past.
    pub fn end_of(self, date: NaiveDate) -> Timestamp {
        self.start_of(plus_days(date, 1))
    }
}

/// How a stage counts the days of its SLA.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SlaCalendar {
    /// Every day counts.
    #[default]
    Calendar,
    /// Saturday and Sunday do not count.
    Working,
    /// Friday and Saturday do not count, as in Saudi offices.
    WorkingSaudi,
}

impl SlaCalendar {
    pub fn counts(self, date: NaiveDate) -> bool {
        match self {
            Self::Calendar => true,
            Self::Working => !matches!(date.weekday(), Weekday::Sat | Weekday::Sun),
            Self::WorkingSaudi => !matches!(date.weekday(), Weekday::Fri | Weekday::Sat),
        }
    }

    /// The date on which `days` counted days after `start` have passed.
    pub fn add(self, start: NaiveDate, days: i32) -> NaiveDate {
        if self == Self::Calendar {
            return plus_days(start, days);
        }
        let mut date = start;
        let mut left = days;
        while left > 0 {
            date = plus_days(date, 1);
            if self.counts(date) {
                left -= 1;
            }
        }
        date
    }
}

/// `date` moved by a number of days, either way; stays put at the ends of the calendar.
pub fn plus_days(date: NaiveDate, days: i32) -> NaiveDate {
    let moved = if days >= 0 {
        date.checked_add_days(Days::new(u64::from(days.unsigned_abs())))
    } else {
        date.checked_sub_days(Days::new(u64::from(days.unsigned_abs())))
    };
    moved.unwrap_or(date)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_date_ends_at_midnight_of_the_tenants_zone() {
        let day = date("2026-12-01");
        assert_eq!(
            Zone::WIB.end_of(day).to_rfc3339(),
            "2026-12-01T17:00:00+00:00"
        );
        assert_eq!(
            Zone::WITA.end_of(day).to_rfc3339(),
            "2026-12-01T16:00:00+00:00"
        );
        assert_eq!(
            Zone::WIT.end_of(day).to_rfc3339(),
            "2026-12-01T15:00:00+00:00"
        );
    }

    #[test]
    fn utc_midnight_is_already_morning_in_indonesia() {
        let instant = Utc.with_ymd_and_hms(2026, 12, 1, 0, 0, 0).unwrap();
        assert_eq!(Zone::WIB.date_of(instant), date("2026-12-01"));
        let before = instant - Duration::seconds(1);
        assert_eq!(Zone::WIB.date_of(before), date("2026-12-01"));
        let evening = Utc.with_ymd_and_hms(2026, 11, 30, 16, 59, 59).unwrap();
        assert_eq!(Zone::WIB.date_of(evening), date("2026-11-30"));
        assert_eq!(Zone::WITA.date_of(evening), date("2026-12-01"));
    }

    #[test]
    fn working_days_skip_the_weekend_of_the_office() {
        let friday = date("2026-11-27");
        assert_eq!(SlaCalendar::Working.add(friday, 1), date("2026-11-30"));
        assert_eq!(SlaCalendar::WorkingSaudi.add(friday, 1), date("2026-11-29"));
        assert_eq!(SlaCalendar::Calendar.add(friday, 1), date("2026-11-28"));
    }
}
