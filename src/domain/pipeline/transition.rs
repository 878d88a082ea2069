//! What may become of a task.
//!
//! `pending → in_progress → completed`; `blocked` from either open state and
//! back; `cancelled` from any open state; `completed → in_progress` by reopening.

use std::sync::Arc;

use super::change::{EventKind, Row};
use super::command::{TaskAction, TaskEdit};
use super::refusal::{Fields, Refusal};
use super::task::{Task, TaskStatus};
use crate::domain::principal::{Permission, Principal};
use crate::domain::reach::Place;
use crate::domain::time::Timestamp;

/// Longest title, reason, note or name, in characters.
pub const MAX_TEXT: usize = 2_000;
const MAX_TITLE: usize = 200;

/// The task after an action, and what that is called; or why not.
pub fn act(
    task: &Arc<Task>,
    place: &Place<'_>,
    expected: Option<i32>,
    action: &TaskAction,
    principal: &Principal,
    now: Timestamp,
) -> Result<(Task, EventKind), Refusal> {
    if !principal.sees_task(place) {
        return Err(Refusal::NotFound { what: "task" });
    }
    permit(task, place, action, principal)?;
    if expected.is_some_and(|version| version != task.version) {
        return Err(Refusal::VersionConflict {
            current: Box::new(Row::Task(task.clone())),
        });
    }
    let mut next = Task::clone(task);
    let kind = match action {
        TaskAction::Start => {
            step(&mut next, &[TaskStatus::Pending], TaskStatus::InProgress)?;
            next.started_at = Some(now);
            EventKind::TaskStarted
        }
        TaskAction::Complete { notes } => {
            let from = [TaskStatus::Pending, TaskStatus::InProgress];
            step(&mut next, &from, TaskStatus::Completed)?;
            next.started_at = next.started_at.or(Some(now));
            next.completed_at = Some(now);
            next.completed_by = Some(principal.actor);
            if let Some(notes) = notes {
                check_text("notes", notes, 0, MAX_TEXT)?;
                next.notes = Some(notes.clone());
            }
            EventKind::TaskCompleted
        }
        TaskAction::Block {
            reason,
            third_party,
        } => {
            check_text("reason", reason, 1, MAX_TEXT)?;
            let from = [TaskStatus::Pending, TaskStatus::InProgress];
            step(&mut next, &from, TaskStatus::Blocked)?;
            next.blocked_reason = Some(reason.clone());
            next.blocked_by_third_party = *third_party;
            next.blocked_at = Some(now);
            EventKind::TaskBlocked
        }
        TaskAction::Unblock => {
            // back to where it was
            let to = if task.started_at.is_some() {
                TaskStatus::InProgress
            } else {
                TaskStatus::Pending
            };
            step(&mut next, &[TaskStatus::Blocked], to)?;
            clear_block(&mut next);
            EventKind::TaskUnblocked
        }
        TaskAction::Reopen { reason } => {
            step(&mut next, &[TaskStatus::Completed], TaskStatus::InProgress)?;
            next.completed_at = None;
            next.completed_by = None;
            if let Some(reason) = reason {
                check_text("reason", reason, 0, MAX_TEXT)?;
                next.notes = Some(reason.clone());
            }
            EventKind::TaskReopened
        }
        TaskAction::Assign { assignee } => {
            require_open(task, "assigned")?;
            next.assignee = *assignee;
            EventKind::TaskAssigned
        }
        TaskAction::Edit(edit) => {
            apply_edit(&mut next, edit)?;
            EventKind::TaskUpdated
        }
        TaskAction::Cancel { reason } => {
            let from = [
                TaskStatus::Pending,
                TaskStatus::InProgress,
                TaskStatus::Blocked,
            ];
            step(&mut next, &from, TaskStatus::Cancelled)?;
            clear_block(&mut next);
            if let Some(reason) = reason {
                check_text("reason", reason, 0, MAX_TEXT)?;
                next.notes = Some(reason.clone());
            }
            EventKind::TaskCancelled
        }
    };
    next.overdue = is_late(&next, now);
    next.version += 1;
    next.updated_at = now;
    Ok((next, kind))
}

/// Open, and its due date has come.
pub fn is_late(task: &Task, now: Timestamp) -> bool {
    task.status.is_open() && task.due_at.is_some_and(|due| due <= now)
}

fn permit(
    task: &Task,
    place: &Place<'_>,
    action: &TaskAction,
    principal: &Principal,
) -> Result<(), Refusal> {
    let writes = |permission| match principal.may_at(permission, place) {
        true => Ok(()),
        false => Err(Refusal::Forbidden { permission }),
    };
    let works = |part| match principal.works_task(part, place) {
        true => Ok(()),
        false if principal.may_at(part, place) => Err(Refusal::Forbidden {
            permission: Permission::TasksWorkAll,
        }),
        false => Err(Refusal::Forbidden { permission: part }),
    };
    match action {
        TaskAction::Start => works(Permission::TasksStart),
        TaskAction::Complete { .. } => works(Permission::TasksComplete),
        TaskAction::Block { .. } | TaskAction::Unblock => works(Permission::TasksBlock),
        TaskAction::Reopen { .. } => works(Permission::TasksReopen),
        TaskAction::Assign { .. } => writes(Permission::TasksAssign),
        TaskAction::Cancel { .. } => writes(Permission::TasksCancel),
        TaskAction::Edit(edit) => {
            let assigns = edit
                .assignee
                .is_some_and(|assignee| assignee != task.assignee);
            if assigns {
                writes(Permission::TasksAssign)?;
            }
            match assigns && edit.only_assigns() {
                true => Ok(()),
                false => writes(Permission::TasksEdit),
            }
        }
    }
}

fn step(task: &mut Task, from: &[TaskStatus], to: TaskStatus) -> Result<(), Refusal> {
    if !from.contains(&task.status) {
        return Err(Refusal::InvalidTransition {
            what: "task",
            from: name(task.status),
            to: name(to),
        });
    }
    task.status = to;
    Ok(())
}

fn require_open(task: &Task, to: &str) -> Result<(), Refusal> {
    if task.status.is_open() {
        return Ok(());
    }
    Err(Refusal::InvalidTransition {
        what: "task",
        from: name(task.status),
        to: to.to_owned(),
    })
}

fn clear_block(task: &mut Task) {
    task.blocked_reason = None;
    task.blocked_by_third_party = false;
    task.blocked_at = None;
}

fn apply_edit(task: &mut Task, edit: &TaskEdit) -> Result<(), Refusal> {
    if let Some(title) = &edit.title {
        check_text("title", title, 1, MAX_TITLE)?;
        task.title = title.clone();
    }
    if let Some(notes) = &edit.notes {
        if let Some(notes) = notes {
            check_text("notes", notes, 0, MAX_TEXT)?;
        }
        task.notes = notes.clone();
    }
    if let Some(role) = &edit.role {
        check_text("role", role.as_str(), 1, 64)?;
        task.role = role.clone();
    }
    if let Some(assignee) = edit.assignee {
        task.assignee = assignee;
    }
    if let Some(priority) = edit.priority {
        task.priority = priority;
    }
    if let Some(due_at) = edit.due_at {
        task.due_at = due_at;
    }
    if let Some(required) = edit.required {
        task.required = required;
    }
    Ok(())
}

/// The word that JSON has for a status, for refusals that name both ends.
pub fn name(status: TaskStatus) -> String {
    match status {
        TaskStatus::Pending => "pending",
        TaskStatus::InProgress => "in_progress",
        TaskStatus::Blocked => "blocked",
        TaskStatus::Completed => "completed",
        TaskStatus::Cancelled => "cancelled",
    }
    .to_owned()
}

/// Text of between `min` and `max` characters, without control characters
/// that no database column or terminal wants.
pub fn check_text(field: &str, text: &str, min: usize, max: usize) -> Result<(), Refusal> {
    let length = text.trim().chars().count();
    if length < min {
        return Err(Refusal::Validation(Fields::one(field, "must not be empty")));
    }
    if length > max {
        let complaint = format!("must be at most {max} characters");
        return Err(Refusal::Validation(Fields::one(field, complaint)));
    }
    if text
        .chars()
        .any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
    {
        return Err(Refusal::Validation(Fields::one(
            field,
            "must not contain control characters",
        )));
    }
    Ok(())
}
