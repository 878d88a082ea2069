//! The pipeline as it stood some time ago, to say what has changed since.
//!
//! `state now, and what its rows were before they changed → past state → (events, as they age) → …`
//!
//! It is made once by taking the changes back, and then follows the log at a
//! distance. It holds the people who are in memory now, as they were then.

use std::collections::{BTreeMap, HashMap};

use chrono::{Duration, NaiveDate};
use uuid::Uuid;

use super::change::Row;
use super::health::Health;
use super::standing::Standing;
use super::state::State;
use super::tallies::Tallies;
use super::view::Touched;
use crate::domain::ids::{JamaahId, StageId};
use crate::domain::time::Timestamp;

/// Rows as they were before they changed, by the type and id of their subject;
/// `None` for those that did not exist.
pub type Before = HashMap<(&'static str, Uuid), Option<Row>>;

#[derive(Clone, Debug)]
pub struct Past {
    state: State,
    tallies: Tallies,
    today: NaiveDate,
}

/// How it stood at the same time the day before.
#[derive(Clone, Debug, PartialEq)]
pub struct Yesterday {
    pub health: Health,
    /// Work in progress past its due date, by stage.
    pub late: BTreeMap<StageId, u32>,
}

impl Yesterday {
    /// How long ago that is.
    pub const AGO: Duration = Duration::hours(24);
}

impl Past {
    /// As it stood after the event `head`, at `then`.
    pub fn of(now: &State, before: &Before, head: i64, then: Timestamp) -> Self {
        let mut state = now.clone();
        state.head = head;
        let changed = |row: &Row| before.contains_key(&(row.subject_type(), row.subject_id()));
        let mut gone: Vec<Row> = Vec::new();
        for row in now.rows().filter(changed) {
            match before.get(&(row.subject_type(), row.subject_id())) {
                Some(Some(old)) => state.put(old),
                _ => gone.push(row),
            }
        }
        // those that refer to others come last, and go first
        for row in gone.iter().rev() {
            state.remove(row);
        }
        let people: Vec<JamaahId> = state.pilgrims().map(|one| one.jamaah.id).collect();
        for id in people {
            state.sort_path(id);
        }
        let today = state.tenant.zone.date_of(then);
        Self {
            tallies: Tallies::compute(&state, today),
            state,
            today,
        }
    }

    /// Number of the last event that had happened.
    pub fn head(&self) -> i64 {
        self.state.head
    }

    /// What had happened then, up to the event `head`, had happened in this order.
    pub fn advance(&mut self, rows: &[Row], head: i64, then: Timestamp) {
        let before = self.state.clone();
        let touched = Touched::by(rows);
        for row in rows {
            self.state.put(row);
        }
        self.state.head = head;
        for id in &touched.jamaah {
            self.state.sort_path(*id);
        }
        let today = self.state.tenant.zone.date_of(then);
        if today != self.today {
            self.today = today;
            self.tallies.new_day(today);
        }
        self.tallies.advance(&before, &self.state, &touched);
    }

    pub fn sum_up(&self, then: Timestamp) -> Yesterday {
        let standing = Standing {
            state: &self.state,
            tallies: &self.tallies,
        };
        Yesterday {
            health: standing.health(then),
            late: standing.late(then),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::pipeline::view::View;
    use crate::domain::pipeline::view::sample::Sample;
    use crate::domain::time::Zone;

    /// From scratch, as whoever had looked then would have seen it.
    fn seen(state: &State, then: Timestamp) -> Yesterday {
        let view = View::build(state.clone(), then);
        Yesterday {
            health: view.health(then),
            late: view.standing().late(then),
        }
    }

    fn before(earlier: &State, changed: &[Row]) -> Before {
        let key = |row: &Row| (row.subject_type(), row.subject_id());
        let known: HashMap<_, Row> = earlier.rows().map(|row| (key(&row), row)).collect();
        let of = |row| (key(row), known.get(&key(row)).cloned());
        changed.iter().map(of).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn the_past_says_what_was_seen_then(
            seed in any::<u64>(),
            people in 0usize..40,
            batches in proptest::collection::vec((1usize..60, 0i64..30), 1..6),
        ) {
            let mut sample = Sample::new(seed, people, Zone::WIB);
            let (first, then) = (sample.state.clone(), sample.now);
            let mut steps = Vec::new();
            for (changes, hours) in batches {
                sample.now += Duration::hours(hours);
                let rows = sample.disturb(changes);
                steps.push((rows, sample.state.clone(), sample.now));
            }
            let changed: Vec<Row> = steps.iter().flat_map(|(rows, ..)| rows.clone()).collect();
            let mut past = Past::of(&sample.state, &before(&first, &changed), 0, then);
            prop_assert_eq!(past.sum_up(then), seen(&first, then));
            for (rows, state, then) in steps {
                past.advance(&rows, 0, then);
                prop_assert_eq!(past.sum_up(then), seen(&state, then));
                // and what time alone changes
                let later = then + Duration::hours(5);
                prop_assert_eq!(past.sum_up(later), seen(&state, later));
            }
        }
    }
}
