//! When groups are put on sale and people register for them.

use chrono::Duration;
use rand::RngExt;

use crate::domain::ids::DepartureId;
use crate::domain::time::{Timestamp, Zone, plus_days};
use crate::seed::calendar::{self, Group};
use crate::seed::chance::{Chance, Topic, days, log_normal, minutes};
use crate::seed::office::{Hours, clock};

/// Between registration and departure, in days.
const LEAD_MEDIAN_DAYS: f64 = 54.0;
const LEAD_SIGMA: f64 = 0.35;
/// Who would register later than now has done so in the last days instead.
const EARLY_WITHIN_DAYS: f64 = 19.0;

/// A group and what becomes of it.
#[derive(Clone, Debug)]
pub struct Booking {
    pub group: Group,
    pub opened_at: Timestamp,
    /// Numbers its people from here on.
    pub first: u32,
    pub registered_at: Vec<Timestamp>,
    /// When it is marked as departed.
    pub departs_at: Timestamp,
    /// Once it is open.
    pub departure_id: Option<DepartureId>,
}

/// All groups, with everybody registered before `now`.
pub fn book(jamaah: u32, chance: &Chance, zone: Zone, now: Timestamp) -> Vec<Booking> {
    let groups = calendar::departures(jamaah, zone.date_of(now), &mut chance.of(Topic::Calendar));
    let mut first = 0;
    let mut bookings = Vec::with_capacity(groups.len());
    for (number, group) in (0..).zip(groups) {
        let registered_at: Vec<_> = (first..first + group.people)
            .map(|person| registered_at(person, &group, chance, zone, now))
            .collect();
        let rng = &mut chance.of(Topic::Departure(number));
        let earliest = registered_at.iter().min().copied().unwrap_or(now);
        let opened_at = earliest - Duration::days(rng.random_range(5..15));
        let booking = Booking {
            opened_at: Hours::Office
                .next(opened_at, zone, rng)
                .min(earliest - Duration::hours(1)),
            departs_at: clock(group.date, 13, zone) + minutes(rng, 0, 6 * 60),
            first,
            registered_at,
            departure_id: None,
            group,
        };
        first += booking.group.people;
        bookings.push(booking);
    }
    bookings
}

/// People come, or their agents send them, between 8 and 20 on any day.
fn registered_at(
    person: u32,
    group: &Group,
    chance: &Chance,
    zone: Zone,
    now: Timestamp,
) -> Timestamp {
    let rng = &mut chance.of(Topic::Registration(person));
    let lead = days(log_normal(rng, LEAD_MEDIAN_DAYS, LEAD_SIGMA));
    let early = days(rng.random_range(0.0..EARLY_WITHIN_DAYS));
    let drawn = clock(group.date, 12, zone) - lead;
    let date = zone.date_of(if drawn < now { drawn } else { now - early });
    let hour = minutes(rng, 0, 12 * 60);
    let at = clock(date, 8, zone) + hour;
    if at < now {
        at
    } else {
        clock(plus_days(date, -1), 8, zone) + hour
    }
}
