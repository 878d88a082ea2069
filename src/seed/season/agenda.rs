//! What comes next, for everybody, in the order of time.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::domain::ids::TaskId;
use crate::domain::time::Timestamp;
use crate::seed::plan::Step;

/// Groups and persons by their numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    InstallPipeline,
    OpenDeparture(usize),
    Register(u32),
    Act {
        person: u32,
        task: TaskId,
        step: Step,
    },
    /// A deadline of this person comes.
    Review(u32),
    RenewBaselines,
    Depart(usize),
}

#[derive(Debug)]
struct Entry {
    at: Timestamp,
    /// Among entries of one instant the first added comes first.
    added: u64,
    what: What,
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Entry {}

impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Entry {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.at, self.added).cmp(&(other.at, other.added))
    }
}

#[derive(Debug)]
pub struct Agenda {
    until: Timestamp,
    added: u64,
    entries: BinaryHeap<Reverse<Entry>>,
}

impl Agenda {
    /// Takes nothing that comes after `until`.
    pub fn new(until: Timestamp) -> Self {
        Self {
            until,
            added: 0,
            entries: BinaryHeap::new(),
        }
    }

    pub fn add(&mut self, at: Timestamp, what: What) {
        if at <= self.until {
            self.entries.push(Reverse(Entry {
                at,
                added: self.added,
                what,
            }));
            self.added += 1;
        }
    }

    pub fn next(&mut self) -> Option<(Timestamp, What)> {
        self.entries
            .pop()
            .map(|Reverse(entry)| (entry.at, entry.what))
    }

    /// Takes out the next entry if it is a review at this instant.
    pub fn next_review(&mut self, at: Timestamp) -> Option<u32> {
        let Reverse(next) = self.entries.peek()?;
        match next.what {
            What::Review(person) if next.at == at => {
                self.entries.pop();
                Some(person)
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_earliest_comes_first_and_nothing_comes_after_the_end() {
        let at = |second| Timestamp::from_timestamp(second, 0).unwrap();
        let mut agenda = Agenda::new(at(20));
        agenda.add(at(20), What::Review(1));
        agenda.add(at(10), What::Register(2));
        agenda.add(at(20), What::Review(3));
        agenda.add(at(10), What::Register(4));
        agenda.add(at(21), What::Register(5));
        assert_eq!(agenda.next_review(at(10)), None);
        assert_eq!(agenda.next(), Some((at(10), What::Register(2))));
        assert_eq!(agenda.next(), Some((at(10), What::Register(4))));
        assert_eq!(agenda.next_review(at(19)), None);
        assert_eq!(agenda.next_review(at(20)), Some(1));
        assert_eq!(agenda.next(), Some((at(20), What::Review(3))));
        assert_eq!(agenda.next(), None);
    }
}
