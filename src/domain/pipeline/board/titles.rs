//! The titles of tasks, each kept once: tasks are made from templates, so that
//! there are far fewer titles than tasks.

use std::sync::Arc;

use super::text::Text;
use crate::domain::pipeline::state::Slot;
use crate::domain::pipeline::view::column::Column;
use crate::domain::pipeline::view::slot_set::slot;

/// A title's place. One that no task carries any more keeps it until the
/// tenant is loaded again.
pub type Title = Slot;

type Map<K, V> = imbl::GenericHashMap<K, V, ahash::RandomState, imbl::shared_ptr::DefaultSharedPtr>;

#[derive(Clone, Debug, Default)]
pub struct Titles {
    places: Map<Arc<str>, Title>,
    texts: Column<Text, 64>,
}

impl Titles {
    pub fn place(&mut self, title: &Arc<str>) -> Title {
        if let Some(known) = self.places.get(title) {
            return *known;
        }
        let place = slot(self.texts.len());
        self.places.insert(title.clone(), place);
        self.texts.push(Text::new(&[title]));
        place
    }

    pub fn texts(&self) -> impl Iterator<Item = &Text> {
        self.texts.iter()
    }
}
