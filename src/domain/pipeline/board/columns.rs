//! What queries need of each task, by slot, without touching the task itself.

use super::dictionary::Entry;
use super::people::Person;
use crate::domain::pipeline::state::Slot;
use crate::domain::pipeline::task::{Priority, Task};
use crate::domain::pipeline::view::column::Column;

/// Instants are microseconds since 1970.
#[derive(Clone, Debug, Default)]
pub struct Columns {
    pub people: Column<Person>,
    pub titles: Column<Entry>,
    due: Column<i64, 128>,
    created: Column<i64>,
    updated: Column<i64, 128>,
    priority: Column<Priority>,
}

/// The key of a task without a due date: after all others.
pub fn due_key(task: &Task) -> i64 {
    task.due_at.map_or(i64::MAX, |due| due.timestamp_micros())
}

impl Columns {
    pub fn len(&self) -> usize {
        self.people.len()
    }

    pub fn push(&mut self, task: &Task, person: Person, title: Entry) {
        self.people.push(person);
        self.titles.push(title);
        self.due.push(due_key(task));
        self.created.push(task.created_at.timestamp_micros());
        self.updated.push(task.updated_at.timestamp_micros());
        self.priority.push(task.priority);
    }

    pub fn update(&mut self, slot: Slot, task: &Task, title: Entry) {
        self.titles.update(slot, title);
        self.due.update(slot, due_key(task));
        self.created
            .update(slot, task.created_at.timestamp_micros());
        self.updated
            .update(slot, task.updated_at.timestamp_micros());
        self.priority.update(slot, task.priority);
    }

    pub fn person(&self, slot: Slot) -> Option<Person> {
        self.people.get(slot).copied()
    }

    pub fn due(&self, slot: Slot) -> i64 {
        self.due.get(slot).copied().unwrap_or(i64::MAX)
    }

    pub fn created(&self, slot: Slot) -> i64 {
        self.created.get(slot).copied().unwrap_or(i64::MAX)
    }

    pub fn updated(&self, slot: Slot) -> i64 {
        self.updated.get(slot).copied().unwrap_or(i64::MAX)
    }

    pub fn priority(&self, slot: Slot) -> Priority {
        self.priority.get(slot).copied().unwrap_or_default()
    }
}
