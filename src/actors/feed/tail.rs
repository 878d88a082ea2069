//! The newest events of a log, in memory.

use std::collections::VecDeque;
use std::sync::Arc;

use super::entry::Entry;
use crate::db::events::StoredEvent;
use crate::domain::access::AccessRow;
use crate::domain::pipeline::change::Row;
use crate::realtime::access;
use crate::realtime::feed::{AccessChange, Identity};

const AT_MOST: usize = 2_048;
const AT_MOST_BYTES: usize = 4 * 1024 * 1024;

#[derive(Debug)]
pub struct Tail {
    epoch: Arc<str>,
    first: i64,
    top: i64,
    /// Without a gap, up to `top`; may be empty.
    events: VecDeque<Arc<Entry>>,
    bytes: usize,
    /// Changes of rights among the events, kept as long as the tail lives:
    /// they are few, and whoever joined before one must learn of it.
    access: Vec<(i64, Arc<AccessRow>)>,
}

impl Tail {
    pub fn new(epoch: Arc<str>, top: i64, first: i64) -> Self {
        Self {
            epoch,
            first,
            top,
            events: VecDeque::new(),
            bytes: 0,
            access: Vec::new(),
        }
    }

    pub fn epoch(&self) -> &Arc<str> {
        &self.epoch
    }

    /// The first event that is still kept in the log.
    pub fn first(&self) -> i64 {
        self.first
    }

    pub fn top(&self) -> i64 {
        self.top
    }

    pub fn begins_at(&mut self, first: i64) {
        self.first = self.first.max(first);
    }

    pub fn push(&mut self, event: &StoredEvent) {
        if event.seq <= self.top {
            return;
        }
        if event.seq != self.top + 1 {
            self.skip_to(event.seq - 1);
        }
        self.note(event);
        self.top = event.seq;
        let entry = Arc::new(Entry::of(event));
        self.bytes += entry.size();
        self.events.push_back(entry);
        while self.events.len() > AT_MOST || (self.bytes > AT_MOST_BYTES && self.events.len() > 1) {
            if let Some(oldest) = self.events.pop_front() {
                self.bytes -= oldest.size();
            }
        }
    }

    /// The head is there, and what leads to it is in the log only.
    pub fn skip_to(&mut self, top: i64) {
        if top > self.top {
            self.top = top;
            self.events.clear();
            self.bytes = 0;
        }
    }

    /// Remembers a change of rights, whether or not events are kept.
    pub fn note(&mut self, event: &StoredEvent) {
        if let Row::Access(row) = &event.row
            && event.seq > self.top
        {
            self.access.push((event.seq, Arc::clone(row)));
        }
    }

    /// The events in (after, upto], if all of them are here.
    pub fn between(&self, after: i64, upto: i64) -> Option<Vec<Arc<Entry>>> {
        let upto = upto.min(self.top);
        if after >= upto {
            return Some(Vec::new());
        }
        let begins = self.events.front()?.seq;
        if after + 1 < begins {
            return None;
        }
        let from = usize::try_from(after + 1 - begins).ok()?;
        let count = usize::try_from(upto - after).ok()?;
        Some(self.events.iter().skip(from).take(count).cloned().collect())
    }

    pub fn access_change(
        &self,
        who: &Identity,
        after: i64,
        upto: i64,
    ) -> Option<(i64, AccessChange)> {
        let mut changes = self
            .access
            .iter()
            .filter(|(seq, _)| (after + 1..=upto).contains(seq))
            .filter_map(|(seq, row)| Some((*seq, access::change_of(row, who)?)));
        let mut last = None;
        // once out is out, whatever comes later
        changes
            .find(|change| {
                last = Some(change.clone());
                matches!(change.1, AccessChange::Revoked { .. })
            })
            .or(last)
    }
}
