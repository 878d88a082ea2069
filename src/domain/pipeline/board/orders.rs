//! The orders that pages are read in: one list of slots each, sorted by keys
//! that lie in the columns. Priority needs none, its four sets are order enough.

use std::cmp::Reverse;

use super::columns::Columns;
use super::people::{People, RiskKey};
use crate::domain::pipeline::state::Slot;
use crate::domain::pipeline::task::Priority;
use crate::domain::pipeline::view::slot_set::slot;
use crate::domain::pipeline::view::sorted::Sorted;

/// When more than one slot in this many moves, an order is sorted anew.
const REBUILD_FRACTION: usize = 8;

#[derive(Clone, Debug, Default)]
pub struct Orders {
    pub risk: Sorted<Slot>,
    pub due: Sorted<Slot>,
    pub created: Sorted<Slot>,
    pub updated: Sorted<Slot>,
    pub name: Sorted<Slot>,
}

/// What slots are sorted by. Every key ends in the slot, so that no two are equal.
#[derive(Clone, Copy)]
pub struct Keys<'a> {
    pub people: &'a People,
    pub columns: &'a Columns,
}

impl<'a> Keys<'a> {
    pub fn risk(self, slot: Slot) -> (RiskKey, i64, Reverse<Priority>, Slot) {
        let risk = self
            .columns
            .person(slot)
            .map_or(RiskKey::LAST, |person| self.people.risk(person));
        (
            risk,
            self.columns.due(slot),
            Reverse(self.columns.priority(slot)),
            slot,
        )
    }

    pub fn due(self, slot: Slot) -> (i64, Slot) {
        (self.columns.due(slot), slot)
    }

    pub fn created(self, slot: Slot) -> (i64, Slot) {
        (self.columns.created(slot), slot)
    }

    pub fn updated(self, slot: Slot) -> (i64, Slot) {
        (self.columns.updated(slot), slot)
    }

    pub fn name(self, slot: Slot) -> ((u64, &'a str), Slot) {
        let text = self
            .columns
            .person(slot)
            .and_then(|person| self.people.text(person));
        (text.map_or((u64::MAX, ""), |text| text.key()), slot)
    }
}

/// Slots whose keys change, per order.
#[derive(Clone, Debug, Default)]
pub struct Moves {
    pub risk: Vec<Slot>,
    pub due: Vec<Slot>,
    pub created: Vec<Slot>,
    pub updated: Vec<Slot>,
    pub name: Vec<Slot>,
}

impl Moves {
    /// No slot twice.
    pub fn tidy(&mut self) {
        for slots in [
            &mut self.risk,
            &mut self.due,
            &mut self.created,
            &mut self.updated,
            &mut self.name,
        ] {
            slots.sort_unstable();
            slots.dedup();
        }
    }
}

impl Orders {
    /// Before the columns change.
    pub fn take_out(&mut self, moves: &Moves, keys: Keys<'_>) {
        take_out(&mut self.risk, &moves.risk, |slot| keys.risk(slot));
        take_out(&mut self.due, &moves.due, |slot| keys.due(slot));
        take_out(&mut self.created, &moves.created, |slot| keys.created(slot));
        take_out(&mut self.updated, &moves.updated, |slot| keys.updated(slot));
        take_out(&mut self.name, &moves.name, |slot| keys.name(slot));
    }

    /// Once the columns have changed and hold new slots from `known` on.
    pub fn put_in(&mut self, moves: &Moves, known: usize, keys: Keys<'_>) {
        put_in(&mut self.risk, &moves.risk, known, keys, |slot| {
            keys.risk(slot)
        });
        put_in(&mut self.due, &moves.due, known, keys, |slot| {
            keys.due(slot)
        });
        put_in(&mut self.created, &moves.created, known, keys, |slot| {
            keys.created(slot)
        });
        put_in(&mut self.updated, &moves.updated, known, keys, |slot| {
            keys.updated(slot)
        });
        put_in(&mut self.name, &moves.name, known, keys, |slot| {
            keys.name(slot)
        });
    }
}

fn take_out<K: Ord>(order: &mut Sorted<Slot>, slots: &[Slot], key: impl Fn(Slot) -> K) {
    // too many for that are sorted in anew once the columns have changed
    if slots.len() <= order.len() / REBUILD_FRACTION {
        for slot in slots {
            order.remove(*slot, &key);
        }
    }
}

fn put_in<K: Ord>(
    order: &mut Sorted<Slot>,
    slots: &[Slot],
    known: usize,
    keys: Keys<'_>,
    key: impl Fn(Slot) -> K,
) {
    let len = keys.columns.len();
    if slots.len().max(len - known) > known / REBUILD_FRACTION {
        *order = Sorted::sort(0..slot(len), key);
        return;
    }
    for slot in slots.iter().copied().chain(slot(known)..slot(len)) {
        order.insert(slot, &key);
    }
}
