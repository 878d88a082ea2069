//! From the index of one state to that of the next: what a commit touched is
//! taken out of its orders, changed in the columns and sets, and put in again.

use std::sync::Arc;

use super::columns::due_key;
use super::orders::{Keys, Moves};
use super::people::Arrival;
use super::text::Text;
use super::{Board, risk_of};
use crate::domain::pipeline::state::{Slot, State};
use crate::domain::pipeline::view::Touched;
use crate::domain::pipeline::view::slot_set::slot;

impl Board {
    /// From the index of `before` to that of `after`.
    pub fn advance(&mut self, before: &State, after: &State, touched: &Touched) {
        let known = self.task_count();
        let mut moves = Moves::default();
        let mut slots = self.touched_slots(before, after, touched, &mut moves);
        let arrivals = self.touched_people(before, after, touched, &mut slots, &mut moves);
        moves.tidy();
        slots.sort_unstable();
        slots.dedup();

        self.orders.take_out(
            &moves,
            Keys {
                people: &self.people,
                columns: &self.columns,
            },
        );
        for arrival in arrivals {
            self.people.put(arrival);
        }
        for slot in slots {
            self.change_task(before, after, slot);
        }
        self.add_tasks(after);
        self.orders.put_in(
            &moves,
            known,
            Keys {
                people: &self.people,
                columns: &self.columns,
            },
        );
    }

    /// Known tasks that changed, and the orders they move in.
    fn touched_slots(
        &self,
        before: &State,
        after: &State,
        touched: &Touched,
        moves: &mut Moves,
    ) -> Vec<Slot> {
        let mut slots = Vec::with_capacity(touched.tasks.len());
        for id in &touched.tasks {
            let Some(slot) = before.slot(*id) else {
                continue;
            };
            let (Some(old), Some(new)) = (before.task_at(slot), after.task_at(slot)) else {
                continue;
            };
            slots.push(slot);
            if old.updated_at != new.updated_at {
                moves.updated.push(slot);
            }
            if old.created_at != new.created_at {
                moves.created.push(slot);
            }
            if due_key(old) != due_key(new) {
                moves.due.push(slot);
            }
            if due_key(old) != due_key(new) || old.priority != new.priority {
                moves.risk.push(slot);
            }
        }
        slots
    }

    /// Pilgrims that changed, with what becomes of the tasks they had.
    fn touched_people(
        &self,
        before: &State,
        after: &State,
        touched: &Touched,
        slots: &mut Vec<Slot>,
        moves: &mut Moves,
    ) -> Vec<Arrival> {
        let mut arrivals = Vec::with_capacity(touched.jamaah.len());
        for id in &touched.jamaah {
            let Some(pilgrim) = after.pilgrim(*id) else {
                continue;
            };
            let old = before.pilgrim(*id);
            if old.is_some_and(|old| Arc::ptr_eq(old, pilgrim)) {
                continue;
            }
            let arrival = Arrival::of(pilgrim, old);
            if let (Some(old), Some(difference)) = (old, self.people.difference(&arrival)) {
                for (differs, moved) in [
                    (difference.text, &mut moves.name),
                    (difference.risk, &mut moves.risk),
                    (difference.bucket, &mut *slots),
                ] {
                    if differs {
                        moved.extend_from_slice(&old.tasks);
                    }
                }
            }
            arrivals.push(arrival);
        }
        arrivals
    }

    fn change_task(&mut self, before: &State, after: &State, slot: Slot) {
        let (Some(old), Some(new)) = (before.task_at(slot), after.task_at(slot)) else {
            return;
        };
        let old_bucket = self.day.bucket(old, risk_of(before, old));
        let new_bucket = self.day.bucket(new, risk_of(after, new));
        self.facets
            .change(slot, Some((old, old_bucket)), (new, new_bucket));
        let title = self.titles.number(&new.title, |title| Text::new(&[title]));
        self.columns.update(slot, new, title);
    }

    /// Tasks of `state` beyond those known.
    pub(super) fn add_tasks(&mut self, state: &State) {
        let known = self.task_count();
        for place in slot(known)..slot(state.task_count()) {
            let Some(task) = state.task_at(place) else {
                return;
            };
            let Some(pilgrim) = state.pilgrim(task.jamaah_id) else {
                return;
            };
            let place_of = self.people.place(task.jamaah_id);
            let person = place_of.unwrap_or_else(|| self.people.put(Arrival::of(pilgrim, None)));
            let bucket = self.day.bucket(task, pilgrim.status.risk);
            self.facets.change(place, None, (task, bucket));
            let title = self.titles.number(&task.title, |title| Text::new(&[title]));
            self.columns.push(task, person, title);
        }
    }
}
