//! The idempotency keys of a tenant, as far as this node remembers them.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

/// Keys that are remembered; older ones are asked of the database.
const MOST: usize = 200_000;

/// Where a key was used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// On the command whose first event has this number.
    At(i64),
    Never,
    /// Not lately; the database knows.
    Perhaps,
}

#[derive(Debug, Default)]
pub struct Keys {
    seqs: HashMap<Arc<str>, i64>,
    /// The oldest first.
    order: VecDeque<Arc<str>>,
    /// No other key exists than those held here.
    complete: bool,
}

impl Keys {
    /// From the newest to the oldest.
    pub fn new(recent: Vec<(Arc<str>, i64)>, complete: bool) -> Self {
        let order = recent.iter().rev().map(|(key, _)| key.clone()).collect();
        Self {
            seqs: recent.into_iter().collect(),
            order,
            complete,
        }
    }

    pub fn find(&self, key: &str) -> Known {
        match self.seqs.get(key) {
            Some(seq) => Known::At(*seq),
            None if self.complete => Known::Never,
            None => Known::Perhaps,
        }
    }

    pub fn remember(&mut self, key: Arc<str>, seq: i64) {
        if self.seqs.insert(key.clone(), seq).is_none() {
            self.order.push_back(key);
        }
        if self.order.len() > MOST
            && let Some(oldest) = self.order.pop_front()
        {
            self.seqs.remove(&oldest);
            self.complete = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_forgotten_is_asked_of_the_database() {
        let mut keys = Keys::new(vec![("b".into(), 2), ("a".into(), 1)], true);
        assert_eq!(
            (keys.find("a"), keys.find("x")),
            (Known::At(1), Known::Never)
        );
        for n in 0..MOST {
            keys.remember(format!("k{n}").into(), 3);
        }
        assert_eq!(
            (keys.find("a"), keys.find("k7")),
            (Known::Perhaps, Known::At(3))
        );
    }
}
