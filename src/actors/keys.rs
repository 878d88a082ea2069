//! The idempotency keys of a tenant, as far as this node remembers them.

use std::collections::HashMap;
use std::sync::Arc;

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
    /// No older key exists than those held here.
    complete: bool,
}

impl Keys {
    pub fn new(recent: impl IntoIterator<Item = (Arc<str>, i64)>, complete: bool) -> Self {
        Self {
            seqs: recent.into_iter().collect(),
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
        self.seqs.insert(key, seq);
    }
}
