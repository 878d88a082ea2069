//! When something about a jamaah will change by the passing of time alone.

use std::collections::{BTreeSet, HashMap};

use crate::domain::ids::JamaahId;
use crate::domain::time::Timestamp;

/// One next deadline per jamaah, the earliest first.
#[derive(Debug, Default)]
pub struct Deadlines {
    order: BTreeSet<(Timestamp, JamaahId)>,
    known: HashMap<JamaahId, Timestamp>,
}

impl Deadlines {
    pub fn set(&mut self, id: JamaahId, at: Option<Timestamp>) {
        let before = match at {
            Some(at) => self.known.insert(id, at),
            None => self.known.remove(&id),
        };
        if before == at {
            return;
        }
        if let Some(before) = before {
            self.order.remove(&(before, id));
        }
        if let Some(at) = at {
            self.order.insert((at, id));
        }
    }

    pub fn first(&self) -> Option<Timestamp> {
        self.order.first().map(|(at, _)| *at)
    }

    /// Those whose deadline has come, at most `limit`.
    pub fn due(&self, now: Timestamp, limit: usize) -> Vec<JamaahId> {
        let due = self.order.iter().take_while(|(at, _)| *at <= now);
        due.take(limit).map(|(_, id)| *id).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_earliest_comes_first_and_a_new_deadline_replaces_the_old() {
        let at = |second: i64| Timestamp::from_timestamp(second, 0).unwrap();
        let id = |n: u128| JamaahId(uuid::Uuid::from_u128(n));
        let mut deadlines = Deadlines::default();
        deadlines.set(id(1), Some(at(10)));
        deadlines.set(id(2), Some(at(20)));
        deadlines.set(id(1), Some(at(30)));
        assert_eq!(deadlines.first(), Some(at(20)));
        assert_eq!(deadlines.due(at(25), 9), vec![id(2)]);
        deadlines.set(id(2), None);
        assert_eq!(deadlines.due(at(30), 9), vec![id(1)]);
        deadlines.set(id(1), None);
        assert_eq!(deadlines.first(), None);
    }
}
