//! Facets: for each value of one property of tasks, the set of those that have it.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::domain::pipeline::state::Slot;
use crate::domain::pipeline::view::slot_set::SlotSet;

#[derive(Clone, Debug)]
pub struct Facet<V> {
    sets: Arc<BTreeMap<V, SlotSet>>,
}

impl<V> Default for Facet<V> {
    fn default() -> Self {
        Self {
            sets: Arc::default(),
        }
    }
}

impl<V: Ord + Clone> Facet<V> {
    pub fn insert(&mut self, value: &V, slot: Slot) {
        let sets = Arc::make_mut(&mut self.sets);
        match sets.get_mut(value) {
            Some(set) => set.insert(slot),
            None => {
                sets.insert(value.clone(), SlotSet::from_iter([slot]));
            }
        }
    }

    pub fn remove(&mut self, value: &V, slot: Slot) {
        if let Some(set) = Arc::make_mut(&mut self.sets).get_mut(value) {
            set.remove(slot);
        }
    }

    pub fn change(&mut self, old: Option<&V>, new: &V, slot: Slot) {
        if old == Some(new) {
            return;
        }
        if let Some(old) = old {
            self.remove(old, slot);
        }
        self.insert(new, slot);
    }

    pub fn get(&self, value: &V) -> Option<&SlotSet> {
        self.sets.get(value)
    }

    /// The sets of those values that have one.
    pub fn of<'a>(
        &'a self,
        values: impl IntoIterator<Item = &'a V>,
    ) -> impl Iterator<Item = &'a SlotSet> {
        values.into_iter().filter_map(|value| self.sets.get(value))
    }

    pub fn iter(&self) -> impl Iterator<Item = (&V, &SlotSet)> {
        self.sets.iter()
    }
}
