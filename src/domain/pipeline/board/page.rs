//! Which tasks are on the page: an order is walked from the nearer end, testing
//! one bit a task, or, when that would take or takes too long, the few that
//! match are sorted.

use std::collections::BTreeMap;
use std::ops::Range;

use super::Board;
use super::orders::Keys;
use super::query::{TaskQuery, TaskSort, TaskSortKey};
use crate::domain::pipeline::state::{Slot, State};
use crate::domain::pipeline::task::{Bucket, Priority};
use crate::domain::pipeline::view::slot_set::{Selection, index};
use crate::domain::pipeline::view::sorted::Sorted;
use crate::domain::principal::RoleKey;

/// Sorting a matching task costs about as much as walking past this many.
const WALK_PER_SORTED: usize = 24;

/// A page as slots, with the counts around it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    pub slots: Vec<Slot>,
    pub total: usize,
    /// Open tasks per bucket under all filters but the bucket's.
    pub buckets: BTreeMap<Bucket, usize>,
    /// Tasks per role under all filters but the role's.
    pub roles: BTreeMap<RoleKey, usize>,
}

impl Board {
    pub fn find(&self, state: &State, query: &TaskQuery) -> Found {
        let mut found = self.matching(state, query);
        let wanted = query.wanted_buckets();

        let mut of_bucket = found.clone();
        if let Some(wanted) = &wanted {
            of_bucket.intersect_any(self.facets.bucket.of(wanted));
        }
        let roles = self
            .facets
            .role
            .iter()
            .map(|(role, set)| (role.clone(), of_bucket.len_within(set)));
        let roles = roles.filter(|(_, count)| *count > 0).collect();

        if !query.roles.is_empty() {
            found.intersect_any(self.facets.role.of(&query.roles));
        }
        let mut open = found.clone();
        open.intersect_any(self.open());
        let count = |bucket: &Bucket| {
            self.facets
                .bucket
                .get(bucket)
                .map_or(0, |set| open.len_within(set))
        };
        let buckets = Bucket::ALL
            .into_iter()
            .map(|bucket| (bucket, count(&bucket)))
            .collect();

        if let Some(wanted) = &wanted {
            found.intersect_any(self.facets.bucket.of(wanted));
        }
        let total = found.len();
        let limit = index(query.limit.max(1));
        let skip = index(query.page.max(1) - 1).saturating_mul(limit);
        let slots = self.page(&found, total, query.sort, skip..skip.saturating_add(limit));
        Found {
            slots,
            total,
            buckets,
            roles,
        }
    }

    /// The places `wanted` of the matching tasks in an order.
    fn page(
        &self,
        found: &Selection,
        total: usize,
        sort: TaskSort,
        wanted: Range<usize>,
    ) -> Vec<Slot> {
        let keys = Keys {
            people: &self.people,
            columns: &self.columns,
        };
        let orders = &self.orders;
        let down = sort.descending;
        match sort.key {
            TaskSortKey::Risk => Reading {
                order: &orders.risk,
                found,
                total,
            }
            .page(wanted, down, |slot| keys.risk(slot)),
            TaskSortKey::DueAt if down => self.latest_due(found, wanted),
            TaskSortKey::DueAt => Reading {
                order: &orders.due,
                found,
                total,
            }
            .page(wanted, down, |slot| keys.due(slot)),
            TaskSortKey::CreatedAt => Reading {
                order: &orders.created,
                found,
                total,
            }
            .page(wanted, down, |slot| keys.created(slot)),
            TaskSortKey::UpdatedAt => Reading {
                order: &orders.updated,
                found,
                total,
            }
            .page(wanted, down, |slot| keys.updated(slot)),
            TaskSortKey::Name => Reading {
                order: &orders.name,
                found,
                total,
            }
            .page(wanted, down, |slot| keys.name(slot)),
            TaskSortKey::Priority => self.by_priority(found, total, wanted, down),
        }
    }

    /// The latest due date first, and still those without one at the end.
    fn latest_due(&self, found: &Selection, wanted: Range<usize>) -> Vec<Slot> {
        let keys = Keys {
            people: &self.people,
            columns: &self.columns,
        };
        let [dated, undated] = [true, false].map(|has| {
            let mut part = found.clone();
            part.intersect_any(self.facets.dated.get(&has));
            part
        });
        let order = &self.orders.due;
        let dated = Reading {
            order,
            found: &dated,
            total: dated.len(),
        };
        let undated = Reading {
            order,
            found: &undated,
            total: undated.len(),
        };
        let rest = wanted.start.saturating_sub(dated.total)..wanted.end.saturating_sub(dated.total);
        let mut slots = dated.page(wanted, true, |slot| keys.due(slot));
        slots.extend(undated.page(rest, true, |slot| keys.due(slot)));
        slots
    }

    fn by_priority(
        &self,
        found: &Selection,
        total: usize,
        wanted: Range<usize>,
        down: bool,
    ) -> Vec<Slot> {
        let places = ascending(wanted, total, down);
        let mut before = 0;
        let mut slots = Vec::with_capacity(places.len());
        for priority in Priority::ALL {
            let Some(set) = self.facets.priority.get(&priority) else {
                continue;
            };
            let mut part = found.clone();
            part.intersect(set);
            let here = places.start.saturating_sub(before)..places.end.saturating_sub(before);
            before += part.len();
            slots.extend(part.range(here));
        }
        if down {
            slots.reverse();
        }
        slots
    }
}

/// Where a page of a list of `total` lies when the list is read upwards.
fn ascending(wanted: Range<usize>, total: usize, down: bool) -> Range<usize> {
    let (start, end) = (wanted.start.min(total), wanted.end.min(total));
    if down {
        total - end..total - start
    } else {
        start..end
    }
}

/// From which end an order is walked.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Walk {
    Up,
    Down,
}

/// Matching tasks read in an order.
struct Reading<'a> {
    order: &'a Sorted<Slot>,
    found: &'a Selection,
    total: usize,
}

impl Reading<'_> {
    fn page<K: Ord>(&self, wanted: Range<usize>, down: bool, key: impl Fn(Slot) -> K) -> Vec<Slot> {
        let places = ascending(wanted, self.total, down);
        if places.is_empty() {
            return Vec::new();
        }
        let from_end = self.total - places.end;
        let nearer = places.end.min(self.total - places.start);
        let walk = self.order.len().saturating_mul(nearer) / self.total.max(1);
        // what sorting would cost is all that a walk may cost
        let patience = self.total.saturating_mul(WALK_PER_SORTED);
        let walked = if patience < walk {
            None
        } else if places.start <= from_end {
            self.walk(
                self.order.pieces(),
                places.start,
                places.len(),
                patience,
                Walk::Up,
            )
        } else {
            let pieces = self.order.pieces().rev();
            self.walk(pieces, from_end, places.len(), patience, Walk::Down)
        };
        let mut slots = walked.unwrap_or_else(|| {
            let keyed = self.found.iter().map(|slot| (key(slot), slot));
            select(keyed.collect(), places)
        });
        if down {
            slots.reverse();
        }
        slots
    }

    /// The page in reading order, whichever end the walk begins at; `None`
    /// when too much lies before it: what matches may lie close together, such
    /// as open tasks behind all that were due and done before.
    fn walk<'a>(
        &self,
        pieces: impl Iterator<Item = &'a [Slot]>,
        mut skip: usize,
        take: usize,
        patience: usize,
        way: Walk,
    ) -> Option<Vec<Slot>> {
        let mut slots = Vec::with_capacity(take);
        let mut passed = 0;
        for piece in pieces {
            if passed > patience {
                return None;
            }
            passed += piece.len();
            if self.passes(piece, &mut skip) {
                continue;
            }
            let mut is_last = |slot: &Slot| {
                if self.found.contains(*slot) {
                    match skip {
                        0 => slots.push(*slot),
                        _ => skip -= 1,
                    }
                }
                slots.len() >= take
            };
            let done = match way {
                Walk::Up => piece.iter().any(&mut is_last),
                Walk::Down => piece.iter().rev().any(&mut is_last),
            };
            if done {
                break;
            }
        }
        if way == Walk::Down {
            slots.reverse();
        }
        Some(slots)
    }

    /// Whether a piece lies before the page as a whole, which `skip` then counts.
    fn passes(&self, piece: &[Slot], skip: &mut usize) -> bool {
        if *skip == 0 {
            return false;
        }
        let here: usize = piece
            .iter()
            .map(|slot| usize::from(self.found.contains(*slot)))
            .sum();
        let passes = here <= *skip;
        if passes {
            *skip -= here;
        }
        passes
    }
}

/// Those at the given places of a list once it is sorted, without sorting the rest.
pub fn select<K: Ord, T: Copy>(mut keyed: Vec<(K, T)>, places: Range<usize>) -> Vec<T> {
    let by_key = |a: &(K, T), b: &(K, T)| a.0.cmp(&b.0);
    if places.end < keyed.len() {
        keyed.select_nth_unstable_by(places.end, by_key);
        keyed.truncate(places.end);
    }
    if places.start > 0 && places.start < keyed.len() {
        keyed.select_nth_unstable_by(places.start, by_key);
    }
    let mut page = keyed.split_off(places.start.min(keyed.len()));
    page.sort_unstable_by(by_key);
    page.into_iter().map(|(_, item)| item).collect()
}
