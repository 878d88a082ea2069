//! Commands about tasks.

use std::sync::Arc;

use super::Desk;
use crate::domain::ids::TaskId;
use crate::domain::pipeline::change::{Change, EventKind, Row};
use crate::domain::pipeline::command::{NewTask, TaskAction};
use crate::domain::pipeline::comment::Comment;
use crate::domain::pipeline::instance::InstanceState;
use crate::domain::pipeline::refusal::{Fields, Refusal};
use crate::domain::pipeline::state::Pilgrim;
use crate::domain::pipeline::task::{Task, TaskStatus};
use crate::domain::pipeline::transition::{self, check_text};
use crate::domain::principal::Permission;
use crate::domain::reach::Place;

impl Desk<'_> {
    pub(super) fn act_on_task(
        &mut self,
        id: TaskId,
        expected: Option<i32>,
        action: &TaskAction,
    ) -> Result<(), Refusal> {
        let task = self
            .state
            .task(id)
            .cloned()
            .ok_or(Refusal::NotFound { what: "task" })?;
        let (next, kind) = {
            let agent = self.state.agent_of(task.jamaah_id).map(|agent| &**agent);
            let place = Place::of(&task, agent);
            transition::act(
                &task,
                &place,
                expected,
                action,
                self.context.principal,
                self.now(),
            )?
        };
        let pilgrim = self.pilgrim(task.jamaah_id)?;
        if let Some(reason) = &pilgrim.status.cancel_reason {
            return Err(Refusal::InvalidTransition {
                what: "jamaah",
                from: "cancelled".to_owned(),
                to: format!("{} ({reason})", kind.as_str()),
            });
        }
        if next.required && next.status.is_open() {
            self.check_can_reopen(&pilgrim, &next)?;
        }
        self.record(kind, Some(Row::Task(task)), Row::Task(Arc::new(next)));
        self.follow(pilgrim.jamaah.id);
        Ok(())
    }

    /// A stage that was skipped, or has left the jamaah's pipeline, cannot
    /// have required work again.
    fn check_can_reopen(&self, pilgrim: &Pilgrim, task: &Task) -> Result<(), Refusal> {
        let state = pilgrim
            .instance(task.stage_id)
            .map(|instance| instance.state);
        let pipeline = self.state.pipeline(pilgrim.status.pipeline_version);
        let planned = pipeline.is_some_and(|pipeline| pipeline.stage(task.stage_id).is_some());
        let from = match state {
            Some(InstanceState::Skipped) => "skipped",
            Some(InstanceState::Completed) if !planned => "completed",
            _ => return Ok(()),
        };
        Err(Refusal::InvalidTransition {
            what: "stage",
            from: from.into(),
            to: "active".into(),
        })
    }

    pub(super) fn create_task(&mut self, new: &NewTask) -> Result<(), Refusal> {
        let pilgrim = self.pilgrim(new.jamaah_id)?;
        check_text("title", &new.title, 1, 200)?;
        if let Some(notes) = &new.notes {
            check_text("notes", notes, 0, transition::MAX_TEXT)?;
        }
        let active = pilgrim
            .instance(new.stage_id)
            .filter(|i| i.state == InstanceState::Active);
        let Some(instance) = active.cloned() else {
            let complaint = "must be an active stage of this jamaah";
            return Err(Refusal::Validation(Fields::one("stage_id", complaint)));
        };
        let stage = self
            .state
            .stage(new.stage_id)
            .ok_or(Refusal::NotFound { what: "stage" })?;
        let role = new.role.clone().unwrap_or_else(|| stage.role.clone());
        let now = self.now();
        let mut task = Task {
            id: self.id(),
            jamaah_id: new.jamaah_id,
            stage_id: new.stage_id,
            instance_id: instance.id,
            title: Arc::from(new.title.trim()),
            role,
            assignee: new.assignee,
            priority: new.priority,
            status: TaskStatus::Pending,
            required: new.required,
            due_at: new.due_at.or(instance.due_at),
            overdue: false,
            blocked_reason: None,
            blocked_by_third_party: false,
            blocked_at: None,
            notes: new.notes.clone(),
            started_at: None,
            completed_at: None,
            completed_by: None,
            version: 1,
            created_at: now,
            updated_at: now,
        };
        task.overdue = transition::is_late(&task, now);
        self.record(EventKind::TaskCreated, None, Row::Task(Arc::new(task)));
        self.follow(new.jamaah_id);
        Ok(())
    }

    pub(super) fn comment(&mut self, task_id: TaskId, body: &Arc<str>) -> Result<(), Refusal> {
        let task = self
            .state
            .task(task_id)
            .cloned()
            .ok_or(Refusal::NotFound { what: "task" })?;
        let agent = self.state.agent_of(task.jamaah_id).cloned();
        let place = Place::of(&task, agent.as_deref());
        let principal = self.context.principal;
        if !principal.sees_task(&place) {
            return Err(Refusal::NotFound { what: "task" });
        }
        let permission = Permission::TasksComment;
        if !principal.may_at(permission, &place)
            && !principal.may_at(Permission::TasksWorkAll, &place)
        {
            return Err(Refusal::Forbidden { permission });
        }
        check_text("body", body, 1, transition::MAX_TEXT)?;
        let comment = Comment {
            id: self.id(),
            task_id,
            author: self.context.principal.actor,
            author_name: self.context.principal.display_name.clone(),
            body: Arc::from(body.trim()),
            created_at: self.now(),
        };
        // no part of the state, so there is nothing to put
        self.changes.push(Change {
            kind: EventKind::CommentCreated,
            before: None,
            after: Row::Comment(Arc::new(comment)),
            on: Some(task),
            agent,
        });
        Ok(())
    }
}
