//! Texts that many rows share, each kept once under a number: titles of tasks,
//! packages, agents.

use std::sync::Arc;

use crate::domain::pipeline::state::Slot;
use crate::domain::pipeline::view::column::Column;
use crate::domain::pipeline::view::slot_set::slot;

/// A text's number. One that no row carries any more keeps it until the tenant
/// is loaded again.
pub type Entry = Slot;

type Map<K, V> = imbl::GenericHashMap<K, V, ahash::RandomState, imbl::shared_ptr::DefaultSharedPtr>;

/// `T` is what is kept of a text.
#[derive(Clone, Debug)]
pub struct Dictionary<T> {
    numbers: Map<Arc<str>, Entry>,
    kept: Column<T, 64>,
}

impl<T> Default for Dictionary<T> {
    fn default() -> Self {
        Self {
            numbers: Map::default(),
            kept: Column::default(),
        }
    }
}

impl<T: Clone> Dictionary<T> {
    pub fn number(&mut self, text: &Arc<str>, keep: impl FnOnce(&Arc<str>) -> T) -> Entry {
        if let Some(known) = self.numbers.get(text) {
            return *known;
        }
        let number = slot(self.kept.len());
        self.numbers.insert(text.clone(), number);
        self.kept.push(keep(text));
        number
    }

    pub fn get(&self, number: Entry) -> Option<&T> {
        self.kept.get(number)
    }

    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.kept.iter()
    }
}
