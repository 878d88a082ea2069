//! What came into a stage and left it, per local day.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::counts::add;

/// One day of a stage. Starts are seconds since 1970, added up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DayFlow {
    /// Passages that became active.
    pub arrivals: u32,
    /// Passages that were completed; skipped ones are not.
    pub completions: u32,
    /// Completions that had a due instant.
    pub judged: u32,
    /// Completions at or before it.
    pub in_time: u32,
    /// Passages that ended, however: completed, skipped, or the jamaah's end.
    pub left: u32,
    /// When those that became active on this day did.
    pub arrived_starts: i64,
    /// When those that ended on this day had become active.
    pub left_starts: i64,
}

impl DayFlow {
    pub fn arrive(&mut self, start: i64, by: i32) {
        add(&mut self.arrivals, by);
        self.arrived_starts += start * i64::from(by);
    }

    pub fn leave(&mut self, start: i64, by: i32) {
        add(&mut self.left, by);
        self.left_starts += start * i64::from(by);
    }

    pub fn complete(&mut self, in_time: Option<bool>, by: i32) {
        add(&mut self.completions, by);
        if let Some(in_time) = in_time {
            add(&mut self.judged, by);
            if in_time {
                add(&mut self.in_time, by);
            }
        }
    }
}

impl std::ops::Add for DayFlow {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            arrivals: self.arrivals + other.arrivals,
            completions: self.completions + other.completions,
            judged: self.judged + other.judged,
            in_time: self.in_time + other.in_time,
            left: self.left + other.left,
            arrived_starts: self.arrived_starts + other.arrived_starts,
            left_starts: self.left_starts + other.left_starts,
        }
    }
}

/// Days on which something happened.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Flow {
    days: BTreeMap<NaiveDate, DayFlow>,
}

impl Flow {
    pub fn change(&mut self, date: NaiveDate, change: impl FnOnce(&mut DayFlow)) {
        let day = self.days.entry(date).or_default();
        change(day);
        if *day == DayFlow::default() {
            self.days.remove(&date);
        }
    }

    pub fn forget_before(&mut self, date: NaiveDate) {
        self.days = self.days.split_off(&date);
    }

    pub fn on(&self, date: NaiveDate) -> DayFlow {
        self.days.get(&date).copied().unwrap_or_default()
    }

    /// All that happened from one date to another, both included.
    pub fn between(&self, from: NaiveDate, to: NaiveDate) -> DayFlow {
        if from > to {
            return DayFlow::default();
        }
        self.days
            .range(from..=to)
            .fold(DayFlow::default(), |sum, (_, day)| sum + *day)
    }
}
