//! Columns: one value per slot, in small shared pieces. A clone shares all of
//! them; changing a value copies only the piece it lies in.

use std::sync::Arc;

use super::slot_set::index;
use crate::domain::pipeline::state::Slot;

/// `N` values a piece: small for what changes often, a multiple of 64 where
/// pieces are walked beside the words of a selection.
#[derive(Clone, Debug)]
pub struct Column<T, const N: usize = 256> {
    pieces: Arc<Vec<Arc<Vec<T>>>>,
}

impl<T, const N: usize> Default for Column<T, N> {
    fn default() -> Self {
        Self {
            pieces: Arc::default(),
        }
    }
}

impl<T: Clone, const N: usize> Column<T, N> {
    pub fn get(&self, slot: Slot) -> Option<&T> {
        let at = index(slot);
        self.pieces.get(at / N)?.get(at % N)
    }

    /// Does nothing where there is no such slot yet.
    pub fn set(&mut self, slot: Slot, value: T) {
        let at = index(slot);
        if let Some(piece) = Arc::make_mut(&mut self.pieces).get_mut(at / N)
            && let Some(place) = Arc::make_mut(piece).get_mut(at % N)
        {
            *place = value;
        }
    }

    pub fn push(&mut self, value: T) {
        let pieces = Arc::make_mut(&mut self.pieces);
        match pieces.last_mut() {
            Some(last) if last.len() < N => Arc::make_mut(last).push(value),
            _ => {
                let mut piece = Vec::with_capacity(N);
                piece.push(value);
                pieces.push(Arc::new(piece));
            }
        }
    }

    /// Sets a value that differs, and leaves the piece shared otherwise.
    pub fn update(&mut self, slot: Slot, value: T)
    where
        T: PartialEq,
    {
        if self.get(slot) != Some(&value) {
            self.set(slot, value);
        }
    }

    pub fn len(&self) -> usize {
        let full = self.pieces.len().saturating_sub(1) * N;
        full + self.pieces.last().map_or(0, |piece| piece.len())
    }

    /// Pieces of `N` values, the last one of what is left.
    pub fn pieces(&self) -> impl Iterator<Item = &[T]> {
        self.pieces.iter().map(|piece| piece.as_slice())
    }

    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.pieces.iter().flat_map(|piece| piece.iter())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_column_is_a_list_whose_clones_stay_as_they_were(
            values in proptest::collection::vec(0u8.., 0..40),
            changes in proptest::collection::vec((0u32..50, 0u8..), 0..20),
        ) {
            let mut column = Column::<u8, 4>::default();
            values.iter().for_each(|value| column.push(*value));
            let before = column.clone();
            let mut list = values.clone();
            for (slot, value) in changes {
                column.update(slot, value);
                if let Some(place) = list.get_mut(index(slot)) {
                    *place = value;
                }
            }
            prop_assert_eq!(column.len(), list.len());
            prop_assert!((0..50).all(|slot| column.get(slot) == list.get(index(slot))));
            prop_assert!(column.iter().eq(&list));
            prop_assert!(before.iter().eq(&values));
        }
    }
}
