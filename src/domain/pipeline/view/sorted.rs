//! Sorted lists in shared pieces: a clone shares all of them, and an insertion
//! or removal copies the one piece it falls into. What the items are sorted by
//! is the caller's to say, the same at every call, so that an order of slots
//! needs four bytes a task and finds its keys in the columns.

use std::sync::Arc;

/// A piece that grows beyond this is split.
const FULL: usize = 512;
/// A piece that shrinks below this joins a neighbour where both fit into half of a full one.
const SMALL: usize = FULL / 8;

#[derive(Clone, Debug)]
pub struct Sorted<T> {
    pieces: Arc<Vec<Arc<Vec<T>>>>,
}

impl<T> Default for Sorted<T> {
    fn default() -> Self {
        Self {
            pieces: Arc::default(),
        }
    }
}

impl<T: Copy> Sorted<T> {
    /// From items that are sorted already.
    pub fn from_sorted(items: &[T]) -> Self {
        let pieces = items
            .chunks(FULL * 3 / 4)
            .map(|piece| Arc::new(piece.to_vec()));
        Self {
            pieces: Arc::new(pieces.collect()),
        }
    }

    /// From items in any order; each key is asked for once.
    pub fn sort<K: Ord>(items: impl Iterator<Item = T>, key: impl Fn(T) -> K) -> Self {
        let mut keyed: Vec<(K, T)> = items.map(|item| (key(item), item)).collect();
        keyed.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
        let items: Vec<T> = keyed.into_iter().map(|(_, item)| item).collect();
        Self::from_sorted(&items)
    }

    pub fn insert<K: Ord>(&mut self, item: T, key: impl Fn(T) -> K) {
        let wanted = key(item);
        let at = self.piece_of(&wanted, &key);
        let pieces = Arc::make_mut(&mut self.pieces);
        let Some(piece) = pieces.get_mut(at) else {
            pieces.push(Arc::new(vec![item]));
            return;
        };
        let piece = Arc::make_mut(piece);
        let place = piece.partition_point(|other| key(*other) <= wanted);
        piece.insert(place, item);
        if piece.len() > FULL {
            // a list that grows at its end keeps full pieces behind it
            let keep = if place + 1 == piece.len() {
                FULL
            } else {
                FULL / 2
            };
            let rest = piece.split_off(keep);
            pieces.insert(at + 1, Arc::new(rest));
        }
    }

    /// Removes one item with the key of `item`; false when there is none.
    pub fn remove<K: Ord>(&mut self, item: T, key: impl Fn(T) -> K) -> bool {
        let wanted = key(item);
        let at = self.piece_of(&wanted, &key);
        let found = self.pieces.get(at).and_then(|piece| {
            let place = piece.partition_point(|other| key(*other) < wanted);
            piece
                .get(place)
                .filter(|other| key(**other) == wanted)
                .map(|_| place)
        });
        let Some(place) = found else { return false };
        let pieces = Arc::make_mut(&mut self.pieces);
        let Some(piece) = pieces.get_mut(at) else {
            return false;
        };
        let piece = Arc::make_mut(piece);
        piece.remove(place);
        if piece.is_empty() {
            pieces.remove(at);
        } else if piece.len() < SMALL && !join(pieces, at) && at > 0 {
            join(pieces, at - 1);
        }
        true
    }

    /// The last piece that starts at or before `wanted`.
    fn piece_of<K: Ord>(&self, wanted: &K, key: &impl Fn(T) -> K) -> usize {
        let starts_by =
            |piece: &Arc<Vec<T>>| piece.first().is_some_and(|first| key(*first) <= *wanted);
        self.pieces.partition_point(starts_by).saturating_sub(1)
    }

    pub fn len(&self) -> usize {
        self.pieces.iter().map(|piece| piece.len()).sum()
    }

    pub fn pieces(&self) -> impl DoubleEndedIterator<Item = &[T]> {
        self.pieces.iter().map(|piece| piece.as_slice())
    }

    pub fn iter(&self) -> impl DoubleEndedIterator<Item = T> {
        self.pieces.iter().flat_map(|piece| piece.iter().copied())
    }
}

/// Makes one piece of the one at `at` and the next, if that is not too large.
fn join<T: Copy>(pieces: &mut Vec<Arc<Vec<T>>>, at: usize) -> bool {
    let len = |at: usize| pieces.get(at).map(|piece| piece.len());
    let fits = matches!((len(at), len(at + 1)), (Some(a), Some(b)) if a + b <= FULL / 2);
    if fits {
        let next = pieces.remove(at + 1);
        if let Some(piece) = pieces.get_mut(at) {
            Arc::make_mut(piece).extend_from_slice(&next);
        }
    }
    fits
}

impl Sorted<i64> {
    /// How many are at most `limit`, in a list sorted by value.
    pub fn up_to(&self, limit: i64) -> usize {
        let mut count = 0;
        for piece in self.pieces() {
            let here = piece.partition_point(|value| *value <= limit);
            count += here;
            if here < piece.len() {
                break;
            }
        }
        count
    }
}

impl<T: Copy + PartialEq> PartialEq for Sorted<T> {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_sorted_list_stays_sorted_and_its_clones_stay_as_they_were(
            start in proptest::collection::vec(0i64..400, 0..1500),
            changes in proptest::collection::vec((any::<bool>(), 0i64..400), 0..1500),
        ) {
            let mut list = start.clone();
            list.sort_unstable();
            let mut sorted = Sorted::sort(start.iter().copied(), |value| value);
            let (before, frozen) = (sorted.clone(), list.clone());
            for (add, value) in changes {
                let place = list.partition_point(|other| *other < value);
                if add {
                    list.insert(place, value);
                    sorted.insert(value, |value| value);
                } else {
                    let known = list.get(place) == Some(&value);
                    if known {
                        list.remove(place);
                    }
                    prop_assert_eq!(sorted.remove(value, |value| value), known);
                }
            }
            prop_assert_eq!(sorted.len(), list.len());
            prop_assert!(sorted.iter().eq(list.iter().copied()));
            prop_assert!(sorted.pieces().all(|piece| !piece.is_empty() && piece.len() <= FULL));
            prop_assert_eq!(sorted.up_to(200), list.iter().filter(|value| **value <= 200).count());
            prop_assert!(before.iter().eq(frozen));
        }
    }

    #[test]
    fn removing_most_items_leaves_few_pieces() {
        let mut sorted = Sorted::from_sorted(&(0..10_000i64).collect::<Vec<_>>());
        for value in (0..10_000).filter(|value| value % 100 != 0) {
            assert!(sorted.remove(value, |value| value));
        }
        assert_eq!(sorted.len(), 100);
        assert!(sorted.pieces().count() <= 4, "{}", sorted.pieces().count());
    }
}
