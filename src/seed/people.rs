//! Who travels: names, passports, ages and telephone numbers that look like
//! those of Indonesian pilgrims and belong to nobody.

pub mod names;

use std::sync::Arc;

use chrono::{Datelike, NaiveDate};
use rand::RngExt;
use rand::seq::IndexedRandom;
use rand_chacha::ChaCha8Rng;
use rand_distr::StandardNormal;

use super::calendar::Group;
use crate::domain::ids::DepartureId;
use crate::domain::pipeline::command::NewJamaah;
use crate::domain::pipeline::jamaah::Sex;
use crate::domain::time::plus_days;

/// Of those who travel, in percent.
const BY_AGENT: u32 = 70;

/// The person of a number, booked on a departure.
pub fn person(
    number: u32,
    group: &Group,
    departure_id: DepartureId,
    rng: &mut ChaCha8Rng,
) -> NewJamaah {
    let sex = if rng.random_bool(0.5) {
        Sex::Male
    } else {
        Sex::Female
    };
    NewJamaah {
        name: name(sex, rng),
        passport_number: passport(number, rng),
        birth_date: birth_date(group.date, rng),
        sex: Some(sex),
        nationality: Some("IDN".into()),
        passport_expiry: Some(passport_expiry(group.date, rng)),
        package: Some(group.package.clone()),
        departure_id,
        phone: Some(phone(rng)),
        agent: rng
            .random_ratio(BY_AGENT, 100)
            .then(|| one(&names::AGENTS, rng).into()),
        notes: None,
    }
}

/// As in the passport: two words or more, as a visa needs it, nearly always.
fn name(sex: Sex, rng: &mut ChaCha8Rng) -> Arc<str> {
    let (given, second): (&[&str], &[&str]) = match sex {
        Sex::Male => (&names::MEN, &names::MENS_SECOND),
        Sex::Female => (&names::WOMEN, &names::WOMENS_SECOND),
    };
    let first = one(given, rng);
    let text = match rng.random_range(0..100) {
        0 => first.to_owned(),
        1..35 => format!("{first} {}", one(&names::FAMILY, rng)),
        35..60 => format!("{first} {} {}", one(second, rng), one(&names::FAMILY, rng)),
        60..90 => format!("{first} {}", one(second, rng)),
        _ => {
            let of = if sex == Sex::Male { "bin" } else { "binti" };
            format!("{first} {of} {}", one(&names::MEN, rng))
        }
    };
    text.into()
}

fn one(names: &[&'static str], rng: &mut ChaCha8Rng) -> &'static str {
    names.choose(rng).copied().unwrap_or_default()
}

/// A letter and seven digits, not all zero; no two numbers of persons give the same digits.
fn passport(number: u32, rng: &mut ChaCha8Rng) -> Arc<str> {
    // 7,654,321 and 9,999,999 have no common divisor, so the steps meet every number once
    let digits = 1 + (1_234_567 + u64::from(number) * 7_654_321) % 9_999_999;
    let letter = one(&["A", "B", "C", "E", "X"], rng);
    format!("{letter}{digits:07}").into()
}

/// Most are between 40 and 65, some are children or very old.
fn birth_date(departure: NaiveDate, rng: &mut ChaCha8Rng) -> NaiveDate {
    let z: f64 = rng.sample(StandardNormal);
    let days = (50.0 + 13.5 * z).clamp(3.0, 88.0) * 365.25;
    let days = super::chance::days(days).num_days();
    departure - chrono::Duration::days(days)
}

/// Issued for ten years at some time in the last nine; now and then it is close to its end.
fn passport_expiry(departure: NaiveDate, rng: &mut ChaCha8Rng) -> NaiveDate {
    let left = if rng.random_ratio(3, 100) {
        rng.random_range(60..180)
    } else {
        rng.random_range(215..3_300)
    };
    let expiry = plus_days(departure, left);
    // passports do not end on a leap day, which keeps spreadsheets simple
    if expiry.month() == 2 && expiry.day() == 29 {
        plus_days(expiry, 1)
    } else {
        expiry
    }
}

fn phone(rng: &mut ChaCha8Rng) -> Arc<str> {
    let network = one(
        &[
            "811", "812", "813", "815", "818", "819", "821", "852", "857", "878", "896",
        ],
        rng,
    );
    format!(
        "+62{network}{:08}",
        rng.random_range(10_000_000..100_000_000)
    )
    .into()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::seed::chance::{Chance, Topic};

    #[test]
    fn a_manifest_would_take_every_passport() {
        let mut rng = Chance::new(42, "t").of(Topic::Person(0));
        for number in 0..200_000 {
            let passport = passport(number, &mut rng);
            crate::domain::manifest::passport::check(&passport, None).unwrap();
        }
    }

    #[test]
    fn passports_are_unique_and_sexes_about_equal() {
        let chance = Chance::new(42, "t");
        let group = Group {
            code: "UMR-270101-A".into(),
            date: "2027-01-01".parse().unwrap(),
            package: "Reguler 9 Hari".into(),
            people: 45,
        };
        let people: Vec<_> = (0..5_000)
            .map(|n| {
                person(
                    n,
                    &group,
                    DepartureId(uuid::Uuid::nil()),
                    &mut chance.of(Topic::Person(n)),
                )
            })
            .collect();
        let passports: HashSet<_> = people.iter().map(|p| p.passport_number.clone()).collect();
        assert_eq!(passports.len(), people.len());
        let is_good = |number: &str| crate::domain::manifest::passport::check(number, None).is_ok();
        assert!(people.iter().all(|p| is_good(&p.passport_number)));
        let men = people.iter().filter(|p| p.sex == Some(Sex::Male)).count();
        assert!((2_350..2_650).contains(&men), "{men}");
        let one_word = people.iter().filter(|p| !p.name.contains(' ')).count();
        assert!((1..150).contains(&one_word), "{one_word}");
        let names: HashSet<_> = people.iter().map(|p| p.name.clone()).collect();
        assert!(names.len() > 4_000, "{}", names.len());
    }
}
