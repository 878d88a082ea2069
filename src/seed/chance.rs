//! Chance, all of it from one seed: the same seed gives the same season.
//!
//! Everybody draws from streams of their own, so that what happens to one
//! person does not depend on the order in which others are dealt with.

use chrono::Duration;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::StandardNormal;

/// The source of all draws of one tenant's season.
#[derive(Clone, Debug)]
pub struct Chance {
    root: ChaCha8Rng,
}

/// What a stream of draws is for.
#[derive(Clone, Copy, Debug)]
pub enum Topic {
    /// The calendar of departures.
    Calendar,
    /// Who a person is.
    Person(u32),
    /// When a person is registered.
    Registration(u32),
    /// How a stage, by its place in the pipeline, goes for a person.
    Stage(u32, u8),
    Departure(u32),
}

impl Chance {
    /// Two tenants with the same seed have different seasons.
    pub fn new(seed: u64, slug: &str) -> Self {
        // FNV-1a, because a hasher of the standard library may change
        let mixed = slug
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64 ^ seed, |hash, byte| {
                (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
            });
        Self {
            root: ChaCha8Rng::seed_from_u64(mixed),
        }
    }

    pub fn of(&self, topic: Topic) -> ChaCha8Rng {
        let (kind, number, place) = match topic {
            Topic::Calendar => (0, 0, 0),
            Topic::Person(number) => (1, number, 0),
            Topic::Registration(number) => (2, number, 0),
            Topic::Stage(number, place) => (3, number, place),
            Topic::Departure(number) => (4, number, 0),
        };
        let mut rng = self.root.clone();
        rng.set_stream((u64::from(number) << 16) | (u64::from(place) << 8) | kind);
        rng
    }

    /// For sources that are seeded themselves.
    pub fn seed(&self) -> u64 {
        self.root.clone().random()
    }
}

/// A log-normal draw, by its median and the standard deviation of its logarithm.
pub fn log_normal(rng: &mut ChaCha8Rng, median: f64, sigma: f64) -> f64 {
    let z: f64 = rng.sample(StandardNormal);
    median * (sigma * z).exp()
}

/// So many days, in whole seconds; none when negative.
pub fn days(days: f64) -> Duration {
    let length = std::time::Duration::try_from_secs_f64(days * 86_400.0).unwrap_or_default();
    Duration::seconds(i64::try_from(length.as_secs()).unwrap_or(0))
}

/// A length of time between two numbers of minutes.
pub fn minutes(rng: &mut ChaCha8Rng, from: i64, to: i64) -> Duration {
    Duration::seconds(rng.random_range(from * 60..=to * 60))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_differ_and_repeat() {
        let chance = Chance::new(42, "al-falah");
        let draw = |chance: &Chance, topic| chance.of(topic).random::<u64>();
        let first = draw(&chance, Topic::Person(1));
        assert_eq!(first, draw(&Chance::new(42, "al-falah"), Topic::Person(1)));
        assert_ne!(first, draw(&chance, Topic::Person(2)));
        assert_ne!(first, draw(&chance, Topic::Registration(1)));
        assert_ne!(first, draw(&Chance::new(42, "barokah"), Topic::Person(1)));
        assert_ne!(first, draw(&Chance::new(43, "al-falah"), Topic::Person(1)));
    }

    #[test]
    fn days_are_whole_seconds_and_never_negative() {
        assert_eq!(days(1.5), Duration::hours(36));
        assert_eq!(days(-1.0), Duration::zero());
        assert_eq!(days(f64::NAN), Duration::zero());
    }
}
