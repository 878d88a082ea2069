//! The season's departures: how many, how large, when, with which package.
//!
//! For 2,000 jamaah 45 groups of 38 to 51, 11 of them gone. A larger agency
//! sends more groups over the same months, a smaller one smaller groups, so
//! that the season has the same shape at every size. The gaps are chosen so
//! that the statuses come out as in a season that has been counted.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;
use rand::RngExt;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use crate::domain::time::plus_days;

/// A departure and how many travel on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    pub code: Arc<str>,
    pub date: NaiveDate,
    pub package: Arc<str>,
    pub people: u32,
}

/// Packages and their share of the groups in percent.
const PACKAGES: [(&str, u32); 4] = [
    ("Reguler 9 Hari", 40),
    ("VIP 12 Hari", 30),
    ("Plus Turki 14 Hari", 20),
    ("Plus Dubai 16 Hari", 10),
];

/// Mean size of a full group: one coach.
const COACH: f64 = 44.45;
/// Where an agency is too small to fill so many coaches, it sends so many smaller groups.
const FEWEST: f64 = 15.0;
/// Sizes lie within this share of their mean: 38 to 51 for full coaches.
const SPREAD: f64 = 0.148;

/// Of 45 groups so many are gone and so many are to come.
const PAST: f64 = 11.0;
const FUTURE: f64 = 34.0;

/// Days between departures, of 34 to come: until when, and how many apart.
const GAPS: [(f64, f64); 3] = [(25.0, 4.8), (55.0, 5.5), (f64::INFINITY, 5.6)];
/// The first one to come, in days from today.
const FIRST: f64 = 4.0;
/// The last one gone, and the gap before it.
const LAST_GONE: f64 = 2.0;
const GAP_GONE: f64 = 2.2;

/// The groups in the order of their dates.
pub fn departures(jamaah: u32, today: NaiveDate, rng: &mut ChaCha8Rng) -> Vec<Group> {
    let sizes = sizes(jamaah, rng);
    let count = u32::try_from(sizes.len()).unwrap_or(u32::MAX);
    let gone = whole(f64::from(count) * PAST / (PAST + FUTURE));
    let mut packages = packages(count);
    packages.shuffle(rng);
    let mut letters: BTreeMap<NaiveDate, usize> = BTreeMap::new();
    let mut groups = Vec::with_capacity(sizes.len());
    for ((place, people), package) in (0..count).zip(sizes).zip(packages) {
        let date = plus_days(today, day(place, gone, count));
        let nth = letters.entry(date).or_default();
        let code = format!("UMR-{}-{}", date.format("%y%m%d"), letter(*nth)).into();
        *nth += 1;
        groups.push(Group {
            code,
            date,
            package,
            people,
        });
    }
    groups
}

fn sizes(jamaah: u32, rng: &mut ChaCha8Rng) -> Vec<u32> {
    let total = f64::from(jamaah);
    let count = whole((total / COACH).max(FEWEST.min(total / 4.0)).max(1.0));
    let mean = total / f64::from(count);
    let (low, high) = (whole(mean * (1.0 - SPREAD)), whole(mean * (1.0 + SPREAD)));
    let mut sizes: Vec<u32> = (0..count).map(|_| rng.random_range(low..=high)).collect();
    let mut sum: u32 = sizes.iter().sum();
    // seats are given and taken, one at a time, until everybody has one
    while sum != jamaah {
        let before = sum;
        for size in &mut sizes {
            if sum < jamaah && *size < high {
                *size += 1;
                sum += 1;
            } else if sum > jamaah && *size > low {
                *size -= 1;
                sum -= 1;
            }
        }
        if sum == before {
            // only where rounding leaves no room
            if let Some(last) = sizes.last_mut() {
                *last = (*last + jamaah).saturating_sub(sum);
            }
            break;
        }
    }
    sizes
}

/// Days from today of the group at a place in the season.
fn day(place: u32, gone: u32, count: u32) -> i32 {
    // the place it would have among 45 groups
    let scaled =
        |nth: u32, of: u32, full: f64| (f64::from(nth) + 0.5) * full / f64::from(of.max(1)) - 0.5;
    match place.checked_sub(gone) {
        Some(nth) => {
            let mut left = scaled(nth, count - gone, FUTURE);
            let mut day = FIRST;
            for (until, gap) in GAPS {
                let room = (until - day) / gap;
                if left <= room {
                    day += left * gap;
                    break;
                }
                day = until;
                left -= room;
            }
            signed(day.max(1.0))
        }
        None => {
            let before = scaled(gone - 1 - place, gone, PAST);
            -signed((LAST_GONE + before * GAP_GONE).max(1.0))
        }
    }
}

fn packages(count: u32) -> Vec<Arc<str>> {
    let names = PACKAGES.map(|(name, share)| (Arc::<str>::from(name), share));
    let mut packages = Vec::new();
    let mut shares = 0;
    for (name, share) in names {
        shares += share;
        let until = usize::try_from((count * shares).div_ceil(100)).unwrap_or_default();
        packages.resize(until.max(packages.len()), name);
    }
    packages
}

/// A, B, … Z, AA, AB, …
fn letter(nth: usize) -> String {
    let last = u8::try_from(nth % 26).map_or('A', |place| char::from(b'A' + place));
    match nth / 26 {
        0 => last.to_string(),
        more => letter(more - 1) + &last.to_string(),
    }
}

fn whole(number: f64) -> u32 {
    u32::try_from(signed(number)).unwrap_or(0)
}

#[expect(
    clippy::as_conversions,
    reason = "a cast from float saturates, and these are a few thousand at most"
)]
fn signed(number: f64) -> i32 {
    number.round() as i32
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;

    fn season(jamaah: u32, seed: u64) -> Vec<Group> {
        departures(jamaah, today(), &mut ChaCha8Rng::seed_from_u64(seed))
    }

    fn today() -> NaiveDate {
        "2026-11-22".parse().unwrap()
    }

    #[test]
    fn a_season_of_two_thousand_has_45_groups_of_one_coach() {
        for seed in 0..20 {
            let groups = season(2_000, seed);
            assert_eq!(groups.len(), 45);
            assert_eq!(
                groups.iter().filter(|group| group.date < today()).count(),
                11
            );
            assert!(groups.iter().all(|group| (38..=51).contains(&group.people)));
            assert_eq!(groups.iter().map(|group| group.people).sum::<u32>(), 2_000);
            let reguler = groups
                .iter()
                .filter(|group| &*group.package == "Reguler 9 Hari")
                .count();
            assert_eq!(reguler, 18);
        }
    }

    #[test]
    fn every_size_is_seated_and_no_code_is_used_twice() {
        for jamaah in [1, 2, 3, 13, 59, 200, 666, 700, 10_000, 100_000] {
            let groups = season(jamaah, 42);
            assert_eq!(groups.iter().map(|group| group.people).sum::<u32>(), jamaah);
            assert!(groups.is_sorted_by_key(|group| group.date));
            let mut codes: Vec<_> = groups.iter().map(|group| group.code.clone()).collect();
            codes.sort();
            codes.dedup();
            assert_eq!(codes.len(), groups.len());
            assert!(
                groups
                    .iter()
                    .all(|group| group.date != today() && group.people > 0)
            );
        }
    }

    #[test]
    fn letters_go_on_after_z() {
        assert_eq!(
            [0, 25, 26, 51, 52].map(letter),
            ["A", "Z", "AA", "AZ", "BA"]
        );
    }
}
